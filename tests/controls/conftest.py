"""What several tests of the controls need: the command line in this process, and lists made of a few parties."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from detente.cli import _app, run
from detente.controls._csl import COLUMNS
from detente.controls._lists import Entry, Lists, Source


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("DETENTE_DATA_DIR", str(tmp_path / "data"))
    for name in ("_controls", "_data"):
        if name not in _app.GROUPS:
            monkeypatch.setattr(_app, "GROUPS", (*_app.GROUPS, name))


@pytest.fixture(scope="module")
def screener():
    """The embedded lists, read once in a file of tests."""
    pytest.importorskip("rapidfuzz")
    from detente.controls import Screener

    return Screener()


@pytest.fixture
def command(capsys):
    """Run one command: (exit code, its JSON document or None, stderr)."""

    def call(*arguments: str) -> tuple[int, Any, str]:
        code = run(list(arguments))
        text = capsys.readouterr()
        return code, json.loads(text.out) if code == 0 and "--json" in arguments else text.out, text.err

    return call


def row(name: str, **rest: str) -> dict[str, str]:
    """A row of a list."""
    return dict.fromkeys(COLUMNS, "") | {"id": f"id-{name}", "list": "EL", "name": name} | rest


def lists_of(*rows: dict[str, str], date: str = "2026-11-01", sha: str = "0") -> Lists:
    """Lists made of a few parties."""
    day = dt.date.fromisoformat(date)
    source = Source("made-up", Path("nowhere"), day, "Made-up list", "nobody", "none", "", len(rows), sha)
    return Lists(tuple(Entry.of(r) for r in rows), (source,))
