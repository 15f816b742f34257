"""Names made comparable: scripts, Chinese company words, organisation forms, tokens.

The heavy lifting (transliteration, organisation forms of many countries, words that mean the same) is rigour's.
"""

from __future__ import annotations

import csv
import functools
import math
import re
from importlib import resources
from typing import Any

from detente.errors import Problem, UserError

LONGEST_NAME = 500
"""Characters of a name that are compared; what lies beyond is cut off, and the answer says so."""

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_WORD = re.compile("[a-z0-9]+")
_FORMS = frozenset({
    "ltd", "limited", "llc", "llp", "lp", "inc", "incorporated", "corp", "corporation", "co", "company", "plc",
    "pllc", "gmbh", "ag", "kg", "sa", "sas", "srl", "spa", "bv", "nv", "ab", "as", "oy", "oyj", "jsc", "ojsc",
    "cjsc", "pjsc", "ooo", "oao", "zao", "pao", "ao", "pte", "pty", "sdn", "bhd", "fze", "fzco", "fzc", "sro", "kk",
    "the",
})  # fmt: skip
_FORM_WORDS = (
    "limited", "company", "corporation", "joint", "stock", "gesellschaft", "aktiengesellschaft", "incorporated",
    "liability", "partnership", "societe", "anonyme", "public",
)  # fmt: skip


def tools() -> Any:
    """rigour's name tools, or an error that says how to get them."""
    try:
        import rigour.names as names
    except ImportError:
        raise UserError(
            [Problem("", "screening needs rapidfuzz and rigour", 'Install them: pip install "detente[controls]".')]
        ) from None
    return names


def _table(name: str) -> list[dict[str, str]]:
    place = resources.files("detente").joinpath("data", *name.split("/"))
    return list(csv.DictReader(place.read_text(encoding="utf-8").splitlines()))


@functools.cache
def _han_words() -> tuple[re.Pattern[str], dict[str, str]]:
    words = {row["han"]: row["word"] for row in _table("controls/han_words.csv")}
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), words


@functools.lru_cache(maxsize=4096)
def _pinyin(run: str) -> str:
    from rigour.text.translit import ascii_text

    return ascii_text(run).replace(" ", "").replace("'", "")


def romanised(text: str) -> str:
    """Chinese company words in English and the other characters in pinyin; text without Han passes unchanged.

    >>> romanised("华为技术有限公司").split()
    ['huawei', 'technology', 'limited']
    """
    if not _HAN.search(text):
        return text
    pattern, words = _han_words()
    text = pattern.sub(lambda m: f" {words[m.group()]} ", text)
    return _HAN.sub(lambda m: f" {_pinyin(m.group())} ", text)


@functools.lru_cache(maxsize=65536)
def _spelled(token: str) -> str:
    """A word of an organisation form with one slip of the pen, put right."""
    from rapidfuzz.distance import OSA

    bare = token.casefold().strip(".,()")
    if len(bare) < 5 or bare in _FORM_WORDS:
        return token
    for word in _FORM_WORDS:
        if abs(len(word) - len(bare)) <= 1 and OSA.distance(bare, word, score_cutoff=1) <= 1:
            return word
    return token


def prepared(text: str) -> str:
    """The name as it goes to the analysis: bounded, romanised, organisation forms spelled right.

    >>> prepared("Tactical Missiles JOYNT STOCK COMPAN")
    'Tactical Missiles joint STOCK company'
    """
    return " ".join(_spelled(t) for t in romanised(text[:LONGEST_NAME]).split())


def tokens_of(text: str) -> tuple[str, ...]:
    """Latin tokens of a name without its commonest organisation forms: what an index is made of.

    >>> tokens_of("Huawei Technologies Co., Ltd.")
    ('huawei', 'technologies')
    """
    text = text[:LONGEST_NAME]
    if not text.isascii():
        tools()
        from rigour.text.translit import ascii_text

        text = ascii_text(romanised(text))
    found = _WORD.findall(text.casefold().replace("'", "").replace(".", ""))
    return tuple(t for t in found if t not in _FORMS) or tuple(found)


@functools.cache
def _rarities() -> dict[str, float]:
    out = {}
    for row in _table("lists/common_tokens.csv"):
        entries, of = int(row["entries"]), int(row["of"])
        out[row["token"]] = max(0.4, math.log(of / entries) / math.log(of / 40))
    return out


def rarity(token: str) -> float:
    """How much a token tells, from 0.4 (in very many listed names) to 1 (rare): log(N/n), scaled.

    >>> rarity("zzyzx")
    1.0
    >>> rarity("technology") < rarity("huawei")
    True
    """
    return _rarities().get(token, 1.0)
