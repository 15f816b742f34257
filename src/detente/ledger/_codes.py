"""Codes of goods: which lines stand under a code on a day, and what to try where there is none."""

from __future__ import annotations

import bisect
import datetime as dt
import functools
from dataclasses import dataclass, field
from typing import Any

from detente.errors import Problem, UnknownName
from detente.ledger._lines import Lines, read_table, visible
from detente.ledger._status import Clock
from detente.nomenclature import hs_digits

_EDITIONS = ((dt.date(2022, 1, 1), "HS 2022"), (dt.date(2017, 1, 1), "HS 2017"))
_SCHEDULE = {"USA": "US tariff schedule", "CHN": "Chinese tariff"}
_FINEST = {"USA": 10, "CHN": 8}
"""Digits of an importer's own lines; longer codes are read at that depth."""


def dotted(code: str) -> str:
    """A code as schedules print it.

    >>> dotted("8505110070"), dotted("850511"), dotted("8505")
    ('8505.11.00.70', '8505.11', '8505')
    """
    parts = [code[:4], code[4:6], code[6:8], code[8:]]
    return ".".join(part for part in parts if part)


def edition(day: dt.date) -> str:
    """Edition of the Harmonized System of a day."""
    return next(name for first, name in _EDITIONS if day >= first)


@dataclass
class Codes:
    """The lines of one importer: those of its base rates, and finer ones that its lists name."""

    importer: str
    base: str
    lines: Lines
    _listed: dict[str, dict[str, list[tuple[int | None, int | None, str]]]] = field(default_factory=dict, repr=False)

    def _chapter(self, hs2: str) -> dict[str, list[tuple[int | None, int | None, str]]]:
        """Code -> periods of its base rate, with the class of each; finer codes of the lists inherit."""
        if hs2 not in self._listed:
            chapter = self.lines.chapter(self.importer, hs2)
            out = {hs: [(r.start, r.until, r.kind) for r in held] for hs, held in chapter.get(self.base, {}).items()}
            if self.importer == "CHN":  # its base rates are by six digits, its lines are those of the lists
                for scope, codes in chapter.items():
                    if scope != self.base:
                        for hs in codes:
                            if len(hs) == _FINEST["CHN"] and hs[:6] in out:
                                out.setdefault(hs, [(None, None, "")])
            self._listed[hs2] = out
        return self._listed[hs2]

    def valid(self, code: str, clock: Clock) -> bool:
        """Whether a code is a line of the day."""
        on = clock.on.toordinal()
        periods = self._chapter(code[:2]).get(code, ())
        return any(visible(start, until, on, None, {}) for start, until, _ in periods)

    def under(self, code: str, clock: Clock) -> list[str]:
        """The lines of the day at and below a code; a code finer than any line is read at the line above it."""
        finest = _FINEST.get(self.importer, 10)
        if len(code) > finest:
            code = code[:finest]
        if len(code) == finest and self.valid(code, clock):
            return [code]
        found = [hs for hs in sorted(self._chapter(code[:2])) if hs.startswith(code) and self.valid(hs, clock)]
        leaves = [hs for i, hs in enumerate(found) if not (i + 1 < len(found) and found[i + 1].startswith(hs))]
        if not leaves and len(code) == 10 and self.valid(code[:8], clock):
            leaves = [code[:8]]  # of older schedules only the eight digits are at hand
        if not leaves and len(code) == finest and self.importer == "CHN" and self.valid(code[:6], clock):
            leaves = [code[:6]]  # a line that no list names: the base rate of its six digits is all there is
        return leaves

    def find(self, text: str, clock: Clock) -> tuple[str, list[str]]:
        """The digits of a code and the lines under it.

        Raises
        ------
        UnknownName
            With the nomenclature of the day, what the code was renumbered to, and the nearest lines.
        """
        code = hs_digits(text)
        leaves = self.under(code, clock)
        if leaves:
            return code, leaves
        raise UnknownName([self._unknown(text, code, clock)])

    def _unknown(self, text: str, code: str, clock: Clock) -> Problem:
        schedule = _SCHEDULE.get(self.importer, "tariff")
        what = f"{text!r} is no line of the {schedule} on {clock.on} ({self._nomenclature(clock)})"
        old = self._when(code, clock)
        new = self._renumbered(code)
        near = self._near(code, clock)
        hints = [old] if old else []
        if new:
            hints.append(f"It was renumbered: {', '.join(map(dotted, new))}.")
        if near:
            hints.append(f"Near it: {', '.join(map(dotted, near))}.")
        return Problem(
            "HS code", what, " ".join(hints) or f"Chapter {code[:2]} has no line here; codes begin with 01 to 97."
        )

    def _nomenclature(self, clock: Clock) -> str:
        name = edition(clock.on)
        held = [row for row in self._revisions if row[0] <= clock.on]
        return f"{name}; HTS {held[-1][1]}" if self.importer == "USA" and held else name

    def _when(self, code: str, clock: Clock) -> str:
        """Where the code belongs to another time, when that was."""
        chapter = self._chapter(code[:2])
        periods = [
            p
            for hs, held in chapter.items()
            if hs.startswith(code) or (code.startswith(hs) and len(hs) > 6)
            for p in held
        ]
        on = clock.on.toordinal()
        if not periods:
            return ""
        if any(kind == "hs2017" for *_, kind in periods):
            return "It is a code of HS 2017, in the US schedule to January 2022."
        ends = [until for _, until, _ in periods if until is not None and until <= on]
        starts = [start for start, _, _ in periods if start is not None and start > on]
        if ends and len(ends) == len(periods):
            return f"It was a line until {dt.date.fromordinal(max(ends) - 1)}."
        return f"It is a line from {dt.date.fromordinal(min(starts))}." if starts else ""

    def _near(self, code: str, clock: Clock) -> list[str]:
        """Up to four lines of the same six, then four digits, the nearest in number."""
        chapter = sorted(hs for hs in self._chapter(code[:2]) if self.valid(hs, clock) and len(hs) >= 6)
        if len(code) == 10 and code[8:] != "00":
            parent = [hs for hs in chapter if hs.startswith(code[:8])]
            if parent:
                return parent[:4]
        for length in (6, 4, 2):
            close = [hs for hs in chapter if hs.startswith(code[:length])]
            if close:
                depth = max(len(code), 8) if len(code) >= 8 else 6
                short = sorted({hs[:depth] for hs in close})
                place = bisect.bisect_left(short, code)
                start = max(0, min(place - 2, len(short) - 4))
                return short[start : start + 4]
        return []

    @functools.cached_property
    def _revisions(self) -> list[tuple[dt.date, str]]:
        table = _table(self.lines, "revisions-usa.parquet")
        if table is None:
            return []
        return sorted(zip(table["valid_from"].to_pylist(), table["name"].to_pylist(), strict=True))

    def _renumbered(self, code: str) -> list[str]:
        """What a dropped line became, by the renumbering tables of 2025 and 2026."""
        if self.importer != "USA":
            return []
        table = _table(self.lines, "concordance-usa.parquet")
        if table is None:
            return []
        pairs = zip(table["old"].to_pylist(), table["new"].to_pylist(), strict=True)
        found = {new for old, new in pairs if old and new and old.startswith(code) and old != new}
        return sorted(found)[:6]


def _table(lines: Lines, name: str) -> Any:
    for folder in reversed(lines.folders):
        if (folder / name).is_file():
            return read_table(folder / name)
    return None
