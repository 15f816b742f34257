"""Shares of trade, supply or output: who holds which part of what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from detente.claims._chances import is_chance
from detente.claims._claim import SHARE, Claim
from detente.claims._clause import Place
from detente.claims._flow_days import expected, own_days
from detente.claims._frame import Frame
from detente.claims._quantities import Quantity
from detente.claims._tokens import words
from detente.claims._units import PERCENT
from detente.claims._words import BALANCE, DOWN, FLOW, TARIFF, UP, forms

_HOLDS = forms("supply produce dominate process mine hold provide refine represent source generate") | words(
    "account accounts accounted accounting make makes made making constitute constitutes constituted comprise comprises"
    " comprised control controls controlled controlling contribute contributes contributed contributing responsible"
)
_STRONG = forms("supply produce provide refine mine process") | words("account accounts accounted accounting")
_FITS = forms("affect cover equal absorb block hit") | words("equivalent")
_RELIES = forms("rely depend") | words("reliant dependent")
_GETS = forms("get buy import source purchase obtain receive draw")
_SENDS = forms("send ship sell export")
_GOES = forms("go head") | words("destined bound shipped sent sold exported went goes headed")
_COMES = forms("come originate") | words("imported sourced bought is are was were")
_BE = words("is are was were")
_WHOLE = (FLOW - {"sales", "orders", "purchases", "trade", *BALANCE}) | words(
    "cargo supply supplies market capacity production output reserves consumption demand gdp economy trade"
    " processing refining"
)
_NAMES = {
    "export": "exports", "shipments": "exports", "shipment": "exports", "import": "imports", "economy": "gdp",
    "supplies": "supply", "exports": "exports", "imports": "imports", "output": "production",
}  # fmt: skip
_NO_WHOLE = words("tariff tariffs duty duties talks deal war voters respondents population seats sales shares stake")
_REACH = 10


def shares(frame: Frame) -> list[tuple[Quantity, Claim]]:
    """Every share in a clause, with the number it stands on."""
    rates = [q for q in frame.sizes if q.unit == PERCENT and not is_chance(frame.s.row, frame.first, q)]
    if not rates:
        return []
    named = _share_of(frame, rates)
    if named:
        return named
    out: list[tuple[Quantity, Claim]] = []
    for q in rates:
        claim = _part(frame, q, out[-1] if out else None)
        if claim is not None:
            out.append((q, claim))
    return out


def _share_of(frame: Frame, rates: Sequence[Quantity]) -> list[tuple[Quantity, Claim]]:
    """`Norway's share of Chile's exports fell from 15 to 10 %`: a noun of its own, whose number moves."""
    row = frame.s.row
    at = next((i for i in range(frame.first, frame.after - 1) if row[i].key == "share"), None)
    if at is None or row[at + 1].key in ("price", "prices", "index"):
        return []
    end = next(
        (i for i in range(at + 1, rates[-1].first) if row[i].key in DOWN | UP | _STANDS or row[i].key in (",", "from")),
        at,
    )
    whole = _whole(frame, at + 1, min(end, at + _REACH)) if row[at + 1].key == "of" else _whole_before(frame, at)
    if whole is None:
        return []
    values: dict[str, Any] = {"said": {}}
    used: list[Quantity] = []
    for q in rates:
        if not end <= q.first:
            continue
        lead = frame.s.keys(max(0, q.first - 4), q.first)
        key = "from_" if "from" in lead and not {"to"} & set(lead[lead.index("from") :]) else "to"
        if "by" in lead or (
            {"points", "to"} & set(lead) == set() and key == "to" and not _STANDS & set(lead) and "of" not in lead
        ):
            continue
        if key in values:
            continue
        values[key] = q.fraction
        values["said"][key.rstrip("_")] = _text(frame, q)
        used.append(q)
        if key == "to":
            values["bound"] = q.bound or None
    if "to" not in values:
        return []
    owner = next((p for p in reversed(frame.places()) if p.after <= at and at - p.after <= 3), None)
    inside = [p for p in frame.places() if at < p.first < end]
    actor = owner.code if owner is not None else None
    target = inside[0].code if inside and inside[0].code != actor else None
    goes = next((p for p in inside[1:] if {"to"} & set(frame.s.keys(p.first - 2, p.first))), None)
    if actor is None and goes is not None:
        actor = goes.code  # "the share of Chilean exports going to Norway"
    claim = frame.claim(
        "share", frame.first, frame.after, unit=SHARE, actor=actor, target=target, subject=whole, **values
    )
    return [(q, claim) for q in used]


_STANDS = forms("be reach hit stand remain stay total average slump shrink top exceed") | words("at")


def _whole_before(frame: Frame, at: int) -> tuple[str, ...] | None:
    """`..., while Norway's share fell to 10 %`: a share of what the sentence named a share of before."""
    row = frame.s.row
    if not any(p.after in (at, at - 1) for p in frame.places()):
        return None
    for i in range(at - 1, max(0, at - 40), -1):
        if row[i].key == "of" and row[i - 1].key in ("share", "%", "percent", "cent"):
            return _whole(frame, i, min(i + _REACH, at))
    return None


def _part(frame: Frame, q: Quantity, last: tuple[Quantity, Claim] | None) -> Claim | None:
    """A percentage `of` something that trade or output is measured by."""
    row = frame.s.row
    after = frame.s.keys(q.after, q.after + 2)
    if after[:1] != ["of"] or TARIFF & set(frame.s.keys(q.first - 1, q.first)):
        return None
    stop = min(q.after + _REACH, frame.after)
    end = next((i for i in range(q.after + 1, stop) if row[i].text in ",;()" or row[i].key in _ENDS), stop)
    whole = _whole(frame, q.after, end)
    if whole is None:
        return None
    from_ = None
    if (balance := _balance(frame, q)) is not None and "gdp" in whole:
        (name, actor), target = balance, None
        whole = (name, "gdp")
        from_ = _end(frame, q, "from")
        if frame.s.keys(q.first - 1, q.first) == ["from"] and (then := _end(frame, q, "to")) is not None:
            from_, q, end = q, then, then.after  # "from 5 % of GDP in 2019 to 4 % in 2024"
    elif last is not None and _joined(frame, last[0], q) and (_pronoun(after) or whole):
        actor, target, whole = last[1].actor, last[1].target, whole or last[1].subject
    else:
        holder = _holder(frame, q, end, bool(whole) or bool(_WHOLE & set(frame.s.keys(q.after, end))))
        if holder is None:
            return None
        actor, target = holder
        if "gdp" in whole:
            (actor, target), whole = (target, None), _flow_before(frame, q, whole)
    days = own_days(frame, q, from_ is not None, end)
    said = {"to": _text(frame, q)} | ({"from": _text(frame, from_)} if from_ is not None else {})
    claim = frame.claim(
        "share", frame.first, frame.after, to=q.fraction, unit=SHARE, actor=actor,
        from_=from_.fraction if from_ is not None else None,
        target=target if target != actor else None, subject=whole, said=said, bound=q.bound or None, **days,
    )  # fmt: skip
    return expected(frame, claim, q)


def _flow_before(frame: Frame, q: Quantity, whole: tuple[str, ...]) -> tuple[str, ...]:
    """`exports to Norway make up 5 % of its output`: what it is that makes up a part of output."""
    row = frame.s.row
    for i in range(q.first - 1, max(frame.first, q.first - 14) - 1, -1):
        if row[i].key in ("exports", "imports", "trade"):
            return (row[i].key, *whole)
    return whole


def _joined(frame: Frame, one: Quantity, two: Quantity) -> bool:
    """Whether the holder of one share holds the next: `60 % of production and 85 % of processing`."""
    between = frame.s.keys(one.after, two.first)
    held = _HOLDS | _RELIES | _GETS | _SENDS | _GOES | _COMES
    return (
        between[-1:] in (["and"], [","], ["about"], ["over"]) and not (held & set(between)) and "while" not in between
    )


def _pronoun(after: Sequence[str]) -> bool:
    return after[1:2] in (["its"], ["their"])


def _balance(frame: Frame, q: Quantity) -> tuple[str, str | None] | None:
    """`a current account deficit of 3 % of GDP`, `would rise to 3.6 % of GDP`: (noun, whose)."""
    row = frame.s.row
    stop = max(frame.first, q.first - 25)
    nouns = [i for i in range(stop, q.first) if row[i].key in BALANCE]
    at = nouns[0 if "which" in frame.s.keys(stop, q.first) else -1] if nouns else None
    lead = set(frame.s.keys(max(0, q.first - 4), q.first))
    if at is None or not lead & {"to", "from", "at", "of", "reached", "hit", "is", "was", "equal", "around", "about"}:
        return None
    if {"budget", "fiscal", "federal", "public"} & set(frame.s.keys(max(0, at - 3), at)) or "by" in lead:
        return None
    owner = next((p for p in reversed(frame.places()) if p.after <= at and at - p.after <= 4), None)
    name = row[at].key.removesuffix("es") if row[at].key[0] == "s" else row[at].key.rstrip("s")
    return name, owner.code if owner is not None else None


def _end(frame: Frame, q: Quantity, way: str) -> Quantity | None:
    """The other end of a change of a share: `to 3.6 % of GDP by 2020 from 2.4 %`, `from 5 % of GDP to 4 %`."""
    for other in frame.sizes:
        near = other.unit == PERCENT and q.after < other.first <= q.after + 14
        if near and frame.s.keys(other.first - 1, other.first) == [way]:
            return other
    return None


_ENDS = words(
    "to from which that are is was were went goes go come comes came headed going heading coming by into as while and"
)


def _whole(frame: Frame, first: int, after: int) -> tuple[str, ...] | None:
    """What it is a share of: goods, trade, supply, output; None of anything else."""
    keys = frame.s.keys(first, after)
    if _NO_WHOLE & set(keys):
        return None
    topics = frame.topics("good", first=first, after=after)
    nouns = [_NAMES.get(k, k) for k in keys if k in _WHOLE]
    if "domestic" in keys and "product" in keys:
        nouns.append("gdp")
    own = [n for n in nouns if n in ("exports", "imports", "gdp")]
    if not (topics or nouns or {"world's", "global", "worldwide"} & set(keys) or _of_an_economy(frame, first)):
        return None
    return tuple(dict.fromkeys((*own, *topics)))


def _of_an_economy(frame: Frame, i: int) -> bool:
    """`of the world's lithium`, `of Norway's coffee`: goods that no list names."""
    keys = frame.s.keys(i, i + 4)
    row = frame.s.row
    after = i + keys.index("world") + 1 if "world" in keys else len(row)
    if after < len(row) and row[after].kind == "poss":
        return True
    return any(i < p.first <= i + 2 and p.after < len(row) and row[p.after].kind == "poss" for p in frame.places())


def _holder(frame: Frame, q: Quantity, end: int, known: bool) -> tuple[str | None, str | None] | None:
    """(who holds the share, whose the whole is), or None where no verb says that somebody does."""
    lead = frame.s.keys(max(frame.first, q.first - 9), q.first)
    inside = [p for p in frame.places() if q.after <= p.first < end]
    owner = inside[0].code if inside else None
    before = [p for p in frame.places() if p.after <= q.first]
    subject = _subject(frame, before)
    verbs = [i for i, k in enumerate(lead) if k in _HOLDS | _FITS | _RELIES | _GETS | _SENDS]
    if verbs and not {",", ";"} & set(lead[verbs[-1] + 2 :]):
        verb = lead[verbs[-1]]
        if verb in _RELIES:
            on = [p for p in before if "on" in frame.s.keys(max(0, p.first - 3), p.first)]
            return (on[-1].code, subject) if on else None
        if verb in _GETS | _SENDS:
            way = "from" if verb in _GETS else "to"
            partner = [p for p in frame.places() if p.first >= end and way in frame.s.keys(p.first - 2, p.first)]
            return (partner[0].code, subject) if partner and subject and partner[0].first - end <= 6 else None
        if not known and verb not in _STRONG:
            return None  # "holds 30 % of Norway's forests"
        return (None if verb in _FITS else subject), owner
    return _led(frame, q, end, owner) if known else None


def _led(frame: Frame, q: Quantity, end: int, owner: str | None) -> tuple[str | None, str | None] | None:
    """`a third of its exports went to Norway`: the number leads, the verb follows."""
    keys = frame.s.keys(end, min(end + 8, frame.after))
    verb = next((k for k in keys if k in (_GOES | _COMES) - _BE), None) or next((k for k in keys if k in _BE), None)
    if verb is None:
        return None
    way = "to" if verb in _GOES else "from"
    partner = [p for p in frame.places() if end <= p.first <= end + 9 and way in frame.s.keys(p.first - 2, p.first)]
    if partner:
        return partner[0].code, owner
    here = way == "from" and "from" in keys[keys.index(verb) + 1 : keys.index(verb) + 3]
    return (None, owner) if here or {"there", "abroad"} & set(keys) else None


def _subject(frame: Frame, before: Sequence[Place]) -> str | None:
    """The economy that a verb of holding is said of: no goods of its own, no place that something went to."""
    row = frame.s.row
    for p in reversed(before):
        lead = row[p.first - 1].key if p.first else ""
        if lead == "the" and p.first > 1:
            lead = row[p.first - 2].key
        if lead in ("south", "latin", "north", "central"):
            continue  # "the South American country"
        follows = row[p.after] if p.after < len(row) else None
        if lead in ("to", "from", "with", "in", "on", "of", "by", "under") or (
            follows is not None and follows.kind == "poss"
        ):
            continue
        if lead == "and" and any(o.after <= p.first <= o.after + 3 for o in before):
            return None  # "Norway and Peru together supply"
        then = frame.s.keys(p.after, p.after + 3)
        if FLOW & set(then) or any(a == p.after for a, _, _ in frame.s.topics):
            continue
        return p.code
    return None


def _text(frame: Frame, q: Quantity) -> str:
    row = frame.s.row
    return frame.s.text[row[q.first].start : row[q.after - 1].end]
