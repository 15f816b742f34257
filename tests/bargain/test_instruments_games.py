"""Nash games, bargains and inverse problems in export taxes and ceilings."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import detente as dt
from detente.bargain import Player, bargain_tariffs, implied_rivalry, nash_tariffs
from detente.errors import ShockError
from detente.trade import Ceiling, Objective, Shock, members, optimal_tariffs

pytestmark = pytest.mark.slow


def two(own, theta):
    """Two mirror images of each other, one good, no duties."""
    trade = 100 * np.array([[[own, 1 - own], [1 - own, own]]])
    world = dt.World.from_arrays(trade, np.zeros_like(trade), economies=["A", "B"], sectors=["X"])
    return dt.TradeModel(world, elasticities=theta, deficits="balanced")


@pytest.fixture(scope="module")
def small():
    """Three unequal economies, two goods."""
    draw = np.random.default_rng(3)
    trade = draw.uniform(5.0, 15.0, (2, 3, 3))
    trade[:, np.arange(3), np.arange(3)] += 60.0
    world = dt.World.from_arrays(trade, np.zeros_like(trade), ["A", "B", "C"], ["X", "Y"])
    return dt.TradeModel(world, elasticities=[4.0, 2.5], deficits="balanced")


@pytest.mark.parametrize(("own", "rate", "loss"), [(0.8, 0.26899, 1.38650), (0.9, 0.25879, 0.67413)])
@pytest.mark.parametrize("sets", [("export_taxes", "export_taxes"), ("tariffs", "export_taxes")])
def test_a_war_of_export_taxes_costs_what_a_war_of_tariffs_does(own, rate, loss, sets):
    """Each side's export tax is its import tariff (Lerner), so that the closed form of the tariff war holds."""
    sides = [Player(name, sectors="all", instruments=tools) for name, tools in zip("AB", sets, strict=True)]
    war = nash_tariffs(two(own, 4.0), sides, tolerance=1e-8)
    assert war.status == "solved"
    for settings, payoff in zip(war.settings, war.payoffs_percent.values(), strict=True):
        assert round(float(settings.values[0]), 5) == rate
        assert round(-payoff, 5) == loss
    assert war.deviation_gain_percent < 1e-6


def test_the_certificate_covers_every_instrument(small):
    sides = [Player(n, sectors="all", instruments=["tariffs", "export_taxes"]) for n in ("A", "B")]
    war = nash_tariffs(small, sides, tolerance=1e-6)
    assert war.status == "solved"
    assert war.deviation_gain_percent < 1e-6
    arrays = war.equilibrium.shock
    for k, name in enumerate(("A", "B")):
        for kind in ("tariffs", "export_taxes"):
            tools = war.instruments[k]
            for v in np.flatnonzero(tools.of(kind)):
                for move in (-0.03, 0.03):
                    cubes = {"tariffs": np.array(arrays.tariffs), "export_taxes": np.array(arrays.export_taxes)}
                    cubes[kind][tuple(tools.cells[tools.variable == v].T)] += move
                    there = war.model.solve(Shock(**cubes), throw=True).array("real_income_percent")
                    assert there["ABC".index(name)] < war.payoffs_percent[name]


def test_ceilings_on_some_goods_against_tariffs_on_others(small):
    """B takes A's limit as a quantity that stays: its tariff is another than against A's export tax."""
    seller = Player("A", ["B"], ["Y"], instruments="export_ceilings")
    buyer = Player("B", ["A"], ["X"])
    war = nash_tariffs(small, [seller, buyer], tolerance=1e-6)
    assert war.status == "solved"
    assert war.deviation_gain_percent < 1e-6
    assert war.settings[0].premia[0] > 0.01
    # the seller's limit is its best against the tariff, found as an export tax of the same quantity
    alone = optimal_tariffs(
        small, "A", ["B"], ["Y"], instruments="export_taxes", tolerance=1e-7,
        start=Shock(tariffs=war.equilibrium.shock.tariffs),
    )  # fmt: skip
    assert war.settings[0].premia[0] == pytest.approx(alone.export_taxes[0], abs=1e-5)
    # the buyer's tariff is its best with the quantity held
    ceilings = war.equilibrium.shock.export_ceilings
    held = optimal_tariffs(small, "B", ["A"], ["X"], tolerance=1e-7, start=Shock(export_ceilings=ceilings))
    assert war.tariffs[1][0] == pytest.approx(held.tariffs[0], abs=1e-5)


