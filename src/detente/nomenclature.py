"""Goods and sectors: the 28 sectors of the embedded world, and HS codes as text.

Sectors are ISIC Rev. 4 divisions as OECD groups them in its Inter-Country Input-Output Tables:
27 goods and one service sector (`SERV`). The table is `data/sectors.csv`.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from detente.errors import Problem, UnknownName, unknown

SERVICES = "SERV"


@dataclass(frozen=True)
class Sector:
    """One of the 28 sectors."""

    code: str
    name: str
    kind: str
    """`goods` or `services`."""
    block: str


@functools.cache
def sectors() -> dict[str, Sector]:
    """The 28 sectors in their order.

    >>> len(sectors()), sum(s.kind == "goods" for s in sectors().values())
    (28, 27)
    """
    text = resources.files("detente").joinpath("data/sectors.csv").read_text(encoding="utf-8")
    return {
        r["sector"]: Sector(r["sector"], r["name"], r["kind"], r["block"]) for r in csv.DictReader(text.splitlines())
    }


@functools.cache
def goods() -> tuple[str, ...]:
    """Codes of the 27 goods sectors."""
    return tuple(code for code, s in sectors().items() if s.kind == "goods")


def expand_sectors(names: Iterable[str] | str, known: Iterable[str], where: str = "") -> list[str]:
    """Sector codes among `known`; `goods`, `services` and `all` are names that expand.

    >>> expand_sectors("services", ["C26", "SERV"])
    ['SERV']
    """
    listed = list(known)
    table = sectors()
    by_name = {s.name.casefold(): s.code for s in table.values()}
    problems: list[Problem] = []
    out: dict[str, None] = {}
    for name in [names] if isinstance(names, str) else names:
        text = str(name).strip()
        if text == "all":
            out.update(dict.fromkeys(listed))
        elif text in ("goods", "services"):
            out.update({c: None for c in listed if is_services(c) == (text == "services")})
        elif text in listed:
            out[text] = None
        elif by_name.get(text.casefold()) in listed:
            out[by_name[text.casefold()]] = None
        else:
            problems.append(unknown("sector", text, [*listed, "goods", "services", "all"], where))
    if problems:
        raise UnknownName(problems)
    return list(out)


def is_services(code: str) -> bool:
    """Whether a sector code is services: by this table, else by a one-letter ISIC section (D and above).

    >>> is_services("SERV"), is_services("K"), is_services("Food")
    (True, True, False)
    """
    known = sectors().get(code)
    if known is not None:
        return known.kind == "services"
    return bool(re.fullmatch(r"[D-U]", code))


def sector_name(code: str) -> str:
    """The English name of a sector; the code itself where it is not in the table."""
    known = sectors().get(code)
    return known.name if known else code


def hs_digits(code: str, where: str = "HS code") -> str:
    """An HS code as its digits, without dots or spaces.

    >>> hs_digits("8505.11.00")
    '85051100'

    Raises
    ------
    UnknownName
        Unless it has 2, 4, 6, 8 or 10 digits.
    """
    digits = re.sub(r"[.\s]", "", str(code))
    if not re.fullmatch(r"\d+", digits) or len(digits) not in (2, 4, 6, 8, 10):
        raise UnknownName(
            [Problem(where, f"{code!r} is not an HS code", "Give 2, 4, 6, 8 or 10 digits, dots allowed: 8505.11.00.")]
        )
    return digits
