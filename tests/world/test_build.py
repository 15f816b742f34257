"""The build: its two numerical steps against theory, its result against the source tables."""

from __future__ import annotations

import doctest
import hashlib
import importlib
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from detente.world import World

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def shares_tool() -> ModuleType:
    if not (ROOT / "tools" / "_world_shares.py").exists():
        pytest.skip("the tools folder is not here")
    sys.path.insert(0, str(ROOT))
    try:
        return importlib.import_module("tools._world_shares")
    finally:
        sys.path.remove(str(ROOT))


def test_ras_meets_its_margins_and_keeps_cross_ratios(shares_tool: ModuleType) -> None:
    """A biproportional fit is r_i a_ij s_j: cross ratios of the prior survive, zeros stay zero."""
    rng = np.random.default_rng(0)
    prior = rng.uniform(0.1, 1.0, (4, 5))
    prior[0, 1] = 0.0
    target = rng.uniform(0.5, 2.0, (4, 5)) * (prior > 0)
    fitted, _ = shares_tool.balance(prior, target.sum(axis=1), target.sum(axis=0))
    np.testing.assert_allclose(fitted.sum(axis=1), target.sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(fitted.sum(axis=0), target.sum(axis=0), rtol=1e-11)
    assert fitted[0, 1] == 0

    def cross(a: np.ndarray) -> float:
        return float(a[1, 2] * a[3, 4] / (a[1, 4] * a[3, 2]))

    assert cross(fitted) == pytest.approx(cross(prior), rel=1e-10)


def test_ras_refuses_totals_that_differ(shares_tool: ModuleType) -> None:
    with pytest.raises(SystemExit, match="totals differ"):
        shares_tool.balance(np.ones((2, 2)), np.array([1.0, 1.0]), np.array([1.0, 2.0]))


def test_the_shift_meets_its_mean_and_keeps_odds_ratios(shares_tool: ModuleType) -> None:
    shares, weights = np.array([0.1, 0.5, 0.9]), np.array([1.0, 2.0, 3.0])
    moved = shares_tool.shift_to(shares, weights, 0.4)
    assert (moved * weights).sum() / weights.sum() == pytest.approx(0.4, abs=1e-12)

    def odds(x: np.ndarray) -> np.ndarray:
        return np.asarray(x / (1 - x))

    np.testing.assert_allclose(odds(moved) / odds(shares), (odds(moved) / odds(shares))[0], rtol=1e-9)


def test_flows_are_those_of_the_source(default: World, source: Path) -> None:
    with np.load(source / "icio2022_81x28.npz") as z:
        assert tuple(z["countries"]) == default.economies
        np.testing.assert_array_equal(default.trade, z["X_jik"].transpose(2, 1, 0))


def test_levels_of_value_added_are_the_economys_own(default: World, source: Path) -> None:
    """Value added over output in each block equals the column of the 77 x 11 table, read here by hand."""
    with np.load(source / "icio_77c_11s_oecd2020.npz") as z:
        data = z["data"]
    blocks = [list(range(9)), list(range(9, 27)), [27]]
    columns = [[0], [1], list(range(2, 11))]
    for place, code in ((70, "TUR"), (75, "ZAF"), (12, "CHN"), (72, "UKR"), (76, "ROW"), (76, "AGO")):
        n = default.economies.index(code)
        for here, there in zip(blocks, columns, strict=True):
            at = [place * 11 + c for c in there]
            ratio = data[848:, at].sum() / data[:, at].sum()
            made = default.output[n, here]
            found = (default.value_added_shares[n, here] * made).sum() / made.sum()
            assert found == pytest.approx(ratio, rel=1e-10), (code, here)


def test_the_g20_world_is_its_table(g20: World, source: Path) -> None:
    with np.load(source / "icio_oecd2023_2019_isic_g20.npz") as z:
        data = z["data"]
    np.testing.assert_allclose(g20.output.ravel(), data[:400].sum(axis=1), rtol=1e-12)
    usa, deu = g20.economies.index("USA"), g20.economies.index("DEU")
    row = deu * 20 + g20.sectors.index("C")
    sold = data[row, usa * 20 : usa * 20 + 20].sum() + data[row, 400 + 3 * usa : 403 + 3 * usa].sum()
    assert g20.trade[g20.sectors.index("C"), usa, deu] == pytest.approx(sold, rel=1e-12)
    # value added, and taxes on inputs in full: duties on them plus the wedge
    np.testing.assert_allclose((g20.value_added_shares * g20.output).ravel(), data[401:, :400].sum(axis=0), rtol=1e-9)
    basic = data[:400, usa * 20 : usa * 20 + 20].sum()
    paid = (g20.input_shares[usa] * g20.output[usa]).sum()
    assert paid - basic == pytest.approx(data[400, usa * 20 : usa * 20 + 20].sum(), rel=1e-8)


def test_the_record_names_the_files_it_was_built_from(default: World, source: Path) -> None:
    for entry in default.record["sources"]:
        assert hashlib.sha256((source / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], entry["file"]


@pytest.mark.parametrize("module", ["_world", "_elasticities"])
def test_examples_in_docstrings(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"detente.world.{module}"))
    assert result.attempted > 0
    assert result.failed == 0


def test_the_page_shows_the_records_numbers() -> None:
    """docs/world.md is generated from the records: neither may change without the other."""
    page = ROOT / "docs" / "world.md"
    if not page.exists():
        pytest.skip("the docs folder is not here")
    text = page.read_text(encoding="utf-8")
    for name in ("default", "g20-2019"):
        for entry in World.load(name).record["adjustments"]:
            rows = [line for line in text.splitlines() if f"| {entry['what']} |" in line]
            assert rows, f"missing from docs/world.md: {entry['what']}"
            for key, value in entry.items():
                if key.endswith("_usd_million"):
                    assert any(f"{value / 1000:,.1f} bn USD" in row for row in rows), (entry["what"], key)
                elif isinstance(value, int):
                    assert any(f"{key.replace('_', ' ')} {value}" in row for row in rows), (entry["what"], key)
