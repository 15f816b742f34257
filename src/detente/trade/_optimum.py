"""A government's best tariffs, others' given."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.trade._climb import Slopes, climb, first_guess, stuck
from detente.trade._equilibrium import Equilibrium
from detente.trade._model import TradeModel
from detente.trade._policy import (
    Instruments,
    Objective,
    TariffProblem,
    balanced,
    import_tariffs,
    union_objective,
)
from detente.trade._shock import Shock

BOUNDS: tuple[float, float] = (-0.5, 3.0)
"""Tariffs searched: from a subsidy of 50 % to 300 %. Below an elasticity of one an optimum has no upper end."""
_ROUNDS = 40
_FINER = 0.1
"""Of the tolerance, for L-BFGS-B: its slopes are scaled by flows before any tariff moved."""
_RISE = 1e-9
"""Percent by which a point passed on the way may lie above the one found: the accuracy of a value."""


@dataclass(frozen=True, eq=False)
class Optimum:
    """The best tariffs found, how flat the top is there, and what they bring.

    Attributes
    ----------
    status
        `solved` when the largest scaled slope is below tolerance; `stopped_at_limit` otherwise.
    slope
        Largest derivative left, percent of spending per standard step of a tariff (ten over the root of its
        curvature), off the bounds.
    gain_percent
        Objective there less at the start.
    at_bound
        Variables that lie on a bound: their rate says 'at least' or 'at most'.
    """

    model: TradeModel
    player: str
    instruments: Instruments
    tariffs: np.ndarray
    status: str
    slope: float
    gain_percent: float
    at_bound: tuple[tuple[str, str], ...]
    solves: int
    seconds: float
    equilibrium: Equilibrium

    def table(self) -> list[dict[str, Any]]:
        """One row for each variable: sector, exporter, tariff (fraction)."""
        return [
            {"sector": s, "exporter": e, "tariff": float(t)}
            for (s, e), t in zip(self.instruments.names, self.tariffs, strict=True)
        ]

    @property
    def average(self) -> float:
        """Average of the tariffs, weighted by baseline imports."""
        weight = self.model.world.trade[tuple(self.instruments.cells.T)]
        return float((weight * self.tariffs[self.instruments.variable]).sum() / weight.sum())

    def __repr__(self) -> str:
        return (
            f"<Optimum of {self.player}: {self.status}, {len(self.tariffs)} tariffs, average {self.average:.3f}, "
            f"gain {self.gain_percent:.4f} %, slope {self.slope:.0e}, {self.solves} solves>"
        )


def optimal_tariffs(
    model: TradeModel,
    player: str,
    partners: Sequence[str] | str | None = None,
    sectors: Sequence[str] | str | None = None,
    *,
    uniform: str | None = None,
    objective: Objective | None = None,
    start: Shock | None = None,
    bounds: tuple[float, float] = BOUNDS,
    tolerance: float = 1e-4,
    max_solves: int = 300,
) -> Optimum:
    r"""The tariffs of one player that maximise its objective, all other policies as in `start`.

    Gradients are exact (adjoint). Steps are slope over curvature, accelerated; where that does not settle, L-BFGS-B
    goes on from the best point. Transfers are purged first. With one sector and no foreign tariff the answer is
    $t^* = 1/(\theta\,\pi_{own})$ with $\pi_{own}$ the foreign own share at the optimum (Gros 1987, JIE 23).

    Raises
    ------
    UnknownName, ShockError
        On a player, partner or sector that is not there.

    Examples
    --------
    >>> from detente.world import World
    >>> world = World.load("g20-2019")
    >>> best = optimal_tariffs(TradeModel(world, elasticities=4.0), "USA", partners=["CHN"], sectors=["C"])
    >>> best.status, best.gain_percent > 0
    ('solved', True)
    """
    clock = time.perf_counter()
    m = balanced(model)
    tools = import_tariffs(m, player, partners, sectors, uniform=uniform)
    problem = TariffProblem(m, [tools], start)
    seeds = union_objective(player, m, objective).seeds(m)
    slopes = Slopes(problem, [seeds], [0])
    start_value = float(problem.values(problem.current, [seeds])[0])
    found = climb(slopes, first_guess(problem, bounds), bounds, tolerance, min(_ROUNDS, max_solves))
    tariffs, reading = found.tariffs, found.reading
    highest = max(start_value, float(found.best[0]))
    if not (reading is not None and found.slope <= tolerance and highest <= reading.values[0] + _RISE):
        tariffs = maximise(problem, seeds, problem.current, slice(None), bounds, _FINER * tolerance, max_solves).tariffs
        reading = slopes.at(tariffs)
    solution = problem.solve(tariffs)
    slope = np.inf if reading is None else reading.steepest(tariffs, bounds)
    held = np.zeros(problem.size, bool) if reading is None else stuck(tariffs, reading.slope, bounds)
    status = "stopped_at_limit" if slope > tolerance else "solved"
    shock = Shock(tariffs=np.asarray(problem.arrays(tariffs).tariff), label=f"optimal tariffs of {player}")
    return Optimum(
        m, player, tools, tariffs, status if solution.solved else solution.status.value, slope,
        np.nan if reading is None else float(reading.values[0]) - start_value,
        tuple(n for n, fixed in zip(tools.names, held, strict=True) if fixed), problem.solves,
        time.perf_counter() - clock, Equilibrium(m, shock, problem.arrays(tariffs), solution),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Maximum:
    """What `maximise` found."""

    tariffs: np.ndarray
    value: float
    start_value: float
    status: str
    slope: float
    at_bound: np.ndarray


def maximise(
    problem: TariffProblem, seeds: dict[str, Any], begin: np.ndarray, own: slice, bounds: tuple[float, float],
    tolerance: float, max_solves: int,
) -> Maximum:  # fmt: skip
    """Maximise an objective over the variables `own` of a problem, the others held at `begin`."""
    from scipy.optimize import minimize

    scale = problem.scale[own]
    unit = 1.0 / 100.0  # percent to fractions, so that the function and its curvature are of one size

    def tariffs_at(x: np.ndarray) -> np.ndarray:
        out = begin.copy()
        out[own] = x / scale
        return out

    def cost(x: np.ndarray) -> tuple[float, np.ndarray]:
        t = tariffs_at(x)
        solution = problem.solve(t)
        if not solution.solved:  # a step too far: the line search comes back
            return 1e3, np.zeros_like(x)
        value, slope = problem.gradient(t, solution, seeds)
        return -value * unit, -slope[own] * unit / scale

    low, high = bounds[0] * scale, bounds[1] * scale
    x0 = np.clip(begin[own] * scale, low, high)
    first, _ = cost(x0)
    options = {"maxfun": max_solves, "maxiter": max_solves, "ftol": 1e-16, "gtol": tolerance * 1e-2, "maxcor": 30}
    end = minimize(cost, x0, jac=True, method="L-BFGS-B", bounds=list(zip(low, high, strict=True)), options=options)
    edge = 1e-9 * (high - low)
    stuck = ((end.x <= low + edge) & (end.jac > 0)) | ((end.x >= high - edge) & (end.jac < 0))
    slope = float(np.abs(np.where(stuck, 0.0, end.jac)).max()) / unit
    status = "solved" if slope <= tolerance else "stopped_at_limit"
    return Maximum(tariffs_at(end.x), -float(end.fun) / unit, -float(first) / unit, status, slope, stuck)
