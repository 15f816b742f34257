"""The G20 world: the full table of 2019, with the 28-sector tariffs brought to ISIC sections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tools._world_sources import Array, Cube, Log, Sections


@dataclass(frozen=True)
class Accounts:
    """The arrays of a `World` but its tariffs."""

    trade: Array
    input_shares: Array
    value_added_shares: Array
    input_taxes: Array
    final_shares: Array


def section_tariffs(cube: Cube, tariffs: Array, sections: Sections, log: Log) -> Array:
    """Tariffs (section, importer, exporter): duty over trade of the 81 x 28 world of 2022 in sections A, B and C.

    Weights are the flows of 2022. Economies outside the G20 are the rest of the world; trade among them counts as its
    home sales here, and home sales bear no duty.
    """
    to_section = np.zeros((len(sections.sections), len(cube.sectors)))
    for k, code in enumerate(cube.sectors[:-1]):
        to_section[sections.sections.index(code[0]), k] = 1.0
    to_economy = np.zeros((len(sections.economies), len(cube.economies)))
    for i, code in enumerate(cube.economies):
        to_economy[sections.economies.index(code if code in sections.economies else "ROW"), i] = 1.0

    def summed(values: Array) -> Array:
        return np.asarray(to_economy @ np.tensordot(to_section, values, axes=(1, 0)) @ to_economy.T)

    trade, duty = summed(cube.trade), summed(cube.trade * tariffs)
    rates = np.where(trade > 0, duty / np.where(trade > 0, trade, 1.0), 0.0)
    diagonal = np.arange(len(sections.economies))
    inside = float(duty[:, diagonal, diagonal].sum())
    rates[:, diagonal, diagonal] = 0.0
    log.add(
        "tariffs",
        "28-sector tariffs weighted by 2022 flows to sections A, B and C; duty inside the rest of the world left out",
        left_out_usd_million=inside,
        kept_usd_million=float(duty.sum()) - inside,
    )
    return np.asarray(np.round(rates, 6))


def build_g20(sections: Sections, tariffs: Array, log: Log) -> Accounts:
    """Accounts of the 20 x 20 table: it is balanced already, so only taxes and duties have to find their place."""
    inputs, final, taxes = sections.inputs, sections.final, sections.taxes
    if min(inputs.min(), final.min(), sections.value_added.min()) < 0:
        raise SystemExit("negative flows in the G20 table: treat them before building")
    use = inputs.sum(axis=3)  # exporter, section, importer
    trade = (use + final).transpose(1, 2, 0)
    duty = 1.0 + tariffs.transpose(2, 0, 1)  # exporter, section, importer
    paid = np.einsum("isnk,isn->nsk", inputs, duty, optimize=True)  # economy, input, user
    output = trade.sum(axis=1).T
    some = output > 0
    safe = np.where(some, output, 1.0)
    basic = inputs.sum(axis=(0, 1))
    duties = paid.sum(axis=1) - basic
    purchases = paid.sum(axis=1)
    wedge = np.where(purchases > 0, (taxes - duties) / np.where(purchases > 0, purchases, 1.0), 0.0)
    value_added = np.where(some, sections.value_added / safe, 1.0)
    shares = np.where(some[:, None, :], paid * (1.0 + wedge)[:, None, :] / safe[:, None, :], 0.0)
    gap = np.abs(shares.sum(axis=1) + value_added - 1.0)
    log.add("balance", "cost shares of the published table: largest gap closed by rescaling", gap=float(gap.max()))
    total = shares.sum(axis=1) + value_added
    shares, value_added = shares / total[:, None, :], value_added / total
    final_use = np.einsum("isn,isn->ns", final, duty, optimize=True)
    log.add(
        "negatives",
        "negative cells, all among net product taxes (subsidies), kept as negative wedges",
        cells=int(sections.negative_cells.size),
        total_usd_million=float(sections.negative_cells.sum()),
    )
    log.add(
        "taxes",
        "net product taxes on inputs: duties taken out, the rest kept as the input wedge",
        table_usd_million=float(taxes.sum()),
        duties_on_inputs_usd_million=float(duties.sum()),
        wedge_usd_million=float((wedge * purchases).sum()),
        negative_cells=int((wedge < 0).sum()),
        negative_usd_million=float(np.minimum(wedge * purchases, 0.0).sum()),
        lowest=float(wedge.min()),
        highest=float(wedge.max()),
    )
    log.add(
        "taxes",
        "net product taxes on final use dropped, less the duties on final use put in their place",
        table_usd_million=sections.final_taxes,
        duties_on_final_use_usd_million=float(final_use.sum() - final.sum()),
    )
    empty = [f"{sections.economies[i]}/{sections.sections[k]}" for i, k in np.argwhere(output < 1.0)]
    log.add(
        "zeros", "economy-sections that are empty (a placeholder of one dollar in the table)", cells=" ".join(empty)
    )
    log.add("levels", "value added at basic prices, USD million", world=float(sections.value_added.sum()))
    return Accounts(trade, shares, value_added, wedge, final_use / final_use.sum(axis=1, keepdims=True))
