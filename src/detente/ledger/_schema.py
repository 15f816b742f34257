"""From one YAML file to one `Measure`: every key checked, every problem with file and line.

What one file cannot know (sources, scopes, other measures) is checked in `_load`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from detente import economies
from detente.errors import UnknownName
from detente.ledger._fields import Fields
from detente.ledger._records import Coverage, Event, Limb, Measure
from detente.ledger._stacking import stacking_of
from detente.ledger._words import CONFIDENCE, EVENTS, KINDS, LAYERS, OUTCOMES
from detente.strict_yaml import Document

MEASURE_KEYS = (
    "title", "kind", "layer", "imposer", "targets", "legal_basis", "source", "confidence", "stacking", "coverage",
    "limbs", "events", "aliases", "formerly", "note",
)  # fmt: skip
EVENT_KEYS = (
    "date", "known", "event", "limb", "takes_effect", "rate", "schedule", "until", "then", "then_rate",
    "then_schedule", "instrument", "source", "confidence", "note", "in_transit",
)  # fmt: skip
_NEVER = dt.date(2040, 12, 31)


def measure_of(document: Document, name: str) -> Measure | None:
    """The measure a document describes; None where it is too broken to be one."""
    if not isinstance(document.data, dict):
        if not document.problems:
            Fields(document, document.data, (), "a measure", MEASURE_KEYS)
        return None
    top = Fields(document, document.data, (), "a measure", MEASURE_KEYS)
    imposer = _economy(top, "imposer", top.text("imposer"))
    layers = LAYERS.get(imposer, ())
    layer = top.one_of("layer", layers, f"layer of {imposer or 'this imposer'}", "") if top.has("layer") else ""
    kind = top.one_of("kind", KINDS, "kind of measure")
    source, confidence = top.text("source"), top.one_of("confidence", CONFIDENCE, "confidence")
    limbs = _limbs(top)
    events = _events(top, {limb.name for limb in limbs}, source, confidence)
    measure = Measure(
        id=name,
        title=top.text("title"),
        kind=kind,
        imposer=imposer,
        targets=_targets(top),
        legal_basis=top.text("legal_basis"),
        source=source,
        confidence=confidence or "L",
        events=events,
        layer=layer,
        stacking=stacking_of(top, imposer),
        coverage=_coverage(top),
        limbs=limbs,
        aliases=top.texts("aliases"),
        formerly=top.texts("formerly"),
        note=top.text("note", ""),
    )
    _agree(top, measure)
    return measure


def _economy(fields: Fields, key: str, value: str) -> str:
    if not value:
        return ""
    try:
        return economies.economy(value)
    except UnknownName as error:
        fields.problem((key,), error.problems[0].what, error.problems[0].remedy)
        return ""


def _targets(top: Fields) -> tuple[str, ...]:
    names = top.texts("targets")
    if not names and not top.has("targets"):
        top.problem((), "a measure needs 'targets'", "List the economies or groups it is aimed at, or [ALL].")
    out: list[str] = []
    for name in names:
        try:
            out += ["ALL"] if name == "ALL" else economies.expand(name)
        except UnknownName as error:
            top.problem(("targets",), error.problems[0].what, error.problems[0].remedy)
    return tuple(out)


def _limbs(top: Fields) -> tuple[Limb, ...]:
    out = []
    for name, data in top.mapping("limbs").items():
        fields = Fields(top.document, data, ("limbs", name), "a limb", ("title", "aliases"))
        out.append(Limb(name, fields.text("title"), fields.texts("aliases")))
    return tuple(out)


def _coverage(top: Fields) -> tuple[Coverage, ...]:
    out: list[Coverage] = []
    for i, data in enumerate(top.items("coverage")):
        fields = Fields(
            top.document, data, ("coverage", i), "a coverage period", ("from", "known", "scope", "without", "hint")
        )
        start = fields.date("from", needed=True)
        scope = fields.text("scope")
        if start is None:
            continue
        known = fields.date("known", start) or start
        period = Coverage(start, known, scope, fields.texts("without"), fields.texts("hint"))
        if any((p.start, p.known) == (period.start, period.known) for p in out):
            fields.problem((), f"overlapping periods: two scopes from {start}", "Give the later one its own date.")
        out.append(period)
    return tuple(out)


def _events(top: Fields, limbs: set[str], source: str, confidence: str) -> tuple[Event, ...]:
    out: list[Event] = []
    for i, data in enumerate(top.items("events")):
        fields = Fields(top.document, data, ("events", i), "an event", EVENT_KEYS)
        event = _event(fields, limbs, source, confidence)
        if event is not None:
            event = _inherit(fields, event, out)
            _clash(fields, event, out)
            out.append(event)
    if not out and top.data:
        top.problem(("events",), "a measure needs 'events'", "Its status is computed from them: give at least one.")
    return tuple(out)


def _event(fields: Fields, limbs: set[str], source: str, confidence: str) -> Event | None:
    kind, day = fields.one_of("event", EVENTS, "event"), fields.date("date", needed=True)
    limb = fields.one_of("limb", sorted(limbs), "limb of this measure", "") if fields.has("limb") else ""
    event = Event(
        kind=kind,
        date=day or _NEVER,
        known=fields.date("known", day) or day or _NEVER,
        source=fields.text("source", source),
        confidence=fields.one_of("confidence", CONFIDENCE, "confidence", confidence) or "L",
        limb=limb,
        takes_effect=fields.date("takes_effect"),
        rate=fields.rate("rate"),
        schedule=fields.text("schedule", ""),
        until=fields.date("until"),
        then=fields.one_of("then", OUTCOMES, "outcome", ""),
        then_rate=fields.rate("then_rate"),
        then_schedule=fields.text("then_schedule", ""),
        instrument=fields.text("instrument", ""),
        note=fields.text("note", ""),
        in_transit=fields.date("in_transit"),
    )
    if day is None or not kind:
        return None
    _check_event(fields, event)
    return event


def _check_event(fields: Fields, event: Event) -> None:
    """Keys of an event that must, or must not, stand together."""
    if event.rate is not None and event.schedule:
        fields.problem(("rate",), "an event has 'rate' or 'schedule', not both", "Keep the one that applies.")
    if event.takes_effect is not None and event.kind != "announced":
        fields.problem(("takes_effect",), f"'takes_effect' belongs to 'announced', not {event.kind!r}", "Use 'date'.")
    if event.kind == "extended" and event.until is None:
        fields.problem((), "'extended' needs 'until'", "Give the new first day without it.")
    if event.until is not None and event.kind not in ("extended", "statement") and not event.then:
        fields.problem(("until",), "'until' needs 'then'", "Say what follows if nothing is done: resumes or lapses.")
    if event.until is not None and event.until <= event.date:
        fields.problem(("until",), f"'until' {event.until} is not after {event.date}", "Check both dates.")


def _inherit(fields: Fields, event: Event, earlier: list[Event]) -> Event:
    """An extension carries on the rate and the outcome of what it extends."""
    if event.kind != "extended":
        return event
    for past in reversed(earlier):
        if past.limb == event.limb and past.until is not None:
            return replace(
                event,
                rate=event.rate if event.rate is not None else past.rate,
                schedule=event.schedule or past.schedule,
                then=event.then or past.then,
                then_rate=event.then_rate if event.then_rate is not None else past.then_rate,
                then_schedule=event.then_schedule or past.then_schedule,
            )
    fields.problem((), "'extended' has nothing to extend", "Put the event with the first 'until' above it.")
    return event


def _clash(fields: Fields, event: Event, earlier: list[Event]) -> None:
    """Two acts that set different rates for the same day, learned on the same day, contradict each other."""
    if event.rate is None and not event.schedule:
        return
    for past in earlier:
        same = (past.effective, past.known) == (event.effective, event.known)
        if same and (past.rate is not None or past.schedule):
            fields.problem(
                (), f"overlapping periods: two rates from {event.effective}, both known {event.known}", "Keep one."
            )


def _agree(top: Fields, measure: Measure) -> None:
    """What the parts of a measure ask of each other."""
    rated = [e for e in measure.events if e.rate is not None or e.schedule]
    if rated and not measure.layer:
        top.problem((), "a measure with rates needs 'layer'", f"Layers: {', '.join(LAYERS.get(measure.imposer, ()))}.")
    if measure.layer and measure.stacking is None:
        top.problem(("layer",), "a measure with a layer needs 'stacking'", "Say its group and operator.")
    if any(e.rate for e in rated) and not measure.coverage:
        top.problem((), "a measure with a rate needs 'coverage'", "Name the scope it reaches, from which day.")
    for i, event in enumerate(measure.events):
        if event.kind == "resumed" and measure.layer and event.rate is None and not event.schedule:
            top.problem(("events", i), "'resumed' needs the rate that is back", "Add 'rate'.")
