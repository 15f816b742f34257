"""Numbers with their units: rates, points, money, goods, times; ranges and bounds; numbers written as words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detente.claims._tokens import Token, words
from detente.claims._units import CODES, MONEY, PERCENT, POINTS, TIMES, unit_at
from detente.claims._words import CHANGE_NOUN, DOWN, UP

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS: dict[str, float] = {w: float(i) for i, w in enumerate(_ONES)} | {w: 10.0 * (i + 2) for i, w in enumerate(_TENS)}
_SCALES: dict[str, float] = {
    "hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "mln": 1e6, "billion": 1e9,
    "bn": 1e9,
    "b": 1e9, "trillion": 1e12, "tn": 1e12, "trn": 1e12,
}  # fmt: skip
_VAGUE = {
    ("a", "few"): (2.0, 5.0), ("several",): (3.0, 7.0), ("a", "couple", "of"): (2.0, 2.0), ("some",): None,
    ("a",): (1.0, 1.0), ("an",): (1.0, 1.0), ("half", "a"): (0.5, 0.5), ("another",): (1.0, 1.0), ("few",): (2.0, 5.0),
    ("coming",): None, ("one",): (1.0, 1.0),
}  # fmt: skip
_VAGUE_FIRST = frozenset(phrase[0] for phrase in _VAGUE)
_ABOVE = words(
    "over above past beyond exceeding exceed exceeds exceeded topping topped tops surpassed surpasses surpassing"
    " upwards"
)
_AT_LEAST: tuple[tuple[str, ...], ...] = (
    ("more", "than"),
    ("at", "least"),
    ("greater", "than"),
    ("no", "less", "than"),
    ("well", "over"),
    ("minimum", "of"),
    ("as", "low", "as"),
    ("excess", "of"),
)
_AT_MOST: tuple[tuple[str, ...], ...] = (
    ("up", "to"), ("as", "much", "as"), ("as", "high", "as"), ("at", "most"), ("no", "more", "than"), ("less", "than"),
    ("under",), ("below",), ("beneath",), ("within",), ("maximum", "of"), ("ceiling", "of"),
)  # fmt: skip
MOVES = words(
    "add adds adding added go goes went gone going move moves moved moving rise rises rose climb climbs climbed jump"
    " jumps jumped pushed push pushes brought bring brings lifted taken take step stepped inched crept back bump bumped"
    " bumps bumping hiked ratcheted jacked cranked ramped scaled shot edged edges edge ticked ticks tick"
    " picked picks pick"
)
"""Verbs after which `up to` tells where something went, not the most it may be."""
_NAME_BEFORE = words(
    "section list annex article chapter title phase no nos number announcement order proclamation notice rule"
    " part page figure table version covid group g s&p boeing airbus area flight route channel room level type"
    " model base eo public resolution paragraph note heading subheading hts hs step volume issue act clause top"
    " fortune"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit, on tokens `first` to `after`; `low == high` for a single value."""

    first: int
    after: int
    low: float
    high: float
    unit: str
    bound: str = ""
    """`at_least`, `at_most` or nothing."""

    @property
    def value(self) -> float:
        """The value; of a range its upper end."""
        return self.high

    @property
    def rated(self) -> bool:
        """Whether it is a rate or counts points."""
        return self.unit in (PERCENT, POINTS)

    @property
    def fraction(self) -> float:
        """Of a rate or of points: the value over 100, free of binary noise."""
        return round(self.high / 100, 10)


def quantities(row: Sequence[Token]) -> list[Quantity]:
    """Every quantity in a row of tokens; numbers that are part of a name, a year or a date are none.

    >>> from detente.claims._tokens import tokens
    >>> [(q.low, q.high, q.unit) for q in quantities(tokens("10-15% on $34 billion of goods for ninety days"))]
    [(10.0, 15.0, 'percent'), (34000000000.0, 34000000000.0, 'USD'), (90.0, 90.0, 'days')]
    """
    out: list[Quantity] = []
    i = 0
    while i < len(row):
        found = _fraction(row, i) or _at(row, i) or _vague(row, i) or _more_of(row, i, out)
        if found is None:
            i += 1
            continue
        out.append(found)
        i = found.after
    return _bare_parts(row, out)


def _bare_parts(row: Sequence[Token], found: list[Quantity]) -> list[Quantity]:
    """Add the bare numbers of a sum: `55 % (25 existing, 10 fentanyl, 20 reciprocal)`, `10 plus 20 plus 25`."""
    taken = {k for q in found for k in range(q.first, q.after)}
    added: list[Quantity] = []
    i = 0
    while i < len(row):
        if row[i].kind != "number" or i in taken:
            i += 1
            continue
        items, after, plus = _chain(row, i, {q.first: q for q in found})
        bare = [q for q in items if q.first not in taken]
        rated = any(q.unit == PERCENT for q in found if i - 30 < q.first < i or q in items)
        if len(items) > 1 and bare and rated and (plus or _bracketed(row, i, after)):
            added += bare
        i = max(after, i + 1)
    return sorted([*found, *added], key=lambda q: q.first) if added else found


