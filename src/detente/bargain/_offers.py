"""Alternating offers: what patience and outside options are worth at the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._given import Given


@dataclass(frozen=True, eq=False)
class Offers:
    """Shares of the pie under alternating offers; arrays when arrays were handed in.

    Attributes
    ----------
    share1, share2
        What each gets when side 1 offers first; NaN where there is no deal.
    share1_second
        What side 1 gets when side 2 offers first.
    binds1, binds2
        Whether the side's outside option, not its patience, sets what it must be offered.
    deal
        False where the outside options together are worth more than the pie.
    """

    share1: np.ndarray
    share2: np.ndarray
    share1_second: np.ndarray
    binds1: np.ndarray
    binds2: np.ndarray
    deal: np.ndarray

    def __repr__(self) -> str:
        if self.share1.size > 1:
            return f"<Offers: {self.share1.size} cases, {int(self.deal.sum())} with a deal>"
        if not self.deal.all():
            return "<Offers: no deal, the outside options are worth more than the pie>"
        return f"<Offers: {float(self.share1):.6f} and {float(self.share2):.6f}>"


def alternating_offers(patience1: Any, patience2: Any, outside1: Any = 0.0, outside2: Any = 0.0) -> Offers:
    r"""Shares of a pie of 1 when two sides make offers in turn without end, side 1 first.

    $$x = 1 - \max(\delta_2 y,\ b_2), \qquad y = 1 - \max(\delta_1 x,\ b_1)$$

    x is what side 1 asks, y what side 2 asks in its turn. Without outside options
    $x = (1-\delta_2)/(1-\delta_1\delta_2)$. A side may leave for its outside option b instead of answering with an
    offer; the threat counts only where b is above what waiting brings (the outside option principle): below that,
    b changes nothing.

    Parameters
    ----------
    patience1, patience2
        Discount factor from one offer to the next, 0 <= delta < 1, unitless; numbers or arrays of one shape.
    outside1, outside2
        Outside options as shares of the pie, 0 to 1.

    Returns
    -------
    Offers

    Raises
    ------
    UserError
        If a number lies outside its bounds or shapes do not fit, all problems at once.

    References
    ----------
    Rubinstein (1982), Econometrica 50(1), 97-109. Outside options: Binmore, Shaked and Sutton (1989), Quarterly
    Journal of Economics 104(4), 753-770.

    Examples
    --------
    >>> alternating_offers(0.9, 0.9)
    <Offers: 0.526316 and 0.473684>
    >>> alternating_offers(0.9, 0.9, outside2=0.47).share1.item() == alternating_offers(0.9, 0.9).share1.item()
    True
    >>> round(alternating_offers(0.9, 0.9, outside2=0.6).share1.item(), 6)
    0.4
    """
    given = Given()
    d1, d2 = (
        given.number(f"patience{k}", d, 0, 1, open_high=True, remedy="A discount factor of an offer's length.")
        for k, d in ((1, patience1), (2, patience2))
    )
    b1, b2 = (given.number(f"outside{k}", b, 0, 1) for k, b in ((1, outside1), (2, outside2)))
    given.settle()
    d1, d2, b1, b2 = np.broadcast_arrays(d1, d2, b1, b2)
    x = _first_ask(d1, d2, b1, b2)
    y = _first_ask(d2, d1, b2, b1)
    deal = b1 + b2 <= 1
    share1, second = np.where(deal, x, np.nan), np.where(deal, 1 - y, np.nan)
    return Offers(share1, 1 - share1, second, deal & (b1 > d1 * x), deal & (b2 > d2 * y), deal)


def _first_ask(d1: np.ndarray, d2: np.ndarray, b1: np.ndarray, b2: np.ndarray) -> np.ndarray:
    """The one solution x of the two equations, found among their four linear pieces."""
    free = (1 - d2) / (1 - d1 * d2)
    pieces = [(free, 1 - d1 * free), (1 - d2 * (1 - b1), 1 - b1), (1 - b2, 1 - d1 * (1 - b2)), (1 - b2, 1 - b1)]
    gaps = [np.abs(x - 1 + np.maximum(d2 * y, b2)) + np.abs(y - 1 + np.maximum(d1 * x, b1)) for x, y in pieces]
    chosen = np.argmin(np.stack(gaps), axis=0)
    return np.asarray(np.take_along_axis(np.stack([x for x, _ in pieces]), chosen[None], axis=0)[0])


def finite_offers(patience1: Any, patience2: Any, rounds: int) -> np.ndarray:
    r"""Share of side 1 when only so many offers can be made, side 1 first; after the last refusal both get 0.

    Backward induction: whoever makes the last offer takes all; one offer earlier the answerer must be left what it
    would take next, discounted: $s_n = 1 - \delta\, s_{n+1}$ for the proposer, delta the answerer's. It comes
    nearer to `alternating_offers` by the factor $\delta_1\delta_2$ every two rounds.

    Parameters
    ----------
    patience1, patience2
        Discount factors, 0 to 1 (with an end to the rounds even 1 is allowed).
    rounds
        Number of offers, at least 1.

    Raises
    ------
    UserError
        If a discount factor or the number of rounds is out of bounds.

    References
    ----------
    Stahl (1972), Bargaining Theory, Stockholm School of Economics.

    Examples
    --------
    An ultimatum, and one answer to it:

    >>> finite_offers(0.9, 0.8, 1).item(), round(finite_offers(0.9, 0.8, 2).item(), 6)
    (1.0, 0.2)
    """
    given = Given()
    d = [given.number(f"patience{k}", value, 0, 1) for k, value in ((1, patience1), (2, patience2))]
    if not isinstance(rounds, int) or isinstance(rounds, bool) or rounds < 1:
        given.problem("rounds", f"{rounds!r} is no number of offers", "Give a whole number, 1 or more.")
    given.settle()
    d1, d2 = np.broadcast_arrays(*d)
    ask = np.ones(d1.shape)  # of whoever makes the last offer
    for number in range(rounds - 1, 0, -1):
        ask = 1 - (d2 if number % 2 else d1) * ask
    return ask


def short_wait_shares(rate1: Any, rate2: Any) -> tuple[np.ndarray, np.ndarray]:
    r"""Shares when an answer takes next to no time: $x_1 = r_2/(r_1+r_2)$, whoever begins.

    The limit of `alternating_offers` with $\delta_i = e^{-r_i \Delta}$ as the time between offers goes to 0.

    Parameters
    ----------
    rate1, rate2
        Discount rates above 0, in one unit of time.

    Raises
    ------
    UserError
        If a rate is not above 0.

    References
    ----------
    Binmore, Rubinstein and Wolinsky (1986), RAND Journal of Economics 17(2), 176-188.

    Examples
    --------
    Twice as impatient, half the other's share:

    >>> [round(s.item(), 6) for s in short_wait_shares(0.1, 0.05)]
    [0.333333, 0.666667]
    """
    given = Given()
    r1, r2 = (given.number(f"rate{k}", r, 0, open_low=True) for k, r in ((1, rate1), (2, rate2)))
    given.settle()
    share = np.asarray(r2 / (r1 + r2))
    return share, 1 - share
