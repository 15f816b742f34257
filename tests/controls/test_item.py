"""Items: the limbs that stood on five days, what is unknown, and what is never said."""

from __future__ import annotations

import csv
import json

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


# the facts reach to 9 October 2026: what is said of a later day says so
EDGE = ", as of evidence to 2026-10-09"
HEADS = dict.fromkeys(DAYS, "required") | {
    "2025-04-03": "not required by list",
    "2026-11-20": f"required{EDGE}",
}


@pytest.mark.parametrize("element", SEVEN)
@pytest.mark.parametrize("day", DAYS)
def test_seven_rare_earths_on_five_days(element, day):
    for form in ("", " oxide", " metal"):
        found = item(element + form, from_="CHN", to="USA", on=day)
        rows = {r["measure"]: r["status"] for r in found["requirements"]}
        assert {k: v for k, v in rows.items() if "18-2025" in k or "61-2025" in k} == DAYS[day]
        assert found["licence"]["CHN"] == HEADS[day]


def test_the_other_five_never_operated():
    for day, status in (("2025-10-09", "scheduled"), ("2025-11-08", "suspended"), ("2026-11-20", "unknown")):
        rows = {r["measure"]: r for r in item("holmium", on=day)["requirements"]}
        assert rows["chn.mofcom.57-2025"]["status"] == status
    assert item("holmium", on="2025-11-08")["licence"]["CHN"] == "not required by list"
    assert item("holmium", on="2026-11-20")["licence"]["CHN"] == "unknown"
    assert item("holmium", on="2026-11-20", assume="lapsed")["licence"]["CHN"] == f"required{EDGE}"
    assert item("holmium", on="2026-11-20", assume="extended")["licence"]["CHN"] == f"not required by list{EDGE}"


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
        for name in (*row["one"], *(x["measure"] for x in row["other"])):
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


def test_a_conflict_tells_both_ways():
    """The refiners' order forbids what the sanctions ask, and the sanctions what the order asks."""
    row = conflicts(["party-is-named-refiner"], on="2026-06-01")[0]
    assert "prohibition order" in row["breaches"]
    assert "breaches the sanctions" in row["instead"]
    assert all(c["instead"] for c in conflicts(on="2026-06-01"))


def test_conflicts_need_both_sides():
    def ids(day, **rest):
        return {c["id"]: c["status"] for c in conflicts(on=day, **rest)}

    assert "refiners-order" not in ids("2026-05-01")
    assert ids("2026-05-02")["refiners-order"] == "in_force"
    # the affiliates rule held in October 2025, was suspended in November, and is unknown a year later
    assert ids("2025-10-09")["affiliates-refusal"] == "in_force"
    assert "affiliates-refusal" not in ids("2026-06-01")
    assert ids("2026-11-20")["affiliates-refusal"] == "unknown"
    assert ids("2026-11-20", assume="lapsed")["affiliates-refusal"] == "in_force"
    with pytest.raises(UserError, match="party-in-china"):
        conflicts(["party-in-chna"])


@pytest.mark.parametrize("day", ["2021-06-10", "2025-10-09", "2026-04-06"])
def test_no_conflict_cites_a_law_before_its_day(day):
    """Decree 834 and 835 are of 7 April 2026, the order on the refiners of 2 May 2026."""
    for row in conflicts(on=day):
        cited = {x["measure"] for x in row["other"]}
        assert not cited & {"chn.law.834-2026", "chn.law.835-2026", "chn.mofcom.21-2026"}, row["id"]
        assert "835" not in json.dumps(row)
    assert any("835" in c["breaches"] for c in conflicts(on="2026-04-07"))


def test_no_conflict_cites_a_law_before_it_was_known():
    assert not any("835" in c["breaches"] for c in conflicts(on="2026-06-01", known="2026-04-06"))
    assert "refiners-order" not in {c["id"] for c in conflicts(on="2026-06-01", known="2026-05-01")}


def test_the_blocking_rules_alone_forbid_nothing():
    """They bind where an order names the foreign measure; the first order is of 2 May 2026."""
    for row in conflicts(on="2026-06-01"):
        assert "chn.law.blocking-2021" not in {x["measure"] for x in row["other"]}
    assert conflicts(on="2021-05-01") == []


@pytest.mark.parametrize(
    ("good", "exporter", "importer", "day", "expected"),
    [
        ("frobnicator", "USA", "CHN", "2026-06-01", set()),  # unmapped
        ("silver", "USA", "CHN", "2026-06-01", set()),  # nothing asked by the US
        ("dysprosium oxide", "CHN", "USA", "2026-06-01", set()),  # Chinese law only
        ("H100", "USA", "CHN", "2021-01-01", set()),  # before any counter-measure and any rule
        ("H100", "USA", "CHN", "2026-06-01", {"entity-list-refusal"}),
        ("HBM", "KOR", "CHN", "2026-06-01", {"entity-list-refusal", "direct-product"}),
        ("HBM", "KOR", "CHN", "2026-04-06", {"entity-list-refusal"}),
    ],
)
def test_an_item_meets_conflicts_only_where_both_sides_ask_something(good, exporter, importer, day, expected):
    assert {c["id"] for c in item(good, from_=exporter, to=importer, on=day)["conflicts"]} == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("lithium battery", "lithium-battery"), ("Lithium-Ion Battery", "lithium-battery"),
        ("EV batteries", "lithium-battery"),
        ("neodymium magnet", "ndfeb-magnets"), ("rare earth magnet", "ndfeb-magnets"),
        ("rare earth", "rare-earth-mixtures"),
        ("graphics card", "ai-chip"), ("GPUs", "ai-chip"), ("quadcopter", "drone"), ("HBM3e", "hbm"),
        ("EUV machine", "euv-lithography"), ("jet engines", "aircraft-engine"),
        ("dysprosium oxides", "dysprosium-oxide"),
    ],
)  # fmt: skip
def test_everyday_names_in_either_number_reach_their_item(query, expected):
    found = item(query, on="2025-06-01")["resolved"]["items"]
    assert found[0]["item"] == expected


