"""The solver and its gradients: against differences, batch against loop, NaN never a success."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from test_equilibrium_laws import NESTS, costs, setting, war

import detente.model as m
from detente.model._anderson import newton
from detente.model._ces import ces_log
from detente.model._map import Pace, start, step
from detente.model._wedges import wedges
from sample_worlds import random_accounts

TIGHT = m.SolverOptions(tolerance=1e-13)


@pytest.mark.parametrize("nest", NESTS)
@pytest.mark.parametrize("outcome", ["real_income_percent", "gdp_percent", "tariff_revenue"])
def test_gradient_equals_central_differences(nest, outcome):
    b, p = setting(random_accounts(9, taxes=True), nest)
    shock = war(b)
    s = m.solve(b, p, shock, options=TIGHT)
    seed = np.zeros(4)
    seed[1] = 1.0
    _, by, gap = m.gradient(b, p, shock, s.state, {outcome: seed})
    assert gap < 1e-10

    def value(shock, parameters=p):
        found = m.solve(b, parameters, shock, options=TIGHT)
        assert found.solved
        return float(m.outcomes(b, parameters, shock, found.state)[outcome][1])

    eps = 1e-5
    for name, field, at in (
        ("tariff", by.tariff, (0, 1, 0)), ("tariff", by.tariff, (2, 0, 3)),
        ("trade_cost", by.trade_cost, (1, 2, 1)), ("productivity", by.productivity, (1, 2)),
    ):  # fmt: skip
        x = getattr(shock, name)
        up, down = (value(shock._replace(**{name: x.at[at].add(e)})) for e in (eps, -eps))
        # the difference carries the solver's tolerance over eps and eps squared times the curvature
        assert float(field[at]) == pytest.approx((up - down) / (2 * eps), rel=1e-6, abs=1e-7)
    up, down = (
        value(shock, m.Parameters(p.theta.at[1].add(e), p.rho_v, p.rho_m, p.sigma_c, p.immobility, p.proportional))
        for e in (eps, -eps)
    )
    assert float(by.theta[1]) == pytest.approx((up - down) / (2 * eps), rel=1e-6, abs=1e-7)


def test_batch_equals_loop_and_a_failed_member_leaves_the_others():
    b, p = setting(random_accounts(8, tariffs=False))
    shocks = [war(b, 0.05 * k) for k in range(9)]
    shocks.insert(4, costs(b, 1e6))  # impossible with fixed transfers
    together = m.solve_many(b, p, shocks, options=TIGHT, workers=2)
    for k, (shock, found) in enumerate(zip(shocks, together, strict=True)):
        alone = m.solve(b, p, shock, options=TIGHT)
        assert found.status == alone.status
        if k != 4:
            one, two = (m.outcomes(b, p, shock, s.state)["real_income_percent"] for s in (alone, found))
            np.testing.assert_allclose(np.asarray(two), np.asarray(one), atol=1e-10)
    assert together[4].status == "no_equilibrium"


@pytest.mark.slow
def test_newton_finds_the_same_place_as_anderson():
    b, p = setting(random_accounts(10), "short")
    shock = war(b, 0.4)
    s = m.solve(b, p, shock, options=TIGHT)
    wedge = wedges(b, p, shock)
    state, residual, _ = newton(
        lambda x: step(b, p, shock, wedge, x, Pace(0.3, 1.0)), start(b), tolerance=jnp.asarray(1e-12)
    )
    assert float(residual) < 1e-12
    np.testing.assert_allclose(np.asarray(state.price), np.asarray(s.state.price), atol=1e-11)


def test_the_road_does_not_change_the_place():
    b, p = setting(random_accounts(12), "between")
    found = [
        m.solve(b, p, war(b, 1.0), options=m.SolverOptions(tolerance=1e-13, damping=d, depth=k))
        for d, k in ((0.3, 10), (0.1, 5), (0.5, 12))
    ]
    for other in found[1:]:
        np.testing.assert_allclose(np.asarray(other.state.price), np.asarray(found[0].state.price), atol=1e-11)


def test_a_shock_that_is_not_a_number_is_never_solved():
    b, p = setting(random_accounts(1))
    bad = m.no_shock(b)._replace(tariff=b.tariff.at[0, 0, 1].set(jnp.nan))
    found = m.solve(b, p, bad, options=m.SolverOptions(continuation=2))
    assert not found.solved
    assert found.status.remedy


def test_too_few_steps_say_so():
    b, p = setting(random_accounts(1))
    found = m.solve(b, p, war(b), options=m.SolverOptions(max_steps=3, continuation=0))
    assert found.status == "stopped_at_limit"
    assert not found.solved
    assert found.residual > 1e-10


@pytest.mark.parametrize("rate", [5.0, 50.0])
def test_prohibitive_tariffs_solve(rate):
    b, p = setting(random_accounts(2, balanced=True), "long")
    shock = m.no_shock(b)._replace(tariff=b.tariff.at[:, 0, 1].set(rate))
    found = m.solve(b, p, shock)
    assert found.solved
    trade = m.outcomes(b, p, shock, found.state)["trade"]
    old = m.outcomes(b, p, m.no_shock(b), start(b))["trade"]
    assert float(trade[:, 0, 1].sum()) < 0.05 * float(old[:, 0, 1].sum())


@pytest.mark.parametrize("nest", NESTS)
def test_goods_nobody_makes_or_buys_stay_so(nest):
    """Structural zeros: no NaN, no new varieties."""
    a = random_accounts(3, sectors=3, inputs=False)
    a.trade[1, :, 0] = 0.0  # economy 0 makes none of good 1
    a.trade[2, 2, :] = 0.0  # economy 2 buys none of good 2
    a.trade[2, :, 2] = 0.0
    final = (a.trade * (1 + a.tariffs)).sum(axis=2).T
    a.final_shares[:] = final / final.sum(axis=1, keepdims=True)
    b, p = setting(a, nest)
    out = m.outcomes(b, p, war(b), m.solve(b, p, war(b)).state)
    for name, value in out.items():
        assert bool(jnp.isfinite(value).all()), name
    assert float(out["trade"][1, :, 0].sum()) == 0.0
    assert float(out["trade"][2, 2].sum()) == 0.0


@pytest.mark.parametrize("rho", [1 - 1e-9, 1 - 1e-7, 1 + 1e-7, 1 + 1e-5])
def test_ces_is_smooth_through_cobb_douglas(rho):
    s, x = jnp.array([[0.2], [0.5], [0.3]]), jnp.array([0.4, -0.1, 0.7])
    mean = float((s[:, 0] * x).sum())
    variance = float((s[:, 0] * x**2).sum()) - mean**2
    got = float(ces_log(s, x, jnp.asarray(rho))[0])
    assert got == pytest.approx(mean + (1 - rho) / 2 * variance, abs=1e-9)
