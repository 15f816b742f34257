"""Read the files of commitments, one a deal; every problem of every file at once, with its line."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente import economies, strict_yaml
from detente.dates import FIRST_DAY
from detente.errors import LedgerError, Problem, UnknownName
from detente.ledger._commitment_record import (
    FINDINGS,
    GAP,
    INDICATORS,
    KINDS,
    SAYS,
    UNNAMED,
    Assertion,
    Commitment,
    Dated,
    Extension,
    Finding,
    Indicator,
    Reading,
    Target,
    Undated,
)
from detente.ledger._fields import Fields
from detente.ledger._words import CONFIDENCE
from detente.strict_yaml import Document, Path_

EMBEDDED = Path(__file__).resolve().parents[1] / "data" / "commitments"
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


class _Entry(Fields):
    """`Fields` with the numbers, economies and dates of commitments."""

    def number(self, key: str) -> float | None:
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.problem((key,), f"{key!r} must be a plain number, not {value!r}", "Write it without unit or commas.")
            return None
        return float(value)

    def moment(self, key: str) -> tuple[dt.date | None, str]:
        """A day, or a month where no day is known: (its last day, so that nothing counts too early; how exact)."""
        value = self.data.get(key)
        if isinstance(value, str) and _MONTH.fullmatch(value):
            year, month = map(int, value.split("-"))
            return dt.date(year, month, calendar.monthrange(year, month)[1]), "month"
        return self.date(key), "day"

    def economy(self, key: str) -> str:
        name = self.text(key)
        try:
            return economies.economy(name) if name else ""
        except UnknownName as error:
            for bad in error.problems:
                self.problem((key,), bad.what, bad.remedy)
            return ""


_COMMON = ("date", "known", "source", "confidence", "note")


@dataclass(frozen=True)
class _Default:
    source: str
    confidence: str
    date: dt.date


def _dated(entry: _Entry, default: _Default, *, date_needed: bool = True) -> dict[str, Any]:
    """The common keys; without `date` the deal's day where that is allowed."""
    date, exact = entry.moment("date")
    if date is None and date_needed and not entry.has("date"):
        entry.problem((), f"{entry.name} needs 'date'", "Write YYYY-MM-DD, or YYYY-MM where no day is known.")
    date = date or default.date
    known, exact_known = entry.moment("known")
    if known is not None and known < date and entry.name == "a value":
        entry.problem(("known",), f"is known on {known}, before the day it describes ({date})", "Check both days.")
    return {
        "date": date,
        "known": known or date,
        "day_known_to": "month" if "month" in (exact, exact_known) else "day",
        "source": entry.text("source", default.source),
        "confidence": entry.one_of("confidence", CONFIDENCE, "confidence", default.confidence) or "L",
        "note": entry.text("note", ""),
    }


def _entries(top: _Entry, key: str, name: str, known: Sequence[str]) -> list[_Entry]:
    rows = top.items(key)
    return [_Entry(top.document, row, (*top.path, key, i), name, known) for i, row in enumerate(rows)]


def _assertions(top: _Entry, default: _Default) -> tuple[Assertion, ...]:
    out = []
    for entry in _entries(top, "assertions", "an assertion", (*_COMMON, "party", "says", "value", "due")):
        party, says = entry.economy("party"), entry.one_of("says", SAYS, "word for an assertion")
        common = _dated(entry, default, date_needed=False)
        out.append(Assertion(**common, party=party, says=says, value=entry.number("value"), due=entry.date("due")))
    if not out:
        top.problem((), "a commitment needs 'assertions'", "Give one for each party: yes, no or silent.")
    return tuple(out)


def _extensions(top: _Entry, default: _Default, due: dt.date | None) -> tuple[Extension, ...]:
    out: list[Extension] = []
    last, told = due, dt.date.min
    for entry in _entries(top, "extensions", "an extension", (*_COMMON, "until")):
        common = _dated(entry, default)
        if common["date"] < told:
            entry.problem(("date",), f"{common['date']} is before the extension above it", "List them in order.")
        told = common["date"]
        if entry.data.get("until") == UNNAMED:
            out.append(Extension(**common, until=None))
            continue
        until = entry.date("until")
        if until is None:
            if not entry.has("until"):
                entry.problem((), "an extension needs 'until'", f"A day, or {UNNAMED} where no day is named.")
            continue
        if last is None or until <= last:
            was = f"the day before it, {last}" if last else "a due day, which is missing"
            entry.problem(("until",), f"{until} does not move {was}", "List extensions in order; an original stays.")
        last = until
        out.append(Extension(**common, until=until))
    return tuple(out)


