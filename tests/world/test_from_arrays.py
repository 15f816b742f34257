"""`World.from_arrays`: what closes is taken, what does not is refused with every reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import WorldError
from detente.world import World

sizes = {
    "seed": st.integers(0, 2**31 - 1),
    "economies": st.integers(1, 6),
    "sectors": st.integers(1, 5),
}


@given(**sizes)
@settings(max_examples=60, deadline=None)
def test_consistent_accounts_are_taken_and_close(
    arrays: Callable[..., dict[str, Any]], seed: int, economies: int, sectors: int
) -> None:
    given_arrays = arrays(seed, economies, sectors)
    world = World.from_arrays(**given_arrays)
    world.check(1e-10)
    np.testing.assert_allclose(world.final_shares, given_arrays["final_shares"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(world.deficit.sum(), 0.0, atol=1e-10 * world.output.sum())
    np.testing.assert_allclose(world.value_added.sum() + world.input_tax_revenue.sum() + world.tariff_revenue.sum(),
                               world.final_demand.sum(), rtol=1e-10)  # fmt: skip


@given(**sizes, scale=st.floats(1e-3, 1e3))
@settings(max_examples=30, deadline=None)
def test_money_has_no_unit(
    arrays: Callable[..., dict[str, Any]], seed: int, economies: int, sectors: int, scale: float
) -> None:
    a = arrays(seed, economies, sectors)
    one, many = World.from_arrays(**a), World.from_arrays(**{**a, "trade": a["trade"] * scale})
    np.testing.assert_allclose(many.final_shares, one.final_shares, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(many.income, one.income * scale, rtol=1e-9)


@given(**sizes)
@settings(max_examples=30, deadline=None)
def test_derived_and_given_final_shares_agree(
    arrays: Callable[..., dict[str, Any]], seed: int, economies: int, sectors: int
) -> None:
    a = arrays(seed, economies, sectors)
    derived = World.from_arrays(**{**a, "final_shares": None, "value_added_shares": None})
    np.testing.assert_allclose(derived.final_shares, World.from_arrays(**a).final_shares, rtol=0, atol=1e-12)
    np.testing.assert_allclose(derived.value_added_shares, a["value_added_shares"], rtol=0, atol=1e-12)


def test_without_inputs_final_shares_are_spending_shares() -> None:
    trade = np.array([[[6.0, 4.0], [1.0, 9.0]], [[20.0, 0.0], [10.0, 20.0]]])
    tariffs = np.zeros_like(trade)
    tariffs[0, 0, 1] = 0.5
    w = World.from_arrays(trade, tariffs, ["a", "b"], ["x", "y"])
    # a spends 6 + 4 x 1.5 = 12 on x and 20 on y; b spends 10 and 30
    np.testing.assert_allclose(w.final_shares, [[12 / 32, 20 / 32], [0.25, 0.75]])
    np.testing.assert_allclose(w.tariff_revenue, [2.0, 0.0])
    # a sells 7 + 30 = 37 and earns 2 in duty; it spends 32
    np.testing.assert_allclose(w.deficit, [32 - 37 - 2, 40 - 33])


def test_input_tax_is_revenue_and_lowers_input_use() -> None:
    """One closed economy, one good: output 100, inputs 44 at purchaser's cost of which 4 is tax."""
    w = World.from_arrays([[[100.0]]], [[[0.0]]], ["a"], ["x"], [[[0.44]]], [[0.56]], input_taxes=[[0.1]])
    assert w.input_use.item() == pytest.approx(40.0)
    assert w.input_tax_revenue.item() == pytest.approx(4.0)
    assert w.final_demand.item() == pytest.approx(60.0)
    assert w.income.item() == pytest.approx(60.0)
    assert w.deficit.item() == pytest.approx(0.0, abs=1e-12)


def test_arrays_are_copied_and_read_only(arrays: Callable[..., dict[str, Any]]) -> None:
    a = arrays(1, 3, 2)
    w = World.from_arrays(**a)
    a["trade"][:] = -1
    assert w.trade.min() >= 0
    with pytest.raises(ValueError, match="read-only"):
        w.trade[0, 0, 0] = 1.0


def with_cell(array: Any, cell: tuple[int, ...], value: float) -> Any:
    out = np.array(array, dtype=float)
    out[cell] = value
    return out


BAD = {
    "negative trade": ("trade", (0, 1, 2), -5.0, r"trade: below 0 \(lowest -5\) at s0/e1/e2"),
    "nan trade": ("trade", (1, 0, 2), np.nan, "trade: NaN or infinite at s1/e0/e2"),
    "infinite tariff": ("tariffs", (1, 0, 2), np.inf, "tariffs: NaN or infinite at s1/e0/e2"),
    "tariff of -200 %": ("tariffs", (1, 2, 0), -2.0, r"tariffs: below -1 \(lowest -2\) at s1/e2/e0"),
    "tariff that leaves no price": ("tariffs", (1, 2, 0), -1.0, "tariffs: -100 % or less at s1/e2/e0"),
    "duty on home sales": ("tariffs", (1, 2, 2), 0.1, "tariffs: a duty on home sales at s1/e2/e2"),
    "negative input share": ("input_shares", (0, 0, 1), -0.1, "input_shares: below 0"),
    "nan value added": ("value_added_shares", (2, 1), np.nan, "value_added_shares: NaN or infinite at e2/s1"),
    "cost shares above one": ("value_added_shares", (2, 1), 0.999, "do not sum to one .*e2/s1"),
    "input subsidy of the whole price": ("input_taxes", (1, 1), -1.0, "input_taxes: below -0.999"),
    "negative final share": ("final_shares", (1, 0), -0.1, "final_shares: below 0"),
}


