"""What others pay: rates against the chapter 99 headings, floors by arithmetic, and what is unknown never zero."""

from __future__ import annotations

import csv
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import DateError, UnknownName
from detente.ledger._third import (
    THIRD_LAYERS,
    acts,
    governing,
    third_countries,
    third_country_changes,
    third_country_rates,
    third_country_unknown,
)
from detente.nomenclature import sectors
from shared_data import shared

TEXTILES = "C13T15"  # next to nothing in it is exempt or under section 232


def reciprocal(partner: str, on: str, known: str | None = None, sector: str = TEXTILES) -> float | None:
    return third_country_rates(on, known, partners=[partner])[partner]["reciprocal"][sector]


@pytest.mark.parametrize(
    ("partner", "day", "rate"),
    [
        ("VNM", "2025-04-04", 0.0),
        ("VNM", "2025-04-05", 0.10),
        ("VNM", "2025-04-09", 0.46),  # HTS 9903.01.72, in force for a day
        ("VNM", "2025-04-10", 0.10),
        ("VNM", "2025-08-07", 0.20),  # HTS 9903.02.69
        ("VNM", "2026-02-23", 0.20),  # void on the 20th, collected to the 24th
        ("VNM", "2026-02-24", 0.0),
        ("IND", "2025-08-07", 0.25),
        ("GBR", "2025-08-07", 0.10),
        ("CHE", "2025-08-07", 0.39),
        ("AUS", "2025-08-07", 0.10),  # in no heading of 9903.02: the baseline
        ("HKG", "2025-05-01", 1.25),
        ("HKG", "2025-05-14", 0.10),
        ("CAN", "2025-08-07", 0.0),  # HTS 9903.01.26
        ("RUS", "2025-08-07", 0.0),  # HTS 9903.01.29
    ],
)
def test_reciprocal_rates_by_partner(partner: str, day: str, rate: float) -> None:
    assert reciprocal(partner, day) == pytest.approx(rate, abs=0.002)