def _reading(entry: _Entry, default: _Default, lag: int | None) -> Reading | None:
    """A value; without a day of publication it is known only when the yardstick's lag has run."""
    common = _dated(entry, default)
    value, low, high = entry.number("value"), entry.number("low"), entry.number("high")
    if (value is None) == (low is None) or (value is not None and high is not None):
        entry.problem((), "a value needs either 'value', or 'low' with or without 'high'", "Write one of the two.")
        return None
    first = value if value is not None else low
    assert first is not None
    if high is not None and high < first:
        entry.problem(("high",), f"high {high:g} is below low {first:g}", "Swap them.")
    known_from = "source" if entry.has("known") else "date" if lag is None else "lag"
    if known_from == "lag" and lag is not None:
        common["known"] = common["date"] + dt.timedelta(days=lag)
    top = value if value is not None else high
    return Reading(**common, period=entry.text("period", ""), low=first, high=top, known_from=known_from)


def _lag(entry: _Entry) -> int | None:
    """Whole days; a lag is a fact like any other, and says where it is from."""
    lag = entry.number("lag_days")
    if lag is not None and (lag < 0 or lag != int(lag) or lag > 3660):
        entry.problem(("lag_days",), f"{lag:g} is not a number of days", "Whole days from the end of the period.")
        return None
    if (lag is None) == entry.has("lag_source"):
        missing = "lag_source" if lag is not None else "lag_days"
        entry.problem((), f"'lag_days' and 'lag_source' go together; {missing!r} is missing", "Give both or neither.")
    return None if lag is None else int(lag)


_INDICATOR_KEYS = ("kind", "what", "unit", "lag_days", "lag_source", "values", "source", "confidence")


def _indicators(top: _Entry, default: _Default) -> tuple[Indicator, ...]:
    out = []
    for entry in _entries(top, "indicators", "an indicator", _INDICATOR_KEYS):
        kind, what = entry.one_of("kind", INDICATORS, "kind of indicator"), entry.text("what")
        own = _Default(
            entry.text("source", default.source),
            entry.one_of("confidence", CONFIDENCE, "confidence", default.confidence),
            default.date,
        )
        lag = _lag(entry)
        rows = _entries(entry, "values", "a value", (*_COMMON, "period", "value", "low", "high"))
        values = tuple(r for r in (_reading(row, own, lag) for row in rows) if r is not None)
        out.append(Indicator(kind, what, entry.text("unit"), lag, entry.text("lag_source", ""), values))
    return tuple(out)


def _evidence(top: _Entry, default: _Default, extensions: tuple[Extension, ...]) -> tuple[Finding, ...]:
    out = []
    for entry in _entries(top, "evidence", "a finding", (*_COMMON, "finding", "measures", "by")):
        common = _dated(entry, default)
        finding = entry.one_of("finding", FINDINGS, "finding")
        before = [e for e in extensions if e.date <= common["date"]]
        named = before[-1].until is not None if before else top.has("due")
        if finding == "ended" and named:
            what = "'ended' is only for a promise that had no named last day by then"
            entry.problem(("finding",), what, "Write breached, or add the extension without a named day.")
        out.append(Finding(**common, finding=finding, measures=entry.texts("measures"), by=entry.text("by", "")))
    return tuple(out)


def _target(top: _Entry, kind: str, indicators: tuple[Indicator, ...]) -> Target | None:
    if not top.has("target"):
        if kind == "quantity":
            top.problem((), "a quantity needs 'target'", "Give value and unit, and the baseline where it is known.")
        return None
    keys = ("value", "unit", "baseline", "from", "decides")
    entry = _Entry(top.document, top.data["target"], (*top.path, "target"), "a target", keys)
    value, unit, baseline = entry.number("value"), entry.text("unit"), entry.number("baseline")
    decides = entry.one_of("decides", INDICATORS, "kind of indicator", "")
    if value is None or value <= 0:
        entry.problem(("value",), "a target needs a 'value' above zero", "Write the amount promised.")
        return None
    if baseline is not None and baseline >= value:
        entry.problem(("baseline",), f"the baseline {baseline:g} is not below the target {value:g}", "Check both.")
    if decides and decides not in [i.kind for i in indicators]:
        entry.problem(("decides",), f"{decides!r} decides, but no indicator is of that kind", "Add the indicator.")
    for i, indicator in enumerate(indicators):
        if indicator.unit and unit and indicator.unit != unit:
            what = f"the indicator counts {indicator.unit!r}, the target {unit!r}"
            top.problem(("indicators", i, "unit"), what, "Use one unit.")
    return Target(value, unit, baseline, entry.date("from"), decides)


