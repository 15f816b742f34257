"""NAFTA's tariff changes 1993-2005, on Caliendo and Parro's (2015) own data: 31 economies x 40 sectors.

Published (Review of Economic Studies 82(1), tables 2 and 3). Their welfare column is a first-order formula applied
to large changes; exact real income, far from it, comes from an independent solution at 1e-13
(cp2015_nafta_reference_31.csv). Both are reported, each held by its own oracle.
"""

from __future__ import annotations

import csv

import jax.numpy as jnp
import numpy as np
import pytest

import detente as dt
import detente.model as m
from shared_data import shared


def setting(d):
    zero = np.zeros(d["value_added_shares"].shape)
    b = m.baseline_from_accounts(
        d["trade"], d["tariffs_before"], d["value_added_shares"], d["input_shares"], d["final_shares"], zero
    )
    p = m.Parameters(*(jnp.asarray(x, dtype=float) for x in (d["trade_elasticity"], 1, 1, 1, 0, 0)))
    return b, p, m.no_shock(b)._replace(tariff=jnp.asarray(d["tariffs_after"]))


@pytest.fixture(scope="module")
def nafta():
    d = np.load(shared("data", "replication", "cp2015", "cp2015_balanced_baseline_31x40.npz"))
    b, p, shock = setting(d)
    solution = m.solve(b, p, shock)
    assert solution.solved
    with shared("data", "replication", "cp2015", "cp2015_nafta_reference_31.csv").open() as f:
        rows = {r["country"]: r for r in csv.DictReader(f)}
    formula = m.first_order_welfare(b, p, shock, solution.state)
    old = np.asarray(b.share * b.spending.T[:, :, None]) / (1 + np.asarray(b.tariff))
    out = {**m.outcomes(b, p, shock, solution.state), "old": old, **formula}
    return list(map(str, d["economies"])), out, rows


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


@pytest.mark.parametrize(
    ("economy", "terms", "volume", "welfare"),
    [("Mexico", -0.41, 1.72, 1.31), ("Canada", -0.11, 0.04, -0.06), ("USA", 0.04, 0.04, 0.08)],
)
def test_the_first_order_formula_to_the_published_digits(nafta, economy, terms, volume, welfare):
    names, out, _ = nafta
    n = names.index(economy)
    assert round(float(out["terms_of_trade"][n]), 2) == terms
    assert round(float(out["volume"][n]), 2) == volume
    assert round(float(out["welfare"][n]), 2) == welfare


@pytest.mark.parametrize(("economy", "published"), [("Mexico", 118), ("Canada", 11), ("USA", 41)])
def test_imports_from_the_bloc_to_the_published_digits(nafta, economy, published):
    names, out, _ = nafta
    n = names.index(economy)
    others = [names.index(e) for e in ("Mexico", "Canada", "USA") if e != economy]
    change = np.asarray(out["trade"])[:, n][:, others].sum() / out["old"][:, n][:, others].sum()
    assert round(100 * (change - 1)) == published


@pytest.mark.parametrize(
    ("ours", "theirs"), [("terms_of_trade", "tot_pct"), ("volume", "vot_pct"), ("welfare", "welfare_linear_pct")]
)
def test_the_formula_matches_the_independent_solution(nafta, ours, theirs):
    names, out, rows = nafta
    np.testing.assert_allclose(out[ours], [float(rows[n][theirs]) for n in names], rtol=2e-5, atol=2e-6)


def test_it_takes_few_passes():
    """Their cost shares miss one by up to 4e-7 (rounding); closed, the first road settles and no other is tried."""
    d = np.load(shared("data", "replication", "cp2015", "cp2015_balanced_baseline_31x40.npz"))
    missed = np.abs(d["value_added_shares"] + d["input_shares"].sum(axis=1) - 1)
    assert 1e-8 < missed.max() < 1e-6
    b, p, shock = setting(d)
    np.testing.assert_allclose(np.asarray(b.value_added_share + b.input_share.sum(axis=1)), 1.0, atol=1e-15)
    assert abs(float(b.deficit.sum())) < 1e-15
    solution = m.solve(b, p, shock)
    assert solution.solved
    assert solution.steps < 60


def test_accounts_whose_shares_miss_one_by_more_than_rounding_are_refused():
    d = np.load(shared("data", "replication", "cp2015", "cp2015_balanced_baseline_31x40.npz"))
    wrong = dict(d) | {"value_added_shares": d["value_added_shares"] * 1.01}
    with pytest.raises(ValueError, match="miss one"):
        setting(wrong)


def test_the_labelled_model_gives_the_same_once_their_negative_shares_are_gone(nafta):
    """`World` takes no negative shares; theirs are few and small. Set to zero, every published digit stays."""
    d = np.load(shared("data", "replication", "cp2015", "cp2015_balanced_baseline_31x40.npz"))
    names = list(map(str, d["economies"]))
    inputs = np.maximum(d["input_shares"], 0.0)
    assert (d["input_shares"] < 0).sum() < 10
    world = dt.World.from_arrays(
        d["trade"], d["tariffs_before"], names, [f"s{k + 1}" for k in range(40)], inputs,
        1.0 - inputs.sum(axis=1), tolerance=1e-3,
    )  # fmt: skip
    eq = dt.TradeModel(world, elasticities=d["trade_elasticity"]).solve(dt.Shock(tariffs=d["tariffs_after"]))
    assert eq.status == "solved"
    wage = eq["real_wage_percent"]
    for economy, published in (("Mexico", 1.72), ("Canada", 0.32), ("USA", 0.11)):
        assert round(wage.sel(economy=economy).item(), 2) == published
    np.testing.assert_allclose(eq.array("real_income_percent"), nafta[1]["real_income_percent"], atol=2e-3)
