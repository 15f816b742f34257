"""The duty on one line on one day: every layer with its law, what was left out and why, what would change it."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from detente.ledger._codes import dotted
from detente.ledger._lookup import Found, Goods
from detente.ledger._records import Condition, Measure
from detente.ledger._status import Clock, events_of, overall, standing
from detente.ledger._words import LAYERS, percent, weakest

if TYPE_CHECKING:
    from detente.ledger._duty import Desk


@dataclass(frozen=True)
class Layer:
    """One measure on the line; `rate` is what it adds to the total, a fraction of customs value."""

    measure: str
    layer: str
    rate: float
    kind: str
    operator: str
    source: str
    confidence: str
    nominal: float
    """The rate on the part it reaches."""
    share: float
    """Share of the customs value it reaches."""
    legal_basis: str
    instrument: str
    status: str
    """Status of the act that sets the rate: `in_force`, or `scheduled`, `unknown`, ... where the law says so."""
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The layer as JSON shows it."""
        out = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in out.items() if value != ""}


def layer_of(found: Found, desk: Desk) -> Layer:
    """What a measure adds, once the measures have met."""
    candidate, row = found.candidate, found.row
    measure, act = candidate.measure, candidate.now.by
    levels = [measure.confidence if act is None else act.confidence] + ([row.confidence] if row else [])
    specific = f"as printed: {row.specific}" if row and row.specific else ""
    return Layer(
        measure=measure.id,
        layer=measure.layer,
        rate=round(found.part.points, 10),
        kind=measure.kind,
        operator=measure.stacking.operator if measure.stacking else "add",
        source=measure.source if act is None else act.source,
        confidence=weakest(levels),
        nominal=round(found.part.rate, 10),
        share=round(found.part.reach, 10),
        legal_basis=measure.legal_basis,
        instrument=act.instrument if act else "",
        status=desk.status(measure, act.limb if act else ""),
        note=specific,
    )


def act_status(measure: Measure, limb: str, clock: Clock) -> str:
    """Status of the act that sets a rate; of a limb only where it is still ahead or nobody knows."""
    if limb and (status := standing(events_of(measure, limb), clock).status) in ("scheduled", "unknown"):
        return status
    return overall(measure, clock).status


@dataclass(frozen=True)
class Rate:
    """The duty on a line, or on the lines under a code; fractions of customs value.

    `total` is None where the base rate is not known; where the lines under a code differ it is the lowest, `highest`
    the highest, and `lines` holds each.
    """

    hs: str
    importer: str
    exporter: str
    on: str
    known: str | None
    total: float | None
    layers: tuple[Layer, ...]
    specific: str = ""
    """A specific or compound base duty as printed; its part by quantity is not in the total."""
    lines: tuple[Rate, ...] = ()
    highest: float | None = None
    covers: int = 1
    """How many lines stand under the code."""
    value: float | None = None
    """Customs value in USD, where one was given."""
    goods: Goods = field(default_factory=Goods)
    leaf: str = ""
    """The line read; several lines may share one answer."""
    desk: Desk | None = field(default=None, repr=False, compare=False)

    @functools.cached_property
    def excluded(self) -> list[dict[str, str]]:
        """Measures aimed at the pair that name the line and take nothing, or less, with the reason."""
        return [] if self.desk is None or self.lines else self.desk.excluded(self.leaf, self.goods)

    @functools.cached_property
    def conditions(self) -> list[dict[str, Any]]:
        """What would change the duty: end use, metal content, goods in transit; with the total it would give."""
        return [] if self.desk is None or self.lines else self.desk.conditions(self.leaf, self.goods, self.total)

    @functools.cached_property
    def warnings(self) -> list[str]:
        """What to know before relying on the number."""
        if self.desk is None:
            return []
        out = list(self.desk.notes)
        if self.lines:
            out.append(f"{dotted(self.hs)} covers {self.covers} lines that differ; give a finer code.")
        return [*out, *self.desk.warnings(self)]

    @property
    def confidence(self) -> str:
        """The weakest of the layers' confidences."""
        return weakest([layer.confidence for layer in self.layers]) if self.layers else "L"

    def by_layer(self) -> dict[str, float]:
        """Layer -> rate, in the ledger's order, zeros left out.

        >>> from detente.ledger import Ledger
        >>> rate = Ledger.load().on("2025-06-11").rate("8481.80.30", importer="USA", exporter="CHN")
        >>> rate.by_layer()
        {'mfn': 0.056, 's301': 0.25, 'fentanyl': 0.2, 'reciprocal': 0.1}
        """
        out = dict.fromkeys(LAYERS[self.importer], 0.0)
        for layer in self.layers:
            out[layer.layer] += layer.rate
        return {name: round(rate, 10) for name, rate in out.items() if rate}

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON shows it."""
        total: Any = self.total
        if self.highest is not None:
            total = {"min": self.total, "max": self.highest}
        out: dict[str, Any] = {
            "hs": self.hs, "importer": self.importer, "exporter": self.exporter, "on": self.on, "known": self.known,
            "total": total, "layers": [layer.to_dict() for layer in self.layers],
        }  # fmt: skip
        if self.lines:
            out["lines"] = [
                {"hs": r.hs, "total": r.total, "layers": [layer.to_dict() for layer in r.layers]} for r in self.lines
            ]
        out |= {"covers": self.covers, "confidence": self.confidence, "excluded": self.excluded}
        out |= {"conditions": self.conditions, "specific": self.specific or None, "warnings": self.warnings}
        if self.value is not None:
            out["duty"] = self.duty()
        return out

    def duty(self) -> dict[str, Any]:
        """The duty in money on `value`: total and by measure, USD, rounded to the cent."""
        if self.value is None:
            return {}
        value = self.value
        if self.highest is not None and self.total is not None:
            low, high = round(value * self.total, 2), round(value * self.highest, 2)
            return {"value": value, "unit": "USD", "total": {"min": low, "max": high}}
        layers: Mapping[str, float] = {layer.measure: round(value * layer.rate, 2) for layer in self.layers}
        total = None if self.total is None else round(value * self.total, 2)
        return {"value": value, "unit": "USD", "total": total, "layers": dict(layers)}


def several(code: str, found: Sequence[Rate]) -> Rate:
    """One answer for the lines under a code: the common one, or lowest, highest and each."""
    first = found[0]
    plain = [(r.total, r.by_layer(), r.specific) for r in found]
    if all(p == plain[0] for p in plain):
        return replace(first, hs=code, covers=len(found))
    known = [r.total for r in found if r.total is not None]
    low, high = (min(known), max(known)) if known else (None, None)
    return replace(
        first, hs=code, total=low, highest=high, layers=(), specific="", lines=tuple(found), covers=len(found)
    )


def told(condition: Condition, measure: Measure) -> str:
    """A condition in words.

    >>> told(Condition(below=0.15), Measure("m", "m", "k", "USA", (), "", "", "H", ()))
    'metal below 15 % of the article'
    """
    if condition.use:
        return condition.note or f"goods for use: {condition.use}"
    if condition.below is not None:
        return condition.note or f"metal below {percent(condition.below)} of the article"
    return condition.note or f"content of {measure.stacking.metal if measure.stacking else 'metal'}"
