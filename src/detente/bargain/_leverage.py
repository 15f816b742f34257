"""Leverage: what each instrument costs the rival and oneself, in the same money, and its share of the whole threat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detente.bargain._board import Board
from detente.bargain._lever import Lever
from detente.bargain._payoffs import PayoffTable, subsets
from detente.bargain._shapley import shapley
from detente.bargain._tornado import span

NOTHING = 1.0
"""USD million a year: an effect below the accuracy of a solve."""


Ends = Mapping[str, Sequence[tuple[str, np.ndarray, np.ndarray]]]
"""By lever: an assumption in words, and (side,) percent payoffs of the lever alone and of the lever last under it."""
SHAPLEY_RANGE_IS = (
    "under each assumption, half of what the lever does first and half of what it does last, moved so that the middle "
    "agrees: exact where levers interact in pairs only"
)


def leverage(board: Board, table: PayoffTable, ends: Ends) -> dict[str, Any]:
    r"""Pain ratios and Shapley values of the levers, from what is in force to what is threatened.

    Pain ratio of a lever of side i: $\Delta G_{rival} / \Delta G_i$, both in USD million a year, both negative; a
    threat that costs its owner nothing is free. The Shapley value of a lever is its average share of the whole threat's
    effect over all orders in which the threats might be carried out.

    Parameters
    ----------
    ends
        Payoffs of each lever alone under other assumptions.
    """
    rise = [lever.spec.name for lever in board.levers if lever.can_rise]
    values = np.array([table.of(state) for state in subsets(rise, "threat")])
    money = values / 100.0 * table.spending
    shares = shapley(money, axis=0) if rise else np.zeros((0, 2))
    rows = [
        _row(lever, table, ends, rise, shares[rise.index(lever.spec.name)] if lever.can_rise else None)
        for lever in board.levers
    ]
    whole = money[-1]
    sides = {}
    for k, side in enumerate(table.players):
        own = sum(float(r["shapley_usd_million"][side]) for r in rows if r["owner"] == side and r["can_rise"])
        rival = table.players[1 - k]
        dealt = sum(float(r["shapley_usd_million"][rival]) for r in rows if r["owner"] == side and r["can_rise"])
        sides[side] = {
            "costs_rival_usd_million": dealt, "costs_itself_usd_million": own, "ratio": _ratio(dealt, own),
            "instruments": sum(r["owner"] == side for r in rows),
        }  # fmt: skip
        if not any(r["owner"] == side and r["can_rise"] for r in rows):
            sides[side]["note"] = "no instrument that could be drawn further: no threat of its own"
    return {
        "from": "as in force", "to": "all threats carried out",
        "shapley_range_is": SHAPLEY_RANGE_IS,
        "whole_threat_percent": dict(zip(table.players, map(float, values[-1]), strict=True)),
        "whole_threat_usd_million": dict(zip(table.players, map(float, whole), strict=True)),
        "instruments": rows, "sides": sides,
    }  # fmt: skip


def _row(lever: Lever, table: PayoffTable, ends: Ends, rise: list[str], share: np.ndarray | None) -> dict[str, Any]:
    one, players = lever.spec, table.players
    k = players.index(one.owner)
    out: dict[str, Any] = {
        "name": one.name, "title": one.title, "owner": one.owner, "can_rise": lever.can_rise, "note": lever.note,
    }  # fmt: skip
    if not lever.can_rise or share is None:
        return out
    alone = table.of({one.name: "threat"}) / 100.0 * table.spending
    whole = dict.fromkeys(rise, "threat")
    last = (table.of(whole) - table.of({n: v for n, v in whole.items() if n != one.name})) / 100.0 * table.spending
    others = [
        (label, first / 100.0 * table.spending, end / 100.0 * table.spending)
        for label, first, end in ends.get(one.name, ())
        if np.isfinite(first).all() and np.isfinite(end).all()
    ]
    at_ends = [row for _, row, _ in others]
    moved = [share + 0.5 * (first - alone + end - last) for _, first, end in others]
    out["alone_usd_million"] = dict(zip(players, map(float, alone), strict=True))
    out["alone_usd_million_range"] = {p: span([e[j] for e in at_ends], alone[j]) for j, p in enumerate(players)}
    out["shapley_usd_million"] = dict(zip(players, map(float, share), strict=True))
    out["shapley_usd_million_range"] = {p: span([m[j] for m in moved], share[j]) for j, p in enumerate(players)}
    ratios = [_ratio(float(e[1 - k]), float(e[k])) for e in (alone, *at_ends)]
    numbers = [r for r in ratios if isinstance(r, float)]
    out["pain_ratio"] = ratios[0]
    out["pain_ratio_range"] = [min(numbers), max(numbers)] if len(numbers) > 1 else None
    out["verdict"] = _verdict(alone[1 - k], alone[k])
    contrary: dict[str, list[str]] = {}
    for label, row, _ in others:
        if (said := _verdict(row[1 - k], row[k])) != out["verdict"]:
            contrary.setdefault(said, []).append(label)
    out["contrary"] = [{"verdict": said, "under": labels} for said, labels in contrary.items()]
    return out


def _verdict(rival: float, own: float) -> str:
    if rival > -NOTHING:
        return "no threat: the rival does not lose by it"
    if own >= -NOTHING:
        return "free threat: it costs its owner nothing"
    return "hurts the rival more" if rival < own else "hurts its owner more"


def _ratio(rival: float, own: float) -> float | None:
    """Rival's loss over own loss; None unless both lose."""
    return rival / own if rival < -NOTHING and own < -NOTHING else None
