"""Items: the limbs that stood on five days, what is unknown, and what is never said."""

from __future__ import annotations

import csv

import pytest

from detente.controls import _ccl as ccl
from detente.controls import ceilings, conflicts, item, standing
from detente.controls._tables import chart, csv_of, item_rows, yaml_of
from detente.errors import UserError
from detente.ledger import Ledger
from shared_data import shared

SEVEN = ("samarium", "gadolinium", "terbium", "dysprosium", "lutetium", "scandium", "yttrium")
RULE_61 = {f"chn.mofcom.61-2025#{limb}" for limb in "abc"}

# From the notices: Announcement 18 in force from 4 April 2025 and never suspended; 61 (c) at once on 9 October 2025,
# (a) and (b) to begin on 1 December; all three suspended on 7 November 2025 until 10 November 2026; nothing read after.
DAYS = {
    "2025-04-03": {},
    "2025-04-04": {"chn.mofcom.18-2025": "in_force"},
    "2025-10-09": {"chn.mofcom.18-2025": "in_force", "chn.mofcom.61-2025#a": "scheduled",
                   "chn.mofcom.61-2025#b": "scheduled", "chn.mofcom.61-2025#c": "in_force"},
    "2025-11-08": {"chn.mofcom.18-2025": "in_force"} | dict.fromkeys(RULE_61, "suspended"),
    "2026-11-20": {"chn.mofcom.18-2025": "in_force"} | dict.fromkeys(RULE_61, "unknown"),
}  # fmt: skip


@pytest.mark.parametrize("element", SEVEN)
@pytest.mark.parametrize("day", DAYS)
def test_seven_rare_earths_on_five_days(element, day):
    for form in ("", " oxide", " metal"):
        found = item(element + form, from_="CHN", to="USA", on=day)
        rows = {r["measure"]: r["status"] for r in found["requirements"]}
        assert {k: v for k, v in rows.items() if "18-2025" in k or "61-2025" in k} == DAYS[day]
        assert found["licence"]["CHN"] == ("not required by list" if day == "2025-04-03" else "required")


def test_the_other_five_never_operated():
    for day, status in (("2025-10-09", "scheduled"), ("2025-11-08", "suspended"), ("2026-11-20", "unknown")):
        rows = {r["measure"]: r for r in item("holmium", on=day)["requirements"]}
        assert rows["chn.mofcom.57-2025"]["status"] == status
    assert item("holmium", on="2025-11-08")["licence"]["CHN"] == "not required by list"
    assert item("holmium", on="2026-11-20")["licence"]["CHN"] == "unknown"
    assert item("holmium", on="2026-11-20", assume="lapsed")["licence"]["CHN"] == "required"
    assert item("holmium", on="2026-11-20", assume="extended")["licence"]["CHN"] == "not required by list"


def test_branches_are_marked_and_change_nothing_that_is_known():
    known = standing("chn.mofcom.18-2025", "2026-11-20", assume="lapsed")
    assert (known["status"], known["assumed"]) == ("in_force", None)
    assumed = standing("chn.mofcom.18-2025", "2026-11-20")["assumed"]
    assert assumed is None
    guess = standing("usa.bis.affiliates-rule", "2026-11-20", assume="lapsed")
    assert (guess["status"], guess["assumed"]) == ("in_force", "lapsed")
    assert any("Scenario" in w for w in guess["warnings"])
    with pytest.raises(UserError, match="lapsed"):
        standing("usa.bis.affiliates-rule", "2026-11-20", assume="lapse")


def test_gallium_to_the_united_states():
    def limb(day):
        rows = {r["measure"]: r["status"] for r in item("gallium", on=day)["requirements"]}
        return rows.get("chn.mofcom.46-2024#minerals")

    assert limb("2024-12-02") is None
    assert limb("2024-12-03") == "in_force"
    assert limb("2025-11-09") == "suspended"
    assert limb("2026-11-26") == "suspended"
    assert limb("2026-11-27") == "unknown"


def test_letters_are_not_rules():
    during = item("EDA software", from_="USA", to="CHN", on="2025-06-01")
    assert during["licence"]["USA"] == "required"
    assert [r["requirement"] for r in during["requirements"]] == ["licence by letter"]
    after = item("EDA software", from_="USA", to="CHN", on="2025-07-02")
    assert after["licence"]["USA"] == "not required by list"
    assert [r["measure"] for r in after["not_in_force"]] == ["usa.bis.eda-letters"]


def test_chips_by_name_carry_their_class():
    found = item("H200", from_="USA", to="CHN", on="2026-02-01")
    assert found["chip"]["policy"] == "case-by-case"
    assert found["licence"]["USA"] == "required"
    assert item("H20", from_="USA", to="CHN", on="2025-05-01")["licence"]["USA"] == "required"
    assert item("H20", from_="USA", to="CHN", on="2025-09-01")["licence"]["USA"] == "not required by list"


def test_codes_of_every_kind_lead_to_the_same_measure():
    for query in ("dysprosium oxide", "1C905.b", "2846901500", "2846.90.15.00"):
        found = item(query, on="2025-06-01")
        assert "1C905.b" in {c["code"] for c in found["resolved"]["cn_codes"]}, query
        assert "chn.mofcom.18-2025" in {r["measure"] for r in found["requirements"]}, query


