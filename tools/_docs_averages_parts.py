"""Numbers that explain gaps between averages, computed from the embedded line tables; percent."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path

import numpy as np
import pandas as pd
from tools import _lines_third as reach

from detente.ledger import Ledger

LINES = Path("src/detente/data/ledger/lines")
METALS = ("steel", "aluminium", "copper")
ROOT = Path(__file__).resolve().parents[1]


@functools.cache
def _imports() -> pd.DataFrame:
    """Lines of US imports from China 2024 that have a sector, as the averages take them."""
    lines = pd.read_parquet(ROOT / LINES / "weights-usa-chn-2024.parquet")
    sectors = pd.read_parquet(ROOT / LINES / "hs6-sector.parquet").set_index("hs6")["sector"]
    return lines[lines["hs"].str[:6].isin(sectors.index)].reset_index(drop=True)


def _table(name: str) -> pd.DataFrame:
    reach.LINES = ROOT / LINES
    return reach._table(name)


def _rate(ledger: Ledger, measure: str, day: str) -> float:
    now = ledger.status(measure, day)
    return float(now.get("rate") or 0.0)


def metals_at_full_value(ledger: Ledger, day: str) -> float:
    """How much higher our average would be if metal derivatives paid section 232 on all their value, points.

    Before 6 April 2026 the metal's share pays section 232 and the rest the reciprocal or section 122 duty.
    """
    lines, table = _imports(), _table("usa-s232")
    weight = lines["value"].to_numpy() / lines["value"].sum()
    content, paid, full = np.zeros(len(lines)), np.zeros(len(lines)), np.zeros(len(lines))
    for metal in METALS:
        rows = table[(table["scope"] == f"usa.s232.{metal}") & (table["class"] == "metal-content")]
        share, rate = reach._share(lines["hs"], rows, day), _rate(ledger, f"usa.s232.{metal}", day)
        full = np.where((full == 0.0) & (share > 0), rate, full)
        content, paid = content + share, paid + share * rate
    derivative = content > 0
    spared = _table("usa-exempt")
    broad = np.zeros(len(lines))
    for measure, scope in (("usa.ieepa.reciprocal-cn", "usa.reciprocal."), ("usa.s122.global", "usa.s122.exempt")):
        free = np.clip(reach._share(lines["hs"], spared[spared["scope"].str.startswith(scope)], day), 0, 1)
        broad += _rate(ledger, measure, day) * (1 - free)
    more = np.where(derivative, full - paid - (1 - np.clip(content, 0, 1)) * broad, 0.0)
    return float(100 * (more * weight).sum())


def fentanyl_on_232(ledger: Ledger, day: str) -> float:
    """Fentanyl duty on the value that section 232 takes, points."""
    lines = _imports()
    weight = lines["value"].to_numpy() / lines["value"].sum()
    taken = np.zeros(len(lines))
    amounts = reach._reach(lines["hs"], _table("usa-s232"), _table("usa-exempt"), np.zeros(len(lines)), day)
    for name in reach.RANKS:
        taken += amounts[name]
    return float(100 * _rate(ledger, "usa.ieepa.fentanyl-cn", day) * (taken * weight).sum())


def duty_2024(ledger: Ledger) -> tuple[float, float]:
    """Our statutory average of 2024 (mean of the first of each month) and the duty collected that year, percent."""
    lines = _imports()
    days = [dt.date(2024, month, 1) for month in range(1, 13)]
    law = [ledger.on(day).average(importer="USA", exporter="CHN").average for day in days]
    return 100 * sum(law) / len(law), float(100 * lines["duty"].sum() / lines["value"].sum())


def law_on_arrival(ledger: Ledger, year: int, month: int) -> float:
    """Mean over the days of a month of the lower of our average that day and thirty days before, percent.

    A new duty spares what was loaded before it; a cut reaches everything that arrives.
    """
    first = dt.date(year, month, 1)
    days = [day for k in range(31) if (day := first + dt.timedelta(days=k)).month == month]
    lower = [min(_daily(ledger, day), _daily(ledger, day - dt.timedelta(days=30))) for day in days]
    return 100 * sum(lower) / len(lower)


@functools.cache
def _steps(ledger: Ledger) -> list[tuple[dt.date, float]]:
    from detente.ledger._timeline import average_steps

    steps = average_steps(ledger, importer="USA", exporter="CHN")
    return [(dt.date.fromisoformat(step["from"]), step["average"]) for step in steps]


def _daily(ledger: Ledger, day: dt.date) -> float:
    steps = _steps(ledger)
    return next((value for start, value in reversed(steps) if start <= day), steps[0][1])


STANDING = {  # scope: first day, first day without it
    "chn.sctc.2018-answer-232@2018-04-02": ("2018-04-02", "9999"),
    "chn.sctc.2018-list-1@2018-07-06": ("2018-07-06", "2019-01-01"),
    "chn.sctc.2018-list-1@2019-01-01": ("2019-01-01", "9999"),
    "chn.sctc.2018-list-2@2018-08-23": ("2018-08-23", "2019-01-01"),
    "chn.sctc.2018-list-2@2019-01-01": ("2019-01-01", "9999"),
    "chn.sctc.2018-list-3@2018-09-24": ("2018-09-24", "2019-01-01"),
    "chn.sctc.2018-list-3@2019-01-01": ("2019-01-01", "2019-06-01"),
    "chn.sctc.2018-list-3@2019-06-01": ("2019-06-01", "9999"),
    "chn.sctc.2019-list-4@2019-09-01": ("2019-09-01", "2020-02-14"),
    "chn.sctc.2019-list-4@2020-02-14": ("2020-02-14", "9999"),
}


@functools.cache
def _excess_by_scope() -> dict[str, float]:
    """Average of each scope less what it would be with the mean of the lines of 8 digits, points."""
    table = pd.read_parquet(ROOT / LINES / "chn-lists.parquet").astype({"scope": str})
    base = pd.read_parquet(ROOT / LINES / "chn-mfn.parquet")
    weights = pd.read_parquet(ROOT / LINES / "weights-chn-usa-2020.parquet").set_index("hs")["value"]
    weights = weights[weights.index.isin(base["hs"])]
    out = {}
    for scope in STANDING:
        rows = table[table["scope"] == scope]
        six = rows[rows["hs"].str.len() == 6].set_index("hs")["value"]
        eight = rows[rows["hs"].str.len() == 8]
        mean = eight.groupby(eight["hs"].str[:6])["value"].mean()
        both = six.index.intersection(mean.index)
        more = (six[both] - mean[both]) * weights.reindex(both).fillna(0.0)
        out[scope] = float(100 * more.sum() / weights.sum())
    return out


def highest_line_excess(day: str) -> float:
    """How much our average of China's lists on a day owes to HS6 codes that take their highest line, points."""
    held = _excess_by_scope()
    return sum(held[scope] for scope, (start, until) in STANDING.items() if start <= day < until)
