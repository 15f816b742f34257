"""Scenario files: what is asked, read strictly, every problem reported at once with its line."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente import strict_yaml
from detente.errors import ScenarioError
from detente.trade import Ceiling, Shock, TradeModel
from detente.trade._control_ceilings import control_ceilings, controlled_items, left_out
from detente.world import World

if TYPE_CHECKING:
    from detente.ledger import Regime

REPORT = ("real_income_percent", "trade_percent", "price_index_percent")
"""What a run keeps when a scenario does not say."""


@dataclass(frozen=True)
class Scenario:
    """A question put to the model: the regime before, the regime after, what to change on top, what to report."""

    title: str = "untitled"
    world: str = "default"
    before: str | None = None
    after: str | None = None
    known: str | None = None
    changes: tuple[dict[str, Any], ...] = ()
    controls: str = "none"
    elasticities: str | float | None = None
    deficits: str = "fixed"
    horizon: str = "long"
    report: tuple[str, ...] = REPORT
    items: tuple[str, ...] = ()
    draws: int = 0
    seed: int = 0
    source: str = field(default="given in Python", compare=False)

    def resolved(self) -> dict[str, Any]:
        """The scenario with every default written out, as it is hashed and saved."""
        after: dict[str, Any] = {"regime": self.after, "changes": [dict(c) for c in self.changes]}
        if self.controls != "none":
            after["controls"] = self.controls
        return {
            "title": self.title, "world": self.world, "known": self.known, "before": {"regime": self.before},
            "after": after,
            "model": {"elasticities": self.elasticities, "deficits": self.deficits, "horizon": self.horizon},
            "report": list(self.report),
            **({"draws": {"elasticities": {"n": self.draws, "seed": self.seed}}} if self.draws else {}),
        }  # fmt: skip

    def build(self) -> tuple[TradeModel, Shock]:
        """The model and the shock this scenario asks for."""
        from detente.ledger import Ledger

        world = World.load(self.world)
        for item in dict.fromkeys((*self.items, *self._controlled())):
            world = world.split(item)
        model = TradeModel(world, elasticities=self.elasticities, deficits=self.deficits, horizon=self.horizon)
        shock = Shock(label=self.title)
        if self.after is not None:
            ledger = Ledger.load()
            law = Shock.from_regimes(
                ledger.on(self.before or "", known=self.known), ledger.on(self.after, known=self.known), world,
                layers={(c["importer"], c["exporter"], c["layer"]): c["rate"] for c in self.changes if "layer" in c},
            )  # fmt: skip
            shock = Shock(tariffs=law.tariffs, label=self.title)
        tariffs = [_named(c) for c in self.changes if "tariff" in c]
        ceilings = [Ceiling(**_named(c)) for c in self.changes if "export_ceiling" in c]
        if tariffs:
            shock = Shock.from_changes(world, tariffs, shock)
        if self.controls != "none":
            regime = self._regime()
            ceilings += [c for c in control_ceilings(regime, world, self.controls) if not _stated(c, ceilings)]
            shock = dataclasses.replace(shock, notes=(*shock.notes, *left_out(regime)))
        return model, dataclasses.replace(shock, export_ceilings=ceilings)

    def _regime(self) -> Regime:
        from detente.ledger import Ledger

        return Ledger.load().on(self.after or "", known=self.known)

    def _controlled(self) -> tuple[str, ...]:
        """Goods under a ceiling of the controls: split out of their sectors, too."""
        return controlled_items(self._regime()) if self.controls != "none" else ()


def _stated(ceiling: Ceiling, own: list[Ceiling]) -> bool:
    """Whether the scenario itself caps the same good of the same exporter: its own word goes."""
    return any(set(c.sectors) & set(ceiling.sectors) and ceiling.exporter in c.exporter for c in own)


def _named(change: dict[str, Any]) -> dict[str, Any]:
    """A change as the trade floor takes it: an item is a sector there."""
    out = {k: v for k, v in change.items() if k not in ("export_ceiling", "item")}
    return {**out, "sectors": [change["item"]]} if "item" in change else out


def read_scenario(path: str | Path) -> Scenario:
    """Read a scenario file.

    Raises
    ------
    ScenarioError
        With all problems: unknown keys, economies, sectors, malformed days, contradictory changes.
    """
    place = Path(path)
    return scenario_from(strict_yaml.read(place, place.name))


def scenario_from(document: strict_yaml.Document) -> Scenario:
    """A scenario from a parsed document; see `read_scenario`."""
    from detente.study._reader import Reader

    reader = Reader(document)
    scenario = reader.read()
    if reader.problems:
        raise ScenarioError(reader.problems)
    return scenario
