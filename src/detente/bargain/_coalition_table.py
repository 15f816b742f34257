"""What the payoffs of all subsets say: who would stay, what it would take, and whether a bargain among them holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._coalition import CoalitionPayoffs, coalition_payoffs, rivalry_weights
from detente.bargain._shapley import coalitions, shapley

LEAST = 1e-6
"""Percent of spending below which two payoffs are one: above the accuracy of a solve."""
SETS = ("fontagne-2022", "caliendo-parro-2015", "uniform-4")
"""Elasticity sets over which ranges are taken."""
CHARACTERISTIC = (
    "v(S): the most the members in S can have together, in USD million, by letting any part of S join while everybody "
    "outside S stays out; side payments are free"
)


@dataclass(frozen=True, eq=False)
class Core:
    """Whether some division of the joint payoff leaves no subset better off by itself.

    Attributes
    ----------
    worth
        (2^n,): the characteristic function, USD million (see `CHARACTERISTIC`).
    joiners
        The subset whose joining gives all members together the most.
    excess
        The least amount, USD million, by which the most aggrieved subset must fall short: the core is empty when
        it is above zero, and the least core otherwise.
    allocation
        (member,): a division with that excess, USD million.
    """

    worth: np.ndarray
    joiners: int
    excess: float
    allocation: np.ndarray

    @property
    def empty(self) -> bool:
        """No division satisfies every subset (to a cent in a thousand of what is divided)."""
        return bool(self.excess > 1e-5 * max(1.0, float(np.abs(self.worth).max())))


def objectives(payoffs: CoalitionPayoffs, rivalry: float | Mapping[str, float] = 0.0) -> np.ndarray:
    """(2^n, member): real income less the rivalry weight times the target's, percent of own spending."""
    count = len(payoffs.members)
    weight = rivalry_weights(rivalry, payoffs.members)
    return np.asarray(payoffs.percent[:, :count] - weight * payoffs.percent[:, count, None])


