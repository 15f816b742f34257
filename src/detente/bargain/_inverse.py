"""Inverse problems: the weights under which observed tariffs would be a player's best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.bargain._players import Player, seat
from detente.trade import Shock, TariffProblem, TradeModel, balanced


@dataclass(frozen=True)
class ImpliedWeight:
    """A rivalry weight implied by observed tariffs, instrument by instrument.

    Attributes
    ----------
    weight
        omega that zeroes the trade-weighted slope: how much of a percent of the rival's income the player gives
        its own up for. NaN where the rival's income does not move.
    low, high
        Range over the single tariffs (5th to 95th percentile by trade): wide means weakly identified.
    weak
        Whether the range is wider than the weight itself.
    own_slope, rival_slope
        Percent of spending per unit of the tariffs, trade-weighted.
    """

    player: str
    rival: str
    weight: float
    low: float
    high: float
    weak: bool
    own_slope: float
    rival_slope: float


def implied_rivalry(model: TradeModel, player: str, rival: str, observed: Shock | None = None) -> ImpliedWeight:
    """The rivalry weight omega at which a player's observed tariffs on a rival meet its first-order condition.

    With `G = income_i - omega income_rival`, a tariff k is best where
    `omega_k = (d income_i / d t_k) / (d income_rival / d t_k)`. Tariffs above the plain optimum imply a positive
    weight, below it a negative one. Transfers are purged first.

    Raises
    ------
    SolveError
        If there is no equilibrium at the observed tariffs.
    """
    m = balanced(model)
    _, tools, seeds = seat([Player(player, [rival]), Player(rival, [player])], m)
    problem = TariffProblem(m, tools, observed)
    m.solve(observed, throw=True)
    solution = problem.solve(problem.current)
    slopes = [problem.gradient(problem.current, solution, seed)[1] for seed in seeds]
    own, theirs = slopes[0][problem.parts[0]], slopes[1][problem.parts[0]]
    ratio = np.where(np.abs(theirs) > 1e-14, own / np.where(theirs == 0, 1.0, theirs), np.nan)
    trade = np.bincount(tools[0].variable, m.world.trade[tuple(tools[0].cells.T)], tools[0].count)
    order = np.argsort(ratio)
    share = np.cumsum(trade[order]) / trade.sum()
    low, high = (float(ratio[order[min(int(np.searchsorted(share, q)), order.size - 1)]]) for q in (0.05, 0.95))
    weight = float(own.sum() / theirs.sum()) if abs(theirs.sum()) > 1e-14 else float("nan")
    return ImpliedWeight(
        player, rival, weight, low, high, not (high - low) <= abs(weight), float(own.sum()), float(theirs.sum())
    )
