"""Averages from lines: the trade of a pair by line, every measure over all its lines at once, day by day."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from detente.ledger._lines import ALL, NONE, Boundaries, Lines, boundaries, read_table
from detente.ledger._lookup import Candidate, candidates
from detente.ledger._records import Measure
from detente.ledger._stack import Part, stack
from detente.ledger._status import Clock
from detente.ledger._words import LAYERS
from detente.nomenclature import goods, sectors

WEIGHTS = {  # pair: (file, year, what the weights are)
    ("USA", "CHN"): (
        "weights-usa-chn-2024.parquet",
        2024,
        "US imports for consumption from China by HTS line, US Census",
    ),
    ("CHN", "USA"): ("weights-chn-usa-2020.parquet", 2020, "US exports to China by HS6, US Census"),
}
_NO_END = np.iinfo(np.int64).max


@dataclass
class Scope:
    """The rows of a scope laid over the lines of a pair."""

    line: Any
    """Line index of every (row, line) match, shorter prefixes first, so that longer ones overwrite."""
    row: Any
    value: Any
    start: Any
    until: Any
    start_known: Any
    until_known: Any
    factor: Any
    """Factor of the row's class while nothing is said of the goods."""
    days: frozenset[int]
    """Days on which a row begins or ends."""

    def seen(self, clock: Clock) -> Any:
        """Which rows hold at the clock."""
        on = clock.on.toordinal()
        begun, gone = self.start <= on, self.until <= on
        if clock.known is not None:
            known = clock.known.toordinal()
            begun &= self.start_known <= known
            gone &= self.until_known <= known
        return begun & ~gone

    def over(self, clock: Clock, size: int, values: Any, blank: float) -> Any:
        """`values` of the rows that hold, laid over the lines; `blank` where none does."""
        seen = self.seen(clock)[self.row]
        out = np.full(size, blank)
        out[self.line[seen]] = values[self.row[seen]]
        return out


def _known(days: Any, when: Boundaries) -> Any:
    return np.array([when.get(int(day), int(day)) for day in days], dtype=np.int64)


@dataclass
class Trade:
    """The trade of one pair by line, with sectors, and every scope laid over it."""

    importer: str
    exporter: str
    lines: Lines
    codes: Any
    value: Any
    sector: Any
    """Position in `sectors()`, -1 where a line has none."""
    known: Any
    """Whether a line counts: it has a sector and a base rate."""
    base: str
    """Scope of the base rates."""
    year: int
    title: str
    _scopes: dict[tuple[str, str], Scope] = field(default_factory=dict, repr=False)
    _laid: dict[tuple[str, str, bytes, bool], Any] = field(default_factory=dict, repr=False)

    @functools.cached_property
    def matched_share(self) -> float:
        """Share of the weights that counts."""
        return float(self.value[self.known].sum() / self.value.sum())

    def scope(self, measure: Measure, name: str) -> Scope:
        """A scope as a measure uses it: its own conditions, and what was known when from its own events."""
        key = (measure.id, name)
        if key not in self._scopes:
            self._scopes[key] = self._lay(measure, name)
        return self._scopes[key]

    def _lay(self, measure: Measure, name: str) -> Scope:
        rows = self.lines.columns(measure.imposer, name)
        when = boundaries(measure)
        order = sorted(range(len(rows["hs"])), key=lambda i: (len(rows["hs"][i]), rows["valid_from"][i] or 0))
        column = {key: [rows[key][i] for i in order] for key in rows}
        low = np.searchsorted(self.codes, np.array(column["hs"], dtype="U10"))
        high = np.searchsorted(self.codes, np.array([hs + "~" for hs in column["hs"]], dtype="U11"))
        width = high - low
        row = np.repeat(np.arange(len(order)), width)
        line = np.arange(len(row)) - np.repeat(np.cumsum(width) - width, width) + np.repeat(low, width)
        start = np.array([0 if d is None else d for d in column["valid_from"]], dtype=np.int64)
        until = np.array([_NO_END if d is None else d for d in column["valid_until"]], dtype=np.int64)
        if measure.kind == "tariff.base":
            until = _carried(column["hs"], start, until)
        value = np.array([np.nan if v is None else v for v in column["value"]], dtype=float)
        conditions = measure.stacking.conditions if measure.stacking else ()
        factors = {c.kind: c.average if c.use else 1.0 for c in conditions if c.kind}
        factor = np.array([factors.get(kind, 1.0) for kind in (k or "" for k in column["class"])], dtype=float)
        days = frozenset(int(d) for d in (*start, *until) if 0 < d < _NO_END)
        return Scope(line, row, value, start, until, _known(start, when), _known(until, when), factor, days)

    def reach(self, measure: Measure, name: str, clock: Clock) -> Any:
        """Share of each line's value that a scope names."""
        if name == ALL:
            return np.ones(len(self.codes))
        scope = self.scope(measure, name)
        key = (measure.id, name, scope.seen(clock).tobytes(), True)
        if key not in self._laid:
            self._laid[key] = scope.over(
                clock, len(self.codes), np.nan_to_num(scope.value, nan=1.0) * scope.factor, 0.0
            )
        return self._laid[key]

    def rates(self, measure: Measure, name: str, clock: Clock) -> tuple[Any, Any]:
        """(rate, reach) of each line where the list itself sets the rates."""
        scope = self.scope(measure, name)
        key = (measure.id, name, scope.seen(clock).tobytes(), False)
        if key not in self._laid:
            rate = scope.over(clock, len(self.codes), np.nan_to_num(scope.value), 0.0)
            self._laid[key] = (rate, scope.over(clock, len(self.codes), scope.factor, 0.0))
        rate, reach = self._laid[key]
        return rate, reach

    def parts(self, listed: Iterable[Candidate], clock: Clock) -> list[Part]:
        """Every measure over all lines, after they met."""
        out = []
        for candidate in listed:
            measure, period = candidate.measure, candidate.period
            name = candidate.now.schedule or (period.scope if period else NONE)
            if name == NONE:
                continue
            if candidate.now.schedule:
                rate, reach = self.rates(measure, name, clock)
            else:
                rate, reach = candidate.now.rate, self.reach(measure, name, clock)
            part = Part(measure, rate, reach)
            for spared in period.without if period else ():
                part.spared = np.maximum(part.spared, self.reach(measure, spared, clock))
            out.append(part)
        stack(out, np.minimum, np.maximum)
        return out


