"""Tariff lines: which codes a scope names, with what value, from when to when.

A scope is a named set of lines (`usa.s301.list-3`). A row gives a prefix of 2 to 10 digits; on a day the longest
prefix of a code that is valid governs. Rows are read by chapter for a look-up, by scope for an average.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from detente.errors import LedgerError, Problem
from detente.ledger import _line_cache, _own_lines
from detente.ledger._status import Clock

if TYPE_CHECKING:
    from detente.ledger._records import Measure

ALL, NONE = "all", "none"
"""Reserved names of scopes: every line, and no line at hand."""
EPOCH = dt.date(1970, 1, 1).toordinal()
COLUMNS = ("scope", "hs", "value", "valid_from", "valid_until", "class", "confidence", "source", "specific")
Boundaries = Mapping[int, int]
"""Day on which a row begins or ends -> day on which that was known; days not in it were known on the day."""


class Row(NamedTuple):
    """One row of a line table; days are ordinals, None is open."""

    scope: str
    hs: str
    value: float | None
    start: int | None
    until: int | None
    kind: str
    confidence: str
    source: str
    specific: str


def visible(start: int | None, until: int | None, on: int, known: int | None, when: Boundaries) -> bool:
    """Whether a period holds on a day, as known on a day.

    >>> visible(10, 20, 15, None, {}), visible(10, 20, 25, 12, {}), visible(10, 20, 25, 12, {20: 11})
    (True, True, False)
    """
    if start is not None and (start > on or (known is not None and when.get(start, start) > known)):
        return False
    return until is None or until > on or (known is not None and when.get(until, until) > known)


def read_table(path: Path, columns: list[str] | None = None) -> Any:
    """A Parquet file as an Arrow table, by the reader that does not bring in pandas."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return file.read(columns=columns)


def _whole(path: Path) -> Any:
    """A line table, or one clear error where its file is damaged."""
    import pyarrow as pa

    try:
        return read_table(path)
    except (OSError, pa.ArrowException) as error:
        what = f"cannot be read as Parquet: {error}"
        raise LedgerError([Problem(str(path), what, "Restore the file, or run python -m tools.build_lines.")]) from None


def _place(codes: Any, text: str) -> int:
    """Position at which `text` would stand among sorted codes; a few look-ups beat reading them all."""
    return bisect.bisect_left(range(len(codes)), text, key=lambda i: codes[i].as_py())


def boundaries(measure: Measure) -> dict[int, int]:
    """Days on which a measure's lines may move, and since when that was known: from its events and coverage."""
    out: dict[int, int] = {}
    pairs = [(day, e.known) for e in measure.events for day in (e.date, e.effective)]
    pairs += [(c.start, c.known) for c in measure.coverage]
    for day, known in pairs:
        key = day.toordinal()
        out[key] = min(out.get(key, known.toordinal()), known.toordinal())
    return out


