"""The Commerce Control List as of 23 July 2026: entries by number and by words, and the Country Chart for each.

What the chart says is not the whole law: end users, end uses, embargoes and licence exceptions are apart, and several
entries state their requirement in words that only a person can apply. Where the words are not understood here the
answer is `None`: not known, never "no".
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from typing import Any

from detente.controls._tables import chart, csv_of, groups

EDITION = "2026-07-23"
_MARK = re.compile(r"^[A-Z]{2} [123](?: \+ [A-Z]{2} [123])*$")
_NUMBER = re.compile(r"^(\d[A-E]\d{3})((?:\.[a-z0-9]+)*)$", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
_PARAGRAPH = re.compile(r"\bto\b|(?<!\w)[a-z](?:\.\w+)*(?!\w)")
# arms embargoes of the United Nations (§ 746.1(b) and its table)
_UN = frozenset({"COD", "IRN", "PRK", "Central African Republic", "Congo (Democratic Republic of the)", "Iran", "Iraq",
                 "Lebanon", "Libya", "Somalia", "South Sudan, Republic of", "Sudan"})  # fmt: skip
_CRV = frozenset({"CHN", "HKG", "RUS", "Venezuela"})


@dataclass(frozen=True)
class Entry:
    """One ECCN."""

    eccn: str
    heading: str
    reasons: str
    controls: tuple[tuple[str, str], ...]
    paragraphs: tuple[tuple[str, str], ...]


@functools.cache
def entries() -> dict[str, Entry]:
    """Every entry by its ECCN.

    >>> len(entries()), entries()["3A090"].reasons
    (633, 'RS, AT')
    """
    return {
        row["eccn"]: Entry(
            row["eccn"], row["heading"], row["reasons"],
            tuple((a, b) for a, b in json.loads(row["controls"])),
            tuple((a, b) for a, b in json.loads(row["paragraphs"])),
        )
        for row in csv_of("ccl.csv.gz")
    }  # fmt: skip


def split(code: str) -> tuple[str, str]:
    """ECCN and paragraph of a code; two empty strings where it is none.

    >>> split("3a090.b"), split("8505.11")
    (('3A090', 'b'), ('', ''))
    """
    found = _NUMBER.match(code.strip())
    return (found.group(1).upper(), found.group(2)[1:].lower()) if found else ("", "")


def search(text: str, limit: int = 5) -> list[tuple[Entry, float]]:
    """Entries whose heading or paragraphs hold the words of `text`, the fullest first."""
    words = {w for w in _WORD.findall(text.casefold()) if len(w) > 2}
    if not words:
        return []
    found = []
    for entry in entries().values():
        title = set(_WORD.findall(entry.heading.casefold()))
        body = title.union(*(_WORD.findall(t.casefold()) for _, t in entry.paragraphs))
        score = (len(words & title) + 0.5 * len(words & (body - title))) / len(words)
        if score >= 0.5:
            found.append((entry, score))
    return sorted(found, key=lambda x: (-x[1], x[0].eccn))[:limit]


def controls(entry: Entry, paragraph: str, to: str) -> list[dict[str, Any]]:
    """What each reason for control says for a destination: `{control, by, required}`; `required` may be None."""
    out = []
    for control, where in entry.controls:
        if paragraph and not concerns(control, entry.eccn, paragraph):
            continue
        out.append({"control": control, "by": where, "required": _required(where, to)})
    return out


def concerns(control: str, eccn: str, paragraph: str) -> bool:
    """Whether a control speaks of a paragraph: of the whole entry, of it by name, or in words not read here.

    >>> concerns("NS applies to 3B001.a.1 to a.3, b, e, g to j", "3B001", "h"), concerns("RS applies to 3A090.a",
    ... "3A090", "b")
    (True, False)
    """
    _, _, named = control.partition("applies to")
    if "entire entry" in control or eccn not in named:
        return True
    letters: set[str] = set()
    before, ranged = "", False
    for token in _PARAGRAPH.findall(named.replace(f"{eccn}.", "")):
        if token == "to":
            ranged = True
            continue
        first = token[0]
        letters.update(chr(c) for c in range(ord(before if ranged and before else first), ord(first) + 1))
        before, ranged = first, False
    return paragraph[0] in letters


def _required(where: str, to: str) -> bool | None:
    """Whether a licence is required by one line of an entry."""
    if _MARK.match(where):
        found = chart().get(to)
        if found is None or found[1]:
            return None
        return any(mark in found[0] for mark in where.split(" + "))
    if re.search(r"worldwide", where, re.IGNORECASE):
        return True
    if "D:1, D:4, and D:5" in where:
        inside = to == "ARE" or any(to in groups()[g] for g in ("D:1", "D:4", "D:5")) or to in ("HKG", "MAC")
        return (inside and not any(to in groups()[g] for g in ("A:5", "A:6"))) or to == "ARE"
    if "Country Group D:5" in where:
        return to in groups()["D:5"] or to in ("MAC", "HKG")
    if where.startswith("China, Russia"):
        return to in _CRV
    if "746.1" in where or "764.1" in where:
        return None if to in _UN else False
    if "North Korea" in where:
        return to == "PRK"
    if "to Iraq" in where or "to Pakistan" in where:
        return (to == "Iraq" and "Iraq" in where) or (to == "PAK" and "Pakistan" in where)
    return None


def verdict(lines: list[dict[str, Any]], to: str) -> bool | None:
    """Over all lines: True where one requires a licence, None where one is not known, else False."""
    if not lines:
        return None
    found = chart().get(to)
    if found is not None and found[1]:
        return None
    states = [x["required"] for x in lines]
    return True if True in states else None if None in states else False
