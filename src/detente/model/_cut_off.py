"""Economies whom bans leave no way to pay, or to be paid: no equilibrium, whatever prices do."""

from __future__ import annotations

import numpy as np

from detente.model._baseline import Baseline, Parameters, ShockArrays

_NONE = 1e-9
"""Transfer over final spending that counts as none."""


def cut_off(baseline: Baseline, shock: ShockArrays) -> tuple[np.ndarray, np.ndarray]:
    """(economy,) whose exports are all banned, and whose imports are; False where there were none to ban."""
    abroad = np.asarray(baseline.share) > 0
    none = np.zeros(abroad.shape[1], dtype=bool)
    if shock.ceilings is None or (np.asarray(shock.ceilings.limit) > 0).all():
        return none, none
    home = np.arange(abroad.shape[1])
    abroad[:, home, home] = False
    j, n, i, group, limit = (
        np.asarray(getattr(shock.ceilings, k)) for k in ("sector", "importer", "exporter", "group", "limit")
    )
    banned = limit[group] <= 0
    left = abroad.copy()
    left[j[banned], n[banned], i[banned]] = False
    no_exports, no_imports = (np.array(abroad.any(axis=side) & ~left.any(axis=side)) for side in ((0, 1), (0, 2)))
    return no_exports, no_imports


def missing_goods(baseline: Baseline, parameters: Parameters, economy: int) -> np.ndarray:
    """(sector,) goods that an economy must buy, at whatever price, and that nobody makes at home.

    Nothing, where an elasticity between goods is above one: then it can do without.
    """
    nests = (parameters.rho_v, parameters.rho_m, parameters.sigma_c)
    made = np.asarray(baseline.share)[:, economy, economy] > 0
    if max(float(np.max(np.asarray(x))) for x in nests) > 1.0:
        return np.zeros(len(made), dtype=bool)
    needed = np.asarray(baseline.final_share)[economy] > 0
    uses = np.asarray(baseline.input_share)[economy] > 0
    for _ in made:
        needed = needed | uses[:, needed & made].any(axis=1)
    found: np.ndarray = needed & ~made
    return found


def unpayable(baseline: Baseline, parameters: Parameters, shock: ShockArrays) -> np.ndarray:
    """(economy,) for whom no equilibrium can be: certain from the accounts and the bans, before any solve.

    Without exports nobody pays a transfer or buys what nobody at home makes; without imports nobody receives one.
    Under proportional transfers only the economies with the smallest and largest ratio of spending to income are sure
    to pay and to receive.
    """
    no_exports, no_imports = cut_off(baseline, shock)
    if not (no_exports | no_imports).any():
        return no_exports
    transfer = np.asarray(baseline.deficit) / np.asarray(baseline.final)
    if float(parameters.proportional) > 0.0:
        low, high = np.partition(transfer, 1)[1], np.partition(transfer, -2)[-2]
        level = np.ptp(transfer) <= _NONE
        pays, gets = transfer < low - _NONE, transfer > high + _NONE
        even = np.full(len(transfer), level)
    else:
        pays, gets = transfer < -_NONE, transfer > _NONE
        even = ~(pays | gets)
    lacks = [no_exports[n] and bool(missing_goods(baseline, parameters, n).any()) for n in range(len(transfer))]
    out: np.ndarray = (no_exports & pays) | (no_imports & gets) | (even & np.array(lacks))
    return out


def wrong_way(baseline: Baseline, parameters: Parameters, shock: ShockArrays, final_ratio: np.ndarray) -> bool:
    """Whether, under proportional transfers, somebody cut off pays without exports or receives without imports.

    `final_ratio` is final spending over its baseline where a search ended; the sign of a transfer follows from it.
    """
    if float(parameters.proportional) == 0.0:
        return False
    no_exports, no_imports = cut_off(baseline, shock)
    spent, income = final_ratio * np.asarray(baseline.final), np.asarray(baseline.final) - np.asarray(baseline.deficit)
    ratio = np.asarray(baseline.final) / income
    received = spent - spent / ratio * spent.sum() / (spent / ratio).sum()
    size = _NONE * np.abs(spent)
    return bool((no_exports & (received < -size)).any() or (no_imports & (received > size)).any())
