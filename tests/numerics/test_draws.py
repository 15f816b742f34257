"""Draws of the elasticities: each is an equilibrium of its own, and tables carry what they span."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
import detente.model as m
from detente.trade import summarise


@pytest.fixture(scope="module")
def draws():
    world = dt.World.load("g20-2019")
    model = dt.TradeModel(world, elasticities=4.0, options=m.SolverOptions(tolerance=1e-12))
    change = {"tariff": "add", "importer": "USA", "exporter": "CHN", "rate": 0.5}
    return model.solve_draws(dt.Shock.from_changes(world, [change]), count=9, seed=5, spread=0.4)


def test_draws_are_what_single_solves_find(draws):
    """Each draw of a batch, solved by itself from no shock, to 1e-9 percent."""
    for member in (draws.members[0], draws.members[4], draws.members[8]):
        alone = member.model.solve(member.shock)
        for name in ("real_income_percent", "gdp_percent", "goods_trade_percent"):
            np.testing.assert_allclose(member.array(name), alone.array(name), atol=1e-9, err_msg=name)


def test_draws_outside_what_studies_find_are_counted():
    from detente.trade._draws import beyond_studies
    from detente.world import elasticity_set, elasticity_sets

    world = dt.World.load()
    studies = [n for n in elasticity_sets() if n not in ("uniform-4", "in-sample")]
    found = np.array([elasticity_set(n, list(world.sectors)) for n in studies])
    within, beyond = np.median(found, axis=0), found.min(axis=0).copy()
    beyond[3] *= 0.9
    assert beyond_studies(world, found) == ""
    said = beyond_studies(world, np.stack([within, beyond, within, within]))
    assert said.startswith("In 1 of 4 draws")
    assert "extrapolate" in said
    assert beyond_studies(world, np.full((2, 28), 0.76), one_study=True) == ""
    assert "0.50 to 0.90" in beyond_studies(world, np.array([[0.5] * 28, [0.9] * 28]), one_study=True)


@pytest.mark.parametrize(
    ("name", "dims"),
    [("real_income_percent", ["economy"]), ("output", ["sector", "economy"]),
     ("goods_trade_percent", ["importer", "exporter"])],
)  # fmt: skip
def test_a_table_of_any_result_carries_its_interval(draws, name, dims):
    """The ends are order statistics of the members: at a level of one, the least and the largest."""
    table = draws.to_frame(name, level=1.0)
    assert list(table.columns) == [*dims, "low", "median", "high"]
    found = np.stack([member.array(name) for member in draws.members])
    np.testing.assert_allclose(table["low"], found.min(axis=0).ravel())
    np.testing.assert_allclose(table["median"], np.sort(found, axis=0)[4].ravel())
    np.testing.assert_allclose(table["high"], found.max(axis=0).ravel())


def test_the_summary_of_two_economies_carries_its_interval(draws):
    found = draws.summary_intervals(level=1.0)
    one = summarise(draws.members[3], parts=False)
    for name in ("real_income_percent", "gdp_percent", "price_index_percent", "exports_percent"):
        assert set(found[name]) == set(getattr(one, name))
        for key, (low, middle, high) in found[name].items():
            assert low <= getattr(one, name)[key] <= high
            assert low < middle < high
