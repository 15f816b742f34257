"""What is on record of a commitment: dated entries that only ever get added."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

KINDS = {
    "quantity": "an amount by a day, told by indicators",
    "act": "something to do once",
    "standstill": "something to hold to until a day",
}
SAYS = ("yes", "no", "silent", "unknown")
"""`silent`: its text leaves the promise out. `unknown`: what it says is not established, which contests nothing."""
GAP = "TO REVIEW"
"""Marks what a person must still find in a draft; no file that holds it is read."""
UNNAMED = "unnamed"
"""Written as `until` of an extension that names no last day, as "until further notice"."""
INDICATORS = ("announced", "booked", "shipped", "landed", "licensed", "collected")
FINDINGS = {
    "performed": "done as promised, or taken up as promised",
    "part_performed": "done in part",
    "breached": "acted against",
    "restored": "a breach was undone",
    "not_done": "the day passed and it had not been done",
    "ended": "a promise that ran without a named last day was ended by the one who gave it",
    "superseded": "a later promise or the law took its place",
}


@dataclass(frozen=True)
class Dated:
    """What every entry has: a day in the world, the day it could be known, and who says so."""

    date: dt.date
    known: dt.date
    day_known_to: str
    """`day`, or `month` where the source gives no day; then the last of the month stands for it."""
    source: str
    confidence: str
    note: str

    def counts(self, on: dt.date, known: dt.date | None) -> bool:
        """Whether it may be used: dated by `on`, and to be known by `known`."""
        return self.date <= on and (known is None or self.known <= known)


@dataclass(frozen=True)
class Assertion(Dated):
    """What one party says of the promise; `value` and `due` where it names its own."""

    party: str
    says: str
    value: float | None
    due: dt.date | None


@dataclass(frozen=True)
class Extension(Dated):
    """The due day moved to `until`, None where no day is named; the original stays on file."""

    until: dt.date | None


@dataclass(frozen=True)
class Reading(Dated):
    """A value of an indicator: `low` to `high`, equal for a point, `high` None where only a floor is given."""

    period: str
    low: float
    high: float | None
    known_from: str
    """How the day it was known is found: `source` (it gives it), `lag` (end of the period and the yardstick's lag) or
    `date` (of a yardstick without a lag, the day of the value)."""


@dataclass(frozen=True)
class Indicator:
    """One yardstick of a quantity."""

    kind: str
    what: str
    unit: str
    lag_days: int | None
    """Days from the end of a period to the day its figure is published; None where no calendar is published."""
    lag_source: str
    values: tuple[Reading, ...]


@dataclass(frozen=True)
class Finding(Dated):
    """A piece of evidence on performance, with the measures that deliver or breach."""

    finding: str
    measures: tuple[str, ...]
    by: str
    """Commitment that supersedes this one."""


@dataclass(frozen=True)
class Target:
    """An amount promised between `start` and the due day; `decides` is the yardstick the text names, if any."""

    value: float
    unit: str
    baseline: float | None
    start: dt.date | None
    decides: str


@dataclass(frozen=True)
class Undated:
    """A statement whose day no source at hand gives: shown, never used."""

    what: str
    source: str
    confidence: str


@dataclass(frozen=True)
class Commitment:
    """One promise by one actor."""

    id: str
    deal: str
    actor: str
    kind: str
    what: str
    made: Dated
    due: dt.date | None
    target: Target | None
    assertions: tuple[Assertion, ...]
    extensions: tuple[Extension, ...]
    indicators: tuple[Indicator, ...]
    evidence: tuple[Finding, ...]
    undated: tuple[Undated, ...]
