"""Build the embedded worlds in src/detente/data/world, and their page, from the tables in a source folder.

    python -m tools.build_world --source ../shared/data/world

Run from the root of the repository. Prints every adjustment with its size and writes them into the record beside the
arrays. Sources, licences and method: docs/world.md and DATA_LICENSES.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from tools._world_elasticities import build_elasticities
from tools._world_g20 import build_g20, section_tariffs
from tools._world_page import write_page
from tools._world_shares import build_shares
from tools._world_sources import (
    G20_ONLY,
    SOURCES,
    Array,
    Cube,
    Log,
    digests,
    read_blocks,
    read_cube,
    read_detail,
    read_sections,
)
from tools._world_tariffs import build_tariffs

from detente.world import World

TARGET = Path(__file__).resolve().parents[1] / "src" / "detente" / "data" / "world"
LIMIT_BYTES = 3_500_000
METHOD = {
    "default": [
        "Flows: the 81 x 28 table of 2022, untouched.",
        "Tariffs: US importer, Census 2024 calculated duty over imports; others, sector averages of Teti (2024), "
        "outliers replaced by the sector's median schedule, nothing on services or inside customs unions.",
        "Value added over output: level by block from the economy's column of the 77 x 11 table of 2020, pattern "
        "within a block from WIOD 2014, moved by one step in log odds.",
        "Inputs: WIOD pattern, scaled to the economy's coefficients by pair of blocks (2020), then RAS against "
        "spending of 2022 with final demand as one more column.",
        "Net product taxes on inputs (2020 rates): duties taken out, the rest kept as input_taxes; those on final "
        "use dropped.",
    ],
    "g20-2019": [
        "Flows, inputs and value added: the 20 x 20 table of 2019, untouched; final use is the sum of three columns.",
        "Tariffs: those of the default world (2022 table weights, US duties of 2024), sections A, B and C.",
        "Net product taxes on inputs: duties taken out, the rest kept as input_taxes; those on final use dropped.",
    ],
}
CONFIDENCE = {
    "trade": "H",
    "value_added_shares": "M (levels of 2020 on flows of 2022)",
    "input_shares": "M with WIOD detail, L without",
    "tariffs": "H for the US importer, M elsewhere, L on and by the rest of the world",
    "input_taxes": "L",
}


def _save(file: str, arrays: dict[str, Any]) -> dict[str, str]:
    path = TARGET / file
    np.savez_compressed(path, **arrays)
    return {"file": file, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _write_json(file: str, content: Any) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (TARGET / file).write_text(text + "\n", encoding="utf-8")


def _accounts(economies: tuple[str, ...], sectors: tuple[str, ...], trade: Array, shares: Any) -> dict[str, Any]:
    return {
        "economies": np.array(economies),
        "sectors": np.array(sectors),
        "trade": trade,
        "input_shares": shares.input_shares,
        "value_added_shares": shares.value_added_shares,
        "final_shares": shares.final_shares,
        "input_taxes": shares.input_taxes,
    }


def _record(name: str, year: int, files: dict[str, Any], sources: list[dict[str, str]], log: Log) -> dict[str, Any]:
    return {
        "name": name,
        "year": year,
        "unit": f"USD million, {year}",
        "made_by": "tools/build_world.py",
        "method": METHOD[name],
        "confidence": CONFIDENCE,
        "sources": sources,
        "adjustments": log.entries,
        "files": files,
    }


def _given_tariffs(path: Path, cube: Cube, log: Log) -> Array:
    """Tariffs of another source, in place of those built here."""
    with np.load(path, allow_pickle=False) as z:
        tariffs = z["default"].astype(float)
    if tariffs.shape != cube.trade.shape or not np.isfinite(tariffs).all() or tariffs.min() < -1:
        raise SystemExit(f"{path}: `default` must be finite fractions of shape {cube.trade.shape}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    duty = float((cube.trade * tariffs).sum())
    log.add("tariffs", "taken whole from another file", file=path.name, sha256=digest, duty_usd_million=duty)
    return np.asarray(tariffs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, required=True, help="folder of the source tables")
    parser.add_argument("--tariffs", type=Path, help="an .npz whose `default` replaces the tariffs built here")
    arguments = parser.parse_args()
    folder: Path = arguments.source
    TARGET.mkdir(parents=True, exist_ok=True)
    sources = {"default": digests(folder, SOURCES), "g20-2019": digests(folder, G20_ONLY)}
    cube, blocks, sections = read_cube(folder), read_blocks(folder), read_sections(folder)
    detail = read_detail(folder, cube.sectors)

    print("default")
    log = Log()
    log.add("source", "the 77 x 11 table of 2020, USD million", **blocks.totals)
    tariffs = _given_tariffs(arguments.tariffs, cube, log) if arguments.tariffs else build_tariffs(folder, cube, log)
    shares = build_shares(cube, tariffs, blocks, detail, sections, log)

    print("g20-2019")
    g20_log = Log()
    g20_tariffs = section_tariffs(cube, tariffs, sections, g20_log)
    g20 = build_g20(sections, g20_tariffs, g20_log)

    rates = _save("tariffs.npz", {"default": tariffs, "g20-2019": g20_tariffs})
    default_file = _save("default.npz", _accounts(cube.economies, cube.sectors, cube.trade, shares))
    g20_file = _save("g20-2019.npz", _accounts(sections.economies, sections.sections, g20.trade, g20))
    for name, year, file, entries in (("default", 2022, default_file, log), ("g20-2019", 2019, g20_file, g20_log)):
        record = _record(name, year, {"accounts": file, "tariffs": rates}, sources[name], entries)
        _write_json(f"{name}.world.json", record)
    _write_json("elasticities.json", {"sets": build_elasticities(cube)})

    for name in METHOD:
        print(name, {key: f"{gap:.1e}" for key, gap in World.load(name).check().items()})
    write_page(TARGET)
    size = sum(path.stat().st_size for path in TARGET.iterdir())
    print(f"data/world: {size / 1e6:.2f} MB")
    if size > LIMIT_BYTES:
        raise SystemExit(f"data/world is over {LIMIT_BYTES / 1e6} MB")


if __name__ == "__main__":
    main()
