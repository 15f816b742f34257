"""Deadlines, differences and controls."""

from __future__ import annotations

import pytest

from detente.errors import DateError, UserError
from detente.ledger import Ledger


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def by_measure(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    return {row["measure"]: row for row in rows}


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
