"""Scenarios, runs and their records; the floor where questions, law and results meet."""

from __future__ import annotations

import importlib
from typing import Any

_PUBLIC = {
    "Scenario": "detente.study._scenario",
    "read_scenario": "detente.study._scenario",
    "Run": "detente.study._run",
    "run": "detente.study._run",
    "compare": "detente.study._compare",
    "verify": "detente.study._record",
    "Benchmark": "detente.study._benchmarks",
    "benchmarks": "detente.study._benchmarks",
    "explain_headline": "detente.study._headline",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        value = getattr(importlib.import_module(_PUBLIC[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'detente.study' has no attribute {name!r}")
