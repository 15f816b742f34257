"""Export ceilings and export taxes: complementarity, equivalences, and who bears the loss."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_equilibrium_laws import NESTS, SEEDS, TIGHT, setting, solved, war

import detente.model as m
from sample_worlds import random_accounts

EXPORTER, IMPORTER, NOBODY = (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)


def ceiling(b, limit, rent=EXPORTER, cells=((0, 0, 1),)):
    """One group over `cells` (sector, importer, exporter)."""
    sector, importer, exporter = (jnp.asarray(x) for x in zip(*cells, strict=True))
    trade = np.asarray(b.share * b.spending.T[:, :, None] / (1 + b.tariff))
    base = np.array([trade[c] for c in cells])
    return m.Ceilings(
        sector, importer, exporter, jnp.zeros(len(cells), int), jnp.asarray(base / base.sum()),
        jnp.asarray([limit]), jnp.asarray([rent[0]]), jnp.asarray([rent[1]]),
    )  # fmt: skip


def capped(b, limit, rent=EXPORTER, shock=None, **kwargs):
    return (shock or m.no_shock(b))._replace(ceilings=ceiling(b, limit, rent, **kwargs))


def quantity(b, out, cell=(0, 0, 1)):
    return 1 + out["trade_quantity_percent"][cell] / 100


@pytest.mark.parametrize("nest", NESTS)
@pytest.mark.parametrize("rent", [EXPORTER, IMPORTER, NOBODY])
@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, limit=st.floats(0.2, 0.9))
def test_a_binding_ceiling_is_met_exactly_and_every_budget_closes(nest, rent, seed, limit):
    b, p = setting(random_accounts(seed, taxes=True), nest)
    out, _ = solved(b, p, capped(b, limit, rent))
    assert quantity(b, out) == pytest.approx(limit, rel=1e-9)
    assert out["premium_percent"][0] > 0
    trade = out["trade"]
    # what an economy spends beyond its income is its transfer, whoever got the rent
    np.testing.assert_allclose(out["final_spending"] - out["income"], b.deficit, atol=1e-10)
    value_added = out["wage"] * np.asarray((b.value_added_share * b.output).sum(axis=1))
    assert value_added.sum() == pytest.approx(1.0, abs=1e-11)
    assert np.isfinite(trade).all()


@pytest.mark.parametrize("nest", NESTS)
def test_a_slack_ceiling_changes_nothing_and_one_at_the_free_quantity_costs_nothing(nest):
    b, p = setting(random_accounts(3), nest)
    free, _ = solved(b, p, war(b))
    at = quantity(b, free)
    for limit in (2.0, float(at)):
        out, _ = solved(b, p, capped(b, limit, shock=war(b)))
        assert abs(out["premium_percent"][0]) < 1e-8
        np.testing.assert_allclose(out["real_income_percent"], free["real_income_percent"], atol=1e-8)


@pytest.mark.parametrize("nest", NESTS)
def test_rent_to_the_exporter_is_the_export_tax_with_the_same_quantity(nest):
    b, p = setting(random_accounts(5), nest)
    out, _ = solved(b, p, capped(b, 0.5))
    tax = jnp.zeros_like(b.tariff).at[0, 0, 1].set(out["premium_percent"][0] / 100)
    taxed, _ = solved(b, p, m.no_shock(b)._replace(export_tax=tax))
    np.testing.assert_allclose(taxed["real_income_percent"], out["real_income_percent"], atol=1e-8)
    np.testing.assert_allclose(taxed["trade"], out["trade"], rtol=1e-9, atol=1e-14)


def test_rent_to_the_importer_is_a_tariff_and_rent_to_nobody_an_iceberg():
    b, p = setting(random_accounts(6, tariffs=False))
    out, _ = solved(b, p, capped(b, 0.5, IMPORTER))
    tariff = jnp.zeros_like(b.tariff).at[0, 0, 1].set(out["premium_percent"][0] / 100)
    same, _ = solved(b, p, m.no_shock(b)._replace(tariff=tariff))
    np.testing.assert_allclose(same["real_income_percent"], out["real_income_percent"], atol=1e-8)
    waste, _ = solved(b, p, capped(b, 0.5, NOBODY))
    cost = jnp.ones_like(b.tariff).at[0, 0, 1].set(1 + waste["premium_percent"][0] / 100)
    melts, _ = solved(b, p, m.no_shock(b)._replace(trade_cost=cost))
    np.testing.assert_allclose(melts["real_income_percent"], waste["real_income_percent"], atol=1e-8)


def test_lerner_a_uniform_import_tariff_is_a_uniform_export_tax():
    """With balanced trade, no transfers and no baseline duties."""
    a = random_accounts(7, tariffs=False, balanced=True)
    b, p = setting(a)
    abroad = 1.0 - np.eye(4)
    at_home = jnp.asarray(np.broadcast_to(abroad[0][None, :, None] * 0, b.tariff.shape))
    tariff = at_home.at[:, 0, 1:].set(0.2)
    tax = at_home.at[:, 1:, 0].set(0.2)
    one, _ = solved(b, p, m.no_shock(b)._replace(tariff=tariff))
    two, _ = solved(b, p, m.no_shock(b)._replace(export_tax=tax))
    np.testing.assert_allclose(one["real_income_percent"], two["real_income_percent"], atol=1e-8)


@pytest.mark.parametrize("nest", NESTS)
def test_duties_on_all_imports_undone_by_subsidies_on_all_exports_change_nothing(nest):
    """The flat direction of Lerner's symmetry: (1 + t)(1 + e) = 1 at every border of one economy, trade balanced."""
    a = random_accounts(7, tariffs=False, balanced=True)
    b, p = setting(a, nest)
    rate = 0.25
    tariff = jnp.zeros_like(b.tariff).at[:, 0, 1:].set(rate)
    subsidy = jnp.zeros_like(b.tariff).at[:, 1:, 0].set(1 / (1 + rate) - 1)
    out, _ = solved(b, p, m.no_shock(b)._replace(tariff=tariff, export_tax=subsidy))
    np.testing.assert_allclose(out["real_income_percent"], 0.0, atol=1e-8)
    np.testing.assert_allclose(out["trade_quantity_percent"], 0.0, atol=1e-8)
    alone, _ = solved(b, p, m.no_shock(b)._replace(tariff=tariff))
    assert np.abs(alone["trade_quantity_percent"]).max() > 1