def test_partners_read_from_the_headings_are_all_there() -> None:
    with shared("data", "hts", "hts_9903_heading_history.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["heading"] == "9903.01.48"]
    assert "Israel, Malawi, Philippines, or Zambia" in rows[0]["description"]
    for partner in ("ISR", "PHL"):
        assert reciprocal(partner, "2025-04-09") == pytest.approx(0.17, abs=0.002)


def test_the_two_clocks() -> None:
    assert reciprocal("VNM", "2025-04-15", known="2025-04-03") == pytest.approx(0.46, abs=0.002)
    assert reciprocal("VNM", "2025-04-15") == pytest.approx(0.10, abs=0.002)
    assert reciprocal("VNM", "2025-09-01", known="2025-04-20") == pytest.approx(0.10, abs=0.002)


def test_a_floor_never_adds_more_than_its_target_and_never_takes_away() -> None:
    rates = third_country_rates("2025-12-10", partners=["DEU", "VNM"])
    for sector in sectors():
        floor, plain = rates["DEU"]["reciprocal"][sector], rates["VNM"]["reciprocal"][sector]
        assert floor is not None
        assert plain is not None
        assert 0.0 <= floor <= plain * 0.15 / 0.20 + 1e-6  # same reach; the top-up is 15 % less the base duty


def test_a_floor_adds_little_where_base_duties_are_high() -> None:
    """Textiles: base duties of about a tenth leave a floor of 15 % less than half of a plain 15 %."""
    floor, plain = reciprocal("DEU", "2025-12-10"), reciprocal("NOR", "2025-12-10")  # NOR: 15 %, HTS 9903.02.50
    assert plain == pytest.approx(0.15, abs=0.002)
    assert floor is not None
    assert 0.15 - 0.12 < floor < plain / 2


def test_deal_partners_pay_less_on_cars() -> None:
    on_cars = {
        p: third_country_rates("2025-12-10", partners=[p])[p]["s232"]["C29"] for p in ("JPN", "DEU", "KOR", "THA")
    }
    plain = on_cars["THA"]
    assert plain is not None
    for partner in ("JPN", "DEU", "KOR"):
        rate = on_cars[partner]
        assert rate is not None
        assert 0 < rate < plain
    british = third_country_rates("2025-12-10", partners=["GBR"])["GBR"]["s232"]["C24A"]
    assert british == pytest.approx(on_steel("THA") / 2, rel=1e-6)  # 25 % where others pay 50


def on_steel(partner: str) -> float:
    rate = third_country_rates("2025-12-10", partners=[partner])[partner]["s232"]["C24A"]
    assert rate is not None
    return rate


@pytest.mark.parametrize(
    ("partner", "day", "layer", "sector"),
    [
        ("MEX", "2025-06-01", "fentanyl", "C28"),
        ("CAN", "2026-03-01", "s122", "C28"),
        ("MEX", "2025-06-01", "s232", "C29"),
        ("BRA", "2025-09-01", "ieepa-other", "C10T12"),
        ("THA", "2026-08-01", "s301-forced-labour", "C26"),
        ("IRL", "2026-08-01", "s232", "C21"),
        ("ROW", "2025-08-07", "reciprocal", "C28"),
    ],
)
def test_what_is_not_known_is_none_and_is_told(partner: str, day: str, layer: str, sector: str) -> None:
    assert third_country_rates(day, partners=[partner])[partner][layer][sector] is None
    told = [row for row in third_country_unknown(day) if row["layer"] == layer and partner in row["partners"]]
    assert told
    assert all(row["why"] and row["cite"] for row in told)


def test_hong_kong_is_the_one_whose_forced_labour_tier_is_known() -> None:
    rates = third_country_rates("2026-08-01")
    known = {p for p, layers in rates.items() if layers["s301-forced-labour"][TEXTILES] is not None}
    assert known == {"HKG"}
    assert rates["HKG"]["s301-forced-labour"][TEXTILES] == pytest.approx(0.125, abs=0.002)


def test_changes_leave_out_what_is_unknown_and_say_so() -> None:
    changes, left_out = third_country_changes(("2025-01-19", None), ("2025-08-20", None))
    assert changes["VNM"][TEXTILES] == pytest.approx(0.20, abs=0.002)
    assert TEXTILES not in changes.get("MEX", {})
    assert any(row["layer"] == "fentanyl" and "MEX" in row["partners"] for row in left_out)
    same, nothing = third_country_changes(("2025-08-20", None), ("2025-08-20", None))
    assert same == {}
    assert nothing == []


def test_every_act_has_a_cite_and_plausible_days() -> None:
    for act in acts():
        assert act.cite
        assert act.layer in THIRD_LAYERS
        assert act.form in ("add", "floor")
        assert act.confidence in ("H", "M", "L")
        assert act.rate is None or 0.0 <= act.rate <= 1.25
        assert act.rate is not None or act.note, f"{act}: unknown without a reason"
        assert dt.date(2018, 1, 1) <= act.start <= dt.date(2027, 12, 31)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(set(third_countries()))),
    st.dates(dt.date(2018, 1, 1), dt.date(2027, 6, 1)),
    st.dates(dt.date(2018, 1, 1), dt.date(2027, 6, 1)),
)
def test_knowledge_of_later_days_changes_nothing_known_before(partner: str, on: dt.date, known: dt.date) -> None:
    """What was learned after `known` is not in the answer, and what holds after `on` is not either."""
    for act in governing(partner, on, known).values():
        assert act.known <= known
        assert act.start <= on
    later = {key: act for key, act in governing(partner, on, None).items() if act.known <= known}
    now = governing(partner, on, known)
    assert all(now[key] == act for key, act in later.items())


def test_bad_input() -> None:
    with pytest.raises(DateError):
        third_country_rates("2017-12-31")
    with pytest.raises(UnknownName):
        third_country_rates("2025-05-01", partners=["Atlantis"])
    with pytest.raises(UnknownName):
        third_country_rates("2025-05-01", partners=["CHN"])
