"""Zones of agreement and solution concepts against what the theory says of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from detente.bargain import Zone
from detente.errors import ShockError

gains = st.floats(-1.0, 2.0, allow_nan=False).map(lambda x: round(x, 4))
bundles = st.lists(st.tuples(gains, gains), min_size=1, max_size=12)


def zone(points: list[tuple[float, float]]) -> Zone:
    return Zone(np.vstack([np.array(points, dtype=float), np.zeros(2)]))


def best_on_hull(points: np.ndarray, value) -> float:
    """Brute force: every mixture of two bundles on a fine grid."""
    shares = np.linspace(0, 1, 401)
    return max(value(s[:, None] * p + (1 - s)[:, None] * q).max() for p in points for q in points for s in [shares])


def test_splitting_a_pie_that_is_worth_the_same_to_both() -> None:
    """The line from (1, 0) to (0, 1): one half each under all three concepts."""
    for concept in ("nash", "equal_gains", "kalai_smorodinsky"):
        deal = zone([(1, 0), (0, 1)]).deal(concept)
        assert deal.status == "solved"
        np.testing.assert_allclose(deal.gains, (0.5, 0.5), atol=1e-12)


def test_weighted_nash_splits_a_line_by_its_weights() -> None:
    deal = zone([(1, 0), (0, 1)]).deal("nash", (0.7, 0.3))
    np.testing.assert_allclose(deal.gains, (0.7, 0.3), atol=1e-12)


def test_kalai_smorodinsky_keeps_the_proportion_of_the_ideal_gains() -> None:
    """Ideal gains 2 and 1; the line from (2, 0) to (0, 1) meets the ray (2, 1) at (1, 0.5)."""
    found = zone([(2, 0), (0, 1)])
    np.testing.assert_allclose(found.ideal, (2, 1))
    np.testing.assert_allclose(found.deal("kalai_smorodinsky").gains, (1.0, 0.5), atol=1e-12)
    np.testing.assert_allclose(found.deal("equal_gains").gains, (2 / 3, 2 / 3), atol=1e-12)


def test_the_ideal_stops_where_the_other_would_lose() -> None:
    """(3, -1) is out of reach for the first side: with (1, 1) it gets to (2, 0)."""
    np.testing.assert_allclose(zone([(3, -1), (1, 1)]).ideal, (2, 1), atol=1e-12)


def test_an_empty_zone_is_said() -> None:
    found = zone([(0.5, -0.6), (-0.6, 0.5)])
    assert found.empty
    assert found.deal("nash").status == "empty_zone"
    assert found.largest_rivalry() == (None, None)


def test_mixing_two_bundles_can_open_a_zone_that_no_single_bundle_does() -> None:
    found = zone([(1.0, -0.2), (-0.2, 1.0)])
    assert not len(found.inside)
    np.testing.assert_allclose(found.deal("nash").gains, (0.4, 0.4), atol=1e-12)


def test_weights_implied_by_a_deal_are_a_set() -> None:
    """At (4, 1) the line to (1, 4) tempts unless alpha/4 * 3 >= (1 - alpha) * 3, that is alpha >= 0.8."""
    found = zone([(1, 4), (2, 2), (4, 1)])
    implied = found.weights_for((4, 1))
    np.testing.assert_allclose((implied["low"], implied["high"]), (0.8, 1.0), atol=1e-12)
    assert found.weights_for((2, 2))["low"] is None  # half of each end is (2.5, 2.5)
    assert "better for both" in found.weights_for((2, 2))["why"]
    assert "better for both" in found.weights_for((1, 1))["why"]


def test_a_mixture_implies_the_weight_that_picks_it() -> None:
    """On the line from (4, 0) to (0, 2) Nash at weight alpha is (4 alpha, 2 (1 - alpha))."""
    found = zone([(4, 0), (0, 2)])
    for alpha in (0.25, 0.5, 0.8):
        np.testing.assert_allclose(found.deal("nash", (alpha, 1 - alpha)).gains, (4 * alpha, 2 * (1 - alpha)))
        implied = found.weights_for((4 * alpha, 2 * (1 - alpha)))
        np.testing.assert_allclose((implied["low"], implied["high"]), (alpha, alpha), atol=1e-9)


def test_rivalry_that_explains_a_deal() -> None:
    """(1, 0.5) lies on the line to (2, 1), so no weight refuses the way up and still signs; on the frontier 0 does."""
    ours, theirs = zone([(2, 1)]).rivalry_for((1, 0.5))
    assert (ours["low"], theirs["low"]) == (2.0, 0.5)
    assert (ours["high"], theirs["high"]) == (2.0, 0.5)
    assert zone([(2, 1)]).rivalry_for((2, 1))[0] == {"low": 0.0, "high": 2.0, "why": ""}


def test_no_rivalry_explains_a_point_inside_the_hull() -> None:
    """Inside, some mixture gives more of one's own at next to nothing for the rival."""
    for side in zone([(3, 0), (0, 3), (2, 2)]).rivalry_for((1, 1)):
        assert side["low"] is None
        assert "every weight" in side["why"]


