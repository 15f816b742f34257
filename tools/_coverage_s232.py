"""Section 232 by line and day: which share of a line's value each programme takes, and what is left to other layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from tools._coverage_lines import prefixes, read

ANNEXES = "2026-04-06"
"""From this day the metals are ordered in annexes and the duty falls on the full customs value."""
CONDITIONAL = ("8471", "8507")
"""Computers and batteries: on the vehicle-part lists, but only for use in vehicles; share taken: none."""


METAL_CHAPTERS = ("72", "73", "74", "76")


def _annex_lines(folder: Path) -> pd.DataFrame:
    """Rows of the metals annexes of April 2026: line, annex, first day.

    The tracker's reading prints some headings (8471, 8501, ...) where the second reading lists single lines under
    them or none at all. Outside the metal chapters the lines win: a heading would sweep in every laptop (8471.30).
    """
    rows = read(folder / "s232_annex_products.csv")
    short = (rows["hts_prefix"].str.len() < 8) & ~rows["hts_prefix"].str[:2].isin(METAL_CHAPTERS)
    second = {"1b": "waugh_metals-annex-IB.csv", "3": "waugh_metals-annex-III-temporary.csv"}
    parts = [rows[~short]]
    for annex, name in second.items():
        listed = read(folder / name)["HTSUS"]
        headings = tuple(rows.loc[short & (rows["annex"] == annex), "hts_prefix"])
        found = listed[listed.str.startswith(headings)]
        parts.append(pd.DataFrame({"hts_prefix": found, "annex": annex, "effective_date": ANNEXES}))
    return pd.concat(parts, ignore_index=True)


class Programmes:
    """The lists of the 232 programmes, read once; every method returns a share in [0, 1] for each line."""

    def __init__(self, table: pd.DataFrame, source: Path) -> None:
        self.table = table
        self.code = table["hts10"]
        folder = source / "us_lists"
        self.mill = read(folder / "s232_metal_chapter_products.csv")
        self.derivative = read(folder / "s232_derivative_products.csv")
        self.copper_list = read(folder / "s232_copper_products.csv")
        self.annex = _annex_lines(folder)
        self.headings = read(folder / "s232_heading_prefixes.csv")
        self.auto_parts = pd.Series((folder / "s232_auto_parts.txt").read_text().split())
        self.heavy_parts = pd.Series((folder / "s232_mhd_parts.txt").read_text().split())
        shares = read(folder.parent / "us_lists/metal_content_shares_bea_hs10.csv.gz").set_index("hs10")
        self.content = {  # gross input-output shares pass one where an industry buys from itself: bounded
            metal: self.code.map(shares[f"{metal}_share"].astype(float)).fillna(0.0).clip(0.0, 1.0).to_numpy()
            for metal in ("steel", "aluminum", "copper")
        }

    def _heading(self, programme: str, day: str) -> np.ndarray:
        rows = self.headings[(self.headings["programme"] == programme) & (self.headings["effective"] <= day)]
        return prefixes(self.code, rows["hts_prefix"])

    def cars(self, day: str) -> np.ndarray:
        return np.asarray(self._heading("autos_passenger", day) | self._heading("autos_light_trucks", day))

    def trucks(self, day: str) -> np.ndarray:
        return self._heading("mhd_vehicles", day)

    def buses(self, day: str) -> np.ndarray:
        return np.asarray(self._heading("buses", day) & ~self.trucks(day))

    def _parts_list(self, listed: pd.Series) -> np.ndarray:
        return np.asarray(prefixes(self.code, listed) & ~np.asarray(self.code.str[:4].isin(CONDITIONAL)))

    def parts(self, day: str) -> np.ndarray:
        if day < "2025-05-03":
            return np.zeros(len(self.code), dtype=bool)
        hit = self._parts_list(self.auto_parts)
        return np.asarray(hit & ~(self.cars(day) | self.trucks(day) | self.buses(day)))

    def truck_parts(self, day: str) -> np.ndarray:
        if day < "2025-11-01":
            return np.zeros(len(self.code), dtype=bool)
        hit = self._parts_list(self.heavy_parts)
        return np.asarray(hit & ~(self.cars(day) | self.trucks(day) | self.buses(day) | self.parts(day)))

    def wood(self, programme: str, day: str) -> np.ndarray:
        return self._heading(programme, day)

    def _not_metals(self, day: str) -> np.ndarray:
        hit = self.cars(day) | self.trucks(day) | self.buses(day) | self.parts(day) | self.truck_parts(day)
        for programme in ("softwood", "wood_furniture", "kitchen_cabinets"):
            hit |= self.wood(programme, day)
        return np.asarray(hit)

    def metal(self, metal: str, day: str) -> np.ndarray:
        """Share of value under the steel or aluminium duty before the annexes.

        Articles of the metal's own chapter count in full; derivatives elsewhere by their metal content
        (input-output shares of the producing industry, so a stand-in for the content declared at entry).
        """
        if day < "2018-03-23" or day >= ANNEXES:
            return np.zeros(len(self.code))
        rows = self.mill[self.mill["metal_type"] == metal].copy()
        late = rows["effective_date"].fillna("")
        late = late.mask((late == "") & (rows["kind"] == "derivative"), "2020-02-08").mask(rows["kind"] == "mill", "")
        share = prefixes(self.code, rows.loc[late <= day, "hts_prefix"]).astype(float)
        rows = self.derivative[self.derivative["derivative_type"] == metal]
        first = rows["effective_date"].fillna("2025-03-12")
        content = prefixes(self.code, rows.loc[first <= day, "hts_prefix"])
        own = self.code.str[:2].isin(["73"] if metal == "steel" else ["76"]).to_numpy()
        share = np.maximum(share, np.where(content, np.where(own, 1.0, self.content[metal]), 0.0))
        return np.where(self._not_metals(day), 0.0, share)

    def copper(self, day: str) -> np.ndarray:
        """Share of value under the copper duty before the annexes."""
        if day < "2025-08-01" or day >= ANNEXES:
            return np.zeros(len(self.code))
        hit = prefixes(self.code, self.copper_list["hts10"]) & ~self._not_metals(day)
        own = (self.code.str[:2] == "74").to_numpy()
        return np.where(hit, np.where(own, 1.0, self.content["copper"]), 0.0)

    def annexed(self, annex: str, day: str) -> np.ndarray:
        """Lines of a metals annex from 6 April 2026 (a line on several annexes follows the heavier one)."""
        hit = np.zeros(len(self.code), dtype=bool)
        if day < ANNEXES:
            return hit
        taken = self._not_metals(day)
        for name in ("1a", "1b", "1c", "3"):
            rows = self.annex[(self.annex["annex"] == name) & (self.annex["effective_date"] <= day)]
            here = prefixes(self.code, rows["hts_prefix"]) & ~taken
            if name == annex:
                return np.asarray(here)
            taken |= here
        return hit

    def share(self, day: str) -> np.ndarray:
        """Share of each line's value under any programme: what the reciprocal, s122 and forced-labour layers spare."""
        metals = self.metal("steel", day) + self.metal("aluminum", day) + self.copper(day)
        for annex in ("1a", "1b", "1c", "3"):
            metals = metals + self.annexed(annex, day)
        return np.where(self._not_metals(day), 1.0, np.clip(metals, 0.0, 1.0))
