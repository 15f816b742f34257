"""The desk at which look-ups are answered: one pair, one day, one state of knowledge."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from detente.errors import Problem, UserError, unknown
from detente.ledger._codes import Codes, edition
from detente.ledger._lines import ALL, Lines, Row
from detente.ledger._lookup import EQUIVALENT, Candidate, Found, Goods, candidates, find, meet
from detente.ledger._rate import Layer, Rate, act_status, layer_of, several, told
from detente.ledger._records import Condition, Measure
from detente.ledger._status import Clock, collected, overall, period_of
from detente.ledger._words import METALS, percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TINY = 1e-9
_PRINTED = ("suspended", "ended", "unknown")


@dataclass(frozen=True)
class Desk:
    """Everything that does not depend on the line, found once."""

    importer: str
    exporter: str
    clock: Clock
    measures: tuple[Measure, ...]
    lines: Lines = field(repr=False)
    codes: Codes = field(repr=False)
    notes: tuple[str, ...] = ()
    _statuses: dict[tuple[str, str], str] = field(default_factory=dict, init=False, repr=False)
    _answers: dict[tuple[str, Goods, float | None], Rate] = field(default_factory=dict, init=False, repr=False)

    @functools.cached_property
    def _now(self) -> list[Candidate]:
        return candidates(self.measures, self.clock)

    @functools.cached_property
    def _under_way(self) -> list[Candidate]:
        return candidates(self.measures, self.clock, in_transit=True)

    def status(self, measure: Measure, limb: str) -> str:
        """Status of the act that sets a measure's rate."""
        key = (measure.id, limb)
        if key not in self._statuses:
            self._statuses[key] = act_status(measure, limb, self.clock)
        return self._statuses[key]

    def candidates(self, goods: Goods) -> list[Candidate]:
        """Measures that collect something, for goods arriving or already under way."""
        return self._under_way if goods.in_transit else self._now

    def rate(self, text: str, goods: Goods, value: float | None = None) -> Rate:
        """The duty on a code: see `Regime.rate`."""
        asked = (text, goods, value)
        if asked not in self._answers:
            code, leaves = self.codes.find(text, self.clock)
            found = [self._line(leaf, goods, value) for leaf in leaves]
            self._answers[asked] = found[0] if len(found) == 1 else several(code, found)
        return self._answers[asked]

    def _line(self, code: str, goods: Goods, value: float | None) -> Rate:
        found = meet(find(self.lines, self.candidates(goods), code, self.clock, goods))
        layers, specific, total = [], "", 0.0
        blank = any(c.measure.kind == "tariff.base" for c in self.candidates(goods))  # until its row is found
        for one in found:
            if not one.candidate.measure.layer:
                continue
            points = one.part.points
            total += points
            row = one.row
            if one.candidate.measure.kind == "tariff.base" and row is not None:
                specific = row.specific if row.kind == EQUIVALENT else ""
                blank = row.value is None and not row.specific
            if points or one.candidate.measure.kind == "tariff.base":
                layers.append(layer_of(one, self))
        known = self.clock.known.isoformat() if self.clock.known else None
        return Rate(
            hs=code, importer=self.importer, exporter=self.exporter, on=self.clock.on.isoformat(), known=known,
            total=None if blank else round(total, 10), layers=self._ordered(layers), specific=specific, value=value,
            goods=goods, leaf=code, desk=self,
        )  # fmt: skip

    def _ordered(self, layers: list[Layer]) -> tuple[Layer, ...]:
        from detente.ledger._words import LAYERS

        order = {name: i for i, name in enumerate(LAYERS[self.importer])}
        return tuple(sorted(layers, key=lambda layer: order[layer.layer]))

    def goods(
        self, metal_share: float | Mapping[str, float] | None, use: str | None, value: float | None, in_transit: bool
    ) -> Goods:
        """What is said of the goods, checked.

        Raises
        ------
        UserError
            With every problem.
        """
        if metal_share is None and use is None and value is None:
            return _IN_TRANSIT if in_transit else _PLAIN
        problems: list[Problem] = []
        if use is not None and use not in self.uses:
            problems.append(unknown("use", use, self.uses, "--use"))
        table = (
            {}
            if metal_share is None
            else dict(metal_share)
            if not isinstance(metal_share, int | float)
            else {"metal": metal_share}
        )
        for name, share in table.items():
            if name not in (*METALS, "metal"):
                problems.append(unknown("metal", name, METALS, "--metal-share"))
            if not 0 <= share <= 1:
                problems.append(
                    Problem("--metal-share", f"{share} is no share", "Give a number from 0 to 1: 60 % is 0.6.")
                )
        if not problems and sum(table.values()) > 1 + 1e-9:
            total = f"metal shares sum to {sum(table.values()):g}"
            problems.append(Problem("--metal-share", total, "Shares of one value cannot exceed 1."))
        if value is not None and not 0 <= value < float("inf"):
            problems.append(Problem("--value", f"{value} is no customs value", "Give US dollars, for example 14172."))
        if problems:
            raise UserError(problems)
        return Goods(use or "", tuple(sorted((k, float(v)) for k, v in table.items())), in_transit)

    @functools.cached_property
    def uses(self) -> list[str]:
        """Uses that some measure of the importer asks for."""
        return sorted({c.use for m in self.measures if m.stacking for c in m.stacking.conditions if c.use})

    # ---- why, and what if

    def excluded(self, code: str, goods: Goods) -> list[dict[str, str]]:
        """Measures that name the line and take nothing, or less, with the reason."""
        found = meet(find(self.lines, self.candidates(goods), code, self.clock, goods), trace=True)
        out = [{"measure": f.candidate.measure.id, "why": why} for f in found for why in self._reasons(f)]
        collecting = {f.candidate.measure.id for f in found}
        for measure in self.measures:
            if measure.id not in collecting and measure.is_tariff:
                out += [{"measure": name, "why": why} for name, why in self._idle(measure, code)]
        for candidate in self.candidates(goods):
            measure, now = candidate.measure, candidate.now
            if now.schedule and measure.id not in collecting:
                out += [{"measure": name, "why": why} for name, why in self._off(candidate, code)]
            elif not now.schedule and measure.id in collecting:
                out += [{"measure": name, "why": why} for name, why in self._limbs(measure)]
        return out

    def _off(self, candidate: Candidate, code: str) -> Iterator[tuple[str, str]]:
        """Why a list that once set a rate on the line sets none now."""
        act = candidate.now.by
        if act is not None and self._names(candidate.measure, code):
            name = f"{candidate.measure.id}#{act.limb}" if act.limb else candidate.measure.id
            cite = f" ({act.instrument})" if act.instrument else ""
            yield name, f"no longer on the list that sets the rates since {act.effective}{cite}"

    def _reasons(self, found: Found) -> Iterator[str]:
        part, row = found.part, found.row
        if found.spared_by is not None and part.spared:
            yield f"spared: {found.spared_by.hs} stands on its exempt list {found.spared_by.scope}"
        elif found.spared_by is not None:
            yield f"not spared: {found.spared_by.hs} stands on {found.spared_by.scope} only as {found.spared_by.kind}"
        for operator, by, share in part.lost:
            verb = {"replaces": "replaced by", "lifts_only": "lifted by", "exempts": "not on what is taken by",
                    "exclusive_ranked": "gives way to"}[operator]  # fmt: skip
            yield f"{verb} {by}" + ("" if share >= 1 - _TINY else f" on {percent(share)} of the value")
        if row is not None and row.kind and not part.reach and not part.lost and found.candidate.measure.layer:
            yield f"counts only as {row.kind}"

    def _idle(self, measure: Measure, code: str) -> Iterator[tuple[str, str]]:
        """Why a measure that names the line collects nothing on the day."""
        if not collected(measure, self.clock).nothing or not self._names(measure, code):
            return
        state = overall(measure, self.clock)
        if state.since is None:
            return
        act = f" ({state.by.instrument})" if state.by and state.by.instrument else ""
        printed = (
            "; its heading is still printed in the schedule"
            if state.status in _PRINTED and measure.imposer == "USA"
            else ""
        )
        yield measure.id, f"{state.status.replace('_', ' ')} since {state.since}{act}{printed}"

    def _names(self, measure: Measure, code: str) -> bool:
        period = period_of(measure, self.clock)
        names = {period.scope} if period else {c.scope for c in measure.coverage}
        names |= {e.schedule for e in measure.events if e.schedule}
        if ALL in names:
            return True
        chapter = self.lines.chapter(measure.imposer, code[:2])
        return any(code[:n] in chapter.get(name, ()) for name in names for n in range(2, len(code) + 1))

    def _limbs(self, measure: Measure) -> Iterator[tuple[str, str]]:
        """Limbs that were announced for the day or before and are not what is collected."""
        from detente.ledger._status import events_of, standing

        for limb in measure.limbs:
            events = events_of(measure, limb.name)
            state = standing(events, self.clock)
            due = [e.effective for e in events if e.limb == limb.name and self.clock.sees(e.known)]
            if state.status in ("never_in_force", "suspended") and due and min(due) <= self.clock.on and state.since:
                words = state.status.replace("_", " ")
                until = f" until {state.until}" if state.until else ""
                yield f"{measure.id}#{limb.name}", f"{limb.title}: {words}{until}"

    def conditions(self, code: str, goods: Goods, total: float | None) -> list[dict[str, Any]]:
        """What would change the duty on a line, with the total it would give."""
        out = []
        for measure, condition, option, changed in self._options(code, goods):
            other = self._line(code, changed, None).total
            if other is not None and total is not None and abs(other - total) > _TINY:
                out.append(
                    {"measure": measure.id, "condition": told(condition, measure), "option": option, "total": other}
                )
        if not goods.in_transit:
            moved = self._line(code, replace(goods, in_transit=True), None).total
            if moved is not None and total is not None and abs(moved - total) > _TINY:
                text = "goods that were under way when a duty began keep the earlier rate"
                out.append({"measure": "", "condition": text, "option": "--in-transit", "total": moved})
        return out

    def _options(self, code: str, goods: Goods) -> Iterator[tuple[Measure, Condition, str, Goods]]:
        seen: set[str] = set()
        for candidate in self.candidates(goods):
            measure = candidate.measure
            kinds = {row.kind for row in self._rows(candidate, code)}
            for condition in measure.stacking.conditions if measure.stacking else ():
                if condition.kind and condition.kind not in kinds:
                    continue
                if condition.use:
                    option, changed = f"--use {condition.use}", replace(goods, use=condition.use)
                elif condition.below is not None:
                    option, changed = (
                        "--metal-share 0.14",
                        replace(goods, metal_share=(("metal", condition.below * 0.9),)),
                    )
                else:
                    option, changed = "--metal-share 1.0", replace(goods, metal_share=(("metal", 1.0),))
                if (option not in seen and goods.use != condition.use) or (not condition.use and not goods.metal_share):
                    seen.add(option)
                    yield measure, condition, option, changed

    def _rows(self, candidate: Candidate, code: str) -> Iterator[Row]:
        period = candidate.period
        names = [candidate.now.schedule] if candidate.now.schedule else []
        names += [period.scope, *period.without] if period else []
        for name in names:
            row = self.lines.row(candidate.measure.imposer, name, code, self.clock, candidate.when)
            if row is not None:
                yield row

    def warnings(self, rate: Rate) -> list[str]:
        """Warnings about this line."""
        out = []
        if rate.specific:
            out.append(self._specific(rate))
        if rate.total is None:
            out.append("The base rate of this line is not at hand: the total is unknown.")
        day = self.clock.on
        if day.year < 2025 and self.importer == "USA":
            out.append(
                f"US base rates before 2025 are the first of 2025 carried back ({edition(day)} stood on {day}); L."
            )
        out += [text for c in self._now if (text := c.now.warning) and self._concerns(c.measure, rate)]
        out += self._uncertain(rate)
        out += self._hints(rate)
        out += self._stand_ins(rate)
        return out

    def _stand_ins(self, rate: Rate) -> list[str]:
        """Metal shares that nobody declared."""
        if rate.goods.metal_share or rate.lines:
            return []
        found = {}
        for candidate in self._now:
            metal = candidate.measure.stacking.metal if candidate.measure.stacking else ""
            for row in self._rows(candidate, rate.leaf):
                if metal and row.kind == "metal-content" and row.value:
                    found[metal] = row.value
        return [
            f"The {metal} share of {percent(round(share, 3))} is what the industry buys, not what was declared: "
            "give --metal-share." for metal, share in found.items()
        ]  # fmt: skip

    def _specific(self, rate: Rate) -> str:
        base = next(c for c in self._now if c.measure.kind == "tariff.base")
        row = next(self._rows(base, rate.leaf), None)
        about = (
            f"; by duty collected in 2024 the whole was worth about {percent(round(row.value, 3))}"
            if row and row.value
            else ""
        )
        return f"The base duty is {rate.specific}: what it charges by quantity is not in the total{about}."

    def _concerns(self, measure: Measure, rate: Rate) -> bool:
        codes = [r.leaf for r in rate.lines] or [rate.leaf]
        return any(self._names(measure, code) for code in codes[:50])

    def _uncertain(self, rate: Rate) -> list[str]:
        """Measures of the line whose standing is unknown though nothing is collected, and exclusions."""
        out = []
        for measure in self.measures:
            state = overall(measure, self.clock)
            if (
                state.status == "unknown"
                and state.warning
                and not collected(measure, self.clock).warning
                and self._concerns(measure, rate)
            ):
                out.append(f"{measure.id}: unknown. {state.warning}")
        return out

    def _hints(self, rate: Rate) -> list[str]:
        return [
            f"{c.measure.id} may reach this code: no list of its lines is at hand."
            for c in self._now if c.period for hint in c.period.hint if rate.hs.startswith(hint)
        ]  # fmt: skip

    def rates(self, codes: Sequence[str], goods: Goods) -> list[Rate]:
        """Many look-ups at once."""
        return [self.rate(code, goods) for code in codes]


_PLAIN, _IN_TRANSIT = Goods(), Goods(in_transit=True)
