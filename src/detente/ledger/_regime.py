"""What is in force between whom on one day: the duty on a line, averages by layer, headlines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from detente import economies
from detente.errors import Problem, UnknownName, UserError
from detente.ledger._records import Measure
from detente.ledger._status import Clock, Collected, collected, overall
from detente.ledger._words import PAIRS, weakest

if TYPE_CHECKING:
    from detente.ledger._ledger import Ledger
    from detente.ledger._rate import Rate


@dataclass(frozen=True)
class Average:
    """A trade-weighted average statutory rate; the layers add up to it.

    Rates are fractions of customs value. `matched_share` is the share of the weights' trade that has a sector
    and a rate; the average is over that part. `by` holds layer -> group -> rate where groups were asked for.
    """

    average: float
    layers: Mapping[str, float]
    weights: str
    weights_year: int
    matched_share: float
    confidence: str
    warnings: tuple[str, ...] = ()
    by: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The average as JSON shows it."""
        return {
            "average": self.average,
            "layers": dict(self.layers),
            "weights": self.weights,
            "weights_year": self.weights_year,
            "matched_share": self.matched_share,
            "confidence": self.confidence,
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True)
class Regime:
    """The duties collected at the end of `date`, as known at `known`."""

    date: dt.date
    known: dt.date | None
    ledger: Ledger = field(repr=False)
    warnings: tuple[str, ...] = ()

    @property
    def clock(self) -> Clock:
        """The two days, with the edge of the evidence."""
        return Clock(self.date, self.known, self.ledger.thin_until)

    def pairs(self) -> list[tuple[str, str]]:
        """(importer, exporter) pairs of which the ledger holds the tariffs."""
        return list(PAIRS)

    def _pair(self, importer: str, exporter: str) -> tuple[str, str]:
        pair = economies.economy(importer, "importer"), economies.economy(exporter, "exporter")
        if pair not in PAIRS:
            known = ", ".join(f"{n}<-{i}" for n, i in self.pairs())
            raise UnknownName(
                [Problem("", f"the ledger holds no tariffs of {pair[0]} on goods from {pair[1]}", f"It holds {known}.")]
            )
        return pair

    def measures(self, *, importer: str, exporter: str) -> list[tuple[Measure, Collected]]:
        """Tariffs collected by `importer` on goods of `exporter`, with what is collected."""
        found = [(m, collected(m, self.clock)) for m in self._between(importer, exporter) if m.is_tariff]
        return [(measure, now) for measure, now in found if not now.nothing]

    def _between(self, importer: str, exporter: str) -> list[Measure]:
        """Measures of `importer` that reach `exporter`."""
        importer, exporter = self._pair(importer, exporter)
        return [m for m in self.ledger.measures.values() if m.imposer == importer and m.reaches(exporter)]

    def _open_ends(self, importer: str, exporter: str) -> list[str]:
        """What ran out after the evidence ends: rates carried on, and exclusions still netted out."""
        out = []
        for measure in self._between(importer, exporter):
            if measure.is_tariff and (text := collected(measure, self.clock).warning):
                out.append(text)
            elif measure.kind == "tariff.exclusion" and (state := overall(measure, self.clock)).status == "unknown":
                out.append(f"{measure.id}: {state.warning} Rates are given as before that day.")
        return out

    def by_sector(self, *, importer: str, exporter: str) -> dict[str, dict[str, float]]:
        """Average statutory rate of each layer in each of the 28 sectors, over all trade of the sector.

        Parameters
        ----------
        importer, exporter
            Economies by code, name or alias.

        Returns
        -------
        layer -> sector -> fraction of customs value: rate x share of the sector's trade that it reaches.
        Layers in the ledger's order, sectors in the table's; services are 0.

        Raises
        ------
        UnknownName
            For an economy, or a pair of them, that is not in the ledger.

        Examples
        --------
        The fentanyl duty reached every good alike:

        >>> from detente.ledger import Ledger
        >>> rates = Ledger.load().on("2025-06-11").by_sector(importer="USA", exporter="CHN")
        >>> rates["fentanyl"]["C26"], rates["fentanyl"]["SERV"]
        (0.2, 0.0)
        """
        from detente.ledger import _average

        pair, layers = self._layers(importer, exporter)
        return _average.grouped(pair, layers, "sector")

    def _layers(self, importer: str, exporter: str) -> tuple[Any, dict[str, Any]]:
        """The pair's trade by line, and the rate of each layer on each line that counts."""
        from detente.ledger import _average

        importer, exporter = self._pair(importer, exporter)
        pair = self.ledger.trade(importer, exporter)
        return pair, _average.state(pair, self._between(importer, exporter), self.clock)

    def rate(
        self,
        hs: str,
        *,
        importer: str,
        exporter: str,
        metal_share: float | Mapping[str, float] | None = None,
        use: str | None = None,
        value: float | None = None,
        in_transit: bool = False,
    ) -> Rate:
        """The duty on a tariff line, layer by layer, as the measures stack on it.

        Parameters
        ----------
        hs
            Code of 2 to 10 digits, dots allowed. A code above the line level covers several lines: where they
            differ the answer holds the lowest and highest total and each line.
        importer, exporter
            Economies by code, name or alias.
        metal_share
            Share of the customs value that is metal (0 to 1), or one for each metal
            (`{"steel": 0.4, "aluminium": 0.2}`). Without it derivatives take an input-output share of their industry.
        use
            What the goods are for, where a measure asks: `civil-aircraft`, `vehicle-part`, `excluded-product`, ...
        value
            Customs value in USD, for the duty in money.
        in_transit
            Whether the goods were under way when the last duty began.

        Returns
        -------
        `Rate`: `.total` (fraction of customs value), `.layers`, and on demand `.excluded`, `.conditions`, `.warnings`.

        Raises
        ------
        UnknownName
            For an economy or pair that is not there, or a code that is no line on the day (with near ones).
        UserError
            For a metal share outside [0, 1], an unknown use, a value that is none.

        Examples
        --------
        A magnet, on note 31 since January 2026, in August: the base 2.1 %, section 301 25 %, forced labour 12.5 %.

        >>> from detente.ledger import Ledger
        >>> rate = Ledger.load().on("2026-08-20").rate("8505.11.00", importer="USA", exporter="CHN")
        >>> rate.total, [layer.rate for layer in rate.layers]
        (0.396, [0.021, 0.25, 0.125])
        """
        importer, exporter = self._pair(importer, exporter)
        desk = self.ledger.desk(importer, exporter, self.clock, self.warnings)
        return desk.rate(hs, desk.goods(metal_share, use, value, in_transit), value)

    def average(self, *, importer: str, exporter: str, by: str | None = None) -> Average:
        """Trade-weighted average statutory rate over goods, and the points each layer adds, from every line.

        Weights are the pair's own trade by line, of the year the answer names; where goods cost too much to be
        bought at all their weight stays, so the average is not what was collected later. `by` adds the rate of each
        layer by `hs2` (chapter) or `sector`.

        Examples
        --------
        >>> from detente.ledger import Ledger
        >>> answer = Ledger.load().on("2025-04-12").average(importer="CHN", exporter="USA")
        >>> abs(sum(answer.layers.values()) - answer.average) < 1e-12
        True
        >>> round(answer.layers["reciprocal"], 9)
        1.25
        """
        from detente.ledger import _average

        if by not in (None, "hs2", "sector"):
            raise UserError([Problem("--by", f"{by!r} is not offered", "Averages are by `hs2` or `sector`.")])
        importer, exporter = self._pair(importer, exporter)
        pair, rates = self._layers(importer, exporter)
        layers = _average.means(pair, rates)
        held = self.measures(importer=importer, exporter=exporter)
        return Average(
            average=sum(layers.values()),
            layers=layers,
            weights=f"{pair.title}, {pair.year}",
            weights_year=pair.year,
            matched_share=pair.matched_share,
            confidence=weakest([c.by.confidence for _, c in held if c.by is not None]),
            warnings=(*self.warnings, *self._open_ends(importer, exporter)),
            by=_average.grouped(pair, rates, by) if by else {},
        )

    def reach(self, layer: str, rate: float, *, importer: str, exporter: str) -> float:
        """Share of the pair's trade that bears exactly `rate` of a layer, by the weights of `average`.

        Examples
        --------
        The fentanyl duty of 20 % reached all of trade, a fifth more of it none:

        >>> from detente.ledger import Ledger
        >>> regime = Ledger.load().on("2025-06-11")
        >>> [round(regime.reach("fentanyl", r, importer="USA", exporter="CHN"), 9) for r in (0.20, 0.24)]
        [1.0, 0.0]
        """
        from detente.ledger import _lookup

        importer, exporter = self._pair(importer, exporter)
        pair = self.ledger.trade(importer, exporter)
        parts = pair.parts(_lookup.candidates(self._between(importer, exporter), self.clock), self.clock)
        value, reached = pair.value * pair.known, 0.0
        for part in parts:
            now = collected(part.measure, self.clock)
            if part.measure.layer == layer and not now.schedule and abs(now.rate - rate) < 1e-9:
                reached += float((part.reach * value).sum())
        return reached / float(value.sum())

    def headline(self, *, importer: str, exporter: str) -> list[dict[str, Any]]:
        """Figures the press quotes, each with its parts and the goods it holds for.

        `previous` is the figure before its last change, `changed_on` the day of that change (None: no change yet).
        """
        importer, exporter = self._pair(importer, exporter)
        out = []
        for entry in self.ledger.facts.headlines:
            if (entry.importer, entry.exporter) != (importer, exporter) or not entry.holds(self.date):
                continue
            ids = [name for _, names in entry.parts for name in names]
            previous, changed = self._last_change(ids)
            parts = {layer: round(rate, 10) for layer, names in entry.parts if (rate := self._sum(names, self.date))}
            out.append(
                {
                    "name": entry.name,
                    "rate": round(sum(parts.values(), 0.0), 10),
                    "parts": parts,
                    "applies_to": entry.applies_to,
                    "previous": previous,
                    "changed_on": changed,
                }
            )
        return out

    def _sum(self, ids: Iterable[str], day: dt.date) -> float:
        """Sum of the rates that some measures collect on a day, with this regime's knowledge."""
        clock = Clock(day, self.known, self.ledger.thin_until)
        return sum(collected(self.ledger.measures[name], clock).rate for name in ids)

    def _last_change(self, ids: list[str]) -> tuple[float | None, str | None]:
        """The sum before it last moved, and the day on which it did."""
        days = set()
        for name in ids:
            for event in self.ledger.measures[name].events:
                days |= {event.effective, event.date} | ({event.until} if event.until else set())
        for day in sorted((d for d in days if d <= self.date), reverse=True):
            before = self._sum(ids, day - dt.timedelta(days=1))
            if abs(self._sum(ids, day) - before) > 1e-12:
                return round(before, 10), day.isoformat()
        return None, None
