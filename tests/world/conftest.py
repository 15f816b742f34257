"""Worlds made up for tests, and the folder of source tables where a checkout has it beside itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detente.world import World

Arrays = dict[str, Any]
SOURCE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "world"


def consistent_arrays(seed: int, economies: int, sectors: int, *, holes: bool = True) -> Arrays:
    """Arrays whose accounts close by construction, with duties, input taxes and, with `holes`, empty cells.

    Input flows are scaled down until every good leaves at least a fifth for final demand and every user at least a
    fifth for value added.
    """
    rng = np.random.default_rng(seed)
    trade = rng.lognormal(0.0, 2.0, (sectors, economies, economies))
    if holes:
        trade[rng.random(trade.shape) < 0.2] = 0.0
        if sectors > 1:
            trade[0, :, 0] = 0.0  # economy 0 makes none of good 0
        trade[-1, range(economies), range(economies)] += 1.0
    tariffs = rng.uniform(0.0, 0.5, trade.shape)
    tariffs[:, range(economies), range(economies)] = 0.0
    output = trade.sum(axis=1).T
    spending = (trade * (1.0 + tariffs)).sum(axis=2).T
    taxes = rng.uniform(-0.05, 0.2, output.shape)
    flows = rng.random((economies, sectors, sectors)) * spending[:, :, None] * (output > 0)[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.nanmin(np.fmin(spending / flows.sum(axis=2), output / (flows.sum(axis=1) * (1.0 + taxes))), axis=1)
    flows *= 0.8 * room[:, None, None]
    safe = np.where(output > 0, output, 1.0)
    inputs = flows * (1.0 + taxes)[:, None, :] / safe[:, None, :]
    final = spending - flows.sum(axis=2)
    return {
        "trade": trade,
        "tariffs": tariffs,
        "economies": [f"e{i}" for i in range(economies)],
        "sectors": [f"s{k}" for k in range(sectors)],
        "input_shares": inputs,
        "value_added_shares": 1.0 - inputs.sum(axis=1),
        "final_shares": final / final.sum(axis=1, keepdims=True),
        "input_taxes": taxes,
    }


@pytest.fixture(scope="session")
def arrays() -> Callable[..., Arrays]:
    return consistent_arrays


@pytest.fixture(scope="session")
def made_up() -> Callable[..., World]:
    def build(seed: int, economies: int = 4, sectors: int = 3, **options: Any) -> World:
        return World.from_arrays(**consistent_arrays(seed, economies, sectors, **options))

    return build


@pytest.fixture(scope="session")
def default() -> World:
    return World.load()


@pytest.fixture(scope="session")
def g20() -> World:
    return World.load("g20-2019")


@pytest.fixture(scope="session")
def source() -> Path:
    if not SOURCE.is_dir():
        pytest.skip("the source tables (../shared/data/world) are not here")
    return SOURCE
