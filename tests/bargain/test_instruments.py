"""Export taxes and export ceilings as instruments of one player: Lerner, Gros, equivalences, slopes."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.errors import ShockError, UnknownName
from detente.trade import (
    Ceiling,
    Objective,
    Shock,
    choose_instruments,
    export_ceilings,
    export_taxes,
    import_tariffs,
    members,
    optimal_tariffs,
    pose,
    slopes_of,
    union_objective,
)
from sample_worlds import random_accounts


def two(own, theta):
    """Two mirror images of each other, one good, no duties."""
    trade = 100 * np.array([[[own, 1 - own], [1 - own, own]]])
    world = dt.World.from_arrays(trade, np.zeros_like(trade), economies=["A", "B"], sectors=["X"])
    return dt.TradeModel(world, elasticities=theta, deficits="balanced")


def three():
    """Three unequal economies, two goods that are inputs too, some duties."""
    draw = np.random.default_rng(7)
    trade = draw.uniform(5.0, 15.0, (2, 3, 3))
    trade[:, np.arange(3), np.arange(3)] += 60.0
    inputs = np.full((3, 2, 2), 0.2)
    tariffs = draw.uniform(0.0, 0.1, (2, 3, 3))
    tariffs[:, np.arange(3), np.arange(3)] = 0.0
    world = dt.World.from_arrays(trade, tariffs, ["A", "B", "C"], ["X", "Y"], input_shares=inputs)
    return dt.TradeModel(world, elasticities=[4.0, 2.5], deficits="balanced")


@pytest.fixture(scope="module")
def small():
    return three()


SETS = ["tariffs", "export_taxes", "export_ceilings", ["tariffs", "export_taxes"], ["tariffs", "export_ceilings"]]


@pytest.mark.parametrize("instruments", SETS)
def test_every_set_of_instruments_finds_the_rate_of_gros(instruments):
    """Lerner (1936): import tariff t, export tax t and a limit with premium t are one policy in this world."""
    best = optimal_tariffs(two(0.8, 4.0), "A", sectors="all", instruments=instruments, tolerance=1e-7)
    assert best.status == "solved"
    kind = best.settings.kinds[0]
    rate = best.settings.premia[0] if kind == "export_ceilings" else best.settings.of(kind)[0]
    assert round(float(rate), 5) == 0.28603  # 1 / (theta x foreign own share), models of Gros (1987)
    assert bool(best.settings.instruments.held) == (not isinstance(instruments, str))


def test_a_tariff_and_an_export_tax_bring_the_same_allocation():
    by_kind = {
        kind: optimal_tariffs(two(0.9, 4.0), "A", sectors="all", instruments=kind, tolerance=1e-8)
        for kind in ("tariffs", "export_taxes", "export_ceilings")
    }
    incomes = [best.equilibrium.array("real_income_percent") for best in by_kind.values()]
    quantities = [best.equilibrium.array("trade_quantity_percent") for best in by_kind.values()]
    for income, quantity in zip(incomes, quantities, strict=True):
        np.testing.assert_allclose(income, incomes[0], atol=1e-8)
        np.testing.assert_allclose(quantity, quantities[0], atol=1e-4)
    # the limit is what the tax lets through
    limit = by_kind["export_ceilings"].export_ceilings[0]
    assert limit == pytest.approx(1 + quantities[1][0, 1, 0] / 100, abs=1e-6)


@pytest.mark.slow
def test_a_limit_whose_rent_stays_at_home_is_the_export_tax_of_its_quantity(small):
    taxed = optimal_tariffs(small, "A", instruments="export_taxes", sectors="all", tolerance=1e-7)
    capped = optimal_tariffs(small, "A", instruments="export_ceilings", sectors="all", tolerance=1e-7)
    assert taxed.status == capped.status == "solved"
    assert taxed.instruments.names == capped.instruments.names
    np.testing.assert_allclose(capped.settings.premia, taxed.export_taxes, atol=1e-5)
    assert capped.gain_percent == pytest.approx(taxed.gain_percent, abs=1e-8)
    sold = 1 + taxed.equilibrium.array("trade_quantity_percent")[tuple(capped.instruments.cells.T)] / 100
    np.testing.assert_allclose(capped.export_ceilings, sold[np.argsort(capped.instruments.variable)], atol=1e-5)
    # and the shock of the result, given by name, is that equilibrium
    again = small.solve(capped.equilibrium.shock).array("real_income_percent")
    np.testing.assert_allclose(again, capped.equilibrium.array("real_income_percent"), atol=1e-8)


@pytest.mark.slow
def test_more_instruments_never_bring_less(small):
    gain = {
        str(kinds): optimal_tariffs(small, "A", instruments=kinds, sectors="all", tolerance=1e-6).gain_percent
        for kinds in ("tariffs", "export_taxes", ["tariffs", "export_taxes"], ["tariffs", "export_ceilings"])
    }
    most = gain["['tariffs', 'export_taxes']"]
    assert most > max(gain["tariffs"], gain["export_taxes"]) + 1e-6
    assert gain["['tariffs', 'export_ceilings']"] == pytest.approx(most, abs=1e-6)


def test_which_rate_is_held_does_not_matter(small):
    """Lerner: scale all tariffs up and all export taxes down, and real incomes stay."""
    best = optimal_tariffs(small, "A", instruments=["tariffs", "export_taxes"], sectors="all", tolerance=1e-7)
    assert best.settings.instruments.held
    shock = best.equilibrium.shock
    tariffs, taxes = np.array(shock.tariffs), np.array(shock.export_taxes)
    for abroad in (1, 2):
        tariffs[:, 0, abroad] = (1 + tariffs[:, 0, abroad]) * 1.1 - 1
        taxes[:, abroad, 0] = (1 + taxes[:, abroad, 0]) / 1.1 - 1
    moved = best.model.solve(Shock(tariffs=tariffs, export_taxes=taxes), throw=True)
    before = best.equilibrium.array("real_income_percent")
    np.testing.assert_allclose(moved.array("real_income_percent"), before, atol=1e-8)


def test_nothing_is_held_where_some_trade_is_left_out(small):
    some = [import_tariffs(small, "A", sectors="all"), export_taxes(small, "A", ["B"], sectors="all")]
    assert not choose_instruments(small, "A", instruments=some).held
    both = [import_tariffs(small, "A", sectors="all"), export_taxes(small, "A", sectors="all")]
    left = choose_instruments(small, "A", instruments=both)
    assert left.count == sum(t.count for t in both) - 1
    assert "Lerner" in left.held[0]


@pytest.mark.slow
def test_slopes_are_those_of_differences(small):
    """All three kinds at once, at a point where one ceiling binds and one is slack."""
    tools = choose_instruments(
        small, "A", instruments=[import_tariffs(small, "A", sectors="all"), export_taxes(small, "A", ["B"], ["X", "Y"]),
                                 export_ceilings(small, "A", ["C"], ["X", "Y"])],
    )  # fmt: skip
    problem = pose(small, [tools])
    seeds = union_objective("A", small, None).seeds(small)
    point = np.where(tools.of("tariffs"), 0.1, 0.07)
    slack = np.flatnonzero(tools.of("export_ceilings"))[1]
    point[slack] = -0.2
    found = slopes_of(problem, [seeds], [0]).at(point)
    assert found is not None
    step = 1e-5
    for v in np.flatnonzero(np.arange(tools.count) != slack):
        ends = []
        for sign in (-1, 1):
            there = point.copy()
            there[v] += sign * step
            ends.append(problem.values(there, [seeds])[0])
        assert found.slope[v] == pytest.approx((ends[1] - ends[0]) / (2 * step), abs=1e-5)
    # a slack ceiling is judged by the first premium it would bring: here one that pays
    assert found.slope[slack] > 0


def test_a_search_of_another_kind_finds_no_better(small):
    from scipy.optimize import minimize

    best = optimal_tariffs(small, "B", instruments=["tariffs", "export_taxes"], sectors=["X"], tolerance=1e-7)
    problem = pose(small, [best.instruments])
    seeds = union_objective("B", small, None).seeds(small)
    end = minimize(
        lambda x: -problem.values(x, [seeds])[0], problem.current, method="Powell", bounds=[(-0.3, 1.5)] * problem.size,
        options={"xtol": 1e-5, "ftol": 1e-12},
    )  # fmt: skip
    assert -end.fun - problem.values(problem.current, [seeds])[0] == pytest.approx(best.gain_percent, abs=1e-7)
    np.testing.assert_allclose(end.x, best.settings.values, atol=2e-3)


def test_a_limit_whose_rent_goes_abroad_is_not_used(small):
    """Without the rent a ceiling only worsens the exporter's terms: no limit binds."""
    for rent in ("importer", "nobody"):
        best = optimal_tariffs(small, "A", instruments="export_ceilings", rent=rent, sectors="all")
        assert best.status == "solved"
        assert best.gain_percent == pytest.approx(0.0, abs=1e-7)
        assert best.settings.premia.max() < 1e-6


