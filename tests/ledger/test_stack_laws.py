"""What holds of any stack of duties, on lines that Hypothesis makes up; and that one engine serves lines and tables."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.ledger import Measure
from detente.ledger._records import Stacking
from detente.ledger._stack import Part, stack

shares = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0])
rates = st.sampled_from([0.0, 0.025, 0.1, 0.25, 0.5, 1.25])
BROAD = ("reciprocal", "s122")


def measure(name: str, layer: str, **block: object) -> Measure:
    stacking = Stacking(**({"group": "g", "operator": "add"} | block))  # type: ignore[arg-type]
    return Measure(
        name, name, "tariff.additional", "USA", ("CHN",), "law", "s", "H", (), layer=layer, stacking=stacking
    )


BASE = measure("base", "mfn")
LIST = measure("list", "s301")
NOTE = measure("note", "s301", operator="replaces", of=("list",))
FREE = measure("free", "", operator="lifts_only", of=("list",))
CARS = measure("cars", "s232", operator="exclusive_ranked", group="232", rank=1, exempts=BROAD)
STEEL = measure("steel", "s232", operator="content_split", group="232", rank=2, exempts=BROAD, metal="steel")
FLOOR = measure("floor", "s232", operator="floor", group="232", rank=3, of=("base",), exempts=BROAD)
WIDE = measure("wide", "reciprocal")
ALL = (BASE, LIST, NOTE, FREE, CARS, STEEL, FLOOR, WIDE)


@st.composite
def lines(draw: st.DrawFn) -> dict[str, tuple[float, float]]:
    """Measure -> (rate, reach)."""
    return {m.id: (draw(rates) if m is not FREE else 0.0, draw(shares)) for m in ALL}


def parts(line: dict[str, tuple[float, float]]) -> dict[str, Part]:
    made = {m.id: Part(m, *line[m.id]) for m in ALL}
    stack(list(made.values()))
    return made


@given(lines())
def test_no_value_is_taken_twice(line: dict[str, tuple[float, float]]) -> None:
    met = parts(line)
    ranked = sum(met[name].reach for name in ("cars", "steel", "floor"))
    assert ranked <= 1 + 1e-12
    assert ranked + met["wide"].reach <= 1 + 1e-12
    assert all(0 <= part.reach <= line[name][1] for name, part in met.items())


@given(lines())
def test_an_exclusion_lifts_its_layer_and_nothing_else(line: dict[str, tuple[float, float]]) -> None:
    without, with_it = parts({**line, "free": (0.0, 0.0)}), parts({**line, "free": (0.0, 1.0)})
    assert with_it["list"].points == 0
    for name in ("base", "note", "cars", "steel", "floor", "wide"):
        assert with_it[name].points == without[name].points


@given(lines())
def test_a_list_replaced_on_the_whole_line_pays_nothing(line: dict[str, tuple[float, float]]) -> None:
    met = parts({**line, "note": (0.5, 1.0)})
    assert met["list"].points == 0
    assert met["note"].points == 0.5


@given(lines(), shares)
def test_the_rest_pays_the_broad_duty(line: dict[str, tuple[float, float]], metal: float) -> None:
    """Content split: `metal` of the value pays section 232, the rest the broad layer, nothing falls through."""
    met = parts({**line, "cars": (0.25, 0.0), "floor": (0.15, 0.0), "steel": (0.5, metal), "wide": (0.1, 1.0)})
    assert met["steel"].points + met["wide"].points == pytest.approx(0.5 * metal + 0.1 * (1 - metal), abs=1e-12)


@given(lines(), rates, rates)
def test_a_floor_tops_up_and_never_adds(line: dict[str, tuple[float, float]], base: float, floor: float) -> None:
    clear = {**line, "cars": (0.0, 0.0), "steel": (0.0, 0.0)}
    met = parts({**clear, "base": (base, 1.0), "floor": (floor, 1.0)})
    assert met["base"].points + met["floor"].points == pytest.approx(max(base, floor), abs=1e-12)


@given(lines(), rates, rates, rates)
def test_a_cap_bounds_the_sum(line: dict[str, tuple[float, float]], base: float, rate: float, limit: float) -> None:
    capped = measure("cap", "s301", operator="cap", of=("base",), limit=limit)
    made = [Part(BASE, base, 1.0), Part(capped, rate, 1.0)]
    stack(made)
    assert made[0].points + made[1].points == pytest.approx(max(base, min(base + rate, limit)), abs=1e-12)


@given(lines(), st.permutations(range(len(ALL))))
def test_the_order_of_the_files_does_not_matter(line: dict[str, tuple[float, float]], order: list[int]) -> None:
    straight, shuffled = parts(line), {ALL[i].id: Part(ALL[i], *line[ALL[i].id]) for i in order}
    stack(list(shuffled.values()))
    assert {n: p.points for n, p in shuffled.items()} == pytest.approx(
        {n: p.points for n, p in straight.items()}, abs=1e-12
    )


@given(st.lists(lines(), min_size=1, max_size=8))
def test_many_lines_at_once_are_each_line_by_itself(table: list[dict[str, tuple[float, float]]]) -> None:
    single = [parts(line) for line in table]
    made = {
        m.id: Part(m, np.array([line[m.id][0] for line in table]), np.array([line[m.id][1] for line in table]))
        for m in ALL
    }
    stack(list(made.values()), np.minimum, np.maximum)
    for name, part in made.items():
        assert np.allclose(part.points, [one[name].points for one in single], rtol=0, atol=1e-12)


def test_what_is_lost_is_told() -> None:
    made = [
        Part(CARS, 0.25, 1.0),
        Part(dataclasses.replace(WIDE), 0.1, 1.0),
        Part(LIST, 0.25, 1.0),
        Part(NOTE, 0.5, 1.0),
    ]
    stack(made, trace=True)
    assert made[1].lost == [("exempts", "cars", 1.0)]
    assert made[2].lost == [("replaces", "note", 1.0)]
