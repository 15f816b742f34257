"""Shapley values: the four axioms that define them, and games with known answers."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.bargain._shapley import coalitions, shapley
from detente.errors import UserError

money = st.floats(-100, 100, allow_nan=False)


@st.composite
def games(draw, most=5):
    n = draw(st.integers(1, most))
    return n, np.array(draw(st.lists(money, min_size=2**n, max_size=2**n)))


def swapped(values, n, i, j):
    """The game with two players' names exchanged."""
    out = np.empty_like(values)
    for mask, members in enumerate(coalitions(n)):
        moved = {j if k == i else i if k == j else k for k in members}
        out[sum(1 << k for k in moved)] = values[mask]
    return out


@given(games())
def test_values_add_up_to_what_all_make_beyond_nobody(game):
    n, v = game
    assert shapley(v).sum() == pytest.approx(v[-1] - v[0], abs=1e-9)
    assert shapley(v).shape == (n,)


@given(games(), st.data())
def test_the_name_of_a_player_does_not_matter(game, data):
    n, v = game
    i, j = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n - 1))
    order = list(range(n))
    order[i], order[j] = order[j], order[i]
    np.testing.assert_allclose(shapley(swapped(v, n, i, j)), shapley(v)[order], atol=1e-9)


@given(games(), st.integers(0, 4), money)
def test_a_player_that_adds_the_same_everywhere_gets_that(game, which, worth):
    n, v = game
    i = which % n
    v = np.array([v[mask & ~(1 << i)] + worth * bool(mask >> i & 1) for mask in range(2**n)])
    assert shapley(v)[i] == pytest.approx(worth, abs=1e-9)


@given(games(), money, money, st.integers(0, 2**31))
def test_values_of_a_sum_of_games_are_the_sum_of_values(game, a, b, seed):
    _, v = game
    w = np.random.default_rng(seed).normal(size=v.size)
    np.testing.assert_allclose(shapley(a * v + b * w), a * shapley(v) + b * shapley(w), atol=1e-7)


@settings(deadline=None, max_examples=30)
@given(games(most=4))
def test_it_is_the_average_over_all_orders_of_arrival(game):
    n, v = game
    total = np.zeros(n)
    for order in itertools.permutations(range(n)):
        mask = 0
        for i in order:
            total[i] += v[mask | 1 << i] - v[mask]
            mask |= 1 << i
    np.testing.assert_allclose(shapley(v), total / math.factorial(n), atol=1e-9)


def test_gloves():
    """One left glove, two right ones, worth the pairs: two thirds to the scarce side."""
    v = [min(len({0} & set(s)), len({1, 2} & set(s))) for s in coalitions(3)]
    np.testing.assert_allclose(shapley(v), [2 / 3, 1 / 6, 1 / 6], rtol=1e-12)


def test_a_runway_is_paid_for_segment_by_segment():
    """Littlechild and Owen (1973): each segment's cost is shared equally by those who need it."""
    need = np.array([3.0, 5.0, 5.0, 8.0, 13.0, 21.0, 34.0, 40.0, 41.0, 55.0, 60.0, 61.0, 70.0, 82.0, 90.0, 91.0])
    n = need.size
    cost = np.zeros(2**n)
    for i in range(n):  # in rising order, so that the largest need of a coalition is written last
        cost[(np.arange(2**n) >> i & 1).astype(bool)] = need[i]
    steps = np.diff(need, prepend=0.0) / np.arange(n, 0, -1)
    np.testing.assert_allclose(shapley(cost), np.cumsum(steps), rtol=1e-11)


def test_the_security_council():
    """Five vetoes and ten others, nine votes to pass: 0.19627 a veto, 0.001865 each other (Shapley-Shubik)."""
    masks = np.arange(2**15)
    votes = sum((masks >> k & 1) for k in range(15))
    v = ((masks & 0b11111) == 0b11111) & (votes >= 9)
    value = shapley(v)
    np.testing.assert_allclose(value[:5], 421 / 2145, rtol=1e-12)
    np.testing.assert_allclose(value[5:], 4 / 2145, rtol=1e-12)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
def test_other_axes_are_carried_along(axis):
    shape = [3, 5]
    shape.insert(axis if axis >= 0 else axis + 3, 8)
    v = np.random.default_rng(1).normal(size=shape)
    found = shapley(v, axis)
    assert found.shape[axis] == 3
    rows, values = np.moveaxis(v, axis, -1), np.moveaxis(found, axis, -1)
    for place in np.ndindex(rows.shape[:-1]):
        np.testing.assert_allclose(values[place], shapley(rows[place]), atol=1e-12)


def test_a_missing_payoff_leaves_no_value():
    assert np.isnan(shapley([0.0, 1.0, np.nan, 3.0])).all()


@pytest.mark.parametrize("bad", [[], [1.0], [1.0, 2.0, 3.0], 4.0])
def test_payoffs_that_are_no_game(bad):
    with pytest.raises(UserError, match="values"):
        shapley(bad)


def test_an_axis_that_is_not_there():
    with pytest.raises(UserError, match="axis 2"):
        shapley(np.zeros((4, 4)), axis=2)
