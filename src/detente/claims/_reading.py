"""`read`: an article becomes a list of claims."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.claims._anchor import date_article
from detente.claims._checks import check_claims
from detente.claims._claim import Claim
from detente.claims._clause import Sentence, view
from detente.claims._controls import control_claims
from detente.claims._dates import Mention
from detente.claims._document import Document
from detente.claims._flows import flow_claims
from detente.claims._frame import Context, Frame
from detente.claims._outlook import outlook_claims
from detente.claims._parties import in_phrase
from detente.claims._speech import Voices
from detente.claims._tariffs import remember, tariff_claims
from detente.claims._times import time_claims
from detente.claims._tokens import words
from detente.claims._words import FUTURE, TARIFF
from detente.dates import parse_date
from detente.errors import Problem, UserError


@dataclass(frozen=True)
class Reading:
    """What an article claims.

    `document` is the text that was read: the decoded file, of a page the text left after markup and menus are stripped.
    Every claim has `claim.text == document[claim.start:claim.end]`.
    """

    document: str
    title: str
    date: dt.date | None
    dated_by: str
    claims: tuple[Claim, ...]

    def to_dict(self) -> dict[str, Any]:
        """The reading as JSON shows it; verdicts of the ledger are joined elsewhere."""
        return {
            "title": self.title or None,
            "date": self.date.isoformat() if self.date else None,
            "dated_by": self.dated_by or None,
            "claims": [c.to_dict() for c in self.claims],
            "document": self.document,
        }


def read(text: str, on: str | dt.date | None = None) -> Reading:
    """Read an article.

    Parameters
    ----------
    text
        The article, plain or HTML.
    on
        The day it was written; without it, the day found in the article. Where none is found, days without a year and
        "next week" stay unresolved.

    Returns
    -------
    Claims in the order of the text; of claims that say the same, the one with a speaker stays.

    Raises
    ------
    DateError
        If `on` is no day. No text makes it raise.
    UserError
        If what is given is no text.

    Examples
    --------
    >>> claim = read("The US cut its tariffs on Chinese goods from 145% to 30% on May 14, 2025.").claims[0]
    >>> claim.actor, claim.target, claim.from_, claim.to, claim.by
    ('USA', 'CHN', 1.45, 0.3, -1.15)
    """
    given: object = text
    if not isinstance(given, str):
        what = f"an article is text, not {type(given).__name__}"
        raise UserError([Problem("read", what, "Use read_bytes for bytes and read_file for a path.")])
    return _read(Document.of(text), on)


def read_bytes(data: bytes, on: str | dt.date | None = None) -> Reading:
    """`read` for any bytes: they are decoded first (see `Document.decode`)."""
    return _read(Document.decode(data), on)


def read_file(path: str | Path, on: str | dt.date | None = None) -> Reading:
    """`read` for a file.

    Raises
    ------
    UserError
        If the file cannot be read.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UserError([Problem(str(path), f"cannot be read: {error.strerror or error}")]) from None
    return read_bytes(data, on)


def _read(document: Document, on: str | dt.date | None) -> Reading:
    given = None if on is None else parse_date(on, "--on", first=None)
    voices = Voices()
    sentences = [view(document.text, a, b, n, voices) for n, a, b in document.sentences()]
    day, how = (given, "given") if given else date_article(document, sentences)
    context = Context(day, _pair(sentences), named=frozenset(p.code for s in sentences for p in s.economies))
    claims: list[Claim] = []
    for s in sentences:
        _resolve(s, day, context)
        claims += _of_sentence(s, context)
    claims = _distinct(claims)
    check_claims(claims)
    return Reading(document.text, document.title or _title(document), day, how, tuple(claims))


def _title(document: Document) -> str:
    for n, (a, b) in enumerate(document.paragraphs()):
        line = document.text[a:b].split("\n")[0].strip()
        if 20 <= len(line) <= 200 and " " in line:
            return line
        if n > 4:
            break
    return ""


def _pair(sentences: Sequence[Sentence]) -> tuple[str, str] | None:
    """An article's two main parties: each named in two sentences or more, and in more than any third economy."""
    counts = Counter(code for s in sentences for code in {p.code for p in s.economies})
    common = [*counts.most_common(3), ("", 0)]
    if len(common) < 3 or common[1][1] < 2 or common[1][1] == common[2][1]:
        return None
    return tuple(sorted((common[0][0], common[1][0])))  # type: ignore[return-value]


def _resolve(s: Sentence, day: dt.date | None, context: Context) -> None:
    """Days of a sentence; spans such as `within a few weeks` count from when it was said."""
    said = None
    for m in s.dates:
        if m.kind == "day":
            days = m.resolve(day)
            if days is not None:
                days = _told(s, m, days, day)
                s.resolved[m.first] = days
                if said is None and not m.deadline and not _quoted(s, m.first) and _day_of_speech(s, m):
                    said = days
    start = said[0] if said else day
    for m in s.dates:
        if m.kind != "day" and (days := m.resolve(start if m.kind == "span" else day)) is not None:
            s.resolved[m.first] = _told(s, m, days, day)
    if s.attributions and said:
        context.said[id(s)] = said
    elif s.attributions and day:
        context.said[id(s)] = (day, day)


