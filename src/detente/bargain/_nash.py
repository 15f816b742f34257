"""Nash tariffs: each player's are best against the others', certified by the largest gain from deviating."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._players import Player, seat
from detente.trade import BOUNDS, Equilibrium, Instruments, Shock, TariffProblem, TradeModel, balanced, maximise

_DEPTH = 8


@dataclass(frozen=True, eq=False)
class NashTariffs:
    """A Nash equilibrium in tariffs, or the report that none was found.

    Attributes
    ----------
    status
        `solved` when every player's slopes vanish and no certified deviation gains more than `tolerance`.
    deviation_gain_percent
        The most any player's best reply gains over its Nash tariffs; None when not certified.
    payoffs_percent
        Objective of each player against the start (balanced baseline), percent of spending.
    """

    model: TradeModel
    players: tuple[str, ...]
    instruments: tuple[Instruments, ...]
    tariffs: tuple[np.ndarray, ...]
    status: str
    slope: float
    deviation_gain_percent: float | None
    payoffs_percent: dict[str, float]
    rounds: int
    solves: int
    seconds: float
    equilibrium: Equilibrium

    def average(self, player: str) -> float:
        """A player's Nash tariffs, weighted by baseline imports."""
        k = self.players.index(player)
        tools, rates = self.instruments[k], self.tariffs[k]
        weight = self.model.world.trade[tuple(tools.cells.T)]
        return float((weight * rates[tools.variable]).sum() / weight.sum())

    def __repr__(self) -> str:
        rates = ", ".join(f"{p} {100 * self.average(p):.1f} %" for p in self.players[:4])
        gain = "not certified" if self.deviation_gain_percent is None else f"{self.deviation_gain_percent:.1e} %"
        return f"<NashTariffs {self.status}: {rates}; largest gain from deviating {gain}; {self.seconds:.1f} s>"


def nash_tariffs(
    model: TradeModel,
    players: Sequence[str | Player],
    *,
    uniform: str | None = None,
    start: Shock | None = None,
    bounds: tuple[float, float] = BOUNDS,
    tolerance: float = 1e-5,
    max_rounds: int = 80,
    certify: bool = True,
    progress: Callable[[int, float], None] | None = None,
) -> NashTariffs:
    """Tariffs from which no player gains by changing its own.

    All first-order conditions are met together: each round moves every tariff along its player's own slope over
    its curvature, accelerated (Anderson); then, from there, each player's best reply is searched and the largest
    gain reported. Transfers are purged first. Symmetric two-country closed form: docs/games.md.

    Parameters
    ----------
    players
        Names, or `Player`s with instruments and objectives of their own.
    tolerance
        Largest slope left, percent of spending per standard step of a tariff.
    certify
        Search each player's best reply at the end.
    progress
        Called with the round and the largest slope; raise in it to stop.

    Examples
    --------
    >>> from detente.world import World
    >>> model = TradeModel(World.load("g20-2019"), elasticities=4.0)
    >>> war = nash_tariffs(model, ["USA", "CHN"], uniform="sectors")
    >>> war.status, war.deviation_gain_percent < 1e-4
    ('solved', True)
    """
    clock = time.perf_counter()
    m = balanced(model)
    listed, tools, seeds = seat(players, m, uniform=uniform)
    problem = TariffProblem(m, tools, start)
    begin = np.clip(problem.current, *bounds)
    tariffs, slope, rounds = _meet(problem, seeds, begin, bounds, tolerance, max_rounds, progress)
    solution = problem.solve(tariffs)
    payoffs = _payoffs(problem, tariffs, seeds, [p.name for p in listed])
    gain = _certificate(problem, seeds, tariffs, bounds, tolerance) if certify and solution.solved else None
    done = slope <= tolerance and solution.solved and (gain is None or gain <= tolerance)
    shock = Shock(tariffs=np.asarray(problem.arrays(tariffs).tariff), label="Nash tariffs")
    return NashTariffs(
        m, tuple(p.name for p in listed), tuple(tools), tuple(tariffs[s] for s in problem.parts),
        "solved" if done else "stopped_at_limit", slope, gain, payoffs, rounds, problem.solves,
        time.perf_counter() - clock, Equilibrium(m, shock, problem.arrays(tariffs), solution),
    )  # fmt: skip


