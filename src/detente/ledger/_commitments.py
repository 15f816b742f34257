"""Commitments on a day: who says what was promised, how far it has come, and its status, all computed.

Nothing here is stored: assertions, values, extensions and findings are dated entries that only ever get added, and an
entry counts if it is dated by `on` and could be known by `known`.
"""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import Any

from detente import strict_yaml
from detente.dates import Clocks
from detente.ledger import _commitment_files as files
from detente.ledger._commitment_files import EMBEDDED
from detente.ledger._commitment_record import Assertion, Commitment, Dated, Finding, Indicator, Reading, Target
from detente.ledger._words import weakest

STATUSES = {
    "kept": "done, or the amount was reached, or held to its last day",
    "partly_kept": "an act done in part",
    "missed": "the day passed and it had not been done, or the amount not reached; attainment says how far it came",
    "broken": "acted against, and that was not undone",
    "pending": "its day has not come",
    "extended": "its day was moved, and has not come",
    "ended": "ran on without a named last day, and was ended by the one who gave it",
    "superseded": "a later promise or the law took its place",
    "unknown": "its day has passed, or it has none, and the evidence does not decide",
}
Span = tuple[float, float | None]
"""Lowest and highest value; None: no upper end is known."""


def commitments(
    on: str | dt.date, known: str | dt.date | None = None, path: str | Path | None = None
) -> list[dict[str, Any]]:
    r"""Every commitment made by a day, as known on a day.

    With target $T$, baseline $B$, actual $A$ and the share $e$ of the time from its start to its due day that had
    passed on the day of $A$:

    $$ attainment = A / T, \quad excess = (A - B) / (T - B), \quad pace = attainment / e $$

    Parameters
    ----------
    on
        Day of the state, YYYY-MM-DD.
    known
        Day one looks from; None: everything known.
    path
        A folder of one's own deals, one YAML file each, instead of the embedded ones.

    Returns
    -------
    list of dict
        In order of the day they were made. `attainment`, `excess` and `pace` are fractions, None where no figure
        decides; `attainment_range` then spans what the yardsticks say (upper end None: open). `contested` is true where
        the parties' latest assertions differ, on the promise, its amount or its day.

    Raises
    ------
    DateError
        If a day cannot be read or lies before 2018.
    LedgerError
        With every problem of every file.

    References
    ----------
    C. P. Bown (2022), China bought none of the extra $200 billion of US exports in Trump's trade deal, PIIE.

    Examples
    --------
    >>> row = next(r for r in commitments("2022-03-01") if r["id"] == "phase-one.purchases")
    >>> row["status"], round(row["attainment"], 2), row["excess"] < 0
    ('missed', 0.57, True)
    """
    clocks = Clocks.parse(on, known)
    rows, edge = _embedded() if path is None else (tuple(files.read(Path(path))), clocks.on)
    seen = min(clocks.known or edge, edge)
    return [_at(row, clocks, seen) for row in rows if row.made.counts(clocks.on, clocks.known)]


@functools.cache
def _embedded() -> tuple[tuple[Commitment, ...], dt.date]:
    """The embedded deals, and the last day of any evidence, which they share with the measures."""
    coverage = strict_yaml.read(EMBEDDED.parent / "ledger" / "coverage.yaml")
    return tuple(files.read()), dt.date.fromisoformat(coverage.data["thin_until"])


def _at(row: Commitment, clocks: Clocks, seen: dt.date) -> dict[str, Any]:
    """One commitment's answer; nothing is known of what happened after the day `seen`."""
    on, known = clocks.on, clocks.known
    said = _latest(row, clocks)
    moved = [e for e in row.extensions if e.counts(on, known)]
    due = moved[-1].until if moved else row.due
    told = [(i, _reading(i, clocks)) for i in row.indicators]
    findings = [e for e in row.evidence if e.counts(on, known)]
    span, figure = _actual(row.target, told)
    sure = row.target is not None and (row.target.decides not in (None, "", "unknown") or len(row.indicators) <= 1)
    # where the text names no yardstick, one that happens to have a figure first decides nothing
    decided = span[0] if sure and span is not None and span[0] == span[1] else None
    status, reason = _status(row, clocks.on, seen, due, bool(moved), findings, told)
    good = ("performed", "part_performed", "restored")
    return {
        "id": row.id,
        "deal": row.deal,
        "actor": row.actor,
        "kind": row.kind,
        "what": row.what,
        "made": row.made.date.isoformat(),
        "target": _target(row.target),
        "due": due.isoformat() if due else None,
        "original_due": row.due.isoformat() if row.due else None,
        "extensions": [{**_told(e), "until": e.until.isoformat() if e.until else None} for e in moved],
        "status": status,
        "status_reason": reason,
        "contested": bool(over := _contested(said)),
        "contested_over": over,
        "assertions": [
            {
                **_told(a),
                "party": a.party,
                "says": a.says,
                "value": a.value,
                "due": a.due.isoformat() if a.due else None,
            }
            for a in said
        ],
        "indicators": [_indicator(i, r, row.target, due) for i, r in told],
        "attainment": None if decided is None else _share(decided, row.target),
        "attainment_range": _shares(span, row.target),
        "excess": None if decided is None else _excess(decided, row.target),
        "pace": _pace(row, due, decided, figure),
        "evidence": [
            {**_told(e), "finding": e.finding, "measures": list(e.measures), "by": e.by or None} for e in findings
        ],
        "delivered_by": sorted({m for e in findings if e.finding in good for m in e.measures}),
        "breached_by": sorted({m for e in findings if e.finding == "breached" for m in e.measures}),
        "ended_by": sorted({m for e in findings if e.finding == "ended" for m in e.measures}),
        "undated": [vars(u) for u in row.undated] if known is None else [],
        "confidence": weakest(
            [
                row.made.confidence,
                *(e.confidence for e in (*findings, *moved)),
                *([figure.confidence] if figure else []),
            ]
        ),
        "source": row.made.source,
        "note": row.made.note,
    }


