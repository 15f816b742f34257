"""Modality of one duty in a clause that says other things too: promises, threats and denials that are not its own."""

from __future__ import annotations

from typing import Any

from detente.claims._acts import BREAKS
from detente.claims._frame import Frame
from detente.claims._modality import AVOIDING, mood
from detente.claims._parties import main_clause
from detente.claims._quantities import Quantity
from detente.claims._sums import Group
from detente.claims._tokens import words
from detente.claims._words import ACTION, PLAN, TARIFF, forms

_RELATIVE = words("that who which whose where")
_MATCHES = forms("match mirror")
_ASIDE = words("against over despite under amid following about")
_NEGATIVE = words("not cannot never")
_COPES = forms("absorb survive afford cope bear manage withstand compete justify explain understand swallow endure")
_VERBS = ACTION | words("is are was were has have had will would could may might can should be been being")
_JOINED = (ACTION | PLAN | words("is are was were has have had will would could may might can should")) - TARIFF
_EXCHANGED = words("response exchange return retaliation")


def own_mood(frame: Frame, group: Group) -> dict[str, Any]:
    """Modality and negation of the statement a duty stands in, where that is shorter than the clause."""
    whole = frame.modality()
    begin, end = _statement(frame, group)
    found = frame.modality(begin, end)
    near = AVOIDING & set(frame.s.keys(max(begin, group.first - 6), group.first))
    keys = frame.s.plain_keys(begin, end)
    if found[1] and AVOIDING & set(keys) and not near:  # "will stay exempt, and 10 % on energy ..."
        found = mood([k for k in keys if k not in AVOIDING])
    if found[1]:
        row = frame.s.row
        for i in range(group.first - 1, begin, -1):
            if row[i].key in ("and", "but", "yet") and row[i + 1].key in ACTION and row[i + 1].key not in TARIFF:
                found = mood(frame.s.plain_keys(i, end))  # "has not matched the rise and leaves its duty at 25 %"
                break
    return {} if found == whole else {"modality": found[0], "negated": found[1]}


def _statement(frame: Frame, group: Group) -> tuple[int, int]:
    """The tokens of the statement: behind a leading `if ...,`, and up to where the next one begins."""
    main = main_clause(frame)
    begin = main if frame.first < main <= group.first else frame.first
    if not _VERBS & set(frame.s.keys(begin, group.first)):
        return begin, frame.after  # the duty is the subject: its verb follows
    for i in range(group.after, frame.after - 1):
        if _ends(frame, i):
            return begin, i
    return begin, frame.after


def _ends(frame: Frame, i: int) -> bool:
    """Whether another statement begins at token `i`."""
    row = frame.s.row
    key, then = row[i].key, row[i + 1].key
    if key in _RELATIVE or key in BREAKS or key == ";" or (key == "in" and then in _EXCHANGED):
        return True
    if key == "," and then == "with":
        return True
    ahead = frame.s.keys(i + 1, min(i + 3, frame.after))
    verbs = [k for k in ahead if not k.endswith("ly") and k not in ("also", "then", "still", "now")]
    return key in ("and", "but") and bool(verbs) and verbs[0] in _JOINED


def aside(frame: Frame, group: Group) -> bool:
    """Whether a rate only names what something else is about: `ruled out retaliating against the 10 % tariff`."""
    level = group.roles.get("level")
    if level is None or len(group.roles) > 1:
        return False
    before = frame.s.keys(max(frame.first, level.first - 4), level.first)
    return bool(_ASIDE & set(before[-2:]) or _MATCHES & set(before) or _unable(frame, level))


def _unable(frame: Frame, level: Quantity) -> bool:
    """Whether what is negated is no act of levying or bearing: `cannot absorb a 20 % duty`."""
    keys = frame.s.keys(frame.first, level.first)
    at = next((i for i, k in enumerate(keys) if k in _NEGATIVE or k.endswith("n't")), None)
    if at is None or at < len(keys) - 6:
        return False
    verb = next((k for k in keys[at + 1 :] if not k.endswith("ly") and k not in ("be", "have", "yet", "to")), "")
    return verb in _COPES
