"""What each percentage beside trade, output or prices is: where it came from, where it went, by how much it moved."""

from __future__ import annotations

from collections.abc import Sequence

from detente.claims._chances import is_chance
from detente.claims._figure_heads import (
    ARE,
    EFFECTS,
    FALLS,
    RISES,
    Figure,
    another_subject,
    cost,
    named_after,
    named_before,
    of_a_whole,
)
from detente.claims._frame import Frame
from detente.claims._heads import RATES
from detente.claims._measures import Measure
from detente.claims._quantities import MOVES, RANGES, Quantity
from detente.claims._roles import POLL
from detente.claims._tokens import Token, words
from detente.claims._units import PERCENT, POINTS
from detente.claims._words import CHANGE_NOUN, TARIFF, forms

_FILLERS = words(
    "a an the about around roughly nearly almost only just some another additional extra further combined more than"
    " less as much many up approximately over well below above under an estimated average whopping hefty"
    " mere record solid steady modest robust its their an annual annualised annualized quarterly slight real still"
    " sharp full whole further predicted projected forecast expected similar meagre paltry total possible"
    " published reported provisional preliminary"
)
_RATE_OF = words("rate pace clip average level")
_COMPARATIVE = words("higher lower smaller larger bigger cheaper dearer costlier more less weaker stronger")
_MADE = words(
    "forecast projection estimate prediction reading expectation forecasts projections estimates predictions"
    " expectations"
)
_SET_BESIDE = words("above below than compared versus against from beating missing")
_EARLIER = words("previous prior earlier initial original previously old preliminary last")
_VERSUS = words("compared versus than against vs unlike instead rather historical long-run consensus")
_PARTS = words("and or but , ; in on to of from as after while with by for")
_AIMS = words("target goal targets goals aim ambition")
_MAKES = forms("make end add sum")
_PICKS = MOVES | forms("pick speed shoot")
_REVISED = words("upgrade downgrade revision upgrades downgrades")
_PERIODS = words("a one last previous before year same earlier ago")
_JOINS = words("and or then , followed while with")


def figure(frame: Frame, q: Quantity, found: Sequence[Measure], last: Figure | None) -> Figure | None:
    """What a percentage is a figure of, or None: a chance, a duty, a share, a comparison, or what cannot be told."""
    row, after = frame.s.row, frame.s.keys(q.after, q.after + 7)
    before = frame.s.keys(max(0, q.first - 6), q.first)
    if q.unit not in (PERCENT, POINTS) or is_chance(row, frame.first, q):
        return None
    if after[:1] == ["of"]:
        return cost(frame, q)
    if (TARIFF | RATES | _AIMS) & set(after[:2]) and "growth" not in after[:3] and not _yearly(before, after):
        return None
    if of_a_whole(frame, q) or (last is not None and another_subject(frame, q, last, found)):
        return None
    ahead = named_after(frame, q, found)
    measure = ahead or named_before(frame, q, found)
    if measure is None or POLL & set(frame.keys()):
        return None
    role, at = _role(frame, q, measure, last)
    if role and _compared(before, after, role, frame, q):
        return None
    if role == "by" and not measure.trade and measure.at < q.first and _of_a_rate(frame, measure, q, ahead is not None):
        return None
    if not role:
        return None
    turn = _direction(frame, q, measure, at) if role == "by" else 1.0
    if not turn and last is not None and last.role == "by" and _JOINS & set(frame.s.keys(last.q.after, q.first)):
        turn = last.sign  # "exports rose by 5 % and imports by 3 %"
    if role == "next" and last is not None:
        return Figure(q, last.measure if measure.at <= last.q.first else measure, last.role, last.sign)
    if not turn:
        return None
    return Figure(q, measure, role, turn)


def _yearly(before: Sequence[str], after: Sequence[str]) -> bool:
    """`at an annualised 1.8 % rate`."""
    return after[:1] in (["rate"], ["pace"]) and bool({"annual", "annualised", "annualized"} & set(before[-2:]))


def _of_a_rate(frame: Frame, measure: Measure, q: Quantity, ahead: bool) -> bool:
    """Whether `inflation rose 3 %` may as well tell where it stands: neither is told."""
    if not measure.rate or q.unit == POINTS or ahead:
        return False
    return frame.s.row[q.first - 1].key != "by" and not {"by"} & set(frame.s.keys(max(0, q.first - 3), q.first))


