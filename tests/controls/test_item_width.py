"""`item`: a wide name is never answered more firmly than a narrow one, and what governs, and to what day, is said."""

from __future__ import annotations

import itertools

import pytest

from detente.controls import chip, item
from detente.controls._goods import _names
from detente.controls._tables import yaml_of

SOME = "for some goods of this name"
WAYS = (("CHN", "USA"), ("USA", "CHN"))


@pytest.mark.parametrize(
    ("wide", "narrow", "exporter", "importer", "day"),
    [
        ("indium", "indium metal", "CHN", "USA", "2025-10-12"),
        ("molybdenum", "molybdenum oxide", "CHN", "USA", "2026-09-01"),
        ("tungsten", "tungsten wire", "CHN", "USA", "2026-09-01"),
        ("lithography", "electron-beam lithography", "USA", "CHN", "2026-09-01"),
        ("DUV lithography", "immersion DUV lithography", "USA", "CHN", "2026-09-01"),
    ],
)  # fmt: skip
def test_a_wide_name_is_bounded_where_a_narrower_one_is(wide, narrow, exporter, importer, day):
    for name in (wide, narrow):
        assert SOME in item(name, from_=exporter, to=importer, on=day)["licence"][exporter]


def test_what_the_notice_names_is_asked_for_without_bounds():
    """3B001.f.1.a covers light sources below 193 nm, which extreme ultraviolet (13.5 nm) is; Announcement 10 names
    indium phosphide."""
    assert item("EUV lithography", from_="USA", to="CHN", on="2026-09-01")["licence"]["USA"] == "required"
    assert item("indium phosphide", from_="CHN", to="USA", on="2026-09-01")["licence"]["CHN"] == "required"


@pytest.mark.parametrize(("exporter", "importer"), WAYS)
@pytest.mark.parametrize("day", ["2025-10-12", "2026-09-01"])
def test_of_no_two_names_of_the_table_is_the_wider_one_bounded_less(exporter, importer, day):
    def asked(words):
        return item(names[words][1], from_=exporter, to=importer, on=day)["licence"][exporter]

    names = _names()
    pairs = [
        (w, n) for w, n in itertools.permutations(names, 2) if w and set(w) < set(n) and names[w][0] != names[n][0]
    ]
    assert len(pairs) > 20
    wrong = []
    for wide, narrow in pairs:
        first, second = asked(wide), asked(narrow)
        if first.startswith("required") and SOME not in first and SOME in second:
            wrong.append((names[wide][1], first, names[narrow][1], second))
    assert wrong == []


def test_the_end_of_a_users_status_is_no_reason_for_a_good():
    found = item("lithography", from_="USA", to="CHN", on="2026-09-01")
    assert not any("validated-end-users" in why for why in found["licence_why"]["USA"])
    assert "usa.bis.validated-end-users" in {r["measure"] for r in found["requirements"]}


def test_which_review_policy_governs_a_chip_is_told(command):
    """91 FR 1684 sets a review of its own for chips below TPP 21000 from 15 January 2026; before it 88 FR 73458 did."""
    found = item("H100", from_="USA", to="HKG", on="2026-02-01")
    governs = {r["measure"]: r["governs"] for r in found["requirements"]}
    assert (governs["usa.bis.h200-review"], governs["usa.bis.chips-2023"]) == (True, False)
    assert found["chip"]["policy_by"] == "usa.bis.h200-review"
    assert "review policy is that of usa.bis.h200-review" in found["licence_why"]["USA"][0]
    earlier = item("H100", from_="USA", to="CHN", on="2025-06-01")
    assert {r["measure"]: r["governs"] for r in earlier["requirements"]}["usa.bis.chips-2023"] is True
    text = command("controls", "item", "H100", "--from", "USA", "--to", "HKG", "--on", "2026-02-01")[1]
    assert "policy of usa.bis.h200-review" in text
    assert "governs here: case by case" in text
    assert "not for this chip now: presumption" in text


@pytest.mark.parametrize(
    ("to", "expected"), [("CHN", "usa.bis.h200-review"), ("VNM", "usa.bis.chips-2023"), ("DEU", None)]
)
def test_the_chip_says_by_which_measure_it_is_reviewed(to, expected):
    found = chip(tpp=15832, die_area=814, bandwidth=3350, to=to, on="2026-02-01")
    assert found["policy_by"] == expected
    assert expected is None or expected in {r["measure"] for r in yaml_of("chip_rules.yaml")}


@pytest.mark.parametrize("day", ["2026-10-10", "2026-11-20", "2030-01-01"])
def test_past_the_evidence_the_headline_says_to_what_day_it_reaches(day):
    head = item("dysprosium oxide", from_="CHN", to="USA", on=day)["licence"]["CHN"]
    assert head == "required, as of evidence to 2026-10-09"


def test_within_the_evidence_it_says_nothing_of_it():
    assert item("dysprosium oxide", from_="CHN", to="USA", on="2026-10-09")["licence"]["CHN"] == "required"


@pytest.mark.parametrize("query", ["cathode material", "LFP", "8507.60", "lithium batteries"])
def test_what_is_announced_is_told_of_every_name_of_the_good(query):
    """Announcement 58 of 2025 was published on 9 October, to take effect on 8 November."""
    head = item(query, from_="CHN", to="USA", on="2025-10-12")["licence"]["CHN"]
    assert "; announced from 2025-11-08" in head