@pytest.mark.slow
def test_a_tariff_takes_the_rent_of_a_ceiling(small):
    """Others' ceilings stay as quantities: a little duty under one costs the importer nothing and takes rent."""
    cap = Shock(export_ceilings=(Ceiling("B", "A", ["X"], 0.6),))
    before = small.solve(cap, throw=True)
    tools = [import_tariffs(small, "A", ["B"], ["X"])]
    best = optimal_tariffs(small, "A", instruments=tools, start=cap)
    after = best.equilibrium
    assert best.gain_percent > 0.1 * before.solution.state.premium[0]
    # all of the premium is gone, or next to it, and the quantity is still the limit
    assert after.solution.state.premium[0] < 0.02 * before.solution.state.premium[0]
    assert after.array("trade_quantity_percent")[0, 0, 1] == pytest.approx(-40.0, abs=1.0)


def test_a_group_as_rival_counts_by_spending():
    model = dt.TradeModel(dt.World.load(), deficits="balanced")
    world = model.world
    union = members("EU27", model)
    seeds = Objective(("USA",), rivalry={"EU27": 0.1}).seeds(model)["real_income_percent"]
    final = np.asarray(model.baseline.final)
    rows = [world.economies.index(e) for e in union]
    assert len(rows) == 27
    np.testing.assert_allclose(seeds[rows], -0.1 * final[rows] / final[rows].sum())
    assert seeds.sum() == pytest.approx(0.9)


