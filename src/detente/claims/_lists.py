"""Lists of rates by economy: `Vietnam was hit with 46 %, Taiwan with 32 %, Japan 24 %`; each bears its own rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from detente.claims._quantities import RANGES
from detente.claims._tokens import Token, words
from detente.claims._units import PERCENT
from detente.claims._words import TARIFF, forms

if TYPE_CHECKING:
    from detente.claims._clause import Place
    from detente.claims._frame import Frame
    from detente.claims._quantities import Quantity

_BEARS = forms("face pay endure hit slap saddle charge threaten get") | {"subject"}
_LINK = _BEARS | words(
    "with at a an of by is are was were be been being will would now now also to the even higher lower goods its"
    " ( : - – — up about around roughly some additional extra new just only as low high little much"
)
_APART = words(", and ; while the but plus whereas ) or")
_AFTER = TARIFF | words("rate rates ) each import imports reciprocal on goods")


def listed(row: Sequence[Token], places: Sequence[Place], sizes: Sequence[Quantity]) -> dict[int, str]:
    """First token of a rate to the economy that bears it, for rates in a list of at least two economies."""
    items = [(p, q) for q in sizes if q.unit == PERCENT and (p := _bearer(row, places, q)) is not None]
    out = _led_by_rates(row, places, sizes)
    if out:
        return out
    chain: list[tuple[Place, Quantity]] = []
    for item in [*items, None]:
        if chain and (item is None or not _follows(row, chain[-1][1], item[0])):
            if len({p.code for p, _ in chain}) == len(chain) > 1 and _borne(row, chain):
                out |= {q.first: p.code for p, q in chain}
            chain = []
        if item is not None:
            chain.append(item)
    return out


def _led_by_rates(row: Sequence[Token], places: Sequence[Place], sizes: Sequence[Quantity]) -> dict[int, str]:
    """The rate stands first: `range from 10 % for Britain to 50 % for Brazil`, `15 % on Japan and 39 % on Norway`."""
    rates = [q for q in sizes if q.unit == PERCENT]
    chain: list[tuple[Quantity, Place]] = []
    for q in rates:
        place = next((p for p in places if p.first >= q.after), None)
        between = [t.key for t in row[q.after : place.first]] if place is not None else []
        if place is None or between[:1] not in (["for"], ["on"]) or not set(between[1:]) <= _GOODS_OF:
            continue
        if chain:
            link = {t.key for t in row[chain[-1][1].after : q.first]}
            spans = RANGES & {t.key for t in row[max(0, chain[0][0].first - 2) : chain[0][0].first]}
            if not link <= _LINKED | ({"to"} if spans else set()):
                return {}
        chain.append((q, place))
    named = {p.code for _, p in chain}
    return {q.first: p.code for q, p in chain} if len(chain) == len(rates) == len(named) and len(chain) > 1 else {}


_GOODS_OF = words("the goods from imports products of exports all most")
_LINKED = words(", and goods imports products exports while but ; a")


def _bearer(row: Sequence[Token], places: Sequence[Place], q: Quantity) -> Place | None:
    """The economy right before a rate, over words that say it bears it."""
    before = [p for p in places if p.after <= q.first]
    if not before:
        return None
    between = [t.key for t in row[before[-1].after : q.first]]
    if len(between) > 6 or not set(between) <= _LINK or ("to" in between and not _BEARS & set(between)):
        return None
    return before[-1]


def _follows(row: Sequence[Token], q: Quantity, place: Place) -> bool:
    """Whether nothing but a comma, `and` and a word for a duty stands between a rate and the next economy."""
    between = [t.key for t in row[q.after : place.first]]
    while between and between[0] in _AFTER:
        between = between[1:]
    return bool(between) and set(between) <= _APART


def _borne(row: Sequence[Token], chain: Sequence[tuple[Place, Quantity]]) -> bool:
    """Whether a list is of duties borne: by the verb of its first item, or a word for a duty in or before it."""
    place, q = chain[0]
    if place.first and row[place.first - 1].key in ("by", "of", "from"):
        return False
    near = {t.key for t in row[max(0, place.first - 12) : chain[-1][1].after + 2]}
    return bool(_BEARS & {t.key for t in row[max(0, place.first - 3) : q.first]} or TARIFF & near)


def imposer(frame: Frame) -> tuple[str | None, bool]:
    """(who levies the duties of a list, whether the context alone says so); None where neither verb nor context does.

    The verb's agent: a subject before the list, or one after `by`; else the United States if the article names it.
    """
    from detente.claims._parties import in_phrase, market
    from detente.claims._targets import owns_tariff

    s = frame.s
    begin = min(s.listed)
    borne = set(s.listed.values())
    agents = []
    for p in s.economies:
        if p.code in borne:
            continue
        by = p.first > 0 and s.row[p.first - 1].key == "by"
        by = by or (p.first > 1 and s.row[p.first - 1].key == "the" and s.row[p.first - 2].key == "by")
        subject = p.first < begin and not in_phrase(frame, p)
        if by or subject or owns_tariff(frame, p) or market(frame, p):
            agents.append(p.code)
    if len(set(agents)) == 1:
        return agents[0], False
    if not agents and "USA" in frame.context.named and "USA" not in borne:
        return "USA", True
    return None, False
