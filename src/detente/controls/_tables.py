"""The tables of `data/controls`, each read once."""

from __future__ import annotations

import csv
import functools
import gzip
from importlib import resources
from typing import Any

from detente import economies, strict_yaml
from detente.errors import Problem, UnknownName, UserError, close_matches


def _bytes(name: str) -> bytes:
    return resources.files("detente").joinpath("data", "controls", name).read_bytes()


@functools.cache
def yaml_of(name: str) -> Any:
    """A YAML file of the folder."""
    document = strict_yaml.parse(_bytes(name).decode("utf-8"), name)
    if document.problems:
        raise UserError(document.problems)
    return document.data


@functools.cache
def csv_of(name: str) -> tuple[dict[str, str], ...]:
    """A CSV file of the folder, plain or zipped."""
    content = _bytes(name)
    text = (gzip.decompress(content) if name.endswith(".gz") else content).decode("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@functools.cache
def groups() -> dict[str, frozenset[str]]:
    """Members of every Country Group of the EAR: alpha-3 codes, and names where our table has no code.

    >>> "CHN" in groups()["D:5"], "MAC" in groups()["D:5"]
    (True, False)
    """
    return {row["group"]: frozenset(row["destinations"].split(";")) for row in csv_of("country_groups.csv")}


@functools.cache
def chart() -> dict[str, tuple[frozenset[str], str]]:
    """Marks of every destination of the Commerce Country Chart, and where it sends the reader instead."""
    return {
        row["destination"]: (frozenset(m for m in row["marks"].split(";") if m), row["pointer"])
        for row in csv_of("country_chart.csv")
    }


EMBARGOED = frozenset({"RUS", "BLR", "PRK", "Iran", "Cuba", "Syria"})
"""Destinations that part 746 of the EAR treats apart from the Country Chart: the chart alone never clears them."""
_SHORT = {
    "IRN": "Iran", "CUB": "Cuba", "SYR": "Syria", "VEN": "Venezuela", "NORTH KOREA": "PRK", "DPRK": "PRK", "KP": "PRK",
    "IRQ": "Iraq", "LBY": "Libya", "AFG": "Afghanistan", "SDN": "Sudan", "YEM": "Yemen", "LBN": "Lebanon",
    "SOM": "Somalia", "ZWE": "Zimbabwe", "ARM": "Armenia", "GEO": "Georgia", "KGZ": "Kyrgyzstan", "UZB": "Uzbekistan",
    "IR": "Iran", "CU": "Cuba", "SY": "Syria", "VE": "Venezuela", "QAT": "Qatar", "KWT": "Kuwait", "BHR": "Bahrain",
}  # fmt: skip
"""Codes and everyday names of destinations that have no economy of their own here."""


def destination(name: str, where: str = "--to") -> str:
    """A destination: the code of an economy, or the name of a country as the Country Chart writes it.

    >>> destination("China"), destination("kenya")
    ('CHN', 'Kenya')
    """
    short = _SHORT.get(name.strip().upper())
    if short is not None:
        return short
    try:
        return economies.economy(name, where)
    except UnknownName:
        by_name = {key.casefold(): key for key in chart()}
        found = by_name.get(name.strip().casefold())
        if found:
            return found
        known = [*chart(), *(row.name for row in economies.table().values())]
        close = close_matches(name, known)
        remedy = f"Did you mean {' or '.join(close)}?" if close else "Write a code such as CHN, or a name."
        raise UnknownName([Problem(where, f"{name!r} is not a known destination", remedy)]) from None


@functools.cache
def item_rows() -> dict[str, dict[str, Any]]:
    """Plain names of goods and what they map to."""
    rows: dict[str, dict[str, Any]] = yaml_of("items.yaml")
    return rows
