"""The commands `read`, `forecasts` and `tension` as a person runs them."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from detente.cli import _read
from detente.errors import UserError

TEXT = "On May 14, 2025, the US cut its tariffs on Chinese goods from 145% to 30%.\n"
KEYS = {
    "kind", "speaker", "affiliation", "text", "span", "from", "to", "by", "unit", "actor", "target", "date", "horizon",
    "checks", "ledger",
}  # fmt: skip


def run(*arguments):
    app = typer.Typer()
    _read.register(app)
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def article(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_read_prints_one_json_document_with_the_agreed_keys(article):
    data = json.loads(run("read", article, "--json").stdout)
    claim = data["claims"][0]
    assert set(claim) >= KEYS
    assert claim["text"] == data["document"][slice(*claim["span"])]
    assert claim["ledger"]["verdict"] == "supported"
    assert set(claim["ledger"]) == {"verdict", "measure", "detail"}
    assert data["document"] == TEXT


def test_read_for_people_names_numbers_and_verdict(article):
    text = run("read", article).stdout
    assert "USA -> CHN" in text
    assert "from 145 %" in text
    assert "supported" in text


def test_a_draft_is_printed_and_nothing_is_written(article, tmp_path):
    before = sorted(tmp_path.iterdir())
    assert "TO REVIEW" in run("read", article, "--draft", 1).stdout
    assert sorted(tmp_path.iterdir()) == before
    assert isinstance(run("read", article, "--draft", 9).exception, UserError)


def test_bad_input_is_a_user_error(article, tmp_path):
    bad = [
        ("read", tmp_path / "none"),
        ("read", article, "--on", "soon"),
        ("read", tmp_path),
        ("tension", "--start", "2026-01-01", "--end", "2025-01-01"),
        ("tension", "--figure", tmp_path / "x.bmp"),
        ("forecasts", "--file", tmp_path / "none.yaml"),
    ]
    for arguments in bad:
        assert isinstance(run(*arguments).exception, UserError), arguments
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt"]


def test_forecasts_are_listed_and_scored():
    rows = json.loads(run("forecasts", "--score", "--json").stdout)
    hu = next(r for r in rows if r["id"] == "hu-2025-05-exports")
    assert hu["score"]["crps"] == pytest.approx(0.16)  # |-0.36 + 0.20|
    assert "Wendy Cutler" in run("forecasts", "--score").stdout


def test_an_infinite_score_is_told_in_json(tmp_path):
    book = tmp_path / "book.yaml"
    book.write_text(
        "- {id: a, origin: expert, speaker: Ana Duarte, said_on: 2027-03-01, source: invented, statement: a deal,\n"
        "   kind: event, rule: signed, probability: [0, 0.5],\n"
        '   outcomes: [{state: "yes", on: 2027-06-01, source: invented}]}\n'
    )
    row = json.loads(run("forecasts", "--file", book, "--score", "--json").stdout)[0]
    assert row["score"]["log"] == [pytest.approx(math.log(2)), "infinite"]
    assert "called impossible" in row["score"]["note"]
    assert row["sealed"] is row["score"]["sealed"] is False
    assert "unsealed" in run("forecasts", "--file", book, "--score").stdout


def test_tension_as_json():
    data = json.loads(run("tension", "--start", "2025-01-01", "--json").stdout)
    assert len(data["months"]) == len(data["net"]) == len(data["index"])


def test_reading_stays_light(article):
    code = (
        "import sys\nfrom detente.study._verdicts import read_article\n"
        f"read_article({str(article)!r})\n"
        "heavy = {'jax', 'pandas', 'xarray', 'scipy', 'altair', 'scoringrules'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
