"""A draft of a commitment is refused while a gap is left, and is read as a deal once the gaps are filled."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from detente import strict_yaml
from detente.claims import draft, read
from detente.claims._draft_commitment import REVIEW
from detente.cli._app import build
from detente.errors import LedgerError
from detente.ledger import commitments
from detente.ledger._commitment_record import GAP

SAID = "2027-03-20"
FILLED = {
    "deal": "Invented deal",
    "date": SAID,
    "source": "invented joint statement",
    "says": "yes",
    "what": "something",
    "unit": "t",
    "kind": "shipped",
    "due": "2029-12-31",
    "party": "USA",
    "actor": "CHN",
    "value": "900",
    "baseline": "40",
}
_GAPS = re.compile(r'(\w+): (?:"TO REVIEW[^"]*"|TO REVIEW)')


def drafted(sentence):
    return draft(read(sentence, on=SAID).claims[0], source="invented")


def filled(text):
    return _GAPS.sub(lambda m: f"{m[1]}: {FILLED[m[1]]}", text)


def back(folder, text, on="2030-01-01"):
    (folder / "deal.yaml").write_text(text, encoding="utf-8")
    return commitments(on, path=folder)[0]


QUANTITIES = [
    ("China pledged to buy 18 million tonnes of soybeans from Brazil by the end of 2027.", 18, "million tonnes"),
    ("China promised to buy at least $17 billion of US farm goods a year through 2028.", 17, "USD bn a year"),
    ("China agreed to purchase 200 Boeing aircraft.", 200, "aircraft"),
    ("Japan agreed to buy 900,000 tonnes of US soybeans.", 0.9, "million tonnes"),
    ("India agreed to buy 5 to 6 million barrels of US crude oil a month.", 5, "million barrels a month"),
]


@pytest.mark.parametrize(("sentence", "value", "unit"), QUANTITIES)
def test_an_amount_comes_back_in_the_units_of_the_ledger(tmp_path, sentence, value, unit):
    row = back(tmp_path, filled(drafted(sentence)))
    assert row["kind"] == "quantity"
    assert (row["target"]["value"], row["target"]["unit"]) == (pytest.approx(value), unit)
    assert row["made"] == SAID
    assert row["confidence"] == "L"


def test_ends_and_day_come_back(tmp_path):
    row = back(tmp_path, filled(drafted(QUANTITIES[0][0])))
    assert (row["actor"], row["due"], row["deal"]) == ("CHN", "2027-12-31", "Invented deal")
    assert [a["party"] for a in row["assertions"]] == ["CHN", "BRA"]
    assert row["what"] == "buy soybeans from Brazil"


OTHERS = [
    ("The US promised to suspend the 24 percentage point tariff on China until November 10, 2027.", "standstill"),
    ("The US pledged to cut the fentanyl tariff on China to 10% from 20% by November 10, 2027.", "act"),
    ("China agreed to ease its rare earth export controls.", "act"),
    ("The EU pledged to cut its tariff on US cars to 5%.", "act"),
]


@pytest.mark.parametrize(("sentence", "kind"), OTHERS)
def test_other_promises_come_back(tmp_path, sentence, kind):
    row = back(tmp_path, filled(drafted(sentence)), SAID)
    assert row["kind"] == kind
    assert row["target"] is None
    assert REVIEW not in json.dumps(row)


@pytest.mark.parametrize(
    ("sentence", "what"),
    [
        ("The US agreed to lower its reciprocal tariff on China by 115 percentage points.",
         "lower the reciprocal duty on China by 115 points"),
        ("The US promised to cut the fentanyl tariff on China to 10% from 20%.",
         "bring the fentanyl duty on China to 10 %"),
        ("The US promised to suspend the 24 percentage point tariff on China until November 10, 2027.",
         "keep 24 points of the duty on China suspended"),
    ],
)  # fmt: skip
def test_what_is_promised_of_a_duty_is_said_in_points(sentence, what):
    assert strict_yaml.parse(drafted(sentence), "draft").data["commitments"][0]["what"] == what


def test_what_comes_on_top_and_what_is_only_reported_are_no_targets(tmp_path):
    more = drafted("China pledged to buy an additional $200 billion of American goods over two years.")
    assert "baseline + 200" in more
    row = back(tmp_path, filled(more))
    assert (row["target"]["value"], row["target"]["baseline"]) == (900, 40)
    bought = drafted("China bought 2 million tonnes of soybeans from the United States.")
    row = back(tmp_path, filled(bought))
    assert row["target"]["value"] == 900
    (told,) = row["indicators"]
    assert (told["value"], told["unit"], told["date"]) == (2, "million tonnes", SAID)


@pytest.mark.parametrize("sentence", [s for s, *_ in QUANTITIES + OTHERS])
def test_every_gap_is_told_with_its_line(tmp_path, sentence):
    text = drafted(sentence)
    assert REVIEW == GAP
    with pytest.raises(LedgerError) as caught:
        back(tmp_path, text)
    lines = [i for i, line in enumerate(text.splitlines(), 1) if not line.startswith("#") and REVIEW in line]
    assert len(lines) >= 5
    told = [int(str(p).split(":")[1]) for p in caught.value.problems]
    assert sorted(set(told)) == lines
    assert all(GAP in p.what and p.remedy for p in caught.value.problems)


def test_one_gap_is_enough_to_be_refused(tmp_path):
    text = filled(drafted(QUANTITIES[0][0]))
    for key in ("deal", "source", "what"):
        left = re.sub(rf"^( *){key}: .*$", rf'\1{key}: "{GAP}: x"', text, count=1, flags=re.M)
        with pytest.raises(LedgerError, match=f"'{key}' is still TO REVIEW"):
            back(tmp_path, left)


def test_a_denied_promise_says_so():
    text = draft(
        read("China denied that it had promised to buy 25 million tonnes of US soybeans.").claims[0], source="x"
    )
    assert "denies" in text


def test_from_an_article_to_the_list_by_the_command_line(tmp_path):
    article, deals = tmp_path / "a.txt", tmp_path / "deals"
    article.write_text(QUANTITIES[0][0], encoding="utf-8")
    deals.mkdir()
    before = commitments("2027-06-01")
    shown = CliRunner().invoke(build(), ["read", str(article), "--on", SAID, "--draft", "1"])
    assert shown.exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "deals"]
    assert list(deals.iterdir()) == []
    assert commitments("2027-06-01") == before  # nothing is written into the ledger by itself
    assert strict_yaml.parse(shown.stdout, "draft").problems == []
    (deals / "invented.yaml").write_text(filled(shown.stdout), encoding="utf-8")
    listed = CliRunner().invoke(
        build(), ["ledger", "commitments", "--on", "2027-06-01", "--deals", str(deals), "--json"]
    )
    (row,) = json.loads(listed.stdout)
    assert (row["id"], row["status"], row["target"]["value"]) == ("invented.soybeans-2027", "pending", 18)


MEASURES = [
    ("The US will impose a 60% tariff on Chinese goods from March 3, 2027.", "announced", "2027-03-03", 0.6),
    ("The US raised the fentanyl tariff on China to 20% on March 4, 2027.", "entered_into_force", None, 0.2),
    ("China imposed export controls on gallium on March 4, 2027.", "entered_into_force", None, None),
]
LAW = {
    "title": "x", "layer": "s122", "targets": "USA", "legal_basis": "a notice", "source": "notice", "group": "broad",
    "operator": "add", "scope": "all", "date": SAID, "from": SAID, "event": "suspended",
}  # fmt: skip


@pytest.mark.parametrize(("sentence", "event", "takes_effect", "rate"), MEASURES)
def test_a_draft_of_a_measure_passes_the_check_once_its_gaps_are_filled(tmp_path, sentence, event, takes_effect, rate):
    text = drafted(sentence).replace(f"targets: [{REVIEW}]", "targets: [USA]")
    text = _GAPS.sub(lambda m: f"{m[1]}: {LAW[m[1]]}", text)
    data = strict_yaml.parse(text, "draft").data
    (act,) = data["events"]
    assert (act["event"], act.get("takes_effect"), act.get("rate")) == (event, takes_effect, rate)
    place = tmp_path / data["imposer"].lower() / "x"
    place.mkdir(parents=True)
    (place / "m.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "sources.yaml").write_text("notice: {title: A notice}\n", encoding="utf-8")
    checked = CliRunner().invoke(build(), ["ledger", "check", str(tmp_path)])
    assert checked.exit_code == 0, checked.exception


def test_a_duty_to_come_is_not_dated_by_the_day_it_begins():
    text = drafted(MEASURES[0][0])
    assert "takes_effect: 2027-03-03" in text
    assert "{date: 2027-03-03" not in text
    assert "2027-03-01" not in drafted("The US will impose a 60% tariff on Chinese goods in March 2027.")


def test_a_suspended_duty_keeps_no_rate_and_eased_controls_do_not_enter_into_force():
    text = drafted("The US suspended its 24% reciprocal tariff on China until November 10, 2027.")
    assert "event: suspended}" in text
    assert "layer: reciprocal" in text
    text = drafted("China suspended its rare earth export controls on March 7, 2027.")
    assert "entered_into_force" not in text
