"""Tariff instruments and objectives: what a government sets and what it wants, as one smooth problem.

Objective of government i (percent of its baseline spending):
`G_i = real income_i + sum_j (lambda_ij - 1) sector income_ij - omega_i real income_rival`.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from detente import model as kernels
from detente.economies import groups
from detente.errors import Problem, ShockError, UnknownName, unknown
from detente.nomenclature import expand_sectors
from detente.trade._model import TradeModel
from detente.trade._shock import Shock

BOUNDS: tuple[float, float] = (-0.5, 3.0)
"""Rates searched: from a subsidy of 50 % to 300 %. Below an elasticity of one an optimum has no upper end."""


@dataclass(frozen=True)
class Objective:
    """What a player wants.

    Attributes
    ----------
    economies
        Whose real income counts; more than one (a union) is weighted by baseline spending.
    sector_weights
        lambda by sector: a weight of 1 is the plain real income, more favours the sector's income (Ossa 2014).
    rivalry
        omega by rival: how much one percent of the rival's real income is worth as a loss. A group (`EU27`) counts
        by its members' real incomes, weighted by baseline spending.
    """

    economies: tuple[str, ...]
    sector_weights: Mapping[str, float] = field(default_factory=dict)
    rivalry: Mapping[str, float] = field(default_factory=dict)

    def seeds(self, model: TradeModel) -> dict[str, np.ndarray]:
        """Weights on results, as the kernels take them; all unknown names at once."""
        world = model.world
        problems = [
            unknown("sector", name, world.sectors, "sector_weights")
            for name in self.sector_weights
            if name not in world.sectors
        ]
        problems += [
            unknown("economy", name, [*world.economies, *groups()], "rivalry")
            for name in self.rivalry
            if not _inside(name, world.economies)
        ]
        if problems:
            raise UnknownName(problems)
        final = np.asarray(model.baseline.final)
        rows = [world.economies.index(e) for e in self.economies]
        share = final[rows] / final[rows].sum()
        income = np.zeros(len(world.economies))
        income[rows] = share
        for rival, weight in self.rivalry.items():
            theirs = [world.economies.index(e) for e in _inside(rival, world.economies)]
            income[theirs] -= weight * final[theirs] / final[theirs].sum()
        out: dict[str, np.ndarray] = {"real_income_percent": income}
        if self.sector_weights:
            sector = np.zeros((len(world.economies), len(world.sectors)))
            for name, weight in self.sector_weights.items():
                sector[rows, world.sectors.index(name)] = (weight - 1.0) * share
            out["sector_income_percent"] = sector
        return out


@dataclass(frozen=True, eq=False)
class Instruments:
    """What a player sets: flows, and which variable each flow's rate or limit is. Import tariffs, if not said."""

    cells: np.ndarray
    """(flow, 3): sector, importer, exporter"""
    variable: np.ndarray
    """(flow,)"""
    names: tuple[tuple[str, str], ...]
    """(sector, partner) of each variable, the exporter of a tariff; `all` where one rate holds for several"""
    kinds: tuple[str, ...] = ()
    """`tariffs`, `export_taxes` or `export_ceilings` of each variable; empty: all are tariffs"""
    rents: tuple[str, ...] = ()
    """Who has the rent of each variable that is a ceiling; empty: the exporter"""
    held: tuple[str, ...] = ()
    """Rates that are not searched because one direction is flat (Lerner), in words"""

    @property
    def count(self) -> int:
        """Number of variables."""
        return len(self.names)

    @property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """(sector, partner) of each variable, with its kind where that is no tariff."""
        kinds = self.kinds or ("tariffs",) * self.count
        return tuple(n if k == "tariffs" else (*n, k) for n, k in zip(self.names, kinds, strict=True))

    def of(self, kind: str) -> np.ndarray:
        """(variable,) whether each is of this kind."""
        return np.array([k == kind for k in self.kinds or ("tariffs",) * self.count], dtype=bool)


