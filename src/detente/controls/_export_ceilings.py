"""The regime's licence controls as ceilings on goods of the world model: plain data, for the floor that solves it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from detente.controls._ceilings import ceilings
from detente.controls._standing import branch, embedded, standing
from detente.controls._tables import item_rows, yaml_of
from detente.dates import parse_date
from detente.ledger import Ledger

_ASKS = ("licence", "licence worldwide", "prohibited")


def export_ceilings(
    on: str | dt.date,
    known: str | dt.date | None = None,
    assume: str | None = None,
    *,
    ledger: Ledger | None = None,
) -> list[dict[str, Any]]:
    r"""Ceilings that controls in force put on goods of the world model, as ranges of the baseline quantity.

    Parameters
    ----------
    on, known
        The two days.
    assume
        `lapsed` or `extended`, for what ran out after the evidence ends.
    ledger
        One's own facts; None: the embedded ones.

    Returns
    -------
    One row for each good of `data/items` and measure that asks for a licence on it:
    `{item, measure, title, status, exporter, importers, low, central, high, rent, leakage, valid, source, confidence,
    warnings}`. `low` and `high` are the least and the most that licences reported let through, fractions of the
    baseline; `central` is their value where all reports agree. All three are None, which is `unknown`, where no share
    was reported. `leakage` is `[least, most]`, of which the most may be None; `valid` is the first and last day.

    Notes
    -----
    With g the share of applications granted, and applications spread as trade is, the ceiling on every flow is

    .. math:: q / q_0 \le g + \lambda (1 - g),

    :math:`\lambda` being the leakage through third economies.

    Examples
    --------
    >>> row = export_ceilings("2025-07-01")[0]
    >>> row["item"], row["exporter"], round(row["low"], 3), row["high"], row["central"]
    ('rare-earth-magnets', 'CHN', 0.028, 0.6, None)
    """
    branch(assume)
    day = parse_date(on, "--on")
    practice = {row["measure"]: row for row in ceilings(day, known, assume, ledger=ledger)}
    out = []
    for item, about in yaml_of("ceilings.yaml").items():
        groups = {group for good in about["goods"] for group in item_rows()[good]["groups"]}
        for measure in _measures(groups):
            state = standing(measure, day, known, assume, ledger=ledger)
            if state["status"] in ("in_force", "unknown"):
                out.append(_row(item, about, state, practice.get(measure), ledger))
    return out


def _measures(groups: set[str]) -> list[str]:
    """Measures that ask for a licence on exports of goods of these groups."""
    terms = yaml_of("terms.yaml").items()
    return [
        name
        for name, term in terms
        if groups & set(term["groups"]) and term["requirement"] in _ASKS and term["reach"].startswith("export")
    ]


def _row(
    item: str, about: dict[str, Any], state: dict[str, Any], practice: dict[str, Any] | None, ledger: Ledger | None
) -> dict[str, Any]:
    facts = (ledger or embedded()).measures[state["measure"].partition("#")[0]]
    low, high = practice["share_granted"] if practice else (None, None)
    reports = practice["reports"] if practice else []
    warnings = [*(practice["warnings"] if practice else state["warnings"]), f"{item}: {about['condition']}."]
    if practice is None:
        text = f"{item}: no share of licences granted was reported under {state['measure']}; the ceiling is not known."
        warnings.append(text)
    return {
        "item": item,
        "measure": state["measure"],
        "title": state["title"],
        "status": state["status"],
        "assumed": state["assumed"],
        "exporter": facts.imposer,
        "importers": list(facts.targets),
        "low": low,
        "central": low if low is not None and low == high else None,
        "high": high,
        "rent": about["rent"],
        "leakage": [about["leakage"]["low"], about["leakage"]["high"]],
        "leakage_why": about["leakage"]["why"],
        "valid": [state["since"], state["until"]],
        "source": [f"{r['reporter']}, {r['date']}: {r['reported']}" for r in reports],
        "confidence": practice["confidence"] if practice else "L",
        "warnings": list(dict.fromkeys(warnings)),
    }
