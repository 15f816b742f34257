"""Trade, or a balance of it, that stands at an amount of money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from detente.claims._claim import Claim
from detente.claims._flow_days import own_days
from detente.claims._flow_ends import flow_ends
from detente.claims._frame import Frame
from detente.claims._measures import Measure
from detente.claims._quantities import Quantity
from detente.claims._roles import ends_of, sign
from detente.claims._tokens import words
from detente.claims._words import BUY, FLOW, TARIFF, forms

MONEY = ("USD", "EUR", "CNY", "JPY", "GBP", "KRW")
LEAST = 1e6
"""Trade is told in millions at least: what is less is the price of a thing."""
_STANDS = forms(
    "reach total amount widen narrow shrink grow rise fall stand hit run balloon climb record be top exceed post"
    " increase decrease jump surge drop plunge sink slump decline gain swell expand slip tumble dip come forecast"
    " expect value project leap soar slide edge contract rebound slow double triple quadruple average advance"
)
_LEAVES = words("cost costing loss losses revenue revenues invest investment investments worth tax taxes bill fund")


def amounts(frame: Frame, nouns: Sequence[Measure]) -> list[Claim]:
    """`a trade deficit of $295 billion`, `rose 12 % to $43 billion`; `up from $96 billion` gives where it came from."""
    out: list[Claim] = []
    told: dict[int, Claim] = {}
    begun: dict[int, Quantity] = {}
    for q in frame.sizes:
        if q.unit not in MONEY or q.high < LEAST or foreign(frame, q) or _converted(frame, q):
            continue
        before = [m for m in nouns if not m.rate and (m.trade or m.name == "gdp") and frame.first <= m.at < q.first]
        if not before:
            out += [c for c in [_traded(frame, q)] if c is not None]
            continue
        m = before[-1]
        between = frame.s.keys(m.at + 1, q.first)
        if not m.trade:
            out += _output(frame, q, m)
        elif between[-1:] != ["from"]:
            out += _amount(frame, q, m, between)
            if out and out[-1].said.get("to") == _text(frame, q):
                told[m.at] = out[-1]
                if m.at in begun:
                    _came_from(frame, out[-1], begun.pop(m.at))
        elif m.at in told and told[m.at].from_ is None and told[m.at].unit == q.unit:
            _came_from(frame, told[m.at], q)
        elif m.at not in told:
            begun[m.at] = q  # "from $3 billion to $2 billion"
    return out


def _came_from(frame: Frame, claim: Claim, q: Quantity) -> None:
    """Give an amount the one it came from: they make a change."""
    if claim.to is None or claim.unit != q.unit:
        return
    claim.from_, claim.by = q.high, claim.to - q.high
    claim.said["from"], claim.derived, claim.kind = _text(frame, q), ("by",), "trade_change"


def _converted(frame: Frame, q: Quantity) -> bool:
    """`$7.4bn (£5.4bn)`: the same amount in another currency."""
    return frame.s.row[q.first - 1].text == "(" and any(p.after == q.first - 1 and p.unit in MONEY for p in frame.sizes)


def _amount(frame: Frame, q: Quantity, m: Measure, between: Sequence[str]) -> list[Claim]:
    duties = (TARIFF | (BUY - FLOW)) & set(frame.s.keys(frame.first, q.first))
    if duties or not (_STANDS | {"of", "at", "(", "%", "percent"}) & set(between):
        return []
    valued = any(
        k in ("was", "were", "is", "are") and between[i + 1 : i + 2] == ["worth"] for i, k in enumerate(between)
    )
    if (_LEAVES - ({"worth"} if valued else set())) & set(between) or _apart(between):
        return []
    if _COMPARED & set(between[-4:]) or between[-2:-1] == ["from"]:
        return []
    moved = between[-1:] == ["by"] or (between[-2:-1] == ["by"] and between[-1] in ("about", "almost", "nearly"))
    key = "by" if moved else "to"
    value = (sign(frame, q.first) or 1.0) * q.high if moved else q.high
    span = ends_of(q)
    if moved and span and value < 0:
        span = {"low": -q.high, "high": -q.low}
    actor, target = flow_ends(frame, m, q)
    kind = "trade_change" if moved else "trade_level"
    return [_claim(frame, kind, actor, target, m.name, q, {key: value} | span, {key: _text(frame, q)})]


def _output(frame: Frame, q: Quantity, m: Measure) -> list[Claim]:
    """`would lower Norway's GDP by almost $16 billion`."""
    between = [k for k in frame.s.keys(m.at + 1, q.first) if k not in _ABOUT]
    turn = sign(frame, q.first)
    if between != ["by"] or not turn:
        return []
    actor, target = flow_ends(frame, m, q)
    value = turn * q.high
    return [_claim(frame, m.kind, actor, target, m.name, q, {"by": value}, {"by": _text(frame, q)})]


_ABOUT = words("about almost nearly around roughly some over more than up to as much")


def _apart(between: Sequence[str]) -> bool:
    """Whether another statement begins between a noun and an amount."""
    return len(between) > 25 or any(
        k in (";", "which") and i + 2 < len(between) and between[i + 1] not in _STANDS for i, k in enumerate(between)
    )


def _claim(
    frame: Frame, kind: str, actor: str | None, target: str | None, name: str, q: Quantity,
    values: dict[str, Any], said: dict[str, str],
) -> Claim:  # fmt: skip
    return frame.claim(
        kind, frame.first, frame.after, unit=q.unit, actor=actor, target=target,
        subject=(name, *frame.topics("good")), said=said, bound=q.bound or None, **(values | own_days(frame, q, False)),
    )  # fmt: skip


def _text(frame: Frame, q: Quantity) -> str:
    row = frame.s.row
    return frame.s.text[row[q.first].start : row[q.after - 1].end]


def foreign(frame: Frame, q: Quantity) -> bool:
    """Whether a dollar is another country's: `A$153bn`, `C$4bn`, `HK$2bn`; its unit is not known here."""
    row = frame.s.row
    if row[q.first].text != "$" or q.first == 0:
        return False
    return row[q.first].glued and row[q.first - 1].kind in ("word", "abbr") and row[q.first - 1].key not in ("us",)


