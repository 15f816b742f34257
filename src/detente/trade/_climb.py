"""Tariffs at which slopes vanish, of one player or of all who play: accelerated diagonal Newton steps."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from detente import model as kernels
from detente.trade._policy import TariffProblem

_DEPTH = 10
_LONGEST = 0.3
"""Longest step of a tariff in one round, over one plus the tariff."""
_WORSE = 4.0
"""Rise of the largest slope, over the least so far, that ends an acceleration."""
_ADJOINT = 1e-9


class Reading(NamedTuple):
    """Objectives at a vector of tariffs, and each variable's slope and curvature in its own player's."""

    values: np.ndarray
    slope: np.ndarray
    curvature: np.ndarray
    drawn: np.ndarray | None = None
    """The same policy, its slack limits drawn in to what is sold; None where that is the vector itself."""

    def steepest(self, tariffs: np.ndarray, bounds: tuple[float, float]) -> float:
        """Largest slope per standard step, `10 / sqrt(curvature)`, of a variable that no bound holds, percent."""
        per_step = 10.0 * np.abs(self.slope) / np.sqrt(self.curvature)
        return float(np.where(stuck(tariffs, self.slope, bounds), 0.0, per_step).max())


class Climb(NamedTuple):
    """Where a search stopped: tariffs, the reading there (None if nothing solved) and the largest slope left."""

    tariffs: np.ndarray
    reading: Reading | None
    slope: float
    best: np.ndarray
    """Each player's highest value on the way."""
    peaks: np.ndarray
    """(player, variable) where each of them was met."""
    rounds: int


