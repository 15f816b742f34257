"""Export ceilings: the regime's licence controls as ranges of the share of trade that is let through."""

from __future__ import annotations

import datetime as dt
from typing import Any

from detente.controls._practice import reports
from detente.controls._standing import branch, standing
from detente.controls._tables import item_rows, yaml_of
from detente.dates import parse_date
from detente.ledger import Ledger

WINDOW_DAYS = 90
"""Reports this many days before the newest one count with it."""
STALE_DAYS = 180


def ceilings(
    on: str | dt.date,
    known: str | dt.date | None = None,
    assume: str | None = None,
    *,
    ledger: Ledger | None = None,
) -> list[dict[str, Any]]:
    """Ceilings on exports where the evidence gives the share of licences granted, as ranges.

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
    One row for each measure that asks for a licence and of whose practice a share is reported:
    `{measure, status, exporter, importers, items, hs, share_granted: [low, high], reports, applies, confidence,
    warnings}`. `share_granted` is in fractions of applications, the least and the most that the reports of the last
    90 days before the newest allow; a model may take it as a ceiling relative to baseline trade, which supposes that
    applications are spread as trade is. Measures without such a report are not in the list.

    Examples
    --------
    >>> row = ceilings("2025-06-10")[0]
    >>> row["measure"], row["share_granted"]
    ('chn.mofcom.18-2025', [0.25, 0.25])
    """
    branch(assume)
    day = parse_date(on, "--on")
    seen = None if known is None else parse_date(known, "--known")
    out = []
    for name in dict.fromkeys(row["measure"] for row in yaml_of("practice.yaml")):
        shares = [r for r in reports(name, day, seen) if r["what"] == "share_granted"]
        if not shares:
            continue
        state = standing(name, day, known, assume, ledger=ledger)
        if state["status"] in ("in_force", "unknown"):
            out.append(_row(name, state, shares, day, ledger))
    return out


def _row(
    name: str, state: dict[str, Any], shares: list[dict[str, Any]], day: dt.date, ledger: Ledger | None
) -> dict[str, Any]:
    from detente.controls._standing import embedded

    newest = dt.date.fromisoformat(shares[-1]["date"])
    recent = [s for s in shares if (newest - dt.date.fromisoformat(s["date"])).days <= WINDOW_DAYS]
    age = (day - newest).days
    measure = (ledger or embedded()).measures[name]
    groups = set(yaml_of("terms.yaml").get(name, {}).get("groups", ()))
    items = {k: v for k, v in item_rows().items() if groups & set(v["groups"])}
    warnings = ["The shares are of licences applied for, as reported by trade bodies; trade may have been let through "
                "in other proportions."]  # fmt: skip
    if age > STALE_DAYS:
        warnings.append(f"The newest report is {age} days old on {day}.")
    return {
        "measure": name,
        "title": measure.title,
        "status": state["status"],
        "applies": True if state["status"] == "in_force" else None,
        "assumed": state["assumed"],
        "exporter": measure.imposer,
        "importers": list(measure.targets),
        "items": sorted(items),
        "hs": sorted({code for row in items.values() for code in row.get("hs", ())}),
        "share_granted": [min(s["low"] for s in recent), max(s["high"] for s in recent)],
        "reports": recent,
        "confidence": "L" if age > STALE_DAYS else "M",
        "warnings": warnings + state["warnings"],
    }
