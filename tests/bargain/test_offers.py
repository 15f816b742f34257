"""Alternating offers against Rubinstein's closed form, backward induction and the outside option principle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.bargain._offers import alternating_offers, finite_offers, short_wait_shares
from detente.errors import UserError

PATIENCE = st.floats(0.0, 0.99)
SHARE = st.floats(0.0, 1.0)
law = settings(deadline=None)


@pytest.mark.parametrize(("d1", "d2", "share"), [(0.9, 0.9, 0.526316), (0.95, 0.9, 0.689655)])
def test_rubinstein_shares(d1, d2, share):
    offers = alternating_offers(d1, d2)
    assert round(float(offers.share1), 6) == share
    assert float(offers.share1 + offers.share2) == pytest.approx(1.0, abs=1e-15)


@law
@given(PATIENCE, PATIENCE, SHARE, SHARE)
def test_both_asks_solve_their_equations(d1, d2, b1, b2):
    """Nobody is offered more than it must be, nor less: the two equations of the docstring, put in again."""
    offers = alternating_offers(d1, d2, b1, b2)
    if b1 + b2 > 1:
        assert not offers.deal
        assert np.isnan(offers.share1)
        return
    x, y = float(offers.share1), 1 - float(offers.share1_second)
    assert x == pytest.approx(1 - max(d2 * y, b2), abs=1e-12)
    assert y == pytest.approx(1 - max(d1 * x, b1), abs=1e-12)
    assert x >= b1 - 1e-12
    assert 1 - x >= b2 - 1e-12


@law
@given(PATIENCE, PATIENCE, st.floats(0.0, 1.0))
def test_outside_options_below_the_rubinstein_share_change_nothing(d1, d2, part):
    plain = alternating_offers(d1, d2)
    slack = float(plain.share2) * part * (1 - 1e-9)
    held = alternating_offers(d1, d2, outside2=slack)
    assert float(held.share1) == pytest.approx(float(plain.share1), abs=1e-12)
    assert not held.binds2
    above = float(plain.share2) + 0.5 * float(plain.share1)
    bound = alternating_offers(d1, d2, outside2=above)
    if float(plain.share1) > 1e-6:
        assert bound.binds2
    assert float(bound.share2) == pytest.approx(above, abs=1e-12)


@law
@given(PATIENCE, PATIENCE, SHARE, SHARE)
def test_sides_are_alike_but_for_who_begins(d1, d2, b1, b2):
    one, other = alternating_offers(d1, d2, b1, b2), alternating_offers(d2, d1, b2, b1)
    np.testing.assert_allclose(float(one.share1_second), 1 - float(other.share1), atol=1e-12)
    if abs(b1 - d1 * float(one.share1)) > 1e-9:
        assert bool(one.binds1) == bool(other.binds2)


@law
@given(PATIENCE, PATIENCE, st.integers(1, 60))
def test_finite_rounds_come_nearer_by_both_patiences_every_two_rounds(d1, d2, rounds):
    limit = float(alternating_offers(d1, d2).share1)
    gap, later = (abs(float(finite_offers(d1, d2, n)) - limit) for n in (rounds, rounds + 2))
    assert later == pytest.approx(d1 * d2 * gap, abs=1e-12)


def test_three_rounds_by_hand():
    """Side 1 asks last: 1; side 2 leaves it d1: asks 1 - d1; side 1 leaves that, discounted: 1 - d2 (1 - d1)."""
    assert float(finite_offers(0.9, 0.8, 3)) == pytest.approx(1 - 0.8 * (1 - 0.9))


@law
@given(st.floats(0.0, 0.9), st.floats(0.0, 0.98), st.floats(0.001, 0.09))
def test_patience_pays(d1, d2, more):
    assert alternating_offers(d1 + more, d2).share1 >= alternating_offers(d1, d2).share1
    if d2 > 0.01:
        assert alternating_offers(d1 + more, d2).share1 > alternating_offers(d1, d2).share1


@law
@given(st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_short_waits_are_the_limit(r1, r2):
    step = 1e-6
    offers = alternating_offers(np.exp(-r1 * step), np.exp(-r2 * step))
    assert float(offers.share1) == pytest.approx(float(short_wait_shares(r1, r2)[0]), abs=1e-5)
    assert float(offers.share1_second) == pytest.approx(float(offers.share1), abs=1e-5)


def test_arrays_equal_loops():
    d1, d2 = np.linspace(0.1, 0.9, 5), np.linspace(0.8, 0.2, 5)
    whole = alternating_offers(d1, d2, 0.2, np.linspace(0, 0.9, 5))
    for k in range(5):
        one = alternating_offers(d1[k], d2[k], 0.2, np.linspace(0, 0.9, 5)[k])
        np.testing.assert_equal(float(whole.share1[k]), float(one.share1))
        assert whole.deal[k] == one.deal


def test_everything_wrong_is_said_at_once():
    with pytest.raises(UserError) as caught:
        alternating_offers(1.0, "x", outside1=-0.1, outside2=[0.1, float("nan")])
    assert [p.where for p in caught.value.problems] == ["patience1", "patience2", "outside1", "outside2"]
    with pytest.raises(UserError, match="do not fit"):
        alternating_offers([0.1, 0.2], [0.1, 0.2, 0.3])
    with pytest.raises(UserError, match="rounds"):
        finite_offers(0.9, 0.9, 0)
