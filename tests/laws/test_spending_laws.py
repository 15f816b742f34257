"""Nobody spends less than nothing: where a transfer takes more than income, no equilibrium is reported."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_equilibrium_laws import NESTS, SEEDS, TIGHT, setting

import detente.model as m
from sample_worlds import close, random_accounts


def pair(surplus=6.0):
    """Two economies, one good, inputs; the second sells `surplus` more than it buys and pays that away."""
    trade = np.array([[[80.0, 10.0 + surplus], [10.0, 20.0]]])
    mix = np.ones((2, 1, 1))
    return close(trade, np.zeros_like(trade), np.full((2, 1), 0.5), mix)


def collapse(b, economy, factor):
    made = jnp.ones_like(b.output).at[economy].set(factor)
    return m.no_shock(b)._replace(productivity=made)


@pytest.mark.parametrize("nest", NESTS)
def test_a_transfer_above_income_is_no_equilibrium(nest):
    """By arithmetic: income is below world value added, so an economy that owes more than it earns cannot spend.

    As productivity falls the payer's income falls below what it owes; from there on nothing may be called solved.
    """
    b, p = setting(pair(), nest, theta=3.0)
    owed = -float(b.deficit[1])
    assert owed > 0
    seen = []
    for factor in (1.0, 0.7, 0.5, 0.3, 0.2, 0.1, 0.03):
        shock = collapse(b, 1, factor)
        found = m.solve(b, p, shock, options=TIGHT)
        out = m.outcomes(b, p, shock, found.state)
        if found.solved:
            assert float(out["income"][1]) > owed
            assert float(out["final_spending"].min()) > 0
            assert float(out["real_income_percent"].min()) > -100
        else:
            assert found.status == "no_equilibrium"
            assert "balanced" in found.status.remedy
        seen.append(found.solved)
    assert seen == sorted(seen, reverse=True), "once the transfer cannot be paid, less income pays it no better"
    assert seen[0]
    assert not seen[-1]


def test_the_batch_and_the_loop_say_so_too():
    b, p = setting(pair(), theta=3.0)
    shocks = [collapse(b, 1, f) for f in (1.0, 0.03, 0.9, 0.02)]
    for many in (m.solve_many, m.solve_together):
        found = many(b, p, shocks, options=TIGHT)
        assert [s.status for s in found] == ["solved", "no_equilibrium", "solved", "no_equilibrium"], many


@pytest.mark.parametrize("proportional", [True, False])
def test_the_remedies_are_remedies(proportional):
    b, p = setting(pair(), theta=3.0, proportional=float(proportional))
    if not proportional:
        b, _ = m.purge_deficits(b, p, TIGHT)
    found = m.solve(b, p, collapse(b, 1, 0.03), options=TIGHT)
    assert found.solved
    assert float(m.outcomes(b, p, collapse(b, 1, 0.03), found.state)["final_spending"].min()) > 0


@pytest.mark.parametrize("nest", NESTS)
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, factor=st.floats(0.02, 1.0), economy=st.integers(0, 3))
def test_whatever_is_called_solved_has_positive_spending(nest, seed, factor, economy):
    b, p = setting(random_accounts(seed, taxes=True), nest)
    shock = collapse(b, economy, factor)
    found = m.solve(b, p, shock)
    final = np.asarray(m.outcomes(b, p, shock, found.state)["final_spending"])
    assert (found.status == "solved") == bool((final > 0).all() and found.residual <= 1e-10)
    if not found.solved:
        assert found.status == "no_equilibrium"
