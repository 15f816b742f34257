"""Why an entity is covered: the fewest owners that suffice, the way back to a listed one, the margin."""

from __future__ import annotations

from typing import Any, NamedTuple

from detente.controls._cascade import UNIT, Cascade, Holdings
from detente.controls._lookthrough import stakes
from detente.controls._ownership import Ownership
from detente.controls._rules import Rule

SHOWN = 20
"""Entities of a path that are shown; of a longer one the two ends."""
_HALF = SHOWN // 2


class _Step(NamedTuple):
    """How an entity is reached: from which owner, over how many entities, and the first of them."""

    owner: int
    length: int
    first: tuple[int, ...]


class Explainer:
    """Explains entities of one run; what it needs of the holdings is sorted by who is owned, once."""

    def __init__(self, graph: Ownership, holdings: Holdings, cascade: Cascade, rule: Rule, look_through: bool) -> None:
        self.graph, self.cascade, self.rule = graph, cascade, rule
        self._above = _of_covered_owners(holdings, cascade)
        self._paths: dict[bool, dict[int, _Step]] = {True: {}, False: {}}
        self._shares, self._control = self._above, dict[int, set[int]]()
        if rule.control:
            self._shares = _of_covered_owners(graph.holdings(control=False, branches=rule.branches), cascade)
            told = (graph.kind == 1) & (cascade.possible[graph.owner] >= 0)
            for owner, owned in zip(graph.owner[told].tolist(), graph.owned[told].tolist(), strict=True):
                self._control.setdefault(owned, set()).add(owner)
        self.stakes = (
            stakes(graph.holdings(control=False, branches=False), cascade.certain == 0, UNIT) if look_through else None
        )

    def _earlier(self, place: int, high: bool) -> list[tuple[int, int]]:
        """(units, owner) of the owners that were covered before `place`, the largest first.

        Only they can be a reason for it: two firms that hold each other do not lift themselves.
        """
        rank = self.cascade.possible if high else self.cascade.certain
        first, last = self._above.start[place], self._above.start[place + 1]
        owners = self._above.owned[first:last]
        ranks = rank[owners]
        earlier = (ranks >= 0) & ((ranks < rank[place]) | (rank[place] < 0))
        ends = (self._above.high if high else self._above.low)[first:last]
        sums: dict[int, int] = {}
        for owner, units in zip(owners[earlier].tolist(), ends[earlier].tolist(), strict=True):
            sums[owner] = sums.get(owner, 0) + units
        return sorted(((units, owner) for owner, units in sums.items()), key=lambda x: (-x[0], x[1]))

    def _held(self, place: int) -> tuple[int, int]:
        """Units that covered owners hold at least and at most: of shares, not of control."""
        if not self.rule.control:
            return int(self.cascade.held[place]), int(self.cascade.held_high[place])
        first, last = self._shares.start[place], self._shares.start[place + 1]
        certain = self.cascade.certain[self._shares.owned[first:last]] >= 0
        low = sum(self._shares.low[first:last][certain].tolist())
        return low, sum(self._shares.high[first:last].tolist())

    def _controllers(self, place: int) -> set[int]:
        """Covered owners that control an entity, where the rule counts control."""
        return self._control.get(place, set())

    def one(self, place: int) -> dict[str, Any]:
        """The explanation of one entity."""
        names, need = self.graph.names, self.cascade.need
        certain = bool(self.cascade.certain[place] >= 0)
        held, held_high = self._held(place)
        owners, total = [], 0
        for units, owner in self._earlier(place, high=not certain):
            if total >= need or not units:
                break
            owners.append((owner, units))
            total += units
        by_control = self._controllers(place)
        threshold = int(self.rule.threshold * UNIT)
        covered = certain or self.cascade.possible[place] >= 0
        out: dict[str, Any] = {
            "status": "certain" if certain else "resolve" if covered else "not covered",
            "held": held / UNIT,
            "held_high": held_high / UNIT,
            "owners": [names[i] for i, _ in owners],
            "shares": {names[i]: units / UNIT for i, units in owners if i not in by_control},
            **self._path(place, certain),
            "margin": (held - threshold) / UNIT,
            "exactly_at_threshold": held == threshold,
        }
        if not certain and covered:
            out["sufficient"] = f"{'more than ' if self.rule.strict else ''}{threshold / UNIT:.0%} in covered hands"
        if by_control:
            out["controlled_by"] = sorted(names[i] for i in by_control)
        if self.stakes is not None:
            out["look_through"] = round(float(self.stakes[place]), 9)
        return out

    def _path(self, place: int, certain: bool) -> dict[str, Any]:
        """From a listed entity down, by the largest holding among the earlier covered owners; a long one's two ends."""
        names = self.graph.names
        rank = self.cascade.certain if certain else self.cascade.possible
        if rank[place] < 0:
            first = self._earlier(place, high=False)
            places = [first[0][1], place] if first else []
            return {"path": [names[i] for i in places], "path_length": len(places)}
        step = self._step(place, certain)
        tail = [place]
        while len(tail) < min(step.length - len(step.first), _HALF):
            tail.append(self._paths[certain][tail[-1]].owner)
        # within the first half the way up ends where the head begins
        left_out = step.length - len(step.first) - len(tail) if step.length > len(step.first) else 0
        shown = [names[i] for i in step.first]
        if left_out:
            shown.append(f"... {left_out:,} more ...")
        if step.length > len(step.first):
            shown += [names[i] for i in reversed(tail)]
        return {"path": shown, "path_length": step.length}

    def _step(self, place: int, certain: bool) -> _Step:
        """The way to an entity, built from that to its largest earlier owner; each entity's is found once."""
        known = self._paths[certain]
        rank = self.cascade.certain if certain else self.cascade.possible
        way = []
        while place not in known:
            owners = self._earlier(place, high=not certain) if rank[place] > 0 else []
            way.append((place, owners[0][1] if owners else -1))
            if not owners:
                break
            place = owners[0][1]
        for entity, owner in reversed(way):
            above = known.get(owner)
            if above is None:
                known[entity] = _Step(owner, 1, (entity,))
            else:
                first = (*above.first, entity) if above.length < _HALF else above.first
                known[entity] = _Step(owner, above.length + 1, first)
        return known[way[0][0] if way else place]


def _of_covered_owners(holdings: Holdings, cascade: Cascade) -> Holdings:
    """The holdings of covered owners, turned round: those in an entity stand together, and `owned` is the owner."""
    import numpy as np

    owner = np.repeat(np.arange(holdings.size, dtype=np.int32), np.diff(holdings.start))
    keep = cascade.possible[owner] >= 0
    high = None if holdings.high is holdings.low else holdings.high[keep]
    return Holdings.of(holdings.size, holdings.owned[keep], owner[keep], holdings.low[keep], high)
