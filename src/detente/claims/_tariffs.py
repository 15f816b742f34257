"""Duties: changes from, to and by; levels; sums of parts; who levies them on whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from detente.claims._claim import RATE, Claim, Part
from detente.claims._frame import Context, Frame, actor_and_targets
from detente.claims._quantities import PERCENT, POINTS, Quantity
from detente.claims._roles import POLL, role, sign
from detente.claims._words import (
    CHANGE_NOUN,
    EXTEND,
    FLOW,
    IMPOSE,
    MACRO,
    REMOVE,
    SUSPEND,
    TARIFF,
    forms,
    topic_imposers,
)

_SUMS = frozenset(
    [
        "including",
        "comprising",
        "consisting",
        "combining",
        "comprised",
        "composed",
        "made",
        "plus",
        "totalling",
        "totaling",
    ]
)
_TOTALS = frozenset(
    [
        "add",
        "adds",
        "adding",
        "total",
        "combined",
        "overall",
        "altogether",
        "cumulative",
        "totalling",
        "totaling",
        "sum",
    ]
)
_ADDED = frozenset(["additional", "extra", "further", "another", "added", "new"])
_HALVE, _DOUBLE, _TRIPLE = forms("halve"), forms("double"), forms("triple")
_MOST = 12
"""Rates read in one clause: a clause with more is a table, and reading it pair by pair would take quadratic time."""
_RATES = frozenset(["rate", "rates"])
_PRONOUNS = frozenset(["it", "its", "which", "they", "them"])


@dataclass
class Group:
    """The numbers of one duty: at most one of each role, and its parts."""

    first: int
    after: int
    roles: dict[str, Quantity] = field(default_factory=dict)
    parts: list[Quantity] = field(default_factory=list)


def tariff_claims(frame: Frame) -> list[Claim]:
    """Every claim about a rate of duty in a clause."""
    keys = frame.keys()
    spoken = bool(TARIFF & set(keys)) or _rate_on_goods(frame, keys)
    sizes = [q for q in frame.s.quantities if frame.first <= q.first < frame.after and q.unit in (PERCENT, POINTS)][
        :_MOST
    ]
    if not spoken and not (frame.context.tariff and frame.first > 0 and not (FLOW | MACRO) & set(keys)):
        return []
    roles = _roles(frame, sizes)
    roles = [(q, r) for q, r in roles if r in ("from", "to", "by", "level", "part") and _of_a_duty(frame, q, r)]
    if not spoken and not (frame.places() or (_RATES | _PRONOUNS) & set(keys)):
        return []
    if not roles or POLL & set(keys):
        return []
    groups = _groups(frame, roles)
    out: list[Claim] = []
    for n, group in enumerate(groups):
        first = frame.first if n == 0 else _boundary(frame, groups[n - 1], group)
        after = frame.after if n + 1 == len(groups) else _boundary(frame, group, groups[n + 1])
        out += _claims(frame, group, first, after, n, len(groups))
    return out


def _rate_on_goods(frame: Frame, keys: list[str]) -> bool:
    """Whether `rate` stands for a rate of duty: after talk of duties, or a rate on imports."""
    if not _RATES & set(keys):
        return False
    return frame.context.spoken or ("on" in keys and bool({"imports", "goods", "products"} & set(keys)))


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
        r = role(frame, q)
        if not r and out and set(frame.s.keys(out[-1][0].after, q.first)) <= {"and", "or", ",", "plus", "to"}:
            r = out[-1][1]
        out.append((q, r))
    return out


def _of_a_duty(frame: Frame, q: Quantity, r: str) -> bool:
    """Whether the number belongs to a duty, not to a flow or a price that the clause also names."""
    row = frame.s.row
    after = frame.s.keys(q.after, min(q.after + 5, frame.after))
    if TARIFF & set(after[:4]) and r in ("level", "part"):
        return True
    if (FLOW | MACRO) & set(after[:3]) and r == "by":
        return False
    head = ""
    for i in range(frame.first, q.first):
        key = row[i].key
        if key in TARIFF and not (i > frame.first and row[i - 1].key in ("by", "of", "despite", "because", "higher")):
            head = "duty"
        elif (key in FLOW or key in MACRO) and not _complement(frame, i, head):
            head = "flow"
    if head == "flow":
        return False
    if r == "by" and after[:1] and after[0] in CHANGE_NOUN and after[1:2] and after[1] in ("in", "of", "to", "on"):
        return bool(TARIFF & set(frame.s.keys(q.after, min(q.after + 8, frame.after))))
    if r == "by" and after[:1] == ["of"]:
        return bool(TARIFF & set(after))
    near = (TARIFF | _RATES) & set(frame.s.keys(q.after, frame.after))
    return head == "duty" or (r != "by" and bool(near)) or frame.context.tariff or _rate_on_goods(frame, frame.keys())


def _complement(frame: Frame, i: int, head: str) -> bool:
    """Whether a noun only completes a duty: `tariffs on imports from`, `export tariffs`, or owns goods taxed."""
    row = frame.s.row
    if i + 1 < frame.after and row[i + 1].key in TARIFF:
        return True
    for j in range(i - 1, max(frame.first - 1, i - 9), -1):
        if row[j].key in ("on", "against", "upon"):
            return True
        if row[j].key in TARIFF:
            break
    verbs = {row[k].key for k in range(i, frame.after)}
    return head != "" or bool(verbs & forms("face pay carry attract incur"))


def _groups(frame: Frame, roles: Sequence[tuple[Quantity, str]]) -> list[Group]:
    groups: list[Group] = []
    for q, r in roles:
        group = groups[-1] if groups else None
        key = "to" if r == "level" and group and "from" in group.roles and "to" not in group.roles else r
        if r == "part" or (group and r == "level" and _is_part(frame, group, q)):
            if group is None:
                group = Group(q.first, q.after)
                groups.append(group)
            group.parts.append(q)
            group.after = q.after
        elif group is None or key in group.roles or (r == "level" and key == "level" and group.roles):
            groups.append(Group(q.first, q.after, {key: q}))
        else:
            group.roles[key] = q
            group.after = q.after
    return _with_totals(frame, groups)


def _is_part(frame: Frame, group: Group, q: Quantity) -> bool:
    """Whether a level after a first one is a part of it: `55 %, comprising 20 %, 10 % and 25 %`."""
    between = set(frame.s.keys(group.first, q.first))
    return bool(between & _SUMS - {"plus"}) and bool(group.roles)


def _with_totals(frame: Frame, groups: list[Group]) -> list[Group]:
    """`20 % plus 10 %, for a total of 30 %`: the groups before a total are its parts."""
    for n, group in enumerate(groups):
        main = group.roles.get("level") or group.roles.get("to")
        if n == 0 or main is None or group.parts:
            continue
        lead = set(frame.s.keys(max(groups[n - 1].after, main.first - 6), main.first))
        levels = [g.roles.get("level") for g in groups[:n]]
        if lead & _TOTALS and all(x is not None for x in levels):
            group.parts = [x for x in levels if x is not None]
            group.first = groups[0].first
            return [group, *groups[n + 1 :]]
    return groups


def _claims(frame: Frame, group: Group, first: int, after: int, n: int, total: int) -> list[Claim]:
    values = _numbers(frame, group)
    if not values:
        return []
    actors, aimed, inferred = actor_and_targets(frame, first, after)
    keys = frame.keys()
    if "respectively" in keys and total > 1 and len(actors) < 2:
        actors, aimed = _respective(frame, actors, aimed, n, total)
    values["subject"] = _subject(frame, first, after, group)
    actors, aimed, inferred = _by_law(frame, values["subject"], actors, aimed, inferred)
    kind = _kind(values)
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
        frame.claim(kind, first, after, actor=a, target=t, inferred=tuple(dict.fromkeys(inferred)), **values)
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
    return [imposer], target, [*inferred, "actor"]


def _respective(frame: Frame, actors: list[str], aimed: list[str], n: int, total: int) -> tuple[list[str], list[str]]:
    """`on Canada and Mexico to 25 % and 30 % respectively`: the n-th number belongs to the n-th economy."""
    if len(aimed) == total:
        return actors, [aimed[n]]
    return actors, aimed


def _kind(values: dict[str, Any]) -> str:
    return (
        "tariff_change"
        if values.get("from_") is not None or values.get("by") is not None or values["moved"]
        else "tariff_level"
    )


def _numbers(frame: Frame, group: Group) -> dict[str, Any]:
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
    values["from_"] = start.fraction if start else None
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
    derived += _factor(values, keys)
    if values.get("by") is None and values["from_"] is not None and values["to"] is not None:
        values["by"] = round(values["to"] - values["from_"], 10)
        derived.append("by")
    if values["to"] is None and values["from_"] is None and values.get("by") is None:
        return {}
    if goal is not None and goal.low != goal.high:
        values["low"] = round(goal.low / 100, 10)
    bound = goal or by or start
    values["bound"] = (bound.bound or None) if bound is not None else None
    values["added"] = _is_added(frame, level) if level is not None and to is None else False
    values["parts"] = tuple(_part(frame, q) for q in group.parts)
    values["action"] = "suspend" if keys & SUSPEND else "extend" if keys & EXTEND else None
    values["derived"] = tuple(derived)
    return values


def _removed(frame: Frame, level: Quantity) -> bool:
    """`scrapped its 25 % tariff`: the rate named is the one that goes."""
    before = frame.s.keys(max(frame.first, level.first - 5), level.first)
    return bool(REMOVE & set(before)) and not set(before) & (IMPOSE - {"be", "have", "has", "is"} - REMOVE)


def _factor(values: dict[str, Any], keys: set[str]) -> list[str]:
    """Halved, doubled, tripled: one end of the change gives the other."""
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
    row = frame.s.row
    near = frame.s.keys(max(frame.first, level.first - 2), min(level.after + 3, frame.after))
    return bool(_ADDED & set(near)) and bool(row)


_LABEL_ENDS = frozenset(["and", "plus", "on", "for", "in", "the", "from", "while", "to", "add", "adds", "up", "total"])


def _part(frame: Frame, q: Quantity) -> Part:
    """The label of a part: the words between its number and the next one, or before it."""
    s = frame.s
    j = q.after
    words = []
    while j < frame.after and s.row[j].kind == "word" and s.row[j].key not in _LABEL_ENDS:
        if s.row[j].key not in TARIFF and s.row[j].key not in ("related", "linked"):
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
        words = [t.text for t in s.row[j + 1 : j + 4] if t.kind == "word" and t.key not in ("the", "and")]
    label = " ".join(words or before)
    topics = frame.topics("tariff", first=k + 1, after=max(j, q.after) + 3 if not words else j)
    return Part(label or "part", q.fraction, topics[0] if topics else "")


def _subject(frame: Frame, first: int, after: int, group: Group) -> tuple[str, ...]:
    """Layer and goods a duty is about; the labels of its parts do not count."""
    end = min(after, group.parts[0].first) if group.parts and group.parts[0].first > group.first else after
    found = frame.topics("tariff", "good", first=first, after=end)
    return found or frame.topics("tariff", "good", first=frame.first, after=first)


def remember(frame: Frame, context: Context, claims: list[Claim]) -> None:
    """What the next clause may lean on."""
    keys = set(frame.keys())
    if TARIFF & keys:
        context.tariff = True
    elif (FLOW | MACRO) & keys:
        context.tariff = False
    if claims:
        context.subject = claims[-1].actor or context.subject
