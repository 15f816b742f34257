"""Commitments: arithmetic from the deals' own figures, the two clocks, and what the status may say."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.cli import _commitments as face
from detente.cli import _ledger
from detente.errors import DateError, LedgerError
from detente.ledger import Ledger, _commitment_files
from detente.ledger._commitments import STATUSES, commitments
from shared_data import shared

EDGE = dt.date(2026, 10, 7)
days = st.dates(dt.date(2018, 11, 1), EDGE)


def one(name, on, known=None):
    return next(r for r in commitments(on, known) if r["id"] == name)


def test_phase_one_fell_short_of_its_own_baseline():
    row = one("phase-one.purchases", "2022-03-01")
    assert row["attainment"] == pytest.approx(288.8 / 502.4)
    assert round(100 * row["attainment"]) == 57
    assert row["excess"] == pytest.approx((288.8 - 302.4) / 200)
    assert row["excess"] < 0
    assert row["pace"] == pytest.approx(row["attainment"])  # its time was up
    assert row["status"] == "missed"
    assert row["contested"] is False


def test_phase_one_adds_up():
    rows = {r["id"].split(".")[1]: r["target"] for r in commitments("2020-02-01") if r["target"]}
    whole, first, second = rows["purchases"], rows["purchases-2020"], rows["purchases-2021"]
    assert first["value"] + second["value"] == pytest.approx(whole["value"])
    assert first["baseline"] + second["baseline"] == pytest.approx(whole["baseline"])
    added = [rows[f"added-{s}"]["value"] for s in ("manufactures", "agriculture", "energy", "services")]
    assert sum(added) == pytest.approx(200) == pytest.approx(whole["value"] - whole["baseline"])
    assert first["value"] - first["baseline"] == pytest.approx(76.7)
    assert second["value"] - second["baseline"] == pytest.approx(123.3)


def test_phase_one_waits_for_the_figures():
    assert one("phase-one.purchases", "2021-06-30")["status"] == "pending"
    late = one("phase-one.purchases", "2022-01-31", "2022-01-31")
    assert (late["status"], late["attainment"]) == ("unknown", None)


@pytest.mark.parametrize(("on", "known"), [("2026-01-02", None), ("2026-01-08", "2026-01-08"), ("2026-01-10", None)])
def test_soybeans_have_three_yardsticks_and_two_accounts(on, known):
    row = one("busan.soybeans-2025", on, known)
    told = {i["kind"]: i for i in row["indicators"] if i["low"] is not None}
    assert set(told) == {"booked", "announced", "landed"}
    assert told["landed"]["value"] == 0
    assert row["contested"] is True
    assert {a["party"]: a["says"] for a in row["assertions"]} == {"USA": "yes", "CHN": "silent"}
    assert row["attainment"] is None  # no text says which of the three counts
    assert row["attainment_range"][0] == 0
    assert (row["status"], row["original_due"], row["due"]) == ("extended", "2025-12-31", "2026-02-28")


def test_soybeans_on_8_january_by_the_figures_then_published():
    told = {i["kind"]: i for i in one("busan.soybeans-2025", "2026-01-08", "2026-01-08")["indicators"]}
    assert (told["booked"]["low"], told["booked"]["high"]) == (8.5, 10)
    assert told["booked"]["attainment_range"] == pytest.approx([8.5 / 12, 10 / 12])
    assert (told["announced"]["low"], told["announced"]["high"]) == (8, None)


def test_an_extension_counts_from_the_day_it_was_known():
    assert one("busan.soybeans-2025", "2026-01-08", "2025-12-02")["due"] == "2025-12-31"
    before, after = one("geneva.24-points-usa", "2025-08-10"), one("geneva.24-points-usa", "2025-08-11")
    assert (before["status"], before["due"]) == ("pending", "2025-08-12")
    assert (after["status"], after["due"], after["original_due"]) == ("extended", "2025-11-10", "2025-08-12")
    assert one("geneva.24-points-usa", "2025-11-11")["status"] == "kept"


def test_statuses_follow_the_evidence():
    assert one("busan.farm-duties", "2025-11-12")["status"] == "kept"
    assert one("busan.farm-duties", "2025-11-12")["delivered_by"] == ["chn.sctc.2025-03"]
    assert one("busan.24-points-usa", "2026-02-19")["status"] == "pending"
    assert one("busan.24-points-usa", "2026-02-20")["status"] == "superseded"
    assert one("london.curbs", "2025-07-02")["status"] == "partly_kept"
    assert one("new-york.list-china", "2026-10-07")["status"] == "unknown"
    assert one("beijing.rare-earths", "2026-06-01")["contested_over"] == ["promise"]


@settings(max_examples=40, deadline=None)
@given(days, days)
def test_nothing_from_beyond_either_clock_is_told(on, known):
    for row in commitments(on, known):
        told = [i for i in row["indicators"] if i["low"] is not None]
        for entry in (*row["assertions"], *row["extensions"], *row["evidence"], *told):
            assert entry["date"] <= on.isoformat()
            assert entry["known"] <= known.isoformat()
        assert row["status"] in STATUSES


@settings(max_examples=25, deadline=None)
@given(days, days, days)
def test_knowing_more_only_adds(on, first, second):
    early, late = sorted((first, second))
    before = {r["id"]: r for r in commitments(on, early)}
    after = {r["id"]: r for r in commitments(on, late)}
    assert set(before) <= set(after)
    for name, row in before.items():
        for part in ("evidence", "extensions"):
            assert all(entry in after[name][part] for entry in row[part])


def test_measures_named_are_in_the_ledger():
    ledger = Ledger.load()
    named = {m for c in _commitment_files.read() for e in c.evidence for m in e.measures}
    assert len(named) > 20
    for name in named:
        ledger.find(name)


def test_the_nine_deals_and_one_word_from_each_side():
    rows = commitments(EDGE)
    assert {r["id"].split(".")[0] for r in rows} == {
        "phase-one", "buenos-aires", "geneva", "london", "stockholm", "madrid", "busan", "beijing", "new-york",
    }  # fmt: skip
    for row in rows:
        assert sorted(a["party"] for a in row["assertions"]) == ["CHN", "USA"], row["id"]


def test_figures_are_those_of_the_compiled_facts():
    text = shared("facts", "commitments.md").read_text(encoding="utf-8")

    def figure(pattern: str) -> tuple[float, ...]:
        found = re.search(pattern, text)
        assert found, pattern
        return tuple(float(x) for x in found.groups())

    row, beans = one("phase-one.purchases", EDGE), one("busan.soybeans-2025", "2026-01-08")
    first, second = (one(f"phase-one.purchases-{year}", EDGE)["target"]["value"] for year in (2020, 2021))
    told = {i["kind"]: i for i in beans["indicators"]}
    assert figure(r"commitment ([\d.]+) \+ ([\d.]+) = ([\d.]+);") == (first, second, row["target"]["value"])
    assert figure(r"actual ([\d.]+), that is (\d+) %") == (
        row["indicators"][0]["value"],
        round(100 * row["attainment"]),
    )
    assert figure(r"traders ([\d.]+)-([\d.]+) booked") == (told["booked"]["low"], told["booked"]["high"])
    assert figure(r"then above ([\d.]+) by 8 Jan") == (told["announced"]["low"],)
    assert figure(r"customs arrivals ([\d.]+) Sep") == (told["landed"]["value"],)
    assert figure(r"(\d+) MMT soybeans by end-2025") == (beans["target"]["value"],)
    assert figure(r"and (\d+) MMT a year") == (one("busan.soybeans-2026", EDGE)["target"]["value"],)
    assert figure(r"(\d+) Boeing aircraft") == (one("beijing.aircraft", EDGE)["target"]["value"],)


DEAL = """\
deal: Test
date: 2025-01-01
source: test
confidence: H
commitments:
  - name: a
    actor: CHN
    kind: quantity
    what: buy
    due: 2025-12-31
    target: {value: 100, unit: t, baseline: 40, from: 2025-01-01, decides: shipped}
    assertions: [{party: USA, says: yes}, {party: CHN, says: yes}]
    indicators:
      - {kind: shipped, what: x, unit: t, values: [VALUES]}
    evidence: [EVIDENCE]