def test_one_limit_over_several_importers_holds_for_their_sum():
    cells = ((0, 0, 1), (0, 2, 1), (0, 3, 1))
    b, p = setting(random_accounts(8), "short")
    out, _ = solved(b, p, capped(b, 0.6, cells=cells))
    weight = np.asarray(ceiling(b, 0.6, cells=cells).weight)
    total = sum(w * quantity(b, out, c) for w, c in zip(weight, cells, strict=True))
    assert total == pytest.approx(0.6, rel=1e-9)


def test_waste_hurts_the_world_more_than_rent():
    b, p = setting(random_accounts(9, tariffs=False))
    final = np.asarray(b.final)
    worlds = [
        float((final * solved(b, p, capped(b, 0.4, rent))[0]["real_income_percent"]).sum())
        for rent in (EXPORTER, IMPORTER, NOBODY)
    ]
    assert worlds[2] < min(worlds[:2]) < 0


@pytest.mark.parametrize("rent", [EXPORTER, IMPORTER, NOBODY])
def test_the_parts_of_a_ceilings_cost_add_up(rent):
    b, p = setting(random_accounts(4, taxes=True), "short")
    shock = capped(b, 0.4, rent)
    errors = []
    for intervals in (4, 8, 16):
        s = m.solve(b, p, shock, options=TIGHT)
        found = m.decompose(b, p, shock, s, intervals=intervals, options=TIGHT)
        errors.append(np.abs(found["integration_error"]).max())
        income = np.asarray(m.outcomes(b, p, shock, s.state)["real_income_percent"])
        np.testing.assert_allclose(found["total"], income, atol=1e-10)
    assert errors[0] / errors[2] > 50
    assert errors[2] < 1e-4 * np.abs(found["total"]).max()


def test_gradients_see_a_binding_ceiling():
    """d real income / d tariff with the ceiling binding, against central differences; and in the limit itself."""
    b, p = setting(random_accounts(2), "short")
    tight = dataclasses.replace(TIGHT, tolerance=1e-13)
    shock = capped(b, 0.5, shock=war(b))
    s = m.solve(b, p, shock, options=tight)
    seed = np.array([1.0, 0, 0, 0])
    _, by, gap = m.gradient(b, p, shock, s.state, {"real_income_percent": seed})
    assert gap < 1e-10

    def value(x):
        found = m.solve(b, p, x, options=tight)
        return float(m.outcomes(b, p, x, found.state)["real_income_percent"][0])

    eps = 1e-5
    for at in ((0, 0, 1), (1, 2, 0)):
        up, down = (value(shock._replace(tariff=shock.tariff.at[at].add(e))) for e in (eps, -eps))
        assert float(by.tariff[at]) == pytest.approx((up - down) / (2 * eps), rel=1e-6, abs=1e-7)
    up, down = (
        value(shock._replace(ceilings=shock.ceilings._replace(limit=shock.ceilings.limit + e))) for e in (eps, -eps)
    )
    assert float(by.limit[0]) == pytest.approx((up - down) / (2 * eps), rel=1e-6, abs=1e-7)
