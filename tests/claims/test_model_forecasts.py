"""Model runs and odds in the book of forecasts: closed forms of their scores, and a book that only grows."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import math

import pytest
import typer
from typer.testing import CliRunner

from detente.claims import ForecastBook, Outcome, score
from detente.claims._category_scores import brier_range, feasible, log_range
from detente.cli import _read
from detente.errors import UserError
from detente.study._model_forecasts import add_to_book, forecast_of_run, odds_forecast, run_forecast

DUE, SAID = dt.date(2027, 12, 31), dt.date(2026, 10, 1)
ODDS = {
    "event": "truce", "on": "2026-10-01", "deadline": "2026-11-10", "source": "invented", "model": True,
    "odds": {"deal": [0.1, 0.3], "extension": [0.5, 0.8], "collapse": [0.05, 0.2]},
}  # fmt: skip


def run(*arguments):
    app = typer.Typer()
    _read.register(app)
    return CliRunner().invoke(app, ["forecasts", *(str(a) for a in arguments)])


def test_brier_of_points_is_the_sum_of_squares():
    assert brier_range([(0.5, 0.5), (0.3, 0.3), (0.2, 0.2)], 1) == pytest.approx((0.25 + 0.49 + 0.04,) * 2)


def test_brier_of_two_outcomes_is_twice_the_binary_score():
    low, high = brier_range([(0.55, 0.8), (0.2, 0.45)], 0)
    assert (low, high) == pytest.approx((2 * 0.2**2, 2 * 0.45**2))


def test_best_and_worst_over_intervals_keep_the_sum_at_one():
    """Nearest to an extension is (0.1, 0.8, 0.1): 0.01 + 0.04 + 0.01; farthest (0.3, 0.5, 0.2): 0.09 + 0.25 + 0.04."""
    box = [(0.1, 0.3), (0.5, 0.8), (0.05, 0.2)]
    assert brier_range(box, 1) == pytest.approx((0.06, 0.38))
    assert log_range(box, 1) == pytest.approx((-math.log(0.8), -math.log(0.5)))


def test_intervals_narrow_each_other():
    """With the others at least 0.6 in all, 'up to 0.9' cannot be more than 0.4."""
    box = [(0.0, 0.9), (0.3, 0.5), (0.3, 0.5)]
    assert log_range(box, 0) == pytest.approx((-math.log(0.4), math.inf))


def test_no_probabilities_fit():
    assert not feasible([(0.6, 0.7), (0.5, 0.6)])
    assert not feasible([(0.1, 0.2), (0.1, 0.2)])


def test_odds_are_recorded_and_scored():
    record = odds_forecast(ODDS)
    assert (record.origin, record.kind, record.horizon) == ("model", "categories", dt.date(2026, 11, 10))
    came = (Outcome("category", dt.date(2026, 11, 10), "invented", "H", category="extension"),)
    found = score(dataclasses.replace(record, outcomes=came))
    assert found["brier"] == pytest.approx([0.06, 0.38])
    assert found["right"] is True


def test_a_triple_is_read_by_its_ends():
    odds = {k: [v[0], sum(v) / 2, v[1]] for k, v in ODDS["odds"].items()}
    assert odds_forecast(ODDS | {"odds": odds}).categories == odds_forecast(ODDS).categories


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"odds": {"deal": [0.1, 0.2], "collapse": [0.1, 0.2]}}, "add to one"),
        ({"odds": {"deal": [0.1, 1.2], "collapse": [0.1, 0.9]}}, "within 0 and 1"),
        ({"odds": {"deal": [0.9, 1.0]}}, "two categories"),
        ({"odds": [0.1, 0.2]}, "mapping"),
        ({"evnt": "x"}, "evnt"),
        ({"deadline": None}, "deadline"),
        ({"deadline": "2026-09-01"}, "before it was said"),
    ],
)
def test_odds_that_cannot_be(changes, words):
    with pytest.raises(UserError, match=words):
        odds_forecast(ODDS | changes)


def test_a_run_becomes_a_sealed_record_that_reads_back(tmp_path):
    made = run_forecast(
        {"fingerprint": "ab12"}, "gdp_percent:CHN", -0.4123456789012345, (-0.6, -1e-9), horizon=DUE, rule='a "rule"',
        said_on=SAID, unit="percent",
    )  # fmt: skip
    added = add_to_book(tmp_path / "mine.yaml", made)
    assert ForecastBook.load(tmp_path / "mine.yaml").records == (added,)
    assert added.seal == added.sealed()
    value = Outcome("value", DUE, "invented", "H", -0.5)
    scored = score(ForecastBook((added,)).resolve(added.id, value).find(added.id))
    assert scored["interval"] == pytest.approx(0.6, abs=1e-6)


def test_the_book_only_grows(tmp_path):
    book = tmp_path / "mine.yaml"
    add_to_book(book, odds_forecast(ODDS))
    before = book.read_text(encoding="utf-8")
    with pytest.raises(UserError, match="is taken"):
        add_to_book(book, odds_forecast(ODDS))
    with pytest.raises(UserError, match="no forecast"):
        add_to_book(book, odds_forecast(ODDS | {"id": "other"}, supersedes="none"))
    assert book.read_text(encoding="utf-8") == before
    newer = odds_forecast(ODDS | {"id": "later", "on": "2026-10-08"}, supersedes="odds-truce-2026-10-01")
    add_to_book(book, newer)
    assert book.read_text(encoding="utf-8").startswith(before)
    assert [r.id for r in ForecastBook.load(book).current()] == ["later"]


def test_a_changed_record_is_found_out(tmp_path):
    book = tmp_path / "mine.yaml"
    add_to_book(book, odds_forecast(ODDS))
    book.write_text(book.read_text(encoding="utf-8").replace("0.3]", "0.35]"), encoding="utf-8")
    with pytest.raises(UserError, match="edited after it was sealed"):
        ForecastBook.load(book)


def test_an_amended_record_is_sealed_again():
    made = odds_forecast(ODDS | {"on": "2098-10-01", "deadline": "2098-11-10"})
    book = ForecastBook((dataclasses.replace(made, seal=made.sealed()),))
    amended = book.amend(made.id, dt.date(2098, 10, 2), statement="another").find(made.id)
    assert amended.seal == amended.sealed() != made.sealed()


@pytest.fixture
def folder(tmp_path):
    """A run's folder as `detente run --out` writes it: a table, and a record with its hash."""
    pd = pytest.importorskip("pandas")
    rows = [
        ("real_income_percent", "percent", "USA", None, None, None, -0.25),
        ("real_income_percent_low", "percent", "USA", None, None, None, -0.4),
        ("real_income_percent_high", "percent", "USA", None, None, None, -0.1),
        ("goods_trade_percent", "percent", None, None, "USA", "CHN", -80.0),
    ]
    columns = ["variable", "unit", "economy", "sector", "importer", "exporter", "value"]
    place = tmp_path / "run"
    place.mkdir()
    pd.DataFrame(rows, columns=columns).to_parquet(place / "results.parquet", index=False)
    digest = hashlib.sha256((place / "results.parquet").read_bytes()).hexdigest()
    record = {"fingerprint": "ab12", "inputs": {}, "files": {"results.parquet": digest}, "status": "solved"}
    (place / "record.json").write_text(json.dumps(record))
    return place


