"""The reader never raises on any row of the words it knows, in whatever order, however it ends."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from detente.claims import _words as known
from detente.claims import read

WORDS = sorted({w for v in vars(known).values() if isinstance(v, frozenset) for w in v if isinstance(w, str)})
PIECES = [
    *(
        "China",
        "the US",
        "Norway's",
        "American",
        "of",
        "the",
        "to",
        "from",
        "by",
        "at",
        "in",
        "on",
        "and",
        ",",
        ".",
        "(",
    ),
    *(")", "10%", "20 to 50%", "$40 billion", "2025", "May 12", "on Tuesday", "last year", "world", "world's", "half"),
    *(
        "a third",
        "if",
        "because",
        "that",
        "who",
        "“",
        "”",
        "Trump",
        "he",
        "said",
        "90 days",
        "a year ago",
        "than",
        "as",
    ),
    *("up", "or more", "—", ":", "one in five chance", "0.5 percentage points", "tonnes of soybeans"),
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(WORDS)), min_size=1, max_size=10))
def test_any_row_of_its_words(pieces):
    text = " ".join(pieces)
    for claim in read(text[:1].upper() + text[1:], on="2025-06-01").claims:
        assert claim.text in text[:1].upper() + text[1:]


EARLY = (
    "Of 3% growth.",
    "China refines 60% of the world",
    "From 5%",
    "By the end of",
    "(",
    "10% or",
    "duties of 10 - 15 % on",
)


def test_rows_that_end_early():
    for text in EARLY:
        read(text)
