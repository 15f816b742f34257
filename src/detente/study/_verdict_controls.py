"""Verdicts on restrictions: which measures a claim may mean, and what they did around the day it was made."""

from __future__ import annotations

import datetime as dt
from typing import Any

from detente.claims import Claim
from detente.ledger import Event
from detente.study._verdict_suspensions import until_verdict
from detente.study._verdicts import Court, Verdict, measures_of, table, worst

_YEAR = 365
_SOON = 14
"""Days by which an easing may come before the text that foresees it."""
_LETTERS = ("control.letter", "control.licence")
_PRACTICE = ("civilian", "military use", "military application", "supply", "review")
_LINKED = ("for the sake of", "in exchange", "in return")
_IN_FORCE = ("in_force", "unknown")


def control_verdict(claim: Claim, court: Court) -> Verdict:
    """The verdict on a restriction imposed, relaxed or kept."""
    day = court.day_of(claim)
    topics = [t for t in claim.subject if measures_of(t, claim.actor) != ([], "")]
    text = claim.text.casefold()
    if not topics and ("non-tariff" in text or "countermeasure" in text):
        topics = ["non-tariff"]
    if not topics and claim.action == "relax" and claim.date is not None and day is not None:
        own = [n for n, m in court.ledger.measures.items() if m.imposer == claim.actor and m.kind.startswith("control")]
        if names := _announced_in(claim, court, own):
            return _relaxed(claim, court, names, day, text)
    if not topics:
        return Verdict(
            "not_in_ledger", None, "the ledger holds no restriction on " + (", ".join(claim.subject) or "this")
        )
    if day is None:
        return Verdict("cannot_be_told", None, "the day of the article is not known")
    if day > court.ledger.thin_until:
        return Verdict("cannot_be_told", None, f"the evidence ends on {court.ledger.thin_until}")
    notes = "; ".join(n for t in topics if (n := measures_of(t, claim.actor)[1]))
    topics = _narrowest(topics)
    names = list(dict.fromkeys(m for t in topics for m in _controls(t, claim, court)))
    dated = _announced_in(claim, court, names) if claim.action == "relax" else []
    names = dated or names
    if not names:
        return Verdict("not_in_ledger", None, f"the ledger holds no such restriction of {claim.actor}")
    if claim.action == "relax":
        return _relaxed(claim, court, names, day, text)
    if claim.negated and claim.action == "restrict" and claim.modality == "forecast":
        return _unplanned(claim, court, names, day)
    if claim.negated and claim.action == "restrict":
        found = _there(claim, court, names, topics, day, text, "")
        flip = {"supported": "contradicted", "contradicted": "supported"}
        return Verdict(flip.get(found.verdict, found.verdict), found.measure, f"denied; the ledger: {found.detail}")
    if claim.action == "keep" or (claim.action == "restrict" and claim.modality in ("reported", "promised")):
        return _there(claim, court, names, topics, day, text, notes)
    return _planned(claim, court, names, day)


_KINDS_OF_CHIPS = ("h20-chips", "h200-chips")


def _narrowest(topics: list[str]) -> list[str]:
    """Without the wider words for what one topic names exactly: `Nvidia's H200 chips` are the H200."""
    return [t for t in topics if t in _KINDS_OF_CHIPS] or topics


def _controls(topic: str, claim: Claim, court: Court) -> list[str]:
    """Measures that a topic may mean, without duties."""
    found = [m for m in measures_of(topic, claim.actor)[0] if m in court.ledger.measures]
    return [m for m in found if not court.ledger.measures[m].is_tariff]


def _announced_in(claim: Claim, court: Court, names: list[str]) -> list[str]:
    """Measures announced in the days a claim names: `the controls it announced on Oct. 9`, `its October controls`."""
    if claim.date is None:
        return []
    first, last = claim.date
    return [m for m in names if any(e.kind == "announced" and first <= e.date <= last for e in _seen(court, m))]


