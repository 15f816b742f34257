"""Whether the syntax of a clause makes an economy the one who levies: a verb of levying, cutting or promising."""

from __future__ import annotations

from detente.claims._clause import Place
from detente.claims._frame import Frame
from detente.claims._heads import AVOIDS, GETS, PAYS, subjects
from detente.claims._tokens import words
from detente.claims._words import (
    DOWN,
    EXTEND,
    FLOW,
    IMPOSE,
    MACRO,
    PLAN,
    PROMISE,
    REMOVE,
    SUSPEND,
    TARIFF,
    THREATEN,
    UP,
    forms,
)

_EITHER = forms("keep maintain retain leave hold settle")
"""Verbs of those who levy a duty and of those who bear it alike: `kept a 10 % tariff`."""
_NO_ACT = forms("face pay attract carry stand be have remain stay drop") | _EITHER | words("up is are was were has had")
_OTHERS = forms("match target tax accuse let admit approve")
_LEVYING = ((DOWN | UP | IMPOSE | REMOVE | SUSPEND | EXTEND | THREATEN | PROMISE | PLAN | _OTHERS) - _NO_ACT) | forms(
    "drop tariff refuse retaliate respond reply exempt"
)
_BEARING = PAYS | GETS | AVOIDS
_THINGS = (
    FLOW
    | MACRO
    | words(
        "goods products companies company firms firm exporters importers makers producers growers farmers manufacturers"
        " suppliers workers shares stocks currency steel cars vehicles consumers shoppers brands airlines carmakers"
        " steelmakers chipmakers retailers chain association analysts economists institute bank"
    )
) - words("investment demand trade")
BREAKS = words("after as because if when while since although though despite amid before unless where ;")
_LEADS = words("and but or then to also not has have had would will could may might must shall yet be , – — it they he")
_PASSIVE = words("is are was were be been being gets got")
_REACH = 16
"""Words looked through between a subject and its verb, or a verb and its duty."""


def levies(frame: Frame, place: Place) -> bool:
    """Whether a verb of levying, cutting or promising is said of an economy: `Peru said it would cut its duties`."""
    return _acts(frame, place.after)


def goes_on(frame: Frame) -> bool:
    """Whether a clause without a subject of its own goes on about what the one before did: `and cut its duty to 5 %`,
    or says whose duty it is by a possessive."""
    row = frame.s.row
    for i in range(frame.first, min(frame.first + 8, frame.after)):
        key = row[i].key
        if key in ("its", "their"):
            return bool(TARIFF & set(frame.s.keys(i + 1, min(i + 6, frame.after))))
        if key in _LEVYING or key in _EITHER:
            return (key.endswith("ing") or row[i - 1].key not in _PASSIVE) and _acts(frame, i)
        if key not in _LEADS and not key.endswith("ly"):
            return False
    return False


def _acts(frame: Frame, start: int) -> bool:
    row = frame.s.row
    starts = {p.first for p in frame.places()}
    rates = {q.first for q in frame.sizes if q.rated}
    for i in range(start, min(start + _REACH, frame.after)):
        key = row[i].key
        if subjects(frame.s.keys(0, frame.after), i):
            return _reaches(frame, i)
        if key in _LEVYING and (key.endswith("ing") or i == start or row[i - 1].key not in _PASSIVE):
            if key in ("hit", "targeted") and row[i + 1 : i + 2] and row[i + 1].key in ("with", "by"):
                return False
            return _reaches(frame, i)
        if key in _EITHER:
            return bool({"its", "their", "all"} & set(frame.s.keys(i + 1, min(i + 4, frame.after))))
        if key in TARIFF | _BEARING | _THINGS | BREAKS or key.endswith("makers") or i in rates:
            return False
        if i in starts and row[i - 1].key not in ("and", ",", "the", "in", "with"):
            return False
    return False


def _reaches(frame: Frame, verb: int) -> bool:
    """Whether a duty or its rate stands behind a verb before another statement begins."""
    rates = {q.first for q in frame.sizes if q.rated}
    for i in range(verb + 1, frame.after):
        if i in rates or frame.s.row[i].key in TARIFF:
            return True
        if frame.s.row[i].key in BREAKS | MACRO:
            return False  # "raised prices to offset the 39 % tariff"
    return False
