"""Verdicts on duties: the press's figures and single measures, day by day around the article."""

from __future__ import annotations

import datetime as dt
import re

from detente.claims import Claim
from detente.errors import UserError
from detente.study._verdict_series import Series, between, of_measure, of_pair
from detente.study._verdict_suspensions import suspended_rate
from detente.study._verdicts import Court, Verdict, measures_of

_NEAR = 0.00051
"""Rates in the press are rounded to a tenth of a point."""
_BACK, _AHEAD = 60, 45
"""Days before and after a claim within which a change counts as the one it speaks of."""
_AVERAGES = 0.05
"""Averages of the same duties by different weights and years differ by a few points."""


def rate_verdict(claim: Claim, court: Court) -> Verdict:
    """The verdict on a change or level of a duty."""
    if "average" in claim.text.casefold() or "effective rate" in claim.text.casefold():
        return _average(claim, court)
    if claim.negated and "exempt" in claim.text.casefold():
        return Verdict("cannot_be_told", None, "which goods are exempt stands in lists of lines, not in one rate")
    if (unfit := _unfit(claim, court)) is not None:
        return unfit
    series = _series(claim, court)
    today = court.day_of(claim)
    put_off = not series and _stays(claim) and claim.actor is not None and not claim.negated
    if put_off and today is not None and (found := suspended_rate(claim, court, today, None)) is not None:
        return found
    if not series:
        if (line := _of_lines(claim, court)) is not None:
            return Verdict("cannot_be_told", line, "the duty's rates vary by line; one number is not its rate")
        if claim.actor is None:
            return Verdict("cannot_be_told", None, "the text does not say whose duty it is")
        if claim.target is None and any(
            m.imposer == claim.actor for m in court.ledger.measures.values() if m.is_tariff
        ):
            return Verdict("cannot_be_told", None, "the text does not say on whose goods")
        if claim.target and any(
            m.is_tariff and m.imposer == claim.actor and m.reaches(claim.target) for m in court.ledger.measures.values()
        ):
            who = f"the ledger holds duties of {claim.actor} that reach goods from {claim.target}"
            return Verdict("cannot_be_told", None, f"{who}, but no rate for those named")
        who = f"{claim.actor} on goods from {claim.target}" if claim.target else claim.actor
        return Verdict("not_in_ledger", None, f"the ledger holds no such duty of {who}")
    day = court.day_of(claim)
    if day is None:
        return _undated(claim, series)
    if day > court.ledger.thin_until:
        return Verdict("cannot_be_told", None, f"the evidence ends on {court.ledger.thin_until}")
    if claim.modality == "demanded":
        return Verdict("cannot_be_told", None, "a demand: the ledger holds what was done, not what was asked for")
    if claim.negated and claim.action != "keep":
        return opposite(_positive(claim, court, series, day), claim, court, day)
    return _positive(claim, court, series, day)


def _of_lines(claim: Claim, court: Court) -> str | None:
    """The duty that a claim on some goods may mean, whose rates vary by line: named, or one between the two economies;
    the one that stood or began nearest to the day."""
    named = [m for t in claim.subject for m in measures_of(t, claim.actor)[0] if m in court.ledger.measures]
    lines = [m for m in named if court.ledger.measures[m].is_tariff]
    if not lines and claim.actor and claim.target:
        lines = between(claim.actor, claim.target, court)
    lines = [m for m in lines if claim.target is None or court.ledger.measures[m].reaches(claim.target)]
    day = court.day_of(claim)
    if not lines or day is None:
        return lines[0] if lines else None
    began = {m: _first_day(m, court) for m in lines}
    open_by = [m for m in lines if began[m] is not None and began[m] <= day + dt.timedelta(days=_AHEAD)]
    return min(open_by, key=lambda m: abs((began[m] - day).days)) if open_by else None


def _first_day(name: str, court: Court) -> dt.date:
    days = [e.date for e in court.ledger.measures[name].events if e.kind == "entered_into_force"]
    return min(days, default=dt.date.max)


def _stays(claim: Claim) -> bool:
    """Whether a duty is put off, or its being put off prolonged."""
    told = any(w in claim.text.casefold() for w in ("suspen", "pause", "delay"))
    return claim.action == "suspend" or (claim.action == "extend" and told)


