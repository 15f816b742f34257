"""Splitting a good out of its sector: accounts close, and the parts are the whole."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from detente import strict_yaml
from detente.errors import UnknownName, WorldError
from detente.world import Item, World, item_names, load_item
from detente.world._items import item_from


@pytest.fixture(scope="module")
def world() -> World:
    return World.load()


@pytest.mark.parametrize("name", item_names())
def test_embedded_items_split_and_sum_back(world: World, name: str) -> None:
    item = load_item(name)
    parts = world.split(name)
    parts.check(1e-10)
    whole = parts.aggregate(sectors={item.parent: [item.parent, name]})
    for key in ("trade", "input_shares", "value_added_shares", "final_shares", "tariffs", "input_taxes"):
        np.testing.assert_allclose(getattr(whole, key), getattr(world, key), rtol=1e-9, atol=1e-9, err_msg=key)


@pytest.mark.parametrize("name", item_names())
def test_suppliers_make_their_shares(world: World, name: str) -> None:
    item, parts = load_item(name), world.split(name)
    made = parts.trade[-1].sum(axis=0)
    assert made.sum() == pytest.approx(item.output, rel=1e-9)
    for economy, share in item.suppliers.items():
        assert made[world.economies.index(economy)] == pytest.approx(share * item.output, rel=1e-9)
    assert (parts.trade >= 0).all()


def test_only_named_users_buy_it(world: World) -> None:
    item = load_item("rare-earth-magnets")
    parts = world.split(item)
    users = parts.input_flows[:, -1, :].sum(axis=0)
    # the item itself is made like its parent, which uses some of it
    bought = {s for s, v in zip(parts.sectors, users, strict=True) if v > 0}
    assert bought == {*item.uses, "rare-earth-magnets"}


def test_two_items_out_of_one_world(world: World) -> None:
    both = world.split("rare-earth-magnets").split("advanced-chips")
    both.check(1e-10)
    assert both.parents == {"rare-earth-magnets": "C27", "advanced-chips": "C26"}


def test_what_cannot_be_split(world: World) -> None:
    good = load_item("rare-earth-magnets")
    with pytest.raises(UnknownName, match="rare-earth-magnets"):
        world.split("rare-earth-magnet")
    with pytest.raises(WorldError, match="already has"):
        world.split(good).split(good)
    with pytest.raises(WorldError, match="more than 95%"):
        world.split(dataclasses.replace(good, output=1e9))
    with pytest.raises(WorldError) as caught:
        world.split(Item("x", "x", "C99", -1.0, {"ZZZ": 0.5}, {"C27": 2.0}, 1.5))
    assert len(caught.value.problems) >= 5


def test_an_item_file_tells_all_its_faults() -> None:
    text = "title: x\nparent: C27\nsupplers: {}\noutput: {value: 1, sorce: y}\n"
    with pytest.raises(WorldError) as caught:
        item_from(strict_yaml.parse(text, "x.yaml"), "x")
    told = str(caught.value)
    for says in ("x.yaml:3", "Did you mean 'suppliers'", "x.yaml:4", "Did you mean 'source'", "needs 'uses'"):
        assert says in told


@pytest.mark.parametrize("name", item_names())
def test_items_say_their_sources(name: str) -> None:
    about = load_item(name).about
    for part in ("output", "suppliers", "uses"):
        assert about[part]["source"]
        assert about[part]["confidence"] in ("H", "M", "L")
