"""Status at two clocks, on cases whose answer stands in the notices."""

from __future__ import annotations

import pytest

from detente.errors import DateError, UnknownName
from detente.ledger import Ledger
from detente.ledger._words import percent


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


CASES = [
    # the 34 % of 2 April 2025 was on the way on the 3rd and was overtaken on the 8th
    ("F054", "2025-04-09", "2025-04-03", "scheduled"),
    ("F054", "2025-04-09", None, "never_in_force"),
    ("F055", "2025-04-10", "2025-04-05", "scheduled"),
    ("F055", "2025-04-10", None, "never_in_force"),
    ("F058", "2025-04-09", None, "in_force"),
    ("F058", "2025-04-10", None, "superseded"),
    ("F061", "2025-04-10", None, "in_force"),
    ("F063", "2025-04-11", None, "scheduled"),
    ("F063", "2025-04-12", None, "in_force"),
    # the snap-back is one-sided since 20 February 2026
    ("usa.ieepa.reciprocal-cn#24-points", "2026-02-19", None, "suspended"),
    ("usa.ieepa.reciprocal-cn#24-points", "2026-02-20", None, "ended"),
    ("chn.sctc.2025-04-reciprocal#24-points", "2026-02-20", None, "suspended"),
    # where the evidence ends before the deadline, nobody knows
    ("chn.sctc.2025-04-reciprocal#24-points", "2026-11-23", None, "unknown"),
    ("usa.bis.affiliates-rule", "2026-11-23", None, "unknown"),
    ("chn.mofcom.46-2024#minerals", "2026-11-23", None, "suspended"),
    ("chn.mofcom.46-2024#minerals", "2026-12-01", None, "unknown"),
    ("chn.mofcom.46-2024#military", "2026-11-23", None, "in_force"),
    # "China suspended its rare-earth controls" is wrong for No.18
    ("cn-18-2025", "2026-11-23", None, "in_force"),
    ("cn-57-2025", "2025-11-06", None, "scheduled"),
    ("cn-57-2025", "2025-11-08", None, "suspended"),
    ("chn.mofcom.61-2025#c", "2025-10-20", None, "in_force"),
    ("chn.mofcom.61-2025#a", "2025-10-20", None, "scheduled"),
    ("chn.mofcom.61-2025#c", "2025-11-08", None, "suspended"),
    # February 2025 stayed when the lists of March were stopped
    ("F045", "2025-11-10", None, "in_force"),
    ("F049", "2025-11-09", None, "in_force"),
    ("F049", "2025-11-10", None, "ended"),
    # a heading printed in the tariff schedule is not a measure in force
    ("usa.s301.list-4b", "2025-05-14", None, "suspended"),
    ("F090", "2025-11-09", None, "in_force"),
    ("F090", "2026-01-01", None, "suspended"),
    ("F089", "2025-11-01", None, "never_in_force"),
    ("F012", "2019-10-15", None, "never_in_force"),
    # the ruling, section 122 and what followed
    ("usa.ieepa.fentanyl-cn", "2026-02-19", None, "in_force"),
    ("usa.ieepa.fentanyl-cn", "2026-02-20", None, "ended"),
    ("usa.s122.global", "2026-02-24", None, "in_force"),
    ("usa.s122.global", "2026-07-24", None, "ended"),
    ("usa.s122.global#15-percent", "2026-08-01", None, "never_in_force"),
    ("usa.s301.forced-labour", "2026-07-24", None, "in_force"),
    # letters, not rules
    ("us-eda-2025", "2025-06-11", None, "in_force"),
    ("us-ethane-2025", "2025-07-02", None, "ended"),
    ("us-diffusion-2025", "2025-05-15", None, "never_in_force"),
    ("us-chips-2022", "2024-01-01", None, "superseded"),
    ("usa.ieepa.fentanyl-cn", "2024-01-01", None, "never_in_force"),
    # what never came, or was overtaken, stays so when the whole is void later
    ("F054", "2026-02-20", None, "never_in_force"),
    ("F054", "2026-09-28", None, "never_in_force"),
    ("F058", "2026-02-20", None, "superseded"),
    ("F061", "2026-09-28", None, "superseded"),
    # acts set for a day after the evidence ends
    ("usa.s232.polysilicon", "2026-12-03", None, "scheduled"),
    ("usa.s232.polysilicon", "2026-12-04", None, "unknown"),
    ("usa.s232.polysilicon", "2026-12-10", "2026-10-01", "scheduled"),
    ("usa.s232.furniture", "2026-12-31", None, "in_force"),
    ("usa.s232.furniture", "2027-02-01", None, "unknown"),
    ("usa.s232.cabinets", "2027-02-01", None, "unknown"),
    ("usa.s301.legacy-chips#rate-of-2027", "2027-06-22", None, "scheduled"),
    ("usa.s301.legacy-chips#rate-of-2027", "2027-07-01", None, "unknown"),
    # a pause that is only reported leaves the law unknown
    ("cn-list-jan2025", "2025-11-09", None, "in_force"),
    ("cn-list-jan2025", "2025-11-10", None, "unknown"),
    ("us-minerals232-2026", "2026-07-12", None, "in_force"),
    ("us-minerals232-2026", "2026-07-13", None, "unknown"),
]


