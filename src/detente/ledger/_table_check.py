"""Line tables against their schema: what `ledger check` says of rows, counts and dates, with file and row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from detente import strict_yaml
from detente.errors import LedgerError, Problem
from detente.ledger import _own_lines
from detente.ledger._fields import Fields
from detente.ledger._lines import EPOCH, Lines, read_table
from detente.ledger._records import Measure
from detente.ledger._words import CONFIDENCE, LAYERS, PLAIN_CLASSES

_KEYS = ("title", "rows", "source", "licence", "last_checked", "note")
_TOP_RATE = 4.0
"""Above the 350 % of the US tobacco lines, the highest rate there is."""
_REBUILD = "Mend it in the source and run python -m tools.build_lines."


def scopes(root: Path, lines: Lines, problems: list[Problem]) -> dict[str, set[str]]:
    """Imposer -> names of its scopes; rows of one's own tables that cannot be read are problems."""
    own = root / "lines"
    if len(lines.folders) > 1:
        for path in sorted(own.glob("*.csv")):
            _own_lines.read(path, problems)
    out: dict[str, set[str]] = {}
    for imposer in LAYERS:
        try:
            out[imposer] = lines.scopes(imposer)
        except LedgerError as error:
            problems += error.problems
            out[imposer] = set()
    return out


def check(lines: Lines, measures: dict[str, Measure], sources: dict[str, Any]) -> list[Problem]:
    """Every problem in the line tables of the last folder, and in `tables.yaml` beside them."""
    folder = lines.folders[-1]
    out: list[Problem] = []
    classes = {c.kind for m in measures.values() if m.stacking for c in m.stacking.conditions} | set(PLAIN_CLASSES)
    paths = [p for p in sorted(folder.iterdir()) if p.suffix in (".parquet", ".csv")] if folder.is_dir() else []
    counts: dict[str, int] = {}
    for path in paths:
        table = _table(path, out)
        if table is None:
            continue
        counts[path.name] = table.num_rows
        if "scope" in table.column_names:
            out += _rows(f"lines/{path.name}", table, classes, sources, table_owner(path))
    out += _manifest(folder, counts)
    return out


def table_owner(path: Path) -> str:
    """The imposer whose lines a file holds, by its name."""
    return path.name.partition("-")[0].upper()


def _table(path: Path, problems: list[Problem]) -> Any:
    if path.suffix == ".csv":
        return _own_lines.read(path, [])  # its unreadable rows were reported when the folder was read
    import pyarrow as pa

    try:
        return read_table(path)
    except (OSError, pa.ArrowException) as error:
        problems.append(Problem(f"lines/{path.name}", f"cannot be read: {error}", _REBUILD))
        return None


def _rows(where: str, table: Any, classes: set[str], sources: dict[str, Any], imposer: str) -> list[Problem]:
    """Problems of single rows, at most a few of a kind; `where` ends in the row's number, the header being 1."""
    import pyarrow as pa

    names = table.column_names
    data = {name: table[name].to_pylist() for name in names if not name.startswith("valid_")}
    for name in ("valid_from", "valid_until"):
        days = table[name].cast(pa.int32()).to_pylist() if name in names else [None] * table.num_rows
        data[name] = [None if d is None else d + EPOCH for d in days]
    numbers = data.get("line") or list(range(2, table.num_rows + 2))
    found: dict[str, list[Problem]] = {}

    def note(kind: str, i: int, what: str, remedy: str = _REBUILD) -> None:
        found.setdefault(kind, []).append(Problem(f"{where}:{numbers[i]}", what, remedy))

    last: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for i, hs in enumerate(data["hs"]):
        scope, value, start, until = data["scope"][i], data["value"][i], data["valid_from"][i], data["valid_until"][i]
        kind, level, source = (data[k][i] if k in data else None for k in ("class", "confidence", "source"))
        if not hs or not hs.isdigit() or not 2 <= len(hs) <= 10:
            note("hs", i, f"{hs!r} is not a code of 2 to 10 digits")
        if i and hs and data["hs"][i - 1] and hs < data["hs"][i - 1]:
            note("order", i, f"{hs} stands after {data['hs'][i - 1]}: rows must be in the order of their codes")
        if value is not None and not 0 <= value <= _TOP_RATE:
            note("value", i, f"value {value:g} of {scope} is out of range", "Shares lie in [0, 1], rates in [0, 4].")
        if not str(scope).startswith(f"{imposer.lower()}."):
            note("scope", i, f"scope {scope!r} does not begin with {imposer.lower()!r}, the file's imposer")
        if kind and kind not in classes:
            note(
                "class",
                i,
                f"class {kind!r} is in no measure's conditions",
                "Add it to a 'conditional' list, or mend it.",
            )
        if level not in CONFIDENCE:
            note("confidence", i, f"confidence {level!r} is none of H, M, L")
        if source and source not in sources:
            note("source", i, f"source {source!r} is not there", "Add it to sources.yaml.")
        low, high = start or 0, until or 10**9
        if low >= high:
            note("dates", i, f"{hs} in {scope} ends before it begins")
        held = last.setdefault((scope, hs), [])
        if any(low < b and a < high for a, b in held):
            note("overlap", i, f"{hs} stands twice in {scope} at one time")
        held.append((low, high))
    return [p for listed in found.values() for p in listed[:5]]


def _manifest(folder: Path, counts: dict[str, int]) -> list[Problem]:
    """`tables.yaml`: every table with its bounds on rows, source, licence and the day it was last checked."""
    path = folder / "tables.yaml"
    if not path.is_file():
        return []  # tables of one's own need none
    document = strict_yaml.read(path, "lines/tables.yaml")
    top = Fields(document, document.data, (), "the list of tables", (*counts, *_listed(document.data)))
    for name in counts:
        if name not in top.data:
            top.problem((), f"table {name!r} is not listed", "Add it with rows, source, licence and last_checked.")
    for name in top.data:
        fields = Fields(document, top.data[name], (name,), "a table", _KEYS)
        fields.text("title")
        fields.text("source")
        fields.text("licence")
        fields.date("last_checked", needed=True)
        bounds = fields.items("rows")
        if len(bounds) != 2 or not all(isinstance(b, int) and not isinstance(b, bool) for b in bounds):
            fields.problem(("rows",), "'rows' must be two whole numbers", "Write rows: [least, most].")
        elif name not in counts:
            fields.problem((), f"table {name!r} is not there", "Rebuild it, or take it off the list.")
        elif not bounds[0] <= counts[name] <= bounds[1]:
            text = f"{name} has {counts[name]} rows, outside {bounds[0]} to {bounds[1]}"
            fields.problem(("rows",), text, "Look at what changed in the source before moving the bounds.")
    return document.problems


def _listed(data: Any) -> list[str]:
    return list(data) if isinstance(data, dict) else []
