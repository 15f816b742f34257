"""Stalling on a day: the game's own vulnerabilities put into the value of waiting."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.bargain._board import Board
from detente.bargain._payoffs import PayoffTable
from detente.bargain._waiting import Waiting, waiting
from detente.bargain._waiting_case import Vulnerability
from detente.trade import TradeModel

if TYPE_CHECKING:
    from detente.bargain._game_file import GameSpec

MONTHS = 36
DEAL_MONTHS = 60.0
"""How long a deal's terms are taken to hold: ours."""
FOREVER = (math.inf, math.inf)


def floors(board: Board, model: TradeModel, table: PayoffTable) -> dict[str, np.ndarray]:
    """What of each lever's effect stays for good: its long-run over its short-run effect, (side,), 0 to 1."""
    rise = [lever.spec.name for lever in board.levers if lever.can_rise]
    far = TradeModel(model.world, horizon="long", deficits="balanced")
    found = far.solve_many([board.shock({}), *(board.shock({name: "threat"}) for name in rise)])
    at = [model.world.economies.index(p) for p in table.players]
    level = found.arrays(["real_income_percent"])["real_income_percent"][:, at]
    out = {}
    for name, row in zip(rise, level[1:] - level[0], strict=True):
        now = table.of({name: "threat"})
        with np.errstate(divide="ignore", invalid="ignore"):
            out[name] = np.clip(np.nan_to_num(np.where(np.abs(now) > 1e-6, row / now, 0.0)), 0.0, 1.0)
    return out


def stalling(
    spec: GameSpec, board: Board, table: PayoffTable, leverage: dict[str, Any], stay: dict[str, np.ndarray],
    surplus_usd_million: float, horizon: str,
) -> dict[str, Any]:  # fmt: skip
    """Who wants to wait: curves, best months, break-even truce cost and the belief gap, at both ends of patience.

    Losses are each lever's Shapley share of the whole threat; what is gained by a threat is left out and said so.
    Money is percent of both sides' spending taken together, a month, so that it can be shared.
    """
    joint = float(table.spending.sum()) / 100.0 / 12.0
    listed, left_out = [], []
    for row in leverage["instruments"]:
        for k, side in enumerate(table.players):
            loss = -row.get("shapley_usd_million", {}).get(side, 0.0) / 12.0 / joint
            if loss < 0:
                left_out.append({"instrument": row["name"], "side": side, "gain_percent_a_month": -loss})
            elif loss > 0:
                held = spec.half_life.get(row["name"])
                span = (held.low, held.high) if held and held.low and held.high else FOREVER
                listed.append(Vulnerability(row["name"], side, loss, span, loss * float(stay[row["name"]][k])))
    yearly = [spec.discount[p] for p in table.players]
    surplus = surplus_usd_million / 12.0 / joint
    cost = {  # a side's own percent of a month, in percent of both sides' spending
        p: r.mid * float(table.spending[k] / table.spending.sum())
        for k, (p, r) in enumerate(spec.truce_cost.items())
        if r.known
    }
    cases = {}
    for name, rate in (("patient", min(d.at("low") for d in yearly)), ("impatient", max(d.at("high") for d in yearly))):
        for threat in ("today", "lasting"):
            cases[name, threat] = waiting(
                listed, list(table.players), patience=(1.0 + rate) ** (-1.0 / 12.0), months=MONTHS,
                surplus_percent=surplus, deal_months=DEAL_MONTHS, threat=threat, seed=1, truce_cost_percent=cost,
            )  # fmt: skip
    to_money = joint * 1.0
    return {
        "cases": [_case(n, t, w, to_money) for (n, t), w in cases.items()],
        "unit": "USD million, present value, against signing now",
        "surplus_usd_million_a_year": surplus_usd_million,
        "half_life_months": {n: r.to_dict() for n, r in spec.half_life.items()},
        "truce_cost_percent_a_month": {p: r.to_dict() for p, r in spec.truce_cost.items()},
        "assumes": f"terms hold {DEAL_MONTHS:.0f} months as signed; equal bargaining weights; effects of the {horizon} "
        "run now, what stays is the long run's; one discount rate for both",
        "left_out": left_out,
        "verdict": _verdict(cases, table.players),
    }  # fmt: skip


def _case(name: str, threat: str, w: Waiting, money: float) -> dict[str, Any]:
    def scaled(values: Any) -> list[float]:
        return [float(v) * money for v in values]

    return {
        "patience": name, "threat": threat, "months": [int(m) for m in w.months],
        "value": {s: scaled(v) for s, v in w.value_percent.items()},
        "low": {s: scaled(v) for s, v in w.low_percent.items()},
        "high": {s: scaled(v) for s, v in w.high_percent.items()},
        "best_month": dict(w.best_month), "share_of_draws_that_wait": dict(w.waits),
        "break_even_truce_cost_usd_million_a_month": {s: v * money for s, v in w.break_even_truce_cost_percent.items()},
        "belief_gap_usd_million_a_month": {
            s: float(v[w.belief_gap_month]) * money for s, v in w.belief_gap_percent.items()
        },
        "belief_gap_month": w.belief_gap_month,
        "verdict": w.verdict,
    }  # fmt: skip


def _verdict(cases: dict[tuple[str, str], Waiting], players: tuple[str, ...]) -> str:
    """Who waits in how many of the cases."""
    words = []
    for side in players:
        count = sum(w.best_month[side] > 0 for w in cases.values())
        words.append(f"{side} gains by waiting in {count} of {len(cases)} cases")
    both = sum(all(w.belief_gap_percent[s][w.belief_gap_month] == 0 for s in players) for w in cases.values())
    return "; ".join([*words, f"both would stall without any optimism in {both}"])
