"""Stalling against sums written out, the commitment problem and stopping against closed forms, and laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from detente.bargain._stopping import stopping
from detente.bargain._waiting import Vulnerability, conflict_now, waiting
from detente.errors import UserError

SIDES = ["USA", "CHN"]
STAYS = (math.inf, math.inf)


def hold(side, loss, life, floor=0.0):
    return Vulnerability(f"hold on {side}", side, loss, life if isinstance(life, tuple) else (life, life), floor)


LOSS, LIFE = st.floats(0.01, 5.0), st.floats(2.0, 120.0)
PATIENCE = st.floats(0.9, 0.999)
law = settings(deadline=None, max_examples=50)


def stall(listed, **options):
    return waiting(listed, SIDES, **{"patience": 0.99, "months": 24, "draws": 20, **options})


# -- stalling


def test_value_of_waiting_is_the_sum_written_out():
    """models.md, section 3, month by month; a deal of 200 months, unequal weights, a growing surplus, a truce."""
    surplus = [0.1 + 0.01 * t for t in range(25)]
    found = stall(
        [hold("USA", 0.8, 10, 0.2), hold("CHN", 0.5, 40)], surplus_percent=surplus, weights=[2.0, 1.0], patience=0.98,
        deal_months=200, truce_percent={"USA": -0.05, "CHN": 0.02}, truce_cost_percent={"CHN": 0.01},
    )  # fmt: skip

    def losses(t):
        return 0.2 + 0.6 * 0.5 ** (t / 10), 0.5 * 0.5 ** (t / 40)

    def share(side, t):
        return -losses(t)[side] + [2 / 3, 1 / 3][side] * (surplus[t] + sum(losses(t)))

    for side, (name, truce) in enumerate({"USA": -0.05, "CHN": 0.01}.items()):
        for m in (0, 1, 7, 24):
            deal_later = sum(0.98**s * share(side, m) for s in range(m, m + 200))
            deal_now = sum(0.98**s * share(side, 0) for s in range(200))
            value = sum(0.98**s * truce for s in range(m)) + deal_later - deal_now
            assert found.value_percent[name][m] == pytest.approx(value, abs=1e-12)
            assert found.share_percent[name][m] == pytest.approx(share(side, m), abs=1e-14)


@law
@given(LOSS, LIFE, LOSS, LIFE, PATIENCE)
def test_over_all_sides_a_free_truce_only_moves_money(loss1, life1, loss2, life2, delta):
    """With S constant and truce flows that sum to it, one side's gain from waiting is the other's loss: no month suits
    both, though each may want to wait for another."""
    found = stall([hold("USA", loss1, life1), hold("CHN", loss2, life2)], patience=delta)
    total = found.value_percent["USA"] + found.value_percent["CHN"]
    np.testing.assert_allclose(total, 0.0, atol=1e-9 * (loss1 + loss2) / (1 - delta))
    both = np.minimum(*found.value_percent.values())
    assert both.max() <= 1e-9 * (loss1 + loss2) / (1 - delta)


@law
@given(LOSS, LOSS, PATIENCE, st.floats(0.0, 1.0), st.sampled_from(["today", "lasting"]))
def test_nobody_waits_when_nothing_fades_and_the_truce_is_no_better(loss1, loss2, delta, worse, threat):
    plain = stall([hold("USA", loss1, STAYS), hold("CHN", loss2, STAYS)], patience=delta, threat=threat)
    truce = {s: float(plain.share_percent[s][0]) - worse for s in SIDES}
    found = stall(
        [hold("USA", loss1, STAYS), hold("CHN", loss2, STAYS)], patience=delta, truce_percent=truce, threat=threat
    )
    assert found.best_month == {"USA": 0, "CHN": 0}
    assert found.waits == {"USA": 0.0, "CHN": 0.0}
    assert found.verdict == "nobody gains by waiting"


@law
@given(LOSS, LIFE, st.floats(0.9, 0.98), st.floats(0.001, 0.015))
def test_more_patience_raises_the_value_of_waiting_for_a_rising_share(loss, life, delta, more):
    """With a truce worth today's share, W(m) = delta^m (x(m) - x(0)) / (1 - delta)."""
    listed = [hold("USA", loss, life), hold("CHN", loss, STAYS)]
    truce = {s: float(stall(listed).share_percent[s][0]) for s in SIDES}
    less, greater = (stall(listed, patience=d, truce_percent=truce) for d in (delta, delta + more))
    assert (greater.value_percent["USA"][1:] > less.value_percent["USA"][1:]).all()
    assert (greater.value_percent["CHN"][1:] < less.value_percent["CHN"][1:]).all()


