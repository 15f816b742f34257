"""China's duties on US goods by line: base duties, the answers of 2018-20, the lists of 2025; weights and sectors.

Run from the repository root (`tools.build_lines` calls `build`):

    python -m tools._lines_china --source ../shared/data

Sources: the US ITA retaliation matrix of 28 March 2025 (public domain), one extra duty a line of 8 digits; Waugh's
file of China's total duty by HS6 and day, 2018-19 (MIT); the March 2025 lists (notice, through trade-war-redux-2025,
MIT); US Census exports to China; the HS6 to sector map (`world/`). How the matrix is split: `_lines_china_split`.
Checks: every line's layers add up to the matrix; every list is counted against what its notice names.

A scope is named `<measure>@<day>`, one for each act that sets rates, so that the two clocks can choose the act; its
rows stay open, a later act being another scope. Each scope has rows of 8 digits and rows of 6: the longest prefix
wins. The rows of 6 digits are what averages use, the export weights being HS6: for 2018-20 they are Waugh's figure,
which is that of the highest line of the six digits; for 2025 the mean of the lines. Lines that the matrix leaves out
(car parts, whose duty is suspended) read the row of 6 digits. A code of 10 digits reads its 8.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tools._lines_china_split import LISTS, moves, split
from tools._lines_table import read, rows, write

FOLDER = Path("src/detente/data/ledger/lines")
MFN_CUTS = {  # day in Waugh's file: day of the cut in law
    "2018-05-01": "2018-05-01",
    "2018-07-01": "2018-07-01",
    "2018-11-01": "2018-11-01",
    "2019-01-02": "2019-01-01",
}
NOTICES = {  # list: lines its notice names, and how far off the lines found may be before the build stops
    "answer-232 at 15 %": (120, 5), "answer-232 at 25 %": (8, 0), "lists 1 and 2, vehicles aside": (734, 60),
    "list 3": (5207, 300), "list 4": (1717, 10), "February 2025 at 15 %": (8, 0), "February 2025 at 10 %": (72, 2),
    "March 2025 at 15 %": (29, 0), "March 2025 at 10 %": (711, 2),
}  # fmt: skip
"""Vehicles are left aside: lines for hybrids were split again and again after 2018 (lists 1 and 2: 878 less 144)."""


def _frame(scope: str, rates: pd.Series, confidence: Any, source: str) -> pd.DataFrame:
    """Rows of one scope; `rates` are fractions by code, zeros kept where another row of the scope would be read."""
    out = rows(scope, rates.index, rates.to_numpy(), start=scope.partition("@")[2], source=source)
    out["confidence"] = confidence
    return out


def base(source: Path) -> pd.DataFrame:
    """China's base duty by HS6 from 2018: the level before the lists, then each general cut."""
    move = moves(source)
    vehicles = move.index.str[:2] == "87"
    level, out = move["start"].copy(), []
    cents = (level * 10_000).round(4)  # a printed rate has at most two digits after the point, in percent
    specific = pd.Series(None, index=level.index, dtype=object)
    specific[(cents - cents.round()).abs() > 1e-3] = "specific or compound; its ad valorem equivalent"
    since = pd.Series("2018-01-01", index=level.index)
    for seen, law in [*MFN_CUTS.items(), ("", "")]:
        # in January 2019 a fall in this chapter is the suspended car duty
        fall = move[seen].where(~vehicles, 0.0) if law == "2019-01-01" else move[seen] if seen else 0.0
        cut = (level + fall).clip(lower=0.0)
        changed = (cut - level).abs() > 1e-6 if seen else pd.Series(True, index=level.index)
        out.append(
            rows("chn.mfn", level.index[changed], level[changed].to_numpy(), confidence="M", source="waugh-hs6").assign(
                valid_from=since[changed].to_numpy(), valid_until=law or None, specific=specific[changed].to_numpy()
            )
        )
        since, level = since.mask(changed, law), cut
    return pd.concat(out, ignore_index=True)


def answers(source: Path) -> pd.DataFrame:
    """Every list on US goods since 2018, a scope for each act that set its rates."""
    lines = split(source)
    move = moves(source)
    first, second = move["2018-07-06"], move["2018-08-23"]
    third, june = move["2018-09-24"], move["2019-06-01"]
    vehicles = pd.Series(move.index.str[:2] == "87", index=move.index)
    spared = (vehicles & (move["2019-01-02"] < -1e-6)).astype(float)
    six = {
        "chn.sctc.2018-answer-232@2018-04-02": move["2018-04-02"],
        "chn.sctc.2018-list-1@2018-07-06": first,
        "chn.sctc.2018-list-1@2019-01-01": first * (1 - spared),
        "chn.sctc.2018-list-2@2018-08-23": second,
        "chn.sctc.2018-list-2@2019-01-01": second * (1 - spared),
        "chn.sctc.2018-list-3@2018-09-24": third,
        "chn.sctc.2018-list-3@2019-01-01": third * (1 - spared),
        "chn.sctc.2018-list-3@2019-06-01": third * (1 - spared) + june,
        "chn.sctc.2019-list-4@2019-09-01": move["2019-09-01"],
        "chn.sctc.2019-list-4@2020-02-14": move["2019-09-01"] / 2,
    }
    out = []
    for scope, column in LISTS.items():
        eight = lines[column].set_axis(lines["hs8"])
        by_six = eight.groupby(lines["hs6"].to_numpy())
        if scope in six:
            group = six[scope].clip(lower=0.0)
            new = by_six.max()
            new = new[~new.index.isin(group.index)]
            sure = np.where(lines["sure"], "M", "L")
            out.append(_frame(scope, group, "M", "waugh-hs6"))
            out.append(_frame(scope, new, "L", "ita-matrix"))
        else:
            sure = np.where(lines["notice"] & (column == "march"), "H", "M")
            out.append(_frame(scope, by_six.mean(), "M", "ita-matrix"))
        out.append(_frame(scope, eight, sure, "ita-matrix"))
    return _needed(pd.concat(out, ignore_index=True))