def test_magnets_are_controlled_by_what_they_hold():
    found = item("NdFeB magnets", on="2025-06-01")
    assert "dysprosium" in found["resolved"]["items"][0]["condition"]
    assert found["resolved"]["confidence"] == "L"


def test_a_code_of_both_lists_is_shown_as_both():
    found = item("3A001", from_="USA", to="CHN", on="2026-01-05")
    assert found["resolved"]["eccns"]
    assert found["resolved"]["cn_codes"]


def test_no_mapping_is_not_no_control():
    found = item("umbrellas and parasols", on="2026-01-05")
    assert found["licence"]["CHN"] == "no mapping found"
    assert any("not the finding that nothing controls" in w for w in found["warnings"])
    verdicts = {v for q in ("H20", "umbrellas", "3A090", "8505.11") for v in item(q)["licence"].values()}
    assert not any("free" in v or "clear" in v for v in verdicts)
    assert item("8505.11")["indicative"] is True


@pytest.mark.parametrize("query", ["", "   ", "x" * 201])
def test_queries_that_cannot_be_read(query):
    with pytest.raises(UserError):
        item(query)


def test_unknown_destination_has_close_matches():
    with pytest.raises(UserError, match="Did you mean"):
        item("H20", from_="USA", to="Chinna")


# The Country Chart (supplement 1 to part 738): China has NS 1, NS 2, RS 1 and no mark under AT; Canada none under NS 2.
@pytest.mark.parametrize(
    ("eccn", "to", "required"),
    [("3A991", "CHN", False), ("2B001", "CHN", True), ("3A090.a", "DEU", True), ("3A090.b", "DEU", False),
     ("3A090.b", "CHN", True), ("3A090.c", "CHN", True), ("3A090.c", "VNM", False), ("3A991", "PRK", None)],
)  # fmt: skip
def test_country_chart(eccn, to, required):
    number, paragraph = ccl.split(eccn)
    assert ccl.verdict(ccl.controls(ccl.entries()[number], paragraph, to), to) is required


def test_macau_is_not_in_d5_and_still_meant():
    entry = ccl.entries()["3A090"]
    assert ccl.verdict(ccl.controls(entry, "c", "MAC"), "MAC") is True


def test_embedded_tables_are_those_of_the_sources():
    assert len(csv_of("china_codes.csv")) == 42
    text = shared("facts", "prc_controlled_codes.csv").read_text(encoding="utf-8")
    source = {(r["item"], r["ref_customs_codes"]) for r in csv.DictReader(text.splitlines())}
    assert {(r["item"], r["customs_codes"]) for r in csv_of("china_codes.csv")} == source


def test_every_term_item_and_conflict_names_what_exists():
    ledger = Ledger.load()
    groups = {g for row in yaml_of("terms.yaml").values() for g in row["groups"]}
    for name in yaml_of("terms.yaml"):
        ledger.find(name)
    for name, row in item_rows().items():
        assert set(row["groups"]) <= groups, name
        for code in row.get("eccn", ()):
            assert code == "EAR99" or ccl.split(code)[0] in ccl.entries(), (name, code)
    for row in yaml_of("conflicts.yaml"):
        for name in (*row["one"], *row["other"]):
            assert ":" in name or ledger.find(name)
    for row in (*yaml_of("chip_rules.yaml"), *yaml_of("practice.yaml")):
        ledger.find(row["measure"])
    assert "CHN" in chart()


def test_ceilings_are_ranges_with_their_reports():
    # CLEPA: 25 % by 4 June, 60 % by 30 June; Dexter: 5 of 180; the EU Chamber: 19 approved and 121 pending of 141
    assert ceilings("2025-06-10")[0]["share_granted"] == [0.25, 0.25]
    assert ceilings("2025-07-01")[0]["share_granted"] == pytest.approx([5 / 180, 0.60])
    assert ceilings("2025-10-09")[0]["share_granted"] == pytest.approx([19 / 141, 140 / 141])
    row = ceilings("2026-11-20")[0]
    assert row["confidence"] == "L"
    assert any("days old" in w for w in row["warnings"])
    assert ceilings("2025-05-01") == []
    assert "dysprosium-oxide" in row["items"]
    assert all(r["date"] <= "2025-06-10" for r in ceilings("2025-07-01", known="2025-06-10")[0]["reports"])


def test_conflicts_need_both_sides():
    def ids(day, **rest):
        return {c["id"]: c["status"] for c in conflicts(on=day, **rest)}

    assert "refiners-order" not in ids("2026-05-01")
    assert ids("2026-05-02")["refiners-order"] == "in_force"
    # the affiliates rule met the blocking rules in October 2025, was suspended in November, and is unknown a year later
    assert ids("2025-10-09")["affiliates-under-decree-835"] == "in_force"
    assert "affiliates-under-decree-835" not in ids("2026-06-01")
    assert ids("2026-11-20")["affiliates-under-decree-835"] == "unknown"
    assert ids("2026-11-20", assume="lapsed")["affiliates-under-decree-835"] == "in_force"
    with pytest.raises(UserError, match="party-in-china"):
        conflicts(["party-in-chna"])
