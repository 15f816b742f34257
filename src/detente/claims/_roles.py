"""What a number does in its clause: it is where something came from, where it went, by how much, or where it stands."""

from __future__ import annotations

from detente.claims._chances import is_chance
from detente.claims._frame import Frame
from detente.claims._heads import GETS, PAYS
from detente.claims._quantities import MOVES, RANGES, Quantity
from detente.claims._sums import is_part, is_total
from detente.claims._tokens import words
from detente.claims._units import POINTS
from detente.claims._words import CHANGE_NOUN, DOWN, FLOW, IMPOSE, MACRO, TARIFF, UP, forms

POLL = words("poll polls voters respondents survey surveys approval polled support oppose opposed")
_FILLERS = words(
    "a an threatened the about around roughly nearly almost only just some another additional extra further"
    " combined total new more than at least as much many high low less up approximately over well below above"
    " under to current flat average whopping hefty mere their its existing previous punitive minimum blanket"
    " overall estimated effective"
)
_PREPOSITIONS = words("from to by at of between")
_BREAKS = words("on against to from by at for while but which that has have had will are is was were")


def role(frame: Frame, q: Quantity) -> str:
    """One of from, to, by, level, part, share, chance, or nothing for a number that plays none of them."""
    row = frame.s.row
    if is_chance(row, frame.first, q):
        return "chance"
    if is_part(frame, q):
        return "part"
    if is_total(frame, q):
        return "level"
    after = [t.key for t in row[q.after : min(q.after + 6, frame.after)]]
    if after[:1] and after[0] in _FIGURES:
        return "level"
    if frame.s.keys(max(frame.first, q.first - 3), q.first)[-2:] in (["instead", "of"], ["rather", "than"]):
        return ""  # what it is not
    lead = frame.s.keys(max(frame.first, q.first - 3), q.first)
    if "than" in lead and (lead[-2:] == ["than", "the"] or {"lower", "higher", "smaller", "bigger"} & set(lead)):
        return ""  # "lower than the 26 % announced"
    if {"compared", "versus", "against"} & set(lead) and not TARIFF & set(after):
        return ""  # "5.6 %, against 16 % for the rest of the world"
    far = set(frame.s.keys(max(frame.first, q.first - 8), q.first))
    if lead[-1:] in (["threatened"], ["proposed"], ["planned"]) and (
        {"from", "than"} & set(frame.s.keys(max(frame.first, q.first - 5), q.first))
    ):
        return ""  # "down from a threatened 25 %"
    if {"below", "above", "under", "than"} & far and lead[-2:-1] and lead[-2] in _LEVELS and lead[-1] == "of":
        return ""  # "remains below the level of 16 %"
    if after[:1] and after[0] in _COMPARED:
        return ""  # "20 % cheaper", "20 % below those in London"
    if after[:2] == ["cut", "of"]:
        return "share"
    if after[:1] == ["of"] and row[q.first].kind != "number" and not TARIFF & set(after):
        return "share"  # "apply to a third of all imports"
    inside = _in_brackets(frame, q)
    if inside and "total" in (*after[:1], *lead[-1:]):
        return ""  # "20 % (30 % in total)"
    noun = _noun_after(after)
    prep = _preposition(frame, q)
    if noun == "change" and q.unit == POINTS:
        return "by"
    if prep == "from":
        return "level" if row[max(frame.first, q.first - 2)].key in RANGES or q.low != q.high else "from"
    if prep == "to":
        return "to"
    if prep == "by":
        return "by"
    labelled = noun != "change" and any(i == q.after for i, _, _ in frame.s.topics)
    if q.unit == POINTS and labelled and not (DOWN | UP | CHANGE_NOUN) & set(frame.keys()):
        return "level"  # "include 10pp fentanyl"
    if q.unit == POINTS:
        return "by" if noun != "tariff" else "level"
    if noun == "tariff":
        return "part" if inside else "level"
    if noun == "change":
        return "by"
    if after[:1] == ["of"]:
        return "share"
    if prep in ("at", "of", "between"):
        return _after_noun(frame, q)
    if inside:
        return "part"
    if after[:1] and after[0] in ("on", "against", "for"):
        return "level"
    return _after_verb(frame, q)


