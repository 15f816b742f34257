r"""Look-through stakes: whose money an entity is, up any chain of holdings, in about the time of reading them once.

With s the shares and L the listed, the least v with

    v_j = min(1, sum_{i in L} s_ij + sum_{i not in L} s_ij v_i),

a row of :math:`S (I - S)^{-1}` with the listed held fixed; the 1 only matters where an entity is held to more than
100 % in sum. Entities that own each other in a ring are solved together, everything else in the order of ownership,
so that a chain of a million firms costs its length and not its square.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.controls._cascade import Holdings, spans, spread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int32]

_SCALAR_BELOW = 48
_ROUNDS = 200
_CLOSE = 1e-13
_DENSE = 400
_TURNS = 100


def stakes(holdings: Holdings, listed: Bools, unit: int) -> Floats:
    """Look-through stake of all the listed in everyone.

    Parameters
    ----------
    holdings
        Who holds what; the low ends of shares are taken.
    listed
        Shape (entity,): whether it is listed.
    unit
        Units in a whole.

    Returns
    -------
    Shape (entity,), fractions from 0 to 1.

    Examples
    --------
    X holds half of A, A half of B: a quarter of B is X's money.

    >>> import numpy as np
    >>> i = lambda *x: np.array(x, dtype=np.int32)
    >>> h = Holdings.of(3, i(0, 1), i(1, 2), i(2, 2))
    >>> stakes(h, np.array([True, False, False]), 4).tolist()
    [0.0, 0.5, 0.25]
    """
    import numpy as np

    owner, owned, share = _above_zero(holdings, unit)
    base = np.asarray(np.bincount(owned, weights=share * listed[owner], minlength=holdings.size), np.float64)
    direct = np.flatnonzero(base > 0).astype(np.int32)
    reached = spread(holdings, direct[~listed[direct]], ~listed)
    # the listed hold as themselves: what is held in them is told, and not handed on
    reached[owned[~listed[owner] & reached[owner]]] = True
    reached[direct] = True
    keep = ~listed[owner] & reached[owner]
    return _Solver(holdings.size, owner[keep], owned[keep], share[keep], base, reached).run()


def _above_zero(holdings: Holdings, unit: int) -> tuple[Ints, Ints, Floats]:
    """(owner, owned, share) of the holdings whose low end is above zero."""
    import numpy as np

    owner = np.repeat(np.arange(holdings.size, dtype=np.int32), np.diff(holdings.start))
    keep = holdings.low > 0
    return owner[keep], holdings.owned[keep], holdings.low[keep] / unit


class _Solver:
    """Stakes over the holdings among the entities that money of the listed reaches."""

    def __init__(self, size: int, owner: Ints, owned: Ints, share: Floats, base: Floats, reached: Bools) -> None:
        import numpy as np
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import connected_components

        # connected_components walks rows; owners stand in order already
        places = np.flatnonzero(reached)
        here = np.zeros(size, np.int32)
        here[places] = np.arange(len(places), dtype=np.int32)
        self.places, self.size = places, size
        self.owner, self.owned, self.share = here[owner], here[owned], share
        count = len(places)
        self.start = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(self.owner, minlength=count))])
        self.value = base[places]
        graph = csr_matrix((np.ones(len(self.owned), np.int8), self.owned, self.start), shape=(count, count))
        rings, self.ring = connected_components(graph, directed=True, connection="strong")
        del graph
        self.count = np.bincount(self.ring, minlength=rings)
        self.members, self.first = _grouped(self.ring, self.count)
        self.within = self.ring[self.owner] == self.ring[self.owned]
        self.waiting = np.bincount(self.ring[self.owned[~self.within]], minlength=rings)

    def run(self) -> Floats:
        """Entities and rings whose owners are all settled, turn by turn."""
        import numpy as np

        frontier = np.flatnonzero(self.waiting == 0)
        while len(frontier):
            single = self.count[frontier] == 1
            for ring in frontier[~single].tolist():
                self._settle_ring(ring)
            done = self.members[spans(self.first[frontier], self.count[frontier])]
            self.value[done] = np.minimum(self.value[done], 1.0)
            frontier = self._pass_on(done)
        out = np.zeros(self.size)
        out[self.places] = self.value
        return out

    def _pass_on(self, done: NDArray[np.int64]) -> NDArray[np.int64]:
        """Hand the settled entities' stakes down; the rings whose last owner that was."""
        import numpy as np

        if len(done) < _SCALAR_BELOW:
            return np.array(self._one_by_one(done.tolist()), np.int64)
        first = self.start[done]
        length = self.start[done + 1] - first
        places = spans(first, length)
        places, source = places[~self.within[places]], np.repeat(done, length)[~self.within[places]]
        targets = self.owned[places]
        touched, inverse = np.unique(targets, return_inverse=True)
        self.value[touched] += np.bincount(inverse, weights=self.share[places] * self.value[source])
        rings, counts = np.unique(self.ring[targets], return_counts=True)
        self.waiting[rings] -= counts
        ready: NDArray[np.int64] = rings[self.waiting[rings] == 0]
        return ready

    def _one_by_one(self, done: list[int]) -> list[int]:
        """The same for few entities, and for the single ones behind them, without the cost of a call per array."""
        names = ("start", "owned", "share", "value", "ring", "waiting", "count", "within")
        arrays: list[Any] = [memoryview(getattr(self, name)) for name in names]
        start, owned, share, value, ring, waiting, count, within = arrays
        ready: list[int] = []
        while done and len(done) < _SCALAR_BELOW:
            following: list[int] = []
            for entity in done:
                mine = value[entity]
                for place in range(start[entity], start[entity + 1]):
                    if within[place]:
                        continue
                    target = owned[place]
                    value[target] += share[place] * mine
                    waiting[ring[target]] -= 1
                    if waiting[ring[target]]:
                        continue
                    if count[ring[target]] == 1:
                        value[target] = min(1.0, value[target])
                        following.append(target)
                    else:
                        ready.append(ring[target])
            done = following
        return ready + [ring[entity] for entity in done]

    def _settle_ring(self, number: int) -> None:
        """Stakes of entities that own each other, given what comes from outside: one linear system.

        Where shares sum to more than the whole the stake stops at 1. Starting from 1 for all such entities, those whose
        equation asks for less are freed, in turns; the values only ever fall, to the one fixed point there is.
        """
        import numpy as np

        mine = self.members[self.first[number] : self.first[number] + self.count[number]]
        matrix, base = self._matrix(mine), self.value[mine]
        free = np.asarray(matrix.sum(axis=1)).ravel() + base <= 1.0 + _CLOSE
        value = np.ones(len(mine))
        for _ in range(_TURNS):
            value[free] = _solved(matrix, base, value, free)
            more = ~free & (matrix @ value + base < 1.0 - _CLOSE)
            if not more.any():
                break
            free |= more
        self.value[mine] = value

    def _matrix(self, mine: NDArray[np.int64]) -> Any:
        """Shares within a ring: entry (j, i) is what i holds in j."""
        import numpy as np
        from scipy.sparse import csr_matrix

        first = self.start[mine]
        length = self.start[mine + 1] - first
        places = spans(first, length)
        source = np.repeat(np.arange(len(mine)), length)
        inside = self.within[places]
        target = np.searchsorted(mine, self.owned[places[inside]])
        return csr_matrix((self.share[places[inside]], (target, source[inside])), shape=(len(mine), len(mine)))


