"""Theorems that any equilibrium of the model obeys. No number here comes from a run of ours."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente.model as m
from sample_worlds import Accounts, random_accounts, split_first

TIGHT = m.SolverOptions(tolerance=1e-12)
SEEDS = st.integers(0, 10_000)
NESTS = {"long": (1.0, 1.0, 1.0, 0.0), "short": (0.5, 0.2, 0.9, 1.0), "between": (1.4, 0.7, 1.2, 0.5)}


def parameters(sectors, theta=None, nest="long", proportional=0.0) -> m.Parameters:
    theta = np.linspace(2.5, 6.0, sectors) if theta is None else np.broadcast_to(np.asarray(theta, float), (sectors,))
    rho_v, rho_m, sigma_c, immobility = NESTS[nest]
    return m.Parameters(
        *(jnp.asarray(x, dtype=float) for x in (theta, rho_v, rho_m, sigma_c, immobility, proportional))
    )


def setting(accounts: Accounts, nest="long", theta=None, proportional=0.0):
    b = m.baseline_from_accounts(*accounts.arrays())
    return b, parameters(accounts.trade.shape[0], theta, nest, proportional)


def solved(b, p, shock, options=TIGHT):
    s = m.solve(b, p, shock, options=options)
    assert s.solved, (s.status, s.residual)
    return {k: np.asarray(v) for k, v in m.outcomes(b, p, shock, s.state).items()}, s


def war(b, size=0.25):
    tariff = b.tariff.at[:, 0, 1].add(size).at[:, 1, 0].add(size / 2)
    return m.no_shock(b)._replace(tariff=tariff)


def costs(b, factor):
    n = b.output.shape[0]
    wedge = jnp.where(jnp.eye(n, dtype=bool)[None], 1.0, factor)
    return m.no_shock(b)._replace(trade_cost=jnp.broadcast_to(wedge, b.tariff.shape))


@pytest.mark.parametrize("nest", NESTS)
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_no_shock_changes_nothing(nest, seed):
    b, p = setting(random_accounts(seed, taxes=True), nest)
    out, s = solved(b, p, m.no_shock(b))
    assert s.steps <= 2
    for name, value in out.items():
        if name.endswith("_percent") and value.size:
            assert np.abs(value).max() < 1e-9, name
    np.testing.assert_allclose(out["wage"], 1.0, rtol=1e-12)


@pytest.mark.parametrize("nest", NESTS)
@settings(max_examples=10, deadline=None)
@given(seed=SEEDS, scale=st.floats(1e-3, 1e6))
def test_money_has_no_unit(nest, seed, scale):
    a = random_accounts(seed)
    b, p = setting(a, nest)
    c, _ = setting(dataclasses.replace(a, trade=a.trade * scale), nest)
    one, two = solved(b, p, war(b))[0], solved(c, p, war(c))[0]
    for name in one:
        np.testing.assert_allclose(two[name], one[name], rtol=1e-8, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("nest", NESTS)
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_walras_every_market_and_budget_closes(nest, seed):
    """Spending is income plus the transfer, imports less exports are the transfer, and world value added is one."""
    b, p = setting(random_accounts(seed, taxes=True), nest)
    shock = war(b)
    out, _ = solved(b, p, shock)
    trade = out["trade"]
    np.testing.assert_allclose(out["final_spending"] - out["income"], b.deficit, atol=1e-10)
    np.testing.assert_allclose(trade.sum(axis=(0, 2)) - trade.sum(axis=(0, 1)), b.deficit, atol=1e-9)
    np.testing.assert_allclose(out["spending"], (trade * (1 + np.asarray(shock.tariff))).sum(axis=2).T, atol=1e-10)
    np.testing.assert_allclose(out["tariff_revenue"], (trade * np.asarray(shock.tariff)).sum(axis=(0, 2)), atol=1e-10)
    value_added = out["wage"] * np.asarray((b.value_added_share * b.output).sum(axis=1))
    assert value_added.sum() == pytest.approx(1.0, abs=1e-11)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, factor=st.floats(0.8, 3.0))
def test_acr_one_sector(seed, factor):
    """Arkolakis, Costinot and Rodriguez-Clare (2012): W^ = pi_nn^^(-1/theta)."""
    a = random_accounts(seed, sectors=1, tariffs=False, inputs=False, balanced=True)
    b, p = setting(a, theta=4.0)
    out, _ = solved(b, p, costs(b, factor))
    home = np.einsum("jnn->n", out["trade"]) / out["spending"][:, 0] / np.einsum("jnn->n", np.asarray(b.share))
    np.testing.assert_allclose(1 + out["real_income_percent"] / 100, home ** (-1 / 4.0), rtol=1e-9)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, factor=st.floats(0.8, 3.0))
def test_acr_many_sectors_with_inputs(seed, factor):
    """ln(P/w) = (I - gamma')^-1 (ln pi_nn^ / theta), by economy; real income is w over the final-goods index."""
    a = random_accounts(seed, sectors=3, tariffs=False, balanced=True)
    b, p = setting(a)
    out, _ = solved(b, p, costs(b, factor))
    theta = np.asarray(p.theta)
    old = np.einsum("jnn->nj", np.asarray(b.share))
    new = np.einsum("jnn->nj", out["trade"]) / out["spending"]
    for n in range(old.shape[0]):
        gain = np.log(new[n] / old[n]) / theta
        relative = np.linalg.solve(np.eye(3) - np.asarray(b.input_share[n]).T, gain)
        expected = np.exp(-np.asarray(b.final_share[n]) @ relative)
        assert 1 + out["real_income_percent"][n] / 100 == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("nest", ["long", "short"])
def test_autarky_is_the_limit_of_large_trade_costs(nest):
    """With balanced trade the home share goes to one and trade to nothing, and welfare to the autarky formula."""
    a = random_accounts(3, sectors=2, tariffs=False, inputs=False, balanced=True)
    b, p = setting(a, nest, theta=3.0)
    out, _ = solved(b, p, costs(b, 1e5))
    trade = out["trade"]
    abroad = trade.sum() - np.einsum("jnn->", trade)
    assert abroad < 1e-6 * trade.sum()
    if nest == "long":  # Cobb-Douglas, one factor: W^ = prod_j pi_nnj^(alpha_j / theta)
        home = np.einsum("jnn->nj", np.asarray(b.share))
        expected = np.prod(home ** (np.asarray(b.final_share) / 3.0), axis=1)
        np.testing.assert_allclose(1 + out["real_income_percent"] / 100, expected, rtol=1e-6)


@pytest.mark.parametrize("nest", NESTS)
@settings(max_examples=8, deadline=None)
@given(seed=SEEDS)
def test_names_do_not_matter(nest, seed):
    a = random_accounts(seed, economies=5, taxes=True)
    order = np.random.default_rng(seed + 1).permutation(5)
    moved = Accounts(
        a.trade[:, order][:, :, order], a.tariffs[:, order][:, :, order], a.value_added_shares[order],
        a.input_shares[order], a.final_shares[order], a.input_taxes[order],
    )  # fmt: skip
    b, p = setting(a, nest)
    c, _ = setting(moved, nest)
    shock = war(b)
    there = m.ShockArrays(shock.tariff[:, order][:, :, order], *m.no_shock(c)[1:])
    one, two = solved(b, p, shock)[0], solved(c, p, there)[0]
    np.testing.assert_allclose(two["real_income_percent"], one["real_income_percent"][order], atol=1e-8)


@pytest.mark.parametrize("nest", NESTS)
@settings(max_examples=8, deadline=None)
@given(seed=SEEDS)
def test_two_identical_halves_are_the_whole(nest, seed):
    a = random_accounts(seed, taxes=True)
    b, p = setting(a, nest)
    c, _ = setting(split_first(a), nest)
    shock = war(b)
    tariff = np.asarray(shock.tariff)
    tariff = np.concatenate([tariff[:, :1], tariff], axis=1)
    tariff = np.concatenate([tariff[:, :, :1], tariff], axis=2)
    one, two = solved(b, p, shock)[0], solved(c, p, m.no_shock(c)._replace(tariff=jnp.asarray(tariff)))[0]
    np.testing.assert_allclose(two["real_income_percent"][1:], one["real_income_percent"], atol=1e-8)
    np.testing.assert_allclose(two["real_income_percent"][0], one["real_income_percent"][0], atol=1e-8)


@pytest.mark.parametrize("nest", NESTS)
@pytest.mark.parametrize("sector", [0, 2])
def test_hulten(nest, sector):
    """Without duties or wedges, d ln(world real income) = Domar weight of the sector, to first order."""
    a = random_accounts(11, tariffs=False)
    b, p = setting(a, nest)
    size = 1e-4

    def world(sign):
        made = m.no_shock(b).productivity.at[1, sector].set(np.exp(sign * size))
        out, _ = solved(b, p, m.no_shock(b)._replace(productivity=made))
        return float((np.asarray(b.final) * (1 + out["real_income_percent"] / 100)).sum() / np.asarray(b.final).sum())

    response = (np.log(world(1)) - np.log(world(-1))) / (2 * size)
    # transfers only move spending between economies; the world total is what the envelope theorem speaks of
    domar = float(b.output[1, sector] / b.final.sum())
    assert response == pytest.approx(domar, rel=1e-6)


def test_losses_are_ordered_by_substitution():
    """A cut of one input costs a closed economy most when nothing replaces it (Leontief >= CES < 1 >= Cobb-Douglas)."""
    rng = np.random.default_rng(2)
    trade = rng.uniform(1, 2, (3, 1, 1))
    from sample_worlds import close

    a = close(trade, np.zeros_like(trade), np.full((1, 3), 0.5), rng.dirichlet(np.ones(3), (1, 3)).transpose(0, 2, 1))
    b = m.baseline_from_accounts(*a.arrays())
    losses = []
    for rho in (1e-3, 0.5, 1.0):
        p = m.Parameters(*(jnp.asarray(x, dtype=float) for x in (np.full(3, 4.0), rho, rho, rho, 0.0, 0.0)))
        cut = m.no_shock(b)._replace(productivity=m.no_shock(b).productivity.at[0, 0].set(0.5))
        losses.append(-float(solved(b, p, cut)[0]["real_income_percent"][0]))
    assert losses[0] > losses[1] > losses[2] > 0


def test_proportional_transfers_sum_to_zero_and_keep_their_size_without_a_shock():
    a = random_accounts(5)
    b, p = setting(a, proportional=1.0)
    out, _ = solved(b, p, war(b))
    transfers = out["final_spending"] - out["income"]
    assert abs(transfers.sum()) < 1e-11
    still, _ = solved(b, p, m.no_shock(b))
    np.testing.assert_allclose(still["final_spending"] - still["income"], b.deficit, atol=1e-11)


@pytest.mark.parametrize("nest", NESTS)
def test_purged_baseline_is_balanced_and_an_equilibrium(nest):
    a = random_accounts(6, taxes=True)
    b, p = setting(a, nest)
    purged, solution = m.purge_deficits(b, p, TIGHT)
    assert solution.solved
    out, again = solved(purged, p, m.no_shock(purged), m.SolverOptions(tolerance=1e-10))
    assert again.steps <= 2
    trade = out["trade"]
    np.testing.assert_allclose(trade.sum(axis=(0, 2)), trade.sum(axis=(0, 1)), atol=1e-10)
    np.testing.assert_allclose(np.asarray(purged.input_share.sum(axis=1) + purged.value_added_share), 1.0, atol=1e-12)
    np.testing.assert_allclose(np.asarray(purged.share.sum(axis=2)), 1.0, atol=1e-10)


def test_a_transfer_to_a_closed_economy_is_no_equilibrium():
    """Fixed transfers cannot be paid or received without trade; balanced ones can."""
    a = random_accounts(8, tariffs=False)
    b, p = setting(a)
    assert float(jnp.abs(b.deficit).max()) > 1e-3
    failed = m.solve(b, p, costs(b, 1e6))
    assert failed.status == "no_equilibrium"
    assert "balanced" in failed.status.remedy
    purged, _ = m.purge_deficits(b, p)
    assert m.solve(purged, p, costs(purged, 1e6)).solved
