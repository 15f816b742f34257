"""Published trade elasticities: values of the source file, citations, services at 4."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detente import nomenclature
from detente.errors import UnknownName, WorldError
from detente.world import World, elasticity_set, elasticity_sets

NAMES = {
    "caliendo-parro-2015": "CP",
    "fontagne-2022": "FGO",
    "shapiro-2016": "Shap",
    "giri-2021": "GYY",
    "bagwell-2021": "BSY",
    "lashkaripour-2023": "LL",
    "in-sample": "IS",
    "uniform-4": "U4",
}
CODES = list(nomenclature.sectors())


def test_the_sets_and_their_keys() -> None:
    assert {name: entry["key"] for name, entry in elasticity_sets().items()} == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_set_is_cited_and_whole(name: str) -> None:
    entry = elasticity_sets()[name]
    assert len(entry["source"]) > 40
    assert list(entry["theta"]) == CODES
    theta = elasticity_set(name, CODES)
    assert theta.shape == (28,)
    assert (theta > 0).all()
    assert theta[-1] == 4.0


@pytest.mark.parametrize("name", NAMES)
def test_values_are_those_of_the_source_file(name: str, source: Path) -> None:
    with np.load(source / "icio2022_81x28.npz") as z:
        expected = z[f"eps_{NAMES[name]}"]
    np.testing.assert_allclose(elasticity_set(name, CODES)[:-1], expected[:-1], rtol=0, atol=1e-9)


# Caliendo and Parro (2015), table 1, 99 % sample: agriculture 9.11, mining 13.53, food 2.62, textile 8.10, petroleum
# 64.85, basic metals 3.28, metal products 6.99.
@pytest.mark.parametrize(
    ("sector", "theta"),
    [("A01", 9.11), ("B06", 13.53), ("C10T12", 2.62), ("C13T15", 8.1), ("C19", 64.85), ("C24A", 3.28), ("C25", 6.99)],
)
def test_caliendo_parro_table_one(sector: str, theta: float) -> None:
    assert elasticity_set("caliendo-parro-2015", [sector])[0] == pytest.approx(theta)


def test_sets_that_need_a_warning_carry_one() -> None:
    assert any("C19" in text for text in elasticity_sets()["caliendo-parro-2015"]["warnings"])
    below_one = [name for name in NAMES if (elasticity_set(name, CODES) < 1).any()]
    assert all(elasticity_sets()[name]["warnings"] for name in below_one)
    assert below_one == ["lashkaripour-2023"]


def test_order_and_subset_follow_the_question() -> None:
    assert elasticity_set("shapiro-2016", ["SERV", "C26", "A01"]).tolist() == [4.0, 10.84, 3.34]


def test_unknown_set() -> None:
    with pytest.raises(UnknownName, match="Did you mean fontagne-2022"):
        elasticity_set("fontagne-2021", CODES)


def test_a_world_of_other_sectors_needs_an_explicit_array(g20: World, default: World) -> None:
    with pytest.raises(WorldError, match=r"no value for sector A, B, C, .*explicit array"):
        elasticity_set("fontagne-2022", g20.sectors)
    small = default.aggregate(sectors={"metals": ["C24A", "C24B"]})
    with pytest.raises(WorldError, match="no value for sector metals:"):
        elasticity_set("fontagne-2022", small.sectors)


def test_the_table_cannot_be_changed_from_outside() -> None:
    elasticity_sets()["uniform-4"]["theta"]["C26"] = 9.0
    assert elasticity_set("uniform-4", ["C26"])[0] == 4.0
