"""Licence practice as reported: shares granted and delays, by measure, as far as it was known on a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from detente.controls._tables import yaml_of
from detente.dates import parse_date


def reports(measure: str, on: dt.date, known: dt.date | None = None) -> list[dict[str, Any]]:
    """Reports on a measure that had been made by then, oldest first.

    Shares are fractions of applications: `low` counts what was granted, `high` also what was pending.

    >>> reports("chn.mofcom.18-2025", dt.date(2025, 6, 10))[0]["low"]
    0.25
    """
    last = min(on, known) if known else on
    out = []
    for row in yaml_of("practice.yaml"):
        day = parse_date(row["date"], "practice.yaml")
        if row["measure"] != measure or day > last or (row.get("until") and parse_date(row["until"]) <= on):
            continue
        report = {
            k: row[k] for k in ("date", "reporter", "what", "reported", "value", "unit", "confidence") if k in row
        }
        if row["what"] == "share_granted":
            if "of" in row:
                report["low"] = row["granted"] / row["of"]
                report["high"] = (row["granted"] + row.get("pending", 0)) / row["of"]
            else:
                report["low"], report["high"] = row["low"], row["high"]
        out.append(report)
    return sorted(out, key=lambda r: r["date"])