def opposite(found: Verdict, claim: Claim, court: Court, day: dt.date) -> Verdict:
    """The verdict on a denial, from that on what is denied: what the ledger lacks was rightly denied."""
    if claim.modality == "forecast" and day + dt.timedelta(days=365) > court.ledger.firm_until:
        if found.verdict == "supported":
            return Verdict("contradicted", found.measure, f"denied, but: {found.detail}")
        return Verdict("cannot_be_told", found.measure, f"the year from {day} is not over; {found.detail}")
    words = {"supported": "contradicted", "contradicted": "supported", "cannot_be_told": "cannot_be_told"}
    if claim.modality == "forecast" and found.verdict == "cannot_be_told":
        words["cannot_be_told"] = "supported"
    word = words.get(found.verdict, found.verdict)
    lead = {"contradicted": "denied, but: ", "supported": "as denied: "}.get(word, "")
    return Verdict(word, found.measure, lead + found.detail)


def _unfit(claim: Claim, court: Court) -> Verdict | None:
    """Where the measures of a topic cannot answer: a range over several lists, or goods that only some lists cover."""
    lists = [m for t in claim.subject for m in measures_of(t, claim.actor)[0]]
    if claim.low is not None and claim.kind == "tariff_level" and len(lists) > 1:
        return Verdict("cannot_be_told", lists[0], "a range over several duties: no one of them decides it")
    others = [t for t in claim.subject if t not in ("section-301", "reciprocal", "fentanyl")]
    if "section-301" in claim.subject and others and not any(measures_of(t, claim.actor)[0] for t in others):
        what = f"which of the lists covers {', '.join(others)} is not told"
        return Verdict("cannot_be_told", lists[0] if lists else None, what)
    return None


def _positive(claim: Claim, court: Court, series: list[Series], day: dt.date) -> Verdict:
    """The verdict on what is said, whether it is asserted or denied."""
    if claim.modality == "threatened" and (threat := _never(claim, court, series, day)).verdict == "supported":
        return threat
    if _stays(claim):
        return _put_off(claim, court, series, day)
    announced = _ANNOUNCED.search(claim.text.casefold()) is not None or bool(_TOTAL.search(claim.text.casefold()))
    if announced and claim.modality == "reported" and (told := _scheduled(claim, court, series, day)) is not None:
        return told
    ahead = _AHEAD if claim.modality in ("reported", "promised", "denied") else 365
    found = [v for s in series if (v := _fits(claim, s, day, ahead)) is not None]
    foreseen = claim.modality in ("threatened", "planned", "forecast")
    if found and foreseen and all(v.verdict == "partly" for v in found):
        # a duty on some goods that has this rate by chance gives way to the one announced
        announced_one = _never(claim, court, series, day)
        if announced_one.verdict != "cannot_be_told":
            return announced_one
    if found:
        return min(found, key=lambda v: ("supported", "partly").index(v.verdict))
    if foreseen and not _STANDS.search(claim.text.casefold()):
        return _never(claim, court, series, day)
    if (other := _moved_elsewhere(claim, series, day)) is not None:
        return other
    if (varies := _varying(claim, court, day)) is not None:
        return varies
    if claim.kind == "tariff_change" and claim.from_ is None and claim.to is not None:
        for s in series:
            if not s.narrow and s.at(day) > 0 and _meets(s.at(day), claim):
                text = f"{_pc(s.at(day))} % on {day}, but it moved there before; {s.applies_to}"
                return Verdict("partly", s.name, text)
    general = court.ledger.measures.get(series[0].name)
    if general is not None and claim.target is not None and claim.target not in general.targets:
        text = f"{_pc(series[0].at(day))} % for all on {day}; what one economy was granted is not in that rate"
        return Verdict("cannot_be_told", series[0].name, text)
    return _against(claim, series, day)


_ANNOUNCED = re.compile(r"\b(?:announc|unveil|order(?:ed|s)\b|sign(?:ed|s)\b)")
_TOTAL = re.compile(r"\b(?:bringing|taking|brings|takes|pushing) (?:the|its|their)\b.*\b(?:total|to)\b")


