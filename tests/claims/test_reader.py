"""Properties of the reader: spans, any input, time, and the articles it was asked for."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.claims import Document, read, read_bytes, read_file
from detente.errors import UserError
from shared_data import shared

ARTICLE = """The Daily Ledger
Subscribe | Log in | 14 comments

Lisbon talks end with a truce

March 21, 2027

On March 19-20, Brazil and India met in Lisbon and agreed to cut tariffs by 12 percentage points each. As a result,
Brazilian tariffs on Indian goods fall from 35% to 23%.

"The next 60 days will decide," said Ana Duarte, chief economist at Banco Horizonte. She added that a deal is unlikely
within three months.

© The Daily Ledger. All rights reserved.
"""
WORDS = st.sampled_from(
    [
        "tariff",
        "tariffs",
        "10%",
        "145%",
        "from",
        "to",
        "by",
        "percentage",
        "points",
        "China",
        "US",
        "U.S.",
        "Beijing's",
        "“",
        "”",
        '"',
        ",",
        ".",
        "(",
        ")",
        "–",
        "said",
        "Xi",
        "May",
        "10-11",
        "2025",
        "Section",
        "301",
        "$34bn",
        "90-day",
        "truce",
        "export",
        "controls",
        "rare",
        "earths",
        "will",
        "not",
        "agreed",
        "plus",
        "total",
        "odds of 3 to 1",
        "one in",
        "chance",
        "did",
        "refused to",
        "put off",
        "deficit of $3 billion",
        "bought",
        "a third of",
        "WASHINGTON (Reuters) -",
        "one analyst",
        "of which",
        "2026-28",
        "likely",
        "\n\n",
        "한국어",
        "😀",
        "é",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(WORDS, max_size=60).map(" ".join)))
def test_spans_round_trip_on_any_text(text):
    reading = read(text, on="2025-06-18")
    for claim in reading.claims:
        assert claim.text == reading.document[claim.start : claim.end]
        assert claim.text.strip() == claim.text != ""
    json.dumps(reading.to_dict())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(data):
    reading = read_bytes(data)
    assert all(c.text == reading.document[c.start : c.end] for c in reading.claims)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=40))
def test_plain_text_is_the_document_itself(prefix):
    text = prefix.replace("<", "") + "\n\nThe US raised its tariffs on India from 10% to 25%."
    reading = read(text)
    assert reading.document == text
    assert any(c.from_ == 0.1 and c.to == 0.25 for c in reading.claims)


def test_html_reads_as_the_text_it_carries():
    page = (
        "<!DOCTYPE html><html><head><title>Duties &amp; deals</title><script>var x = 'a 99% tariff on"
        " China';</script></head>"
        "<body><nav>Tariffs of 77% on China</nav><h1>News</h1><p>The <b>US</b> cut its tariffs on Chinese&nbsp;goods "
        "from 145% to&#32;30%.</p><footer>Subscribe for 10%</footer></body></html>"
    )
    reading = read_bytes(page.encode())
    assert [(c.from_, c.to) for c in reading.claims] == [(1.45, 0.3)]
    assert reading.title == "Duties & deals"
    assert reading.claims[0].text == reading.document[reading.claims[0].start : reading.claims[0].end]
    assert "<" not in reading.document


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-8-sig", "cp1252"])
def test_encodings(codec):
    text = "Washington’s tariffs on China fell from 145% to 30%."
    reading = read_bytes(text.encode(codec))
    assert reading.claims[0].to == 0.3
    assert "’" in reading.document


def test_an_article_is_dated_and_read():
    reading = read(ARTICLE)
    assert (reading.date, reading.dated_by) == (dt.date(2027, 3, 21), "a dateline")
    by_kind = {(c.kind, c.actor): c for c in reading.claims}
    assert by_kind["tariff_change", "BRA"].date == (dt.date(2027, 3, 19), dt.date(2027, 3, 20))
    change = next(c for c in reading.claims if c.from_ == 0.35)
    assert [(c.check, c.holds) for c in change.checks] == [("from-to-by", True)]
    assert "35 - 23 = 12" in change.checks[0].detail
    ana = [c for c in reading.claims if c.speaker == "Ana Duarte"]
    assert {c.affiliation for c in ana} == {"Banco Horizonte"}
    unlikely = next(c for c in ana if c.probability)
    assert unlikely.probability == (0.2, 0.45)
    assert unlikely.horizon is not None
    assert unlikely.horizon[1] > dt.date(2027, 6, 1)


def test_days_without_a_year_stay_unresolved_without_an_anchor():
    claims = read(
        "Talks were held in Oslo on March 3 by the US and China. The US will raise tariffs on China to 30% on May 9."
    ).claims
    assert all(c.date is None for c in claims)
    dated = read("Talks were held in Oslo on March 3 by the US and China.", on="2027-03-20").claims
    assert dated[0].date == (dt.date(2027, 3, 3), dt.date(2027, 3, 3))


def test_furniture_is_skipped():
    lines = ["© 2027 A tariff of 44% on China", "Read more: US raises tariffs on China to 66%", "관세 145%에서 30%로"]
    assert read("\n\n".join(lines)).claims == ()


def test_a_bad_day_or_file_is_one_clear_error(tmp_path):
    with pytest.raises(UserError, match="--on"):
        read("x", on="2025-13-01")
    with pytest.raises(UserError, match="cannot be read"):
        read_file(tmp_path / "none.txt")


@pytest.mark.parametrize(
    "unit",
    ["<nav><nav ", "<!-- ", "<", '"', ".", "(", "A", "Aa Bb Cc ", "May 1-2, ", "said Xi ",
     "odds of 3 to 1 ", "(10 a, ", "one in five chance ", "China bought 3 million tonnes and ", "did not ",
     "tariff 10% to 20% from 5% on China and the US ", "The US cut tariffs on China from 145% to 30%. "],
)  # fmt: skip
def test_time_grows_with_length_alone(unit):
    """Eight times the text takes no more than about eight times as long: 16 leaves room for a busy machine."""

    def seconds(size):
        text = "<html>" * unit.startswith("<") + unit * (size // len(unit))
        start = time.perf_counter()
        read(text, on="2025-06-18")
        return time.perf_counter() - start

    read("warm " * 10)
    small = max(min(seconds(10_000) for _ in range(2)), 0.01)
    assert min(seconds(80_000) for _ in range(2)) < 16 * small + 0.2


def test_encoding_of_surrogates_does_not_break_json():
    assert Document.decode(b"\xed\xa0\x80 tariffs").text


@pytest.mark.parametrize("name", ["geneva", "london"])
def test_the_two_articles_in_under_two_seconds(name):
    path = shared("articles", f"{name}.txt")
    start = time.perf_counter()
    reading = read_file(path)
    assert time.perf_counter() - start < 2.0
    text = path.read_text(encoding="utf-8")
    assert reading.document == text
    assert all(c.text == text[c.start : c.end] for c in reading.claims)


def found(reading, **wanted):
    rows = [c.to_dict() for c in reading.claims]
    return [
        r
        for r in rows
        if all(
            abs(r[k] - v) < 1e-9 if isinstance(v, float) and r[k] is not None else r[k] == v for k, v in wanted.items()
        )
    ]


def test_what_the_article_on_geneva_claims():
    """The facts of ../shared/facts/claims.md; every number of the article that the reader reports is one of these."""
    reading = read_file(shared("articles", "geneva.txt"))
    wanted = [
        {"kind": "tariff_change", "actor": "USA", "target": "CHN", "by": -1.15, "from": None},
        {"kind": "tariff_change", "actor": "CHN", "target": "USA", "by": -1.15, "from": None},
        {"kind": "tariff_change", "actor": "USA", "target": "CHN", "from": 1.45, "to": 0.3},
        {"kind": "tariff_change", "actor": "CHN", "target": "USA", "from": 1.25, "to": 0.1},
        {
            "kind": "tariff_level",
            "actor": "USA",
            "target": "CHN",
            "to": 0.2,
            "speaker": "Neo Wang",
            "affiliation": "Evercore ISI",
        },
        {
            "kind": "trade_change",
            "actor": "CHN",
            "target": "USA",
            "by": -0.36,
            "speaker": "Larry Hu",
            "affiliation": "Macquarie Securities",
        },
        {"kind": "growth_change", "actor": "CHN", "by": -0.01, "speaker": "Larry Hu", "conditional": True},
        {"kind": "duration", "to": 1.0, "unit": "years", "bound": "at_least", "speaker": "Wendy Cutler"},
        {"kind": "duration", "to": 90.0, "unit": "days"},
    ]
    for row in wanted:
        assert found(reading, **row), row
    assert found(
        reading, kind="forecast", speaker="Scott Bessent", said_on="2025-05-12", horizon="2025-05-12/2025-06-16"
    )
    assert found(
        reading, kind="control", action="keep", actor="CHN", speaker="China's Ministry of Commerce", date="2025-05-12"
    )
    assert found(reading, kind="assessment", concept="dominance", actor="CHN")
    numbers = [c for c in reading.claims if c.numeric]
    known = [c for c in numbers if any(c in _claims(reading, **row) for row in wanted)]
    assert len(known) >= 0.9 * len(numbers)


def _claims(reading, **wanted):
    return [c for c, r in ((c, c.to_dict()) for c in reading.claims) if r in found(reading, **wanted)]


def test_what_the_article_on_london_claims():
    reading = read_file(shared("articles", "london.txt"))
    level = found(reading, kind="tariff_level", actor="USA", target="CHN", to=0.55)[0]
    assert [(p["layer"], p["rate"]) for p in level["parts"]] == [
        ("fentanyl", 0.2),
        ("reciprocal", 0.1),
        ("section-301", 0.25),
    ]
    assert level["checks"][0] == {"check": "sum", "holds": True, "detail": "20 + 10 + 25 = 55"}
    assert found(reading, kind="tariff_level", actor="CHN", target="USA", to=0.1)
    assert found(
        reading, kind="control", actor="USA", target="CHN", negated=True, speaker="Scott Bessent", date="2025-06-11"
    )
    assert found(
        reading,
        kind="control",
        actor="USA",
        modality="planned",
        subject=["technology", "affiliates", "listed-entities"],
    )
    assert found(reading, kind="control", actor="USA", subject=["aircraft-parts", "semiconductors", "ethylene"])
    assert found(reading, kind="control", actor="CHN", action="relax", modality="promised", subject=["rare-earths"])
    assert found(reading, kind="duration", to=6.0, unit="months", action="interval")
    stalling = found(
        reading, concept="stalling", speaker="Wang Guochen", affiliation="Taiwan Institute of Economic Research"
    )
    assert len(stalling) >= 2
    assert found(reading, concept="crisis-management", speaker="Li Zhenyu", affiliation="Cathay Financial Holdings")
    assert found(reading, concept="decentralisation", speaker="Li Zhenyu")
    assert len([c for c in reading.claims if c.numeric]) <= 4


@pytest.mark.parametrize("given", [None, 5, b"The US cut tariffs."])
def test_what_is_no_text_is_a_user_error(given):
    with pytest.raises(UserError, match="an article is text"):
        read(given)


@pytest.mark.parametrize("codec", ["utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"])
def test_byte_order_marks(codec):
    text = "Peru cut its tariff on Chile from 20% to 10%."
    assert read_bytes(("\ufeff" + text).encode(codec)).claims[0].to == 0.1
