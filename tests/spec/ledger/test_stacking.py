"""Worked cases of stacking, to the basis point, layers included: people read them as docs/stacking.md."""

from __future__ import annotations

import csv
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from detente import strict_yaml
from detente.ledger import Ledger
from detente.ledger._words import OPERATORS
from shared_data import shared

ROOT = Path(__file__).resolve().parents[3]
CHAPTERS: list[dict[str, Any]] = strict_yaml.read(Path(__file__).with_name("stacking.yaml")).data
CASES = [case for chapter in CHAPTERS for case in chapter["cases"]]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def ask(ledger: Ledger, case: dict[str, Any]) -> Any:
    importer = case.get("to", "USA")
    options = {key: case[key] for key in ("use", "metal_share", "in_transit") if key in case}
    regime = ledger.on(case["day"], case.get("known"))
    return regime.rate(case["line"], importer=importer, exporter="CHN" if importer == "USA" else "USA", **options)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['day']} {c['name']}"[:70])
def test_stacking(ledger: Ledger, case: dict[str, Any]) -> None:
    rate = ask(ledger, case)
    found = {layer.measure: layer.rate for layer in rate.layers}
    assert found == case["layers"]
    assert rate.total == case["total"] == round(sum(case["layers"].values()), 10)
    assert {name: next(x.status for x in rate.layers if x.measure == name) for name in case.get("statuses", {})} == (
        case.get("statuses", {})
    )
    assert set(case.get("excluded", ())) <= {entry["measure"] for entry in rate.excluded}
    for layer in rate.layers:
        assert layer.legal_basis
        assert layer.source in ledger.sources()


def test_every_operator_in_use_has_a_chapter(ledger: Ledger) -> None:
    used = {m.stacking.operator for m in ledger.measures.values() if m.is_tariff and m.stacking}
    assert used - {"conditional"} <= {chapter["operator"] for chapter in CHAPTERS} <= set(OPERATORS)


def test_the_page_is_these_cases() -> None:
    page = runpy.run_path(str(ROOT / "tools" / "_lines_manual.py"))["page"]()
    assert (ROOT / "docs" / "stacking.md").read_text(encoding="utf-8") == page, "run python -m tools._lines_manual"


NAMES = {  # how the researched cases name a layer: the layer of the ledger
    "mfn": "mfn", "9903.88.03": "s301", "9903.05.31": "s301-forced-labour", "301": "s301", "fl": "s301-forced-labour",
    "4a": "s301", "fentanyl": "fentanyl", "reciprocal": "reciprocal", "s122": "s122",
}  # fmt: skip
LINES = {"G06": "8507600020", "G08": "8507600090", "G19": "8481.80.30"}
"""The line of the day where the case names a group of lines, or any line of a kind."""


def test_the_researched_cases(ledger: Ledger) -> None:
    """Every row of the researched table: the total, and the layers where the row names them one by one."""
    rows = list(csv.DictReader(shared("facts", "stacking_cases.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 10
    for row in rows:
        importer, exporter = ("CHN", "USA") if row["origin"].startswith("US") else ("USA", "CHN")
        listed = [LINES.get(row["case"], "")] if row["case"] in LINES else re.findall(r"[\d.]{8,}", row["hts"])
        for line in listed:
            rate = ledger.on(row["entry_date"]).rate(line, importer=importer, exporter=exporter)
            layers = rate.by_layer()
            base = layers.get("mfn", 0.0) if importer == "CHN" or row["case"] == "G19" else 0.0
            assert round(rate.total - base, 10) == round(float(row["total_rate_pct"]) / 100, 10), row["case"]
            if importer == "USA":
                named = re.findall(r"([\w.]+) (\d+(?:\.\d+)?)(?=;|$| )", row["layers"].lower())
                expected = {NAMES[k]: float(v) / 100 for k, v in named if k in NAMES and float(v)}
                got = {k: v for k, v in layers.items() if k != "mfn" or row["case"] != "G19"}
                assert {k: got[k] for k in expected} == pytest.approx(expected, abs=1e-9), row["case"]