def _grouped(ring: Ints, count: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Members in order of their ring, ascending within it; and where each ring begins."""
    import numpy as np

    members = np.argsort(ring, kind="stable")
    return members, np.concatenate([np.zeros(1, np.int64), np.cumsum(count)[:-1]])


def _solved(matrix: Any, base: Floats, value: Floats, free: Bools) -> Floats:
    """The free entities' stakes, the others' held at what they are."""
    import numpy as np

    if not free.any():
        return value[free]
    chosen = np.flatnonzero(free)
    inner = matrix[chosen][:, chosen]
    known = base[chosen] + matrix[chosen] @ np.where(free, 0.0, value)
    if len(chosen) <= _DENSE:
        out = np.linalg.solve(np.eye(len(chosen)) - inner.toarray(), known)
    else:
        out = _large(inner, known)
    clipped: Floats = np.clip(out, 0.0, 1.0)
    return clipped


def _large(inner: Any, known: Floats) -> Floats:
    """Rounds, which settle fast where much is held by others; else by factors, which long sparse rings allow."""
    import numpy as np
    from scipy.sparse import identity
    from scipy.sparse.linalg import bicgstab, splu

    value = known
    for _ in range(_ROUNDS):
        now: Floats = known + inner @ value
        if np.abs(now - value).max() < _CLOSE:
            return now
        value = now
    system = (identity(len(known)) - inner).tocsc()
    found, failed = bicgstab(system, known, value, rtol=_CLOSE, maxiter=_ROUNDS)
    out: Floats = splu(system).solve(known) if failed else found
    return out
