"""The ledger's answers beyond rates: status, deadlines, what changed between two days, controls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from detente.ledger._records import Event, Measure
from detente.ledger._status import (
    TERMINAL,
    Clock,
    Collected,
    Standing,
    collected,
    events_of,
    overall,
    period_of,
    standing,
)
from detente.ledger._words import percent

if TYPE_CHECKING:
    from detente.ledger._ledger import Ledger

_BEGINS = ("announced", "entered_into_force", "suspended", "resumed")
_ACTS = {
    "entered_into_force": "starts",
    "suspended": "suspended",
    "resumed": "resumes",
    "ended": "ends",
    "voided": "legal basis falls",
    "superseded": "superseded",
    "withdrawn": "withdrawn",
    "collection_stopped": "collection stops",
}
"""Acts other than steps that may be known before their day, in the words of a deadline."""


def subjects(measure: Measure) -> Iterator[tuple[str, str, list[Event]]]:
    """(id, title, events) of the whole, where it has events of its own, and of each limb."""
    whole = events_of(measure, "")
    if any(e.kind in _BEGINS for e in whole) or not measure.limbs:
        yield measure.id, measure.title, whole
    for limb in measure.limbs:
        yield f"{measure.id}#{limb.name}", f"{measure.title}: {limb.title}", events_of(measure, limb.name)


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def status(measure: Measure, limb: str, clock: Clock, notes: list[str]) -> dict[str, Any]:
    """Status of a measure or limb, with the events behind it and what customs collects."""
    events = events_of(measure, limb) if limb else list(measure.events)
    state = standing(events, clock) if limb else overall(measure, clock)
    known = [e for e in events if clock.sees(e.known) and e.date <= clock.on]
    out: dict[str, Any] = {
        "id": f"{measure.id}#{limb}" if limb else measure.id,
        "title": measure.title,
        "status": state.status,
        "since": _iso(state.since),
        "until": _iso(state.until),
        "then": state.then or None,
        "events": [e.to_dict() for e in known],
        "confidence": state.confidence,
        "legal_basis": measure.legal_basis,
        "warnings": [*notes, *([state.warning] if state.warning else [])],
    }
    if measure.is_tariff:
        now = collected(measure, clock)
        out["measure_rate" if limb else "rate"] = None if now.schedule else now.rate
        if not limb:
            out["collected"] = not now.nothing
        if now.warning:
            out["warnings"].append(now.warning)
    if measure.limbs and not limb:
        out["limbs"] = {x.name: standing(events_of(measure, x.name), clock).status for x in measure.limbs}
    return out


def deadlines(ledger: Ledger, clock: Clock, within: int) -> list[dict[str, Any]]:
    """Everything dated in the days after `clock.on` that was set by then: ends, returns, starts and steps."""
    last = clock.on + dt.timedelta(days=min(within, (dt.date.max - clock.on).days))
    then = Clock(clock.on, min(clock.on, clock.known) if clock.known else clock.on, clock.edge)
    found: list[dict[str, Any]] = []
    for measure in ledger.measures.values():
        for name, title, events in subjects(measure):
            for row in _of_subject(measure, name, title, events, clock, then):
                if clock.on < row["day"] <= last:
                    found.append(row)
    found.sort(key=lambda row: (row["day"], row["measure"]))
    return [{"date": row.pop("day").isoformat(), **row} for row in found]


def _of_subject(
    measure: Measure, name: str, title: str, events: list[Event], clock: Clock, then: Clock
) -> Iterator[dict[str, Any]]:
    seen = [e for e in events if then.sees(e.known) and e.date <= clock.on]
    now = standing(events, then)
    basis = now.by.instrument if now.by is not None and now.by.instrument else measure.legal_basis
    if now.until is not None and now.status in ("in_force", "suspended"):
        duty = None if "#" in name or not measure.is_tariff else collected(measure, then)
        yield _row(now.until, name, *_runs_out(title, now, duty), _outcome(events, now, clock), basis)
    elif now.until is not None and now.status == "scheduled":
        rate = f" at {percent(now.by.rate)}" if now.by is not None and now.by.rate is not None else ""
        text = f"starts{rate}"
        yield _row(now.until, name, f"{title}: starts", text, _outcome(events, now, clock), basis)
    if now.status == "ended" and now.by is not None and now.by.kind == "voided":
        term = _last_term(seen)
        if term is not None and term.until is not None:
            text = f"nothing: its legal basis fell on {now.since}"
            yield _row(term.until, name, f"{title}: suspension ends", text, "dead letter", term.instrument or basis)
    for event in events:
        if event.date > clock.on and then.sees(event.known):
            yield from _planned(measure, name, title, events, event, now, clock, then)
    for event in seen if now.status not in TERMINAL else ():
        overtaken = any(e.date > event.date and e.kind != "statement" for e in seen)
        if event.kind == "statement" and event.until is not None and not overtaken:
            what = f"{title}: {'suspension' if now.status == 'suspended' else 'term'} ends, as reported"
            text = f"unknown: {event.note}" if event.note else "unknown"
            yield _row(event.until, name, what, text, "reported, no legal text", event.instrument or basis)


def _planned(
    measure: Measure,
    name: str,
    title: str,
    events: list[Event],
    event: Event,
    now: Standing,
    clock: Clock,
    then: Clock,
) -> Iterator[dict[str, Any]]:
    """The row of an act that was known before its day: a step of the rate or scope, an end, a pause, a return."""
    basis = event.instrument or measure.legal_basis
    if _step(measure, event, then):
        to = f" to {percent(event.rate)}" if event.rate is not None else ""
        what = f"{title}: {'rate moves' if event.kind == 'rate_changed' else 'scope moves'}{to}"
        yield _row(event.date, name, what, f"moves{to}", _came_true(measure, events, event, clock), basis)
    elif event.kind in _ACTS and not (event.date == now.until and now.status == "scheduled"):
        if now.status in TERMINAL and event.kind not in ("collection_stopped", "entered_into_force", "resumed"):
            return
        text = _ACTS[event.kind]
        if event.kind == "superseded" and event.instrument:
            text += f" by {event.instrument}"
        if measure.is_tariff and not event.limb and "#" not in name:
            was, to_be = _around(measure, event, Clock(event.date, then.known, max(then.edge, event.date)))
            if not was.schedule and not to_be.schedule and was.rate != to_be.rate:
                text += f": {percent(was.rate)} becomes {percent(to_be.rate) if to_be.rate else '0'}"
        if event.note:
            text += f" ({event.note})"
        what = f"{title}: {_ACTS[event.kind]}"
        yield _row(event.date, name, what, text, _came_true(measure, events, event, clock), basis)


def _around(measure: Measure, event: Event, day: Clock) -> tuple[Collected, Collected]:
    """What is collected the day before an act holds, and on its day."""
    before = Clock(event.date - dt.timedelta(days=1), day.known, day.edge)
    return collected(measure, before), collected(measure, day)


def _came_true(measure: Measure, events: list[Event], event: Event, clock: Clock) -> str:
    """Whether an act planned for a day is what held on it, by what `clock` knows; else the act that came between."""
    day = Clock(event.date, clock.known, max(clock.edge, event.date))
    became = "happened" if event.date <= clock.horizon else "scheduled"
    if event.kind == "rate_changed":
        was, now = _around(measure, event, day)
        if now.by is event or now.by is None:
            return became
        same = (now.rate, now.schedule) == (was.rate, was.schedule)
        return f"{'put off' if same else 'overtaken'}{_cite(now.by)}"
    law = standing(events, day)
    if event.kind == "collection_stopped" or law.by is event or law.status not in TERMINAL or law.by is None:
        return became
    return f"overtaken{_cite(law.by)}"


def _cite(act: Event) -> str:
    return f" ({act.instrument})" if act.instrument else f" ({act.kind.replace('_', ' ')} {act.date})"


def _step(measure: Measure, event: Event, then: Clock) -> bool:
    """Whether an act known by then moves the rate or scope on its day, no later act having moved it first."""
    if event.kind != "rate_changed":
        return event.kind == "scope_changed"
    was, now = _around(measure, event, Clock(event.date, then.known, max(then.edge, event.date)))
    # a list keeps its name when its rates move by a step of their own
    return now.by is event and (bool(event.schedule) or (now.rate, now.schedule) != (was.rate, was.schedule))


def _row(day: dt.date, measure: str, what: str, nothing: str, known: str, basis: str) -> dict[str, Any]:
    return {
        "day": day, "measure": measure, "what": what, "if_nothing_done": nothing, "known": known, "legal_basis": basis,
    }  # fmt: skip


def _last_term(events: list[Event]) -> Event | None:
    terms = [e for e in events if e.until is not None]
    return terms[-1] if terms else None


def _runs_out(title: str, now: Standing, duty: Collected | None) -> tuple[str, str]:
    """What the deadline is, and what follows if nobody acts; `duty` is what the whole measure collects by then."""
    act = now.by
    what = f"{title}: {'suspension' if now.status == 'suspended' else 'term'} ends"
    rate = act.rate if act is not None else None
    if rate is None and duty is not None and not duty.schedule:
        rate = duty.rate
    if now.then == "resumes":
        text = "in force again" if now.was_in_force else "in force for the first time"
        if act is not None and rate is not None and act.then_rate is not None:
            text = f"{percent(rate)} becomes {percent(act.then_rate)}"
    else:
        text = f"lapses: {percent(rate)} becomes 0" if rate else "lapses"
    if act is not None and act.note:
        text += f" ({act.note})"
    return what, text


def _outcome(events: list[Event], now: Standing, clock: Clock) -> str:
    """What is known of how it came out: from events after the one that set the deadline."""
    day = now.until
    assert day is not None
    later = [
        e for e in events
        if clock.sees(e.known) and e.date <= day and e.date >= (now.since or e.date) and e is not now.by
        and e.date > clock.on and e.kind not in ("statement", "announced", "scope_changed")
    ]  # fmt: skip
    if later:
        act = later[-1]
        end = f" to {act.until}" if act.until and act.kind in ("extended", "suspended") else ""
        cite = f" ({act.instrument})" if act.instrument else ""
        return f"{act.kind.replace('_', ' ')} {act.date}{end}{cite}"
    said = [e for e in events if e.kind == "statement" and clock.sees(e.known) and e.until is not None]
    set_on = now.by.date if now.by is not None else now.since
    said = [e for e in said if set_on is not None and e.date > set_on]
    aside = f"; reported: {said[-1].note}" if said else ""
    if now.status == "scheduled":
        return ("nothing seen" if day <= clock.horizon else "scheduled") + aside
    if day <= clock.horizon:
        return f"ran out{aside}"
    return ("unknown" if clock.known is None else "open") + aside


def diff(ledger: Ledger, first: Clock, second: Clock, between: tuple[str, str]) -> dict[str, Any]:
    """What began, ended, moved, was suspended or came back between two days."""
    out: dict[str, list[dict[str, Any]]] = {
        key: [] for key in ("started", "ended", "changed", "suspended", "resumed", "unknown")
    }
    for measure in ledger.measures.values():
        if measure.imposer not in between or not any(measure.reaches(x) for x in between):
            continue
        for name, title, events in subjects(measure):
            was, now = standing(events, first), standing(events, second)
            row: dict[str, Any] = {"measure": name, "title": title, "imposer": measure.imposer}
            group = _moved(was, now)
            if group:
                row |= {"from": was.status, "to": now.status, "since": _iso(now.since)}
            if measure.is_tariff and "#" not in name:
                row |= _rates(measure, first, second)
                if not group and len(row) > 3:
                    group = "changed"
            if group:
                out[group].append(row)
    return {"from": first.on.isoformat(), "to": second.on.isoformat(), "between": list(between), **out}


def _moved(was: Standing, now: Standing) -> str:
    if was.status == now.status:
        return ""
    if now.status == "unknown":
        return "unknown"
    if now.status == "in_force":
        return "resumed" if was.status == "suspended" else "started"
    if now.status == "suspended":
        return "suspended"
    if now.status in ("ended", "superseded") and was.status not in ("ended", "superseded"):
        # what began and ended between the two days was never there on either
        return "ended" if was.status in ("in_force", "suspended", "unknown") else ""
    return ""


def _rates(measure: Measure, first: Clock, second: Clock) -> dict[str, Any]:
    a, b = collected(measure, first), collected(measure, second)
    out: dict[str, Any] = {}
    if a.nothing and b.nothing:
        return out
    if (a.rate, a.schedule) != (b.rate, b.schedule):
        out["rate"] = {"from": a.schedule or a.rate, "to": b.schedule or b.rate}
    elif a.schedule and a.by is not None and b.by is not None and a.by != b.by:
        out["rate"] = {"from": f"{a.schedule} of {a.by.effective}", "to": f"{b.schedule} of {b.by.effective}"}
    elif was_and_is := _lines_moved(measure, first, second):
        out["scope"] = {"from": was_and_is[0], "to": was_and_is[1]}
    return out


def _lines_moved(measure: Measure, first: Clock, second: Clock) -> tuple[str, str] | None:
    """What the lines it reaches were and are called, where they moved between two days."""
    was, now = period_of(measure, first), period_of(measure, second)
    if was is None or now is None:
        return None
    acts = [
        e for e in measure.events
        if e.kind == "scope_changed" and first.on < e.date <= second.on and second.sees(e.known)
    ]  # fmt: skip
    if not acts and (was.scope, was.without) == (now.scope, now.without):
        return None
    old, new = (" less ".join((c.scope, *c.without)) for c in (was, now))
    return old, new if new != old else f"{new} as changed {acts[-1].date}"


def controls(ledger: Ledger, clock: Clock) -> list[dict[str, Any]]:
    """Measures other than tariffs, each limb on its own line, that had begun or been announced by then."""
    out = []
    for measure in ledger.measures.values():
        if measure.is_tariff or measure.kind.startswith(("tariff.", "review")):
            continue
        for name, title, events in subjects(measure):
            now = standing(events, clock)
            if now.since is None:
                continue
            out.append(
                {
                    "id": name,
                    "title": title,
                    "kind": measure.kind,
                    "imposer": measure.imposer,
                    "target": list(measure.targets),
                    "status": now.status,
                    "since": _iso(now.since),
                    "until": _iso(now.until),
                    "confidence": now.confidence,
                }
            )
    return out
