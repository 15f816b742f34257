"""The table of economies: ISO 3166 alpha-3 codes, names, aliases and groups.

Trade economies are not states: Hong Kong, Macao, Taiwan and the rest of the world stand here beside them.
The table is `data/economies.csv`; groups (`EU27`, `ASEAN`, `G20`, `USMCA`) are names that expand.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from detente.errors import Problem, UnknownName, unknown


@dataclass(frozen=True)
class Economy:
    """One row of the table."""

    code: str
    alpha2: str
    name: str
    aliases: tuple[str, ...]
    groups: tuple[str, ...]


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


@functools.cache
def table() -> dict[str, Economy]:
    """Every economy by its alpha-3 code, in the order of the file."""
    text = resources.files("detente").joinpath("data/economies.csv").read_text(encoding="utf-8")
    return {
        row["economy"]: Economy(
            row["economy"], row["alpha2"], row["name"], _split(row["aliases"]), _split(row["groups"])
        )
        for row in csv.DictReader(text.splitlines())
    }


@functools.cache
def groups() -> dict[str, tuple[str, ...]]:
    """Every group and its members.

    >>> len(groups()["EU27"])
    27
    """
    out: dict[str, list[str]] = {}
    for row in table().values():
        for group in row.groups:
            out.setdefault(group, []).append(row.code)
    return {name: tuple(members) for name, members in out.items()}


@functools.cache
def _lookup() -> dict[str, str]:
    out: dict[str, str] = {}
    for row in table().values():
        for name in (row.code, row.alpha2, row.name, *row.aliases):
            if name:
                out[name.casefold()] = row.code
    return out


def _find(name: str) -> str | None:
    return _lookup().get(name.strip().casefold())


def _unknown(name: str, where: str) -> Problem:
    known = list(table()) + [row.name for row in table().values()]
    return unknown("economy", name, known, where)


def economy(name: str, where: str = "") -> str:
    """The alpha-3 code of an economy named by code, alpha-2, name or alias.

    >>> economy("US"), economy("Viet Nam"), economy("chn")
    ('USA', 'VNM', 'CHN')
    """
    code = _find(str(name))
    if code is None:
        raise UnknownName([_unknown(str(name), where)])
    return code


def expand(names: Iterable[str] | str, where: str = "") -> list[str]:
    """Alpha-3 codes of economies and groups, in order, without repeats; all unknown names at once.

    >>> expand(["USMCA", "CN"])
    ['CAN', 'MEX', 'USA', 'CHN']
    """
    problems: list[Problem] = []
    out: dict[str, None] = {}
    for name in [names] if isinstance(names, str) else names:
        members = groups().get(str(name).strip().upper())
        code = _find(str(name))
        if members:
            out.update(dict.fromkeys(members))
        elif code:
            out[code] = None
        else:
            problems.append(_unknown(str(name), where))
    if problems:
        raise UnknownName(problems)
    return list(out)


def name_of(code: str) -> str:
    """The English name of an alpha-3 code; the code itself where it is not in the table."""
    row = table().get(code)
    return row.name if row else code
