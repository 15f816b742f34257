"""Text to tokens, each with the span it stands on; one pass, so time grows with length alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<abbr>(?:[A-Za-z]\.){2,}|Nos?\.(?=\s?\d)|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.(?=\s?\d))
  | (?P<date>\d{4}-\d{2}-\d{2}|\d{4}[./]\d{1,2}[./]\d{1,2})
  | (?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?)
  | (?P<poss>['’](?:s|S)\b)
  | (?P<word>[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*)
  | (?P<quote>["“”„«»‘’'`])
  | (?P<dash>[-‐‑‒–—―−])
  | (?P<space>\s+)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)

QUOTES = frozenset('"“”„«»')


def words(text: str) -> frozenset[str]:
    """The words of a list written with spaces.

    >>> sorted(words("tariff duty"))
    ['duty', 'tariff']
    """
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a sentence."""

    kind: str
    text: str
    key: str
    """Case-folded, without the dots of an abbreviation: what word lists are looked up by."""
    start: int
    end: int
    glued: bool = False
    """Whether nothing but a hyphen, or nothing at all, parts it from the token before."""
    head: str = ""
    """The first letter as written: word lists of names ask whether it is a capital."""

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.kind in ("word", "abbr") and self.text[:1].isupper()


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of `text[start:end]`; spans count from the beginning of `text`.

    Hyphens inside compounds are dropped, so that `rare-earth` and `rare earth` read alike; dashes between numbers and
    between clauses stay.

    >>> [t.key for t in tokens("U.S. rare-earth duties: 10–15%")]
    ['us', 'rare', 'earth', 'duties', ':', '10', '–', '15', '%']
    """
    end = len(text) if end is None else end
    out: list[Token] = []
    gap = True
    hyphen = False
    for found in _TOKEN.finditer(text, start, end):
        kind = found.lastgroup or "mark"
        if kind == "space":
            gap = True
            continue
        word = found.group()
        a, b = found.span()
        if kind == "dash" and not gap and b < end and not text[b].isspace():
            # a hyphen inside a compound; between two numbers it is a range
            between = text[a - 1].isdigit() and text[b].isdigit()
            if not between and word not in "–—―":
                hyphen = True
                continue
        key = word.casefold()
        if kind == "abbr":
            key = key.replace(".", "")
        elif key in ("tax", "taxes") and out and out[-1].key in ("import", "export", "border", "customs"):
            key = "tariff" if key == "tax" else "tariffs"  # "an export tax" is a duty; other taxes are none
        out.append(Token(kind, word, key, a, b, hyphen or not gap, word[:1]))
        gap = hyphen = False
    return out


class Lexicon:
    """Phrases and what each stands for; the longest phrase that begins at a token wins.

    >>> words = Lexicon([("rare earth", "rare-earths"), ("earth", "planet")])
    >>> words.find(tokens("the rare-earth trade"))
    [(1, 3, 'rare-earths')]
    """

    def __init__(self, phrases: Iterable[tuple[str, str]], *, names: bool = False) -> None:
        self._names = names
        self._table: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
        for phrase, value in phrases:
            keys = tuple(t.key for t in tokens(phrase))
            if keys:
                self._table.setdefault(keys[0], []).append((keys, value, phrase.isupper() and len(phrase) < 6))
        for entries in self._table.values():
            entries.sort(key=lambda e: -len(e[0]))

    def match(self, row: Sequence[Token], i: int) -> tuple[int, str] | None:
        """(index after the phrase, value) of the longest phrase at token `i`; names must begin with a capital."""
        if self._names and not row[i].capital and row[i].key != "the":
            return None
        for keys, value, shouted in self._table.get(row[i].key, ()):
            if len(keys) > len(row) - i or any(row[i + k].key != key for k, key in enumerate(keys)):
                continue
            # US, EU and AP are names; us, Eu and ap are not
            if not (self._names and shouted) or row[i].kind == "abbr" or row[i].text.isupper():
                return i + len(keys), value
        return None

    def find(self, row: Sequence[Token]) -> list[tuple[int, int, str]]:
        """Every phrase in a row of tokens as (first, after, value), none overlapping."""
        out = []
        i = 0
        while i < len(row):
            hit = self.match(row, i)
            if hit is None:
                i += 1
                continue
            out.append((i, hit[0], hit[1]))
            i = hit[0]
        return out
