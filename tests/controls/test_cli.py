"""The commands: JSON keys others rely on, exit codes, no traceback, light start."""

from __future__ import annotations

import json
import shutil
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
    assert (code, "licence by letter" in text) == (0, True)


def test_item(command):
    code, data, _ = command(
        "controls", "item", "8505.11", "--from", "CHN", "--to", "USA", "--on", "2026-11-20", "--json"
    )
    assert code == 0
    assert {"requirements", "conflicts", "licence", "indicative"} <= set(data)
    code, text, _ = command("controls", "item", "H200", "--from", "USA", "--to", "CHN", "--on", "2026-11-20")
    assert (code, "Indicative only" in text) == (0, True)
    assert "as a chip: 3A090.a (case-by-case)" in text


def test_a_name_of_a_chip_and_another_chips_figures_are_refused(command):
    code, _, error = command("controls", "chip", "H100", "--tpp", "100", "--on", "2026-02-01")
    assert (code, "--tpp" in error) == (2, True)
    assert (
        command("controls", "chip", "H100", "--tpp", "15832", "--on", "2026-02-01", "--json")[1]["class"] == "3A090.a"
    )


def test_no_conflict_is_said_so(command):
    assert command("controls", "conflicts", "--on", "2020-01-01")[1] == "No conflict found among those known here.\n"


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
    rows = command("controls", "ceilings", "--goods", "--on", "2025-06-11", "--json")[1]
    assert {(r["item"], r["low"]) for r in rows} == {("rare-earth-magnets", 0.25), ("advanced-chips", None)}
    text = command("controls", "ceilings", "--goods", "--on", "2025-06-11")[1]
    assert "unknown" in next(x for x in text.splitlines() if x.startswith("advanced-chips"))
    assert command("controls", "conflicts", "--on", "2026-06-01", "--fact", "party-is-named-refiner", "--json")[1]
    out = str(tmp_path / "g.csv")
    assert command("controls", "generate", "--entities", "50", "--holdings", "90", "--seed", "1", "--out", out)[0] == 0
    (tmp_path / "l.csv").write_text("entity\nE0\n")
    code, data, _ = command("controls", "owners", out, "--listed", str(tmp_path / "l.csv"), "--json")
    assert code == 0
    assert set(data["certain"]) <= set(data["possible"])
    assert {r["name"] for r in command("data", "list", "--json")[1]} == {"us-csl", "cn-mofcom", "named"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("controls", "item", ""), ("controls", "item", "H20", "--on", "2026-13-01"), ("controls", "chip"),
        ("controls", "item", "H20", "--on", "2017-01-01"), ("controls", "item", "H20", "--to", "Atlantis"),
        ("controls", "item", "H20", "--assume", "maybe"), ("controls", "chip", "H21"), ("controls", "screen"),
        ("controls", "screen", ""), ("controls", "screen", "  "),
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


@pytest.mark.parametrize("place", ["nofolder/deep/out.csv", "afile/out.csv", "afolder"])
def test_places_to_write_to_are_made_or_refused_clearly(command, tmp_path, monkeypatch, place):
    """A missing folder is made; a file where a folder should be, or a folder where a file should, is said so."""
    pytest.importorskip("rapidfuzz")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "afile").write_text("")
    (tmp_path / "afolder").mkdir()
    (tmp_path / "in.csv").write_text("name\nHuawei Technologies\n")
    interests = [{"type": "shareholding", "share": {"exact": 50}}]
    details = {"subject": "B", "interestedParty": "A", "interests": interests}
    statement = {"statementId": "1", "recordType": "relationship", "recordDetails": details}
    (tmp_path / "b.json").write_text(json.dumps([statement]))
    made = place.startswith("nofolder")
    for arguments in (
        ("controls", "generate", "--entities", "50", "--holdings", "90", "--out", place),
        ("controls", "screen", "--file", "in.csv", "--out", place, "--max-age", "100000"),
        ("controls", "screen", "Huawei", "--log", place, "--max-age", "100000"),
        ("data", "import", "bods", "b.json", "--out", place),
    ):
        shutil.rmtree(tmp_path / "nofolder", ignore_errors=True)
        code, _, error = command(*arguments)
        assert code == (0 if made else 2), (arguments, error)
        assert (tmp_path / place).is_file() == made
        assert "Traceback" not in error