def _chain(row: Sequence[Token], i: int, known: dict[int, Quantity]) -> tuple[list[Quantity], int, bool]:
    """(numbers with labels between them, token after, whether a plus joins them) from token `i` on."""
    items: list[Quantity] = []
    plus = False
    while i < len(row) and len(items) < 12:
        q = known.get(i)
        if q is None:
            number = number_at(row, i) if not _part_of_a_name(row, i) else None
            if number is None or number[0] > 200:
                break
            q = Quantity(i, number[1], number[0], number[0], PERCENT)
        elif q.unit not in (PERCENT, POINTS):
            break
        items.append(q)
        i = q.after
        steps = 0
        while i < len(row) and row[i].kind == "word" and row[i].key not in ("and", "plus") and steps < 5:
            i, steps = i + 1, steps + 1
        ends = i
        while i < len(row) and (row[i].text in (",", "+") or row[i].key in ("and", "plus", "a", "an", "the")):
            plus = plus or row[i].text == "+" or row[i].key == "plus"
            i += 1
        if i == ends:
            break
    return items, i, plus


def _bracketed(row: Sequence[Token], i: int, after: int) -> bool:
    """Whether a chain fills a bracket right after a rate."""
    opens = next((k for k in range(i - 1, max(-1, i - 3), -1) if row[k].text == "("), None)
    closes = after < len(row) and row[after].text == ")"
    return opens is not None and closes


def number_at(row: Sequence[Token], i: int) -> tuple[float, int] | None:
    """(value, token after) of a number in digits or words that begins at token `i`."""
    if i >= len(row):
        return None
    token = row[i]
    if token.kind == "number":
        try:
            value, i = float(token.text.replace(",", "")), i + 1
        except ValueError:  # digits of other scripts
            return None
    elif token.key in _WORDS:
        value, i = _WORDS[token.key], i + 1
        if value >= 20 and i < len(row) and row[i].glued and 0 < _WORDS.get(row[i].key, 0) < 10:
            value, i = value + _WORDS[row[i].key], i + 1
    else:
        return None
    while i < len(row) and row[i].key in _SCALES and (len(row[i].key) > 1 or row[i].glued):
        value, i = round(value * _SCALES[row[i].key], 4), i + 1
    return (value, i) if value <= _MOST else None


_MOST = 1e18
"""No amount that an article means: longer rows of digits are codes."""


def _at(row: Sequence[Token], i: int) -> Quantity | None:
    start = i
    money = ""
    if row[i].kind == "mark" and row[i].text in MONEY:
        money, i = MONEY[row[i].text], i + 1
    elif row[i].key in ("us", "rmb") and i + 1 < len(row) and (row[i + 1].text == "$" or row[i].key == "rmb"):
        money, i = ("USD", i + 2) if row[i + 1].text == "$" else ("CNY", i + 1)
    elif row[i].key in CODES and i + 1 < len(row) and row[i + 1].kind == "number":
        money, i = CODES[row[i].key], i + 1
    first = number_at(row, i)
    if first is None or (not money and _part_of_a_name(row, i)):
        return None
    low, i = first
    unit, after, scale = (money, i, 1.0) if money else unit_at(row, i)
    high = low
    second = _second(row, start, i if not money else after, unit)
    if second is not None and not money and second[1] in (PERCENT, POINTS) and _year(row[start]):
        return None  # "from 4 % in 2025 to 3 % in 2026"
    if second is not None:
        high, unit, after, scale = second
        unit = money or unit
        factor = _scale(row, after, i)
        if _scale(row, i, start) == 1.0 and low * factor <= high:
            low *= factor  # "8.5 to 10 million": the scale belongs to both
    if not unit:
        unit = _of_more(row, i) or _borrowed(row, start, i) or _zero(row, start, i)
    if not unit:
        return None
    sign = (
        -1.0
        if unit in (PERCENT, POINTS) and start and row[start - 1].text in "-−" and not row[start - 1].glued
        else 1.0
    )
    low, high = sorted((sign * low * scale, sign * high * scale))
    if start and row[start - 1].key == "between" and second is None:
        return None
    return Quantity(start, after, low, high, unit, _bound(row, start) or _or_more(row, after))


def _or_more(row: Sequence[Token], after: int) -> str:
    """`40 % or more`, `16 % or less`."""
    if [t.key for t in row[after : after + 1]] != ["or"] or after + 1 >= len(row):
        return ""
    key = row[after + 1].key
    return "at_least" if key in ("more", "higher", "above") else "at_most" if key in ("less", "lower", "below") else ""


