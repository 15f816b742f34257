"""How alike two names are, token by token, and why.

Every token has a weight by what it tells: a word of its own most, an industry or a place less, an organisation form
next to nothing; words that stand in many listed names count less. Tokens are aligned (the same word, words that mean
the same in another language, near spellings, words run together), and the score is

    sum of weight x likeness over aligned tokens  /  sum of weight over all tokens of both names.

A token without a counterpart adds to the denominator only; a number or a place on one side alone weighs more, because
"Fund II" is not "Fund" and a bank in Chile is not the bank. Two names that each hold an industry word which the other
lacks are siblings, not spellings of one name. Different organisation forms (AG, GmbH) take a fixed share off.

The weights were set by reasoning and checked on the public pairs of nomenklatura (MIT); `docs/controls.md` has the
figures.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from detente.controls._names import by_sound, form_words, prepared, rarity, tools

WEIGHTS = {"name": 1.0, "place": 0.8, "number": 1.1, "field": 0.6, "word": 0.4, "letter": 0.5, "form": 0.15}
"""Weight of a token by its kind: `field` is an industry, `word` a word such as group or global."""

_ALONE = {"name": 1.2, "letter": 1.2, "place": 1.5, "number": 1.5, "field": 1.3, "word": 1.3, "form": 1.0}
_SIBLING = 1.6
_OTHER_FORM = 0.88
_OTHER_WORD = 0.95
_SLOPE = 1.5
_SAY_NOTHING = frozenset({"group", "groups", "holding", "holdings", "global", "worldwide", "enterprise", "enterprises"})
"""Words that a firm's name may have or lack: they tell no business from another."""
_OF_ITS_OWN = 0.75
"""Rarity from which a word is one firm's own: it stands in some two hundred listed names at most."""
_CONTENT = frozenset(WEIGHTS) - {"form"}
_MOST_PARTS = 40
_BY_SOUND = 0.9
_MOST_BY_SOUND = 0.74
"""Score of names that agree in nothing telling but the sound of Chinese characters, at most: many are said alike."""
_TELLS = 1.7
"""Weight of a pair from which it tells one firm from another: more than a trade or a place."""


@dataclass(frozen=True)
class Likeness:
    """A score in [0, 1] and the tokens behind it."""

    score: float
    pairs: tuple[tuple[str, str, float, float], ...] = ()
    """(token here, token there, likeness, weight); an empty token has no counterpart."""
    other_form: bool = False
    contained: bool = False
    """Whether every telling token of one of the two names stands in the other."""
    by_pinyin: bool = False
    """Whether what agrees does so by the sound of Chinese characters only."""

    def why(self) -> list[str]:
        """The pairs in words, weightiest first.

        >>> compare("Huawei Technologies", "Huawei Technologies Co., Ltd.").why()[0]
        'huawei = huawei'
        """
        lines = ["by pinyin only: other characters are said alike"] if self.by_pinyin else []
        for here, there, likeness, _ in sorted(self.pairs, key=lambda p: -p[3]):
            if here and there:
                mark = "=" if here == there else "means" if likeness in (1.0, _OTHER_WORD) else f"~ ({likeness:.2f})"
                lines.append(f"{here} {mark} {there}")
            else:
                lines.append(f"{here} only in the query" if here else f"{there} only in the list")
        if self.other_form:
            lines.append("different organisation forms")
        return lines


@functools.lru_cache(maxsize=32768)
def _analysed(text: str, person: bool) -> tuple[Any, ...]:
    names = tools()
    tag = names.NameTypeTag.PER if person else names.NameTypeTag.ORG
    # rigour's table of personal names takes many seconds to load: people are compared by spelling
    found = names.analyze_names(tag, [prepared(text)], symbols=not person)
    return tuple((name, _kinds(name)) for name in found)


def _kinds(name: Any) -> dict[int, tuple[str, float]]:
    """Kind and weight of every part of a name."""
    names = tools()
    tags, categories = names.NamePartTag, names.SymbolCategory
    kinds: dict[int, str] = {}
    for part in name.parts:
        if part.comparable.isdigit():
            kinds[part.index] = "number"
        elif part.tag in (tags.LEGAL, tags.STOP):
            kinds[part.index] = "form"
        else:
            kinds[part.index] = "letter" if len(part.comparable) == 1 else "name"
    for span in name.spans:
        category, company = span.symbol.category, span.symbol.id in ("CO", "CORP")
        for part in span.parts:
            now = kinds[part.index]
            if category == categories.NUMERIC:
                kinds[part.index] = "number"
            elif now == "number":
                continue
            elif category == categories.ORG_CLASS or (category == categories.SYMBOL and company):
                kinds[part.index] = "form"
            elif category == categories.SYMBOL and now != "form":
                kinds[part.index] = "word"
            elif category == categories.DOMAIN and now == "name":
                kinds[part.index] = "field"
            elif category == categories.LOCATION and now in ("name", "field"):
                kinds[part.index] = "place"
    out = {}
    for part in name.parts:
        kind = kinds[part.index]
        scale = rarity(part.comparable) if kind == "name" else 1.0
        out[part.index] = (kind, WEIGHTS[kind] * scale)
    return out