DIRTY = {
    "a column twice": ("name,name\nHuawei,Acme\n", "more than once"),
    "no header": ("Huawei,1\nAcme,2\n", "header"),
    "empty": ("", "header"),
    "open quote": ('name\n"Acme\n', "malformed"),
    "null bytes": ("name\nAcme\0\n", "null byte"),
    "wrong encoding": ("name\n华为\n".encode("gb18030"), "--encoding"),
    "a line past the limit": ("name\n" + "x" * 1_000_001 + "\n", "1,000,000"),
}


@pytest.mark.parametrize("case", DIRTY)
def test_dirty_files_of_names_are_one_clear_error(command, tmp_path, case):
    pytest.importorskip("rapidfuzz")
    content, says = DIRTY[case]
    path = tmp_path / "in.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    arguments = ("--file", str(path), "--out", str(tmp_path / "out.csv"), "--max-age", "100000")
    code, _, error = command("controls", "screen", *arguments)
    assert code == 2
    assert says in error
    assert "Traceback" not in error
    assert not (tmp_path / "out.csv").exists()


def test_names_in_another_encoding_are_read_where_it_is_named(command, tmp_path):
    pytest.importorskip("rapidfuzz")
    (tmp_path / "in.csv").write_bytes("名称\n华为技术有限公司\n".encode("gb18030"))
    arguments = ("--file", str(tmp_path / "in.csv"), "--out", str(tmp_path / "out.csv"), "--max-age", "100000")
    code, data, _ = command("controls", "screen", *arguments, "--encoding", "gb18030", "--json")
    assert (code, data["results"]) == (0, {"POTENTIAL_MATCH": 1})
    code, _, error = command("controls", "screen", *arguments, "--encoding", "klingon")
    assert (code, "not a known encoding" in error) == (2, True)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("owner,owned,share\nX,A,1.2\n", "above 100 %"), ("owner,owned,share\nX,A,120 %\n", "above 100 %"),
        ("owner,owned,share\nX,A,half\n", "is not a share"), ("owner,owned\nX,A\n", "no column share"),
        ("owner,owned,share\nX,A\n", "cells"), ("owner,owned,share\n,A,0.5\n", "has no owner"),
        ("owner,owned,share\nX,A,-0.1\n", "is not a share"), ("owner,owner,owned,share\nX,Z,A,0.5\n", "more than once"),
        ("owner;owned;share\nX;A;0.5\n", "parted by commas"),
        ("owner,owned,share\n" + "x" * 3_000_000 + ",A,0.5\n", "more than a million characters"),
    ],
)  # fmt: skip
def test_dirty_holdings_are_one_clear_error_with_the_row(command, tmp_path, content, says):
    (tmp_path / "e.csv").write_text(content)
    (tmp_path / "l.csv").write_text("entity\nX\n")
    code, text, error = command("controls", "owners", str(tmp_path / "e.csv"), "--listed", str(tmp_path / "l.csv"))
    assert (code, text) == (2, "")
    assert says in error
    assert "Traceback" not in error


def test_names_of_ten_thousand_characters_are_held_and_found_in_holdings(command, tmp_path):
    long = "x" * 10_000
    (tmp_path / "e.csv").write_text(f"owner,owned,share\n{long},A,0.5\n")
    (tmp_path / "l.csv").write_text(f"entity\n{long}\n")
    code, data, _ = command(
        "controls", "owners", str(tmp_path / "e.csv"), "--listed", str(tmp_path / "l.csv"), "--json"
    )
    assert (code, data["certain"]) == (0, ["A"])


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
