"""Letters to named makers that asked for a licence on chips below the rule, and what they say of a chip's figures.

The letters of April 2025 named the H20 and chips that match it in memory bandwidth, in interconnect bandwidth, or in a
combination of the two. What combination was never published, so a chip below the H20 in one and not told in the other
is `unknown`, and one below it in both is not reached as far as the letters were reported.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from detente.controls._standing import embedded, standing
from detente.controls._tables import csv_of
from detente.dates import parse_date

MEASURE = "usa.bis.h20-letters"
_REACHED = ("CHN", "HKG", "MAC")
_COLUMNS = {"bandwidth": "bandwidth_gbs", "interconnect": "interconnect_gbs"}
_WORDS = {"bandwidth": "memory bandwidth", "interconnect": "interconnect bandwidth"}
POLICIES = {True: "licence by letter", None: "unknown", False: "not controlled"}
"""What a chip of no class is subject to, by whether the letters reach it."""


def letters(
    figures: Mapping[str, float | None], place: str, day: dt.date, known: str | dt.date | None
) -> list[dict[str, Any]]:
    """Letters that stood, stand or will stand near a chip of no class, with their dates.

    Parameters
    ----------
    figures
        Of the chip: `tpp`, `bandwidth`, `interconnect`, None where not known.
    place
        Destination.
    day, known
        The two days.

    Returns
    -------
    `[{measure, title, status, since, until, ended, reaches, why, confidence}]`; empty for other destinations, for
    memory devices, and before the letters. `reaches` is None where the figures do not settle it.

    Examples
    --------
    >>> import datetime as dt
    >>> row = letters({"tpp": 2368, "bandwidth": 4000}, "CHN", dt.date(2025, 5, 1), None)[0]
    >>> row["reaches"], row["since"], row["until"]
    (True, '2025-04-14', '2025-07-14')
    """
    if place not in _REACHED or figures.get("tpp") is None:
        return []
    state = standing(MEASURE, day, known)
    if state["status"] not in ("in_force", "ended", "unknown"):
        return []
    reaches, why = _reach(figures)
    since, until, ended = _dates(known)
    return [
        {
            "measure": state["measure"],
            "title": state["title"],
            "status": state["status"],
            "since": since,
            "until": until,
            "ended": ended,
            "reaches": reaches,
            "why": why,
            "confidence": "M",
        }
    ]


def _reach(figures: Mapping[str, float | None]) -> tuple[bool | None, str]:
    model = next(row for row in csv_of("chips.csv") if row["chip"] == "H20")
    limits = {key: float(model[column]) for key, column in _COLUMNS.items()}
    met = [k for k, limit in limits.items() if (figures.get(k) or 0.0) >= limit]
    if met:
        told = " and ".join(f"{_WORDS[k]} {figures[k]:g} GB/s (the H20 has {limits[k]:g})" for k in met)
        return True, f"matches the H20 in {told}"
    missing = [_WORDS[k] for k in limits if figures.get(k) is None]
    if missing:
        return None, f"{' and '.join(missing)} not known, and the letters turn on it"
    return False, "below the H20 in both bandwidths, which is as far as the letters were reported to reach"


def _dates(known: str | dt.date | None) -> tuple[str | None, str | None, str | None]:
    """First and last day of the letters and how they ended, as known on a day; None where no end is known."""
    seen = None if known is None else parse_date(known, "--known")
    events = [e for e in embedded().measures[MEASURE].events if seen is None or (e.known or e.date) <= seen]
    first = next((e.date.isoformat() for e in events if e.kind == "entered_into_force"), None)
    last = next((e for e in events if e.kind == "ended"), None)
    return first, last.date.isoformat() if last else None, last.note or None if last else None
