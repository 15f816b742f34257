"""Screening: which listed parties a name may be, how sure that is, and why.

The answer is never "clear". `NO_LIST_MATCH` says that nothing alike stands on these lists of that day; `REVIEW` that a
person must look; `POTENTIAL_MATCH` that the names agree closely. Identity is for a person to settle.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from detente.controls._index import Index, flat
from detente.controls._lists import LISTS, REFUSE_AFTER_DAYS, Entry, Lists
from detente.controls._names import LONGEST_NAME, only_forms, run_together, short_forms, tools, unbridged
from detente.controls._reasons import doubt, reason_of
from detente.controls._score import Likeness, compare
from detente.controls._standing import standing
from detente.dates import parse_date
from detente.errors import Problem, UserError

POTENTIAL = 0.75
"""Score from which two names agree closely: the threshold of the best F1 on the public pairs."""
REVIEW = 0.60
"""Score from which a person must look."""

_NEAREST = 60
_RESCORED = 13
_BY_LETTERS = 8
_LEAST_RATIO = 60
_MOSTLY_PEOPLE = ("DPL", "DTC")
_NO_FIRMS = ("person", "vessel", "aircraft")
_WITH_A_SLIP = 0.9
_MOST_WITH_A_SLIP = 0.74
"""Score at most where a word had to be put right first: another spelling may be another name."""


@dataclass(frozen=True)
class Match:
    """A listed party that a name may be."""

    entry: Entry
    written: str
    """The listed name or alias that agrees best."""
    likeness: Likeness
    read_as: str = ""
    """The query as it was read, where its words had to be run together or put right first."""

    @property
    def result(self) -> str:
        """`POTENTIAL_MATCH` or `REVIEW`."""
        return "POTENTIAL_MATCH" if self.likeness.score >= POTENTIAL else "REVIEW"

    @property
    def reason(self) -> str:
        """Code of what makes it one (`REASONS`)."""
        if self.result == "POTENTIAL_MATCH":
            return "agrees"
        if self.likeness.by_pinyin:
            return "pinyin"
        return "respelled" if self.read_as else "near" if self.likeness.score >= REVIEW else "part"

    def to_dict(self) -> dict[str, Any]:
        """As JSON shows it."""
        entry = self.entry
        out: dict[str, Any] = {
            "id": entry.id,
            "name": entry.name,
            "alias": self.written if self.written != entry.name else None,
            "score": round(self.likeness.score, 3),
            "result": self.result,
            "reason": self.reason,
            "list": entry.list,
            "list_name": LISTS.get(entry.list, entry.list),
            "notice": entry.notice or None,
            "countries": list(entry.countries),
            "requirement": entry.requirement or None,
            "policy": entry.policy or None,
            "programs": entry.programs or None,
            "added": entry.added or None,
            "confidence": entry.confidence,
            "measure": entry.measure or None,
            "fingerprint": entry.fingerprint,
            "why": [*([f"read as {self.read_as}"] if self.read_as else []), *self.likeness.why()],
        }
        return out


class Screener:
    """Screens names against lists; building it takes a second or two, a name a few milliseconds.

    Parameters
    ----------
    lists
        None: the lists in use.
    only
        Ids of the entries to screen against; None: all.
    cache
        Whether the index may be kept for the next time.
    """

    def __init__(self, lists: Lists | None = None, *, only: Collection[str] | None = None, cache: bool = True) -> None:
        tools()
        self.lists = lists or Lists.load()
        entries = self.lists.entries if only is None else tuple(e for e in self.lists.entries if e.id in only)
        self.entries = entries
        self.names, self._owner = flat([_spellings(e) for e in entries])
        if cache and only is None:
            self.index = Index.kept(self.names, self.lists.version, _cache_folder())
        else:
            self.index = Index.of(self.names)

    @functools.cached_property
    def _plain(self) -> list[str]:
        """The listed names in small letters."""
        return [name.casefold() for name in self.names]

    def matches(self, name: str, min_score: float = REVIEW) -> list[Match]:
        """Listed parties that `name` may be, best first, one line per entry."""
        from rapidfuzz import fuzz

        if min_score > 1 or min_score < 0:
            raise UserError([Problem("--min-score", f"{min_score:g} is not a score", "Scores lie between 0 and 1.")])
        if only_forms(name):
            return []
        best = self._best(name, min_score, fuzz.token_set_ratio)
        if not any(m.likeness.score >= POTENTIAL for m in best.values()):
            together = run_together(name)
            for other in dict.fromkeys((together, self.index.joined(together or name))):
                if other:
                    _take(best, self._best(other, min_score, fuzz.token_set_ratio), other)
        if not best:
            for spelled in self.index.respelled(name):
                best |= self._best(name, min_score, fuzz.token_set_ratio, spelled)
                # a letter of a sound is no slip of the pen in a script that has no letters for it
                if not unbridged(name):
                    _take(best, self._one_slip(spelled, min_score, fuzz.token_set_ratio), spelled)
        return sorted(best.values(), key=lambda m: (-m.likeness.score, m.entry.id))

    def _one_slip(self, spelled: str, min_score: float, ratio: Callable[[str, str], float]) -> dict[int, Match]:
        """Matches of a name with one word put right: for a person to see, never a close agreement.

        A part of a name is enough for firms only: among first names and ships nearly every word is near another.
        """
        out = {}
        for owner, match in self._best(spelled, min_score, ratio).items():
            like, entry = match.likeness, match.entry
            score = min(like.score * _WITH_A_SLIP, _MOST_WITH_A_SLIP)
            a_firm = entry.kind not in _NO_FIRMS and entry.list not in _MOSTLY_PEOPLE
            if like.score >= max(POTENTIAL, min_score) or (like.contained and a_firm and min_score <= REVIEW):
                out[owner] = replace(match, likeness=replace(like, score=score))
        return out

    def _best(
        self, name: str, min_score: float, ratio: Callable[[str, str], float], near: str = ""
    ) -> dict[int, Match]:
        """The best match of each entry near a name (or near another spelling of it), by the entry's place."""
        places = self.index.nearest(near or name, _NEAREST)
        plain = (near or name)[:LONGEST_NAME].casefold()
        alike = ((ratio(plain, self._plain[i]), -i) for i in places[_BY_LETTERS:])
        rest = [-i for score, i in sorted(alike, reverse=True) if score >= _LEAST_RATIO]
        ranked = places[:_BY_LETTERS] + rest[: _RESCORED - _BY_LETTERS]
        best: dict[int, Match] = {}
        for place in ranked:
            entry = self.entries[self._owner[place]]
            likeness = compare(name, self.names[place], person=entry.kind == "person")
            # a listed name that holds the whole query is for a person to see, unless a higher score was asked for
            if likeness.score < min_score and not (likeness.contained and min_score <= REVIEW):
                continue
            now = best.get(self._owner[place])
            if now is None or likeness.score > now.likeness.score:
                best[self._owner[place]] = Match(entry, self.names[place], likeness)
        return best


