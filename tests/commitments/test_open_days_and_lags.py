"""Extensions without a named day, and figures that are not known before they are published."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import LedgerError
from detente.ledger import Ledger, _commitment_files, commitments

DEAL = """\
deal: Test
date: 2025-01-01
source: test
confidence: H
commitments:
  - name: a
    actor: CHN
    kind: KIND
    what: hold
    DUE
    TARGET
    assertions: [{party: USA, says: yes}, {party: CHN, says: yes}]
    extensions: [EXTENSIONS]
    indicators: [INDICATORS]
    evidence: [EVIDENCE]
"""
DUE = "due: 2025-03-31"
HELD = "{date: 2025-01-02, finding: performed}"
OPEN = "{date: 2025-03-15, until: unnamed}"
ENDED = "{date: 2025-06-10, known: 2025-06-09, finding: ended, measures: [x.y]}"
MONTHLY = '{kind: shipped, what: x, unit: t, lag_days: 35, lag_source: "a calendar", values: [VALUES]}'


def made(folder, on, known=None, *, extensions="", evidence=HELD, kind="standstill", due=DUE, indicators="", target=""):
    text = DEAL.replace("KIND", kind).replace("DUE", due).replace("TARGET", target).replace("EVIDENCE", evidence)
    text = text.replace("EXTENSIONS", extensions).replace("INDICATORS", indicators)
    (folder / "t.yaml").write_text(text, encoding="utf-8")
    return commitments(on, known, folder)[0]


def shipped(folder, on, known=None, values=""):
    target = "target: {value: 100, unit: t, from: 2025-01-01, decides: shipped}"
    indicators = MONTHLY.replace("VALUES", values)
    return made(folder, on, known, kind="quantity", target=target, indicators=indicators, evidence="")


@pytest.mark.parametrize(
    ("on", "known", "status", "due"),
    [
        ("2019-02-27", None, "pending", "2019-03-01"),
        ("2019-03-02", None, "extended", None),
        ("2019-05-09", None, "extended", None),
        ("2019-05-10", None, "ended", None),
        ("2019-06-01", None, "ended", None),
        ("2019-06-01", "2019-05-08", "extended", None),  # notice was given on 9 May
        ("2019-03-02", "2019-02-27", "unknown", "2019-03-01"),  # its last day had not been seen yet
    ],
)
def test_buenos_aires_was_put_off_without_a_day_and_ended_in_may(on, known, status, due):
    (row,) = commitments(on, known)
    assert (row["status"], row["due"], row["original_due"]) == (status, due, "2019-03-01")
    if status in ("extended", "ended"):
        assert [e["until"] for e in row["extensions"]] == [None]
    assert row["ended_by"] == (["usa.s301.list-3"] if status == "ended" else [])


def test_the_measure_says_that_the_truce_ended_on_the_same_day():
    steps = [e for e in Ledger.load().find("usa.s301.list-3")[0].events if e.kind == "rate_changed"]
    step = next(e for e in steps if e.date == dt.date(2019, 5, 10))
    assert step.rate == 0.25
    (row,) = commitments("2019-06-01")
    ending = next(e for e in row["evidence"] if e["finding"] == "ended")
    assert (ending["date"], ending["known"]) == (step.date.isoformat(), step.known.isoformat())


def test_an_unnamed_day_never_passes_and_a_named_one_may_follow(tmp_path):
    assert made(tmp_path, "2025-03-14", extensions=OPEN)["status"] == "pending"
    row = made(tmp_path, "2039-01-01", extensions=OPEN)
    assert (row["status"], row["status_reason"], row["due"]) == ("extended", "no last day is named", None)
    named = f"{OPEN}, {{date: 2025-06-01, until: 2025-09-30}}"
    assert made(tmp_path, "2025-09-30", extensions=named)["status"] == "extended"
    assert made(tmp_path, "2025-10-01", extensions=named)["status"] == "kept"
    assert made(tmp_path, "2025-05-31", extensions=named)["due"] is None


def test_a_breach_before_the_end_stays_a_breach(tmp_path):
    breach = "{date: 2025-05-01, finding: breached, measures: [x.y]}, "
    row = made(tmp_path, "2025-07-01", extensions=OPEN, evidence=breach + ENDED)
    assert (row["status"], row["breached_by"], row["ended_by"]) == ("broken", ["x.y"], ["x.y"])


@pytest.mark.parametrize(
    ("extensions", "evidence", "what"),
    [
        ("", ENDED, "only for a promise that had no named last day"),
        (f"{OPEN}, {{date: 2025-06-01, until: 2025-09-30}}", ENDED, "only for a promise that had no named last day"),
        (f"{OPEN}, {{date: 2025-02-01, until: unnamed}}", HELD, "is before the extension above it"),
        (f"{OPEN}, {{date: 2025-06-01, until: 2025-03-31}}", HELD, "does not move the day before it"),
        ("{date: 2025-03-15}", HELD, "needs 'until'"),
        ("{date: 2025-03-15, until: later}", HELD, "'later' is not a date"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path, extensions, evidence, what):
    with pytest.raises(LedgerError, match=r"t\.yaml:\d+: .*" + what):
        made(tmp_path, "2025-06-30", extensions=extensions, evidence=evidence)


def test_a_figure_is_not_known_before_its_lag_has_run(tmp_path):
    quarter = "{date: 2025-03-31, value: 30}"
    # 31 March and 35 days is 5 May
    assert shipped(tmp_path, "2025-06-01", "2025-05-04", quarter)["attainment"] is None
    row = shipped(tmp_path, "2025-06-01", "2025-05-05", quarter)
    assert row["attainment"] == pytest.approx(0.3)
    told = row["indicators"][0]
    assert (told["known"], told["known_from"]) == ("2025-05-05", "lag")
    assert (told["lag_days"], told["lag_source"]) == (35, "a calendar")


@pytest.mark.parametrize("day", ["2025-04-10", "2025-07-01"])
def test_a_publication_day_that_is_given_stands(tmp_path, day):
    values = f"{{date: 2025-03-31, known: {day}, value: 30}}"
    before = (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()
    assert shipped(tmp_path, "2025-08-01", before, values)["attainment"] is None
    assert shipped(tmp_path, "2025-08-01", day, values)["indicators"][0]["known_from"] == "source"


def test_a_verdict_waits_for_the_calendar_and_says_until_when(tmp_path):
    values = "{date: 2025-03-31, value: 30}"
    row = shipped(tmp_path, "2025-05-04", "2025-05-04", values)
    assert (row["status"], row["status_reason"]) == ("unknown", "no final figure; not before 2025-05-05")
    assert row["indicators"][0]["final_figure_from"] == "2025-05-05"
    assert shipped(tmp_path, "2025-05-05", "2025-05-05", values)["status"] == "missed"


@settings(max_examples=30, deadline=None)
@given(st.dates(dt.date(2020, 1, 1), dt.date(2026, 12, 31)), st.integers(0, 400))
def test_known_is_the_end_of_the_period_and_the_lag(tmp_path_factory, end, lag):
    folder = tmp_path_factory.mktemp("lag")
    row = f"{{kind: landed, what: x, unit: t, lag_days: {lag}, lag_source: c, values: [{{date: {end}, value: 1}}]}}"
    text = DEAL.replace("2025-01-01", "2019-01-01").replace("KIND", "quantity").replace("DUE", "due: 2028-01-01")
    text = text.replace("TARGET", "target: {value: 2, unit: t}").replace("INDICATORS", row)
    (folder / "t.yaml").write_text(text.replace("EXTENSIONS", "").replace("EVIDENCE", ""), encoding="utf-8")
    (reading,) = _commitment_files.read(folder)[0].indicators[0].values
    assert (reading.known - end).days == lag


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        ("lag_days: 3.5, lag_source: c", "is not a number of days"),
        ("lag_days: -1, lag_source: c", "is not a number of days"),
        ("lag_days: 35", "'lag_source' is missing"),
        ("lag_source: c", "'lag_days' is missing"),
    ],
)
def test_a_lag_is_whole_days_with_a_source(tmp_path, bad, what):
    with pytest.raises(LedgerError, match=what):
        made(tmp_path, "2025-06-01", indicators=f"{{kind: shipped, what: x, unit: t, {bad}}}")


def test_official_yardsticks_have_a_lag_with_its_source():
    lags: dict[str, set[int | None]] = {}
    for row in _commitment_files.read():
        for indicator in row.indicators:
            lags.setdefault(indicator.kind, set()).add(indicator.lag_days)
            assert (indicator.lag_days is None) == (not indicator.lag_source)
            for value in indicator.values:
                assert value.known_from != "date" or indicator.lag_days is None
    # FT-900: about 35 days; Chinese customs by origin: the 20th; export sales: Thursday to Thursday
    assert (lags["shipped"], lags["landed"], lags["announced"]) == ({35}, {20}, {7})
    assert lags["booked"] == lags["licensed"] == {None}  # nobody publishes a calendar of these


def test_chinese_arrivals_to_november_were_published_on_20_december():
    def landed(known):
        rows = {r["id"]: r for r in commitments("2026-01-08", known)}
        return next(i for i in rows["busan.soybeans-2025"]["indicators"] if i["kind"] == "landed")

    assert landed("2025-12-19")["value"] is None
    assert (landed("2025-12-20")["value"], landed("2025-12-20")["known_from"]) == (0, "lag")
    assert landed("2026-01-19")["period"] == "September to November 2025"
    assert landed("2026-01-20")["period"] == "September to December 2025"


@pytest.mark.parametrize(("known", "status"), [("2025-03-30", "unknown"), ("2025-03-31", "kept"), (None, "kept")])
def test_held_to_its_last_day_needs_that_day_to_be_seen(tmp_path, known, status):
    assert made(tmp_path, "2025-04-10", known)["status"] == status


def test_nothing_is_kept_beyond_the_edge_of_the_evidence():
    edge = Ledger.load().thin_until
    ahead = [r for r in commitments("2028-01-01") if r["kind"] == "standstill" and r["due"] and r["due"] > str(edge)]
    assert len(ahead) > 5
    assert {r["status"] for r in ahead} <= {"unknown", "superseded"}
    row = next(r for r in commitments("2027-01-11", "2026-10-07") if r["id"] == "busan.affiliates-rule")
    assert (row["status"], row["due"]) == ("unknown", "2027-01-10")
    assert "nothing is known after 2026-10-07" in row["status_reason"]
