"""Which noun of trade, output or prices a percentage belongs to, and when it belongs to another subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detente.claims._frame import Frame
from detente.claims._heads import ENDS, heads_another
from detente.claims._measures import Measure
from detente.claims._quantities import Quantity
from detente.claims._tokens import words
from detente.claims._words import CHANGE_NOUN, DOWN, FLOW, TARIFF, UP, forms

FALLS = (
    DOWN
    | forms(
        "collapse narrow lose erode"
        " depress dent drag hit subtract crimp hurt downgrade plummet slip dive crash curb lop deflate"
    )
    | words(
        "down lower smaller fewer less reduction reductions decrease decline drop plunge slump fall contraction"
        " collapse hit loss drag blow slowdown cheaper shortfall weaker reduced dent dip"
    )
) - {"ease", "scale", "come", "comes", "coming", "came", "roll", "rolls", "rolled", "bring", "brings", "brought"}

RISES = (
    UP
    | forms("gain widen advance add improve swell strengthen rebound recover upgrade inflate balloon rocket climb")
    | words("increase increases rise surge jump gain higher larger bigger more growth boost faster dearer costlier")
) - forms("go bring step set")

ARE = forms("be remain stay hit reach average stand exceed top total record register post show come run hover")

EFFECTS = words("hit boost impact drag blow loss dent reduction upgrade downgrade revision")


@dataclass(slots=True)
class Figure:
    """A percentage, what it is of, and its role: `from`, `to`, `by`, or `next` where it repeats the one before."""

    q: Quantity
    measure: Measure
    role: str
    sign: float = 1.0


def cost(frame: Frame, q: Quantity) -> Figure | None:
    """`could cost 0.4 % of Norway's GDP`: a fall of output."""
    row = frame.s.row
    if not _COSTS & set(frame.s.keys(max(frame.first, q.first - 4), q.first)):
        return None
    at = next((i for i in range(q.after, min(q.after + 6, frame.after)) if row[i].key in ("gdp", "output")), None)
    return Figure(q, Measure(at, "gdp", "growth_change"), "by", -1.0) if at is not None else None


_COSTS = forms("cost lose wipe shave") | {"lost"}


def of_a_whole(frame: Frame, q: Quantity) -> bool:
    """Whether a number leads a list of shares: `10 %, 13 % and 20 % of their output`."""
    at = q.after
    for other in frame.sizes:
        if other.first < at:
            continue
        if not set(frame.s.keys(at, other.first)) <= {",", "and", "or"}:
            return False
        at = other.after
        if frame.s.keys(at, at + 1) == ["of"]:
            return True
    return False


def another_subject(frame: Frame, q: Quantity, last: Figure, found: Sequence[Measure]) -> bool:
    """Whether something else moved since the number before: `..., Norway fell 12 %`, `..., coal fell by 3 %`."""
    row = frame.s.row
    if any(last.q.after <= m.at < q.first for m in found):
        return False
    for p in frame.places():
        if last.q.after <= p.first < q.first and not _LEADS & set(frame.s.keys(max(0, p.first - 2), p.first)):
            return True
    dated = {k for m in frame.s.dates if last.q.after <= m.first < q.first for k in range(m.first, m.after)}
    for i in range(last.q.after + 1, q.first):
        noun = row[i - 1]
        if row[i].key not in _MOVED or noun.kind != "word" or i - 1 in dated:
            continue
        if noun.key not in _PLAIN and not noun.key.endswith("ly"):
            return True
    return False


_LEADS = words("to from with in for of on by than")

_MOVES = DOWN | UP | words("lost gained added shed advanced rebounded narrowed widened dived dipped")
_MOVED = _MOVES - words("up cut cuts increase increases rise decline drop slow fall contract set lower")

_PLAIN = words(
    "and then but before after also had has have will would was were is are be been being which that it they to"
    " further even again since by while still only could may might expected year quarter month earlier from not later"
    " ago or as"
)


def named_after(frame: Frame, q: Quantity, found: Sequence[Measure]) -> Measure | None:
    """The noun in `a 5 % fall in exports`, `5 % growth`, `a 0.2 % hit to output`."""
    keys = frame.s.keys(q.after, min(q.after + 9, frame.after))
    nouns = {m.at: m for m in found if q.after <= m.at < q.after + 9}
    for k, key in enumerate(keys):
        if (m := nouns.get(q.after + k)) is not None and m.name != "yuan":
            later = nouns.get(q.after + k + 1)
            return later if later is not None else m
        if key == "year" and keys[k - 1 : k] == ["on"]:
            continue
        if key == "to" and k == 0 and _ADDS & set(frame.s.keys(max(0, q.first - 4), q.first)):
            continue  # "add 0.4 points to inflation"
        if (key in ENDS or key in (",", ";", ")", "and", "to", "than", "from", "year")) and not _leads_on(keys, k):
            return None
        if key in ("in", "of", "for", "to") and not ((CHANGE_NOUN | EFFECTS | {"rise"}) & set(keys[:k])):
            return None
    return None


_ADDS = forms("add")


def _leads_on(keys: Sequence[str], k: int) -> bool:
    """Whether a word that usually ends a phrase goes on: `a hit to output`, `a year-on-year rise in`."""
    return (
        (keys[k] == "to" and bool(EFFECTS & set(keys[:k])))
        or keys[k : k + 3] == ["year", "on", "year"]
        or (keys[k] == "on" and keys[k - 1 : k] == ["year"])
    )


def named_before(frame: Frame, q: Quantity, found: Sequence[Measure]) -> Measure | None:
    """The last noun before a number, unless another head of numbers stands between."""
    before = [m for m in found if m.at < q.first]
    if not before:
        return None
    last = _before_aside(frame, q, before)
    if last.at < frame.first and not _goes_on(frame, q):
        return None
    if last.name == "prices" and _set_by_sellers(frame, last.at):
        return None
    between = frame.s.keys(last.at, q.first)
    if _duties_between(between) or _OTHERS & set(between[1:]):
        return None
    if last is not before[-1]:
        return last
    if any(heads_another(between, k) for k in range(1, len(between)) if between[k] not in ("index", "rate")):
        return None
    return last


def _before_aside(frame: Frame, q: Quantity, before: Sequence[Measure]) -> Measure:
    """The noun whose verb it is: `trade, measured by exports and imports, rose 5 %` tells of trade."""
    row, last = frame.s.row, before[-1]
    verb = next((i for i in range(q.first - 1, last.at, -1) if row[i].key in FALLS | RISES | ARE), None)
    if verb is None or row[verb - 1].text != ",":
        return last
    opens = next((i for i in range(verb - 2, max(0, verb - 30), -1) if row[i].text == ","), None)
    if opens is None or opens > last.at or row[opens + 1].key in ("and", "but", "while", "so"):
        return last
    return next((m for m in reversed(before) if m.at < opens), last)


_OTHERS = words("credit lending loans debt reserves rupee lira peso wages employment jobs spending consumption rents")


def _duties_between(keys: Sequence[str]) -> bool:
    """Whether the number after some words is a duty's: `growth as proof that it could raise duties to 25 %`."""
    return any(k in TARIFF and not _CAUSES & set(keys[max(0, i - 3) : i]) for i, k in enumerate(keys))


