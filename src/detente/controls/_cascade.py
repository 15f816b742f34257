"""The cascade of the 50 % rule: the least fixed point, exact to nine decimals, on millions of holdings.

Listed entities are covered. An entity joins when the shares that covered entities hold in it, all together, reach the
threshold. Nothing is multiplied down a chain: once covered, an owner counts with its whole holding.

Shares are whole numbers of 1e-9, so that 0.1 + 0.4 is exactly 0.5 and a tie is a tie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int32]
    Longs = NDArray[np.int64]

UNIT = 1_000_000_000
"""Units in a whole."""

_SCALAR_BELOW = 48
_DENSE_FROM = 8


@dataclass(frozen=True, eq=False)
class Holdings:
    """Holdings in order of their owners: those of owner i stand at `start[i]:start[i + 1]`."""

    size: int
    start: Longs
    owned: Ints
    low: Ints
    high: Ints

    @classmethod
    def of(cls, size: int, owner: Ints, owned: Ints, low: Ints, high: Ints | None = None) -> Holdings:
        """Sort holdings by owner.

        Parameters
        ----------
        size
            Number of entities.
        owner, owned
            Who holds, and whom; shape (holding,), numbers from 0 to size - 1.
        low, high
            Ends of the share, in units of 1e-9.
        """
        import numpy as np

        # sorting whole numbers that carry their place is several times faster than an argsort, and stable
        keys = (owner.astype(np.int64) << 32) | np.arange(len(owner))
        keys.sort()
        order = keys & 0xFFFFFFFF
        counts = np.bincount(owner, minlength=size)
        start = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        lows = low[order]
        return cls(size, start, owned[order], lows, lows if high is None else high[order])


def least_fixed_point(holdings: Holdings, seeds: Ints, need: int, *, high: bool = False) -> tuple[Ints, Longs]:
    """Who is covered, and what covered entities hold in everyone.

    Parameters
    ----------
    holdings
        Who holds what.
    seeds
        Listed entities.
    need
        Units that suffice: half is 500 000 000; more than half is one more.
    high
        Whether to take the high ends of the shares.

    Returns
    -------
    rank
        Shape (entity,): 0 for the listed, k for those that joined in round k, -1 for the others.
    held
        Shape (entity,): units held in it by covered entities.

    Notes
    -----
    Rounds visit every holding of a covered entity once: O(reached holdings), whatever the depth. A round with few
    entities is done one by one, so that a chain of a million firms costs no more than its length.

    Examples
    --------
    X holds half of A, A half of B: B is covered though a quarter is all that X has in it.

    >>> import numpy as np
    >>> i = lambda *x: np.array(x, dtype=np.int32)
    >>> h = Holdings.of(3, i(0, 1), i(1, 2), i(UNIT // 2, UNIT // 2))
    >>> least_fixed_point(h, i(0), UNIT // 2)[0].tolist()
    [0, 1, 2]
    """
    import numpy as np

    share = holdings.high if high else holdings.low
    rank = np.full(holdings.size, -1, np.int32)
    held = np.zeros(holdings.size, np.int64)
    frontier = np.unique(seeds)
    rank[frontier] = 0
    turn = 0
    while len(frontier):
        turn += 1
        if len(frontier) < _SCALAR_BELOW:
            joined, turn = _one_by_one(holdings, share, rank, held, frontier.tolist(), need, turn)
            frontier = np.array(joined, np.int32)
            continue
        first, last = holdings.start[frontier], holdings.start[frontier + 1]
        places = spans(first, last - first)
        targets = holdings.owned[places]
        weights = share[places]
        # sums below 2**53: exact in floating point
        if len(places) * _DENSE_FROM > holdings.size:
            held += np.bincount(targets, weights=weights, minlength=holdings.size).astype(np.int64)
            frontier = np.flatnonzero((rank < 0) & (held >= need)).astype(np.int32)
        else:
            touched, inverse = np.unique(targets, return_inverse=True)
            held[touched] += np.bincount(inverse, weights=weights, minlength=len(touched)).astype(np.int64)
            frontier = touched[(rank[touched] < 0) & (held[touched] >= need)]
        rank[frontier] = turn
    return rank, held


def spans(first: Longs, length: Longs) -> Longs:
    """All places of the spans, one after the other.

    >>> import numpy as np
    >>> spans(np.array([5, 0]), np.array([2, 1])).tolist()
    [5, 6, 0]
    """
    import numpy as np

    total = int(length.sum())
    ends = np.cumsum(length)
    return np.arange(total) + np.repeat(first - ends + length, length)


def _scalars(array: Any) -> memoryview[int]:
    """The array as whole numbers of Python: reading one is several times faster than from the array."""
    return memoryview(array)


def _one_by_one(
    holdings: Holdings, share: Ints, rank: Ints, held: Longs, frontier: list[int], need: int, turn: int
) -> tuple[list[int], int]:
    """Rounds of few entities without the cost of a call per array; stops when a round grows."""
    start, owned, shares, ranks, sums = (_scalars(x) for x in (holdings.start, holdings.owned, share, rank, held))
    while frontier and len(frontier) < _SCALAR_BELOW:
        joined: list[int] = []
        for entity in frontier:
            for place in range(start[entity], start[entity + 1]):
                target = owned[place]
                sums[target] += shares[place]
                if ranks[target] < 0 and sums[target] >= need:
                    ranks[target] = turn
                    joined.append(target)
        frontier = joined
        if frontier and len(frontier) < _SCALAR_BELOW:
            turn += 1
    return frontier, turn


@dataclass(frozen=True, eq=False)
class Cascade:
    """Both ends: `certain` by the low ends of all shares, `possible` by the high ones."""

    certain: Ints
    """Rank by the low ends."""
    possible: Ints
    """Rank by the high ends."""
    held: Longs
    """Low ends held by those certainly covered."""
    held_high: Longs
    """High ends held by those possibly covered."""
    need: int

    @classmethod
    def run(cls, holdings: Holdings, seeds: Ints, need: int) -> Cascade:
        """Run it with the low ends and, where they differ, with the high ends."""
        certain, held = least_fixed_point(holdings, seeds, need)
        if holdings.high is holdings.low:
            return cls(certain, certain, held, held, need)
        possible, held_high = least_fixed_point(holdings, seeds, need, high=True)
        return cls(certain, possible, held, held_high, need)


def spread(holdings: Holdings, seeds: Ints, within: NDArray[np.bool_], *, high: bool = False) -> NDArray[np.bool_]:
    """Everyone reached from `seeds` over holdings above zero, passing only through `within`; the seeds, too."""
    import numpy as np

    share = holdings.high if high else holdings.low
    reached = np.zeros(holdings.size, np.bool_)
    reached[seeds] = True
    frontier = np.unique(seeds)
    while len(frontier):
        if len(frontier) < _SCALAR_BELOW:
            frontier = np.array(_spread_one_by_one(holdings, share, within, reached, frontier.tolist()), np.int32)
            continue
        first, last = holdings.start[frontier], holdings.start[frontier + 1]
        places = spans(first, last - first)
        targets = holdings.owned[places][share[places] > 0]
        targets = targets[within[targets] & ~reached[targets]]
        if len(targets) * _DENSE_FROM > holdings.size:
            marks = np.zeros(holdings.size, np.bool_)
            marks[targets] = True
            frontier = np.flatnonzero(marks).astype(np.int32)
        else:
            frontier = np.unique(targets)
        reached[frontier] = True
    return reached


def _spread_one_by_one(
    holdings: Holdings, share: Ints, within: NDArray[np.bool_], reached: NDArray[np.bool_], frontier: list[int]
) -> list[int]:
    """Rounds of few entities; stops when a round grows."""
    arrays = (holdings.start, holdings.owned, share, within, reached)
    start, owned, shares, allowed, marks = (_scalars(x) for x in arrays)
    while frontier and len(frontier) < _SCALAR_BELOW:
        following: list[int] = []
        for entity in frontier:
            for place in range(start[entity], start[entity + 1]):
                target = owned[place]
                if shares[place] > 0 and allowed[target] and not marks[target]:
                    marks[target] = True
                    following.append(target)
        frontier = following
    return frontier
