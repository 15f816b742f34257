"""The one list of names the product puts out: kind, unit, dimensions, symbol, meaning.

Code reads units from it, the docs render it, and a test fails on an output that is missing here.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from importlib import resources

DIMENSIONS = ("scenario", "draw", "date", "sector", "importer", "exporter")
"""Order of the dimensions of every labelled result; `economy` stands where importer would."""


@dataclass(frozen=True)
class Word:
    """One entry of the vocabulary."""

    name: str
    kind: str
    unit: str
    dims: tuple[str, ...]
    symbol: str
    meaning: str


@functools.cache
def words() -> dict[str, Word]:
    """Every entry by name."""
    text = resources.files("detente").joinpath("data/vocabulary.csv").read_text(encoding="utf-8")
    return {
        r["name"]: Word(r["name"], r["kind"], r["unit"], tuple(r["dims"].split()), r["symbol"], r["meaning"])
        for r in csv.DictReader(text.splitlines())
    }
