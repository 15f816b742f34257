"""Aggregation preserves totals, commutes, and undoes a split into identical parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import WorldError
from detente.world import World

FIELDS = ("trade", "tariffs", "input_shares", "value_added_shares", "final_shares", "input_taxes")
seeds = st.integers(0, 2**31 - 1)


def same(one: World, other: World, tolerance: float = 1e-12) -> None:
    assert (one.economies, one.sectors) == (other.economies, other.sectors)
    for key in FIELDS:
        np.testing.assert_allclose(getattr(one, key), getattr(other, key), rtol=1e-10, atol=tolerance, err_msg=key)


def totals(w: World) -> np.ndarray:
    return np.array(
        [w.trade.sum(), w.value_added.sum(), w.tariff_revenue.sum(), w.input_tax_revenue.sum(), w.final_demand.sum()]
    )


@given(seed=seeds)
@settings(max_examples=30, deadline=None)
def test_totals_are_preserved(made_up: Callable[..., World], seed: int) -> None:
    w = made_up(seed, 5, 4)
    small = w.aggregate(economies={"u": ["e1", "e3"]}, sectors={"g": ["s0", "s2", "s3"]})
    small.check(1e-10)
    np.testing.assert_allclose(totals(small), totals(w), rtol=1e-11)
    both = w.deficit[[1, 3]].sum()
    assert small.deficit[small.economies.index("u")] == pytest.approx(both, abs=1e-9 * w.output.sum())
    # final demand is summed by good, although members pay different input taxes
    expected = w.final_demand[[1, 3]][:, [0, 2, 3]].sum()
    found = small.final_demand[small.economies.index("u"), small.sectors.index("g")]
    assert found == pytest.approx(expected, rel=1e-9)


@given(seed=seeds)
@settings(max_examples=30, deadline=None)
def test_economies_then_sectors_is_sectors_then_economies(made_up: Callable[..., World], seed: int) -> None:
    w = made_up(seed, 5, 4)
    e, s = {"u": ["e0", "e4"], "v": ["e1", "e2"]}, {"g": ["s0", "s3"]}
    same(w.aggregate(economies=e).aggregate(sectors=s), w.aggregate(sectors=s).aggregate(economies=e))
    same(w.aggregate(economies=e, sectors=s), w.aggregate(sectors=s).aggregate(economies=e))


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_everything_into_one_closes(made_up: Callable[..., World], seed: int) -> None:
    w = made_up(seed, 4, 3)
    one = w.aggregate(economies={"world": w.economies}, sectors={"all": w.sectors})
    one.check(1e-10)
    assert one.deficit.item() == pytest.approx(0.0, abs=1e-10 * w.output.sum())
    assert one.final_shares.item() == pytest.approx(1.0, abs=1e-15)
    np.testing.assert_allclose(totals(one), totals(w), rtol=1e-11)


def split_economy(w: World, n: int) -> World:
    """The same world with economy `n` in two identical halves, which trade with each other as with themselves."""
    take = [*range(n), n, n, *range(n + 1, len(w.economies))]
    half = np.ones(len(take))
    half[n : n + 2] = 0.5
    names = [
        e if i not in (n, n + 1) else f"{e}/{i - n}"
        for i, e in zip(range(len(take)), np.array(w.economies)[take], strict=True)
    ]
    return World.from_arrays(
        w.trade[:, take][:, :, take] * half[:, None] * half[None, :],
        w.tariffs[:, take][:, :, take],
        names,
        w.sectors,
        w.input_shares[take],
        w.value_added_shares[take],
        w.final_shares[take],
        input_taxes=w.input_taxes[take],
    )


@given(seed=seeds, n=st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_splitting_an_economy_and_merging_it_again_is_the_identity(
    made_up: Callable[..., World], seed: int, n: int
) -> None:
    w = made_up(seed, 4, 3)
    same(split_economy(w, n).aggregate(economies={f"e{n}": [f"e{n}/0", f"e{n}/1"]}), w)


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_splitting_a_sector_and_merging_it_again_is_the_identity(
    arrays: Callable[..., dict[str, Any]], seed: int
) -> None:
    a = arrays(seed, 3, 3)
    w = World.from_arrays(**a)
    take, half = [0, 1, 1, 2], np.array([1.0, 0.5, 0.5, 1.0])
    two = World.from_arrays(
        w.trade[take] * half[:, None, None],
        w.tariffs[take],
        w.economies,
        ["s0", "s1/0", "s1/1", "s2"],
        w.input_shares[:, take][:, :, take] * half[:, None],
        w.value_added_shares[:, take],
        w.final_shares[:, take] * half,
        input_taxes=w.input_taxes[:, take],
    )
    same(two.aggregate(sectors={"s1": ["s1/0", "s1/1"]}), w)


def test_no_groups_is_the_same_world(default: World) -> None:
    same(default.aggregate(), default)


def test_the_default_world_in_regions(default: World) -> None:
    rest = [e for e in default.economies if e not in ("USA", "CHN")]
    small = default.aggregate(economies={"others": rest}, sectors={"goods": default.sectors[:-1]})
    assert small.sectors == ("goods", "SERV")
    assert small.economies == ("others", "CHN", "USA")  # a group stands where its first member stood
    small.check(1e-10)
    np.testing.assert_allclose(totals(small), totals(default), rtol=1e-11)
    # the duty revenue of the US is what it was
    assert small.tariff_revenue[2] == pytest.approx(default.tariff_revenue[default.economies.index("USA")], rel=1e-11)


def test_tariffs_are_weighted_by_trade() -> None:
    """Sales of 30 at 10 % and 10 at 50 % make 40 at 20 %."""
    trade = np.array([[[50.0, 30.0, 10.0], [10.0, 50.0, 0.0], [10.0, 0.0, 50.0]]])
    tariffs = np.zeros_like(trade)
    tariffs[0, 0, 1:] = 0.1, 0.5
    small = World.from_arrays(trade, tariffs, ["a", "b", "c"], ["x"]).aggregate(economies={"bc": ["b", "c"]})
    assert small.tariffs[0, 0, 1] == pytest.approx(0.2)


def test_trade_inside_a_group_becomes_home_sales(default: World) -> None:
    from detente import economies

    eu = [default.economies.index(e) for e in economies.groups()["EU27"]]
    small = default.aggregate(economies={"EU27": economies.groups()["EU27"]})
    at = small.economies.index("EU27")
    assert small.trade[:, at, at].sum() == pytest.approx(default.trade[:, eu][:, :, eu].sum(), rel=1e-12)
    assert small.tariffs[:, at, at].max() == 0


def test_bad_groups_are_reported_all_at_once(made_up: Callable[..., World]) -> None:
    with pytest.raises(WorldError) as error:
        made_up(1).aggregate(
            economies={"u": ["e0", "E1", "e2"], "v": ["e2"], "e3": ["e1"]}, sectors={"empty": [], "g": ["s0", "zzz"]}
        )
    text = str(error.value)
    for expected in (
        "'E1' is not a known economy. Did you mean",
        "'e2' is already in group 'u'",
        "already the name of something outside it",
        "has no members",
        "'zzz' is not a known sector",
    ):
        assert expected in text
    assert len(error.value.problems) == 5
