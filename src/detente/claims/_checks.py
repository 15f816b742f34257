"""Does a claim agree with itself and with the claims beside it: sums, differences, days."""

from __future__ import annotations

from collections.abc import Sequence

from detente.claims._claim import Check, Claim

_TOLERANCE = 0.0005
"""Half a tenth of a point: rates are written to a tenth at most."""


def _pc(value: float) -> str:
    return f"{100 * value:.4g}"


def check_claims(claims: Sequence[Claim]) -> None:
    """Add the checks that each claim allows; those of a change look at a `by` said just before it."""
    said_by: list[Claim] = []
    for claim in claims:
        found: list[Check] = []
        if claim.kind == "tariff_change":
            said_by = [c for c in said_by if claim.start - c.end <= _REACH]
            found += _difference(claim, said_by)
            if claim.from_ is None and claim.to is None and claim.by is not None:
                said_by.append(claim)
        if claim.parts and claim.to is not None:
            found.append(_sum(claim))
        found += _direction(claim)
        found += _days(claim)
        claim.checks = tuple(found)


def _difference(claim: Claim, said_by: Sequence[Claim]) -> list[Check]:
    """`145 - 30 = 115`: by itself, or against the points said before."""
    if claim.from_ is None or claim.to is None or ("from" in claim.derived and "by" not in claim.derived):
        return []
    gap = claim.to - claim.from_
    text = (
        f"{_pc(claim.from_)} - {_pc(claim.to)} = {_pc(-gap)}"
        if gap <= 0
        else f"{_pc(claim.to)} - {_pc(claim.from_)} = {_pc(gap)}"
    )
    if "by" not in claim.derived and claim.by is not None:
        return [Check("from-to-by", abs(gap - claim.by) < _TOLERANCE, f"{text} points; said: {_pc(abs(claim.by))}")]
    before = [c for c in said_by if _of_the_same(claim, c)]
    fits = [c for c in said_by if _near(claim, c) and c.by is not None and abs(gap - c.by) < _TOLERANCE]
    if (before or fits) and (other := (fits or before)[-1]).by is not None:
        if claim.date is None and other.date is not None:
            claim.date, claim.inferred = other.date, (*claim.inferred, "date")
        return [
            Check("from-to-by", abs(gap - other.by) < _TOLERANCE, f"{text} points; said before: {_pc(abs(other.by))}")
        ]
    return [Check("from-to-by", None, f"{text} points; the text names no difference to compare")]


_REACH = 600
"""Characters between a change told in points and the same one told from rate to rate: further apart they are two."""


def _of_the_same(claim: Claim, other: Claim) -> bool:
    """Whether points said before may be the change that a claim tells from rate to rate."""
    idle = other.conditional or other.negated or other.action in ("suspend", "extend")
    return _near(claim, other) and not idle and set(other.subject) <= set(claim.subject)


def _near(claim: Claim, other: Claim) -> bool:
    """Whether points were said shortly before, of the same two economies."""
    ends = claim.actor == other.actor and (claim.target == other.target or None in (claim.target, other.target))
    return 0 <= claim.start - other.end <= _REACH and ends and claim.actor is not None


def _sum(claim: Claim) -> Check:
    total = sum(p.rate for p in claim.parts)
    assert claim.to is not None
    text = " + ".join(_pc(p.rate) for p in claim.parts)
    if total < claim.to and (len(claim.parts) == 1 or "of which" in claim.text.casefold()):
        return Check("sum", None, f"{text} of {_pc(claim.to)}; the text names some parts only")
    holds = abs(total - claim.to) < _TOLERANCE
    return Check("sum", holds, f"{text} = {_pc(total)}" + ("" if holds else f", not {_pc(claim.to)}"))


def _direction(claim: Claim) -> list[Check]:
    """A fall must end lower: `cut from 10 % to 20 %` is at odds with itself."""
    if claim.from_ is None or claim.to is None or claim.by is None or {"by", "from"} & set(claim.derived):
        return []
    holds = (claim.to - claim.from_) * claim.by >= 0
    return [Check("direction", holds, "the verb and the two rates " + ("agree" if holds else "point opposite ways"))]


def _days(claim: Claim) -> list[Check]:
    """A deadline lies after the day it was set; a talk is not in the article's future."""
    if claim.horizon is None or claim.said_on is None:
        return []
    holds = claim.horizon[1] >= claim.said_on[0]
    return [Check("dates", holds, f"due {claim.horizon[1]}, said {claim.said_on[0]}")]
