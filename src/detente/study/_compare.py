"""Runs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from detente.errors import Problem, ScenarioError, UserError
from detente.study._record import read_record

COMPARED = ("real_income_percent", "gdp_percent", "price_index_percent")


def compare(folders: Sequence[str | Path], economies: Sequence[str] = ("USA", "CHN")) -> dict[str, Any]:
    """Results of saved runs for some economies, and how far each lies from the first.

    Returns
    -------
    `{"runs": [{"folder", "title", "status", "fingerprint", "results": {name: {economy: percent}}, ...}]}`; all but the
    first also have `against_first`. Runs with draws have `intervals` beside: 5 and 95 %. A run without an equilibrium
    has no results.

    Raises
    ------
    ScenarioError
        If fewer than two folders are given, or one is no run; all at once.
    """
    if len(folders) < 2:
        raise ScenarioError(
            [Problem("compare", "needs two runs or more", "Give folders that `detente run --out` wrote.")]
        )
    problems: list[Problem] = []
    rows: list[dict[str, Any]] = []
    for folder in folders:
        try:
            rows.append(_row(Path(folder), economies))
        except UserError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    first = rows[0]["results"]
    for row in rows[1:]:
        row["against_first"] = {
            name: {e: value - first[name][e] for e, value in values.items()}
            for name, values in row["results"].items()
            if name in first
        }
    return {"runs": rows}


def _row(folder: Path, economies: Sequence[str]) -> dict[str, Any]:
    from detente import strict_yaml

    record = read_record(folder)
    scenario = strict_yaml.read(folder / "scenario.yaml").data
    results: dict[str, dict[str, float]] = {}
    intervals: dict[str, dict[str, list[float]]] = {}
    table = folder / "results.parquet"
    if table.is_file():
        import pandas as pd

        try:
            frame = pd.read_parquet(table, columns=["variable", "economy", "value"])
        except (OSError, ValueError, KeyError) as error:
            raise ScenarioError([Problem(str(table), f"is not the table of a run: {error}")]) from None
        absent = [e for e in economies if e not in set(frame["economy"].dropna())]
        if absent:
            raise ScenarioError([Problem(str(folder), f"has no results for {', '.join(absent)}")])
        for name in COMPARED:
            values = frame[frame["variable"] == name].set_index("economy")["value"]
            results[name] = {e: float(values[e]) for e in economies}
            ends = [
                frame[frame["variable"] == f"{name}_{end}"].set_index("economy")["value"] for end in ("low", "high")
            ]
            if all(len(end) for end in ends):
                intervals[name] = {e: [float(end[e]) for end in ends] for e in economies}
    title = scenario.get("title", "") if isinstance(scenario, dict) else ""
    return {
        "folder": str(folder), "title": title, "status": record.get("status", ""),
        "fingerprint": record.get("fingerprint", ""), "results": results, "intervals": intervals,
    }  # fmt: skip
