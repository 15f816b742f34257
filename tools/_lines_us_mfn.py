"""US base rates by 10-digit line and revision, lines of older nomenclatures, the renumbering table, 2024 weights."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from tools._lines_table import COLUMNS, covered, read

AD_VALOREM = re.compile(r"^([\d.]+)%$")
PARTIAL = re.compile(r"\+ *([\d.]+)%$")
FIRST_SCHEDULE, HS_2022 = "2025-01-01", "2022-01-27"
"""First revision at hand; the day on which the US schedule took over HS 2022."""


def weights(source: Path) -> pd.DataFrame:
    """Imports from China in 2024 by 10-digit line: `hs`, `value` and `duty` in USD."""
    table = pd.read_csv(source / "us_weights/us_imports_from_china_2024_hts10.csv.gz", dtype={"hts10": str})
    names = {"hts10": "hs", "imports_2024_usd": "value", "calculated_duty_2024_usd": "duty"}
    table = table.rename(columns=names)[["hs", "value", "duty"]]
    return table[table["value"] > 0].sort_values("hs", ignore_index=True)


def write_weights(table: pd.DataFrame, path: Path) -> None:
    schema = pa.schema([("hs", pa.string()), ("value", pa.float32()), ("duty", pa.float32())])
    out = pa.Table.from_arrays(
        [pa.array(table[n], f.type) for n, f in zip(schema.names, schema, strict=True)], schema=schema
    )
    pq.write_table(out, path, compression="zstd", compression_level=19, use_dictionary=False)
    print(f"{path}: {out.num_rows} rows, {path.stat().st_size / 1e3:.0f} kB")


def schedule(source: Path) -> pd.DataFrame:
    """One row a line and rate: `hs`, `value` (fraction or NaN), `specific`, dates; mark-up in the text is dropped."""
    table = read(source / "hts/hts10_general_rate_history.csv.gz")
    text = table["general"].fillna("").str.replace(r"<[^>]*>", "", regex=True).str.replace(r"\s+", " ", regex=True)
    text = text.str.strip()
    rate = pd.to_numeric(text.str.extract(AD_VALOREM)[0], errors="coerce") / 100
    table["value"] = rate.mask(text.str.casefold() == "free", 0.0)
    table["specific"] = text.where(table["value"].isna())
    table = table.rename(columns={"hts10": "hs", "valid_from": "start", "superseded_from": "until"})
    table = table.sort_values(["hs", "start"])[["hs", "value", "specific", "start", "until"]]
    return _merged(table)


def _merged(table: pd.DataFrame) -> pd.DataFrame:
    """Adjoining periods with one rate become one: typography changed between revisions, the duty did not."""
    kept: list[dict[str, object]] = []
    for row in table.to_dict("records"):
        last = kept[-1] if kept else None
        plain = re.sub(r"\s", "", str(row["specific"]))
        same = last is not None and last["hs"] == row["hs"] and last["until"] == row["start"]
        if (
            same
            and last is not None
            and (str(last["value"]), re.sub(r"\s", "", str(last["specific"]))) == (str(row["value"]), plain)
        ):
            last["until"] = row["until"]
        else:
            kept.append({str(key): value for key, value in row.items()})
    return pd.DataFrame(kept)


def table(source: Path, lines: pd.DataFrame, other: pd.Series) -> pd.DataFrame:
    """The base-rate table.

    The first rate at hand stands from the beginning (`valid_from` empty): older schedules are not at hand. Of a line
    with a specific or compound duty `value` is its ad valorem equivalent of 2024: duty collected less the `other`
    duties of that year, in [0, 1]; empty where nothing was imported.
    """
    now = schedule(source)
    collected = ((lines["duty"] / lines["value"]) - other).clip(0.0, 1.0)
    equivalent = pd.Series(collected.to_numpy(), index=lines["hs"])
    specific = now["specific"].notna()
    now.loc[specific, "value"] = now.loc[specific, "hs"].map(equivalent)
    now["class"] = ["ad-valorem-equivalent" if one else None for one in specific]
    now["confidence"] = np.where(specific, "L", "H")
    now.loc[now["start"] == FIRST_SCHEDULE, "start"] = None
    now["source"] = "hts"
    return pd.concat([_finish(now), _gone(now, lines, equivalent), _hs_2017(source, now)], ignore_index=True)


def _finish(table: pd.DataFrame) -> pd.DataFrame:
    out = table.rename(columns={"start": "valid_from", "until": "valid_until"}).assign(scope="usa.mfn")
    return out[list(COLUMNS)]


def _gone(now: pd.DataFrame, lines: pd.DataFrame, equivalent: pd.Series) -> pd.DataFrame:
    """Lines of 2024 that the schedule of 2025 no longer has: the commonest rate of their 8-, then 6-digit group."""
    first = now.drop_duplicates("hs").set_index("hs")
    codes = lines.loc[~lines["hs"].isin(first.index) & ~lines["hs"].str[:2].isin(["98", "99"]), "hs"]
    out = pd.DataFrame({"hs": codes.to_numpy()})
    out["value"] = np.nan
    for length in (8, 6):
        groups = first["value"].groupby(first.index.str[:length])
        rate = groups.agg(lambda s: s.mode().iloc[0] if s.notna().any() else np.nan)
        out["value"] = out["value"].fillna(out["hs"].str[:length].map(rate))
    out["value"] = out["value"].fillna(out["hs"].map(equivalent))
    out = out.assign(specific=None, start=None, until=FIRST_SCHEDULE, source="hts", confidence="L")
    return _finish(out.assign(**{"class": "carried"}))


def _hs_2017(source: Path, now: pd.DataFrame) -> pd.DataFrame:
    """8-digit lines of the lists as of 2020 that are gone by 2025, at the duty of January 2018 on their HS6."""
    listed = read(source / "us_lists/usitc_s301_lists_2020-01-01.csv")
    codes = pd.Series(sorted({c for c in listed["hts8"] if c.isdigit()} - set(now["hs"].str[:8])))  # some are cut short
    path = source / "us_lists/us_tariff_on_cn_2018_2020_hs6_changes.csv.gz"
    moves = pd.read_csv(path, dtype={"hs6": str}).sort_values(["hs6", "time_of_tariff"])
    base = moves.groupby("hs6")["tariff"].first() / 100
    known = set(read(source / "world/hs6_to_sector28.csv")["hs6"])
    out = pd.DataFrame({"hs": codes, "value": codes.str[:6].map(base)})
    out["until"] = np.where(codes.str[:6].isin(known), FIRST_SCHEDULE, HS_2022)
    out = out.assign(specific=None, start=None, source="waugh-hs6", confidence="L")
    return _finish(out.assign(**{"class": "hs2017"}))


def write_concordance(source: Path, path: Path) -> None:
    """Renumbering between revisions, 2025 and 2026: `old`, `new`, `how`, `valid_from` (day of the later revision)."""
    table = read(source / "us_lists/hts_concordance.csv")
    days = read(source / "hts/hts_revision_stats.csv").set_index("revision")["valid_from"]
    table["valid_from"] = pd.to_datetime(table["revision_to"].map(days)).dt.date
    names = {"old_hts10": "old", "new_hts10": "new", "change_type": "how", "revision_to": "revision"}
    table = table.rename(columns=names).sort_values(["valid_from", "old", "new"])
    schema = pa.schema(
        [
            ("old", pa.string()),
            ("new", pa.string()),
            ("how", pa.string()),
            ("revision", pa.string()),
            ("valid_from", pa.date32()),
        ]
    )
    arrays = [pa.array([None if pd.isna(x) else x for x in table[f.name]], f.type) for f in schema]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path, compression="zstd", compression_level=19)
    print(f"{path}: {len(table)} rows, {path.stat().st_size / 1e3:.0f} kB")


def write_revisions(source: Path, path: Path) -> None:
    """The calendar of revisions: `valid_from` and `name` (`2025 revision 14`)."""
    table = read(source / "hts/hts_revision_stats.csv").sort_values("valid_from")
    year = table["revision"].str.extract(r"^(\d{4})_")[0].fillna("2025")
    number = table["revision"].str.extract(r"rev_(\d+)$")[0]
    table["name"] = year + np.where(number.isna(), " basic edition", " revision " + number.fillna(""))
    days = [dt.date.fromisoformat(day) for day in table["valid_from"]]
    out = pa.table({"valid_from": pa.array(days, pa.date32()), "name": pa.array(table["name"].tolist())})
    pq.write_table(out, path, compression="zstd", compression_level=19)
    print(f"{path}: {out.num_rows} rows, {path.stat().st_size / 1e3:.0f} kB")


def other_duties_2024(lines: pd.DataFrame, parts: pd.DataFrame, months: dict[str, float]) -> pd.Series:
    """Section 301 and 232 duty of each line in 2024, averaged over the months of each state of the lists."""
    total = pd.Series(0.0, index=lines.index)
    for day, share in months.items():
        total += share / 12 * _on(lines["hs"], parts, day)
    return total


RATES_2024 = {"usa.s301.list-1": 0.25, "usa.s301.list-2": 0.25, "usa.s301.list-3": 0.25, "usa.s301.list-4a": 0.075,
              "usa.s301.note-31": None, "usa.s232.steel": 0.25, "usa.s232.aluminium": 0.10}  # fmt: skip


def _on(codes: pd.Series, parts: pd.DataFrame, day: str) -> pd.Series:
    found = {name: _value(codes, parts[parts["scope"] == name], day) for name in (*RATES_2024, "usa.s301.exclusions")}
    lists = sum((found[n] * r for n, r in RATES_2024.items() if r and "list" in n), pd.Series(0.0, index=codes.index))
    note = found["usa.s301.note-31"]
    metal = found["usa.s232.steel"] * 0.25 + found["usa.s232.aluminium"] * 0.10
    return (lists * (1 - found["usa.s301.exclusions"])).where(note == 0, note) + metal


def _value(codes: pd.Series, scope: pd.DataFrame, day: str) -> pd.Series:
    held = scope[(scope["valid_from"].fillna("0000") <= day) & (scope["valid_until"].fillna("9999") > day)]
    out = pd.Series(0.0, index=codes.index)
    for length in sorted(held["hs"].str.len().unique()):
        part = held[held["hs"].str.len() == length].drop_duplicates("hs").set_index("hs")["value"].astype(float)
        out = codes.str[:length].map(part).fillna(out)
    return out


__all__ = [
    "covered",
    "other_duties_2024",
    "schedule",
    "table",
    "weights",
    "write_concordance",
    "write_revisions",
    "write_weights",
]