_COMPARED = words("cheaper dearer costlier below above smaller larger bigger weaker stronger less more fewer faster")
_FIGURES = words("figure number tally")


def _in_brackets(frame: Frame, q: Quantity) -> bool:
    depth = 0
    for t in frame.s.row[frame.first : q.first]:
        depth += (t.text == "(") - (t.text == ")")
    return depth > 0


def _noun_after(after: list[str]) -> str:
    """The head a number modifies: a duty, a change, or neither."""
    for k, key in enumerate(after[:5]):
        if key in TARIFF:
            following = after[k + 1 : k + 2]
            return "change" if following and following[0] in CHANGE_NOUN else "tariff"
        if key in CHANGE_NOUN and k < 3:
            return "change"
        if key in _BREAKS or key in (",", ";", ")", "and", "%", "of", "in"):
            return ""
    return ""


def _preposition(frame: Frame, q: Quantity) -> str:
    """The preposition that governs a number, over the words that may stand between."""
    row = frame.s.row
    j = q.first - 1
    bounded = {"up", "least", "more", "much", "less", "most"}
    while j >= frame.first:
        key = row[j].key
        if key == "to" and j > frame.first and row[j - 1].key == "up":
            if j > frame.first + 1 and row[j - 2].key in ("add", "adds", "adding", "added"):
                return "at"
            if j > frame.first + 1 and row[j - 2].key in MOVES:
                return "to"
            j -= 2
            continue
        if key == "to" and j > frame.first and row[j - 1].key in ("close", "near", "nearer", "next"):
            j -= 2
            continue
        if key == "of" and j > frame.first and row[j - 1].key == "average":
            j -= 2  # "by an average of 46 %"
            continue
        if key == "of" and j > frame.first and row[j - 1].key in _LEVELS:
            lead = j - 2
            while lead > frame.first and row[lead].key in TARIFF | _OF_RATES:
                lead -= 1
            if row[lead].key in ("from", "to"):
                return row[lead].key  # "from levels of 5 %", "from a tariff rate of 10 %"
        if key == "at" and j + 1 < q.first and row[j + 1].key in ("least", "most"):
            j -= 1
            continue
        if key == "between" and j > frame.first:
            if row[j - 1].key in ("by", "to", "from"):
                return row[j - 1].key
            if row[j - 1].key in (DOWN | UP) - {"set"} and not TARIFF & set(frame.s.keys(j, q.first)):
                return "by"  # "rose between 8 % and 9 %"
        if key == "to" and j > frame.first and row[j - 1].key in _STATES:
            return "at"
        if key in _PASSES and _moved(frame, j):
            return "to"
        named = TARIFF & {t.key for t in row[q.after : q.after + 3]}
        if key == "to" and j > frame.first and row[j - 1].key in _REGARDS and named:
            return "at"
        if key == "to" and named and row[j + 1].key in ("a", "an") and not _changed(frame, j):
            return "at"
        if key in _PREPOSITIONS:
            return key
        if key not in _FILLERS and key not in bounded:
            back = next((k for k in (j - 1, j - 2) if k >= frame.first and row[k].key in ("a", "an")), None)
            if row[j].kind != "word" or back is None:
                return ""
            j = back  # "from a punitive 145 %", "to an eye-watering 50 %"
        j -= 1
    return ""


def _moved(frame: Frame, j: int) -> bool:
    """Whether a verb of change leads to token `j`: `went above 100 %` ends above it, and does not rise by it."""
    start = max(frame.first, j - 9)
    before = frame.s.keys(start, j)
    verbs = [i for i, k in enumerate(before) if k in _MOVING]
    if not verbs:
        return False
    places = {frame.s.row[i].key for i in frame.named if start <= i < j}
    return not set(before[verbs[-1] + 1 :]) - _BETWEEN - TARIFF - places


