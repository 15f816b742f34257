"""Purchases bought or promised, each figure by itself; promises to buy that are said to be kept or missed."""

from __future__ import annotations

import itertools
from typing import Any

from detente.claims._amounts import foreign
from detente.claims._claim import SHARE, Claim
from detente.claims._frame import Frame
from detente.claims._modality import mood
from detente.claims._quantities import Quantity
from detente.claims._roles import ends_of
from detente.claims._tokens import words
from detente.claims._units import PERCENT
from detente.claims._words import BUY, FLOW, forms

_BOUGHT = frozenset(["tonnes", "bushels", "barrels", "aircraft", "vehicles", "USD", "EUR", "CNY"])
_PER = {"year": "year", "annually": "year", "yearly": "year", "month": "month", "monthly": "month", "annual": "year"}
_KEEPING = forms("meet honour honor fulfil fulfill deliver complete satisfy") | words("kept keeps keep")
_MISSING = forms("miss break breach violate renege") | words("short unfulfilled unmet")
_OBJECTS = words(
    "commitment commitments promise promises pledge pledges target targets goal goals obligation obligations quota word"
)
_AIMS = _OBJECTS | words("committed promised pledged agreed vowed")
_ADDED = words("additional extra further more")
_SPLITS = words("and , ; plus but while as")


def purchases(frame: Frame) -> list[Claim]:
    """One claim a figure; or one claim without a figure, where a promise to buy is said to be kept or missed."""
    found = frame.sizes
    shares = [q for q in found if attained(frame, q)]
    if shares:
        return [_claim(frame, q, frame.first, frame.after, "attained") for q in shares]
    action = _fate(frame)
    keys = set(frame.keys())
    pledged = bool(forms("commit pledge promise agree") & keys) and bool(frame.topics("good"))
    if not (
        _verbs(frame)
        or pledged
        or {"purchases", "purchase"} & keys
        or _spends(frame)
        or (action != "buy" and frame.topics("good", "deal"))
    ):
        return []
    figures = [q for q in found if q.unit in _BOUGHT and not _compared(frame, q) and not foreign(frame, q)]
    if not figures:
        goods = [t for t in frame.topics("good", "deal") if t != "negotiation"]
        return [_claim(frame, None, frame.first, frame.after, action)] if action != "buy" and goods else []
    cuts = [frame.first, *(_boundary(frame, a, b) for a, b in itertools.pairwise(figures)), frame.after]
    return [_claim(frame, q, cuts[n], cuts[n + 1], action) for n, q in enumerate(figures)]


def _spends(frame: Frame) -> bool:
    """`increase its expenditure on US farm goods by $20 billion`."""
    keys = frame.keys()
    at = next(
        (i for i, k in enumerate(keys) if k in ("expenditure", "spending") and keys[i + 1 : i + 2] == ["on"]), None
    )
    if at is None:
        return False
    return any(0 <= p.first - frame.first - at - 2 <= 1 for p in frame.places())


def _compared(frame: Frame, q: Quantity) -> bool:
    """Whether an amount is no purchase: set against one (`compared with 2 million tonnes a year ago`), or invested."""
    lead = set(frame.s.keys(max(frame.first, q.first - 4), q.first))
    follows = set(frame.s.keys(q.after, min(q.after + 6, frame.after)))
    if forms("invest spend lend") & lead or (q.unit in MONEY and _NO_GOODS & follows):
        return True  # "and to invest $600 billion", "over $700bn in assets"
    return bool({"compared", "versus"} & lead) or ("from" in lead and "down" in lead) or {"up", "from"} <= lead


MONEY = ("USD", "EUR", "CNY")
_NO_GOODS = words("investment investments loans assets sales aid revenue revenues package debt funding")


def _verbs(frame: Frame) -> list[int]:
    """Where the clause has a verb of buying; `imports rose` and `orders fell` have none."""
    keys = frame.keys()
    leads = ("to", "will", "would", "must", "shall", "can", "could", "may")
    return [i for i, k in enumerate(keys) if k in BUY and not _no_buying(keys, i, leads)]


def _no_buying(keys: list[str], i: int, leads: tuple[str, ...]) -> bool:
    """Nouns of trade, and `ordered the government to refund`."""
    if keys[i] in ("order", "orders", "ordered", "ordering") and "to" in keys[i + 2 : i + 6]:
        return True
    return keys[i] in FLOW and not (i and keys[i - 1] in leads)


def _boundary(frame: Frame, one: Quantity, two: Quantity) -> int:
    """Where the words of one figure end and those of the next begin."""
    for i in range(two.first - 1, one.after - 1, -1):
        if frame.s.row[i].key in _SPLITS:
            return i
    return one.after


def attained(frame: Frame, q: Quantity) -> bool:
    """Whether a percentage is a share of what was promised: `57 % of the exports it had committed to purchase`."""
    if q.unit != PERCENT:
        return False
    after = frame.s.keys(q.after, min(q.after + 14, frame.after))
    bought = (BUY | {"purchases", "purchase"} | _KEEPING) & set(frame.keys())
    return after[:1] == ["of"] and bool(_AIMS & set(after)) and bool(bought)


