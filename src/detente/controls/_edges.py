"""Reading holdings: `owner,owned,share[,share_high][,from][,to][,source][,kind][,owned_country]`, millions of them.

Shares are fractions (0.5) or say percent (50 %). An empty share is not known: anything from nothing to all of it.
Every problem is named with its row; a file past the stated size is refused.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.controls._cascade import UNIT
from detente.controls._csvfile import encoding_of, once_each
from detente.errors import Problem, UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST_FILE = 1_000_000_000
"""Bytes of a file of holdings beyond which it is refused: ten million of them take about 400 million."""
COLUMNS = ("owner", "owned", "share", "share_high", "from", "to", "source", "kind", "owned_country")
KINDS = ("ownership", "control", "branch", "directorship")
_NEEDED = ("owner", "owned", "share")
_NUMBER = re.compile(r"^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$")
_MOST_PROBLEMS = 20
_SNAP = 1e-3
_PAST_A_UNIT = r"[eE]|\.\d{9}\d*[1-9]"
_PAST_A_UNIT_PERCENT = r"[eE]|\.\d{7}\d*[1-9]"
"""A share that may have digits beyond nine decimals."""


def read(path: Path, encoding: str | None = None) -> dict[str, Any]:
    """Columns of a CSV file of holdings as Arrow arrays of text; columns it lacks are absent.

    Raises
    ------
    UserError
        For a file that is missing, too large, not text or not a table of holdings.
    """
    import pyarrow as pa
    from pyarrow import csv

    try:
        size = path.stat().st_size
    except OSError as error:
        raise UserError([Problem(str(path), f"cannot be read: {error.strerror}")]) from None
    if size > LARGEST_FILE:
        remedy = "Split it, or keep only holdings that can lead to a listed owner."
        raise UserError([Problem(str(path), f"has {size:,} bytes; at most {LARGEST_FILE:,} are read", remedy)])
    ragged: list[Problem] = []

    def note(row: Any) -> str:
        if len(ragged) < _MOST_PROBLEMS:
            text = f"has {row.actual_columns} cells where the header has {row.expected_columns}"
            ragged.append(Problem(f"{path}: row {row.number}" if row.number else str(path), text))
        return "skip"

    named = encoding_of(path, encoding)
    try:
        header = _header(path, named)
        table = csv.read_csv(
            path,
            read_options=csv.ReadOptions(use_threads=False, encoding="utf-8" if named == "utf-8-sig" else named),
            parse_options=csv.ParseOptions(invalid_row_handler=note, newlines_in_values=False),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()),
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )  # fmt: skip
    except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeError, LookupError) as error:
        text = str(error).splitlines()[0][:300]
        if "straddles" in text:
            text = "a row has more than a million characters"
        remedy = "Check quotes there; if it is not UTF-8, name its encoding with --encoding."
        raise UserError([Problem(str(path), f"cannot be read as a CSV table: {text}", remedy)]) from None
    if ragged:
        raise UserError(ragged)
    names = [name.strip().casefold() for name in table.column_names]
    once_each(names, COLUMNS, str(path))
    return _checked_columns({name: table.column(i) for i, name in enumerate(names)}, str(path))


def _header(path: Path, encoding: str) -> list[str]:
    import csv

    with path.open(encoding=encoding, newline="") as file:
        line = file.readline(100_000)
    if "\0" in line:
        raise UserError([Problem(str(path), "holds null bytes: it is not a CSV table")])
    return next(csv.reader([line]), [])


def _checked_columns(columns: dict[str, Any], where: str) -> dict[str, Any]:
    missing = [c for c in _NEEDED if c not in columns]
    if missing:
        remedy = f"Columns: {', '.join(COLUMNS)}, parted by commas; the first three are needed."
        raise UserError([Problem(where, f"has no column {', '.join(missing)}", remedy)])
    return {name: column for name, column in columns.items() if name in COLUMNS}


class Problems:
    """Problems by row, the first twenty and how many more there are."""

    def __init__(self, where: str, first_row: int) -> None:
        self.where, self.first_row = where, first_row
        self.found: list[Problem] = []
        self.more = 0

    def add(self, rows: NDArray[np.intp], what: str, remedy: str, values: Any = None) -> None:
        """One problem for each of these rows."""
        for row in rows[:_MOST_PROBLEMS].tolist():
            shown = f"{values[row].as_py()[:60]!r} " if values is not None else ""
            place = f"{self.where}: row {row + self.first_row}"
            if len(self.found) < _MOST_PROBLEMS:
                self.found.append(Problem(place, shown + what, remedy))
                continue
            self.more += 1
        self.more += max(0, len(rows) - _MOST_PROBLEMS)

    def settle(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            rest = [Problem(self.where, f"and {self.more:,} more problems of this kind")] if self.more else []
            raise UserError([*self.found, *rest])


def units(text: Any, problems: Problems) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
    """Low and high ends in units of 1e-9, and which cells say nothing.

    A share with more than nine decimals lies between two units: the low end is rounded down, the high end up.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    bare = pc.utf8_trim_whitespace(text)
    percent = np.asarray(pc.ends_with(bare, "%"))
    if percent.any():
        bare = pc.utf8_trim_whitespace(pc.replace_substring(bare, "%", ""))
    try:
        blank = np.zeros(len(bare), np.bool_)
        values = np.asarray(pc.cast(bare, pa.float64()), dtype=np.float64)
    except pa.ArrowInvalid:
        values, blank = _one_by_one(bare, text, problems)
    values = np.where(percent, values / 100.0, values)
    remedy = "A share is a fraction from 0 to 1, for example 0.5, or says percent: 50 %."
    wrong = ~np.isfinite(values) | (values < 0)
    problems.add(np.flatnonzero(wrong), "is not a share", remedy, text)
    above = ~wrong & (values > 1)
    problems.add(np.flatnonzero(above), "is a share above 100 %", remedy, text)
    exact = np.where(wrong | above, 0.0, values) * UNIT
    whole = np.rint(exact)
    near = np.abs(exact - whole) < _SNAP
    low, high = _split(bare, percent, near & ~wrong & ~above & ~blank, whole)
    low, high = np.where(near, low, np.floor(exact)), np.where(near, high, np.ceil(exact))
    return np.where(blank, 0, low).astype(np.int32), np.where(blank, UNIT, high).astype(np.int32), blank


