"""Duties as series: the press's figures of a pair, and single measures, with their rate from each day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from detente.errors import UserError
from detente.study._verdicts import Court

_WIDE = 0.5
"""Share of the pair's trade below which a duty is one on some goods, whatever an article calls it."""


@dataclass(frozen=True)
class Series:
    """A figure that moves: its rate from each day on, and how widely it holds."""

    name: str
    applies_to: str
    steps: tuple[tuple[dt.date, float], ...]
    narrow: bool = False

    def at(self, day: dt.date) -> float:
        """The rate at the end of a day."""
        return next((r for d, r in reversed(self.steps) if d <= day), 0.0)

    def moves(self) -> Iterator[tuple[dt.date, float, float]]:
        """(day, from, to) of every change."""
        before = 0.0
        for day, rate in self.steps:
            if abs(rate - before) > 1e-9:
                yield day, before, rate
            before = rate


def of_pair(actor: str, target: str, court: Court) -> list[Series]:
    """The press's figures of a pair, and the duties of one aimed at the other."""
    names = between(actor, target, court)
    own = [_scoped(s, actor, target, court) for m in names if (s := of_measure(m, court)) is not None]
    return _headlines(actor, target, court) + own


def between(actor: str, target: str, court: Court) -> list[str]:
    """Duties of one economy aimed at another alone; a duty on all of its goods, or on some."""
    return [
        name
        for name, m in court.ledger.measures.items()
        if m.is_tariff and m.imposer == actor and target in m.targets and m.kind == "tariff.additional"
    ]


def _scoped(series: Series, actor: str, target: str, court: Court) -> Series:
    """The series, marked narrow if its duty reaches less than half of the pair's trade."""
    day = max((d for d, r in series.steps if r > 0), default=None)
    if day is None:
        return series
    try:
        layer = court.ledger.measures[series.name].layer
        reach = court.ledger.on(day, court.known).reach(layer, series.at(day), importer=actor, exporter=target)
    except UserError:
        return series
    return replace(series, narrow=reach < _WIDE)


def of_measure(name: str, court: Court) -> Series | None:
    found: Series | None = court.once(("series", name), lambda: _measured(name, court))
    return found


def _measured(name: str, court: Court) -> Series | None:
    measure = court.ledger.measures[name]
    days = sorted({d for e in measure.events for d in (e.date, e.effective, e.until) if d and d >= dt.date(2018, 1, 1)})
    steps = []
    for day in days:
        state = court.status(name, day)
        if state["status"] == "in_force" and state.get("rate") is None:
            return None  # its rate varies by line
        if state.get("rate") is not None:
            steps.append((day, float(state["rate"])))
    return Series(name, measure.title, tuple(steps)) if steps else None


def _headlines(actor: str, target: str, court: Court) -> list[Series]:
    """The press's figures of a pair as series; narrow where a part of them reaches less than half of trade."""
    ledger = court.ledger
    days: set[dt.date] = set()
    for measure in ledger.measures.values():
        if measure.is_tariff and measure.imposer == actor and (target in measure.targets or "ALL" in measure.targets):
            for e in measure.events:
                days |= {
                    d for d in (e.date, e.effective, e.until) if d and dt.date(2018, 1, 1) <= d <= ledger.thin_until
                }
    steps: dict[str, list[tuple[dt.date, float]]] = {}
    notes: dict[str, str] = {}
    for day in sorted(days):
        try:
            entries = ledger.on(day, court.known).headline(importer=actor, exporter=target)
        except UserError:
            return []
        for entry in entries:
            steps.setdefault(entry["name"], []).append((day, entry["rate"]))
            notes[entry["name"]] = entry["applies_to"]
    return [Series(name, notes[name], tuple(rows), " List " in f" {name} ") for name, rows in steps.items()]
