"""US tariff lines with their 2024 imports from China, base rate and sector: the ground of every US scope."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

AD_VALOREM = re.compile(r"^([\d.]+)%$")


def read(path: Path) -> pd.DataFrame:
    """A CSV as text: tariff codes keep their leading zeros."""
    return pd.read_csv(path, dtype=str)


def prefixes(codes: pd.Series, listed: pd.Series) -> np.ndarray:
    """Whether each 10-digit code begins with one of the listed codes, whatever their length."""
    wanted = set(listed.str.strip())
    hit = np.zeros(len(codes), dtype=bool)
    for length in sorted({len(code) for code in wanted}):
        hit |= codes.str[:length].isin(wanted).to_numpy()
    return hit


def _base_rate(general: pd.Series) -> pd.Series:
    """Ad valorem base rate as a fraction; NaN where the duty is specific, compound or another line's."""
    text = general.fillna("").str.strip()
    rate = pd.to_numeric(text.str.extract(AD_VALOREM)[0], errors="coerce") / 100
    return rate.mask(text.str.casefold() == "free", 0.0)


def lines(source: Path) -> pd.DataFrame:
    """One row a 10-digit line: `value` and `duty` (USD, 2024), `sector`, `base` (fraction or NaN), `how`.

    The base rate is the earliest of 2025 (none older is at hand). A line that was renumbered between 2024
    and 2025 takes the commonest rate of its 8-digit, then of its 6-digit group.
    """
    table = pd.read_csv(source / "us_weights/us_imports_from_china_2024_hts10.csv.gz", dtype={"hts10": str})
    table = table.rename(columns={"imports_2024_usd": "value", "calculated_duty_2024_usd": "duty"})
    table = table[table["value"] > 0].reset_index(drop=True)
    table["hts8"], table["hs6"] = table["hts10"].str[:8], table["hts10"].str[:6]
    sectors = read(source / "world/hs6_to_sector28.csv").set_index("hs6")["sector"]
    table["sector"] = table["hs6"].map(sectors)
    history = read(source / "hts/hts10_general_rate_history.csv.gz").sort_values("valid_from")
    history["base"] = _base_rate(history["general"])
    first = history.drop_duplicates("hts10").set_index("hts10")
    table["base"] = table["hts10"].map(first["base"])
    table["how"] = np.where(table["hts10"].isin(first.index), "line", "none")
    for length, name in ((8, "hts8"), (6, "hs6")):
        groups = first["base"].groupby(first.index.str[:length])
        rate = groups.agg(lambda s: s.mode().iloc[0] if s.notna().any() else np.nan)
        fill = (table["how"] == "none") & table[name].isin(rate.index)
        table.loc[fill, "base"] = table.loc[fill, name].map(rate)
        table.loc[fill, "how"] = name
    return table


def fill_specific(table: pd.DataFrame, other: np.ndarray) -> pd.DataFrame:
    """Base rate of lines with a specific or compound duty: what was collected in 2024 less the `other` duties.

    Bounded to [0, 1]: a line whose collected duty falls short of the other duties (an exclusion was claimed)
    gets zero.
    """
    out = table.copy()
    gap = out["base"].isna() & (out["how"] != "none")
    collected = out["duty"] / out["value"]
    out.loc[gap, "base"] = (collected - other).clip(0.0, 1.0)[gap]
    out["specific"] = gap
    out.loc[out["how"] == "none", "base"] = (collected - other).clip(0.0, 1.0)[out["how"] == "none"]
    return out


def by_sector(table: pd.DataFrame, amount: np.ndarray | pd.Series) -> dict[str, float]:
    """Trade-weighted mean of `amount` (a share or a rate of each line) over all trade of a sector."""
    known = table["sector"].notna()
    part = (table["value"] * np.asarray(amount, dtype=float))[known].groupby(table["sector"][known]).sum()
    whole = table["value"][known].groupby(table["sector"][known]).sum()
    return {str(code): float(part[code] / whole[code]) for code in whole.index}
