"""What the broad duties spare, by line: Annex II of the reciprocal order, the section 122 and forced-labour lists."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
from tools._lines_table import covered, read, rows

SIGNED = "2025-04-05"
NAMES = {"2025-08-01": "copper", "2025-09-08": "until-september", "2025-10-14": "lumber"}
"""Entries struck off again, by the first day without them."""
CLASSES = {
    "product": None,
    "product_unmatched": None,
    "specific": "described-article",
    "civil_aircraft_use_only": "civil-aircraft-use",
}


def annex_ii(source: Path) -> list[pd.DataFrame]:
    """Annex II as scopes that a coverage period can name: one for each day on which entries came or went."""
    table = read(source / "us_lists/annex_ii_first_appearance.csv").rename(columns={"prefix": "hs"})
    lines = read(source / "us_lists/ieepa_exempt_products.csv").rename(columns={"hts10": "hs"})
    more = lines[~covered(lines["hs"], table["hs"])]
    more = more.rename(
        columns={"effective_date_start": "first_effective_date", "effective_date_end": "end_effective_date"}
    )
    table = pd.concat([table, more], ignore_index=True)
    table["first"] = table["first_effective_date"].fillna(SIGNED)
    table["end"] = [_next(day) for day in table["end_effective_date"]]
    electronics = read(source / "us_lists/waugh_consumer_electronics_EO14257_apr11.csv")["HTSUS"]
    memo = covered(table["hs"], electronics) | table["hs"].map(lambda c: any(e.startswith(c) for e in electronics))
    out = [rows("usa.reciprocal.electronics", table.loc[memo, "hs"], start=SIGNED)]
    missing = electronics[~covered(electronics, table["hs"])]
    out.append(rows("usa.reciprocal.electronics", missing, start=SIGNED))
    for (first, end), group in table[~memo].groupby(["first", "end"]):
        name = NAMES[str(end)] if end else ("annex-ii" if first == SIGNED else f"added-{first}")
        out.append(rows(f"usa.reciprocal.{name}", group["hs"], start=str(first), until=str(end) or None))
    print({str(p["scope"].iloc[0]): len(p) for p in out if len(p)})
    return [p for p in out if len(p)]


def _next(day: object) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat() if isinstance(day, str) else ""


def by_class(source: Path) -> list[pd.DataFrame]:
    """Lists whose entries exempt a product, a described article within a line, or a use in civil aircraft."""
    out = []
    for name, scope, first, until in (
        ("s122", "usa.s122.exempt", "2026-02-24", "2026-07-24"),
        ("s301fl", "usa.forced-labour.exempt", "2026-07-24", None),
    ):
        listed = read(source / f"us_lists/{name}_exempt_products_by_class.csv")
        for kind, group in listed.groupby(listed["class"].map(lambda c: CLASSES[c] or "")):
            out.append(rows(scope, group["hts8"], start=first, until=until, kind=str(kind) or None))
    return out
