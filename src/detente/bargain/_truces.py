"""Past truces and deadlines of the two powers, as known on a day, and how they ended: few cases, all shown."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources

from detente.bargain._intervals import jeffreys_interval, wilson_interval
from detente.bargain._truce_cases import KINDS, OUTCOMES, Truce, read_cases
from detente.dates import parse_date
from detente.errors import UnknownName, unknown


def truces(
    on: str | dt.date | None = None, known: str | dt.date | None = None, kinds: Sequence[str] = KINDS
) -> tuple[Truce, ...]:
    """Truces and deadlines set by a day, with the outcomes that could be known by then.

    Parameters
    ----------
    on
        The day asked about; None: the day the evidence ends.
    known
        The day one looks from, when earlier than `on`; None: the same day, so that nothing is seen in hindsight.
    kinds
        `truce`, `threat`, `statute`.

    Raises
    ------
    DateError, UnknownName
        For a day that is none, or a kind that is not there.

    Examples
    --------
    In July 2025 nobody knew that the truce of Geneva would be prolonged:

    >>> {t.id: t.outcome for t in truces(on="2025-07-01", kinds=["truce"])}
    {'buenos-aires': 'extended', 'buenos-aires-open': 'collapsed', 'osaka': 'collapsed', 'geneva': 'open'}
    """
    edge, cases = _cases()
    day = edge if on is None else parse_date(on, "on")
    seen = day if known is None else min(day, parse_date(known, "known"))
    wrong = [unknown("kind", kind, KINDS, "kinds") for kind in kinds if kind not in KINDS]
    if wrong:
        raise UnknownName(wrong)
    return tuple(_as_of(c, day, seen, edge) for c in cases if c.set <= seen and c.kind in kinds)


def _as_of(case: Truce, on: dt.date, seen: dt.date, edge: dt.date) -> Truce:
    """The case without anything that was learnt after `seen`."""
    if case.decided is not None and case.decided <= seen:
        return case
    waits = case.deadline is None or case.deadline > on
    shown = case.note if case.decided is None and seen >= edge else ""  # reports up to the edge of the evidence
    return replace(case, outcome="open" if waits else "unknown", decided=None, decision="", note=shown)


@dataclass(frozen=True)
class Share:
    """How often an outcome came: `count` of `cases`, with two intervals for the odds behind it."""

    count: int
    cases: int
    share: float
    jeffreys: tuple[float, float]
    wilson: tuple[float, float]

    def __repr__(self) -> str:
        low, high = self.jeffreys
        return f"<Share {self.count} of {self.cases}, {100 * low:.0f} to {100 * high:.0f} %>"


@dataclass(frozen=True)
class TruceRates:
    """Base rates of the outcomes, and the cases they come from.

    Attributes
    ----------
    deal, extended, collapsed
        Each against the other two.
    cases
        Settled cases, all shown.
    decisions
        Number of separate decisions behind them: the honest sample size.
    left_out
        Cases that are open or unknown; they count nowhere.
    """

    deal: Share
    extended: Share
    collapsed: Share
    cases: tuple[Truce, ...]
    decisions: int
    left_out: tuple[Truce, ...]

    def __repr__(self) -> str:
        parts = ", ".join(f"{name} {getattr(self, name).count}" for name in OUTCOMES)
        return f"<TruceRates: {parts} of {len(self.cases)} ({self.decisions} decisions); {len(self.left_out)} left out>"


def truce_rates(
    on: str | dt.date | None = None,
    known: str | dt.date | None = None,
    kinds: Sequence[str] = ("truce", "threat"),
    level: float = 0.9,
) -> TruceRates:
    """How past truces and deadlines ended, as known on a day, with intervals.

    Parameters
    ----------
    on, known, kinds
        As in `truces`; without `statute` unless asked for, because one side moved those days alone.
    level
        Coverage of the intervals, between 0 and 1.

    Raises
    ------
    UserError
        As `truces`; or on a level out of bounds.

    Examples
    --------
    >>> truce_rates(on="2026-11-23", kinds=["truce"])
    <TruceRates: deal 0, extended 3, collapsed 2 of 5 (5 decisions); 3 left out>
    """
    listed = truces(on, known, kinds)
    cases = tuple(t for t in listed if t.settled)
    shares = {outcome: _share(sum(t.outcome == outcome for t in cases), len(cases), level) for outcome in OUTCOMES}
    decisions = len({t.decision for t in cases})
    return TruceRates(**shares, cases=cases, decisions=decisions, left_out=tuple(t for t in listed if not t.settled))


def _share(count: int, cases: int, level: float) -> Share:
    (low_j, high_j), (low_w, high_w) = jeffreys_interval(count, cases, level), wilson_interval(count, cases, level)
    share = count / cases if cases else float("nan")
    return Share(count, cases, share, (float(low_j), float(high_j)), (float(low_w), float(high_w)))


@functools.cache
def _cases() -> tuple[dt.date, tuple[Truce, ...]]:
    text = resources.files("detente").joinpath("data/bargain/truces.yaml").read_text(encoding="utf-8")
    return read_cases(text, "truces.yaml")
