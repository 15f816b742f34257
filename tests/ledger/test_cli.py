"""The command line through real processes: what it prints, what it exits with, what it imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BROKEN = Path(__file__).parent / "broken"
HEAVY = ("jax", "pandas", "xarray", "scipy", "networkx", "altair")


def detente(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    program = "from detente.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60, env={**os.environ}
    )
    assert done.returncode == code, done.stderr
    return done


def answer(*arguments: str) -> Any:
    done = detente(*arguments, "--json")
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["ledger", "status", "F054", "--on", "2025-04-09"],
                  ["ledger", "average", "--from", "CHN", "--to", "USA", "--on", "2025-05-14"], ["ledger", "deadlines"],
                  ["ledger", "rate", "8481.80.30", "--from", "CHN", "--to", "USA", "--on", "2025-05-14"]],
)  # fmt: skip
def test_nothing_heavy_is_imported(arguments: list[str]) -> None:
    program = (
        "import sys; from detente.cli import run; code = run(sys.argv[1:]); "
        f"bad = [m for m in {HEAVY!r} if m in sys.modules]; sys.exit(9 if bad or code else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_status() -> None:
    now = answer("ledger", "status", "usa.ieepa.reciprocal-cn#34-percent", "--on", "2025-04-09")
    assert {"id", "status", "since", "until", "events", "confidence"} <= set(now)
    assert now["status"] == "never_in_force"
    then = answer("ledger", "status", "F054", "--on", "2025-04-09", "--known", "2025-04-03")
    assert then["status"] == "scheduled"


def test_average_by_sector() -> None:
    data = answer("ledger", "average", "--from", "China", "--to", "US", "--on", "2025-06-11", "--by", "sector")
    assert {"average", "layers", "weights", "weights_year", "matched_share", "warnings"} <= set(data)
    assert data["layers"]["fentanyl"] == pytest.approx(0.20)
    assert data["weights_year"] == 2024
    assert len(data["by_sector"]["mfn"]) == 28


def test_rate() -> None:
    line = ["ledger", "rate", "8481.80.30", "--from", "China", "--to", "US"]
    now = answer(*line, "--on", "2025-04-09", "--value", "14172")
    assert now["total"] == 1.346
    assert now["duty"]["total"] == round(14172 * 1.346, 2)
    assert "usa.ieepa.reciprocal-cn#34-percent" in {entry["measure"] for entry in now["excluded"]}
    then = answer(*line, "--on", "2025-04-09", "--known", "2025-04-03")
    assert then["total"] == 0.846
    assert then["layers"][-1]["status"] == "scheduled"
    split = answer("ledger", "rate", "9403.20.00.50", "--from", "CHN", "--to", "USA", "--on", "2025-09-10",
                   "--metal-share", "aluminium=0.6")  # fmt: skip
    assert split["total"] == 0.79


def test_average_by_chapter_and_series() -> None:
    data = answer("ledger", "average", "--from", "CHN", "--to", "USA", "--on", "2025-06-11", "--by", "hs2")
    assert data["by_hs2"]["fentanyl"]["85"] == 0.2
    line = answer("ledger", "series", "--from", "USA", "--to", "CHN", "--start", "2025-05-13", "--end", "2025-05-14")
    assert line["dates"] == ["2025-05-13", "2025-05-14"]
    assert [round(x, 9) for x in line["layers"]["reciprocal"]] == [1.25, 0.1]
    assert len(line["average"]) == 2


def test_deadlines_diff_list_show() -> None:
    rows = answer("ledger", "deadlines", "--on", "2025-05-14", "--within", "100")
    assert all(set(r) == {"date", "measure", "what", "if_nothing_done", "known", "legal_basis"} for r in rows)
    moved = answer("ledger", "diff", "2025-05-13", "2025-05-14", "--between", "USA", "CHN")
    assert {"started", "ended", "changed", "suspended", "resumed"} <= set(moved)
    listed = answer("ledger", "list", "--on", "2025-06-11", "--imposer", "CHN", "--status", "in_force")
    assert {r["status"] for r in listed} == {"in_force"}
    assert "chn.mofcom.18-2025" in {r["id"] for r in listed}
    shown = answer("ledger", "show", "F045")
    assert shown["id"] == "chn.sctc.2025-02"
    assert shown["sources"]["sctc"]["title"]


@pytest.mark.parametrize("command", [["status", "F045"], ["deadlines"], ["list"], ["show", "usa.ieepa.reciprocal-cn"],
                                     ["average", "--from", "USA", "--to", "CHN", "--by", "sector"],
                                     ["average", "--from", "CHN", "--to", "USA", "--by", "hs2"],
                                     ["rate", "8507.60.00", "--from", "CHN", "--to", "USA", "--on", "2025-12-01"],
                                     ["rate", "7323.93.00", "--from", "CHN", "--to", "USA", "--value", "100"],
                                     ["series", "--from", "CHN", "--to", "USA", "--start", "2026-01-01"],
                                     ["diff", "2025-11-09", "2025-11-10"], ["check"]])  # fmt: skip
def test_plain_text_when_piped(command: list[str]) -> None:
    done = detente("ledger", *command)
    assert done.stdout.strip()
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["status", "usa.ieepa.fentanil-cn"], "Did you mean"),
        (["status", "F045", "--on", "2025-13-01"], "not a date"),
        (["status", "F045", "--on", "2016-01-01"], "before the ledger begins"),
        (["average", "--from", "Atlantis", "--to", "USA"], "Atlantis"),
        (["average", "--from", "DEU", "--to", "USA"], "holds no tariffs"),
        (["average", "--from", "CHN", "--to", "USA", "--by", "colour"], "sector"),
        (["rate", "8517.12.00", "--from", "CHN", "--to", "USA", "--on", "2025-06-11"], "HS 2017"),
        (["rate", "85.1", "--from", "CHN", "--to", "USA"], "not an HS code"),
        (["rate", "8481.80.30", "--from", "CHN", "--to", "USA", "--use", "boat"], "civil-aircraft"),
        (["rate", "8481.80.30", "--from", "CHN", "--to", "USA", "--metal-share", "half"], "no metal share"),
        (
            ["series", "--from", "CHN", "--to", "USA", "--start", "2026-01-02", "--end", "2026-01-01"],
            "earlier day first",
        ),
        (["diff", "2025-06-11", "2025-05-14"], "earlier day first"),
        (["deadlines", "--within", "-3"], "negative"),
        (["check", "nowhere-at-all"], "not a folder"),
        (["list", "--status", "inforce"], "in_force"),
    ],
)
def test_bad_input_is_one_error_and_exit_2(arguments: list[str], text: str) -> None:
    done = detente("ledger", *arguments, code=2)
    assert text in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("arguments", [["nonsense"], ["ledger", "average", "--from", "CHN"], ["--nonsense"]])
def test_usage_errors_exit_2(arguments: list[str]) -> None:
    assert "Traceback" not in detente(*arguments, code=2).stderr


def test_check_of_ones_own_folder(tmp_path: Path) -> None:
    """Two broken files, one problem each."""
    place = tmp_path / "usa" / "test"
    place.mkdir(parents=True)
    for name in ("wrong_date", "unknown_key"):
        (place / f"{name}.yaml").write_text((BROKEN / f"{name}.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    done = detente("ledger", "check", str(tmp_path), code=2)
    assert "usa/test/wrong_date.yaml:15" in done.stderr
    assert "usa/test/unknown_key.yaml:9" in done.stderr
    done = detente("ledger", "check", str(tmp_path), "--json", code=2)
    assert len(json.loads(done.stdout)["problems"]) == 2


def test_our_own_bugs_exit_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from detente import cli
    from detente.cli import _app

    def broken(arguments: list[str]) -> int:
        raise ZeroDivisionError(f"on {arguments}")

    monkeypatch.setattr(_app, "invoke", broken)
    assert cli.run(["ledger", "list"]) == 1
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "bug in detente" in shown


def test_tables_on_a_terminal_take_brackets_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    """`[USA]` would be read as markup and vanish."""
    from detente.cli import _output

    _output._rich("Title [x]", ["where", "rate %"], [["[USA]", "12.5"]], right=(1,))
    shown = capsys.readouterr().out
    assert "[USA]" in shown
    assert "12.5" in shown


def test_deadlines_as_a_calendar(tmp_path: Path) -> None:
    """As many events as rows, in a file that begins and ends as calendars do."""
    rows = answer("ledger", "deadlines", "--on", "2026-09-28", "--ics", str(tmp_path / "deadlines.ics"))
    text = (tmp_path / "deadlines.ics").read_text(encoding="utf-8")
    assert text.startswith("BEGIN:VCALENDAR")
    assert text.count("BEGIN:VEVENT") == len(rows) > 5
    done = detente("ledger", "deadlines", "--ics", str(tmp_path / "no" / "such.ics"), code=2)
    assert "--ics" in done.stderr
