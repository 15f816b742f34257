"""Reads a scenario document: every problem collected, each with its line and what to do."""

from __future__ import annotations

import math
from typing import Any

from detente import strict_yaml
from detente.dates import parse_date
from detente.economies import expand
from detente.errors import Problem, ScenarioError, UserError, close_matches, unknown
from detente.nomenclature import expand_sectors
from detente.study._scenario import REPORT, Scenario
from detente.trade import DEFICITS, HORIZONS, Ceiling, Equilibrium
from detente.world import World

_TOP = ("title", "world", "before", "after", "model", "report", "known", "draws")
_LATER = {"players": "games"}
_REGIME = ("regime", "changes", "controls")
_CONTROLS = ("none", "low", "high")
_TARIFF = ("tariff", "importer", "exporter", "sectors", "item", "rate")
_LAYER = ("layer", "importer", "exporter", "rate")
_CEILING = ("export_ceiling", "exporter", "importer", "sectors", "item", "value", "rent", "leakage")
_MODEL = ("elasticities", "deficits", "horizon")
_LARGEST_RATE = 20.0
"""Above 2,000 % a rate is taken for percent written as a fraction."""


class Reader:
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
        items = self.items(top)
        changes = self.changes(top)
        if before is None and after is None and not changes and not self.problems:
            self.say((), "nothing changes in this scenario", "Give two regimes, or after: {changes: [...]}.")
        model = self.model(top.get("model"))
        draws = self.draws(top.get("draws"))
        return Scenario(
            str(top.get("title", "untitled")), world, before, after, known, changes, items=items,
            draws=draws.get("draws", 0), seed=draws.get("seed", 0), report=self.report(top.get("report")),
            controls=self.controls(top.get("after"), after),
            source=self.document.source, **model,
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

    def controls(self, data: Any, after: str | None) -> str:
        """Which end of the range of licence practice caps exports: `none`, `low` or `high`."""
        value = data.get("controls") if isinstance(data, dict) else None
        if value is None:
            return "none"
        path = ("after", "controls")
        if value not in _CONTROLS:
            self.problems.append(
                unknown("end of the range of controls", str(value), _CONTROLS, self.document.where(path))
            )
            return "none"
        if value != "none" and after is None:
            self.say(path, "controls without a regime", "Say of which day: after: {regime: DATE, controls: low}.")
        return str(value)

    def items(self, top: dict[str, Any]) -> tuple[str, ...]:
        """Goods that changes name: each is split out of its sector, once."""
        after = top.get("after")
        rows = after.get("changes") if isinstance(after, dict) else None
        found: dict[str, None] = {}
        for i, row in enumerate(rows if isinstance(rows, list) else []):
            name = row.get("item") if isinstance(row, dict) else None
            if name is not None and name not in found and self.world is not None:
                split = self.guard(("after", "changes", i, "item"), self.world.split, str(name))
                if split is not None:
                    self.world = split
                    found[str(name)] = None
        return tuple(found)

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
        """One change: a tariff, or an export ceiling; empty when something is wrong with it."""
        before = len(self.problems)
        capped = isinstance(row, dict) and "export_ceiling" in row
        if isinstance(row, dict) and "layer" in row:
            return self.layer(row, path)
        data = self.keys(row, path, _CEILING if capped else _TARIFF, "a ceiling" if capped else "a change")
        needed = ("exporter", "value") if capped else ("tariff", "importer", "exporter", "rate")
        for key in needed:
            if key not in data and data:
                self.say(path, f"{'a ceiling' if capped else 'a change'} needs {key!r}")
        importer = self.named(data, "importer", path, self.members)
        exporter = self.named(data, "exporter", path, self.members)
        if importer and importer == exporter and len(importer) == 1:
            self.say(path, f"{importer[0]} trades with itself here", "Name two economies.")
        if "item" in data and "sectors" in data:
            self.say((*path, "item"), "item and sectors in one change", "Keep one of them.")
        sectors = [data["item"]] if "item" in data else data.get("sectors", "goods")
        if "item" not in data:
            sectors = self.named({"sectors": sectors}, "sectors", path, self.sector_list)
        values = (self.ceiling if capped else self.tariff)(data, path)
        if len(self.problems) > before:
            return {}
        goods = {"item": data["item"]} if "item" in data else {"sectors": sectors}
        if capped:
            kind = {"export_ceiling": data["export_ceiling"]}
            return {**kind, "importer": importer, "exporter": exporter, **goods, **values}
        return {"tariff": data["tariff"], "importer": importer, "exporter": exporter, **goods, **values}

    def named(self, data: dict[str, Any], key: str, path: strict_yaml.Path_, expand_: Any) -> list[str]:
        """Names under a key: text or a list of text, expanded; empty when something is wrong with them."""
        value = data.get(key, "all")
        listed = value if isinstance(value, list) else [value]
        if not listed or not all(isinstance(name, str) and name for name in listed):
            self.say((*path, key), f"{key}: {value!r} names nothing", "Write a name, or a list of names.")
            return []
        return self.guard((*path, key), expand_, value) or []

    def number(self, value: Any, path: strict_yaml.Path_, what: str) -> float | None:
        """A finite number, or a problem."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.say(path, f"{value!r} is not {what}", "Write a fraction: 0.25 for 25 %.")
            return None
        return float(value)

    def layer(self, row: dict[str, Any], path: strict_yaml.Path_) -> dict[str, Any]:
        """A layer of the law at another rate, on the goods it reaches."""
        before = len(self.problems)
        data = self.keys(row, path, _LAYER, "a change of a layer")
        for key in _LAYER:
            if key not in data:
                self.say(path, f"a change of a layer needs {key!r}")
        sides = {key: self.named(data, key, path, self.members) for key in ("importer", "exporter")}
        for key, members in sides.items():
            if len(members) > 1:
                self.say((*path, key), f"a layer has one {key}", "Write one change for each.")
        rate = self.number(data.get("rate", 0.0), (*path, "rate"), "a rate")
        if rate is not None and not 0 <= rate <= _LARGEST_RATE:
            self.say((*path, "rate"), f"a duty of {rate:.0%} is none a law would name", "Rates are fractions: 0.34.")
        if len(self.problems) > before:
            return {}
        return {
            "layer": str(data["layer"]),
            "importer": sides["importer"][0],
            "exporter": sides["exporter"][0],
            "rate": rate,
        }

    def tariff(self, data: dict[str, Any], path: strict_yaml.Path_) -> dict[str, Any]:
        if data.get("tariff", "add") not in ("add", "set"):
            self.say((*path, "tariff"), f"tariff: {data['tariff']!r} is not a kind of change", "Write add or set.")
        rate = self.number(data.get("rate", 0.0), (*path, "rate"), "a rate")
        if rate is not None and rate <= -1.0:
            self.say((*path, "rate"), f"a tariff of {rate:.0%} is impossible", "A rate must be above -1 (-100 %).")
        elif rate is not None and rate > _LARGEST_RATE:
            self.say((*path, "rate"), f"a rate of {rate:g} is {rate:.0%}", "Rates are fractions: 0.25 for 25 %.")
        return {"rate": rate}

    def ceiling(self, data: dict[str, Any], path: strict_yaml.Path_) -> dict[str, Any]:
        if data["export_ceiling"] != "share_of_baseline":
            self.say((*path, "export_ceiling"), f"{data['export_ceiling']!r} is not a kind of ceiling",
                     "Write share_of_baseline.")  # fmt: skip
        value = self.number(data.get("value", 1.0), (*path, "value"), "a share")
        leakage = self.number(data.get("leakage", 0.0), (*path, "leakage"), "a share")
        rent = str(data.get("rent", "exporter"))
        if value is None or leakage is None:
            return {}
        for problem in Ceiling("", value=value, rent=rent, leakage=leakage).problems(self.document.where(path)):
            self.problems.append(problem)
        return {"value": value, "rent": rent, "leakage": leakage}

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
            if not change or change.get("tariff") != "set":
                continue
            for cell in ((n, i, s) for n in change["importer"] for i in change["exporter"] for s in _goods(change)):
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

            # a good split out of a sector bears the sector's elasticity
            sectors = [self.world.parents.get(s, s) for s in self.world.sectors]
            self.guard(("model", "elasticities"), elasticity_set, theta, sectors)
        elif theta is not None and (isinstance(theta, bool) or not isinstance(theta, int | float) or theta <= 0):
            self.say(
                ("model", "elasticities"), f"{theta!r} is not a trade elasticity", "Name a set, or a number above 0."
            )
        if theta is not None:
            out["elasticities"] = float(theta) if isinstance(theta, int) else theta
        return out

    def draws(self, data: Any) -> dict[str, int]:
        """`draws: {elasticities: {n: 200, seed: 1}}`."""
        outer = self.keys(data, ("draws",), ("elasticities",), "'draws'")
        inner = self.keys(outer.get("elasticities"), ("draws", "elasticities"), ("n", "seed"), "draws of elasticities")
        out = {}
        for key, name, least in (("n", "draws", 1), ("seed", "seed", 0)):
            value = inner.get(key)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                self.say(("draws", "elasticities", key), f"{key}: {value!r} is no whole number from {least} up")
            else:
                out[name] = value
        if outer and "draws" not in out and not self.problems:
            self.say(("draws",), "draws need a number", "Write draws: {elasticities: {n: 200, seed: 1}}.")
        return out

    def report(self, data: Any) -> tuple[str, ...]:
        if data is None:
            return REPORT
        if not isinstance(data, list):
            self.say(("report",), "report must be a list of result names")
            return REPORT
        for i, name in enumerate(data):
            if name in Equilibrium.beside:
                what = f"{name} has no place in a table by economy or flow"
                self.say(("report", i), what, "Leave it out: a run gives it for every limit, under export_ceilings.")
            elif name not in Equilibrium.names():
                self.problems.append(
                    unknown("result", str(name), Equilibrium.names(), self.document.where(("report", i)))
                )
        return tuple(str(n) for n in data)


def _goods(change: dict[str, Any]) -> list[str]:
    """Sectors a change is about; an item is one of its own."""
    return [change["item"]] if "item" in change else list(change["sectors"])
