"""gegravity 0.3's own example on its sample data: Canada and Japan sign an agreement, 30 economies, 2006.

The reference is the output of gegravity itself (Herman, MIT), not of detente.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest

from detente.errors import ShockError, UnknownName
from detente.trade import gravity
from shared_data import shared

COEFFICIENTS = {
    "lndist": -0.3898623, "contiguity": 0.891577, "common_language": 0.0326249, "pta": 0.4711383,
    "international": -3.412584, "constant": 16.32434,
}  # fmt: skip


@pytest.fixture(scope="module")
def example():
    with shared("data", "replication", "gegravity", "sample_data_set.dlm").open() as f:
        rows = list(csv.DictReader(f))
    names = sorted({r["importer"] for r in rows})
    at = {n: k for k, n in enumerate(names)}
    before, after = np.zeros((30, 30)), np.zeros((30, 30))
    output, spending = np.zeros(30), np.zeros(30)
    for r in rows:
        i, j = at[r["exporter"]], at[r["importer"]]
        values = {k: 1.0 if k == "constant" else float(r[k]) for k in COEFFICIENTS}
        before[i, j] = np.exp(sum(values[k] * b for k, b in COEFFICIENTS.items()))
        if {r["exporter"], r["importer"]} == {"CAN", "JPN"}:
            values["pta"] = 1.0
        after[i, j] = np.exp(sum(values[k] * b for k, b in COEFFICIENTS.items()))
        output[i], spending[j] = float(r["Y"]), float(r["E"])
    found = gravity(before, after, output, spending, 5.0, "DEU", names)
    with shared("data", "replication", "gegravity", "gegravity_example_CANJPN_country_results.csv").open() as f:
        return found, {r["country"]: r for r in csv.DictReader(f)}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("real_gdp_percent", "GDP change (percent)"), ("factory_price_percent", "factory gate price change (percent)"),
     ("price_index_percent", "imr change (percent)"), ("welfare_statistic", "welfare statistic")],
)  # fmt: skip
def test_economies_to_1e_6(example, ours, theirs):
    found, rows = example
    expected = [float(rows[n][theirs]) for n in found.economies]
    np.testing.assert_allclose(getattr(found, ours), expected, atol=1e-6)


def test_trade_to_1e_6(example):
    found, rows = example
    abroad = 1 - np.eye(30)
    for axis, name in ((0, "foreign exports change (percent)"), (1, "foreign imports change (percent)")):
        old, new = ((t * abroad).sum(axis=axis) for t in (found.trade_baseline, found.trade))
        np.testing.assert_allclose(100 * (new / old - 1), [float(rows[n][name]) for n in found.economies], atol=1e-6)
    home = np.diag(100 * (found.trade / found.trade_baseline - 1))
    expected = [float(rows[n]["intranational trade change (percent)"]) for n in found.economies]
    np.testing.assert_allclose(home, expected, atol=1e-6)


def test_costs_that_do_not_change_change_nothing():
    cost = np.array([[1.0, 0.3], [0.4, 1.0]])
    found = gravity(cost, cost, [5.0, 3.0], [4.0, 4.0], 5.0, "a", ["a", "b"])
    np.testing.assert_allclose(found.real_gdp_percent, 0, atol=1e-10)
    np.testing.assert_allclose(found.trade_baseline.sum(axis=0), [5.0, 3.0], rtol=1e-10)


def test_what_does_not_fit():
    with pytest.raises(UnknownName, match="reference"):
        gravity(np.ones((2, 2)), np.ones((2, 2)), [1, 1], [1, 1], 5.0, "z", ["a", "b"])
    with pytest.raises(ShockError) as caught:
        gravity(np.zeros((2, 2)), np.ones((2, 2)), [1, -1], [1, 1], 0.5, "a", ["a", "b"])
    assert len(caught.value.problems) == 3