def stuck(tariffs: np.ndarray, slope: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    """Variables on a bound that their slope presses against."""
    low, high = bounds
    edge = 1e-9 * (high - low)
    held: np.ndarray = ((tariffs <= low + edge) & (slope < 0)) | ((tariffs >= high - edge) & (slope > 0))
    return held


def first_guess(problem: TariffProblem, bounds: tuple[float, float]) -> np.ndarray:
    r"""What market power over its exports alone would make each importer charge everybody.

    By Lerner's symmetry a small economy's best import tariff is the mark-up its exports can bear:
    $t_i = \sum_{j,m} X_{mij} / \sum_{j,m} X_{mij}\,\theta_j (1 - \pi_{mij})$, sales of $j$ to $m$.
    """
    m = problem.model
    share, spending = np.asarray(m.baseline.share), np.asarray(m.baseline.spending)
    paid = share * spending.T[:, :, None]
    sold = paid / (1.0 + np.asarray(m.baseline.tariff))
    home = np.arange(sold.shape[1])
    sold[:, home, home] = 0.0
    answer = (sold * m.theta[:, None, None] * (1.0 - share)).sum(axis=(0, 1))
    rate = sold.sum(axis=(0, 1)) / np.where(answer > 0, answer, 1.0)
    flow = problem.flows(paid)
    weight = np.bincount(problem.variable, flow, problem.size)
    guess = np.bincount(problem.variable, flow * rate[problem.cells[:, 1]], problem.size) / weight
    clipped: np.ndarray = np.clip(guess, *bounds)
    return clipped


class Slopes:
    """Reads players' slopes at tariffs; keeps the adjoints of one reading as the start of the next.

    `players` are those who move: all of them for a war, one for a best reply.
    """

    def __init__(self, problem: TariffProblem, seeds: Sequence[dict[str, Any]], players: Sequence[int]) -> None:
        self.problem = problem
        mine = [seeds[k] for k in players]
        blank = {name: np.zeros_like(weight) for seed in mine for name, weight in seed.items()}
        self.seeds = {name: np.stack([seed.get(name, zero) for seed in mine]) for name, zero in blank.items()}
        self.owner = np.full(len(problem.model.world.economies), -1)
        for number, player in enumerate(players):
            own = problem.parts[player]
            self.owner[problem.home[(problem.variable >= own.start) & (problem.variable < own.stop)]] = number
        income = self.seeds["real_income_percent"]
        spending = np.asarray(problem.model.baseline.final)
        everybody = np.arange(len(spending))
        weight = np.where(self.owner >= 0, income[self.owner, everybody], 0.0) / spending
        self.weight = 100.0 * weight[problem.home]
        self.count = len(players)
        self.adjoints: Any = None

    def alone(self, player: int) -> Slopes:
        """The same reader where one player moves: nothing new is compiled, at the price of all adjoints."""
        out = copy.copy(self)
        out.owner = np.where(self.owner == player, player, -1)
        return out

    def at(self, tariffs: np.ndarray) -> Reading | None:
        """The reading there; None where there is no equilibrium or no gradient."""
        solved = self.solved(tariffs)
        if solved is None:
            return None
        arrays, solution, found = solved
        slope = self.problem.by_variable(tariffs, found.tariff, None, None)
        return Reading(np.asarray(found.values), slope, self._curvature(arrays, solution))

    def solved(self, tariffs: np.ndarray) -> tuple[kernels.ShockArrays, kernels.Solution, kernels.OwnSlopes] | None:
        """The shock, its equilibrium and the slopes in tariffs; None where one of the last two is missing."""
        problem, m = self.problem, self.problem.model
        solution = problem.solve(tariffs)
        if not solution.solved:
            return None
        arrays = problem.arrays(tariffs)
        if self.adjoints is None:
            self.adjoints = np.zeros((self.count, sum(x.size for x in solution.state)))
        found = kernels.own_slopes(
            m.baseline, m.parameters, arrays, solution.state, self.seeds, self.owner, self.adjoints, _ADJOINT
        )
        if not float(found.gap) <= _ADJOINT:
            return None
        self.adjoints = found.adjoints
        return arrays, solution, found

    def _curvature(self, arrays: Any, solution: kernels.Solution) -> np.ndarray:
        """A tariff's own curvature: its flow at the border times the fall of its quantity."""
        problem, m = self.problem, self.problem.model
        out = kernels.outcomes(m.baseline, m.parameters, arrays, solution.state)
        rate, border = problem.flows(np.asarray(arrays.tariff)), problem.flows(np.asarray(out["trade"]))
        sector, importer = problem.cells[:, 0], problem.cells[:, 1]
        share = border * (1.0 + rate) / np.asarray(out["spending"])[importer, sector]
        price = 1.0 + np.asarray(out["price_index_percent"])[importer] / 100.0
        cell = self.weight / price * border * (1.0 + m.theta[sector] * (1.0 - share)) / (1.0 + rate)
        found = np.bincount(problem.variable, cell, problem.size)
        positive: np.ndarray = np.maximum(found, 1e-12 * found.max())
        return positive


def climb(
    slopes: Slopes, begin: np.ndarray, bounds: tuple[float, float], tolerance: float, max_rounds: int,
    progress: Callable[[int, float], None] | None = None,
) -> Climb:  # fmt: skip
    """Tariffs at which the slopes of all who move vanish, or a bound holds them.

    Each round moves every tariff by its slope over its own curvature, accelerated (Anderson, gaps measured by what
    they cost); a step that leaves slopes much worse is taken back and halved. `tolerance` is the largest slope left
    per standard step: see `Reading.steepest`.
    """
    t = np.clip(begin, *bounds)
    past: list[tuple[np.ndarray, np.ndarray]] = []
    flattest, slope, best, part = None, np.inf, np.full(slopes.count, -np.inf), 1.0
    peaks = np.tile(t, (slopes.count, 1))
    for number in range(1, max_rounds + 1):
        found = slopes.at(t)
        if found is not None and found.drawn is not None:
            t = np.clip(found.drawn, *bounds)
        steep = np.inf if found is None else found.steepest(t, bounds)
        if found is None or steep > _WORSE * slope:
            if flattest is None:
                break
            # too far: from the flattest point again, without memory, more gently
            past, part = [], 0.5 * part
            t = flattest[0] + part * _step(*flattest, bounds)
            continue
        peaks[found.values > best] = t
        best = np.maximum(best, found.values)
        if steep < slope:
            flattest, slope = (t, found), steep
        if progress:
            progress(number, steep)
        if steep <= tolerance:
            return Climb(t, found, steep, best, peaks, number)
        step = part * _step(t, found, bounds)
        past = [*past[-_DEPTH:], (t, step)]
        reach = 2.0 * _LONGEST * (1.0 + t)
        move = np.clip(_mixed(past, np.sqrt(found.curvature)) - t, -reach, reach)
        # what a bound holds, or a slack limit, stays: only what has a slope has something to extrapolate
        t = np.clip(t + np.where(step == 0.0, 0.0, move), *bounds)
    where, reading = flattest or (t, None)
    return Climb(where, reading, slope, best, peaks, max_rounds)


def _step(t: np.ndarray, found: Reading, bounds: tuple[float, float]) -> np.ndarray:
    """Slope over curvature, neither too long nor out of bounds."""
    longest = _LONGEST * (1.0 + t)
    moved: np.ndarray = np.clip(t + np.clip(found.slope / found.curvature, -longest, longest), *bounds) - t
    return moved


def _mixed(past: list[tuple[np.ndarray, np.ndarray]], metric: np.ndarray) -> np.ndarray:
    """Anderson's next point from points and their steps."""
    x, f = past[-1]
    plain: np.ndarray = x + f
    if len(past) == 1:
        return plain
    dx = np.array([past[k + 1][0] - past[k][0] for k in range(len(past) - 1)])
    df = np.array([past[k + 1][1] - past[k][1] for k in range(len(past) - 1)])
    weight, *_ = np.linalg.lstsq((df * metric).T, f * metric, rcond=1e-8)
    turned: np.ndarray = plain - weight @ (dx + df)
    return turned
