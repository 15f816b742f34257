"""Holdings out of BODS 0.4, FollowTheMoney, GLEIF and UK PSC: made-up records in the published shapes."""

from __future__ import annotations

import csv
import json

import pytest

from detente.controls import owners
from detente.controls._importers import convert
from detente.errors import UserError


def _convert(kind, content, tmp_path, name="in"):
    source, target = tmp_path / name, tmp_path / "edges.csv"
    source.write_text(content, encoding="utf-8")
    done = convert(kind, source, target)
    return done, list(csv.DictReader(target.read_text(encoding="utf-8").splitlines())), target


def _bods():
    def relation(record, subject, party, interest, **rest):
        details = {"subject": subject, "interestedParty": party, "interests": [interest] if interest else []}
        head = {"statementId": f"s-{record}", "recordId": record, "recordType": "relationship"}
        return {**head, "recordDetails": details, **rest}

    return [
        {"recordId": "e1", "recordType": "entity", "recordDetails": {"name": "Alpha Ltd"}},
        {"recordId": "e2", "recordType": "entity", "recordDetails": {"name": "Beta Ltd"}},
        {"recordId": "p1", "recordType": "person", "recordDetails": {"names": [{"fullName": "Ann Example"}]}},
        relation("r1", "e1", "p1", {"type": "shareholding", "share": {"exact": 60}, "startDate": "2020-02-03"}),
        relation("r2", "e2", "e1", {"type": "shareholding", "share": {"minimum": 25, "maximum": 50}}),
        relation("r3", "e2", "p1", {"type": "shareholding", "share": {"exclusiveMinimum": 50, "maximum": 75}}),
        relation("r4", "e2", {"reason": "noBeneficialOwners"}, None),
        relation("r5", "e2", "p1", {"type": "appointmentOfBoard"}),
        relation("r6", "e2", "p1", {"type": "shareholding"}, recordStatus="closed"),
    ]


@pytest.mark.parametrize("lines", [True, False])
def test_bods(tmp_path, lines):
    text = "\n".join(map(json.dumps, _bods())) if lines else json.dumps(_bods())
    done, rows, target = _convert("bods", text, tmp_path)
    shares = {(r["owner"], r["owned"], r["kind"]): (r["share"], r["share_high"]) for r in rows}
    ann, alpha, beta = "Ann Example [p1]", "Alpha Ltd [e1]", "Beta Ltd [e2]"
    assert shares == {
        (ann, alpha, ""): ("0.6", "0.6"), (alpha, beta, ""): ("0.25", "0.5"),
        (ann, beta, ""): ("0.500000001", "0.75"), (ann, beta, "control"): ("", ""),
    }  # fmt: skip
    assert done["left_out"] == {"party or subject unspecified": 1, "closed record": 1}
    found = owners(target, [ann], "more-than-50-or-control", on="2026-01-05")
    assert found["certain"] == [alpha, beta]
    assert owners(target, [ann], "ofac", on="2020-01-01")["certain"] == [beta]


def test_followthemoney(tmp_path):
    entities = [
        {"id": "a", "schema": "Company", "properties": {"name": ["Alpha"]}},
        {"id": "b", "schema": "Company", "properties": {"name": ["Beta"]}},
        {"id": "o", "schema": "Ownership", "properties": {"owner": ["a"], "asset": ["b"], "percentage": ["50%"]}},
        {"id": "o2", "schema": "Ownership", "properties": {"owner": ["b"], "asset": ["c"], "percentage": ["a lot"]}},
        {"id": "d", "schema": "Directorship", "properties": {"director": ["a"], "organization": ["c"]}},
        {"id": "o3", "schema": "Ownership", "properties": {"owner": ["b"], "startDate": ["2020"]}},
    ]
    done, _, target = _convert("ftm", "\n".join(map(json.dumps, entities)), tmp_path)
    found = owners(target, ["Alpha [a]"], "ofac", on="2026-01-05")
    assert found["certain"] == ["Beta [b]"]
    assert found["resolve"] == ["c"]
    assert done["left_out"] == {"a side is missing": 1, "a percentage that is no number, taken as not known": 1}


