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
    `[{id, obeying, breaches, instead, one: [...], other: [...], status, missing, reach, confidence}]`. `status` is
    `in_force` where both sides are, `unknown` where one is not known; a pair of which one side is not in force on the
    day, as far as was known then, is left out, and `breaches` tells only of measures that stand. `missing` has the
    facts that would still have to hold; `instead` what the other choice breaches; `reach` whether the obeyed law
    follows the good (`items`) or the party (`parties`).

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
        one = _standing_of(row["one"], day, known, assume)
        against = {entry["measure"]: entry for entry in row["other"]}
        other = _standing_of(list(against), day, known, assume)
        if not one or not other:
            continue
        told = [against[x["measure"]] for x in other]
        out.append(
            {
                "id": row["id"],
                "obeying": row["obeying"],
                "breaches": "; ".join(x["breaches"] for x in told),
                "instead": row["instead"],
                "one": one,
                "other": other,
                "status": "in_force" if all(_any_in_force(side) for side in (one, other)) else "unknown",
                "missing": [] if facts is None else [FACTS[f] for f in row["when"] if f not in facts],
                "reach": row["reach"],
                "confidence": min((x["confidence"] for x in told), key="HML".index),
            }
        )
    return out


def _standing_of(
    names: list[str], day: dt.date, known: str | dt.date | None, assume: str | None
) -> list[dict[str, Any]]:
    """The measures among `names` that are in force on a day as it was known then, or may be."""
    out: list[dict[str, Any]] = []
    for name in names:
        if ":" in name:
            out.append({"measure": None, "law": name.split(":", 1)[1], "status": "in_force"})
            continue
        state = standing(name, day, known, assume)
        if state["status"] in ("in_force", "unknown"):
            out.append({k: state[k] for k in ("measure", "title", "status", "since", "assumed", "confidence")})
    return out


def _any_in_force(side: list[dict[str, Any]]) -> bool:
    return any(x["status"] == "in_force" for x in side)
