"""Names made comparable: scripts, Chinese company words, organisation forms, tokens.

The heavy lifting (transliteration, organisation forms of many countries, words that mean the same) is rigour's.
"""

from __future__ import annotations

import csv
import functools
import math
import re
import unicodedata
from importlib import resources
from pathlib import Path
from typing import Any

from detente.controls import _hangul
from detente.errors import Problem, UserError

LONGEST_NAME = 500
"""Characters of a name that are compared; what lies beyond is cut off, and the answer says so."""

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_WORD = re.compile("[a-z0-9]+")
_CITY = re.compile("(?<=[\u4e00-\u9fff]{2})[\u5e02\u7701](?=[\u4e00-\u9fff]{2})")
"""The words city and province behind the name of one, with more to follow."""
_ARTICLES = "(?:\u0627\u0644|\u0644\u0644|\u0648\u0627\u0644|\u0628\u0627\u0644)?"
"""The Arabic article with what may stand run on before it."""
FORMS = frozenset({
    "ltd", "limited", "llc", "llp", "lp", "inc", "incorporated", "corp", "corporation", "co", "company", "plc",
    "pllc", "gmbh", "ag", "kg", "sa", "sas", "srl", "spa", "bv", "nv", "ab", "as", "oy", "oyj", "jsc", "ojsc",
    "cjsc", "pjsc", "ooo", "oao", "zao", "pao", "ao", "pte", "pty", "sdn", "bhd", "fze", "fzco", "fzc", "sro", "kk",
    "the",
})  # fmt: skip
"""Organisation forms that tell no firm from another."""
_FORM_WORDS = (
    "limited", "company", "corporation", "joint", "stock", "gesellschaft", "aktiengesellschaft", "incorporated",
    "liability", "partnership", "societe", "anonyme", "public",
)  # fmt: skip
_JOINERS = ("and", "of", "und", "et", "y")
_SET_APART = re.compile(r"(?<!\w)[^\W\d_](?:(?: ?[^\w\s] ?|[ _])[^\W\d_]){3,}(?![^\W_])")
_INITIALS = re.compile(r"(?<![a-z0-9])([a-z0-9])\.(?=[a-z0-9](?![a-z0-9]))")
_RUN_ON = re.compile(r"\b(co|corp|company|inc|ltd|limited|pte|pty|sdn)[.,]+(?=\w)", re.IGNORECASE)
"""An organisation form with the next word run on to it: `Co.,Ltd.`"""


def tools() -> Any:
    """rigour's name tools, or an error that says how to get them."""
    try:
        import rigour.names as names
    except ImportError:
        raise UserError(
            [Problem("", "screening needs rapidfuzz and rigour", 'Install them: pip install "detente[controls]".')]
        ) from None
    return names


def tables() -> tuple[Path, ...]:
    """The files that decide how a name is read: an index made with others of them is no longer good."""
    folder = Path(str(resources.files("detente").joinpath("data", "controls")))
    return folder / "han_words.csv", folder / "script_names.csv"


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


@functools.cache
def _script_words() -> tuple[re.Pattern[str], dict[str, str]]:
    """Names and company words of other scripts whose letters alone would not lead to the listed spelling."""
    rows = _table("controls/script_names.csv")
    words = {row["text"]: row["word"] for row in rows}

    def any_of(scripts: tuple[str, ...]) -> str:
        texts = sorted((row["text"] for row in rows if row["script"] in scripts), key=len, reverse=True)
        return "|".join(map(re.escape, texts))

    # Cyrillic and Arabic words stand apart, Arabic ones behind an article; kana and hangul names run into what follows
    slavic, arabic, within = any_of(("cyrillic",)), any_of(("arabic",)), any_of(("kana", "hangul"))
    whole = rf"(?<!\w)(?:{slavic}|{_ARTICLES}(?:{arabic}))(?!\w)"
    return re.compile(f"{whole}|{within}", re.IGNORECASE), words


def _word_of(found: str, names: dict[str, str]) -> str:
    """The English of a word of the table, with or without its article."""
    return names.get(found) or names[re.sub(rf"^{_ARTICLES}", "", found)]


def by_sound(text: str) -> dict[str, str]:
    """Chinese characters of a name that are read by their sound alone, by that sound: no table names them.

    >>> by_sound("华伟技术"), by_sound("华为技术"), by_sound("Huawei")
    ({'huawei': '华伟'}, {}, {})
    """
    if text.isascii():
        return {}
    known, _ = _script_words()
    rest = known.sub(" ", unicodedata.normalize("NFKC", text[:LONGEST_NAME]))
    rest = _han_words()[0].sub(" ", _CITY.sub(" ", rest))
    return {_pinyin(run): run for run in _HAN.findall(rest)}