def _told(entry: Dated) -> dict[str, Any]:
    """The common part of a dated entry."""
    return {
        "date": entry.date.isoformat(),
        "known": entry.known.isoformat(),
        "day_known_to": entry.day_known_to,
        "source": entry.source,
        "confidence": entry.confidence,
        "note": entry.note,
    }


def _latest(row: Commitment, clocks: Clocks) -> list[Assertion]:
    """Each party's last word that counts, in the order of the file."""
    last: dict[str, Assertion] = {}
    for assertion in row.assertions:
        if assertion.counts(clocks.on, clocks.known):
            held = last.get(assertion.party)
            if held is None or (assertion.date, assertion.known) >= (held.date, held.known):
                last[assertion.party] = assertion
    return list(last.values())


def _contested(said: list[Assertion]) -> list[str]:
    """What the parties' assertions differ on: the promise itself, its amount, its day."""
    over = []
    if len({a.says for a in said} - {"unknown"}) > 1:
        over.append("promise")
    if len({a.value for a in said if a.value is not None}) > 1:
        over.append("amount")
    if len({a.due for a in said if a.due is not None}) > 1:
        over.append("due")
    return over


def _reading(indicator: Indicator, clocks: Clocks) -> Reading | None:
    """The newest value of the newest vintage that counts."""
    seen = [v for v in indicator.values if v.counts(clocks.on, clocks.known)]
    return max(seen, key=lambda v: (v.date, v.known)) if seen else None


def _actual(target: Target | None, told: list[tuple[Indicator, Reading | None]]) -> tuple[Span | None, Reading | None]:
    """What was reached: by the yardstick the text names, else the span of all; and the reading that decides."""
    if target is None:
        return None, None
    if target.decides:
        told = [(i, r) for i, r in told if i.kind == target.decides]
    readings = [r for _, r in told if r is not None]
    if not readings:
        return None, None
    highs = [r.high for r in readings if r.high is not None]
    low, high = min(r.low for r in readings), max(highs) if len(highs) == len(readings) else None
    return (low, high), readings[0] if len(readings) == 1 else None


def _share(value: float, target: Target | None) -> float | None:
    """Attainment: actual over target."""
    return None if target is None else value / target.value


def _shares(span: Span | None, target: Target | None) -> list[float | None] | None:
    if span is None or target is None:
        return None
    return [span[0] / target.value, None if span[1] is None else span[1] / target.value]


def _excess(value: float, target: Target | None) -> float | None:
    """Of what was to be added to the baseline, the share that was; below zero if the baseline was not reached."""
    if target is None or target.baseline is None:
        return None
    return (value - target.baseline) / (target.value - target.baseline)


def _pace(row: Commitment, due: dt.date | None, value: float | None, reading: Reading | None) -> float | None:
    """Attainment over the share of the time that had passed on the day of the value, not on the day of asking."""
    if row.target is None or value is None or reading is None or due is None:
        return None
    start = row.target.start or row.made.date
    # both ends are whole days: a year from 1 January is over at the end of 31 December
    passed, whole = (reading.date - start).days + 1, (due - start).days + 1
    if passed <= 0 or whole <= 0:
        return None
    return value / row.target.value / min(1.0, passed / whole)


