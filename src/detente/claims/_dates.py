"""Days and stretches of days as an article writes them; years and "next week" are read against the article's date."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from detente.claims._quantities import number_at, quantities
from detente.claims._tokens import Token, words

_MONTHS = {name.casefold(): i for i, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.casefold(): i for i, name in enumerate(calendar.month_abbr) if name}
_MONTHS |= {f"{name.casefold()}.": i for i, name in enumerate(calendar.month_abbr) if name} | {"sept": 9, "sept.": 9}
_WEEKDAYS = {name.casefold(): i for i, name in enumerate(calendar.day_name)}
_PARTS = {"early": (0.0, 1 / 3), "mid": (1 / 3, 2 / 3), "late": (2 / 3, 1.0), "middle": (1 / 3, 2 / 3)}
_DAYS = {"days": 1, "weeks": 7, "months": 30.4375, "years": 365.25, "hours": 1 / 24, "decades": 3652.5}
_MAY = words("in of since until till by from during last next late early mid on before after between this to through")
_YEAR_AFTER = words(
    "in over between of since until till by from during before after through for the to and year late early mid end"
)
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "q1": 1, "q2": 2, "q3": 3, "q4": 4}
_FORWARD = words("within in over next coming another")
_LEADS = _FORWARD | {"the"}
_COUNTS = _LEADS | {"the", "a", "several", "half", "few"}


@dataclass(frozen=True, slots=True)
class Mention:
    """A day or stretch on tokens `first` to `after`; the parts that were written, and what they resolve to."""

    first: int
    after: int
    kind: str
    """`day`, `month`, `year`, or `span` for a stretch counted from the article's date or from a statement."""
    year: int = 0
    month: int = 0
    days: tuple[int, int] = (0, 0)
    part: str = ""
    offset: tuple[float, float] = (0.0, 0.0)
    until_year: int = 0
    """Last year of a stretch of years, 0 for a single one."""
    deadline: bool = False
    """Whether it closes a stretch: until, by, within, expires on."""

    @property
    def full(self) -> bool:
        """Whether it is a day with its year."""
        return bool(self.kind == "day" and self.year)

    def resolve(self, anchor: dt.date | None) -> tuple[dt.date, dt.date] | None:
        """First and last day, or None where the year or the starting point is not known.

        >>> Mention(0, 2, "day", month=6, days=(9, 10)).resolve(dt.date(2025, 6, 18))
        (datetime.date(2025, 6, 9), datetime.date(2025, 6, 10))
        """
        try:
            return self._resolve(anchor)
        except (ValueError, OverflowError):
            return None

    def _relative(self, anchor: dt.date) -> tuple[dt.date, dt.date]:
        """`last month`, `last year`, `this year` from the anchor on, `next year`: as the calendar has them."""
        before = anchor.replace(day=1) - dt.timedelta(days=1)
        if self.kind == "month":
            return before.replace(day=1), before
        year = anchor.year + _SHIFTS[self.part]
        return (anchor if self.part == "this" else dt.date(year, 1, 1)), dt.date(year, 12, 31)

    def _weekday(self, anchor: dt.date) -> tuple[dt.date, dt.date]:
        """The last such day of the week up to the anchor, or the next one after it."""
        back = (anchor.weekday() - self.days[0]) % 7
        ahead = (7 - back) % 7
        day = anchor - dt.timedelta(days=back) if self.part == "weekday" else anchor + dt.timedelta(days=ahead)
        return day, day

    def _half(self, year: int) -> tuple[dt.date, dt.date]:
        """The first or the second half of a year."""
        if self.part == "h1":
            return dt.date(year, 1, 1), dt.date(year, 6, 30)
        return dt.date(year, 7, 1), dt.date(year, 12, 31)

    def _resolve(self, anchor: dt.date | None) -> tuple[dt.date, dt.date] | None:
        if self.kind == "span":
            if anchor is None:
                return None
            return tuple(sorted(anchor + dt.timedelta(days=round(x)) for x in self.offset))  # type: ignore[return-value]
        year = self.year
        if self.kind == "day" and self.part in ("weekday", "coming"):
            return None if anchor is None else self._weekday(anchor)
        if self.part in _HALVES:
            return None if not year and anchor is None else self._half(year or anchor.year + self.until_year)  # type: ignore[union-attr]
        if self.part == "following" and anchor is not None:
            year = anchor.year + (self.month <= anchor.month)
            return dt.date(year, self.month, 1), dt.date(year, self.month, calendar.monthrange(year, self.month)[1])
        if self.part in _SHIFTS:
            return None if anchor is None else self._relative(anchor)
        if not year:
            if anchor is None:
                return None
            if self.deadline and self.kind == "month" and not self.part:
                # "through November", said in March, is the November to come
                since = anchor - dt.timedelta(days=60)
                year = since.year if self.month >= since.month else since.year + 1
                return dt.date(year, self.month, 1), dt.date(year, self.month, calendar.monthrange(year, self.month)[1])
            if self.part == "past":
                year = anchor.year - (self.month >= anchor.month)
                return dt.date(year, self.month, 1), dt.date(year, self.month, calendar.monthrange(year, self.month)[1])
            year = min(
                (anchor.year - 1, anchor.year, anchor.year + 1),
                key=lambda y: abs((dt.date(y, self.month, min(self.days[0] or 15, 28)) - anchor).days),
            )
        if self.kind == "day":
            return dt.date(year, self.month, self.days[0]), dt.date(year, self.month, self.days[1])
        first = dt.date(year, self.month or 1, 1)
        month = self.month or 12
        if self.days != (0, 0):  # a quarter is kept as its months
            first, month = dt.date(year, self.days[0], 1), self.days[1]
        final = self.until_year or year
        last = dt.date(final, month, calendar.monthrange(final, month)[1])
        if self.part == "end":
            return last, last
        if self.part in _PARTS:
            a, b = _PARTS[self.part]
            length = (last - first).days + 1
            return first + dt.timedelta(days=round(a * length)), first + dt.timedelta(days=round(b * length) - 1)
        return first, last


