"""Coalitions: payoffs against the model itself, replies against closed forms, stability and core against theory."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente as dt
from detente.bargain._coalition import AddedTariffs, added_tariffs, coalition_payoffs
from detente.bargain._coalition_table import (
    coalition_answer,
    coalition_ranges,
    core,
    joining,
    objectives,
    stability,
    surplus,
    target_shares,
    worth,
)
from detente.bargain._shapley import coalitions
from detente.cli import _app, run
from detente.errors import ShockError


@pytest.fixture(autouse=True)
def _command(monkeypatch):
    monkeypatch.setattr(_app, "GROUPS", tuple(dict.fromkeys((*_app.GROUPS, "_coalition"))))


@pytest.fixture(scope="module")
def g20():
    return dt.TradeModel(dt.World.load("g20-2019"), elasticities=4.0, deficits="balanced")


@pytest.fixture(scope="module")
def plain(g20):
    return coalition_payoffs(g20, "CHN", ["USA", "JPN", "KOR"], rate=0.1)


@pytest.fixture(scope="module")
def replied(g20):
    return coalition_payoffs(g20, "CHN", ["USA", "JPN"], rate=0.1, reply="best")


def mirror(own=0.8, theta=4.0):
    """Two mirror images of each other, one good, no duties."""
    trade = 100 * np.array([[[own, 1 - own], [1 - own, own]]])
    world = dt.World.from_arrays(trade, np.zeros_like(trade), economies=["USA", "CHN"], sectors=["A"])
    return dt.TradeModel(world, elasticities=theta, deficits="balanced")


def triplets():
    """Three mirror images."""
    trade = 100 * np.array([[[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]])
    world = dt.World.from_arrays(trade, np.zeros_like(trade), economies=["USA", "JPN", "CHN"], sectors=["A"])
    return dt.TradeModel(world, elasticities=4.0, deficits="balanced")


def change(importer, exporter, rate):
    return {"tariff": "add", "importer": importer, "exporter": exporter, "sectors": "goods", "rate": rate}


@pytest.mark.parametrize("reply", ["none", "fixed"])
def test_each_subset_is_the_shock_it_stands_for(g20, reply):
    found = coalition_payoffs(g20, "CHN", ["USA", "KOR"], rate=0.1, reply=reply)
    assert found.complete
    assert found.players == ("USA", "KOR", "CHN", "others")
    for mask, joined in enumerate(([], ["USA"], ["KOR"], ["USA", "KOR"])):
        changes = [change(p, "CHN", 0.1) for p in joined]
        changes += [change("CHN", p, 0.1) for p in joined if reply == "fixed"]
        income = g20.solve(dt.Shock.from_changes(g20.world, changes)).array("real_income_percent")
        for k, code in enumerate(found.players[:3]):
            assert found.percent[mask, k] == pytest.approx(income[g20.world.economies.index(code)], abs=1e-6)
        assert found.reply_rates[mask].tolist() == [0.1 * (reply == "fixed" and p in joined) for p in ("USA", "KOR")]


def test_money_is_the_equivalent_variation(g20, plain):
    """Spending after transfers are purged adds up over players to the world's, so money does, too."""
    final = np.asarray(g20.baseline.final) * g20.scale
    assert plain.spending.sum() == pytest.approx(final.sum())
    income = g20.solve(dt.Shock.from_changes(g20.world, [change("USA", "CHN", 0.1)])).array("real_income_percent")
    assert plain.usd_million[1].sum() == pytest.approx(float(income @ final) / 100, rel=1e-5)


def test_mirror_images_are_treated_alike():
    found = coalition_payoffs(triplets(), "CHN", ["USA", "JPN"], rate=0.2, sectors="all")
    np.testing.assert_allclose(found.percent[[0, 2, 1, 3]][:, [1, 0, 2]], found.percent[:, :3], atol=1e-7)
    shares = target_shares(found)
    assert shares[0] == pytest.approx(shares[1], rel=1e-6)
    assert shares.sum() == pytest.approx(-found.usd_million[3, 2])


