"""Forecasts and assessments without a number: what somebody expects, and what somebody says is the case."""

from __future__ import annotations

from typing import Any

from detente.claims._claim import Claim
from detente.claims._frame import Frame
from detente.claims._modality import denies
from detente.claims._tokens import words
from detente.claims._words import CONTROL, DENY, FUTURE, PREDICT, TARIFF, concept_words, probability_words

_LOOKS = words("expected likely unlikely next hope hopes looks future soon ahead again become")
_WORDS_ENOUGH = 4


def outlook_claims(frame: Frame) -> list[Claim]:
    """At most one: a forecast where the clause looks ahead, an assessment where a speaker or a concept stands behind
    it."""
    row = frame.s.row[frame.first : frame.after]
    words = [t for t in row if t.kind in ("word", "abbr")]
    said = frame.s.said_by(frame.after - 1)
    if said is not None and frame.first <= said.verb < frame.after:
        # what is said begins after the verb of saying
        verb = frame.s.row[said.verb].start
        after = [t for t in words if t.start > verb]
        if said.who > said.verb and said.first < said.verb:
            after = [t for t in words if t.start < verb]  # "..., said Ana Duarte"
        if len(after) < 3 and said.first == said.verb:
            return []
        words = after or words
    concepts = [name for _, _, name in concept_words().find(row)]
    topics = frame.topics() or tuple(sorted({"duties"} if (TARIFF | CONTROL) & set(frame.keys()) else ()))
    chance = probability_words().find(row)
    if len(words) < _WORDS_ENOUGH and not concepts:
        return []
    voiced = said is not None
    keys = set(frame.s.plain_keys(frame.first, frame.after))
    ahead = (
        bool(keys & (FUTURE | _LOOKS)) or bool(chance) or (said is not None and frame.s.row[said.verb].key in PREDICT)
    )
    if not (topics or concepts or (chance and frame.places())) or not (voiced or concepts or chance):
        return []
    if not voiced and not chance and set(concepts) <= {"distrust"} and not topics:
        return []
    places = frame.places()
    by = [p for p in places if p.first > frame.first and frame.s.row[p.first - 1].key == "by"]
    actors = list(dict.fromkeys(p.code for p in [*by, *places]))
    modality, negated = frame.modality()
    governs = frame.s.row[said.verb].key if said is not None else ""
    if modality == "denied" and not (denies([t.key for t in row]) or governs in DENY):
        modality = "forecast" if chance else "reported"  # "did not yield a breakthrough" is said, not denied
    values: dict[str, Any] = {} if chance else {"modality": modality, "negated": negated}
    kind = "forecast" if ahead and not (concepts and not keys & FUTURE) else "assessment"
    return [
        frame.claim(
            kind, frame.first, frame.after, subject=topics, concept=concepts[0] if concepts else None,
            actor=actors[0] if actors else None, target=actors[1] if len(actors) > 1 else None,
            **values,
        )
    ]  # fmt: skip