def _told(s: Sentence, m: Mention, days: tuple[dt.date, dt.date], day: dt.date | None) -> tuple[dt.date, dt.date]:
    """A day or month without a year by the tense of its clause: `fell in January`, said in November, is the January
    gone, and `will fall in January` the one to come."""
    if day is None or m.kind not in ("day", "month") or m.year or not m.month or m.part in _PLACED:
        return days
    lead = s.row[m.first - 1].key if m.first else ""
    quarter = m.days != (0, 0) and m.kind == "month"
    if (lead not in ("in", "on", "since", "from") and not quarter) or (days[0] <= day <= days[1]):
        return days
    clause = next(((a, b) for a, b in s.clauses if a <= m.first < b), (0, len(s.row)))
    keys = set(s.plain_keys(*clause))
    if days[1] < day:
        ahead = _WILL & keys and not {"said", "had"} & keys and lead != "since"
        return (_shifted(days[0], 1), _shifted(days[1], 1)) if ahead else days
    past = any(k in _PAST or (k.endswith("ed") and k not in ("need", "exceed")) for k in keys)
    begins = m.first > 1 and s.row[m.first - 2].key in ("starting", "beginning", "effective", "due")
    if m.deadline or FUTURE & keys or not past or lead == "from" or begins:
        return days
    due = {"due", "scheduled", "set", "planned", "slated", "expected"} & keys
    return days if due and days[0] <= day + dt.timedelta(days=120) else (_shifted(days[0], -1), _shifted(days[1], -1))


_PLACED = ("end", "past", "following")
_WILL = words("will shall")
_PAST = words("was were had did fell rose grew shrank began sank hit cut stood came went took set")


def _shifted(day: dt.date, years: int) -> dt.date:
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


_EFFECTIVE = words(
    "effect effective force from until till starting beginning begins begin began expire expires expired due since"
    " deadline through ends end ended resume resumes before after by takes took signed imposed dated"
)


def _day_of_speech(s: Sentence, m: Mention) -> bool:
    """Whether a day is when something was said: beside the speaker or the verb of saying, or opening the sentence
    before both. A day on which a measure takes effect is none."""
    lead = set(s.keys(max(0, m.first - 3), m.first))
    if _EFFECTIVE & (lead if {"in", "into"} & lead else lead - {"force"}):  # not "aboard Air Force One on Oct. 30"
        return False
    for a in s.attributions:
        aside = a.verb < m.first <= a.verb + 9 and s.row[a.verb].key in _TOLD and not _spoken(s, a.verb, m.first)
        near = aside or a.verb < m.first <= a.verb + 3 or m.after <= a.verb <= m.after + 2
        between = 0 <= a.who < m.first < a.verb
        beside = a.who > a.verb and a.named <= m.first <= a.named + 2
        opens = m.first <= 4 and m.after <= a.who < a.verb
        reported = s.row[a.verb].key in ("according", "reports", "report") and m.first <= a.named + 2
        if near or between or beside or opens or reported:
            return True
    return False


_TOLD = words("told tells tell")


def _spoken(s: Sentence, verb: int, i: int) -> bool:
    """Whether what is said begins between a verb and a token: `told reporters that`, a comma, a number."""
    return any(t.key == "that" or t.kind in ("mark", "quote", "number") for t in s.row[verb:i] if t.text != ".")


def _quoted(s: Sentence, i: int) -> bool:
    """Whether a token stands inside a quotation that the sentence opened."""
    straight = sum(t.text == '"' for t in s.row[:i]) % 2 == 1
    curly = sum((t.text == "“") - (t.text == "”") for t in s.row[:i]) > 0
    return straight or curly


def _of_sentence(s: Sentence, context: Context) -> list[Claim]:
    out: list[Claim] = []
    if s.paragraph != context.paragraph:
        context.spoken, context.before = False, frozenset()
    context.paragraph = s.paragraph
    context.tariff = False
    context.subject = context.facing = None
    for first, after in s.clauses:
        frame = Frame(s, first, after, context)
        found = tariff_claims(frame)
        remember(frame, context, found)
        found += flow_claims(frame, found)
        numeric = bool(found)
        found += time_claims(frame, numeric)
        if all(c.kind == "duration" for c in found):
            found += control_claims(frame) or ([] if found else outlook_claims(frame))
        out += found
        _subject(frame, context, found)
    context.spoken = context.spoken or bool(TARIFF & {t.key for t in s.row})
    context.before = frozenset(p.code for p in s.economies)
    return out


def _subject(frame: Frame, context: Context, found: list[Claim]) -> None:
    """The economy that acts in a clause is the subject of the next one that names none."""
    if found and found[-1].actor and found[-1].kind in ("control", "tariff_change", "tariff_level", "purchase"):
        context.subject = found[-1].actor
        return
    for p in frame.places():
        if not in_phrase(frame, p):
            context.subject = p.code
            return


def _distinct(claims: list[Claim]) -> list[Claim]:
    """Without claims that say the same a second time, as a headline and the text do."""
    seen: dict[tuple[object, ...], int] = {}
    out: list[Claim] = []
    for c in claims:
        if c.numeric:
            key: tuple[object, ...] = (
                c.kind, c.from_, c.to, c.by, c.low, c.high, c.unit, c.actor, c.target, c.subject, c.modality,
                c.probability, c.horizon,
            )  # fmt: skip
        else:
            key = (c.kind, " ".join(c.text.casefold().split()))
        if key in seen:
            if out[seen[key]].speaker is None and c.speaker is not None:
                out[seen[key]] = c
            continue
        seen[key] = len(out)
        out.append(c)
    return out