@pytest.mark.parametrize("rate", [0.1, 0.4])
def test_best_reply_is_one_over_theta_times_the_joiners_own_share(rate):
    """Gros (1987), the joiner's duty given: its own share at border prices, at the new equilibrium."""
    model = mirror()
    found = coalition_payoffs(model, "CHN", ["USA"], rate=rate, sectors="all", reply="best", tolerance=1e-5)
    reply = found.reply_rates[1, 0]
    both = [{**change("USA", "CHN", rate), "sectors": "all"}, {**change("CHN", "USA", reply), "sectors": "all"}]
    trade = model.solve(dt.Shock.from_changes(model.world, both)).array("trade")[0]
    assert found.status[1] == "solved"
    assert reply == pytest.approx(1 / (4.0 * trade[0, 0] / trade[0].sum()), abs=1e-5)


def test_no_other_reply_is_better_for_the_target(g20, replied):
    def income(a, b):
        changes = [
            change("USA", "CHN", 0.1),
            change("JPN", "CHN", 0.1),
            change("CHN", "USA", a),
            change("CHN", "JPN", b),
        ]
        there = g20.solve(dt.Shock.from_changes(g20.world, changes)).array("real_income_percent")
        return there[g20.world.economies.index("CHN")]

    best = replied.reply_rates[3]
    assert replied.complete
    assert (best > 0.01).all()
    assert income(*best) == pytest.approx(replied.percent[3, 2], abs=1e-6)
    for move in ((0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01), (0.01, 0.01), (-0.01, -0.01)):
        assert income(*(best + move)) < income(*best)


def test_a_reply_never_lowers_what_the_target_has(g20, plain, replied):
    same = [0, 1, 2, 3]  # USA and JPN are the first two members of both games
    assert (replied.percent[same, 2] >= plain.percent[same, 3] - 1e-7).all()


def test_a_union_is_one_member_with_one_rate():
    model = dt.TradeModel(dt.World.load(), deficits="balanced")
    tools = added_tariffs(model, "CHN", ["EU27", "USA"], ["C26"])
    assert tools.names == (("all", "EU27"), ("all", "USA"))
    problem = AddedTariffs(model, tools, dt.Shock())
    before, after = (np.asarray(problem.arrays(np.array(r)).tariff) for r in ([0.0, 0.0], [0.1, 0.2]))
    added, index = after - before, model.world.economies.index
    sector = model.world.sectors.index("C26")
    np.testing.assert_allclose([added[sector, index("CHN"), index(e)] for e in ("DEU", "FRA", "USA")], [0.1, 0.1, 0.2])
    assert np.count_nonzero(added) == 28


def test_only_the_subsets_asked_are_solved(g20, plain):
    few = coalition_payoffs(g20, "CHN", ["USA", "JPN", "KOR"], rate=0.1, subsets=[7, 3])
    assert few.status == ("solved", "not_asked", "not_asked", "solved", *["not_asked"] * 3, "solved")
    np.testing.assert_allclose(few.percent[[3, 7]], plain.percent[[3, 7]], atol=1e-7)
    assert np.isnan(few.percent[5]).all()
    assert coalition_answer(few)["stable"] is None


def test_the_start_is_where_changes_are_counted_from(g20):
    start = dt.Shock.from_changes(g20.world, [change("USA", "CHN", 0.2)])
    moved = coalition_payoffs(g20, "CHN", ["USA"], rate=0.1, start=start)
    there = {r: g20.solve(dt.Shock.from_changes(g20.world, [change("USA", "CHN", r)])) for r in (0.2, 0.3)}
    chn = g20.world.economies.index("CHN")
    wanted = there[0.3].array("real_income_percent")[chn] - there[0.2].array("real_income_percent")[chn]
    assert moved.percent[1, 1] == pytest.approx(wanted, abs=1e-6)
    assert moved.percent[0].tolist() == [0.0] * 3


