"""Destinations the Country Chart does not clear by itself, and files whose first line is a party."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente import controls
from detente.controls._tables import destination
from detente.errors import UserError


@pytest.mark.parametrize("to", ["RUS", "BLR", "IRN", "CUB", "SYR", "North Korea"])
@pytest.mark.parametrize("good", ["EDA software", "3A991"])
def test_an_embargoed_destination_is_never_not_required(to: str, good: str) -> None:
    """15 CFR part 746 asks for licences beyond the chart: 746.5 and 746.8 for Russia and Belarus since 2022."""
    answer = controls.item(good, from_="USA", to=to, on="2026-06-10")
    assert answer["licence"]["USA"] != "not required by list"


@pytest.mark.parametrize(("name", "code"), [("IRN", "Iran"), ("north korea", "PRK"), ("VEN", "Venezuela")])
def test_codes_of_destinations_without_an_economy(name: str, code: str) -> None:
    assert destination(name) == code


def test_a_lone_column_without_a_header_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "one.csv"
    source.write_text("Huawei\nLockheed Martin Corporation\n", encoding="utf-8")
    with pytest.raises(UserError, match="no column"):
        controls.screen_file(source, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