def _role(frame: Frame, q: Quantity, m: Measure, last: Figure | None) -> tuple[str, int]:
    """(role, token that gives it)."""
    row, after = frame.s.row, frame.s.keys(q.after, q.after + 4)
    governs, at = _governor(row, q)
    near = [k for k in frame.s.keys(q.after, q.after + 6) if k not in ("real", "annual", "year", "on", "quarterly")][:3]
    if near[:1] and (near[0] in _COMPARATIVE or (near[0] in ("to", "or") and near[1:2] == ["more"])):
        return ("by", q.after) if "than" not in after[:3] or _PERIODS & set(after[2:4]) else ("", at)
    if m.at < q.first and _those(frame.s.keys(m.at + 1, q.first)):
        return "", at  # "sales to Peru rose 10 % and those to Egypt 1 %"
    if after[:1] == ["off"]:
        return "by", at  # "shave 0.4 points off growth"
    if (governs == "from" and not CHANGE_NOUN & set(near[:1])) or _of_before(frame, q):
        lead = frame.s.keys(max(0, at - 3), at)
        return ("", at) if RANGES & set(lead) else ("from", at)
    if m.at >= q.after and "growth" in after[:5] and (m.rate or m.trade):
        return ("to" if m.rate and not m.trade else "by"), q.after
    if governs == "from" and near[:1] and near[0] in CHANGE_NOUN:
        return "", at  # "rebounding from a 0.2 % contraction"
    if (near[:1] and (near[0] in CHANGE_NOUN or near[0] in EFFECTS)) or (
        near[1:2] and near[0] not in _PARTS and near[1] in CHANGE_NOUN | EFFECTS
    ):
        return "by", q.after
    if m.at >= q.after and EFFECTS & set(frame.s.keys(m.at + 1, m.at + 2)):
        return "by", q.after  # "a -0.1 % GDP impact"
    if governs == "to":
        return ("to", at) if m.rate or (m.kind == "growth_change" and _turns(frame, at)) else ("", at)
    if governs == "by":
        return "by", at
    if governs == "of":
        return _of_noun(frame, m, at)
    if governs in ARE or governs in ("at", ":", "("):
        return _standing(frame, m, at, last)
    if governs in FALLS | RISES:
        return ("by", at)
    if at == m.at and not m.rate and (FALLS | RISES) & set(frame.s.keys(max(frame.first, at - 4), at)):
        return "by", at  # "would push up food prices 3 %"
    if last is not None and governs in _JOINS and q.first - last.q.after <= 14:
        return "next", at
    if last is not None and last.role == "by" and at == m.at and m.at > last.q.after:
        return "next", at  # "exports fell 5 % and imports 3 %"
    return "", at


def _those(keys: Sequence[str]) -> bool:
    return any(
        k in ("those", "that") and keys[i + 1 : i + 2] in (["to"], ["from"], ["of"], ["in"]) for i, k in enumerate(keys)
    )


def _of_before(frame: Frame, q: Quantity) -> bool:
    """Whether a number is that of another time: `from the previous month's 20.5 % growth`."""
    lead = frame.s.keys(max(0, q.first - 5), q.first)
    last = max((i for i, k in enumerate(lead) if k in ("from", "after", "than")), default=-1)
    then = frame.s.row[q.first - 1].kind == "poss" or (lead[-1:] == ["of"] and bool(_MADE & set(lead[-2:-1])))
    return last >= 0 and then and not {"%", "percent"} & set(lead[last:])


def _governor(row: Sequence[Token], q: Quantity) -> tuple[str, int]:
    """(word, token) that governs a number, over what may stand between."""
    j = q.first - 1
    while j >= 0:
        key = row[j].key
        if key == "to" and j and row[j - 1].key == "up":
            if j > 1 and row[j - 2].key in _PICKS:
                return "to", j
            j -= 2
        elif key == "up" and row[j + 1].key not in ("to",):
            return ("made" if j and row[j - 1].key in _MAKES else key), j
        elif key in ("least", "most") and j and row[j - 1].key == "at":
            j -= 2
        elif (key == "between" and j) or row[j].text in "-−–":
            j -= 1
        elif key == "of" and j and row[j - 1].key in _RATE_OF and row[j - 2].key not in ("inflation", "growth"):
            j -= 2
        elif (
            (key in _FILLERS and key not in ("up", "forecast", "projected", "expected", "estimated"))
            or (
                key in ("forecast", "projected", "expected", "estimated", "predicted") and row[j - 1].key in ("a", "an")
            )
            or (key.endswith("ly") and key not in ("early",))
        ):
            j -= 1
        else:
            return key, j
    return "", 0


