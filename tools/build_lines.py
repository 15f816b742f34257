"""Rebuild the line tables under `src/detente/data/ledger/lines`.

Run from the repository root:

    python -m tools.build_lines --source ../shared/data

Sources, all public: USITC tariff schedule by revision and section 301 lists as of 2020; US Census imports by line
(2024); the line lists of the `tariff-rate-tracker` fork (MIT) and of `trade-war-redux-2025` (MIT); Waugh's HS6 file of
US duties (MIT). Checks: no code twice in a scope at one time, every row count inside the bounds of `tables.yaml`
(by `detente ledger check`), and 2024 duty by line predicted beside collected.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from tools import _lines_china as china
from tools import _lines_us_exempt as exempt
from tools import _lines_us_mfn as mfn
from tools import _lines_us_s232 as s232
from tools import _lines_us_s301 as s301
from tools._lines_table import write

MONTHS_2024 = {"2024-03-01": 5.5, "2024-07-01": 3.4, "2024-10-01": 3.1}
"""Months of 2024 under each state of the section 301 lists, by a day in it."""


def us_tables(source: Path, out: Path) -> None:
    lines = mfn.weights(source)
    printed = mfn.schedule(source).drop_duplicates("hs").set_index("hs")
    added = s301.lists(source, lines, printed["value"])
    added += [*s301.note_31(source), *s301.exclusions(source), *s301.cranes_and_solar()]
    metals = [*s232.metals(source, pd.Series(printed.index)), *s232.programmes(source), *s232.annexes(source)]
    spared = [*exempt.annex_ii(source), *exempt.by_class(source)]
    other = mfn.other_duties_2024(lines, pd.concat([*added, *metals]), MONTHS_2024)
    base = mfn.table(source, lines, other)
    _report(lines, base, other)
    write(out / "usa-mfn.parquet", [base])
    write(out / "usa-s301.parquet", added)
    write(out / "usa-s232.parquet", metals)
    write(out / "usa-exempt.parquet", spared)
    mfn.write_weights(lines, out / "weights-usa-chn-2024.parquet")
    mfn.write_concordance(source, out / "concordance-usa.parquet")
    mfn.write_revisions(source, out / "revisions-usa.parquet")


def _report(lines: pd.DataFrame, base: pd.DataFrame, other: pd.Series) -> None:
    first = base.drop_duplicates("hs").set_index("hs")["value"]
    rate = lines["hs"].map(first).fillna(0.0) + other
    total = lines["value"].sum()
    print(f"2024: base rate and other duties by line {(rate * lines['value']).sum() / total:.4f}; "
          f"collected {lines['duty'].sum() / total:.4f}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--source", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("src/detente/data/ledger/lines"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    us_tables(options.source, options.out)
    china.build(options.source, options.out)


if __name__ == "__main__":
    main()
