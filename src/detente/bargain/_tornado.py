"""What drives the results: one assumption at a time, from one end of its range to the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._board import Board, Choice
from detente.bargain._game_file import RENT
from detente.bargain._lever import Lever
from detente.bargain._payoffs import PayoffTable, objective, unique
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
        (side,) by lever: the same for single levers at their threat, all others in force.
    last
        (side,) by lever: what it adds when all other threats are carried out.
    joint
        Two ends at once: for single levers only, no row of the tornado.
    """

    name: str
    end: str
    value: str
    source: str
    percent: np.ndarray
    alone: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)
    joint: bool = False
    last: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)


State = Mapping[str, str]


def lever_variations(
    board: Board, model: TradeModel, states: Sequence[State], table: PayoffTable | None = None
) -> list[Variation]:
    """Ends of what is assumed of levers: level in force, threat, leakage, holder of the rent.

    One assumption at a time; and for a lever alone also level and threat at opposite ends of their ranges (`joint`).
    States that come out the same are priced once, and none that `table` holds.
    """
    cases = [case for lever in board.levers for case in _cases(lever)]
    rise = [lever.spec.name for lever in board.levers if lever.can_rise]
    priced: dict[tuple[Choice, ...], np.ndarray] = {}
    if table is not None:
        priced = {board.choice(s): table.base + row for s, row in zip(table.states, table.percent, strict=True)}
    asked: dict[tuple[Choice, ...], Shock] = {}

    def ask(state: State, at: Mapping[str, str]) -> tuple[Choice, ...]:
        choice = board.choice(state, at)
        if choice not in priced and choice not in asked:
            asked[choice] = board.shock(state, at)
        return choice

    rows = []
    for case in cases:
        own = _ends_of(case.lever, rise) if case.lever in rise else []
        told = [] if case.joint else list(states)
        rows.append([ask(state, case.at) for state in ({}, *told, *own)])
    if asked:
        level = objective(model.solve_many(list(asked.values())), model, board.spec)
        priced.update(zip(asked, level, strict=True))
    out = []
    for case, choices in zip(cases, rows, strict=True):
        got = np.array([priced[c] for c in choices])
        change = got[1:] - got[0]
        alone = {case.lever: change[-3]} if case.lever in rise else {}
        last = {case.lever: change[-1] - change[-2]} if case.lever in rise else {}
        shown = np.full((len(states), 2), np.nan) if case.joint else change[: len(states)]
        out.append(Variation(case.words, case.end, case.value, case.source, shown, alone, case.joint, last))
    return out


def _ends_of(name: str, rise: Sequence[str]) -> list[dict[str, str]]:
    """A lever alone at its threat; all others; all."""
    others = {n: "threat" for n in rise if n != name}
    return [{name: "threat"}, others, {**others, name: "threat"}]


@dataclass(frozen=True)
class _Case:
    """One end of one assumption of a lever."""

    lever: str
    words: str
    end: str
    value: str
    source: str
    at: Mapping[str, str]
    joint: bool = False


def _cases(lever: Lever) -> list[_Case]:
    one = lever.spec
    if one.kind == "tariffs":
        ends = [end for end in ("low", "high") if f"threat-{end}" in lever.rates]
        said = f"{one.title}: what was announced"
        return [_Case(one.name, said, end, end, lever.note, {f"{one.name}.threat": end}) for end in ends]
    if not (lever.used or lever.can_rise):
        return []
    out = []
    held = {"in_force": lever.in_force, "threat": lever.threat}
    if one.kind == "ceiling":
        held["leakage"] = one.leakage
    words = {"in_force": "in force", "threat": "threat", "leakage": "leakage"}
    for what, level in held.items():
        if level is not None and level.low != level.high:
            for end in ("low", "high"):
                said = f"{one.title}: {words[what]}"
                out.append(_Case(one.name, said, end, f"{level.at(end):g}", level.source, {f"{one.name}.{what}": end}))
    if lever.in_force is not None and lever.threat is not None:
        for now, then in (("low", "high"), ("high", "low")):
            at = {f"{one.name}.in_force": now, f"{one.name}.threat": then}
            value = f"{lever.in_force.at(now):g} to {lever.threat.at(then):g}"
            out.append(_Case(one.name, f"{one.title}: both", now, value, lever.threat.source, at, joint=True))
    if one.kind == "ceiling":
        said = f"{one.title}: who gets the rent"
        source = f"nobody publishes it; the middle is the game file's ({one.rent})"
        out += [_Case(one.name, said, r, r, source, {f"{one.name}.rent": r}) for r in RENT if r != one.rent]
    return out


def setting_variations(board: Board, model: TradeModel, states: Sequence[State]) -> list[Variation]:
    """Other settings of the model, one after the other; and other weights of sectors, if the game has any."""
    rise = [lever.spec.name for lever in board.levers if lever.can_rise]
    asked = [{}, *states, *(end for name in rise for end in _ends_of(name, rise))]
    listed = unique(asked)
    place = [listed.index({n: v for n, v in state.items() if v != "in_force"}) for state in asked]
    shocks = [board.shock(state) for state in listed]
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
        change = (level - level[0])[place[1:]]
        percent, ends = change[: len(states)], change[len(states) :].reshape(-1, 3, 2)
        last = dict(zip(rise, ends[:, 2] - ends[:, 1], strict=True))
        return Variation(*about, percent, dict(zip(rise, ends[:, 0], strict=True)), last=last)

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
    for one in (v for v in found if not v.joint):
        row = rows.setdefault(one.name, {"assumption": one.name, "source": one.source, "ends": []})
        numbers = [float(x) if np.isfinite(x) else None for x in one.percent[0]]
        row["ends"].append({"at": one.value, "whole_threat_percent": dict(zip(players, numbers, strict=True))})
    for row in rows.values():
        row["range_percent"], row["swing_usd_million"] = {}, {}
        for k, p in enumerate(players):
            low, high = span([e["whole_threat_percent"][p] for e in row["ends"]], whole[k])
            row["range_percent"][p] = [low, high]
            row["swing_usd_million"][p] = (high - low) / 100 * float(spending[k])
    return sorted(rows.values(), key=lambda r: -max(r["swing_usd_million"].values()))


def span(values: Sequence[float | None], middle: float) -> list[float]:
    """Least and most of some values and the middle; what has no answer is left out.

    >>> span([None, 2.0, -1.0], 0.5)
    [-1.0, 2.0]
    """
    known = [float(v) for v in values if v is not None and np.isfinite(v)] + [float(middle)]
    return [min(known), max(known)]
