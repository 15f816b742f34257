"""What drives the results: one assumption at a time, from one end of its range to the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._board import Board
from detente.bargain._payoffs import objective
from detente.trade import Shock, TradeModel

SETTINGS: tuple[tuple[str, str, float, float, str], ...] = (
    ("theta", "trade elasticity", 0.5, 1.5, "from impact to three years: Boehm, Levchenko and Pandalai-Nayar 2023"),
    ("rho_m", "substitution between inputs", 0.1, 0.5, "low end Atalay 2017; high end ours"),
    ("rho_v", "substitution of value added and inputs", 0.3, 0.8, "ends ours, around the preset 0.5"),
    ("sigma_c", "substitution in final demand", 0.6, 1.0, "ends ours, around the preset 0.9"),
)
"""Closure parameters varied where the horizon has one trade elasticity: field, words, low, high, source."""
SETS = ("caliendo-parro-2015", "uniform-4")
"""Elasticity sets tried instead, where it has a published set."""


@dataclass(frozen=True, eq=False)
class Variation:
    """One end of one assumption, and what it makes of some states.

    Attributes
    ----------
    percent
        (state, side): payoffs against the state in force under the same assumption; NaN where there is none.
    alone
        (side,) by lever: the same for single levers at their threat.
    """

    name: str
    end: str
    value: str
    source: str
    percent: np.ndarray
    alone: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)


State = Mapping[str, str]


def lever_variations(board: Board, model: TradeModel, states: Sequence[State]) -> list[Variation]:
    """Ends of what is assumed of levers: how far they are drawn, what leaks, who gets the rent."""
    ends: list[tuple[str, str, str, str, str, list[Shock]]] = []

    def shocks(name: str, **how: Any) -> list[Shock]:
        own = {name: "threat"} if name else {}
        return [board.shock(state, **how) for state in ({}, *states, own)]

    for lever in board.levers:
        one = lever.spec
        if one.kind == "tariffs" or not (lever.used or lever.can_rise):
            continue
        keys = [(one.name, one.title, lever.threat or lever.in_force)]
        if one.kind == "ceiling":
            keys.append((f"{one.name}.leakage", f"{one.title}: leakage", one.leakage))
        for key, words, held in keys:
            if held is not None and held.low != held.high:
                ends += [
                    (one.name, words, end, f"{held.at(end):g}", held.source, shocks(one.name, at={key: end}))
                    for end in ("low", "high")
                ]
    if any(lever.spec.kind == "ceiling" for lever in board.levers):
        words = "who gets the scarcity rent"
        source = "nobody publishes it; the middle is the game file's"
        ends += [("", words, rent, rent, source, shocks("", rent=rent)) for rent in ("exporter", "importer")]
    if not ends:
        return []
    level = objective(model.solve_many([s for *_, group in ends for s in group]), model, board.spec)
    out = []
    for (name, *about, _), group in zip(ends, level.reshape(len(ends), len(states) + 2, 2), strict=True):
        alone = {name: group[-1] - group[0]} if name else {}
        out.append(Variation(about[0], about[1], about[2], about[3], group[1:-1] - group[0], alone))
    return out


def setting_variations(board: Board, model: TradeModel, states: Sequence[State]) -> list[Variation]:
    """Other settings of the model, one after the other; and other weights of sectors, if the game has any."""
    rise = [lever.spec.name for lever in board.levers if lever.can_rise]
    shocks = [board.shock(state) for state in ({}, *states, *({name: "threat"} for name in rise))]
    closure, out = model.closure, []
    variants: list[tuple[str, str, str, str, TradeModel]] = []
    if closure.theta is not None:
        for field, words, low, high, source in SETTINGS:
            for end, value in (("low", low), ("high", high)):
                part: dict[str, Any] = {field: value}
                other = model.replace(horizon=dataclasses.replace(closure, **part))
                variants.append((words, end, f"{value:g}", source, other))
    else:
        variants += [("trade elasticities", n, n, n, model.replace(elasticities=n)) for n in SETS]

    def varied(about: tuple[str, str, str, str], level: np.ndarray) -> Variation:
        percent, alone = np.split(level[1:] - level[0], [len(states)])
        return Variation(*about, percent, dict(zip(rise, alone, strict=True)))

    for words, end, shown, source, variant in variants:
        found = variant.solve_many(shocks)
        level = objective(found, variant, board.spec) if found.solved else np.full((len(shocks), 2), np.nan)
        out.append(varied((words, end, shown, source), level))
    held = [(p, s, r) for p, rows in board.spec.sectors.items() for s, r in rows.items() if r.low != r.high]
    if held:
        found = model.solve_many(shocks)
        for side, sector, wide in held:
            for end in ("low", "high"):
                level = objective(found, model, board.spec, {(side, sector): end})
                words = f"weight of {sector} in {side}"
                out.append(varied((words, end, f"{wide.at(end):g}", wide.source), level))
    return out


def tornado(
    players: Sequence[str], spending: np.ndarray, whole: np.ndarray, found: Sequence[Variation]
) -> list[dict[str, Any]]:
    """By assumption: what the whole threat (the first state) costs each side at both ends, widest swing first.

    Parameters
    ----------
    spending
        (side,): USD million a year.
    whole
        (side,): percent payoffs of the whole threat at the middle of everything.
    """
    rows: dict[str, dict[str, Any]] = {}
    for one in found:
        row = rows.setdefault(one.name, {"assumption": one.name, "source": one.source, "ends": []})
        numbers = [float(x) if np.isfinite(x) else None for x in one.percent[0]]
        row["ends"].append({"at": one.value, "whole_threat_percent": dict(zip(players, numbers, strict=True))})
    for row in rows.values():
        row["swing_usd_million"] = {}
        for k, p in enumerate(players):
            low, high = span([e["whole_threat_percent"][p] for e in row["ends"]], whole[k])
            row["swing_usd_million"][p] = (high - low) / 100 * float(spending[k])
    return sorted(rows.values(), key=lambda r: -max(r["swing_usd_million"].values()))


def span(values: Sequence[float | None], middle: float) -> list[float]:
    """Least and most of some values and the middle; what has no answer is left out.

    >>> span([None, 2.0, -1.0], 0.5)
    [-1.0, 2.0]
    """
    known = [float(v) for v in values if v is not None and np.isfinite(v)] + [float(middle)]
    return [min(known), max(known)]
