"""The commands: JSON keys others rely on, exit codes, no traceback, light start."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.fixture
def ownership(tmp_path):
    (tmp_path / "e.csv").write_text("owner,owned,share\nX,A,0.5\nA,B,0.5\n")
    (tmp_path / "l.csv").write_text("entity,policy\nX,Presumption of denial\n")
    return str(tmp_path / "e.csv"), str(tmp_path / "l.csv")


def test_owners(command, ownership):
    edges, listed = ownership
    code, data, _ = command("controls", "owners", edges, "--listed", listed, "--rule", "bis-affiliates", "--json")
    assert code == 0
    assert (data["certain"], data["possible"], data["resolve"]) == (["A", "B"], ["A", "B"], [])
    assert {"held", "owners", "path", "margin"} <= set(data["explain"]["B"])
    assert data["explain"]["B"]["path"] == ["X", "A", "B"]
    code, text, _ = command("controls", "owners", edges, "--listed", listed)
    assert (code, "X > A > B" in text) == (0, True)


def test_chip(command):
    figures = ["--tpp", "15832", "--die-area", "814", "--bandwidth", "4800", "--interconnect", "900", "--to", "CHN"]
    code, data, _ = command("controls", "chip", *figures, "--on", "2026-02-01", "--json")
    assert code == 0
    assert (data["class"], data["policy"]) == ("3A090.a", "case-by-case")
    assert data["rule"]
    assert data["why"]
    code, text, _ = command("controls", "chip", "H20", "--on", "2025-05-01")
    assert (code, "Letters in force" in text) == (0, True)


def test_item(command):
    code, data, _ = command(
        "controls", "item", "8505.11", "--from", "CHN", "--to", "USA", "--on", "2026-11-20", "--json"
    )
    assert code == 0
    assert {"requirements", "conflicts", "licence", "indicative"} <= set(data)
    code, text, _ = command("controls", "item", "H200", "--from", "USA", "--to", "CHN", "--on", "2026-11-20")
    assert (code, "Indicative only" in text) == (0, True)


def test_screen_and_log(command, tmp_path):
    pytest.importorskip("rapidfuzz")
    log = str(tmp_path / "log.jsonl")
    options = ("--max-age", "100000", "--log", log)
    code, data, _ = command("controls", "screen", "Huawei Technologies", "--min-score", "0.8", *options, "--json")
    assert code == 0
    assert data["result"] == "POTENTIAL_MATCH"
    assert {"name", "alias", "score", "list", "notice", "why"} <= set(data["matches"][0])
    entry, allowed = data["matches"][0]["id"], str(tmp_path / "allow.csv")
    settle = ("controls", "allow", "Huawei Technologies", entry, "--who", "Ann", "--why", "a test", "--file", allowed)
    assert command(*settle)[0] == 0
    _, data, _ = command("controls", "screen", "Huawei Technologies", *options, "--allow", allowed, "--json")
    assert [a["entry"] for a in data["allowed"]] == [entry]
    assert command("controls", "log", log, "--json")[1] == {"lines": 2, "whole": True}


def test_screen_a_file(command, tmp_path):
    pytest.importorskip("rapidfuzz")
    (tmp_path / "in.csv").write_text("name\nHuawei Technologies\nAcme Widgets of Ohio\n")
    out = tmp_path / "out.csv"
    arguments = ("--file", str(tmp_path / "in.csv"), "--out", str(out), "--max-age", "100000", "--json")
    code, data, _ = command("controls", "screen", *arguments)
    assert code == 0
    assert data["results"] == {"POTENTIAL_MATCH": 1, "NO_LIST_MATCH": 1}
    assert len(out.read_text().splitlines()) == 3


def test_the_rest(command, tmp_path):
    assert command("controls", "ceilings", "--on", "2025-07-01", "--json")[1][0]["share_granted"][1] == 0.6
    assert command("controls", "conflicts", "--on", "2026-06-01", "--fact", "party-is-named-refiner", "--json")[1]
    out = str(tmp_path / "g.csv")
    assert command("controls", "generate", "--entities", "50", "--holdings", "90", "--seed", "1", "--out", out)[0] == 0
    (tmp_path / "l.csv").write_text("entity\nE0\n")
    code, data, _ = command("controls", "owners", out, "--listed", str(tmp_path / "l.csv"), "--json")
    assert code == 0
    assert set(data["certain"]) <= set(data["possible"])
    assert {r["name"] for r in command("data", "list", "--json")[1]} == {"us-csl", "cn-mofcom"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("controls", "item", ""), ("controls", "item", "H20", "--on", "2026-13-01"), ("controls", "chip"),
        ("controls", "item", "H20", "--on", "2017-01-01"), ("controls", "item", "H20", "--to", "Atlantis"),
        ("controls", "item", "H20", "--assume", "maybe"), ("controls", "chip", "H21"), ("controls", "screen"),
        ("controls", "screen", "A", "--file", "b.csv"), ("controls", "screen", "A", "--max-age", "1"),
        ("controls", "screen", "--file", "nowhere.csv", "--out", "out.csv", "--max-age", "100000"),
        ("controls", "owners", "nowhere.csv", "--listed", "nobody.csv"), ("controls", "log", "nowhere"),
        ("controls", "conflicts", "--fact", "x"), ("data", "get", "weather"), ("data", "get", "lists", "--url", "x:y"),
        ("data", "import", "bods", "nowhere.json", "--out", "o.csv"), ("controls", "generate", "--entities", "1"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_error(command, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, text, error = command(*arguments)
    assert code == 2, error
    assert text == ""
    assert error.strip()
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


def test_chips_and_items_start_light():
    from detente.ledger import Ledger

    Ledger.load()  # the first reading of the facts checks their tables, with pyarrow; its compiled copy needs none
    program = (
        "import sys\nfrom detente.cli import _app\n_app.GROUPS = ('_controls', '_data')\nfrom detente.cli import run\n"
        "code = run(['controls', 'chip', 'H20']) or run(['controls', 'item', 'H20'])\n"
        "heavy = {'jax', 'pandas', 'xarray', 'scipy', 'rigour', 'rapidfuzz', 'pyarrow'} & set(sys.modules)\n"
        "assert code == 0 and not heavy, (code, heavy)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
