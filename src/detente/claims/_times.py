"""How long, until when, and who met: durations, deadlines, talks."""

from __future__ import annotations

from detente.claims._claim import Claim
from detente.claims._frame import Frame
from detente.claims._parties import in_phrase
from detente.claims._quantities import Quantity
from detente.claims._tokens import words
from detente.claims._words import CONTROL, EXTEND, MEET, PAUSE, SUSPEND, TARIFF, forms

_UNITS = words("days weeks months years")
_TAKES = forms("take last require need")
_TALKS = words("talks negotiation negotiations talk round summit meeting meetings call consultations dialogue")
_HELD = forms("hold meet convene conclude gather begin") | words("place following follows came place")
_ENDS = forms("expire lapse end resume") | words("deadline until due")
_REVIEWS = words("review reviews reviewed licence licences license licenses renewed renewal permit permits")
_FROM_THEN = words("after before since later earlier ago into")
_ENOUGH = words("short long enough sufficient tight brief")


def time_claims(frame: Frame, numeric: bool) -> list[Claim]:
    """Durations and deadlines, and talks if nothing with a number was found in the clause."""
    out = [c for q in frame.sizes if (c := _duration(frame, q))]
    if not numeric:
        out += _deadline(frame)
        if not out:
            out += _meeting(frame)
    return out


def _duration(frame: Frame, q: Quantity) -> Claim | None:
    if q.unit not in _UNITS:
        return None
    row = frame.s.row
    after = frame.s.keys(q.after, min(q.after + 5, frame.after))
    before = frame.s.keys(max(frame.first, q.first - 6), q.first)
    keys = set(frame.keys())
    if (after[:1] and after[0] in _FROM_THEN) or (before[-1:] == ["in"] and {"effect", "force", "start"} & set(before)):
        return None  # "one day after the truce expired", "take effect in seven days" is when, not how long
    found = ""
    unit = row[q.after - 1]
    if unit.glued and PAUSE & set(after[:3]):
        found = "length"
    elif before[-1:] == ["every"] and _REVIEWS & keys:
        found = "interval"
    elif (
        (after[:1] in (["is"], ["was"], ["are"]) and _ENOUGH & set(after[:4]))
        or (_TAKES & set(before) and (_talked(frame) or PAUSE & keys))
        or (
            (
                before[-1:] in (["for"], ["by"], ["another"], ["additional"], ["further"])
                or before[-2:-1]
                in (
                    ["for"],
                    ["by"],
                )
            )
            and keys & (SUSPEND | EXTEND)
            and (TARIFF | PAUSE | CONTROL) & keys | {"it"} & keys
        )
    ):
        found = "length"
    if not found:
        return None
    actors = [p.code for p in frame.places() if not in_phrase(frame, p)]
    actor = actors[0] if len(set(actors)) == 1 else None
    text = frame.s.text[row[q.first].start : row[q.after - 1].end]
    return frame.claim(
        "duration", frame.first, frame.after, to=q.high, low=q.low if q.low != q.high else None,
        high=q.high if q.low != q.high else None, unit=q.unit,
        bound=q.bound or None, action=found, subject=frame.topics(), said={"to": text}, actor=actor,
    )  # fmt: skip


def _talked(frame: Frame) -> bool:
    return bool(_TALKS & set(frame.s.keys(0, len(frame.s.row)))) or "negotiation" in frame.topics()


def _deadline(frame: Frame) -> list[Claim]:
    row = frame.s.row
    keys = {row[i].key for i in range(frame.first, frame.after) if not (i and row[i - 1].key == "year")}
    if not keys & (_ENDS | EXTEND | PAUSE):
        return []
    for m in frame.s.dates:
        if not frame.first <= m.first < frame.after or m.kind == "span":
            continue
        lead = frame.s.keys(max(frame.first, m.first - 3), m.first)
        moved = keys & {"deadline"} | keys & EXTEND and {"to", "until", "through"} & set(lead)
        ends = keys & forms("expire lapse end") and set(lead) & {"on", "in", "by", "at"}
        closes = m.deadline and keys & (SUSPEND | EXTEND | PAUSE | {"deadline"}) and keys & (PAUSE | TARIFF | {"it"})
        if not (moved or ends or closes):
            continue
        days = frame.s.resolved.get(m.first)
        actor = frame.places()[0].code if frame.places() else None
        people = [
            p.speaker.economy for p in frame.s.people if frame.first <= p.first < frame.after and p.speaker.economy
        ]
        claim = frame.claim(
            "deadline", frame.first, frame.after, action="extend" if keys & EXTEND else "end", horizon=days,
            subject=frame.topics(), actor=people[0] if people else actor,
        )  # fmt: skip
        return [claim]
    return []


def _meeting(frame: Frame) -> list[Claim]:
    row = frame.s.row
    keys = frame.keys()
    talked = {k for k in keys if k in _TALKS}
    met = bool(set(keys) & (_HELD | MEET))
    if not (talked and met) and not ({"met"} & set(keys)):
        return []
    dated = [m for m in frame.s.dates if m.kind == "day" and frame.first <= m.first < frame.after]
    places = list(dict.fromkeys(p.code for p in frame.places()))
    if not dated or (not places and not frame.s.people):
        return []
    place = None
    for i in range(frame.first + 1, frame.after):
        named = row[i].capital and row[i - 1].key in ("in", "at")
        if named and not any(m.first <= i < m.after for m in frame.s.dates):
            place = row[i].text
            break
    days = frame.s.resolved.get(dated[0].first)
    ahead = bool({"will", "would", "to"} & set(keys)) and not {"held", "took", "met"} & set(keys)
    return [
        frame.claim(
            "meeting", frame.first, frame.after, date=days, actor=places[0] if places else None,
            target=places[1] if len(places) > 1 else None, place=place, subject=("negotiation",),
            modality="forecast" if ahead else "reported",
        )
    ]  # fmt: skip
