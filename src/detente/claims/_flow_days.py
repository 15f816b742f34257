"""When a number of trade, output or prices holds, and whether it has been or is expected."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

from detente.claims._claim import Claim
from detente.claims._dates import Mention
from detente.claims._frame import Frame
from detente.claims._quantities import Quantity
from detente.claims._tokens import words
from detente.claims._words import FUTURE, PREDICT, forms

_MADE = words("forecast forecasts projection projections estimate estimates report outlook prediction update")
_TOLD = words("estimated predicted published issued released reported")
_AIMS = words("target goal targets")
_ESTIMATES = forms("estimate reckon calculate")
_REVISED = forms("revise upgrade downgrade") - {"revise"}
_PAST = words(
    "rose fell grew shrank sank was were stood had did expanded contracted increased decreased declined dropped climbed"
    " jumped surged slowed slumped plunged accelerated eased reached totalled totaled gained widened narrowed averaged"
)


def expected(frame: Frame, claim: Claim, q: Quantity) -> Claim:
    """A number of a year to come is a forecast, or aimed at; one that is estimated of what has been is reported."""
    day = frame.context.anchor
    if claim.modality == "reported" and _AIMS & set(frame.s.keys(max(0, q.first - 4), q.first)):
        claim.modality = "planned"
    elif claim.modality == "reported" and day is not None and claim.date is not None and claim.date[1] > day:
        keys = set(frame.keys())
        if (claim.date[0] > day and not _PAST & keys) or _REVISED & keys:
            claim.modality = "forecast"
    elif claim.modality == "forecast" and not claim.probability and _estimated(frame, q):
        over = claim.date is not None and day is not None and claim.date[1] < day and claim.horizon is None
        claim.modality = "reported" if over or claim.kind == "share" else "forecast"
    elif claim.modality == "forecast" and not claim.probability:
        before = set(frame.s.plain_keys(frame.first, q.first))
        if (_PAST - {"was", "were", "had", "did"}) & before and not (FUTURE | PREDICT) & before:
            claim.modality = "reported"  # "rose 0.2 %, below the 0.3 % economists expected"
    return claim


def _estimated(frame: Frame, q: Quantity) -> bool:
    """Whether the only word that looks ahead is one of estimating."""
    keys = set(frame.s.plain_keys(0, len(frame.s.row)))
    return bool(_ESTIMATES & keys) and not (FUTURE | PREDICT - _ESTIMATES) & keys


def own_days(frame: Frame, q: Quantity, many: bool, after: int = 0) -> dict[str, Any]:
    """The days written right after a number; where a clause has several, those of another number are not its own.

    `after` is the token after what the number counts, where that is named: `3 % of its output in 2027`.
    """
    after = max(after, q.after)
    dates = [m for m in frame.s.dates if frame.first <= m.first < frame.after and not _of_a_forecast(frame, m)]
    near = [m for m in dates if q.after <= m.first <= after + 4 and _beside(frame, after, m)]
    if not near and dates and len(dates) < sum(frame.first <= m.first < frame.after for m in frame.s.dates):
        near = dates[:1]  # the only day that is not another's
    if not near:
        span = _stretch(frame, dates)
        if span is not None:
            return {"date": span}
        return {"date": None, "horizon": None} if (many and _dated_apart(frame)) or _only_forecast(frame, dates) else {}
    m = near[0]
    days = frame.s.resolved.get(m.first)
    if days is None or m.kind == "span":
        return {}
    if m.part == "this" and frame.modality()[0] in ("reported", "denied") and frame.probability() is None:
        return {}  # the part of the year that is gone
    ahead = m.deadline or m.part in ("this", "next", "h1", "h2", "following")
    if ahead and days[1] > (frame.context.anchor or days[1]):
        return {"date": None, "horizon": days}
    if m.part == "this":
        return {}
    return {"date": days, "horizon": None}


def dated(frame: Frame, q: Quantity) -> bool:
    """Whether a day stands right after a number."""
    return any(q.after <= m.first <= q.after + 2 and _beside(frame, q.after, m) for m in frame.s.dates)


def _of_a_forecast(frame: Frame, m: Mention) -> bool:
    """Whether a day is only when a forecast was made: `lower than forecast in January`, `the April report`."""
    before, after = frame.s.keys(max(0, m.first - 2), m.first), frame.s.keys(m.after, m.after + 2)
    if before[-2:] in (["same", "period"], ["same", "month"], ["same", "time"]) or before[-1:] == ["versus"]:
        return True  # what it is compared with
    if before[-1:] == ["for"]:
        return False
    return bool((_MADE | _TOLD) & set(before)) or bool(_MADE & set(after[:1]))


def _only_forecast(frame: Frame, dates: Sequence[Mention]) -> bool:
    inside = [m for m in frame.s.dates if frame.first <= m.first < frame.after]
    return bool(inside) and not dates


def _stretch(frame: Frame, dates: Sequence[Mention]) -> tuple[dt.date, dt.date] | None:
    """`From June to August` as one stretch."""
    for a, b in itertools.pairwise(dates):
        link = frame.s.keys(a.after, b.first)
        lead = frame.s.keys(max(0, a.first - 1), a.first)
        if (lead, link) in ((["from"], ["to"]), (["between"], ["and"]), (["from"], ["through"])):
            one, two = frame.s.resolved.get(a.first), frame.s.resolved.get(b.first)
            if one is not None and two is not None and one[0] <= two[1]:
                return one[0], two[1]
    return None


def _beside(frame: Frame, after: int, m: Mention) -> bool:
    between = frame.s.keys(after, m.first)
    return not any(k in (",", ";", "and", "to", "from", "than", "compared") or k[:1].isdigit() for k in between)


def _dated_apart(frame: Frame) -> bool:
    """Whether the days of a clause stand beside its numbers: `2.4 % in 2027 and 3 %`, not `In 2027, 2.4 % and 3 %`."""
    inside = [m for m in frame.s.dates if frame.first <= m.first < frame.after]
    sizes = frame.sizes
    return bool(inside) and bool(sizes) and all(m.first > sizes[0].first for m in inside)
