"""When a deal is worth waiting for: bargaining over a pie that moves by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._given import Given

_TIE = 1e-12
"""Advantage of waiting, over the size of the pie, below which the sides agree."""


@dataclass(frozen=True, eq=False)
class Stopping:
    """Values and delay by state; leading dimensions are those of what was handed in.

    Attributes
    ----------
    value
        (..., state): what the two together can expect, in the unit of the pie.
    agree
        (..., state): True where they sign at once.
    expected_delay
        (..., state): periods until the deal; infinity where it may never come.
    transition
        (..., state, state): probability of moving from a state (row) to the next (column).
    """

    value: np.ndarray
    agree: np.ndarray
    expected_delay: np.ndarray
    transition: np.ndarray

    def agreed_by(self, period: int) -> np.ndarray:
        """Probability, from each state, that the deal is signed in that period or before; now is period 0.

        Raises
        ------
        UserError
            If the period is no whole number from 0 up.
        """
        if not isinstance(period, int) or isinstance(period, bool) or period < 0:
            given = Given()
            given.problem("period", f"{period!r} is no number of periods", "Give a whole number, 0 or more.")
            given.settle()
        signed = self.agree.astype(float)
        for _ in range(period):
            signed = np.where(self.agree, 1.0, np.squeeze(self.transition @ signed[..., None], -1))
        return signed

    def __repr__(self) -> str:
        if self.value.ndim > 1:
            return f"<Stopping: {self.value.shape[-1]} states, {self.value[..., 0].size} cases>"
        parts = ", ".join(f"{v:.5g} {'sign' if a else 'wait'}" for v, a in zip(self.value, self.agree, strict=True))
        return f"<Stopping: {parts}>"


def stopping(pie: Any, transition: Any, patience: Any) -> Stopping:
    r"""Sign now or wait, when what there is to share follows a Markov chain.

    $$V_s = \max\Big(c_s,\ \delta \sum_{s'} P_{ss'} V_{s'}\Big)$$

    With money to pass between them and one discount factor, two sides (or more) whose offers all must accept sign
    exactly when waiting is worth less than the pie on the table: delay is then efficient, and nobody's fault. A
    state worth less than nothing is never signed.

    Parameters
    ----------
    pie
        (..., state): joint gain from signing in each state, any unit.
    transition
        (..., state, state): rows sum to 1.
    patience
        Discount factor of a period, 0 <= delta < 1; a number or an array of the leading dimensions.

    Returns
    -------
    Stopping

    Raises
    ------
    UserError
        If rows do not sum to 1, shapes do not fit or a number is out of bounds; all problems at once.

    Notes
    -----
    Solved by policy improvement, exactly but for rounding; where signing and waiting are worth the same, they sign.

    References
    ----------
    Merlo and Wilson (1995), Econometrica 63(2), 371-399; (1998), Economic Theory 11, 39-55 (efficient delay).

    Examples
    --------
    A pie of 1 that turns into 2 for good with even odds: worth waiting for at a discount factor of 0.9.

    >>> stopping([1.0, 2.0], [[0.5, 0.5], [0.0, 1.0]], 0.9)
    <Stopping: 1.6364 wait, 2 sign>
    """
    c, p, d = _read(pie, transition, patience)
    n = c.shape[-1]
    lead = np.broadcast_shapes(c.shape[:-1], p.shape[:-2], d.shape)
    c, p = np.broadcast_to(c, (*lead, n)), np.broadcast_to(p, (*lead, n, n))
    d = np.broadcast_to(d, lead)[..., None]
    sign = c >= 0
    value = _worth(c, p, d, sign)
    tie = _TIE * np.abs(c).max(axis=-1, keepdims=True)
    for _ in range(n + 1):  # the states signed only become fewer: at most n rounds
        gain = np.squeeze(p @ value[..., None], -1) * d - c
        better = sign & (gain <= tie)
        if (better == sign).all():
            break
        sign = better
        value = _worth(c, p, d, sign)
    return Stopping(value, sign, _delay(p, sign), p)


def _worth(c: np.ndarray, p: np.ndarray, d: np.ndarray, sign: np.ndarray) -> np.ndarray:
    """Value of signing in the states marked and waiting in the others: one linear system."""
    matrix = np.eye(c.shape[-1]) - np.where(sign[..., None], 0.0, d[..., None] * p)
    return np.asarray(np.linalg.solve(matrix, np.where(sign, c, 0.0)[..., None])[..., 0])


def _delay(p: np.ndarray, sign: np.ndarray) -> np.ndarray:
    """Expected periods until a state that is signed, infinite where one may be missed for ever."""
    n = p.shape[-1]
    reach = sign.astype(float)
    for _ in range(n):
        reach = np.where(sign, 1.0, (np.squeeze(p @ reach[..., None], -1) > 0).astype(float))
    lost = reach == 0  # never arrives
    for _ in range(n):
        lost = ~sign & (lost | (np.squeeze(p @ lost[..., None].astype(float), -1) > 0))
    inner = ~(sign | lost)
    matrix = np.eye(n) - np.where(inner[..., :, None] & inner[..., None, :], p, 0.0)
    steps = np.linalg.solve(matrix, inner[..., None].astype(float))[..., 0]
    return np.asarray(np.where(lost, np.inf, steps))


def _read(pie: Any, transition: Any, patience: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    given = Given()
    c = given.number("pie", pie)
    p = given.number("transition", transition, 0, 1)
    d = given.number("patience", patience, 0, 1, open_high=True)
    given.shapes.clear()
    if c.ndim < 1:
        given.problem("pie", "has no states", "Give one number for each state, as a list.")
    elif p.ndim < 2 or p.shape[-2:] != (c.shape[-1],) * 2:
        given.problem("transition", f"has shape {p.shape}", f"It needs (..., {c.shape[-1]}, {c.shape[-1]}).")
    elif np.abs(p.sum(axis=-1) - 1).max() > 1e-9:
        given.problem("transition", "has rows that do not sum to 1", "Each row holds the odds of the next state.")
    else:
        given.shapes |= {"pie": c.shape[:-1], "transition": p.shape[:-2], "patience": d.shape}
    given.settle()
    return c, p, d
