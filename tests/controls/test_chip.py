"""Chips against the classes that were published for them, and against the thresholds as the notices state them."""

from __future__ import annotations

import csv

import pytest

from detente.controls import chip
from detente.errors import UserError
from shared_data import shared


def _figures(row):
    def number(key):
        return float(row[key]) if row[key] else None

    return {
        "tpp": number("tpp"), "die_area": number("die_mm2"), "bandwidth": number("mem_bw_gbs"),
        "interconnect": number("interconnect_gbs"),
    }  # fmt: skip


def test_published_classes():
    rows = list(csv.DictReader(shared("facts", "ai_chip_rule_tests.csv").read_text().splitlines()))
    assert len(rows) == 9
    for row in rows:
        figures = _figures(row)
        assert chip(**figures, on="2023-01-10")["class"] == row["exp_2022"], row["chip"]
        assert chip(**figures, on="2024-01-10")["class"] == row["exp_2023_3A090"], row["chip"]
        now = chip(**figures, on="2026-02-01")
        assert now["policy"] == row["exp_2026_CN"], row["chip"]
        assert now["tariff_band"] is (row["in_25pct_band"] == "True"), row["chip"]


# 3A090 as it stands in the code: a.1 TPP >= 4800; a.2 TPP >= 1600 and PD >= 5.92; b.1 2400 <= TPP < 4800 and
# 1.6 <= PD < 5.92; b.2 TPP >= 1600 and 3.2 <= PD < 5.92. The die area of each row is TPP / PD.
@pytest.mark.parametrize(
    ("tpp", "density", "expected"),
    [
        (4800, 0.1, "3A090.a"), (4799, 5.92, "3A090.a"), (1600, 5.92, "3A090.a"), (1599, 9.0, "free"),
        (4799, 5.91, "3A090.b"), (2400, 1.6, "3A090.b"), (2399, 1.6, "free"), (2400, 1.59, "free"),
        (1600, 3.2, "3A090.b"), (1600, 3.19, "free"), (1600, 5.9, "3A090.b"),
    ],
)  # fmt: skip
def test_thresholds_of_2023(tpp, density, expected):
    assert chip(tpp=tpp, die_area=tpp / density, on="2024-06-01")["class"] == expected


@pytest.mark.parametrize(
    ("tpp", "interconnect", "expected"),
    [(4800, 600, "controlled"), (4799, 600, "free"), (4800, 599, "free"), (4800, None, "unknown"), (100, None, "free")],
)
def test_thresholds_of_2022(tpp, interconnect, expected):
    assert chip(tpp=tpp, interconnect=interconnect, on="2023-11-16")["class"] == expected


@pytest.mark.parametrize(
    ("tpp", "bandwidth", "expected"),
    [
        (20999, 6499, "case-by-case"), (21000, 6499, "presumption of denial"), (20999, 6500, "presumption of denial"),
        (20999, None, "unknown"), (30000, None, "presumption of denial"),
    ],
)  # fmt: skip
def test_review_of_january_2026(tpp, bandwidth, expected):
    assert chip(tpp=tpp, bandwidth=bandwidth, on="2026-01-15")["policy"] == expected
    assert chip(tpp=tpp, bandwidth=bandwidth, on="2026-01-14")["policy"] == "presumption of denial"


def test_rules_have_their_first_day():
    figures = {"tpp": 4992, "die_area": 826, "interconnect": 400}
    assert chip(**figures, on="2022-10-06")["rule"] is None
    assert chip(**figures, on="2023-11-16")["class"] == "free"
    assert chip(**figures, on="2023-11-17")["class"] == "3A090.a"


def test_high_bandwidth_memory():
    assert chip(memory_density=2.01, on="2024-12-02")["class"] == "3A090.c"
    assert chip(memory_density=2.0, on="2024-12-02")["class"] != "3A090.c"
    assert chip(memory_density=2.01, on="2024-12-01")["class"] != "3A090.c"


def test_what_is_missing_is_not_guessed():
    found = chip(tpp=2000, on="2024-06-01")
    assert found["class"] == "unknown"
    assert set(found["candidates"]) == {"3A090.a", "3A090.b", "free"}


def test_outside_data_centres_only_the_strongest_are_caught():
    assert chip(tpp=4000, die_area=600, on="2024-06-01", datacentre=False)["class"] == "free"
    assert chip(tpp=4800, die_area=600, on="2024-06-01", datacentre=False)["class"] == "3A090.a"


