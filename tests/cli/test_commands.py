"""The commands as a person runs them: exit codes, one JSON document, no traceback, light imports."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def run(*arguments):
    return subprocess.run([sys.executable, "-m", "detente", *arguments], capture_output=True, text=True, timeout=120)


def test_brief_prints_one_json_document():
    done = run("brief", "--on", "2025-05-14", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    answer = json.loads(done.stdout)
    assert answer["impact"]["status"] == "solved"


def test_brief_when_piped_is_plain():
    done = run("brief", "--on", "2026-08-01")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "What it costs" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("brief", "--on", "2025-13-01"), ("brief", "--on", "2017-01-01"), ("brief", "--between", "USA", "ZZZ"),
        ("run", "nowhere.yaml"), ("compare", "a", "b"), ("verify", "nowhere"), ("ledger", "average", "--from", "CHX"),
        ("brief", "--no-such-option"), ("no-such-command",),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_error(arguments, tmp_path):
    done = run(*arguments)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_a_broken_scenario_writes_nothing(tmp_path):
    (tmp_path / "s.yaml").write_text("after: {changes: [{tariff: add, importer: USA, exporter: CHN, rate: -2.0}]}\n")
    done = run("run", str(tmp_path / "s.yaml"), "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "s.yaml:1" in done.stderr
    assert "-200%" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["s.yaml"]


@pytest.mark.parametrize("arguments", [("--help",), ("ledger", "status", "usa.s301.list-1", "--on", "2025-05-14")])
def test_light_commands_stay_light(arguments):
    code = (
        "import sys\n"
        "from detente.cli import run\n"
        f"code = run({list(arguments)!r})\n"
        "heavy = {'jax', 'pandas', 'xarray', 'scipy', 'altair', 'networkx'} & set(sys.modules)\n"
        "assert code == 0 and not heavy, (code, heavy)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
