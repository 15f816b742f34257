"""Times and ratios of the equilibrium engine on the embedded world, all in one run.

    python benchmarks/engine.py [--repeat 9] [--json]

Figures are medians after compilation. Ratios hold when the machine is slow; times are this machine's.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any


def median(work: Callable[[], Any], repeat: int) -> float:
    work()
    times = []
    for _ in range(repeat):
        clock = time.perf_counter()
        work()
        times.append(time.perf_counter() - clock)
    return statistics.median(times)


def measure(repeat: int) -> dict[str, Any]:
    import jax
    import numpy as np

    import detente as dt
    from detente import model as kernels

    world = dt.World.load()

    def shock(k: float) -> Any:
        return dt.Shock.from_changes(
            world,
            [
                {"tariff": "add", "importer": "USA", "exporter": "CHN", "rate": 0.3 * k},
                {"tariff": "add", "importer": "CHN", "exporter": "USA", "rate": 0.1 * k},
            ],
        )

    out: dict[str, Any] = {"economies": len(world.economies), "sectors": len(world.sectors), "cores": os.cpu_count()}
    for horizon in ("long", "short"):
        model = dt.TradeModel(world, horizon=horizon)
        b, p, options = model.baseline, model.parameters, model.options
        arrays = shock(1.0).arrays(world)
        solution = kernels.solve(b, p, arrays, options=options)
        seed = np.zeros(len(world.economies))
        seed[world.economies.index("USA")] = 1.0

        def one(b: Any = b, p: Any = p, arrays: Any = arrays) -> None:
            kernels.solve(b, p, arrays)

        def value_and_gradient(b: Any = b, p: Any = p, arrays: Any = arrays, seed: Any = seed) -> None:
            found = kernels.solve(b, p, arrays)
            jax.block_until_ready(kernels.gradient(b, p, arrays, found.state, {"real_income_percent": seed})[1])

        many = [shock((k + 1) / 32).arrays(world) for k in range(32)]
        single = median(one, repeat)
        both = median(value_and_gradient, repeat)
        few = max(3, repeat // 3)
        loop = median(lambda many=many, b=b, p=p: [kernels.solve(b, p, s) for s in many], few)
        batch = median(lambda many=many, b=b, p=p: kernels.solve_many(b, p, many), few)
        out[horizon] = {
            "status": solution.status.value, "residual": solution.residual, "steps": solution.steps,
            "solve_seconds": single, "value_and_gradient_in_solves": both / single,
            "batch_of_32_seconds": batch, "batch_of_32_over_32_single": batch / loop,
        }  # fmt: skip
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.repeat)
    if options.json:
        print(json.dumps(found))
        return
    print(f"{found['economies']} economies x {found['sectors']} sectors, {found['cores']} cores")
    print(f"{'':34}{'long run':>12}{'short run':>12}{'asked':>10}")
    rows = [
        ("one solve, seconds", "solve_seconds", "< 0.05"),
        ("steps to 1e-10", "steps", ""),
        ("value and gradient, in solves", "value_and_gradient_in_solves", "<= 3.5"),
        ("32 in a batch over 32 single", "batch_of_32_over_32_single", "<= 1"),
    ]
    for title, key, asked in rows:
        print(f"{title:34}{found['long'][key]:>12.3f}{found['short'][key]:>12.3f}{asked:>10}")


if __name__ == "__main__":
    main()
