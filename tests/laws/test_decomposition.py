"""The parts of a real-income change add up, and each is what its name says."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from test_equilibrium_laws import NESTS, costs, setting, war

import detente.model as m
from sample_worlds import random_accounts

TIGHT = m.SolverOptions(tolerance=1e-12)
PARTS = m._decompose.PARTS


def parts_of(b, p, shock, intervals=8):
    s = m.solve(b, p, shock, options=TIGHT)
    return m.decompose(b, p, shock, s, intervals=intervals, options=TIGHT), m.outcomes(b, p, shock, s.state)


@pytest.mark.parametrize("nest", NESTS)
def test_parts_add_up_and_the_error_shrinks_with_the_fourth_power(nest):
    b, p = setting(random_accounts(1, taxes=True), nest)
    shock = war(b, 0.6)
    errors = []
    for intervals in (4, 8, 16):
        found, out = parts_of(b, p, shock, intervals)
        total = sum(found[k] for k in PARTS) + found["integration_error"]
        np.testing.assert_allclose(total, np.asarray(out["real_income_percent"]), atol=1e-10)
        errors.append(np.abs(found["integration_error"]).max())
    assert errors[2] < 1e-4 * np.abs(found["total"]).max()
    assert errors[0] / errors[2] > 100  # 4^4 = 256 in the limit


def test_without_duties_and_wedges_only_trade_costs_and_terms_of_trade_speak():
    b, p = setting(random_accounts(2, tariffs=False))
    found, _ = parts_of(b, p, costs(b, 1.2))
    for silent in ("tariff_volume", "input_wedges", "productivity"):
        assert np.abs(found[silent]).max() < 1e-12
    assert (found["trade_costs"] < 0).all()


def test_world_terms_of_trade_cancel_for_a_small_shock():
    """One economy's gain in the terms of trade is the others' loss: weighted by spending they sum to zero."""
    b, p = setting(random_accounts(4))
    shock = m.no_shock(b)._replace(tariff=b.tariff.at[0, 0, 1].add(1e-4))
    found, _ = parts_of(b, p, shock)
    weighted = np.asarray(b.final) * found["terms_of_trade"]
    assert abs(weighted.sum()) < 1e-4 * np.abs(weighted).max()


def test_productivity_at_home_is_its_own_domar_weight():
    b, p = setting(random_accounts(4, tariffs=False))
    made = m.no_shock(b).productivity.at[0, 1].set(np.exp(1e-5))
    found, _ = parts_of(b, p, m.no_shock(b)._replace(productivity=made))
    assert found["productivity"][0] == pytest.approx(1e-5 * 100 * float(b.output[0, 1] / b.final[0]), rel=1e-4)


def test_odd_intervals_are_refused():
    b, p = setting(random_accounts(4))
    with pytest.raises(ValueError, match="even"):
        parts_of(b, p, war(b), intervals=3)


def test_transfers_enter_when_they_move():
    b, p = setting(random_accounts(5), proportional=1.0)
    found, _ = parts_of(b, p, war(b, 0.5))
    assert np.abs(found["transfers"]).max() > 1e-6
    assert jnp.isfinite(found["total"]).all()
