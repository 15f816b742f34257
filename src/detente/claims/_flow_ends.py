"""Whose trade or output a number is of, and with whom: `China's exports to the US`, `US imports from China`."""

from __future__ import annotations

from collections.abc import Sequence

from detente.claims._clause import Place
from detente.claims._frame import Frame
from detente.claims._measures import Measure
from detente.claims._quantities import Quantity
from detente.claims._tokens import words
from detente.claims._words import BALANCE, DOWN, FLOW, UP

_BUYS = words("imports import purchases orders arrivals")
_WORLD = words("global world worldwide")
_NEAR = 12
"""Tokens between a noun of output and the economy it is of."""
_OF_PLACE = words("of in for")


def flow_ends(frame: Frame, m: Measure, q: Quantity) -> tuple[str | None, str | None]:
    """(whose, with whom), each None where the sentence does not say, for the number `q` of what is measured at `m`."""
    if m.economy is not None:
        return m.economy, None
    if not m.trade:
        return _output(frame, m), None
    noun, head = frame.s.row[m.at].key, m.at
    if noun == "growth":
        noun = m.name  # "growth of imports from Peru"
    if (pair := _pair(frame, head)) is not None:
        return pair
    actor = _owner(frame, head)
    after = [p for p in _places(frame, head) if p.first > head and not _next_flow(frame, head, p.first)]
    own = _own_partner(frame, head, q)
    row = frame.s.row
    if actor is None and len(after) > 1 and row[head + 1].key == "between" and row[after[0].after].key == "and":
        return after[0].code, after[1].code  # "trade between India and Russia"
    actor, target = _partners(frame, after, head, noun, actor)
    if own is not None or _unknown_partner(frame, q):
        target = own.code if own is not None else None
    if actor is None and noun in BALANCE | {"trade"} and m.name != "trade":
        near = [p for p in frame.places() if p.first < head and p.code != target]
        actor = near[0].code if near else frame.other(target) if target else None
    actor = actor or _spoken_of(frame, head, target)
    return actor, target if target != actor else None


def _pair(frame: Frame, head: int) -> tuple[str, str] | None:
    """`the Norway-Peru trade deficit`: two names joined, right before the noun."""
    places = [p for p in _places(frame, head) if p.after <= head and head - p.after <= 2]
    if not places:
        return None
    before = [p for p in frame.s.economies if p.after == places[-1].first]
    return (before[0].code, places[-1].code) if before and before[0].code != places[-1].code else None


def _places(frame: Frame, head: int) -> list[Place]:
    """Economies of the clause, and of the one before where the noun stands there."""
    start = min(frame.first, max(0, head - 8))
    return frame.places() if start == frame.first else [p for p in frame.s.economies if start <= p.first < frame.after]


def _own_partner(frame: Frame, head: int, q: Quantity) -> Place | None:
    """The partner of one number of several: `grew by 12 % to Norway and 5 % to Peru`, `..., and to China by 15 %`."""
    last = max((o.after for o in frame.sizes if head < o.first < q.first), default=0)
    places = frame.places()
    if _unknown_partner(frame, q):
        places = [p for p in places if p.first == q.after + 1]
    for p in places:
        lead = frame.s.keys(max(0, p.first - 2), p.first)
        led = lead[-1:] in (["to"], ["from"]) or lead in (["to", "the"], ["from", "the"])
        if led and (q.after < p.first <= q.after + 2 or (last and last + 2 < p.first < q.first)):
            return p
    return None


def _unknown_partner(frame: Frame, q: Quantity) -> bool:
    """`5 % to Freedonia`: a partner that no list names."""
    row = frame.s.row[q.after : q.after + 2]
    return len(row) == 2 and row[0].key in ("to", "from") and row[1].capital


def _owner(frame: Frame, head: int) -> str | None:
    """The economy right before a noun: `Norwegian goods exports`, `China's monthly global trade surplus`."""
    row = frame.s.row
    for p in reversed([p for p in _places(frame, head) if p.after <= head]):
        poss = row[p.after].kind == "poss" if p.after < len(row) else False
        if head - p.after <= (6 if poss else 3) and _owns(frame, p, head):
            lead = row[p.first - 1].key if p.first else ""
            if lead == "with" and head == p.after:
                return p.code  # "with Norwegian shipments down"
            return None if lead in ("to", "from", "with") and not poss else p.code
    return None


