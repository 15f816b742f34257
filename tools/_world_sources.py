"""The source tables of the embedded worlds, with names on their axes, and the log of what was done to them."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from detente import nomenclature

Array = npt.NDArray[np.float64]

_ICIO77 = (
    "ARG AUS AUT BEL BGD BGR BLR BRA BRN CAN CHE CHL CHN CIV CMR COL CRI CYP CZE DEU DNK EGY ESP EST FIN FRA GBR "
    "GRC HKG HRV HUN IDN IND IRL ISL ISR ITA JOR JPN KAZ KHM KOR LAO LTU LUX LVA MAR MEX MLT MMR MYS NGA NLD NOR "
    "NZL PAK PER PHL POL PRT ROU RUS SAU SEN SGP SVK SVN SWE THA TUN TUR TWN UKR USA VNM ZAF ROW"
)
ICIO77 = tuple(_ICIO77.split())
"""Economies of the 77 x 11 table, in its order."""

BLOCKS = ("agriculture, mining and food", "manufacturing", "services")
"""Blocks in which levels are held; the first two are sectors 1 and 2 of the 77 x 11 table, the third is the rest."""

SOURCES = {
    "icio2022_81x28.npz": (
        "bilateral trade of 2022 (81 economies x 28 sectors); sector-average tariffs",
        "OECD, Inter-Country Input-Output Tables (extended; edition to be confirmed); tariffs: Teti (2024), Global "
        "Tariff Database; as compiled in ahmadlp/tariffwar",
    ),
    "icio_77c_11s_oecd2020.npz": (
        "value added, input use, taxes and final use of 2020 (77 economies x 11 sectors)",
        "OECD, Inter-Country Input-Output Tables, 2023 edition; as shipped in puremacro 4.8.1",
    ),
    "wiod2014_national_io_43x56.npz": (
        "pattern of inputs and value added within blocks, 2014 (43 economies x 56 sectors)",
        "World Input-Output Database, 2016 release (Timmer et al. 2015), CC BY 4.0",
    ),
    "icio_oecd2023_2019_isic_g20.npz": (
        "full table of 2019 (20 economies x 20 ISIC sections)",
        "OECD, Inter-Country Input-Output Tables, 2023 edition; as shipped in puremacro 5.7.1",
    ),
    "us_imports_duties_2024_partner_naics3.csv": (
        "US imports for consumption and calculated duty of 2024 by partner and NAICS-3",
        "US Census Bureau, through tradewartracker/us-imports-hs2",
    ),
    "naics3_to_sector28.csv": ("27 goods NAICS-3 codes to the 28 sectors", "detente"),
}


@dataclass
class Log:
    """What was done to the tables, with the size of each step."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, step: str, what: str, **sizes: Any) -> None:
        """Note one adjustment; print it."""
        clean = {k: (round(v, 6) if isinstance(v, float) else v) for k, v in sizes.items()}
        self.entries.append({"step": step, "what": what, **clean})
        print(f"  {step}: {what}: " + ", ".join(f"{k} {v}" for k, v in clean.items()))


@dataclass(frozen=True)
class Cube:
    """Trade of 2022 and the table's tariffs, both (sector, importer, exporter)."""

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    trade: Array
    teti: Array
    elasticities: dict[str, Array]


def read_cube(folder: Path) -> Cube:
    """The 81 x 28 table, its axes turned to ours."""
    with np.load(folder / "icio2022_81x28.npz", allow_pickle=False) as z:
        codes = tuple(nomenclature.sectors())
        if [str(s) for s in z["sectors"][:-1]] != list(codes[:-1]):
            raise SystemExit("the 81 x 28 table's sectors are not the 28 of data/sectors.csv")
        sets = {key.removeprefix("eps_"): z[key].astype(float) for key in z.files if key.startswith("eps_")}
        turn = (2, 1, 0)  # exporter, importer, sector -> sector, importer, exporter
        trade, teti = z["X_jik"].transpose(turn).copy(), z["t_jik_teti"].transpose(turn).copy()
        return Cube(tuple(str(c) for c in z["countries"]), codes, trade, teti, sets)


@dataclass(frozen=True)
class Blocks:
    """The 77 x 11 table summed to blocks and read as ratios of output or purchases."""

    economies: tuple[str, ...]
    value_added: Array
    """(economy, block): value added over gross output."""
    input_tax: Array
    """(economy, block): net product taxes on inputs over purchases at basic prices."""
    inputs: Array
    """(input block, economy, using block): purchases over gross output."""
    final: Array
    """(block, economy): final use over all use of what the block makes."""
    totals: dict[str, float]


def _to_blocks(values: Array, axis: int) -> Array:
    parts = np.split(values, [1, 2], axis=axis)
    return np.concatenate([part.sum(axis=axis, keepdims=True) for part in parts], axis=axis)


