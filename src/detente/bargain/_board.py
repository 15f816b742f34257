"""The board on a day: which instruments each side holds, how far each is drawn, and the shock of any combination."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.bargain._game_file import GameSpec, InstrumentSpec, Range
from detente.errors import DateError, Problem
from detente.trade import Ceiling, Shock

if TYPE_CHECKING:
    from detente.ledger import Ledger
    from detente.world import World

LEVELS = ("lifted", "in_force", "threat")
SLACK = 1e6
"""A ceiling that holds nothing back, so that all states of a game have one shape and compile once."""
LEAST_POINTS = 0.005
"""A tariff threat less than half a point above what is in force on average is no threat."""


@dataclass(frozen=True)
class Lever:
    """An instrument on a day.

    Attributes
    ----------
    in_force
        Level that day; None: not used.
    threat
        Level it may go to; None: nothing beyond what is in force.
    note
        What a reader must know: which day a tariff threat is from, or why there is none.
    rates
        Tariffs only: (sector,) arrays of the new rate by level.
    average
        Tariffs only: the ledger's average by level, fraction.
    """

    spec: InstrumentSpec
    in_force: Range | None = None
    threat: Range | None = None
    note: str = ""
    rates: Mapping[str, np.ndarray] = field(default_factory=dict)
    average: Mapping[str, float] = field(default_factory=dict)

    @property
    def used(self) -> bool:
        """Whether it is in force at all."""
        return "in_force" in self.rates if self.spec.kind == "tariffs" else self.in_force is not None

    @property
    def can_rise(self) -> bool:
        """Whether the threat goes beyond what is in force."""
        return "threat" in self.rates if self.spec.kind == "tariffs" else self.threat is not None

    def level(self, name: str) -> Range | None:
        """The range of a level; None where it is not used (or is a tariff)."""
        if name == "threat":
            return self.threat or self.in_force
        return self.in_force if name == "in_force" else None


State = Mapping[str, str]
"""Level of each lever by name; a lever left out is `in_force`."""


@dataclass(frozen=True, eq=False)
class Board:
    """Levers of a day and the shocks they make; duties on and by all others stay as they are that day."""

    spec: GameSpec
    on: dt.date
    known: dt.date | None
    world: World
    background: np.ndarray
    levers: tuple[Lever, ...]
    notes: tuple[str, ...] = ()

    @classmethod
    def on_day(cls, spec: GameSpec, ledger: Ledger, world: World, on: dt.date, known: dt.date | None = None) -> Board:
        """The board of a day as it was known then.

        Raises
        ------
        DateError
            For a day before the game begins.
        """
        if on < spec.base:
            raise DateError([Problem("--on", f"{on} lies before the game's base day {spec.base}", "Give a later day.")])
        law = Shock.from_regimes(ledger.on(spec.base, known=known), ledger.on(on, known=known), world)
        levers = []
        for one in spec.instruments:
            if one.since <= on and (known is None or one.since <= known):
                make = _tariffs if one.kind == "tariffs" else _other
                levers.append(make(one, spec, ledger, world, on, known))
        return cls(spec, on, known, world, np.asarray(law.tariffs), tuple(levers), law.notes)

    def named(self, name: str) -> Lever:
        """A lever by name."""
        return next(lever for lever in self.levers if lever.spec.name == name)

    def shock(
        self, state: State, at: Mapping[str, str] | None = None, label: str = "", rent: str | None = None
    ) -> Shock:
        """The shock of a state.

        `at` puts a lever, or its `NAME.leakage`, at the `low` or `high` end of its range; all others are at `mid`.
        """
        tariffs = self.background.copy()
        costs: np.ndarray | None = None
        ceilings = []
        for lever in self.levers:
            one, name = lever.spec, state.get(lever.spec.name, "in_force")
            if one.kind == "tariffs":
                n, i = (self.world.economies.index(c) for c in (one.owner, one.against))
                rates = lever.rates.get(name, lever.rates.get("in_force", lever.rates["lifted"]))
                tariffs[:, n, i] = rates
                continue
            held, where = lever.level(name), (at or {}).get(one.name, "mid")
            if one.kind == "ceiling":
                value = SLACK if held is None else held.at(where)
                ceilings.append(
                    Ceiling(list(one.exporter), list(one.importer), [one.item] if one.item else one.sectors, value,
                            rent or one.rent, one.leakage.at((at or {}).get(f"{one.name}.leakage", "mid")))
                )  # fmt: skip
            elif held is not None:
                costs = self._costs(costs, one, held.at(where))
        return Shock(tariffs=tariffs, trade_costs=costs, export_ceilings=ceilings, label=label)

    def as_on(self, then: Board, label: str) -> Shock:
        """The state in force on another day, with this day's duties of and on all others and this day's shape."""
        tariffs = self.background.copy()
        a, b = (self.world.economies.index(p) for p in self.spec.between)
        for n, i in ((a, b), (b, a)):
            tariffs[:, n, i] = then.background[:, n, i]
        held = {lever.spec.name: lever for lever in then.levers}
        none = [Lever(lever.spec) for lever in self.levers if lever.spec.name not in held]
        levers = [held.get(lever.spec.name) or none.pop(0) for lever in self.levers]
        same = tuple(
            dataclasses.replace(lever, rates={"lifted": tariffs[:, n, i]}) if lever.spec.kind == "tariffs" else lever
            for lever in levers
            for n, i in [tuple(self.world.economies.index(c) for c in (lever.spec.owner, lever.spec.against))]
        )
        return dataclasses.replace(self, background=tariffs, levers=same).shock({}, label=label)

    def _costs(self, costs: np.ndarray | None, one: InstrumentSpec, rate: float) -> np.ndarray:
        from detente.nomenclature import expand_sectors

        names = self.world.economies
        out = np.ones_like(self.background) if costs is None else costs
        rows = [self.world.sectors.index(s) for s in expand_sectors(one.sectors, self.world.sectors)]
        for importer in one.importer:
            for exporter in one.exporter:
                out[rows, names.index(importer), names.index(exporter)] *= 1.0 + rate
        return out

    def describe(self) -> list[dict[str, Any]]:
        """Levers as JSON shows them."""
        rows = []
        for lever in self.levers:
            one = lever.spec
            row: dict[str, Any] = {
                "name": one.name, "title": one.title, "owner": one.owner, "kind": one.kind, "in_force": lever.used,
                "can_rise": lever.can_rise, "note": lever.note,
            }  # fmt: skip
            if one.kind == "tariffs":
                row["average"] = dict(lever.average)
            else:
                row["levels"] = {
                    name: held.to_dict()
                    for name, held in (("in_force", lever.in_force), ("threat", lever.threat))
                    if held is not None
                }
                row["unit"] = "share of the base flow let through" if one.kind == "ceiling" else "ad valorem cost added"
                if one.kind == "ceiling":
                    row["leakage"], row["rent"] = one.leakage.to_dict(), one.rent
            rows.append(row)
        return rows


def _other(
    one: InstrumentSpec, spec: GameSpec, ledger: Ledger, world: World, on: dt.date, known: dt.date | None
) -> Lever:
    now = next((d.level for d in reversed(one.in_force) if d.holds(on)), None)
    threat = one.threat
    note = ""
    if now is not None and now.known and threat is not None and threat.known:
        worse = threat.mid < now.mid if one.kind == "ceiling" else threat.mid > now.mid
        if not worse:
            threat, note = None, "already used as far as it is threatened"
    return Lever(one, now if now is not None and now.known else None, threat, note)


def _tariffs(
    one: InstrumentSpec, spec: GameSpec, ledger: Ledger, world: World, on: dt.date, known: dt.date | None
) -> Lever:
    """Rates by level: none added, as in force, and at the highest the ledger has seen where the law still holds."""
    pair = {"importer": one.owner, "exporter": one.against}
    base, now = (ledger.on(day, known=known).by_sector(**pair) for day in (spec.base, on))
    days = ledger.series(spec.base, on, known=known, **pair)
    peak = max(range(len(days.dates)), key=lambda k: (days.average[k], k))
    top_regime = ledger.on(days.dates[peak], known=known)
    top = top_regime.by_sector(**pair)
    void = _void_layers(ledger, top_regime, pair, on, known)
    n, i = world.economies.index(one.owner), world.economies.index(one.against)
    rates = {name: np.array(world.tariffs[:, n, i], dtype=float) for name in LEVELS}
    for j, sector in enumerate(world.sectors):
        law = world.parents.get(sector, sector)
        old = sum(v.get(law, 0.0) for v in base.values())
        new = sum(v.get(law, 0.0) for v in now.values())
        most = sum(
            max(now.get(k, {}).get(law, 0.0), 0.0 if k in void else top.get(k, {}).get(law, 0.0)) for k in {*now, *top}
        )
        rates["in_force"][j] = max(0.0, rates["in_force"][j] + new - old)
        rates["threat"][j] = max(0.0, rates["threat"][j] + most - old)
    layers = days.layers
    average = {
        "lifted": days.average[0],
        "in_force": days.average[-1],
        "threat": sum(max(v[-1], 0.0 if k in void else v[peak]) for k, v in layers.items()),
    }
    note = f"threat: as collected on {days.dates[peak]}, {100 * average['threat']:.0f} % on average"
    if void:
        note += f"; not {' and '.join(sorted(void))}, whose legal basis has gone"
    if average["threat"] - average["in_force"] < LEAST_POINTS:
        del rates["threat"]
        note = "no threat beyond what is in force" + (
            f": {' and '.join(sorted(void))} lost the legal basis" if void else ""
        )
    if float(np.abs(rates["in_force"] - rates["lifted"]).max()) < 1e-9:
        del rates["in_force"]
    return Lever(one, None, None, note, rates, average)


def _void_layers(ledger: Ledger, regime: Any, pair: Mapping[str, str], on: dt.date, known: dt.date | None) -> set[str]:
    """Layers collected at the peak whose measure a court has voided since."""
    out = set()
    for measure, _ in regime.measures(**pair):
        status = ledger.status(measure.id, on=on, known=known)
        if status["status"] == "ended" and any(e["event"] == "voided" for e in status["events"]):
            out.add(measure.layer)
    return out
