"""Bans and ceilings by name: what they leave, who may not be cut off, and the results read beside them."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.errors import ShockError, UnknownName


@pytest.fixture(scope="module")
def world():
    return dt.World.load("g20-2019")


@pytest.mark.parametrize("name", ["value", "leakage"])
@pytest.mark.parametrize("given", [None, "0", [0.5], float("inf")])
def test_what_is_no_number_is_refused_as_such(world, name, given):
    with pytest.raises(ShockError, match=r"export_ceilings\[0\].*is not a share"):
        dt.Shock(export_ceilings=[dt.Ceiling("CHN", "USA", "C", **{"value": 0.5, name: given})]).arrays(world)


def test_members_with_different_ceilings_have_no_one_table_of_premia(world):
    model = dt.TradeModel(world, horizon="short")
    limits = [dt.Ceiling("CHN", "USA", "C", 0.9), dt.Ceiling("JPN", "USA", "C", 0.9)]
    some = model.solve_many([dt.Shock(), dt.Shock(export_ceilings=limits[:1]), dt.Shock(export_ceilings=limits)])
    with pytest.raises(UnknownName, match="different numbers of ceilings"):
        some["premium_percent"]
    assert some["real_income_percent"].shape[0] == 3


def test_a_ban_on_magnets_is_a_wall_and_no_source_of_cash():
    """The engine's other road there: trade costs that leave a share of 1e-12 (short run, rent to nobody to have)."""
    world = dt.World.load().split("rare-earth-magnets")
    model = dt.TradeModel(world, horizon="short")
    ban = model.solve(dt.Shock(export_ceilings=[dt.Ceiling("CHN", "USA", ["rare-earth-magnets"], 0.0)]), throw=True)
    flow = {"sector": "rare-earth-magnets", "importer": "USA", "exporter": "CHN"}
    costs = np.ones(world.trade.shape)
    names = world.economies
    costs[world.sectors.index("rare-earth-magnets"), names.index("USA"), names.index("CHN")] = 1e16
    wall = model.solve(dt.Shock(trade_costs=costs), throw=True)
    both = (ban.array("real_income_percent"), wall.array("real_income_percent"))
    np.testing.assert_allclose(*both, atol=1e-5)
    assert ban["trade"].sel(flow).item() == 0.0
    assert ban["trade_percent"].sel(flow).item() == -100.0
    assert ban["export_revenue"].sel(economy="CHN").item() == 0.0
    assert ban["premium_percent"].item() == 0.0
    parts = ban.decomposition()
    np.testing.assert_allclose(sum(v for k, v in parts.items() if k != "total"), both[0], atol=1e-9)
    usa = names.index("USA")
    assert abs(parts["integration_error"][usa]) < 0.01 * abs(parts["total"][usa])


def test_with_leakage_the_stated_share_arrives(world):
    eq = dt.TradeModel(world, horizon="short").solve(
        dt.Shock(export_ceilings=[dt.Ceiling("CHN", "USA", "C", 0.0, leakage=0.03)]), throw=True
    )
    moved = eq["trade_quantity_percent"].sel(sector="C", importer="USA", exporter="CHN").item()
    assert moved == pytest.approx(-97, abs=1e-6)
    assert eq["premium_percent"].item() > 100


def sole_world():
    trade = np.array([[[50.0, 1.0, 1.0], [1.0, 50.0, 1.0], [4.0, 6.0, 0.0]], np.full((3, 3), 20.0)])
    return dt.World.from_arrays(trade, np.zeros_like(trade), economies=["A", "B", "C"], sectors=["X", "Y"])


@pytest.mark.parametrize(
    "ceilings",
    [[dt.Ceiling(["A", "B"], "C", "X", 0.0)],
     [dt.Ceiling("A", "C", "X", 0.0), dt.Ceiling("B", "C", "X", 0.0)],
     [dt.Ceiling("A", "C", "X", 0.0), dt.Ceiling("B", "C", "X", 0.02)]],
)  # fmt: skip
def test_the_only_suppliers_cannot_all_be_cut_off_however_it_is_written(ceilings):
    with pytest.raises(ShockError, match="A, B are the only suppliers of X to C"):
        dt.Shock(export_ceilings=ceilings).arrays(sole_world())


def test_one_of_two_suppliers_can_be_cut_off():
    some = [dt.Ceiling("A", "C", "X", 0.0), dt.Ceiling("B", "C", "X", 0.5)]
    eq = dt.TradeModel(sole_world(), elasticities=2.0, deficits="balanced").solve(dt.Shock(export_ceilings=some))
    assert eq.status == "solved"
    assert eq["trade"].sel(sector="X", importer="C", exporter="A").item() == 0.0


def test_receipts_are_the_border_value_less_tax_and_rent(world):
    """V / ((1 + e)(1 + mu)), by arithmetic."""
    model = dt.TradeModel(world, horizon="short")
    taxes = np.zeros(world.trade.shape)
    names = world.economies
    taxes[world.sectors.index("C"), names.index("JPN"), names.index("CHN")] = 0.2
    shock = dt.Shock(export_ceilings=[dt.Ceiling("CHN", "USA", "C", 0.5)], export_taxes=taxes)
    eq = model.solve(shock, throw=True)
    ratio = eq["trade"].sel(sector="C", exporter="CHN") / eq["trade_receipts"].sel(sector="C", exporter="CHN")
    assert ratio.sel(importer="USA").item() == pytest.approx(1 + eq["premium_percent"].item() / 100, rel=1e-12)
    assert ratio.sel(importer="JPN").item() == pytest.approx(1.2, rel=1e-12)
    assert ratio.sel(importer="DEU").item() == pytest.approx(1.0, rel=1e-12)
    assert eq["trade_receipts"].attrs["units"] == world.unit
    assert eq.to_dataset()["premium_percent"].dims == ("ceiling",)
    many = model.solve_draws(shock, count=3, seed=1, spread=0.1)
    assert many.interval("premium_percent")["low"].item() > 0


@pytest.mark.slow
def test_premia_of_slack_ceilings_are_not_below_nothing(world):
    model = dt.TradeModel(world, horizon="short")
    for limit in (1.0, 1 + 1e-12, 1.0001, 2.0):
        eq = model.solve(dt.Shock(export_ceilings=[dt.Ceiling("CHN", "all", "C", limit, together=False)]), throw=True)
        assert eq.premium_percent.min() >= 0


def test_compiling_is_told_apart_from_solving(world):
    model = dt.TradeModel(world, elasticities=4.0)
    shock = dt.Shock.from_changes(world, [{"tariff": "add", "importer": "USA", "exporter": "CHN", "rate": 0.1}])
    model.solve(shock)
    again = model.solve(shock).solution
    assert again.compile_seconds == 0.0
    assert again.seconds > 0