_KEYS = (
    *_COMMON, "name", "actor", "kind", "what", "due", "target", "assertions", "extensions", "indicators",
    "evidence", "undated",
)  # fmt: skip


def _commitment(top: _Entry, stem: str, deal: str, default: _Default) -> Commitment:
    common = _dated(top, default, date_needed=False)
    inner = _Default(common["source"], common["confidence"], common["date"])
    kind, due = top.one_of("kind", KINDS, "kind of commitment"), top.date("due")
    if due is not None and due < common["date"]:
        top.problem(("due",), f"is due on {due}, before it was made ({common['date']})", "Check both days.")
    if kind == "standstill" and due is None and not top.has("due"):
        top.problem((), "a standstill needs 'due'", "Give the day until which it holds.")
    indicators = _indicators(top, inner)
    undated = tuple(
        Undated(e.text("what"), e.text("source", inner.source), e.one_of("confidence", CONFIDENCE, "confidence", "L"))
        for e in _entries(top, "undated", "an undated statement", ("what", "source", "confidence"))
    )
    extensions = _extensions(top, inner, due)
    return Commitment(
        id=f"{stem}.{top.text('name')}",
        deal=deal,
        actor=top.economy("actor"),
        kind=kind,
        what=top.text("what"),
        made=Dated(**common),
        due=due,
        target=_target(top, kind, indicators),
        assertions=_assertions(top, inner),
        extensions=extensions,
        indicators=indicators,
        evidence=_evidence(top, inner, extensions),
        undated=undated,
    )


def _deal(document: Document, stem: str) -> list[Commitment]:
    """The commitments of one file; problems stay in the document."""
    root: Path_ = ()
    top = _Entry(
        document, document.data, root, "a deal", ("deal", "date", "source", "confidence", "note", "commitments")
    )
    date = top.date("date", needed=True) or FIRST_DAY
    default = _Default(top.text("source"), top.one_of("confidence", CONFIDENCE, "confidence"), date)
    deal = top.text("deal")
    rows = _entries(top, "commitments", "a commitment", _KEYS)
    if not rows and not document.problems:
        top.problem((), "a deal needs 'commitments'", "List at least one.")
    return [_commitment(row, stem, deal, default) for row in rows]


def _gaps(document: Document, data: Any, path: Path_) -> None:
    """A problem for each gap that a draft has left; nothing else is told of such a file."""
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            _gaps(document, value, (*path, key))
    elif isinstance(data, str) and GAP in data:
        what = data.partition(GAP)[2].strip(" :") or "see the source"
        key = next((str(k) for k in reversed(path) if isinstance(k, str)), "")
        document.problems.append(Problem(document.where(path), f"{key!r} is still {GAP}", f"Fill it in: {what}."))


def read(root: Path = EMBEDDED) -> list[Commitment]:
    """Every commitment of a folder, in order of the day it was made.

    Raises
    ------
    LedgerError
        With every problem of every file, each with file and line.
    """
    problems: list[Problem] = []
    out: list[Commitment] = []
    places: dict[str, str] = {}
    later: list[tuple[str, str]] = []
    for path in sorted(root.glob("*.yaml")):
        document = strict_yaml.read(path, path.name)
        if not document.problems:
            _gaps(document, document.data, ())
        if not document.problems:
            for i, row in enumerate(_deal(document, path.stem)):
                where = document.where(("commitments", i))
                if row.id in places:
                    problems.append(Problem(where, f"{row.id} stands there twice", f"First: {places[row.id]}."))
                places[row.id] = where
                later += [(where, e.by) for e in row.evidence if e.by]
                out.append(row)
        problems += document.problems
    if not out and not problems:
        problems.append(Problem(str(root), "holds no commitments", "A deal is a file <deal>.yaml."))
    problems += [
        Problem(where, f"is superseded by {by!r}, which is not there", "Name the commitment as <file>.<name>.")
        for where, by in later
        if by not in places
    ]
    if problems:
        raise LedgerError(problems)
    return sorted(out, key=lambda c: (c.made.date, c.id))
