"""Rows of a line table: how they are made, checked and written; the schema that every table of lines shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

COLUMNS = ("scope", "hs", "value", "valid_from", "valid_until", "class", "confidence", "source", "specific")
_TYPES = pa.schema(
    [
        ("scope", pa.dictionary(pa.int16(), pa.string())),
        ("hs", pa.string()),
        ("value", pa.float32()),
        ("valid_from", pa.date32()),
        ("valid_until", pa.date32()),
        ("class", pa.dictionary(pa.int8(), pa.string())),
        ("confidence", pa.dictionary(pa.int8(), pa.string())),
        ("source", pa.dictionary(pa.int8(), pa.string())),
        ("specific", pa.dictionary(pa.int16(), pa.string())),
    ]
)


def read(path: Path) -> pd.DataFrame:
    """A CSV as text: tariff codes keep their leading zeros."""
    return pd.read_csv(path, dtype=str)


def rows(
    scope: str,
    codes: Iterable[str],
    value: float | Iterable[float] = 1.0,
    *,
    start: str | None = None,
    until: str | None = None,
    kind: str | None = None,
    confidence: str = "H",
    source: str = "tracker-lists",
) -> pd.DataFrame:
    """Rows of one scope, the same dates for all."""
    out = pd.DataFrame({"hs": list(codes)})
    out["value"] = value if isinstance(value, float) else list(value)
    out["scope"], out["valid_from"], out["valid_until"] = scope, start, until
    out["class"], out["confidence"], out["source"], out["specific"] = kind, confidence, source, None
    return out.drop_duplicates("hs")[list(COLUMNS)]


def covered(codes: pd.Series, listed: Iterable[str]) -> pd.Series:
    """Whether each code begins with one of the listed codes, whatever their length."""
    wanted = set(listed)
    hit = pd.Series(False, index=codes.index)
    for length in sorted({len(code) for code in wanted}):
        hit |= codes.str[:length].isin(wanted)
    return hit


def write(path: Path, parts: Iterable[pd.DataFrame]) -> int:
    """Sort and write a table; a code twice in a scope at one time stops the build."""
    table = pd.concat(list(parts), ignore_index=True).sort_values(["hs", "scope", "valid_from"], na_position="first")
    _refuse_overlaps(path.name, table)
    for column in ("valid_from", "valid_until"):
        table[column] = [dt.date.fromisoformat(d) if isinstance(d, str) else None for d in table[column]]
    arrays = [pa.array([None if pd.isna(x) else x for x in table[f.name]], f.type) for f in _fields(table)]
    out = pa.Table.from_arrays(arrays, schema=pa.schema(_fields(table)))
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(out, path, compression="zstd", compression_level=19, store_schema=True)
    print(f"{path}: {out.num_rows} rows, {path.stat().st_size / 1e3:.0f} kB")
    return int(out.num_rows)


def _fields(table: pd.DataFrame) -> list[pa.Field]:
    return [f for f in _TYPES if f.name != "specific" or table["specific"].notna().any()]


def _refuse_overlaps(name: str, table: pd.DataFrame) -> None:
    start, until = table["valid_from"].fillna("0000"), table["valid_until"].fillna("9999")
    if not (start < until).all():
        raise SystemExit(f"{name}: a row ends before it begins:\n{table[start >= until].head()}")
    again = (table["scope"] == table["scope"].shift()) & (table["hs"] == table["hs"].shift())
    clash = again & (start < until.shift().fillna(""))
    if clash.any():
        raise SystemExit(f"{name}: overlapping rows:\n{table[clash].head()}")
