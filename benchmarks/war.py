"""A tariff war of every economy against every other, with its certificate and its time.

    python benchmarks/war.py [--per-sector] [--both] [--world g20-2019] [--elasticities 4] [--write docs/benchmarks.md]

Uniform: one rate for each partner. `--per-sector`: one for each partner and goods sector. The certificate is the
largest gain, percent of spending, that any player's best reply was found to bring; see `nash_tariffs`.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any


def fight(world_name: str, elasticities: str | float, per_sector: bool, tolerance: float) -> dict[str, Any]:
    import numpy as np

    import detente as dt
    from detente.bargain import nash_tariffs

    world = dt.World.load() if world_name == "default" else dt.World.load(world_name)
    model = dt.TradeModel(world, elasticities, deficits="balanced")
    uniform = None if per_sector else "sectors"
    rounds: list[tuple[int, float, float]] = []
    clock = time.perf_counter()
    nash_tariffs(model, list(world.economies), uniform=uniform, tolerance=1.0, certify=False)  # compiles
    compiled, clock = time.perf_counter() - clock, time.perf_counter()
    found = nash_tariffs(
        model, list(world.economies), uniform=uniform, tolerance=tolerance,
        progress=lambda k, slope: rounds.append((k, slope, time.perf_counter() - clock)),
    )  # fmt: skip
    if found.status != "solved":
        raise SystemExit(f"not solved: {found}")
    losses = np.array(list(found.payoffs_percent.values()))
    weight = np.asarray(model.baseline.final)
    return {
        "world": f"{len(world.economies)} economies, {'per sector' if per_sector else 'uniform'}, {elasticities}",
        "tariffs": sum(len(t) for t in found.tariffs), "status": found.status, "rounds": found.rounds,
        "slope": found.slope, "certificate": found.deviation_gain_percent, "search": rounds[-1][2],
        "seconds": found.seconds, "compile": compiled, "solves": found.solves,
        "median_tariff": float(np.median(np.concatenate(found.tariffs))),
        "world_loss": float((weight * losses).sum() / weight.sum()),
        "average": {p: found.average(p) for p in found.players}, "payoffs": found.payoffs_percent,
    }  # fmt: skip


def row(r: dict[str, Any]) -> str:
    return (
        f"| {r['world']} | {r['tariffs']:,} | {r['status']} | {r['rounds']} | {r['search']:.1f} | {r['seconds']:.1f} "
        f"| {r['certificate']:.0e} | {100 * r['median_tariff']:.1f} | {r['world_loss']:.2f} |"
    )


HEAD = (
    "| war | tariffs | status | rounds | s to converge | s with certificate | largest gain from deviating, percent "
    "| median tariff, percent | world real income, percent |\n|---|---|---|---|---|---|---|---|---|"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-sector", action="store_true")
    parser.add_argument("--both", action="store_true", help="uniform and per sector")
    parser.add_argument("--world", default="default")
    parser.add_argument("--elasticities", default="fontagne-2022")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    kinds = (False, True) if options.both else (options.per_sector,)
    try:
        elasticities: str | float = float(options.elasticities)
    except ValueError:
        elasticities = options.elasticities
    found = [fight(options.world, elasticities, kind, options.tolerance) for kind in kinds]
    text = "\n".join([HEAD, *(row(r) for r in found)])
    print(text)
    for r in found:
        most = sorted(r["payoffs"], key=lambda p: r["payoffs"][p])
        some = [*most[:3], "USA", "CHN", *most[-2:]]
        print(
            "; ".join(f"{p} {100 * r['average'][p]:.1f} % {r['payoffs'][p]:+.2f} %" for p in some if p in r["payoffs"])
        )
    if options.write:
        from sections import machine, write

        title = "## A tariff war of everybody\n\nMade by `python benchmarks/war.py --both --write docs/benchmarks.md`:"
        title += " long run, goods, after compilation. The certificate searches every player's best reply twice, a few"
        title += " steps from its Nash tariffs and all the way from those before the war."
        write(options.write, "war", f"{title}\n\n{text}\n\n{machine()}")


if __name__ == "__main__":
    main()
