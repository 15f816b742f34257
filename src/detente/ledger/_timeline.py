"""What stood when: the states of measures as spans of days, and the average duty as steps.

Nothing is stored and nothing is sampled: a state can only change on a day that some event names, so the law is asked on
those days and on no others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from detente import economies
from detente.dates import FIRST_DAY, parse_date
from detente.errors import DateError, Problem

if TYPE_CHECKING:
    from detente.ledger._ledger import Ledger
    from detente.ledger._records import Measure

Day = str | dt.date

_SAID = ("state", "rate", "collected", "confidence")
_SAME = 5e-7
"""Averages nearer than this are one step."""
_BEGINS = ("announced", "entered_into_force", "suspended", "resumed")


def timeline(
    ledger: Ledger,
    *,
    start: Day = FIRST_DAY,
    end: Day | None = None,
    known: Day | None = None,
    between: tuple[str, str] = ("USA", "CHN"),
    tariffs_only: bool = True,
    measures: Iterable[str] | None = None,
) -> list[dict[str, Any]]:
    """Spans of days on which a measure or one of its limbs had one state and one rate.

    Parameters
    ----------
    ledger
        The facts.
    start, end
        First and last day of interest, the imposer's calendar. `end`: None for the last day of firm evidence.
    known
        The day one looks from; None for all the evidence.
    between
        Two economies: measures of either that reach the other.
    tariffs_only
        Leave out controls, fees and reviews.
    measures
        Only these, by id, `id#limb` or alias, in their order.

    Returns
    -------
    Rows `{measure, title, imposer, layer, from, until, state, rate, collected, confidence}`, by measure, then day.
    `from` is the first day of the span, if need be before `start`; `until` the first day after it, None if it lasts to
    `end` and on. `state` as `Ledger.status` has it, from the day it was announced; `rate` is a fraction, None where it
    varies by line or where the row is a limb's or no tariff's. `collected` is None for these.

    Raises
    ------
    DateError, UnknownName
        For days and names that cannot be read; `end` before `start`.

    Examples
    --------
    >>> from detente.ledger import Ledger
    >>> rows = timeline(Ledger.load(), measures=["usa.s122.global"], end="2026-08-01")
    >>> [(row["from"], row["until"], row["state"], row["rate"]) for row in rows if row["state"] == "in_force"]
    [('2026-02-24', '2026-07-24', 'in_force', 0.1)]
    """
    first = parse_date(start, "--start")
    last = ledger.firm_until if end is None else parse_date(end, "--end")
    if last < first:
        raise DateError([Problem("--end", f"{last} lies before {first}", "Give the earlier day as --start.")])
    seen_from = None if known is None else parse_date(known, "--known")
    names = list(_subjects(ledger, between, tariffs_only) if measures is None else measures)
    return [row for name in names for row in _spans(ledger, name, first, last, seen_from)]


def _subjects(ledger: Ledger, between: tuple[str, str], tariffs_only: bool) -> Iterator[str]:
    """Ids of measures between the two, and of those limbs that have a life of their own."""
    pair = economies.expand(list(between), "--between")
    for measure in ledger.measures.values():
        if measure.imposer not in pair or not any(measure.reaches(code) for code in pair):
            continue
        if tariffs_only and not measure.is_tariff:
            continue
        if any(event.kind in _BEGINS and not event.limb for event in measure.events) or not measure.limbs:
            yield measure.id
        yield from (f"{measure.id}#{limb.name}" for limb in measure.limbs)


def _spans(ledger: Ledger, name: str, first: dt.date, last: dt.date, known: dt.date | None) -> Iterator[dict[str, Any]]:
    measure, limb = ledger.find(name)
    days = sorted({max(day, FIRST_DAY) for day in event_days(measure) if day <= last})
    rows: list[dict[str, Any]] = []
    for day in days:
        now = _state(ledger, measure, limb, day, known)
        if rows and all(rows[-1][key] == now[key] for key in _SAID):
            continue
        if rows:
            rows[-1]["until"] = day.isoformat()
        rows.append(now | {"from": day.isoformat(), "until": None})
    for row in rows:
        if row.pop("begun") and (row["until"] is None or row["until"] > first.isoformat()):
            yield row


def event_days(measure: Measure) -> set[dt.date]:
    """Every day on which anything about a measure may change."""
    out: set[dt.date] = {period.start for period in measure.coverage}
    for event in measure.events:
        out |= {event.date, event.effective, *([event.until] if event.until else [])}
    return out


def _state(ledger: Ledger, measure: Measure, limb: str, day: dt.date, known: dt.date | None) -> dict[str, Any]:
    name = f"{measure.id}#{limb}" if limb else measure.id
    now = ledger.status(name, day, known)
    title = next((f"{measure.title}: {part.title}" for part in measure.limbs if part.name == limb), measure.title)
    return {
        "measure": name,
        "title": title,
        "imposer": measure.imposer,
        "layer": measure.layer or None,
        "from": "",
        "until": None,
        "state": now["status"],
        "rate": None if limb else now.get("rate"),
        "collected": None if limb else now.get("collected"),
        "confidence": now["confidence"],
        "begun": now["since"] is not None,
    }


def average_steps(
    ledger: Ledger,
    *,
    importer: str,
    exporter: str,
    start: Day = FIRST_DAY,
    end: Day | None = None,
    known: Day | None = None,
) -> list[dict[str, Any]]:
    """The average duty as steps: each day on which it moved, until the day it moved again.

    Parameters
    ----------
    ledger
        The facts.
    importer, exporter
        The pair, by code, name or alias.
    start, end, known
        As in `timeline`.

    Returns
    -------
    Rows `{from, until, average, layers, open}`: fractions of customs value as `Regime.average` has them; `until` is the
    first day of the next step, None for the last. `open` is True where a term ran out after the evidence ends, so that
    the rate is only carried on.

    Examples
    --------
    >>> from detente.ledger import Ledger
    >>> span = {"start": "2025-04-01", "end": "2025-05-20"}
    >>> steps = average_steps(Ledger.load(), importer="CHN", exporter="USA", **span)
    >>> [step["from"] for step in steps]
    ['2025-04-01', '2025-04-10', '2025-04-12', '2025-05-14']
    """
    first = parse_date(start, "--start")
    last = ledger.firm_until if end is None else parse_date(end, "--end")
    importer, exporter = (economies.economy(code) for code in (importer, exporter))
    line = ledger.series(first, last, importer=importer, exporter=exporter, known=known)
    edge = ledger.thin_until if known is None else min(parse_date(known, "--known"), ledger.thin_until)
    ends = {
        day
        for measure in ledger.measures.values()
        if measure.imposer == importer and measure.reaches(exporter)
        for day in event_days(measure)
        if edge < day <= last
    }
    steps: list[dict[str, Any]] = []
    for i, day in enumerate(line.dates):
        moved = not steps or abs(line.average[i] - steps[-1]["average"]) >= _SAME
        if not moved and day not in ends:
            continue
        carried = day > edge and _carried(ledger, day, known, importer, exporter)
        if not moved and carried == steps[-1]["open"]:
            continue
        if steps:
            steps[-1]["until"] = day.isoformat()
        steps.append(
            {
                "from": day.isoformat(),
                "until": None,
                "average": line.average[i],
                "layers": {name: values[i] for name, values in line.layers.items()},
                "open": carried,
            }
        )
    return steps


def _carried(ledger: Ledger, day: dt.date, known: Day | None, importer: str, exporter: str) -> bool:
    """Whether a rate of that day is only carried on, the term that set it having run out after the evidence."""
    regime = ledger.on(day, known)
    return len(regime.average(importer=importer, exporter=exporter).warnings) > len(regime.warnings)