def _easings(claim: Claim, court: Court, first: dt.date, last: dt.date) -> dict[str, dt.date]:
    """Measures whose coming into force between two days relaxed what the claim is about."""
    topics = _narrowest(list(claim.subject))
    rows = [r for r in table("subjects.yaml") if r["topic"] in topics and claim.actor in (None, r["imposer"])]
    days = {m: _began(court, m) for r in rows for m in r.get("eases", [])}
    return {m: d for m, d in days.items() if d is not None and first <= d <= last}


def _status(court: Court, name: str, day: dt.date) -> dict[str, Any]:
    return court.status(name, day)


def _seen(court: Court, name: str) -> list[Event]:
    """Events of a measure as far as they were known."""
    return [e for e in court.ledger.measures[name].events if court.known is None or e.known <= court.known]


def _began(court: Court, name: str) -> dt.date | None:
    days = [e.date for e in _seen(court, name) if e.kind == "entered_into_force"]
    return min(days) if days else None


def _there(
    claim: Claim, court: Court, names: list[str], topics: list[str], day: dt.date, text: str, notes: str
) -> Verdict:
    """Whether a restriction stood on the day, topic by topic."""
    states, said, rests = [], [], []
    for topic in topics:
        ids = _controls(topic, claim, court)
        live = [m for m in ids if _status(court, m, day)["status"] in _IN_FORCE]
        near = [
            m
            for m in ids
            if (b := _began(court, m)) and day - dt.timedelta(days=120) <= b <= day + dt.timedelta(days=14)
        ]
        hits = [m for m in near if m in live] or live or near
        states.append("supported" if hits else "contradicted")
        if hits:
            rests.append(hits[0])
            said.append(f"{hits[0]} since {_status(court, hits[0], day)['since'] or _began(court, hits[0])}")
    verdict = worst(states)
    kinds = {court.ledger.measures[m].kind for m in rests}
    if verdict == "supported" and "ban" in text and kinds & set(_LETTERS):
        verdict = "partly"
        said.append("letters and suspended licences, not a ban by rule")
    if notes:
        verdict = "partly" if verdict == "supported" else verdict
        said.append(notes)
    if verdict == "supported" and any(w in text for w in _PRACTICE[:3]):
        verdict = "partly"
        said.append("the licence requirement is law; end-use limits are practice, not the announcement's text")
    if not rests:
        last = _status(court, names[0], day)
        said.append(f"{names[0]} was {last['status'].replace('_', ' ')} on {day}")
    return Verdict(verdict, rests[0] if rests else names[0], "; ".join(said))


def _eased(court: Court, name: str, day: dt.date, until: dt.date) -> dt.date | None:
    """The day between two on which a measure in force was suspended, ended or opened case by case."""
    for e in _seen(court, name):
        if e.kind in ("suspended", "ended", "withdrawn", "voided", "superseded") and day <= e.date <= until:
            return e.date
    return None


