"""Every US scope: the share of each sector's 2024 imports from China that a measure reaches, or its average rate."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from tools import _coverage_exempt as exempt
from tools import _coverage_s301 as s301
from tools._coverage_lines import fill_specific, lines
from tools._coverage_s232 import Programmes

Shares = dict[str, tuple[str, np.ndarray]]
"""Scope name -> (kind, amount of each line); kind is `share` (of value) or `rate` (average rate, a fraction)."""

NOTE_31_DAYS = ("2024-09-27", "2025-01-01", "2026-01-01")
METAL_DAYS = ("2018-03-23", "2020-02-08", "2025-03-12", "2025-04-03", "2025-05-03", "2025-08-18", "2025-11-01")
BROAD_DAYS = (
    "2025-04-05", "2025-05-03", "2025-08-01", "2025-08-18", "2025-09-08", "2025-10-14", "2025-11-01", "2025-11-13",
)  # fmt: skip
SOLAR = ("85414200", "85414300")


def table(source: Path) -> pd.DataFrame:
    """Lines with base rate filled: what was collected in 2024 less section 301 and 232 where the duty is specific."""
    out = lines(source)
    out["list"] = s301.base_list(out, source)
    year = {"2024-03-01": 5.5, "2024-07-01": 3.4, "2024-10-01": 3.1}  # months of 2024 under each state of the lists
    added = sum(months / 12 * section_301(out, source, day) for day, months in year.items())
    programmes = Programmes(out, source)
    added = added + 0.25 * programmes.metal("steel", "2024-07-01") + 0.10 * programmes.metal("aluminum", "2024-07-01")
    return fill_specific(out, np.asarray(added))


def section_301(data: pd.DataFrame, source: Path, day: str) -> np.ndarray:
    """Section 301 rate of each line on `day`, note 31 in place of the lists, exclusions netted out."""
    rate = data["list"].map(s301.LIST_RATE).fillna(0.0).to_numpy() * (1 - s301.exclusion_share(data, source, day))
    note = s301.note_31_rate(data, source, day)
    return np.where(note > 0, note, rate)


def _keep_changes(
    out: Shares, name: str, kind: str, days: tuple[str, ...], amount: Callable[[str], np.ndarray]
) -> None:
    """Add `name@day` for each day on which the amounts differ from the day before in the list."""
    before: np.ndarray | None = None
    for day in days:
        now = np.asarray(amount(day), dtype=float)
        if before is None and not now.any():
            continue
        if before is None or np.abs(now - before).max() > 1e-12:
            out[f"{name}@{day}"] = (kind, now)
        before = now


def scopes(data: pd.DataFrame, source: Path) -> Shares:
    """All US scopes, by line."""
    out: Shares = {
        "usa-all-goods": ("share", np.ones(len(data))),
        "usa-mfn@2025-01-01": ("rate", data["base"].to_numpy()),
    }
    for name in s301.LIST_RATE:
        here = (data["list"] == name).to_numpy()

        def on_list(day: str, here: np.ndarray = here) -> np.ndarray:
            kept = 1 - s301.exclusion_share(data, source, day)
            return np.where(s301.note_31_rate(data, source, day) > 0, 0.0, here * kept)

        _keep_changes(out, f"usa-s301-{name}", "share", (s301.LIST_FIRST[name], "2024-06-15", *NOTE_31_DAYS), on_list)
    _keep_changes(out, "usa-s301-note-31", "rate", NOTE_31_DAYS, lambda day: s301.note_31_rate(data, source, day))
    out["usa-s301-list-4b@2019-12-15"] = ("share", s301.list_4b(data, source).astype(float))
    out["usa-use-only"] = ("share", np.zeros(len(data)))
    cranes = data["hts8"].isin(("84261900", "87163900", "87169030", "87169050")).to_numpy()
    out["usa-s301-cranes-chassis@2025-11-09"] = ("share", cranes.astype(float))
    out["usa-s201-solar@2018-02-07"] = ("share", data["hts8"].isin(SOLAR).to_numpy().astype(float))
    _section_232(out, data, source)
    _broad(out, data, source)
    return out


def _section_232(out: Shares, data: pd.DataFrame, source: Path) -> None:
    p = Programmes(data, source)
    _keep_changes(out, "usa-s232-steel", "share", METAL_DAYS, lambda day: p.metal("steel", day))
    _keep_changes(out, "usa-s232-aluminium", "share", METAL_DAYS, lambda day: p.metal("aluminum", day))
    _keep_changes(out, "usa-s232-copper", "share", ("2025-08-01", "2025-11-01"), p.copper)
    _keep_changes(out, "usa-s232-cars", "share", ("2025-04-03",), p.cars)
    _keep_changes(out, "usa-s232-car-parts", "share", ("2025-05-03", "2025-11-01"), p.parts)
    _keep_changes(out, "usa-s232-trucks", "share", ("2025-11-01",), lambda day: p.trucks(day) | p.truck_parts(day))
    _keep_changes(out, "usa-s232-buses", "share", ("2025-11-01",), p.buses)
    for programme, name in (("softwood", "lumber"), ("wood_furniture", "furniture"), ("kitchen_cabinets", "cabinets")):
        _keep_changes(out, f"usa-s232-{name}", "share", ("2025-10-14",), partial(p.wood, programme))
    days = ("2026-04-06", "2026-06-08")
    _keep_changes(out, "usa-s232-metals-annex-1a", "share", days, lambda day: p.annexed("1a", day))
    _keep_changes(
        out, "usa-s232-metals-annex-1b", "share", days, lambda day: p.annexed("1b", day) | p.annexed("1c", day)
    )
    floor = (0.15 - data["base"].fillna(0.0)).clip(lower=0.0).to_numpy()
    _keep_changes(out, "usa-s232-metals-annex-3", "rate", days, lambda day: p.annexed("3", day) * floor)


def _broad(out: Shares, data: pd.DataFrame, source: Path) -> None:
    """Layers on nearly everything: net of their exemptions and of the value that section 232 takes."""
    p = Programmes(data, source)
    signed = (1 - exempt.annex_ii(data, source, "2025-04-05", electronics=False)) * (1 - p.share("2025-04-05"))
    out["usa-reciprocal@2025-04-05-as-signed"] = ("share", signed)
    _keep_changes(
        out,
        "usa-reciprocal",
        "share",
        BROAD_DAYS,
        lambda day: (1 - exempt.annex_ii(data, source, day)) * (1 - p.share(day)),
    )
    for name, listed, days in (
        ("usa-s122", "s122", ("2026-02-24", "2026-04-06", "2026-06-08")),
        ("usa-forced-labour", "s301fl", ("2026-07-24",)),
    ):
        spared = exempt.by_class(data, source, listed)

        def left(day: str, spared: np.ndarray = spared) -> np.ndarray:
            return np.asarray((1 - spared) * (1 - p.share(day)))

        _keep_changes(out, name, "share", days, left)
