"""Line tables of one's own, as CSV beside one's measures: the same columns as the embedded tables."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

from detente.errors import Problem

_NEEDED = ("scope", "hs")
_TEXT = ("scope", "hs", "class", "confidence", "source", "specific")


def read(path: Path, problems: list[Problem]) -> Any:
    """The rows of a CSV as an Arrow table; rows that cannot be read go to `problems` and are left out."""
    import pyarrow as pa

    where = f"{path.parent.name}/{path.name}"
    try:
        listed = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(where, f"cannot be read: {error}", "Save it as a CSV file in UTF-8."))
        listed = []
    kept = []
    for n, raw in enumerate(listed, start=2):
        row = _row(raw, f"{where}:{n}", problems)
        if row is not None:
            kept.append(row | {"line": n})
    kept.sort(key=lambda row: str(row["hs"]))
    fields = [(name, pa.string()) for name in _TEXT]
    fields += [("value", pa.float32()), ("valid_from", pa.date32()), ("valid_until", pa.date32()), ("line", pa.int32())]
    return pa.Table.from_pylist(kept, schema=pa.schema(fields))


def _row(raw: dict[str, Any], where: str, problems: list[Problem]) -> dict[str, Any] | None:
    if any(not raw.get(name) for name in _NEEDED) or None in raw:
        problems.append(Problem(where, f"not a row of a line table: {raw!r}", "It needs scope and hs, and value."))
        return None
    out: dict[str, Any] = {name: (raw.get(name) or "").strip() or None for name in _TEXT}
    out["hs"] = str(out["hs"]).replace(".", "")
    try:
        out["value"] = float(raw["value"]) if raw.get("value") else 1.0
        if out["value"] != out["value"]:
            raise ValueError
    except ValueError:
        problems.append(Problem(where, f"'value': {raw['value']!r} is not a number", "A fraction: 25 % is 0.25."))
        return None
    for name in ("valid_from", "valid_until"):
        try:
            out[name] = dt.date.fromisoformat(raw[name]) if raw.get(name) else None
        except ValueError:
            problems.append(Problem(where, f"{name!r}: {raw[name]!r} is not a date", "Write it as YYYY-MM-DD."))
            return None
    return out
