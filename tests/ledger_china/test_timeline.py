"""Spans of states and steps of averages, against the acts' own days."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from detente.errors import DateError, UnknownName
from detente.ledger import Ledger
from detente.ledger._timeline import average_steps, timeline


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def spans(ledger: Ledger, name: str, **more: str) -> list[tuple[str, str | None, str, float | None]]:
    rows = timeline(ledger, measures=[name], **{"end": "2026-12-31", **more})
    return [(row["from"], row["until"], row["state"], row["rate"]) for row in rows]


def test_the_fentanyl_duty_in_its_steps(ledger: Ledger) -> None:
    assert spans(ledger, "usa.ieepa.fentanyl-cn") == [
        ("2025-02-01", "2025-02-04", "scheduled", 0.0),
        ("2025-02-04", "2025-03-04", "in_force", 0.10),
        ("2025-03-04", "2025-11-10", "in_force", 0.20),
        ("2025-11-10", "2026-02-20", "in_force", 0.10),
        ("2026-02-20", "2026-02-24", "ended", 0.10),  # void, still collected
        ("2026-02-24", None, "ended", 0.0),
    ]


def test_the_snap_back_is_one_sided(ledger: Ledger) -> None:
    china = spans(ledger, "chn.sctc.2025-04-reciprocal#24-points")
    assert china == [
        ("2025-05-14", "2026-11-10", "suspended", None),
        ("2026-11-10", None, "unknown", None),
    ]
    america = spans(ledger, "usa.ieepa.reciprocal-cn#24-points")
    assert [row[2] for row in america] == ["suspended", "ended"]
    assert america[1][0] == "2026-02-20"


def test_what_never_came_is_not_shown_in_force(ledger: Ledger) -> None:
    states = {row[2] for row in spans(ledger, "F055")}
    assert states == {"scheduled", "never_in_force"}


def test_with_the_knowledge_of_the_day(ledger: Ledger) -> None:
    then = spans(ledger, "usa.ieepa.reciprocal-cn", known="2025-04-03", end="2025-05-01")
    assert then[-1][3] == 0.34
    now = spans(ledger, "usa.ieepa.reciprocal-cn", end="2025-05-01")
    assert now[-1][3] == 1.25


def test_spans_of_one_measure_meet_and_do_not_overlap(ledger: Ledger) -> None:
    rows = timeline(ledger, end="2026-12-31", tariffs_only=False)
    by_name: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_name.setdefault(row["measure"], []).append(row)
    assert len(by_name) > 60
    for mine in by_name.values():
        assert [row["until"] for row in mine[:-1]] == [row["from"] for row in mine[1:]]
        assert mine[-1]["until"] is None


def test_every_span_is_what_the_ledger_says_inside_it(ledger: Ledger) -> None:
    for row in timeline(ledger, end="2026-12-31"):
        last = dt.date.fromisoformat(row["until"] or "2027-01-01") - dt.timedelta(days=1)
        for day in {row["from"], last.isoformat()}:
            assert ledger.status(row["measure"], day)["status"] == row["state"], (row, day)


def test_only_what_reaches_into_the_days_asked(ledger: Ledger) -> None:
    rows = timeline(ledger, start="2025-06-01", end="2025-06-30")
    assert all(row["from"] <= "2025-06-30" and (row["until"] or "9") > "2025-06-01" for row in rows)
    assert "usa.s122.global" not in {row["measure"] for row in rows}


@pytest.mark.parametrize(("importer", "exporter"), [("USA", "CHN"), ("CHN", "USA")])
def test_steps_are_the_averages_of_their_days(ledger: Ledger, importer: str, exporter: str) -> None:
    steps = average_steps(ledger, importer=importer, exporter=exporter, start="2024-12-01", end="2025-06-30")
    assert steps[-1]["until"] is None
    for step in steps:
        assert sum(step["layers"].values()) == pytest.approx(step["average"])
        last = dt.date.fromisoformat(step["until"] or "2025-07-01") - dt.timedelta(days=1)
        for day in (step["from"], last):
            got = ledger.on(day).average(importer=importer, exporter=exporter).average
            assert got == pytest.approx(step["average"], abs=1e-6)


def test_chinas_april_steps_are_those_of_the_notices(ledger: Ledger) -> None:
    steps = average_steps(ledger, importer="CHN", exporter="USA", start="2025-03-20", end="2025-05-20")
    rises = [b["average"] - a["average"] for a, b in itertools.pairwise(steps)]
    assert rises == pytest.approx([0.84, 0.41, -1.15])  # 84, 125, 10 on every good


def test_bad_days_and_names(ledger: Ledger) -> None:
    with pytest.raises(DateError):
        timeline(ledger, start="2025-01-01", end="2024-01-01")
    with pytest.raises(UnknownName):
        timeline(ledger, measures=["usa.no-such-thing"])