_CAUSES = words("by because of on amid despite from after over under due with before without against")


def _set_by_sellers(frame: Frame, at: int) -> bool:
    """`watchmakers raised prices by 8 %`: what some firm asks, not what prices are."""
    lead = frame.s.keys(max(frame.first, at - 12), at)
    near = [k for k in lead[-3:] if k not in ("its", "their", "the", "consumer", "our")]
    if not near or near[-1] not in _ASKS:
        return False
    return not (TARIFF & set(lead)) and not ({"would", "could", "will", "may", "might", "to"} & set(lead[-4:]))


_ASKS = forms("raise increase hike lower cut slash")


def _goes_on(frame: Frame, q: Quantity) -> bool:
    """Whether a clause has no subject of its own before a number: `before slowing to 3.2 %`, `up from 3 %`."""
    lead = frame.s.keys(frame.first, q.first)
    if lead[:1] in (["which"], ["who"]):  # "exports, which had slowed, rose 5 %"
        return any(k == "," and lead[i + 1 : i + 2] and lead[i + 1] in FALLS | RISES for i, k in enumerate(lead))
    if any(p.first < q.first for p in frame.places()) or len(lead) > 12:
        return False
    nouns = {t.key for t in frame.s.row[frame.first : q.first]} & (FLOW | TARIFF)
    return not nouns and bool((FALLS | RISES | ARE | _REVISES) & set(lead))


_REVISES = forms("revise upgrade downgrade") | words("change from")
