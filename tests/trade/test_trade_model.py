"""The labelled face: shapes, units, closures, and errors that say where, what and what to do."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import detente as dt
from detente.errors import ShockError, SolveError, UnknownName
from detente.trade import Closure, Equilibrium


@pytest.fixture(scope="module")
def world():
    return dt.World.load("g20-2019")


@pytest.fixture(scope="module")
def model(world):
    return dt.TradeModel(world, elasticities=4.0)


def tariff(world, rate, importer="USA", exporter="CHN"):
    return dt.Shock.from_changes(world, [{"tariff": "add", "importer": importer, "exporter": exporter, "rate": rate}])


@pytest.fixture(scope="module")
def equilibrium(world, model):
    return model.solve(tariff(world, 0.25), throw=True)


def test_results_carry_axes_units_and_status(equilibrium, world):
    da = equilibrium["trade"]
    assert isinstance(da, xr.DataArray)
    assert da.dims == ("sector", "importer", "exporter")
    assert list(da.exporter.to_numpy()) == list(world.economies)
    assert da.attrs["units"] == world.unit
    assert da.attrs["status"] == "solved"
    assert equilibrium["real_income_percent"].dims == ("economy",)
    assert equilibrium["price_percent"].dims == ("sector", "economy")
    assert equilibrium["real_income_percent"].attrs["units"] == "percent"
    frame = equilibrium.to_frame("trade_percent")
    assert list(frame.columns) == ["sector", "importer", "exporter", "trade_percent"]


def test_baseline_trade_is_the_worlds(equilibrium, world):
    np.testing.assert_allclose(equilibrium.array("trade_baseline"), world.trade, rtol=1e-9, atol=1e-6)


def test_a_tariff_cuts_the_trade_it_taxes_and_diverts_the_rest(equilibrium):
    goods = equilibrium["goods_trade_percent"]
    assert goods.sel(importer="USA", exporter="CHN") < -30
    assert goods.sel(importer="USA", exporter="MEX") > 0


def test_every_result_is_in_the_vocabulary(equilibrium):
    from detente.vocabulary import words

    missing = [name for name in Equilibrium.names() if name not in words()]
    assert not missing
    for name in Equilibrium.names():
        word = words()[name]
        assert word.dims == equilibrium.dims(name), name
        assert word.unit == ("USD million" if equilibrium[name].attrs["units"] == equilibrium.model.world.unit
                             else equilibrium[name].attrs["units"]), name  # fmt: skip


def test_parts_add_up(equilibrium):
    parts = equilibrium.decomposition()
    total = sum(v for k, v in parts.items() if k != "total")
    np.testing.assert_allclose(total, equilibrium.array("real_income_percent"), atol=1e-9)


def test_solve_many_has_a_scenario_axis_and_failed_members_are_nan(world):
    model = dt.TradeModel(world, elasticities=4.0)
    cut = np.where(np.eye(len(world.economies), dtype=bool)[None], 1.0, 1e6)
    cut = np.broadcast_to(cut, world.trade.shape)
    found = model.solve_many([tariff(world, 0.1), dt.Shock(trade_costs=cut), tariff(world, 0.2)])
    income = found["real_income_percent"]
    assert income.dims == ("scenario", "economy")
    assert [s == "solved" for s in found.status] == [True, False, True]
    assert income[1].isnull().all()
    assert income[[0, 2]].notnull().all()


def test_a_failed_solve_gives_no_numbers(world):
    cut = np.where(np.eye(len(world.economies), dtype=bool)[None], 1.0, 1e6)
    shock = dt.Shock(trade_costs=np.broadcast_to(cut, world.trade.shape))
    failed = dt.TradeModel(world, elasticities=4.0).solve(shock)
    assert failed.status == "no_equilibrium"
    with pytest.raises(SolveError, match="balanced"):
        failed["real_income_percent"]
    with pytest.raises(SolveError):
        dt.TradeModel(world, elasticities=4.0).solve(shock, throw=True)
    assert dt.TradeModel(world, elasticities=4.0, deficits="balanced").solve(shock).status == "solved"


def test_gradient_agrees_with_a_difference(world, model):
    eps = 1e-4
    at = tariff(world, 0.25)
    slope = model.gradient("real_income_percent", "USA", at=at).sel(sector="C", importer="USA", exporter="CHN").item()
    up, down = (dt.Shock(tariffs=np.where(_cell(world), np.asarray(at.tariffs) + e, at.tariffs)) for e in (eps, -eps))
    tight = dt.TradeModel(world, elasticities=4.0, options=dt.model.SolverOptions(tolerance=1e-13))
    one, two = (tight.solve(s)["real_income_percent"].sel(economy="USA").item() for s in (up, down))
    assert slope == pytest.approx((one - two) / (2 * eps), rel=1e-5)


def _cell(world):
    out = np.zeros(world.trade.shape, dtype=bool)
    out[world.sectors.index("C"), world.economies.index("USA"), world.economies.index("CHN")] = True
    return out


def test_labelled_tariffs_are_put_in_order(world, model, equilibrium):
    coords = {"sector": list(world.sectors), "importer": list(world.economies), "exporter": list(world.economies)}
    da = xr.DataArray(np.asarray(tariff(world, 0.25).tariffs), coords=coords, dims=list(coords))
    shuffled = da.transpose("exporter", "sector", "importer").isel(exporter=slice(None, None, -1))
    again = model.solve(dt.Shock(tariffs=shuffled))
    np.testing.assert_allclose(again.array("real_income_percent"), equilibrium.array("real_income_percent"), atol=1e-9)


def test_a_number_taxes_imports_not_home_sales(world, model):
    arrays = dt.Shock(tariffs=0.5).arrays(world)
    home = np.arange(len(world.economies))
    assert (arrays[0][:, home, home] == 0).all()
    assert arrays[0][0, 0, 1] == 0.5


@pytest.mark.parametrize(
    ("shock", "says"),
    [
        ({"tariffs": -2.0}, "above -100 %"),
        ({"tariffs": np.zeros((2, 2, 2))}, "shape (2, 2, 2)"),
        ({"trade_costs": 0.0}, "above 0"),
        ({"productivity": float("nan")}, "finite"),
        ({"export_ceilings": [dt.trade.Ceiling("CHN", "USB", "C", 0.5)]}, "'USB' is not a known economy"),
        ({"export_ceilings": [dt.trade.Ceiling("CHN", "USA", "C", -0.5)]}, "not a share"),
        ({"export_ceilings": [dt.trade.Ceiling("CHN", "USA", "C", 0.5, rent="me")]}, "rent to 'me'"),
        ({"export_ceilings": [dt.trade.Ceiling("CHN", "USA", "C", 0.5)] * 2}, "capped by export_ceilings[0] already"),
    ],
)
def test_bad_shocks(model, shock, says):
    with pytest.raises(ShockError) as caught:
        model.solve(dt.Shock(**shock))
    assert says in str(caught.value)


def test_all_problems_of_a_shock_at_once(model):
    with pytest.raises(ShockError) as caught:
        model.solve(dt.Shock(tariffs=-2.0, trade_costs=-1.0))
    assert "tariffs[" in str(caught.value)
    assert "trade_costs[" in str(caught.value)
    assert "more entries like these" in str(caught.value)


@pytest.mark.parametrize(
    "settings",
    [{"deficits": "fixd"}, {"horizon": "longer"}, {"elasticities": "fontagne"}, {"elasticities": -1.0},
     {"elasticities": [1.0, 2.0]}],
)  # fmt: skip
def test_bad_settings(world, settings):
    with pytest.raises((UnknownName, ShockError, dt.errors.WorldError)):
        dt.TradeModel(world, **{"elasticities": 4.0, **settings})


def test_a_closure_names_all_its_faults():
    with pytest.raises(ShockError) as caught:
        Closure(theta=0.0, rho_v=-1.0, kappa=-1.0)
    assert len(caught.value.problems) == 3


def test_unknown_names_of_a_gradient_all_at_once(model):
    with pytest.raises(UnknownName) as caught:
        model.gradient("real_income", "USB", "tarifs")
    assert len(caught.value.problems) == 3
    assert "real_income_percent" in str(caught.value)


def test_short_run_substitutes_less_than_the_long_run(world):
    falls = {
        horizon: dt.TradeModel(world, elasticities=None if horizon == "short" else 4.0, horizon=horizon)
        .solve(tariff(world, 0.25))["goods_trade_percent"].sel(importer="USA", exporter="CHN").item()
        for horizon in ("short", "long")
    }  # fmt: skip
    assert falls["long"] < falls["short"] < 0


def test_a_custom_world_from_arrays():
    """Two economies, one sector, no tariffs: a tariff on a small importer follows the closed-form own share."""
    trade = np.array([[[80.0, 20.0], [20.0, 80.0]]])
    world = dt.World.from_arrays(trade, np.zeros_like(trade), economies=["A", "B"], sectors=["X"])
    eq = dt.TradeModel(world, elasticities=4.0).solve(dt.Shock(trade_costs=np.array([[[1.0, 1.1], [1.1, 1.0]]])))
    own = 0.8 / (0.8 + 0.2 * 1.1**-4)
    # symmetric: wages do not move, so the ACR formula has a closed form
    assert 1 + eq.array("real_income_percent")[0] / 100 == pytest.approx((own / 0.8) ** (-1 / 4), rel=1e-9)


def test_a_licence_that_grants_a_quarter_lets_a_quarter_through(world):
    """With leakage 0.2 the limit is 0.25 + 0.2 x 0.75 = 0.4 of the baseline quantity."""
    model = dt.TradeModel(world, horizon="short")
    ceiling = dt.trade.Ceiling("CHN", "USA", "C", 0.25, rent="nobody", leakage=0.2)
    eq = model.solve(dt.Shock(export_ceilings=[ceiling]), throw=True)
    moved = eq["trade_quantity_percent"].sel(sector="C", importer="USA", exporter="CHN").item()
    assert moved == pytest.approx(-60, abs=1e-6)
    assert eq.premium_percent[0] > 0
    assert eq["real_income_percent"].sel(economy="USA") < 0


def test_a_total_over_all_importers_is_one_limit(world):
    model = dt.TradeModel(world, horizon="short")
    eq = model.solve(dt.Shock(export_ceilings=[dt.trade.Ceiling("CHN", "all", "B", 0.5)]), throw=True)
    j, i = world.sectors.index("B"), world.economies.index("CHN")
    abroad = [n for n in range(len(world.economies)) if n != i]
    sent = world.trade[j, abroad, i]
    moved = eq.array("trade_quantity_percent")[j, abroad, i]
    assert (sent * (1 + moved / 100)).sum() / sent.sum() == pytest.approx(0.5, abs=1e-8)
    assert len(eq.premium_percent) == 1


def test_a_sole_supplier_can_be_throttled_but_not_banned():
    trade = np.array([[[50.0, 0.0], [20.0, 0.0]], [[30.0, 10.0], [30.0, 60.0]]])
    world = dt.World.from_arrays(trade, np.zeros_like(trade), economies=["A", "B"], sectors=["X", "Y"])
    model = dt.TradeModel(world, elasticities=4.0)
    with pytest.raises(ShockError, match="only supplier"):
        model.solve(dt.Shock(export_ceilings=[dt.trade.Ceiling("A", "B", "X", 0.0)]))
    eq = model.solve(dt.Shock(export_ceilings=[dt.trade.Ceiling("A", "B", "X", 0.5)]), throw=True)
    moved = eq["trade_quantity_percent"].sel(sector="X", importer="B", exporter="A")
    assert float(moved) == pytest.approx(-50.0, abs=1e-6)  # the users of X turn to Y as far as they can


def test_the_gradient_in_an_export_tax_that_is_not_yet_there(world, model):
    slope = model.gradient("real_income_percent", "CHN", "export_taxes").sel(sector="C", importer="USA", exporter="CHN")
    eps = 1e-5
    tax = np.where(_cell(world), eps, 0.0)
    tight = dt.TradeModel(world, elasticities=4.0, options=dt.model.SolverOptions(tolerance=1e-13))
    up, down = (
        tight.solve(dt.Shock(export_taxes=s * tax))["real_income_percent"].sel(economy="CHN").item() for s in (1, -1)
    )
    assert slope.item() == pytest.approx((up - down) / (2 * eps), rel=1e-5)


def test_a_ceiling_on_a_union_caps_the_union_not_its_first_member():
    world = dt.World.load()
    model = dt.TradeModel(world, horizon="short")
    eq = model.solve(dt.Shock(export_ceilings=[dt.Ceiling("EU27", "USA", "C29", 0.5)]), throw=True)
    members = [world.economies.index(c) for c in dt.economies.groups()["EU27"]]
    j, n = world.sectors.index("C29"), world.economies.index("USA")
    sent = world.trade[j, n, members]
    arrives = sent * (1 + eq.array("trade_quantity_percent")[j, n, members] / 100)
    assert arrives.sum() / sent.sum() == pytest.approx(0.5, abs=1e-8)


def test_a_layer_at_another_rate_moves_only_what_it_reaches():
    """The reciprocal duty at 34 instead of 10 %: the change in each sector is 2.4 times what the layer gives it."""
    world, ledger = dt.World.load(), dt.Ledger.load()
    before, after = ledger.on("2025-01-19"), ledger.on("2025-06-11")
    plain = dt.Shock.from_regimes(before, after, world)
    more = dt.Shock.from_regimes(before, after, world, layers={("USA", "CHN", "reciprocal"): 0.34})
    n, i = world.economies.index("USA"), world.economies.index("CHN")
    layer = after.by_sector(importer="USA", exporter="CHN")["reciprocal"]
    for j, sector in enumerate(world.sectors):
        moved = more.tariffs[j, n, i] - plain.tariffs[j, n, i]
        assert moved == pytest.approx(2.4 * layer[sector], abs=1e-12)
    with pytest.raises(ShockError, match="layer in force"):
        dt.Shock.from_regimes(before, after, world, layers={("USA", "CHN", "s122"): 0.1})
    with pytest.raises(ShockError, match="not at one rate"):
        dt.Shock.from_regimes(before, after, world, layers={("USA", "CHN", "s301"): 0.5})


def test_changes_are_checked_in_python_too(world):
    with pytest.raises(ShockError) as caught:
        dt.Shock.from_changes(world, [{"tariff": "mul", "importer": "USA", "exporter": "CHN", "rat": 0.1}])
    told = str(caught.value)
    for says in ("'mul'", "'rat'", "needs 'rate'"):
        assert says in told


def test_what_is_no_number(world, model):
    with pytest.raises(ShockError, match="tariffs"):
        model.solve(dt.Shock(tariffs="abc"))
    with pytest.raises(ShockError, match="elasticities"):
        dt.TradeModel(world, elasticities=["x"])


def test_draws_are_the_same_again_and_centre_on_the_point(world):
    model = dt.TradeModel(world, elasticities=4.0)
    shock = tariff(world, 0.25)
    one, two = (model.solve_draws(shock, count=12, seed=3, spread=0.2) for _ in range(2))
    assert one.status == ("solved",) * 12
    np.testing.assert_array_equal(one["real_income_percent"], two["real_income_percent"])
    found = one.interval("real_income_percent", 0.8)
    assert (found["low"] <= found["high"]).all()
    none = model.solve_draws(shock, count=2, seed=1, spread=0.0)["real_income_percent"]
    np.testing.assert_allclose(none[0], model.solve(shock).array("real_income_percent"), atol=1e-8)
    with pytest.raises(ShockError):
        model.solve_draws(shock, count=0, spread=-1.0)
