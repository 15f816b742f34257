"""Which numbers of a clause belong to one duty: from, to and by; and which are parts of a sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from detente.claims._frame import Frame
from detente.claims._quantities import Quantity
from detente.claims._tokens import words
from detente.claims._units import PERCENT, POINTS
from detente.claims._words import CHANGE_NOUN

_INTRODUCES = words("including comprising consisting combining comprised composed made")
_BEFORE_TOTAL = words(
    "total combined overall altogether cumulative sum totalling totaling totals totalled average effective"
)
_AFTER_TOTAL = (("in", "all"), ("in", "total"), ("all", "told"), ("altogether",), ("overall",), ("combined",))
_PLUS = ("plus", "+")
_STEPS_BACK = 5


@dataclass
class Group:
    """The numbers of one duty: at most one of each role, and its parts."""

    first: int
    after: int
    roles: dict[str, Quantity] = field(default_factory=dict)
    parts: list[Quantity] = field(default_factory=list)

    @property
    def goal(self) -> Quantity | None:
        """The rate it ends at."""
        return self.roles.get("to") or self.roles.get("level")


def is_total(frame: Frame, q: Quantity) -> bool:
    """Whether a rate is said to be a sum: `bringing the total to 50 %`, `50 % in all`."""
    if q.unit not in (PERCENT, POINTS):
        return False
    before = frame.s.keys(max(frame.first, q.first - 6), q.first)
    if "by" in before[-4:] or (before[-1:] == ["of"] and before[-2:-1] and before[-2] in CHANGE_NOUN):
        return False  # "by an average of 46 %", "a combined increase of 84 points"
    if before[-1:] == ["from"]:
        return False  # "bringing the total to 47 % from 57 %"
    if "," in before:
        before = before[len(before) - before[::-1].index(",") :]
    after = frame.s.keys(q.after, min(q.after + 3, frame.after))
    return bool(_BEFORE_TOTAL & set(before)) or any(tuple(after[: len(p)]) == p for p in _AFTER_TOTAL)


def is_part(frame: Frame, q: Quantity) -> bool:
    """Whether a rate is a part of another: in a chain of plusses, after `of which`, on top of a first one."""
    row = frame.s.row
    if _chained(frame, q) or _itemised(frame, q):
        return True
    before = frame.s.keys(max(frame.first, q.first - 8), q.first)
    if "which" in before and before[before.index("which") - 1 : before.index("which")] == ["of"]:
        return True
    on_top = "top" in before and row[q.first - 1].key != "to"
    return on_top and any(is_total(frame, other) for other in _rates(frame) if other is not q)


def _rates(frame: Frame) -> list[Quantity]:
    return [q for q in frame.sizes if q.unit in (PERCENT, POINTS)]


def _chained(frame: Frame, q: Quantity) -> bool:
    """Whether a plus stands beside the number, with nothing but a label between."""
    row = frame.s.row
    for step, start in ((1, q.after), (-1, q.first - 1)):
        i = start
        while frame.first <= i < frame.after and abs(i - start) < _STEPS_BACK:
            if row[i].text in _PLUS or row[i].key in _PLUS:
                return True
            if row[i].kind != "word" and row[i - 1].key != "section":
                break
            i += step
    return False


def _itemised(frame: Frame, q: Quantity) -> bool:
    """Whether a rate stands in the list of a sum: `145 % adds 125 % to 20 %`, `55 %: 25 % existing and 30 % new`."""
    row = frame.s.row
    begin, colon = -1, False
    for i in range(frame.first, q.first):
        if row[i].text == ":" and any(r.after <= i <= r.after + 3 for r in _rates(frame)):
            begin, colon = i, True
        elif row[i].key in _LISTS or row[i].key in _SUMS or (row[i].key == "up" and row[i - 1].key in _MAKES):
            begin, colon = i, False
    if begin < 0:
        return False
    before = [r for r in _rates(frame) if r.after <= begin]
    behind = [r for r in _rates(frame) if r.first > begin]
    if row[begin].key in _SUMS and not before:  # "adds 7.5 points to the 12.5 %, taking the rate to 20 %"
        return len(behind) > 2 and not is_total(frame, q) and any(is_total(frame, r) for r in behind)
    if len(behind) < 2:
        return False
    if row[begin].key in _LISTS:
        return any(is_total(frame, r) for r in before)
    if colon:
        return not _CHANGES & set(frame.s.keys(begin, behind[-1].after))
    return row[begin].key != "builds" or row[begin + 1].key in ("from", "on")


_SUMS = words("adds add adding sums combines combining comprises consists builds composed")
_LISTS = words("includes include")
_MAKES = words("made makes make")
_CHANGES = words("raised raise cut cuts lowered rose fell from")


def groups(frame: Frame, roles: Sequence[tuple[Quantity, str]]) -> list[Group]:
    """One group a duty, in order."""
    out: list[Group] = []
    for q, r in roles:
        group = out[-1] if out else None
        key = "to" if r == "level" and group and "from" in group.roles and "to" not in group.roles else r
        if r == "part" or (group and r == "level" and _introduced(frame, group, q)):
            if group is None:
                group = Group(q.first, q.after)
                out.append(group)
            group.parts.append(q)
            group.after = q.after
        elif group is None or key in group.roles or (r == "level" and key == "level" and _closed(frame, group, q)):
            out.append(Group(q.first, q.after, {key: q}))
        else:
            group.roles[key] = q
            group.after = q.after
    return _with_totals(frame, out)


def _closed(frame: Frame, group: Group, q: Quantity) -> bool:
    """Whether a level begins a new duty: not where it is the total of the change before it."""
    return bool(group.roles) and not (set(group.roles) == {"by"} and is_total(frame, q))


def _introduced(frame: Frame, group: Group, q: Quantity) -> bool:
    """Whether a level after a first one is a part of it: `55 %, comprising 20 %, 10 % and 25 %`."""
    between = set(frame.s.keys(group.first, q.first))
    return bool(between & _INTRODUCES) and bool(group.roles)


def _with_totals(frame: Frame, found: list[Group]) -> list[Group]:
    """`20 % plus 10 %, for a total of 30 %`: what stands before a total are its parts."""
    for n, group in enumerate(found):
        main = group.goal
        if main is None or not is_total(frame, main):
            continue
        own = [q for q in (group.roles.get("by"),) if q is not None and q.first < main.first]
        # a duty that moves from one rate to another is no part: "cut to 10 % from 20 %, bringing the total to 47 %"
        still = [g for g in found[:n] if not {"from", "to"} & set(g.roles)]
        before = [q for g in still for q in (*g.roles.values(), *g.parts)] + own
        pieces = sorted((q for q in before if q.high < main.high), key=lambda q: q.first)
        pieces += [q for q in group.parts if q not in pieces]
        if len(pieces) < 2:
            continue
        first = min(found[0].first, *(q.first for q in pieces))
        total = Group(first, max(group.after, main.after), {"level": main}, pieces)
        # "a 25 % duty on top of the 25 % there was": the new one is a claim of its own
        stacked = "top" in frame.s.keys(frame.first, main.first)
        kept = [Group(g.first, g.after, g.roles) for g in found[:n] if g.roles and (stacked or g not in still)]
        return [*kept, total, *found[n + 1 :]]
    return found
