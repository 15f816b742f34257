"""`detente ledger commitments`: who promised what, and how far it has come."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from detente.cli import _ledger
from detente.cli._ledger import Known, On
from detente.cli._output import AsJson, emit, notes, percent, table

Folder = Annotated[
    Path | None, typer.Option("--deals", help="A folder of one's own deals instead of the embedded ones.")
]


def register(root: typer.Typer) -> None:
    """Add the command to the ledger's group, which another module puts on the command line."""
    del root
    if not any(command.name == "commitments" for command in _ledger.app.registered_commands):
        _ledger.app.command("commitments")(commitments)


def commitments(on: On = None, known: Known = None, deals: Folder = None, as_json: AsJson = False) -> None:
    """List what each side promised: target, due day, status, attainment, and where the two sides' accounts differ."""
    from detente.ledger._commitments import commitments as answer

    day = on or _firm()
    rows = answer(day, known, deals)
    emit(rows, as_json, lambda: _show(rows, day))


def _firm() -> str:
    from detente.ledger import Ledger

    return Ledger.load().firm_until.isoformat()


def _attained(row: dict[str, Any]) -> str:
    """Attainment in percent: a figure, a span, or nothing."""
    if row["attainment"] is not None:
        return percent(row["attainment"], 0)
    if row["attainment_range"] is None:
        return ""
    low, high = row["attainment_range"]
    return f"{percent(low, 0)} to {percent(high, 0) or '?'}"


def _show(rows: list[dict[str, Any]], day: str) -> None:
    cells = [
        (
            r["id"],
            r["actor"],
            r["status"],
            r["due"] or ("no day named" if r["extensions"] else ""),
            "contested" if r["contested"] else "",
            _attained(r),
            r["what"],
        )
        for r in rows
    ]
    columns = ("id", "actor", "status", "due", "accounts", "attained %", "what")
    table(f"Commitments on {day}", columns, cells, right=(5,))
    readings = [
        (r["id"], i["kind"], i["low"], i["high"], i["unit"], i["known"], i["confidence"])
        for r in rows
        for i in r["indicators"]
        if i["low"] is not None
    ]
    if readings:
        heads = ("commitment", "indicator", "from", "to", "unit", "published", "conf.")
        table("Indicators", heads, readings, right=(2, 3))
    notes([f"{r['id']}: {u['what']} (day unknown, not used)" for r in rows for u in r["undated"]])
