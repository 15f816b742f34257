"""Scores of odds over several outcomes, each an interval: Brier and log, from best to worst."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

_EXACT = 1e-12
Box = Sequence[tuple[float, float]]


def feasible(box: Box) -> bool:
    """Whether some probabilities within the intervals add to one.

    >>> feasible([(0.2, 0.4), (0.5, 0.7)]), feasible([(0.6, 0.7), (0.5, 0.7)])
    (True, False)
    """
    return sum(low for low, _ in box) <= 1 + 1e-9 and sum(high for _, high in box) >= 1 - 1e-9


def brier_range(box: Box, came: int) -> tuple[float, float]:
    r"""Least and largest $\sum_k (p_k - o_k)^2$ over probabilities within the intervals that add to one.

    The score is convex in p: its least value is the distance to the outcome from the nearest point of the polytope,
    its largest stands at a corner. With points for intervals both are Brier's (1950) score over categories.

    References
    ----------
    G. W. Brier (1950), Verification of forecasts expressed in terms of probability, Monthly Weather Review 78(1).

    Examples
    --------
    >>> [round(x, 10) for x in brier_range([(0.5, 0.5), (0.3, 0.3), (0.2, 0.2)], 0)]
    [0.38, 0.38]
    """
    goal = [1.0 if k == came else 0.0 for k in range(len(box))]
    worst = max(_distance(p, goal) for p in _corners(box))
    return _distance(_nearest(box, goal), goal), worst


def log_range(box: Box, came: int) -> tuple[float, float]:
    """Least and largest `-ln p` of what came, over probabilities within the intervals that add to one.

    >>> log_range([(0.5, 0.5), (0.5, 0.5)], 0) == (math.log(2), math.log(2))
    True
    """
    others = [x for k, x in enumerate(box) if k != came]
    high = min(box[came][1], 1.0 - sum(low for low, _ in others))
    low = max(box[came][0], 1.0 - sum(high_ for _, high_ in others))
    return _log(high), _log(low)


def _log(p: float) -> float:
    return math.inf if p <= _EXACT else max(0.0, -math.log(min(p, 1.0)))


def _distance(p: Sequence[float], goal: Sequence[float]) -> float:
    return sum((a - b) ** 2 for a, b in zip(p, goal, strict=True))


def _nearest(box: Box, goal: Sequence[float]) -> list[float]:
    """The point within the box with sum one that is nearest to `goal`: clip(goal - t) with t by bisection."""

    def at(t: float) -> list[float]:
        return [min(max(g - t, low), high) for g, (low, high) in zip(goal, box, strict=True)]

    left, right = -2.0, 2.0
    for _ in range(200):
        middle = (left + right) / 2
        if sum(at(middle)) > 1:
            left = middle
        else:
            right = middle
    return at((left + right) / 2)


def _corners(box: Box) -> Iterator[list[float]]:
    """Corners of the box cut by sum one: all coordinates at an end but one, which takes what is left."""
    for free in range(len(box)):
        rest = [x for k, x in enumerate(box) if k != free]
        for ends in itertools.product(*rest):
            left = 1.0 - sum(ends)
            low, high = box[free]
            if low - 1e-9 <= left <= high + 1e-9:
                yield [*ends[:free], left, *ends[free:]]