@pytest.mark.parametrize("case", BAD)
def test_one_bad_cell_is_named(arrays: Callable[..., dict[str, Any]], case: str) -> None:
    key, cell, value, message = BAD[case]
    a = arrays(3, 3, 2, holes=False)
    a[key] = with_cell(a[key], cell, value)
    with pytest.raises(WorldError, match=message):
        World.from_arrays(**a)


def test_final_shares_that_do_not_fit_are_sized_and_placed(arrays: Callable[..., dict[str, Any]]) -> None:
    a = arrays(3, 3, 2, holes=False)
    wrong = a["final_shares"].copy()
    wrong[1] = wrong[1, ::-1] * 0.5 + 0.25
    total = World.from_arrays(**a).final_demand[1].sum()
    gap = np.abs((wrong - a["final_shares"])[1]).max() * total
    with pytest.raises(WorldError, match=f"worst gap {gap:.6g} USD million") as error:
        World.from_arrays(**{**a, "final_shares": wrong})
    assert "e1/s" in str(error.value)


def test_a_gap_within_the_tolerance_is_closed_and_noted(arrays: Callable[..., dict[str, Any]]) -> None:
    a = arrays(3, 3, 2, holes=False)
    a["final_shares"] = with_cell(a["final_shares"], (0, 0), a["final_shares"][0, 0] + 1e-7)
    w = World.from_arrays(**a)
    w.check(1e-10)
    assert 0 < w.record["final_shares_gap_closed"] <= 1e-7
    with pytest.raises(WorldError):
        World.from_arrays(**a, tolerance=1e-9)


def test_more_inputs_than_spending_is_refused_not_clipped() -> None:
    """a makes 100 of x using 60 of y, but only 50 of y is bought there."""
    trade = np.array([[[100.0]], [[50.0]]])
    inputs = np.zeros((1, 2, 2))
    inputs[0, 1, 0] = 0.6
    with pytest.raises(WorldError, match=r"worst -10 USD million, at a/y"):
        World.from_arrays(trade, np.zeros_like(trade), ["a"], ["x", "y"], inputs)


def test_every_problem_is_reported_at_once() -> None:
    trade = np.ones((2, 2, 2))
    trade[0, 0, 1], trade[1, 1, 1] = -1.0, np.nan
    with pytest.raises(WorldError) as error:
        World.from_arrays(trade, np.zeros((2, 2)), ["a", "a"], ["x", "y"], np.full((2, 2, 2), 0.7), [[0.3, 0.3]] * 2)
    text = str(error.value)
    for expected in ("economies: named more than once: a", "trade: NaN", "trade: below 0", "tariffs: has shape (2, 2)",
                     "do not sum to one"):  # fmt: skip
        assert expected in text
    assert len(error.value.problems) == 5


@pytest.mark.parametrize(("economies", "sectors", "message"), [
    (["a", "b"], ["x", "x"], "sectors: named more than once: x"),
    ([], ["x"], "economies: there are none"),
    (["a", "b", "c"], ["x"], r"trade: has shape \(1, 2, 2\), but the names make it \(1, 3, 3\)"),
])  # fmt: skip
def test_names_must_fit(economies: list[str], sectors: list[str], message: str) -> None:
    with pytest.raises(WorldError, match=message):
        World.from_arrays(np.ones((1, 2, 2)), np.zeros((1, 2, 2)), economies, sectors)


def test_text_is_not_a_number() -> None:
    with pytest.raises(WorldError, match="trade: not an array of numbers"):
        World.from_arrays([[["x"]]], [[[0.0]]], ["a"], ["x"])


def test_an_economy_that_buys_nothing_is_refused() -> None:
    trade = np.array([[[1.0, 1.0], [0.0, 0.0]]])
    with pytest.raises(WorldError, match="nothing is left for final demand in b"):
        World.from_arrays(trade, np.zeros_like(trade), ["a", "b"], ["x"])


def test_check_names_the_identity_that_fails(arrays: Callable[..., dict[str, Any]]) -> None:
    w = World.from_arrays(**arrays(5, 3, 2))
    broken = World(
        **{**{f: getattr(w, f) for f in w.__dataclass_fields__}, "value_added_shares": w.value_added_shares * 1.01}
    )
    with pytest.raises(WorldError, match="'cost_shares' is off by"):
        broken.check()
    assert broken.gaps()["cost_shares"] > 1e-4


def test_faces_are_short_and_safe() -> None:
    w = World.from_arrays(np.ones((1, 2, 2)), np.zeros((1, 2, 2)), ["<b>", "c"], ["x"], year=1993)
    assert repr(w) == "<World 'custom': 2 economies x 1 sectors, USD million; value added 4>"
    assert "&lt;b&gt;" in w._repr_html_()
    assert "<b>" not in w._repr_html_()