def _likeness(here: str, there: str, least: float = 0.0) -> float:
    """Of two tokens: 1 less 1.5 edits per letter of the longer; numbers agree or they do not.

    What cannot reach `least` by its length alone is 0.
    """
    if here == there:
        return 1.0
    a, b = len(here), len(there)
    longer = a if a > b else b
    if 1.0 - _SLOPE * abs(a - b) / longer <= least or here.isdigit() or there.isdigit():
        return 0.0
    return max(0.0, 1.0 - _SLOPE * _edits()(here, there) / longer)


@functools.cache
def _edits() -> Callable[[str, str], int]:
    from rapidfuzz.distance import OSA

    distance: Callable[[str, str], int] = OSA.distance
    return distance


def _runs(parts: list[Any]) -> list[tuple[int, int, str]]:
    """(first, past the last, text) of every run of up to three neighbouring parts."""
    texts, places, size = [p.comparable for p in parts], [p.index for p in parts], len(parts)
    out = [(i, i + 1, text) for i, text in enumerate(texts)]
    for i in range(size - 1):
        if places[i + 1] - places[i] == 1:
            out.append((i, i + 2, texts[i] + texts[i + 1]))
            if i + 2 < size and places[i + 2] - places[i] == 2:
                out.append((i, i + 3, texts[i] + texts[i + 1] + texts[i + 2]))
    return out


def _align(here: list[Any], there: list[Any]) -> tuple[list[tuple[list[Any], list[Any], float]], list[Any], list[Any]]:
    """Near spellings among the parts left over, best first; and what stays alone on either side."""
    candidates = []
    runs = [(k, m, b, len(b)) for k, m, b in _runs(there)] if here and there else []
    for i, j, a in _runs(here) if runs else ():
        single, length = j - i == 1, len(a)
        for k, m, b, other in runs:
            one = m - k == 1
            if not (single or one):
                continue
            least = 0.3 if single and one else 0.8
            # what cannot be reached by the lengths alone is not compared: most pairs are none
            if _SLOPE * abs(length - other) >= (1.0 - least) * max(length, other):
                continue
            likeness = _likeness(a, b, least)
            if likeness > least:
                candidates.append((likeness, j - i + m - k, i, j, k, m))
    candidates.sort(reverse=True)
    used: tuple[set[int], set[int]] = (set(), set())
    found = []
    for likeness, _, i, j, k, m in candidates:
        if used[0] & set(range(i, j)) or used[1] & set(range(k, m)):
            continue
        used[0].update(range(i, j))
        used[1].update(range(k, m))
        found.append((here[i:j], there[k:m], likeness))
    alone = [[p for n, p in enumerate(side) if n not in done] for side, done in zip((here, there), used, strict=True)]
    return found, alone[0], alone[1]


def _forms(name: Any, kinds: dict[int, tuple[str, float]]) -> set[str]:
    form = tools().SymbolCategory.ORG_CLASS
    return {s.symbol.id for s in name.spans if s.symbol.category == form and kinds[s.parts[0].index][0] == "form"}


def _told(parts: Any, kinds: dict[int, tuple[str, float]], text: str) -> str:
    """Parts as they are shown: an organisation form that was run together in its words again (`coltd`)."""
    if any(kinds[p.index][0] != "form" for p in parts):
        return text
    return " ".join(word for p in parts for word in form_words(p.comparable))


