"""Section 301 by line: the lists of 2018-19, note 31, exclusions, cranes and chassis; section 201 solar."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from tools._lines_table import read, rows

LISTS = {
    "9903.88.01": "list-1", "9903.88.02": "list-2", "9903.88.03": "list-3", "9903.88.04": "list-3",
    "9903.88.15": "list-4a", "9903.88.16": "list-4b",
}  # fmt: skip
RATE = {"list-1": 0.25, "list-2": 0.25, "list-3": 0.25, "list-4a": 0.075}
FIRST = {
    "list-1": "2018-07-06",
    "list-2": "2018-08-23",
    "list-3": "2018-09-24",
    "list-4a": "2019-09-01",
    "list-4b": "2019-12-15",
}
NOTE_31 = {  # heading: (first day, rate); the text of the headings in the HTS
    "9903.91.01": ("2024-09-27", 0.25),
    "9903.91.02": ("2024-09-27", 0.50),
    "9903.91.03": ("2024-09-27", 1.00),
    "9903.91.05": ("2025-01-01", 0.50),
    "9903.91.11": ("2025-01-01", 0.25),
    "9903.91.06": ("2026-01-01", 0.25),
}
STEPS = ("2024-09-27", "2025-01-01", "2026-01-01")
MASKS = ("6307909842", "6307909844", "6307909850", "6307909870", "6307909875")
GLOVES = "40151210"
EV_BATTERIES = "8507600010"
ENTERAL_SYRINGES = "9018310080"
CRANES, CHASSIS = ("84261900",), ("8716390090", "87169030", "87169050")
EXCLUSIONS_FROM, EXCLUSION_SOURCES = "2024-06-15", ("9903.88.69", "9903.88.70")


def _pairs(source: Path) -> pd.DataFrame:
    """Every (8-digit line, list): the 2025 reading with the lines that only the list of 2020 has.

    Lines that note 31 took over are missing in the 2025 reading. Where it puts a line on several lists and the list
    of 2020 on one, that one holds.
    """
    now = read(source / "us_lists/s301_product_lists.csv")
    then = read(source / "us_lists/usitc_s301_lists_2020-01-01.csv")
    then = then[then["hts8"].str.fullmatch(r"\d{8}")]  # a few codes are cut short; the 2025 reading has them
    now = now.assign(list=now["ch99_code"].map(LISTS)).dropna(subset="list")[["hts8", "list"]].drop_duplicates()
    then = then.assign(list=then["ch99_code"].map(LISTS)).dropna(subset="list")[["hts8", "list"]].drop_duplicates()
    active, was = now[now["list"] != "list-4b"], then[then["list"] != "list-4b"]
    single = was[~was["hts8"].duplicated(keep=False)]
    several = set(active.loc[active["hts8"].duplicated(keep=False), "hts8"]) & set(single["hts8"])
    parts = [
        active[~active["hts8"].isin(several)],
        single[single["hts8"].isin(several)],
        was[~was["hts8"].isin(active["hts8"])],
    ]
    joined = pd.concat(parts)
    never = pd.concat([now[now["list"] == "list-4b"], then[then["list"] == "list-4b"]])
    never = never[~never["hts8"].isin(joined["hts8"])].drop_duplicates()
    return pd.concat([joined, never], ignore_index=True)


def _split(shared: pd.DataFrame, lines: pd.DataFrame, base: pd.Series) -> list[pd.DataFrame]:
    """8-digit lines whose parts stand on several lists: the duty collected in 2024 on each 10-digit part decides."""
    out = []
    paid = lines["duty"] / lines["value"] - lines["hs"].map(base).fillna(0.0)
    for code, group in shared.groupby("hts8")["list"]:
        names = sorted(set(group))
        for line, rate in zip(lines["hs"], paid, strict=True):
            if line.startswith(str(code)):
                name = min(names, key=lambda n: abs(RATE[n] - rate))
                out.append(rows(f"usa.s301.{name}", [line], start=FIRST[name], confidence="M"))
    return out


def lists(source: Path, lines: pd.DataFrame, base: pd.Series) -> list[pd.DataFrame]:
    pairs = _pairs(source)
    twice = pairs["hts8"].duplicated(keep=False)
    out = _split(pairs[twice], lines, base)
    for name, group in pairs[~twice].groupby("list")["hts8"]:
        out.append(rows(f"usa.s301.{name}", sorted(set(group)), start=FIRST[str(name)]))
    shared = pairs.loc[twice, "hts8"].nunique()
    print(f"section 301: {int((~twice).sum())} lines on one list, {shared} shared out by duty paid")
    return [*out, *_renumbered(source, pairs, lines, base)]


def _renumbered(source: Path, pairs: pd.DataFrame, lines: pd.DataFrame, base: pd.Series) -> list[pd.DataFrame]:
    """Lines of note 31 on no list that paid 25 % in 2024: split off in 2022 from a line that was on one.

    They take the commonest list of their heading as of 2020.
    """
    listed = read(source / "us_lists/s301_product_lists.csv")
    note = set(listed.loc[listed["ch99_code"].isin(NOTE_31), "hts8"]) - set(
        pairs.loc[pairs["list"] != "list-4b", "hts8"]
    )
    paid = (lines["duty"] / lines["value"] - lines["hs"].map(base).fillna(0.0)).groupby(lines["hs"].str[:8]).median()
    heading = pairs[pairs["list"].isin(["list-1", "list-2", "list-3"])].groupby(pairs["hts8"].str[:4])["list"]
    usual = heading.agg(lambda names: names.mode().iloc[0])
    found = {code: usual[code[:4]] for code in sorted(note) if 0.2 < paid.get(code, 0.0) < 0.4 and code[:4] in usual}
    print(f"section 301: {len(found)} lines of note 31 split off in 2022: {', '.join(found)}")
    return [
        rows(f"usa.s301.{name}", [code for code in found if found[code] == name], start=FIRST[name], confidence="L")
        for name in sorted(set(found.values()))
    ]


def _note_31(listed: pd.DataFrame, day: str) -> dict[str, float]:
    """Note 31 rate by code on a day; a later heading of the same code replaces the earlier one."""
    rate: dict[str, float] = {}
    for heading, (first, value) in NOTE_31.items():
        if day >= first:
            rate |= dict.fromkeys(listed.loc[listed["ch99_code"] == heading, "hts8"], value)
    rate[EV_BATTERIES] = 0.25
    rate |= dict.fromkeys(MASKS, 0.50 if day >= "2026-01-01" else 0.25)
    rate[ENTERAL_SYRINGES] = 1.0 if day >= "2026-01-01" else 0.0
    if day >= "2025-01-01":
        rate[GLOVES] = 1.0 if day >= "2026-01-01" else 0.50
    return rate


def note_31(source: Path) -> list[pd.DataFrame]:
    """Note 31: `value` is the rate; a step is a new row. The crane heading reaches gantry cranes of ports only."""
    listed = read(source / "us_lists/s301_product_lists.csv")
    ends = (*STEPS[1:], None)
    states = {day: _note_31(listed, day) for day in STEPS}
    open_rows: dict[str, tuple[str, float]] = {}
    out: list[tuple[str, float, str, str | None]] = []
    for day in STEPS:
        for code, rate in states[day].items():
            if code in open_rows and open_rows[code][1] != rate:
                out.append((code, open_rows[code][1], open_rows[code][0], day))
                open_rows[code] = (day, rate)
            open_rows.setdefault(code, (day, rate))
    out += [(code, rate, start, None) for code, (start, rate) in open_rows.items()]
    assert ends[-1] is None
    parts = [rows("usa.s301.note-31", [c], r, start=s, until=u, source="hts") for c, r, s, u in out]
    crane = rows("usa.s301.note-31", CRANES, 0.25, start=STEPS[0], kind="ship-to-shore-crane", source="hts")
    return [*parts, crane]


def exclusions(source: Path) -> list[pd.DataFrame]:
    """Exclusions 9903.88.69 and .70: `value` is the share of the line's imports that claims one (142 lines)."""
    claims = read(source / "us_lists/s301_exclusion_line_coverage.csv")
    held = read(source / "us_lists/s301_exclusion_lines.csv")
    held = held[held["ch99_code"].isin(EXCLUSION_SOURCES)]
    share = claims.set_index("hts10")["coverage_share"].astype(float)
    codes = sorted(set(held["hts10"]) | set(share.index))
    values = [float(share.get(code, 0.0)) for code in codes]
    return [
        rows("usa.s301.exclusions", codes, values, start=EXCLUSIONS_FROM, kind="product-description", confidence="M")
    ]


def cranes_and_solar() -> list[pd.DataFrame]:
    return [
        rows("usa.s301.cranes-chassis", CRANES, start="2025-11-09", kind="ship-to-shore-crane", source="hts"),
        rows("usa.s301.cranes-chassis", CHASSIS, start="2025-11-09", kind="intermodal-chassis", source="hts"),
        rows("usa.s201.solar", ("85414200", "85414300"), start="2018-02-07", confidence="M", source="public-record"),
    ]
