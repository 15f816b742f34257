"""A past truce or deadline, and the file of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from detente import strict_yaml
from detente.dates import parse_date
from detente.errors import LedgerError, Problem, UserError, unknown

OUTCOMES = ("deal", "extended", "collapsed")
KINDS = ("truce", "threat", "statute")
_KEYS = {"id", "name", "kind", "set", "deadline", "outcome", "decided", "decision", "note", "sources", "confidence"}


@dataclass(frozen=True)
class Truce:
    """A standstill or a deadline, as it stood on the day asked about.

    Attributes
    ----------
    kind
        `truce`: a standstill both agreed to; `threat`: a day one named for a step, amid talks; `statute`: a day set
        by one side's law, moved by that side alone (TikTok).
    set, deadline
        The day it was agreed or announced, and the day it named; None: it named none.
    outcome
        `deal` (the step was given up for an agreement), `extended` (put off), `collapsed` (taken), `open` (the day had
        not come) or `unknown` (it had, and the evidence does not say).
    decided
        The day the outcome was known; None while it is not.
    decision
        Cases with one and the same decision behind them are not independent; empty while there is none.
    """

    id: str
    name: str
    kind: str
    set: dt.date
    deadline: dt.date | None
    outcome: str
    decided: dt.date | None
    decision: str
    note: str
    sources: tuple[str, ...]
    confidence: str

    @property
    def settled(self) -> bool:
        """Whether the outcome is one that counts."""
        return self.outcome in OUTCOMES


def read_cases(text: str, source: str) -> tuple[dt.date, tuple[Truce, ...]]:
    """The day the evidence ends and the cases of a file, by the day they were set.

    Raises
    ------
    LedgerError
        With every problem of the file and its line.
    """
    document = strict_yaml.parse(text, source)
    problems = list(document.problems)
    data = document.data if isinstance(document.data, dict) else {}
    rows = data.get("cases")
    if set(data) != {"evidence_until", "cases"} or not isinstance(rows, list):
        problems.append(Problem(source, "needs `evidence_until` and a list of `cases`, nothing else"))
        raise LedgerError(problems)
    out = []
    for k, row in enumerate(rows):
        try:
            out.append(_case(row, lambda *path, k=k: document.where(("cases", k, *path))))
        except UserError as error:
            problems += error.problems
    ids = [c.id for c in out]
    problems += [Problem(source, f"id {i!r} stands twice") for i in sorted(set(ids)) if ids.count(i) > 1]
    edge = dt.date.min
    try:
        edge = parse_date(data["evidence_until"], document.where(("evidence_until",)))
    except UserError as error:
        problems += error.problems
    if problems:
        raise LedgerError(problems)
    return edge, tuple(sorted(out, key=lambda c: c.set))


def _case(row: Any, where: Any) -> Truce:
    """One case, checked."""
    problems: list[Problem] = []
    missing = {"decided"} if isinstance(row, dict) and row.get("outcome") == "unknown" else set()
    if not isinstance(row, dict) or set(row) != _KEYS - missing:
        odd = sorted(set(row) ^ (_KEYS - missing)) if isinstance(row, dict) else "no mapping"
        raise LedgerError([Problem(where(), f"a case has other keys than it needs: {odd}")])
    days: dict[str, dt.date | None] = {}
    for key in ("set", "deadline", "decided"):
        try:
            empty = row.get(key) is None and (key == "deadline" or key in missing)
            days[key] = None if empty else parse_date(row[key], where(key))
        except UserError as error:
            problems += error.problems
    for key, listed in (("kind", KINDS), ("outcome", (*OUTCOMES, "unknown")), ("confidence", ("H", "M", "L"))):
        if row[key] not in listed:
            problems.append(unknown(key, str(row[key]), listed, where(key)))
    if not isinstance(row["sources"], list) or not row["sources"]:
        problems.append(Problem(where("sources"), "a case needs its sources, as a list"))
    start, due, decided = days.get("set"), days.get("deadline"), days.get("decided")
    if start and ((due and due < start) or (decided and decided < start)):
        problems.append(Problem(where("set"), "the case is set after its deadline or its outcome"))
    if problems:
        raise LedgerError(problems)
    assert start is not None
    texts = {key: str(row[key]) for key in ("id", "name", "kind", "outcome", "decision", "note", "confidence")}
    return Truce(**texts, set=start, deadline=due, decided=decided, sources=tuple(map(str, row["sources"])))