def _scheduled(claim: Claim, court: Court, series: list[Series], day: dt.date) -> Verdict | None:
    """A duty announced within two months before the day, at this rate, or that brings the total to it."""
    now = next((s.at(day) for s in series if s.name.startswith("added in")), 0.0)
    for name, m in court.ledger.measures.items():
        if m.imposer != claim.actor or not m.is_tariff or (claim.target and not m.reaches(claim.target)):
            continue
        if claim.subject and name not in {x for t in claim.subject for x in measures_of(t, claim.actor)[0]}:
            continue
        for e in m.events:
            known = court.known is None or e.known <= court.known
            if e.kind != "announced" or e.rate is None or not known or not 0 <= (day - e.date).days <= _SOON:
                continue
            full, goal = f"{name}#{e.limb}" if e.limb else name, claim.to
            text = f"announced on {e.date}" + (f" for {e.takes_effect}" if e.takes_effect else "")
            if goal is not None and abs(e.rate - goal) <= _NEAR:
                return Verdict("supported", full, f"{_pc(e.rate)} % {text}")
            if goal is not None and now > 0 and claim.parts and abs(now + e.rate - goal) <= _NEAR:
                return Verdict("supported", full, f"{_pc(e.rate)} % {text}, on top of {_pc(now)} %")
    return None


_SOON = 14
"""Days within which an announcement is news."""


def _put_off(claim: Claim, court: Court, series: list[Series], day: dt.date) -> Verdict:
    """A duty or a rise that is suspended or postponed: by the suspensions on record, else by the rate that stayed."""
    headline = next((s.at(day) for s in series if s.name.startswith("added in")), None)
    found = suspended_rate(claim, court, day, headline)
    if found is not None and found.verdict == "supported":
        return found
    if claim.from_ is not None and claim.to is not None:
        return _postponed(claim, series, day)
    if found is not None:
        return found
    if claim.by is not None and claim.kind == "tariff_change" and claim.by < 0:
        fits = [v for s in series if (v := _fits(claim, s, day, _AHEAD)) is not None]
        if fits:
            return fits[0]
    now = "; ".join(f"{s.name} {_pc(s.at(day))} %" for s in series[:2])
    return Verdict("contradicted", series[0].name, f"the ledger suspends no such duty around {day}; that day: {now}")


def _postponed(claim: Claim, series: list[Series], day: dt.date) -> Verdict:
    """A rise that is put off: the old rate must still stand two months later."""
    for s in series:
        if claim.from_ is not None and abs(s.at(day) - claim.from_) <= _NEAR:
            later = s.at(day + dt.timedelta(days=_BACK))
            word = "supported" if abs(later - claim.from_) <= _NEAR else "contradicted"
            return Verdict(word, s.name, f"{_pc(s.at(day))} % on {day}, {_pc(later)} % {_BACK} days later")
    return Verdict("cannot_be_told", None, f"no duty stood at {_pc(claim.from_ or 0.0)} % on {day}")


def _moved_elsewhere(claim: Claim, series: list[Series], day: dt.date) -> Verdict | None:
    """The duty did leave the rate claimed, around that day, but for another one."""
    if claim.from_ is None or claim.to is None:
        return None
    for s in series:
        for when, before, after in s.moves():
            near = abs((when - day).days) <= _BACK
            if not s.narrow and near and abs(before - claim.from_) <= _NEAR < abs(after - claim.to):
                text = f"{_pc(before)} to {_pc(after)} % on {when}, not to {_pc(claim.to)} %; {s.applies_to}"
                return Verdict("contradicted", s.name, text)
    return None


def _varying(claim: Claim, court: Court, day: dt.date) -> Verdict | None:
    """A duty whose rate varies by line cannot be set against one number."""
    if claim.actor is None or claim.target is None:
        return None
    for name in between(claim.actor, claim.target, court):
        state = court.status(name, day)
        began = dt.date.fromisoformat(state["since"]) if state["since"] else None
        near = began is not None and abs((began - day).days) <= 2 * _BACK
        if state["status"] == "in_force" and state.get("rate") is None and near:
            return Verdict("cannot_be_told", name, f"in force since {state['since']} at rates that vary by line")
    return None


