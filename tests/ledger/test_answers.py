"""Deadlines, differences and controls."""

from __future__ import annotations

import pytest

from detente.errors import DateError, UserError
from detente.ledger import Ledger


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def by_measure(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """The first row of each measure."""
    return {row["measure"]: row for row in reversed(rows)}


def test_deadlines_after_geneva(ledger: Ledger) -> None:
    rows = by_measure(ledger.deadlines("2025-05-14"))
    for name in ("usa.ieepa.reciprocal-cn#24-points", "chn.sctc.2025-04-reciprocal#24-points"):
        assert rows[name]["date"] == "2025-08-12"
        assert rows[name]["if_nothing_done"] == "10 % becomes 34 %"
        assert rows[name]["known"].startswith("extended 2025-08-12 to 2025-11-10")
    then = by_measure(ledger.deadlines("2025-05-14", known="2025-05-14"))
    assert then["usa.ieepa.reciprocal-cn#24-points"]["known"] == "open"


OPEN = [  # the open deadlines of the facts' own table
    ("usa.s301.exclusions", "2026-11-10", "unknown"),
    ("usa.s301.cranes-chassis", "2026-11-10", "unknown"),
    ("usa.ustr.port-fees", "2026-11-10", "unknown"),
    ("usa.bis.affiliates-rule", "2026-11-10", "unknown"),
    ("usa.ieepa.reciprocal-cn#24-points", "2026-11-10", "dead letter"),
    ("chn.sctc.2025-04-reciprocal#24-points", "2026-11-10", "unknown"),
    ("chn.mofcom.55-2025", "2026-11-10", "unknown"),
    ("chn.mofcom.61-2025#c", "2026-11-10", "unknown"),
    ("chn.mofcom.46-2024#minerals", "2026-11-27", "unknown"),
    ("usa.s232.polysilicon", "2026-12-04", "scheduled"),
    ("usa.s232.furniture", "2027-01-01", "scheduled"),
    ("usa.s232.cabinets", "2027-01-01", "scheduled"),
    ("chn.sctc.2020-exclusions", "2027-01-01", "unknown"),
]


@pytest.mark.parametrize(("name", "day", "known"), OPEN)
def test_open_deadlines(ledger: Ledger, name: str, day: str, known: str) -> None:
    row = by_measure(ledger.deadlines(ledger.firm_until))[name]
    assert row["date"] == day
    assert row["known"].split(";")[0] == known
    assert row["if_nothing_done"]
    assert row["legal_basis"]


def test_deadlines_stay_within_and_in_order(ledger: Ledger) -> None:
    rows = ledger.deadlines("2026-09-28", within=60)
    assert [r["date"] for r in rows] == sorted(r["date"] for r in rows)
    assert all("2026-09-28" < r["date"] <= "2026-11-27" for r in rows)
    assert ledger.deadlines("2026-09-28", within=0) == []
    with pytest.raises(UserError, match="negative"):
        ledger.deadlines("2026-09-28", within=-1)


def test_a_step_that_was_put_off_is_no_deadline(ledger: Ledger) -> None:
    """List 3 was to go to 25 % on 1 January 2019; the truce of 1 December 2018 moved that to 2 March."""
    before = [r for r in ledger.deadlines("2018-11-30") if r["measure"] == "usa.s301.list-3"]
    after = [r for r in ledger.deadlines("2018-12-02") if r["measure"] == "usa.s301.list-3"]
    assert [r["date"] for r in before] == ["2019-01-01"]
    assert [r["date"] for r in after] == ["2019-03-02"]


def row_of(ledger: Ledger, name: str, on: str, day: str, known: str | None = None) -> dict[str, str]:
    found = [r for r in ledger.deadlines(on, known=known) if (r["measure"], r["date"]) == (name, day)]
    assert len(found) == 1, found
    return found[0]


PUT_OFF = [  # rises of List 3 that did not come on their day, and the notice that moved them
    ("2018-10-01", "2019-01-01", "83 FR 65198"),
    ("2018-12-15", "2019-03-02", "84 FR 7966"),
]


@pytest.mark.parametrize(("on", "day", "by"), PUT_OFF)
def test_a_rise_that_was_put_off_did_not_happen(ledger: Ledger, on: str, day: str, by: str) -> None:
    assert row_of(ledger, "usa.s301.list-3", on, day)["known"] == f"put off ({by})"
    assert row_of(ledger, "usa.s301.list-3", on, day, known=on)["known"] == "scheduled"


def test_a_step_that_came_happened(ledger: Ledger) -> None:
    """The fentanyl duty went from 20 to 10 % on 10 November 2025 (EO 14357 of the 4th)."""
    row = row_of(ledger, "usa.ieepa.fentanyl-cn", "2025-11-06", "2025-11-10")
    assert (row["if_nothing_done"], row["known"]) == ("moves to 10 %", "happened")


PLANNED = [  # (day of the question, measure, day, words): acts known before their day
    ("2025-11-06", "chn.sctc.2025-03", "2025-11-10", "ends"),
    ("2026-02-21", "usa.ieepa.fentanyl-cn", "2026-02-24", "collection stops: 10 % becomes 0"),
    ("2026-02-21", "usa.ieepa.reciprocal-cn", "2026-02-24", "collection stops: 10 % becomes 0"),
    ("2018-12-15", "chn.sctc.2018-list-1#cars", "2019-01-01", "suspended"),
    ("2018-12-15", "chn.sctc.2018-list-2#cars", "2019-01-01", "suspended"),
    ("2026-04-03", "usa.s232.steel", "2026-04-06", "superseded by HTS 9903.82: 50 % becomes 0"),
]


@pytest.mark.parametrize(("on", "name", "day", "words"), PLANNED)
def test_ends_and_pauses_known_before_their_day(ledger: Ledger, on: str, name: str, day: str, words: str) -> None:
    row = row_of(ledger, name, on, day)
    assert row["if_nothing_done"].startswith(words)
    assert row["known"] == "happened"
    assert row_of(ledger, name, on, day, known=on)["known"] == "scheduled"


def test_an_act_is_no_deadline_before_it_is_known(ledger: Ledger) -> None:
    """SCTC 2025 No.9 was published on 5 November 2025."""
    assert "chn.sctc.2025-03" not in by_measure(ledger.deadlines("2025-11-04"))
    assert "chn.sctc.2025-03" in by_measure(ledger.deadlines("2025-11-05"))


REPORTED = {
    "chn.sctc.2025-04-reciprocal#24-points", "chn.mot.port-fees", "usa.ustr.port-fees", "usa.bis.affiliates-rule",
    "usa.s301.cranes-chassis", *(f"chn.mofcom.{n}-2025" for n in (55, 56, 57, 58, 62)),
    *(f"chn.mofcom.61-2025#{limb}" for limb in "abc"),
}  # fmt: skip


@pytest.mark.parametrize("on", ["2026-09-28", "2026-10-09", "2026-11-23"])
def test_the_reported_end_of_the_truce_is_listed_as_reported(ledger: Ledger, on: str) -> None:
    """Both sides spoke of 10 January 2027; no legal text was found."""
    rows = [r for r in ledger.deadlines(on) if r["date"] == "2027-01-10"]
    assert {r["measure"] for r in rows} == REPORTED
    assert {r["known"] for r in rows} == {"reported, no legal text"}
    assert not [r for r in ledger.deadlines("2026-09-27") if r["date"] == "2027-01-10"]


def test_what_was_said_is_no_deadline_once_an_act_followed(ledger: Ledger) -> None:
    """China's exclusions: said at Kuala Lumpur, then extended; one row, with the act's end."""
    rows = [r for r in ledger.deadlines("2026-11-23") if r["measure"] == "chn.sctc.2020-exclusions"]
    assert [(r["date"], r["known"]) for r in rows] == [("2027-01-01", "unknown")]


def test_the_end_of_section_122_says_what_becomes_of_the_rate(ledger: Ledger) -> None:
    row = row_of(ledger, "usa.s122.global", "2026-06-01", "2026-07-24")
    assert row["if_nothing_done"] == "lapses: 10 % becomes 0"
    assert row["known"] == "ended 2026-07-24"


@pytest.mark.parametrize(("on", "within"), [("2026-09-28", 99999999999), ("2026-09-28", 3650000), ("9999-12-31", 120)])
def test_no_day_lies_too_far(ledger: Ledger, on: str, within: int) -> None:
    rows = ledger.deadlines(on, within)
    assert rows == ledger.deadlines(on, 365 * 14)  # nothing in the files lies beyond 2040
    assert bool(rows) == (on < "2040")
    assert ledger.controls(on)
    assert ledger.status("F054", on)["status"] == "never_in_force"
    assert ledger.diff("2025-01-01", on)["from"] == "2025-01-01"


def test_diff_says_unknown_of_steps_past_the_edge(ledger: Ledger) -> None:
    found = {row["measure"] for row in ledger.diff("2026-11-23", "2027-02-01")["unknown"]}
    assert {"usa.s232.furniture", "usa.s232.cabinets", "usa.s232.polysilicon"} <= found


def test_diff_over_geneva(ledger: Ledger) -> None:
    found = ledger.diff("2025-05-13", "2025-05-14")
    moved = {row["measure"]: row["rate"] for row in found["changed"]}
    assert moved["usa.ieepa.reciprocal-cn"] == {"from": 1.25, "to": 0.10}
    assert moved["chn.sctc.2025-04-reciprocal"] == {"from": 1.25, "to": 0.10}
    assert "usa.ieepa.fentanyl-cn" not in moved
    assert "chn.mofcom.18-2025" not in {row["measure"] for row in found["suspended"]}


def test_diff_over_the_ruling(ledger: Ledger) -> None:
    found = ledger.diff("2026-02-19", "2026-02-24")
    assert {"usa.ieepa.fentanyl-cn", "usa.ieepa.reciprocal-cn"} <= {row["measure"] for row in found["ended"]}
    assert "usa.s122.global" in {row["measure"] for row in found["started"]}
    assert not [r for group in ("ended", "changed", "suspended") for r in found[group] if r["imposer"] == "CHN"]


def test_diff_of_a_day_with_itself_is_empty(ledger: Ledger) -> None:
    found = ledger.diff("2025-06-11", "2025-06-11")
    assert not any(found[k] for k in ("started", "ended", "changed", "suspended", "resumed", "unknown"))
    with pytest.raises(DateError):
        ledger.diff("2025-06-11", "2025-06-10")


def test_diff_past_the_edge_says_unknown(ledger: Ledger) -> None:
    found = {row["measure"] for row in ledger.diff("2026-09-28", "2026-11-23")["unknown"]}
    assert {"chn.sctc.2025-04-reciprocal#24-points", "usa.bis.affiliates-rule", "chn.mofcom.62-2025"} <= found
    assert "chn.mofcom.18-2025" not in found


def test_controls_of_june_2025(ledger: Ledger) -> None:
    rows = {row["id"]: row["status"] for row in ledger.controls("2025-06-11")}
    assert rows["chn.mofcom.18-2025"] == "in_force"
    assert rows["usa.bis.eda-letters"] == "in_force"
    assert rows["usa.bis.ethane-letters"] == "in_force"
    assert rows["chn.mofcom.46-2024#minerals"] == "in_force"
    assert "chn.mofcom.61-2025#c" not in rows
    assert not [name for name in rows if name.startswith(("usa.s301", "usa.mfn"))]
