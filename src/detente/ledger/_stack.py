r"""Stacking: how the measures on one line meet. One engine for a line and for a whole table of lines.

A measure reaches a share $r$ of the customs value and sets a rate $t$ on it; it adds $r\,t$ to the total. Before that

1. what its own lists spare is taken off: $r \leftarrow r\,(1 - e)$;
2. `replaces` and `lifts_only` take their share off the measures they name: $r_k \leftarrow r_k\,(1 - r_m)$;
3. measures of one group with ranks share out the value, lower ranks first: $r_m \leftarrow \min(r_m, 1 - \sum_{<} r)$;
4. layers named in `exempts` lose what the group took: $r_k \leftarrow r_k\,(1 - \sum r)$;
5. `floor` tops the duties it names up to its rate, $t \leftarrow \max(0, t - \sum t_k)$; `cap` bounds the sum.

Shares and rates are plain numbers for one line, or arrays over many lines: only `least` and `most` differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from detente.ledger._records import Measure

Number = Any
"""A float, or an array of floats over lines."""


@dataclass(slots=True)
class Part:
    """One measure on one line (or on many): what it reaches, at what rate."""

    measure: Measure
    rate: Number
    reach: Number
    spared: Number = 0.0
    """Share that its own exempt lists take out."""
    lost: list[tuple[str, str, Number]] = field(default_factory=list)
    """(operator, id of the measure that took it, share of the value taken)."""

    @property
    def points(self) -> Number:
        """What it adds to the total, as a fraction of customs value."""
        return self.rate * self.reach


def _take(part: Part, left: Number, operator: str, by: str, trace: bool) -> None:
    if trace and left != part.reach:
        part.lost.append((operator, by, part.reach - left))
    part.reach = left


def stack(
    parts: Sequence[Part],
    least: Callable[[Number, Number], Number] = min,
    most: Callable[[Number, Number], Number] = max,
    *,
    trace: bool = False,
) -> Sequence[Part]:
    """Let the measures meet; `parts` are changed in place and returned.

    Parameters
    ----------
    parts
        Every measure that collects something on the day, and the exclusions in force.
    least, most
        Minimum and maximum of two numbers: Python's for a line, NumPy's for arrays.
    trace
        Whether to note in `lost` who took what; only for one line.

    Examples
    --------
    See `tests/spec/ledger/stacking.yaml`: worked cases, by operator.
    """
    for part in parts:
        part.reach = part.reach * (1.0 - part.spared)
    by_name = {part.measure.id: part for part in parts}
    for part in parts:
        operator = part.measure.stacking.operator if part.measure.stacking else ""
        if operator in ("replaces", "lifts_only") and part.measure.stacking:
            for name in part.measure.stacking.of:
                other = by_name.get(name)
                if other is not None:
                    _take(other, other.reach * (1.0 - part.reach), operator, part.measure.id, trace)
    _share_out(parts, least, trace)
    _exempt(parts, least, trace)
    for part in parts:
        _bound(part, by_name, least, most)
    return parts


def _share_out(parts: Sequence[Part], least: Callable[[Number, Number], Number], trace: bool) -> None:
    """Measures of one group that carry ranks never take the same value twice."""
    taken: dict[str, Number] = {}
    first: dict[str, str] = {}
    ranked = [p for p in parts if p.measure.stacking and p.measure.stacking.rank]
    for part in sorted(ranked, key=lambda p: p.measure.stacking.rank if p.measure.stacking else 0):
        group = part.measure.stacking.group if part.measure.stacking else ""
        before = taken.get(group, 0.0)
        _take(part, least(part.reach, 1.0 - before), "exclusive_ranked", first.get(group, ""), trace)
        taken[group] = before + part.reach
        if trace and part.reach:
            first.setdefault(group, part.measure.id)


def _exempt(parts: Sequence[Part], least: Callable[[Number, Number], Number], trace: bool) -> None:
    """The layers a measure names do not fall on the value it takes."""
    freed: dict[str, Number] = {}
    by: dict[str, str] = {}
    for part in parts:
        for layer in part.measure.stacking.exempts if part.measure.stacking else ():
            freed[layer] = least(freed.get(layer, 0.0) + part.reach, 1.0)
            if trace and part.reach:
                by.setdefault(layer, part.measure.id)
    for part in parts:
        if part.measure.layer in freed:
            _take(
                part, part.reach * (1.0 - freed[part.measure.layer]), "exempts", by.get(part.measure.layer, ""), trace
            )


def _bound(
    part: Part,
    by_name: dict[str, Part],
    least: Callable[[Number, Number], Number],
    most: Callable[[Number, Number], Number],
) -> None:
    stacking = part.measure.stacking
    if stacking is None or stacking.operator not in ("floor", "cap"):
        return
    under = sum((by_name[name].points for name in stacking.of if name in by_name), 0.0)
    part.rate = (
        most(part.rate - under, 0.0)
        if stacking.operator == "floor"
        else least(part.rate, most(stacking.limit - under, 0.0))
    )