def _paired(here: Any, there: Any, pairing: Any) -> Likeness:
    """The likeness of two analysed names under one pairing of their symbols."""
    (q, kq), (r, kr) = here, there
    categories = tools().SymbolCategory
    pairs: list[tuple[str, str, float, float]] = []
    done: tuple[set[int], set[int]] = (set(), set())
    for item in pairing:
        # "II" is also an organisation form somewhere; where it is a number, it must agree as one
        if item.symbol.category == categories.ORG_CLASS and any(kq[p.index][0] == "number" for p in item.qps):
            continue
        same = item.qstr == item.rstr or item.symbol.category in (categories.NUMERIC, categories.ORG_CLASS)
        weight = sum(kq[p.index][1] for p in item.qps) + sum(kr[p.index][1] for p in item.rps)
        words = (_told(item.qps, kq, item.qstr), _told(item.rps, kr, item.rstr))
        pairs.append((*words, 1.0 if same else _OTHER_WORD, weight))
        done[0].update(p.index for p in item.qps)
        done[1].update(p.index for p in item.rps)
    found, here_alone, there_alone = _align(
        [p for p in q.parts if p.index not in done[0]], [p for p in r.parts if p.index not in done[1]]
    )
    for qps, rps, likeness in found:
        weight = sum(kq[p.index][1] for p in qps) + sum(kr[p.index][1] for p in rps)
        pairs.append((" ".join(p.comparable for p in qps), " ".join(p.comparable for p in rps), likeness, weight))
    content = [any(k[p.index][0] in _CONTENT for p in side) for side, k in ((here_alone, kq), (there_alone, kr))]
    for side, kinds, left in ((here_alone, kq, True), (there_alone, kr, False)):
        for part in side:
            kind, weight = kinds[part.index]
            factor = _SIBLING if all(content) and kind in ("field", "word") else _ALONE[kind]
            token = _told([part], kinds, part.comparable)
            pairs.append((token if left else "", "" if left else token, 0.0, weight * factor))
    total = sum(p[3] for p in pairs)
    score = sum(p[2] * p[3] for p in pairs) / total if total else 0.0
    a, b = _forms(q, kq), _forms(r, kr)
    other_form = bool(a and b and not a & b)
    told = max((p[3] for p in pairs if p[2] >= _OTHER_WORD), default=0.0)
    contained = told >= 1.6 and not all(content) and all(p[2] >= _OTHER_WORD for p in pairs if p[0] and p[1])
    contained = contained or _holds_the_query(q, kq, pairs, here_alone)
    return Likeness(score * (_OTHER_FORM if other_form else 1.0), tuple(pairs), other_form, contained)


def _holds_the_query(query: Any, kinds: dict[int, tuple[str, float]], pairs: Any, alone: list[Any]) -> bool:
    """Whether every telling word of the query stands in the listed name, one of them a word of its own.

    A word that tells: not an organisation form, not one such as group. A word of its own: in few listed names.
    """
    if any(kinds[part.index][0] != "form" and part.comparable not in _SAY_NOTHING for part in alone):
        return False
    if any(here and there and likeness < _OTHER_WORD for here, there, likeness, _ in pairs):
        return False
    left = {part.index for part in alone}
    met = [part for part in query.parts if part.index not in left and kinds[part.index][0] in ("name", "field")]
    return any(len(part.comparable) > 2 and rarity(part.comparable) >= _OF_ITS_OWN for part in met)


def compare(here: str, there: str, *, person: bool = False) -> Likeness:
    """How alike two names are, and why.

    Parameters
    ----------
    here, there
        Names in any script; at most the first 500 characters and 40 parts of each are compared.
    person
        Whether they are names of people: then no token is read as an industry or an organisation form.

    Returns
    -------
    `Likeness`: `score` in [0, 1], the aligned `pairs` and their weights.

    Examples
    --------
    >>> round(compare("Siemens AG", "Siemens Aktiengesellschaft").score, 2)
    1.0
    >>> compare("Brigade 44", "Brigade 45").score < 0.6
    True
    """
    best = Likeness(0.0)
    for q in _analysed(here, person):
        for r in _analysed(there, person):
            if len(q[0].parts) > _MOST_PARTS or len(r[0].parts) > _MOST_PARTS:
                best = max(best, _coarse(q[0], r[0]), key=lambda x: x.score)
                continue
            for pairing in tools().pair_symbols(q[0], r[0]) or [()]:
                best = max(best, _paired(q, r, pairing), key=lambda x: x.score)
    sounds = by_sound(here), by_sound(there)
    if any(sounds) and best.score and _by_sound_only(best, *sounds):
        return replace(best, score=min(best.score * _BY_SOUND, _MOST_BY_SOUND), by_pinyin=True)
    return best


def _by_sound_only(found: Likeness, here: dict[str, str], there: dict[str, str]) -> bool:
    """Whether every pair that tells rests on the pinyin of characters that the other name does not have."""

    def sounded(one: str, other: str) -> bool:
        one, other = one.replace(" ", ""), other.replace(" ", "")
        return (one in here or other in there) and here.get(one) != there.get(other)

    met = [(sounded(a, b), weight) for a, b, likeness, weight in found.pairs if a and b and likeness]
    telling = [weight >= _TELLS and not by_sound for by_sound, weight in met]
    return any(by_sound for by_sound, _ in met) and not any(telling)


def _coarse(here: Any, there: Any) -> Likeness:
    """The share of tokens two very long names have in common: their pairings would be too many to try."""
    a, b = ({p.comparable for p in name.parts} for name in (here, there))
    score = 2 * len(a & b) / (len(a) + len(b))
    return Likeness(score, tuple((t, t, 1.0, 1.0) for t in sorted(a & b)), contained=a <= b or b <= a)
