"""Chances: in words by a table, as percent, as `one in five`, as odds and as 50-50; always an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detente.claims._quantities import Quantity, is_number_word, number_at
from detente.claims._tokens import Token, words
from detente.claims._units import PERCENT, percent_at
from detente.claims._words import TARIFF, probability_words

CHANCE = words("chance chances probability odds likelihood risk possibility")
_AGAINST = words("against")
_IN_FAVOUR = words("on favour favor")
_ODDS = words("odds favourite favorite shot")
_EVEN = words("chance chances odds proposition call bet likelihood toss gamble whether that at")
_BE = words("is are was were at as be")
_VOTES = words("vote votes voted senate split chamber ownership venture stake seats court panel house committee")
_CONTINUES = words("or of for on against that")
_RATED = words("above below past beyond exceed exceeds")
"""Words before a number that something reaches, which is no chance of it."""


@dataclass(frozen=True, slots=True)
class Chance:
    """A chance on tokens `first` to `after`, as an interval; `reckoned` from two numbers, as odds are."""

    first: int
    after: int
    low: float
    high: float
    reckoned: bool = False


def chances(row: Sequence[Token], first: int, after: int, sizes: Sequence[Quantity] = ()) -> list[Chance]:
    """Chances given as numbers in a stretch of tokens.

    Odds of a to b are odds against, as bookmakers write them, and mean b / (a + b); `on` and `in favour` turn them.

    >>> from detente.claims._tokens import tokens
    >>> row = tokens("odds of 3 to 1 against a deal, and a one in five chance of a truce")
    >>> [(c.low, c.high) for c in chances(row, 0, len(row))]
    [(0.25, 0.25), (0.2, 0.2)]
    """
    out = [
        Chance(q.first, q.after, *_bounded(q)) for q in sizes if first <= q.first < after and is_chance(row, first, q)
    ]
    i = first
    while i < after:
        found = (_in(row, first, i) or _odds(row, first, i) or _fifty(row, first, i)) if _starts(row[i]) else None
        if found is not None:
            out.append(found)
        i = found.after if found is not None else i + 1
    return sorted(out, key=lambda c: c.first)


def verbal(row: Sequence[Token]) -> tuple[float, float] | None:
    """The interval of the first verbal probability in a row of tokens."""
    found = probability_words().find(row)
    if not found:
        return None
    low, high = found[0][2].split()
    return float(low), float(high)


def is_chance(row: Sequence[Token], first: int, q: Quantity) -> bool:
    """Whether a percentage is a chance: `a 20 % chance`, `odds of a deal at 30 %`; not `the risk of a 25 % duty`."""
    if q.unit != PERCENT or not 0 <= q.low <= q.high <= 100:
        return False
    after = [t.key for t in row[q.after : q.after + 3]]
    if after and (after[0] in CHANCE or (len(after) > 1 and after[0] == "or" and after[1] in CHANCE)):
        return True
    if len(after) > 1 and after[1] in CHANCE and after[0] not in _CONTINUES:
        return True  # "a 20 % or so chance", "a 30 % estimated likelihood"
    if after and after[0] in ("target", "goal", "threshold"):
        return False  # "a risk to the 2 % target"
    before = [t.key for t in row[max(first, q.first - 14) : q.first]]
    if before[-1:] == ["at"] and _puts(before[:-1]):
        return True  # "put the chance that the court upholds the tariffs at 27 %"
    if (
        not CHANCE & set(before)
        or before[-1:] in (["by"], ["from"])
        or TARIFF & set(before[-3:])
        or TARIFF & set(after)
    ):
        return False
    last = max(i for i, k in enumerate(before) if k in CHANCE)
    lead = before[last - 1] if last else ""
    if lead in ("%", "percent", "cent", "pct") or lead[:1].isdigit() or is_number_word(lead):
        return False  # "a 40 % chance that duties rise to 60 %": the chance has its number
    if TARIFF & set(before[last:]) and not _BE & set(before[-3:]):
        return False  # "a chance that duties go above 60 %"
    if before[-1:] and before[-1] in _RATED and before[-2:-1] != ["to"]:
        return False
    return len(before) - last <= 8 or bool(_BE & set(before[-4:]))


def _puts(keys: Sequence[str]) -> bool:
    """Whether a verb of putting governs a word for a chance: `put the odds that`, `estimates the probability of`."""
    return any(k in _PUTS and CHANCE & set(keys[i + 1 : i + 4]) for i, k in enumerate(keys))


_PUTS = words("put puts putting estimate estimates estimated placed places pegged pegs sees rate rates reckons")


def _bounded(q: Quantity) -> tuple[float, float]:
    low, high = round(q.low / 100, 10), round(q.high / 100, 10)
    return (low, 1.0) if q.bound == "at_least" else (0.0, high) if q.bound == "at_most" else (low, high)


def _starts(token: Token) -> bool:
    return token.kind == "number" or token.key in ("one", "two", "three", "four", "five", "nine", "ten", "fifty")


def _in(row: Sequence[Token], first: int, i: int) -> Chance | None:
    """`one in five`, `1 in 5`, `two out of three`, where a chance is spoken of."""
    one = number_at(row, i)
    if one is None or one[1] >= len(row):
        return None
    j = one[1]
    if row[j].key in CHANCE and j + 1 < len(row):
        j += 1  # "one chance in three"
    if row[j].key == "out" and j + 1 < len(row) and row[j + 1].key == "of":
        j += 1
    elif row[j].key != "in":
        return None
    two = number_at(row, j + 1)
    if two is None or not 0 < one[0] < two[0] <= 1000:
        return None
    spoken = CHANCE & {t.key for t in (*row[two[1] : two[1] + 2], *row[max(first, i - 10) : i], *row[one[1] : j])}
    p = round(one[0] / two[0], 10)
    return Chance(i, two[1], p, p, True) if spoken else None


def _odds(row: Sequence[Token], first: int, i: int) -> Chance | None:
    """`odds of 3 to 1`, `7-to-2 against`, `2:1 on`."""
    one = number_at(row, i)
    if one is None or one[1] >= len(row) or row[one[1]].key not in ("to", ":", "/"):
        return None
    two = number_at(row, one[1] + 1)
    if two is None or one[0] <= 0 or two[0] <= 0 or percent_at(row, one[1]) or percent_at(row, two[1]):
        return None  # "15 to 20 percent" is a range
    after = {t.key for t in row[two[1] : two[1] + 3]}
    if not (_ODDS & {t.key for t in row[max(first, i - 10) : i]} or after & (_ODDS | _AGAINST)):
        return None
    against = not (after & _IN_FAVOUR) or bool(after & _AGAINST)
    p = round((two[0] if against else one[0]) / (one[0] + two[0]), 10)
    return Chance(i, two[1], p, p, True)


def _fifty(row: Sequence[Token], first: int, i: int) -> Chance | None:
    """`50-50`, `60-40` where it speaks of a chance, not of a vote."""
    one = number_at(row, i)
    if one is None or one[1] >= len(row) or one[1] != i + 1:
        return None
    j = i + 2 if row[i + 1].kind == "dash" or row[i + 1].text == "/" else i + 1
    two = number_at(row, j)
    if two is None or one[0] < 0 or two[0] < 0 or one[0] + two[0] != 100 or not (j > i + 1 or row[j].glued):
        return None
    before = [t.key for t in row[max(first, i - 12) : i]]
    after = [t.key for t in row[j + 1 : j + 4]]
    if _VOTES & set(before + after):
        return None
    put = bool({"put", "puts"} & set(before[-4:]))
    spoken = put or CHANCE & set(before) or _EVEN & set(after[:1]) or _BE & set(before[-1:])
    p = round(one[0] / 100, 10)
    return Chance(i, j + 1, p, p) if spoken else None
