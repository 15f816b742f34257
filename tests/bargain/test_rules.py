"""Rules against power: closed forms of mirror-image countries, and each regime's own conditions measured apart."""

from __future__ import annotations

import json

import numpy as np
import pytest

import detente as dt
from detente.bargain._rules import REGIMES, players_world, rules_against_power, rules_answer
from detente.cli import _app, run
from detente.errors import ShockError


@pytest.fixture(autouse=True)
def _command(monkeypatch):
    monkeypatch.setattr(_app, "GROUPS", tuple(dict.fromkeys((*_app.GROUPS, "_coalition"))))


def images(count, own=0.8, theta=4.0):
    """Mirror images of each other, one good, no duties, nobody else."""
    share = np.full((count, count), (1 - own) / (count - 1))
    np.fill_diagonal(share, own)
    names = ["A", "B", "C", "D"][:count]
    world = dt.World.from_arrays(100 * share[None], np.zeros((1, count, count)), economies=names, sectors=["X"])
    return dt.TradeModel(world, elasticities=theta, deficits="balanced"), names


@pytest.fixture(scope="module")
def two():
    return rules_against_power(*images(2), sectors="all")


@pytest.fixture(scope="module")
def three():
    return rules_against_power(*images(3), sectors="all", regimes=["mfn", "nash_in_nash"])


@pytest.fixture(scope="module")
def real():
    """Three players and everybody else, on embedded accounts."""
    small, codes = players_world(dt.World.load("g20-2019"), ["USA", "CHN", "JPN"])
    return rules_against_power(dt.TradeModel(small, elasticities=4.0, deficits="balanced"), codes)


def test_the_threat_is_the_published_war(two):
    assert [round(float(t), 5) for t in (two.threat.tariffs[0, 1], two.threat.tariffs[1, 0])] == [0.26899, 0.26899]
    assert round(-two.threat.payoffs_percent["A"], 5) == 1.38650
    assert two.threat.check["deviation_gain_percent"] < 1e-6


@pytest.mark.parametrize("regime", ["reciprocity", "mfn", "nash_in_nash"])
def test_two_mirror_images_go_back_to_free_trade(two, regime):
    """By symmetry, and because free trade is efficient between them; reciprocity leads there (Bagwell-Staiger)."""
    outcome = two.regimes[regime]
    assert outcome.status == "solved"
    np.testing.assert_allclose([outcome.tariffs[0, 1], outcome.tariffs[1, 0]], 0.0, atol=2e-4)
    assert outcome.gains_percent["A"] == pytest.approx(1.38650, abs=2e-5)


def test_reciprocity_between_two_leaves_their_terms_of_trade(two):
    check = two.regimes["reciprocity"].check
    assert check["imbalance_percent"] < 1e-6
    assert check["terms_of_trade_percent"] < 1e-6


def test_an_ultimatum_is_efficient_and_leaves_the_other_at_its_threat(two):
    """Mayer (1981): two countries' tariffs are efficient where (1 + t1)(1 + t2) = 1."""
    outcome = two.regimes["ultimatum"]
    assert outcome.status == "solved"
    assert (1 + outcome.tariffs[0, 1]) * (1 + outcome.tariffs[1, 0]) == pytest.approx(1.0, abs=1e-5)
    low, high = sorted(outcome.gains_percent[p] for p in "AB")
    assert low == pytest.approx(0.0, abs=1e-5)
    assert high > 2 * 1.38650 * 0.9  # all of what both lose in the war, less the cost of moving it


@pytest.mark.slow
def test_pairs_among_three_cut_below_free_trade_and_mfn_does_not(three):
    """Bagwell, Staiger and Yurukoglu (2020): pairwise deals are inefficiently liberal, third parties pay."""
    pairs, one = three.regimes["nash_in_nash"], three.regimes["mfn"]
    off = ~np.eye(3, dtype=bool)
    np.testing.assert_allclose(one.tariffs[off], 0.0, atol=2e-4)
    assert (pairs.tariffs[off] < -0.01).all()
    assert np.ptp(pairs.tariffs[off]) < 1e-3
    assert pairs.payoffs_percent["A"] < one.payoffs_percent["A"]