_SOLD = forms("export ship sell") | words("sent sends send")
_BOUGHT = forms("import")
_COMPARED = words("compared versus against than estimates forecasts expectations estimate forecast's")
_GOODS = words("goods products merchandise worth back exports services")


def _traded(frame: Frame, q: Quantity) -> Claim | None:
    """`Chile exported $140bn of goods to Peru`: who stands before the verb, and whom it went to or came from."""
    row = frame.s.row
    at = next(
        (i for i in range(q.first - 1, max(frame.first, q.first - 5) - 1, -1) if row[i].key in _SOLD | _BOUGHT), None
    )
    if at is None or row[at - 1].key in ("to", "will", "would", "must", "the", "of", "agreed"):
        return None
    sold = row[at].key in _SOLD
    before = [p for p in frame.places() if p.after <= at and at - p.after <= 3]
    after = frame.s.keys(q.after, min(q.after + 4, frame.after))
    if not before or row[before[-1].first - 1].key in ("to", "from", "with", "in") or not _GOODS & set(after):
        return None
    leads = ("to",) if sold else ("from",)
    partner = [p for p in frame.places() if p.first > at and set(leads) & set(frame.s.keys(p.first - 2, p.first))]
    actor = before[-1].code
    other = partner[0].code if partner else _back(frame, actor) if "back" in after else None
    return _claim(
        frame, "trade_level", actor, other, "exports" if sold else "imports", q, {"to": q.high}, {"to": _text(frame, q)}
    )


def _back(frame: Frame, actor: str) -> str | None:
    """Whom goods are sent back to: the other economy of the sentence."""
    others = {p.code for p in frame.s.economies} - {actor}
    return others.pop() if len(others) == 1 else None
