"""Section 301 by line and day: the four lists of 2018-19, and note 31, which replaces them on its lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from tools._coverage_lines import read

LISTS = {
    "9903.88.01": "list-1",
    "9903.88.02": "list-2",
    "9903.88.03": "list-3",
    "9903.88.04": "list-3",
    "9903.88.15": "list-4a",
    "9903.88.16": "list-4b",
}
LIST_RATE = {"list-1": 0.25, "list-2": 0.25, "list-3": 0.25, "list-4a": 0.075}
LIST_FIRST = {"list-1": "2018-07-06", "list-2": "2018-08-23", "list-3": "2018-09-24", "list-4a": "2019-09-01"}
NOTE_31 = {  # heading: (first day, rate); the text of the headings in the HTS
    "9903.91.01": ("2024-09-27", 0.25),
    "9903.91.02": ("2024-09-27", 0.50),
    "9903.91.03": ("2024-09-27", 1.00),
    "9903.92.10": ("2024-09-27", 0.25),
    "9903.91.05": ("2025-01-01", 0.50),
    "9903.91.11": ("2025-01-01", 0.25),
    "9903.91.06": ("2026-01-01", 0.25),
}
MASKS = ("6307909842", "6307909844", "6307909850", "6307909870", "6307909875")
GLOVES = "40151210"
EV_BATTERIES = "8507600010"
ENTERAL_SYRINGES = "9018310080"


def lists_of(source: Path) -> pd.DataFrame:
    """Every (8-digit line, list) pair of the 2025 reading, joined with the lists as of 2020."""
    now = read(source / "us_lists/s301_product_lists.csv")
    then = read(source / "us_lists/usitc_s301_lists_2020-01-01.csv")
    now = now.assign(list=now["ch99_code"].map(LISTS)).dropna(subset="list")
    then = then.assign(list=then["ch99_code"].map(LISTS)).dropna(subset="list")
    active = set(now.loc[now["list"] != "list-4b", "hts8"])
    missing = then[~then["hts8"].isin(active)]  # the 2025 reading leaves out lines that note 31 took over
    return pd.concat([now, missing])[["hts8", "list"]].drop_duplicates()


def base_list(table: pd.DataFrame, source: Path) -> pd.Series:
    """The list of each 10-digit line ('' where none, or only the never collected 4B).

    Where parts of an 8-digit line stand on several lists, the 2024 duty collected on the 10-digit line decides.
    """
    pairs = lists_of(source)
    pairs = pairs[pairs["list"] != "list-4b"]
    names = {str(code): sorted(set(group)) for code, group in pairs.groupby("hts8")["list"]}
    paid = (table["duty"] / table["value"] - table["base"].fillna(0.0)).to_numpy()
    chosen = []
    for code, rate in zip(table["hts8"], paid, strict=True):
        held = names.get(code, [])
        chosen.append(min(held, key=lambda name: abs(LIST_RATE[name] - rate)) if held else "")
    return pd.Series(chosen, index=table.index)


def list_4b(table: pd.DataFrame, source: Path) -> np.ndarray:
    """Lines that stood on List 4B, suspended before its day, and on no other list."""
    pairs = lists_of(source)
    others = set(pairs.loc[pairs["list"] != "list-4b", "hts8"])
    return table["hts8"].isin(set(pairs.loc[pairs["list"] == "list-4b", "hts8"]) - others).to_numpy()


def note_31_rate(table: pd.DataFrame, source: Path, day: str) -> np.ndarray:
    """Note 31 rate of each line on `day`; 0 where note 31 does not reach."""
    listed = read(source / "us_lists/s301_product_lists.csv")
    rate = np.zeros(len(table))
    for heading, (first, value) in NOTE_31.items():
        if day >= first:
            wanted = set(listed.loc[listed["ch99_code"] == heading, "hts8"])
            rate[table["hts8"].isin(wanted).to_numpy()] = value
    code = table["hts10"]
    if day >= "2024-09-27":
        rate[(code == EV_BATTERIES).to_numpy()] = 0.25
        rate[code.isin(MASKS).to_numpy()] = 0.50 if day >= "2026-01-01" else 0.25
        if day < "2026-01-01":
            rate[(code == ENTERAL_SYRINGES).to_numpy()] = 0.0
    if day >= "2025-01-01":
        rate[(table["hts8"] == GLOVES).to_numpy()] = 1.0 if day >= "2026-01-01" else 0.50
    return rate


def exclusion_share(table: pd.DataFrame, source: Path, day: str) -> np.ndarray:
    """Share of each line's imports that claims an exclusion (headings 9903.88.69 and .70, from 15 June 2024)."""
    if day < "2024-06-15":
        return np.zeros(len(table))
    claims = read(source / "us_lists/s301_exclusion_line_coverage.csv").set_index("hts10")["coverage_share"]
    return table["hts10"].map(claims.astype(float)).fillna(0.0).to_numpy()