@pytest.mark.parametrize(("name", "on", "known", "expected"), CASES)
def test_status(ledger: Ledger, name: str, on: str, known: str | None, expected: str) -> None:
    assert ledger.status(name, on, known)["status"] == expected


def test_void_on_the_20th_collected_until_the_24th(ledger: Ledger) -> None:
    """`rate` follows what is collected, `status` the law."""
    on_23, on_24 = (ledger.status("usa.ieepa.fentanyl-cn", f"2026-02-{day}") for day in (23, 24))
    assert (on_23["status"], on_23["rate"], on_23["collected"]) == ("ended", 0.10, True)
    assert (on_24["status"], on_24["rate"], on_24["collected"]) == ("ended", 0.0, False)
    assert on_23["since"] == on_24["since"] == "2026-02-20"


def test_a_suspension_says_when_it_ends_and_what_follows(ledger: Ledger) -> None:
    now = ledger.status("usa.ieepa.reciprocal-cn#24-points", "2025-06-11", known="2025-06-11")
    assert (now["status"], now["since"], now["until"], now["then"]) == (
        "suspended",
        "2025-05-14",
        "2025-08-12",
        "resumes",
    )
    later = ledger.status("usa.ieepa.reciprocal-cn#24-points", "2025-08-12", known="2025-06-11")
    assert later["status"] == "unknown"
    assert any("2025-08-12" in text for text in later["warnings"])


def test_unknown_carries_low_confidence_and_a_warning(ledger: Ledger) -> None:
    now = ledger.status("cn-57-2025", "2026-11-23")
    assert now["confidence"] == "L"
    assert any("2026-11-10" in text for text in now["warnings"])


BEYOND = [
    ("usa.s232.polysilicon", 0.0, "15 %"),
    ("usa.s232.furniture", 0.25, "30 %"),
    ("usa.s232.cabinets", 0.25, "50 %"),
]


@pytest.mark.parametrize(("name", "carried", "other"), BEYOND)
def test_past_the_edge_the_last_rate_is_carried_with_a_warning(
    ledger: Ledger, name: str, carried: float, other: str
) -> None:
    now = ledger.status(name, "2027-02-01")
    assert (now["rate"], now["collected"], now["confidence"]) == (carried, carried > 0, "L")
    assert any(other in text and "carried on" in text for text in now["warnings"])
    planned = ledger.status(name, "2027-02-01", known="2026-10-01")  # looked at from before, the plan is the law
    assert percent(planned["rate"]) == other


def test_a_limb_does_not_say_that_the_whole_is_collected(ledger: Ledger) -> None:
    """The 34 % was never collected, though 10 % was on the same day."""
    now = ledger.status("F054", "2025-06-11")
    assert "collected" not in now
    assert "rate" not in now
    assert now["measure_rate"] == 0.10
    assert ledger.status("usa.ieepa.reciprocal-cn", "2025-06-11")["collected"] is True


def test_limbs_are_told_apart(ledger: Ledger) -> None:
    assert ledger.status("chn.mofcom.46-2024", "2026-01-01")["limbs"] == {
        "military": "in_force",
        "minerals": "suspended",
    }


def test_alias_and_id_are_one(ledger: Ledger) -> None:
    assert ledger.status("F045", "2025-06-11") == ledger.status("chn.sctc.2025-02", "2025-06-11")
    assert ledger.status("F054", "2025-04-09")["id"] == "usa.ieepa.reciprocal-cn#34-percent"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("usa.ieepa.fentanil-cn", "usa.ieepa.fentanyl-cn"),
        ("chn.mofcom.61-2025#d", "limb"),
        ("nonsense", "ledger list"),
        ("usa.ieepa.reciprocal-cn#xx", "34-percent, 84-percent, 125-percent, 24-points"),
        ("F045#xx", "no limbs"),
    ],
)
def test_unknown_name_helps(ledger: Ledger, name: str, hint: str) -> None:
    with pytest.raises(UnknownName, match=hint):
        ledger.status(name, "2025-05-14")


@pytest.mark.parametrize("day", ["2025-13-01", "14 May 2025", "2017-12-31", "2025-02-30"])
def test_bad_day(ledger: Ledger, day: str) -> None:
    with pytest.raises(DateError):
        ledger.on(day)