@law
@given(LOSS, LIFE, LOSS, LIFE, st.floats(0.01, 100.0), st.sampled_from(["today", "lasting"]))
def test_money_has_no_unit(loss1, life1, loss2, life2, scale, threat):
    one, other = (
        stall([hold("USA", k * loss1, life1), hold("CHN", k * loss2, life2)], threat=threat) for k in (1.0, scale)
    )
    tiny = 1e-9 * scale * (loss1 + loss2)
    for side in SIDES:
        np.testing.assert_allclose(other.value_percent[side], scale * one.value_percent[side], rtol=1e-9, atol=tiny)
        if np.abs(one.value_percent[side]).max() > tiny / scale:  # else rounding decides: nearly mirror images
            assert (other.best_month[side] > 0) == (one.best_month[side] > 0)


@law
@given(LOSS, LIFE, LOSS, LIFE)
def test_names_do_not_matter(loss1, life1, loss2, life2):
    one = stall([hold("USA", loss1, life1), hold("CHN", loss2, life2)])
    other = stall([hold("CHN", loss1, life1), hold("USA", loss2, life2)])
    np.testing.assert_allclose(one.value_percent["USA"], other.value_percent["CHN"], atol=1e-12)


@law
@given(LOSS, LIFE, LOSS, LIFE, PATIENCE, st.floats(-1.0, 1.0))
def test_a_threat_that_lasts_prices_the_decay_in(loss1, life1, loss2, life2, delta, truce):
    """With terms for good waiting is then worth the truce less the running shares of `today`: nothing else."""
    listed = [hold("USA", loss1, life1, 0.3 * loss1), hold("CHN", loss2, life2)]
    lasting = stall(listed, threat="lasting", patience=delta, truce_percent={"USA": truce})
    flow = stall(listed, patience=delta).share_percent["USA"]
    weight = delta ** np.arange(25)
    expected = np.concatenate([[0.0], np.cumsum(weight * (truce - flow))[:-1]])
    np.testing.assert_allclose(lasting.value_percent["USA"], expected, atol=1e-9 * (1 + loss1 + loss2) / (1 - delta))


@law
@given(LOSS, LIFE, LOSS, LIFE, st.floats(-0.5, 0.5))
def test_parts_add_up_to_the_value(loss1, life1, loss2, life2, truce):
    found = stall(
        [hold("USA", loss1, life1), hold("CHN", loss2, life2)], truce_percent={"CHN": truce},
        surplus_percent=np.linspace(0, 1, 25),
    )  # fmt: skip
    for side in SIDES:
        month = max(1, found.best_month[side])
        total = sum(found.parts_percent[side].values())
        assert total == pytest.approx(found.value_percent[side][month], abs=1e-9 * (1 + abs(total)))


@law
@given(LOSS, LIFE, LOSS, LIFE)
def test_the_break_even_cost_is_where_a_side_stops_waiting(loss1, life1, loss2, life2):
    listed = [hold("USA", loss1, life1), hold("CHN", loss2, life2)]
    cost = stall(listed).break_even_truce_cost_percent
    slack = 1e-4 * (loss1 + loss2)
    for step, waits in ((-slack, True), (slack, False)):
        found = stall(listed, truce_cost_percent={s: cost[s] + step for s in SIDES})
        assert [found.best_month[s] > 0 for s in SIDES] == [waits, waits]


@law
@given(LOSS, LIFE, LOSS, LIFE, st.floats(0.0, 0.2))
def test_the_belief_gap_is_the_least_optimism_that_makes_both_wait(loss1, life1, loss2, life2, cost):
    found = stall([hold("USA", loss1, life1), hold("CHN", loss2, life2)], truce_cost_percent=dict.fromkeys(SIDES, cost))
    later = 0.99**found.months / (1 - 0.99)
    needed = [sum(max(0.0, -found.value_percent[s][m]) / later[m] for s in SIDES) for m in range(1, found.months.size)]
    total = sum(found.belief_gap_percent.values())
    assert total[found.belief_gap_month] == pytest.approx(min(needed), abs=1e-9 * (1 + loss1 + loss2))
    for side in SIDES:
        lifted = found.value_percent[side] + later * found.belief_gap_percent[side]
        assert (lifted >= -1e-7 * (1 + loss1 + loss2)).all()
        idle = found.value_percent[side] > 1e-6
        assert (found.belief_gap_percent[side][idle] == 0).all()


