"""What the equilibrium engine is asked to do on the embedded world, and how long it takes, all in one run.

    python benchmarks/engine.py [--repeat 9] [--draws 1000] [--write docs/benchmarks.md] [--json]
    python benchmarks/engine.py --device gpu --batch 1,8,64,512

Times after compilation, the best of the repeats: other work on the machine only adds. The second form solves batches
in one compiled program (`solve_together`) on a device and beside it on the CPU by threads (`solve_many`), and says
from which size of batch the device pays; it needs `pip install jax[cuda12]`.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def best(work: Callable[[], Any], repeat: int) -> float:
    work()
    times = []
    for _ in range(repeat):
        clock = time.perf_counter()
        work()
        times.append(time.perf_counter() - clock)
    return min(times)


def war(world: Any, size: float = 1.0) -> Any:
    """The United States and China tax each other's goods."""
    import detente as dt

    rates = (("USA", "CHN", 0.3), ("CHN", "USA", 0.1))
    changes = [{"tariff": "add", "importer": a, "exporter": b, "rate": r * size} for a, b, r in rates]
    return dt.Shock.from_changes(world, changes)


def solves(repeat: int) -> list[tuple[str, float, str]]:
    """Single solves, gradients and batches: (what, seconds or ratio, asked)."""
    import jax
    import numpy as np

    import detente as dt
    from detente import model as kernels

    world = dt.World.load()
    rows = []
    for horizon in ("long", "short"):
        model = dt.TradeModel(world, horizon=horizon)
        b, p, arrays = model.baseline, model.parameters, war(world).arrays(world)
        seed = {"real_income_percent": np.eye(len(world.economies))[world.economies.index("USA")]}

        def both(b: Any = b, p: Any = p, arrays: Any = arrays, seed: Any = seed) -> None:
            jax.block_until_ready(kernels.gradient(b, p, arrays, kernels.solve(b, p, arrays).state, seed)[1])

        many = [war(world, (k + 1) / 32).arrays(world) for k in range(32)]
        single = best(lambda b=b, p=p, s=arrays: kernels.solve(b, p, s), repeat)
        batch = best(lambda b=b, p=p, many=many: kernels.solve_many(b, p, many), max(2, repeat // 3))
        rows.append((f"one {horizon}-run solve, s", single, "< 0.05" if horizon == "long" else ""))
        rows.append((f"value and gradient, {horizon} run, in solves", best(both, repeat) / single, "< 3"))
        rows.append((f"32 {horizon}-run solves in a batch, over 32 single ones", batch / (32 * single), ""))
    capped = dt.Shock(export_ceilings=[dt.Ceiling("CHN", "USA", "C26", 0.5)])
    model = dt.TradeModel(world, horizon="short")
    bound = model.solve(capped, throw=True)
    if not bound.premium_percent[0] > 0:
        raise SystemExit("the ceiling of the benchmark does not bind")
    rows.append(("one short-run solve with a binding ceiling, s", best(lambda: model.solve(capped), repeat), "< 0.3"))
    each = dt.Ceiling("CHN", "all", ["C26", "C27"], 0.5, "nobody", together=False)
    licences = dt.Shock(tariffs=war(world).tariffs, export_ceilings=[each])
    limits = len(model.solve(licences, throw=True).premium_percent)
    name = f"the same with {limits} ceilings and a trade war, s"
    rows.append((name, best(lambda: model.solve(licences), max(2, repeat // 3)), "< 0.3"))
    return rows


def extremes(repeat: int) -> list[tuple[str, float, str]]:
    """What used to be hard: everybody at 500 %, and hardly any trade."""
    import numpy as np

    import detente as dt

    world = dt.World.load()
    change = {"tariff": "set", "importer": "all", "exporter": "all", "sectors": "all", "rate": 5.0}
    home = np.eye(len(world.economies), dtype=bool)[None]
    wall = dt.Shock(trade_costs=np.broadcast_to(np.where(home, 1.0, 100.0), world.trade.shape))
    rows = []
    for horizon in ("long", "short"):
        model = dt.TradeModel(world, horizon=horizon, deficits="balanced")
        cases = {"500 % by everybody on everything": dt.Shock.from_changes(world, [change])}
        cases["every border 100 times as costly"] = wall
        for name, shock in cases.items():
            what = f"{name}, {horizon} run, s"
            if model.solve(shock).status != "solved":
                raise SystemExit(f"not solved: {what}")
            seconds = best(lambda m=model, s=shock: m.solve(s), max(2, repeat // 3))
            rows.append((what, seconds, "< 2"))
    return rows


def nafta(repeat: int) -> list[tuple[str, float, str]]:
    """Caliendo and Parro (2015) on their own data, where it lies beside the checkout."""
    import jax.numpy as jnp
    import numpy as np

    from detente import model as kernels

    shared = Path(__file__).resolve().parents[2] / "shared"
    path = shared / "data" / "replication" / "cp2015" / "cp2015_balanced_baseline_31x40.npz"
    if not path.exists():
        return []
    d = np.load(path)
    shares = d["value_added_shares"]
    b = kernels.baseline_from_accounts(
        d["trade"], d["tariffs_before"], shares, d["input_shares"], d["final_shares"], np.zeros(shares.shape)
    )
    p = kernels.Parameters(*(jnp.asarray(x, dtype=float) for x in (d["trade_elasticity"], 1, 1, 1, 0, 0)))
    shock = kernels.no_shock(b)._replace(tariff=jnp.asarray(d["tariffs_after"]))
    if not kernels.solve(b, p, shock).solved:
        raise SystemExit("not solved: Caliendo and Parro (2015)")
    name = "Caliendo and Parro (2015), 31 economies x 40 sectors, s"
    return [(name, best(lambda: kernels.solve(b, p, shock), repeat), "< 0.03")]


def policy(draws: int) -> list[tuple[str, float, str]]:
    """Optimum, Nash and draws; each must end `solved`."""
    import detente as dt
    from detente.bargain import nash_tariffs

    world = dt.World.load()
    model = dt.TradeModel(world, deficits="balanced")
    plain = dt.TradeModel(world)
    found: dict[str, Any] = {}

    def keep(name: str, work: Callable[[], Any]) -> float:
        def run() -> None:
            found[name] = work()

        return best(run, 2)

    rows = [
        ("best tariffs of the United States, all partners and goods, s",
         keep("optimum", lambda: dt.optimal_tariffs(model, "USA")), "< 6"),
        ("Nash, United States and China, all goods sectors, certified, s",
         keep("nash", lambda: nash_tariffs(model, ["USA", "CHN"])), "< 8"),
    ]  # fmt: skip
    if any(f.status != "solved" for f in found.values()):
        raise SystemExit(f"not solved: {found}")
    plain.solve_draws(war(world), count=4, seed=2)
    clock = time.perf_counter()
    many = plain.solve_draws(war(world), count=draws, seed=1)
    spent = time.perf_counter() - clock
    if many.solved != draws:
        raise SystemExit(f"{draws - many.solved} draws have no equilibrium")
    rows.append((f"{draws:,} draws of the elasticities, s", spent, "< 35" if draws == 1000 else ""))
    return rows


def device(kind: str, batches: list[int], repeat: int) -> list[dict[str, Any]]:
    """Seconds a member of a batch: together on the device, and by threads on the CPU."""
    import jax

    try:
        place = jax.devices(kind)[0]
    except RuntimeError as problem:
        raise SystemExit(f"no {kind} here: {problem}. pip install 'jax[cuda12]' and run it where one is.") from None
    import detente as dt
    from detente import model as kernels

    world = dt.World.load()
    model = dt.TradeModel(world)
    rows = []
    for size in batches:
        shocks = [war(world, (k + 1) / size).arrays(world) for k in range(size)]
        here, there = jax.devices("cpu")[0], place

        def on(where: Any, solver: Any, shocks: Any = shocks) -> float:
            with jax.default_device(where):
                args = jax.device_put((model.baseline, model.parameters, shocks), where)
                return best(lambda: [s.status for s in solver(*args)], repeat)

        together = on(there, lambda b, p, s, n=size: kernels.solve_together(b, p, s, size=n))
        threads = on(here, lambda b, p, s: kernels.solve_many(b, p, s, workers=os.cpu_count()))
        rows.append({"batch": size, "device_ms": 1000 * together / size, "cpu_ms": 1000 * threads / size})
    return rows


def table(rows: list[tuple[str, float, str]]) -> str:
    lines = ["| what | measured | asked |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {what} | {value:.3g} | {asked} |" for what, value, asked in rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--device")
    parser.add_argument("--batch", default="1,8,64,512")
    parser.add_argument("--write", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.device:
        found = device(options.device, [int(n) for n in options.batch.split(",")], max(2, options.repeat // 3))
        pays = next((r["batch"] for r in found if r["device_ms"] < r["cpu_ms"]), None)
        print(json.dumps({"device": options.device, "rows": found, "pays_from_batch": pays}))
        return
    rows = [*solves(options.repeat), *extremes(options.repeat), *nafta(options.repeat), *policy(options.draws)]
    if options.json:
        print(json.dumps({what: {"measured": value, "asked": asked} for what, value, asked in rows}))
        return
    text = table(rows)
    print(text)
    if options.write:
        from sections import machine, write

        title = "## What is asked of the engine\n\nMade by `python benchmarks/engine.py --write docs/benchmarks.md`:"
        title += " the embedded world, 81 economies x 28 sectors, after compilation."
        write(options.write, "engine", f"{title}\n\n{text}\n\n{machine()}")


if __name__ == "__main__":
    main()