def _year(token: Token) -> bool:
    """Whether a number in digits is more likely a year than a rate."""
    return len(token.text) == 4 and token.text.isdigit() and token.text[:2] in ("19", "20")


def _scale(row: Sequence[Token], after: int, first: int) -> float:
    """What the scale words between two tokens multiply a number by."""
    factor = 1.0
    for token in row[first:after]:
        if token.key in _SCALES and (len(token.key) > 1 or token.glued):
            factor *= _SCALES[token.key]
    return factor


def is_number_word(key: str) -> bool:
    """Whether a word is a number: `one`, `thirty`."""
    return key in _WORDS


def _second(row: Sequence[Token], start: int, i: int, unit: str) -> tuple[float, str, int, float] | None:
    """The upper end of a range: `10-15%`, `10% - 15%`, `between 10 and 15 %`, `10 to 15 percent`."""
    before = row[start - 1].key if start else ""
    j = i
    if unit and (here := unit_at(row, i))[0] == unit:
        j = here[1]
    if j >= len(row):
        return None
    link = row[j]
    dash = link.kind == "dash"
    worded = (
        (link.key == "and" and before == "between")
        or (link.key in ("to", "or") and not unit and (before != "from" or _spans(row, start)))
        or (link.key == "to" and before == "from" and _spans(row, start))
        or (
            # "duties of 5% to 10%" is a range; "cut duties of 10% to 5%" is a change
            link.key == "to" and unit == PERCENT and before == "of" and _rises(row, start, j)
        )
        or (link.key == "to" and before != "from" and _one_scale(row, start, j))
        or (link.key in ("to", "or") and unit == PERCENT and before != "from" and _before_duties(row, j))
    )
    if not dash and not worded:
        return None
    k = j + 2 if j + 1 < len(row) and row[j + 1].text in MONEY else j + 1
    second = number_at(row, k)
    if second is None:
        return None
    other, after, scale = unit_at(row, second[1])
    if unit and other and other != unit:
        return None
    if not unit and not other and k != j + 2:
        return None
    return second[0], other or unit, after, scale


def _before_duties(row: Sequence[Token], j: int) -> bool:
    """Whether the number after token `j` is followed by a plural of duties: `20 % to 50 % tariffs`."""
    second = number_at(row, j + 1)
    unit, after, _ = unit_at(row, second[1]) if second is not None else ("", j, 1.0)
    return unit == PERCENT and bool(_DUTIES & {t.key for t in row[after : after + 2] if t.kind == "word"})


_DUTIES = words("tariffs duties levies rates")


def _one_scale(row: Sequence[Token], start: int, j: int) -> bool:
    """Whether two amounts of money around token `j` share the scale of the second: `$2 to $3 billion`."""
    if row[start].text not in MONEY or j + 1 >= len(row) or row[j + 1].text not in MONEY:
        return False
    second = number_at(row, j + 2)
    return second is not None and _scale(row, j, start) == 1.0 < _scale(row, second[1], j)


RANGES = words("range ranges ranged ranging vary varies varied varying anywhere somewhere spanning")


def _spans(row: Sequence[Token], start: int) -> bool:
    """Whether the `from` before a number opens a range, not a change: `ranging from 10 % to 15 %`."""
    if start < 2 or row[start - 2].key in RANGES:
        return start > 1
    lead = {t.key for t in row[max(0, start - 7) : start - 2]}
    if row[start - 2].key not in _DUTIES or not _SETS & lead or ((DOWN | UP | CHANGE_NOUN) - _SETS) & lead:
        return False
    low, high = number_at(row, start), _after_to(row, start)
    return low is not None and high is not None and low[0] < high


def _after_to(row: Sequence[Token], start: int) -> float | None:
    """The number after the first `to` that follows a number."""
    for j in range(start + 1, min(start + 5, len(row) - 1)):
        if row[j].key == "to":
            found = number_at(row, j + 1)
            return found[0] if found is not None else None
    return None


_SETS = words("set sets setting impose imposes imposed imposing face facing")


def _borrowed(row: Sequence[Token], start: int, i: int) -> str:
    """The unit of the number that a bare one leads to: `from 20 to 25 percent`."""
    if not (start and row[start - 1].key == "from" and i < len(row) and row[i].key == "to"):
        return ""
    second = number_at(row, i + 1)
    unit = unit_at(row, second[1])[0] if second is not None else ""
    return unit if unit in (PERCENT, POINTS) else ""


def _of_more(row: Sequence[Token], i: int) -> str:
    """The unit of what a number is a part of: `30 of the 90 jets`."""
    if [t.key for t in row[i : i + 2]] not in (["of", "the"], ["of", "its"]):
        return ""
    second = number_at(row, i + 2)
    unit = unit_at(row, second[1])[0] if second is not None else ""
    return unit if unit in ("tonnes", "bushels", "barrels", "aircraft", "vehicles") else ""


