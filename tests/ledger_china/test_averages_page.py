"""The page of averages: current, its published figures those of the sources, and every gap split without remainder."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

from shared_data import shared

ROOT = Path(__file__).resolve().parents[2]
if not (ROOT / "tools").is_dir():
    pytest.skip("the page's maker is not part of the installed package", allow_module_level=True)
sys.path.insert(0, str(ROOT))

from tools import _docs_averages as maker  # noqa: E402


def test_the_page_is_current() -> None:
    text = maker.PAGE.read_text(encoding="utf-8")
    assert text == maker.page(), "run `python -m tools._docs_averages`"


def test_published_figures_are_those_of_the_sources() -> None:
    with shared("facts", "published_averages.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    of = {"PIIE": "PIIE", "Yale": "Yale", "Waugh": "Waugh", "Census": "US Census"}
    for _, figures in maker.US:
        for figure in figures:
            found = [
                float(row["value_pct"])
                for row in rows
                if row["source"].startswith(of[figure.source])
                and row["date"] == figure.day
                and row["direction"] == "US on CN"
            ]
            assert found == [figure.percent], figure
    china = {row["date"]: float(row["value_pct"]) for row in rows if row["direction"] == "CN on US"}
    assert dict(maker.CHINA) == china


def test_every_gap_is_split_without_remainder() -> None:
    for day, figures in maker.US:
        ours = 100 * maker._ledger().on(day).average(importer="USA", exporter="CHN").average
        for figure in figures:
            assert sum(value for _, value in maker.split(day, figure)) == pytest.approx(ours - figure.percent)


def test_a_dozen_days_and_all_four_sources() -> None:
    assert len(maker.US) >= 12
    assert {figure.source for _, figures in maker.US for figure in figures} == set(maker.SOURCES)
