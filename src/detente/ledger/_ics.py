"""Deadlines as a calendar: iCalendar text (RFC 5545) that any calendar program reads.

The text is the same for the same facts: the time stamp is the last day of firm evidence, and an entry's UID is made of
its day, its measure and what falls due, never of what became of it. An entry that was imported before is therefore
replaced, not doubled, when its outcome is learned.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_WIDTH = 75
"""Longest line in octets, without its end (RFC 5545, 3.1)."""


def to_ics(rows: Iterable[Mapping[str, Any]], *, stamp: dt.date, name: str = "Trade conflict: deadlines") -> str:
    r"""Deadlines as one calendar of all-day entries.

    Parameters
    ----------
    rows
        Deadlines as `Ledger.deadlines` gives them: `date` (YYYY-MM-DD), `measure`, `what`, `if_nothing_done`, `known`,
        `legal_basis`.
    stamp
        The day the facts are firm to; it stands in DTSTAMP and LAST-MODIFIED of every entry.
    name
        The calendar's title.

    Returns
    -------
    Text with CRLF line ends, lines folded at 75 octets. Where the evidence ends before the outcome the entry is
    TENTATIVE and its title says `unknown`; where the legal basis has fallen it is CANCELLED.

    Examples
    --------
    >>> row = {"date": "2026-11-10", "measure": "chn.sctc.2025-04-reciprocal#24-points", "what": "suspension ends",
    ...        "if_nothing_done": "10 % becomes 34 %", "known": "unknown", "legal_basis": "SCTC 2025 No.10"}
    >>> text = to_ics([row], stamp=dt.date(2026, 9, 28))
    >>> "DTSTART;VALUE=DATE:20261110\r\n" in text, "STATUS:TENTATIVE\r\n" in text
    (True, True)
    """
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//detente//deadlines//EN", "CALSCALE:GREGORIAN"]
    lines = [*head, f"X-WR-CALNAME:{_escaped(name)}"]
    for row in rows:
        lines += _event(row, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(row: Mapping[str, Any], stamp: dt.date) -> list[str]:
    day = dt.date.fromisoformat(row["date"])
    state, mark = _standing(row["known"])
    told = [f"If nothing is done: {row['if_nothing_done']}", f"Known: {row['known']}"]
    if mark == "unknown":
        told.append(f"The evidence is firm to {stamp}: what was done since is not known here.")
    told += [f"Legal basis: {row['legal_basis']}", f"Measure: {row['measure']}"]
    title = f"{row['what']} ({mark})" if mark else row["what"]
    return [
        "BEGIN:VEVENT",
        f"UID:{uid(row)}",
        f"DTSTAMP:{stamp:%Y%m%d}T000000Z",
        f"LAST-MODIFIED:{stamp:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + dt.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(title)}",
        f"DESCRIPTION:{_escaped(chr(10).join(told))}",
        f"CATEGORIES:{_escaped(row['measure'].split('.')[0].upper())}",
        f"STATUS:{state}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def uid(row: Mapping[str, Any]) -> str:
    """The entry's name for good: its day, measure and what falls due, hashed."""
    key = "\n".join((row["date"], row["measure"], row["what"]))
    return f"{row['date']}-{hashlib.sha256(key.encode()).hexdigest()[:16]}@detente"


def _standing(known: str) -> tuple[str, str]:
    """STATUS of the entry, and the word its title carries."""
    if known.startswith("dead letter"):
        return "CANCELLED", "dead letter"
    if known.startswith("unknown"):
        return "TENTATIVE", "unknown"
    return "CONFIRMED", ""


def _escaped(text: str) -> str:
    r"""TEXT as RFC 5545, 3.3.11 has it; control characters, which it forbids, become blanks.

    >>> print(_escaped("a, b; c\nd"))
    a\, b\; c\nd
    """
    plain = "".join(c if (c >= " " and c != "\x7f") or c in "\n\t" else " " for c in text.replace("\r\n", "\n"))
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, no character cut in two; all but the first begin with a blank."""
    piece, size = "", 0
    for sign in line:
        width = len(sign.encode("utf-8"))
        if size + width > _WIDTH:
            yield piece
            piece, size = " ", 1
        piece, size = piece + sign, size + width
    yield piece
