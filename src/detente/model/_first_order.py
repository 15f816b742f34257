r"""Caliendo and Parro's published welfare: a first-order formula, here to compare with, not to rely on.

$$\text{terms of trade}_n = \tfrac{1}{F_n} \sum_{j,i}
 \big( X^{exp}_{inj}(\hat c_{nj} - 1) - X^{imp}_{nij}(\hat c_{ij} - 1) \big),$$
$$\text{volume}_n = \tfrac{1}{F_n} \sum_{j,i} t_{nij} X_{nij} (\hat X_{nij} - \hat c_{ij}).$$

Applied to large changes it is far from exact real income (NAFTA, Mexico: 1.31 % against 0.007 %).
"""

from __future__ import annotations

import numpy as np

from detente.model._baseline import Baseline, Parameters, ShockArrays
from detente.model._map import State
from detente.model._outcomes import outcomes


def first_order_welfare(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State
) -> dict[str, np.ndarray]:
    """`terms_of_trade`, `volume` and their sum `welfare`, percent of baseline spending, each (economy,).

    Caliendo and Parro (2015, Review of Economic Studies 82(1)), section 5: baseline weights, changes as ratios
    less one.
    """
    found = outcomes(baseline, parameters, shock, state)
    tariff, final = np.asarray(baseline.tariff), np.asarray(baseline.final)
    old = np.asarray(baseline.share * baseline.spending.T[:, :, None]) / (1.0 + tariff)
    cost = (1.0 + np.asarray(found["producer_price_percent"]) / 100.0).T[:, None, :]
    ratio = np.where(old > 0, np.asarray(found["trade"]) / np.where(old > 0, old, 1.0), 1.0)
    home = np.arange(old.shape[1])
    abroad = old.copy()
    abroad[:, home, home] = 0.0
    moved = abroad * (cost - 1.0)
    terms = 100.0 * (moved.sum(axis=(0, 1)) - moved.sum(axis=(0, 2))) / final
    volume = 100.0 * (tariff * old * (ratio - cost)).sum(axis=(0, 2)) / final
    return {"terms_of_trade": terms, "volume": volume, "welfare": terms + volume}
