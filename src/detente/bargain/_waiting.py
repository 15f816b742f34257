"""Stalling: who gains by signing later, while what each side stands to lose without a deal fades."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._given import Given
from detente.bargain._waiting_case import Case, Vulnerability, half_lives

_LEAST = 1e-9
"""Value of waiting, over the largest payoff, below which nobody waits: rounding."""


@dataclass(frozen=True, eq=False)
class Waiting:
    """What waiting is worth, month by month, to each side.

    Every curve is a mapping from side to an array over `months` (0, 1, ... signing that many months from now).

    Attributes
    ----------
    months
        0 to the last month looked at.
    disagreement_percent, share_percent
        d(t) and Nash share x(t) when signing at t, percent, per month.
    value_percent
        Value of waiting until t over signing now: percent x months, present value, at the middle half-lives.
    low_percent, high_percent
        5th and 95th percentile of `value_percent` over draws of the half-lives.
    waits
        Share of the draws in which a side has a month that beats signing now.
    best_month
        The month with the highest value, at the middle half-lives; 0: sign now.
    parts_percent
        What makes up the value at the best month (at month 1 where that is 0): `truce` (truce payoff less cost less
        the share forgone), `surplus` (there is more to share), `balance` (the balance moves), which add up.
    break_even_truce_cost_percent
        The monthly cost of the truce at or above which the side signs now; below 0: it waits only if paid to.
    belief_gap_percent
        By month waited: by how much the side must overrate its own share, percent per month of the deal, to prefer that
        wait to signing now. Both stall for m months only if each holds its gap at m; 0 for both: without any optimism.
    belief_gap_month
        The month, from 1 on, that asks for the least optimism in all.
    verdict
        In words: who wants to wait, and why.
    """

    sides: tuple[str, ...]
    months: np.ndarray
    threat: str
    disagreement_percent: dict[str, np.ndarray]
    share_percent: dict[str, np.ndarray]
    value_percent: dict[str, np.ndarray]
    low_percent: dict[str, np.ndarray]
    high_percent: dict[str, np.ndarray]
    waits: dict[str, float]
    best_month: dict[str, int]
    parts_percent: dict[str, dict[str, float]]
    break_even_truce_cost_percent: dict[str, float]
    belief_gap_percent: dict[str, np.ndarray]
    belief_gap_month: int
    verdict: str

    def __repr__(self) -> str:
        return f"<Waiting: {self.verdict}>"


def waiting(
    vulnerabilities: Sequence[Vulnerability],
    sides: Sequence[str],
    *,
    patience: float,
    months: int = 36,
    surplus_percent: Any = 0.0,
    weights: Sequence[float] | None = None,
    truce_percent: Mapping[str, float] | None = None,
    truce_cost_percent: Mapping[str, float] | None = None,
    deal_months: float = math.inf,
    threat: str = "today",
    beliefs: Mapping[str, Sequence[Vulnerability]] | None = None,
    draws: int = 400,
    seed: int = 0,
) -> Waiting:
    r"""Value of waiting for each side when the balance between them moves.

    $$x_i(t) = d_i(t) + \alpha_i\Big(S(t) - \sum_k d_k(t)\Big), \qquad d_i(t) = -\sum_v \ell_v(t)$$
    $$W_i(m) = \sum_{s<m} \delta^s (\tau_i - \kappa_i) + A\,\big[\delta^m x_i(m) - x_i(0)\big], \qquad
      A = \frac{1-\delta^N}{1-\delta}$$

    A deal signed at t gives side i the flow x_i(t) for N months: the terms stay as signed, so the balance on the day
    of signing counts. Until then each lives with the truce.

    Parameters
    ----------
    vulnerabilities
        What each side loses without a deal. Percent must be of one and the same money on both sides.
    sides
        Names of two sides or more.
    patience
        Monthly discount factor delta, 0 < delta < 1.
    months
        How far ahead signing may lie.
    surplus_percent
        S, the joint payoff of a deal, per month: a number, or one for each month from 0 to `months`.
    weights
        Bargaining weights alpha; equal when None, scaled to sum to 1.
    truce_percent, truce_cost_percent
        tau and kappa by side, per month; 0 when a side is not named.
    deal_months
        N, how long a deal's terms hold; for good when infinite.
    threat
        `today`: the threat point is what each loses in the month of signing, as if its decay were not foreseen in the
        terms. `lasting`: it is the discounted average of all that follows, so the decay is in the price already; with
        terms for good, waiting then pays exactly when the truce beats the running share (see Notes).
    beliefs
        A side's own list of vulnerabilities, where it differs from the common one.
    draws, seed
        Half-lives are drawn log-uniformly from their ranges, one draw for all sides that share a list.

    Returns
    -------
    Waiting

    Raises
    ------
    UserError
        With everything that is wrong: unknown sides, half-lives not above 0, floors above losses, patience of 1.

    Notes
    -----
    Over all sides $\sum_i W_i(m) = \sum_{s<m}\delta^s\sum_i(\tau_i-\kappa_i) + A[\delta^m S(m) - S(0)]$ under common
    beliefs: both wait only if the surplus grows, the truce is as good as a deal, or each is optimistic. With
    `threat="lasting"`, N infinite and S constant, $W_i(m) = \sum_{s<m}\delta^s(\tau_i-\kappa_i-x_i(s))$ with x_i of
    `today`.

    References
    ----------
    Powell (2006), International Organization 60(1), 169-203; Fearon (1995), International Organization 49(3),
    379-414; Yildiz (2003), Econometrica 71(3), 793-811 (waiting through optimism).

    Examples
    --------
    China's hold fades, the US one stays; a free truce helps whom time helps:

    >>> magnets = Vulnerability("magnets", "USA", 0.4, (12, 36))
    >>> chips = Vulnerability("chips", "CHN", 0.3, (math.inf, math.inf))
    >>> w = waiting([magnets, chips], ["USA", "CHN"], patience=0.99)
    >>> w.best_month["USA"] > 0, w.best_month["CHN"]
    (True, 0)
    """
    case = Case.read(
        vulnerabilities, sides, patience, months, surplus_percent, weights, truce_percent, truce_cost_percent,
        deal_months, threat, beliefs, draws,
    )  # fmt: skip
    rng = np.random.default_rng(seed)
    lists = {id(v): v for v in case.lists.values()}
    lives = {key: half_lives(v, draws, rng) for key, v in lists.items()}
    d = np.stack([case.disagreement(case.lists[s], lives[id(case.lists[s])]) for s in case.sides])
    # (believer, side, draw, month): what each believes about every side
    x = d + case.alpha[:, None, None] * (case.surplus - d.sum(axis=1, keepdims=True))
    own = x[np.arange(len(case.sides)), np.arange(len(case.sides))]
    value = case.value(own)
    return _report(case, d[np.arange(len(case.sides)), np.arange(len(case.sides)), 0], own[:, 0], value)


def _report(case: Case, d: np.ndarray, share: np.ndarray, value: np.ndarray) -> Waiting:
    """The answer from own disagreement payoffs and shares (side, month) and values (side, draw, month)."""
    middle, sides = value[:, 0], case.sides
    scale = _LEAST * max(1e-300, float(np.abs(middle).max()), float(np.abs(share).max()) * case.annuity)
    best = np.where(middle.max(axis=1) > scale, middle.argmax(axis=1), 0)
    parts = [_parts(case, k, share[k], max(1, int(best[k]))) for k in range(len(sides))]
    free = middle[:, 1:] + case.cost[:, None] * case.waited[1:]
    even = (free / case.waited[1:]).max(axis=1)
    short = np.where(np.abs(middle) <= scale, 0.0, np.maximum(0.0, -middle))
    need = short / (case.annuity * case.patience**case.months)
    least = 1 + int(need[:, 1:].sum(axis=0).argmin())
    waits = (value[:, 1:, 1:].max(axis=2) > scale).mean(axis=1)
    low, high = np.quantile(value[:, 1:], [0.05, 0.95], axis=1)

    def named(rows: Any) -> dict[str, Any]:
        return dict(zip(sides, rows, strict=True))

    return Waiting(
        sides, case.months, case.threat, named(d), named(share), named(middle), named(low), named(high),
        named(map(float, waits)), named(map(int, best)), named(parts), named(map(float, even)),
        named(need), least, _verdict(case, middle, best, parts),
    )  # fmt: skip


def _parts(case: Case, side: int, share: np.ndarray, month: int) -> dict[str, float]:
    """What a value of waiting is made of; the three add up to it."""
    later = case.annuity * case.patience**month
    grown = later * case.alpha[side] * (case.surplus[month] - case.surplus[0])
    moved = later * (share[month] - share[0])
    truce = (case.truce - case.cost)[side] * case.waited[month] - (1 - case.patience**month) * case.annuity * share[0]
    return {"truce": float(truce), "surplus": float(grown), "balance": float(moved - grown)}


_WHY = {
    "truce": "the truce is nearly as good as a deal",
    "surplus": "there will be more to share",
    "balance": "its hand gets stronger",
}


def _verdict(case: Case, value: np.ndarray, best: np.ndarray, parts: list[dict[str, float]]) -> str:
    """Who wants to wait, and why."""
    said = []
    for k, side in enumerate(case.sides):
        if best[k] > 0:
            why = max(parts[k], key=lambda name: parts[k][name])
            own = f", on its own view of the half-lives: {_WHY[why]}" if _apart(case, side) else f": {_WHY[why]}"
            said.append(f"{side} would wait {best[k]} month{'s' if best[k] > 1 else ''}{own}")
    still = [side for k, side in enumerate(case.sides) if best[k] == 0]
    if not said:
        return "nobody gains by waiting"
    if still:
        said.append(f"{' and '.join(still)} would sign now")
    return "; ".join(said)


def _apart(case: Case, side: str) -> bool:
    """Whether a side holds a list of its own."""
    return any(case.lists[side] != case.lists[other] for other in case.sides)


@dataclass(frozen=True, eq=False)
class ConflictNow:
    """Whether a declining side fights now rather than be held to less later.

    Attributes
    ----------
    fights
        True where no offer today makes up for the decline.
    threshold
        It fights where its later share p1 lies below this.
    """

    fights: np.ndarray
    threshold: np.ndarray

    def __repr__(self) -> str:
        if self.fights.size > 1:
            return f"<ConflictNow: in {int(self.fights.sum())} of {self.fights.size} cases>"
        word = "conflict now" if self.fights.all() else "no conflict"
        return f"<ConflictNow: {word}; threshold {float(self.threshold):.4f}>"


def conflict_now(now: Any, later: Any, patience: Any, cost: Any) -> ConflictNow:
    r"""The commitment problem: a side whose power falls from p0 to p1 prefers conflict today iff

    $$p_0 - \delta p_1 > (1-\delta)\,[1 + (1-\delta)\,c]$$

    Conflict now is worth $p_0/(1-\delta) - c$. The most the rising side can give is the whole flow today and, from
    tomorrow on, what conflict would then bring: $1 + \delta\,[p_1/(1-\delta) - c]$. It cannot promise more, because
    it could take it back.

    Parameters
    ----------
    now, later
        p0 and p1: the declining side's expected share of the flow after a conflict today or tomorrow, 0 to 1.
    patience
        Discount factor of the period in which power moves, 0 < delta < 1.
    cost
        c: what conflict costs the side, in flows of one period, 0 or more.

    Returns
    -------
    ConflictNow

    Raises
    ------
    UserError
        If a number is out of bounds or shapes do not fit.

    References
    ----------
    Powell (2006), International Organization 60(1), 169-203; Fearon (1995), International Organization 49(3).

    Examples
    --------
    >>> conflict_now(0.6, 0.5, patience=0.9, cost=0.1)
    <ConflictNow: conflict now; threshold 0.5544>
    >>> conflict_now(0.6, 0.58, patience=0.95, cost=0.1)
    <ConflictNow: no conflict; threshold 0.5787>
    """
    given = Given()
    p0, p1 = given.number("now", now, 0, 1), given.number("later", later, 0, 1)
    d = given.number("patience", patience, 0, 1, open_low=True, open_high=True)
    c = given.number("cost", cost, 0)
    given.settle()
    threshold = (p0 - (1 - d) * (1 + (1 - d) * c)) / d
    fights, threshold = np.broadcast_arrays(p1 < threshold, threshold)
    return ConflictNow(fights, threshold)
