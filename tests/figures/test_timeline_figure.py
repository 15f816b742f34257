"""The figure of the timeline: what it says is what the ledger says, and it is written without a browser."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from detente.errors import DateError, UserError
from detente.ledger import Ledger

pytest.importorskip("altair", reason="figures need the extra `plot`")
pytest.importorskip("vl_convert", reason="figures need the extra `plot`")

from detente.brief._figures import COLOURS, TRACKS, save_figure, timeline_figure
from detente.ledger._timeline import average_steps


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


@pytest.fixture(scope="module")
def figure(ledger: Ledger) -> Any:
    return timeline_figure(ledger, start="2025-01-01")


def values(figure: Any) -> list[dict[str, Any]]:
    """Every row of data inside the chart, wherever Altair put it."""
    out: list[dict[str, Any]] = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            held = part.get("data")
            if isinstance(held, dict) and isinstance(held.get("values"), list):
                out.extend(held["values"])
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    spec = figure.to_dict()
    walk(spec)
    for rows in spec.get("datasets", {}).values():
        out.extend(rows)
    return out


def test_source_units_and_day_stand_inside(figure: Any, ledger: Ledger) -> None:
    spec = figure.to_dict()
    told = " ".join([spec["title"]["text"], *spec["title"]["subtitle"]])
    assert f"as of {ledger.firm_until}" in told
    assert "Source:" in told
    assert "2024" in told
    assert "2020" in told
    assert "% of customs value" in json.dumps(spec)


def test_bars_are_the_ledgers_states(figure: Any, ledger: Ledger) -> None:
    labels = {label: name for name, label in TRACKS}
    bars = [row for row in values(figure) if "label" in row and "state" in row]
    assert len(bars) > 30
    words = {"in force": "in_force", "announced": "scheduled"}
    for bar in bars:
        state = ledger.status(labels[bar["label"]], bar["from"])["status"]
        assert state == words.get(bar["state"], bar["state"]), bar


def test_one_colour_an_economy(figure: Any) -> None:
    bars = [row for row in values(figure) if "stroke" in row and row.get("state") == "in force"]
    assert {(bar["imposer"], bar["stroke"]) for bar in bars} == {("USA", COLOURS["USA"]), ("CHN", COLOURS["CHN"])}
    assert len(set(COLOURS.values())) == len(COLOURS)


def test_steps_are_the_ledgers_averages(figure: Any, ledger: Ledger) -> None:
    drawn = [row for row in values(figure) if "average" in row and row["importer"] == "CHN" and "label" not in row]
    want = average_steps(ledger, importer="CHN", exporter="USA", start="2025-01-01", end="2026-12-31")
    assert [row["day"] for row in drawn[::2]] == [step["from"] for step in want]
    assert [row["average"] for row in drawn[::2]] == pytest.approx([100 * step["average"] for step in want], abs=1e-3)


def test_what_is_unknown_is_grey_and_marked(figure: Any) -> None:
    unknown = [row for row in values(figure) if row.get("state") == "unknown"]
    assert {row["measure"] for row in unknown} >= {"chn.sctc.2025-04-reciprocal#24-points"}
    assert {row["text"] for row in unknown} == {"?"}
    assert not {row["stroke"] for row in unknown} & set(COLOURS.values()) - {COLOURS["ROW"]}


def test_svg_and_png_are_written(figure: Any, tmp_path: Path) -> None:
    drawing = ET.parse(save_figure(figure, tmp_path / "timeline.svg")).getroot()
    text = " ".join("".join(node.itertext()) for node in drawing.iter() if node.tag.endswith("text"))
    for needed in ("Tariffs between the United States and China", "Imposed by China", "Fentanyl", "suspended"):
        assert needed in text
    assert save_figure(figure, tmp_path / "timeline.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_another_ending_and_a_missing_folder_are_refused(figure: Any, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\.gif"):
        save_figure(figure, tmp_path / "timeline.gif")
    with pytest.raises(UserError, match="no folder"):
        save_figure(figure, tmp_path / "nowhere" / "timeline.svg")


def test_days_that_cannot_be_drawn(ledger: Ledger) -> None:
    with pytest.raises(DateError):
        timeline_figure(ledger, start="2026-01-01", end="2025-01-01")
