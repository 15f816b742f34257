"""Attrition and deadlines: published numbers, indifference checked by hand, limits, and sums of odds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from detente.bargain._attrition import attrition
from detente.bargain._deadline import deadline_odds, drawn
from detente.bargain._last_minute import LastMinute, Reputations
from detente.errors import UserError

law = settings(deadline=None, max_examples=60)
DEMAND, RATE, STUBBORN = st.floats(0.52, 0.95), st.floats(0.005, 0.5), st.floats(0.001, 0.6)
SIDES = st.tuples(DEMAND, DEMAND, RATE, RATE, STUBBORN, STUBBORN)
HARDNESS, COST, BAD = st.floats(0.01, 1.0), st.floats(0.0, 2.0), st.floats(-2.0, 0.0)


# -- Abreu and Gul


@pytest.mark.parametrize(
    ("sides", "hazards", "end", "at_once", "payoffs"),
    [
        ((0.6, 0.6, 0.1, 0.1, 0.05, 0.05), (0.2, 0.2), 14.9787, (0, 0), (0.4, 0.4)),
        ((0.6, 0.6, 0.05, 0.1, 0.05, 0.05), (0.2, 0.1), 14.9787, (0, 0.7764), (0.5553, 0.4)),
        ((0.7, 0.6, 0.1, 0.1, 0.05, 0.1), (0.1, 0.1333), 17.2694, (0.7188, 0), (0.4, 0.5156)),
    ],
)
def test_published_cases(sides, hazards, end, at_once, payoffs):
    found = attrition(*sides)
    for value, expected in zip(
        (found.hazard1, found.hazard2, found.end, found.at_once1, found.at_once2, found.payoff1, found.payoff2),
        (*hazards, end, *at_once, *payoffs),
        strict=True,
    ):
        assert round(float(value), 4) == expected


@law
@given(SIDES)
def test_only_the_stubborn_are_left_and_only_one_side_concedes_at_once(sides):
    found = attrition(*sides)
    assert 1 - float(found.agreed_by(math.inf)) == pytest.approx(sides[4] * sides[5], rel=1e-9)
    assert min(float(found.at_once1), float(found.at_once2)) <= 1e-12
    assert float(found.agreed_by(0)) == pytest.approx(max(float(found.at_once1), float(found.at_once2)))


@pytest.mark.parametrize("plan", [0.5, 3.0, 11.0])
def test_every_plan_in_the_attrition_pays_the_same(plan):
    """Side 1 holds out until `plan`: what it gets, summed over the moments at which side 2 may concede."""
    a1, a2, r1 = 0.7, 0.6, 0.1
    found = attrition(a1, a2, r1, 0.07, 0.05, 0.1)
    hold = 1 - float(found.at_once2)
    t = np.linspace(0, plan, 200_001)
    density = hold * float(found.hazard2) * np.exp(-float(found.hazard2) * t)
    won = np.trapezoid(a1 * np.exp(-r1 * t) * density, t)
    lost = hold * math.exp(-float(found.hazard2) * plan) * math.exp(-r1 * plan) * (1 - a2)
    assert (1 - hold) * a1 + won + lost == pytest.approx(float(found.payoff1), abs=1e-9)


# -- the deadline


@law
@given(SIDES, st.floats(0, 40), HARDNESS, COST, COST, BAD, BAD)
def test_odds_add_up_and_the_stubborn_always_miss_it(sides, months, hardness, k1, k2, d1, d2):
    found = deadline_odds(*sides, months=months, hardness=hardness, cost1=k1, cost2=k2, collapse1=d1, collapse2=d2)
    odds = [float(getattr(found, name)) for name in ("at_once", "before", "at_deadline", "extension", "collapse")]
    assert min(odds) >= -1e-12
    assert sum(odds) == pytest.approx(1.0, abs=1e-12)
    missed = odds[3] + odds[4]
    assert missed >= sides[4] * sides[5] * (1 - 1e-9)
    assert odds[4] == pytest.approx(hardness * missed)
    assert float(found.agreed_by(months)) == pytest.approx(sum(odds[:3]))
    assert float(found.payoff1) >= 1 - sides[1] - 1e-12


@law
@given(SIDES, HARDNESS, COST, COST, BAD, BAD, st.floats(0.05, 0.95))
def test_both_are_indifferent_in_the_last_minute(sides, hardness, k1, k2, d1, d2, at):
    """Rate of concession x D = what is lost by "too late", an extension being worth Abreu and Gul's payoff then."""
    a1, a2, r1, r2, z1, z2 = sides
    excess = a1 + a2 - 1
    rates = np.array([r2 * (1 - a1), r1 * (1 - a2)]) / excess
    fears = np.array([hardness * (1 - a1 - d2) + k2, hardness * (1 - a2 - d1) + k1])  # of the other side
    rush = fears / excess
    lag = 0 if rush[0] / rates[0] >= rush[1] / rates[1] else 1
    run = Reputations(
        np.array(rates[lag] / rates[1 - lag]), np.array(rush[lag]), np.array(rush[1 - lag]), np.array(1 - hardness)
    )
    rest = [-math.log(z1), -math.log(z2)]
    left = at * float(run.length(np.array(rest[1 - lag]), np.array(rest[lag])))
    grown = (run.lagging, run.leading) if lag == 0 else (run.leading, run.lagging)
    y1, y2 = (min(math.exp(-float(g(np.array(left)))), 1 - 1e-15) for g in grown)
    after = attrition(a1, a2, r1, r2, y1, y2)
    step = 1e-6 * left
    for side, (gives, worth, cost, bad) in enumerate(
        ((1 - a1, after.payoff2, k2, d2), (1 - a2, after.payoff1, k1, d1))
    ):
        conceding = float(grown[side](np.array(left + step)) - grown[side](np.array(left - step))) / (2 * step)
        lost = gives + cost - hardness * bad - (1 - hardness) * float(worth)
        assert conceding * excess == pytest.approx(lost, rel=1e-4, abs=1e-7)
        assert conceding > 0


