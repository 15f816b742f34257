"""Duties: changes from, to and by; levels; sums of parts; who levies them on whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from detente.claims._acts import BREAKS
from detente.claims._claim import RATE, Claim, Part
from detente.claims._frame import Context, Frame
from detente.claims._heads import implied, of_a_duty, rate_on_goods
from detente.claims._lists import imposer
from detente.claims._modality import suspends
from detente.claims._parties import actor_and_targets
from detente.claims._quantities import Quantity
from detente.claims._roles import POLL, ends, role, sign
from detente.claims._sums import Group, groups, is_total
from detente.claims._tariff_mood import aside, own_mood
from detente.claims._tokens import words
from detente.claims._units import PERCENT, POINTS
from detente.claims._words import (
    ACTION,
    BUY,
    DOWN,
    EXTEND,
    FLOW,
    IMPOSE,
    MACRO,
    PROMISE,
    RELAX,
    REMOVE,
    RESTRICT,
    SUSPEND,
    TARIFF,
    THREATEN,
    UP,
    forms,
    topic_imposers,
    topic_kinds,
)

_COLLECTS = words("collected collects collecting collections revenue revenues receipts")
_ADDED = words("additional extra further another added new")
_HALVE, _DOUBLE, _TRIPLE = forms("halve"), forms("double"), forms("triple")
_RATES = words("rate rates")
_PRONOUNS = words("it its which they them")


def tariff_claims(frame: Frame) -> list[Claim]:
    """Every claim about a rate of duty in a clause."""
    keys = frame.keys()
    rated = rate_on_goods(frame) or implied(frame)
    rated = rated or (frame.context.spoken and any(is_total(frame, q) for q in frame.sizes))
    spoken = bool(TARIFF & set(keys)) or rated
    sizes = [q for q in frame.sizes if q.unit in (PERCENT, POINTS)]
    if not spoken and not (frame.context.tariff and frame.first > 0 and not (FLOW | MACRO) & set(keys)):
        return []
    roles = _roles(frame, sizes)
    roles = [
        (q, r)
        for q, r in roles
        if r in ("from", "to", "by", "level", "part") and (q.first in frame.s.listed or of_a_duty(frame, q, r, rated))
    ]
    if not spoken and not (frame.places() or (_RATES | _PRONOUNS) & set(keys)):
        return []
    if not roles or POLL & set(keys) or _COLLECTS & set(keys):
        return []
    found = groups(frame, roles)
    out: list[Claim] = []
    for n, group in enumerate(found):
        first = frame.first if n == 0 else _boundary(frame, found[n - 1], group)
        after = frame.after if n + 1 == len(found) else _boundary(frame, group, found[n + 1])
        out += _claims(frame, group, first, after, n, len(found))
        if out:
            frame.context.facing = (out[-1].actor, out[-1].target)
    return out


def _boundary(frame: Frame, one: Group, two: Group) -> int:
    """Where the words of one duty end and those of the next begin."""
    for i in range(two.first - 1, one.after - 1, -1):
        if frame.s.row[i].key in ("and", ",", "plus", "while", "but", ";"):
            return i
    return one.after


def _roles(frame: Frame, sizes: Sequence[Quantity]) -> list[tuple[Quantity, str]]:
    """The role of each number; `35 % and 30 %` gives the second the role of the first."""
    out: list[tuple[Quantity, str]] = []
    for q in sizes:
        r = "level" if q.first in frame.s.listed else role(frame, q)
        follows = frame.s.keys(q.after, frame.after)
        goes = any(k == "to" and any(c.first > q.after + i for c in sizes) for i, k in enumerate(follows))
        if r == "from" and ((TARIFF & set(follows[:3]) and not goes) or _spared(frame, q)):
            r = "level"  # "relief from the 25 % car tariff"
        between = set(frame.s.keys(out[-1][0].after, q.first)) if out else {"instead"}
        if not r and between <= {"and", "or", ",", "plus", "to"}:
            r = out[-1][1]
        out.append((q, r))
    return out


def _spared(frame: Frame, q: Quantity) -> bool:
    """`a reprieve from a 30 % tariff`, `exempt from the 10 % duty`."""
    before = frame.s.keys(max(frame.first, q.first - 5), q.first)
    at = next((i for i, k in enumerate(before) if k == "from"), len(before))
    return bool(_RELIEF & set(before[:at]))


_RELIEF = words("reprieve relief exempt exempted exemption exemptions exclusion shielded protected spared respite")


def _claims(frame: Frame, group: Group, first: int, after: int, n: int, total: int) -> list[Claim]:
    values = _numbers(frame, group, first if n else frame.first)
    if not values:
        return []
    actors, aimed, inferred = actor_and_targets(frame, first, after)
    keys = frame.keys()
    if "respectively" in keys and total > 1 and len(actors) < 2:
        actors, aimed = _respective(frame, actors, aimed, n, total)
    values["subject"] = _subject(frame, first, after, group)
    level = group.roles.get("level")
    if level is not None and level.first in frame.s.listed:
        agent, guessed = imposer(frame)
        actors, aimed, inferred = [agent] if agent else [], [frame.s.listed[level.first]], ["actor"] if guessed else []
    actors, aimed, inferred = _by_law(frame, values["subject"], actors, aimed, inferred)
    kind = _kind(values)
    if kind == "tariff_level" and values["action"] is None and _kept(frame, group):
        values["action"] = "keep"
    if _backdrop(frame, group):
        actors, aimed, inferred = [], [], []
    if aside(frame, group):
        values |= {"modality": "reported", "negated": False}
    values |= own_mood(frame, group)
    del values["moved"]
    pairs: list[tuple[str | None, str | None]]
    if len(actors) == 2 and len(aimed) == 2 and "respectively" in keys and total == 2:
        pairs = [(actors[n], aimed[n])]
    elif len(actors) == 2 and len(aimed) == 2:
        pairs = [(actors[0], aimed[0]), (actors[1], aimed[1])]
    else:
        actor = actors[0] if actors else None
        pairs = [(actor, t) for t in aimed] or [(actor, None)]
    return [
        frame.claim(
            kind,
            first,
            after,
            window=(group.first, group.after),
            actor=a,
            target=t,
            inferred=tuple(dict.fromkeys(inferred)),
            **values,
        )
        for a, t in pairs
    ]


def _by_law(
    frame: Frame, subject: Sequence[str], actors: list[str], aimed: list[str], inferred: list[str]
) -> tuple[list[str], list[str], list[str]]:
    """A duty named by one economy's law is that economy's, whoever the sentence is about."""
    imposers = {topic_imposers()[t] for t in subject if t in topic_imposers()}
    if len(imposers) != 1 or len(actors) > 1:
        return actors, aimed, inferred
    imposer = imposers.pop()
    if actors == [imposer]:
        return actors, aimed, inferred
    target = [t for t in actors if t != imposer] or [t for t in aimed if t != imposer]
    other = frame.other(imposer) if not target else None
    return [imposer], [other] if other else target, [*inferred, "actor", *(["target"] if other else [])]


def _respective(frame: Frame, actors: list[str], aimed: list[str], n: int, total: int) -> tuple[list[str], list[str]]:
    """`on Canada and Mexico to 25 % and 30 % respectively`: the n-th number belongs to the n-th economy."""
    if len(aimed) == total:
        return actors, [aimed[n]]
    return actors, aimed


def _kept(frame: Frame, group: Group) -> bool:
    """Whether a change of a rate is denied, so that the rate stands: `failed to cut its 10 % tariff`."""
    level = group.roles.get("level")
    if level is None or level.bound or not frame.modality()[1]:
        return False
    before = set(frame.s.keys(max(frame.first, level.first - 4), level.first))
    if before & {"exempt", "exempted", "exempts"}:
        return False
    return bool(before & (((DOWN | UP | REMOVE | SUSPEND) - IMPOSE) | _ALTERS))


_ALTERS = forms("touch change alter amend review revisit")
_RESUMES = forms("return resume reinstate restore revive")


def _standing(frame: Frame, level: Quantity) -> bool:
    """`considers lowering its 15 % tariff`: the rate named is the one that is to change."""
    before = frame.s.keys(max(frame.first, level.first - 5), level.first)
    if before[-1:] in (["the"], ["its"], ["their"], ["current"], ["existing"]) and _undergoes(frame, level):
        return not frame.modality()[1]
    owned = {"its", "their", "the", "existing", "current"} & set(before[-2:])
    verbs = [i for i, k in enumerate(before) if k in (DOWN | UP) - IMPOSE - {"up"}]
    follows = TARIFF & set(frame.s.keys(level.after, min(level.after + 4, frame.after)))
    apart = verbs and BREAKS & set(before[verbs[-1] :])  # "the rupee fell as the 50 % tariff came"
    return (
        bool(owned and verbs and follows and not apart)
        and not frame.modality()[1]
        and not {"to", "by"} & set(before[verbs[-1] :])
    )


def _undergoes(frame: Frame, level: Quantity) -> bool:
    """`the 145 % tariffs would be substantially reduced`, without saying to what."""
    after = [t.key for t in frame.s.row[level.after : min(level.after + 9, frame.after)] if t.kind != "quote"]
    duty = next((i for i, k in enumerate(after[:2]) if k in TARIFF), None)
    if duty is None:
        return False
    be = next((i for i, k in enumerate(after) if i > duty and k in ("be", "been", "is", "are", "was", "were")), None)
    if be is None or not set(after[duty + 1 : be]) <= _MODAL:
        return False
    verb = next((k for k in after[be + 1 :] if not k.endswith("ly") and k != "being"), "")
    rest = after[after.index(verb) + 1 :] if verb else []
    return verb in (DOWN | UP) - IMPOSE and not {"to", "by", "from"} & set(rest[:2])


_MODAL = words("soon now also then will would could may might should must have has had to on goods imports chinese us")


def _backdrop(frame: Frame, group: Group) -> bool:
    """Whether a rate is only what something happened in spite of, with nobody named who levies it: `shipments jumped
    38 % despite a 20 % duty`."""
    keys = frame.s.keys(max(frame.first, group.first - 2), group.first)
    return bool({"despite", "amid"} & set(keys)) and not any(p.first > group.first - 2 for p in frame.places())


def _kind(values: dict[str, Any]) -> str:
    return (
        "tariff_change"
        if values.get("from_") is not None or values.get("by") is not None or values["moved"]
        else "tariff_level"
    )


def _numbers(frame: Frame, group: Group, first: int) -> dict[str, Any]:
    found = group.roles
    level, to, start, by = (found.get(k) for k in ("level", "to", "from", "by"))
    keys = set(frame.keys())
    if to is not None and level is not None and start is None:
        start, level = level, None
    goal = to or level
    values: dict[str, Any] = {"unit": RATE, "said": {}, "moved": to is not None}
    derived: list[str] = []
    for key, q in (("from", start), ("to", goal), ("by", by)):
        if q is not None:
            values["said"][key] = frame.s.text[frame.s.row[q.first].start : frame.s.row[q.after - 1].end]
    values["from_"] = start.fraction if start and start.low == start.high else None
    values["to"] = goal.fraction if goal else None
    if by is not None:
        direction = sign(frame, by.first) or 1.0
        values["by"] = direction * abs(by.fraction)
    if goal is None and start is not None and keys & REMOVE:
        values["to"], values["moved"] = 0.0, True
        derived.append("to")
    if level is not None and to is None and start is None and by is None and _removed(frame, level):
        values |= {"from_": level.fraction, "to": 0.0, "moved": True, "said": {"from": values["said"]["to"]}}
        derived.append("to")
    alone = to is None and start is None and by is None and not values["from_"]
    if alone and level is not None and _standing(frame, level) and not (_HALVE | _DOUBLE | _TRIPLE) & keys:
        values |= {"from_": level.fraction, "to": None, "moved": True, "said": {"from": values["said"]["to"]}}
    last = goal or start or by
    told = set(frame.s.keys(first, last.after)) if last is not None else keys  # not "and halve its quotas"
    factors = [k for k in frame.s.keys(first, last.after) if k in _HALVE | _DOUBLE | _TRIPLE] if last else []
    told -= set(factors[:-1]) - set(factors[-1:])  # "halving quotas and doubling the duty to 50 %"
    derived += _factor(values, told, _multiplied(frame, level) if to is None else False)
    if by is not None and start is not None and goal is not None and frame.s.row[by.first].kind != "number":
        values["by"] = None  # "by about half, from 17 % to 9 %"
    if by is not None and goal is not None and start is None and by.low == by.high and goal.low == goal.high:
        start_at = round(values["to"] - values["by"], 10)
        if start_at >= 0:
            values["from_"] = start_at
            derived.append("from")
        else:
            values["by"] = None  # a number that belongs to something else
    if values.get("by") is None and values["from_"] is not None and values["to"] is not None:
        values["by"] = round(values["to"] - values["from_"], 10)
        derived.append("by")
    if values["to"] is None and values["from_"] is None and values.get("by") is None:
        return {}
    values |= ends(goal, 1.0) or ends(by, sign(frame, by.first) or 1.0 if by else 1.0)
    bound = goal or by or start
    values["bound"] = (bound.bound or None) if bound is not None else None
    values["added"] = _is_added(frame, level) if level is not None and to is None else False
    values["parts"] = _layered([_part(frame, q) for q in group.parts])
    values["action"] = (
        "suspend"
        if suspends(frame.keys()) and not keys & _RESUMES
        else "extend"
        if keys & EXTEND and "unless" not in keys
        else None
    )
    values["derived"] = tuple(derived)
    return values


def _removed(frame: Frame, level: Quantity) -> bool:
    """`scrapped its 25 % tariff`: the rate named is the one that goes."""
    before = frame.s.keys(max(frame.first, level.first - 7 if level.bound else level.first - 5), level.first)
    if {"exempt", "exempted", "exempts"} & set(before) or (before[-1:] == ["to"] and before[-2:-1] != ["up"]):
        return False  # "exempt from the 50 % tariff": the duty stands, for others
    if "threat" in before or ("up" in before and forms("end") & set(before)):
        return False  # "ended up with 15 %"
    after = frame.s.keys(level.after, frame.after)
    for i, key in enumerate(after):
        if key in ("been", "was", "were", "be", "is", "are") and REMOVE & set(after[i + 1 : i + 3]):
            return True  # "the 10 % duty had been waived"
    if {"phase", "phased", "phases", "phasing"} & set(before) and "out" in before:
        return True
    return bool(REMOVE & set(before)) and not set(before) & (IMPOSE - {"be", "have", "has", "is"} - REMOVE)


def _multiplied(frame: Frame, level: Quantity | None) -> bool:
    """`triple the 15 % duty`: the rate named is the one before."""
    if level is None:
        return False
    before = frame.s.keys(max(frame.first, level.first - 3), level.first)
    return bool((_HALVE | _DOUBLE | _TRIPLE) & set(before))


def _factor(values: dict[str, Any], keys: set[str], before: bool) -> list[str]:
    """Halved, doubled, tripled: one end of the change gives the other."""
    if before and values["from_"] is None:
        values["from_"], values["to"] = values["to"], None
        values["said"] = {"from": values["said"].pop("to")}
    factor = 0.5 if keys & _HALVE else 2.0 if keys & _DOUBLE else 3.0 if keys & _TRIPLE else None
    if factor is None:
        return []
    values["moved"] = True
    if values["to"] is not None and values["from_"] is None:
        values["from_"] = round(values["to"] / factor, 10)
        return ["from"]
    if values["from_"] is not None and values["to"] is None:
        values["to"] = round(values["from_"] * factor, 10)
        return ["to"]
    return []


def _is_added(frame: Frame, level: Quantity) -> bool:
    if {"no", "not", "without"} & set(frame.s.keys(level.after, min(level.after + 5, frame.after))):
        return False
    near = frame.s.keys(max(frame.first, level.first - 2), min(level.after + 2, frame.after))
    if near[:2] == ["the", "new"] and not {"top", "addition"} & set(frame.keys()):
        return False  # a successor, not a layer on top
    return bool(_ADDED & set(near)) or "top" in frame.s.keys(level.after, min(level.after + 8, frame.after))


_LABEL_ENDS = words("and plus on for in the from while to add adds up total")


def _layered(parts: list[Part]) -> tuple[Part, ...]:
    """`20 % fentanyl, 10 % reciprocal and the existing 25 %`: beside layers of 2025 the existing one is section 301."""
    others = {p.layer for p in parts if p.label.casefold() != "existing"}
    if {"fentanyl", "reciprocal"} == others:
        parts = [replace(p, layer="section-301") if p.label.casefold() == "existing" else p for p in parts]
    return tuple(parts)


def _part(frame: Frame, q: Quantity) -> Part:
    """The label of a part: the words between its number and the next one, or before it."""
    s = frame.s
    j = q.after
    words = []
    while j < frame.after and s.row[j].kind == "word" and s.row[j].key not in _LABEL_ENDS:
        if s.row[j].key not in TARIFF | ACTION and s.row[j].key not in ("related", "linked", "is", "are", "points"):
            words.append(s.row[j].text)
        j += 1
    k = q.first - 1
    before: list[str] = []
    while (
        k >= frame.first
        and s.row[k].kind == "word"
        and s.row[k].key not in ("and", "a", "an", "the", "including", "of", "plus")
    ):
        before.insert(0, s.row[k].text)
        k -= 1
    if not words and j < frame.after and s.row[j].key in ("on", "for", "in", "from"):
        words = [t.text for t in s.row[j + 1 : j + 4] if t.kind == "word" and t.key not in _LABEL_ENDS]
    label = " ".join(words or before)
    end = max(j, q.after) + 3 if not words else j
    named = [(i, t) for i, _, t in s.topics if k < i < end and topic_kinds()[t] == "tariff"]
    topics = [t for i, t in named if not _bare(frame, i)]  # "the existing 25 %" names no layer
    return Part(label or "part", q.fraction, topics[0] if topics else "")


def _subject(frame: Frame, first: int, after: int, group: Group) -> tuple[str, ...]:
    """Layer and goods a duty is about; the labels of its parts do not count."""
    end = min(after, group.parts[0].first) if group.parts and group.parts[0].first > group.first else after
    why = [i for i in range(group.after, end) if frame.s.row[i].key in _REASONS]
    end = min([end, *why, *(i for i in range(group.after, end) if _another_verb(frame, i))])
    found = _layers(frame, first, end)
    if group.goal is not None and is_total(frame, group.goal):
        return found if group.goal is not group.roles.get("to") else ()
    return found if found or _other_goods(frame, group) else _layers(frame, frame.first, first)


_REASONS = words("after despite following amid exchange return response retaliation because")


def _another_verb(frame: Frame, i: int) -> bool:
    """Whether the words on a duty end at token `i`: `, drawing threats`, `and promised to buy`."""
    row = frame.s.row
    key = row[i + 1].key if i + 1 < frame.after else ""
    if row[i].text == "," and key.endswith("ing") and key not in ("including", "covering", "targeting", "affecting"):
        return True
    acts = key in (PROMISE | THREATEN | BUY | RESTRICT | RELAX | DOWN | UP | forms("start begin")) - TARIFF
    return row[i].key == "and" and acts and row[i + 1].head.islower()


def _other_goods(frame: Frame, group: Group) -> bool:
    """Whether the words after a rate name goods of their own: `25 % on trucks and a 10 % tariff on buses`."""
    after = frame.s.keys(group.after, min(group.after + 4, frame.after))
    at = next((i for i, k in enumerate(after) if k in ("on", "for")), None)
    places = {frame.s.row[i].key for i in frame.named}
    return at is not None and bool(after[at + 1 : at + 2]) and after[at + 1] not in _REFERS and not places & set(after)


_REFERS = words("it them these those the its their all most goods imports products such both each top")


def _layers(frame: Frame, first: int, after: int) -> tuple[str, ...]:
    """Layers and goods named; `the existing duty` names no layer, except as a part of a sum."""
    loose = {i for i, _, _ in frame.s.topics if _bare(frame, i) or frame.s.row[i].key in _ANSWERING}
    bare = {t for i, _, t in frame.s.topics if i in loose}
    sure = {t for i, _, t in frame.s.topics if first <= i < after and i not in loose}
    return tuple(t for t in frame.topics("tariff", "good", first=first, after=after) if t not in bare or t in sure)


_ANSWERING = words("retaliatory retaliation")
"""Any duty may be one of these; the layer only where it is a part of a sum."""


def _bare(frame: Frame, i: int) -> bool:
    return frame.s.row[i].key in ("existing", "pre", "preexisting")


def remember(frame: Frame, context: Context, claims: list[Claim]) -> None:
    """What the next clause may lean on."""
    keys = set(frame.keys())
    if TARIFF & keys:
        context.tariff = True
    elif (FLOW | MACRO) & keys:
        context.tariff = False
    if claims:
        context.subject = claims[-1].actor or context.subject
