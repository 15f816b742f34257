"""Nash tariffs: each player's are best against the others', certified by the largest gain from deviating."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._players import Player, seat
from detente.trade import (
    BOUNDS,
    Equilibrium,
    Instruments,
    Shock,
    Slopes,
    TariffProblem,
    TradeModel,
    balanced,
    climb,
    first_guess,
)

_REPLY_ROUNDS = 40
_STEPS_FROM_HERE = 4


@dataclass(frozen=True, eq=False)
class NashTariffs:
    """A Nash equilibrium in tariffs, or the report that none was found.

    Attributes
    ----------
    status
        `solved` when every player's slopes vanish and no certified deviation gains more than `tolerance`.
    slope
        Largest derivative left, percent of spending per standard step of a tariff, off the bounds.
    deviation_gains_percent
        What each player's best reply, as far as searched, gains over its Nash tariffs; empty when not certified.
    payoffs_percent
        Objective of each player against the start (balanced baseline), percent of spending.
    """

    model: TradeModel
    players: tuple[str, ...]
    instruments: tuple[Instruments, ...]
    tariffs: tuple[np.ndarray, ...]
    status: str
    slope: float
    deviation_gains_percent: dict[str, float]
    payoffs_percent: dict[str, float]
    rounds: int
    solves: int
    seconds: float
    equilibrium: Equilibrium

    @property
    def deviation_gain_percent(self) -> float | None:
        """The most any player gains by deviating; None when not certified."""
        return max(self.deviation_gains_percent.values(), default=None)

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

    All first-order conditions are met together: each round moves every tariff by its slope over its curvature,
    accelerated (Anderson); all players' slopes come from one block of adjoints. Then each player's best reply is
    searched twice: a few steps from its Nash tariffs, and all the way from those it had before the game. The larger
    gain counts. Transfers are purged first. Symmetric two-country closed form: docs/games.md.

    Parameters
    ----------
    players
        Names, or `Player`s with instruments and objectives of their own.
    tolerance
        Largest slope left, percent of spending per standard step of a tariff, and largest gain from deviating.
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
    found = climb(
        Slopes(problem, seeds, range(len(listed))),
        first_guess(problem, bounds),
        bounds,
        tolerance,
        max_rounds,
        progress,
    )
    tariffs, names = found.tariffs, [p.name for p in listed]
    solution = problem.solve(tariffs)
    gains = _gains(problem, seeds, tariffs, bounds, tolerance) if certify and solution.solved else []
    # a gain that is not a number is no certificate
    done = found.slope <= tolerance and solution.solved and all(gain <= tolerance for gain in gains)
    shock = Shock(tariffs=np.asarray(problem.arrays(tariffs).tariff), label="Nash tariffs")
    return NashTariffs(
        m, tuple(names), tuple(tools), tuple(tariffs[s] for s in problem.parts),
        "solved" if done else "stopped_at_limit", found.slope, dict(zip(names, gains, strict=False)),
        _payoffs(problem, tariffs, seeds, names), found.rounds, problem.solves, time.perf_counter() - clock,
        Equilibrium(m, shock, problem.arrays(tariffs), solution),
    )  # fmt: skip


def _payoffs(
    problem: TariffProblem, tariffs: np.ndarray, seeds: list[dict[str, Any]], names: list[str]
) -> dict[str, float]:
    """Each player's objective at some tariffs, in percent of its spending."""
    values = problem.values(tariffs, seeds)
    return dict(zip(names, map(float, values), strict=True))


def _gains(
    problem: TariffProblem, seeds: list[dict[str, Any]], tariffs: np.ndarray, bounds: tuple[float, float],
    tolerance: float,
) -> list[float]:  # fmt: skip
    """What each player gains by its best reply, percent: the better of two searches, see `nash_tariffs`."""
    gains: list[float] = []
    for player, own in enumerate(problem.parts):
        slopes = Slopes(problem, seeds, [player])
        here = slopes.at(tariffs)
        if here is None:
            gains.append(float("nan"))
            continue
        before = tariffs.copy()
        before[own] = problem.current[own]
        near = climb(slopes, tariffs, bounds, 0.0, _STEPS_FROM_HERE)
        far = climb(slopes, before, bounds, tolerance, _REPLY_ROUNDS)
        gains.append(max(0.0, *(float(reply.best[0] - here.values[0]) for reply in (near, far))))
    return gains