def romanised(text: str) -> str:
    """Company words and well-known names in English, other Chinese characters in pinyin; Latin text passes unchanged.

    >>> romanised("华为技术有限公司").split()
    ['huawei', 'technology', 'limited']
    >>> romanised("شرکت ملی نفت ایران").split()
    ['company', 'national', 'oil', 'iranian']
    """
    if text.isascii():
        return text
    known, names = _script_words()
    text = known.sub(lambda m: f" {_word_of(m.group().casefold(), names)} ", unicodedata.normalize("NFKC", text))
    text = _hangul.romanised(text)
    if not _HAN.search(text):
        return text
    text = _CITY.sub(" ", text)
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
    apart = _RUN_ON.sub(r"\1 ", romanised(text[:LONGEST_NAME]))
    return " ".join(_spelled(t) for t in apart.split())


def tokens_of(text: str) -> tuple[str, ...]:
    """Latin tokens of a name without its commonest organisation forms: what an index is made of.

    >>> tokens_of("Huawei Technologies CO.,LTD."), tokens_of("I.B.M. Corp")
    (('huawei', 'technologies'), ('ibm',))
    """
    text = text[:LONGEST_NAME]
    if not text.isascii():
        tools()
        from rigour.text.translit import ascii_text

        text = ascii_text(romanised(text))
    found = _WORD.findall(_INITIALS.sub(r"\1", text.casefold().replace("'", "")))
    return tuple(t for t in found if t not in FORMS) or tuple(found)


@functools.lru_cache(maxsize=4096)
def form_words(token: str) -> tuple[str, ...]:
    """An organisation form run together, in its words again; any other token as it is.

    >>> form_words("coltd"), form_words("gmbhcokg"), form_words("ltd"), form_words("zrt")
    (('co', 'ltd'), ('gmbh', 'co', 'kg'), ('ltd',), ('zrt',))
    """
    if token in FORMS:
        return (token,)
    for cut in range(len(token) - 1, 1, -1):
        rest = form_words(token[cut:]) if token[:cut] in FORMS else ()
        if rest and all(word in FORMS for word in rest):
            return (token[:cut], *rest)
    return (token,)


def run_together(text: str) -> str:
    """A name with letters that are set apart, four or more in a row, run together; empty where none are.

    >>> run_together("H u a w e i Technologies"), run_together("H-u-a-w-e-i"), run_together("J P Morgan")
    ('Huawei Technologies', 'Huawei', '')
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST_NAME])
    joined = _SET_APART.sub(lambda m: "".join(c for c in m.group() if c.isalpha()), plain)
    return joined if joined != plain else ""


_IN_BRACKETS = re.compile(r"^(.{6,}\S)\s*\(([A-Z][A-Za-z0-9&-]{1,15})\)[.,]?$")


def short_forms(name: str) -> tuple[str, ...]:
    """The name without the short name behind it in brackets, and the short name: each is used by itself.

    A word in small letters is a short name only where it is a word of the name, or it may be a place.

    >>> short_forms("Huawei Technologies Co., Ltd. (Huawei)"), short_forms("Sinopec Engineering (Beijing)")
    (('Huawei Technologies Co., Ltd.', 'Huawei'), ())
    >>> short_forms("Semiconductor Manufacturing International Corporation (SMIC)")
    ('Semiconductor Manufacturing International Corporation', 'SMIC')
    >>> short_forms("Bank of China (Hong Kong) Limited"), short_forms("Intra Chem Trading (GMBH)")
    ((), ())
    """
    found = _IN_BRACKETS.match(name)
    if not found or only_forms(found[2]) or not (found[2].isupper() or found[2].casefold() in tokens_of(found[1])):
        return ()
    return found.groups()


_BRIDGED = ("LATIN", "CYRILLIC", "GREEK", "MODIFIER")


def unbridged(text: str) -> str:
    """The script of a name whose letters do not lead to every Latin spelling of it; empty for Latin, Cyrillic, Greek.

    >>> unbridged("Siemens"), unbridged("Газпром"), unbridged("闻泰"), unbridged("حزب")
    ('', '', 'Chinese', 'Arabic')
    """
    if text.isascii():
        return ""
    for letter in unicodedata.normalize("NFKC", text[:LONGEST_NAME]):
        if letter.isalpha() and not letter.isascii():
            kind = unicodedata.name(letter, "an unknown script").split(" ")[0]
            if kind not in _BRIDGED:
                return {"CJK": "Chinese", "HANGUL": "Korean"}.get(kind, kind.capitalize())
    return ""


def only_forms(text: str) -> bool:
    """Whether a name has words, but all of them organisation forms: nothing in it tells one firm from another.

    >>> only_forms("CO., LTD."), only_forms("有限公司"), only_forms("Huawei Ltd"), only_forms("!!!")
    (True, True, False, False)
    """
    words = tokens_of(text)
    return bool(words) and all(w in FORMS or w in _FORM_WORDS or w in _JOINERS for w in words)


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
