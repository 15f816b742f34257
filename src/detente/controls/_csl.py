"""The US Consolidated Screening List as a table: the official bulk file, and the shape in which it is kept here."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable
from pathlib import Path

from detente.errors import Problem, UserError

COLUMNS = (
    "id", "list", "name", "aliases", "kind", "countries", "notice", "programs", "requirement", "policy", "added",
)  # fmt: skip
"""Columns of every list kept here; several values in a cell are parted by a semicolon."""

US_LISTS = {
    "(SDN)": ("SDN", "Specially Designated Nationals"),
    "(EL)": ("EL", "Entity List"),
    "(DPL)": ("DPL", "Denied Persons List"),
    "(DTC)": ("DTC", "ITAR Debarred"),
    "(SSI)": ("SSI", "Sectoral Sanctions Identifications"),
    "(UVL)": ("UVL", "Unverified List"),
    "(ISN)": ("ISN", "Nonproliferation Sanctions"),
    "(PLC)": ("PLC", "Palestinian Legislative Council List"),
    "(MEU)": ("MEU", "Military End-User List"),
    "(CMIC)": ("CMIC", "Chinese Military-Industrial Complex Companies"),
    "(NS-MBS List)": ("NS-MBS", "Non-SDN Menu-Based Sanctions"),
    "(CAP)": ("CAP", "Correspondent and payable-through account sanctions"),
}
"""How the official file marks each list, the code used here, and its name."""

_NEEDED = ("name", "alt_names", "source")
_KINDS = {"entity": "organisation", "individual": "person", "vessel": "vessel", "aircraft": "aircraft"}
_ADDRESS_COUNTRY = re.compile(r",\s*([A-Z]{2})\s*(?:;|$)")
_C1 = re.compile("[\x80-\x9f]")


def _mended(text: str) -> str:
    """Text whose stray control codes are letters of an old code page (one such name stands in the official file)."""
    text = _C1.sub(lambda m: m.group().encode("latin-1").decode("cp850"), text)
    return " ".join(text.split())


def _pieces(text: str) -> list[str]:
    return [p for p in (_mended(x) for x in text.split(";")) if p]


def _list_code(source: str) -> str:
    for mark, (code, _) in US_LISTS.items():
        if mark in source:
            return code
    return source.split(" - ")[0].strip()


def _countries(row: dict[str, str]) -> str:
    stated = row.get("countries", "")
    if stated:
        return ";".join(dict.fromkeys(re.split(r"[;,\s]+", stated.strip())))
    return ";".join(dict.fromkeys(_ADDRESS_COUNTRY.findall(row.get("addresses", ""))))


def parse(text: Iterable[str], where: str) -> list[dict[str, str]]:
    """Rows of the official CSV in the columns kept here.

    Parameters
    ----------
    text
        Lines of the file, or an open text file.
    where
        What to call it in errors.

    Raises
    ------
    UserError
        Where columns are missing or the CSV is malformed.
    """
    reader = csv.DictReader(text, strict=True)
    try:
        header = [h.strip() for h in reader.fieldnames or []]
        missing = [c for c in _NEEDED if c not in header]
        if missing:
            raise UserError([Problem(where, f"is not the screening list: no column {', '.join(missing)}")])
        return list(_rows(reader))
    except csv.Error as error:
        raise UserError([Problem(f"{where}:{reader.line_num}", f"is malformed: {error}")]) from None


def _rows(reader: csv.DictReader[str]) -> Iterable[dict[str, str]]:
    seen: dict[str, int] = {}
    for raw in reader:
        row = {k: v for k, v in raw.items() if isinstance(k, str) and isinstance(v, str)}
        name = _mended(row["name"])
        if not name:
            continue
        code = _list_code(row["source"])
        notice = _mended(row.get("federal_register") or row.get("federal_register_notice") or "")
        countries = _countries(row)
        key = hashlib.sha256(f"{code}|{name}|{countries}|{notice}".encode()).hexdigest()[:10]
        seen[key] = seen.get(key, 0) + 1
        yield {
            "id": f"us-{key}" + (f"-{seen[key]}" if seen[key] > 1 else ""),
            "list": code,
            "name": name,
            "aliases": ";".join(_pieces(row.get("alt_names", ""))),
            "kind": _KINDS.get(row.get("type", "").strip().casefold(), ""),
            "countries": countries,
            "notice": notice,
            "programs": ";".join(_pieces(row.get("programs", ""))),
            "requirement": _mended(row.get("license_requirement", "")),
            "policy": _mended(row.get("license_policy", "")),
            "added": row.get("start_date", "").strip(),
        }


def to_parquet(rows: list[dict[str, str]]) -> bytes:
    """The table as the bytes of a Parquet file; the same rows give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({c: pa.array([r[c] for r in rows], pa.string()) for c in COLUMNS})
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", compression_level=19)
    return sink.getvalue()


def from_parquet(path: Path) -> list[dict[str, str]]:
    """The rows of such a file."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    columns = [table.column(c).to_pylist() for c in COLUMNS]
    return [dict(zip(COLUMNS, values, strict=True)) for values in zip(*columns, strict=True)]


def fingerprint(row: dict[str, str]) -> str:
    """A short hash of everything an entry says: it changes when the entry does."""
    return hashlib.sha256("\x1f".join(row[c] for c in COLUMNS).encode()).hexdigest()[:12]
