"""Terms of a deal: bundles of what is lifted and settled, the zone over them, and how deals are told."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from detente.bargain._agreement import CONCEPTS, LEAST, Agreement, Zone
from detente.bargain._game_file import GameSpec, Issue
from detente.bargain._payoffs import PayoffTable
from detente.bargain._tornado import Variation, span

RANGE_IS = "least and most with one assumption at a time at an end of its range, all others at the middle"
NASH = "nash"
"""Level of tariffs that each would set for itself; `nash-0.5` is half of it."""


def named(players: Sequence[str], values: Any) -> dict[str, float | None]:
    """Numbers by side; None for what is no number."""
    return {p: float(v) if np.isfinite(v) else None for p, v in zip(players, values, strict=True)}


@dataclass(frozen=True)
class Bundle:
    """What a deal would lift or cut of what is in force, and which issues with stated values it would settle."""

    state: tuple[tuple[str, str], ...] = ()
    settled: tuple[str, ...] = ()

    @property
    def lifted(self) -> tuple[str, ...]:
        """Instruments taken back to the base day."""
        return tuple(sorted(name for name, level in self.state if level == "lifted"))

    def to_dict(self) -> dict[str, Any]:
        """As JSON shows it; `of_nash`: share of the Nash tariffs that is kept."""
        cut = {name: float(level.split("-", 1)[1]) for name, level in self.state if level.startswith(f"{NASH}-")}
        return {
            "lifted": list(self.lifted), **({"of_nash": cut} if cut else {}),
            **({"settled": list(self.settled)} if self.settled else {}),
        }  # fmt: skip


class Terms:
    """Bundles over a table of payoffs, and the zone of agreement over the threat point.

    Issues with stated values widen the bundles: settling one is worth its value to the other side and costs the side
    that settles. Issues without one are listed as ordinal and enter no number. Deals are picked by what each side
    wants, its own income less its rivalry weight times the rival's, at the middle of the stated weights; gains are told
    in own income.
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
        for state in self.table.states:
            if any(v != "lifted" and not v.startswith(f"{NASH}-") for v in state.values()):
                continue
            for count in range(len(self.priced) + 1):
                for settled in itertools.combinations(self.priced, count):
                    found.append(Bundle(tuple(sorted(state.items())), tuple(i.name for i in settled)))
                    payoffs.append(self.table.of(state) + sum((self.worth(i) for i in settled), np.zeros(2)))
        return found, np.array(payoffs)

    @cached_property
    def zone(self) -> Zone:
        """Gains over the threat point of all bundles, own income; the last row is the threat itself."""
        return Zone(np.vstack([self.bundles[1] - self.threat, np.zeros(2)]))

    def wanted(self, at: str = "mid") -> Zone:
        """The zone when each side counts the rival's gain against its own, at a place in the stated weights."""
        weight = np.array([self.spec.rivalry[p].at(at) for p in self.players])
        return Zone(self.zone.gains - weight * self.zone.gains[:, ::-1])

    def chosen(self) -> list[dict[str, str]]:
        """States of the table that the solution concepts pick, to be priced under other assumptions."""
        states: list[dict[str, str]] = []
        for concept in CONCEPTS:
            for row in self.wanted().deal(concept).bundles:
                if row < len(self.bundles[0]) and (state := dict(self.bundles[0][row].state)) not in states:
                    states.append(state)
        return states

    def deal(
        self, concept: str, weights: Sequence[float] = (0.5, 0.5), variations: Sequence[Variation] = ()
    ) -> dict[str, Any]:
        """The deal of a concept, with the range of its gains over `variations` (first state: the whole threat)."""
        found = self.wanted().deal(concept, weights)
        out = self._told(found)
        if found.status == "solved" and variations:
            out["gains_range_percent"] = self._range(found, np.array(self._gains(found)), variations)
            out["range_is"] = RANGE_IS
        out["at_rivalry"] = {
            end: {k: v for k, v in self._told(self.wanted(end).deal(concept, weights)).items() if k != "concept"}
            for end in ("low", "high")
        }
        return out

    def _gains(self, found: Agreement) -> np.ndarray:
        """(side,): own income over the threat point."""
        out: np.ndarray = np.asarray(found.shares) @ self.zone.gains[list(found.bundles)]
        return out

    def _told(self, found: Agreement) -> dict[str, Any]:
        if found.status != "solved":
            why = "no bundle nor mixture leaves both better off than no deal"
            if not self.zone.empty:
                why += ", each minding the rival's gain as stated"
            return {"concept": found.concept, "status": found.status, "why": why}
        bundles = [*self.bundles[0], Bundle()]
        gains = self._gains(found)
        out: dict[str, Any] = {
            "concept": found.concept, "status": "solved",
            "bundle": [
                {"share": s, **(bundles[k].to_dict() if k < len(bundles) - 1 else {"no_deal": True})}
                for k, s in zip(found.bundles, found.shares, strict=True)
            ],
            "gains_percent": named(self.players, gains),
            "gains_usd_million": named(self.players, gains / 100 * self.table.spending),
            "payoffs_percent": named(self.players, gains + self.threat),
        }  # fmt: skip
        if found.concept == "equal_gains" and abs(found.gains[0] - found.gains[1]) > LEAST:
            out["note"] = "equal gains lie below the frontier: the deal with the largest least gain"
        return out

    def _range(self, found: Agreement, gains: np.ndarray, variations: Sequence[Variation]) -> dict[str, list[float]]:
        states = self.chosen()
        other = []
        for one in (v for v in variations if not v.joint):
            mixed = np.zeros(2)
            for row, share in zip(found.bundles, found.shares, strict=True):
                if row == len(self.bundles[0]):
                    mixed = mixed + share * one.percent[0]
                    continue
                bundle = self.bundles[0][row]
                settled = sum((self.worth(i) for i in self.priced if i.name in bundle.settled), np.zeros(2))
                place = states.index(dict(bundle.state))
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
                "by_side": dict(zip(self.players, zone.rivalry_for(gains), strict=True)),
                "read": "weights of one side, the other's being 0, at which nothing else is better for both and it "
                "would still sign; low is null where there is none, high where there is no end",
            },
        }  # fmt: skip

    @property
    def notes(self) -> list[str]:
        """Whose rivalry nobody has stated."""
        return [
            f"The rivalry weight of {p} is {'not stated' if held.known else 'unknown'}: counted as 0."
            for p, held in self.spec.rivalry.items()
            if not held.known or held.source.startswith("not stated")
        ]

    def report(self) -> dict[str, Any]:
        """The zone of agreement: bundles both would sign, its frontier, and how much rivalry empties it."""
        bundles, zone, players = self.bundles[0], self.zone, self.players
        rows = [
            {**b.to_dict(), "gains_percent": named(players, g)} for b, g in zip(bundles, zone.gains[:-1], strict=True)
        ]
        status = {at: "empty" if self.wanted(at).empty else "open" for at in ("low", "mid", "high")}
        out: dict[str, Any] = {
            "status": status["mid"], "status_without_rivalry": "empty" if zone.empty else "open",
            "bundles_in_it": len(self.wanted().inside), "bundles": len(bundles),
            "ideal_gains_percent": named(players, zone.ideal),
            "frontier": [rows[k] for k in zone.frontier if k < len(rows)],
            "largest_rivalry": {
                p: "unbounded" if most == np.inf else most
                for p, most in zip(players, zone.largest_rivalry(), strict=True)
            },
            "elicited_rivalry": {p: self.spec.rivalry[p].to_dict() for p in players},
            "status_at_elicited_rivalry": {end: status[end] for end in ("low", "high")},
            "bundle_gains": rows,
            "ordinal_only": [
                {"name": i.name, "title": i.title, "settled_by": i.settled_by, **i.stated()}
                for i in self.open
                if not i.priced
            ],
            "notes": self.notes,
        }  # fmt: skip
        if status["mid"] == "empty":
            out["why"] = "none of these bundles, nor a mixture of two, leaves both better off than no deal"
            if not zone.empty:
                out["why"] += ", each minding the rival's gain as stated"
        return out