_HALVES = ("h1", "h2")
_SHIFTS = {"last": -1, "this": 0, "next": 1}


def mentions(row: Sequence[Token]) -> list[Mention]:
    """Every date in a row of tokens.

    >>> from detente.claims._tokens import tokens
    >>> [(m.month, m.days) for m in mentions(tokens("from 9-10 June, or May 12, or mid-July"))]
    [(6, (9, 10)), (5, (12, 12)), (7, (0, 0))]
    """
    out: list[Mention] = []
    i = 0
    while i < len(row):
        found = next((m for read in _READERS if (m := read(row, i)) is not None), None)
        if found is None:
            i += 1
            continue
        out.append(found)
        i = found.after
    return out


def _months_of(row: Sequence[Token], i: int) -> Mention | None:
    """`the first three months of 2020`, `the first nine months of last year`."""
    if row[i].key not in ("first", "last") or i + 4 >= len(row) or row[i + 2].key != "months":
        return None
    count = number_at(row, i + 1)
    if count is None or not 1 < count[0] < 12 or row[i + 3].key != "of":
        return None
    n = int(count[0])
    months = (1, n) if row[i].key == "first" else (13 - n, 12)
    year, after = _written_year(row, i + 4)
    return Mention(i, after, "month", year, months[1], months) if year else None


def _half_year(row: Sequence[Token], i: int) -> Mention | None:
    """`the first half of next year`, `the second half of 2026`."""
    if row[i].key not in ("first", "second") or [t.key for t in row[i + 1 : i + 3]] != ["half", "of"]:
        return None
    part = "h1" if row[i].key == "first" else "h2"
    shift = {"next": 1, "this": 0, "last": -1}.get(row[i + 3].key) if i + 4 < len(row) else None
    if shift is not None and row[i + 4].key == "year":
        return Mention(i, i + 5, "year", part=part, until_year=shift, deadline=_closes(row, i))
    year, after = _written_year(row, i + 3)
    return Mention(i, after, "year", year, part=part, deadline=_closes(row, i)) if year else None


_TO_COME = words("next by until till from starting before")


def _day_of_week(row: Sequence[Token], i: int) -> Mention | None:
    """`on Monday`, `from Friday`: the last one, or the next where it lies ahead."""
    day = _WEEKDAYS.get(row[i].key)
    if day is None or not row[i].head.isupper():
        return None
    if any(row[k].key in _MONTHS for k in (i + 1, i + 2) if k < len(row) and (k == i + 1 or row[i + 1].text == ",")):
        return None  # "Monday, May 12": the date says it
    before = row[i - 1].key if i else ""
    done = i > 1 and row[i - 2].key.endswith(("ed", "said", "told"))  # "under a deal announced on Friday"
    last = before == "last" or done or "will" not in {t.key for t in row[:i]}
    part = "coming" if before in _TO_COME or not last else "weekday"
    return Mention(i, i + 1, "day", days=(day, day), part=part, deadline=_closes(row, i))


