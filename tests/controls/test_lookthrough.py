"""Look-through stakes: against linear algebra, against arithmetic, and in time on chains and rings of any length."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.controls import Ownership, owners
from detente.controls._cascade import UNIT, Holdings
from detente.controls._lookthrough import stakes

LONG = 200_000


def _stakes(size, rows, listed):
    """Rows are (owner, owned, share)."""
    owner, owned, share = (np.array(x) for x in zip(*rows, strict=True))
    ends = np.rint(share * UNIT).astype(np.int32)
    held = Holdings.of(size, owner.astype(np.int32), owned.astype(np.int32), ends)
    marks = np.zeros(size, bool)
    marks[list(listed)] = True
    return stakes(held, marks, UNIT)


def _chain(count, share):
    return Ownership.of([("L", "0", share), *((str(i), str(i + 1), share) for i in range(count))])


def test_every_stake_is_the_row_of_the_inverse_where_shares_fit_in_the_whole():
    rng = np.random.default_rng(5)
    for _ in range(20):
        size = 30
        matrix = rng.uniform(size=(size, size)) * (rng.uniform(size=(size, size)) < 0.15)
        np.fill_diagonal(matrix, 0.0)
        matrix /= np.maximum(1.0, 1.05 * matrix.sum(axis=0))
        matrix = np.rint(matrix * UNIT) / UNIT
        listed = [0, 1]
        rows = [(int(i), int(j), matrix[i, j]) for i, j in np.argwhere(matrix > 0)]
        through = matrix.copy()
        through[listed] = 0.0  # the listed are held fixed at one
        direct = matrix[listed].sum(axis=0)
        expected = direct @ np.linalg.inv(np.eye(size) - through)
        np.testing.assert_allclose(_stakes(size, rows, listed), expected, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(1, 10)).filter(lambda r: r[0] != r[1]),
        min_size=1,
        max_size=40,
    )
)
def test_it_is_the_least_fixed_point_even_where_shares_sum_to_more_than_the_whole(rows):
    """Rounds from nothing rise to the least fixed point; the answer is one, and not above what they reach."""
    rows = [(a, b, share / 10) for a, b, share in rows]
    found = _stakes(8, rows, [0])
    value = np.zeros(8)
    for _ in range(3000):
        now = np.zeros(8)
        for a, b, share in rows:
            now[b] += share * (1.0 if a == 0 else value[a])
        value = np.minimum(now, 1.0)
    np.testing.assert_allclose(found, value, atol=2e-3)
    fixed = np.zeros(8)
    for a, b, share in rows:
        fixed[b] += share * (1.0 if a == 0 else found[a])
    np.testing.assert_allclose(found, np.minimum(fixed, 1.0), atol=1e-9)


def test_a_ring_of_any_length_is_one_equation():
    """R0 is held half by the listed and half by the last; the others by 99.99 %: v0 = 1/2 + v0 0.9999^(n-1) / 2."""
    for count in (3, 50, 1000, 100_000):
        rows = [(0, 1, 0.5), *((i, i % count + 1, 0.5 if i == count else 0.9999) for i in range(1, count + 1))]
        found = _stakes(count + 1, rows, [0])
        first = 0.5 / (1 - 0.5 * 0.9999 ** (count - 1))
        assert found[1] == pytest.approx(first, abs=1e-9), count
        assert found[2] == pytest.approx(0.9999 * first, abs=1e-9), count


def test_a_chain_of_two_hundred_thousand_takes_seconds_and_says_how_long_it_is():
    graph = _chain(LONG, 0.99999)
    began = time.perf_counter()
    found = owners(graph, ["L"], "ofac", on="2026-01-05", explain=[str(LONG), "3"])
    assert time.perf_counter() - began < 20  # quadratic work took minutes
    assert len(found["certain"]) == LONG + 1
    last = found["explain"][str(LONG)]
    assert last["look_through"] == pytest.approx(0.99999 ** (LONG + 1), abs=1e-9)
    assert last["margin"] == pytest.approx(0.49999, abs=1e-12)
    assert last["path_length"] == LONG + 2
    assert len(last["path"]) == 21
    assert last["path"][:2] == ["L", "0"]
    assert last["path"][-1] == str(LONG)
    assert last["path"][10] == f"... {LONG + 2 - 20:,} more ..."
    assert found["explain"]["3"]["path"] == ["L", "0", "1", "2", "3"]


@pytest.mark.parametrize("length", range(1, 25))
def test_a_path_is_whole_up_to_twenty_and_its_ends_beyond(length):
    explained = owners(_chain(length - 1, 0.6), ["L"], "ofac", on="2026-01-05")["explain"][str(length - 1)]
    whole = ["L", *(str(i) for i in range(length))]
    assert explained["path_length"] == len(whole)
    left = len(whole) - 20
    shown = whole if left <= 0 else [*whole[:10], f"... {left} more ...", *whole[-10:]]
    assert explained["path"] == shown


def test_what_is_held_in_a_listed_one_is_told_and_not_handed_on():
    """X holds half of the listed Y; Y counts as itself for what it holds."""
    rows = [(0, 1, 0.5), (1, 2, 0.4)]
    assert _stakes(3, rows, [0, 1]).tolist() == pytest.approx([0.0, 0.5, 0.4])