def _payoffs(
    problem: TariffProblem, tariffs: np.ndarray, seeds: list[dict[str, Any]], names: list[str]
) -> dict[str, float]:
    """Each player's objective at some tariffs, in percent of its spending."""
    values = problem.values(tariffs, seeds)
    return dict(zip(names, map(float, values), strict=True))


def _meet(
    problem: TariffProblem, seeds: list[dict[str, Any]], begin: np.ndarray, bounds: tuple[float, float],
    tolerance: float, max_rounds: int, progress: Callable[[int, float], None] | None,
) -> tuple[np.ndarray, float, int]:  # fmt: skip
    """Tariffs at which every player's slope vanishes (or its bound holds it), by accelerated slope steps."""
    low, high = bounds[0] * problem.scale, bounds[1] * problem.scale
    pace = _pace(problem, seeds)
    y, slope = begin * problem.scale, np.inf
    past: list[tuple[np.ndarray, np.ndarray]] = []
    for number in range(1, max_rounds + 1):
        slopes = _slopes(problem, seeds, y / problem.scale)
        if slopes is None:  # a step too far: go half-way back to the last point that solved
            if not past:
                break
            y = 0.5 * (y + past[-1][0])
            continue
        target = np.clip(y + pace * slopes / 100.0, low, high)
        free = (target > low) & (target < high)
        slope = float(np.abs(np.where(free, slopes, 0.0)).max())
        if progress:
            progress(number, slope)
        if slope <= tolerance:
            return y / problem.scale, slope, number
        past = [*past[-_DEPTH:], (y, target - y)]
        y = np.clip(_mixed(past), low, high)
    return y / problem.scale, slope, max_rounds


def _slopes(problem: TariffProblem, seeds: list[dict[str, Any]], tariffs: np.ndarray) -> np.ndarray | None:
    """Slope of each variable in its own player's objective, per scaled step."""
    solution = problem.solve(tariffs)
    if not solution.solved:
        return None
    out: np.ndarray = np.zeros(problem.size)
    for own, seed in zip(problem.parts, seeds, strict=True):
        _, slope = problem.gradient(tariffs, solution, seed)
        out[own] = slope[own] / problem.scale[own]
    return out


def _pace(problem: TariffProblem, seeds: list[dict[str, Any]]) -> np.ndarray:
    """A step's length: curvature in scaled variables is near one over the player's share of world spending."""
    final = np.asarray(problem.model.baseline.final)
    out: np.ndarray = np.ones(problem.size)
    for own, seed in zip(problem.parts, seeds, strict=True):
        mine = seed["real_income_percent"] > 0
        out[own] = final[mine].sum()
    return out


def _mixed(past: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Anderson's next point from points and their steps."""
    x, f = past[-1]
    plain: np.ndarray = x + f
    if len(past) == 1:
        return plain
    dx = np.array([past[k + 1][0] - past[k][0] for k in range(len(past) - 1)])
    df = np.array([past[k + 1][1] - past[k][1] for k in range(len(past) - 1)])
    weight, *_ = np.linalg.lstsq(df.T, f, rcond=1e-10)
    turned: np.ndarray = plain - weight @ (dx + df)
    return turned


def _certificate(
    problem: TariffProblem,
    seeds: list[dict[str, Any]],
    tariffs: np.ndarray,
    bounds: tuple[float, float],
    tolerance: float,
) -> float:
    """The largest gain any player's best reply brings over the tariffs given, percent."""
    gains: list[float] = [0.0]
    for own, seed in zip(problem.parts, seeds, strict=True):
        best = maximise(problem, seed, tariffs, own, bounds, tolerance, 60)
        gains.append(best.value - best.start_value)
    return max(gains)