def _target(target: Target | None) -> dict[str, Any] | None:
    if target is None:
        return None
    return {
        "value": target.value,
        "unit": target.unit,
        "baseline": target.baseline,
        "from": target.start.isoformat() if target.start else None,
        "decided_by": target.decides or "unknown",
    }


def _indicator(
    indicator: Indicator, reading: Reading | None, target: Target | None, due: dt.date | None
) -> dict[str, Any]:
    """One yardstick with the value that counts, or none, and the first day its last figure can be published."""
    lag = indicator.lag_days
    head = {
        "kind": indicator.kind,
        "what": indicator.what,
        "unit": indicator.unit,
        "lag_days": lag,
        "lag_source": indicator.lag_source or None,
        "final_figure_from": None if lag is None or due is None else (due + dt.timedelta(days=lag)).isoformat(),
    }
    if reading is None:
        return {**head, "value": None, "low": None, "high": None, "attainment": None, "attainment_range": None}
    point = reading.low if reading.low == reading.high else None
    return {
        **head,
        **_told(reading),
        "known_from": reading.known_from,
        "period": reading.period,
        "value": point,
        "low": reading.low,
        "high": reading.high,
        "attainment": None if point is None else _share(point, target),
        "attainment_range": _shares((reading.low, reading.high), target),
    }


def _status(
    row: Commitment,
    on: dt.date,
    seen: dt.date,
    due: dt.date | None,
    moved: bool,
    findings: list[Finding],
    told: list[tuple[Indicator, Reading | None]],
) -> tuple[str, str]:
    """Status and the reason for it."""
    passed = due is not None and on > due
    breached, last = False, ""
    for finding in sorted(findings, key=lambda f: (f.date, f.known)):
        breached = (breached or finding.finding == "breached") and finding.finding != "restored"
        if finding.finding not in ("breached", "restored"):
            last = finding.finding
        if finding.finding == "superseded":
            # a promise already broken stays broken; a later one does not mend it
            return (
                ("broken", "breached before it was superseded")
                if breached
                else ("superseded", finding.note or finding.by)
            )
    if breached:
        return "broken", "acted against, and not undone by then"
    if last == "ended":
        return "ended", "no last day was named, and the one who gave it ended it"
    if last == "not_done":
        return "missed", "found not done"
    if row.kind == "quantity" and row.target is not None:
        return _quantity(row.target, on, due, moved, told)
    if last == "performed" and row.kind == "act":
        return "kept", "performed"
    if last == "performed" and due is not None and passed:
        if seen < due:  # not to know of a breach is not to know that there was none
            return "unknown", f"taken up, but nothing is known after {seen}, and its last day was {due}"
        return "kept", "taken up, and held to its last day as far as is known"
    if last == "part_performed":
        return "partly_kept", "done in part"
    if passed:
        return "unknown", "no evidence decides"
    return _waiting(due, moved)


def _waiting(due: dt.date | None, moved: bool) -> tuple[str, str]:
    """Its day has not come, or was put off without another being named; without any day nothing can be said."""
    if due is not None:
        return "extended" if moved else "pending", f"due {due}"
    return ("extended", "no last day is named") if moved else ("unknown", "no day was set and no evidence decides")


def _quantity(
    target: Target, on: dt.date, due: dt.date | None, moved: bool, told: list[tuple[Indicator, Reading | None]]
) -> tuple[str, str]:
    """Verdict on an amount: of the yardstick that decides, else of all if they agree."""
    used = [(i, r) for i, r in told if target.decides in ("", i.kind)]
    verdicts = {_verdict(target, due, r) for _, r in used}
    if verdicts == {"kept"}:
        return "kept", "the amount was reached"
    if due is None or on <= due:
        return _waiting(due, moved)
    if verdicts == {"missed"}:
        return "missed", "the amount was not reached by its last day"
    if not used:
        return "unknown", "no figure"
    if verdicts == {"unknown"}:
        return "unknown", "no final figure" + _not_before(on, due, [i for i, _ in used])
    return "unknown", "the yardsticks disagree, or have no final figure"


def _not_before(on: dt.date, due: dt.date, used: list[Indicator]) -> str:
    """The day still ahead from which all yardsticks can have a last figure, where each has a calendar."""
    lags = [i.lag_days for i in used if i.lag_days is not None]
    day = due + dt.timedelta(days=max(lags, default=0))
    return f"; not before {day}" if len(lags) == len(used) and on < day else ""


def _verdict(target: Target, due: dt.date | None, reading: Reading | None) -> str:
    """What one reading says: reached at any time is kept; less is a verdict only if it runs to the due day."""
    if reading is None:
        return "unknown"
    if reading.low >= target.value:
        return "kept"
    if due is None or reading.date < due or reading.high is None or reading.high >= target.value:
        return "unknown"
    return "missed"
