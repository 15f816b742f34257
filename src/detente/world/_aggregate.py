"""Summing economies and sectors: levels are added up, shares derived from them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from detente.errors import Problem, WorldError, unknown

if TYPE_CHECKING:
    from detente.world._world import World

Array = npt.NDArray[np.float64]


def _grouping(
    kind: str, names: tuple[str, ...], groups: Mapping[str, Sequence[str]], problems: list[Problem]
) -> tuple[tuple[str, ...], Array]:
    """New names and the 0/1 matrix (new, old); problems are added to the list."""
    home: dict[str, str] = {}
    for group, given in groups.items():
        members = [given] if isinstance(given, str) else list(given)
        where = f"{kind} group {group!r}"
        if not members:
            problems.append(Problem(where, "has no members", "Name at least one."))
        for member in members:
            if member not in names:
                problems.append(unknown(kind, str(member), names, where))
            elif member in home:
                also = "itself" if home[member] == group else f"group {home[member]!r}"
                problems.append(Problem(where, f"{member!r} is already in {also}", "A member belongs to one group."))
            else:
                home[member] = group
    for group in groups:
        if group in names and home.get(group) != group:
            problems.append(
                Problem(
                    f"{kind} group {group!r}", "is already the name of something outside it", "Choose another name."
                )
            )
    order = {target: position for position, target in enumerate(dict.fromkeys(home.get(n, n) for n in names))}
    matrix = np.zeros((len(order), len(names)))
    for old, name in enumerate(names):
        matrix[order[home.get(name, name)], old] = 1.0
    return tuple(order), matrix


def _ratio(numerator: Array, denominator: Array, otherwise: Array) -> Array:
    """`numerator / denominator`, and `otherwise` where nothing is there to weigh with."""
    some = denominator > 0
    return np.where(some, numerator / np.where(some, denominator, 1.0), otherwise)


def _cube(values: Array, sectors: Array, economies: Array) -> Array:
    """Sum a (sector, importer, exporter) array into groups."""
    return np.asarray(economies @ np.tensordot(sectors, values, axes=(1, 0)) @ economies.T)


def _costs(world: World, e: Array, s: Array) -> tuple[Array, Array, Array]:
    """Input shares, value-added shares and input taxes of the groups.

    The wedge is one rate per user, so purchases before tax, value added and tax revenue are summed, and the
    purchaser's cost of each input follows from them: that keeps final demand by good exact.
    """
    output = e @ world.output @ s.T
    pre_tax = np.einsum("ab,bjk,Jj,Kk->aJK", e, world.input_flows, s, s, optimize=True)
    tax = e @ (world.input_flows.sum(axis=1) * world.input_taxes) @ s.T
    value_added = e @ (world.value_added_shares * world.output) @ s.T
    # economy-sectors without output have no weight: plain means keep a lone member as it was
    cells = e.sum(axis=1)[:, None] * s.sum(axis=1)[None, :]
    mean_tax = e @ world.input_taxes @ s.T / cells
    mean_inputs = np.einsum("ab,bjk,Jj,Kk->aJK", e, world.input_shares, s, s, optimize=True) / cells[:, None, :]
    mean_value_added = e @ world.value_added_shares @ s.T / cells
    taxes = _ratio(tax, pre_tax.sum(axis=1), mean_tax)
    inputs = _ratio(
        pre_tax * (1.0 + taxes)[:, None, :], np.broadcast_to(output[:, None, :], pre_tax.shape), mean_inputs
    )
    return inputs, _ratio(value_added, output, mean_value_added), taxes


def aggregate(world: World, economies: Mapping[str, Sequence[str]], sectors: Mapping[str, Sequence[str]]) -> World:
    """The world of `World.aggregate`."""
    problems: list[Problem] = []
    new_economies, e = _grouping("economy", world.economies, economies, problems)
    new_sectors, s = _grouping("sector", world.sectors, sectors, problems)
    if problems:
        raise WorldError(problems)
    trade = _cube(world.trade, s, e)
    revenue = _cube(world.trade * world.tariffs, s, e)
    members = e.sum(axis=1)
    cells = s.sum(axis=1)[:, None, None] * members[:, None] * members[None, :]
    tariffs = _ratio(revenue, trade, _cube(world.tariffs, s, e) / cells)
    inputs, value_added, taxes = _costs(world, e, s)
    final = e @ (world.final_shares * world.final_demand.sum(axis=1)[:, None]) @ s.T
    record: dict[str, Any] = {
        "made_by": "World.aggregate",
        "economies": {k: list(v) for k, v in economies.items()},
        "sectors": {k: list(v) for k, v in sectors.items()},
        "of": world.name,
        "from_record": world.record,
    }
    return type(world)(
        name=f"{world.name} (aggregated)",
        year=world.year,
        unit=world.unit,
        economies=new_economies,
        sectors=new_sectors,
        trade=trade,
        tariffs=tariffs,
        input_shares=inputs,
        value_added_shares=value_added,
        final_shares=final / final.sum(axis=1, keepdims=True),
        input_taxes=taxes,
        record=record,
    )
