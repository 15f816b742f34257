"""Numbers beside duties: trade and growth, purchases, shares, chances."""

from __future__ import annotations

from typing import Any

from detente.claims._claim import POINTS_UNIT, SHARE, Claim
from detente.claims._frame import Frame
from detente.claims._quantities import PERCENT, POINTS, Quantity
from detente.claims._roles import role, sign
from detente.claims._words import BUY, FLOW, MACRO, TARIFF, forms

_BOUGHT = frozenset(["tonnes", "bushels", "barrels", "aircraft", "vehicles", "USD", "EUR", "CNY"])
_HOLDS = forms("control account supply produce make dominate process mine hold provide refine represent source") | {
    "up"
}
_PER = {"year": "year", "annually": "year", "yearly": "year", "month": "month", "monthly": "month", "annual": "year"}


def flow_claims(frame: Frame) -> list[Claim]:
    """Changes of trade, output and prices; shares; chances; purchases."""
    out: list[Claim] = []
    rates = [q for q in frame.s.quantities if frame.first <= q.first < frame.after and q.unit in (PERCENT, POINTS)]
    for q in rates:
        if role(frame, q) == "chance":
            out.append(_chance(frame, q))
    head = _head(frame)
    if head is not None:
        out += _changes(frame, head, [q for q in rates if role(frame, q) in ("from", "to", "by")])
    if not out:
        out += _shares(frame, rates)
    return out + _purchases(frame)


def _chance(frame: Frame, q: Quantity) -> Claim:
    low, high = round(q.low / 100, 10), q.fraction
    return frame.claim(
        "probability", frame.first, frame.after, probability=(low, high), unit="probability",
        subject=frame.topics(), modality="forecast", said={"probability": _text(frame, q)}, bound=q.bound or None,
        actor=_first(frame),
    )  # fmt: skip


def _first(frame: Frame) -> str | None:
    places = frame.places()
    return places[0].code if places else None


def _text(frame: Frame, q: Quantity) -> str:
    row = frame.s.row
    return frame.s.text[row[q.first].start : row[q.after - 1].end]


def _head(frame: Frame) -> int | None:
    """The noun of trade or growth that moves: not one that only completes a duty."""
    row = frame.s.row
    for i in range(frame.first, frame.after):
        if row[i].key not in FLOW and row[i].key not in MACRO:
            continue
        before = frame.s.keys(max(frame.first, i - 4), i)
        if TARIFF & set(frame.s.keys(max(frame.first, i - 6), i)) and set(before) & {"on", "against"}:
            continue
        if row[i].key == "trade" and i + 1 < frame.after and row[i + 1].key in (
            "talks", "war", "negotiations", "deal", "agreement", "tensions", "truce", "representative",
            "barriers", "policy",
            "restrictions", "measures", "blacklist", "partners", "agreements", "tools",
        ):  # fmt: skip
            continue
        if row[i].key in ("exports", "export", "imports", "import") and i + 1 < frame.after and row[i + 1].key in (
            "control", "controls", "restrictions", "ban", "bans", "duties", "tariffs", "curbs", "licences", "licenses",
        ):  # fmt: skip
            continue
        return i
    return None


def _changes(frame: Frame, head: int, sizes: list[Quantity]) -> list[Claim]:
    values: dict[str, Any] = {"said": {}}
    last = None
    for q in sizes:
        r = role(frame, q)
        key = {"from": "from_", "to": "to", "by": "by"}[r]
        if key in values or (r == "by" and not sign(frame, q.first)):
            continue
        values[key] = q.fraction if r != "by" else sign(frame, q.first) * abs(q.fraction)
        values["said"][r] = _text(frame, q)
        values["bound"] = q.bound or None
        if q.low != q.high:
            values["low"] = round(q.low / 100, 10)
        last = q
    if last is None or not {"from_", "to", "by"} & set(values):
        return []
    noun = frame.s.row[head].key
    kind = "trade_change" if noun in FLOW else "growth_change"
    actor, target = _flow_ends(frame, head, noun)
    unit = POINTS_UNIT if last.unit == POINTS else SHARE
    values |= {"unit": unit, "actor": actor, "target": target, "subject": (_measured(noun), *frame.topics("good"))}
    return [frame.claim(kind, frame.first, frame.after, **values)]


def _measured(noun: str) -> str:
    if noun in ("export", "exports", "shipments", "shipment"):
        return "exports"
    if noun in ("import", "imports", "purchases", "arrivals"):
        return "imports"
    return "gdp" if noun in ("gdp", "growth", "economy", "output") else noun


def _flow_ends(frame: Frame, head: int, noun: str) -> tuple[str | None, str | None]:
    """Whose trade it is and with whom: `China's exports to the US`, `US imports from China`."""
    row = frame.s.row
    before = [p for p in frame.places() if p.after <= head and head - p.after <= 3]
    after = [p for p in frame.places() if p.first > head]
    actor = before[-1].code if before else None
    target = None
    for p in after:
        lead = [t.key for t in row[max(head, p.first - 2) : p.first]]
        if {"to", "with"} & set(lead) or ("from" in lead and noun in ("imports", "import", "shipments")):
            if actor is None and "from" in lead and noun.startswith("shipment"):
                actor = p.code
            else:
                target = target or p.code
        elif actor is None and {"of", "from"} & set(lead):
            actor = p.code
    if actor is None and noun in MACRO and frame.places():
        actor = frame.places()[0].code
    if actor is None and frame.context.subject and {"its", "their"} & set(frame.s.keys(frame.first, head)):
        actor = frame.context.subject
    return actor, target if target != actor else None


def _shares(frame: Frame, rates: list[Quantity]) -> list[Claim]:
    """`China refines about 90 % of the world's rare earths`: an economy that holds a share of something named."""
    for q in rates:
        before = set(frame.s.keys(max(frame.first, q.first - 7), q.first))
        places = [p for p in frame.places() if p.first < q.first]
        topics = frame.topics("good", first=q.after)
        trade = set(frame.s.keys(q.after, min(q.after + 8, frame.after))) & (FLOW | {"supply", "market", "capacity"})
        if role(frame, q) == "share" and before & _HOLDS and places and (topics or trade):
            return [
                frame.claim(
                    "share", frame.first, frame.after, to=q.fraction, unit=SHARE, actor=places[0].code, subject=topics,
                    said={"to": _text(frame, q)}, bound=q.bound or None,
                )
            ]  # fmt: skip
    return []


def _purchases(frame: Frame) -> list[Claim]:
    keys = frame.keys()
    if not (BUY | {"purchases", "purchase"}) & set(keys):
        return []
    at = min(i for i, k in enumerate(keys) if k in BUY or k == "purchases") + frame.first
    for q in frame.s.quantities:
        if not (frame.first <= q.first < frame.after and q.unit in _BOUGHT):
            continue
        places = frame.places()
        buyers = [p.code for p in places if p.first < at]
        actor = buyers[-1] if buyers else frame.context.subject
        sellers = [p.code for p in places if p.first > at and p.code != actor]
        per = next((_PER[k] for k in frame.s.keys(q.after, min(q.after + 8, frame.after)) if k in _PER), None)
        value = {
            "to": q.high, "unit": q.unit, "per": per, "actor": actor, "said": {"to": _text(frame, q)},
            "target": sellers[0] if sellers else frame.other(actor), "subject": frame.topics("good"),
            "bound": q.bound or None, "action": "buy",
        }  # fmt: skip
        if q.low != q.high:
            value["low"] = q.low
        return [frame.claim("purchase", frame.first, frame.after, **value)]
    return []
