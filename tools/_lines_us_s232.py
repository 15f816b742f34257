"""Section 232 by line: metals and their derivatives with content shares, vehicles, wood, chips, medicines, annexes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from tools._lines_table import covered, read, rows

ANNEXES, REVISED = "2026-04-06", "2026-06-08"
"""The metals are ordered in annexes and the duty falls on full value; annex I-C and moves between annexes."""
CONDITIONAL = ("8471", "8507")
"""Computers and batteries: on the vehicle-part lists, but only for use in vehicles."""
METAL_CHAPTERS = ("72", "73", "74", "76")
APPLIANCES = (
    "84181000", "84183000", "84184000", "84221100", "84501100", "84502000", "84512100", "84512900", "85098020",
    "85166040", "9403999020",
)  # fmt: skip
"""Steel derivatives from 23 June 2025 (90 FR 25208), kept by hand: the lists lack them until April 2026."""
METALS = {"steel": ("steel", "73"), "aluminium": ("aluminum", "76")}
HEADINGS = {  # programme of the source: scope
    "autos_passenger": "cars", "autos_light_trucks": "cars", "mhd_vehicles": "trucks", "buses": "buses",
    "softwood": "lumber", "wood_furniture": "furniture", "kitchen_cabinets": "cabinets",
}  # fmt: skip
FIRST = {"cars": "2025-04-03", "trucks": "2025-11-01", "buses": "2025-11-01", "lumber": "2025-10-14",
         "furniture": "2025-10-14", "cabinets": "2025-10-14"}  # fmt: skip


def _content(folder: Path, codes: Iterable[str], lines: pd.Series, metal: str) -> pd.Series:
    """Metal share by 10-digit line under the listed codes; one row for all of them where they agree.

    Input-output shares of the producing industry, a stand-in for the content declared at entry; gross shares pass
    one where an industry buys from itself, so they are bounded.
    """
    table = read(folder / "metal_content_shares_bea_hs10.csv.gz").set_index("hs10")
    share = table[f"{metal}_share"].astype(float).clip(0.0, 1.0)
    every = pd.Series(sorted(set(share.index) | set(lines)))
    found: dict[str, float] = {}
    for code in sorted(set(codes)):
        under = every[every.str.startswith(code)]
        values = share.reindex(under).dropna()
        if values.empty:
            continue
        common = float(values.mode().iloc[0])
        found[code] = common
        found |= {str(line): float(v) for line, v in values.items() if v != common and line != code}
    return pd.Series(found, dtype=float)


def _full(folder: Path, metal: str, name: str) -> pd.DataFrame:
    """Articles that count in full: mill products, and derivatives listed with full value."""
    mill = read(folder / "s232_metal_chapter_products.csv")
    mill = mill[mill["metal_type"] == metal]
    first = (
        mill["effective_date"]
        .fillna("")
        .mask(mill["effective_date"].isna() & (mill["kind"] == "derivative"), "2020-02-08")
    )
    first = first.mask(first == "", "2018-03-23")
    parts = [rows(name, group["hts_prefix"], start=str(day), until=ANNEXES) for day, group in mill.groupby(first)]
    return pd.concat(parts).sort_values("valid_from").drop_duplicates("hs")


def metals(source: Path, lines: pd.Series) -> list[pd.DataFrame]:
    """Steel and aluminium to April 2026: articles in full, derivatives outside the chapter by metal content."""
    folder, out = source / "us_lists", []
    derivative = read(folder / "s232_derivative_products.csv")
    more = {"hts_prefix": APPLIANCES, "derivative_type": "steel", "effective_date": "2025-06-23"}
    derivative = pd.concat([derivative, pd.DataFrame(more)], ignore_index=True)
    for name, (metal, chapter) in METALS.items():
        scope = f"usa.s232.{name}"
        full = _full(folder, metal, scope)
        listed = derivative[derivative["derivative_type"] == metal].copy()
        listed["first"] = listed["effective_date"].fillna("2025-03-12")
        listed = listed.sort_values("first").drop_duplicates("hts_prefix")
        listed = listed[~covered(listed["hts_prefix"], full["hs"])]
        own = listed["hts_prefix"].str[:2] == chapter
        for day, group in listed[own].groupby("first"):
            full = pd.concat([full, rows(scope, group["hts_prefix"], start=str(day), until=ANNEXES)])
        out.append(full.drop_duplicates("hs"))
        for day, group in listed[~own].groupby("first"):
            share = _content(folder, group["hts_prefix"], lines, metal)
            share = share[~covered(share.index.to_series(), full["hs"]).to_numpy()]
            out.append(
                rows(scope, share.index, share, start=str(day), until=ANNEXES, kind="metal-content", confidence="L")
            )
    copper = read(folder / "s232_copper_products.csv")["hts10"]
    own = copper.str[:2] == "74"
    share = _content(folder, copper[~own], lines, "copper")
    for codes, value, level in ((copper[own], 1.0, "M"), (share.index, share, "L")):
        part = rows("usa.s232.copper", codes, value, start="2025-08-01", until=ANNEXES, kind="metal-content")
        out.append(part.assign(confidence=level))
    return [
        _one_each(pd.concat([p for p in out if p["scope"].iloc[0] == s]))
        for s in sorted({p["scope"].iloc[0] for p in out})
    ]


def _one_each(table: pd.DataFrame) -> pd.DataFrame:
    """A code listed twice keeps its first day."""
    return table.sort_values("valid_from").drop_duplicates("hs")


def programmes(source: Path) -> list[pd.DataFrame]:
    """Vehicles, their parts, wood, chips and medicines."""
    folder = source / "us_lists"
    listed = read(folder / "s232_heading_prefixes.csv")
    out = []
    for name, group in listed.assign(scope=listed["programme"].map(HEADINGS)).groupby("scope"):
        out.append(rows(f"usa.s232.{name}", group["hts_prefix"], start=FIRST[str(name)]))
    for scope, file, day in (
        ("car-parts", "s232_auto_parts.txt", "2025-05-03"),
        ("truck-parts", "s232_mhd_parts.txt", "2025-11-01"),
    ):
        codes = pd.Series((folder / file).read_text().split())
        only = codes.str[:4].isin(CONDITIONAL)
        out.append(rows(f"usa.s232.{scope}", codes[~only], start=day))
        out.append(rows(f"usa.s232.{scope}", codes[only], start=day, kind="vehicle-part-use"))
    chips, medicines = (
        read(folder / "s232_semi_products.csv")["hts10"],
        read(folder / "s232_pharma_products.csv")["hts10"],
    )
    out.append(rows("usa.s232.semiconductors", chips, start="2026-01-15", kind="chip-performance"))
    out.append(rows("usa.s232.pharmaceuticals", medicines, start="2026-07-31", kind="patented-medicine"))
    return out


def _annex_lines(folder: Path) -> pd.DataFrame:
    """Rows of the metals annexes: code, annex, first and last day.

    The tracker's reading prints some headings (8471, 8501, ...) where the second reading lists single lines under
    them or none at all. Outside the metal chapters the lines win: a heading would sweep in every laptop (8471.30).
    A line that the proclamation of June 2026 put on another annex leaves the old one that day.
    """
    table = read(folder / "s232_annex_products.csv").rename(columns={"hts_prefix": "hs", "effective_date": "start"})
    short = (table["hs"].str.len() < 8) & ~table["hs"].str[:2].isin(METAL_CHAPTERS)
    parts = [table.loc[~short, ["hs", "annex", "start"]]]
    for annex, name in {"1b": "waugh_metals-annex-IB.csv", "3": "waugh_metals-annex-III-temporary.csv"}.items():
        listed = read(folder / name)["HTSUS"]
        headings = tuple(table.loc[short & (table["annex"] == annex), "hs"])
        parts.append(pd.DataFrame({"hs": listed[listed.str.startswith(headings)], "annex": annex, "start": ANNEXES}))
    out = pd.concat(parts, ignore_index=True).drop_duplicates(["hs", "annex", "start"])
    moved = out[out["start"] == REVISED]
    out["until"] = None
    for row in moved.itertuples():
        under = out["hs"].str.startswith(str(row.hs)) & (out["start"] < REVISED) & (out["annex"] != row.annex)
        out.loc[under, "until"] = REVISED
    return out


def annexes(source: Path) -> list[pd.DataFrame]:
    """The annexes of April 2026. Outside the metal chapters an article with little metal by weight is spared."""
    table = _annex_lines(source / "us_lists")
    table = table[table["annex"] != "2"].copy()
    table["annex"] = table["annex"].replace({"1c": "1b"})
    table = _joined(table)
    out = []
    for (annex, start), group in table.groupby(["annex", "start"]):
        for until, part in group.groupby(group["until"].fillna("")):
            spared = ~part["hs"].str[:2].isin(METAL_CHAPTERS)
            for kind, codes in ((None, part.loc[~spared, "hs"]), ("metal-weight", part.loc[spared, "hs"])):
                if len(codes):
                    name = f"usa.s232.metals-annex-{annex}"
                    out.append(rows(name, codes, start=str(start), until=str(until) or None, kind=kind))
    return out


def _joined(table: pd.DataFrame) -> pd.DataFrame:
    """Annex I-C carries on the rate of I-B: a line that moved between the two has one row."""
    table = table.sort_values(["annex", "hs", "start"])
    again = table.duplicated(["annex", "hs"], keep=False)
    last = table[~table.duplicated(["annex", "hs"], keep="last")].copy()
    first = table.drop_duplicates(["annex", "hs"]).set_index(["annex", "hs"])["start"]
    last["start"] = [first[a, h] for a, h in zip(last["annex"], last["hs"], strict=True)]
    print(f"metals annexes: {len(last)} lines, {int(again.sum())} rows joined")
    return last
