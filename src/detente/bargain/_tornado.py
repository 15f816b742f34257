"""What drives the size of the threats: one assumption at a time, from one end of its range to the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._board import Board
from detente.bargain._payoffs import PayoffTable
from detente.trade import Shock, TradeModel

SETTINGS: tuple[tuple[str, str, float, float, str], ...] = (
    ("theta", "trade elasticity", 0.5, 1.5, "from impact to three years: Boehm, Levchenko and Pandalai-Nayar 2023"),
    ("rho_m", "substitution between inputs", 0.1, 0.5, "low end Atalay 2017; high end ours"),
    ("rho_v", "substitution of value added and inputs", 0.3, 0.8, "ends ours, around the preset 0.5"),
    ("sigma_c", "substitution in final demand", 0.6, 1.0, "ends ours, around the preset 0.9"),
)
"""Closure parameters varied in the short run: field, words, low, high, source."""


@dataclass(frozen=True)
class Variation:
    """One end of one assumption."""

    name: str
    end: str
    value: str
    source: str


def lever_variations(board: Board) -> list[tuple[Variation, Shock, Shock]]:
    """Ends of what is assumed of levers, with the shocks in force and threatened that each end makes."""
    rise = {lever.spec.name: "threat" for lever in board.levers if lever.can_rise}
    out = []
    for lever in board.levers:
        one = lever.spec
        if one.kind == "tariffs" or not (lever.used or lever.can_rise):
            continue
        keys = [(one.name, lever.threat or lever.in_force)]
        if one.kind == "ceiling" and one.leakage.low != one.leakage.high:
            keys.append((f"{one.name}.leakage", one.leakage))
        for key, held in keys:
            if held is None or held.low == held.high:
                continue
            for end in ("low", "high"):
                words = f"{one.title}: leakage" if key.endswith(".leakage") else one.title
                what = Variation(words, end, f"{held.at(end):g}", held.source)
                out.append((what, board.shock({}, {key: end}), board.shock(rise, {key: end})))
    if any(lever.spec.kind == "ceiling" for lever in board.levers):
        for rent in ("exporter", "importer"):
            what = Variation("who gets the scarcity rent", rent, rent, "nobody publishes it; each file says its own")
            out.append((what, board.shock({}, rent=rent), board.shock(rise, rent=rent)))
    return out


def setting_variations(board: Board, model: TradeModel) -> list[tuple[Variation, np.ndarray]]:
    """(side,) percent payoffs of the whole threat under other settings of the model, solved one after the other."""
    rise = {lever.spec.name: "threat" for lever in board.levers if lever.can_rise}
    shocks = [board.shock({}), board.shock(rise)]
    at = [model.world.economies.index(p) for p in board.spec.between]
    variants: list[tuple[Variation, TradeModel]] = []
    closure = model.closure
    if closure.theta is not None:
        for field, words, low, high, source in SETTINGS:
            for end, value in (("low", low), ("high", high)):
                part: dict[str, Any] = {field: value}
                changed = dataclasses.replace(closure, **part)
                given: dict[str, Any] = {"horizon": changed}
                variants.append((Variation(words, end, f"{value:g}", source), model.replace(**given)))
    else:
        for name in ("caliendo-parro-2015", "uniform-4"):
            variants.append((Variation("trade elasticities", name, name, name), model.replace(elasticities=name)))
    out = []
    for what, variant in variants:
        found = variant.solve_many(shocks)
        if found.solved == 2:
            level = found.arrays(["real_income_percent"])["real_income_percent"][:, at]
            out.append((what, level[1] - level[0]))
        else:
            out.append((what, np.full(2, np.nan)))
    return out


def tornado(
    table: PayoffTable, whole: np.ndarray, found: Sequence[tuple[Variation, np.ndarray]]
) -> list[dict[str, Any]]:
    """By assumption: what the whole threat costs each side at both ends, widest swing first.

    Parameters
    ----------
    whole
        (side,): percent payoffs of the whole threat at the middle of everything.
    found
        The same at one end of one assumption.
    """
    rows: dict[str, dict[str, Any]] = {}
    for what, payoffs in found:
        row = rows.setdefault(what.name, {"assumption": what.name, "source": what.source, "ends": []})
        numbers = [float(x) if np.isfinite(x) else None for x in payoffs]
        row["ends"].append({"at": what.value, "whole_threat_percent": dict(zip(table.players, numbers, strict=True))})
    for row in rows.values():
        row["swing_usd_million"] = {
            p: _swing([e["whole_threat_percent"][p] for e in row["ends"]], whole[k]) / 100 * float(table.spending[k])
            for k, p in enumerate(table.players)
        }
    return sorted(rows.values(), key=lambda r: -max(r["swing_usd_million"].values()))


def _swing(values: Sequence[float | None], middle: float) -> float:
    known = [v for v in values if v is not None] + [float(middle)]
    return max(known) - min(known)


def whole_range(players: Sequence[str], rows: Sequence[dict[str, Any]], whole: np.ndarray) -> dict[str, list[float]]:
    """By side: least and most of the whole threat's payoff over all ends, one assumption at a time."""
    out = {}
    for k, p in enumerate(players):
        values = [e["whole_threat_percent"][p] for r in rows for e in r["ends"]]
        known = [v for v in values if v is not None] + [float(whole[k])]
        out[p] = [min(known), max(known)]
    return out
