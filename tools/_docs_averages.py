"""Write docs/averages.md: our average duties beside those of PIIE, Yale, Waugh and Census, and why they differ.

    python -m tools._docs_averages [--check]

The published figures stand in `PUBLISHED`, each with its source. Everything else on the page is computed here, from the
ledger and the embedded line tables; a test holds that the page is current. Run it again after the law or a table moved.
"""

from __future__ import annotations

import functools
import sys
from dataclasses import dataclass
from pathlib import Path

from tools import _docs_averages_parts as parts

from detente.ledger import Ledger

PAGE = Path(__file__).resolve().parents[1] / "docs" / "averages.md"

SOURCES = {
    "PIIE": "Bown, PIIE, charts and posts on US-China tariffs; weights: the exporter's exports to the world, 2017, HS6",
    "Yale": "Yale Budget Lab, tariff-rate-tracker (fork, commit 9919812f); weights: US imports from China, 2024, HTS10",
    "Waugh": "Waugh, trade-war-redux-2025 (commit 726c5958); duty collected in 2024 plus the rise in law; same weights",
    "Census": "US Census through Waugh, us-imports-hs2 (commit 5530afc6); duty collected over imports of the month",
}


@dataclass(frozen=True)
class Figure:
    """One published average: whose, of which day or month, percent, and how much of the weights it leaves out."""

    source: str
    day: str
    percent: float
    unmatched: float = 0.0
    """Share of the weights without a rate that the source counts as zero."""


US = (  # our day -> figures published for the same state of the law
    ("2018-01-01", (Figure("PIIE", "2018-01-01", 3.1), Figure("Census", "2017-12", 2.363))),
    ("2018-07-05", (Figure("PIIE", "2018-07-05", 3.8), Figure("Census", "2018-06", 2.751))),
    ("2018-09-24", (Figure("PIIE", "2018-09-24", 12.0), Figure("Census", "2018-10", 6.424))),
    ("2019-06-15", (Figure("PIIE", "2019-06-15", 17.6),)),
    ("2019-09-01", (Figure("PIIE", "2019-09-01", 21.0), Figure("Census", "2019-09", 11.711))),
    ("2020-02-14", (Figure("PIIE", "2020-02-14", 19.3), Figure("Census", "2020-02", 12.649))),
    ("2025-01-20", (Figure("PIIE", "2025-01-20", 20.8), Figure("Yale", "2025-01-01", 11.867, 0.04),
                    Figure("Census", "2025-01", 11.037))),
    ("2025-04-12", (Figure("PIIE", "2025-04-12", 124.1), Figure("Census", "2025-04", 38.617))),
    ("2025-05-03", (Figure("PIIE", "2025-05-03", 126.5), Figure("Census", "2025-05", 48.245))),
    ("2025-05-20", (Figure("PIIE", "2025-05-14", 51.1), Figure("Yale", "2025-05-20", 40.599, 0.04),
                    Figure("Waugh", "2025-05-12", 37.919), Figure("Census", "2025-06", 40.292))),
    ("2025-09-25", (Figure("PIIE", "2025-09-25", 57.6), Figure("Census", "2025-09", 37.335))),
    ("2025-12-01", (Figure("PIIE", "2025-11-10", 47.5), Figure("Yale", "2025-12-01", 34.607, 0.04),
                    Figure("Waugh", "2025-12-04", 29.769), Figure("Census", "2025-11", 32.348))),
    ("2026-03-01", (Figure("Yale", "2026-03-01", 22.692, 0.059),)),
    ("2026-04-06", (Figure("Waugh", "2026-04-06", 21.121),)),
)  # fmt: skip
CHINA = (
    ("2018-01-01", 8.0), ("2018-07-01", 7.2), ("2018-09-24", 18.3), ("2019-01-01", 16.5), ("2019-06-01", 20.7),
    ("2019-09-01", 21.8), ("2020-02-14", 21.1), ("2025-01-20", 21.2), ("2025-04-12", 147.6), ("2025-05-14", 32.6),
    ("2025-11-10", 31.9),
)  # fmt: skip
"""Days and averages of PIIE, percent, for China's duties on US goods."""
BEFORE_2025 = "2025-01-20"


@functools.cache
def _ledger() -> Ledger:
    return Ledger.load()


@functools.cache
def _ours(day: str, importer: str = "USA") -> tuple[float, dict[str, float], float]:
    """Average, layers and matched share, in percent but the last."""
    other = "CHN" if importer == "USA" else "USA"
    now = _ledger().on(day).average(importer=importer, exporter=other)
    return 100 * now.average, {k: 100 * v for k, v in now.layers.items()}, now.matched_share


def _n(value: float) -> str:
    text = f"{value:.1f}"
    return "0.0" if text == "-0.0" else text


def _signed(value: float) -> str:
    text = f"{value:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text


def _side_by_side() -> list[str]:
    out = ["| day | ours | PIIE | Yale | Waugh | Census realised |", "|---|---|---|---|---|---|"]
    for day, figures in US:
        shown = {f.source: f"{_n(f.percent)}{'' if f.day == day else f' ({f.day})'}" for f in figures}
        out.append(f"| {day} | {_n(_ours(day)[0])} | {' | '.join(shown.get(name, '') for name in SOURCES)} |")
    return out