# Stability and core on games whose answers are known -----------------------------------------------------------------


def provision(n, b, c):
    """Each who joins pays c and gives b to everybody (Barrett 1994, linear)."""
    return np.array([[b * len(s) - c * (i in s) for i in range(n)] for s in coalitions(n)], dtype=float)


def test_nobody_provides_what_costs_more_than_it_brings_oneself():
    inside, outside = stability(provision(4, 1.0, 1.5))
    assert np.flatnonzero(inside & outside).tolist() == [0]
    inside, outside = stability(provision(4, 2.0, 1.5))
    assert np.flatnonzero(inside & outside).tolist() == [15]


def test_worth_and_core_of_provision():
    """v(S) = s (s b - c) where that is positive; equal shares n b - c; the least core in closed form."""
    b, c, n = 1.0, 1.5, 3
    values = provision(n, b, c)
    found, part = worth(values)
    sizes = np.array([len(s) for s in coalitions(n)])
    np.testing.assert_allclose(found, np.maximum(0.0, sizes * (sizes * b - c)))
    assert part[-1] == 7
    division = core(values)
    assert not division.empty
    assert division.allocation.sum() == pytest.approx(n * (n * b - c))
    assert division.excess == pytest.approx(max(-(n * b - c), 2 * (2 * b - c) - 2 * (n * b - c)))
    np.testing.assert_allclose(surplus(values), sizes * (b - c))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.integers(2, 4))
def test_the_core_is_empty_exactly_when_a_balanced_collection_is_worth_more(seed, n):
    """Bondareva (1963) and Shapley (1967): by the dual programme, solved apart."""
    from scipy.optimize import linprog

    values = np.random.default_rng(seed).normal(size=(2**n, n))
    values[0] = 0.0
    found, v = core(values), worth(values)[0]
    rows = np.array([[mask >> i & 1 for mask in range(1, 2**n)] for i in range(n)])
    most = -linprog(-v[1:], A_eq=rows, b_eq=np.ones(n), method="highs").fun
    assert found.empty == (most > v[-1] + 1e-5 * max(1.0, np.abs(v).max()))
    short = [v[m] - sum(found.allocation[i] for i in s) for m, s in enumerate(coalitions(n)) if 0 < len(s) < n]
    assert max(short) == pytest.approx(found.excess, abs=1e-7)


def test_the_weight_needed_makes_a_member_indifferent(plain):
    for i, row in enumerate(joining(plain)):
        weight = row["rivalry_weight_needed"]
        without = 7 & ~(1 << i)
        if weight:
            values = objectives(plain, {row["member"]: weight})
            assert values[7, i] == pytest.approx(values[without, i], abs=1e-9)
            assert joining(plain, weight)[i]["side_payment_usd_million"] == pytest.approx(0.0, abs=1e-3)
        else:
            assert plain.percent[7, i] >= plain.percent[without, i]
        paid = objectives(plain)[7, i] / 100 * plain.spending[i] + row["side_payment_usd_million"]
        assert paid >= plain.usd_million[without, i] - 1e-6


def test_everybody_stays_when_all_weigh_the_rival_enough(plain):
    needed = [row["rivalry_weight_needed"] or 0.0 for row in joining(plain)]
    answer = coalition_answer(plain, dict(zip(plain.members, [w + 0.01 for w in needed], strict=True)))
    assert ["USA", "JPN", "KOR"] in answer["stable"]
    assert answer["side_payments"]["needed_usd_million"] == 0.0


