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
    assert done["left_out"] == {"a side is missing": 1}


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
