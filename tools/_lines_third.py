"""What other economies pay in the United States: reciprocal rates by partner, and how far each programme reaches.

Run from the repository root, after the line tables of the United States:

    python -m tools._lines_third --source ../shared/data

Sources: chapter 99 headings of the HTS by revision (USITC, public domain), the embedded line tables and the 2024
imports from China (US Census). No imports by line are at hand for other partners: within a sector their goods are taken
to be made up as China's are, which the tables mark L. Checks: as many headings as the chapter has, every rate read.
"""

from __future__ import annotations

import argparse
import csv
import re
from pathlib import Path

import numpy as np
import pandas as pd

from detente.economies import table

LINES = Path("src/detente/data/ledger/lines")
OUT = Path("src/detente/data/ledger/third")
PARTNER = re.compile(r"articles the product of (?:the )?(.+?)(?:,? (?:with an|as provided)|,? \[|,$|$)")
OTHER_NAMES = {
    "Turkey": "TUR",
    "Myanmar (Burma)": "MMR",
    "European Union": "EU27",
    "Brunei": "BRN",
    "Côte d`Ivoire": "CIV",
}
DAY_ONE, PAUSED, AUGUST = "2025-04-09", "2025-04-10", "2025-08-07"
LEARNED = {DAY_ONE: "2025-04-02", AUGUST: "2025-07-31", "2025-09-16": "2025-09-04", "2025-12-05": "2025-12-04",
           "2026-01-01": "2025-12-31"}  # fmt: skip
"""Day of the law -> day of the order or of the notice that made it known."""
ACTS = {DAY_ONE: "EO 14257", AUGUST: "EO 14326", "2025-09-16": "EO 14345", "2025-12-05": "HTS 2025 revision 32",
        "2026-01-01": "HTS 2026 basic edition"}  # fmt: skip
RANKS = (  # who takes the value of a line first; car parts before truck parts, both at one rate, for the deals' sake
    "trucks", "buses", "cars", "car-parts", "truck-parts", "lumber", "furniture", "cabinets", "annex-1a", "annex-1c",
    "annex-1b", "annex-3", "steel", "aluminium", "copper",
)  # fmt: skip
SCOPES = {name: f"usa.s232.{name}" for name in RANKS} | {
    "annex-1a": "usa.s232.metals-annex-1a", "annex-1b": "usa.s232.metals-annex-1b",
    "annex-1c": "usa.s232.metals-annex-1b", "annex-3": "usa.s232.metals-annex-3",
}  # fmt: skip
ANNEX_1C = "2026-06-08"
USE_DECIDES = ("vehicle-part-use", "civil-aircraft-use", "described-article", "patented-medicine", "chip-performance")
SPARED = {
    "reciprocal": "usa.reciprocal.", "s122": "usa.s122.exempt", "forced-labour": "usa.forced-labour.exempt",
}  # fmt: skip
FLOORS = (0.10, 0.15)


def _codes(text: str) -> list[str]:
    names = {row.name.casefold(): row.code for row in table().values()}
    names |= {alias.casefold(): row.code for row in table().values() for alias in row.aliases}
    found = [part.strip().removeprefix("the ") for part in re.split(r",? or |, ", text.replace("’", "'"))]
    own = [OTHER_NAMES.get(name) or names.get(name.casefold()) for name in found]
    return [code for code in own if code]


def reciprocal(source: Path) -> list[list[str]]:
    """One row a partner and act, as the header below names them; partners that are not in our table drop out."""
    with (source / "hts/hts_9903_heading_history.csv").open(encoding="utf-8") as file:
        printed = list(csv.DictReader(file))
    out, headings = [], set()
    for row in printed:
        code, text = row["heading"], row["description"]
        first = "9903.01.43" <= code <= "9903.01.76" and row["first_valid_from"] == "2025-04-05"
        later = "9903.02.02" <= code <= "9903.02.88" and row["first_valid_from"] in ACTS
        match = PARTNER.search(text)
        if not (first or later) or not match or "terminated" in text:
            continue
        if code == "9903.01.63":  # China, Hong Kong and Macao: by hand, the rate moved three times
            continue
        rate = re.search(r"(?:\+ ?|^)(\d+(?:\.\d+)?)%$", row["general"].strip())
        if rate is None:
            if "equal to or greater" not in text:
                raise SystemExit(f"{code}: no rate in {row['general']!r}")
            continue
        headings.add(code)
        form = "floor" if "less than 15 percent" in text else "add"
        day = DAY_ONE if first else row["first_valid_from"]
        value, sure = f"{float(rate[1]) / 100:g}", "M" if form == "floor" and day != AUGUST else "H"
        out += [
            [partner, form, value, day, LEARNED[day], f"{ACTS[day]}; HTS {code}", sure] for partner in _codes(match[1])
        ]
    wanted = 33 + 69 + 4  # .01.43 to .76 without .63; .02.02 to .71 without the upper EU row; four later floors
    if len(headings) != wanted:
        raise SystemExit(f"{len(headings)} headings with a partner's rate where chapter 99 has {wanted}")
    return sorted(out, key=lambda r: (r[3], r[0]))


