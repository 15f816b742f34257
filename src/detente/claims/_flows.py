"""Numbers beside duties: trade and growth, purchases, shares, chances."""

from __future__ import annotations

from typing import Any

from detente.claims._chances import CHANCE, Chance
from detente.claims._claim import POINTS_UNIT, SHARE, Claim
from detente.claims._clause import Place
from detente.claims._frame import Frame
from detente.claims._heads import ENDS, RATES, heads_another
from detente.claims._purchases import purchases
from detente.claims._quantities import Quantity
from detente.claims._roles import ends, ends_of, role, sign
from detente.claims._units import PERCENT, POINTS
from detente.claims._words import BALANCE, BUY, DOWN, FLOW, MACRO, TARIFF, UP, forms

_HOLDS = forms("control account supply produce make dominate process mine hold provide refine represent source") | {
    "up"
}


def flow_claims(frame: Frame) -> list[Claim]:
    """Changes of trade, output and prices; shares; chances; purchases."""
    out: list[Claim] = []
    rates = [q for q in frame.sizes if q.unit in (PERCENT, POINTS)]
    out += [_chance(frame, c) for c in frame.chances]
    moved = [(q, _head(frame, q)) for q in rates if role(frame, q) in ("from", "to", "by")]
    moved = [(q, h) for q, h in moved if not (TARIFF | RATES) & set(frame.s.keys(q.after, q.after + 2))]
    if frame.chances:  # "raised the probability of a recession to 35 % from 20 %": the chance moved, not output
        moved = [
            (q, h) for q, h in moved if h is None or not CHANCE & set(frame.s.keys(max(frame.first, h - 4), h + 2))
        ]
    for head in dict.fromkeys(h for _, h in moved if h is not None):
        out += _changes(frame, head, [q for q, h in moved if h == head])
    if not out:
        out += _shares(frame, rates)
    return out + levels(frame) + purchases(frame)


def _chance(frame: Frame, c: Chance) -> Claim:
    row = frame.s.row
    text = frame.s.text[row[c.first].start : row[c.after - 1].end]
    return frame.claim(
        "probability", frame.first, frame.after, probability=(c.low, c.high), unit="probability",
        subject=frame.topics(), modality="forecast", said={"probability": text},
        derived=("probability",) if c.reckoned else (), actor=_only(frame),
    )  # fmt: skip


def _only(frame: Frame) -> str | None:
    """The economy a chance is about, where the clause names one alone."""
    codes = {p.code for p in frame.places()}
    return codes.pop() if len(codes) == 1 else None


def _text(frame: Frame, q: Quantity) -> str:
    row = frame.s.row
    return frame.s.text[row[q.first].start : row[q.after - 1].end]


def _head(frame: Frame, q: Quantity) -> int | None:
    """The noun of trade or growth whose change a number is: the last one before it that heads a number, or the one
    after it in `a 5 % fall in exports`."""
    keys = frame.keys()
    at = q.first - frame.first
    others = [i for i in range(at) if heads_another(keys, i) and not (i and keys[i - 1] in MACRO)]
    before = [i for i in _nouns(frame) if i < q.first]
    if before:
        last = before[-1]
        return None if others and others[-1] + frame.first > last else last
    if others:
        return None
    for i in _nouns(frame):
        between = set(frame.s.keys(q.after, i))
        if i - q.after <= 6 and not between & ENDS:
            return i
    return None


def _nouns(frame: Frame) -> list[int]:
    """Nouns of trade and growth in the clause: not those that only complete a duty."""
    row = frame.s.row
    out = []
    for i in range(frame.first, frame.after):
        if row[i].key not in FLOW and row[i].key not in MACRO:
            continue
        before = frame.s.keys(max(frame.first, i - 5), i)
        if "share" in before:
            continue  # "Russia's share of Indian imports" is no flow
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
        out.append(i)
    return out


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
        values |= ends(q, sign(frame, q.first) if r == "by" else 1.0)
        last = q
    if last is None or not {"to", "by"} & set(values):
        return []
    noun = frame.s.row[head].key
    if noun == "growth" and frame.s.row[head - 1].key in FLOW and head > frame.first:
        head, noun = head - 1, frame.s.row[head - 1].key  # "growth of goods trade"
    kind = "trade_change" if noun in FLOW else "growth_change"
    actor, target = _flow_ends(frame, head, noun)
    unit = POINTS_UNIT if last.unit == POINTS else SHARE
    said = frame.s.said_by(head)
    if said is not None and frame.s.row[said.verb].key in ("sees", "see", "saw") and kind == "growth_change":
        values["modality"] = "forecast"  # "the OECD sees growth slowing to 2 %"
    values |= {"unit": unit, "actor": actor, "target": target, "subject": (_measured(noun), *frame.topics("good"))}
    return [frame.claim(kind, frame.first, frame.after, **values)]


_STANDS = forms(
    "reach total amount widen narrow shrink grow rise fall stand hit run balloon climb record be top exceed post"
)


