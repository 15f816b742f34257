"""Extreme shocks on the embedded world: solved, or said plainly not to be; never a number that is none."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt


@pytest.fixture(scope="module")
def world():
    return dt.World.load()


@pytest.fixture(scope="module")
def models(world):
    return {h: dt.TradeModel(world, horizon=h, deficits="balanced") for h in ("long", "short")}


def finite(eq):
    return all(np.isfinite(eq.array(n)).all() for n in ("real_income_percent", "trade", "price_percent", "output"))


@pytest.mark.parametrize("horizon", ["long", "short"])
@pytest.mark.parametrize("rate", [1.45, 5.0])
def test_trade_war_rates(world, models, horizon, rate):
    changes = [
        {"tariff": "add", "importer": a, "exporter": b, "rate": rate} for a, b in (("USA", "CHN"), ("CHN", "USA"))
    ]
    eq = models[horizon].solve(dt.Shock.from_changes(world, changes))
    assert eq.status == "solved"
    assert finite(eq)
    assert eq["goods_trade_percent"].sel(importer="USA", exporter="CHN") < -50


@pytest.mark.parametrize("horizon", ["long", "short"])
def test_everybody_doubles_every_price_at_the_border(world, models, horizon):
    change = {"tariff": "set", "importer": "all", "exporter": "all", "sectors": "goods", "rate": 1.0}
    eq = models[horizon].solve(dt.Shock.from_changes(world, [change]))
    assert eq.status == "solved"
    assert finite(eq)


@pytest.mark.parametrize("horizon", ["long", "short"])
def test_an_economy_cut_off(world, models, horizon):
    costs = np.ones(world.trade.shape)
    n = world.economies.index("RUS")
    costs[:, n, :] = costs[:, :, n] = 1e3
    costs[:, n, n] = 1.0
    eq = models[horizon].solve(dt.Shock(trade_costs=costs))
    assert eq.status == "solved"
    assert finite(eq)
    income = eq["real_income_percent"]
    assert income.sel(economy="RUS") < income.sel(economy="USA") < 1


@pytest.mark.parametrize("horizon", ["long", "short"])
def test_productivity_collapse(world, models, horizon):
    made = np.ones(world.output.shape)
    made[world.economies.index("TWN"), world.sectors.index("C26")] = 0.01
    eq = models[horizon].solve(dt.Shock(productivity=made))
    assert eq.status == "solved"
    assert finite(eq)
    assert eq["real_income_percent"].sel(economy="TWN") < -1


def test_trade_costs_that_leave_little_trade(world, models):
    costs = np.where(np.eye(len(world.economies), dtype=bool)[None], 1.0, 3.0)
    eq = models["long"].solve(dt.Shock(trade_costs=np.broadcast_to(costs, world.trade.shape)))
    assert eq.status == "solved"
    assert finite(eq)
    assert (eq.array("real_income_percent") < 0).all()


def test_one_impossible_member_leaves_the_batch_alone(world):
    model = dt.TradeModel(world)
    wall = np.where(np.eye(len(world.economies), dtype=bool)[None], 1.0, 1e6)
    shocks = [
        dt.Shock.from_changes(world, [{"tariff": "add", "importer": "USA", "exporter": "CHN", "rate": 0.1 * k}])
        for k in (1, 2, 3)
    ]
    shocks.insert(1, dt.Shock(trade_costs=np.broadcast_to(wall, world.trade.shape)))
    found = model.solve_many(shocks)
    assert [s == "solved" for s in found.status] == [True, False, True, True]


def test_the_doctor_names_where_it_hurts(world):
    changes = [{"tariff": "set", "importer": "USA", "exporter": "CHN", "sectors": "C26", "rate": 10.0}]
    model = dt.TradeModel(world, options=dt.model.SolverOptions(max_steps=4, continuation=0))
    told = model.solve(dt.Shock.from_changes(world, changes)).doctor()
    assert told["status"] == "stopped_at_limit"
    assert told["worst"][0]["gap"] == pytest.approx(told["residual"], rel=1.0)
    assert {"economy", "sector", "equation"} <= set(told["worst"][0])
    assert any("C26 from CHN to USA" in line for line in told["extremes"])


def closed(world, factor):
    """Every border `factor` times as costly."""
    home = np.eye(len(world.economies), dtype=bool)[None]
    return dt.Shock(trade_costs=np.broadcast_to(np.where(home, 1.0, factor), world.trade.shape))


@pytest.mark.parametrize(("factor", "near"), [(100.0, 1e-3), (1e4, 1e-7)])
def test_near_autarky_is_the_closed_form(world, models, factor, near):
    """Arkolakis, Costinot and Rodriguez-Clare (2012), sectors and inputs: ln(w/P) from the baseline home shares alone.

    ln P_j / w solves (I - gamma') x = ln(home share') - ln(home share) over theta, and home share' goes to one.
    Checked where each good is at least partly made at home: elsewhere the limit is far away.
    """
    model = models["long"]
    eq = model.solve(closed(world, factor))
    assert eq.status == "solved"
    assert finite(eq)
    b = model.baseline
    home = np.einsum("jnn->nj", np.asarray(b.share))
    some = np.flatnonzero(home.min(axis=1) > 0.05)
    assert len(some) > 5
    for n in some:
        beta = np.asarray(b.value_added_share[n])
        gamma = np.asarray(b.input_share[n])
        np.testing.assert_allclose(beta + gamma.sum(axis=0), 1.0, atol=1e-9)
        over_wage = np.linalg.solve(np.eye(len(beta)) - gamma.T, -np.log(home[n]) / model.theta)
        expected = 100 * np.expm1(np.asarray(b.final_share[n]) @ over_wage * -1)
        # the price of a good made at home is cost x (home share'/home share)^(1/theta): here home share' is one
        assert eq.array("real_wage_percent")[n] == pytest.approx(expected, abs=100 * near)


@pytest.mark.parametrize("horizon", ["long", "short"])
@pytest.mark.parametrize("factor", [30.0, 100.0])
def test_near_autarky_solves_without_small_steps(world, models, horizon, factor):
    eq = models[horizon].solve(closed(world, factor))
    assert eq.status == "solved"
    assert finite(eq)
    assert eq.steps < 2 * models[horizon].options.max_steps
    assert eq.array("trade_quantity_percent").min() >= -100


@pytest.mark.parametrize("horizon", ["long", "short"])
def test_everybody_charges_500_percent_on_everything(world, models, horizon):
    change = {"tariff": "set", "importer": "all", "exporter": "all", "sectors": "all", "rate": 5.0}
    eq = models[horizon].solve(dt.Shock.from_changes(world, [change]))
    assert eq.status == "solved"
    assert finite(eq)
    assert eq.steps < 2 * models[horizon].options.max_steps
    goods = eq.array("goods_trade_percent")
    assert np.median(goods[~np.eye(len(goods), dtype=bool)]) < -40


@pytest.mark.parametrize(("economy", "factor"), [("SGP", 0.499), ("NOR", 0.3), ("TWN", 0.3), ("DEU", 0.1)])
def test_a_transfer_that_takes_all_income_is_not_called_solved(world, models, economy, factor):
    """Productivity collapses in an economy that pays a fixed transfer: it cannot spend less than nothing."""
    made = np.ones(world.output.shape)
    made[world.economies.index(economy)] = factor
    eq = dt.TradeModel(world, horizon="short").solve(dt.Shock(productivity=made))
    assert eq.status == "no_equilibrium"
    assert any(line.startswith(f"{economy}: the transfer it pays") for line in eq.doctor()["extremes"])
    remedied = models["short"].solve(dt.Shock(productivity=made))
    assert remedied.status == "solved"
    assert remedied.array("final_spending").min() > 0
    assert remedied.array("real_income_percent").min() > -100


@pytest.mark.parametrize("rate", [100.0, 1e4])
def test_everybody_charges_ten_thousand_percent_and_more(world, models, rate):
    """Close to autarky by duties: the wage follows the little trade that is left, however much duty it bears."""
    home = np.eye(len(world.economies), dtype=bool)[None]
    tariffs = np.where(home, world.tariffs, rate)
    eq = models["long"].solve(dt.Shock(tariffs=np.broadcast_to(tariffs, world.trade.shape)))
    assert eq.status == "solved"
    assert finite(eq)
    assert eq.steps < 200
