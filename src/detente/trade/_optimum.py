"""A government's best tariffs, export taxes and export ceilings, others' policies given."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.trade._climb import Reading, climb, stuck
from detente.trade._equilibrium import Equilibrium
from detente.trade._instruments import choose_instruments
from detente.trade._model import TradeModel
from detente.trade._policy import BOUNDS as BOUNDS
from detente.trade._policy import Instruments, Objective, TariffProblem, balanced, union_objective
from detente.trade._policy_slopes import guess_of, pose, search_range, slopes_of
from detente.trade._settings import Settings
from detente.trade._shock import Shock

_ROUNDS = 40
_FINER = 0.1
"""Of the tolerance, for L-BFGS-B: its slopes are scaled by flows before any tariff moved."""
_RISE = 1e-9
"""Percent by which a point passed on the way may lie above the one found: the accuracy of a value."""


@dataclass(frozen=True, eq=False)
class Optimum:
    """The best policy found, how flat the top is there, and what it brings.

    Attributes
    ----------
    settings
        What is set, and to what: rates and limits in the order of `instruments`, with their tables and averages.
    status
        `solved` when the largest scaled slope is below tolerance; `stopped_at_limit` otherwise.
    slope
        Largest derivative left, percent of spending per standard step of a variable (ten over the root of its
        curvature), off the bounds; export taxes and ceilings count as tariffs do.
    gain_percent
        Objective there less at the start.
    at_bound
        Variables that lie on a bound, (sector, partner), and the kind if it is no tariff: their rate says 'at least'
        or 'at most'.
    """

    model: TradeModel
    player: str
    settings: Settings
    status: str
    slope: float
    gain_percent: float
    at_bound: tuple[tuple[str, ...], ...]
    solves: int
    seconds: float
    equilibrium: Equilibrium

    @property
    def instruments(self) -> Instruments:
        """Flows and variables."""
        return self.settings.instruments

    @property
    def tariffs(self) -> np.ndarray:
        """Import tariffs, fractions."""
        return self.settings.of("tariffs")

    @property
    def export_taxes(self) -> np.ndarray:
        """Export taxes, fractions of the price before them."""
        return self.settings.of("export_taxes")

    @property
    def export_ceilings(self) -> np.ndarray:
        """Limits over baseline quantities; what is sold where the limit is slack."""
        return self.settings.of("export_ceilings")

    def table(self, kind: str = "tariffs") -> list[dict[str, Any]]:
        """One row for each variable of a kind: sector, exporter, tariff (fraction); see `Settings.table`."""
        return self.settings.table(kind)

    @property
    def average(self) -> float:
        """Average of the tariffs, weighted by baseline imports; NaN when no tariffs are set."""
        return self.settings.average("tariffs")

    def __repr__(self) -> str:
        return (
            f"<Optimum of {self.player}: {self.status}, {self.settings.in_words()}, "
            f"gain {self.gain_percent:.4f} %, slope {self.slope:.0e}, {self.solves} solves>"
        )


def optimal_tariffs(
    model: TradeModel,
    player: str,
    partners: Sequence[str] | str | None = None,
    sectors: Sequence[str] | str | None = None,
    *,
    instruments: str | Mapping[str, Any] | Sequence[str | Instruments] = "tariffs",
    rent: str = "exporter",
    uniform: str | None = None,
    objective: Objective | None = None,
    start: Shock | None = None,
    bounds: tuple[float, float] | Mapping[str, tuple[float, float]] = BOUNDS,
    tolerance: float = 1e-4,
    max_solves: int = 300,
) -> Optimum:
    r"""The tariffs, or other instruments, of one player that maximise its objective, all other policies as in `start`.

    Gradients are exact (adjoint). Steps are slope over curvature, accelerated; where that does not settle, L-BFGS-B
    goes on from the best point met. The answer is the best point that either search met, and its status goes by the
    slope there. Transfers are purged first. With one sector and no foreign tariff the answer is
    $t^* = 1/(\theta\,\pi_{own})$ with $\pi_{own}$ the foreign own share at the optimum (Gros 1987, JIE 23), as
    import tariff, as export tax, or as premium under an export ceiling.

    Parameters
    ----------
    instruments
        `tariffs`, `export_taxes`, `export_ceilings`: one or several kinds, all on `partners` and `sectors`;
        `{kind: sectors}`; or sets made by `import_tariffs`, `export_taxes` and `export_ceilings`. A player that
        sets all of its tariffs and export taxes has one held (Lerner): `settings.instruments.held` says which.
    rent
        Who gets the rent of a ceiling: `exporter`, `importer` or `nobody`.
    bounds
        Ends of the search for rates, or ends by kind. Limits: 0.01 to 2 of the baseline quantity if not given.

    Raises
    ------
    UnknownName, ShockError
        On a player, partner, sector or instrument that is not there, or a flow that is set twice.

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
    tools = choose_instruments(m, player, partners, sectors, uniform=uniform, instruments=instruments, rent=rent)
    problem = pose(m, [tools], start)
    ends = search_range(problem, bounds)
    seeds = union_objective(player, m, objective).seeds(m)
    slopes = slopes_of(problem, [seeds], [0])
    start_value = float(problem.values(problem.current, [seeds])[0])
    found = climb(slopes, guess_of(problem, ends), ends, tolerance, min(_ROUNDS, max_solves))
    values, reading = found.tariffs, found.reading
    highest = max(start_value, float(found.best[0]))
    if not (reading is not None and found.slope <= tolerance and highest <= reading.values[0] + _RISE):
        begin = found.peaks[0] if found.best[0] >= start_value else problem.current
        again = maximise(problem, seeds, begin, slice(None), ends, _FINER * tolerance, max_solves)
        there = slopes.at(again.tariffs)
        if reading is None or (there is not None and _better(there, again.tariffs, reading, values, ends)):
            values, reading = again.tariffs if there is None or there.drawn is None else there.drawn, there
    solution = problem.solve(values)
    slope = np.inf if reading is None else reading.steepest(values, ends)
    held = np.zeros(problem.size, bool) if reading is None else stuck(values, reading.slope, ends)
    status = "stopped_at_limit" if slope > tolerance else "solved"
    shock = problem.as_shock(values, f"optimal policy of {player}")
    return Optimum(
        m, player, Settings.of_player(problem, tools, slice(None), values, solution),
        status if solution.solved else solution.status.value, slope,
        np.nan if reading is None else float(reading.values[0]) - start_value,
        tuple(n for n, fixed in zip(tools.labels, held, strict=True) if fixed), problem.solves,
        time.perf_counter() - clock, Equilibrium(m, shock, problem.arrays(values), solution),
    )  # fmt: skip


