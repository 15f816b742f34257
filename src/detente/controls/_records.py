"""What the importers of holdings share: reading JSON records, rows of holdings, shares and dates that cannot be."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from detente.controls._cascade import UNIT
from detente.controls._csvfile import encoding_of
from detente.controls._edges import COLUMNS
from detente.errors import Problem, UserError

LARGEST_DOCUMENT = 500_000_000
"""Bytes of one JSON document (not of a file with one document a line) beyond which it is refused."""
JUST = 1 / UNIT
_DATE = re.compile(r"^\d{4}(?:-\d{2}(?:-\d{2})?)?$")

Row = dict[str, Any]


def _share(value: float) -> str:
    return f"{value:.9f}".rstrip("0").rstrip(".")


def row_of(owner: str, owned: str, low: float | None, high: float | None, /, **rest: str) -> Row:
    row: Row = dict.fromkeys(COLUMNS, "") | {"owner": owner, "owned": owned}
    if low is not None:
        row["share"] = _share(low)
        row["share_high"] = _share(low if high is None else high)
    return row | {k.rstrip("_"): v for k, v in rest.items() if v}


def documents(path: Path) -> Iterator[dict[str, Any]]:
    """JSON objects of a file: one a line, or one array of them.

    Raises
    ------
    UserError
        At the first line that is not JSON.
    """
    try:
        with path.open(encoding=encoding_of(path)) as file:
            head = file.read(4096).lstrip("\ufeff \t\r\n")[:1]
            file.seek(0)
            if head == "[":
                if path.stat().st_size > LARGEST_DOCUMENT:
                    remedy = "Write one document a line."
                    raise UserError([Problem(str(path), f"is one document of over {LARGEST_DOCUMENT:,} bytes", remedy)])
                items = json.load(file)
            else:
                yield from _lines(file, path)
                return
    except json.JSONDecodeError as error:
        raise UserError([Problem(f"{path}:{error.lineno}", f"is not JSON: {error.msg}")]) from None
    except UnicodeDecodeError as error:
        raise UserError([Problem(str(path), f"is not UTF-8 text: {error.reason}")]) from None
    except RecursionError:
        raise UserError([Problem(str(path), "is nested too deeply to be a record")]) from None
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            raise UserError([Problem(str(path), f"item {number} is not a record")])
        yield item


def _lines(file: Iterable[str], path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            raise UserError([Problem(f"{path}:{number}", f"is not JSON: {error.msg}")]) from None
        if not isinstance(item, dict):
            raise UserError([Problem(f"{path}:{number}", "is not a record")])
        yield item


def checked(low: float | None, high: float | None, left_out: Counter[str]) -> tuple[float | None, float | None]:
    """The ends of a share, both None and counted where they cannot be.

    >>> from collections import Counter
    >>> told = Counter()
    >>> checked(1.5, None, told), checked(0.6, 0.4, told), checked(0.6, None, told), sum(told.values())
    ((None, None), (None, None), (0.6, None), 2)
    """
    ends = [x for x in (low, high) if x is not None]
    if ends and (min(ends) < 0 or max(ends) > 1 or sorted(ends) != ends):
        left_out["a share that cannot be, taken as not known"] += 1
        return None, None
    return low, high


def readable(day: str) -> bool:
    """Whether a date names a day, a month or a year; an empty one says nothing and is so read.

    >>> readable("2024-05"), readable(""), readable("May 2024")
    (True, True, False)
    """
    return not day or bool(_DATE.match(day))


def eve(day: str) -> str:
    """The day before; of a month or a year, the same: it ends somewhere within.

    >>> eve("2024-03-01"), eve("2024"), eve("")
    ('2024-02-29', '2024', '')
    """
    try:
        return (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat() if len(day) == 10 else day
    except ValueError:
        return ""