def _fate(frame: Frame) -> str:
    """`kept` or `missed` where that is said of a promise, else `buy`."""
    keys = frame.keys()
    for i, key in enumerate(keys):
        if key in _KEEPING | _MISSING and _OBJECTS & set(keys[i + 1 : i + 8]):
            missed = key in _MISSING or bool({"not", "never", "fail", "failed", "fails"} & set(keys[max(0, i - 4) : i]))
            return "missed" if missed or any(k.endswith("n't") for k in keys[:i]) else "kept"
        if key == "short" and i and keys[i - 1] in forms("fall") and _AIMS & set(keys[i + 1 :]):
            return "missed"
    return "buy"


def _in_relative(frame: Frame, q: Quantity) -> dict[str, Any]:
    """The modality of `, which bought 27 million tonnes last year,`, whatever the main verb denies or promises."""
    row = frame.s.row
    start = next((i for i in range(q.first, frame.first, -1) if row[i].text == ","), None)
    end = next((i for i in range(q.after, frame.after) if row[i].text == ","), None)
    if start is None or end is None or row[start + 1].key not in ("which", "who"):
        return {}
    modality, negated = mood(frame.s.plain_keys(start, end))
    return {"modality": modality, "negated": negated}


def _claim(frame: Frame, q: Quantity | None, first: int, after: int, action: str) -> Claim:
    keys = frame.keys()
    verbs = _verbs(frame) or [
        i for i, k in enumerate(keys) if k in ("purchases", "purchase", "expenditure", "spending")
    ]
    at = (verbs[0] if verbs else len(keys)) + frame.first
    actor, target = _ends(frame, at)
    deal = tuple(t for t in frame.topics("deal") if t == "phase-one")
    goods = frame.topics("good", first=q.first if q else first, after=after) or frame.topics(
        "good", first=first, after=after
    )
    goods = goods or frame.topics("good")
    values: dict[str, Any] = {"action": action, "actor": actor, "target": target, "subject": (*goods, *deal)}
    if q is not None:
        row = frame.s.row
        said = {"to": frame.s.text[row[q.first].start : row[q.after - 1].end]}
        near = frame.s.keys(max(first, q.first - 3), min(q.after + 2, after))
        share = action == "attained"
        values |= {
            "to": q.fraction if share else q.high, "unit": SHARE if share else q.unit, "said": said,
            "bound": q.bound or None, "added": bool(_ADDED & set(near)),
            "per": _per(frame.s.keys(q.after, min(q.after + 8, after))),
        }  # fmt: skip
        values |= {} if share else ends_of(q)
        values |= _in_relative(frame, q)
        values |= _days(frame, first, after)
    if action != "buy" or (q is not None and _part_of_more(frame, q)):
        values |= {"modality": "reported", "negated": False}
    return frame.claim("purchase", first, after, **values)


def _part_of_more(frame: Frame, q: Quantity) -> bool:
    """`30 of the 90 jets it promised`: the first figure is what was done."""
    follows = frame.s.row[q.after : q.after + 3]
    return len(follows) == 3 and follows[0].key == "of" and follows[2].kind == "number"


def _per(keys: list[str]) -> str | None:
    """`a year`, `annually`; not `this year`."""
    for i, key in enumerate(keys):
        if key in _PER and (key not in ("year", "month") or (i and keys[i - 1] in ("a", "per", "each", "every", "/"))):
            return _PER[key]
    return None


def _ends(frame: Frame, at: int) -> tuple[str | None, str | None]:
    """(buyer, seller): who stands before the verb or after `by`, and the other economy named."""
    row = frame.s.row
    by = [p.code for p in frame.places() if p.first > frame.first and row[p.first - 1].key == "by"]
    buyers = [p.code for p in frame.places() if p.first < at and not _sells(frame, p.after)]
    passive = bool(by) and bool(buyers)
    actor = by[0] if passive else buyers[-1] if buyers else by[0] if by else frame.context.subject
    sellers = [
        p.code for p in frame.places() if p.code != actor and (p.first > at or _sells(frame, p.after) or passive)
    ]
    if len(set(sellers)) > 1 and "from" in frame.s.keys(0, len(row)):
        return actor, None  # "bought from Brazil and from the US"
    return actor, (sellers[0] if sellers else frame.other(actor))


def _sells(frame: Frame, i: int) -> bool:
    """Whether goods of an economy follow its name: `US soybeans were bought`."""
    return any(a == i and t in frame.topics("good") for a, _, t in frame.s.topics)


def _days(frame: Frame, first: int, after: int) -> dict[str, Any]:
    """The days written beside a figure, where there are any: those of another figure are not its own."""
    horizon = date = None
    for m in frame.s.dates:
        days = frame.s.resolved.get(m.first)
        if days is None or not first <= m.first < after or frame.s.named_by(m):
            continue
        if m.kind == "span" and m.offset[1] > 0 and "had" in frame.s.keys(first, after):
            continue  # "had pledged to buy it over two years": they began then
        if m.deadline or days[1] > (frame.context.anchor or days[1]):
            horizon = horizon or days
        else:
            date = date or days
    alone = first == frame.first and after == frame.after
    return {} if alone and not (horizon or date) else {"horizon": horizon, "date": date}