def _split(
    bare: Any, percent: NDArray[np.bool_], near: NDArray[np.bool_], whole: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ends of shares near a unit: apart where the digits go on beyond it, though the binary number cannot show it.

    49.99999999999 % is less than half, as 0.4999999999999 is: both lie between two units.
    """
    import numpy as np
    import pyarrow.compute as pc

    low, high = whole.copy(), whole.copy()
    longer = [np.asarray(pc.match_substring_regex(bare, pattern)) for pattern in (_PAST_A_UNIT, _PAST_A_UNIT_PERCENT)]
    for row in np.flatnonzero(near & np.where(percent, longer[1], longer[0])).tolist():
        exact = Decimal(bare[row].as_py()) * (UNIT // 100 if percent[row] else UNIT)
        low[row] -= exact < whole[row]
        high[row] += exact > whole[row]
    return low, high


def _one_by_one(bare: Any, text: Any, problems: Problems) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Shares where some cells are empty or not numbers."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    lower = pc.utf8_lower(bare)
    blank = np.asarray(pc.is_in(lower, value_set=pa.array(["", "unknown", "n/a", "na", "?"])))
    number = np.asarray(pc.match_substring_regex(bare, _NUMBER.pattern))
    wrong = ~blank & ~number
    remedy = "Write it with a point, for example 0.5, or 50 %; leave it empty if it is not known."
    problems.add(np.flatnonzero(wrong), "is not a share", remedy, text)
    filled = pc.if_else(pa.array(blank | wrong), "0", bare)
    return np.asarray(pc.cast(filled, pa.float64()), dtype=np.float64), blank


def days(text: Any, problems: Problems, empty: dt.date) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """First and last day that each date may mean, as days since 1970; an empty cell is `empty`.

    A date written YYYY-MM-DD is one day; YYYY-MM and YYYY are some day of the month or the year.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    bare = pc.utf8_trim_whitespace(text)
    blank = np.asarray(pc.equal(bare, ""))
    filled = pc.if_else(pa.array(blank), empty.isoformat(), bare)
    try:
        whole = np.asarray(pc.cast(pc.cast(filled, pa.date32()), pa.int32()), dtype=np.int32)
    except pa.ArrowInvalid:
        pass
    else:
        return whole, whole
    out = np.zeros((2, len(bare)), np.int32)
    wrong = []
    known: dict[str, tuple[int, int] | None] = {}
    for row, value in enumerate(filled.to_pylist()):
        if value not in known:
            known[value] = span_of(value)
        found = known[value]
        if found is None:
            wrong.append(row)
        else:
            out[:, row] = found
    remedy = "Write it as YYYY-MM-DD, or YYYY-MM or YYYY where no more is known."
    problems.add(np.array(wrong, np.intp), "is not a date", remedy, text)
    return out[0], out[1]


_PARTIAL = re.compile(r"^(\d{4})(?:-(\d{2}))?$")


def span_of(date: str) -> tuple[int, int] | None:
    """First and last day, as days since 1970, that a date may mean; None where it is none.

    >>> span_of("1970-01"), span_of("1971"), span_of("1970-01-02"), span_of("1970-13")
    ((0, 30), (365, 729), (1, 1), None)
    """
    found = _PARTIAL.match(date)
    try:
        if found is None:
            day = dt.date.fromisoformat(date)
            return _number(day), _number(day)
        year, month = int(found[1]), int(found[2] or 1)
        last = dt.date(year, 12, 31)
        if found[2] and month < 12:
            last = dt.date(year, month + 1, 1) - dt.timedelta(days=1)
        return _number(dt.date(year, month, 1)), _number(last)
    except ValueError:
        return None


def _number(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days
