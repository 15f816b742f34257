"""Shapley value: each player's average contribution over all orders in which a coalition can form.

Coalitions are bit masks: entry `k` of the values belongs to the players whose bits are set in `k`, bit `i` being
player `i`. So entry 0 is nobody, 1 the first player alone, 3 the first two, and the last entry everybody.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from detente.errors import Problem, UserError

MOST = 22
"""Players beyond which 2^n payoffs are refused: four million coalitions, 32 MB for each payoff asked about."""


def shapley(values: Any, axis: int = -1) -> np.ndarray:
    r"""Shapley value of each player, from the payoff of every coalition.

    $\phi_i = \sum_{S \not\ni i} \frac{|S|!\,(n-|S|-1)!}{n!}\,[v(S \cup i) - v(S)]$

    The values add up to $v(N) - v(\varnothing)$; what nobody has to do for, $v(\varnothing)$, belongs to no player.

    Parameters
    ----------
    values
        Payoffs, 2^n along `axis` in the order of bit masks; any other axes (payoffs of several economies, draws)
        are carried along. In the units wanted. A payoff that is NaN makes every player's value NaN: none can be
        left out.
    axis
        The axis of coalitions.

    Returns
    -------
    The same array with `axis` of length n: player `i` is bit `i`.

    Raises
    ------
    UserError
        If the number of payoffs is no power of two of at least 2, or above 2^22.

    Notes
    -----
    Shapley (1953), "A Value for n-Person Games", in Kuhn and Tucker, Contributions to the Theory of Games II.

    Examples
    --------
    One left glove and two right ones; only a pair is worth 1:

    >>> shapley([0, 0, 0, 1, 0, 1, 0, 1]).round(6).tolist()
    [0.666667, 0.166667, 0.166667]
    """
    v = np.asarray(values, dtype=float)
    n = _players(v, axis)
    v = np.moveaxis(v, axis, -1)
    masks = np.arange(2 ** (n - 1))
    others = np.zeros(masks.size, dtype=int)
    for bit in range(n - 1):
        others += (masks >> bit) & 1
    chance = np.array([1.0 / (n * math.comb(n - 1, k)) for k in range(n)])[others]
    out = np.empty((*v.shape[:-1], n))
    for player in range(n):
        pair = v.reshape(*v.shape[:-1], 2 ** (n - 1 - player), 2, 2**player)
        gains = pair[..., 1, :] - pair[..., 0, :]
        out[..., player] = gains.reshape(*v.shape[:-1], masks.size) @ chance
    return np.moveaxis(out, -1, axis)


def coalitions(players: int) -> list[tuple[int, ...]]:
    """The members of every coalition, in the order of bit masks.

    >>> coalitions(2)
    [(), (0,), (1,), (0, 1)]
    """
    return [tuple(i for i in range(players) if mask >> i & 1) for mask in range(2**players)]


def _players(values: np.ndarray, axis: int) -> int:
    """How many players an array of payoffs is for."""
    if values.ndim == 0 or not -values.ndim <= axis < values.ndim:
        what = f"an array of {values.ndim} dimensions has no axis {axis}"
        raise UserError([Problem("values", what, "Give one payoff for each of the 2^n coalitions.")])
    count = int(values.shape[axis])
    n = count.bit_length() - 1
    if count < 2 or count != 2**n or n > MOST:
        remedy = f"Give 2^n, from 2 to 2^{MOST}, in the order of bit masks, the coalition of nobody first."
        raise UserError([Problem("values", f"{count} payoffs are not one for each coalition of some players", remedy)])
    return n