def _average(claim: Claim, court: Court) -> Verdict:
    """An average rate against the trade-weighted statutory one; weights differ by author, so points are allowed for."""
    day = court.day_of(claim)
    if claim.actor is None or claim.target is None or claim.to is None or day is None:
        return Verdict("not_in_ledger", None, "the ledger holds averages of one economy's duties on another's goods")
    try:
        ends = {"importer": claim.actor, "exporter": claim.target}
        key = ("average", claim.actor, claim.target, day)
        answer = court.once(key, lambda: court.ledger.on(day, court.known).average(**ends))
    except UserError as error:
        return Verdict("not_in_ledger", None, error.problems[0].what)
    gap = abs(answer.average - claim.to)
    name = f"average {claim.actor}<-{claim.target}"
    text = f"said {_pc(claim.to)} %, reckoned {100 * answer.average:.1f} % on {day} ({answer.weights})"
    if gap <= _AVERAGES:
        return Verdict("supported" if gap <= _AVERAGES / 2 else "partly", name, text)
    return Verdict("contradicted", name, text)


def _series(claim: Claim, court: Court) -> list[Series]:
    topics = list(claim.subject)
    if "section-301" in topics and len(topics) > 1:
        topics = [t for t in topics if t not in ("section-301", "semiconductors")] or topics  # goods name the list
    ids = [m for t in topics for m in measures_of(t, claim.actor)[0]]
    ids = [m for m in ids if m in court.ledger.measures and court.ledger.measures[m].is_tariff]
    ids = [m for m in ids if claim.target is None or court.ledger.measures[m].reaches(claim.target)]
    out = [s for m in dict.fromkeys(ids) if (s := of_measure(m, court)) is not None]
    if claim.actor and claim.target and not claim.subject:
        actor, target = claim.actor, claim.target
        out += court.once(("pair", actor, target), lambda: of_pair(actor, target, court))
    return out


def _scope(claim: Claim, series: Series, text: str) -> Verdict:
    if series.narrow:
        why = f"{text}; but only for {series.applies_to}: one kind of good, not the average"
        return Verdict("partly", series.name, why)
    return Verdict("supported", series.name, f"{text}; {series.applies_to}")


def _fits(claim: Claim, series: Series, day: dt.date, ahead: int) -> Verdict | None:
    first, last = day - dt.timedelta(days=_BACK), day + dt.timedelta(days=ahead)
    if claim.date is not None and claim.kind == "tariff_change":
        first = min(first, claim.date[0] - dt.timedelta(days=15))
    moves = [m for m in series.moves() if first <= m[0] <= last]
    for when, before, after in moves:
        if claim.from_ is not None and abs(before - claim.from_) > _NEAR and not _earlier(series, claim.from_, when):
            continue
        if claim.to is not None and not (_crosses(before, after, claim) if _bounded(claim) else _meets(after, claim)):
            continue
        if claim.from_ is None and claim.to is None and claim.by is not None and not _moved_by(after - before, claim):
            continue
        lasting = claim.kind == "tariff_level" and _STANDS.search(claim.text.casefold())
        if claim.kind == "tariff_change" or (claim.modality != "reported" and not lasting):
            text = f"{_pc(before)} to {_pc(after)} % on {when}"
            return _scope(claim, series, text)
    if claim.kind == "tariff_level" and claim.to is not None:
        for when in (day,) if _STANDS.search(claim.text.casefold()) else (day, *(m[0] for m in moves)):
            if _meets(series.at(when), claim):
                return _scope(claim, series, f"{_pc(series.at(when))} % on {when}{_parts(claim)}")
    return None


_STANDS = re.compile(r"\b(?:stays?|stayed|remains?|remained|keeps?|kept|maintain(?:s|ed)?|still|now)\b")
"""Words for a rate that is in force on the day: one that was so a month before is another."""


def _meets(rate: float, claim: Claim) -> bool:
    """Whether a rate is the one claimed, lies in the range claimed, or, where that is denied, under it."""
    assert claim.to is not None
    if claim.negated and claim.bound == "at_most":
        return rate < claim.to - _NEAR
    if claim.low is not None and claim.high is not None:
        return claim.low - _NEAR <= rate <= claim.high + _NEAR
    if _bounded(claim):
        return rate >= claim.to - _NEAR if claim.bound == "at_least" else 0.0 < rate <= claim.to + _NEAR
    return abs(rate - claim.to) <= _NEAR