@pytest.mark.slow
def test_conditions_that_define_each_regime_are_met(real):
    assert real.status == "solved"
    regimes = real.regimes
    for name in ("reciprocity", "mfn"):
        assert regimes[name].check["mfn_spread"] == 0.0
    assert regimes["reciprocity"].check["imbalance_percent"] < 1e-5
    assert regimes["nash_in_nash"].check["pair_gain"] < 1e-5
    assert regimes["ultimatum"].check["responder_gain_percent"] < 1e-4
    assert regimes["ultimatum"].check["proposer_gain_percent"] < 1e-4
    assert regimes["nash_in_nash"].check["mfn_spread"] > 1e-3  # where no rule asks for it, it is not kept


def shock(found, rates):
    """The rates of a matrix, set by name."""
    world = found.model.world
    changes = [
        {"tariff": "set", "importer": p, "exporter": q, "sectors": "goods", "rate": float(rates[k, i])}
        for k, p in enumerate(found.players)
        for i, q in enumerate(found.players)
        if i != k
    ]
    return dt.Shock.from_changes(world, changes)


def incomes(found, rates):
    eq = found.model.solve(shock(found, rates))
    return np.array([eq.array("real_income_percent")[found.model.world.economies.index(p)] for p in found.players])


@pytest.mark.slow
def test_payoffs_are_the_models(real):
    for outcome in (real.threat, *real.regimes.values()):
        wanted = [outcome.payoffs_percent[p] for p in real.players]
        np.testing.assert_allclose(incomes(real, outcome.tariffs), wanted, atol=1e-6)


@pytest.mark.slow
def test_reciprocity_measured_from_the_equilibria(real):
    """Value of what each adds to imports from the players at the old prices, against what it adds to exports."""
    from detente.bargain._rules import _Game

    game = _Game(real.model, real.players, "goods")
    old = real.model.solve(shock(real, game.spread(game.one_rate_war())))
    new = real.model.solve(shock(real, real.regimes["reciprocity"].tariffs))
    volume = {k: eq.array("trade_baseline") * (1 + eq.array("trade_quantity_percent") / 100)
              for k, eq in (("old", old), ("new", new))}  # fmt: skip
    price = np.divide(old.array("trade"), volume["old"], out=np.zeros_like(volume["old"]), where=volume["old"] > 0)
    added = (price * (volume["new"] - volume["old"])).sum(axis=0)
    at = [real.model.world.economies.index(p) for p in real.players]
    inside = added[np.ix_(at, at)]
    np.fill_diagonal(inside, 0.0)
    trade = old.array("trade").sum(axis=0)[np.ix_(at, at)]
    assert inside.sum() > 0  # trade grows
    np.testing.assert_allclose(inside.sum(axis=1), inside.sum(axis=0), atol=1e-6 * trade.sum())


@pytest.mark.slow
def test_no_pair_gains_by_moving_its_rates(real):
    rates, war = real.regimes["nash_in_nash"].tariffs, real.threat.tariffs
    for a, b in ((0, 1), (0, 2), (1, 2)):
        none = rates.copy()
        none[a, b], none[b, a] = war[a, b], war[b, a]
        floor = incomes(real, none)[[a, b]]
        best = np.prod(incomes(real, rates)[[a, b]] - floor)
        for move in ((0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01), (0.01, 0.01), (-0.01, -0.01)):
            other = rates.copy()
            other[a, b] += move[0]
            other[b, a] += move[1]
            gain = incomes(real, other)[[a, b]] - floor
            assert not (gain > 0).all() or np.prod(gain) < best


