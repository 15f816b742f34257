"""Scenario files: what is asked, read strictly, every problem reported at once with its line."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detente import strict_yaml
from detente.dates import parse_date
from detente.economies import expand
from detente.errors import Problem, ScenarioError, UserError, close_matches, unknown
from detente.nomenclature import expand_sectors
from detente.trade import DEFICITS, HORIZONS, Equilibrium, Shock, TradeModel
from detente.world import World

_TOP = ("title", "world", "before", "after", "model", "report", "known")
_LATER = {"draws": "draws over elasticities", "players": "games"}
_REGIME = ("regime", "known", "changes")
_TARIFF = ("tariff", "importer", "exporter", "sectors", "rate")
_MODEL = ("elasticities", "deficits", "horizon")
_REPORT = ("real_income_percent", "trade_percent", "price_index_percent")


@dataclass(frozen=True)
class Scenario:
    """A question put to the model: the regime before, the regime after, what to change on top, what to report."""

    title: str = "untitled"
    world: str = "default"
    before: str | None = None
    after: str | None = None
    known: str | None = None
    changes: tuple[dict[str, Any], ...] = ()
    elasticities: str | float | None = None
    deficits: str = "fixed"
    horizon: str = "long"
    report: tuple[str, ...] = _REPORT
    source: str = field(default="given in Python", compare=False)

    def resolved(self) -> dict[str, Any]:
        """The scenario with every default written out, as it is hashed and saved."""
        after: dict[str, Any] = {"regime": self.after, "changes": [dict(c) for c in self.changes]}
        return {
            "title": self.title, "world": self.world, "known": self.known, "before": {"regime": self.before},
            "after": after,
            "model": {"elasticities": self.elasticities, "deficits": self.deficits, "horizon": self.horizon},
            "report": list(self.report),
        }  # fmt: skip

    def build(self) -> tuple[TradeModel, Shock]:
        """The model and the shock this scenario asks for."""
        from detente.ledger import Ledger

        world = World.load(self.world)
        model = TradeModel(world, elasticities=self.elasticities, deficits=self.deficits, horizon=self.horizon)
        shock = Shock(label=self.title)
        if self.after is not None:
            ledger = Ledger.load()
            law = Shock.from_regimes(
                ledger.on(self.before or "", known=self.known), ledger.on(self.after, known=self.known), world
            )
            shock = Shock(tariffs=law.tariffs, label=self.title)
        return model, Shock.from_changes(world, self.changes, shock) if self.changes else shock


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
    reader = _Reader(document)
    scenario = reader.read()
    if reader.problems:
        raise ScenarioError(reader.problems)
    return scenario


class _Reader:
    """Collects problems while it reads; nothing is raised until the end."""

    def __init__(self, document: strict_yaml.Document) -> None:
        self.document = document
        self.problems: list[Problem] = list(document.problems)
        self.world: World | None = None

    def say(self, path: strict_yaml.Path_, what: str, remedy: str = "") -> None:
        self.problems.append(Problem(self.document.where(path), what, remedy))

    def guard(self, path: strict_yaml.Path_, function: Any, *args: Any) -> Any:
        """Call a reader of one value; its problems become ours, at this line."""
        try:
            return function(*args)
        except UserError as error:
            self.problems += [Problem(self.document.where(path), p.what, p.remedy) for p in error.problems]
            return None

    def keys(self, data: Any, path: strict_yaml.Path_, known: tuple[str, ...], what: str) -> dict[str, Any]:
        if data is None:
            return {}
        if not isinstance(data, dict):
            self.say(path, f"{what} must be a mapping of {', '.join(known)}")
            return {}
        for key in data:
            if key in _LATER and not path:
                self.say((key,), f"{_LATER[key]} are not run in this version", f"Leave {key!r} out.")
            elif key not in known:
                close = close_matches(key, known)
                self.say(
                    (*path, key), f"{key!r} is not a key of {what}",
                    f"Did you mean {close[0]!r}?" if close else f"Keys here: {', '.join(known)}.",
                )  # fmt: skip
        return data

    def read(self) -> Scenario:
        if self.problems:
            return Scenario()
        top = self.keys(self.document.data, (), _TOP, "a scenario")
        if not top:
            if not self.problems:
                self.say((), "the file holds no scenario", f"Keys of a scenario: {', '.join(_TOP)}.")
            return Scenario()
        world = str(top.get("world", "default"))
        self.world = self.guard(("world",), World.load, world)
        before = self.regime(top.get("before"), "before")
        after = self.regime(top.get("after"), "after")
        if (before is None) != (after is None):
            self.say(
                ("before" if after is None else "after",), "a regime on one side only",
                "Give both before: {regime: DATE} and after: {regime: DATE}, or neither.",
            )  # fmt: skip
        known = self.day(top.get("known"), ("known",))
        changes = self.changes(top)
        if before is None and after is None and not changes and not self.problems:
            self.say((), "nothing changes in this scenario", "Give two regimes, or after: {changes: [...]}.")
        model = self.model(top.get("model"))
        return Scenario(
            str(top.get("title", "untitled")), world, before, after, known, changes,
            report=self.report(top.get("report")), source=self.document.source, **model,
        )  # fmt: skip

    def day(self, value: Any, path: strict_yaml.Path_) -> str | None:
        if value is None:
            return None
        found = self.guard(path, parse_date, str(value))
        return found.isoformat() if found else None

    def regime(self, data: Any, side: str) -> str | None:
        allowed = _REGIME if side == "after" else ("regime",)
        mapping = self.keys(data, (side,), allowed, f"{side!r}")
        return self.day(mapping.get("regime"), (side, "regime"))

    def changes(self, top: dict[str, Any]) -> tuple[dict[str, Any], ...]:
        after = top.get("after")
        listed = after.get("changes") if isinstance(after, dict) else None
        if listed is None:
            return ()
        if not isinstance(listed, list):
            self.say(("after", "changes"), "changes must be a list", "Begin each with '- {tariff: add, ...}'.")
            return ()
        out = [self.change(row, ("after", "changes", i)) for i, row in enumerate(listed)]
        self.contradictions(out)
        return tuple(c for c in out if c)

    def change(self, row: Any, path: strict_yaml.Path_) -> dict[str, Any]:
        if isinstance(row, dict) and "export_ceiling" in row:
            self.say(path, "export ceilings are not solved in this version", "Leave this change out.")
            return {}
        before = len(self.problems)
        data = self.keys(row, path, _TARIFF, "a change")
        for key in ("tariff", "importer", "exporter", "rate"):
            if key not in data and data:
                self.say(path, f"a change needs {key!r}")
        if data.get("tariff", "add") not in ("add", "set"):
            self.say((*path, "tariff"), f"tariff: {data['tariff']!r} is not a kind of change", "Write add or set.")
        rate = data.get("rate", 0.0)
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not math.isfinite(rate):
            self.say((*path, "rate"), f"{rate!r} is not a rate", "Write a fraction: 0.25 for 25 %.")
        elif rate <= -1.0:
            self.say((*path, "rate"), f"a tariff of {rate:.0%} is impossible", "A rate must be above -1 (-100 %).")
        elif rate > 20:
            self.say((*path, "rate"), f"a rate of {rate:g} is {rate:.0%}", "Rates are fractions: 0.25 for 25 %.")
        sides: dict[str, Any] = {
            k: self.guard((*path, k), self.members, data[k]) for k in ("importer", "exporter") if k in data
        }
        sectors = self.guard((*path, "sectors"), self.sector_list, data.get("sectors", "goods"))
        if len(self.problems) > before:
            return {}
        return {
            "tariff": data["tariff"],
            "importer": sides["importer"],
            "exporter": sides["exporter"],
            "sectors": sectors,
            "rate": float(rate),
        }

    def members(self, names: Any) -> list[str]:
        known = self.world.economies if self.world else ()
        if names == "all":
            return list(known)
        found = expand(names)
        absent = [c for c in found if known and c not in known]
        if absent:
            raise ScenarioError([unknown("economy of this world", c, list(known)) for c in absent])
        return found

    def sector_list(self, names: Any) -> list[str]:
        return expand_sectors(names, self.world.sectors) if self.world else []

    def contradictions(self, rows: list[dict[str, Any]]) -> None:
        """Two `set`s of one entry to different rates cannot both hold."""
        seen: dict[tuple[str, str, str], tuple[int, float]] = {}
        for number, change in enumerate(rows):
            if not change or change["tariff"] != "set":
                continue
            for cell in ((n, i, s) for n in change["importer"] for i in change["exporter"] for s in change["sectors"]):
                first = seen.setdefault(cell, (number, change["rate"]))
                if first[1] != change["rate"]:
                    self.say(
                        ("after", "changes", number),
                        f"contradicts change {first[0] + 1}: {cell[2]} from {cell[1]} to {cell[0]} is set to "
                        f"{first[1]:g} there and to {change['rate']:g} here", "Keep one of them.",
                    )  # fmt: skip
                    break

    def model(self, data: Any) -> dict[str, Any]:
        mapping = self.keys(data, ("model",), _MODEL, "'model'")
        out: dict[str, Any] = {}
        for key, known in (("deficits", DEFICITS), ("horizon", tuple(HORIZONS))):
            value = mapping.get(key)
            if value is not None and value not in known:
                self.problems.append(unknown(key, str(value), known, self.document.where(("model", key))))
            elif value is not None:
                out[key] = value
        theta = mapping.get("elasticities")
        if isinstance(theta, str) and self.world:
            from detente.world import elasticity_set

            self.guard(("model", "elasticities"), elasticity_set, theta, self.world.sectors)
        elif theta is not None and (isinstance(theta, bool) or not isinstance(theta, int | float) or theta <= 0):
            self.say(
                ("model", "elasticities"), f"{theta!r} is not a trade elasticity", "Name a set, or a number above 0."
            )
        if theta is not None:
            out["elasticities"] = float(theta) if isinstance(theta, int) else theta
        return out

    def report(self, data: Any) -> tuple[str, ...]:
        if data is None:
            return _REPORT
        if not isinstance(data, list):
            self.say(("report",), "report must be a list of result names")
            return _REPORT
        for i, name in enumerate(data):
            if name not in Equilibrium.names():
                self.problems.append(
                    unknown("result", str(name), Equilibrium.names(), self.document.where(("report", i)))
                )
        return tuple(str(n) for n in data)