def _share(lines: pd.Series, rows: pd.DataFrame, day: str) -> np.ndarray:
    """Value of the longest row that reaches each line on a day; rows that a use decides count as nothing."""
    rows = rows[~rows["class"].isin(USE_DECIDES)]
    held = rows[(rows["valid_from"] <= day) & ~(rows["valid_until"] <= day)]
    out = np.zeros(len(lines))
    for length in sorted(held["hs"].str.len().unique()):
        level = held[held["hs"].str.len() == length].drop_duplicates("hs").set_index("hs")["value"]
        found = lines.str[:length].map(level)
        out = np.where(found.notna(), found, out)
    return out


def _table(name: str) -> pd.DataFrame:
    out = pd.read_parquet(LINES / f"{name}.parquet")
    for column in ("valid_from", "valid_until"):
        out[column] = out[column].astype(str).where(out[column].notna(), "9999")
    out["valid_from"] = out["valid_from"].where(out["valid_from"] != "9999", "0000")
    return out.astype({"scope": str, "class": str})


def shares() -> list[list[str]]:
    """Reach of each programme by sector from each day it moves: name, sector, from, share (or top-up, a rate)."""
    lines = pd.read_parquet(LINES / "weights-usa-chn-2024.parquet")
    sectors = pd.read_parquet(LINES / "hs6-sector.parquet").set_index("hs6")["sector"]
    lines["sector"] = lines["hs"].str[:6].map(sectors)
    lines = lines.dropna(subset="sector").reset_index(drop=True)
    metals, spared, base = _table("usa-s232"), _table("usa-exempt"), _table("usa-mfn")
    days = {day for t in (metals, spared) for c in ("valid_from", "valid_until") for day in t[c]}
    out: list[list[str]] = []
    before: dict[tuple[str, str], str] = {}
    for day in sorted(d for d in days if "2018" < d < "2027"):
        mfn = _share(lines["hs"], base, max(day, "2025-01-01"))
        amounts = _reach(lines["hs"], metals, spared, mfn, day)
        for name, amount in amounts.items():
            part = (amount * lines["value"]).groupby(lines["sector"]).sum()
            whole = lines["value"].groupby(lines["sector"]).sum()
            for sector, value in (part / whole).items():
                text = f"{value:.5g}"
                if text != before.get((name, str(sector)), "0"):
                    out.append([name, str(sector), day, text])
                    before[name, str(sector)] = text
    return sorted(out)


def _reach(
    codes: pd.Series, metals: pd.DataFrame, spared: pd.DataFrame, mfn: np.ndarray, day: str
) -> dict[str, np.ndarray]:
    """Share of each line that each programme takes in rank, what is left for the broad layers, and floors' top-ups."""
    left, out = np.ones(len(codes)), {}
    for name in RANKS:
        rows = metals[metals["scope"] == SCOPES[name]]
        if name in ("annex-1b", "annex-1c"):
            rows = rows[(rows["valid_from"] >= ANNEX_1C) == (name == "annex-1c")]
        taken = np.minimum(_share(codes, rows, day), left)
        left = left - taken
        out[name] = taken
    for name, scope in SPARED.items():
        free = np.clip(_share(codes, spared[spared["scope"].str.startswith(scope)], day), 0.0, 1.0)
        out[name] = left * (1.0 - free)
    top = {target: np.clip(target - mfn, 0.0, None) for target in FLOORS}
    floors = {f"{name} to {target:g}": out[name] * top[target] for name in out for target in FLOORS}
    return out | floors


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    print(f"{path}: {len(rows)} rows, {path.stat().st_size / 1e3:.0f} kB")


def build(source: Path) -> None:
    """Write both generated tables."""
    header = ["partner", "form", "rate", "from", "known", "cite", "confidence"]
    _write(OUT / "usa-reciprocal.csv", header, reciprocal(source))
    _write(OUT / "usa-reach.csv", ["programme", "sector", "from", "value"], shares())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--source", type=Path, default=Path("../shared/data"))
    build(parser.parse_args().source)


if __name__ == "__main__":
    main()
