"""Trade, growth, prices, shares and amounts in sentences of our own: each number with its roles, and no other."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from detente import strict_yaml
from detente.claims import read

CASES = strict_yaml.read(Path(__file__).parent / "flows.yaml").data
NUMBERS = ("from", "to", "by", "probability")


def fits(wanted, row):
    for key, value in wanted.items():
        got = row[key]
        near = isinstance(value, float) and isinstance(got, float) and abs(got - value) <= 1e-9 * max(1.0, abs(value))
        if not near and got != value:
            return False
    return True


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:50])
def test_the_numbers_listed_and_no_other(case):
    rows = [c.to_dict() for c in read(case["text"], on="2027-03-20").claims]
    numeric = [r for r in rows if any(r[k] is not None for k in NUMBERS)]
    for wanted in case["claims"]:
        assert any(fits(wanted, row) for row in numeric), (wanted, numeric)
    assert [r for r in numeric if not any(fits(w, r) for w in case["claims"])] == []


def test_a_change_that_has_both_ends_does_not_contradict_itself():
    for case in CASES:
        for claim in read(case["text"], on="2027-03-20").claims:
            if None not in (claim.from_, claim.to, claim.by):
                assert claim.by == pytest.approx(claim.to - claim.from_), claim.text


def test_a_long_sentence_of_trade_takes_time_in_proportion():
    part = "exports to Norway rose 5% to $3 billion and Chile sends a third of its exports to Peru in 2026, "
    spent = []
    for copies in (60, 240):
        began = time.perf_counter()
        read(part * copies, on="2027-03-20")
        spent.append(time.perf_counter() - began)
    assert spent[1] < 12 * spent[0] + 0.5