GLEIF = (
    "Relationship.StartNode.NodeID,Relationship.EndNode.NodeID,Relationship.RelationshipType,"
    "Relationship.RelationshipStatus,Relationship.Period.1.startDate\n"
    "CHILD,PARENT,IS_DIRECTLY_CONSOLIDATED_BY,ACTIVE,2019-01-01T00:00:00Z\n"
    "BRANCH,PARENT,IS_INTERNATIONAL_BRANCH_OF,ACTIVE,\n"
    "OLD,PARENT,IS_DIRECTLY_CONSOLIDATED_BY,INACTIVE,\n"
    "FUND,PARENT,IS_FUND-MANAGED_BY,ACTIVE,\n"
)


def test_gleif_consolidation_is_control_and_no_share(tmp_path):
    done, _, target = _convert("gleif", GLEIF, tmp_path)
    found = owners(target, ["PARENT"], "ofac", on="2026-01-05")
    assert found["certain"] == ["BRANCH"]
    assert found["resolve"] == ["CHILD"]
    assert owners(target, ["PARENT"], "more-than-50-or-control", on="2026-01-05")["certain"] == ["BRANCH", "CHILD"]
    assert done["left_out"] == {"status INACTIVE": 1, "relation IS_FUND-MANAGED_BY": 1}


def test_uk_bands_are_intervals(tmp_path):
    def record(company, name, natures, **rest):
        data = {"name": name, "natures_of_control": natures, "notified_on": "2018-01-01", **rest}
        return json.dumps({"company_number": company, "data": data})

    text = "\n".join([
        record("01", "Ann", ["ownership-of-shares-25-to-50-percent"]),
        record("02", "Ann", ["ownership-of-shares-50-to-75-percent", "voting-rights-50-to-75-percent"]),
        record("03", "Ann", ["ownership-of-shares-75-to-100-percent"], ceased_on="2026-01-05"),
        record("04", "Ann", ["significant-influence-or-control"]),
        json.dumps({"company_number": "05", "data": {"kind": "persons-with-significant-control-statement"}}),
    ])  # fmt: skip
    done, _, target = _convert("psc", text, tmp_path)
    found = owners(target, ["Ann"], "ofac", on="2026-01-05")
    assert found["certain"] == ["02"]
    # "not more than 50" may be exactly 50, which covers under one rule and not under the other
    assert found["resolve"] == ["01"]
    assert found["controlled_only"] == ["04"]
    assert owners(target, ["Ann"], "more-than-50-or-control", on="2026-01-05")["resolve"] == []
    assert owners(target, ["Ann"], "ofac", on="2026-01-04")["certain"] == ["02", "03"]
    assert done["left_out"] == {"persons-with-significant-control-statement": 1}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("bods", "not json"), ("bods", "[1, 2]"), ("bods", '{"recordType": "entity"}'), ("ftm", ""),
        ("bods", '[{"recordType": "relationship", "recordId": "r", "recordDetails": {"subject": "a", '
                 '"interestedParty": "b", "interests": [{"type": "shareholding", "share": {"exact": "many"}}]}}]'),
        ("gleif", "a,b\n1,2\n"), ("psc", "[" * 100_000), ("psc", '{"company_number": "1", "data": []}'),
        ("telepathy", "{}"),
    ],
)  # fmt: skip
def test_files_of_another_kind_are_clear_errors(tmp_path, kind, content):
    with pytest.raises(UserError):
        _convert(kind, content, tmp_path)
    assert not (tmp_path / "edges.csv").exists()


def _write(tmp_path, kind, statements):
    return _convert(kind, "\n".join(map(json.dumps, statements)), tmp_path)