@law
@given(
    st.floats(0.05, 20.0), st.floats(1e-4, 30.0), st.floats(1e-4, 30.0), st.floats(0.0, 1.0), st.floats(0.01, 7.0),
    st.floats(0.01, 7.0),
)  # fmt: skip
def test_how_often_it_is_missed_is_the_integral(ratio, lag, lead, soft, rest_lead, rest_lag):
    """The race between "too late" (rate 1) and the two rates of conceding, summed up numerically."""
    if lag < ratio * lead:
        lag, lead, ratio = lead, lag, 1 / ratio
    run = Reputations(*(np.array(v) for v in (ratio, lag, lead, soft)))
    left = float(run.length(np.array(rest_lead), np.array(rest_lag)))
    assert float(run.leading(np.array(left))) <= rest_lead * (1 + 1e-9)
    assert float(run.lagging(np.array(left))) <= rest_lag * (1 + 1e-9)
    assert float(run.missed(np.array(left))) == pytest.approx(race(run, left), rel=1e-7, abs=1e-12)


def race(run, left):
    """Odds that "too late" comes first, by Gauss-Legendre on 40 pieces; later than 60 the race is over."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    edges = np.linspace(0, min(left, 60.0), 41)
    gone = (edges[:-1, None] + (edges[1:] - edges[:-1])[:, None] * (nodes + 1) / 2).ravel()
    weight = ((edges[1:] - edges[:-1])[:, None] * weights / 2).ravel()

    def held(passed):
        remaining = np.maximum(left - passed, 0.0)
        grown = [f(np.array(left)) - f(remaining) for f in (run.leading, run.lagging)]
        return np.exp(-grown[0] - grown[1])

    return float((weight * np.exp(-gone) * held(gone)).sum() + np.exp(-left) * held(np.array(left)))


@pytest.mark.parametrize("off", [-1e-3, -3e-5, 0.0, 3e-5, 1e-3])
def test_no_seam_where_the_formula_changes(off):
    """B = 0 up to `off`: the closed form there is 0 / 0."""
    run = Reputations(*(np.array(v) for v in (1.0, 0.3 + 0.6 + off, 0.3, 0.6)))
    assert float(run.missed(np.array(2.5))) == pytest.approx(race(run, 2.5), rel=1e-9)


@law
@given(st.tuples(*[st.floats(0.05, 3.0)] * 4), STUBBORN, STUBBORN, st.floats(0.0, 5.0), st.floats(0.0, 0.95))
def test_reputations_follow_their_equations_whoever_lags(rates, z1, z2, months, soft):
    """Backwards from 1 and 1: d(-ln y)/ds = mu - (1 - q) c, c from the race without a deadline, without any roles."""
    rate1, rate2, rush1, rush2 = rates
    found = LastMinute.solve(
        rate1=np.array(rate1), rate2=np.array(rate2), stubborn1=np.array(z1), stubborn2=np.array(z2),
        months=np.array(months), soft=np.array(soft), rush1=np.array(rush1), rush2=np.array(rush2),
    )  # fmt: skip

    def slope(_, grown):
        c1 = -math.expm1(min(0.0, -grown[0] + rate1 / rate2 * grown[1]))
        c2 = -math.expm1(min(0.0, -grown[1] + rate2 / rate1 * grown[0]))
        return [rush1 - soft * c1, rush2 - soft * c2]

    end = solve_ivp(slope, (0.0, float(found.left)), [0.0, 0.0], rtol=1e-9, atol=1e-11).y[:, -1]
    until = float(found.until)
    short = [max(0.0, -math.log(z) - r * until) - g for z, r, g in ((z1, rate1, end[0]), (z2, rate2, end[1]))]
    assert min(short) == pytest.approx(0.0, abs=1e-6)
    for odds, lacking in zip((found.at_once1, found.at_once2), short, strict=True):
        assert float(odds) == pytest.approx(-math.expm1(-max(0.0, lacking)), abs=1e-6)


@law
@given(SIDES, st.floats(0, 60))
def test_without_hardness_and_cost_it_is_the_plain_attrition(sides, months):
    found, plain = deadline_odds(*sides, months=months, hardness=0.0), attrition(*sides)
    assert float(found.deal) == pytest.approx(float(plain.agreed_by(months)), abs=1e-6)
    assert float(found.collapse) == 0.0
    assert float(found.payoff1) == pytest.approx(float(plain.payoff1), abs=1e-5)
    assert float(found.payoff2) == pytest.approx(float(plain.payoff2), abs=1e-5)


@law
@given(SIDES, HARDNESS)
def test_with_a_cost_without_bound_all_but_the_stubborn_concede(sides, hardness):
    found = deadline_odds(*sides, months=1, hardness=hardness, cost1=1e12, cost2=1e12)
    assert float(found.extension + found.collapse) == pytest.approx(sides[4] * sides[5], rel=1e-5, abs=1e-10)


@pytest.mark.parametrize("demand", [0.55, 0.6, 0.75])
def test_a_hard_deadline_is_missed_as_often_as_the_demands_exceed_the_pie(demand):
    """q = 1, equal sides, z to 0: what is left at the end is missed with odds 1 / (1 + 2 mu) = D."""
    found = deadline_odds(demand, demand, 0.02, 0.02, 1e-9, 1e-9, months=3, hardness=1.0)
    assert float(found.collapse / (1 - found.before)) == pytest.approx(2 * demand - 1, rel=1e-6)


@law
@given(DEMAND, RATE, STUBBORN, st.floats(0.01, 0.9), st.floats(0.001, 0.1), BAD)
def test_a_harder_deadline_is_missed_less_often(demand, rate, stubborn, hardness, more, bad):
    both = deadline_odds(
        demand, demand, rate, rate, stubborn, stubborn, months=1, hardness=[hardness, hardness + more],
        collapse1=bad, collapse2=bad,
    )  # fmt: skip
    missed = both.extension + both.collapse
    assert missed[1] <= missed[0] + 1e-12


def test_deals_come_at_once_then_slowly_then_in_a_rush():
    found = deadline_odds(0.6, 0.7, 0.02, 0.02, 0.1, 0.05, months=6, hardness=0.5, collapse1=-0.5, collapse2=-0.5)
    by_month = np.diff([float(found.agreed_by(t)) for t in (0, 1, 2, 3, 4, 5, 5.999)])
    assert float(found.at_once) > by_month.max()
    assert float(found.at_deadline) > by_month.max()
    np.testing.assert_allclose(by_month[1:5] / by_month[:4], math.exp(-float(found.hazard)), rtol=1e-9)


def test_the_end_of_the_attrition_is_no_break():
    """A term just longer or shorter than T0 (14.9787 months) makes next to no difference."""
    sides = (0.6, 0.6, 0.1, 0.1, 0.05, 0.05)
    found = deadline_odds(*sides, months=[14.9786, 14.9788, 30.0], hardness=0.4, cost1=0.1, cost2=0.1)
    np.testing.assert_allclose(found.deal, 1 - 0.05**2, atol=1e-6)
    assert found.at_deadline[2] == 0


def test_the_side_that_fears_the_deadline_gives_in_first():
    equal = deadline_odds(0.6, 0.6, 0.02, 0.02, 0.05, 0.05, months=3, hardness=0.5)
    first = deadline_odds(0.6, 0.6, 0.02, 0.02, 0.05, 0.05, months=3, hardness=0.5, cost1=0.3)
    assert float(equal.at_once) == pytest.approx(0.0, abs=1e-12)
    assert float(first.at_once) > 0.1
    assert float(first.payoff2) > float(equal.payoff2)
    assert float(first.payoff1) == pytest.approx(float(equal.payoff1))


def test_demands_that_fit_are_a_deal_at_once():
    found = deadline_odds(0.4, 0.5, 0.1, 0.1, 0.1, 0.1, months=3, hardness=0.5)
    assert float(found.deal) == 1.0
    assert float(found.at_once) == 1.0
    assert (float(found.payoff1), float(found.payoff2)) == (0.4, 0.5)


def test_a_deadline_that_is_welcome_has_no_answer_here():
    found = deadline_odds(0.6, 0.6, 0.1, 0.1, 0.1, 0.1, months=3, hardness=0.5, collapse1=[0.5, 0.1])
    assert found.applies.tolist() == [False, True]
    assert np.isnan(found.deal[0])
    assert found.range()["deal"][1] == pytest.approx(float(found.deal[1]))
    with pytest.raises(UserError, match="no case"):
        deadline_odds(0.6, 0.6, 0.1, 0.1, 0.1, 0.1, months=3, hardness=0.5, collapse1=0.5).range()


RANGES = {
    "demand1": (0.55, 0.75), "demand2": (0.45, 0.7), "rate1": 0.02, "rate2": (0.01, 0.03), "stubborn1": (0.05, 0.3),
    "stubborn2": (0.05, 0.3), "months": 3, "hardness": (0.05, 0.5), "collapse1": (-1, 0), "collapse2": (-1, 0.35),
}  # fmt: skip


def test_ranges_over_intervals():
    inputs = drawn(RANGES, 300, seed=4)
    whole = deadline_odds(**inputs)
    for k in (0, 7, 299):
        one = deadline_odds(**{n: v[k] if isinstance(v, np.ndarray) else v for n, v in inputs.items()})
        np.testing.assert_allclose(float(whole.deal[k]), float(one.deal), rtol=1e-9)
    low, middle, high = whole.range(0.8)["collapse"]
    inside = (whole.collapse >= low) & (whole.collapse <= high)
    assert low < middle < high
    assert inside[whole.applies].mean() == pytest.approx(0.8, abs=0.01)
    again, other = drawn(RANGES, 300, seed=4), drawn(RANGES, 300, seed=5)
    np.testing.assert_array_equal(inputs["hardness"], again["hardness"])
    assert (inputs["hardness"] != other["hardness"]).all()


def test_last_minute_of_many_cases_is_that_of_each():
    rng = np.random.default_rng(0)
    given_ = {n: rng.uniform(0.01, 2.0, 40) for n in ("rate1", "rate2", "months", "rush1", "rush2")}
    given_ |= {n: rng.uniform(0.01, 0.9, 40) for n in ("stubborn1", "stubborn2", "soft")}
    whole = LastMinute.solve(**given_)
    for k in range(40):
        one = LastMinute.solve(**{n: np.array(v[k]) for n, v in given_.items()})
        np.testing.assert_allclose(
            [whole.at_once1[k], whole.at_once2[k], whole.missed[k]], [one.at_once1, one.at_once2, one.missed], atol=1e-9
        )


def test_everything_wrong_is_said_at_once():
    with pytest.raises(UserError) as caught:
        deadline_odds(1.0, 0.6, 0.0, 0.1, 0.0, 0.1, months=-1, hardness=2, cost1=-1, collapse2=1.5)
    assert len(caught.value.problems) == 7
    with pytest.raises(UserError, match="nothing to fight over"):
        attrition(0.5, 0.5, 0.1, 0.1, 0.1, 0.1)
    with pytest.raises(UserError) as caught:
        drawn({"demand1": (0.7, 0.6), "demand2": "much"}, draws=0)
    assert [p.where for p in caught.value.problems] == ["draws", "demand2", "demand1"]
    with pytest.raises(UserError, match="month"):
        deadline_odds(0.6, 0.6, 0.1, 0.1, 0.1, 0.1, months=3, hardness=0.5).agreed_by(-1)
