"""The words of docs/averages.md."""

HEAD = """# Our averages beside published ones

Made by `python -m tools._docs_averages` from the ledger; a test holds that it is current. The published figures are
those of the sources at the end; every other number is computed from the embedded tables.

An average statutory duty is a question of weights as much as of law. Ours takes the duty of every line on the day and
US imports from China in 2024 by HTS line, or US exports to China in 2020 by HS6, as weights that never move.
"""

READING = """Each gap is split into parts that add up to it.

- **Weights.** What stood before 2025 (base duties, section 301) differs from PIIE by weights alone: seven years of
  duties have drained the listed goods from US imports of 2024, not from China's exports to the world in 2017.
- **Exempt shares.** Fentanyl fell on every good alike. The reciprocal duty spared phones, computers, chips and more,
  over a quarter of imports from China in 2024; before 6 April 2026 metal derivatives paid section 232 on their metal
  only. What share that is nobody publishes by line: ours is the metal's share in the inputs of the industry.
- **In transit.** A new duty spares goods loaded before it, a cut reaches all that arrive. The law on arrival is the
  mean over the month of the lower of our average that day and thirty days before. What is left is composition (what
  pays much is bought less), freight faster or slower than thirty days, exclusions and preferences claimed.
- **Known faults of others.** Yale counts lines without a rate as zero. Waugh starts from duty collected and lets
  section 232 overwrite other duties; his dates are approximate."""

TAIL = """PIIE weighs US exports to the world of 2017, ours US exports to China of 2020. Two faults of ours are known:

- The rates of 2018-19 by HS6 take the highest line of the six digits. Where lines differ the average is too high, by
  {list_excess} points at most since February 2020; it is less, because the largest case is soybeans, and the line that
  trades (yellow, not for seed) is the highest.
- The lists of February and March 2025 weigh {lists_2025} points with our weights, 1.4 with PIIE's: China buys more of
  the soybeans, crude oil and cars on them than the world does. There an HS6 takes the mean of its lines.

China's exclusions on application and the part of the answer to section 301 that importers are spared are in neither."""
