"""Numbers of every shape in every place a sentence has for one: the reader and the verdicts never raise, spans hold."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.claims import read
from detente.study._verdicts import VERDICTS, judge

FRAMES = [
    "China's exports to the US fell {a} percent in {b}.",
    "The US cut its tariffs on Chinese goods from {a}% to {b}%.",
    "The US trade deficit with China narrowed to ${a} billion from ${b} billion in {c}.",
    "Growth was {a} percent in the {b} quarter of {c}.",
    "On May {a}, {b}, the two sides met in Geneva for {c} days.",
    "Between {a} and {b} tonnes of US soybeans were bought by China by {c} December.",
    "There is a {a} in {b} chance, or {c}%, of a deal.",
    "Odds of {a} to {b} against a truce; {c}-{a} that tariffs rise.",
    "The {a}% duty ({b} existing, {c} fentanyl, {a} reciprocal) took effect on {b} November {c}.",
    "Tariffs went above {a} percent, to {b}-{c} percent, from {a} on {b}/{c}/{a}.",
    "China has booked {a} to {b} million tonnes and will buy ${a} to ${c} billion a year until {b}.",
    "Section {a} duties of {b}% on List {c} goods end in {a}-{b}.",
    "In {a} and {b}, and from {c} to {a}, imports from China rose by {b}pp.",
    "{a}% of {b} firms; {c}.{a} per cent; ${b}{c}; {a},{b},{c}; +{a}-{b}; {a}:{b}; {a}/{b}",
    "The truce holds for {a} days, until {b}-{c}-{a}, said {b} of {c}.",
    "A quarter ({a}%) of the {b} jets, one of {c}, at Q{a} {b}, by the end of {c}.",
]
SHAPES = [
    "19", "20", "2025", "1999", "19.7", "20.0", "20.5", "19,7", "20,000", "2,025", "20.25", "2025.5", "19.99", "1900",
    "2099", "20%", "0", "00", "0.0", "-20", "−20", "1e9", "1,234,567.8", "20-25", "2020-21", "2019–20", "20th", "19k",
    "20bn", "½", "²", "٢٠٢٥", "２０２５", "2０25", "20.", ".5", "9" * 400, "20.2.5", "1/0", "0/0", "31", "29 February",
    "twenty", "twenty-five", "zero", "May", "half", "a third", "20\u00a0", "$20", "20.0000000000000000001",
]  # fmt: skip
NUMBERS = st.one_of(
    st.sampled_from(SHAPES),
    st.integers(-(10**6), 10**12).map(str),
    st.integers(1890, 2110).map(str),
    st.floats(allow_nan=True).map(str),
    st.decimals(0, 3000, places=1, allow_nan=False).map(str),
    st.from_regex(r"[0-9]{1,4}[.,:/-]?[0-9]{0,4}", fullmatch=True),
)


def every_claim_stands(text):
    reading = read(text, on="2025-06-18")
    for claim in reading.claims:
        assert claim.text == reading.document[claim.start : claim.end]
        if claim.probability is not None:
            low, high = claim.probability
            assert 0.0 <= low <= high <= 1.0, text
        if claim.low is not None and claim.high is not None:
            assert claim.low <= claim.high
    json.dumps(reading.to_dict(), allow_nan=False)
    return reading


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_in_every_frame(frame, shape):
    every_claim_stands(frame.format(a=shape, b=shape, c="2025"))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(FRAMES), NUMBERS, NUMBERS, NUMBERS)
def test_any_numbers_in_any_frame(frame, a, b, c):
    reading = every_claim_stands(frame.format(a=a, b=b, c=c))
    for verdict in judge(reading):
        assert verdict.verdict in VERDICTS


def test_a_decimal_that_begins_like_a_year_is_an_amount():
    change = read("China's exports to the US fell 20.5 percent in 2025.", on="2026-02-01").claims[0]
    assert change.by == -0.205
    assert change.date is not None
    assert change.date[0].year == 2025
    assert read("The US trade deficit with China narrowed to $19.4 billion.").claims[0].to == 19.4e9
