"""Splitting a good out of its sector, so that it can be capped, taxed or lost on its own; the accounts still close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from detente.errors import Problem, WorldError, unknown
from detente.world._items import Item, load_item

if TYPE_CHECKING:
    from detente.world._world import World

Array = npt.NDArray[np.float64]
LARGEST = 0.95
"""No cell of the parent gives the item more than this: what is left must stay a sector."""


def split(world: World, item: Item | str) -> World:
    """The world of `World.split`."""
    thing = load_item(item) if isinstance(item, str) else item
    _check(world, thing)
    j = world.sectors.index(thing.parent)
    flows, missed = _flows(world, thing, j)
    uses = _uses(world, thing, j, flows)
    return _assemble(world, thing, j, flows, uses, missed)


def _check(world: World, item: Item) -> None:
    problems = item.problems()
    where = f"item {item.name!r}"
    if item.parent not in world.sectors:
        problems.append(unknown("sector", item.parent, world.sectors, where))
    if item.name in world.sectors:
        problems.append(Problem(where, f"{world.name!r} already has a sector of that name"))
    problems += [unknown("economy", e, world.economies, where) for e in item.suppliers if e not in world.economies]
    problems += [unknown("sector", s, world.sectors, where) for s in item.uses if s not in world.sectors]
    if not problems:
        j = world.sectors.index(item.parent)
        for economy, share in item.suppliers.items():
            made = world.output[world.economies.index(economy), j]
            if share * item.output > LARGEST * made:
                what = (
                    f"{economy} would make {share * item.output:,.0f} of it, more than {LARGEST:.0%} of its "
                    f"{item.parent} ({made:,.0f})"
                )
                problems.append(Problem(where, what, "Lower the output or the share, or name another parent."))
    if problems:
        raise WorldError(problems)


def _flows(world: World, item: Item, j: int) -> tuple[Array, float]:
    """Trade of the item (importer, exporter): suppliers' totals exact, importers by use as far as the parent allows.

    Returns the flows and the largest gap to an importer's wanted share of world use.
    """
    parent = world.trade[j]
    made = np.zeros(len(world.economies))
    for economy, share in item.suppliers.items():
        made[world.economies.index(economy)] = share * item.output
    weight = np.zeros(len(world.economies))
    for sector, share in item.uses.items():
        k = world.sectors.index(sector)
        bought = world.input_flows[:, j, k]
        weight += share * bought / max(bought.sum(), 1e-300)
    wanted = item.output * weight / weight.sum()
    cap = LARGEST * parent
    flows = parent * (made > 0)[None, :]
    for _ in range(500):
        rows = flows.sum(axis=1)
        flows = flows * np.where(rows > 0, wanted / np.where(rows > 0, rows, 1.0), 0.0)[:, None]
        flows = np.minimum(flows * _scale(made, flows.sum(axis=0))[None, :], cap)
    for _ in range(200):  # end on the suppliers: what a full cell cannot take goes to the others
        open_ = flows < cap * (1.0 - 1e-12)
        short = made - flows.sum(axis=0)
        room = np.where(open_, flows, 0.0).sum(axis=0)
        flows = np.minimum(flows + np.where(open_, flows, 0.0) * _scale(short, room)[None, :], cap)
    return flows, float(np.abs(flows.sum(axis=1) - wanted).max() / item.output)


def _scale(target: Array, have: Array) -> Array:
    return np.where(have > 0, target / np.where(have > 0, have, 1.0), 0.0)


def _uses(world: World, item: Item, j: int, flows: Array) -> Array:
    """Purchases of the item as an input, with duty, (economy, user); what users cannot take is for final use."""
    spent = (flows * (1.0 + world.tariffs[j])).sum(axis=1)
    parent = world.input_flows[:, j, :]
    weight = np.zeros(len(world.sectors))
    for sector, share in item.uses.items():
        weight[world.sectors.index(sector)] = share
    shape = weight[None, :] * _scale(parent, np.broadcast_to(parent.sum(axis=0)[None, :], parent.shape))
    shape = shape / np.maximum(shape.sum(axis=1, keepdims=True), 1e-300)
    final = np.minimum(item.final * spent, LARGEST * world.final_demand[:, j])
    uses: Array = np.minimum((spent - final)[:, None] * shape, LARGEST * parent)
    for _ in range(200):
        short = spent - final - uses.sum(axis=1)
        open_ = (uses < LARGEST * parent * (1.0 - 1e-12)) & (weight > 0)[None, :]
        room = np.where(open_, np.maximum(uses, 1e-12 * parent), 0.0).sum(axis=1)
        uses = np.minimum(uses + np.where(open_, uses, 0.0) * _scale(short, room)[:, None], LARGEST * parent)
    left = spent - uses.sum(axis=1)
    over = left > world.final_demand[:, j] * (1.0 + 1e-9) + 1e-9 * spent
    if over.any():
        names = ", ".join(world.economies[n] for n in np.flatnonzero(over)[:5])
        raise WorldError([Problem(f"item {item.name!r}", f"its users in {names} cannot take what is shipped there",
                                  "Name more uses, or a final share.")])  # fmt: skip
    return uses


def _assemble(world: World, item: Item, j: int, flows: Array, uses: Array, missed: float) -> World:
    """The world with the item as its last sector; the parent keeps its name for the rest."""
    trade = np.concatenate([world.trade, flows[None]])
    trade[j] -= flows
    tariffs = np.concatenate([world.tariffs, world.tariffs[j : j + 1]])
    # rows: every user's purchases of the parent are told apart
    old = world.input_flows
    part = np.where(old[:, j, :] > 0, uses / np.where(old[:, j, :] > 0, old[:, j, :], 1.0), 0.0)
    shares = np.concatenate([world.input_shares, (world.input_shares[:, j, :] * part)[:, None, :]], axis=1)
    shares[:, j, :] *= 1.0 - part
    # columns: item and rest are made the same way
    shares = np.concatenate([shares, shares[:, :, j : j + 1]], axis=2)
    taxes = np.concatenate([world.input_taxes, world.input_taxes[:, j : j + 1]], axis=1)
    value_added = np.concatenate([world.value_added_shares, world.value_added_shares[:, j : j + 1]], axis=1)
    output = trade.sum(axis=1).T
    use = (shares / (1.0 + taxes)[:, None, :] * output[:, None, :]).sum(axis=2)
    final = np.maximum((trade * (1.0 + tariffs)).sum(axis=2).T - use, 0.0)
    record: dict[str, Any] = {
        "made_by": "World.split", "of": world.name, "item": dict(item.about) or item.title,
        "largest_gap_of_an_importer": missed, "parents": {**world.parents, item.name: item.parent},
        "from_record": world.record,
    }  # fmt: skip
    return type(world)(
        name=f"{world.name} + {item.name}", year=world.year, unit=world.unit, economies=world.economies,
        sectors=(*world.sectors, item.name), trade=trade, tariffs=tariffs, input_shares=shares,
        value_added_shares=value_added, final_shares=final / final.sum(axis=1, keepdims=True), input_taxes=taxes,
        record=record,
    )  # fmt: skip