def members(player: str, model: TradeModel) -> tuple[str, ...]:
    """The economies of a player: one, or a group of the world's (`EU27`).

    Raises
    ------
    UnknownName
        If the world holds none of it.
    """
    known = model.world.economies
    found = _inside(player, known)
    if not found:
        raise UnknownName([unknown("player", player, [*known, *groups()], "player")])
    return found


def _inside(name: str, known: Sequence[str]) -> tuple[str, ...]:
    """The economies of a name that a world holds."""
    return (name,) if name in known else tuple(c for c in groups().get(name, ()) if c in known)


def import_tariffs(
    model: TradeModel,
    player: str,
    partners: Sequence[str] | str | None = None,
    sectors: Sequence[str] | str | None = None,
    *,
    uniform: str | None = None,
) -> Instruments:
    """The tariffs of a player on some partners and sectors, where anything is traded.

    `uniform="sectors"` is one rate for each partner, `"partners"` one for each sector, None all apart. A union
    has one external tariff.
    """
    return Instruments(*traded_cells(model, player, partners, sectors, uniform, buying=True))


def traded_cells(
    model: TradeModel, player: str, partners: Sequence[str] | str | None, sectors: Sequence[str] | str | None,
    uniform: str | None, *, buying: bool,
) -> tuple[np.ndarray, np.ndarray, tuple[tuple[str, str], ...]]:  # fmt: skip
    """Cells, variables and names of `Instruments` on what a player buys from some partners, or sells to them."""
    world = model.world
    own = members(player, model)
    wanted = [e for p in listed_partners(partners, world.economies) for e in members(p, model) if e not in own]
    cells: list[tuple[int, int, int]] = []
    variable: list[int] = []
    names: dict[tuple[str, str], int] = {}
    for sector in expand_sectors("goods" if sectors is None else sectors, world.sectors):
        j = world.sectors.index(sector)
        for partner in dict.fromkeys(wanted):
            name = ("all" if uniform == "sectors" else sector, "all" if uniform == "partners" else partner)
            for member in own:
                n, i = (world.economies.index(e) for e in ((member, partner) if buying else (partner, member)))
                if world.trade[j, n, i] > 0:
                    cells.append((j, n, i))
                    variable.append(names.setdefault(name, len(names)))
    if not cells:
        what = "imports none of these goods from" if buying else "sells none of these goods to"
        raise ShockError([Problem("instruments", f"{player} {what} these partners")])
    return np.array(cells), np.array(variable), tuple(names)


def listed_partners(partners: Sequence[str] | str | None, known: Sequence[str]) -> list[str]:
    """Partners by name; everybody when None or `all`."""
    if partners is None or partners == "all":
        return list(known)
    return [partners] if isinstance(partners, str) else list(partners)


