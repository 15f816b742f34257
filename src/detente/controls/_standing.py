"""Standing of a measure on a day, with the two branches for what ran out after the evidence ends.

Where a suspension or a term ran to a day that lies past the evidence, the ledger says `unknown`. Two scenarios are
offered beside it, and every answer that rests on one says so:

- `lapsed`: nothing was done. A suspension that was to end ends, so the measure is in force; a term ends.
- `extended`: it goes on. The measure stays suspended, or stays in force.
"""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

from detente.dates import parse_date
from detente.errors import UnknownName, unknown
from detente.ledger import Ledger

BRANCHES = ("lapsed", "extended")


@functools.cache
def embedded() -> Ledger:
    """The embedded ledger, read once."""
    return Ledger.load()


def branch(value: str | None) -> str | None:
    """A branch's name, checked.

    Raises
    ------
    UnknownName
        For anything but None, `lapsed` and `extended`.
    """
    if value is not None and value not in BRANCHES:
        raise UnknownName([unknown("branch", value, BRANCHES, "--assume")])
    return value


def standing(
    name: str,
    on: str | dt.date,
    known: str | dt.date | None = None,
    assume: str | None = None,
    *,
    ledger: Ledger | None = None,
) -> dict[str, Any]:
    """Status of a measure or limb on a day, with what is only said about it kept apart.

    Parameters
    ----------
    name
        Id, `id#limb` or alias.
    on, known
        The two days.
    assume
        None, `lapsed` or `extended`: only used where the status is `unknown` because a term ran out.
    ledger
        One's own facts; None: the embedded ones.

    Returns
    -------
    `{measure, title, status, since, until, then, confidence, legal_basis, assumed, statements, warnings}`; `assumed`
    is None where the status is read from acts.

    Examples
    --------
    >>> standing("chn.mofcom.57-2025", "2026-11-20")["status"]
    'unknown'
    >>> standing("chn.mofcom.57-2025", "2026-11-20", assume="lapsed")["status"]
    'in_force'
    >>> standing("chn.mofcom.57-2025", "2026-11-20", assume="extended")["status"]
    'suspended'
    """
    branch(assume)
    facts = ledger or embedded()
    state = facts.status(name, on, known)
    out = {
        "measure": state["id"],
        "title": state["title"],
        "status": state["status"],
        "since": state["since"],
        "until": state["until"],
        "then": state["then"],
        "confidence": state["confidence"],
        "legal_basis": state["legal_basis"],
        "assumed": None,
        "statements": [
            {k: e[k] for k in ("date", "note", "source", "confidence") if k in e}
            for e in state["events"]
            if e["event"] == "statement"
        ],
        "warnings": state["warnings"],
    }
    if state["status"] == "unknown" and state["since"] and assume:
        _assume(out, facts, name, parse_date(state["since"], "since"), known, assume)
    return out


def _assume(
    out: dict[str, Any], facts: Ledger, name: str, ran_out: dt.date, known: str | dt.date | None, assume: str
) -> None:
    """Fill in one branch: what stood on the eve of the day it ran out goes on, or gives way."""
    eve = facts.status(name, ran_out - dt.timedelta(days=1), known)
    if eve["status"] not in ("suspended", "in_force"):
        return
    lapsed = "in_force" if eve["then"] == "resumes" else "ended"
    status = eve["status"] if assume == "extended" else lapsed
    taken = "have lapsed" if assume == "lapsed" else "have been extended"
    text = f"Scenario, not fact: what ran to {ran_out} is taken to {taken}."
    out |= {"status": status, "assumed": assume, "warnings": [*out["warnings"], text]}
