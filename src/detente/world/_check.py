"""The identities that hold a world together, as relative gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from detente.world._world import World


def _worst(gap: np.ndarray, scale: np.ndarray) -> float:
    """Largest |gap| / scale; a gap on a scale of zero counts in full."""
    return float(np.max(np.abs(gap) / np.where(scale > 0, scale, 1.0), initial=0.0))


def gaps(world: World) -> dict[str, float]:
    """Worst relative gap of each identity.

    `cost_shares`: value added + inputs = 1. `final_shares`: sum to 1. `output`: value added + inputs before tax +
    input tax = output. `spending`: world spending on a good = sales + duties. `final_demand`: final shares x total =
    spending - input use (of the economy's spending). `income_expenditure`: deficit = imports - exports (of income).
    `trade_balance`: deficits sum to zero (of world output). `negative_final_demand`: the most negative cell (of the
    economy's spending), 0 when none is.
    """
    w = world
    one = np.ones(1)
    total_spending = w.spending.sum(axis=1)
    total_final = w.final_demand.sum(axis=1)
    tax = (w.input_flows * w.input_taxes[:, None, :]).sum(axis=1)
    cost = w.value_added_shares * w.output + w.input_flows.sum(axis=1) + tax
    sales = w.output.sum(axis=0)
    duties = (w.trade * w.tariffs).sum(axis=(1, 2))
    off_diagonal = w.trade * ~np.eye(len(w.economies), dtype=bool)
    net_imports = off_diagonal.sum(axis=(0, 2)) - off_diagonal.sum(axis=(0, 1))
    return {
        "cost_shares": _worst(w.value_added_shares + w.input_shares.sum(axis=1) - 1.0, one),
        "final_shares": _worst(w.final_shares.sum(axis=1) - 1.0, one),
        "output": _worst(cost - w.output, w.output),
        "spending": _worst(w.spending.sum(axis=0) - sales - duties, sales + duties),
        "final_demand": _worst(w.final_shares * total_final[:, None] - w.final_demand, total_spending[:, None]),
        "income_expenditure": _worst(w.deficit - net_imports, np.abs(w.income)),
        "trade_balance": _worst(w.deficit.sum(keepdims=True), w.output.sum(keepdims=True)),
        "negative_final_demand": _worst(np.minimum(w.final_demand, 0.0), total_spending[:, None]),
    }
