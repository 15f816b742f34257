"""What a solve costs as the world grows: 20, 40, 81 and 160 economies x 28 sectors.

    python benchmarks/scaling.py [--repeat 9] [--write docs/benchmarks.md]

20 and 40 are the largest economies and one rest of the world; 160 cuts economies into identical halves, which must
change nothing: the gap to the whole is in the table. Each size runs in a process of its own, for its peak of memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SIZES = (20, 40, 81, 160)
HORIZONS = ("long", "short")


def seconds(work: Callable[[], Any], repeat: int) -> float:
    work()
    times = []
    for _ in range(repeat):
        clock = time.perf_counter()
        work()
        times.append(time.perf_counter() - clock)
    return min(times)  # other work on the machine only adds


def accounts(size: int) -> tuple[dict[str, np.ndarray], np.ndarray, tuple[str, ...]]:
    """Arrays of a world of `size` economies, which old economy each new one is, and the old names."""
    import detente as dt

    world = dt.World.load()
    if size < len(world.economies):
        order = np.argsort(-world.value_added.reshape(len(world.economies), -1).sum(axis=1))
        rest = [world.economies[k] for k in order[size - 1 :]]
        world = world.aggregate(economies={"REST": rest})
    count = len(world.economies)
    old = np.concatenate([np.arange(count), np.arange(max(0, size - count))])
    part = 1.0 / np.bincount(old, minlength=count)[old]
    cube = world.trade[:, old][:, :, old] * part[:, None] * part
    rates = world.tariffs[:, old][:, :, old]
    arrays = {
        "trade": cube, "tariffs": rates, "value_added_shares": world.value_added_shares[old],
        "input_shares": world.input_shares[old], "final_shares": world.final_shares[old],
        "input_taxes": world.input_taxes[old],
    }  # fmt: skip
    return arrays, old, tuple(world.economies)


def war(baseline: Any, old: np.ndarray, names: tuple[str, ...]) -> Any:
    """30 points on what the United States buys from China, 10 the other way, on every part of either."""
    from detente import model as kernels

    tariff = np.array(baseline.tariff)
    usa, chn = (np.flatnonzero(old == names.index(n)) for n in ("USA", "CHN"))
    tariff[np.ix_(range(tariff.shape[0]), usa, chn)] += 0.3
    tariff[np.ix_(range(tariff.shape[0]), chn, usa)] += 0.1
    return kernels.no_shock(baseline)._replace(tariff=tariff)


def one(size: int, repeat: int) -> dict[str, Any]:
    """Cost of a solve and of a value with its gradient, at one size."""
    import jax

    import detente as dt
    from detente import model as kernels

    arrays, old, names = accounts(size)
    baseline = kernels.baseline_from_accounts(**arrays)
    world = dt.World.load()
    out: dict[str, Any] = {"economies": len(old)}
    for horizon in HORIZONS:
        parameters = dt.TradeModel(world, horizon=horizon).parameters
        shock = war(baseline, old, names)
        found = kernels.solve(baseline, parameters, shock)
        if not found.solved:
            raise SystemExit(f"not solved: {size} economies, {horizon} run")
        seed = np.zeros(len(old))
        seed[names.index("USA")] = 1.0

        def gradient(parameters: Any = parameters, shock: Any = shock, seed: Any = seed) -> None:
            state = kernels.solve(baseline, parameters, shock).state
            jax.block_until_ready(kernels.gradient(baseline, parameters, shock, state, {"real_income_percent": seed}))

        single = seconds(lambda p=parameters, s=shock: kernels.solve(baseline, p, s), repeat)
        both = seconds(gradient, repeat)
        income = np.asarray(kernels.outcomes(baseline, parameters, shock, found.state)["real_income_percent"])
        out[horizon] = {
            "status": found.status.value, "steps": found.steps, "seconds": single, "with_gradient": both,
            "usa": float(income[names.index("USA")]),
        }  # fmt: skip
    out["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return out


def table(rows: list[dict[str, Any]]) -> str:
    whole = next(r for r in rows if r["economies"] == 81)
    lines = [
        "| economies x 28 sectors | long: steps | ms a solve | with gradient, ms | short: steps | ms a solve "
        "| peak memory, MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        cells = [f"{r['economies']}"]
        for h in HORIZONS:
            cells += [f"{r[h]['steps']}", f"{1000 * r[h]['seconds']:.1f}"]
            cells += [f"{1000 * r[h]['with_gradient']:.1f}"] if h == "long" else []
        lines.append("| " + " | ".join([*cells, f"{r['peak_mib']:.0f}"]) + " |")
    split = [r for r in rows if r["economies"] > 81]
    gap = max((abs(r[h]["usa"] - whole[h]["usa"]) for r in split for h in HORIZONS), default=0.0)
    return (
        "\n".join(lines) + f"\n\nHalves against wholes: real income of the United States differs by {gap:.0e} percent."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--one", type=int, help="one size, as JSON")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one, options.repeat)))
        return
    rows = []
    for size in SIZES:
        command = [sys.executable, __file__, "--one", str(size), "--repeat", str(options.repeat)]
        rows.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    text = table(rows)
    print(text)
    if options.write:
        from sections import machine, write

        title = (
            "## As the world grows\n\nMade by `python benchmarks/scaling.py --write docs/benchmarks.md`: a tariff war"
        )
        title += " of the United States and China; 160 is 81 with 79 economies cut into identical halves."
        write(options.write, "scaling", f"{title}\n\n{text}\n\n{machine()}")


if __name__ == "__main__":
    main()
