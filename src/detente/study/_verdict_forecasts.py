"""Verdicts by the book of forecasts: only where the article says what is on record, in direction, number and chance."""

from __future__ import annotations

import re
from typing import Any

from detente.claims import Claim, Forecast
from detente.study._verdicts import Court, Verdict, table

_ROUNDED = 1e-9
_DAYS = 14
"""Days by which the horizon of a claim may differ from the one on record."""
_SAID = ("to", "by", "unit", "bound", "actor", "target", "action")


def recorded_verdict(claim: Claim, court: Court) -> Verdict | None:
    """The outcome of a recorded forecast that this claim repeats; None where no record says the same.

    The speaker, the topic and two months are not enough: a speaker may foresee the opposite of what is on record.
    """
    if claim.modality in ("reported", "denied") and claim.kind not in ("duration", "assessment"):
        return None
    if claim.speaker is None:
        return None
    found = [r for r in court.book.said_by(claim.speaker, court.day) if _same(claim, r)]
    if not found:
        return None
    record = found[0]
    name, outcome = f"forecast {record.id}", record.outcome
    if outcome is None or outcome.state in ("open", "ambiguous") or (court.known and outcome.on > court.known):
        why = (outcome.note or outcome.source) if outcome else "not resolved yet"
        return Verdict("cannot_be_told", name, why)
    if record.unsealed:
        return Verdict("cannot_be_told", name, "not sealed: the record may have been rewritten")
    if outcome.state in ("yes", "no"):
        word = "supported" if outcome.state == "yes" else "contradicted"
        return Verdict(word, name, f"{outcome.source} ({outcome.on})")
    return number_verdict(claim, outcome.value, name, outcome.source)


def _same(claim: Claim, record: Forecast) -> bool:
    """Whether a claim is what the record says: topic, chance and horizon, and a wording or number that fits."""
    if not set(claim.subject) & set(record.topics) or claim.probability != record.probability:
        return False
    if claim.horizon is not None and record.horizon is not None:
        if claim.modality == "forecast" and abs((claim.horizon[1] - record.horizon).days) > _DAYS:
            return False
    elif claim.horizon is not None:
        return False
    rows = [r for r in table("recorded.yaml") if r["forecast"] == record.id]
    if rows:
        return any(_worded(claim, row) for row in rows)
    said = claim.by if claim.by is not None else claim.to
    # one's own records have no wordings: a number that is the same says the same
    return record.kind == "number" and record.value is not None and said is not None and _equal(said, record.value)


def _worded(claim: Claim, row: dict[str, Any]) -> bool:
    if claim.kind not in row["kinds"] or claim.negated != row.get("negated", False):
        return False
    for key in _SAID:
        if key not in row or (key == "action" and claim.kind == "forecast"):
            continue
        said, wanted = getattr(claim, key), row[key]
        if (said is None or not _equal(said, wanted)) if isinstance(wanted, float) else said != wanted:
            return False
    words = set(re.findall(r"\w+", claim.text.casefold()))
    return all(words & set(some) for some in row.get("words", [])) and not words & set(row.get("without", []))


def _equal(one: float, two: float) -> bool:
    return abs(one - two) <= _ROUNDED + 1e-3 * abs(two)


def number_verdict(claim: Claim, value: float | None, measure: str, source: str) -> Verdict:
    """A number against what was seen: near it, the right way but far off, or the wrong way."""
    said = claim.by if claim.by is not None else claim.to
    if said is None or value is None:
        return Verdict("cannot_be_told", measure, "there is no number to compare")
    text = f"said {100 * said:+.3g} %, seen {100 * value:+.3g} % ({source})"
    if abs(said - value) <= max(0.1 * abs(value), 0.005):
        return Verdict("supported", measure, text)
    if said * value > 0:
        return Verdict("partly", measure, f"the direction came true, the size did not: {text}")
    return Verdict("contradicted", measure, text)