def _changed(frame: Frame, j: int) -> bool:
    """Whether a verb of change stands before token `j`: `raised it to a 25 % tariff`."""
    return bool((DOWN | UP) & set(frame.s.keys(max(frame.first, j - 8), j)))


_OF_RATES = words("a an the average effective overall current")
_LEVELS = words("level levels rate rates peak high low")
_PASSES = words("above below past beyond beneath under")
_MOVING = (DOWN | UP | forms("push move take pass break top")) - {"up"}
_BETWEEN = words(
    "well far just back its their the rate rates duty again further even to on of for all goods imports products"
) | {"down", "up"}
_REGARDS = words("change changes exemption exemptions answer response reply objection opposition end exception refund")
"""`a change to the 5 % duty`: the rate is what is changed."""
_STATES = forms("agree consent amount submit bow add") | words("subject equal limited")
"""`agreed to a 15 % rate`: a rate that stands, not one that something went to."""


def _after_noun(frame: Frame, q: Quantity) -> str:
    """`a cut of 115 points` is by; `tariffs of 25 %`, `stands at 30 %` are levels."""
    before = frame.s.keys(max(frame.first, q.first - 6), q.first)
    if CHANGE_NOUN & set(before[-4:]) and "at" not in before[-2:] and not TARIFF & set(before[-3:]):
        return "by"
    return "level"


def _after_verb(frame: Frame, q: Quantity) -> str:
    """`fell 36 %` is by; `imposed 25 %`, `face 30 %` are levels."""
    lead = frame.s.keys(max(frame.first, q.first - 5), q.first)
    if lead[-2:] == ["up", "to"]:
        lead = lead[:-2]  # "facing duties up to 40 %"
    for key in reversed(lead):
        if key in DOWN or key in UP:
            return "by"
        if key in IMPOSE or key in _REACHES or key in PAYS or key in GETS or key in ("with", "take", "takes"):
            return "level"
        if key == "plus" or key in FLOW or key in MACRO:
            break
    return "level" if TARIFF & set(frame.s.keys(max(frame.first, q.first - 4), q.first)) else ""


_REACHES = forms("total reach amount equal average exceed top") | {"total"}
_OFF = forms("suspend pause scrap remove withdraw waive eliminate drop lift")


def sign(frame: Frame, near: int) -> float:
    """-1 where the verb or noun of change nearest to a number speaks of a fall, +1 of a rise, 0 of neither."""
    keys = frame.s.keys(frame.first, frame.after)
    best, found = 10**6, 0.0
    for k, key in enumerate(keys):
        distance = abs(frame.first + k - near)
        if key in ("up", "down") and keys[k - 1 : k] in (["broken"], ["breaks"], ["made"], ["makes"]):
            continue  # "broken down as 1.5 % of steel"
        if key in ("up", "down") and distance < best and distance <= 2:
            best, found = distance, 1.0 if key == "up" else -1.0
        elif (key in DOWN or key in _FALLS or (key in _OFF and key not in UP)) and distance < best:
            best, found = distance, -1.0
        elif ((key in UP and key not in ("up", "bring")) or key in _RISES) and distance < best:
            best, found = distance, 1.0
    return found or (1.0 if "growth" in keys else 0.0)


_FALLS = words("reduction reductions decrease decline drop plunge slump rollback contraction collapse lower fewer less")
_RISES = words("increase increases hike hikes rise surge jump gain higher additional extra")


def ends_of(q: Quantity) -> dict[str, float]:
    """`low` and `high` of a range of amounts; nothing for a single value."""
    return {} if q.low == q.high else {"low": q.low, "high": q.high}


def ends(q: Quantity | None, direction: float) -> dict[str, float]:
    """`low` and `high` of a range of rates or changes, falls below zero; nothing for a single value."""
    if q is None or q.low == q.high:
        return {}
    low, high = sorted((direction * round(q.low / 100, 10), direction * round(q.high / 100, 10)))
    return {"low": low, "high": high}