class TariffProblem:
    """Solves and differentiates a model at tariffs given as a vector; starts each solve from the last."""

    def __init__(self, model: TradeModel, instruments: Sequence[Instruments], start: Shock | None = None) -> None:
        self.model = model
        self.shock = start or Shock()
        self.base = self.shock.arrays(model.world)
        self.cells = np.concatenate([i.cells for i in instruments])
        offsets = np.cumsum([0, *(i.count for i in instruments)])
        self.variable = np.concatenate([i.variable + k for i, k in zip(instruments, offsets, strict=False)])
        self.home = self.cells[:, 1]
        """(flow,) the economy that sets it."""
        self.parts = [slice(a, b) for a, b in itertools.pairwise(offsets)]
        self.size = int(offsets[-1])
        # a line search compares values that differ little: solve closer than a single answer needs
        self.options = dataclasses.replace(model.options, tolerance=min(model.options.tolerance, 1e-12))
        self.state: Any = None
        self.solves = 0
        flow = self.flows(np.asarray(model.baseline.share) * np.asarray(model.baseline.spending).T[:, :, None])
        theta = model.theta[self.cells[:, 0]]
        curvature = np.bincount(self.variable, flow * theta, self.size)
        self.scale = np.sqrt(np.maximum(curvature, 1e-3 * curvature.mean()))
        """Square root of (flow x theta) of each variable: its curvature, near enough to precondition by."""
        weight = np.bincount(self.variable, flow, self.size)
        self.current = np.bincount(self.variable, flow * self.flows(np.asarray(self.base.tariff)), self.size) / weight

    def flows(self, cube: np.ndarray) -> np.ndarray:
        """The entries of a (sector, importer, exporter) array that are instruments, one a flow."""
        values: np.ndarray = cube[tuple(self.cells.T)]
        return values

    def arrays(self, tariffs: np.ndarray) -> kernels.ShockArrays:
        """The shock at a vector of tariffs."""
        cube = np.array(self.base.tariff)
        cube[tuple(self.cells.T)] = tariffs[self.variable]
        return self.base._replace(tariff=_jnp(cube))

    def as_shock(self, values: np.ndarray, label: str) -> Shock:
        """The shock by name, with all of the start that no variable sets."""
        return dataclasses.replace(self.shock, tariffs=np.asarray(self.arrays(values).tariff), label=label)

    def settings(self, values: np.ndarray, solution: kernels.Solution) -> np.ndarray:
        """What the variables set, in its own unit: a fraction."""
        return values

    def premia(self, solution: kernels.Solution) -> np.ndarray:
        """(flow,) log premium of each capped flow, 0 elsewhere."""
        return np.zeros(len(self.cells))

    def solve(self, tariffs: np.ndarray) -> kernels.Solution:
        """The equilibrium at a vector of tariffs; remembered as the next start if it is one."""
        m = self.model
        found = kernels.solve(m.baseline, m.parameters, self.arrays(tariffs), begin=self.state, options=self.options)
        self.solves += 1
        if found.solved:
            self.state = found.state
        return found

    def values(self, tariffs: np.ndarray, seeds: Sequence[dict[str, Any]]) -> np.ndarray:
        """Each objective at a vector of tariffs; NaN where there is no equilibrium."""
        found: np.ndarray = self._valued(self.arrays(tariffs), self.solve(tariffs), seeds)
        return found

    def values_of(self, arrays: kernels.ShockArrays, seeds: Sequence[dict[str, Any]]) -> np.ndarray:
        """Each objective at any shock, a threat for example; NaN where there is no equilibrium."""
        m = self.model
        solution = kernels.solve(m.baseline, m.parameters, arrays, options=self.options)
        found: np.ndarray = self._valued(arrays, solution, seeds)
        return found

    def _valued(self, arrays: kernels.ShockArrays, solution: kernels.Solution, seeds: Sequence[dict[str, Any]]) -> Any:
        if not solution.solved:
            return np.full(len(seeds), np.nan)
        m = self.model
        found = kernels.outcomes(m.baseline, m.parameters, arrays, solution.state)
        return np.array([sum((np.asarray(found[k]) * s).sum() for k, s in seed.items()) for seed in seeds])

    def gradient(
        self, tariffs: np.ndarray, solution: kernels.Solution, seeds: dict[str, Any]
    ) -> tuple[float, np.ndarray]:
        """Value of an objective and its derivative in each variable, at an equilibrium."""
        m = self.model
        value, by, gap = kernels.gradient(m.baseline, m.parameters, self.arrays(tariffs), solution.state, seeds)
        if not gap < 1e-6:
            return value, np.full(self.size, np.nan)
        return value, self.by_variable(tariffs, by.tariff, by.export_tax, by.limit)

    def by_variable(self, values: np.ndarray, tariff: Any, export_tax: Any, limit: Any) -> np.ndarray:
        """Derivatives in each flow's rate and each limit, as derivatives in the variables."""
        return np.bincount(self.variable, self.flows(np.asarray(tariff)), self.size)


def balanced(model: TradeModel) -> TradeModel:
    """The model with transfers purged, as games and optima need; the same model if it is already so.

    Nominal transfers make an optimum depend on the numeraire.
    """
    return model if model.deficits == "balanced" else model.replace(deficits="balanced")


def union_objective(player: str, model: TradeModel, objective: Objective | None) -> Objective:
    """A player's objective; by default the real income of its members."""
    own = members(player, model)
    return Objective(own) if objective is None else dataclasses.replace(objective, economies=own)


def _jnp(values: np.ndarray) -> Any:
    import jax.numpy as jnp

    return jnp.asarray(values)
