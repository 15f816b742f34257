"""The one extra duty of each Chinese line on 28 March 2025, split into the lists it is made of.

The matrix gives the sum. What the parts may be is law: an answer to section 232 of 15 or 25 %; one of lists 1 and 2
(25 %) and 3 (5, 10, 20 or 25 %), which do not overlap; list 4 (5 or 2.5 % since 2020) over any of them; the lists of
February (15 or 10 %) and March 2025 (15 or 10 %). Of all splits that add up to the line's duty the one nearest to
what Waugh's file shows for the six digits is taken. That file gives the highest line of the six digits: a list it
does not show is the worse reading, a lower rate of a list it shows the lesser one.
"""

from __future__ import annotations

import functools
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
from tools._lines_table import read

LISTS = {  # scope: column of `split`
    "chn.sctc.2018-answer-232@2018-04-02": "answer_232",
    "chn.sctc.2018-list-1@2018-07-06": "list_1",
    "chn.sctc.2018-list-1@2019-01-01": "list_1_2019",
    "chn.sctc.2018-list-2@2018-08-23": "list_2",
    "chn.sctc.2018-list-2@2019-01-01": "list_2_2019",
    "chn.sctc.2018-list-3@2018-09-24": "list_3_2018",
    "chn.sctc.2018-list-3@2019-01-01": "list_3_2019_01",
    "chn.sctc.2018-list-3@2019-06-01": "list_3_2019_06",
    "chn.sctc.2019-list-4@2019-09-01": "list_4_2019",
    "chn.sctc.2019-list-4@2020-02-14": "list_4_2020",
    "chn.sctc.2025-02@2025-02-10": "february",
    "chn.sctc.2025-03@2025-03-10": "march",
}
FIRST_RATE = {25.0: 10.0, 20.0: 10.0, 10.0: 5.0, 5.0: 5.0, 0.0: 0.0}
"""List 3: rate since June 2019 -> rate of September 2018 (the notices' four annexes)."""
ENERGY = ("2701", "2702", "271111")
"""February 2025 at 15 %: coal and liquefied gas, as the notice describes them."""
MACHINES = (
    "2709", "841933", "841934", "84244", "842482", "8432", "8433", "8434", "8436", "8437", "843860", "847920",
    "8701", "870323", "870324", "870333", "8704", "871620",
)  # fmt: skip
"""February 2025 at 10 %: crude oil, farm machinery, large cars and pick-ups."""
FARM = ("84321", "84322", "84323", "84324", "84331", "84332", "84333", "84334", "84335", "84336", "843710")
"""Where the February list is the likelier reading whenever it is possible: machines whose neighbours are all on it."""
PARTS = ("answer_232", "list_1", "list_2", "list_3", "list_4", "february", "march")


@functools.cache
def moves(source: Path) -> pd.DataFrame:
    """Change of the total duty by HS6 and day, fractions; `start` is the level of 1 January 2018."""
    path = source / "china/cn_tariff_on_us_2018_2020_hs6_changes.csv.gz"
    table = pd.read_csv(path, dtype={"hs6": str}).sort_values(["hs6", "time_of_tariff"])
    table["move"] = table.groupby("hs6")["tariff"].diff()
    out = table.pivot_table(index="hs6", columns="time_of_tariff", values="move").fillna(0.0)
    out = out.reindex(table["hs6"].unique(), fill_value=0.0)
    out["start"] = table.groupby("hs6")["tariff"].first()
    return out / 100


def _possible() -> np.ndarray:
    """Every combination of parts the law allows, percent."""
    one_of = [(0, 0, 0), (25, 0, 0), (0, 25, 0), (0, 0, 25), (0, 0, 20), (0, 0, 10), (0, 0, 5)]
    several = itertools.product((0, 15, 25), one_of, (0, 2.5, 5), (0, 10, 15), (0, 10, 15))
    return np.array([(a, *lists, four, feb, mar) for a, lists, four, feb, mar in several], dtype=float)