def test_both_stall_when_each_believes_time_is_on_its_side():
    """The same truce, the same losses: only what each believes about the half-lives differs."""
    mine, theirs = [hold("USA", 0.5, 12), hold("CHN", 0.5, 60)], [hold("USA", 0.5, 60), hold("CHN", 0.5, 12)]
    found = stall(mine, beliefs={"CHN": theirs})
    assert found.best_month["USA"] > 0
    assert found.best_month["CHN"] == found.best_month["USA"]  # mirror images
    assert found.verdict.count("its own view") == 2
    assert all(gap[found.belief_gap_month] == 0 for gap in found.belief_gap_percent.values())
    common = stall(mine)
    assert (common.best_month["USA"] > 0, common.best_month["CHN"]) == (True, 0)
    assert "CHN would sign now" in common.verdict
    assert (np.diff(common.belief_gap_percent["CHN"]) > 0).all()  # the longer, the more it must be mistaken


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"surplus_percent": [0.02 * 1.2**t for t in range(25)]}, "more to share"),
        ({"truce_percent": {"USA": 1.0, "CHN": 1.0}}, "as good as a deal"),
    ],
)
def test_why_both_wait(options, why):
    found = stall([hold("USA", 0.1, STAYS), hold("CHN", 0.1, STAYS)], **options)
    assert min(found.best_month.values()) > 0
    assert found.verdict.count(why) == 2
    assert [found.parts_percent[side]["balance"] for side in SIDES] == pytest.approx([0, 0], abs=1e-12)


def test_bands_span_the_half_lives():
    narrow = stall([hold("USA", 0.5, 24), hold("CHN", 0.3, 24)])
    np.testing.assert_allclose(narrow.low_percent["USA"], narrow.high_percent["USA"], atol=1e-12)
    wide = [hold("USA", 0.5, (6.0, 96.0)), hold("CHN", 0.3, 24)]
    first, again, other = (stall(wide, draws=200, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first.low_percent["USA"], again.low_percent["USA"])
    assert (first.low_percent["USA"][1:] != other.low_percent["USA"][1:]).all()
    ends = [stall([hold("USA", 0.5, h), hold("CHN", 0.3, 24)]).value_percent["USA"] for h in (6.0, 24.0, 96.0)]
    np.testing.assert_allclose(first.value_percent["USA"], ends[1], atol=1e-12)  # 24 is the geometric middle
    assert (np.max(ends, axis=0) >= first.high_percent["USA"]).all()
    assert (first.low_percent["USA"] >= np.min(ends, axis=0)).all()
    assert first.high_percent["USA"][12] - first.low_percent["USA"][12] > 0


def test_everything_wrong_is_said_at_once():
    listed = [
        Vulnerability("magnets", "US", 1.0, (24, 12)),
        Vulnerability("chips", "CHN", -1.0, (1, math.inf)),
        Vulnerability("soybeans", "USA", 1.0, (6, 6), 2.0),
    ]
    with pytest.raises(UserError) as caught:
        waiting(
            listed, SIDES, patience=1.0, months=0, weights=[1.0], threat="for ever", truce_percent={"USB": 1.0},
            beliefs={"JPN": []}, deal_months=0, surplus_percent=[1.0, 2.0, 3.0],
        )  # fmt: skip
    text = str(caught.value)
    for piece in (
        "magnets: 'US' is no side here. Did you mean USA?", "(24, 12) is no range", "(1, inf) is no range", "-1 lies",
        "part of the loss", "patience: 1 lies outside", "months: 0 is not", "weights: [1.0]", "'for ever'", "'USB'",
        "beliefs: 'JPN'", "deal_months", "surplus_percent: has shape (3,)",
    ):  # fmt: skip
        assert piece in text, piece
    assert len(caught.value.problems) == 13


# -- the commitment problem


@pytest.mark.parametrize(("delta", "threshold"), [(0.9, 0.5544), (0.95, 0.5787)])
def test_powells_threshold(delta, threshold):
    found = conflict_now(0.6, [threshold - 1e-4, threshold + 1e-4], delta, 0.1)
    assert round(float(found.threshold[0]), 4) == threshold
    assert found.fights.tolist() == [True, False]


@law
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.05, 0.99), st.floats(0, 3))
def test_conflict_is_the_better_of_the_two_sums(p0, p1, delta, cost):
    """What conflict brings, against the most the rising side can give today and tomorrow."""
    conflict = p0 / (1 - delta) - cost
    offer = 1 + delta * (p1 / (1 - delta) - cost)
    assume(abs(conflict - offer) > 1e-9)
    assert bool(conflict_now(p0, p1, delta, cost).fights) == (conflict > offer)