def _take(best: dict[int, Match], found: dict[int, Match], read_as: str) -> None:
    """Add what was found under another reading of the name, where it is better than what is there."""
    for owner, match in found.items():
        if owner not in best or match.likeness.score > best[owner].likeness.score:
            best[owner] = replace(match, read_as=read_as)


def _spellings(entry: Entry) -> tuple[str, ...]:
    names = (entry.name, *entry.aliases)
    return tuple(dict.fromkeys((*names, *(short for name in names for short in short_forms(name)))))


def _cache_folder() -> Any:
    import os
    from pathlib import Path

    named = os.environ.get("DETENTE_CACHE_DIR")
    if named:
        return Path(named) / "controls"
    import platformdirs

    return Path(platformdirs.user_cache_dir("detente")) / "controls"


@functools.cache
def _screener(version: str) -> Screener:
    del version
    return Screener()


RESULTS = ("NO_LIST_MATCH", "SETTLED", "REVIEW", "POTENTIAL_MATCH")
"""Results from the weakest; `SETTLED` is for a name whose every match a person has judged to be another party."""


def overall(matches: Sequence[Match], settled: Sequence[Any] = ()) -> str:
    """The strongest result of all matches, those that a person settled apart."""
    if any(m.result == "POTENTIAL_MATCH" for m in matches):
        return "POTENTIAL_MATCH"
    return "REVIEW" if matches else "SETTLED" if settled else "NO_LIST_MATCH"


def named(name: str) -> str:
    """The name, if there is one.

    Raises
    ------
    UserError
        For an empty name. In a batch such a row is for review: the file goes on.
    """
    if not name.strip():
        raise UserError([Problem("NAME", "is empty", "Give the name of a firm, a person or a ship.")])
    return name