def _relation(record, owner, owned, exact, **interest):
    rest = {k: interest.pop(k) for k in ("statementDate", "recordStatus") if k in interest}
    component = interest.pop("isComponent", None)
    details = {"subject": owned, "interestedParty": owner, "interests": [
        {"type": "shareholding"} | ({"share": {"exact": exact}} if exact is not None else {}) | interest]}  # fmt: skip
    if component is not None:
        details["isComponent"] = component
    number = f"s-{record}-{rest.get('statementDate', '')}"
    return {"statementId": number, "recordId": record, "recordType": "relationship", "recordDetails": details, **rest}


def test_an_indirect_interest_is_no_holding_beside_its_own_chain(tmp_path):
    """P holds 60 % of M, M 30 % of T: covered hands hold 30 % of T, however the file repeats the stake."""
    chain = [_relation("a", "P", "M", 60, directOrIndirect="direct"), _relation("b", "M", "T", 30)]
    done, _, target = _write(tmp_path, "bods", [*chain, _relation("c", "P", "T", 30, directOrIndirect="indirect")])
    found = owners(target, ["P"], "ofac", on="2026-01-05")
    assert (found["certain"], found["resolve"]) == (["M"], [])
    assert done["left_out"] == {"indirect interest whose chain is in the file": 1}


def test_an_indirect_interest_without_its_chain_is_an_upper_end(tmp_path):
    done, rows, target = _write(tmp_path, "bods", [_relation("c", "P", "T", 60, directOrIndirect="indirect")])
    assert (rows[0]["share"], rows[0]["share_high"]) == ("0", "0.6")
    found = owners(target, ["P"], "ofac", on="2026-01-05")
    assert (found["certain"], found["resolve"]) == ([], ["T"])
    assert sum(done["left_out"].values()) == 1


def test_a_component_is_a_holding_only_where_it_says_direct(tmp_path):
    said = _relation("a", "P", "M", 60, directOrIndirect="direct", isComponent=True)
    unsaid = _relation("b", "P", "N", 60, isComponent=True)
    _, _, target = _write(tmp_path, "bods", [said, unsaid])
    found = owners(target, ["P"], "ofac", on="2026-01-05")
    assert (found["certain"], found["resolve"]) == (["M"], ["N"])


@pytest.mark.parametrize("turned", [False, True])
def test_earlier_statements_hold_until_the_next(tmp_path, turned):
    """60 % from 2020, 40 % from 1 January 2025, whatever the order of the file."""
    first = _relation("a", "P", "T", 60, startDate="2020-01-01", statementDate="2020-01-10", recordStatus="new")
    later = _relation("a", "P", "T", 40, startDate="2025-01-01", statementDate="2025-01-10", recordStatus="updated")
    _, _, target = _write(tmp_path, "bods", [later, first] if turned else [first, later])
    for day, certain in (("2019-12-31", []), ("2024-06-01", ["T"]), ("2024-12-31", ["T"]), ("2025-01-01", [])):
        assert owners(target, ["P"], "ofac", on=day)["certain"] == certain, day
    assert owners(target, ["P"], "ofac", on="2025-06-01", explain=["T"])["explain"]["T"]["held"] == 0.4


def test_a_closed_record_held_until_it_was_closed(tmp_path):
    closed = _relation(
        "a",
        "P",
        "T",
        60,
        startDate="2020-01-01",
        endDate="2025-06-30",
        statementDate="2025-07-03",
        recordStatus="closed",
    )
    earlier = _relation("a", "P", "T", 60, startDate="2020-01-01", statementDate="2020-01-10", recordStatus="new")
    for statements in ([closed], [earlier, closed]):
        _, _, target = _write(tmp_path, "bods", statements)
        assert owners(target, ["P"], "ofac", on="2025-06-30")["certain"] == ["T"]
        assert owners(target, ["P"], "ofac", on="2025-07-01")["possible"] == []


