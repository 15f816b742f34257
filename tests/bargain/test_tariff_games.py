"""Optimal, Nash and bargained tariffs against closed forms and theorems."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.bargain import Player, bargain_tariffs, implied_rivalry, nash_tariffs
from detente.errors import ShockError, UnknownName
from detente.trade import BOUNDS, Objective, TariffProblem, maximise, optimal_tariffs, union_objective


def two(own, theta, size=1.0):
    """Two mirror images of each other, one good, no duties."""
    trade = 100 * size * np.array([[[own, 1 - own], [1 - own, own]]])
    world = dt.World.from_arrays(trade, np.zeros_like(trade), economies=["A", "B"], sectors=["X"])
    return dt.TradeModel(world, elasticities=theta, deficits="balanced")


SIDES = [Player("A", sectors="all"), Player("B", sectors="all")]


@pytest.mark.parametrize(("own", "theta", "published"), [(0.8, 4.0, 0.28603), (0.9, 4.0, 0.26649), (0.7, 2.0, 0.62268)])
def test_optimum_is_one_over_theta_times_the_foreign_own_share(own, theta, published):
    """Gros (1987): t* = 1 / (theta x foreign own share) at the new equilibrium, foreign tariff 0."""
    best = optimal_tariffs(two(own, theta), "A", sectors="all", tolerance=1e-6)
    assert best.status == "solved"
    assert round(float(best.tariffs[0]), 5) == published
    trade = best.equilibrium.array("trade")
    assert best.tariffs[0] == pytest.approx(1 / (theta * trade[0, 1, 1] / trade[0, 1].sum()), abs=2e-6)
    assert best.gain_percent > 0


@pytest.mark.parametrize(("theta", "foreign"), [(4.0, 0.3), (4.0, 1.0), (2.0, 0.1)])
def test_with_a_foreign_tariff_the_own_share_is_at_border_prices(theta, foreign):
    """t* = 1 / (theta x own sales / (own sales + imports before duty)): duty-inclusive shares would be off."""
    model = two(0.8, theta)
    start = dt.Shock(tariffs=np.array([[[0.0, 0.0], [foreign, 0.0]]]))
    best = optimal_tariffs(model, "A", sectors="all", start=start, tolerance=1e-7)
    assert best.status == "solved"
    trade = best.equilibrium.array("trade")[0, 1]
    assert best.tariffs[0] == pytest.approx(1 / (theta * trade[1] / trade.sum()), abs=1e-6)
    paid = trade * (1 + np.array([foreign, 0.0]))
    assert abs(best.tariffs[0] - 1 / (theta * paid[1] / paid.sum())) > 1e-3


def test_below_an_elasticity_of_one_the_optimum_is_above_100_percent():
    best = optimal_tariffs(two(0.8, 0.76), "A", sectors="all", tolerance=1e-7)
    trade = best.equilibrium.array("trade")[0, 1]
    assert best.status == "solved"
    assert best.tariffs[0] > 1
    assert best.tariffs[0] == pytest.approx(1 / (0.76 * trade[1] / trade.sum()), abs=1e-5)
    held = optimal_tariffs(two(0.8, 0.3), "A", sectors="all")
    assert held.tariffs[0] == pytest.approx(3.0)
    assert held.at_bound == (("X", "B"),)


@pytest.mark.parametrize(("own", "tariff", "loss"), [(0.8, 0.26899, 1.38650), (0.9, 0.25879, 0.67413)])
def test_symmetric_nash(own, tariff, loss):
    war = nash_tariffs(two(own, 4.0), SIDES, tolerance=1e-8)
    assert war.status == "solved"
    for rates, payoff in zip(war.tariffs, war.payoffs_percent.values(), strict=True):
        assert round(float(rates[0]), 5) == tariff
        assert round(-payoff, 5) == loss
    assert war.deviation_gain_percent < 1e-6


@pytest.fixture(scope="module")
def g20():
    return dt.TradeModel(dt.World.load("g20-2019"), elasticities=4.0, deficits="balanced")


@pytest.fixture(scope="module")
def war(g20):
    return nash_tariffs(g20, ["USA", "CHN"])


def test_nobody_gains_from_deviating(g20, war):
    assert war.status == "solved"
    assert war.deviation_gain_percent < 1e-5
    alone = optimal_tariffs(g20, "USA", ["CHN"], start=war.equilibrium.shock)
    np.testing.assert_allclose(alone.tariffs, war.tariffs[0], atol=2e-3)


@pytest.mark.slow
def test_a_war_of_everybody_is_certified(g20):
    """All 20 economies, one rate for each partner: 380 tariffs, none of which anybody would set otherwise."""
    everybody = list(g20.world.economies)
    war = nash_tariffs(g20, everybody, uniform="sectors")
    assert war.status == "solved"
    assert sum(len(t) for t in war.tariffs) == 20 * 19
    assert set(war.deviation_gains_percent) == set(everybody)
    assert war.deviation_gain_percent < 1e-5
    # a search of another kind (L-BFGS) finds nothing better either
    for name in ("USA", "KOR"):
        k = everybody.index(name)
        problem = TariffProblem(g20, war.instruments)
        seeds = union_objective(name, g20, None).seeds(g20)
        given = np.concatenate(war.tariffs)
        reply = maximise(problem, seeds, given, problem.parts[k], BOUNDS, 1e-5, 60)
        assert -1e-9 <= reply.value - war.payoffs_percent[name] < 1e-5
    # and a tenth more or less on everybody is worse
    income = war.payoffs_percent["USA"]
    k = everybody.index("USA")
    for factor in (0.9, 1.1):
        moved = [t * factor if i == k else t for i, t in enumerate(war.tariffs)]
        assert problem.values(np.concatenate(moved), [union_objective("USA", g20, None).seeds(g20)])[0] < income - 1e-4


@pytest.mark.slow
def test_mirror_images_end_a_war_of_many_with_one_rate():
    """Four identical economies: one tariff for all, which solves the scalar condition of one of them by itself."""
    count, theta = 4, 4.0
    trade = np.full((1, count, count), 10.0)
    trade[0, np.arange(count), np.arange(count)] = 70.0
    names = ["A", "B", "C", "D"]
    model = dt.TradeModel(dt.World.from_arrays(trade, np.zeros_like(trade), names, ["X"]), elasticities=theta)
    war = nash_tariffs(model, [Player(n, sectors="all") for n in names], tolerance=1e-7)
    assert war.status == "solved"
    rates = np.concatenate(war.tariffs)
    np.testing.assert_allclose(rates, rates[0], atol=1e-8)
    alone = optimal_tariffs(model, "A", sectors="all", uniform="sectors", start=war.equilibrium.shock, tolerance=1e-7)
    np.testing.assert_allclose(alone.tariffs, rates[0], atol=1e-6)
    # symmetric: factor prices do not move, so that the loss has a closed form
    home, abroad = 0.7, 0.1 * (1 + rates[0]) ** -theta
    price = (home + 3 * abroad) ** (-1 / theta)
    border = 3 * abroad / (1 + rates[0]) / (home + 3 * abroad)
    income = 1 / (home / (home + 3 * abroad) + border)  # spending over what producers get
    assert war.payoffs_percent["A"] == pytest.approx(100 * (income / price - 1), abs=1e-7)


def test_the_optimum_is_flat_and_no_other_rate_is_better(g20):
    best = optimal_tariffs(g20, "USA", ["CHN"], ["C"])
    top = best.equilibrium.array("real_income_percent")[g20.world.economies.index("USA")]
    for move in (-0.02, 0.02):
        change = {"tariff": "set", "importer": "USA", "exporter": "CHN", "sectors": "C", "rate": best.tariffs[0] + move}
        there = g20.solve(dt.Shock.from_changes(g20.world, [change]))
        assert there.array("real_income_percent")[g20.world.economies.index("USA")] < top


def test_a_bound_that_binds_is_named(g20):
    best = optimal_tariffs(g20, "USA", ["CHN"], ["C"], bounds=(0.0, 0.05))
    assert best.tariffs[0] == pytest.approx(0.05)
    assert best.at_bound == (("C", "CHN"),)


def test_rivalry_raises_the_tariff_and_is_found_again(g20):
    plain = optimal_tariffs(g20, "USA", ["CHN"], uniform="sectors")
    rival = optimal_tariffs(g20, "USA", ["CHN"], uniform="sectors", objective=Objective((), rivalry={"CHN": 0.2}))
    assert rival.tariffs[0] > plain.tariffs[0]
    sharp = optimal_tariffs(g20, "USA", ["CHN"], objective=Objective((), rivalry={"CHN": 0.2}))
    found = implied_rivalry(g20, "USA", "CHN", sharp.equilibrium.shock)
    assert found.weight == pytest.approx(0.2, abs=5e-3)


def test_a_weight_on_a_sector_protects_it(g20):
    plain = optimal_tariffs(g20, "USA", ["CHN"], ["A", "B", "C"])
    pushed = optimal_tariffs(g20, "USA", ["CHN"], ["A", "B", "C"], objective=Objective((), {"C": 1.5}))
    names = [n[0] for n in plain.instruments.names]
    assert pushed.tariffs[names.index("C")] > plain.tariffs[names.index("C")]


def test_a_union_has_one_tariff():
    model = dt.TradeModel(dt.World.load(), deficits="balanced")
    best = optimal_tariffs(model, "EU27", ["CHN"], ["C29"])
    assert len(best.tariffs) == 1
    assert len(best.instruments.cells) == 27


@pytest.mark.parametrize("solution", ["nash", "equal_gains", "kalai_smorodinsky"])
def test_symmetric_players_agree_on_free_trade(solution):
    model = two(0.8, 4.0)
    threat = nash_tariffs(model, SIDES, tolerance=1e-8).equilibrium.shock
    deal = bargain_tariffs(model, SIDES, threat=threat, solution=solution)
    assert deal.status == "solved"
    gains = list(deal.gains_percent.values())
    assert gains[0] == pytest.approx(gains[1], abs=1e-6)
    assert gains[0] == pytest.approx(1.38650, abs=2e-5)  # all of the loss of the war comes back


@pytest.fixture(scope="module")
def deals(g20, war):
    return {
        s: bargain_tariffs(g20, ["USA", "CHN"], threat=war.equilibrium.shock, solution=s, uniform="sectors")
        for s in ("nash", "equal_gains", "kalai_smorodinsky")
    }


def test_every_deal_is_better_than_the_threat_for_both(deals):
    for deal in deals.values():
        assert deal.status == "solved"
        assert min(deal.gains_percent.values()) > 0


def test_equal_gains_are_equal_and_nash_has_the_largest_product(deals):
    usa, chn = deals["equal_gains"].gains_percent.values()
    assert usa == pytest.approx(chn, rel=1e-3)
    product = {s: np.prod(list(d.gains_percent.values())) for s, d in deals.items()}
    assert product["nash"] >= max(product.values()) * (1 - 1e-6)


def test_kalai_smorodinsky_gains_are_in_proportion_to_ideals(deals):
    deal = deals["kalai_smorodinsky"]
    shares = [deal.gains_percent[p] / (deal.ideal_percent[p] - deal.threat_percent[p]) for p in deal.players]
    assert shares[0] == pytest.approx(shares[1], rel=1e-2)


def test_a_threat_better_than_any_deal_leaves_an_empty_zone(g20):
    deal = bargain_tariffs(g20, ["USA", "CHN"], threat=[5.0, 5.0], solution="equal_gains", uniform="sectors")
    assert deal.status == "empty_zone"


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda m: nash_tariffs(m, ["USA"]), ShockError, "two players"),
        (lambda m: nash_tariffs(m, ["USA", "USA"]), ShockError, "plays twice"),
        (lambda m: nash_tariffs(m, ["USA", "USB"]), UnknownName, "USB"),
        (lambda m: optimal_tariffs(m, "USA", sectors="C99"), UnknownName, "C99"),
        (lambda m: bargain_tariffs(m, ["USA", "CHN"], solution="fair"), UnknownName, "fair"),
        (lambda m: bargain_tariffs(m, ["USA", "CHN"], weights=[1, -1]), ShockError, "bargaining weights"),
        (lambda m: optimal_tariffs(m, "USA", objective=Objective((), {"Z9": 2}, {"XXX": 1})), UnknownName, "Z9"),
    ],
)
def test_bad_games(g20, call, error, says):
    with pytest.raises(error, match=says):
        call(g20)
