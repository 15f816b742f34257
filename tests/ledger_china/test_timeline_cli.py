"""`ledger timeline` at the command line, and the calendar file behind `deadlines --ics`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from detente.cli import _ledger, _timeline
from detente.errors import UserError
from detente.ledger import Ledger


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    root = typer.Typer()
    if "timeline" not in {command.name for command in _ledger.app.registered_commands}:
        _timeline.register(root)
    root.add_typer(_ledger.app, name="ledger")
    return root


def test_json_and_table_tell_the_same(app: typer.Typer) -> None:
    wanted = ["ledger", "timeline", "F044", "--end", "2026-08-01"]
    rows = json.loads(CliRunner().invoke(app, [*wanted, "--json"]).output)
    assert [(row["from"], row["state"]) for row in rows if row["rate"] == 0.2] == [("2025-03-04", "in_force")]
    shown = CliRunner().invoke(app, wanted)
    assert shown.exit_code == 0
    for row in rows:
        assert row["from"] in shown.output


def test_the_calendar_is_written_and_says_when_it_cannot(tmp_path: Path) -> None:
    ledger = Ledger.load()
    place = tmp_path / "deadlines.ics"
    _timeline.write_calendar(ledger.deadlines("2026-09-28"), place, ledger)
    assert place.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    with pytest.raises(UserError, match="cannot be written"):
        _timeline.write_calendar([], tmp_path / "nowhere" / "x.ics", ledger)