def test_a_folder_of_a_run(folder):
    made = forecast_of_run(folder, "real_income_percent:USA", horizon=DUE, rule="x", said_on=SAID)
    assert (made.value, made.interval, made.level, made.unit) == (-0.25, (-0.4, -0.1), 0.9, "percent")
    assert made.source == "model run ab12"
    pair = forecast_of_run(folder, "goods_trade_percent:CHN->USA", horizon=DUE, rule="x", said_on=SAID)
    assert (pair.kind, pair.value) == ("number", -80.0)
    with pytest.raises(UserError, match="not a known result"):
        forecast_of_run(folder, "real_incom_percent:USA", horizon=DUE, rule="x", said_on=SAID)
    (folder / "results.parquet").write_bytes(b"x")
    with pytest.raises(UserError, match="is not the table"):
        forecast_of_run(folder, "real_income_percent:USA", horizon=DUE, rule="x", said_on=SAID)


def test_the_command_adds_to_ones_own_book_alone(folder, tmp_path):
    book, odds = tmp_path / "mine.yaml", tmp_path / "odds.json"
    odds.write_text(json.dumps(ODDS))
    bad = run("--add-run", folder)
    assert isinstance(bad.exception, UserError)
    for word in ("--file", "--due", "--rule"):
        assert word in str(bad.exception)
    run("--file", book, "--add-run", folder, "--due", "2027-12-31", "--rule", "x", "--said-on", "2026-10-01")
    done = run("--file", book, "--add-odds", odds, "--json")
    assert [r["kind"] for r in json.loads(done.stdout)] == ["interval", "categories"]


def test_odds_with_all_their_digits_read_back_as_they_were_sealed(tmp_path):
    """A model's odds have sixteen digits; the file holds twelve, and the seal must fit what is read back."""
    odds = {"deal": [1 / 3, 2 / 3], "extension": [0.0088388776, math.sqrt(0.1)], "collapse": [1e-13, 1 / 7]}
    book = tmp_path / "book.yaml"
    add_to_book(book, odds_forecast({**ODDS, "odds": odds}))
    (kept,) = ForecastBook.load(book).records
    assert kept.seal == kept.sealed()