def test_a_name_wider_than_the_items_is_for_some_goods_only():
    found = item("magnets", on="2025-06-01")
    assert {"ndfeb-magnets", "smco-magnets"} <= {x["item"] for x in found["resolved"]["items"]}
    assert all(x["confidence"] == "L" for x in found["resolved"]["items"])
    assert found["licence"]["CHN"] == "required for some goods of this name"
    assert any("wider than the items" in w for w in found["warnings"])


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ("1C902.d", ("1C902.a", "1C902.b", "1C902.c")), ("3A090.z", ("a, b, c",)), ("1C915", ("1C913",)),
        ("dyspropsium oxide", ("dysprosium oxide",)),
    ],
)  # fmt: skip
def test_a_slip_in_a_code_or_a_name_is_answered_with_what_is_there(query, offered):
    warnings = " ".join(item(query, on="2025-06-01")["warnings"])
    for text in offered:
        assert text in warnings


# Announcement 18 of 2025 (4 April) is the licence; 61 limb c worked from 9 October to 7 November 2025, limbs a and b
# never; what was suspended to 10 November 2026 is unknown after it.
FIVE_DAYS = {
    "2025-04-03": {},
    "2025-04-04": {"18": "in_force"},
    "2025-10-09": {"18": "in_force", "61#a": "scheduled", "61#b": "scheduled", "61#c": "in_force"},
    "2025-11-08": {"18": "in_force", "61#a": "suspended", "61#b": "suspended", "61#c": "suspended"},
    "2026-11-20": {"18": "in_force", "61#a": "unknown", "61#b": "unknown", "61#c": "unknown"},
}
BRANCHES = {"lapsed": "in_force", "extended": "suspended"}


def _limbs(document):
    out = {}
    for row in document["requirements"]:
        if row["requirement"] == "licence" and row["regime"] == "CHN":
            out[row["measure"].removeprefix("chn.mofcom.").replace("-2025", "")] = row["status"]
    return out


@pytest.mark.parametrize("day", FIVE_DAYS)
@pytest.mark.parametrize("element", SEVEN)
def test_seven_rare_earths_on_five_days_through_the_command(command, element, day):
    name = f"{element} oxide"
    code, document, _ = command("controls", "item", name, "--from", "CHN", "--to", "USA", "--on", day, "--json")
    assert (code, _limbs(document)) == (0, FIVE_DAYS[day])
    assert document["licence"]["CHN"] == HEADS[day]
    code, text, _ = command("controls", "item", name, "--from", "CHN", "--to", "USA", "--on", day)
    assert code == 0
    for number, status in FIVE_DAYS[day].items():
        measure, _, limb = number.partition("#")
        shown = f"chn.mofcom.{measure}-2025" + (f"#{limb}" if limb else "")
        line = next(x for x in text.splitlines() if x.startswith("CHN") and shown in x)
        assert status in line
    assert ("unknown" in text) == (day == "2026-11-20")


@pytest.mark.parametrize("assume", BRANCHES)
def test_the_two_branches_through_the_command(command, assume):
    arguments = ("controls", "item", "dysprosium oxide", "--on", "2026-11-20", "--assume", assume)
    _, document, _ = command(*arguments, "--json")
    assert _limbs(document) == {"18": "in_force"} | {f"61#{x}": BRANCHES[assume] for x in "abc"}
    assert {r["assumed"] for r in document["requirements"] if "61" in r["measure"]} == {assume}
    assert any("Scenario, not fact" in w for w in document["warnings"])
    _, text, _ = command(*arguments)
    assert "Scenario, not fact" in text
    _, before, _ = command("controls", "item", "dysprosium oxide", "--on", "2026-11-09", "--assume", assume, "--json")
    assert {r["assumed"] for r in before["requirements"]} == {None}


def test_a_warning_is_said_once_with_the_measures_it_is_about():
    for query, day in (("dysprosium oxide", "2026-11-20"), ("H200", "2026-11-20"), ("magnets", "2025-06-01")):
        warnings = item(query, from_="CHN", to="USA", on=day)["warnings"]
        bare = [w.rpartition(": ")[2] for w in warnings]
        assert len(bare) == len(set(bare)), query
    assert sum("evidence is firm" in w for w in item("dysprosium oxide", on="2026-11-20")["warnings"]) == 1
    ran_out = [w for w in item("dysprosium oxide", on="2026-11-20")["warnings"] if "The suspension ran" in w]
    assert len(ran_out) == 1
    assert all(f"chn.mofcom.61-2025#{limb}" in ran_out[0] for limb in "abc")
