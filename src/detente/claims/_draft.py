"""A draft of a ledger file from a claim, as text for a person to review; nothing is ever written into the ledger by
itself."""

from __future__ import annotations

import json

from detente.claims._claim import Claim
from detente.claims._draft_commitment import REVIEW, commitment_draft
from detente.errors import Problem, UserError

_MEASURES = {"tariff_change": "tariff.additional", "tariff_level": "tariff.additional", "control": "control.item"}


def draft(claim: Claim, *, source: str) -> str:
    """YAML of a new measure, or of a commitment where the claim is a promise, with what a person must find marked.

    Parameters
    ----------
    claim
        A claim about a duty, a restriction or a purchase.
    source
        The article it was read in; a draft is no stronger than that, so its confidence is L.

    Raises
    ------
    UserError
        For a claim that is no measure and no promise.

    Examples
    --------
    >>> from detente.claims import read
    >>> claim = read("The US will impose a 60% tariff on Chinese goods from March 3, 2027.").claims[0]
    >>> print(draft(claim, source="an invented article"), end="")  # doctest: +ELLIPSIS
    # Draft from an article, TO REVIEW before it goes anywhere near the ledger.
    ...
      - {date: 2027-03-03, event: announced, rate: 0.6, source: TO REVIEW, confidence: L}
    """
    if claim.modality == "promised" or claim.kind == "purchase":
        return commitment_draft(claim, _head(claim, source))
    if claim.kind in _MEASURES:
        return _measure(claim, source)
    raise UserError(
        [Problem("draft", f"a claim of kind {claim.kind} is no measure", f"Drafts are made of {', '.join(_MEASURES)}.")]
    )


def _head(claim: Claim, source: str) -> list[str]:
    return [
        f"# Draft from an article, {REVIEW} before it goes anywhere near the ledger.",
        f"# Claim at characters {claim.start}-{claim.end} of the document; said by {claim.speaker or 'the article'}.",
        f"# Article: {_line(source)}",
    ]


def _line(text: str) -> str:
    return " ".join(text.split())


def _measure(claim: Claim, source: str) -> str:
    day = claim.date[0].isoformat() if claim.date else REVIEW
    event = "entered_into_force" if claim.modality == "reported" and claim.action != "suspend" else "announced"
    event = "suspended" if claim.action == "suspend" and claim.modality == "reported" else event
    rate = f", rate: {claim.to:g}" if claim.to is not None and claim.kind != "control" else ""
    about = ", ".join(claim.subject) or "all goods"
    lines = [
        *_head(claim, source),
        f"title: {json.dumps(f'{REVIEW}: {claim.kind.replace(chr(95), chr(32))} on {about}')}",
        f"kind: {_MEASURES[claim.kind]}",
        f"imposer: {claim.actor or REVIEW}",
        f"targets: [{claim.target or REVIEW}]",
        f"legal_basis: {json.dumps(REVIEW + ': cite the notice')}",
        f"source: {REVIEW}",
        "confidence: L",
        "events:",
        f"  - {{date: {day}, event: {event}{rate}, source: {REVIEW}, confidence: L}}",
    ]
    if claim.horizon is not None:
        lines.append(f"# The article gives a day on which it ends or is due: {claim.horizon[1].isoformat()}")
    return "\n".join(lines) + "\n"
