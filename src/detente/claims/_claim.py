"""One claim of an article: who says what of whom, with numbers, dates and the span it stands on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

KINDS = {
    "tariff_change": "a duty moves: from, to, by",
    "tariff_level": "a duty stands at a rate, or is added at one; with parts where they are given",
    "trade_change": "exports, imports or trade move",
    "trade_level": "exports, imports or a balance of trade stand at an amount",
    "growth_change": "output, growth or prices move",
    "purchase": "goods are bought or promised to be",
    "duration": "how long something lasts or takes",
    "deadline": "a day on which something ends or is due",
    "meeting": "talks held or announced on a day",
    "control": "a restriction is imposed, relaxed or kept; a party is listed",
    "share": "a share of a market or of supply",
    "probability": "a chance given as a number",
    "forecast": "what will happen, without a number of its own",
    "assessment": "what somebody says is the case",
}
MODALITIES = ("reported", "promised", "threatened", "planned", "forecast", "demanded", "denied")
RATE, SHARE, POINTS_UNIT = "fraction of customs value", "fraction", "points as fraction"


@dataclass(frozen=True, slots=True)
class Check:
    """A check of arithmetic or dates: does what is said agree with itself?"""

    check: str
    holds: bool | None
    """None: it cannot be told from the text."""
    detail: str

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"check": self.check, "holds": self.holds, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a rate that is said to be a sum."""

    label: str
    rate: float
    layer: str = ""


@dataclass(slots=True)
class Claim:
    """A claim; rates and changes are fractions, negative for a fall, and `text == document[start:end]`."""

    kind: str
    text: str
    start: int
    end: int
    speaker: str | None = None
    role: str | None = None
    affiliation: str | None = None
    speaker_economy: str | None = None
    modality: str = "reported"
    negated: bool = False
    from_: float | None = None
    to: float | None = None
    by: float | None = None
    low: float | None = None
    high: float | None = None
    """The ends of a range; `to` is its upper end, `by` the end larger in size."""
    unit: str | None = None
    bound: str | None = None
    per: str | None = None
    actor: str | None = None
    target: str | None = None
    subject: tuple[str, ...] = ()
    action: str | None = None
    parts: tuple[Part, ...] = ()
    added: bool = False
    """Whether the rate is said to come on top of others."""
    place: str | None = None
    date: tuple[dt.date, dt.date] | None = None
    said_on: tuple[dt.date, dt.date] | None = None
    horizon: tuple[dt.date, dt.date] | None = None
    probability: tuple[float, float] | None = None
    conditional: bool = False
    concept: str | None = None
    said: dict[str, str] = field(default_factory=dict)
    """The numbers as written."""
    derived: tuple[str, ...] = ()
    """Keys that were reckoned, not read."""
    inferred: tuple[str, ...] = ()
    """Keys taken from the context of the article, not from the sentence."""
    checks: tuple[Check, ...] = ()

    @property
    def numeric(self) -> bool:
        """Whether it carries a number of its own."""
        return any(v is not None for v in (self.from_, self.to, self.by)) or self.kind == "probability"

    def to_dict(self) -> dict[str, Any]:
        """The claim as JSON shows it; days as ISO 8601, stretches as `first/last`."""
        return {
            "kind": self.kind, "speaker": self.speaker, "affiliation": self.affiliation, "role": self.role,
            "text": self.text, "span": [self.start, self.end],
            "from": self.from_, "to": self.to, "by": self.by, "low": self.low, "high": self.high,
            "unit": self.unit, "bound": self.bound,
            "per": self.per, "actor": self.actor, "target": self.target, "subject": list(self.subject),
            "action": self.action, "modality": self.modality, "negated": self.negated,
            "parts": [{"label": p.label, "rate": p.rate, "layer": p.layer or None} for p in self.parts],
            "added": self.added, "place": self.place, "date": _days(self.date), "said_on": _days(self.said_on),
            "horizon": _days(self.horizon), "probability": list(self.probability) if self.probability else None,
            "conditional": self.conditional, "concept": self.concept, "said": dict(self.said),
            "derived": list(self.derived), "inferred": list(self.inferred),
            "checks": [c.to_dict() for c in self.checks],
        }  # fmt: skip


def _days(span: tuple[dt.date, dt.date] | None) -> str | None:
    if span is None:
        return None
    first, last = span
    return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"
