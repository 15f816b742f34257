"""A lever: an instrument on a day, how far it is drawn, and how far it may go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from detente.bargain._game_file import InstrumentSpec, Range, level_on

LEVELS = ("lifted", "in_force", "threat")


@dataclass(frozen=True)
class Lever:
    """An instrument on a day.

    Attributes
    ----------
    in_force
        Level that day; None: not used.
    threat
        Level it may go to; None: nothing beyond what is in force.
    note
        What a reader must know: which day a tariff threat is from, or why there is none.
    rates
        Tariffs only: (sector,) arrays of the new rate by level.
    average
        Tariffs only: the ledger's average by level, fraction.
    """

    spec: InstrumentSpec
    in_force: Range | None = None
    threat: Range | None = None
    note: str = ""
    rates: Mapping[str, np.ndarray] = field(default_factory=dict)
    average: Mapping[str, float] = field(default_factory=dict)

    @property
    def used(self) -> bool:
        """Whether it is in force at all."""
        return "in_force" in self.rates if self.spec.kind == "tariffs" else self.in_force is not None

    @property
    def can_rise(self) -> bool:
        """Whether the threat goes beyond what is in force."""
        return "threat" in self.rates if self.spec.kind == "tariffs" else self.threat is not None

    def levels(self) -> tuple[str, ...]:
        """Names of the levels it can be put at."""
        return tuple(dict.fromkeys((*LEVELS, *self.rates)))

    def level(self, name: str, at: Mapping[str, str]) -> float | None:
        """A level as a number, where `at` says which end of its range; None where it is not used (or is a tariff).

        A threat is never laxer than what is in force.
        """
        now, most = (
            held.at(at.get(f"{self.spec.name}.{what}", "mid")) if held is not None else None
            for what, held in (("in_force", self.in_force), ("threat", self.threat))
        )
        if name != "threat" or most is None:
            return None if name == "lifted" else now
        if now is None:
            return most
        return min(most, now) if self.spec.kind == "ceiling" else max(most, now)


def other_lever(one: InstrumentSpec, on: dt.date, known: dt.date | None) -> Lever:
    """A ceiling or cost on a day, by what the game file says was known by then (None: all it says)."""
    seen = dt.date.max if known is None else known
    now = level_on(one.in_force, on, seen)
    threat = one.threat if one.threat is not None and one.threat.known else None
    note = "" if one.threat is None or one.threat.known else "its threat is unknown: not priced"
    if now is not None and not now.known:
        now, note = None, "in force at an unknown level: priced as not used"
    if now is not None and threat is not None:
        worse = threat.at("low") < now.mid if one.kind == "ceiling" else threat.at("high") > now.mid
        if not worse:
            threat, note = None, "already used as far as it is threatened"
    return Lever(one, now, threat, note)