def _closes(row: Sequence[Token], i: int) -> bool:
    keys = [t.key for t in row[max(0, i - 4) : i]]
    if "by" in keys and _MEASURES & set(keys[keys.index("by") + 1 :]):
        keys.remove("by")  # "shrank by a fifth this year"
    before = set(keys)
    return bool(
        before & {"until", "till", "by", "before", "within", "expires", "expire", "deadline", "through", "lapses"}
    )


_MEASURES = words("% percent cent points half third quarter fifth tenth a an million billion")


def _iso(row: Sequence[Token], i: int) -> Mention | None:
    if row[i].kind != "date":
        return None
    year, month, day = (int(x) for x in row[i].text.replace("/", "-").replace(".", "-").split("-"))
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return Mention(i, i + 1, "day", year, month, (day, day), deadline=_closes(row, i))


def _month(row: Sequence[Token], i: int) -> int:
    """The month a token names, where a number or a preposition shows that it is one: May, March and Jan are other
    words too."""
    if i >= len(row) or row[i].key not in _MONTHS or not row[i].head.isupper():
        return 0
    follows = i + 1 < len(row) and row[i + 1].kind == "number"
    if not follows and not (i and (row[i - 1].key in _MAY or row[i - 1].kind == "number")):
        return 0
    return _MONTHS[row[i].key]


def _day(row: Sequence[Token], i: int) -> tuple[int, int] | None:
    """(day, token after) of a day of the month."""
    if i >= len(row) or row[i].kind != "number" or not row[i].text.isascii() or not row[i].text.isdigit():
        return None
    value = int(row[i].text)
    if not 1 <= value <= 31 or (i + 1 < len(row) and row[i + 1].key in ("%", "percent", "per")):
        return None
    i += 1
    if i < len(row) and row[i].glued and row[i].key in ("st", "nd", "rd", "th"):
        i += 1
    return value, i


def _days(row: Sequence[Token], i: int) -> tuple[tuple[int, int], int] | None:
    """One day or a range of days of one month."""
    one = _day(row, i)
    if one is None:
        return None
    first, after = one
    if after < len(row) and (row[after].kind == "dash" or row[after].key in ("and", "to")):
        two = _day(row, after + 1)
        if two is not None and two[0] > first:
            return (first, two[0]), two[1]
    return (first, first), after


def _written_year(row: Sequence[Token], i: int) -> tuple[int, int]:
    """(year, token after), the year 0 where none is written."""
    j = i + 1 if i < len(row) and row[i].text == "," else i
    if j >= len(row) or row[j].kind != "number":
        return 0, i
    text = row[j].text  # four digits and nothing else: 19.7 and 20.0 are amounts
    year = len(text) == 4 and text[:2] in ("19", "20") and text.isascii() and text.isdigit()
    return (int(text), j + 1) if year else (0, i)


def _month_first(row: Sequence[Token], i: int) -> Mention | None:
    month = _month(row, i)
    if not month:
        return None
    start = i
    days = _days(row, i + 1)
    if days is not None:
        year, after = _written_year(row, days[1])
        return Mention(i, after, "day", year, month, days[0], deadline=_closes(row, i))
    year, after = _written_year(row, i + 1)
    if not year and i + 1 < len(row) and row[i + 1].key == "of":
        year, after = _written_year(row, i + 2)  # "in April of 2018"
        after = after if year else i + 1
    part = ""
    if i and row[i - 1].key in _PARTS:
        part, start = row[i - 1].key, i - 1
    elif i and row[i - 1].key == "last" and not year:
        part, start = "past", i - 1  # "last June"
    elif i and row[i - 1].key == "next" and not year:
        part, start = "following", i - 1  # "until next November"
    elif i > 1 and row[i - 1].key == "of" and row[i - 2].key in ("end", "middle"):
        part, start = ("end" if row[i - 2].key == "end" else "middle"), i - 2
    elif i and row[i - 1].key == "end":
        part, start = "end", i - 1
    return Mention(start, after, "month", year, month, part=part, deadline=_closes(row, start))


def _day_first(row: Sequence[Token], i: int) -> Mention | None:
    days = _days(row, i)
    if days is None:
        return None
    j = days[1] + 1 if days[1] < len(row) and row[days[1]].key == "of" else days[1]
    month = _month(row, j)
    if not month:
        return None
    year, after = _written_year(row, j + 1)
    return Mention(i, after, "day", year, month, days[0], deadline=_closes(row, i))