def test_quantities_against_quantities_end_trade():
    """Rodriguez (1974), Tower (1975): against a quota the other's is always cut further; no trade is left."""
    bounds = {"export_ceilings": (0.05, 1.0)}
    sides = [Player(n, sectors="all", instruments="export_ceilings") for n in "AB"]
    war = nash_tariffs(two(0.8, 4.0), sides, bounds=bounds, tolerance=1e-6)
    limits = np.concatenate(war.export_ceilings)
    assert limits.min() < 0.06
    assert max(war.payoffs_percent.values()) < -1.38650  # worse for both than the war of tariffs


@pytest.mark.parametrize("solution", ["nash", "equal_gains"])
def test_symmetric_players_agree_to_tax_no_trade(solution):
    """All of the war's loss comes back; tariff and export tax offset each other where both are set."""
    model = two(0.8, 4.0)
    sides = [Player(n, sectors="all", instruments="export_taxes") for n in "AB"]
    threat = nash_tariffs(model, sides, tolerance=1e-8).equilibrium.shock
    deal = bargain_tariffs(model, sides, threat=threat, solution=solution)
    assert deal.status == "solved"
    assert list(deal.gains_percent.values()) == pytest.approx([1.38650, 1.38650], abs=2e-5)


def test_symmetric_players_agree_to_lift_their_ceilings():
    model = two(0.8, 4.0)
    sides = [Player(n, sectors="all", instruments="export_ceilings") for n in "AB"]
    threat = Shock(export_ceilings=(Ceiling("A", "B", ["X"], 0.5), Ceiling("B", "A", ["X"], 0.5)))
    lost = -model.solve(threat, throw=True).array("real_income_percent")
    deal = bargain_tariffs(model, sides, threat=threat)
    assert deal.status == "solved"
    assert list(deal.gains_percent.values()) == pytest.approx(list(lost), abs=1e-4)
    assert [s.premia[0] for s in deal.settings] == pytest.approx([0.0, 0.0], abs=1e-3)


def test_a_rivalry_weight_against_a_group_is_found_again():
    model = dt.TradeModel(dt.World.load(), deficits="balanced")
    pushed = optimal_tariffs(model, "USA", "EU27", objective=Objective((), rivalry={"EU27": 0.1}), tolerance=1e-6)
    found = implied_rivalry(model, "USA", "EU27", pushed.equilibrium.shock)
    assert found.weight == pytest.approx(0.1, abs=1e-4)
    assert found.high - found.low < 1e-3
    assert len(members("EU27", model)) == 27


def test_the_weight_behind_export_taxes_is_found_again(small):
    about = {"instruments": "export_taxes", "sectors": "all"}
    rival = Objective((), rivalry={"B": 0.15})
    pushed = optimal_tariffs(small, "A", ["B"], objective=rival, tolerance=1e-7, **about)
    plain = optimal_tariffs(small, "A", ["B"], tolerance=1e-7, **about)
    assert (pushed.export_taxes > plain.export_taxes).all()
    found = implied_rivalry(small, "A", "B", pushed.equilibrium.shock, **about)
    assert found.weight == pytest.approx(0.15, abs=1e-5)
    assert not found.weak
    with pytest.raises(ShockError, match="export tax of its premium"):
        implied_rivalry(small, "A", "B", instruments="export_ceilings", sectors="all")
    with pytest.raises(ShockError, match="plays twice"):
        implied_rivalry(small, "A", "A", sectors="all")


def test_the_command_line_takes_sets_of_instruments():
    from detente.cli._app import build

    run, app = CliRunner(), build()
    given = ["--world", "g20-2019", "--elasticities", "4", "--instruments", "tariffs,export-taxes", "--json"]
    one = json.loads(run.invoke(app, ["optimum", "--player", "USA", "--against", "CHN", *given]).stdout)
    assert one["status"] == "solved"
    assert {"sector", "importer", "export_tax"} == set(one["export_taxes"][0])
    assert {"sector", "exporter", "tariff"} == set(one["tariffs"][0])
    both = json.loads(run.invoke(app, ["nash", "--players", "USA", "CHN", *given]).stdout)
    assert both["status"] == "solved"
    assert set(both["export_taxes"]) == {"USA", "CHN"}
    assert run.invoke(app, ["optimum", "--player", "USA", "--instruments", "quotas"]).exit_code != 0
