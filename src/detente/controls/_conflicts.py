"""Where complying with one regime breaches the other: blocking orders and laws against extraterritorial measures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from detente.controls._standing import branch, embedded, standing
from detente.controls._tables import yaml_of
from detente.dates import parse_date
from detente.errors import UserError, unknown

FACTS = {
    "party-in-china": "a party is in China",
    "party-on-us-list": "a party is on a US list",
    "party-is-named-refiner": "a party is one of the five refiners of MOFCOM 2026 No.21",
    "re-export-to-china": "goods made outside the United States go to China",
    "supply-chain-data": "data on suppliers in China are collected",
}
"""Facts of a case that bring a conflict about."""


def conflicts(
    facts: Collection[str] | None = None,
    *,
    on: str | dt.date | None = None,
    known: str | dt.date | None = None,
    assume: str | None = None,
) -> list[dict[str, Any]]:
    """Conflicts between the two regimes that a case may meet on a day.

    Parameters
    ----------
    facts
        What is true of the case, of `FACTS`; None: every conflict there is.
    on, known, assume
        The two days and the branch. Default: the firm edge of the evidence.

    Returns
    -------
    `[{id, obeying, breaches, one: [...], other: [...], status, missing, confidence}]`. `status` is `in_force` where
    both sides are, `unknown` where one is not known; a pair of which one side is not in force is left out. `missing`
    has the facts that would still have to hold.

    Raises
    ------
    UserError
        For a fact not known.

    Examples
    --------
    >>> [c["id"] for c in conflicts(["party-is-named-refiner"], on="2026-06-01")]
    ['refiners-order']
    """
    branch(assume)
    wrong = [unknown("fact of a case", f, list(FACTS)) for f in facts or () if f not in FACTS]
    if wrong:
        raise UserError(wrong)
    day = embedded().firm_until if on is None else parse_date(on, "--on")
    out = []
    for row in yaml_of("conflicts.yaml"):
        if facts is not None and not set(row["when"]) & set(facts):
            continue
        one, other = (_sides(row[k], day, known, assume) for k in ("one", "other"))
        states = [_of(side) for side in (one, other)]
        if "absent" in states:
            continue
        out.append(
            {
                "id": row["id"],
                "obeying": row["obeying"],
                "breaches": row["breaches"],
                "one": one,
                "other": other,
                "status": "unknown" if "unknown" in states else "in_force",
                "missing": [] if facts is None else [FACTS[f] for f in row["when"] if f not in facts],
                "confidence": row["confidence"],
            }
        )
    return out


def _sides(names: list[str], day: dt.date, known: str | dt.date | None, assume: str | None) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for name in names:
        if ":" in name:
            out.append({"measure": None, "law": name.split(":", 1)[1], "status": "in_force"})
        elif name.partition("#")[0] in embedded().measures:
            state = standing(name, day, known, assume)
            out.append({k: state[k] for k in ("measure", "title", "status", "since", "assumed")})
    return [x for x in out if x["status"] in ("in_force", "unknown")]


def _of(side: list[dict[str, Any]]) -> str:
    states = {x["status"] for x in side}
    return "in_force" if "in_force" in states else "unknown" if states else "absent"
