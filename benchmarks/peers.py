"""detente beside its peers on the same numbers, in one run: equal results first, then the ratio of times.

    pip install gegravity==0.3 puremacro==5.7.1
    python benchmarks/peers.py [--write docs/benchmarks.md]

A peer that is not installed is left out, and the table says so. Times are medians after one warm-up; ours
include building the arrays.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

COEFFICIENTS = {
    "lndist": -0.3898623, "contiguity": 0.891577, "common_language": 0.0326249, "pta": 0.4711383,
    "international": -3.412584, "constant": 16.32434,
}  # fmt: skip
SAMPLE = Path(__file__).resolve().parents[2] / "shared" / "data" / "replication" / "gegravity" / "sample_data_set.dlm"


def timed(work: Callable[[], Any], repeat: int = 3) -> tuple[Any, float]:
    out, times = work(), []
    for _ in range(repeat):
        clock = time.perf_counter()
        out = work()
        times.append(time.perf_counter() - clock)
    return out, statistics.median(times)


def gravity_data(economies: int) -> Any:
    """gegravity's sample, or a made-up one of any size, as a frame."""
    import pandas as pd

    if economies == 30 and SAMPLE.exists():
        return pd.read_csv(SAMPLE).assign(constant=1)
    rng = np.random.default_rng(economies)
    names = [f"E{k:02d}" for k in range(economies)]
    place, size = rng.uniform(0, 1, (economies, 2)), np.exp(rng.normal(12, 1, economies))
    spent = size * rng.uniform(0.9, 1.1, economies)
    rows = [
        {
            "exporter": a, "importer": b, "year": 2006, "trade": 1.0, "Y": size[i], "E": spent[j], "constant": 1,
            "pta": int(i != j and rng.uniform() < 0.2), "contiguity": 0, "common_language": 0,
            "international": int(i != j),
            "lndist": float(np.log(100 + 9000 * np.hypot(*(place[i] - place[j])))),
        }
        for i, a in enumerate(names) for j, b in enumerate(names)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def gravity_case(economies: int) -> dict[str, Any] | None:
    """A free-trade agreement between two economies, in gegravity and here."""
    if importlib.util.find_spec("gegravity") is None:
        return None
    import gegravity as ge
    import pandas as pd

    from detente.trade import gravity

    data = gravity_data(economies)
    names = sorted(data["importer"].unique())
    one, two = ("CAN", "JPN") if "CAN" in names else names[:2]
    reference = "DEU" if "DEU" in names else names[-1]
    after = data.copy()
    after.loc[
        data["importer"].isin([one, two]) & data["exporter"].isin([one, two]) & (data["international"] == 1), "pta"
    ] = 1

    def theirs() -> Any:
        text = data.assign(year=data["year"].astype(str))
        base = ge.BaselineData(text, "importer", "exporter", "year", "trade", "E", "Y")
        table = pd.DataFrame({"v": list(COEFFICIENTS), "b": list(COEFFICIENTS.values())})
        costs = ge.CostCoeffs(table, identifier_col="v", coeff_col="b")
        model = ge.OneSectorGE(
            base, year="2006", reference_importer=reference, sigma=5, cost_variables=list(COEFFICIENTS),
            cost_coeff_values=costs, quiet=True,
        )  # fmt: skip
        with contextlib.redirect_stdout(io.StringIO()):
            model.build_baseline(omr_rescale=10)
            model.define_experiment(after.assign(year=after["year"].astype(str)))
            model.simulate()
        return model

    def ours() -> Any:
        cubes = []
        for frame in (data, after):
            value = np.exp(sum(frame[k].to_numpy() * b for k, b in COEFFICIENTS.items()))
            cubes.append(
                frame.assign(c=value).pivot_table(index="exporter", columns="importer", values="c").loc[names, names]
            )
        y = data.groupby("exporter")["Y"].mean()[names]
        e = data.groupby("importer")["E"].mean()[names]
        return gravity(cubes[0], cubes[1], y, e, 5.0, reference, names)

    (their, slow), (our, fast) = timed(theirs), timed(ours, 9)
    gdp = their.country_results["GDP change (percent)"].loc[names].to_numpy(dtype=float)
    gap = float(np.abs(gdp - our.real_gdp_percent).max())
    what = "gegravity 0.3, its own example, 30 economies" if "CAN" in names else f"gegravity 0.3, {economies} economies"
    return {"case": what, "peer_seconds": slow, "our_seconds": fast, "gap_percent": gap}


def input_output_case() -> dict[str, Any] | None:
    """A 25 % US tariff on China in the G20 world, in puremacro's Caliendo-Parro model and here."""
    if importlib.util.find_spec("puremacro") is None:
        return None
    from puremacro.trade.caliendo_parro import CaliendoParroModel

    import detente as dt

    embedded = dt.World.load("g20-2019")
    # the peer has no input taxes: they go to value added; a millionth keeps structural zeros above zero for it
    inputs = embedded.input_shares / (1 + embedded.input_taxes)[:, None, :]
    trade = np.maximum(embedded.trade, 1e-6)
    world = dt.World.from_arrays(
        trade, embedded.tariffs, list(embedded.economies), list(embedded.sectors), inputs, 1 - inputs.sum(axis=1)
    )
    shock = dt.Shock.from_changes(world, [{"tariff": "add", "importer": "USA", "exporter": "CHN", "rate": 0.25}])
    model = dt.TradeModel(world, elasticities=4.0, deficits="fixed")
    b = model.baseline
    theirs_model = CaliendoParroModel(
        np.asarray(b.share), np.asarray(b.value_added_share), np.asarray(b.input_share).transpose(0, 2, 1),
        np.asarray(b.final_share), model.theta, np.asarray((b.value_added_share * b.output).sum(axis=1)),
        np.asarray(b.deficit), 1 + np.asarray(b.tariff),
    )  # fmt: skip
    tariffs = 1 + np.asarray(shock.tariffs)

    def theirs() -> Any:
        return theirs_model.solve_counterfactual(tariffs_new=tariffs, tol=1e-10)

    (their, slow), (our, fast) = timed(theirs), timed(lambda: model.solve(shock).array("real_income_percent"), 9)
    gap = float(np.abs(np.asarray(their.welfare_pct) - our).max())
    return {
        "case": "puremacro 5.7.1 Caliendo-Parro, G20 world, 20 x 20",
        "peer_seconds": slow,
        "our_seconds": fast,
        "gap_percent": gap,
    }


def table(rows: list[dict[str, Any]]) -> str:
    lines = ["| case | peer, s | detente, s | times faster | largest gap, percent |", "|---|---|---|---|---|"]
    lines += [
        f"| {r['case']} | {r['peer_seconds']:.3f} | {r['our_seconds']:.4f} "
        f"| {r['peer_seconds'] / r['our_seconds']:.0f} | {r['gap_percent']:.0e} |"
        for r in rows
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    found = [gravity_case(30), gravity_case(40), input_output_case()]
    rows = [r for r in found if r is not None]
    text = table(rows) if rows else "No peer is installed: pip install gegravity==0.3 puremacro==5.7.1"
    print(text)
    if options.write:
        from sections import machine, write

        made = "Made by `python benchmarks/peers.py --write docs/benchmarks.md`: equal numbers first, then times."
        note = "Ratios hold on other machines; times do not."
        write(options.write, "peers", f"## Beside peers\n\n{made}\n\n{text}\n\n{machine()} {note}")


if __name__ == "__main__":
    main()
