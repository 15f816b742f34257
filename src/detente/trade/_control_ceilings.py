"""From the export controls of a day to ceilings of a shock; and what each ceiling's licence is worth once solved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente.controls import export_ceilings
from detente.errors import Problem, ShockError, unknown
from detente.trade._ceilings import Ceiling
from detente.world import World

if TYPE_CHECKING:
    from detente.ledger import Regime
    from detente.trade._equilibrium import Equilibrium

CONTROLS = ("low", "high")
"""Ends of the range: `low` lets the least through, `high` the most."""


def control_ceilings(regime: Regime, world: World, bound: str = "low") -> list[Ceiling]:
    r"""Ceilings that the export controls of a regime put on the goods of a world.

    Parameters
    ----------
    regime
        What is in force on a day.
    world
        With the goods split out that the controls reach.
    bound
        `low` or `high`: the least or the most that reported licence practice lets through.

    Returns
    -------
    One `Ceiling` for each good and exporter, a limit on every flow of its own: a licence is for one buyer and does not
    move to another. Leakage is the least known, so the ceiling binds at least as much as in fact. Controls of which no
    share was reported, or whose status is not known, give none: `left_out` names them.

    Raises
    ------
    ShockError
        For another bound, or a world that lacks a good under a ceiling.

    Examples
    --------
    >>> from detente.ledger import Ledger
    >>> from detente.world import World
    >>> world = World.load("default").split("rare-earth-magnets")
    >>> [ceiling] = control_ceilings(Ledger.load().on("2025-06-11"), world)
    >>> ceiling.exporter, ceiling.sectors, ceiling.value
    ('CHN', ['rare-earth-magnets'], 0.25)
    """
    if bound not in CONTROLS:
        raise ShockError([unknown("bound", bound, CONTROLS, "controls")])
    found: dict[tuple[str, str], Ceiling] = {}
    for row in _known(_rows(regime)):
        if row["item"] not in world.sectors:
            remedy = f'Split it out first: World.split("{row["item"]}").'
            raise ShockError([Problem("world", f"{world.name!r} has no {row['item']}, which is controlled", remedy)])
        importers = _importers(row["importers"], world)
        key = (row["exporter"], row["item"])
        # where two measures reach one good, the tighter one binds
        if key in found and found[key].value <= row[bound]:
            continue
        rent, leakage = row["rent"]["side"], row["leakage"][0]
        found[key] = Ceiling(row["exporter"], importers, [row["item"]], row[bound], rent, leakage, together=False)
    return list(found.values())


def controlled_items(regime: Regime) -> tuple[str, ...]:
    """Goods of `data/items` under a ceiling on the day: they have to be split out of their sectors."""
    return tuple(dict.fromkeys(row["item"] for row in _known(_rows(regime))))


def left_out(regime: Regime) -> tuple[str, ...]:
    """Controls in force, or not known to have ended, that give no ceiling; in words."""
    out = []
    for row in _rows(regime):
        if row["status"] != "in_force":
            out.append(f"{row['measure']} on {row['item']}: no ceiling; its status on {regime.date} is not known")
        elif row["low"] is None:
            out.append(f"{row['measure']} on {row['item']}: no ceiling; no share of licences granted was reported")
    return tuple(out)


def premiums(equilibrium: Equilibrium) -> list[dict[str, Any]]:
    """Every limit of a solved shock: `{sector, exporter, importer, trade_baseline, limit, premium_percent}`.

    `exporter` and `importer` are lists; `trade_baseline` is the value before, in the world's unit; `limit` is over the
    baseline quantity, leakage in it; the premium is the price of the right to ship over the price of the good, zero
    where the limit does not bind.
    """
    ceilings, world = equilibrium.arrays.ceilings, equilibrium.model.world
    if ceilings is None:
        return []
    premium, before = np.asarray(equilibrium.premium_percent), equilibrium.array("trade_baseline")
    sector, importer, exporter, group, limit = (
        np.asarray(getattr(ceilings, name)) for name in ("sector", "importer", "exporter", "group", "limit")
    )
    out = []
    for number in range(len(limit)):
        flows = np.flatnonzero(group == number)
        out.append(
            {
                "sector": world.sectors[int(sector[flows[0]])],
                "exporter": sorted({world.economies[int(i)] for i in exporter[flows]}),
                "importer": sorted({world.economies[int(n)] for n in importer[flows]}),
                "trade_baseline": float(before[sector[flows], importer[flows], exporter[flows]].sum()),
                "limit": float(limit[number]),
                "premium_percent": float(premium[number]),
            }
        )
    return out


def _rows(regime: Regime) -> list[dict[str, Any]]:
    return export_ceilings(regime.date, regime.known, ledger=regime.ledger)


def _known(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["low"] is not None and row["status"] == "in_force"]


def _importers(targets: list[str], world: World) -> str | list[str]:
    return "all" if "ALL" in targets else [code for code in targets if code in world.economies]
