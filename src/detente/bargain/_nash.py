"""Nash policies: each player's is best against the others', certified by the largest gain from deviating."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._players import Player, seat
from detente.bargain._policies import Policies
from detente.trade import (
    BOUNDS,
    Equilibrium,
    Settings,
    Shock,
    TariffProblem,
    TradeModel,
    balanced,
    climb,
    guess_of,
    pose,
    search_range,
    slopes_of,
)

_REPLY_ROUNDS = 40
_STEPS_FROM_HERE = 4


@dataclass(frozen=True, eq=False)
class NashTariffs(Policies):
    """A Nash equilibrium in tariffs, export taxes or ceilings, or the report that none was found.

    Attributes
    ----------
    settings
        What each player sets, and to what, with tables and averages by kind.
    status
        `solved` when every player's slopes vanish and no certified deviation gains more than `tolerance`.
    slope
        Largest derivative left, percent of spending per standard step of any variable, off the bounds.
    deviation_gains_percent
        What each player's best reply in all of its instruments, as far as searched, gains over its Nash policy;
        empty when not certified.
    payoffs_percent
        Objective of each player against the start (balanced baseline), percent of spending.
    """

    model: TradeModel
    players: tuple[str, ...]
    settings: tuple[Settings, ...]
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

    def average(self, player: str, kind: str = "tariffs") -> float:
        """A player's Nash tariffs, or export taxes or ceilings, weighted by baseline trade; NaN when not set."""
        return self.settings[self.players.index(player)].average(kind)

    def __repr__(self) -> str:
        rates = ", ".join(
            f"{p} {100 * self.average(p, k):.1f} %" + ("" if k == "tariffs" else f" ({k.replace('_', ' ')})")
            for p, s in zip(self.players[:4], self.settings, strict=False)
            for k in s.kinds
        )
        gain = "not certified" if self.deviation_gain_percent is None else f"{self.deviation_gain_percent:.1e} %"
        return f"<NashTariffs {self.status}: {rates}; largest gain from deviating {gain}; {self.seconds:.1f} s>"


def nash_tariffs(
    model: TradeModel,
    players: Sequence[str | Player],
    *,
    instruments: str | Mapping[str, Any] | Sequence[str] = "tariffs",
    rent: str = "exporter",
    uniform: str | None = None,
    start: Shock | None = None,
    bounds: tuple[float, float] | Mapping[str, tuple[float, float]] = BOUNDS,
    tolerance: float = 1e-5,
    max_rounds: int = 80,
    certify: bool = True,
    progress: Callable[[int, float], None] | None = None,
) -> NashTariffs:
    """Tariffs, or other instruments, from which no player gains by changing its own.

    All first-order conditions are met together: each round moves every tariff by its slope over its curvature,
    accelerated (Anderson); all players' slopes come from one block of adjoints. Then each player's best reply is
    searched twice: a few steps from its Nash tariffs, and all the way from those it had before the game. The larger
    gain counts. Transfers are purged first. Symmetric two-country closed form: docs/games.md.

    Parameters
    ----------
    players
        Names, or `Player`s with instruments and objectives of their own.
    instruments, rent, uniform
        For players given by name: kinds (`tariffs`, `export_taxes`, `export_ceilings`), who gets the rent of a
        ceiling, and which rates are one. Others take a ceiling as a quantity that stays, an export tax as a rate
        that stays: the two games differ.
    bounds
        Ends of the search for rates, or ends by kind.
    tolerance
        Largest slope left, percent of spending per standard step of a variable, and largest gain from deviating.
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
    listed, tools, seeds = seat(players, m, uniform=uniform, instruments=instruments, rent=rent)
    problem = pose(m, tools, start)
    ends = search_range(problem, bounds)
    everybody = slopes_of(problem, seeds, range(len(listed)))
    found = climb(everybody, guess_of(problem, ends), ends, tolerance, max_rounds, progress)
    values, names = found.tariffs, [p.name for p in listed]
    solution = problem.solve(values)
    gains = _gains(problem, seeds, values, ends, tolerance) if certify and solution.solved else []
    # a gain that is not a number is no certificate
    done = found.slope <= tolerance and solution.solved and all(gain <= tolerance for gain in gains)
    shock = problem.as_shock(values, "Nash tariffs")
    settings = (Settings.of_player(problem, t, s, values, solution) for t, s in zip(tools, problem.parts, strict=True))
    return NashTariffs(
        m, tuple(names), tuple(settings), "solved" if done else "stopped_at_limit", found.slope,
        dict(zip(names, gains, strict=False)), _payoffs(problem, values, seeds, names), found.rounds, problem.solves,
        time.perf_counter() - clock, Equilibrium(m, shock, problem.arrays(values), solution),
    )  # fmt: skip


def _payoffs(
    problem: TariffProblem, tariffs: np.ndarray, seeds: list[dict[str, Any]], names: list[str]
) -> dict[str, float]:
    """Each player's objective at some tariffs, in percent of its spending."""
    values = problem.values(tariffs, seeds)
    return dict(zip(names, map(float, values), strict=True))


def _gains(
    problem: TariffProblem, seeds: list[dict[str, Any]], tariffs: np.ndarray, bounds: Any,
    tolerance: float,
) -> list[float]:  # fmt: skip
    """What each player gains by its best reply, percent: the better of two searches, see `nash_tariffs`."""
    gains: list[float] = []
    pair = slopes_of(problem, seeds, range(2)) if len(problem.parts) == 2 else None
    for player, own in enumerate(problem.parts):
        slopes = slopes_of(problem, seeds, [player]) if pair is None else pair.alone(player)
        place = 0 if pair is None else player
        here = slopes.at(tariffs)
        if here is None:
            gains.append(float("nan"))
            continue
        before = tariffs.copy()
        before[own] = problem.current[own]
        near = climb(slopes, tariffs, bounds, 0.0, _STEPS_FROM_HERE)
        far = climb(slopes, before, bounds, tolerance, _REPLY_ROUNDS)
        gains.append(max(0.0, *(float(reply.best[place] - here.values[place]) for reply in (near, far))))
    return gains