"""


def made(tmp_path: Path, on: str, values: str = "", evidence: str = ""):
    (tmp_path / "t.yaml").write_text(DEAL.replace("VALUES", values).replace("EVIDENCE", evidence), encoding="utf-8")
    return commitments(on, path=tmp_path)[0]


def test_pace_is_by_the_day_of_the_value(tmp_path):
    row = made(tmp_path, "2025-11-01", "{date: 2025-07-02, value: 50}")  # day 183 of 365
    assert row["pace"] == pytest.approx(0.5 / (183 / 365))
    assert row["excess"] == pytest.approx(10 / 60)
    assert row["status"] == "pending"


@pytest.mark.parametrize(("value", "status"), [(100, "kept"), (99, "missed"), (41, "missed"), (40, "missed")])
def test_verdict_on_a_final_figure(tmp_path, value, status):
    assert made(tmp_path, "2026-02-01", f"{{date: 2025-12-31, value: {value}}}")["status"] == status


def test_a_later_vintage_takes_the_place_of_an_earlier_one(tmp_path):
    values = "{date: 2025-12-31, known: 2026-01-10, value: 99}, {date: 2025-12-31, known: 2026-03-01, value: 100}"
    (tmp_path / "t.yaml").write_text(DEAL.replace("VALUES", values).replace("EVIDENCE", ""), encoding="utf-8")
    assert commitments("2026-04-01", "2026-02-01", tmp_path)[0]["status"] == "missed"
    assert commitments("2026-04-01", "2026-03-01", tmp_path)[0]["status"] == "kept"


def test_a_breach_stands_until_it_is_undone(tmp_path):
    breach = "{date: 2025-03-01, finding: breached, measures: [x.y]}"
    row = made(tmp_path, "2025-04-01", evidence=breach)
    assert (row["status"], row["breached_by"]) == ("broken", ["x.y"])
    later = breach + ", {date: 2025-05-01, finding: superseded}"
    assert made(tmp_path, "2025-06-01", evidence=later)["status"] == "broken"
    mended = breach + ", {date: 2025-05-01, finding: restored}"
    assert made(tmp_path, "2025-06-01", evidence=mended)["status"] == "pending"


BROKEN = {
    "says: maybe}, {party: CHN": ("says: yes}, {party: CHN", "not a known word for an assertion"),
    "party: Atlantis": ("party: USA", "'Atlantis' is not a known economy"),
    "due: 2024-12-31": ("due: 2025-12-31", "before it was made"),
    "baseline: 140": ("baseline: 40", "not below the target"),
    "decides: landed": ("decides: shipped", "no indicator is of that kind"),
    "kind: wish": ("kind: quantity", "not a known kind of commitment"),
    "whatever: buy": ("what: buy", "is not a key of a commitment"),
    "values: [{date: 2025-05-01, known: 2025-04-01, value: 3}]": ("values: [VALUES]", "before the day it describes"),
    "evidence: [{date: 2025-05-01, finding: superseded, by: no.such}]": ("evidence: [EVIDENCE]", "'no.such'"),
}


def test_every_problem_of_every_file_is_told_at_once_with_its_line(tmp_path):
    for i, (bad, (good, _)) in enumerate(BROKEN.items()):
        text = DEAL.replace(good, bad).replace("VALUES", "").replace("EVIDENCE", "")
        assert bad in text
        (tmp_path / f"broken-{i}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(LedgerError) as caught:
        commitments("2025-06-01", path=tmp_path)
    lines = [str(p) for p in caught.value.problems]
    for i, (_, what) in enumerate(BROKEN.values()):
        if "no.such" in what:
            continue  # a reference across files is looked at only in files that can be read
        assert any(line.startswith(f"broken-{i}.yaml:") and what in line for line in lines), (i, lines)


def test_a_reference_that_leads_nowhere(tmp_path):
    with pytest.raises(LedgerError, match=r"t\.yaml:6: is superseded by 'no\.such'"):
        made(tmp_path, "2025-06-01", evidence="{date: 2025-05-01, finding: superseded, by: no.such}")


def test_a_month_counts_from_its_last_day(tmp_path):
    assert made(tmp_path, "2025-06-29", "{date: 2025-06, value: 50}")["attainment"] is None
    row = made(tmp_path, "2025-06-30", "{date: 2025-06, value: 50}")
    assert (row["attainment"], row["indicators"][0]["day_known_to"]) == (0.5, "month")


def test_a_day_that_cannot_be_read():
    with pytest.raises(DateError, match="--known"):
        commitments("2025-06-01", "soon")


def test_command_line(capsys):
    face.register(_ledger.app)
    face.register(_ledger.app)
    assert [c.name for c in _ledger.app.registered_commands].count("commitments") == 1
    face.commitments(on="2026-01-08", known=None, deals=None, as_json=True)
    rows = json.loads(capsys.readouterr().out)
    assert rows == commitments("2026-01-08")
    wanted = {
        "id",
        "deal",
        "actor",
        "what",
        "target",
        "due",
        "status",
        "contested",
        "assertions",
        "indicators",
        "attainment",
    }
    assert all(wanted <= set(r) for r in rows)
    face.commitments(on="2026-01-08", known=None, deals=None, as_json=False)
    text = capsys.readouterr().out
    assert "busan.soybeans-2025" in text
    assert "contested" in text


def test_attainment_stays_empty_while_no_yardstick_is_named():
    """The soybean promise names none: that only one of three had a figure by 20 December 2025 decides nothing."""
    rows = commitments("2026-01-08", "2025-12-20")
    row = next(r for r in rows if r["id"] == "busan.soybeans-2025")
    assert row["target"]["decided_by"] == "unknown"
    assert row["attainment"] is None
    assert row["pace"] is None
    assert row["attainment_range"] is not None
