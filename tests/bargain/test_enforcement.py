"""Self-enforcing deals: closed forms, the sums behind the monitoring formula, the two-country model's numbers."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar

from detente.bargain._enforcement import annual_discount_rate, critical_discount, sustainable_range
from detente.errors import UserError

law = settings(deadline=None, max_examples=80)
MONEY = st.floats(0.01, 10.0)


# -- two equal countries, one good, one factor, by their own equations


@functools.cache
def real_income(tariff, foreign_tariff, own, theta):
    """Home's real income, new over old: balanced trade finds the wage, shares are CES in delivered prices."""

    def state(wage):
        cost = np.array([wage, 1.0])
        wedge = np.array([[1.0, 1 + tariff], [1 + foreign_tariff, 1.0]])
        share = np.array([[own, 1 - own], [1 - own, own]]) * (cost * wedge) ** -theta
        price = share.sum(axis=1) ** (-1 / theta)
        share /= share.sum(axis=1, keepdims=True)
        duty = (share * (wedge - 1) / wedge).sum(axis=1)  # of spending
        spending = cost / (1 - duty)
        trade = spending[:, None] * share / wedge
        return trade[1, 0] - trade[0, 1], spending[0] / price[0]

    wage = brentq(lambda w: state(w)[0], 0.2, 5.0, xtol=1e-14)
    return state(wage)[1]


def best_reply(foreign_tariff, own, theta):
    """The best tariff; real income has one peak."""
    return minimize_scalar(
        lambda t: -real_income(t, foreign_tariff, own, theta), bounds=(0.0, 2.0), options={"xatol": 1e-7}
    ).x


def nash(own, theta):
    t = 0.2
    for _ in range(12):  # each reply is a small part as far off as the last
        t = best_reply(t, own, theta)
    return t


@pytest.mark.parametrize(
    ("own", "optimum", "war", "critical"), [(0.8, 0.28603, 0.26899, 0.46371), (0.9, 0.26649, 0.25879, 0.45386)]
)
def test_free_trade_between_equals_needs_this_much_patience(own, optimum, war, critical):
    """models.md, section 3: theta = 4, cheating by the best reply, for ever after the Nash tariffs."""
    reply, fight = best_reply(0.0, own, 4.0), nash(own, 4.0)
    assert reply == pytest.approx(optimum, abs=6e-6)
    assert fight == pytest.approx(war, abs=6e-6)
    cheat, peace, after = real_income(reply, 0.0, own, 4.0), 1.0, real_income(fight, fight, own, 4.0)
    assert real_income(0.0, 0.0, own, 4.0) == pytest.approx(1.0, abs=1e-12)
    assert round(float(critical_discount(cheat - peace, peace - after)), 5) == critical


def test_the_pairs_range_reaches_from_what_patience_allows_to_nash():
    """Equals of own share 0.8: free trade is in the range from delta = 0.46371 on; Nash always is."""
    fight = nash(0.8, 4.0)
    grid = np.linspace(0.0, fight, 25)
    kept = np.array([real_income(t, t, 0.8, 4.0) for t in grid])
    gain = np.array([real_income(best_reply(t, 0.8, 4.0), t, 0.8, 4.0) for t in grid]) - kept
    loss = kept - kept[-1]
    for patience, free in ((0.4638, True), (0.4636, False), (0.0, False)):
        found = sustainable_range(grid, gain[None], loss[None], patience, tolerance=1e-9)
        assert found.sustained[-1]
        assert (found.lowest == 0.0) is free
        assert len(found.intervals) == 1
    lows = [sustainable_range(grid, gain[None], loss[None], d, tolerance=1e-9).lowest for d in (0.1, 0.2, 0.3, 0.4)]
    assert (np.diff(lows) < 0).all()
    at = sustainable_range(grid, gain[None], loss[None], 0.3, tolerance=1e-9).lowest
    kept_at = real_income(at, at, 0.8, 4.0)
    cheat_at = real_income(best_reply(at, 0.8, 4.0), at, 0.8, 4.0)
    assert float(critical_discount(cheat_at - kept_at, kept_at - kept[-1])) == pytest.approx(0.3, abs=2e-3)


# -- critical patience


@law
@given(MONEY, MONEY)
def test_without_an_end_it_is_gain_over_gain_and_loss(gain, loss):
    assert float(critical_discount(gain, loss)) == pytest.approx(gain / (gain + loss), rel=1e-12)


@law
@given(MONEY, MONEY, st.integers(1, 40))
def test_a_snap_back_with_an_end_is_worth_its_sum(gain, loss, length):
    delta = float(critical_discount(gain, loss, length))
    if gain >= length * loss:
        assert delta == math.inf
        return
    assume(gain < length * loss * (1 - 1e-9))
    assert 0 < delta < 1
    assert loss * sum(delta**k for k in range(1, length + 1)) == pytest.approx(gain, rel=1e-8)
    assert delta >= gain / (gain + loss) * (1 - 1e-12)