def test_a_bound_is_named_with_its_kind(small):
    best = optimal_tariffs(
        small, "A", ["B"], ["X"], instruments=["tariffs", "export_taxes"],
        bounds={"tariffs": (0.0, 0.5), "export_taxes": (0.0, 0.02)},
    )  # fmt: skip
    assert best.status == "solved"
    assert best.export_taxes[0] == pytest.approx(0.02)
    assert best.at_bound == (("X", "B", "export_taxes"),)
    assert best.table("export_taxes") == [{"sector": "X", "importer": "B", "export_tax": pytest.approx(0.02)}]


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda m: optimal_tariffs(m, "A", sectors="all", instruments="quotas"), UnknownName, "quotas"),
        (lambda m: optimal_tariffs(m, "A", sectors="all", instruments=[]), ShockError, "sets nothing"),
        (lambda m: optimal_tariffs(m, "A", sectors="all", instruments="export_ceilings", rent="me"), UnknownName, "me"),
        (
            lambda m: optimal_tariffs(m, "A", sectors="all", instruments=["export_taxes", "export_ceilings"]),
            ShockError,
            "set twice",
        ),
        (lambda m: optimal_tariffs(m, "A", sectors="all", bounds={"quotas": (0, 1)}), UnknownName, "quotas"),
    ],
)
def test_bad_instruments(small, call, error, says):
    with pytest.raises(error, match=says):
        call(small)


def drawn_world(seed):
    """Three economies and goods with inputs and duties, drawn."""
    a = random_accounts(seed, economies=3, sectors=3)
    names = ["A", "B", "C"]
    world = dt.World.from_arrays(
        a.trade, a.tariffs, names, ["X", "Y", "Z"], input_shares=a.input_shares, value_added_shares=a.value_added_shares
    )
    return dt.TradeModel(world, elasticities=[3.0, 4.0, 6.0], deficits="balanced")


def as_limits_and_as_taxes(model, player, partners=None, sectors=None):
    both = {"partners": partners, "sectors": sectors}
    limits = optimal_tariffs(model, player, **both, instruments="export_ceilings")
    return limits, optimal_tariffs(model, player, **both, instruments="export_taxes", bounds=(0.0, 3.0))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("player", ["A", "B"])
def test_the_best_limits_are_the_best_export_taxes_that_are_no_subsidies(seed, player):
    limits, taxes = as_limits_and_as_taxes(drawn_world(seed), player, sectors="all")
    assert limits.status == taxes.status == "solved"
    assert limits.gain_percent == pytest.approx(taxes.gain_percent, abs=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize(("player", "partners"), [("VNM", ["USA"]), ("JPN", ["USA"]), ("USA", ["CHN", "CAN", "MEX"])])
def test_the_best_limits_are_found_where_some_bind_and_some_do_not(player, partners):
    """On the embedded world: limits that start slack, or would have to be taken back."""
    limits, taxes = as_limits_and_as_taxes(dt.TradeModel(dt.World.load(), deficits="balanced"), player, partners)
    assert limits.status == taxes.status == "solved"
    assert limits.gain_percent == pytest.approx(taxes.gain_percent, abs=1e-7)
    assert limits.solves < 30
    slack = limits.settings.premia < 1e-9
    assert slack.any()
    assert not slack.all()


@pytest.mark.slow
@pytest.mark.parametrize("most", [1, 2, 4])
def test_a_search_cut_short_answers_with_the_best_point_it_met(small, monkeypatch, most):
    from detente.trade import _optimum

    met = []
    whole = _optimum.climb

    def watched(*args):
        met.append(whole(*args))
        return met[-1]

    monkeypatch.setattr(_optimum, "climb", watched)
    best = optimal_tariffs(small, "A", instruments=["tariffs", "export_ceilings"], sectors="all", max_solves=most)
    income = best.equilibrium.array("real_income_percent")[0]
    assert income >= met[0].best[0] - 1e-9
    assert best.gain_percent >= 0.0
    problem = pose(small, [best.instruments])
    seeds = union_objective("A", small, None).seeds(small)
    assert problem.values(met[0].peaks[0], [seeds])[0] == pytest.approx(met[0].best[0], abs=1e-8)
