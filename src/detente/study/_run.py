"""Run a scenario and keep what it made: results, the scenario as resolved, and the record."""

from __future__ import annotations

import dataclasses
import functools
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import Problem, ScenarioError
from detente.study import _record
from detente.study._scenario import Scenario, read_scenario
from detente.trade import Equilibrium, EquilibriumSet
from detente.trade._control_ceilings import premiums

if TYPE_CHECKING:
    import pandas as pd

_MOST_NAMED = 40
MOST_DRAWS = 10_000
_ALWAYS = ("real_income_percent", "gdp_percent", "price_index_percent", "goods_trade_percent")


@dataclass(frozen=True, eq=False)
class Run:
    """A scenario solved. `results` are numbers by name; `equilibrium` holds everything, labelled."""

    scenario: Scenario
    equilibrium: Equilibrium
    record: dict[str, Any]
    seconds: float
    draws: EquilibriumSet | None = None

    @property
    def status(self) -> str:
        """How the solve ended."""
        return str(self.equilibrium.status.value)

    @property
    def names(self) -> tuple[str, ...]:
        """Results kept: those asked for and four that always belong."""
        return tuple(dict.fromkeys((*self.scenario.report, *_ALWAYS)))

    @property
    def results(self) -> dict[str, Any]:
        """By name: economies to numbers; pairs as `CHN->USA`, between the economies the shock names.

        Empty when the solve failed.
        """
        if not self.equilibrium.solution.solved:
            return {}
        eq, out = self.equilibrium, {}
        economies = eq.model.world.economies
        for name in eq.by_economy:
            if name in self.names:
                out[name] = dict(zip(economies, map(float, eq.array(name)), strict=True))
        pairs = self._pairs()
        goods = eq.array("goods_trade_percent")
        out["trade_percent"] = {f"{i}->{n}": float(goods[economies.index(n), economies.index(i)]) for n, i in pairs}
        return out

    @functools.cached_property
    def intervals(self) -> dict[str, dict[str, list[float]]]:
        """5, 50 and 95 % over the draws of elasticities, under the keys of `results`; empty without draws."""
        if self.draws is None or not self.draws.solved:
            return {}
        names = [n for n in self.names if n in Equilibrium.by_economy]
        economies = self.equilibrium.model.world.economies
        drawn = self.draws.arrays([*names, "goods_trade_percent"])
        ends = {n: np.nanpercentile(values, [5, 50, 95], axis=0) for n, values in drawn.items()}
        out = {n: {e: ends[n][:, k].tolist() for k, e in enumerate(economies)} for n in names}
        out["trade_percent"] = {
            f"{i}->{n}": ends["goods_trade_percent"][:, economies.index(n), economies.index(i)].tolist()
            for n, i in self._pairs()
        }
        return out

    def _pairs(self) -> list[tuple[str, str]]:
        """Pairs, both directions, among the economies that the scenario names: in its regimes and its changes.

        Past `_MOST_NAMED` economies (a change for `all`) those named first are kept; the saved table has every pair.
        """
        scenario = self.scenario
        named: dict[str, None] = dict.fromkeys(("USA", "CHN") if scenario.after else ())
        for change in scenario.changes:
            for key in ("importer", "exporter"):
                names = change.get(key, ())
                named.update(dict.fromkeys([names] if isinstance(names, str) else names))
        known = [e for e in named if e in self.equilibrium.model.world.economies][:_MOST_NAMED]
        return [(n, i) for n in known for i in known if n != i]

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the keys of interfaces.md."""
        return {
            "title": self.scenario.title, "status": self.status, "remedy": self.equilibrium.status.remedy,
            "residual": self.equilibrium.residual, "steps": self.equilibrium.steps, "seconds": self.seconds,
            "fingerprint": self.record["fingerprint"], "model": self.equilibrium.model.describe(),
            "results": self.results,
            **self._ceilings(),
            **self._drawn(),
        }  # fmt: skip

    def _drawn(self) -> dict[str, Any]:
        """How many draws, what they span, and what to know before that is read; nothing without draws."""
        if self.draws is None:
            return {}
        return {"draws": len(self.draws), "draws_note": self.draws.note, "intervals": self.intervals}

    def _ceilings(self) -> dict[str, Any]:
        """What each export ceiling is worth, and controls that gave none; nothing where the shock has neither."""
        shock = self.equilibrium.shock
        solved = self.equilibrium.solution.solved and shock.export_ceilings
        notes = {"notes": list(shock.notes)} if shock.notes else {}
        return ({"export_ceilings": premiums(self.equilibrium)} if solved else {}) | notes

    def to_frame(self) -> pd.DataFrame:
        """All results kept, tidy: variable, unit, sector, importer, exporter (or economy), value."""
        import pandas as pd

        frames = []
        for name in self.names:
            frame = self.equilibrium.to_frame(name).rename(columns={name: "value"})
            frame.insert(0, "variable", name)
            frame.insert(1, "unit", self.equilibrium.unit(self.equilibrium.model, name))
            frames.append(frame)
            if self.draws is not None and self.draws.solved:
                ends = self.draws.to_frame(name)
                for end in ("low", "high"):
                    row = ends.drop(columns=[c for c in ("low", "median", "high") if c != end])
                    row = row.rename(columns={end: "value"})
                    row.insert(0, "variable", f"{name}_{end}")
                    row.insert(1, "unit", frame["unit"].iloc[0])
                    frames.append(row)
        columns = ["variable", "unit", "economy", "sector", "importer", "exporter", "value"]
        tidy: pd.DataFrame = pd.concat(frames, ignore_index=True).reindex(columns=columns)
        return tidy

    def save(self, folder: str | Path) -> Path:
        """Write the run; all of it or nothing. An earlier run of the same folder is replaced.

        Raises
        ------
        ScenarioError
            If the folder holds something that is not a run, or cannot be written.
        """
        place = checked_place(folder)
        try:
            made = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name}-"))
        except OSError as error:
            raise ScenarioError([Problem(str(place), f"cannot be written: {error.strerror}")]) from None
        try:
            self._write(made)
            made.chmod(0o755)  # a temporary folder is private; a result is not
            if place.exists():  # the old run goes only once the new one stands
                aside = made.with_name(made.name + "-old")
                os.replace(place, aside)
                os.replace(made, place)
                shutil.rmtree(aside, ignore_errors=True)
            else:
                os.replace(made, place)
        except OSError as error:
            raise ScenarioError([Problem(str(place), f"cannot be written: {error.strerror}")]) from None
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return place

    def _write(self, folder: Path) -> None:
        import json

        import yaml

        header = "# as resolved by detente: every default written out\n"
        text = header + yaml.safe_dump(self.scenario.resolved(), sort_keys=False, allow_unicode=True)
        (folder / "scenario.yaml").write_text(text, encoding="utf-8")
        if self.equilibrium.solution.solved:
            data = self.equilibrium.to_dataset()[list(self.names)]
            data.attrs |= {"title": self.scenario.title, "fingerprint": self.record["fingerprint"]}
            data.to_netcdf(folder / "results.nc", engine="h5netcdf")
            self.to_frame().to_parquet(folder / "results.parquet", index=False)
        files = {p.name: _record.sha256(p.read_bytes()) for p in sorted(folder.iterdir())}
        record = {**self.record, "status": self.status, "residual": self.equilibrium.residual, "files": files}
        (folder / _record.RECORD).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def checked_place(folder: str | Path) -> Path:
    """Where a run may be kept: a new folder, or one that holds a run already.

    Raises
    ------
    ScenarioError
        If it holds something else, is no folder, or its parent cannot be made.
    """
    place = Path(folder).resolve()
    taken = place.is_dir() and any(place.iterdir()) and not (place / _record.RECORD).is_file()
    if taken or (place.exists() and not place.is_dir()):
        raise ScenarioError([Problem(str(folder), "holds something that is not a run", "Give a new folder.")])
    if place == Path.cwd():
        raise ScenarioError([Problem(str(folder), "is the folder you stand in", "Give a folder of the run's own.")])
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ScenarioError([Problem(str(folder), f"cannot be made: {error.strerror}")]) from None
    return place


def checked_draws(count: int) -> int:
    """A number of draws that can be made.

    Raises
    ------
    ScenarioError
        Unless it lies between 2 and 10,000.
    """
    if not 2 <= count <= MOST_DRAWS:
        raise ScenarioError([Problem("--draws", f"{count} draws", f"Give 2 to {MOST_DRAWS:,}.")])
    return count


def run(scenario: str | Path | Scenario, out: str | Path | None = None, *, draws: int | None = None) -> Run:
    """Solve a scenario, from a file or given; with `out`, also save it there.

    `draws` takes the place of the scenario's own number of draws over elasticities; every table then has intervals.

    Raises
    ------
    ScenarioError
        If the scenario cannot be run as written. A solve that finds no equilibrium does not raise.
    """
    clock = time.perf_counter()
    if out is not None:
        checked_place(out)  # before the work, not after it
    asked = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
    if draws is not None:
        asked = dataclasses.replace(asked, draws=checked_draws(draws))
    model, shock = asked.build()
    equilibrium = model.solve(shock)
    record = _record.make_record(asked.resolved(), model.describe())
    drawn = model.solve_draws(shock, count=asked.draws, seed=asked.seed) if asked.draws else None
    done = Run(asked, equilibrium, record, time.perf_counter() - clock, drawn)
    if out is not None:
        done.save(out)
    return done
