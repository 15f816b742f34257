"""Figures others gave, to set beside the model's: forecasts and outcomes, each with its source.

The table is `data/study/benchmarks.yaml`. A benchmark stands beside results for days within `beside`.
"""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from importlib import resources
from typing import Any

from detente import strict_yaml
from detente.dates import parse_date
from detente.errors import Problem, ScenarioError

_KEYS = {
    "name",
    "kind",
    "quantity",
    "flow",
    "value_percent",
    "period",
    "said_on",
    "by",
    "source",
    "confidence",
    "beside",
    "note",
}


@dataclass(frozen=True)
class Benchmark:
    """One figure: `value_percent` of `quantity` over `period`, said on a day by somebody."""

    name: str
    kind: str
    quantity: str
    flow: str
    value_percent: float
    period: str
    said_on: dt.date
    by: str
    source: str
    confidence: str
    beside: tuple[dt.date, dt.date]
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name, "kind": self.kind, "quantity": self.quantity, "flow": self.flow,
            "value_percent": self.value_percent, "period": self.period, "said_on": self.said_on.isoformat(),
            "by": self.by, "source": self.source, "confidence": self.confidence, "note": self.note,
        }  # fmt: skip


@functools.cache
def _table() -> tuple[Benchmark, ...]:
    text = resources.files("detente").joinpath("data/study/benchmarks.yaml").read_text(encoding="utf-8")
    document = strict_yaml.parse(text, "benchmarks.yaml")
    problems = list(document.problems)
    out: list[Benchmark] = []
    for i, row in enumerate(document.data or []):
        odd = sorted(set(row) - _KEYS)
        if odd:
            problems.append(Problem(document.where((i,)), f"unknown keys {', '.join(odd)}"))
            continue
        days = {k: parse_date(row[k], document.where((i, k))) for k in ("said_on",)}
        first, last = (parse_date(d, document.where((i, "beside"))) for d in row["beside"])
        out.append(Benchmark(**{**row, **days, "beside": (first, last)}))
    if problems:
        raise ScenarioError(problems)
    return tuple(out)


def benchmarks(flow: str, on: dt.date, known: dt.date | None = None) -> list[Benchmark]:
    """Benchmarks of a flow that stand beside results for a day, as far as they were known."""
    return [
        b
        for b in _table()
        if b.flow == flow and b.beside[0] <= on <= b.beside[1] and (known is None or b.said_on <= known)
    ]
