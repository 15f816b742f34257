"""Headlines of `item` on days when the list read otherwise: what stood, what was announced, what is not known."""

from __future__ import annotations

import pytest

from detente.controls import chip, item

SUGGESTED = "may be reached; name the ECCN or HS code"


def _asked(query, exporter, importer, day, known=None, **rest):
    return item(query, from_=exporter, to=importer, on=day, known=known, **rest)["licence"][exporter]


# 87 FR 62186 took effect on 7 October 2022, 88 FR 73458 on 17 November 2023, 89 FR 96790 on 2 December 2024; the H800
# was made to escape the first; the edition of the list kept here is of 23 July 2026.
@pytest.mark.parametrize(
    ("query", "day", "verdict"),
    [
        ("H100", "2022-10-06", "unknown before 2022-10-07"), ("H100", "2022-10-07", "required"),
        ("H800", "2023-06-01", "not required by list"), ("H800", "2023-11-17", "required"),
        ("HBM", "2024-11-01", "unknown before 2024-12-02"), ("HBM", "2024-12-02", "required"),
        ("3A090", "2022-10-06", "unknown before 2022-10-07"), ("3A090", "2023-06-01", "required"),
        ("3A090", "2026-01-05", "required"), ("3A090.c", "2024-12-01", "unknown before 2024-12-02"),
        ("2B001", "2026-07-22", "unknown before 2026-07-23"), ("2B001", "2026-07-23", "required"),
        ("3A991", "2026-07-22", "unknown before 2026-07-23"), ("3A991", "2026-07-23", "not required by list"),
        ("EAR99", "2019-01-05", "not required by list"),
    ],
)  # fmt: skip
def test_a_day_before_the_text_is_not_answered_with_the_text(query, day, verdict):
    assert _asked(query, "USA", "CHN", day) == verdict


def test_the_rule_of_2022_reached_china_alone():
    for query in ("A100", "3A090", "4A090"):
        assert _asked(query, "USA", "CHN", "2023-06-01") == "required", query
        assert _asked(query, "USA", "DEU", "2023-06-01") == "not required by list", query


def test_an_earlier_day_is_told_what_the_text_says():
    why = item("2B001", from_="USA", to="CHN", on="2026-07-22")["licence_why"]["USA"]
    assert any("the text of 2026-07-23 says required, earlier text was not read" in w for w in why)


def test_the_list_asked_nothing_of_design_software_on_the_eve_of_the_letters():
    """Letters of 23 May to 2 July 2025; a letter asks for what the list does not."""
    for day, verdict in (("2025-05-22", "not required by list"), ("2025-05-23", "required"),
                         ("2025-07-01", "required"), ("2025-07-02", "not required by list")):  # fmt: skip
        assert _asked("EDA software", "USA", "CHN", day) == verdict, day
    assert _asked("EDA software", "USA", "CHN", "2024-05-22") == "unknown before 2025-01-31"


def test_the_headline_of_a_chip_agrees_with_its_class():
    for name in ("A100", "A800", "H100", "H800", "H20", "H200", "B200", "MI300X"):
        for day in ("2022-10-06", "2023-06-01", "2024-06-01", "2025-05-01", "2026-02-01"):
            found = item(name, from_="USA", to="CHN", on=day)
            if found["chip"]["class"] in ("controlled", "3A090.a"):
                assert found["licence"]["USA"] == "required", (name, day)
            elif found["chip"]["policy"] == "not controlled":
                assert found["licence"]["USA"] == "not required by list", (name, day)


def test_a_rescinded_text_is_neither_law_nor_a_no():
    """The worldwide rule of January 2025 never took effect; its rescission was announced on 13 May 2025."""
    for query, importer in (("H100", "DEU"), ("3A090.a", "CAN"), ("4A090.a", "GBR"), ("4E091", "DEU")):
        found = item(query, from_="USA", to=importer, on="2026-09-01")
        assert found["licence"]["USA"] == "unknown", query
        assert any("rescission was announced on 2025-05-13" in w for w in found["licence_why"]["USA"]), query
    for query in ("3A001", "4A003", "5D002"):
        found = item(query, from_="USA", to="CAN", on="2026-09-01")["licence"]["USA"]
        assert found == "unknown for some goods of this code", query
    assert _asked("H100", "USA", "DEU", "2024-06-01") == "not required by list"
    assert _asked("H100", "USA", "DEU", "2025-03-01") == "not required by list; announced from 2025-05-15"
    assert _asked("H100", "USA", "DEU", "2025-05-20", "2025-03-01") == "required from 2025-05-15 as announced"
    # for China the rule of 2023 asks whatever became of the later text
    assert _asked("3A090.a", "USA", "CHN", "2026-09-01") == "required"


@pytest.mark.parametrize(
    ("query", "exporter", "importer", "begins", "known"),
    [
        ("lithium battery", "CHN", "USA", "2025-11-08", "2025-10-20"),
        ("holmium", "CHN", "USA", "2025-11-08", "2025-10-20"),
        ("H100", "USA", "CHN", "2023-11-17", "2023-10-20"), ("3A090", "USA", "CHN", "2023-11-17", "2023-10-20"),
    ],
)  # fmt: skip
def test_what_is_announced_for_the_day_is_said_with_its_day(query, exporter, importer, begins, known):
    assert _asked(query, exporter, importer, begins, known).startswith(f"required from {begins} as announced")
    assert chip(tpp=15832, on="2023-11-20", known="2023-10-20")["status"] == "announced"


