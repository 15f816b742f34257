"""Which tariffs two sides can keep to without a court: long-run payoffs put into the critical discount factor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.bargain._enforcement import critical_discount
from detente.bargain._players import Player, seat
from detente.trade import BOUNDS, Shock, TariffProblem, TradeModel, balanced, climb, slopes_of

SHARES = (0.0, 0.25, 0.5, 0.75)
"""Points between no duty on each other (0) and the Nash tariffs (1)."""
SNAP_BACKS = (3, 6, 12, 24)
"""Months a snap-back lasts."""
DETECTION = 0.9
FALSE_ALARM = 0.02
"""A month's chance to see a breach, and to see one where there is none: ours, shown with the result."""
_FLAT = 1e-5
"""Slope left in a best reply, percent of spending per standard step."""
_ROUNDS = 40


def enforcement(
    model: TradeModel, players: Sequence[str], start: Shock, discount: dict[str, tuple[float, float]]
) -> dict[str, Any]:
    """Critical discount factors along the way from no duty to Nash tariffs, one rate on all goods of the other.

    Cheating is a best reply for one month; the answer is Nash tariffs for good, or for a snap-back of some months.

    Parameters
    ----------
    start
        Duties of and on everybody else.
    discount
        By side: low and high end of the yearly discount rate, to say what each can sustain.
    """
    from detente.bargain._nash import nash_tariffs

    m = balanced(model)
    war = nash_tariffs(m, [Player(p, uniform="sectors") for p in players], start=start, certify=False)
    _, tools, seeds = seat([Player(p, uniform="sectors") for p in players], m)
    problem = TariffProblem(m, tools, start)
    nash = np.concatenate(war.tariffs)
    at_nash = problem.values(nash, seeds)
    path = [_point(problem, seeds, share, nash, at_nash, players) for share in SHARES]
    out: dict[str, Any] = {
        "status": "solved" if war.status == "solved" else war.status,
        "period": "monthly",
        "nash_tariffs": dict(zip(players, map(float, nash), strict=True)),
        "path": path,
        "assumes": "one duty on all goods of the other, all other duties as they are; cheating lasts a month; "
        f"noise: a month shows a breach with chance {DETECTION:g}, a false one with {FALSE_ALARM:g}",
        "discount_factor_a_month": {p: [(1 + r) ** (-1 / 12) for r in reversed(discount[p])] for p in players},
    }
    out["sustained"] = _sustained(path, out["discount_factor_a_month"], players)
    out["verdict"] = _verdict(out, players)
    return out


def _point(
    problem: TariffProblem,
    seeds: list[dict[str, Any]],
    share: float,
    nash: np.ndarray,
    at_nash: np.ndarray,
    players: Sequence[str],
) -> dict[str, Any]:
    tariffs = share * nash
    deal = problem.values(tariffs, seeds)
    gain = np.zeros(len(players))
    slopes = slopes_of(problem, seeds, range(len(players)))
    for k in range(len(players)):
        reply = climb(slopes.alone(k), tariffs, BOUNDS, _FLAT, _ROUNDS)
        gain[k] = max(0.0, float(reply.best[k]) - deal[k])
    loss = deal - at_nash

    def factors(**how: Any) -> dict[str, float | None]:
        found = np.asarray(critical_discount(gain, loss, **how), dtype=float)
        return {p: float(d) if np.isfinite(d) and d < 1 else None for p, d in zip(players, found, strict=True)}

    return {
        "share_of_nash": share, "tariffs": dict(zip(players, map(float, tariffs), strict=True)),
        "gain_from_cheating_percent": dict(zip(players, map(float, gain), strict=True)),
        "value_of_the_deal_percent": dict(zip(players, map(float, loss), strict=True)),
        "critical_discount": factors(),
        "with_snap_back": {f"{n}": factors(length=n) for n in SNAP_BACKS},
        "with_noise": factors(detection=DETECTION, false_alarm=FALSE_ALARM),
    }  # fmt: skip


def _sustained(
    path: list[dict[str, Any]], held: dict[str, list[float]], players: Sequence[str]
) -> list[dict[str, Any]]:
    """For each point whether both keep to it, at the impatient and the patient end."""
    rows = []
    for row in path:
        need = row["critical_discount"]
        ends = {
            end: all(need[p] is not None and need[p] <= held[p][k] for p in players)
            for k, end in ((0, "impatient"), (1, "patient"))
        }
        short = {
            n: all(d[p] is not None and d[p] <= held[p][0] for p in players) for n, d in row["with_snap_back"].items()
        }
        rows.append({"share_of_nash": row["share_of_nash"], **ends, "least_snap_back_months": _least(short)})
    return rows


def _least(short: dict[str, bool]) -> int | None:
    return next((int(n) for n, ok in short.items() if ok), None)


def _verdict(found: dict[str, Any], players: Sequence[str]) -> str:
    path = found["path"]
    unwilling = [p for p in players if path[0]["value_of_the_deal_percent"][p] <= 0]
    kept = [r["share_of_nash"] for r in found["sustained"] if r["impatient"]]
    words = []
    if unwilling:
        words.append(
            f"{' and '.join(unwilling)} is better off at Nash tariffs than with no duty: no patience sustains that"
        )
    if kept:
        words.append(f"sustained even by the impatient: from {100 * min(kept):.0f} to 100 % of the Nash tariffs")
    else:
        words.append("no point below the Nash tariffs is sustained by both")
    return "; ".join(words) + "."
