"""Changes of trade, output, growth and prices; with amounts, shares, chances and purchases, all that is no duty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from detente.claims._amounts import amounts
from detente.claims._chances import CHANCE, Chance
from detente.claims._claim import POINTS_UNIT, SHARE, Claim
from detente.claims._figure_heads import FALLS, RISES, Figure
from detente.claims._figures import figure
from detente.claims._flow_days import dated, expected, own_days
from detente.claims._flow_ends import flow_ends
from detente.claims._frame import MOST, Frame
from detente.claims._measures import Measure, measures
from detente.claims._purchases import attained, purchases
from detente.claims._quantities import Quantity
from detente.claims._roles import ends
from detente.claims._shares import shares
from detente.claims._tokens import words
from detente.claims._units import POINTS
from detente.claims._words import forms

_UP_FROM = words("up down higher lower an a slightly")
_SEES = forms("see") | words("sees")
_KEYS = {"from": "from_", "to": "to", "by": "by"}


def flow_claims(frame: Frame, found: Sequence[Claim] = ()) -> list[Claim]:
    """Changes of trade, output and prices; amounts; shares; chances; purchases.

    Numbers that stand in the claims `found` already, on duties, are left to them.
    """
    out = [] if found else [_chance(frame, c) for c in frame.chances]
    nouns = measures(frame.s, frame.first, frame.after)
    parts = [(q, c) for q, c in shares(frame) if not attained(frame, q)]
    told = {q.first for q, _ in parts} | {q.first for q in frame.sizes if _told(frame, q, found)}
    values = _values(frame, [f for f in _figures(frame, nouns) if f.q.first not in told])
    many = len(values) > 1
    out += [_claim(frame, v, many) for v in values]
    out += list({id(c): c for _, c in parts}.values())
    sums = amounts(frame, nouns)
    amounted = {(c.to, c.unit) for c in sums}
    bought = [] if found else [c for c in purchases(frame) if (c.to, c.unit) not in amounted]
    return out + sums + bought


def _told(frame: Frame, q: Quantity, found: Sequence[Claim]) -> bool:
    """Whether a claim on a duty has taken a number."""
    text = text_of(frame, q)
    return any(text in c.said.values() for c in found)


def text_of(frame: Frame, q: Quantity) -> str:
    """A quantity as written."""
    row = frame.s.row
    return frame.s.text[row[q.first].start : row[q.after - 1].end]


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


@dataclass(slots=True)
class _Value:
    """One change: its figures by role."""

    measure: Measure
    roles: dict[str, Figure] = field(default_factory=dict)

    @property
    def main(self) -> Figure:
        """The figure that the claim is dated by."""
        return self.roles.get("to") or self.roles["by"]


def _figures(frame: Frame, nouns: Sequence[Measure]) -> list[Figure]:
    """The figures of a clause, and those of `- an increase from its forecast of 3 % -` right after it."""
    if _leads_back(frame, frame.first):
        return []
    sizes = list(frame.sizes)
    if _leads_back(frame, frame.after):
        sizes += [q for q in frame.s.quantities if frame.after <= q.first < frame.after + 14][:2]
    out: list[Figure] = []
    for q in sizes[:MOST]:
        f = figure(frame, q, nouns, out[-1] if out else None)
        if f is None or (frame.chances and _of_a_chance(frame, f)):
            continue
        if q.first >= frame.after and f.role != "from":
            break
        out.append(f)
    return out


def _leads_back(frame: Frame, i: int) -> bool:
    """Whether a clause only says where the one before came from: `up from 3 %`, `an increase from its forecast of`."""
    keys = [k for k in frame.s.keys(i, i + 6) if k not in ("–", "-", "—", ",", "slightly")]
    return bool(keys) and keys[0] in _UP_FROM and "from" in keys[1:4] and i > 0


def _of_a_chance(frame: Frame, f: Figure) -> bool:
    """`raised the probability of a recession to 35 % from 20 %`: the chance moved, not output."""
    return bool(CHANCE & set(frame.s.keys(max(frame.first, f.measure.at - 4), f.measure.at + 2)))


def _values(frame: Frame, figures: Sequence[Figure]) -> list[_Value]:
    """Group figures: one claim each, with `from` given to the one it belongs to."""
    out: list[_Value] = []
    pending: Figure | None = None
    run: list[_Value] = []
    froms: list[Figure] = []
    for n, f in enumerate(figures):
        if f.role == "from":
            then = figures[n + 1] if n + 1 < len(figures) else None
            leads = then is not None and then.role == "to" and then.measure.at <= f.measure.at and not froms
            if leads and not (run and dated(frame, f.q)) and _goes_to(frame, f, then):
                pending = f
            else:
                froms.append(f)
            continue
        if froms:
            _give(frame, run, froms)
            run, froms = [], []
        if f.role == "to" and out and list(out[-1].roles) == ["by"] and _same(out[-1], f) and f.measure.rate:
            out[-1].roles["to"] = f
        else:
            out.append(_Value(f.measure, {f.role: f}))
            run.append(out[-1])
        if pending is not None and f.role == "to":
            out[-1].roles["from"] = pending
        pending = None
    _give(frame, run, froms)
    return out


def _goes_to(frame: Frame, f: Figure, then: Figure | None) -> bool:
    """Whether `from` and `to` are the two ends of one change: `from 4 % in 2027 to 3 %`, no verb between."""
    return then is not None and not (FALLS | RISES) & set(frame.s.keys(f.q.after, then.q.first))


def _same(value: _Value, f: Figure) -> bool:
    return value.measure.at == f.measure.at and f.q.first - value.main.q.after <= 4


def _give(frame: Frame, values: Sequence[_Value], froms: Sequence[Figure]) -> None:
    """`3 % in 2027 and 3.1 % in 2028, up from 2.8 % and 3 %`: as many before as after, or the last one alone."""
    held = [v for v in values if "to" in v.roles and "from" not in v.roles]
    if len(froms) > 1:
        if len(froms) != len(held) or any(dated(frame, f.q) for f in froms[:-1]):
            return  # whose is whose, the sentence does not say
        for v, f in zip(held, froms, strict=True):
            v.roles["from"] = f
        return
    for f in froms:
        near = [v for v in held if v.main.q.first < f.q.first and v.measure.at == f.measure.at]
        if near:
            near[-1].roles["from"] = f


def _claim(frame: Frame, value: _Value, many: bool) -> Claim:
    values: dict[str, Any] = {"said": {}}
    for role, f in value.roles.items():
        size = f.q.fraction if role != "by" else f.sign * (f.q.fraction if f.q.high < 0 else abs(f.q.fraction))
        values[_KEYS[role]] = size
        values["said"][role] = text_of(frame, f.q)
    f = value.main
    values["bound"] = f.q.bound or None
    values |= ends(f.q, f.sign if f.role == "by" else 1.0)
    m = value.measure
    actor, target = flow_ends(frame, m, f.q)
    unit = POINTS_UNIT if "to" not in value.roles and f.q.unit == POINTS else SHARE
    said = frame.s.said_by(m.at)
    if said is not None and frame.s.row[said.verb].key in _SEES and not m.trade:
        values["modality"] = "forecast"  # "the OECD sees growth slowing to 2 %"
    goods = () if m.kind == "growth_change" and m.name != "prices" else frame.topics("good")
    days = own_days(frame, f.q, many)
    values |= {"unit": unit, "actor": actor, "target": target, "subject": (m.name, *goods)} | days
    return expected(frame, frame.claim(m.kind, frame.first, frame.after, **values), f.q)