def _carried(codes: list[str], start: Any, until: Any) -> Any:
    """A base rate whose line was renumbered and has no later row is carried on: the goods still pay it."""
    last: dict[str, int] = {}
    for i, code in enumerate(codes):
        if code not in last or start[i] > start[last[code]]:
            last[code] = i
    out = until.copy()
    out[list(last.values())] = _NO_END
    return out


def trade(lines: Lines, importer: str, exporter: str) -> Trade:
    """The weights of a pair, sorted by code, with sector and whether a base rate is known."""
    name, year, title = WEIGHTS[importer, exporter]
    base = f"{importer.lower()}.mfn"
    table = read_table(_first(lines.folders, name), ["hs", "value"])
    codes = np.array(table["hs"].to_pylist(), dtype="U10")
    order = np.argsort(codes)
    codes, value = codes[order], np.array(table["value"].to_pylist(), dtype=float)[order]
    sector = np.array([_sectors(lines.folders).get(str(code)[:6], -1) for code in codes], dtype=np.int64)
    out = Trade(importer, exporter, lines, codes, value, sector, sector >= 0, base, year, title)
    rows = lines.columns(importer, base)
    priced = {hs for hs, rate in zip(rows["hs"], rows["value"], strict=True) if rate is not None}
    lengths = sorted({len(hs) for hs in priced})
    out.known &= np.array([any(str(code)[:n] in priced for n in lengths) for code in codes])
    return out


def _first(folders: tuple[Path, ...], name: str) -> Path:
    """The file of the last folder that has it: one's own before the embedded."""
    return next(folder / name for folder in reversed(folders) if (folder / name).is_file())


@functools.cache
def _sectors(folders: tuple[Path, ...]) -> dict[str, int]:
    """HS6 -> position in `sectors()`; a code the map lacks takes the commonest sector of its heading."""
    table = read_table(_first(folders, "hs6-sector.parquet"), ["hs6", "sector"])
    place = {code: i for i, code in enumerate(sectors())}
    return {
        hs6: place[code]
        for hs6, code in zip(table["hs6"].to_pylist(), table["sector"].to_pylist(), strict=True)
        if code in place and code in goods()
    }


def state(pair: Trade, measures: Iterable[Measure], clock: Clock) -> dict[str, Any]:
    """Rate of each layer on each line that counts, in the order of the lines."""
    out = {layer: np.zeros(len(pair.codes)) for layer in LAYERS[pair.importer]}
    for part in pair.parts(candidates(measures, clock), clock):
        if part.measure.layer:
            out[part.measure.layer] = out[part.measure.layer] + part.points
    return {layer: rates[pair.known] for layer, rates in out.items()}


def grouped(pair: Trade, layers: dict[str, Any], by: str) -> dict[str, dict[str, float]]:
    """Layer -> group -> trade-weighted mean; `by` is `sector` or `hs2`."""
    value = pair.value[pair.known]
    if by == "hs2":
        names, place = np.unique(pair.codes[pair.known].astype("U2"), return_inverse=True)
    else:
        names, place = np.array(list(sectors())), pair.sector[pair.known]
    total = np.bincount(place, weights=value, minlength=len(names))
    out = {}
    for layer, rates in layers.items():
        sums = np.bincount(place, weights=value * rates, minlength=len(names))
        mean = np.divide(sums, total, out=np.zeros(len(names)), where=total > 0)
        out[layer] = {str(n): round(float(m), 12) for n, m in zip(names, mean, strict=True)}
        if by == "sector":  # mining services have no line of their own and take the rate of their sector
            out[layer]["B09"] = out[layer]["B08"]
    return out


def means(pair: Trade, layers: dict[str, Any]) -> dict[str, float]:
    """Layer -> points of the average."""
    weight = pair.value[pair.known] / pair.value[pair.known].sum()
    # summed by NumPy itself: a dot product wakes the threads of BLAS, which costs more than the sum on a busy machine
    return {layer: float((weight * rates).sum()) for layer, rates in layers.items()}


def moves(pair: Trade, measures: Iterable[Measure], first: dt.date, last: dt.date) -> list[dt.date]:
    """Days after `first` on which anything may move: events, coverage, and rows of the scopes they name."""
    days: set[int] = set()
    for measure in measures:
        names = {c.scope for c in measure.coverage} | {s for c in measure.coverage for s in c.without}
        for event in measure.events:
            days |= {d.toordinal() for d in (event.date, event.effective, event.until) if d is not None}
            names |= {event.schedule, event.then_schedule}
        days |= {c.start.toordinal() for c in measure.coverage}
        for name in names - {"", ALL, NONE}:
            days |= pair.scope(measure, name).days
    return [dt.date.fromordinal(d) for d in sorted(days) if first.toordinal() < d <= last.toordinal()]


__all__ = ["Trade", "grouped", "means", "moves", "state", "trade"]