def _layers() -> list[str]:
    names = ("mfn", "s301", "s232", "s201", "fentanyl", "reciprocal", "s122")
    out = [f"| day | {' | '.join(names)} | all |", "|---" * (len(names) + 2) + "|"]
    for day, _ in US:
        total, held, _ = _ours(day)
        out.append(
            f"| {day} | {' | '.join(_n(held[name]) if held[name] > 0.005 else '' for name in names)} | {_n(total)} |"
        )
    return out


def _piie(day: str, figure: Figure) -> list[tuple[str, float]]:
    """What stood before 2025 differs by weights; what was added since, by what is exempt."""
    total, held, _ = _ours(day)
    if day < BEFORE_2025:
        return [("weights", total - figure.percent)]
    before = _ours(BEFORE_2025)[0]
    theirs = next(f.percent for d, fs in US for f in fs if d == BEFORE_2025 and f.source == "PIIE")
    out = [("base duties and section 301: weights", before - theirs)]
    if day != BEFORE_2025:
        ours_more, theirs_more = total - before - held["fentanyl"], figure.percent - theirs - held["fentanyl"]
        out += [
            ("fentanyl, on every good alike", 0.0),
            (
                f"reciprocal and section 232, ours {_n(ours_more)}, theirs {_n(theirs_more)}: exempt shares, metals",
                ours_more - theirs_more,
            ),
        ]
    return out


def _yale(day: str, figure: Figure) -> list[tuple[str, float]]:
    total = _ours(day)[0]
    zero = total * figure.unmatched
    metal = parts.metals_at_full_value(_ledger(), day)
    rest = "not settled"
    if metal > 0.05:
        rest = f"not settled; metal derivatives at full value instead of content would add {_n(metal)} to ours"
    return [
        (f"lines without a rate, {100 * figure.unmatched:g} % of weights, count as zero there", zero),
        (rest, total - figure.percent - zero),
    ]


def _waugh(day: str, figure: Figure) -> list[tuple[str, float]]:
    statutory, collected = parts.duty_2024(_ledger())
    base, overlap = statutory - collected, parts.fentanyl_on_232(_ledger(), day)
    return [
        (f"starts from duty collected in 2024 ({_n(collected)}), not from the law ({_n(statutory)})", base),
        ("section 232 overwrites the fentanyl duty there", overlap),
        ("not settled", _ours(day)[0] - figure.percent - base - overlap),
    ]


def _census(day: str, figure: Figure) -> list[tuple[str, float]]:
    """The law that goods arriving in the month were under, and what they were."""
    year, month = (int(part) for part in figure.day.split("-"))
    total, lawful = _ours(day)[0], parts.law_on_arrival(_ledger(), year, month)
    return [
        (f"days of the month, goods in transit (law on arrival {_n(lawful)})", total - lawful),
        ("composition, exclusions, preferences", lawful - figure.percent),
    ]


def split(day: str, figure: Figure) -> list[tuple[str, float]]:
    """The gap between ours and a published figure in named parts, points; they add up to it."""
    return {"PIIE": _piie, "Yale": _yale, "Waugh": _waugh, "Census": _census}[figure.source](day, figure)


def _gaps() -> list[str]:
    out = ["| day | against | ours less theirs | of which |", "|---|---|---|---|"]
    for day, figures in US:
        for figure in figures:
            gap = _ours(day)[0] - figure.percent
            told = "; ".join(f"{text}: {_signed(value)}" for text, value in split(day, figure))
            out.append(f"| {day} | {figure.source} {_n(figure.percent)} | {_signed(gap)} | {told} |")
    return out


def _china() -> list[str]:
    out = [
        "| day | ours | PIIE | gap | ours if each HS6 took the mean of its lines |",
        "|---|---|---|---|---|",
    ]
    for day, theirs in CHINA:
        total = _ours(day, "CHN")[0]
        mean = total - parts.highest_line_excess(day)
        out.append(f"| {day} | {_n(total)} | {_n(theirs)} | {_signed(total - theirs)} | {_n(mean)} |")
    return out


def page() -> str:
    """The page's text."""
    from tools._docs_averages_text import HEAD, READING, TAIL

    lines = [HEAD, "## The United States on goods from China", "", "Percent of customs value, base duty included.", ""]
    lines += [*_side_by_side(), "", "Ours by layer, points:", "", *_layers(), "", "## Why they differ", "", READING, ""]
    lines += [
        *_gaps(),
        "",
        "## China on goods from the United States",
        "",
        *_china(),
        "",
        TAIL.format(list_excess=_n(parts.highest_line_excess("2020-02-14")), lists_2025=_lists_2025()),
    ]
    lines += ["", "## Sources", "", *(f"- **{name}**: {text}." for name, text in SOURCES.items()), ""]
    return "\n".join(lines)


def _lists_2025() -> str:
    held = _ours("2025-04-12", "CHN")[1]
    return _n(held["list-2025-02"] + held["list-2025-03"])


def main() -> int:
    """Write the page, or with --check say whether it is up to date."""
    text = page()
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
