"""A draft of a ledger file from a claim, as text for a person to review; nothing is ever written into the ledger by
itself."""

from __future__ import annotations

from detente.claims._claim import Claim
from detente.claims._draft_commitment import REVIEW, commitment_draft, gap, plain, single
from detente.errors import Problem, UserError

_MEASURES = {"tariff_change": "tariff.additional", "tariff_level": "tariff.additional", "control": "control.item"}
_LAYERS = {
    "fentanyl": "fentanyl",
    "reciprocal": "reciprocal",
    "section-122": "s122",
    "section-232": "s232",
    "section-301": "s301",
    "forced-labour": "s301-forced-labour",
}


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
      - {date: TO REVIEW, event: announced, takes_effect: 2027-03-03, rate: 0.6}
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
    tariff = claim.kind != "control"
    about = ", ".join(claim.subject) or "all goods"
    begins = single(claim.date) or None
    lines = [
        *_head(claim, source),
        "# If the ledger has this measure already, add the event to its file instead: detente ledger list",
        "# Else it goes to <imposer>/<authority>/<name>.yaml of a folder of facts: detente ledger check FOLDER",
        f"title: {gap(f'{claim.kind.replace(chr(95), chr(32))} on {about}')}",
        f"kind: {_MEASURES[claim.kind]}",
        *([f"layer: {_layer(claim)}"] if tariff else []),
        f"imposer: {claim.actor or REVIEW}",
        f"targets: [{claim.target or REVIEW}]",
        f"legal_basis: {gap('cite the notice')}",
        f"source: {gap('a key of sources.yaml')}",
        "confidence: L",
    ]
    if tariff:
        lines += [
            f"stacking: {{group: {REVIEW}, operator: {REVIEW}}}  # how it meets the other layers",
            "coverage:",
            f"  - {{from: {begins or REVIEW}, scope: {gap('all, or the list of lines it reaches')}}}",
        ]
    lines += ["events:", f"  - {{{_event(claim, begins)}}}"]
    if claim.horizon is not None:
        lines.append(f"# The article gives a day on which it ends or is due: {claim.horizon[1].isoformat()}")
    return "\n".join(lines) + "\n"


def _layer(claim: Claim) -> str:
    """The layer the article names; the ledger's name of it where it differs."""
    named = [_LAYERS[s] for s in claim.subject if s in _LAYERS]
    if len(named) == 1 and (claim.actor == "USA" or named == ["reciprocal"]):
        return named[0]
    return gap("layer of the average it enters")


def _event(claim: Claim, begins: str | None) -> str:
    """The one act the article tells; what is only said to come is dated by the day it was said."""
    rate = f", rate: {plain(claim.to)}" if claim.to is not None and claim.kind != "control" else ""
    if claim.action == "suspend":
        # what is suspended is not collected: the article's rate is not the rate from then on
        rate = ""
    if claim.modality != "reported":
        takes = f", takes_effect: {begins}" if begins else ""
        return f"date: {single(claim.said_on) or REVIEW}, event: announced{takes}{rate}"
    event = "entered_into_force"
    if claim.action == "suspend":
        event = "suspended"
    elif claim.kind == "control" and claim.action != "restrict":
        event = gap("suspended, scope_changed or ended")
    return f"date: {begins or REVIEW}, event: {event}{rate}"
