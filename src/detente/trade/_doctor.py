"""What is wrong with a solve, or nothing: worst residuals by economy and sector, and what in the shock is extreme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente import model as kernels

if TYPE_CHECKING:
    from detente.trade._equilibrium import Equilibrium

_EQUATIONS = {"value_added": "factor market", "price": "price", "spending": "spending", "premium": "export ceiling"}


def diagnose(equilibrium: Equilibrium, count: int = 5) -> dict[str, Any]:
    """Status, remedy, worst gaps with their names, and the most extreme parts of the shock.

    Gaps are of logs: 0.01 is one percent away from equilibrium in that equation. For a solve that failed they are
    taken where the solver stopped.

    Examples
    --------
    >>> from detente.trade import Shock, TradeModel
    >>> from detente.world import World
    >>> eq = TradeModel(World.load("g20-2019"), elasticities=4.0).solve(Shock())
    >>> diagnose(eq)["worst"][0]["gap"] < 1e-9
    True
    """
    m, world = equilibrium.model, equilibrium.model.world
    gaps = kernels.gaps(m.baseline, m.parameters, equilibrium.arrays, equilibrium.solution.state)
    worst: list[dict[str, Any]] = []
    for name, values in gaps.items():
        sized = np.where(np.isfinite(values), np.abs(values), np.inf)
        for place in np.argsort(-sized, axis=None)[:count]:
            at = np.unravel_index(place, sized.shape)
            row: dict[str, Any] = {"equation": _EQUATIONS[name], "gap": float(sized[at])}
            if sized.ndim == 2:
                row |= {"economy": world.economies[at[0]], "sector": world.sectors[at[1]]}
            else:
                row |= {"ceiling": int(at[0])}
            worst.append(row)
    worst.sort(key=lambda r: -r["gap"])
    return {
        "status": equilibrium.status.value, "remedy": equilibrium.status.remedy, "residual": equilibrium.residual,
        "steps": equilibrium.steps, "worst": worst[:count], "extremes": _extremes(equilibrium, count),
    }  # fmt: skip


def _extremes(equilibrium: Equilibrium, count: int) -> list[str]:
    """The largest wedges of the shock, the smallest home shares, and who lives on transfers, in words."""
    m, world = equilibrium.model, equilibrium.model.world
    out: list[str] = []
    shock = equilibrium.arrays
    left = kernels.final_ratio(m.baseline, m.parameters, shock, equilibrium.solution.state)
    for n in np.argsort(left)[:count]:
        if left[n] <= 0:
            out.append(f"{world.economies[n]}: the transfer it pays is more than all its income")
    wedge = np.log(np.asarray(shock.trade_cost)) + np.log1p(np.asarray(shock.tariff)) - np.log1p(world.tariffs)
    traded = np.where(world.trade > 0, np.abs(np.where(np.isfinite(wedge), wedge, np.inf)), 0.0)
    for place in np.argsort(-traded, axis=None)[:count]:
        j, n, i = np.unravel_index(place, traded.shape)
        if traded[j, n, i] > 0.5:
            factor = float(np.exp(wedge[j, n, i]))
            names = f"{world.sectors[j]} from {world.economies[i]} to {world.economies[n]}"
            out.append(f"{names} costs {factor:.3g} times what it did")
    deficit, final = np.asarray(m.baseline.deficit), np.asarray(m.baseline.final)
    for n in np.argsort(-np.abs(deficit / final))[:count]:
        if abs(deficit[n] / final[n]) > 0.1 and m.deficits == "fixed":
            what = "received" if deficit[n] > 0 else "paid"
            out.append(
                f"{world.economies[n]}: a fixed transfer {what} of {abs(deficit[n] / final[n]):.0%} of its spending"
            )
    return out
