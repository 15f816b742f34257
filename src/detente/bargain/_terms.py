"""Terms of a deal: bundles of what is lifted and settled, the zone over them, and how deals are told."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from detente.bargain._agreement import CONCEPTS, Agreement, Zone
from detente.bargain._game_file import GameSpec, Issue
from detente.bargain._payoffs import PayoffTable
from detente.bargain._tornado import Variation, span

RANGE_IS = "least and most with one assumption at a time at an end of its range, all others at the middle"


def named(players: Sequence[str], values: Any) -> dict[str, float | None]:
    """Numbers by side; None for what is no number."""
    return {p: float(v) if np.isfinite(v) else None for p, v in zip(players, values, strict=True)}


@dataclass(frozen=True)
class Bundle:
    """What a deal would lift of what is in force, and which issues with stated values it would settle."""

    lifted: tuple[str, ...]
    settled: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, list[str]]:
        """As JSON shows it."""
        return {"lifted": list(self.lifted), **({"settled": list(self.settled)} if self.settled else {})}


class Terms:
    """Bundles over a table of payoffs, and the zone of agreement over the threat point.

    Issues with stated values widen the bundles: settling one is worth its value to the other side and costs the side
    that settles. Issues without one are listed as ordinal and enter no number.
    """

    def __init__(self, spec: GameSpec, on: dt.date, table: PayoffTable, threat: np.ndarray) -> None:
        self.spec, self.table, self.threat = spec, table, threat
        self.players = spec.between
        self.open = [i for i in spec.issues if i.since <= on and (i.until is None or on <= i.until)]
        self.priced = [i for i in self.open if i.priced]

    def worth(self, issue: Issue) -> np.ndarray:
        """(side,): percent of spending that settling an issue is worth, at the middle of its ranges."""
        money = np.array([-issue.cost.mid if p == issue.settled_by else issue.value.mid for p in self.players])
        out: np.ndarray = money / self.table.spending * 100.0
        return out

    @cached_property
    def bundles(self) -> tuple[list[Bundle], np.ndarray]:
        """Bundles and their payoffs (bundle, side) against the state in force, percent."""
        found, payoffs = [], []
        for state in (s for s in self.table.states if all(v == "lifted" for v in s.values())):
            for count in range(len(self.priced) + 1):
                for settled in itertools.combinations(self.priced, count):
                    found.append(Bundle(tuple(sorted(state)), tuple(i.name for i in settled)))
                    payoffs.append(self.table.of(state) + sum((self.worth(i) for i in settled), np.zeros(2)))
        return found, np.array(payoffs)

    @cached_property
    def zone(self) -> Zone:
        """Gains over the threat point; the last row is the threat itself."""
        return Zone(np.vstack([self.bundles[1] - self.threat, np.zeros(2)]))

    def _rival(self, at: str) -> Zone:
        """The zone when each side counts the rival's gain against its own, at an end of the elicited weights."""
        weight = np.array([self.spec.rivalry[p].at(at) for p in self.players])
        return Zone(self.zone.gains - weight * self.zone.gains[:, ::-1])

    def chosen(self) -> list[dict[str, str]]:
        """States of the table that the solution concepts pick, to be priced under other assumptions."""
        names = []
        for concept in CONCEPTS:
            for row in self.zone.deal(concept).bundles:
                if row < len(self.bundles[0]) and (lifted := self.bundles[0][row].lifted) not in names:
                    names.append(lifted)
        return [dict.fromkeys(lifted, "lifted") for lifted in names]

    def deal(
        self, concept: str, weights: Sequence[float] = (0.5, 0.5), variations: Sequence[Variation] = ()
    ) -> dict[str, Any]:
        """The deal of a concept, with the range of its gains over `variations` (first state: the whole threat)."""
        found: Agreement = self.zone.deal(concept, weights)
        if found.status != "solved":
            return {"concept": concept, "status": found.status, "why": "no bundle makes both better off than no deal"}
        bundles = [*self.bundles[0], Bundle(())]
        gains = np.array(found.gains)
        out = {
            "concept": concept, "status": "solved",
            "bundle": [
                {"share": s, **(bundles[k].to_dict() if k < len(bundles) - 1 else {"no_deal": True})}
                for k, s in zip(found.bundles, found.shares, strict=True)
            ],
            "gains_percent": named(self.players, gains),
            "gains_usd_million": named(self.players, gains / 100 * self.table.spending),
            "payoffs_percent": named(self.players, gains + self.threat),
        }  # fmt: skip
        if variations:
            out["gains_range_percent"] = self._range(found, gains, variations)
            out["range_is"] = RANGE_IS
        return out

    def _range(self, found: Agreement, gains: np.ndarray, variations: Sequence[Variation]) -> dict[str, list[float]]:
        states = self.chosen()
        other = []
        for one in variations:
            mixed = np.zeros(2)
            for row, share in zip(found.bundles, found.shares, strict=True):
                if row == len(self.bundles[0]):
                    mixed = mixed + share * one.percent[0]
                    continue
                bundle = self.bundles[0][row]
                settled = sum((self.worth(i) for i in self.priced if i.name in bundle.settled), np.zeros(2))
                place = states.index(dict.fromkeys(bundle.lifted, "lifted"))
                mixed = mixed + share * (one.percent[1 + place] + settled)
            other.append(mixed - one.percent[0])
        return {p: span([g[k] for g in other], gains[k]) for k, p in enumerate(self.players)}

    def signed(self, about: dict[str, Any], percent: np.ndarray) -> dict[str, Any]:
        """Terms that were signed: payoffs, distance from the frontier, the weights they imply."""
        gains, zone = percent - self.threat, self.zone
        return {
            **about, "payoffs_percent": named(self.players, percent), "gains_percent": named(self.players, gains),
            **zone.distance(gains),
            "weight_implied": {"of": self.players[0], **zone.weights_for(gains)},
            "rivalry_implied": {
                "at_least": named(self.players, zone.rivalry_for(gains)),
                "read": "either side's weight at or above its number, the other's being 0",
            },
        }  # fmt: skip

    def report(self) -> dict[str, Any]:
        """The zone of agreement: bundles both would sign, its frontier, and how much rivalry empties it."""
        bundles, zone, players = self.bundles[0], self.zone, self.players
        rows = [
            {**b.to_dict(), "gains_percent": named(players, g)} for b, g in zip(bundles, zone.gains[:-1], strict=True)
        ]
        out: dict[str, Any] = {
            "status": "empty" if zone.empty else "open", "bundles_in_it": len(zone.inside), "bundles": len(bundles),
            "ideal_gains_percent": named(players, zone.ideal),
            "frontier": [rows[k] for k in zone.frontier if k < len(rows)],
            "largest_rivalry": dict(zip(players, zone.largest_rivalry(), strict=True)),
            "elicited_rivalry": {p: self.spec.rivalry[p].to_dict() for p in players},
            "status_at_elicited_rivalry": {
                end: "empty" if self._rival(end).empty else "open" for end in ("low", "high")
            },
            "bundle_gains": rows,
            "ordinal_only": [
                {"name": i.name, "title": i.title, "settled_by": i.settled_by, "value": "unknown"}
                for i in self.open
                if not i.priced
            ],
        }  # fmt: skip
        if zone.empty:
            out["why"] = "no bundle, nor a mixture of two, makes both better off than no deal"
        return out
