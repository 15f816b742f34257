"""What is wrong with a solve, or nothing: worst residuals by economy and sector, and what in the shock is extreme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente import model as kernels

if TYPE_CHECKING:
    from detente.trade._equilibrium import Equilibrium

_TIGHT = 0.5
"""Limit over baseline quantity below which a ceiling is named."""
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
    out += _ceilings(equilibrium, count)
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


def _ceilings(equilibrium: Equilibrium, count: int) -> list[str]:
    """Whom bans cut off, and what they then lack; the bans and tight limits on the largest flows."""
    m, world, ceilings = equilibrium.model, equilibrium.model.world, equilibrium.arrays.ceilings
    if ceilings is None:
        return []
    out: list[str] = []
    given = equilibrium.shock.export_ceilings
    bans = ", ".join(f"export_ceilings[{k}]" for k, c in enumerate(given) if c.limit <= 0)
    for side, cut in zip(("exports", "imports"), kernels.cut_off(m.baseline, equilibrium.arrays), strict=True):
        for e in map(int, np.flatnonzero(cut)):
            words = f"{world.economies[e]}: all its {side} are banned ({bans})"
            lacking = np.flatnonzero(kernels.missing_goods(m.baseline, m.parameters, e))
            if side == "exports" and lacking.size:
                goods = ", ".join(world.sectors[j] for j in lacking[:count])
                words += f", and it makes no {goods} at home, which it must pay for abroad"
            transfer = float(m.baseline.deficit[e] / m.baseline.final[e])
            if abs(transfer) > 1e-9:
                words += f"; before, it {'received' if transfer > 0 else 'paid'} a transfer of {abs(transfer):.2%} "
                words += "of its spending"
            out.append(words)
    j, i, n, group, limit = (
        np.asarray(getattr(ceilings, k)) for k in ("sector", "exporter", "importer", "group", "limit")
    )
    tight = np.flatnonzero(limit[group] < _TIGHT)
    largest = tight[np.argsort(-world.trade[j[tight], n[tight], i[tight]])][:count]
    for f in largest:
        names = f"{world.sectors[j[f]]} from {world.economies[i[f]]} to {world.economies[n[f]]}"
        out.append(
            f"{names} is banned" if limit[group[f]] <= 0 else f"{names} is held to {limit[group[f]]:.3g} of what it was"
        )
    return out
