"""The page on the ledger: its table of averages is what the ledger answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from detente.ledger import Ledger
from detente.ledger._words import EVENTS, OPERATORS, STATUSES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ledger.md"
ROW = re.compile(r"^\| (\d{4}-\d\d-\d\d) \| (\w{3})<-(\w{3}) \| ([\d.]+) \| \w+ ([\d.]+) \|(.*)\|$", re.MULTILINE)


def test_the_table_of_averages() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(rows) >= 20
    ledger = Ledger.load()
    for day, importer, exporter, ours, published, why in rows:
        rate = 100 * ledger.on(day).average(importer=importer, exporter=exporter).average
        assert rate == pytest.approx(float(ours), abs=0.051), day
        if abs(rate - float(published)) > 2:
            assert why.strip(), f"{day}: a gap of more than two points needs its reason"


def test_every_status_event_and_operator_is_explained() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for word in (*STATUSES, *EVENTS, *OPERATORS):
        assert f"`{word}`" in text, word


def test_the_example_measure_is_the_embedded_one() -> None:
    from detente import strict_yaml

    example = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    document = strict_yaml.parse(example, "docs/ledger.md")
    assert document.problems == []
    measure = Ledger.load().measures["usa.ieepa.fentanyl-cn"]
    assert document.data["title"] == measure.title
    assert tuple(document.data["aliases"]) == measure.aliases
    assert {e["date"] for e in document.data["events"]} <= {e.date.isoformat() for e in measure.events}