def _relaxed(claim: Claim, court: Court, names: list[str], day: dt.date, text: str) -> Verdict:
    window = _YEAR if claim.negated or claim.modality == "forecast" else 90
    back = 45 if claim.modality == "reported" else 0 if claim.negated else _SOON
    first = day - dt.timedelta(days=back)
    live = [m for m in names if (b := _began(court, m)) is not None and b <= day]
    eased = {m: d for m in live if (d := _eased(court, m, first, day + dt.timedelta(days=window)))}
    if claim.modality == "reported" and not claim.negated:
        for m in live:  # "has suspended" may speak of what was done months before and still holds
            state = _status(court, m, day)
            if m not in eased and state["status"] == "suspended" and state["since"]:
                eased[m] = dt.date.fromisoformat(state["since"])
    opened = _easings(claim, court, first, day + dt.timedelta(days=window))
    if opened and not claim.negated:
        told = ", ".join(f"{m} on {d}" for m, d in opened.items())
        return Verdict("supported", next(iter(opened)), f"opened: {told}")
    eased |= opened
    told = ", ".join(f"{m} on {d}" for m, d in eased.items())
    if claim.negated and claim.modality == "denied":
        past = day - dt.timedelta(days=_YEAR)
        done = {m: d for m in live if (d := _eased(court, m, past, day))} | _easings(claim, court, past, day)
        if done:
            told = ", ".join(f"{m} on {d}" for m, d in done.items())
            return Verdict("contradicted", next(iter(done)), f"denied, but eased: {told}")
        return Verdict("supported", (live or names)[0], f"none was eased by {day}")
    if claim.negated:
        if not eased:
            return Verdict("supported", (live or names)[0], f"none was eased within a year of {day}")
        if any(w in text for w in _LINKED):
            return Verdict(
                "cannot_be_told", next(iter(eased)), f"eased later ({told}); whether in exchange is contested"
            )
        return Verdict("contradicted", next(iter(eased)), f"eased within a year: {told}")
    if not live:
        return Verdict("not_in_ledger", names[0], "no such restriction had begun by then")
    stayed = [
        m for m in live if m not in eased and _status(court, m, day + dt.timedelta(days=window))["status"] in _IN_FORCE
    ]
    for m in eased:
        if (other := until_verdict(claim, court, m, day)) is not None:
            return other
    if eased and not stayed:
        return Verdict("supported", next(iter(eased)), f"eased: {told}")
    if eased:
        return Verdict("partly", next(iter(eased)), f"eased: {told}; in force still: {', '.join(stayed)}")
    if "supply" in text or "suppl" in text:
        return Verdict(
            "cannot_be_told", stayed[0] if stayed else live[0], "the control stayed; how licences flowed is practice"
        )
    name = (stayed or live)[0]
    return Verdict("contradicted", name, f"in force since {_began(court, name)} and not lifted within {window} days")


def _unplanned(claim: Claim, court: Court, names: list[str], day: dt.date) -> Verdict:
    """Whether what is said not to come stayed away for a year."""
    later = day + dt.timedelta(days=_YEAR)
    for name in names:
        began = _began(court, name)
        if began is not None and day < began <= later:
            return Verdict("contradicted", name, f"denied, but it came into force on {began}")
        if _status(court, name, day)["status"] in _IN_FORCE:
            return Verdict("contradicted", name, f"denied, but in force since {began}")
    if later > court.ledger.firm_until:
        return Verdict("cannot_be_told", names[0], f"the year from {day} is not over")
    return Verdict("supported", names[0], f"none came into force within a year of {day}")


def _planned(claim: Claim, court: Court, names: list[str], day: dt.date) -> Verdict:
    """Whether what was planned, threatened or foreseen came within a year."""
    last = min(day + dt.timedelta(days=_YEAR), claim.horizon[1] if claim.horizon else dt.date.max)
    if claim.date is not None and claim.date[0] > day:
        for name in names:
            state = _status(court, name, claim.date[0])
            if state["status"] in ("suspended", "ended", "withdrawn"):
                text = f"{state['status']} by {claim.date[0]}, the day it was to begin"
                return Verdict("contradicted", name, text)
    for name in names:
        for e in _seen(court, name):
            if e.kind == "entered_into_force" and day < e.date <= last:
                later = _status(court, name, court.ledger.firm_until)
                text = f"came into force on {e.date}" + (f" ({e.instrument})" if e.instrument else "")
                return Verdict(
                    "supported", name, f"{text}; {later['status'].replace('_', ' ')} at {court.ledger.firm_until}"
                )
    live = [m for m in names if _status(court, m, day)["status"] in _IN_FORCE]
    if live and claim.modality == "forecast" and claim.action != "restrict":
        return Verdict("supported", live[0], f"in force since {_began(court, live[0])}, and kept")
    return Verdict("cannot_be_told", names[0], "nothing of the kind came into force within a year")
