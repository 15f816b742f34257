"""What the broad duties spare: Annex II of the reciprocal order, the section 122 and forced-labour lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from tools._coverage_lines import prefixes, read

PRODUCT_CLASSES = ("product", "product_unmatched")
"""Entries that exempt a product as such. Civil-aircraft and 'specific' entries exempt a use: share taken as none."""


def annex_ii(table: pd.DataFrame, source: Path, day: str, *, electronics: bool = True) -> np.ndarray:
    """Lines exempt from the reciprocal duty on `day`; `electronics=False` is the list before the memo of 11 April."""
    listed = read(source / "us_lists/ieepa_exempt_products.csv")
    first = listed["effective_date_start"].fillna("2025-04-05")
    last = listed["effective_date_end"].fillna("9999-12-31")
    codes = listed.loc[(first <= day) & (day <= last), "hts10"]
    hit = prefixes(table["hts10"], codes)
    if not electronics:
        added = read(source / "us_lists/waugh_consumer_electronics_EO14257_apr11.csv")["HTSUS"]
        hit &= ~prefixes(table["hts10"], added)
    return hit


def by_class(table: pd.DataFrame, source: Path, name: str) -> np.ndarray:
    """Lines that a list with classes exempts as products."""
    listed = read(source / f"us_lists/{name}_exempt_products_by_class.csv")
    return prefixes(table["hts10"], listed.loc[listed["class"].isin(PRODUCT_CLASSES), "hts8"])
