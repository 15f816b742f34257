"""China's duties on US goods by HS6: the base rate and each list, told apart by the day on which the total moved."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from tools._coverage_lines import read

BASE_DAYS = {  # day in the source: day of the cut in law
    "2018-05-01": "2018-05-01",
    "2018-07-01": "2018-07-01",
    "2018-11-01": "2018-11-01",
    "2019-01-02": "2019-01-01",
}
VEHICLES = "87"
"""In January 2019 a fall in this chapter is the suspended car duty; elsewhere it is a cut of the base rate."""
FEBRUARY_2025 = {  # heading groups of the February 2025 lists, as the notice describes them, and their rate
    15.0: ("2701", "2702", "271111"),
    10.0: ("2709", "8424", "8432", "8433", "8434", "8436", "8701", "8703", "8704", "8716"),
}


def exports(source: Path) -> pd.DataFrame:
    """US exports to China in 2020 by HS6 (`value`, USD) with sector; an HS 2017 code takes its HS4's majority."""
    table = pd.read_csv(source / "us_weights/us_exports_to_china_2017_2020_hs6.csv.gz", dtype={"hs6": str})
    table = table.rename(columns={"exports_2020_usd": "value"})[["hs6", "value"]]
    sectors = read(source / "world/hs6_to_sector28.csv").dropna(subset="sector").set_index("hs6")["sector"]
    heading = sectors.groupby(sectors.index.str[:4]).agg(lambda s: s.mode().iloc[0])
    table["sector"] = table["hs6"].map(sectors).fillna(table["hs6"].str[:4].map(heading))
    return table[table["value"] > 0].reset_index(drop=True)


def moves(source: Path) -> pd.DataFrame:
    """Change of the total duty on each HS6 by day (percentage points); `start` is the level of 1 January 2018."""
    path = source / "china/cn_tariff_on_us_2018_2020_hs6_changes.csv.gz"
    table = pd.read_csv(path, dtype={"hs6": str}).sort_values(["hs6", "time_of_tariff"])
    table["move"] = table.groupby("hs6")["tariff"].diff()
    out = table.pivot_table(index="hs6", columns="time_of_tariff", values="move").fillna(0.0)
    out = out.reindex(table["hs6"].unique(), fill_value=0.0)
    out["start"] = table.groupby("hs6")["tariff"].first()
    return out


def layers(source: Path) -> dict[str, pd.Series]:
    """Rate of every scope by HS6, as a fraction; the key is the scope's name."""
    move = moves(source) / 100
    vehicles = move.index.str[:2] == VEHICLES
    base, out = move["start"].copy(), {}
    out["chn-mfn@2018-01-01"] = base.copy()
    for day, law in BASE_DAYS.items():
        cut = move[day].where(~vehicles, 0.0) if law == "2019-01-01" else move[day]
        base = (base + cut).clip(lower=0.0)
        out[f"chn-mfn@{law}"] = base.copy()
    out["chn-answer-232@2018-04-02"] = move["2018-04-02"]
    first, third = move["2018-07-06"], move["2018-09-24"]
    second = move["2018-08-23"]
    lifted = move["2019-01-02"].where(vehicles, 0.0)
    out["chn-2018-list-1@2018-07-06"], out["chn-2018-list-2@2018-08-23"] = first, second
    out["chn-2018-list-1@2019-01-01"] = (first + lifted.where(first > 0, 0.0)).clip(lower=0.0)
    out["chn-2018-list-2@2019-01-01"] = (second + lifted.where((first <= 0) & (second > 0), 0.0)).clip(lower=0.0)
    rest = lifted.where((first <= 0) & (second <= 0), 0.0)
    out["chn-2018-list-3@2018-09-24"] = third
    out["chn-2018-list-3@2019-01-01"] = (third + rest).clip(lower=0.0)
    out["chn-2018-list-3@2019-06-01"] = (third + rest).clip(lower=0.0) + move["2019-06-01"]
    out["chn-2019-list-4@2019-09-01"] = move["2019-09-01"]
    out["chn-2019-list-4@2020-02-14"] = move["2019-09-01"] / 2
    out |= _lists_of_2025(source, out)
    return {name: rates.clip(lower=0.0) for name, rates in out.items()}


def _lists_of_2025(source: Path, earlier: dict[str, pd.Series]) -> dict[str, pd.Series]:
    """The March lists by name; the February list as what is left of the duty of 28 March 2025 after all others."""
    table = read(source / "china/cn_retaliation_on_us_2025-03-28_hs8.csv.gz")
    table["hs6"] = table["hs8"].str[:6]
    extra = table["retaliatory_rate_pct_2025_03_28"].astype(float)
    march = table["in_mar2025_10pct_list"].astype(float) * 10 + table["in_mar2025_15pct_list"].astype(float) * 15
    standing = (
        earlier["chn-answer-232@2018-04-02"]
        .add(earlier["chn-2018-list-1@2018-07-06"], fill_value=0)  # the matrix counts the suspended car duties
        .add(earlier["chn-2018-list-2@2018-08-23"], fill_value=0)
        .add(earlier["chn-2018-list-3@2019-06-01"], fill_value=0)
        .add(earlier["chn-2019-list-4@2020-02-14"], fill_value=0)
    )
    left = extra - march - table["hs6"].map(standing).fillna(0.0) * 100
    february = pd.Series(0.0, index=table.index)
    for rate, headings in FEBRUARY_2025.items():
        here = pd.Series(False, index=table.index)
        for heading in headings:
            here |= table["hs8"].str.startswith(heading)
        february = february.mask(here & ((left - rate).abs() < 0.6), rate)
    count = {rate: int((february == rate).sum()) for rate in FEBRUARY_2025}
    print(f"February 2025 by difference: {count[15.0]} lines at 15 % (notice: 8), {count[10.0]} at 10 % (notice: 72)")
    by_hs6 = {"chn-2025-02@2025-02-10": february, "chn-2025-03@2025-03-10": march}
    return {name: (rates / 100).groupby(table["hs6"]).mean() for name, rates in by_hs6.items()}
