"""Status and rate of a measure at two clocks, from its events: nothing here is stored.

An event counts if it was known by `known` and holds by `on`. Two different questions are answered:
what the law is (`standing`), and what customs collects (`collected`). They part in February 2026:
the duties under IEEPA were void on the 20th and collected until the 24th.

Where something temporary runs out, or an act was to begin, after the evidence ends, the law is `unknown`; the rate is
carried on with a warning. So it is, without a rate, where an end or a pause is only reported (confidence L).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from detente.ledger._records import Coverage, Event, Measure
from detente.ledger._words import percent, weakest

_ENDS = {"ended": "ended", "voided": "ended", "withdrawn": "ended", "superseded": "superseded"}
TERMINAL = ("ended", "superseded", "never_in_force")
"""Statuses that only a new beginning changes."""
_BEGINS = ("announced", "entered_into_force", "resumed")
_MOVES = ("entered_into_force", "rate_changed", "scope_changed", "suspended", "resumed", *_ENDS)


@dataclass(frozen=True, slots=True)
class Clock:
    """The question's two days, and the last day the evidence reaches."""

    on: dt.date
    known: dt.date | None
    edge: dt.date

    @property
    def horizon(self) -> dt.date:
        """The last day of which the answer may know anything."""
        return self.edge if self.known is None else min(self.known, self.edge)

    def sees(self, day: dt.date) -> bool:
        """Whether something learned on `day` counts."""
        return self.known is None or day <= self.known

    def beyond(self, day: dt.date) -> bool:
        """Whether an act for `day` was set but the evidence ends first: nobody can say what became of it.

        One who looks from before the evidence ends takes the act as the plan of that time.
        """
        return day > self.edge and (self.known is None or self.known >= self.edge)


@dataclass(frozen=True, slots=True)
class Standing:
    """The law on one measure or limb: its status and what it waits for."""

    status: str = "unknown"
    since: dt.date | None = None
    until: dt.date | None = None
    then: str = ""
    confidence: str = "L"
    was_in_force: bool = False
    by: Event | None = None
    """The event that made it so."""
    warning: str = ""


def _started(state: Standing, event: Event) -> Standing:
    return Standing("in_force", event.date, event.until, event.then, event.confidence, True, event)


def _doubt(state: Standing, event: Event, text: str) -> Standing:
    return Standing("unknown", event.date, None, "", "L", state.was_in_force, event, text)


def _apply(state: Standing, event: Event) -> Standing:
    kind, day = event.kind, event.date
    if state.status in TERMINAL and kind not in _BEGINS:
        return state
    if event.confidence == "L" and (kind in _ENDS or kind in ("suspended", "resumed")):
        text = f"{kind.replace('_', ' ').capitalize()} on {day} is reported only, with low confidence"
        return _doubt(state, event, f"{text}: {event.note}." if event.note else f"{text}.")
    if kind == "announced":
        if state.status in ("in_force", "suspended", "scheduled"):
            return state
        return Standing("scheduled", day, event.takes_effect, "", event.confidence, state.was_in_force, event)
    if kind in ("entered_into_force", "resumed"):
        return _started(state, event)
    if kind == "suspended":
        return Standing("suspended", day, event.until, event.then, event.confidence, state.was_in_force, event)
    if kind == "extended" and state.status in ("in_force", "suspended"):
        confidence = weakest([state.confidence, event.confidence])
        return replace(state, until=event.until, then=event.then or state.then, confidence=confidence, by=event)
    if kind in _ENDS:
        never = not state.was_in_force and state.status in ("scheduled", "unknown")
        status = "never_in_force" if never else _ENDS[kind]
        return Standing(status, day, None, "", event.confidence, state.was_in_force, event)
    return state


def _beyond(state: Standing, event: Event, clock: Clock) -> Standing:
    """What an act dated after the evidence ends does: nobody saw it happen, so the law is unknown from then on."""
    if state.status in TERMINAL or event.kind not in _MOVES:
        return state
    act = f"{event.instrument} set" if event.instrument else "An act set"
    what = f"{event.kind.replace('_', ' ')}{f' to {percent(event.rate)}' if event.rate is not None else ''}"
    return _doubt(state, event, f"{act} '{what}' for {event.date}; the evidence reads to {clock.edge}.")


def _run_out(state: Standing, clock: Clock, horizon: dt.date) -> Standing:
    """What the passing of `until` does: what the act says if the evidence reaches that far, else unknown."""
    if state.until is None or state.status not in ("in_force", "suspended", "scheduled"):
        return state
    day, now = state.until, replace(state, since=state.until, until=None, then="")
    if state.status == "scheduled":
        if clock.known is not None and clock.known < min(day, clock.edge):
            return state
        text = f"It was to begin on {day}; the evidence reads to {horizon} and does not show whether it did."
        return replace(now, status="unknown", confidence="L", warning=text)
    if day > horizon:
        was = "The suspension" if state.status == "suspended" else "The term"
        text = f"{was} ran to {day}; the evidence reads to {horizon} and shows no act on what followed."
        return replace(now, status="unknown", confidence="L", warning=text)
    if state.then == "resumes":
        return replace(now, status="in_force", was_in_force=True)
    return replace(now, status="ended")


