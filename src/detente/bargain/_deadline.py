"""What a deadline does: the odds of a deal, an extension and a collapse by the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._attrition import read_sides
from detente.bargain._given import Given
from detente.bargain._last_minute import LastMinute

ODDS = ("deal", "at_once", "before", "at_deadline", "extension", "collapse")


@dataclass(frozen=True, eq=False)
class Deadline:
    """Odds seen from the day the term begins; arrays when arrays were handed in, NaN where `applies` is False.

    Attributes
    ----------
    at_once, before, at_deadline
        Odds of a deal at the very start, in the course of the term, and in the last minute.
    deal, extension, collapse
        Odds by the deadline; they add up to 1. `deal` is the sum of the three above.
    payoff1, payoff2
        Expected payoff of a side that is not stubborn, share of the pie.
    applies
        False where a side would welcome a missed deadline (`hardness` x (what conceding leaves - `collapse`) + `cost`
        is below 0): the model has no answer there.
    """

    months: np.ndarray
    at_once: np.ndarray
    before: np.ndarray
    at_deadline: np.ndarray
    extension: np.ndarray
    collapse: np.ndarray
    payoff1: np.ndarray
    payoff2: np.ndarray
    hazard: np.ndarray
    until: np.ndarray
    applies: np.ndarray

    @property
    def deal(self) -> np.ndarray:
        """Odds of a deal by the deadline."""
        return np.asarray(self.at_once + self.before + self.at_deadline)

    def agreed_by(self, month: Any) -> np.ndarray:
        """Odds of a deal by a month of the term; from the deadline on it is `deal`.

        Raises
        ------
        UserError
            If the month lies before 0.
        """
        given = Given()
        t = given.number("month", month, 0, infinite=True)
        given.settle()
        held = 1 - self.at_once
        midway = 1 - held * np.exp(-self.hazard * np.minimum(t, self.until))
        return np.asarray(np.where(t >= self.months, self.deal, midway))

    def range(self, level: float = 0.9) -> dict[str, tuple[float, float, float]]:
        """Low end, median and high end of each of the odds over the cases, the middle `level` of them.

        Raises
        ------
        UserError
            If the model applies to none of the cases, or the level is not between 0 and 1.
        """
        given = Given()
        wide = float(given.number("level", level, 0, 1, open_low=True, open_high=True))
        if not self.applies.any():
            given.problem("deadline", "there is no case the model applies to", "Look at `applies`.")
        given.settle()
        cuts = [(1 - wide) / 2, 0.5, (1 + wide) / 2]
        found = {name: np.quantile(getattr(self, name)[self.applies], cuts) for name in ODDS}
        return {name: (float(v[0]), float(v[1]), float(v[2])) for name, v in found.items()}

    def __repr__(self) -> str:
        if not self.applies.any():
            return "<Deadline: a side would welcome a missed deadline>"
        parts = []
        for name, (low, middle, high) in self.range().items():
            spread = f" ({100 * low:.0f} to {100 * high:.0f})" if self.applies.size > 1 else ""
            if name in ("deal", "extension", "collapse"):
                parts.append(f"{name} {100 * middle:.1f} %{spread}")
        return f"<Deadline: {', '.join(parts)}>"


def deadline_odds(
    demand1: Any, demand2: Any, rate1: Any, rate2: Any, stubborn1: Any, stubborn2: Any, *, months: Any, hardness: Any,
    cost1: Any = 0.0, cost2: Any = 0.0, collapse1: Any = 0.0, collapse2: Any = 0.0,
) -> Deadline:  # fmt: skip
    r"""Odds of a deal, an extension and a collapse when a war of attrition has a deadline.

    Until the deadline this is Abreu and Gul's game. As it comes, nobody knows the exact minute that is too late
    (Fanning's brinkmanship): in the last minute, in a clock s of its own, "too late" falls at rate 1. Then each side
    pays its cost k, and with probability q (`hardness`) the truce collapses into payoffs d, with 1 - q it is
    extended and the attrition goes on from the reputations reached, without another deadline: side i can then expect
    $1 - a_j + c_j D$, c_j the odds that the other gives in on the spot. Side i is kept just willing to hold out if j
    concedes in the last minute at the rate

    $$l_j = \mu_j - (1-q)\,c_j, \qquad \mu_j = \frac{q\,(1 - a_j - d_i) + k_i}{D}$$

    per unit of s. Whoever is feared less for its deadline is favoured; for the other, with A the excess of its
    mu over $\mu_i\lambda_j/\lambda_i$ and B = 1 - q - A, the solution ending with both reputations at 1 is
    $1/(1-c_j) = 1 + A\,(1-e^{-Bs})/B$ with s the deadline time left. Deals so come at once, then at a low and steady
    rate, then in a rush: the U shape.

    Parameters
    ----------
    demand1, demand2, rate1, rate2, stubborn1, stubborn2
        As in `attrition`, rates per month. Demands that fit into the pie are a deal at once.
    months
        Length of the term, 0 or more.
    hardness
        q: probability, 0 to 1, that a missed deadline means collapse rather than extension. It is an input, so the
        split of what is missed into the two is as sure as it is.
    cost1, cost2
        k: what a missed deadline costs a side in either case, share of the pie, 0 or more.
    collapse1, collapse2
        d: payoff after a collapse, share of the pie, where 0 is the truce without end; below 0 if collapse is worse.

    Returns
    -------
    Deadline

    Raises
    ------
    UserError
        If numbers are out of bounds or shapes do not fit; all problems at once.

    Notes
    -----
    Limits, which the tests hold: without hardness and cost it is `attrition`; with a cost without bound all but the
    stubborn concede by the deadline, and only z1 z2 is missed; with q = 1, equal sides and z going to 0 the odds of
    missing it go to D. Costs and hardness so small that a side loses less than 1e-9 count as that.

    References
    ----------
    Abreu and Gul (2000), Econometrica 68(1), 85-117; Fanning (2016), Econometrica 84(3), 1131-1179 (uncertain
    deadline; a known one as its limit). Extension, cost and what follows them are this package's own.

    Examples
    --------
    >>> truce = deadline_odds(0.6, 0.6, 0.02, 0.02, 0.05, 0.05, months=3, hardness=0.3, collapse1=-0.5, collapse2=-0.5)
    >>> round((truce.deal + truce.extension + truce.collapse).item(), 12)
    1.0
    >>> bool(truce.at_deadline > truce.before)
    True
    """
    given = Given()
    a1, a2, r1, r2, z1, z2 = read_sides(given, demand1, demand2, rate1, rate2, stubborn1, stubborn2)
    length, q = given.number("months", months, 0), given.number("hardness", hardness, 0, 1)
    k1, k2 = given.number("cost1", cost1, 0), given.number("cost2", cost2, 0)
    d1, d2 = given.number("collapse1", collapse1, high=1), given.number("collapse2", collapse2, high=1)
    given.settle()
    a1, a2, r1, r2, z1, z2, length, q, k1, k2, d1, d2 = np.broadcast_arrays(
        a1, a2, r1, r2, z1, z2, length, q, k1, k2, d1, d2
    )
    fear1, fear2 = q * (1 - a2 - d1) + k1, q * (1 - a1 - d2) + k2
    agree, applies = a1 + a2 <= 1, (fear1 >= 0) & (fear2 >= 0)
    excess = np.where(agree, 1.0, a1 + a2 - 1)
    end = LastMinute.solve(
        rate1=r2 * (1 - a1) / excess, rate2=r1 * (1 - a2) / excess, stubborn1=z1, stubborn2=z2, months=length,
        soft=1 - q, rush1=np.maximum(fear2, 1e-9) / excess, rush2=np.maximum(fear1, 1e-9) / excess,
    )  # fmt: skip
    held = (1 - end.at_once1) * (1 - end.at_once2)
    both = end.rate1 + end.rate2
    there = held * np.exp(-both * end.until)
    missed = there * end.missed
    parts = [held - there, there - missed, (1 - q) * missed, q * missed]
    before, last, extension, collapse = (np.where(agree, 0.0, np.where(applies, v, np.nan)) for v in parts)
    payoff1, payoff2 = (
        np.where(agree, own, np.where(applies, 1 - other + excess * gift, np.nan))
        for own, other, gift in ((a1, a2, end.at_once2), (a2, a1, end.at_once1))
    )
    return Deadline(
        months=length, at_once=np.where(agree, 1.0, np.where(applies, 1 - held, np.nan)), before=before,
        at_deadline=last, extension=extension, collapse=collapse, payoff1=payoff1, payoff2=payoff2, hazard=both,
        until=end.until, applies=agree | applies,
    )  # fmt: skip


def drawn(intervals: Mapping[str, Any], draws: int = 1000, seed: int = 0) -> dict[str, Any]:
    """Independent uniform draws for every (low, high); single numbers stay as they are.

    Parameters
    ----------
    intervals
        By argument name: a number, or (low, high).
    draws, seed
        How many, and the seed they can be had again with.

    Raises
    ------
    UserError
        For what is neither a number nor a pair in order.

    Examples
    --------
    >>> given = drawn({"demand1": (0.55, 0.7), "demand2": 0.6, "hardness": (0.1, 0.5)}, draws=100)
    >>> given["demand1"].shape, given["demand2"], bool((given["hardness"] <= 0.5).all())
    ((100,), 0.6, True)
    """
    given = Given()
    if not isinstance(draws, int) or isinstance(draws, bool) or draws < 1:
        given.problem("draws", f"{draws!r} is not a whole number above 0")
    pairs = {name: given.number(name, value) for name, value in intervals.items()}
    for name, pair in pairs.items():
        if pair.shape not in ((), (2,)) or (pair.ndim and pair[0] > pair[1]):
            given.problem(name, f"{intervals[name]!r} is no range", "Write one number, or (low, high).")
    given.shapes.clear()
    given.settle()
    rng = np.random.default_rng(seed)
    return {n: rng.uniform(pair[0], pair[1], draws) if pair.ndim else float(pair) for n, pair in pairs.items()}
