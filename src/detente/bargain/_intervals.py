"""Intervals for odds behind a few cases."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.bargain._given import Given


def jeffreys_interval(count: Any, cases: Any, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    r"""Equal-tailed interval of the odds after k of n, prior Beta(1/2, 1/2).

    Ends are quantiles of $\mathrm{Beta}(k + 1/2,\ n - k + 1/2)$; the lower end is 0 for k = 0, the upper 1 for k = n.

    Parameters
    ----------
    count, cases
        k and n, whole numbers with 0 <= k <= n; arrays of one shape.
    level
        Coverage, between 0 and 1.

    Raises
    ------
    UserError
        If counts are no counts, or the level is out of bounds.

    References
    ----------
    Brown, Cai and DasGupta (2001), Statistical Science 16(2), 101-133.

    Examples
    --------
    >>> [round(end.item(), 4) for end in jeffreys_interval(0, 5)]
    [0.0, 0.3794]
    """
    from scipy.special import betaincinv

    k, n, tail = _counts(count, cases, level)
    low = np.where(k == 0, 0.0, betaincinv(k + 0.5, n - k + 0.5, tail))
    high = np.where(k == n, 1.0, betaincinv(k + 0.5, n - k + 0.5, 1 - tail))
    return low, high


def wilson_interval(count: Any, cases: Any, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    r"""Wilson's score interval: the odds p with $(\hat p - p)^2 \le z^2 p(1-p)/n$; 0 to 1 without cases.

    Parameters
    ----------
    count, cases, level
        As in `jeffreys_interval`.

    Raises
    ------
    UserError
        If counts are no counts, or the level is out of bounds.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> [round(end.item(), 4) for end in wilson_interval(0, 5)]
    [0.0, 0.4345]
    """
    from scipy.special import ndtri

    k, n, tail = _counts(count, cases, level)
    z2 = ndtri(tail) ** 2
    half = np.sqrt(z2 * (k * (n - k) / np.maximum(n, 1) + z2 / 4))
    return np.maximum(0.0, (k + z2 / 2 - half) / (n + z2)), np.minimum(1.0, (k + z2 / 2 + half) / (n + z2))


def _counts(count: Any, cases: Any, level: Any) -> tuple[np.ndarray, np.ndarray, float]:
    given = Given()
    k, n = given.number("count", count, 0), given.number("cases", cases, 0)
    wide = float(given.number("level", level, 0, 1, open_low=True, open_high=True))
    if not given.problems and ((k % 1 != 0).any() or (n % 1 != 0).any() or np.any(k > n)):
        given.problem("count", "is no count of the cases", "Give whole numbers, the count no more than the cases.")
    given.settle()
    return k, n, (1 - wide) / 2