def test_what_is_announced_for_a_later_day_is_told_beside():
    # Announcement 57 of 2025: announced on 9 October, to take effect on 8 November, suspended the day before
    assert _asked("holmium", "CHN", "USA", "2025-10-10") == "not required by list; announced from 2025-11-08"
    assert _asked("holmium", "CHN", "USA", "2025-11-08") == "not required by list"


@pytest.mark.parametrize(
    "query",
    [
        "shoes",
        "water",
        "paper",
        "steel",
        "polyethylene",
        "copper",
        "glass",
        "hard disk",
        "lithium carbonate",
        "ethylene",
    ],
)
def test_words_of_the_list_are_a_place_to_look_and_no_finding(query):
    assert _asked(query, "USA", "CHN", "2026-08-01") == SUGGESTED


def test_words_of_the_list_are_no_finding_from_abroad_either():
    found = item("shoes", from_="DEU", to="CHN", on="2026-08-01")
    assert found["licence"]["USA"] == SUGGESTED
    assert found["conflicts"] == []


def test_words_of_the_chinese_table_are_a_place_to_look_too():
    found = item("bearing", from_="CHN", to="USA", on="2025-06-01")
    assert found["licence"]["CHN"] == SUGGESTED
    assert found["requirements"] == []


@pytest.mark.parametrize("query", ["engine", "software", "8411", "jet engines"])
def test_a_mapping_of_a_part_carries_no_negative(query):
    assert _asked(query, "USA", "CHN", "2026-08-01").startswith("unknown")


def test_wide_names_carry_no_negative_for_china_either():
    assert _asked("lithium", "CHN", "USA", "2025-06-01") == "unknown"


def test_a_ban_goes_before_a_licence():
    """46 of 2024, clause 2: no licences to the United States in principle, 3 Dec 2024 to 8 Nov 2025, then suspended."""
    assert _asked("gallium", "CHN", "USA", "2024-12-02") == "required"
    assert _asked("gallium", "CHN", "USA", "2025-06-01") == "not permitted in principle"
    assert _asked("gallium", "CHN", "DEU", "2025-06-01") == "required"
    # the same clause asks for a stricter review of graphite, and bars none
    assert _asked("graphite", "CHN", "USA", "2025-06-01") == "required for some goods of this name"
    assert _asked("gallium", "CHN", "USA", "2026-11-28") == (
        "required; whether it is permitted at all is unknown, as of evidence to 2026-10-09"
    )
    assert _asked("gallium", "CHN", "USA", "2026-11-28", assume="lapsed") == (
        "not permitted in principle, as of evidence to 2026-10-09"
    )
    assert _asked("gallium", "CHN", "USA", "2026-11-28", assume="extended") == "required, as of evidence to 2026-10-09"
    assert _asked("rare-earth technology", "CHN", "USA", "2025-06-01") == "prohibited"
    assert _asked("aircraft engines", "USA", "CHN", "2025-06-15") == "licences suspended"


@pytest.mark.parametrize("query", ["8505.11", "2846", "3824.99"])
def test_a_customs_line_with_other_goods_is_for_some(query):
    assert _asked(query, "CHN", "USA", "2025-06-01") == "required for some goods of this code"


def test_a_good_controlled_on_a_condition_is_for_some():
    assert _asked("NdFeB magnets", "CHN", "USA", "2025-06-01") == "required for some goods of this name"
    assert _asked("GPU", "USA", "CHN", "2026-08-01") == "required for some goods of this name"
    assert _asked("2846901500", "CHN", "USA", "2025-06-01") == "required"


def test_controls_are_put_only_where_they_reach():
    silver = item("silver", from_="CHN", to="USA", on="2026-08-01")
    assert {r["measure"] for r in silver["requirements"]} == {"chn.mofcom.68-2025"}
    assert silver["licence"]["CHN"] == "only through listed exporters"
    abroad = item("dysprosium oxide", from_="DEU", to="USA", on="2025-12-02")
    standing = {r["measure"] for r in abroad["requirements"] if r["status"] == "in_force"}
    assert standing == {"chn.mofcom.46-2024#military"}
    hong_kong = item("H100", from_="USA", to="HKG", on="2026-02-01")
    assert "usa.bis.h200-review" in {r["measure"] for r in hong_kong["requirements"]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("氧化镝", "dysprosium-oxide"), ("Dy2O3", "dysprosium-oxide"), ("Dy₂O₃", "dysprosium-oxide"),
        ("yttria", "yttrium-oxide"), ("钕铁硼", "ndfeb-magnets"), ("金属镓", "gallium"),
    ],
)  # fmt: skip
def test_formulas_and_chinese_names_reach_their_item(query, expected):
    assert [x["item"] for x in item(query, on="2025-06-01")["resolved"]["items"]] == [expected]


def test_an_oxide_without_a_code_of_its_own_is_of_low_confidence():
    resolved = item("holmium oxide", on="2025-06-01")["resolved"]
    assert (resolved["cn_codes"], resolved["confidence"]) == ([], "L")


def test_a_paragraph_that_is_not_there_is_required_of_nothing():
    found = item("3A090.zz", from_="USA", to="CHN", on="2026-08-01")
    assert found["licence"]["USA"] == "unknown"
    assert found["resolved"]["eccns"] == []
    assert "no paragraph zz" in found["licence_why"]["USA"][0]