def test_what_a_record_leaves_null_is_not_known(tmp_path):
    _, rows, _ = _write(tmp_path, "bods", [_relation("a", "P", "T", 60, startDate=None, endDate=None)])
    assert (rows[0]["from"], rows[0]["to"], rows[0]["share"]) == ("", "", "0.6")
    data = {"name": "Ann", "natures_of_control": ["ownership-of-shares-75-to-100-percent"], "ceased_on": None}
    record = {"company_number": "1", "data": data | {"notified_on": None, "date_of_birth": None, "links": None}}
    _, rows, _ = _write(tmp_path, "psc", [record])
    assert (rows[0]["from"], rows[0]["to"], rows[0]["owner"]) == ("", "", "Ann")


def test_bods_shares_that_cannot_be_are_told(tmp_path):
    low = _relation("b", "P", "U", None, share={"minimum": 60, "maximum": 40})
    done, rows, _ = _write(tmp_path, "bods", [_relation("a", "P", "T", 150), low])
    assert {(r["share"], r["share_high"]) for r in rows} == {("", "")}
    assert done["left_out"] == {"a share that cannot be, taken as not known": 2}


def _ftm(**properties):
    values = {"owner": ["a"], "asset": ["b"], "percentage": ["60"]} | properties
    return {"id": "o", "schema": "Ownership", "properties": values}


@pytest.mark.parametrize(
    ("dates", "day", "certain", "possible"),
    [
        ({"endDate": ["2024-05"]}, "2024-04-30", True, True), ({"endDate": ["2024-05"]}, "2024-05-15", False, True),
        ({"endDate": ["2024-05"]}, "2024-06-01", False, False), ({"endDate": ["2019"]}, "2019-12-31", False, True),
        ({"startDate": ["2031"]}, "2025-10-15", False, False), ({"startDate": ["2024"]}, "2024-06-01", False, True),
        ({"startDate": ["2024"]}, "2025-01-01", True, True), ({"endDate": ["some day"]}, "2025-01-01", False, True),
    ],
)  # fmt: skip
def test_a_date_without_its_day_is_an_interval(tmp_path, dates, day, certain, possible):
    """Held for certain on the days that every reading of the date allows, for possible on those that one does."""
    _, _, target = _write(tmp_path, "ftm", [_ftm(**dates)])
    found = owners(target, ["a"], "ofac", on=day)
    assert (found["certain"], found["possible"]) == (["b"] * certain, ["b"] * possible)


def test_partial_dates_are_read_in_a_file_of_ones_own(tmp_path):
    path = tmp_path / "e.csv"
    path.write_text("owner,owned,share,from,to\nX,A,0.6,2024,\nX,B,0.6,,2024-02\nX,C,0.6,,2024-13\n")
    with pytest.raises(UserError, match="row 4: '2024-13' is not a date"):
        owners(path, ["X"], "ofac")
    path.write_text("owner,owned,share,from,to\nX,A,0.6,2024,\nX,B,0.6,,2024-02\n")
    found = owners(path, ["X"], "ofac", on="2024-02-10")
    assert (found["certain"], found["resolve"]) == ([], ["A", "B"])
    assert any("leave open whether they were held" in w for w in found["warnings"])


def test_a_seat_on_a_board_is_a_red_flag_and_no_holding(tmp_path):
    seat = {"id": "d", "schema": "Directorship", "properties": {"director": ["a"], "organization": ["b"]}}
    board = _relation("r", "a", "c", None, type="boardMember")
    for kind, statement, entity in (("ftm", seat, "b"), ("bods", board, "c")):
        _, _, target = _write(tmp_path, kind, [statement])
        found = owners(target, ["a"], "more-than-50-or-control", on="2025-10-15")
        assert (found["possible"], found["directed_only"]) == ([], [entity])


def test_control_is_not_shown_as_a_share():
    found = owners(
        [{"owner": "X", "owned": "A", "share": None, "kind": "control"}, {"owner": "X", "owned": "A", "share": 0.1}],
        ["X"], "more-than-50-or-control", on="2025-10-15",
    )  # fmt: skip
    row = found["explain"]["A"]
    assert (row["status"], row["held"], row["controlled_by"]) == ("certain", 0.1, ["X"])