@law
@given(MONEY, MONEY, st.integers(1, 30), st.floats(0.3, 1.0), st.floats(0.0, 0.2))
def test_monitoring_formula_against_values_summed_up(gain, loss, length, detection, false_alarm):
    """Value of the deal and of a snap-back beginning, from their two linear equations, at delta*."""
    delta = float(critical_discount(gain, loss, length, detection, false_alarm))
    assume(math.isfinite(delta) and delta < 1 - 1e-9)
    punished = -loss * (1 - delta**length) / (1 - delta)
    deal, fight = np.linalg.solve(
        [[1 - delta * (1 - false_alarm), -delta * false_alarm], [-(delta**length), 1.0]], [0.0, punished]
    )
    keep = delta * ((1 - false_alarm) * deal + false_alarm * fight)
    cheat = gain + delta * ((1 - detection) * deal + detection * fight)
    assert cheat == pytest.approx(keep, rel=1e-5, abs=1e-6 * (gain + loss))


@law
@given(MONEY, MONEY, st.floats(0.2, 0.9), st.floats(0.01, 0.1))
def test_harder_to_see_or_shorter_asks_for_more_patience(gain, loss, detection, noise):
    plain = float(critical_discount(gain, loss))
    assert float(critical_discount(gain, loss, detection=detection)) > plain
    assert float(critical_discount(gain, loss, false_alarm=noise)) > plain
    assert float(critical_discount(gain, loss, length=5)) >= plain
    assert float(critical_discount(gain, loss, length=10**6)) == pytest.approx(plain, rel=1e-9)
    assert float(critical_discount(gain, 1.1 * loss)) < plain
    assert float(critical_discount(7 * gain, 7 * loss)) == pytest.approx(plain)


def test_edges():
    found = critical_discount([0.0, -1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 0.0, -1.0, 1.0], [np.inf, 5, 5, 5, 1])
    assert found.tolist() == [0.0, 0.0, math.inf, math.inf, math.inf]
    assert float(critical_discount(1.0, 2.0, false_alarm=0.7)) == math.inf  # the noise eats what the deal is worth


def test_patience_as_a_yearly_rate():
    """Answered within a quarter instead of a year, the same discount factor bears four times the compounding."""
    rate, quarter = annual_discount_rate(0.8, [12, 3])
    assert rate == pytest.approx(0.25)
    assert quarter == pytest.approx(1.25**4 - 1)
    assert np.isnan(annual_discount_rate(math.inf, 12))
    assert np.isinf(annual_discount_rate(0.0, 12))


# -- ranges


def test_the_side_that_needs_more_patience_binds():
    grid = [0.0, 0.1, 0.2, 0.3]
    gain = [[3.0, 1.0, 1.0, 0.0], [1.0, 1.0, 3.0, 0.0]]
    found = sustainable_range(grid, gain, np.ones((2, 4)), 0.6, sides=["USA", "CHN"])
    assert found.binding[0] == "USA"
    assert found.binding[2] == "CHN"
    assert found.critical_discount.tolist() == pytest.approx([0.75, 0.5, 0.75, 0.0])
    assert found.sustained.tolist() == [False, True, False, True]
    # margins -0.15, 0.1, -0.15, 0.6: zeros at 0.06, 0.14 and 0.22
    np.testing.assert_allclose(found.intervals, [(0.06, 0.14), (0.22, 0.3)])
    impatient = sustainable_range(grid, gain, np.ones((2, 4)), [0.6, 0.1], sides=["USA", "CHN"])
    assert impatient.binding[1] == "CHN"
    assert not impatient.sustained[1]


def test_nothing_to_sustain():
    found = sustainable_range([0.0, 0.1], [[1.0, 1.0]], [[-1.0, 0.0]], 0.99)
    assert found.intervals == ()
    assert math.isnan(found.lowest)
    assert "no tariff" in repr(found)


def test_everything_wrong_is_said_at_once():
    with pytest.raises(UserError) as caught:
        critical_discount("x", float("inf"), length=0, detection=1.2, false_alarm=-0.1)
    assert len(caught.value.problems) == 5
    with pytest.raises(UserError, match="deters nothing"):
        critical_discount(1.0, 1.0, detection=0.2, false_alarm=0.2)
    with pytest.raises(UserError) as caught:
        sustainable_range([0.0, 0.1], [[1.0]], [1.0, 2.0, 3.0], [0.1, 0.2, 0.3])
    assert [p.where for p in caught.value.problems] == ["gain", "loss", "patience"]
    with pytest.raises(UserError, match="rising"):
        sustainable_range([0.1, 0.0], [[1.0, 1.0]], [[1.0, 1.0]], 0.5)