_UNDER = re.compile(r"\b(?:below|under|beneath|less than|lower than|fewer than)\b")


def _bounded(claim: Claim) -> bool:
    """Whether a rate is only a bound: `above 100 %`, `below 50 %`; `up to 25 %` names the rate of the highest line."""
    under = claim.bound == "at_most" and _UNDER.search(claim.text.casefold()) is not None
    return claim.low is None and (claim.bound == "at_least" or under)


def _crosses(before: float, after: float, claim: Claim) -> bool:
    """Whether a move passes a bound from the other side."""
    assert claim.to is not None
    if claim.bound == "at_least":
        return before < claim.to - _NEAR and after >= claim.to - _NEAR
    return before > claim.to + _NEAR and after <= claim.to + _NEAR


def _moved_by(change: float, claim: Claim) -> bool:
    if claim.low is not None and claim.high is not None:
        return claim.low - _NEAR <= change <= claim.high + _NEAR
    return claim.by is not None and abs(change - claim.by) <= _NEAR


def _earlier(series: Series, rate: float, when: dt.date) -> bool:
    """Whether a rate was in force within four months before a day: a change told in one step may have had two."""
    first = when - dt.timedelta(days=120)
    return any(abs(a - rate) <= _NEAR and first <= d < when for d, _, a in series.moves())


def _parts(claim: Claim) -> str:
    return f" ({' + '.join(_pc(p.rate) for p in claim.parts)})" if claim.parts else ""


def _pc(rate: float) -> str:
    return f"{100 * rate:.4g}"


def _undated(claim: Claim, series: list[Series]) -> Verdict:
    held = [
        f"{s.name}: {_pc(r)} % from {d}" for s in series for d, b, r in s.moves()
        if claim.to is not None and abs(r - claim.to) <= _NEAR and (claim.from_ is None or abs(b - claim.from_) <=
        _NEAR)
    ]  # fmt: skip
    text = "; ".join(held) if held else "no day has this rate"
    return Verdict("cannot_be_told", None, f"the day of the article is not known ({text})")


def _never(claim: Claim, court: Court, series: list[Series], day: dt.date) -> Verdict:
    """A duty that was announced, and did not come within a year."""
    rate = claim.to if claim.to is not None else claim.by
    for name, measure in court.ledger.measures.items():
        if measure.imposer != claim.actor or (claim.target and not measure.reaches(claim.target)) or rate is None:
            continue
        titles = [
            (name, measure.title),
            *((f"{name}#{x.name}", f"{x.title} {x.name.replace('-percent', ' %')}") for x in measure.limbs),
        ]
        for full, title in titles:
            if f"{_pc(rate)} %" not in title or not any(
                e.kind == "announced" and abs((e.date - day).days) <= 60 for e in measure.events
            ):
                continue
            status = court.status(full, day + dt.timedelta(days=180))["status"]
            word = "partly" if claim.modality == "forecast" and status == "never_in_force" else "supported"
            return Verdict(word, full, f"announced; six months later: {status.replace('_', ' ')}")
    now = "; ".join(f"{s.name} {_pc(s.at(day))} %" for s in series[:2])
    return Verdict("cannot_be_told", series[0].name, f"no such rate came into force within a year; that day: {now}")


def _against(claim: Claim, series: list[Series], day: dt.date) -> Verdict:
    """What the ledger has instead."""
    wanted = claim.to if claim.to is not None else claim.from_
    for s in series:
        for when, before, after in s.moves():
            if (
                wanted is not None
                and claim.to is not None
                and abs(after - wanted) <= _NEAR
                and (claim.from_ is None or abs(before - claim.from_) <= _NEAR)
            ):
                return Verdict(
                    "contradicted", s.name, f"{_pc(before)} to {_pc(after)} % came on {when}, not around {day}"
                )
    s = next((s for s in series if not s.narrow and s.at(day) > 0), series[0])
    return Verdict("contradicted", s.name, f"on {day} the ledger has {_pc(s.at(day))} % ({s.applies_to})")