def test_ranges_hold_the_numbers_they_are_about():
    model = dt.TradeModel(dt.World.load(), deficits="balanced")
    found = coalition_payoffs(model, "CHN", ["USA", "JPN"], rate=0.1)
    ranges = coalition_ranges(found, sets=("fontagne-2022", "uniform-4"))
    assert ranges["sets"] == ["fontagne-2022", "uniform-4"]
    other = coalition_payoffs(model.replace(elasticities="uniform-4"), "CHN", ["USA", "JPN"], rate=0.1)
    for i, row in enumerate(joining(found)):
        low, high = ranges["members"][row["member"]]["payoff_percent"]
        assert sorted([row["payoff_percent"], other.percent[3, i]]) == pytest.approx([low, high], abs=1e-7)
    assert ranges["target_percent"][0] < ranges["target_percent"][1] < 0


# The command ---------------------------------------------------------------------------------------------------------

ASK = ["coalition", "--against", "CHN", "--members", "USA", "JPN", "--world", "g20-2019", "--elasticities", "4"]


def test_json(capsys):
    assert run([*ASK, "--rate", "0.1", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "solved"
    assert [row["joined"] for row in answer["subsets"]] == [[], ["USA"], ["JPN"], ["USA", "JPN"]]
    assert {row["status"] for row in answer["subsets"]} == {"solved"}
    loss = -answer["subsets"][3]["payoffs_usd_million"]["CHN"]
    assert sum(answer["shapley"]["values"].values()) == pytest.approx(loss)
    assert answer["model"]["horizon"] == "long"
    assert answer["ranges"] is None  # this world has no published sectors


def test_people_are_told_what_it_is(capsys):
    assert run([*ASK, "--rate", "0.1", "--reply", "fixed"]) == 0
    told = capsys.readouterr().out
    for needed in ("from CHN; reply: fixed", "not a forecast", "USA+JPN", "Stable subsets", "core"):
        assert needed in told


def test_a_regime_as_the_start(capsys):
    ask = ["coalition", "--against", "CHN", "--members", "JPN", "--on", "2025-06-11", "--no-ranges", "--json"]
    assert run(ask) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["on"] == "2025-06-11"
    assert answer["start"] == "regime of 2025-01-19 to regime of 2025-06-11"
    assert answer["subsets"][0]["payoffs_percent"]["CHN"] == 0.0


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--against", "CHN", "--members", "CHN"], "CHN stands twice"),
        (["--against", "CHN", "--members", "EU27", "DEU"], "DEU stands twice, in EU27 and DEU"),
        (["--against", "CHN", "--members", "USB"], "'USB' is not a known economy"),
        (["--against", "CHN", "--members", "USA", "--rate", "25"], "0.25?"),
        (["--against", "CHN", "--members", "USA", "--rate", "0"], "no added tariff"),
        (["--against", "CHN", "--members", "USA", "--reply", "angry"], "'angry' is not a known reply"),
        (["--against", "CHN", "--members", "USA", "--sectors", "C99"], "C99"),
        (["--against", "CHN", "--members", "USA", "--rivalry", "much"], "no weight"),
        (["--against", "CHN", "--members", "USA", "--rivalry", "JPN=0.1"], "'JPN' is not a known member"),
        (["--against", "CHN", "--members", "USA", "--known", "2025-06-11"], "no use without --on"),
        (["--against", "CHN", "--members", "USA", "--on", "2025-13-01"], "is not a date"),
    ],
)
def test_what_cannot_be_asked(more, says, capsys):
    assert run(["coalition", *more]) == 2
    out, err = capsys.readouterr()
    assert says in err
    assert out == ""


def test_all_problems_at_once(g20):
    with pytest.raises(ShockError) as error:
        coalition_payoffs(g20, "CHM", ["USA", "USA", "XX"], rate=-1.0, reply="x")
    assert len(error.value.problems) == 5


def test_figure(tmp_path):
    pytest.importorskip("altair", reason="figures need the extra `plot`")
    pytest.importorskip("vl_convert", reason="figures need the extra `plot`")
    path = tmp_path / "coalition.svg"
    assert run([*ASK, "--rate", "0.1", "--figure", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    for needed in ("A tariff of 10 % on China", "Source:", "not a forecast", "USD billion", "All 4 subsets"):
        assert needed in text