@dataclass
class Lines:
    """The line tables of a folder, on top of the embedded ones; nothing is read before it is asked for."""

    folders: tuple[Path, ...]
    name: str = ""
    """Key of the facts they belong to; empty: no compiled copy is read or written."""
    _tables: dict[str, list[Any]] = field(default_factory=dict, repr=False)
    _scoped: dict[str, dict[str, list[tuple[Any, ...]]]] = field(default_factory=dict, repr=False)
    _chapters: dict[tuple[str, str], dict[str, dict[str, list[Row]]]] = field(default_factory=dict, repr=False)

    _depths: dict[tuple[str, str, str], tuple[int, ...]] = field(default_factory=dict, repr=False)
    """Lengths of the codes of a scope in a chapter, the longest first."""

    def tables(self, imposer: str) -> list[Any]:
        """The Arrow tables of one imposer."""
        if imposer not in self._tables:
            found: list[Any] = []
            for folder in self.folders:
                for path in sorted(folder.glob(f"{imposer.lower()}-*.parquet")):
                    table = _whole(path)
                    if "scope" in table.column_names:
                        found.append(table)
                for path in sorted(folder.glob(f"{imposer.lower()}-*.csv")):
                    problems: list[Problem] = []
                    found.append(_own_lines.read(path, problems))
            self._tables[imposer] = found
        return self._tables[imposer]

    def scopes(self, imposer: str) -> set[str]:
        """Names of the scopes of one imposer."""
        out: set[str] = set()
        for table in self.tables(imposer):
            out.update(table["scope"].unique().to_pylist())
        return out

    def chapter(self, imposer: str, hs2: str) -> dict[str, dict[str, list[Row]]]:
        """Scope -> code -> rows, of one chapter."""
        key = (imposer, hs2)
        if key not in self._chapters:
            out: dict[str, dict[str, list[Row]]] = {}
            for row in self._chapter_rows(imposer, hs2):
                out.setdefault(row.scope, {}).setdefault(row.hs, []).append(row)
            for scope, held in out.items():
                self._depths[(*key, scope)] = tuple(sorted({len(hs) for hs in held}, reverse=True))
            self._chapters[key] = out
        return self._chapters[key]

    def _chapter_rows(self, imposer: str, hs2: str) -> list[Row]:
        """The rows of a chapter: from the compiled copy where a single look-up is all that is asked for."""
        many = imposer in self._tables
        kept = None if many else _line_cache.load(self.name, imposer, hs2)
        if kept is not None:
            return [Row(*row) for row in kept]
        rows: list[Row] = []
        for table in self.tables(imposer):
            low, high = (_place(table["hs"], text) for text in (hs2, hs2 + "~"))
            rows += _rows(table.slice(low, high - low))
        if not many:
            _line_cache.store(self.name, imposer, hs2, rows)
        return rows

    def row(self, imposer: str, scope: str, code: str, clock: Clock, when: Boundaries) -> Row | None:
        """The row of a scope that governs a code; None where the scope does not name it."""
        held = self.chapter(imposer, code[:2]).get(scope)
        if not held:
            return None
        on, known = clock.on.toordinal(), clock.known.toordinal() if clock.known else None
        for length in self._depths[imposer, code[:2], scope]:
            for row in held.get(code[:length], ()) if length <= len(code) else ():
                if visible(row.start, row.until, on, known, when):
                    return row
        return None

    def columns(self, imposer: str, scope: str) -> dict[str, list[Any]]:
        """All rows of a scope, as columns."""
        if imposer not in self._scoped:
            found: dict[str, list[tuple[Any, ...]]] = {}
            for table in self.tables(imposer):
                for row in zip(*_columns(table), strict=True):
                    found.setdefault(row[0], []).append(row)
            self._scoped[imposer] = found
        rows = self._scoped[imposer].get(scope, [])
        return {name: [row[i] for row in rows] for i, name in enumerate(COLUMNS)}


def _columns(table: Any) -> list[list[Any]]:
    """The columns of a line table in their order, as Python lists; days as ordinals."""
    import pyarrow as pa

    names, out = set(table.column_names), []
    for name in COLUMNS:
        if name not in names:
            out.append([None] * table.num_rows)
        elif name.startswith("valid_"):
            days = table[name].cast(pa.int32()).dictionary_encode()
            out.append(_decoded(days, lambda day: day + EPOCH))
        elif name == "value":  # float32 keeps 7 digits: 0.175 must not come back as 0.17499999701976776
            out.append(_decoded(table[name].dictionary_encode(), lambda value: round(value, 7)))
        elif name == "hs":
            out.append(table[name].to_pylist())
        else:
            out.append(_decoded(table[name], str))
    return out


def _decoded(column: Any, plain: Callable[[Any], Any]) -> list[Any]:
    """A column with few values as a list: each value is made once."""
    out: list[Any] = []
    for chunk in column.chunks:
        if not hasattr(chunk, "dictionary"):
            out += chunk.to_pylist()
            continue
        values = [None if v is None else plain(v) for v in chunk.dictionary.to_pylist()]
        out += [None if i is None else values[i] for i in chunk.indices.to_pylist()]
    return out


def _rows(table: Any) -> Iterator[Row]:
    for scope, hs, value, start, until, kind, confidence, source, specific in zip(*_columns(table), strict=True):
        yield Row(scope, hs, value, start, until, kind or "", confidence or "L", source or "", specific or "")