def _partners(
    frame: Frame, after: Sequence[Place], head: int, noun: str, actor: str | None
) -> tuple[str | None, str | None]:
    target = None
    row = frame.s.row
    for p in after:
        if _listed(frame, p):
            continue
        lead = {t.key for t in row[max(head, p.first - (4 if _counted(frame, p) else 3)) : p.first]}
        near = {t.key for t in row[max(head, p.first - 2) : p.first]}
        if {"to", "with"} & lead or ("from" in near and noun in ("imports", "import", "shipments")):
            if actor is None and "from" in near and noun.startswith("shipment"):
                actor = p.code
            else:
                target = target or p.code
        elif {"of", "from"} & near and noun in _BUYS:
            target = target or p.code  # "its purchases of American crude"
        elif actor is None and ({"of", "from"} & near or (noun == "growth" and "in" in near)):
            actor = p.code
    return actor, target


def _counted(frame: Frame, p: Place) -> bool:
    """`to the 27-nation bloc`: a number and a noun stand before the name."""
    return p.first > 1 and frame.s.row[p.first - 2].kind == "number"


def _listed(frame: Frame, p: Place) -> bool:
    """Whether an economy is one of several named: `exports to ASEAN, India and Peru`."""
    row, after = frame.s.row, p.after
    if after + 1 < frame.after and row[after].key in (",", "and", "or"):
        nxt = row[after + 1] if row[after + 1].key != "the" or after + 2 >= frame.after else row[after + 2]
        if any(o.first in (after + 1, after + 2) for o in frame.places()) or (row[after].key == "," and nxt.capital):
            return not any(t.kind == "number" for t in row[after : after + 2])
    link = p.first - 1 if row[p.first - 1].key != "the" else p.first - 2
    return (
        link > 0
        and row[link].key in (",", "and", "or")
        and (row[link - 1].capital or any(o.after == link for o in frame.places()))
    )


def _spoken_of(frame: Frame, head: int, target: str | None) -> str | None:
    """The subject of the sentence, where `its` or a second statement refers to it."""
    row = frame.s.row
    if (
        row[head - 1].key in ("and", "while", "but") and head > frame.first
    ):  # "Norway's exports rose 5 % and imports 3 %"
        for p in reversed([p for p in frame.places() if p.after < head]):
            if FLOW & set(frame.s.keys(p.after, p.after + 4)) and row[p.first - 1].key not in ("to", "from", "with"):
                return p.code
    own = {"its", "their"} & set(frame.s.keys(max(frame.first, head - 3), head))
    if own and any(p.after <= head for p in frame.places()):
        return next(p.code for p in frame.places() if p.after <= head)
    joined = frame.first > 0 and head - frame.first <= 2 and target is not None  # "...; imports from the US fell"
    if frame.context.subject not in (None, target) and (joined or own):
        return frame.context.subject
    return None


def _output(frame: Frame, m: Measure) -> str | None:
    """Whose output or prices: the owner, `the economy of`, `growth in`; nobody's where it is the world's."""
    row, head = frame.s.row, m.at
    if _WORLD & set(frame.s.keys(max(0, head - 4), head)):
        return None
    owner = _owner(frame, head)
    if owner is not None:
        return owner
    if row[head - 1].key == "our":
        said = frame.s.said_by(head)
        return (said.speaker.economy or None) if said is not None else None
    for p in sorted(frame.places(), key=lambda p: abs(p.first - head)):
        lead = frame.s.keys(max(frame.first, p.first - 3), p.first)
        if lead[-1:] == ["the"]:
            lead = lead[:-1]
        if abs(p.first - head) <= _NEAR and lead[-1:] and lead[-1] in _OF_PLACE and "because" not in lead:
            if _names_goods(frame, p) or (row[p.after : p.after + 1] and row[p.after].kind == "poss"):
                continue
            return p.code
    return None


def _names_goods(frame: Frame, p: Place) -> bool:
    """`because of cheaper Chinese imports`: an adjective of goods, no place."""
    after = frame.s.keys(p.after, p.after + 2)
    return bool(FLOW & set(after)) or any(
        a in (p.after, p.after + 1) and t for a, _, t in frame.s.topics if t not in ("economy",)
    )


def _owns(frame: Frame, place: Place, head: int) -> bool:
    """Whether nothing but adjectives stands between an economy and what is measured: not `Chinese imports pushed
    inflation`."""
    between = frame.s.keys(place.after, head)
    return not any(k in FLOW - {"trade", "exports", "imports"} | DOWN | UP or k in _APART for k in between) and not (
        {"exports", "imports"} & set(between) and frame.s.row[head].key not in ("growth", "volumes", "orders")
    )


_APART = words(", ; and as said says to from with on by in is was has will would could at")


def _next_flow(frame: Frame, head: int, i: int) -> bool:
    """Whether another number's flow is named at token `i`: `sales to Africa rose 10 % and those to Europe 1 %`."""
    keys = frame.s.keys(head, i)
    rates = [k for k, key in enumerate(keys) if key in ("%", "percent", "points")]
    return bool(rates) and any(k in ("and", "while", "but", ";") for k in keys[rates[0] :])
