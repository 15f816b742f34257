"""The board on a day: which instruments each side holds, how far each is drawn, and the shock of any combination."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.bargain._game_file import GameSpec, InstrumentSpec
from detente.bargain._lever import Lever, other_lever
from detente.bargain._tariff_lever import AHEAD, tariff_lever
from detente.errors import DateError, Problem
from detente.trade import Ceiling, Shock

if TYPE_CHECKING:
    from detente.ledger import Ledger
    from detente.world import World

SLACK = 1e6
"""A ceiling that holds nothing back, so that all states of a game have one shape and compile once."""
Choice = str | tuple[float | None, float, str]
YEARS_AHEAD = 3
"""How far beyond the evidence a day may lie."""
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
        if on + dt.timedelta(days=AHEAD) > ledger.thin_until + dt.timedelta(days=YEARS_AHEAD * 365):
            raise DateError([Problem("--on", f"{on} is far beyond the evidence", f"It ends on {ledger.thin_until}.")])
        law = Shock.from_regimes(ledger.on(spec.base, known=known), ledger.on(on, known=known), world)
        levers = []
        for one in spec.instruments:
            if one.since <= on and (known is None or one.since <= known):
                tariffs = one.kind == "tariffs"
                levers.append(
                    tariff_lever(one, spec, ledger, world, on, known) if tariffs else other_lever(one, on, known)
                )
        return cls(spec, on, known, world, np.asarray(law.tariffs), tuple(levers), law.notes)

    def named(self, name: str) -> Lever:
        """A lever by name."""
        return next(lever for lever in self.levers if lever.spec.name == name)

    def choice(self, state: State, at: Mapping[str, str] | None = None) -> tuple[Choice, ...]:
        """What each lever is put at: the name of a tariff's level; value, leakage and rent of the others.

        `at` puts `NAME.in_force`, `NAME.threat` or `NAME.leakage` at the `low` or `high` end of its range (all else at
        `mid`), and `NAME.rent` at another holder of the rent. Two states with one choice are one and the same.
        """
        out: list[Choice] = []
        for lever in self.levers:
            one, name = lever.spec, state.get(lever.spec.name, "in_force")
            if one.kind == "tariffs":
                end = f"threat-{(at or {}).get(f'{one.name}.threat', 'mid')}"
                name = end if name == "threat" and end in lever.rates else name
                out.append(name if name in lever.rates else "in_force" if "in_force" in lever.rates else "lifted")
                continue
            held = lever.level(name, at or {})
            if one.kind == "trade_cost" or held is None:
                out.append((held, 0.0, ""))
                continue
            leaks = one.leakage.at((at or {}).get(f"{one.name}.leakage", "mid"))
            out.append((held, leaks, (at or {}).get(f"{one.name}.rent", one.rent)))
        return tuple(out)

    def shock(self, state: State, at: Mapping[str, str] | None = None, label: str = "") -> Shock:
        """The shock of a state; `at` as in `choice`."""
        tariffs = self.background.copy()
        costs: np.ndarray | None = None
        ceilings = []
        for lever, chosen in zip(self.levers, self.choice(state, at), strict=True):
            one = lever.spec
            if isinstance(chosen, str):
                n, i = (self.world.economies.index(c) for c in (one.owner, one.against))
                tariffs[:, n, i] = lever.rates[chosen]
                continue
            value, leaks, rent = chosen
            if one.kind == "ceiling":
                what = [one.item] if one.item else one.sectors
                limit, holder = (SLACK, one.rent) if value is None else (value, rent)
                ceilings.append(Ceiling(list(one.exporter), list(one.importer), what, limit, holder, leaks))
            elif value is not None:
                costs = self._costs(costs, one, value)
        return Shock(tariffs=tariffs, trade_costs=costs, export_ceilings=ceilings, label=label)

    def with_rates(self, rates: Mapping[str, Mapping[str, np.ndarray]]) -> Board:
        """The board with further levels of its tariffs: {lever: {level: (sector,) rates}}."""
        more = tuple(
            dataclasses.replace(lever, rates={**lever.rates, **rates.get(lever.spec.name, {})}) for lever in self.levers
        )
        return dataclasses.replace(self, levers=more)

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