def answer(
    name: str,
    matches: Sequence[Match],
    lists: Lists,
    allowed: Sequence[dict[str, Any]] = (),
    warnings: Sequence[str] = (),
) -> dict[str, Any]:
    """The answer for one name: `{name, list_date, lists, list_notes, result, reason, matches, allowed, warnings}`."""
    result = overall(matches, allowed)
    code, note = doubt(name, matched=result != "NO_LIST_MATCH")
    found = [m.to_dict() for m in matches]
    if note and result == "NO_LIST_MATCH":
        result = "REVIEW"
    return {
        "name": name[:LONGEST_NAME],
        "list_date": lists.date.isoformat(),
        "lists": {s.name: s.date.isoformat() for s in lists.sources},
        "list_notes": lists.notes,
        "result": result,
        "reason": reason_of(found, bool(allowed), code),
        "matches": found,
        "allowed": list(allowed),
        "warnings": [*([note] if note else []), *warnings],
    }


def screen(
    name: str,
    *,
    min_score: float = REVIEW,
    lists: Lists | None = None,
    on: str | dt.date | None = None,
    known: str | dt.date | None = None,
    assume: str | None = None,
    today: dt.date | None = None,
    max_age: int = REFUSE_AFTER_DAYS,
) -> dict[str, Any]:
    """Screen one name against the US and Chinese lists.

    Parameters
    ----------
    name
        A name in any script.
    min_score
        Score below which nothing is shown; 0.60 by default.
    lists
        None: the lists in use.
    on, known, assume
        Where given, every entry that rests on a measure of the ledger also says how it stands on that day.
    today, max_age
        Lists older than `max_age` days on `today` are refused.

    Returns
    -------
    `{name, list_date, lists, list_notes, result, reason, matches: [{name, alias, score, list, notice, reason, why,
    ...}], allowed, warnings}`. `reason` is a code of `REASONS`; `list_notes` says what each list lacks.

    Raises
    ------
    UserError
        For an empty name, lists that are too old, or a score that is none.

    Examples
    --------
    >>> import datetime as dt
    >>> found = screen("华为技术有限公司", today=dt.date(2026, 8, 1))
    >>> found["result"], found["matches"][0]["list"]
    ('POTENTIAL_MATCH', 'EL')
    """
    named(name)
    warnings = (lists or Lists.load()).staleness(today or dt.date.today(), max_age) if lists else None
    screener = Screener(lists, cache=False) if lists else _screener("")
    if warnings is None:
        warnings = screener.lists.staleness(today or dt.date.today(), max_age)
    found = screener.matches(name, min_score)
    out = answer(name, found, screener.lists, warnings=warnings)
    if on is not None:
        add_standings(out["matches"], on, known, assume, screener.lists)
    return out


def add_standings(
    matches: list[dict[str, Any]],
    on: str | dt.date,
    known: str | dt.date | None,
    assume: str | None,
    lists: Lists | None = None,
) -> None:
    """Say of every match how its listing stands on a day: by its measure in the ledger, else what its notice tells.

    The American list says of no entry since when it stands: for a day other than its own that is not known.
    """
    day = parse_date(on, "--on")
    dates = {s.date for s in lists.sources if s.name == "us-csl"} if lists else set()
    for match in matches:
        if match["measure"]:
            state = standing(match["measure"], day, known, assume)
            row = {k: state[k] for k in ("status", "since", "until", "confidence", "assumed")}
            match["standing"] = row | {"note": None}
        else:
            listed = day in dates
            note = None if listed else _of_its_notice(match["notice"] or "", day)
            match["standing"] = {
                "status": "in_force" if listed else "unknown", "since": match["added"], "until": None,
                "confidence": "H" if listed else "L", "assumed": None, "note": note,
            }  # fmt: skip


_CITED = re.compile(r"\b(\d{2,3}) FR \d+")
_FIRST_VOLUME = 1936


def _of_its_notice(notice: str, day: dt.date) -> str:
    """What the year of a notice says of a day; the first volume of the Federal Register is of 1936.

    >>> import datetime as dt
    >>> _of_its_notice("89 FR 96837", dt.date(2020, 1, 1))
    'its earliest notice (89 FR 96837) is of 2024: not listed under it on that day'
    """
    years = {_FIRST_VOLUME - 1 + int(m[1]): m[0] for m in _CITED.finditer(notice)}
    if years and day.year < min(years):
        cited = re.search(rf"{years[min(years)]}\d*", notice)
        text = f"its earliest notice ({cited[0] if cited else notice}) is of {min(years)}"
        return f"{text}: not listed under it on that day"
    return "the list does not say since when it stands, and is of another day"
