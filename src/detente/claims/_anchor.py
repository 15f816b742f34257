"""The day an article was written: given, printed on it, or read from the days it names."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from detente import strict_yaml
from detente.claims._clause import Sentence
from detente.claims._dateline import dateline
from detente.claims._document import Document
from detente.claims._words import FUTURE

_MONTHS_4 = 122
_TOP = 600
"""A day this far from the beginning, on a line of its own or near the title, is the article's."""


@dataclass(frozen=True)
class Talk:
    """Talks between governments: where and when."""

    name: str
    between: tuple[str, ...]
    place: str
    first: dt.date
    last: dt.date
    source: str
    confidence: str


@functools.cache
def talks() -> tuple[Talk, ...]:
    """Talks that are on record, in order."""
    text = resources.files("detente").joinpath("data/claims/talks.yaml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = strict_yaml.parse(text, "talks.yaml").data
    day = dt.date.fromisoformat
    return tuple(
        Talk(r["name"], tuple(r["between"]), r["place"], day(r["first"]), day(r["last"]), r["source"], r["confidence"])
        for r in rows
    )


def date_article(document: Document, sentences: Sequence[Sentence]) -> tuple[dt.date | None, str]:
    """(day, how it was found): by markup, a dateline, the days in the text, or talks it names; None if by nothing.

    From days in the text comes the last one that is reported as past: the article cannot be older, but may be a day or
    two younger; where that matters the day is to be given.
    """
    if document.dated is not None:
        return document.dated, "the page's markup"
    for s in sentences:
        for m in s.dates:
            if m.full and s.row[m.first].start < _TOP and len(s.row) <= 14 and (days := m.resolve(None)):
                return days[1], "a dateline"
            if m.full and s.row[m.first].start < _TOP and m.after <= dateline(s.row) and (days := m.resolve(None)):
                return days[1], "a dateline"
    full = [days[1] for s in sentences for m in s.dates if m.full and not m.deadline and (days := m.resolve(None))]
    named = _talk_named(sentences)
    if named is not None and (not full or max(full) < named.last):
        return _latest(sentences, named.last), f"the latest day it reports, the year by talks it names ({named.name})"
    if full:
        return _latest(sentences, max(full)), "the latest day it reports"
    return None, ""


def _latest(sentences: Sequence[Sentence], start: dt.date) -> dt.date:
    """The last day reported as past, years being read against a first guess."""
    day = start
    for _ in range(2):
        for s in sentences:
            if FUTURE & {t.key for t in s.row} and not s.attributions:
                continue
            for m in s.dates:
                if m.kind != "day" or m.deadline:
                    continue
                days = m.resolve(day)
                if days is not None and day < days[1] <= start + dt.timedelta(days=_MONTHS_4):
                    day = days[1]
    return day


def _talk_named(sentences: Sequence[Sentence]) -> Talk | None:
    """Talks on record that a sentence names by place, month and day."""
    for s in sentences:
        keys = {t.key for t in s.row}
        for m in s.dates:
            if m.kind != "day" or m.year:
                continue
            for talk in talks():
                same = m.month == talk.last.month and talk.first.day <= m.days[1] and m.days[0] <= talk.last.day
                if same and talk.place.casefold().split()[0] in keys:
                    return talk
    return None