@pytest.mark.slow
def test_no_offer_is_better_for_who_makes_it(real):
    rates, war = real.regimes["ultimatum"].tariffs, real.threat.tariffs
    order = sorted(range(3), key=lambda k: -real.spending[real.players[k]])
    for a, b in ((order[0], order[1]), (order[0], order[2]), (order[1], order[2])):
        none = rates.copy()
        none[a, b], none[b, a] = war[a, b], war[b, a]
        floor, now = incomes(real, none)[b], incomes(real, rates)
        assert now[b] == pytest.approx(floor, abs=1e-4)
        for angle in np.linspace(0, 2 * np.pi, 9)[:-1]:
            other = rates.copy()
            other[a, b] += 0.02 * np.cos(angle)
            other[b, a] += 0.02 * np.sin(angle)
            then = incomes(real, other)
            assert then[b] < floor + 1e-5 or then[a] < now[a] + 1e-5


@pytest.mark.slow
def test_all_players_gain_all_along_the_reciprocal_path(real):
    """At the Nash point each would like more trade at given world prices, so all gain at first."""
    from detente.bargain._reciprocity import Reciprocity
    from detente.bargain._rules import _Game

    game = _Game(real.model, real.players, "goods")
    path = Reciprocity(game.one_rate, game.tools, game.seeds, game.one_rate_war())
    before = path._payoffs(path.start)
    after = path._payoffs(path.at(0.1, path.start))
    assert (after > before).all()


@pytest.mark.slow
def test_mfn_rates_have_the_largest_product_of_gains(real):
    rates = real.regimes["mfn"].tariffs
    floor = np.array([real.threat.payoffs_percent[p] for p in real.players])
    best = np.prod(incomes(real, rates) - floor)
    for k in range(3):
        for move in (-0.01, 0.01):
            other = rates.copy()
            other[k] += move
            gain = incomes(real, other) - floor
            assert not (gain > 0).all() or np.prod(gain) < best


@pytest.mark.slow
def test_the_rest_of_the_world_and_the_sum(real):
    small = real.model.world
    final = np.asarray(real.model.baseline.final) * real.model.scale
    for outcome in real.regimes.values():
        total = outcome.payoffs_percent["world"] * final.sum()
        parts = sum(outcome.payoffs_percent[p] * real.spending[p] for p in real.players)
        assert parts + outcome.payoffs_percent["others"] * final[small.economies.index("others")] == pytest.approx(
            total
        )


@pytest.mark.slow
def test_answer_says_who_gains_from_the_end_of_rules(real):
    answer = rules_answer(real)
    gone = answer["end_of_rules_percent"]["reciprocity to ultimatum"]
    for p in real.players:
        after, before = (real.regimes[r].payoffs_percent[p] for r in ("ultimatum", "reciprocity"))
        assert gone[p] == pytest.approx(after - before)
    assert set(answer["regimes"]) == set(REGIMES)


def test_command(capsys):
    ask = ["rules", "--players", "USA", "CHN", "JPN", "--world", "g20-2019", "--elasticities", "4", "--json"]
    assert run(ask) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "solved"
    assert answer["players"] == ["USA", "CHN", "JPN"]


@pytest.mark.slow
def test_people_read_who_gains(real, capsys):
    from detente.cli._coalition import _show_rules

    _show_rules(rules_answer(real) | {"ranges": None})
    told = capsys.readouterr().out
    for needed in ("MFN and reciprocity", "take it or leave it", "better off", "not a forecast", "world"):
        assert needed in told


@pytest.mark.parametrize(
    ("players", "says"),
    [
        (["USA"], "two players"),
        (["USA", "USA"], "USA plays twice"),
        (["EU27", "DEU", "CHN"], "DEU plays twice, in EU27 and DEU"),
        (["USA", "Chna"], "'Chna' is not a known economy"),
        (["USA", "MAC"], "MAC"),
    ],
)
def test_players_who_cannot_play(players, says, capsys):
    assert run(["rules", "--players", *players]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.slow
def test_groups_must_be_one_economy(real):
    model = dt.TradeModel(dt.World.load(), deficits="balanced")
    with pytest.raises(ShockError, match="Sum groups first"):
        rules_against_power(model, ["USA", "EU27"])
    with pytest.raises(ShockError, match="'peace' is no regime"):
        rules_against_power(real.model, real.players, regimes=["peace"])