def _turns(frame: Frame, at: int) -> bool:
    """Whether output or prices slow or pick up to a rate: `output is expected to decelerate to 4.2 %`."""
    return bool(_PACE & set(frame.s.keys(max(0, at - 8), at)))


_PACE = forms("slow decelerate accelerate quicken") | {"revised"}


def _of_noun(frame: Frame, m: Measure, at: int) -> tuple[str, int]:
    """`growth of 3 %` is where it stands; `a fall of 3 %` is by how much."""
    lead = frame.s.keys(max(0, at - 4), at)
    if _EARLIER & set(lead) or lead[-1:] == ["average"]:
        return "", at
    if lead[-1:] and (lead[-1] in (CHANGE_NOUN - {"growth"}) or lead[-1] in EFFECTS):
        return "by", at
    if m.rate and m.at >= at - 6 and m.at < at:
        return ("by" if m.trade and frame.s.row[m.at].key == "growth" else "to"), at
    return "", at


def _standing(frame: Frame, m: Measure, at: int, last: Figure | None) -> tuple[str, int]:
    """Growth that stands at 3 %; `prices settle at 1.3 %` repeats a change; `contracted at a rate of 0.2 %` is one."""
    if m.rate:
        return "to", at
    if frame.s.row[at].key == "at":
        lead = frame.s.keys(max(0, at - 2), at)
        if (FALLS | RISES) & set(lead):
            return "by", at
        if last is not None and last.role == "by" and forms("settle stabilise stabilize stay remain") & set(lead):
            return "next", at
    return "", at


def _compared(before: Sequence[str], after: Sequence[str], role: str, frame: Frame, q: Quantity) -> bool:
    """Whether a number is only what another is set against, or tells how far a forecast was moved."""
    if role != "from" and "of" in before and before[before.index("of") - 1] in _MADE and _SET_BESIDE & set(before):
        return True  # "above January's prediction of a 0.2 % fall"
    if _VERSUS & set(before[-4:]) and not _bounded(before) and role != "from":
        return True
    if {"below", "above"} & set(before[-4:]) and not q.bound and role != "by":
        return True
    if _REVISED & set(after[:2]) or (q.unit == POINTS and {"forecast", "projected", "previously"} & set(after[:6])):
        return True
    if role != "from" and _EARLIER & set(before[-4:]) and {"of", "at"} & set(before[-2:]):
        return True
    return after[:1] == ["than"] or (
        role == "to" and "forecast" in after[:5] and not {"had", "was"}.isdisjoint(after[1:4])
    )


def _bounded(before: Sequence[str]) -> bool:
    """`more than 3 %`, `less than 3 %`: a bound, not a comparison."""
    return (
        tuple(before[-2:]) in (("more", "than"), ("less", "than"), ("greater", "than"))
        or (before[-3:-1] == ["no", "more"])
        or tuple(before[-3:-1]) in (("more", "than"), ("less", "than"))
    )


def _direction(frame: Frame, q: Quantity, m: Measure, at: int) -> float:
    """-1 for a fall, +1 for a rise, 0 where neither is said: by the word that gives the role, else by the nearest one
    before the number, else by the next one after it."""
    if q.high < 0:
        return 1.0  # "a -0.1 % effect" has its sign
    row = frame.s.row
    if at >= q.after:
        for key in frame.s.keys(q.after, q.after + 4):
            if key in FALLS or key in RISES:
                return -1.0 if key in FALLS else 1.0
    if at < q.first:
        for k in range(q.first - 1, max(-1, q.first - 13), -1):
            if row[k].key in ("%", "percent") and k < at:
                break
            if row[k].key in FALLS | RISES and not _idle(row, k):
                return -1.0 if row[k].key in FALLS else 1.0
    return 0.0


def _idle(row: Sequence[Token], k: int) -> bool:
    """`more than`, `less than`, `up to`: no direction; nor is growth that falls."""
    return row[k].key in ("more", "less", "fewer", "growth") or (row[k].key == "up" and row[k + 1].key == "to")
