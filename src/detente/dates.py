"""Days, and the two clocks: the day a rule holds (`on`) and the day one looks from (`known`).

A day is the imposer's local calendar day and stands for the state at its end.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from detente.errors import DateError, Problem

FIRST_DAY = dt.date(2018, 1, 1)
"""The ledger begins here; a question about an earlier day is an error."""

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_date(value: str | dt.date, where: str = "date", *, first: dt.date | None = FIRST_DAY) -> dt.date:
    """Read a day written YYYY-MM-DD; `where` names the option or key in the error.

    Raises
    ------
    DateError
        If it is no such day, or lies before `first` (None: no lower bound).

    >>> parse_date("2025-05-14").isoformat()
    '2025-05-14'
    """
    if isinstance(value, dt.datetime):
        value = value.date()
    if not isinstance(value, dt.date):
        text = str(value).strip()
        try:
            if not _ISO.fullmatch(text):
                raise ValueError
            value = dt.date.fromisoformat(text)
        except ValueError:
            raise DateError(
                [Problem(where, f"{text!r} is not a date", "Write it as YYYY-MM-DD, for example 2025-05-14.")]
            ) from None
    if first is not None and value < first:
        raise DateError(
            [Problem(where, f"{value} lies before the ledger begins", f"The first day it knows is {first}.")]
        )
    return value


@dataclass(frozen=True)
class Clocks:
    """The two clocks of a question: state at the end of `on`, as known at the end of `known`."""

    on: dt.date
    known: dt.date | None = None
    """None: everything the embedded evidence knows."""

    @classmethod
    def parse(cls, on: str | dt.date, known: str | dt.date | None = None) -> Clocks:
        """Both clocks from text, each error naming its own option."""
        problems: list[Problem] = []
        days: list[dt.date | None] = []
        for value, where in ((on, "--on"), (known, "--known")):
            try:
                days.append(None if value is None else parse_date(value, where))
            except DateError as error:
                problems += error.problems
        if problems:
            raise DateError(problems)
        first, second = days
        assert first is not None
        return cls(first, second)
