"""A draft of a deal in the format of the ledger's commitments: what the article says, and marked gaps."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

from detente.claims._claim import POINTS_UNIT, RATE, SHARE, Claim
from detente.economies import economy, name_of
from detente.errors import UnknownName

REVIEW = "TO REVIEW"
"""Marks a gap; the reader of commitments refuses a file in which one is left."""
_SCALES = {
    "tonnes": (1e6, "million tonnes"),
    "barrels": (1e6, "million barrels"),
    "bushels": (1e6, "million bushels"),
    "USD": (1e9, "USD bn"),
    "EUR": (1e9, "EUR bn"),
    "CNY": (1e9, "CNY bn"),
}
_CONTROLS = {"relax": "ease or suspend restrictions", "restrict": "impose restrictions", "keep": "keep restrictions"}

_WITH_ARTICLE = ("United ", "Netherlands", "Philippines")


def commitment_draft(claim: Claim, head: list[str]) -> str:
    """The file as text; `head` is its opening comment."""
    kind = _kind(claim)
    lines = [
        *head,
        *(["# The article denies that this was promised."] if claim.negated or claim.modality == "denied" else []),
        f"# Every {REVIEW} is a gap; while one is left, `detente ledger commitments --deals FOLDER` refuses the file.",
        f"deal: {gap('name of the deal')}",
        f"date: {single(claim.said_on) or gap('day it was promised, YYYY-MM-DD')}",
        f"source: {gap('text in which the promise stands')}",
        "confidence: L",
        "commitments:",
        f"  - name: {_name(claim)}",
        f"    actor: {_party(claim.actor)}",
        f"    kind: {kind}",
        f"    what: {_what(claim, kind)}",
        *_due(claim, kind),
    ]
    if kind == "quantity":
        lines += _target(claim)
    lines += [
        "    assertions:  # one for each party: yes, no, silent or unknown",
        f"      - {{party: {_party(claim.actor)}, says: {REVIEW}}}",
        f"      - {{party: {_party(claim.target)}, says: {REVIEW}}}",
    ]
    return "\n".join(lines) + "\n"


def gap(what: str) -> str:
    """A marked gap, in quotes, with what belongs there."""
    return json.dumps(f"{REVIEW}: {what}")


def _kind(claim: Claim) -> str:
    if claim.kind == "purchase":
        return "quantity"
    return "standstill" if claim.action == "suspend" or (claim.kind == "control" and claim.action == "keep") else "act"


def single(span: tuple[dt.date, dt.date] | None) -> str:
    """The day, where it is one day."""
    return span[0].isoformat() if span and span[0] == span[1] else ""


def _party(code: str | None) -> str:
    """An economy the ledger knows, else a gap: it has no commitments of groups."""
    try:
        return economy(code) if code else REVIEW
    except UnknownName:
        return gap(f"one economy; the article has {code}")


def _name(claim: Claim) -> str:
    year = str(claim.horizon[1].year) if claim.horizon else ""
    return "-".join(p for p in (claim.subject[0] if claim.subject else "promise", year) if p)


def _what(claim: Claim, kind: str) -> str:
    """The promise in the words of the record, not of the article."""
    about = ", ".join(s.replace("-", " ") for s in claim.subject)
    if kind == "quantity":
        whose = f" from {_called(claim.target)}" if claim.target else ""
        return json.dumps(f"buy {about or 'goods'}{whose}" + (f", every {claim.per}" if claim.per else ""))
    whom = f" on {_called(claim.target)}" if claim.target else ""
    if claim.kind == "control" and claim.action in _CONTROLS:
        whom = f" towards {_called(claim.target)}" if claim.target else ""
        return json.dumps(f"{_CONTROLS[claim.action]}{f' on {about}' if about else ''}{whom}")
    if claim.kind.startswith("tariff") and claim.unit in (RATE, POINTS_UNIT):
        return _duty(claim, f"the {about + ' ' if about else ''}duty{whom}")
    return gap("what was promised")


def _duty(claim: Claim, duty: str) -> str:
    if claim.to is not None:
        points = plain(100 * claim.to)
        held = claim.action == "suspend"
        return json.dumps(f"keep {points} points of {duty} suspended" if held else f"bring {duty} to {points} %")
    if claim.by:
        points = plain(100 * abs(claim.by))
        return json.dumps(f"{'lower' if claim.by < 0 else 'raise'} {duty} by {points} points")
    return gap("what was promised")


def _called(code: str | None) -> str:
    try:
        name = name_of(economy(code)) if code else ""
    except UnknownName:
        return code or ""
    return f"the {name}" if name.startswith(_WITH_ARTICLE) else name


def _due(claim: Claim, kind: str) -> list[str]:
    if claim.horizon is not None:
        return [f"    due: {claim.horizon[1].isoformat()}"]
    if kind == "standstill":
        return [f"    due: {gap('last day on which it is to hold')}"]
    return ["    # due: YYYY-MM-DD  (the article names no day; leave it out if the text of the promise names none)"]


def _target(claim: Claim) -> list[str]:
    """The amount promised; a purchase that is only reported is a value of a yardstick, not what was promised."""
    if claim.unit in (None, SHARE, RATE):
        said = next(iter(claim.said.values()), None)
        note = f"  # the article gives only {json.dumps(said)}" if said else ""
        return [f"    target: {{value: {gap('amount')}, unit: {gap('unit')}}}{note}"]
    scale, unit = _SCALES.get(claim.unit or "", (1.0, claim.unit or ""))
    unit = json.dumps(unit + (f" a {claim.per}" if claim.per else ""))
    low, high = (None if v is None else plain(v / scale) for v in (claim.low, claim.high))
    size = claim.to if claim.to is not None else claim.by
    amount = low or ("" if size is None else plain(abs(size) / scale)) or gap("amount")
    if claim.modality == "reported":
        return [
            f"    target: {{value: {gap('amount promised')}, unit: {unit}}}",
            "    indicators:",
            f"      - kind: {gap('announced, booked, shipped, landed, licensed or collected')}",
            f"        what: {gap('who counts what')}",
            f"        unit: {unit}",
            f"        values: [{{date: {gap('last day counted')}, {_reading(low, high, amount)}, source: {REVIEW}}}]",
        ]
    if claim.added:
        whole = gap(f"baseline + {amount}")
        return [f"    target: {{value: {whole}, unit: {unit}, baseline: {gap('amount it comes on top of')}}}"]
    if claim.bound in ("at_most", "under", "below"):
        return [f"    target: {{value: {gap(f'the article gives at most {amount}')}, unit: {unit}}}"]
    note = f"  # the article: {low} to {high}; reached from the lower end" if low and high else ""
    return [f"    target: {{value: {amount}, unit: {unit}}}{note}"]


def _reading(low: str | None, high: str | None, amount: str) -> str:
    return f"low: {low}, high: {high}" if low and high else f"value: {amount}"


def plain(value: float) -> str:
    """A number as the file wants it: no exponent, no more digits than were said."""
    text = format(Decimal(f"{value:.12g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
