"""The sizes of the adjustments made in `_world_shares`, for the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from tools._world_sources import Array, Blocks, Cube, Detail, Log

if TYPE_CHECKING:
    from tools._world_shares import Closed


def report_balance(closed: Sequence[Closed], names: tuple[str, ...], log: Log) -> None:
    """Negative final demand before, and what RAS moved."""
    chn, usa = names.index("CHN"), names.index("USA")
    for what, final in (
        ("with 2014 coefficients at 2020 levels", np.stack([c.plain_final for c in closed])),
        ("with 2020 coefficients by pair of blocks", np.stack([c.naive_final for c in closed])),
    ):
        negative = np.minimum(final, 0.0)
        log.add(
            "balance",
            f"final demand below zero before balancing, {what}",
            cells=int((final < 0).sum()),
            of_cells=int(final.size),
            total_usd_million=float(negative.sum()),
            china_usd_million=float(negative[chn].sum()),
            share_of_final_demand=float(-negative.sum() / final.sum()),
        )
    before = np.array([c.inputs[0].sum() for c in closed])
    moved = np.array([np.abs(c.inputs[1] - c.inputs[0]).sum() for c in closed])
    share = moved / before
    log.add(
        "balance",
        "input cells moved by RAS (sum of absolute changes over inputs)",
        world=float(moved.sum() / before.sum()),
        usa=float(share[usa]),
        chn=float(share[chn]),
        median=float(np.median(share)),
        most=" ".join(f"{names[i]} {share[i]:.3f}" for i in np.argsort(-share)[:5]),
        most_rounds=max(c.rounds for c in closed),
    )
    final_before = sum(float(c.final[0].sum()) for c in closed)
    final_moved = sum(float(np.abs(c.final[1] - c.final[0]).sum()) for c in closed)
    log.add(
        "balance",
        "final demand moved by RAS (sum of absolute changes over the prior)",
        world=final_moved / final_before,
    )


def report_taxes(closed: Sequence[Closed], output: Array, duties: Array, blocks: Blocks, log: Log) -> None:
    """Where the net product taxes of the 77 x 11 table went."""
    taxes = np.stack([c.input_taxes for c in closed])
    inputs = np.stack([c.input_shares for c in closed])
    wedge = (inputs / (1.0 + taxes)[:, None, :] * output[:, None, :]).sum(axis=1) * taxes
    on_inputs = sum(c.duties_on_inputs for c in closed)
    log.add(
        "taxes",
        "net product taxes on inputs: duties taken out, the rest kept as the input wedge",
        duties_on_inputs_usd_million=on_inputs,
        wedge_usd_million=float(wedge.sum()),
        negative_cells=int((taxes < 0).sum()),
        negative_usd_million=float(wedge[wedge < 0].sum()),
        lowest=float(taxes.min()),
        highest=float(taxes.max()),
    )
    log.add(
        "taxes",
        "net product taxes on final use dropped (as in the table of 2020); duties of 2022 flows stand there instead",
        table_usd_million=blocks.totals["product_taxes_on_final_use"],
        duties_on_final_use_usd_million=float(duties.sum()) - on_inputs,
    )


def report_levels(closed: Sequence[Closed], cube: Cube, blocks: Blocks, detail: Detail, log: Log) -> None:
    """Value added, the economies that borrow a pattern or a level, and structural zeros."""
    names = cube.economies
    output, basic = cube.trade.sum(axis=1).T, cube.trade.sum(axis=2).T
    totals = (np.stack([c.value_added_shares for c in closed]) * output).sum(axis=1)
    log.add(
        "levels",
        "value added at basic prices (77 x 11 ratios on 2022 output), USD million",
        world=float(totals.sum()),
        usa=float(totals[names.index("USA")]),
        chn=float(totals[names.index("CHN")]),
    )
    without = [c for c in names if c not in detail.economies]
    goods = output[:, :-1].sum(axis=1)
    log.add(
        "pattern",
        "economies without WIOD detail: world pattern, own levels",
        economies=" ".join(without),
        count=len(without),
        share_of_goods_output=float(sum(goods[names.index(c)] for c in without) / goods.sum()),
    )
    borrowed = [c for c in names if c not in blocks.economies]
    log.add(
        "levels", "economies without a column in the 77 x 11 table: its rest of the world", economies=" ".join(borrowed)
    )
    log.add(
        "zeros",
        "economy-sectors with hardly any output or spending, held as they are",
        no_output=int((output == 0).sum()),
        output_below_one_million=int((output < 1).sum()),
        no_spending=int((basic == 0).sum()),
        spending_below_one_million=int((basic < 1).sum()),
    )
