"""NAFTA's tariff changes 1993-2005, on Caliendo and Parro's (2015) own data: 31 economies x 40 sectors.

Published (Review of Economic Studies 82(1), tables 2 and 3): real wages +1.72 % in Mexico, +0.32 in Canada,
+0.11 in the United States. Their welfare column is a first-order formula and is not compared here; exact real
income comes from an independent solution at 1e-13 (cp2015_nafta_reference_31.csv).
"""

from __future__ import annotations

import csv

import jax.numpy as jnp
import numpy as np
import pytest

import detente.model as m
from shared_data import shared


@pytest.fixture(scope="module")
def nafta():
    d = np.load(shared("data", "replication", "cp2015", "cp2015_balanced_baseline_31x40.npz"))
    zero = np.zeros(d["value_added_shares"].shape)
    b = m.baseline_from_accounts(
        d["trade"], d["tariffs_before"], d["value_added_shares"], d["input_shares"], d["final_shares"], zero
    )
    p = m.Parameters(*(jnp.asarray(x, dtype=float) for x in (d["trade_elasticity"], 1, 1, 1, 0, 0)))
    shock = m.no_shock(b)._replace(tariff=jnp.asarray(d["tariffs_after"]))
    solution = m.solve(b, p, shock)
    assert solution.solved
    with shared("data", "replication", "cp2015", "cp2015_nafta_reference_31.csv").open() as f:
        rows = {r["country"]: r for r in csv.DictReader(f)}
    return list(map(str, d["economies"])), m.outcomes(b, p, shock, solution.state), rows


@pytest.mark.parametrize(("economy", "published"), [("Mexico", 1.72), ("Canada", 0.32), ("USA", 0.11)])
def test_real_wages_to_the_published_digits(nafta, economy, published):
    names, out, _ = nafta
    assert round(float(out["real_wage_percent"][names.index(economy)]), 2) == published


@pytest.mark.parametrize(
    ("ours", "theirs"), [("real_income_percent", "exact_real_income_pct"), ("real_wage_percent", "real_wage_pct")]
)
def test_every_economy_matches_the_independent_solution(nafta, ours, theirs):
    names, out, rows = nafta
    expected = [float(rows[n][theirs]) for n in names]
    np.testing.assert_allclose(np.asarray(out[ours]), expected, atol=2e-6)