def standing(events: Iterable[Event], clock: Clock) -> Standing:
    """The law at the end of `clock.on`, as known at `clock.known`.

    Parameters
    ----------
    events
        Events of one measure or limb.
    clock
        The two days and the edge of the evidence.

    Returns
    -------
    `Standing`; `never_in_force` before the first event that is known by then holds.
    """
    seen = sorted((e for e in events if clock.sees(e.known)), key=lambda e: (e.date, e.known))
    if not seen:
        text = f"Nothing is known of it by {clock.known}." if clock.known else "It has no events."
        return Standing("never_in_force", warning=text)
    state = Standing()
    for event in seen:
        if event.date > clock.on:
            break
        if clock.beyond(event.date):
            state = _beyond(state, event, clock)
            continue
        if state.until is not None and state.until < event.date and state.status != "scheduled":
            state = _run_out(state, clock, max(clock.horizon, state.until))
        state = _apply(state, event)
    if state.since is None:
        first = seen[0]
        return Standing("never_in_force", confidence=first.confidence, warning=f"Its first act is of {first.date}.")
    if state.until is not None and state.until <= clock.on:
        state = _run_out(state, clock, clock.horizon)
    return state


@dataclass(frozen=True, slots=True)
class Collected:
    """What customs collects on covered goods: a rate, or a schedule of average rates, from an event."""

    rate: float = 0.0
    schedule: str = ""
    by: Event | None = None
    warning: str = ""

    @property
    def nothing(self) -> bool:
        """Whether nothing is collected."""
        return not self.rate and not self.schedule


def _sets_rate(event: Event) -> bool:
    if event.rate is not None or event.schedule:
        return True
    return not event.limb and event.kind in ("ended", "withdrawn", "superseded", "collection_stopped", "suspended")


def collected(measure: Measure, clock: Clock, *, in_transit: bool = False) -> Collected:
    """The rate collected at the end of `clock.on`, as known at `clock.known`.

    The act known last governs from its first day on: a later act replaces whatever earlier acts had ordered
    for the days after. Past the edge of the evidence the last rate is carried, with a warning that names the other:
    the one that follows a term that ran out, or the one that an act had set for a day after the edge.
    Goods `in_transit` when an act began keep the rate before it until the day the act names.
    """
    acts = [e for e in measure.events if _sets_rate(e) and clock.sees(e.known) and e.effective <= clock.on]
    if in_transit:
        acts = [e for e in acts if e.in_transit is None or e.in_transit <= clock.on]
    seen = [e for e in acts if not clock.beyond(e.effective)]
    now = _carried(measure, seen, clock)
    last = _governing(acts)
    if last is None or not clock.beyond(last.effective):
        return now
    shown, other = _said(now), _said(Collected(last.rate or 0.0, last.schedule))
    text = f"{measure.id}: {other} was set for {last.effective}, after the evidence ends: {shown} is carried on."
    return replace(now, warning=f"{now.warning} {text}".strip())


def _governing(acts: list[Event]) -> Event | None:
    return max(acts, key=lambda e: (e.known, e.effective)) if acts else None


def _said(now: Collected) -> str:
    return "the schedule" if now.schedule else percent(now.rate)


def _carried(measure: Measure, acts: list[Event], clock: Clock) -> Collected:
    """What the act known last orders; where its term ran out after the evidence ends, still that."""
    last = _governing(acts)
    if last is None:
        return Collected()
    now = Collected(last.rate or 0.0, last.schedule, last)
    if last.until is None or last.until > clock.on:
        return now
    after = Collected(last.then_rate or 0.0, last.then_schedule, last) if last.then == "resumes" else Collected(by=last)
    if last.until <= clock.horizon:
        return after
    text = (
        f"{measure.id}: what set the rate ran to {last.until} and no act on what followed was found: "
        f"{_said(now)} is carried on, {_said(after)} would be due."
    )
    return replace(now, warning=text)


def period_of(measure: Measure, clock: Clock) -> Coverage | None:
    """The coverage that holds: the latest start, and of equal starts the one known last."""
    periods = [c for c in measure.coverage if c.start <= clock.on and clock.sees(c.known)]
    return max(periods, key=lambda c: (c.start, c.known)) if periods else None


def scope_of(measure: Measure, clock: Clock) -> str:
    """The set of lines that the measure reaches; empty before its coverage begins."""
    period = period_of(measure, clock)
    return period.scope if period else ""


def events_of(measure: Measure, limb: str) -> list[Event]:
    """Events that speak of the whole (`limb` empty), or of one limb: its own and those that end the whole."""
    if not limb:
        return [e for e in measure.events if not e.limb]
    return [e for e in measure.events if e.limb == limb or (not e.limb and e.kind in _ENDS)]


_RANK = ("in_force", "unknown", "suspended", "scheduled", "ended", "superseded", "never_in_force")


def overall(measure: Measure, clock: Clock) -> Standing:
    """The law on the whole measure; where only its limbs have events, that of its most active limb."""
    whole = events_of(measure, "")
    if any(e.kind in ("announced", "entered_into_force", "suspended") for e in whole) or not measure.limbs:
        return standing(whole, clock)
    states = [standing(events_of(measure, limb.name), clock) for limb in measure.limbs]
    known = [s for s in states if s.since is not None] or states
    return min(known, key=lambda s: _RANK.index(s.status))
