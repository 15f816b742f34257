"""Applied tariffs of the 81 x 28 world: Census duty rates for the US, corrected sector averages elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from tools._world_sources import Array, Cube, Log, read_csv

from detente import economies, nomenclature

Mask = npt.NDArray[np.bool_]

UNIONS = {
    "European Union": (*economies.groups()["EU27"],),
    "Eurasian Economic Union": ("BLR", "KAZ", "RUS"),
    "Gulf Cooperation Council": ("ARE", "SAU"),
}
"""Customs unions with more than one member among the 81 economies: no duty inside."""

CENSUS_AGGREGATES = ("TOTAL FOR ALL COUNTRIES", "EUROPEAN UNION", "USMCA (NAFTA)")
CENSUS_NAMES = {"KOREA, SOUTH": "KOR"}
LIMIT = 0.5
"""A sector average above this is taken to be an artefact of averaging prohibitive lines."""


def _union_mask(cube: Cube, log: Log, tariffs: Array) -> Mask:
    """Cells (sector, importer, exporter) inside a customs union; their duty is set to zero."""
    at = {code: i for i, code in enumerate(cube.economies)}
    inside = np.zeros(cube.trade.shape, dtype=bool)
    for name, members in UNIONS.items():
        places = [at[code] for code in members]
        inside[np.ix_(range(len(cube.sectors)), places, places)] = True
        _note_union(cube, log, tariffs, name, inside & ~np.eye(len(cube.economies), dtype=bool)[None])
        tariffs[inside] = 0.0
    eu, tur = [at[c] for c in UNIONS["European Union"]], at["TUR"]
    industry = [k for k, code in enumerate(cube.sectors) if nomenclature.sectors()[code].block == "manufacturing"]
    turkish = np.zeros_like(inside)
    turkish[np.ix_(industry, eu, [tur])] = True
    turkish[np.ix_(industry, [tur], eu)] = True
    _note_union(cube, log, tariffs, "EU and Türkiye, industrial goods", turkish)
    tariffs[turkish] = 0.0
    return inside


def _note_union(cube: Cube, log: Log, tariffs: Array, name: str, mask: Mask) -> None:
    touched = mask & (tariffs > 0)
    duty = float((cube.trade * tariffs)[touched].sum())
    log.add(
        "tariffs", f"duty inside a customs union set to zero: {name}", cells=int(touched.sum()), duty_usd_million=duty
    )


def _schedules(cube: Cube, tariffs: Array, inside: Mask) -> Array:
    """(importer, sector): median duty over partners outside the union; the EU counts once, the US and ROW do not."""
    skip = {"USA", "ROW", *UNIONS["European Union"]} - {"DEU"}
    rows = []
    for n, code in enumerate(cube.economies):
        if code in skip:
            continue
        partners = [i for i, c in enumerate(cube.economies) if i != n and c != "ROW" and not inside[0, n, i]]
        rows.append(np.median(tariffs[:, n, partners], axis=1))
    return np.array(rows)


def _mend_outliers(cube: Cube, log: Log, tariffs: Array, inside: Mask) -> None:
    """Sector averages above 50 % give way to the sector's median schedule.

    Simple means over tariff lines put up to 100 % on food: prohibitive duties on tobacco and spirits. Such a mean says
    nothing about what is traded, so the median importer's duty on the sector replaces it. Averages above the sector's
    upper fence (Tukey: third quartile + 1.5 interquartile ranges of the schedules) but below 50 % are counted and left.
    """
    schedules = _schedules(cube, tariffs, inside)
    low, middle, high = np.percentile(schedules, [25, 50, 75], axis=0)
    fence = high + 1.5 * (high - low)
    bad = tariffs > LIMIT
    before = float((cube.trade * tariffs)[bad].sum())
    for k in np.unique(np.nonzero(bad)[0]):
        importers = sorted({cube.economies[n] for n in np.nonzero(bad[k].any(axis=1))[0]})
        log.add(
            "tariffs",
            f"averages above 50 % in {cube.sectors[k]} replaced by the median schedule",
            cells=int(bad[k].sum()),
            importers=" ".join(importers),
            median=float(middle[k]),
        )
    left = (tariffs > fence[:, None, None]) & ~bad
    log.add(
        "tariffs",
        "averages above the sector's upper fence but below 50 %, left as they are",
        cells=int(left.sum()),
        sectors=" ".join(cube.sectors[k] for k in np.unique(np.nonzero(left)[0])),
        duty_usd_million=float((cube.trade * tariffs)[left].sum()),
    )
    tariffs[bad] = np.broadcast_to(middle[:, None, None], tariffs.shape)[bad]
    after = float((cube.trade * tariffs)[bad].sum())
    log.add("tariffs", "duty on the corrected cells", before_usd_million=before, after_usd_million=after)


def _fill_rest_of_world(cube: Cube, log: Log, tariffs: Array, inside: Mask) -> None:
    """The table has no rates for the rest of the world, on either side: medians stand in for them."""
    row, n = cube.economies.index("ROW"), len(cube.economies)
    goods = [k for k, code in enumerate(cube.sectors) if not nomenclature.is_services(code)]
    if tariffs[:, row, :].any() or tariffs[:, :, row].any():
        raise SystemExit("the table now has tariffs of the rest of the world: use them")
    own = set(UNIONS["European Union"]) - {"DEU"}
    for other in (i for i in range(n) if i != row):
        partners = [i for i in range(n) if i not in (row, other) and not inside[0, other, i]]
        tariffs[goods, other, row] = np.median(tariffs[np.ix_(goods, [other], partners)][:, 0, :], axis=1)
        importers = [i for i in partners if cube.economies[i] not in own]
        tariffs[goods, row, other] = np.median(tariffs[np.ix_(goods, importers, [other])][:, :, 0], axis=1)
    log.add(
        "tariffs",
        "no rates on or by the rest of the world: medians over the importer's partners, over the partner's importers",
        cells=2 * len(goods) * (n - 1),
        duty_by_usd_million=float((cube.trade * tariffs)[:, row, :].sum()),
        duty_on_usd_million=float((cube.trade * tariffs)[:, :, row].sum()),
    )


def census_flows(folder: Path, cube: Cube, log: Log) -> tuple[Array, Array, dict[str, int]]:
    """US imports and duty of 2024 in USD million, (sector, partner group), and the group of each economy.

    Groups: the listed partners, the EU members not listed (EU less listed members), and the rest of the world (TOTAL
    less EU less listed partners outside it).
    """
    rows = read_csv(folder / "us_imports_duties_2024_partner_naics3.csv")
    concordance = {r["naics3"]: r["sector"].split("|") for r in read_csv(folder / "naics3_to_sector28.csv")}
    purchases = cube.trade[:, cube.economies.index("USA"), :].sum(axis=1)
    partners = sorted({r["partner"] for r in rows})
    flows = np.zeros((2, len(cube.sectors), len(partners)))
    unmapped = np.zeros(2)
    for r in rows:
        value = np.array([float(r["imports_usd"]), float(r["duty_usd"])]) / 1e6
        codes = [cube.sectors.index(code) for code in concordance.get(r["naics3"], [])]
        if not codes:
            unmapped += value * (r["partner"] == CENSUS_AGGREGATES[0])
            continue
        weights = purchases[codes] / purchases[codes].sum()
        flows[:, codes, partners.index(r["partner"])] += value[:, None] * weights
    total, eu = (flows[:, :, partners.index(name)] for name in CENSUS_AGGREGATES[:2])
    listed = [p for p in partners if p not in CENSUS_AGGREGATES]
    groups = {CENSUS_NAMES.get(p) or economies.economy(p): i for i, p in enumerate(listed)}
    columns = [flows[:, :, partners.index(p)] for p in listed]
    in_eu = [code in UNIONS["European Union"] for code in groups]
    other_eu = eu - sum(c for c, e in zip(columns, in_eu, strict=True) if e)
    rest = total - eu - sum(c for c, e in zip(columns, in_eu, strict=True) if not e)
    stacked = np.stack([*columns, other_eu, rest], axis=2)
    if stacked.min() < -1e-6:
        raise SystemExit("a Census remainder is negative: the aggregates do not cover the listed partners")
    for code in cube.economies:
        groups.setdefault(code, len(listed) + (0 if code in UNIONS["European Union"] else 1))
    log.add(
        "tariffs",
        "US imports of 2024 in NAICS codes without a sector (special provisions, 910-990, 115), left out",
        imports_usd_million=float(unmapped[0]),
        duty_usd_million=float(unmapped[1]),
        share_of_imports=float(unmapped[0] / (unmapped[0] + total[0].sum())),
    )
    stacked = np.maximum(stacked, 0.0)
    return stacked[0], stacked[1], groups


def _us_rates(folder: Path, cube: Cube, log: Log, tariffs: Array) -> None:
    """Realised duty rates of 2024 by partner and sector."""
    usa = cube.economies.index("USA")
    imports, duty, groups = census_flows(folder, cube, log)
    b08, b09 = cube.sectors.index("B08"), cube.sectors.index("B09")
    average = duty.sum(axis=1) / np.where(imports.sum(axis=1) > 0, imports.sum(axis=1), 1.0)
    rate = np.where(imports > 0, duty / np.where(imports > 0, imports, 1.0), average[:, None])
    rate[b09] = rate[b08]
    before = (cube.trade * tariffs)[:, usa].sum()
    places = np.array([groups[code] for code in cube.economies])
    tariffs[:, usa, :] = rate[:, places]
    tariffs[-1, usa, :] = 0.0
    tariffs[:, usa, usa] = 0.0
    goods = range(len(cube.sectors) - 1)
    empty = sum(int(imports[k, g] <= 0) for k in goods if k != b09 for g in range(imports.shape[1]))
    chn = cube.economies.index("CHN")
    bought, paid = cube.trade[:-1, usa, chn].sum(), (cube.trade * tariffs)[:-1, usa, chn].sum()
    log.add(
        "tariffs",
        "US rates: Census 2024 calculated duty over imports, in place of the table's",
        table_duty_usd_million=float(before),
        duty_usd_million=float((cube.trade * tariffs)[:, usa].sum()),
        partner_sectors_without_imports_at_the_sector_average=empty,
        rate_on_china_2024_weights=float(duty[:, groups["CHN"]].sum() / imports[:, groups["CHN"]].sum()),
        rate_on_china_2022_table_weights=float(paid / bought),
    )


def build_tariffs(folder: Path, cube: Cube, log: Log) -> Array:
    """Tariffs (sector, importer, exporter), fractions rounded to a millionth."""
    tariffs = cube.teti.copy()
    services = [k for k, code in enumerate(cube.sectors) if nomenclature.is_services(code)]
    duty = float((cube.trade * tariffs)[services].sum())
    log.add("tariffs", "duty on services set to zero", cells=int((tariffs[services] > 0).sum()), duty_usd_million=duty)
    tariffs[services] = 0.0
    inside = _union_mask(cube, log, tariffs)
    _mend_outliers(cube, log, tariffs, inside)
    _fill_rest_of_world(cube, log, tariffs, inside)
    _us_rates(folder, cube, log, tariffs)
    return np.asarray(np.round(tariffs, 6))
