"""The tariff ladder: cases that people can read, one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from detente import strict_yaml
from detente.ledger import Ledger

CASES: list[dict[str, Any]] = strict_yaml.read(Path(__file__).with_name("ladder.yaml")).data


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['on']} {c['name']}"[:60])
def test_ladder(case: dict[str, Any]) -> None:
    ledger = Ledger.load()
    found = {name: ledger.status(name, case["on"], case.get("known"))["rate"] for name in case["rates"]}
    assert found == case["rates"]
    if "added" in case:
        assert round(sum(found.values()), 10) == case["added"]


def test_every_step_of_the_ladder_is_there() -> None:
    """The days on which the facts say something moved between the two."""
    days = {"2018-09-24", "2019-05-10", "2019-09-01", "2020-02-14", "2025-02-04", "2025-03-04", "2025-04-08",
            "2025-04-09", "2025-04-10", "2025-04-12", "2025-05-14", "2025-06-11", "2025-08-12", "2025-11-10",
            "2026-02-23", "2026-02-24", "2026-07-24"}  # fmt: skip
    assert days <= {case["on"] for case in CASES}