def _relative(row: Sequence[Token], i: int) -> Mention | None:
    key = row[i].key
    if key in ("yesterday", "today", "tomorrow"):
        shift = float({"yesterday": -1, "today": 0, "tomorrow": 1}[key])
        return Mention(i, i + 1, "span", offset=(shift, shift))
    if key in _QUARTERS and i + 1 < len(row) and (key.startswith("q") or row[i + 1].key == "quarter"):
        j = i + 1 if key.startswith("q") else i + 2
        j += 1 if j < len(row) and row[j].key == "of" else 0
        year, after = _written_year(row, j)
        n = _QUARTERS[key]
        return Mention(i, after, "month", year, 3 * n - 1, (3 * n - 2, 3 * n), deadline=_closes(row, i))
    if key in ("last", "next", "this") and i + 1 < len(row):
        sign = {"last": -1.0, "next": 1.0, "this": 0.0}[key]
        span = {"week": 7.0, "month": 30.0, "year": 365.0}.get(row[i + 1].key)
        if row[i + 1].key == "year" or (key == "last" and row[i + 1].key == "month"):
            return Mention(i, i + 2, row[i + 1].key, part=key, deadline=_closes(row, i))
        if span is not None:
            ends = (min(sign, 0) * 2 * span, 0.0) if sign < 0 else (0.0, (1 + sign) * span)
            return Mention(i, i + 2, "span", offset=ends, deadline=_closes(row, i))
    return _counted(row, i)


def _counted(row: Sequence[Token], i: int) -> Mention | None:
    """`within a few weeks`, `over the next 90 days`, `in three months`, `six months ago`."""
    if row[i].key not in _COUNTS and row[i].kind != "number" and number_at(row, i) is None:
        return None
    j = i
    while j < len(row) and j < i + 4 and row[j].key in _LEADS:
        j += 1
    found = quantities(row[j : j + 6])
    if not found or found[0].first != 0 or found[0].unit not in _DAYS:
        return None
    size = found[0]
    low, high = size.low * _DAYS[size.unit], size.high * _DAYS[size.unit]
    after = j + size.after
    if after < len(row) and row[after].key in ("ago", "earlier"):
        return Mention(i, after + 1, "span", offset=(-high, -low))
    lead = {t.key for t in row[i:j]}
    if lead & {"next", "coming", "within", "over"}:
        return Mention(i, after, "span", offset=(0.0, high), deadline="within" in lead)
    if lead == {"in"}:
        if any(t.key.endswith("est") or t.key in ("first", "time", "worst") for t in row[max(0, i - 5) : i]):
            return None  # "the slowest pace in a year"
        return Mention(i, after, "span", offset=(low, high))
    return None


def _year(row: Sequence[Token], i: int) -> Mention | None:
    year, after = _written_year(row, i)
    if not year or row[i].text == "," or row[i].glued or not (1990 <= year <= 2099):
        return None
    before = row[i - 1].key if i else ""
    two_back = row[i - 2].key if i > 1 else ""
    if before not in _YEAR_AFTER and before not in _PARTS:
        return None
    if after < len(row) and row[after].key in ("%", "percent", "companies", "points", "tonnes"):
        return None
    if before in ("early", "mid", "late", "end"):
        return Mention(i - 1, after, "year", year, part=before, deadline=_closes(row, i - 1))
    if before == "of" and two_back == "end":
        return Mention(i - 2, after, "year", year, part="end", deadline=_closes(row, i - 2))
    last, after = _last_year(row, after, year, before)
    return Mention(i, after, "year", year, until_year=last, deadline=_closes(row, i))


def _last_year(row: Sequence[Token], i: int, year: int, before: str) -> tuple[int, int]:
    """(last year, token after) of a stretch: `2026-28`, `2020 and 2021`, `from 2026 to 2028`; else (0, i)."""
    if i + 1 >= len(row) or row[i + 1].kind != "number" or not row[i + 1].text.isascii():
        return 0, i
    text = row[i + 1].text
    dash = row[i].kind == "dash"
    linked = row[i].key in ("and", "to", "through") and before in (
        "in",
        "over",
        "for",
        "from",
        "during",
        "between",
        "of",
    )
    if not (text.isdigit() and (dash or linked)):
        return 0, i
    if len(text) == 2 and dash:
        text = str(year)[:2] + text
    last = int(text) if len(text) == 4 else 0
    return (last, i + 2) if year < last <= year + 20 else (0, i)


_READERS = (_iso, _months_of, _half_year, _day_of_week, _month_first, _day_first, _relative, _year)