def test_a_side_signs_only_what_is_worth_it_under_its_own_weight() -> None:
    """(1.2, 2) gives 0.2 for 1.5 of the rival's over (1, 0.5), whose own worth is gone at a weight of 1 / 0.5."""
    found = zone([(1.2, 2), (1, 0.5)])
    ours, _ = found.rivalry_for((1, 0.5))
    assert (ours["low"], ours["high"]) == pytest.approx((0.2 / 1.5, 2.0))
    assert "worse off" in found.rivalry_for((-1, 2))[0]["why"]


def test_rivalry_never_empties_a_zone_that_pays_without_the_rivals_gain() -> None:
    """With (1, 2) and (0.9, -0.5) one mixes to (0.92, 0): a gain that gives the rival nothing."""
    assert zone([(1, 2), (0.9, -0.5)]).largest_rivalry() == (np.inf, 2.0)
    assert zone([(4, 0), (0, 2)]).largest_rivalry() == (np.inf, np.inf)
    assert zone([(1, 2)]).largest_rivalry() == (0.5, 2.0)


@settings(max_examples=80, deadline=None)
@given(bundles, st.sampled_from([0.0, 0.1, 0.5, 1.0, 3.0, 20.0]))
def test_the_largest_rivalry_is_where_the_zone_empties(points: list[tuple[float, float]], weight: float) -> None:
    """A linear programme over all mixtures: the largest gain both have at once when the first side minds the second."""
    from scipy.optimize import linprog

    found = zone(points)
    most = found.largest_rivalry()[0]
    assume(not found.empty and most is not None and abs(weight - most) > 1e-3)
    g = found.gains
    seen = np.column_stack([g[:, 0] - weight * g[:, 1], g[:, 1]])
    count = len(g)
    best = linprog(
        np.r_[np.zeros(count), -1.0], A_ub=np.column_stack([-seen.T, np.ones(2)]), b_ub=np.zeros(2),
        A_eq=[[*np.ones(count), 0.0]], b_eq=[1.0], bounds=[(0, 1)] * count + [(None, None)],
    )  # fmt: skip
    assume(abs(best.fun) < 1e-12 or abs(best.fun) > 1e-5)
    assert (-best.fun > 1e-5) == (weight < most)


def test_distance_from_the_frontier() -> None:
    found = zone([(2, 0), (0, 2)])
    inside = found.distance((0.5, 0.5))
    assert inside["common_percent"] == pytest.approx(0.5)
    assert inside["efficiency"] == pytest.approx(0.5)
    assert found.distance((1, 1))["efficiency"] == pytest.approx(1.0)


def test_a_concept_without_a_name_is_refused() -> None:
    with pytest.raises(ShockError, match="utilitarian"):
        zone([(1, 1)]).deal("utilitarian")


@settings(max_examples=60, deadline=None)
@given(bundles)
def test_deals_are_feasible_better_than_no_deal_and_not_beaten(points: list[tuple[float, float]]) -> None:
    found = zone(points)
    for concept in ("nash", "equal_gains", "kalai_smorodinsky"):
        deal = found.deal(concept)
        if deal.status != "solved":
            continue
        mixed = sum(s * found.gains[k] for k, s in zip(deal.bundles, deal.shares, strict=True))
        np.testing.assert_allclose(mixed, deal.gains, atol=1e-9)
        assert min(deal.gains) >= -1e-9
        common = best_on_hull(found.gains - np.array(deal.gains), lambda g: g.min(axis=1))
        assert common < 5e-3


@settings(max_examples=60, deadline=None)
@given(bundles)
def test_nash_is_the_largest_product(points: list[tuple[float, float]]) -> None:
    found = zone(points)
    deal = found.deal("nash")
    assume(deal.status == "solved")
    most = best_on_hull(found.gains, lambda g: np.where((g > 0).all(axis=1), g.prod(axis=1), 0.0))
    assert np.prod(deal.gains) >= most - 1e-6


@settings(max_examples=60, deadline=None)
@given(bundles, st.floats(0.1, 10.0), st.floats(0.1, 10.0))
def test_nash_does_not_depend_on_the_units_of_either_side(
    points: list[tuple[float, float]], a: float, b: float
) -> None:
    scale = np.array([a, b])
    plain, scaled = zone(points), Zone(np.vstack([np.array(points) * scale, np.zeros(2)]))
    one, two = plain.deal("nash"), scaled.deal("nash")
    assume(one.status == "solved" and two.status == "solved" and min(one.gains) > 1e-3)
    assert np.prod(np.array(two.gains) / scale) == pytest.approx(np.prod(one.gains), rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(bundles)
def test_sides_that_change_names_change_gains(points: list[tuple[float, float]]) -> None:
    turned = [(y, x) for x, y in points]
    for concept in ("nash", "equal_gains", "kalai_smorodinsky"):
        one, two = zone(points).deal(concept), zone(turned).deal(concept)
        assert one.status == two.status
        if one.status == "solved":
            assert np.prod(one.gains) == pytest.approx(np.prod(two.gains), rel=1e-6, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(bundles, st.floats(0.2, 0.8), st.floats(0.0, 0.15))
def test_more_weight_never_means_less(points: list[tuple[float, float]], weight: float, more: float) -> None:
    found = zone(points)
    one, two = found.deal("nash", (weight, 1 - weight)), found.deal("nash", (weight + more, 1 - weight - more))
    assume(one.status == "solved")
    assert two.gains[0] >= one.gains[0] - 1e-9