def levels(frame: Frame) -> list[Claim]:
    """Trade or a balance that stands at an amount: `a trade deficit of $295 billion`; of a deficit, too, its change."""
    keys = frame.keys()
    out: list[Claim] = []
    for q in frame.sizes:
        if q.unit not in _MONEY:
            continue
        nouns = [i for i in _nouns(frame) if i < q.first]
        row = frame.s.row
        between = frame.s.keys(nouns[-1] + 1, q.first) if nouns else []
        if (
            not nouns
            or (TARIFF | (BUY - FLOW)) & set(keys[: q.first - frame.first])
            or not (_STANDS | {"of"}) & set(between)
        ):
            continue
        noun = row[nouns[-1]].key
        actor, target = _flow_ends(frame, nouns[-1], noun)
        if between[-1:] == ["from"] and out and out[-1].to is not None and out[-1].unit == q.unit:
            out[-1].from_, out[-1].by = q.high, out[-1].to - q.high
            out[-1].said["from"], out[-1].derived, out[-1].kind = _text(frame, q), ("by",), "trade_change"
            continue
        moved = between[-1:] == ["by"]
        key = "by" if moved else "to"
        value = (sign(frame, q.first) or 1.0) * q.high if moved else q.high
        span = ends_of(q)
        if moved and span and value < 0:
            span = {"low": -q.high, "high": -q.low}
        values: dict[str, Any] = {key: value} | span
        out.append(
            frame.claim(
                "trade_change" if moved else "trade_level", frame.first, frame.after, unit=q.unit, actor=actor,
                target=target, subject=(_measured(noun), *frame.topics("good")), said={key: _text(frame, q)},
                bound=q.bound or None, **values,
            )
        )  # fmt: skip
    return out


_MONEY = ("USD", "EUR", "CNY", "JPY", "GBP", "KRW")


def _measured(noun: str) -> str:
    if noun in ("export", "exports", "shipments", "shipment"):
        return "exports"
    if noun in ("import", "imports", "purchases", "arrivals"):
        return "imports"
    return "gdp" if noun in ("gdp", "growth", "economy", "output") else noun


def _flow_ends(frame: Frame, head: int, noun: str) -> tuple[str | None, str | None]:
    """Whose trade it is and with whom: `China's exports to the US`, `US imports from China`."""
    row = frame.s.row
    before = [p for p in frame.places() if p.after <= head and head - p.after <= 3 and _owns(frame, p, head)]
    after = [p for p in frame.places() if p.first > head and not _next_flow(frame, head, p.first)]
    if noun in MACRO:  # "inflation slowed to 2 % because of cheaper Chinese imports"
        after = [p for p in after if p.first <= head + 4 and "because" not in frame.s.keys(head, p.first)]
    actor = before[-1].code if before else None
    target = None
    if actor is None and len(after) > 1 and row[head + 1].key == "between" and row[after[0].after].key == "and":
        return after[0].code, after[1].code  # "trade between India and Russia"
    for p in after:
        lead = [t.key for t in row[max(head, p.first - 2) : p.first]]
        if {"to", "with"} & set(lead) or ("from" in lead and noun in ("imports", "import", "shipments")):
            if actor is None and "from" in lead and noun.startswith("shipment"):
                actor = p.code
            else:
                target = target or p.code
        elif {"of", "from"} & set(lead) and noun in ("imports", "import", "purchases", "orders", "arrivals"):
            target = target or p.code  # "its purchases of American crude"
        elif actor is None and {"of", "from"} & set(lead):
            actor = p.code
    if actor is None and noun in BALANCE:
        near = [p for p in frame.places() if p.first < head and p.code != target]
        actor = near[0].code if near else frame.other(target) if target else None
    if actor is None and noun in MACRO:
        ours = row[head - 1].key == "our"
        said = frame.s.said_by(head)
        leads = [(p, frame.s.keys(max(0, p.first - 3), p.first)) for p in frame.places()]
        near = [p for p, lead in leads if {"in", "of"} & set(lead[-2:]) and "because" not in lead]
        if ours:
            return said.speaker.economy or None if said is not None else None, None
        actor = near[0].code if near else None
    own = {"its", "their"} & set(frame.s.keys(max(frame.first, head - 3), head))
    if actor is None and own and any(p.after <= head for p in frame.places()):
        actor = next(p.code for p in frame.places() if p.after <= head)
    joined = frame.first > 0 and head - frame.first <= 2 and target is not None  # "...; imports from the US fell"
    if actor is None and frame.context.subject not in (None, target) and joined:
        actor = frame.context.subject
    if actor is None and frame.context.subject and {"its", "their"} & set(frame.s.keys(frame.first, head)):
        actor = frame.context.subject
    return actor, target if target != actor else None


def _owns(frame: Frame, place: Place, head: int) -> bool:
    """Whether nothing but adjectives stands between an economy and what is measured: not `Chinese imports pushed
    inflation`."""
    between = frame.s.keys(place.after, head)
    return not any(k in FLOW | DOWN | UP or k in (",", ";", "and", "as", "said", "says") for k in between)


def _next_flow(frame: Frame, head: int, i: int) -> bool:
    """Whether another number's flow is named at token `i`: `sales to Africa rose 10 % and those to Europe 1 %`."""
    keys = frame.s.keys(head, i)
    rates = [k for k, key in enumerate(keys) if key in ("%", "percent", "points")]
    return bool(rates) and any(k in ("and", "while", "but", ";") for k in keys[rates[0] :])


def _shares(frame: Frame, rates: list[Quantity]) -> list[Claim]:
    """`China refines about 90 % of the world's rare earths`: an economy that holds a share of something named."""
    for q in rates:
        before = set(frame.s.keys(max(frame.first, q.first - 7), q.first))
        row = frame.s.row
        places = [p for p in frame.places() if p.first < q.first and row[p.first - 1].key not in ("to", "from", "with")]
        topics = frame.topics("good", first=q.after)
        trade = set(frame.s.keys(q.after, min(q.after + 8, frame.after))) & (
            (FLOW - {"sales", "orders"}) | {"supply", "market", "capacity"}  # "20 % of its sales" is a firm's
        )
        if role(frame, q) == "share" and before & _HOLDS and places and (topics or trade):
            return [
                frame.claim(
                    "share", frame.first, frame.after, to=q.fraction, unit=SHARE, actor=places[0].code, subject=topics,
                    said={"to": _text(frame, q)}, bound=q.bound or None,
                )
            ]  # fmt: skip
    return []
