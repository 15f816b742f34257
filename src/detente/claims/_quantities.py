"""Numbers with their units: rates, points, money, goods, times; ranges and bounds; numbers written as words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detente.claims._tokens import Token

PERCENT, POINTS = "percent", "points"
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
_MONEY = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY"}
_MONEY_WORDS = {
    "dollar": "USD", "dollars": "USD", "usd": "USD", "euro": "EUR", "euros": "EUR", "eur": "EUR", "yuan": "CNY",
    "renminbi": "CNY", "rmb": "CNY", "cny": "CNY", "yen": "JPY", "jpy": "JPY", "pounds": "GBP", "won": "KRW",
}  # fmt: skip
_TIMES = {"day": "days", "week": "weeks", "month": "months", "year": "years", "hour": "hours", "decade": "decades"}
_GOODS = {
    "tonne": "tonnes", "tonnes": "tonnes", "ton": "tonnes", "tons": "tonnes", "mt": "tonnes", "mmt": "tonnes",
    "bushel": "bushels", "bushels": "bushels", "barrels": "barrels", "barrel": "barrels",
    "aircraft": "aircraft", "planes": "aircraft", "jets": "aircraft", "airplanes": "aircraft", "jetliners": "aircraft",
    "companies": "parties", "firms": "parties", "entities": "parties", "parties": "parties", "organizations": "parties",
    "organisations": "parties", "subsidiaries": "parties", "contractors": "parties",
    "products": "products", "items": "products", "lines": "products", "goods": "products", "categories": "products",
    "chips": "chips", "vehicles": "vehicles", "cars": "vehicles", "countries": "economies", "economies": "economies",
}  # fmt: skip
_VAGUE = {
    ("a", "few"): (2.0, 5.0), ("several",): (3.0, 7.0), ("a", "couple", "of"): (2.0, 2.0), ("some",): None,
    ("a",): (1.0, 1.0), ("an",): (1.0, 1.0), ("half", "a"): (0.5, 0.5), ("another",): (1.0, 1.0), ("few",): (2.0, 5.0),
    ("coming",): None, ("one",): (1.0, 1.0),
}  # fmt: skip
_VAGUE_FIRST = frozenset(words[0] for words in _VAGUE)
_ABOVE = {"over", "above", "exceeding", "upwards"}
_AT_LEAST: tuple[tuple[str, ...], ...] = (
    ("more", "than"),
    ("at", "least"),
    ("greater", "than"),
    ("no", "less", "than"),
    ("well", "over"),
)
_AT_MOST: tuple[tuple[str, ...], ...] = (
    ("up", "to"), ("as", "much", "as"), ("as", "high", "as"), ("at", "most"), ("no", "more", "than"), ("less", "than"),
    ("under",), ("below",), ("within",),
)  # fmt: skip
_NAME_BEFORE = frozenset(
    [
        "section",
        "list",
        "annex",
        "article",
        "chapter",
        "title",
        "phase",
        "no",
        "nos",
        "number",
        "announcement",
        "order",
        "proclamation",
        "notice",
        "rule",
        "part",
        "page",
        "figure",
        "table",
        "version",
        "covid",
        "group",
        "g",
        "s&p",
        "boeing",
        "airbus",
        "area",
        "flight",
        "route",
        "channel",
        "room",
        "level",
        "type",
        "model",
        "base",
        "eo",
        "public",
        "resolution",
        "paragraph",
        "note",
        "heading",
        "subheading",
        "hts",
        "hs",
        "step",
        "volume",
        "issue",
        "act",
        "clause",
        "top",
        "fortune",
    ]
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
        found = _at(row, i) or _vague(row, i)
        if found is None:
            i += 1
            continue
        out.append(found)
        i = found.after
    return out


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
        value, i = value * _SCALES[row[i].key], i + 1
    return value, i


def _at(row: Sequence[Token], i: int) -> Quantity | None:
    start = i
    money = ""
    if row[i].kind == "mark" and row[i].text in _MONEY:
        money, i = _MONEY[row[i].text], i + 1
    elif row[i].key in ("us", "rmb") and i + 1 < len(row) and (row[i + 1].text == "$" or row[i].key == "rmb"):
        money, i = ("USD", i + 2) if row[i + 1].text == "$" else ("CNY", i + 1)
    first = number_at(row, i)
    if first is None or _part_of_a_name(row, i):
        return None
    low, i = first
    unit, after, scale = (money, i, 1.0) if money else _unit(row, i)
    high = low
    second = _second(row, start, i if not money else after, unit)
    if second is not None:
        high, unit, after, scale = second
        if money:
            unit = money
            low *= 1.0 if low > 1e3 or high < 1e6 else _scale_of(high)
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
    return Quantity(start, after, low, high, unit, _bound(row, start))


def _scale_of(value: float) -> float:
    return 1e12 if value >= 1e12 else 1e9 if value >= 1e9 else 1e6


def _second(row: Sequence[Token], start: int, i: int, unit: str) -> tuple[float, str, int, float] | None:
    """The upper end of a range: `10-15%`, `10% - 15%`, `between 10 and 15 %`, `10 to 15 percent`."""
    before = row[start - 1].key if start else ""
    j = i
    if unit and (here := _unit(row, i))[0] == unit:
        j = here[1]
    if j >= len(row):
        return None
    link = row[j]
    dash = link.kind == "dash"
    worded = (
        (link.key == "and" and before == "between")
        or (link.key in ("to", "or") and not unit and before not in ("from", "to", "by"))
        or (
            # "duties of 5% to 10%" is a range; "cut duties of 10% to 5%" is a change
            link.key == "to" and unit == PERCENT and before == "of" and _rises(row, start, j)
        )
    )
    if not dash and not worded:
        return None
    k = j + 2 if j + 1 < len(row) and row[j + 1].text in _MONEY else j + 1
    second = number_at(row, k)
    if second is None:
        return None
    other, after, scale = _unit(row, second[1])
    if unit and other and other != unit:
        return None
    if not unit and not other and k != j + 2:
        return None
    return second[0], other or unit, after, scale


def _rises(row: Sequence[Token], start: int, j: int) -> bool:
    """Whether the number after token `j` is the higher one, and no verb of change stands before the first."""
    low, high = number_at(row, start), number_at(row, j + 1)
    changed = {t.key for t in row[max(0, start - 12) : start]} & _CHANGED
    return low is not None and high is not None and low[0] < high[0] and not changed


_CHANGED = frozenset(
    [
        "raised",
        "raise",
        "raises",
        "raising",
        "increased",
        "increase",
        "cut",
        "lowered",
        "lifted",
        "moved",
        "were",
        "was",
        "from",
    ]
)


def _unit(row: Sequence[Token], i: int) -> tuple[str, int, float]:
    """(unit, token after it, factor) of the unit that begins at token `i`; an empty unit if none does."""
    keys = [t.key for t in row[i : i + 4]]
    if not keys:
        return "", i, 1.0
    if keys[0] in ("%", "％"):
        if len(keys) > 1 and keys[1] in ("point", "points"):
            return POINTS, i + 2, 1.0
        return PERCENT, i + 1, 1.0
    if keys[:2] == ["per", "cent"]:
        return PERCENT, i + 2, 1.0
    if keys[0] in ("percent", "pct", "percentage", "pc"):
        if len(keys) > 1 and keys[1] in ("point", "points"):
            return POINTS, i + 2, 1.0
        return (PERCENT, i + 1, 1.0) if keys[0] != "percentage" else ("", i, 1.0)
    if keys[0] in ("pp", "ppt", "ppts", "pps"):
        return POINTS, i + 1, 1.0
    if keys[:2] == ["basis", "points"] or keys[0] == "bps":
        return POINTS, i + (1 if keys[0] == "bps" else 2), 0.01
    if keys[0] in ("point", "points") and not (len(keys) > 1 and keys[1] in ("of", "out")):
        return POINTS, i + 1, 1.0
    return _other_unit(row, i, keys)


def _other_unit(row: Sequence[Token], i: int, keys: list[str]) -> tuple[str, int, float]:
    if keys[0] in _MONEY_WORDS:
        return _MONEY_WORDS[keys[0]], i + 1, 1.0
    if keys[:2] in (["us", "dollars"], ["u", "s"]):
        return "USD", i + 2, 1.0
    single = keys[0].rstrip("s")
    if single in _TIMES:
        return _TIMES[single], i + 1, 1.0
    # a few adjectives may stand between a number and what it counts: "28 US defence companies"
    for k, key in enumerate(keys):
        if key in _GOODS:
            return _GOODS[key], i + k + 1, 1e6 if key == "mmt" else 1.0
        if row[i + k].kind != "word" or key in (
            "to",
            "of",
            "in",
            "and",
            "or",
            "on",
            "for",
            "from",
            "by",
            "the",
            "a",
        ):
            break
    return "", i, 1.0


def _vague(row: Sequence[Token], i: int) -> Quantity | None:
    """`a few weeks`, `a year`, `half a point`: a count that is an interval."""
    if row[i].key not in _VAGUE_FIRST:
        return None
    for words, span in _VAGUE.items():
        if span is None or tuple(t.key for t in row[i : i + len(words)]) != words:
            continue
        j = i + len(words)
        single = row[j].key.rstrip("s") if j < len(row) else ""
        if single in _TIMES:
            return Quantity(i, j + 1, span[0], span[1], _TIMES[single], _bound(row, i))
        if words in (("a",), ("half", "a")) and [t.key for t in row[j : j + 2]] == ["percentage", "point"]:
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
        return after is None or _unit(row, after[1])[0] not in (PERCENT, POINTS)
    return False


def _bound(row: Sequence[Token], i: int) -> str:
    before = [t.key for t in row[max(0, i - 3) : i]]
    for words in _AT_LEAST:
        if tuple(before[-len(words) :]) == words:
            return "at_least"
    if before and before[-1] in _ABOVE:
        return "at_least"
    if before[-2:] == ["up", "to"] and before[0] in ("add", "adds", "adding", "added"):
        return ""
    for words in _AT_MOST:
        if tuple(before[-len(words) :]) == words:
            return "at_most"
    return ""