def test_a_percentage_above_a_hundred_is_told(tmp_path):
    done, rows, _ = _write(tmp_path, "ftm", [_ftm(percentage=["120"])])
    assert rows[0]["share"] == ""
    assert done["left_out"] == {"a share that cannot be, taken as not known": 1}


def test_people_of_one_name_are_told_apart_by_their_birth(tmp_path):
    def record(company, year, month=5, **rest):
        data = {"name": "Mr John Smith", "natures_of_control": ["ownership-of-shares-25-to-50-percent"], **rest}
        if year:
            data["date_of_birth"] = {"year": year, "month": month}
        return {"company_number": company, "data": data}

    own = {"links": {"self": "/company/3/persons-with-significant-control/individual/xyz"}}
    people = [record("1", 1950), record("1", 1970), record("2", 1950), record("3", None, **own)]
    done, rows, _ = _write(tmp_path, "psc", people)
    assert [r["owner"] for r in rows] == [
        "Mr John Smith [1950-05]", "Mr John Smith [1970-05]", "Mr John Smith [1950-05]", "Mr John Smith [3 xyz]",
    ]  # fmt: skip
    assert done["left_out"] == {}


def test_a_foreign_register_number_is_not_a_british_one(tmp_path):
    def record(place):
        told = {"registration_number": "01234567", "country_registered": place}
        natures = ["ownership-of-shares-75-to-100-percent"]
        return {"company_number": "9", "data": {"name": "Acme", "natures_of_control": natures, "identification": told}}

    _, rows, _ = _write(tmp_path, "psc", [record("England And Wales"), record("Cyprus")])
    assert [r["owner"] for r in rows] == ["01234567", "Acme [Cyprus 01234567]"]


def test_the_stake_of_an_ultimate_parent_is_no_direct_share(tmp_path):
    header, direct = GLEIF.splitlines()[:2]
    columns = ",Relationship.Quantifiers.1.QuantifierAmount,Relationship.Quantifiers.1.QuantifierUnits"
    ultimate = direct.replace("DIRECTLY", "ULTIMATELY").replace("PARENT", "TOP")
    text = f"{header}{columns}\n{direct},60,PERCENTAGE\n{ultimate},60,PERCENTAGE\n"
    _, rows, _ = _convert("gleif", text, tmp_path)
    assert {(r["owner"], r["kind"]): r["share"] for r in rows} == {
        ("PARENT", ""): "0.6", ("PARENT", "control"): "", ("TOP", ""): "", ("TOP", "control"): "",
    }  # fmt: skip


def test_the_period_of_a_gleif_relation_is_not_that_of_its_accounts(tmp_path):
    periods = [f"Relationship.Period.{i}.{name}" for i in (1, 2) for name in ("startDate", "endDate", "periodType")]
    header = ",".join([*GLEIF.splitlines()[0].split(",")[:4], *periods])
    accounts, own = (
        "2024-01-01T00:00:00Z,2024-12-31T00:00:00Z,ACCOUNTING_PERIOD",
        "2019-05-01T00:00:00Z,,RELATIONSHIP_PERIOD",
    )
    ended = "2019-05-01T00:00:00Z,2023-06-30T00:00:00Z,RELATIONSHIP_PERIOD"
    rows = [f"B1,TOP,IS_INTERNATIONAL_BRANCH_OF,ACTIVE,{accounts},{own}",
            f"B2,TOP,IS_INTERNATIONAL_BRANCH_OF,INACTIVE,{accounts},{ended}"]  # fmt: skip
    done, _, target = _convert("gleif", "\n".join([header, *rows]) + "\n", tmp_path)
    assert done["left_out"] == {}
    assert owners(target, ["TOP"], "ofac", on="2023-06-30")["certain"] == ["B1", "B2"]
    assert owners(target, ["TOP"], "ofac", on="2026-01-05")["certain"] == ["B1"]


def test_an_empty_file_of_holdings_is_told(tmp_path):
    path = tmp_path / "e.csv"
    path.write_text("owner,owned,share\n")
    assert any("holds no holding" in w for w in owners(path, ["X"], "ofac")["warnings"])
