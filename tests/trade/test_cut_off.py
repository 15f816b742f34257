"""Bans that leave an economy no way to pay, or to be paid: said at once, with who and what."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.errors import SolveError
from sample_worlds import random_accounts

BANNED = {"exports": dt.Ceiling("B", "all", "all", 0.0), "imports": dt.Ceiling("all", "B", "all", 0.0)}


def world_of(trade, tariffs):
    return dt.World.from_arrays(trade, tariffs, ["A", "B", "C"], ["X", "Y"])


def world_where(surplus):
    """Three economies; B pays (or receives) a transfer of this part of its sales abroad, A and C the other way."""
    a = random_accounts(2, economies=3, sectors=2, tariffs=False, inputs=False, balanced=True)
    trade = np.array(a.trade)
    trade[:, [0, 2], 1] *= 1.0 + surplus
    return world_of(trade, np.zeros_like(trade))


@pytest.mark.parametrize("deficits", ["fixed", "proportional"])
@pytest.mark.parametrize(("surplus", "side"), [(0.3, "exports"), (-0.3, "imports")])
def test_who_owes_cannot_pay_without_exports_and_who_is_owed_cannot_be_paid_without_imports(deficits, surplus, side):
    """What is bought less what is sold is the transfer received: with one of them banned its sign is fixed."""
    world = world_where(surplus)
    model = dt.TradeModel(world, elasticities=4.0, deficits=deficits)
    owes = model.baseline.deficit[1] < 0
    assert bool(owes) == (surplus > 0)
    failed = model.solve(dt.Shock(export_ceilings=[BANNED[side]]))
    assert failed.status == "no_equilibrium"
    assert failed.steps <= model.options.max_steps
    said = failed.doctor()["extremes"][0]
    assert "B" in said
    assert f"all its {side} are banned (export_ceilings[0])" in " ".join(failed.doctor()["extremes"])
    with pytest.raises(SolveError, match="ban"):
        failed.require()
    other = "imports" if side == "exports" else "exports"
    assert model.solve(dt.Shock(export_ceilings=[BANNED[other]])).status == "solved"


def test_under_proportional_transfers_the_middle_one_is_named_too():
    """B's ratio of spending to income lies between the others': the sign of its transfer shows on the way only."""
    a = random_accounts(2, economies=3, sectors=2, tariffs=False, inputs=False, balanced=True)
    trade = np.array(a.trade)
    trade[:, 2, 0] *= 2.5
    trade[:, 2, 1] *= 1.2
    model = dt.TradeModel(world_of(trade, np.zeros_like(trade)), elasticities=4.0, deficits="proportional")
    ratio = np.asarray(model.baseline.deficit / model.baseline.final)
    assert ratio[0] < ratio[1] < 0 < ratio[2]
    failed = model.solve(dt.Shock(export_ceilings=[BANNED["exports"]]))
    assert failed.status == "no_equilibrium"
    assert any("B: all its exports are banned" in line for line in failed.doctor()["extremes"])


@pytest.mark.parametrize("home", [0.0, 5.0])
def test_without_exports_nobody_buys_what_only_others_make(home):
    """Balanced trade, one good that B does not make itself: it is needed at any price, and nothing pays for it."""
    a = random_accounts(4, economies=3, sectors=2, tariffs=False, inputs=False, balanced=True)
    trade = np.array(a.trade)
    trade[1, :, 1] = 0.0
    trade[1, 1, 1] = home
    model = dt.TradeModel(world_of(trade, np.zeros_like(trade)), elasticities=4.0, deficits="balanced")
    found = model.solve(dt.Shock(export_ceilings=[BANNED["exports"]]))
    named = [line for line in found.doctor()["extremes"] if "makes no Y at home" in line]
    assert found.status == ("solved" if home else "no_equilibrium")
    assert bool(named) == (home == 0)


def test_a_limit_that_binds_hard_is_named():
    model = dt.TradeModel(world_where(0.0), elasticities=4.0)
    limits = [dt.Ceiling("A", "B", ["X"], 0.0), dt.Ceiling("C", "B", ["Y"], 0.1), dt.Ceiling("C", "A", ["X"], 0.9)]
    said = model.solve(dt.Shock(export_ceilings=limits)).doctor()["extremes"]
    assert "X from A to B is banned" in said
    assert "Y from C to B is held to 0.1 of what it was" in said
    assert not any("X from C to A" in line for line in said)
