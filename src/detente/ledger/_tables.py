"""The coverage tables: which share of each sector's trade a scope reaches, and the weights of an average."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from detente.errors import Problem
from detente.nomenclature import SERVICES, sectors


@dataclass(frozen=True)
class Scope:
    """A set of goods of one importer from one exporter, by sector.

    `kind` is `share` (of the sector's trade that the scope reaches) or `rate` (average rate over all the sector's
    trade, where the rate varies by line).
    """

    name: str
    kind: str
    importer: str
    exporter: str
    weights: str
    weights_year: int
    matched_share: float
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Tables:
    """All scopes, and the trade of each pair by sector (USD million)."""

    scopes: Mapping[str, Scope]
    trade: Mapping[tuple[str, str], Mapping[str, float]]


def _rows(path: Path, problems: list[Problem]) -> list[dict[str, str]]:
    try:
        return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(str(path), f"cannot be read: {error}", "Rebuild it with tools/build_coverage.py."))
        return []


def read(folder: Path, problems: list[Problem]) -> Tables:
    """Read `scopes.csv`, `shares.csv` and `weights.csv`; what is wrong in them goes to `problems`."""
    values: dict[str, dict[str, float]] = {}
    order = [code for code in sectors() if code != SERVICES]
    for number, row in enumerate(_rows(folder / "shares.csv", problems), start=2):
        where = f"{folder.name}/shares.csv:{number}"
        try:
            value = float(row["value"])
        except (KeyError, TypeError, ValueError):
            problems.append(Problem(where, f"not a row of scope, sector and value: {row!r}"))
            continue
        if row["sector"] not in order:
            problems.append(Problem(where, f"{row['sector']!r} is not a goods sector", f"Sectors: {', '.join(order)}."))
        elif not 0 <= value <= 3:
            problems.append(Problem(where, f"{value} is out of range", "Shares lie in [0, 1], rates in [0, 3]."))
        else:
            values.setdefault(row["scope"], {})[row["sector"]] = value
    scopes: dict[str, Scope] = {}
    for number, row in enumerate(_rows(folder / "scopes.csv", problems), start=2):
        where = f"{folder.name}/scopes.csv:{number}"
        try:
            scope = Scope(
                row["scope"], row["kind"], row["importer"], row["exporter"], row["weights"],
                int(row["weights_year"]), float(row["matched_share"]), values.get(row["scope"], {}),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError):
            problems.append(Problem(where, f"not a row of the scope table: {row!r}"))
            continue
        _check(scope, where, problems)
        scopes[scope.name] = scope
    problems += [
        Problem(f"{folder.name}/shares.csv", f"scope {name!r} is not in scopes.csv", "Add its row there.")
        for name in values.keys() - scopes.keys()
    ]
    trade: dict[tuple[str, str], dict[str, float]] = {}
    for number, row in enumerate(_rows(folder / "weights.csv", problems), start=2):
        try:
            trade.setdefault((row["importer"], row["exporter"]), {})[row["sector"]] = float(row["usd_million"])
        except (KeyError, TypeError, ValueError):
            problems.append(Problem(f"{folder.name}/weights.csv:{number}", f"not a row of the weights: {row!r}"))
    return Tables(scopes, trade)


def _check(scope: Scope, where: str, problems: list[Problem]) -> None:
    if scope.kind not in ("share", "rate"):
        problems.append(Problem(where, f"{scope.kind!r} is not a kind of scope", "Write share or rate."))
    if scope.kind == "share" and any(value > 1 for value in scope.values.values()):
        problems.append(Problem(where, f"scope {scope.name!r} has a share above 1", "A share lies in [0, 1]."))
    if not scope.values:
        problems.append(Problem(where, f"scope {scope.name!r} has no sector", "Add its rows to shares.csv."))
