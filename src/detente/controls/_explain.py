"""Why an entity is covered: the fewest owners that suffice, the way back to a listed one, the margin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.controls._cascade import UNIT, Cascade
from detente.controls._ownership import Ownership
from detente.controls._rules import Rule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ROUNDS = 500
_CLOSE = 1e-12


class Explainer:
    """Explains some entities of one run; what it needs of the holdings is cut out once."""

    def __init__(self, graph: Ownership, cascade: Cascade, rule: Rule, places: list[int], look_through: bool) -> None:
        import numpy as np

        self.graph, self.cascade, self.rule = graph, cascade, rule
        counted = (graph.kind == 0) | ((graph.kind == 1) & rule.control) | ((graph.kind == 2) & rule.branches)
        self._counted = counted
        wanted = self._ancestors(places)
        rows = np.flatnonzero(wanted[graph.owned] & counted)
        order = rows[np.argsort(graph.owned[rows], kind="stable")]
        self._rows: dict[int, list[int]] = {}
        for row in order.tolist():
            self._rows.setdefault(int(graph.owned[row]), []).append(row)
        self.stakes = _stakes(graph, cascade) if look_through and places else None

    def _ancestors(self, places: list[int]) -> NDArray[np.bool_]:
        """The entities themselves and all covered ones above them."""
        import numpy as np

        wanted = np.zeros(len(self.graph.names), np.bool_)
        wanted[places] = True
        above = self._counted & (self.cascade.possible[self.graph.owner] > 0)
        owner, owned = self.graph.owner[above], self.graph.owned[above]
        while True:
            new = owner[wanted[owned] & ~wanted[owner]]
            if not len(new):
                return wanted
            wanted[new] = True

    def _earlier(self, place: int, high: bool) -> list[tuple[int, int]]:
        """(units, owner) of the owners that were covered before `place`, the largest first.

        Only they can be a reason for it: two firms that hold each other do not lift themselves.
        """
        rank = self.cascade.possible if high else self.cascade.certain
        ends = self.graph.high if high else self.graph.low
        mine = int(rank[place])
        sums: dict[int, int] = {}
        for row in self._rows.get(place, ()):
            owner = int(self.graph.owner[row])
            if rank[owner] >= 0 and (mine < 0 or rank[owner] < mine):
                sums[owner] = sums.get(owner, 0) + int(ends[row])
        return sorted(((units, owner) for owner, units in sums.items()), key=lambda x: (-x[0], x[1]))

    def one(self, place: int) -> dict[str, Any]:
        """The explanation of one entity."""
        names, need = self.graph.names, self.cascade.need
        certain = bool(self.cascade.certain[place] >= 0)
        held, held_high = int(self.cascade.held[place]), int(self.cascade.held_high[place])
        owners, total = [], 0
        for units, owner in self._earlier(place, high=not certain):
            if total >= need or not units:
                break
            owners.append((owner, units))
            total += units
        threshold = int(self.rule.threshold * UNIT)
        covered = certain or self.cascade.possible[place] >= 0
        out: dict[str, Any] = {
            "status": "certain" if certain else "resolve" if covered else "not covered",
            "held": held / UNIT,
            "held_high": held_high / UNIT,
            "owners": [names[i] for i, _ in owners],
            "shares": {names[i]: units / UNIT for i, units in owners},
            "path": self._path(place, certain),
            "margin": (held - threshold) / UNIT,
            "exactly_at_threshold": held == threshold,
        }
        if not certain and covered:
            out["sufficient"] = f"{'more than ' if self.rule.strict else ''}{threshold / UNIT:.0%} in covered hands"
        if self.stakes is not None:
            out["look_through"] = round(float(self.stakes[place]), 9)
        return out

    def _path(self, place: int, certain: bool) -> list[str]:
        """From a listed entity down, by the largest holding among the earlier covered owners."""
        rank = self.cascade.certain if certain else self.cascade.possible
        path = [place]
        if rank[place] < 0:
            first = self._earlier(place, high=False)
            return [self.graph.names[i] for i in ([first[0][1]] if first else []) + path] if first else []
        while rank[path[-1]] > 0:
            owners = self._earlier(path[-1], high=not certain)
            if not owners:
                break
            path.append(owners[0][1])
        return [self.graph.names[i] for i in reversed(path)]


def _stakes(graph: Ownership, cascade: Cascade) -> NDArray[np.float64]:
    r"""Look-through stake of all listed entities in everyone, by the low ends of shares.

    The solution v of :math:`v_j = \sum_i s_{ij} (1_{i \in L} + 1_{i \notin L} v_i)`, that is a row of
    :math:`S (I - S)^{-1}` with the listed held fixed; by rounds until nothing moves. It answers whose money it is, not
    whom the rule covers, and decides nothing.
    """
    import numpy as np

    rows = np.flatnonzero((graph.kind == 0) & (graph.low > 0))
    owner, owned, share = graph.owner[rows], graph.owned[rows], graph.low[rows] / UNIT
    listed = cascade.certain == 0
    size = len(graph.names)
    stake = np.zeros(size)
    base = np.bincount(owned, weights=share * listed[owner], minlength=size)
    through = ~listed[owner]
    owner, owned, share = owner[through], owned[through], share[through]
    for _ in range(_ROUNDS):
        passed_on = np.bincount(owned, weights=share * stake[owner], minlength=size)
        now: NDArray[np.float64] = np.minimum(base + passed_on, 1.0)
        if np.abs(now - stake).max(initial=0.0) < _CLOSE:
            return now
        stake = now
    return stake