def _expected(source: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What Waugh's file shows: by HS6, and for codes younger than it the median of the heading; percent."""
    move = moves(source) * 100
    six = pd.DataFrame(
        {
            "answer_232": move["2018-04-02"],
            "list_1": move["2018-07-06"],
            "list_2": move["2018-08-23"],
            "list_3": move["2018-09-24"] + move["2019-06-01"],
            "list_4": move["2019-09-01"] / 2,
        }
    ).clip(lower=0.0)
    heading = six.groupby(six.index.str[:4]).median()
    heading["answer_232"] = six["answer_232"].groupby(six.index.str[:4]).max()  # it names single lines
    return six, heading


def _worse(options: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """How far each option lies from what is seen of the first five parts: smaller is nearer."""
    here, there = options[:, :5] > 0, seen > 0
    invented = (here & ~there).sum(axis=1) * 10.0
    missing = (~here & there).sum(axis=1) * 2.0
    return np.asarray(invented + missing + np.where(here & there, np.abs(options[:, :5] - seen), 0.0).sum(axis=1) / 10)


def _choose(code: str, rest: float, march: float, seen: np.ndarray, possible: np.ndarray) -> tuple[np.ndarray, float]:
    """The nearest split of `rest`, what the line bears besides its named March duty."""
    food = code[:2] <= "24" and not march
    options = possible[np.abs(possible.sum(axis=1) - rest) < 1e-6]
    options = options[(options[:, 6] == 0) | (food & (options[:, 6] == 10))]
    february = options[:, 5]
    allowed = (february == 0) | ((february == 15) & code.startswith(ENERGY))
    options = options[allowed | ((february == 10) & code.startswith(MACHINES))]
    options = options[options[:, 0] <= (25 if seen[0] > 15 else 15 if seen[0] > 0 else 0)]
    if not len(options):
        raise SystemExit(f"{code}: no lists add up to {rest} %")
    cost = _worse(options, seen) + 0.5 * (options[:, 5] > 0) + 3.0 * (options[:, 6] > 0)
    cost -= 20.0 * ((options[:, 5] == 10) & code.startswith(FARM))
    best = int(cost.argmin())
    parts = options[best]
    return parts + np.array([0, 0, 0, 0, 0, 0, march]), float(np.abs(parts[:5] - seen).max())


@functools.cache
def split(source: Path) -> pd.DataFrame:
    """One row a line: rates of every list at every act (fractions), `sure` where it agrees with the six digits.

    `notice` marks lines whose March duty is named in the notice, `car` those whose duty is suspended since 2019.
    """
    table = read(source / "china/cn_retaliation_on_us_2025-03-28_hs8.csv.gz")
    total = table["retaliatory_rate_pct_2025_03_28"].astype(float)
    march = table["in_mar2025_10pct_list"].astype(float) * 10 + table["in_mar2025_15pct_list"].astype(float) * 15
    six, heading = _expected(source)
    possible, rows, agrees = _possible(), [], []
    for code, sum_, named in zip(table["hs8"], total, march, strict=True):
        known = code[:6] in six.index
        seen = six.loc[code[:6]] if known else heading.loc[code[:4]] if code[:4] in heading.index else six.median()
        parts, gap = _choose(code, sum_ - named, named, seen.to_numpy(), possible)
        rows.append(parts)
        agrees.append(known and gap < 1e-6)
    out = pd.DataFrame(np.array(rows) / 100, columns=list(PARTS))
    out.insert(0, "hs8", table["hs8"])
    out.insert(1, "hs6", table["hs8"].str[:6])
    out["sure"], out["notice"] = agrees, march > 0
    return _dated(out, source)


def _dated(out: pd.DataFrame, source: Path) -> pd.DataFrame:
    """The rates of each list at each of its acts."""
    fell = moves(source)["2019-01-02"] < -1e-6
    in_87 = out["hs8"].str.startswith("87")
    heading = fell.astype(float).groupby(fell.index.str[:4]).mean().round()
    own = out["hs6"].map(fell.astype(float))  # codes younger than the file go with most of their heading
    fell_here = own.fillna(out["hs6"].str[:4].map(heading)).fillna(0.0) > 0
    light = (out["list_3"] * 100).round(6) == 5.0
    out["car"] = in_87 & fell_here & ((out["list_1"] > 0) | (out["list_2"] > 0) | light)
    kept = 1.0 - out["car"].astype(float)
    out["list_1_2019"], out["list_2_2019"] = out["list_1"] * kept, out["list_2"] * kept
    first = (out["list_3"] * 100).round(6).map(FIRST_RATE) / 100
    out["list_3_2018"], out["list_3_2019_01"] = first, first * kept
    out["list_3_2019_06"] = out["list_3"] * kept
    out["list_4_2020"], out["list_4_2019"] = out["list_4"], out["list_4"] * 2
    return out.drop(columns=["list_3", "list_4"])