def read_blocks(folder: Path) -> Blocks:
    """The 77 x 11 table; layout: economies slow, sectors fast, then taxes and two rows of value added."""
    with np.load(folder / "icio_77c_11s_oecd2020.npz", allow_pickle=False) as z:
        data = z["data"].astype(float)
    n, s = 77, 11
    size = n * s
    uses = data[:size, :size].reshape(n, s, n, s).sum(axis=0)
    final = data[:size, size:].reshape(n, s, n, 3)
    inputs = _to_blocks(_to_blocks(uses, 0), 2)
    taxes = _to_blocks(data[size, :size].reshape(n, s), 1)
    value_added = _to_blocks(data[size + 1 :, :size].sum(axis=0).reshape(n, s), 1)
    output = inputs.sum(axis=0) + taxes + value_added
    final_use = _to_blocks(final.sum(axis=(0, 3)), 0)
    negative = final[final < 0]
    totals = {
        "value_added": float(value_added.sum()),
        "gross_output": float(output.sum()),
        "product_taxes_on_inputs": float(taxes.sum()),
        "product_taxes_on_final_use": float(data[size, size:].sum()),
        "negative_final_cells": float(negative.size),
        "negative_final_total": float(negative.sum()),
    }
    return Blocks(
        ICIO77,
        value_added / output,
        taxes / inputs.sum(axis=0),
        inputs / output,
        final_use / (final_use + inputs.sum(axis=2)),
        totals,
    )


_WIOD_OF = (
    "A01 A02 A03 B05 C10T12 C13T15 C16 C17_18 C17_18 C19 C20 C21 C22 C23 C24A C25 C26 C27 C28 C29 C301 C31T33 C31T33"
)
WIOD_OF = tuple(_WIOD_OF.split())
"""For each of WIOD's 23 goods sectors, the first of our sectors that it covers."""

SHARED_DETAIL = {"B06": "B05", "B07": "B05", "B08": "B05", "B09": "B05", "C24B": "C24A", "C302T309": "C301"}
"""Sectors that WIOD does not tell apart, and the one that stands for them."""


@dataclass(frozen=True)
class Detail:
    """WIOD summed to the sectors it can tell apart (22 of our 28), and the place of each of our sectors there."""

    economies: tuple[str, ...]
    place: npt.NDArray[np.int64]
    inputs: Array
    """(economy, input, user), USD million of 2014, domestic and imported."""
    output: Array
    value_added: Array


def read_detail(folder: Path, sectors: tuple[str, ...]) -> Detail:
    """WIOD 2014 in the sectors it shares with the 81 x 28 table."""
    kept = [code for code in sectors if code not in SHARED_DETAIL]
    to_kept = np.zeros((len(kept), 56))
    for column in range(56):
        code = WIOD_OF[column] if column < len(WIOD_OF) else nomenclature.SERVICES
        to_kept[kept.index(code), column] = 1.0
    with np.load(folder / "wiod2014_national_io_43x56.npz", allow_pickle=False) as z:
        uses = z["intermediate_domestic"].astype(float) + z["intermediate_imported"].astype(float)
        return Detail(
            tuple(str(c) for c in z["countries"]),
            np.array([kept.index(SHARED_DETAIL.get(code, code)) for code in sectors]),
            np.einsum("aj,jkn,bk->nab", to_kept, uses, to_kept, optimize=True),
            (to_kept @ z["gross_output"]).T,
            (to_kept @ z["value_added"]).T,
        )


@dataclass(frozen=True)
class Sections:
    """The G20 table: flows (exporter, section, importer, using section), final use (exporter, section, importer)."""

    economies: tuple[str, ...]
    sections: tuple[str, ...]
    inputs: Array
    final: Array
    taxes: Array
    value_added: Array
    final_taxes: float
    negative_cells: Array
    """Negative value-added or tax cells found."""


def read_sections(folder: Path) -> Sections:
    """The 20 x 20 table of 2019."""
    with np.load(folder / "icio_oecd2023_2019_isic_g20.npz", allow_pickle=False) as z:
        data = z["data"].astype(float)
        economies = tuple(str(c) for c in z["country_codes"])
        sections = tuple(str(c) for c in z["sector_codes"])
    n, s = len(economies), len(sections)
    size = n * s
    return Sections(
        economies,
        sections,
        data[:size, :size].reshape(n, s, n, s),
        data[:size, size:].reshape(n, s, n, 3).sum(axis=3),
        data[size, :size].reshape(n, s),
        data[size + 1 :, :size].sum(axis=0).reshape(n, s),
        float(data[size, size:].sum()),
        data[data < 0],
    )


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV as dictionaries of text."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


G20_ONLY = (
    "icio_oecd2023_2019_isic_g20.npz",
    "icio2022_81x28.npz",
    "us_imports_duties_2024_partner_naics3.csv",
    "naics3_to_sector28.csv",
)
"""Sources of the G20 world: the last three through its tariffs."""


def digests(folder: Path, names: Iterable[str]) -> list[dict[str, str]]:
    """Name, sha256, content and origin of source files."""
    return [
        {
            "file": name,
            "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
            "what": SOURCES[name][0],
            "origin": SOURCES[name][1],
        }
        for name in names
    ]
