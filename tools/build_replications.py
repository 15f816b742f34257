"""Write docs/replications.md: what others published, what we get, and why they differ where they do.

    python tools/build_replications.py

Needs the researched data beside the checkout (../shared).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "replication"
Row = tuple[str, str, str, str]


def nafta() -> list[Row]:
    """Caliendo and Parro (2015), tables 2 and 3."""
    import jax.numpy as jnp

    import detente.model as m

    d = np.load(DATA / "cp2015" / "cp2015_balanced_baseline_31x40.npz")
    zero = np.zeros(d["value_added_shares"].shape)
    b = m.baseline_from_accounts(
        d["trade"], d["tariffs_before"], d["value_added_shares"], d["input_shares"], d["final_shares"], zero
    )
    p = m.Parameters(*(jnp.asarray(x, dtype=float) for x in (d["trade_elasticity"], 1, 1, 1, 0, 0)))
    shock = m.no_shock(b)._replace(tariff=jnp.asarray(d["tariffs_after"]))
    state = m.solve(b, p, shock).state
    out, formula = m.outcomes(b, p, shock, state), m.first_order_welfare(b, p, shock, state)
    names = list(map(str, d["economies"]))
    published = {"Mexico": (1.31, 1.72), "Canada": (-0.06, 0.32), "USA": (0.08, 0.11)}
    rows: list[Row] = []
    for name, (welfare, wage) in published.items():
        n = names.index(name)
        exact = float(out["real_income_percent"][n])
        rows.append(
            (
                f"{name}: welfare by their formula, %",
                f"{welfare:+.2f}",
                f"{formula['welfare'][n]:+.2f}",
                "first order, large changes",
            )
        )
        rows.append((f"{name}: real wage, %", f"{wage:+.2f}", f"{float(out['real_wage_percent'][n]):+.2f}", "exact"))
        rows.append(
            (f"{name}: exact real income, %", "not published", f"{exact:+.4f}", "what the formula approximates")
        )
    return rows


def gegravity() -> list[Row]:
    """gegravity 0.3 on its own example."""
    from detente.trade import gravity

    coefficients = {
        "lndist": -0.3898623, "contiguity": 0.891577, "common_language": 0.0326249, "pta": 0.4711383,
        "international": -3.412584, "constant": 16.32434,
    }  # fmt: skip
    with (DATA / "gegravity" / "sample_data_set.dlm").open() as f:
        data = list(csv.DictReader(f))
    names = sorted({r["importer"] for r in data})
    costs = np.zeros((2, len(names), len(names)))
    output, spending = np.zeros(len(names)), np.zeros(len(names))
    for r in data:
        i, j = names.index(r["exporter"]), names.index(r["importer"])
        values: dict[str, Any] = {k: 1.0 if k == "constant" else float(r[k]) for k in coefficients}
        for k in (0, 1):
            if k and {r["exporter"], r["importer"]} == {"CAN", "JPN"}:
                values["pta"] = 1.0
            costs[k, i, j] = np.exp(sum(values[v] * beta for v, beta in coefficients.items()))
        output[i], spending[j] = float(r["Y"]), float(r["E"])
    found = gravity(costs[0], costs[1], output, spending, 5.0, "DEU", names)
    with (DATA / "gegravity" / "gegravity_example_CANJPN_country_results.csv").open() as f:
        theirs = {r["country"]: float(r["GDP change (percent)"]) for r in csv.DictReader(f)}
    rows = [
        (f"{n}: real GDP, %", f"{theirs[n]:+.6f}", f"{found.real_gdp_percent[names.index(n)]:+.6f}", "their output")
        for n in ("CAN", "JPN", "DEU")
    ]
    worst = max(abs(theirs[n] - found.real_gdp_percent[k]) for k, n in enumerate(names))
    return [*rows, ("largest gap over 30 economies, %", "", f"{worst:.0e}", "")]


def closed_forms() -> list[Row]:
    """Gros (1987) and the symmetric Nash equilibrium."""
    import detente as dt
    from detente.bargain import Player, nash_tariffs
    from detente.trade import optimal_tariffs

    def model(own: float, theta: float) -> Any:
        trade = 100 * np.array([[[own, 1 - own], [1 - own, own]]])
        world = dt.World.from_arrays(trade, np.zeros_like(trade), economies=["A", "B"], sectors=["X"])
        return dt.TradeModel(world, elasticities=theta, deficits="balanced")

    rows: list[Row] = []
    for own, theta, value in ((0.8, 4.0, 0.28603), (0.9, 4.0, 0.26649), (0.7, 2.0, 0.62268)):
        best = optimal_tariffs(model(own, theta), "A", sectors="all", tolerance=1e-8)
        rows.append(
            (
                f"optimal tariff, own share {own}, theta {theta:g}",
                f"{value:.5f}",
                f"{best.tariffs[0]:.5f}",
                "Gros (1987)",
            )
        )
    for own, value, loss in ((0.8, 0.26899, 1.38650), (0.9, 0.25879, 0.67413)):
        war = nash_tariffs(model(own, 4.0), [Player("A", sectors="all"), Player("B", sectors="all")], tolerance=1e-8)
        rows.append((f"Nash tariff, own share {own}, theta 4", f"{value:.5f}", f"{war.tariffs[0][0]:.5f}", "symmetric"))
        rows.append(
            (f"loss at Nash, own share {own}, %", f"{loss:.5f}", f"{-war.payoffs_percent['A']:.5f}", "symmetric")
        )
    return rows


def page() -> str:
    """The page's text."""
    parts = [
        ("Caliendo and Parro (2015): NAFTA on their data, 31 economies x 40 sectors", "published", nafta(),
         "pytest tests/replications/test_caliendo_parro_2015.py",
         "The published welfare is a first-order formula with baseline weights applied to large changes; exact "
         "real income differs a lot. Both are right as what they are. Some of their input shares are slightly "
         "negative (the lowest -0.0006), which a `World` refuses, so the numbers come from the kernels on the data as "
         "they are; with those shares set to zero `World.from_arrays(..., tolerance=1e-3)` and `TradeModel` give the "
         "same published digits, and exact real income within 0.002 points."),
        ("gegravity 0.3: Canada-Japan agreement, 30 economies", "gegravity", gegravity(),
         "pytest tests/replications/test_gegravity.py",
         "Same closure: the reference importer's index is fixed, its equation dropped, shares stay at the baseline."),
        ("Optimal and Nash tariffs in closed form", "closed form", closed_forms(),
         "pytest tests/bargain/test_tariff_games.py", "Two mirror economies, one good, no transfers."),
    ]  # fmt: skip
    lines = ["# Replications", "", "Made by `python tools/build_replications.py`; tests hold every number.", ""]
    for title, theirs, rows, command, why in parts:
        lines += [f"## {title}", "", why, "", f"| what | {theirs} | detente | note |", "|---|---|---|---|"]
        lines += [f"| {a} | {b} | {c} | {d} |" for a, b, c, d in rows]
        lines += ["", f"`{command}`", ""]
    lines += [
        "## Theorems", "",
        "Arkolakis, Costinot and Rodriguez-Clare (2012), one sector and many with inputs; autarky as the limit of",
        "trade costs; Hulten (1978); Lerner (1936); no money illusion; Walras; a ceiling as an export tax:",
        "`pytest tests/laws`.", "",
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> int:
    """Write the page."""
    if not DATA.exists():
        print(f"needs {DATA}, which is not here", file=sys.stderr)
        return 2
    (ROOT / "docs" / "replications.md").write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