def test_conflict_checks_its_numbers():
    with pytest.raises(UserError) as caught:
        conflict_now(1.1, -0.1, 1.0, -1.0)
    assert len(caught.value.problems) == 4


# -- stopping


def test_merlo_and_wilsons_pie():
    found = stopping([1, 2], [[0.5, 0.5], [0, 1]], 0.9)
    np.testing.assert_allclose(found.value, [1.63636, 2], atol=5e-6)
    assert found.agree.tolist() == [False, True]
    assert found.expected_delay.tolist() == pytest.approx([2.0, 0.0])  # the mean of a coin's first head
    assert [float(found.agreed_by(m)[0]) for m in range(4)] == pytest.approx([0, 0.5, 0.75, 0.875])


@law
@given(st.integers(1, 12), st.integers(0, 10**6), st.floats(0.0, 0.999))
def test_values_solve_bellmans_equation(n, seed, delta):
    rng = np.random.default_rng(seed)
    pie, odds = rng.normal(size=n), rng.dirichlet(np.full(n, 0.3), size=n)
    odds /= odds.sum(axis=1, keepdims=True)
    found = stopping(pie, odds, delta)
    ahead = delta * odds @ found.value
    np.testing.assert_allclose(found.value, np.maximum(pie, ahead), atol=1e-10 * max(1, np.abs(pie).max()))
    assert (found.value >= 0).all()  # they may always walk away
    assert (pie[found.agree] >= ahead[found.agree] - 1e-9).all()


@law
@given(st.integers(0, 10**6))
def test_expected_delay_is_the_sum_of_the_odds_of_no_deal_yet(seed):
    rng = np.random.default_rng(seed)
    found = stopping(rng.uniform(0, 1, 5), rng.dirichlet(np.ones(5), size=5), 0.8)
    later = sum(1 - found.agreed_by(m) for m in range(150))
    np.testing.assert_allclose(found.expected_delay, later, rtol=1e-6, atol=1e-9)


def test_a_deal_that_never_comes_and_one_that_may_not():
    """State 0 may fall into state 2, where there is never anything to sign."""
    found = stopping([-1, 3, -2], [[0, 0.5, 0.5], [0, 1, 0], [0, 0, 1]], 0.9)
    assert found.value.tolist() == pytest.approx([0.9 * 0.5 * 3, 3, 0])
    assert found.expected_delay.tolist() == [math.inf, 0, math.inf]
    assert float(found.agreed_by(100)[0]) == pytest.approx(0.5)


def test_stopping_takes_many_cases_at_once():
    patience = np.array([0.3, 0.9, 0.99])
    found = stopping([1, 2], [[0.5, 0.5], [0, 1]], patience)
    for k, delta in enumerate(patience):
        np.testing.assert_allclose(found.value[k], stopping([1, 2], [[0.5, 0.5], [0, 1]], delta).value)
    assert found.agree[:, 0].tolist() == [True, False, False]
    assert found.agreed_by(1).shape == (3, 2)


def test_stopping_checks_its_numbers():
    with pytest.raises(UserError) as caught:
        stopping([1, float("nan")], [[0.5, 0.6], [0, 1]], 1.0)
    assert {p.where for p in caught.value.problems} == {"pie", "patience"}
    with pytest.raises(UserError, match="sum to 1"):
        stopping([1, 2], [[0.5, 0.6], [0, 1]], 0.9)
    with pytest.raises(UserError, match="shape"):
        stopping([1, 2, 3], [[0.5, 0.5], [0, 1]], 0.9)
    with pytest.raises(UserError, match="period"):
        stopping([1, 2], [[0.5, 0.5], [0, 1]], 0.9).agreed_by(-1)