def test_the_h20_was_caught_by_letter_only():
    h20 = {"tpp": 2368, "die_area": 814, "bandwidth": 4000, "interconnect": 900}
    found = chip(**h20, on="2025-05-01")
    assert (found["class"], found["policy"]) == ("free", "licence by letter")
    letter = found["letters"][0]
    # the dates as researched: effective 14 April 2025, lifted 14 July 2025
    assert (letter["since"], letter["until"], letter["status"]) == ("2025-04-14", "2025-07-14", "in_force")
    assert chip(**h20, on="2025-05-01", known="2025-06-01")["letters"][0]["until"] is None
    assert chip(**h20, on="2025-04-01")["letters"] == []
    for day, policy in (("2025-04-13", "not controlled"), ("2025-04-14", "licence by letter"),
                        ("2025-07-13", "licence by letter"), ("2025-07-14", "not controlled")):  # fmt: skip
        assert chip(**h20, on=day)["policy"] == policy, day
    assert any("2025-07-14" in line for line in chip(**h20, on="2025-09-01")["why"])


@pytest.mark.parametrize(
    ("bandwidth", "interconnect", "policy"),
    [
        (4000, None, "licence by letter"), (4000, 100, "licence by letter"), (100, 900, "licence by letter"),
        (3999, None, "unknown"), (None, None, "unknown"), (None, 899, "unknown"), (3999, 899, "not controlled"),
    ],
)  # fmt: skip
def test_unnamed_figures_under_the_letters_are_read_by_the_bandwidths_of_the_h20(bandwidth, interconnect, policy):
    """The letters named chips that match the H20 in memory or interconnect bandwidth: 4000 and 900 GB/s."""
    found = chip(tpp=2000, die_area=800, bandwidth=bandwidth, interconnect=interconnect, on="2025-05-01")
    assert (found["class"], found["policy"]) == ("free", policy)
    assert chip(tpp=2000, die_area=800, bandwidth=bandwidth, to="DEU", on="2025-05-01")["policy"] == "not controlled"


def test_days_past_the_evidence_are_told():
    assert chip(tpp=15832, on="2026-09-28")["warnings"] == []
    assert any("firm to 2026-09-28" in w for w in chip(tpp=15832, on="2026-11-20")["warnings"])


def test_chinese_practice_on_the_h200_stands_beside_and_only_once_reported():
    h200 = {"tpp": 15832, "die_area": 814, "bandwidth": 4800}
    assert chip(**h200, on="2026-01-13")["practice"] == []
    assert len(chip(**h200, on="2026-02-01")["practice"]) == 1
    assert len(chip(**h200, on="2026-07-01")["practice"]) == 2
    assert len(chip(**h200, on="2026-07-01", known="2026-03-01")["practice"]) == 1
    assert chip(**h200, to="VNM", on="2026-07-01")["practice"] == []


def test_an_embargoed_destination_is_never_said_to_be_free():
    assert chip(tpp=100, to="RUS", on="2026-02-01")["policy"] == "unknown"


def test_other_destinations():
    figures = {"tpp": 15832, "die_area": 814, "bandwidth": 4800}
    assert chip(**figures, to="DEU", on="2026-02-01")["policy"] == "no licence under this rule"
    # 88 FR 73458 reaches D:1 and D:4; the presumption of denial is that of Macau and D:5
    assert chip(**figures, to="Vietnam", on="2026-02-01")["policy"] == "licence, review policy unknown"
    assert chip(**figures, to="ARE", on="2024-01-15")["policy"] == "licence, review policy unknown"
    assert chip(**figures, to="RUS", on="2024-01-15")["policy"] == "presumption of denial"
    assert chip(**figures, to="MAC", on="2024-01-15")["policy"] == "presumption of denial"


def test_a_rule_announced_and_not_yet_in_effect_is_said_so():
    """88 FR 73458 was announced on 17 October 2023, to take effect on 17 November."""
    h100 = {"tpp": 15832, "die_area": 814, "interconnect": 900}
    found = chip(**h100, on="2023-11-20", known="2023-10-20")
    assert (found["class"], found["status"], found["since"]) == ("3A090.a", "announced", "2023-11-17")
    assert any("announced on 2023-10-17" in w for w in found["warnings"])
    before = chip(**h100, on="2023-11-20", known="2023-10-16")
    assert (before["class"], before["rule"], before["status"]) == ("controlled", "rule-2022", "in_force")
    waiting = chip(**h100, on="2023-11-01", known="2023-10-20")
    assert (waiting["class"], waiting["rule"]) == ("controlled", "rule-2022")
    assert any("to take effect on 2023-11-17: not yet by this day" in w for w in waiting["warnings"])
    assert chip(**h100, on="2023-11-20")["status"] == "in_force"


def test_before_the_first_rule_nothing_is_said_to_be_uncontrolled():
    assert chip(tpp=15832, on="2022-10-06")["policy"] == "no performance rule yet"


@pytest.mark.parametrize(
    "figures", [{}, {"tpp": -1}, {"tpp": float("nan")}, {"tpp": 1e15}, {"tpp": 100, "die_area": 0}]
)
def test_impossible_figures(figures):
    with pytest.raises(UserError):
        chip(**figures)