def _zero(row: Sequence[Token], start: int, i: int) -> str:
    """`to zero`, `at zero`: a rate of nothing."""
    before = row[start - 1].key if start else ""
    return PERCENT if row[start].key == "zero" and i == start + 1 and before in ("to", "at", "from") else ""


_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "tenth": 10}
_NO_PART = words("party parties country countries quarter time round year")


def _fraction(row: Sequence[Token], i: int) -> Quantity | None:
    """`by a fifth`, `by about two thirds`, `half of`: a part as a percentage."""
    j = i - 1
    while j >= 0 and row[j].key in ("about", "almost", "nearly", "roughly", "around", "over", "than", "more"):
        j -= 1
    by = j >= 0 and row[j].key == "by"
    one = 1.0 if row[i].key in ("a", "an", "one", "half") else (number_at(row, i) or (0.0, i))[0]
    k = i if row[i].key == "half" else i + 1
    part = _PARTS.get(row[k].key.removesuffix("s")) if k < len(row) and 0 < one < 10 else None
    of = k + 1 < len(row) and row[k + 1].key == "of"
    if not (by or of) or part is None or one >= part or (k + 1 < len(row) and row[k + 1].key in _NO_PART):
        return None
    value = round(100 * one / part, 10)
    return Quantity(i, k + 1, value, value, PERCENT, _bound(row, i))


def _more_of(row: Sequence[Token], i: int, out: Sequence[Quantity]) -> Quantity | None:
    """`3 million tonnes this year and 4 million next year`: the second amount is of the same goods."""
    if not out or i == 0 or row[i - 1].key not in ("and", ",", "then") or i - out[-1].after > 8:
        return None
    number = number_at(row, i)
    if number is None or number[1] == i + 1 or out[-1].unit not in ("tonnes", "bushels", "barrels"):
        return None
    return Quantity(i, number[1], number[0], number[0], out[-1].unit)


def _rises(row: Sequence[Token], start: int, j: int) -> bool:
    """Whether the number after token `j` is the higher one, and no verb of change stands before the first."""
    low, high = number_at(row, start), number_at(row, j + 1)
    changed = {t.key for t in row[max(0, start - 12) : start]} & _CHANGED
    return low is not None and high is not None and low[0] < high[0] and not changed


_CHANGED = words("raised raise raises raising increased increase cut lowered lifted moved were was from")


def _vague(row: Sequence[Token], i: int) -> Quantity | None:
    """`a few weeks`, `a year`, `half a point`: a count that is an interval."""
    if row[i].key not in _VAGUE_FIRST:
        return None
    for phrase, span in _VAGUE.items():
        if span is None or tuple(t.key for t in row[i : i + len(phrase)]) != phrase:
            continue
        j = i + len(phrase)
        single = row[j].key.rstrip("s") if j < len(row) else ""
        if single in TIMES:
            return Quantity(i, j + 1, span[0], span[1], TIMES[single], _bound(row, i))
        if phrase in (("a",), ("half", "a")) and [t.key for t in row[j : j + 2]] == ["percentage", "point"]:
            return Quantity(i, j + 2, span[0], span[1], POINTS, _bound(row, i))
    return None


def _part_of_a_name(row: Sequence[Token], i: int) -> bool:
    token = row[i]
    if i == 0:
        return False
    before = row[i - 1]
    if token.glued and before.kind in ("word", "abbr") and token.kind == "number":
        return True
    if before.key in _NAME_BEFORE and before.kind in ("word", "abbr"):
        # "top 10 % of", "step 25 %" have a unit; a name has none
        after = number_at(row, i)
        return after is None or unit_at(row, after[1])[0] not in (PERCENT, POINTS)
    return False


def _bound(row: Sequence[Token], i: int) -> str:
    if i > 1 and row[i - 1].key == "the" and row[i - 2].key in ("below", "above", "under", "over", "beyond", "than"):
        return ""  # "below the 25 % threatened": what it is compared with
    if i and row[i - 1].key in ("a", "an", "the", "about", "around"):
        i -= 1  # "less than a 5 % chance"
    before = [t.key for t in row[max(0, i - 3) : i]]
    if tuple(before[-3:]) == ("no", "more", "than"):
        return "at_most"
    for phrase in _AT_LEAST:
        if tuple(before[-len(phrase) :]) == phrase:
            return "at_least"
    if before and before[-1] in _ABOVE:
        return "at_least"
    if before[-2:] == ["up", "to"] and before[0] in MOVES:
        return ""
    for phrase in _AT_MOST:
        if tuple(before[-len(phrase) :]) == phrase:
            return "at_most"
    return ""
