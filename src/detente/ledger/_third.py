"""What economies other than China pay in the United States beyond the base duty: what makes trade turn elsewhere.

The tables in `data/ledger/third` hold acts (layer, partner, rate, the day it holds from, the day it was known) and the
reach of each programme by sector. The act known last governs from its first day on, as everywhere in the ledger; what
names a partner beats what names all. Two warnings go with every number:

- No imports by tariff line are at hand for these partners. The share of a sector that a programme reaches, or an
  exemption spares, is that of US imports from China in 2024 (confidence L): too few cars in the vehicles of Japan,
  Korea, Mexico and Germany, too much consumer electronics in the electronics of Malaysia or Ireland.
- A rate that hangs on what is not at hand is None, never zero: `third_country_unknown` says what and why.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from detente import economies
from detente.dates import Clocks
from detente.errors import Problem, UnknownName
from detente.nomenclature import SERVICES, sectors

Day = str | dt.date
Rates = dict[str, dict[str, dict[str, float | None]]]

THIRD_LAYERS = (
    "s301", "s232", "fentanyl", "ieepa-other", "reciprocal", "s122", "s301-forced-labour", "s338",
)  # fmt: skip
"""Layers of third countries: those of the pair, and duties laid on one partner alone."""

_ONLY_IN = {"semiconductors": ("C26",), "pharmaceuticals": ("C21",), "drones": ("C302T309",)}
"""Programmes without a list of lines: the sector of which a part, unknown, is reached."""
_MINING_SERVICES = ("B09", "B08")
"""A sector without HS codes, and the one whose figure it takes."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act: from `start` on, as known from `known` on, `partners` pay `rate` under a programme."""

    layer: str
    programme: str
    partners: tuple[str, ...]
    """Alpha-3 codes; empty: every economy but those of `spared`."""
    spared: tuple[str, ...]
    form: str
    """`add`: on top of the base duty; `floor`: tops it up to `rate`."""
    rate: float | None
    """Fraction of customs value; None: not known how much of it is paid."""
    start: dt.date
    known: dt.date
    cite: str
    confidence: str
    note: str = ""

    def reaches(self, partner: str) -> bool:
        """Whether it speaks of a partner."""
        return partner in self.partners if self.partners else partner not in self.spared


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("detente").joinpath("data/ledger/third", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _codes(text: str) -> tuple[str, ...]:
    return tuple(economies.expand([part for part in text.split(";") if part]))


@functools.cache
def acts() -> tuple[Act, ...]:
    """Every act of the embedded tables."""
    listed = [
        row | {"layer": "reciprocal", "programme": "reciprocal", "partners": row["partner"], "except": "", "note": ""}
        for row in _rows("usa-reciprocal.csv")
    ]
    return tuple(
        Act(
            row["layer"],
            row["programme"],
            () if row["partners"] == "ALL" else _codes(row["partners"]),
            _codes(row["except"]),
            row["form"],
            None if row["rate"] == "unknown" else float(row["rate"]),
            dt.date.fromisoformat(row["from"]),
            dt.date.fromisoformat(row["known"]),
            row["cite"],
            row["confidence"],
            row["note"],
        )
        for row in [*_rows("usa-programmes.csv"), *listed]
    )


@functools.cache
def _reach_table() -> Mapping[str, Mapping[str, list[tuple[dt.date, float]]]]:
    out: dict[str, dict[str, list[tuple[dt.date, float]]]] = {}
    for row in _rows("usa-reach.csv"):
        steps = out.setdefault(row["programme"], {}).setdefault(row["sector"], [])
        steps.append((dt.date.fromisoformat(row["from"]), float(row["value"])))
    return out


def _reach(name: str, sector: str, on: dt.date) -> float:
    """Share of a sector, or of a floor the top-up over it; 0 where the programme does not come."""
    if sector == SERVICES:
        return 0.0
    own, stand_in = _MINING_SERVICES
    steps = _reach_table().get(name, {}).get(stand_in if sector == own else sector, [])
    return next((value for start, value in reversed(steps) if start <= on), 0.0)


def third_countries() -> list[str]:
    """Partners of which rates can be asked: every economy but the United States and China.

    >>> {"VNM", "DEU", "ROW"} <= set(third_countries())
    True
    """
    return [code for code in economies.table() if code not in ("USA", "CHN")]


def governing(partner: str, on: dt.date, known: dt.date | None) -> dict[tuple[str, str], Act]:
    """The act that governs each (layer, programme) for a partner on a day, as known on another."""
    out: dict[tuple[str, str], Act] = {}
    for act in acts():
        if act.start > on or (known is not None and act.known > known) or not act.reaches(partner):
            continue
        now = out.get((act.layer, act.programme))
        if now is None or _rank(act) > _rank(now):
            out[act.layer, act.programme] = act
    return out


def _rank(act: Act) -> tuple[dt.date, dt.date, bool]:
    return act.known, act.start, bool(act.partners)


def _rate(act: Act, sector: str, on: dt.date) -> float | None:
    """What an act comes to over all trade of a sector."""
    if act.programme in _ONLY_IN:
        return act.rate if sector in _ONLY_IN[act.programme] else 0.0
    if act.programme == "everything":
        return 0.0 if sector == SERVICES else act.rate
    if act.rate is None:
        return None if _reach(act.programme, sector, on) else 0.0
    if act.form == "floor":
        return _reach(f"{act.programme} to {act.rate:g}", sector, on)
    return act.rate * _reach(act.programme, sector, on)


def third_country_rates(on: Day, known: Day | None = None, *, partners: Iterable[str] | None = None) -> Rates:
    """Additional US duties on goods of economies other than China, by partner, layer and sector.

    Parameters
    ----------
    on, known
        The two days: state at the end of `on` (US calendar), as known at the end of `known` (None: all the evidence).
    partners
        Economies or groups; None for all of `third_countries`.

    Returns
    -------
    partner -> layer -> sector -> fraction of customs value over all trade of the sector, on top of the base duty: the
    rate times the share reached, for floors the mean of `max(0, target - base duty)` over the lines reached. None where
    it is not known. Services are 0. Layers are those of `THIRD_LAYERS`, what is collected, not what is void.

    Raises
    ------
    DateError, UnknownName
        For a day or partner that cannot be read; for the United States and China, which have a ledger of their own.

    Examples
    --------
    Vietnam: 46 % for a day, then the baseline of 10, then 20; textiles have next to no exemptions:

    >>> days = ("2025-04-09", "2025-04-10", "2025-08-07")
    >>> [round(third_country_rates(d, partners=["VNM"])["VNM"]["reciprocal"]["C13T15"], 2) for d in days]
    [0.46, 0.1, 0.2]
    >>> third_country_rates("2026-08-01", partners=["VNM"])["VNM"]["s301-forced-labour"]["C13T15"] is None
    True
    """
    clocks = Clocks.parse(on, known)
    out: Rates = {}
    for partner in _partners(partners):
        layers: dict[str, dict[str, float | None]] = {name: dict.fromkeys(sectors(), 0.0) for name in THIRD_LAYERS}
        for act in governing(partner, clocks.on, clocks.known).values():
            held = layers[act.layer]
            for sector, sum_ in held.items():
                rate = _rate(act, sector, clocks.on)
                held[sector] = None if sum_ is None or rate is None else sum_ + rate
        out[partner] = layers
    return out


def _partners(names: Iterable[str] | None) -> list[str]:
    if names is None:
        return third_countries()
    codes = economies.expand(list(names), "partners")
    wrong = [code for code in codes if code in ("USA", "CHN")]
    if wrong:
        raise UnknownName(
            [Problem("partners", f"{code} is no third country here", "Ask Regime.by_sector.") for code in wrong]
        )
    return codes


def third_country_unknown(on: Day, known: Day | None = None) -> list[dict[str, Any]]:
    """What is not known on a day: `{layer, programme, partners, why, cite, confidence}`, one row an act.

    >>> [row["partners"] for row in third_country_unknown("2025-03-10") if row["layer"] == "fentanyl"]
    [['MEX'], ['CAN']]
    """
    clocks = Clocks.parse(on, known)
    found: dict[Act, list[str]] = {}
    for partner in third_countries():
        for act in governing(partner, clocks.on, clocks.known).values():
            if act.rate is None and any(_rate(act, sector, clocks.on) is None for sector in sectors()):
                found.setdefault(act, []).append(partner)
    return [
        {
            "layer": act.layer,
            "programme": act.programme,
            "partners": found[act],
            "why": act.note,
            "cite": act.cite,
            "confidence": act.confidence,
        }
        for act in acts()
        if act in found
    ]


def third_country_changes(
    before: tuple[Day, Day | None], after: tuple[Day, Day | None]
) -> tuple[dict[str, dict[str, float]], list[dict[str, Any]]]:
    """Change of the additional US duties between two regimes, each a pair (on, known).

    Returns
    -------
    partner -> sector -> change of the rate over the layers that are known on both days, sectors without change left
    out; and the unknown acts that stand on one day and not on the other, which the change therefore leaves out
    (rows as in `third_country_unknown`, with `day`). What is unknown on both days by the same act counts as unchanged.

    Examples
    --------
    >>> changes, left_out = third_country_changes(("2025-01-19", None), ("2025-07-01", None))
    >>> round(changes["THA"]["C13T15"], 3), "C13T15" in changes.get("CAN", {})
    (0.1, False)
    >>> sorted({row["layer"] for row in left_out})
    ['fentanyl', 's232']
    """
    old, new = third_country_rates(*before), third_country_rates(*after)
    changes: dict[str, dict[str, float]] = {}
    for partner, layers in new.items():
        for layer, rates in layers.items():
            for sector, rate in rates.items():
                was = old[partner][layer][sector]
                if rate is None or was is None or abs(rate - was) < 1e-12:
                    continue
                moved = changes.setdefault(partner, {})
                moved[sector] = moved.get(sector, 0.0) + rate - was
    then, now = third_country_unknown(*before), third_country_unknown(*after)
    left_out = [row | {"day": str(after[0])} for row in now if row not in then]
    left_out += [row | {"day": str(before[0])} for row in then if row not in now]
    return changes, left_out
