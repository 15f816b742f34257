"""Labelled sentences of our own: what is claimed must be found, with its roles; what is no claim must not."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente import strict_yaml
from detente.claims import read

HERE = Path(__file__).parent
CASES = [*strict_yaml.read(HERE / "claims.yaml").data, *strict_yaml.read(HERE / "grammar.yaml").data]
WORDED = [case for name in ("wording", "wire", "press") for case in strict_yaml.read(HERE / f"{name}.yaml").data]
SILENT = strict_yaml.read(HERE / "no_claims.yaml").data


def told(claim):
    row = claim.to_dict()
    row["parts"] = [p["rate"] for p in row["parts"]]
    row["difference_holds"] = next((c["holds"] for c in row["checks"] if c["check"] == "from-to-by"), None)
    row["sum_holds"] = next((c["holds"] for c in row["checks"] if c["check"] == "sum"), None)
    return row


def agrees(wanted, found):
    for key, value in wanted.items():
        got = found[key]
        if isinstance(value, float):
            if got is None or abs(got - value) > 1e-9:
                return False
        elif got != value:
            return False
    return True


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:50])
def test_claims_are_found(case):
    reading = read(case["text"], on=case.get("on", "2027-03-20"))
    rows = [told(c) for c in reading.claims]
    for wanted in case["claims"]:
        assert any(agrees(wanted, row) for row in rows), (wanted, rows)


@pytest.mark.parametrize("case", WORDED, ids=lambda c: c["text"][:50])
def test_the_claims_listed_and_no_other_number(case):
    rows = [told(c) for c in read(case["text"], on=case.get("on", "2027-03-20")).claims]
    for wanted in case["claims"]:
        assert any(agrees(wanted, row) for row in rows), (wanted, rows)
    numbers = [r for r in rows if any(r[k] is not None for k in ("from", "to", "by", "probability"))]
    spurious = [r for r in numbers if not any(agrees(w, r) for w in case["claims"])]
    assert not spurious


def test_few_numbers_are_reported_that_are_no_claims():
    numbers = spurious = 0
    for case in CASES:
        for claim in read(case["text"], on=case.get("on", "2027-03-20")).claims:
            if not claim.numeric:
                continue
            numbers += 1
            if not any(
                agrees(
                    {k: v for k, v in w.items() if k in ("kind", "from", "to", "by", "probability", "unit")},
                    told(claim),
                )
                for w in case["claims"]
            ):
                spurious += 1
    assert numbers >= 110
    assert spurious <= numbers / 10


@pytest.mark.parametrize("text", SILENT, ids=lambda t: t[:50])
def test_numbers_that_are_no_claims_stay_silent(text):
    assert [c.text for c in read(text, on="2027-03-20").claims if c.numeric] == []
