"""Rebuild `src/detente/data/ledger/coverage`: how much of each sector's trade each measure reaches.

Run from the repository root:

    python -m tools.build_coverage --source ../shared/data

Sources, all public: US Census imports by HTS line (2024) and exports by HS6 (2020); USITC tariff schedule; the
section 301, 232, reciprocal, 122 and forced-labour lists of the `tariff-rate-tracker` fork (MIT) and of
`trade-war-redux-2025` (MIT); the US ITA retaliation matrix; Waugh's HS6 file of China's duties (MIT).
Checks: every line's share lies in [0, 1]; the 2024 duty predicted line by line is printed beside the duty collected,
and the lines of the February 2025 lists found by difference beside the number the notice names.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
import pandas as pd
from tools import _coverage_china as china
from tools import _coverage_us as us
from tools._coverage_lines import by_sector

US_WEIGHTS = "US imports for consumption from China by HTS line, US Census"
CN_WEIGHTS = "US exports to China by HS6, US Census"


def _with_mining_services(values: dict[str, float]) -> dict[str, float]:
    """`B09` has no HS code of its own and takes the figure of `B08`."""
    return values | {"B09": values["B08"]}


def _us(source: Path) -> tuple[list[list[str]], list[list[str]], pd.Series]:
    data = us.table(source)
    known = data["sector"].notna()
    matched = float(data.loc[known, "value"].sum() / data["value"].sum())
    scopes, shares = [], []
    for name, (kind, amount) in us.scopes(data, source).items():
        if kind == "share" and not ((amount >= 0) & (amount <= 1)).all():
            raise SystemExit(f"{name}: a line's share lies outside [0, 1]")
        scopes.append([name, kind, "USA", "CHN", US_WEIGHTS, "2024", f"{matched:.4f}"])
        shares += [[name, s, f"{v:.6g}"] for s, v in sorted(_with_mining_services(by_sector(data, amount)).items())]
    predicted = data["base"].fillna(0.0) + us.section_301(data, source, "2024-07-01")
    total = float((predicted * data["value"]).sum() / data["value"].sum())
    print(
        f"2024: base rate + section 301 by line {total:.4f}; collected {data['duty'].sum() / data['value'].sum():.4f}"
    )
    specific = float(data.loc[data["specific"], "value"].sum() / data["value"].sum())
    print(f"lines with a specific or compound duty: {specific:.4f} of value")
    return scopes, shares, data.loc[known].groupby("sector")["value"].sum()


def _china(source: Path) -> tuple[list[list[str]], list[list[str]], pd.Series]:
    data = china.exports(source)
    rates = china.layers(source)
    base = rates["chn-mfn@2018-01-01"]
    known = data["sector"].notna() & data["hs6"].isin(base.index)
    matched = float(data.loc[known, "value"].sum() / data["value"].sum())
    data = data[known].reset_index(drop=True)
    scopes, shares = [], []
    amounts = {name: ("rate", data["hs6"].map(rate).fillna(0.0).to_numpy()) for name, rate in rates.items()}
    amounts["chn-all-goods"] = ("share", np.ones(len(data)))
    for name, (kind, amount) in amounts.items():
        scopes.append([name, kind, "CHN", "USA", CN_WEIGHTS, "2020", f"{matched:.4f}"])
        shares += [[name, s, f"{v:.6g}"] for s, v in sorted(_with_mining_services(by_sector(data, amount)).items())]
    return scopes, shares, data.groupby("sector")["value"].sum()


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    print(f"{path}: {len(rows)} rows, {path.stat().st_size / 1e3:.0f} kB")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--source", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("src/detente/data/ledger/coverage"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    us_scopes, us_shares, us_values = _us(options.source)
    cn_scopes, cn_shares, cn_values = _china(options.source)
    header = ["scope", "kind", "importer", "exporter", "weights", "weights_year", "matched_share"]
    _write(options.out / "scopes.csv", header, us_scopes + cn_scopes)
    _write(options.out / "shares.csv", ["scope", "sector", "value"], us_shares + cn_shares)
    weights = [["USA", "CHN", "2024", str(s), f"{v / 1e6:.3f}"] for s, v in us_values.items()]
    weights += [["CHN", "USA", "2020", str(s), f"{v / 1e6:.3f}"] for s, v in cn_values.items()]
    _write(options.out / "weights.csv", ["importer", "exporter", "year", "sector", "usd_million"], weights)
    _report(us_shares + cn_shares, {"usa": us_values, "chn": cn_values})


def _report(shares: list[list[str]], values: dict[str, pd.Series]) -> None:
    """Trade-weighted mean of every scope, to be read beside the published figures."""
    table = pd.DataFrame(shares, columns=["scope", "sector", "value"]).astype({"value": float})
    for scope, rows in table.groupby("scope", sort=False):
        weight = rows["sector"].map(values[str(scope)[:3]]).fillna(0.0)
        print(f"  {scope:44s} {float((rows['value'] * weight).sum() / weight.sum()):.4f}")


if __name__ == "__main__":
    main()