def stability(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Internal and external stability of each subset: nobody inside gains by leaving, nobody outside by joining.

    d'Aspremont, Jacquemin, Gabszewicz and Weymark (1983), "On the stability of collusive price leadership",
    Canadian Journal of Economics 16(1).

    Parameters
    ----------
    values
        (2^n, member): each member's payoff in every subset.

    Examples
    --------
    Two who gain only together:

    >>> inside, outside = stability(np.array([[0, 0], [-1, 0], [0, -1], [1, 1]]))
    >>> inside.tolist(), outside.tolist()
    ([True, False, False, True], [True, False, False, True])
    """
    total, count = values.shape
    masks = np.arange(total)
    inside, outside = np.ones(total, dtype=bool), np.ones(total, dtype=bool)
    for i in range(count):
        gain = values[masks | 1 << i, i] - values[masks & ~(1 << i), i]  # of joining, the others as they are
        joined = (masks >> i & 1).astype(bool)
        inside &= ~joined | (gain >= -LEAST)
        outside &= joined | (gain <= LEAST)
    return inside, outside


def surplus(values: np.ndarray) -> np.ndarray:
    """(2^n,): what members have together beyond the sum of what each would have by leaving alone.

    Where it is not negative, side payments among the members keep the subset together (potential internal
    stability: Carraro, Eyckmans and Finus 2006, Review of International Organizations 1(4)).
    """
    out = np.zeros(len(values))
    for mask, joined in enumerate(coalitions(values.shape[1])):
        out[mask] = sum(values[mask, i] - values[mask & ~(1 << i), i] for i in joined)
    return out


def worth(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The characteristic function and the part of each subset that joins to reach it.

    `v(S) = max over T in S of sum over i in S of values[T, i]`, with `values` in money.
    """
    total, count = values.shape
    best, part = np.zeros(total), np.zeros(total, dtype=int)
    for mask, group in enumerate(coalitions(count)):
        chosen = list(group)
        below = [t for t in range(mask + 1) if t & mask == t]
        sums = values[below][:, chosen].sum(axis=1)
        k = int(np.argmax(sums))
        best[mask], part[mask] = sums[k], below[k]
    return best, part


def core(values: np.ndarray) -> Core:
    """The least core of the game among members: by linear programming, the smallest largest grievance.

    Parameters
    ----------
    values
        (2^n, member): payoffs in money.

    Examples
    --------
    Any two of three share 1: no division of 1 gives every pair its due.

    >>> pays = np.array([[0, 0, 0]] * 3 + [[.5, .5, 0]] + [[0, 0, 0]] + [[.5, 0, .5], [0, .5, .5], [1/3, 1/3, 1/3]])
    >>> found = core(pays)
    >>> found.empty, round(found.excess, 6), found.allocation.round(6).tolist()
    (True, 0.333333, [0.333333, 0.333333, 0.333333])
    """
    from scipy.optimize import linprog

    total, count = values.shape
    v, part = worth(values)
    if count == 1:
        return Core(v, int(part[-1]), 0.0, np.array([v[-1]]))
    rows = np.array([[*(mask >> i & 1 for i in range(count)), 1.0] for mask in range(1, total - 1)])
    whole = np.array([[1.0] * count + [0.0]])
    unit = max(1.0, float(np.abs(v).max()))
    end = linprog(
        np.array([0.0] * count + [1.0]), A_ub=-rows, b_ub=-v[1:-1] / unit, A_eq=whole, b_eq=[v[-1] / unit],
        bounds=[(None, None)] * (count + 1), method="highs",
    )  # fmt: skip
    return Core(v, int(part[-1]), float(end.x[-1] * unit), np.asarray(end.x[:-1] * unit))


def joining(payoffs: CoalitionPayoffs, rivalry: float | Mapping[str, float] = 0.0) -> list[dict[str, Any]]:
    """What joining all the others does to each member, and what it would take to have it join.

    Returns
    -------
    One row a member. `cost_of_joining_percent`: payoff if it alone stays out less payoff if all join, without any
    rivalry. `rivalry_weight_needed`: percent of its own income it must value one percent of the target's at, to be
    indifferent; None where its joining does not hurt the target. `side_payment_usd_million`: what must be paid to
    it so that it joins, its rivalry weight counted.
    """
    count = len(payoffs.members)
    wanted = objectives(payoffs, rivalry)
    full, target = 2**count - 1, payoffs.percent[:, count]
    rows = []
    for i, name in enumerate(payoffs.members):
        without, alone = full & ~(1 << i), 1 << i
        cost = float(payoffs.percent[without, i] - payoffs.percent[full, i])
        hurt = float(target[without] - target[full])
        short = float(wanted[without, i] - wanted[full, i]) / 100.0 * payoffs.spending[i]
        rows.append(
            {
                "member": name, "payoff_percent": float(payoffs.percent[full, i]),
                "payoff_usd_million": float(payoffs.usd_million[full, i]),
                "alone_percent": float(payoffs.percent[alone, i]),
                "if_it_stays_out_percent": float(payoffs.percent[without, i]),
                "cost_of_joining_percent": cost,
                "cost_of_joining_usd_million": cost / 100.0 * float(payoffs.spending[i]),
                "target_loss_it_adds_percent": hurt,
                "target_loss_it_adds_usd_million": hurt / 100.0 * float(payoffs.spending[count]),
                "rivalry_weight_needed": max(0.0, cost / hurt) if hurt > LEAST else None,
                "side_payment_usd_million": max(0.0, short),
            }
        )  # fmt: skip
    return rows


def coalition_ranges(payoffs: CoalitionPayoffs, sets: Sequence[str] = SETS, **asked: Any) -> dict[str, Any]:
    """The main numbers under several elasticity sets, low to high: what drives them most.

    Parameters
    ----------
    payoffs
        The game solved; the same is asked of each set for everybody, everybody but one, and each alone.
    sets
        Published elasticity sets by name.
    asked
        `start`, `bounds`, `tolerance` of `coalition_payoffs`, as they were.

    Returns
    -------
    `sets`, `target_percent` [low, high], and by member `payoff_percent`, `cost_of_joining_percent` and
    `rivalry_weight_needed` [low, high]; the set already solved counts with its own numbers.
    """
    count = len(payoffs.members)
    full = 2**count - 1
    few = [full, *(full & ~(1 << i) for i in range(count)), *(1 << i for i in range(count))]
    others = [payoffs.model.replace(elasticities=name) for name in sets if name != payoffs.model.elasticities_name]
    given: dict[str, Any] = {"rate": payoffs.rate, "sectors": payoffs.sectors, "reply": payoffs.reply, "subsets": few}
    more = [coalition_payoffs(m, payoffs.against, payoffs.members, **given, **asked) for m in others]
    games = [payoffs, *more]
    tables = [joining(game) for game in games]
    keys = ("payoff_percent", "cost_of_joining_percent", "rivalry_weight_needed")
    return {
        "sets": [game.model.elasticities_name for game in games],
        "target_percent": _range([float(game.percent[full, count]) for game in games]),
        "members": {
            name: {key: _range([table[i][key] for table in tables]) for key in keys}
            for i, name in enumerate(payoffs.members)
        },
    }


def _range(values: Sequence[float | None]) -> list[float] | None:
    """Lowest and highest; None where some value is missing."""
    good = [v for v in values if v is not None and np.isfinite(v)]
    return [min(good), max(good)] if len(good) == len(values) else None


def target_shares(payoffs: CoalitionPayoffs) -> np.ndarray:
    """(member,): Shapley value of each in the target's loss, USD million; they add up to the loss if all join."""
    return shapley(-payoffs.usd_million[:, len(payoffs.members)])


def coalition_answer(
    payoffs: CoalitionPayoffs, rivalry: float | Mapping[str, float] = 0.0, ranges: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Everything as plain data; what needs every subset is None where one has no equilibrium.

    Returns
    -------
    `subsets` (one row each), `stable`, `joining`, `shapley`, `core`, `side_payments`, `ranges`, with the model's
    settings and the status of every solve.
    """
    weights = rivalry_weights(rivalry, payoffs.members)
    answer: dict[str, Any] = {
        "status": "solved" if payoffs.complete else "partly_solved", "against": payoffs.against,
        "members": list(payoffs.members), "rate": payoffs.rate, "sectors": list(payoffs.sectors),
        "reply": payoffs.reply, "start": payoffs.start,
        "rivalry": dict(zip(payoffs.members, weights.tolist(), strict=True)),
        "model": payoffs.model.describe(), "spending_usd_million": _named(payoffs, payoffs.spending),
        "note": "Model result, against the start without the measure; not a forecast.", "left_out": list(payoffs.notes),
        "solves": payoffs.solves, "residual": payoffs.residual, "seconds": payoffs.seconds,
    }  # fmt: skip
    answer["subsets"] = [_subset(payoffs, mask) for mask in range(len(payoffs.status))]
    answer |= {"stable": None, "joining": None, "shapley": None, "core": None, "side_payments": None, "ranges": ranges}
    if payoffs.complete:
        values = objectives(payoffs, rivalry)
        money = values / 100.0 * payoffs.spending[:-2]
        inside, outside, pooled = (*stability(values), surplus(money))
        for mask, row in enumerate(answer["subsets"]):
            row["internally_stable"], row["externally_stable"] = bool(inside[mask]), bool(outside[mask])
            row["stable"] = bool(inside[mask] and outside[mask])
            row["surplus_usd_million"] = float(pooled[mask])
        rows, shares = joining(payoffs, rivalry), target_shares(payoffs)
        answer["stable"] = [row["joined"] for row in answer["subsets"] if row["stable"]]
        answer["joining"] = rows
        answer["shapley"] = {
            "of": f"loss of {payoffs.against} if all join, USD million", "total": float(shares.sum()),
            "values": dict(zip(payoffs.members, shares.tolist(), strict=True)),
        }  # fmt: skip
        answer["core"] = _core(payoffs, core(money))
        needed = sum(row["side_payment_usd_million"] for row in rows)
        answer["side_payments"] = {
            "needed_usd_million": needed, "pooled_surplus_usd_million": float(pooled[-1]),
            "members_can_pay": bool(pooled[-1] >= 0),
        }  # fmt: skip
    return answer


def _named(payoffs: CoalitionPayoffs, values: np.ndarray) -> dict[str, float | None]:
    return {p: float(v) if np.isfinite(v) else None for p, v in zip(payoffs.players, values, strict=True)}


def _subset(payoffs: CoalitionPayoffs, mask: int) -> dict[str, Any]:
    joined = [p for i, p in enumerate(payoffs.members) if mask >> i & 1]
    return {
        "joined": joined, "status": payoffs.status[mask], "payoffs_percent": _named(payoffs, payoffs.percent[mask]),
        "payoffs_usd_million": _named(payoffs, payoffs.usd_million[mask]),
        "reply": {p: float(payoffs.reply_rates[mask, i]) for i, p in enumerate(payoffs.members) if p in joined},
    }  # fmt: skip


def _core(payoffs: CoalitionPayoffs, found: Core) -> dict[str, Any]:
    return {
        "characteristic_function": CHARACTERISTIC, "empty": found.empty, "excess_usd_million": found.excess,
        "joiners": [p for i, p in enumerate(payoffs.members) if found.joiners >> i & 1],
        "worth_usd_million": float(found.worth[-1]),
        "allocation_usd_million": dict(zip(payoffs.members, found.allocation.tolist(), strict=True)),
    }  # fmt: skip
