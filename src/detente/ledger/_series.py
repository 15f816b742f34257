"""Every day's average by layer: one state for each stretch of days on which nothing moves."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.errors import Problem, UnknownName
from detente.ledger import _average
from detente.ledger._status import Clock
from detente.ledger._words import LAYERS, PAIRS

if TYPE_CHECKING:
    from detente.ledger._ledger import Ledger


@dataclass(frozen=True)
class Series:
    """Average statutory rate on every day, by layer; fractions of customs value."""

    dates: tuple[dt.date, ...]
    average: tuple[float, ...]
    layers: Mapping[str, tuple[float, ...]]
    weights: str
    weights_year: int
    matched_share: float
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The series as JSON shows it."""
        return {
            "dates": [day.isoformat() for day in self.dates],
            "average": list(self.average),
            "layers": {name: list(values) for name, values in self.layers.items()},
            "weights": self.weights,
            "weights_year": self.weights_year,
            "matched_share": self.matched_share,
            "warnings": list(self.warnings),
        }

    def to_frame(self) -> Any:
        """A pandas frame: a row a day, a column a layer, and `average`."""
        import pandas as pd

        index = pd.DatetimeIndex(list(self.dates), name="date")
        return pd.DataFrame(
            {**{k: list(v) for k, v in self.layers.items()}, "average": list(self.average)}, index=index
        )


def series(ledger: Ledger, importer: str, exporter: str, first: dt.date, last: dt.date, clock: Clock) -> Series:
    """The series of a pair from `first` to `last`, with the knowledge of `clock`."""
    if (importer, exporter) not in PAIRS:
        known = ", ".join(f"{n}<-{i}" for n, i in PAIRS)
        raise UnknownName(
            [Problem("", f"the ledger holds no tariffs of {importer} on goods from {exporter}", f"It holds {known}.")]
        )
    pair = ledger.trade(importer, exporter)
    measures = [m for m in ledger.measures.values() if m.imposer == importer and m.reaches(exporter)]
    turns = [first, *_average.moves(pair, measures, first, last), last + dt.timedelta(days=1)]
    layers: dict[str, list[float]] = {name: [] for name in LAYERS[importer]}
    for day, following in itertools.pairwise(turns):
        means = _average.means(pair, _average.state(pair, measures, Clock(day, clock.known, clock.edge)))
        for name, value in means.items():
            layers[name] += [value] * (following - day).days
    size = (last - first).days + 1
    return Series(
        dates=tuple(first + dt.timedelta(days=i) for i in range(size)),
        average=tuple(map(sum, zip(*layers.values(), strict=True))),
        layers={name: tuple(values) for name, values in layers.items()},
        weights=f"{pair.title}, {pair.year}",
        weights_year=pair.year,
        matched_share=pair.matched_share,
        warnings=ledger.on(last, clock.known).warnings,
    )
