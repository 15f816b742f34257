"""Inverse problems: the weights under which an observed policy would be a player's best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.errors import Problem, ShockError
from detente.trade import Instruments, Shock, TradeModel, balanced, choose_instruments, members, pose, union_objective


@dataclass(frozen=True)
class ImpliedWeight:
    """A rivalry weight implied by an observed policy, variable by variable.

    Attributes
    ----------
    weight
        omega at which an equal rise of all its rates (one point more on each) would leave its objective as it is:
        how much of a percent of the rival's income the player gives up its own for. NaN where the rival's income
        does not move.
    low, high
        5th to 95th percentile, by baseline trade, of the weights that each rate alone would imply.
    weak
        Whether that range is wider than the weight itself.
    own_slope, rival_slope
        What an equal rise of all its rates by 1.00 brings the player and the rival, percent of their spending, at
        the slope of the observed point.
    """

    player: str
    rival: str
    weight: float
    low: float
    high: float
    weak: bool
    own_slope: float
    rival_slope: float


def implied_rivalry(
    model: TradeModel,
    player: str,
    rival: str,
    observed: Shock | None = None,
    *,
    instruments: str | Mapping[str, Any] | Sequence[str | Instruments] = "tariffs",
    sectors: Sequence[str] | str | None = None,
) -> ImpliedWeight:
    r"""The rivalry weight $\omega$ at which a player's observed policy towards a rival meets its first-order condition.

    With $G = \text{income}_i - \omega\,\text{income}_{rival}$, a rate k is best where
    $\omega_k = (\partial\,\text{income}_i/\partial t_k) / (\partial\,\text{income}_{rival}/\partial t_k)$; `weight` is
    the ratio of the sums over k. Tariffs above the plain optimum imply a positive weight, below it a negative one.
    Either side may be a group (`EU27`), its real income weighted by spending as in `Objective.rivalry`, so that the
    weight can be handed back to it. Transfers are purged first.

    Parameters
    ----------
    observed
        The policies of everybody; None: as in the accounts.
    instruments, sectors
        What counts as the player's policy towards the rival: tariffs on all goods unless said. An observed ceiling
        whose rent the exporter has is given as the export tax of its premium.

    Raises
    ------
    ShockError
        If an economy is on both sides, or `export_ceilings` are asked for.
    SolveError
        If there is no equilibrium at the observed policies.
    """
    m = balanced(model)
    both = sorted(set(members(player, m)) & set(members(rival, m)))
    if both:
        raise ShockError([Problem("rival", f"{', '.join(both)} plays twice, in {player} and {rival}")])
    tools = choose_instruments(m, player, [rival], sectors, instruments=instruments)
    if tools.of("export_ceilings").any():
        remedy = "Give the export tax of its premium, and instruments='export_taxes'."
        raise ShockError([Problem("instruments", "the weight behind a ceiling is not read from its limit", remedy)])
    problem = pose(m, [tools], observed)
    m.solve(observed, throw=True)
    solution = problem.solve(problem.current)
    seeds = [union_objective(name, m, None).seeds(m) for name in (player, rival)]
    own, theirs = (problem.gradient(problem.current, solution, seed)[1] for seed in seeds)
    ratio = np.where(np.abs(theirs) > 1e-14, own / np.where(theirs == 0, 1.0, theirs), np.nan)
    trade = np.bincount(tools.variable, m.world.trade[tuple(tools.cells.T)], tools.count)
    order = np.argsort(ratio)
    share = np.cumsum(trade[order]) / trade.sum()
    low, high = (float(ratio[order[min(int(np.searchsorted(share, q)), order.size - 1)]]) for q in (0.05, 0.95))
    weight = float(own.sum() / theirs.sum()) if abs(theirs.sum()) > 1e-14 else float("nan")
    return ImpliedWeight(
        player, rival, weight, low, high, not (high - low) <= abs(weight), float(own.sum()), float(theirs.sum())
    )
