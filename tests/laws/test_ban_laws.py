"""A ban takes a flow out: what trade costs without end would do, with no rent for anybody and a slope in all else."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest
from test_ceiling_laws import EXPORTER, IMPORTER, NOBODY, capped, ceiling
from test_equilibrium_laws import NESTS, TIGHT, setting, solved, war

import detente.model as m
from sample_worlds import random_accounts

THETAS = {"little": 0.3, "short": 0.76, "much": None}
ENDLESS = 1e40


def walled(b, cells, factor=ENDLESS, shock=None):
    """The same flows behind trade costs without end."""
    shock = shock or m.no_shock(b)
    return shock._replace(
        trade_cost=shock.trade_cost.at[tuple(jnp.asarray(c) for c in zip(*cells, strict=True))].set(factor)
    )


@pytest.mark.parametrize("rent", [EXPORTER, IMPORTER, NOBODY])
@pytest.mark.parametrize("theta", THETAS.values(), ids=THETAS)
@pytest.mark.parametrize("nest", NESTS)
def test_a_ban_is_trade_costs_without_end_and_nobody_has_a_rent(nest, theta, rent):
    cells = ((0, 0, 1), (0, 2, 1))
    b, p = setting(random_accounts(5, taxes=True), nest, theta)
    out, s = solved(b, p, capped(b, 0.0, rent, shock=war(b), cells=cells))
    wall, _ = solved(b, p, walled(b, cells, shock=war(b)))
    for name in ("real_income_percent", "gdp_percent", "wage", "tariff_revenue", "output"):
        np.testing.assert_allclose(out[name], wall[name], rtol=1e-8, atol=1e-8, err_msg=name)
    for cell in cells:
        assert out["trade"][cell] == 0.0
        assert out["trade_quantity_percent"][cell] == -100.0
    np.testing.assert_array_equal(out["export_revenue"], 0.0)
    np.testing.assert_array_equal(out["premium_percent"], 0.0)
    assert all(np.isfinite(v).all() for v in out.values())
    assert all(np.isfinite(np.asarray(x)).all() for x in s.state)


@pytest.mark.parametrize("theta", [0.3, 0.76, 4.0])
def test_balanced_trade_without_exports_is_autarky(theta):
    """One good, no inputs: real income falls by the home share to the power 1/theta (ACR 2012), exactly."""
    a = random_accounts(3, sectors=1, tariffs=False, inputs=False, balanced=True)
    b, p = setting(a, theta=theta)
    cells = tuple((0, n, 1) for n in range(4) if n != 1)
    out, _ = solved(b, p, capped(b, 0.0, cells=cells))
    home = float(b.share[0, 1, 1])
    assert 1 + out["real_income_percent"][1] / 100 == pytest.approx(home ** (1 / theta), rel=1e-8)
    abroad = np.delete(out["trade"][0, 1], 1)
    assert abroad.sum() < 1e-10 * out["trade"][0, 1, 1]


@pytest.mark.parametrize("nest", NESTS)
def test_an_economy_whose_exports_are_banned_is_one_that_is_walled_off(nest):
    """With balanced trade, inputs and several goods: the two roads to autarky meet."""
    b, p = setting(random_accounts(8, balanced=True, taxes=True, tariffs=False), nest, theta=0.9)
    b, _ = m.purge_deficits(b, p, TIGHT)
    cells = tuple((j, n, 1) for j in range(3) for n in range(4) if n != 1)
    out, _ = solved(b, p, capped(b, 0.0, cells=cells))
    both = cells + tuple((j, 1, n) for j in range(3) for n in range(4) if n != 1)
    wall, _ = solved(b, p, walled(b, both))
    np.testing.assert_allclose(out["real_income_percent"], wall["real_income_percent"], atol=1e-6)


@pytest.mark.parametrize("rent", [EXPORTER, IMPORTER, NOBODY])
def test_a_ceiling_ever_lower_comes_to_the_ban(rent):
    """What is left in value falls with quantity to the power 1 - 1/sigma, and the distance to the ban with it."""
    b, p = setting(random_accounts(5, taxes=True), "short", theta=0.76)
    ban, _ = solved(b, p, capped(b, 0.0, rent))
    gaps = []
    for limit in (1e-4, 1e-6, 1e-8):
        out, _ = solved(b, p, capped(b, limit, rent))
        assert 1 + out["trade_quantity_percent"][0, 0, 1] / 100 == pytest.approx(limit, rel=1e-6)
        gaps.append(np.abs(out["real_income_percent"] - ban["real_income_percent"]).max())
    ratios = np.array(gaps[1:]) / gaps[:-1]
    np.testing.assert_allclose(np.log10(ratios) / -2, 1 - 1 / 1.76, rtol=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("nest", NESTS)
def test_gradients_at_a_ban_are_differences(nest):
    b, p = setting(random_accounts(2), nest, theta=0.76)
    tight = dataclasses.replace(TIGHT, tolerance=1e-13)
    shock = capped(b, 0.0, shock=war(b))._replace(export_tax=jnp.full_like(b.tariff, 0.05))
    s = m.solve(b, p, shock, options=tight)
    _, by, gap = m.gradient(b, p, shock, s.state, {"real_income_percent": np.array([1.0, 0, 0, 0])})
    assert gap < 1e-10

    def value(shock, p=p):
        found = m.solve(b, p, shock, options=tight)
        return float(m.outcomes(b, p, shock, found.state)["real_income_percent"][0])

    eps = 1e-5
    for name, field, at in (
        ("tariff", by.tariff, (0, 0, 2)), ("trade_cost", by.trade_cost, (1, 2, 1)),
        ("export_tax", by.export_tax, (1, 2, 0)), ("productivity", by.productivity, (1, 0)),
    ):  # fmt: skip
        x = getattr(shock, name)
        up, down = (value(shock._replace(**{name: x.at[at].add(e)})) for e in (eps, -eps))
        assert float(field[at]) == pytest.approx((up - down) / (2 * eps), rel=1e-6, abs=1e-7), name
    for name in ("tariff", "trade_cost", "export_tax"):  # the rate on goods that may not come is no lever
        assert float(getattr(by, name)[0, 0, 1]) == 0.0
    up, down = (value(shock, dataclasses.replace(p, theta=p.theta.at[0].add(e))) for e in (eps, -eps))
    assert float(by.theta[0]) == pytest.approx((up - down) / (2 * eps), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("theta", [0.76, 3.0])
@pytest.mark.parametrize("nest", NESTS)
def test_the_parts_of_a_ban_add_up(nest, theta):
    b, p = setting(random_accounts(4, taxes=True), nest, theta)
    tax = jnp.zeros_like(b.tariff).at[0, 0, 1].set(0.1).at[1, 2, 1].set(0.2)
    shock = capped(b, 0.0, shock=war(b))._replace(export_tax=tax)
    errors = []
    for intervals in (8, 16, 32):  # doubled within
        s = m.solve(b, p, shock, options=TIGHT)
        found = m.decompose(b, p, shock, s, intervals=intervals, options=TIGHT)
        errors.append(np.abs(found["integration_error"]).max())
        income = np.asarray(m.outcomes(b, p, shock, s.state)["real_income_percent"])
        np.testing.assert_allclose(found["total"], income, atol=1e-10)
    assert errors[2] < 1e-4 * np.abs(found["total"]).max()
    assert errors[0] / errors[2] > 50
    assert found["trade_costs"][0] < 0


def test_the_cost_of_a_ban_is_that_of_trade_costs_that_rise_without_end():
    """The integral of V d ln d, by fine steps of an iceberg, stands under trade costs."""
    b, p = setting(random_accounts(4, tariffs=False), theta=3.0)
    s = m.solve(b, p, capped(b, 0.0), options=TIGHT)
    ban = m.decompose(b, p, capped(b, 0.0), s, intervals=32, options=TIGHT)
    far = walled(b, ((0, 0, 1),), 300.0)  # by then a share of 4e-8 is left
    wall = m.decompose(b, p, far, m.solve(b, p, far, options=TIGHT), intervals=96, options=TIGHT)
    for name in ("trade_costs", "terms_of_trade"):
        np.testing.assert_allclose(ban[name], wall[name], atol=1e-5, err_msg=name)


def test_bans_and_limits_side_by_side_and_in_one_batch():
    b, p = setting(random_accounts(6), "short", theta=0.76)
    one, two = ceiling(b, 0.0), ceiling(b, 0.5, IMPORTER, ((1, 2, 3),))
    both = m.Ceilings(
        *(jnp.concatenate([x, y]) for x, y in zip(one[:3], two[:3], strict=True)), jnp.array([0, 1]),
        *(jnp.concatenate([x, y]) for x, y in zip(one[4:8], two[4:8], strict=True)), jnp.zeros(2),
    )  # fmt: skip
    shock = m.no_shock(b)._replace(ceilings=both)
    out, _ = solved(b, p, shock)
    wall, _ = solved(b, p, walled(b, ((0, 0, 1),))._replace(ceilings=two))
    np.testing.assert_allclose(out["real_income_percent"], wall["real_income_percent"], atol=1e-8)
    assert out["premium_percent"][1] == pytest.approx(wall["premium_percent"][0], rel=1e-9)
    looser = shock._replace(ceilings=both._replace(limit=jnp.array([0.9, 0.5])))
    together = m.solve_together(b, p, [shock, looser, shock], options=TIGHT)
    assert [x.solved for x in together] == [True] * 3
    for found in together[::2]:
        got = m.outcomes(b, p, shock, found.state)["real_income_percent"]
        np.testing.assert_allclose(np.asarray(got), out["real_income_percent"], atol=1e-9)


def test_a_ban_on_the_way_is_a_ban_in_part():
    """`between` takes the flow out by degrees: all of it at the start, none at the end."""
    b, p = setting(random_accounts(6), "short", theta=0.76)
    shock = capped(b, 0.0)
    left = []
    for part in (0.0, 0.5, 0.9, 1.0):
        at = m._solve.between(b, shock, part)
        left.append(solved(b, p, at)[0]["trade"][0, 0, 1])
    free, _ = solved(b, p, m.no_shock(b))
    assert left[0] == pytest.approx(free["trade"][0, 0, 1], rel=1e-9)
    assert left[0] > left[1] > left[2] > left[3] == 0.0
