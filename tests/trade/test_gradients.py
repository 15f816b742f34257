"""Gradients of the labelled model against differences of its own answers, by each instrument and closure."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import detente as dt
from detente.errors import ShockError
from detente.model import SolverOptions

TIGHT = SolverOptions(tolerance=1e-13)


@pytest.fixture(scope="module")
def world():
    return dt.World.load("g20-2019")


@pytest.fixture(scope="module")
def model(world):
    return dt.TradeModel(world, elasticities=4.0, options=TIGHT)


@pytest.fixture(scope="module")
def tariff(world):
    return dt.Shock.from_changes(world, [{"tariff": "add", "importer": "USA", "exporter": "CHN", "rate": 0.25}])


def slope(model, outcome, economy, shock, eps):
    """Central difference; `shock` makes a shock of a step."""
    up, down = (model.solve(shock(s * eps), throw=True)[outcome].sel(economy=economy).item() for s in (1, -1))
    return (up - down) / (2 * eps)


def test_export_taxes_at_a_shock_that_has_some(world, model, tariff):
    taxes = np.zeros(world.trade.shape)
    at = (world.sectors.index("C"), world.economies.index("USA"), world.economies.index("CHN"))
    taxes[at] = 0.1
    start = dataclasses.replace(tariff, export_taxes=taxes)

    def moved(step):
        new = taxes.copy()
        new[at] += step
        return dataclasses.replace(tariff, export_taxes=new)

    expected = slope(model, "real_income_percent", "CHN", moved, 1e-5)
    for where in (start, model.solve(start)):
        found = model.gradient("real_income_percent", "CHN", "export_taxes", at=where)
        assert found.sel(sector="C", importer="USA", exporter="CHN").item() == pytest.approx(expected, rel=1e-6)


def test_export_taxes_at_an_equilibrium_solved_without_any(world, model, tariff):
    """Through the equilibrium, or through the shock it came from, to the same number."""
    by_shock = model.gradient("real_income_percent", "CHN", "export_taxes", at=tariff)
    by_equilibrium = model.gradient("real_income_percent", "CHN", "export_taxes", at=model.solve(tariff))
    np.testing.assert_allclose(by_equilibrium, by_shock, rtol=1e-9, atol=1e-12)
    cell = np.zeros(world.trade.shape)
    cell[world.sectors.index("C"), world.economies.index("USA"), world.economies.index("CHN")] = 1.0
    expected = slope(
        model, "real_income_percent", "CHN", lambda s: dataclasses.replace(tariff, export_taxes=s * cell), 1e-5
    )
    assert by_equilibrium.sel(sector="C", importer="USA", exporter="CHN").item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("rent", ["exporter", "importer", "nobody"])
@pytest.mark.parametrize("economy", ["USA", "CHN"])
def test_each_limit_of_a_shock(world, rent, economy):
    """What licences for more would bring; nothing where a ceiling is slack."""
    model = dt.TradeModel(world, horizon="short", options=TIGHT)

    def shock(one=0.0, two=0.0):
        limits = (("CHN", "USA", "C", 0.6 + one), ("CHN", "JPN", "C", 0.8 + two), ("USA", "CHN", "C", 3.0))
        return dt.Shock(export_ceilings=[dt.Ceiling(*each, rent=rent) for each in limits])

    found = model.gradient("real_income_percent", economy, "export_ceilings", at=shock())
    assert found.dims == ("ceiling",)
    name = "real_income_percent"
    expected = (slope(model, name, economy, shock, 1e-5), slope(model, name, economy, lambda s: shock(two=s), 1e-5), 0)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)


def test_at_the_kink_the_slope_is_that_of_tightening(world):
    """A ceiling just below the free quantity: one side has a slope, the other none."""
    model = dt.TradeModel(world, horizon="short", options=TIGHT)
    one, two = (
        float(model.gradient("real_income_percent", "USA", "export_ceilings",
                             at=dt.Shock(export_ceilings=[dt.Ceiling("CHN", "USA", "C", limit)]))[0])
        for limit in (1 - 1e-6, 1 + 1e-6)
    )  # fmt: skip
    assert two == 0.0
    drop = model.solve(dt.Shock(export_ceilings=[dt.Ceiling("CHN", "USA", "C", 0.9999)]), throw=True)
    assert one == pytest.approx(drop["real_income_percent"].sel(economy="USA").item() / -1e-4, rel=1e-2)
    assert one > 0


@pytest.mark.slow
@pytest.mark.parametrize("deficits", ["fixed", "balanced"])
@pytest.mark.parametrize("under", ["no shock", "a tariff"])
def test_exactly_at_the_kink_too(world, tariff, deficits, under):
    """A limit of what is sold anyway: the slope is the loss that a little less brings, others at their kinks too."""
    model = dt.TradeModel(world, elasticities=3.0, deficits=deficits, options=TIGHT)
    start = tariff if under == "a tariff" else dt.Shock()
    free = model.solve(start, throw=True)
    place = (world.sectors.index("C"), world.economies.index("USA"), world.economies.index("CHN"))
    sold = 1 + free.array("trade_quantity_percent")[place] / 100

    def capped(limit, *others):
        return dataclasses.replace(start, export_ceilings=[dt.Ceiling("CHN", "USA", "C", limit), *others])

    step = 1e-4
    drop = model.solve(capped(sold * (1 - step)), throw=True)
    loss = (free["real_income_percent"] - drop["real_income_percent"]).sel(economy="USA").item() / (sold * step)
    found = model.gradient("real_income_percent", "USA", "export_ceilings", at=capped(sold))
    assert abs(loss) > 1e-2
    assert found.item() == pytest.approx(loss, rel=1e-3)
    if under == "no shock":  # where buyers would turn to Japan, its own limit of 1 begins to bind: that counts too
        beside = dt.Ceiling("JPN", "USA", "C")
        drop = model.solve(capped(1 - step, beside), throw=True)
        loss = (free["real_income_percent"] - drop["real_income_percent"]).sel(economy="USA").item() / step
        both = model.gradient("real_income_percent", "USA", "export_ceilings", at=capped(1.0, beside))
        assert both[0].item() == pytest.approx(loss, rel=1e-3)
        assert both[0].item() != pytest.approx(found.item(), rel=1e-3)


def test_a_ban_has_no_slope_and_a_shock_without_ceilings_is_refused(world, tariff):
    model = dt.TradeModel(world, horizon="short")
    ban = dt.Shock(export_ceilings=[dt.Ceiling("CHN", "USA", "C", 0.0)])
    assert np.isnan(model.gradient("real_income_percent", "USA", "export_ceilings", at=ban)).all()
    assert np.isfinite(model.gradient("real_income_percent", "USA", "tariffs", at=ban)).all()
    with pytest.raises(ShockError, match="no ceilings"):
        model.gradient("real_income_percent", "USA", "export_ceilings", at=tariff)


@pytest.mark.parametrize("deficits", ["fixed", "proportional", pytest.param("balanced", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "outcome",
    [
        "real_income_percent",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("gdp_percent", "tariff_revenue")),
    ],
)
def test_elasticities_are_differences_of_the_model_made_anew(world, tariff, deficits, outcome):
    """Under `balanced` the baseline moves with them: it is purged of transfers at each."""
    model = dt.TradeModel(world, elasticities=4.0, deficits=deficits, options=TIGHT)
    found = model.gradient(outcome, "USA", "elasticities", at=tariff)
    eps = 1e-4
    for sector in ("C", "B"):
        j = world.sectors.index(sector)
        ends = []
        for sign in (1, -1):
            theta = model.theta.copy()
            theta[j] += sign * eps
            ends.append(model.replace(elasticities=theta).solve(tariff)[outcome].sel(economy="USA").item())
        expected = (ends[0] - ends[1]) / (2 * eps)
        assert float(found.sel(sector=sector)) == pytest.approx(expected, rel=1e-5, abs=1e-7), sector


def test_the_price_index_is_a_hundredth_of_its_percent(model, tariff):
    ratio = model.gradient("price_index", "USA", at=tariff)
    percent = model.gradient("price_index_percent", "USA", at=tariff)
    np.testing.assert_allclose(100 * ratio, percent, rtol=1e-8, atol=1e-14)