def _better(one: Reading, at: np.ndarray, other: Reading, there: np.ndarray, ends: Any) -> bool:
    """Whether a point is higher than another, or as high and flatter."""
    rise = float(one.values[0] - other.values[0])
    flatter = one.steepest(at if one.drawn is None else one.drawn, ends) < other.steepest(there, ends)
    return rise > _RISE or (rise >= -_RISE and flatter)


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
    problem: TariffProblem, seeds: dict[str, Any], begin: np.ndarray, own: slice, bounds: Any,
    tolerance: float, max_solves: int,
) -> Maximum:  # fmt: skip
    """Maximise an objective over the variables `own` of a problem, the others held at `begin`.

    The answer is the best point tried, `begin` among them, with the slope there. `bounds` are two numbers, or two
    arrays over all variables of the problem.
    """
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
        down = -slope[own] * unit / scale
        if np.isfinite(down).all() and not best[0] <= -value * unit:
            best[:] = -value * unit, np.array(x), down
        return -value * unit, down

    low, high = (np.broadcast_to(end, problem.size)[own] * scale for end in bounds)
    x0 = np.clip(begin[own] * scale, low, high)
    best: list[Any] = [np.nan, x0, np.full(x0.size, np.nan)]
    first, _ = cost(x0)
    options = {"maxfun": max_solves, "maxiter": max_solves, "ftol": 1e-16, "gtol": tolerance * 1e-2, "maxcor": 30}
    end = minimize(cost, x0, jac=True, method="L-BFGS-B", bounds=list(zip(low, high, strict=True)), options=options)
    least, x, jac = best if not end.fun <= best[0] + _RISE * unit else (end.fun, end.x, end.jac)
    edge = 1e-9 * (high - low)
    stuck = ((x <= low + edge) & (jac > 0)) | ((x >= high - edge) & (jac < 0))
    slope = float(np.abs(np.where(stuck, 0.0, jac)).max()) / unit
    status = "solved" if slope <= tolerance else "stopped_at_limit"
    return Maximum(tariffs_at(x), -float(least) / unit, -float(first) / unit, status, slope, stuck)
