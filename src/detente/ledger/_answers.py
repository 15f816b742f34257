"""The ledger's answers beyond rates: status, deadlines, what changed between two days, controls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from detente.ledger._records import Event, Measure
from detente.ledger._status import Clock, Standing, collected, events_of, overall, scope_of, standing
from detente.ledger._words import percent

if TYPE_CHECKING:
    from detente.ledger._ledger import Ledger

_BEGINS = ("announced", "entered_into_force", "suspended", "resumed")


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
        out["collected"] = not now.nothing
        if now.warning:
            out["warnings"].append(now.warning)
    if measure.limbs and not limb:
        out["limbs"] = {x.name: standing(events_of(measure, x.name), clock).status for x in measure.limbs}
    return out


def deadlines(ledger: Ledger, clock: Clock, within: int) -> list[dict[str, Any]]:
    """Everything dated in the days after `clock.on` that was set by then: ends, returns, starts and steps."""
    last = clock.on + dt.timedelta(days=within)
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
        yield _row(now.until, name, *_runs_out(measure, title, now), _outcome(events, now, clock), basis)
    elif now.until is not None and now.status == "scheduled":
        rate = f" at {percent(now.by.rate)}" if now.by is not None and now.by.rate is not None else ""
        text = f"starts{rate}"
        yield _row(now.until, name, f"{title}: starts", text, _outcome(events, now, clock), basis)
    if now.status == "ended" and now.by is not None and now.by.kind == "voided":
        for event in seen:
            if event.until is not None and event is _last_term(seen):
                text = f"nothing: its legal basis fell on {now.since}"
                yield _row(
                    event.until, name, f"{title}: suspension ends", text, "dead letter", event.instrument or basis
                )
    for event in events:
        if _step(measure, event, then) and event.date > clock.on:
            to = f" to {percent(event.rate)}" if event.rate is not None else ""
            what = f"{title}: {'rate moves' if event.kind == 'rate_changed' else 'scope moves'}{to}"
            happened = "happened" if event.date <= clock.horizon else "scheduled"
            yield _row(event.date, name, what, f"moves{to}", happened, event.instrument or basis)


def _step(measure: Measure, event: Event, then: Clock) -> bool:
    """Whether an act known by then moves the rate or scope on its day, no later act having moved it first."""
    if event.kind == "scope_changed":
        return then.sees(event.known)
    if event.kind != "rate_changed" or not then.sees(event.known):
        return False
    day = Clock(event.date, then.known, max(then.edge, event.date))
    before = Clock(event.date - dt.timedelta(days=1), then.known, day.edge)
    now, was = collected(measure, day), collected(measure, before)
    return now.by is event and (now.rate, now.schedule) != (was.rate, was.schedule)


def _row(day: dt.date, measure: str, what: str, nothing: str, known: str, basis: str) -> dict[str, Any]:
    return {
        "day": day, "measure": measure, "what": what, "if_nothing_done": nothing, "known": known, "legal_basis": basis,
    }  # fmt: skip


def _last_term(events: list[Event]) -> Event | None:
    terms = [e for e in events if e.until is not None]
    return terms[-1] if terms else None


def _runs_out(measure: Measure, title: str, now: Standing) -> tuple[str, str]:
    """What the deadline is, and what follows if nobody acts."""
    act = now.by
    what = f"{title}: {'suspension' if now.status == 'suspended' else 'term'} ends"
    if now.then == "resumes":
        text = "in force again" if now.was_in_force else "in force for the first time"
        if act is not None and act.rate is not None and act.then_rate is not None:
            text = f"{percent(act.rate)} becomes {percent(act.then_rate)}"
    else:
        text = "lapses"
        if act is not None and act.rate:
            text = f"lapses: {percent(act.rate)} becomes 0"
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
    said = [e for e in said if now.since is not None and e.date > now.since]
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
    elif scope_of(measure, first) != scope_of(measure, second):
        out["scope"] = {"from": scope_of(measure, first), "to": scope_of(measure, second)}
    return out


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
