"""One line on one day: which measures reach it, with what share and rate, before and after they meet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from detente.ledger._lines import ALL, NONE, Boundaries, Lines, Row, boundaries
from detente.ledger._records import Condition, Coverage, Measure
from detente.ledger._stack import Part, stack
from detente.ledger._status import Clock, Collected, collected, overall, period_of

EQUIVALENT = "ad-valorem-equivalent"
"""Class of base rates that are no rates in law: a specific or compound duty, its 2024 equivalent as value."""
CONTENT = "metal-content"
"""Class of derivatives that pay on the value of their metal."""
_PART = re.compile(r"\+ *([\d.]+)%$")


@dataclass(frozen=True, slots=True)
class Goods:
    """What is said of the goods beside their line."""

    use: str = ""
    metal_share: tuple[tuple[str, float], ...] = ()
    """(metal or `metal` for any, share of the customs value)."""
    in_transit: bool = False

    def metal(self, name: str) -> float | None:
        """The share given for a metal, None where none was."""
        table = dict(self.metal_share)
        return table.get(name, table.get("metal"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A measure that may reach a line, with what it collects and the lines it names."""

    measure: Measure
    now: Collected
    period: Coverage | None
    when: Boundaries


@dataclass(frozen=True, slots=True)
class Found:
    """A measure on a line before it meets the others; `row` is what put it there."""

    candidate: Candidate
    part: Part
    row: Row | None
    spared_by: Row | None = None


def candidates(measures: Iterable[Measure], clock: Clock, *, in_transit: bool = False) -> list[Candidate]:
    """Tariffs that collect something at the clock, and the exclusions in force."""
    out = []
    for measure in measures:
        if measure.is_tariff:
            now = collected(measure, clock, in_transit=in_transit)
            if not now.nothing:
                out.append(Candidate(measure, now, period_of(measure, clock), boundaries(measure)))
        elif (
            measure.kind == "tariff.exclusion"
            and measure.coverage
            and overall(measure, clock).status in ("in_force", "unknown")
        ):
            out.append(Candidate(measure, Collected(), period_of(measure, clock), boundaries(measure)))
    return out


def _condition(measure: Measure, kind: str) -> Condition | None:
    for condition in measure.stacking.conditions if measure.stacking else ():
        if condition.kind == kind:
            return condition
    return None


def share(measure: Measure, row: Row, goods: Goods) -> float:
    """The share of the value that a row stands for, given what is said of the goods."""
    value = 1.0 if row.value is None else row.value
    if not row.kind:
        return value
    condition = _condition(measure, row.kind)
    if condition is None:
        return value
    if condition.use:
        return condition.chosen if goods.use == condition.use else value * condition.default
    metal = goods.metal(measure.stacking.metal if measure.stacking else "")
    if condition.below is not None:
        return 0.0 if metal is not None and metal < condition.below else value
    return value if metal is None else metal


def ad_valorem_part(specific: str) -> float:
    """The ad valorem part of a compound duty, as a fraction; 0 for a duty by quantity alone.

    >>> ad_valorem_part("90¢/pr. + 20%"), ad_valorem_part("4.4¢/kg")
    (0.2, 0.0)
    """
    found = _PART.search(specific)
    return round(float(found.group(1)) / 100, 10) if found else 0.0


def find(lines: Lines, listed: Iterable[Candidate], code: str, clock: Clock, goods: Goods) -> list[Found]:
    """Every measure that names the line, with its own share and rate, before they meet."""
    out = []
    for candidate in listed:
        measure, schedule = candidate.measure, candidate.now.schedule
        scope = schedule or (candidate.period.scope if candidate.period else NONE)
        if scope == NONE:
            continue
        row = None if scope == ALL else lines.row(measure.imposer, scope, code, clock, candidate.when)
        if row is None and scope != ALL:
            continue
        rate = candidate.now.rate
        if schedule and row is not None:
            reach = share(measure, row._replace(value=None), goods)
            rate = ad_valorem_part(row.specific) if row.kind == EQUIVALENT else (row.value or 0.0)
        else:
            reach = 1.0 if row is None else share(measure, row, goods)
        part = Part(measure, rate, reach * _whole(measure, goods))
        spared = _spared(lines, candidate, code, clock, goods)
        if spared is not None:
            part.spared = spared[1]
        out.append(Found(candidate, part, row, spared[0] if spared else None))
    if goods.metal_share:
        _share_metal(out, goods)
    return out


def _share_metal(found: list[Found], goods: Goods) -> None:
    """One share given for several metals of a line is split as their stand-ins are."""
    whole = dict(goods.metal_share).get("metal")
    metals = [f for f in found if f.row is not None and f.row.kind == CONTENT]
    if whole is None or len(metals) < 2:
        return
    total = sum(f.row.value or 0.0 for f in metals if f.row is not None)
    for one in metals:
        weight = (one.row.value or 0.0) / total if one.row is not None and total else 1.0 / len(metals)
        one.part.reach = whole * weight


def _whole(measure: Measure, goods: Goods) -> float:
    """Conditions that free goods of the whole measure."""
    if not goods.use or not measure.stacking:
        return 1.0
    for condition in measure.stacking.conditions:
        if not condition.kind and condition.use == goods.use:
            return condition.chosen
    return 1.0


def _spared(lines: Lines, candidate: Candidate, code: str, clock: Clock, goods: Goods) -> tuple[Row, float] | None:
    """The exempt row that spares most of the line, with the share it spares."""
    best: tuple[Row, float] | None = None
    for scope in candidate.period.without if candidate.period else ():
        row = lines.row(candidate.measure.imposer, scope, code, clock, candidate.when)
        if row is not None:
            amount = share(candidate.measure, row, goods)
            if best is None or amount > best[1]:
                best = (row, amount)
    return best


def meet(found: list[Found], *, trace: bool = False) -> list[Found]:
    """Let the measures on a line meet."""
    stack([f.part for f in found], trace=trace)
    return found