def _needed(table: pd.DataFrame) -> pd.DataFrame:
    """Without zeros that say nothing: a zero stays where a row of six digits would otherwise be read for the line."""
    table = table.sort_values(["scope", "hs"], ignore_index=True)
    above = table[table["hs"].str.len() == 6].set_index(["scope", "hs"])["value"]
    keys = pd.MultiIndex.from_arrays([table["scope"], table["hs"].str[:6]])
    over = pd.Series(above.reindex(keys).to_numpy(), index=table.index).fillna(0.0)
    keep = (table["value"] > 1e-9) | ((table["hs"].str.len() > 6) & (over > 1e-9))
    return table[keep].reset_index(drop=True)


def excluded(source: Path) -> pd.DataFrame:
    """Lines whose answers to section 301 were lifted for all importers in December 2019, for a year."""
    move = moves(source)["2019-12-26"]
    lifted = (move[move < 0] < 0).astype(float)
    return _frame("chn.sctc.2019-exclusions@2019-12-26", lifted, "L", "waugh-hs6").assign(valid_until="2020-12-26")


def sector_map(source: Path) -> pd.DataFrame:
    """Sector of every HS6: the map's own row (`hs6`), or the commonest of its heading (`hs4`) for older codes."""
    table = read(source / "world/hs6_to_sector28.csv")[["hs6", "sector"]].dropna()
    table = table[table["sector"].str.len() < 10]  # electricity (2716) is a service there
    known = table.set_index("hs6")["sector"]
    heading = known.groupby(known.index.str[:4]).agg(lambda s: s.mode().iloc[0])
    exports = read(source / "us_weights/us_exports_to_china_2017_2020_hs6.csv.gz")["hs6"]
    imports = read(source / "us_weights/us_imports_from_china_2024_hts10.csv.gz")["hts10"].str[:6]
    older = sorted(set(exports) | set(imports) | set(moves(source).index))
    older = [code for code in older if code not in known.index and code[:4] in heading.index]
    rest = pd.DataFrame({"hs6": older, "sector": [heading[code[:4]] for code in older], "how": "hs4"})
    return pd.concat([table.assign(how="hs6"), rest]).sort_values("hs6", ignore_index=True)


def weights(source: Path) -> pd.DataFrame:
    """US exports to China of 2020 by HS6 (`hs`), USD."""
    table = read(source / "us_weights/us_exports_to_china_2017_2020_hs6.csv.gz")
    out = pd.DataFrame({"hs": table["hs6"], "value": table["exports_2020_usd"].astype(float)})
    return out[out["value"] > 0].reset_index(drop=True)


def names(source: Path) -> pd.DataFrame:
    """The lines of the matrix with what they are, for look-ups by people; the words are the matrix's, cut short."""
    table = read(source / "china/cn_retaliation_on_us_2025-03-28_hs8.csv.gz")
    return pd.DataFrame({"hs": table["hs8"], "name": table["description"].str.slice(0, 160)})


def _write(table: pd.DataFrame, path: Path) -> None:
    """A plain table, without the columns of a line table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(data, path, compression="zstd", compression_level=19)
    print(f"{path}: {len(table)} rows, {path.stat().st_size / 1e3:.0f} kB")


def counts(lines: pd.DataFrame) -> dict[str, int]:
    """How many lines each list is found to hold."""
    at = {name: lines[name].round(4) for name in ("answer_232", "february", "march")}
    goods = ~lines["hs8"].str.startswith("87")
    return {
        "answer-232 at 15 %": int((at["answer_232"] == 0.15).sum()),
        "answer-232 at 25 %": int((at["answer_232"] == 0.25).sum()),
        "lists 1 and 2, vehicles aside": int((((lines["list_1"] > 0) | (lines["list_2"] > 0)) & goods).sum()),
        "list 3": int((lines["list_3_2018"] > 0).sum()),
        "list 4": int((lines["list_4_2019"] > 0).sum()),
        "February 2025 at 15 %": int((at["february"] == 0.15).sum()),
        "February 2025 at 10 %": int((at["february"] == 0.10).sum()),
        "March 2025 at 15 %": int((at["march"] == 0.15).sum()),
        "March 2025 at 10 %": int((at["march"] == 0.10).sum()),
    }


def build(source: Path, out: Path = FOLDER) -> None:
    """Write the tables of China, the export weights and the sector map."""
    out.mkdir(parents=True, exist_ok=True)
    for name, found in counts(split(source)).items():
        named, off = NOTICES[name]
        print(f"  {name}: {found} lines found, {named} in the notice")
        if abs(found - named) > off:
            raise SystemExit(f"{name}: {found} lines found where the notice names {named}, more than {off} off")
    write(out / "chn-mfn.parquet", [base(source)])
    write(out / "chn-lists.parquet", [answers(source), excluded(source)])
    _write(names(source), out / "chn-names.parquet")
    _write(weights(source), out / "weights-chn-usa-2020.parquet")
    _write(sector_map(source), out / "hs6-sector.parquet")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--source", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args()
    build(options.source, options.out)


if __name__ == "__main__":
    main()
