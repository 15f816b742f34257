"""The embedded tables of China, read without the ledger's engine: the longest prefix of a scope wins."""

from __future__ import annotations

import datetime as dt
import functools
from importlib import resources
from typing import Any

import pyarrow.parquet as pq

Row = dict[str, Any]


@functools.cache
def rows(name: str) -> list[Row]:
    place = resources.files("detente").joinpath("data/ledger/lines", name)
    return pq.read_table(str(place)).to_pylist()


@functools.cache
def scopes() -> dict[str, dict[str, Row]]:
    out: dict[str, dict[str, Row]] = {}
    for row in rows("chn-lists.parquet"):
        out.setdefault(row["scope"], {})[row["hs"]] = row
    return out


def rate(scope: str, code: str) -> float:
    """Rate of a line in a scope, percent."""
    held = scopes()[scope]
    for length in range(len(code), 1, -1):
        if code[:length] in held:
            return round(100 * held[code[:length]]["value"], 4)
    return 0.0


def base(code: str, on: dt.date) -> float:
    """Base duty of a line on a day, percent."""
    for row in rows("chn-mfn.parquet"):
        if code.startswith(row["hs"]) and row["valid_from"] <= on and (row["valid_until"] or dt.date.max) > on:
            return round(100 * row["value"], 4)
    raise LookupError(code)
