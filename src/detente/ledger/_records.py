"""What a measure is once its file has been read: frozen, dated, with a source for every event."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

_DAYS = ("date", "known", "takes_effect", "until", "start", "in_transit")


@dataclass(frozen=True, slots=True)
class Event:
    """One act or fact in the life of a measure (or of one limb of it)."""

    kind: str
    date: dt.date
    """The day on which it holds."""
    known: dt.date
    """The day on which the world learned of it."""
    source: str
    confidence: str
    limb: str = ""
    takes_effect: dt.date | None = None
    """Of an announcement: the day on which the measure is to begin."""
    rate: float | None = None
    """Rate collected on covered goods from this event on (fraction)."""
    schedule: str = ""
    """Scope that holds average rates where they vary by line."""
    until: dt.date | None = None
    """First day on which what the event ordered no longer holds."""
    then: str = ""
    """What follows at `until` if nothing is done: `resumes` or `lapses`."""
    then_rate: float | None = None
    then_schedule: str = ""
    instrument: str = ""
    note: str = ""
    in_transit: dt.date | None = None
    """First day on which goods that were under way when it began no longer keep the earlier rate."""

    @property
    def effective(self) -> dt.date:
        """The day from which its rate holds."""
        return self.takes_effect or self.date

    def to_dict(self) -> dict[str, Any]:
        """The event as JSON shows it: only the keys that say something."""
        out: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None or value == "":
                continue
            out["event" if field.name == "kind" else field.name] = (
                value.isoformat() if isinstance(value, dt.date) else value
            )
        return out


@dataclass(frozen=True, slots=True)
class Coverage:
    """From a day on, which lines the measure reaches."""

    start: dt.date
    known: dt.date
    scope: str
    """Name of a set of lines; `all` for every line, `none` where no list is at hand."""
    without: tuple[str, ...] = ()
    """Sets of lines that are spared."""
    hint: tuple[str, ...] = ()
    """Codes that may be reached, where no list is at hand."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What a duty depends on beside the line: how the goods are used, what they are, how much metal they hold."""

    kind: str = ""
    """Class of the rows it speaks of; empty: the whole measure."""
    use: str = ""
    """The use that decides; empty: the metal share does."""
    default: float = 0.0
    """Factor on the row's share while nothing is said of the goods."""
    average: float = 0.0
    """The same in averages, where the row's share is that of trade."""
    chosen: float = 1.0
    """Share once the use is named."""
    below: float | None = None
    """Metal share under which the row does not count."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stacking:
    """How the measure meets the others of its group."""

    group: str
    operator: str
    of: tuple[str, ...] = ()
    """Ids of the measures that the operator acts on."""
    rank: int = 0
    """Order in which measures of the group take the value, 1 first; 0: it does not compete."""
    exempts: tuple[str, ...] = ()
    """Layers that do not fall on the value it takes."""
    metal: str = ""
    """The metal whose content it takes."""
    limit: float = 0.0
    """Of `cap`: what the duties in `of` and this one may come to."""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Limb:
    """A part of a measure with a life of its own."""

    name: str
    title: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: a duty, a control, a fee. Its status is computed from `events`, never stored."""

    id: str
    title: str
    kind: str
    imposer: str
    targets: tuple[str, ...]
    """Alpha-3 codes; `ALL` stands for every other economy."""
    legal_basis: str
    source: str
    confidence: str
    events: tuple[Event, ...]
    layer: str = ""
    stacking: Stacking | None = None
    coverage: tuple[Coverage, ...] = ()
    limbs: tuple[Limb, ...] = ()
    aliases: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_tariff(self) -> bool:
        """Whether it has a rate that enters averages."""
        return bool(self.layer)

    def reaches(self, economy: str) -> bool:
        """Whether it is aimed at an economy.

        Examples
        --------
        >>> from detente.ledger import Ledger
        >>> Ledger.load().measures["usa.ieepa.fentanyl-cn"].reaches("USA")
        False
        """
        return economy != self.imposer and ("ALL" in self.targets or economy in self.targets)

    def to_dict(self) -> dict[str, Any]:
        """The measure as `ledger show --json` prints it."""
        return {
            "id": self.id,
            "title": self.title,
            "kind": self.kind,
            "layer": self.layer or None,
            "imposer": self.imposer,
            "targets": list(self.targets),
            "legal_basis": self.legal_basis,
            "stacking": None if self.stacking is None else plain(self.stacking),
            "coverage": [plain(c) for c in self.coverage],
            "limbs": [plain(limb) for limb in self.limbs],
            "aliases": list(self.aliases),
            "formerly": list(self.formerly),
            "source": self.source,
            "confidence": self.confidence,
            "note": self.note or None,
            "events": [event.to_dict() for event in self.events],
        }


def plain(record: Any) -> Any:
    """A record as dictionaries, lists and text, fit for JSON and for `revive`."""
    if isinstance(record, dt.date):
        return record.isoformat()
    if isinstance(record, tuple):
        return [plain(item) for item in record]
    if hasattr(record, "__dataclass_fields__"):
        return {field.name: plain(getattr(record, field.name)) for field in fields(record)}
    return record


def _days(data: dict[str, Any]) -> dict[str, Any]:
    return {k: dt.date.fromisoformat(v) if k in _DAYS and v is not None else v for k, v in data.items()}


def revive(data: dict[str, Any]) -> Measure:
    """The measure that `plain` took apart."""
    out = dict(data)
    out["events"] = tuple(Event(**_days(event)) for event in data["events"])
    out["coverage"] = tuple(
        Coverage(**(_days(period) | {key: tuple(period[key]) for key in ("without", "hint")}))
        for period in data["coverage"]
    )
    if data["stacking"] is not None:
        lists = {key: tuple(data["stacking"][key]) for key in ("of", "exempts")}
        conditions = tuple(Condition(**c) for c in data["stacking"]["conditions"])
        out["stacking"] = Stacking(**(data["stacking"] | lists | {"conditions": conditions}))
    out["limbs"] = tuple(Limb(**(limb | {"aliases": tuple(limb["aliases"])})) for limb in data["limbs"])
    for key in ("targets", "aliases", "formerly"):
        out[key] = tuple(data[key])
    return Measure(**out)
