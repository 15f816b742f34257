"""What a change of regime does to two economies: the numbers a brief shows, made here and only shown there."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from detente import model as kernels
from detente.nomenclature import is_services, sector_name
from detente.trade._equilibrium import Equilibrium

if TYPE_CHECKING:
    from detente.ledger import Regime
    from detente.trade._model import TradeModel
    from detente.trade._shock import Shock

SMALLEST_SHARE = 0.001
"""A sector below this share of its economy's output is not ranked: its percentages say little."""


@dataclass(frozen=True)
class Impact:
    """Changes in percent against the world's accounts with the `before` regime's duties.

    Attributes
    ----------
    exports_percent
        Goods trade by value, `"CHN->USA"`, `"CHN->others"` (all economies but the two), `"others->USA"`.
    sectors
        By economy: the sectors whose output falls most, among those above `SMALLEST_SHARE`.
    notes
        What the shock leaves out, in words.
    intervals
        Low, median and high over draws of the elasticities, under the keys above; empty without draws.
    parts_percent
        By economy: where the real-income change comes from; the parts add up to it.
    """

    horizon: str
    status: str
    remedy: str
    residual: float
    steps: int
    model: dict[str, Any]
    real_income_percent: dict[str, float] = field(default_factory=dict)
    gdp_percent: dict[str, float] = field(default_factory=dict)
    price_index_percent: dict[str, float] = field(default_factory=dict)
    exports_percent: dict[str, float] = field(default_factory=dict)
    sectors: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    parts_percent: dict[str, dict[str, float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    intervals: dict[str, dict[str, list[float]]] = field(default_factory=dict)


def impact(
    model: TradeModel, before: Regime, after: Regime, *, between: Sequence[str] = ("USA", "CHN"), parts: bool = True
) -> Impact:
    """Solve the step from one regime to another and summarise it for two economies.

    A failed solve comes back with its status and remedy and no numbers.
    """
    from detente.trade._shock import Shock

    shock = Shock.from_regimes(before, after, model.world)
    return summarise(solve_prepared(model, shock), between=between, parts=parts)


def solve_prepared(model: TradeModel, shock: Shock) -> Equilibrium:
    """Solve, and compile what a summary needs meanwhile on another core."""
    with ThreadPoolExecutor(1) as pool:
        kernels.prepare(model.baseline, model.parameters, shock.arrays(model.world), pool)
        return model.solve(shock)


def summarise(equilibrium: Equilibrium, *, between: Sequence[str] = ("USA", "CHN"), parts: bool = True) -> Impact:
    """The summary of an equilibrium for two economies of its world."""
    eq, model = equilibrium, equilibrium.model
    head = Impact(model.closure.name, eq.status.value, eq.status.remedy, eq.residual, eq.steps, model.describe())
    if not eq.solution.solved:
        return head
    world = model.world
    at = {code: world.economies.index(code) for code in between}

    def by_economy(name: str) -> dict[str, float]:
        return {code: float(eq.array(name)[n]) for code, n in at.items()}

    shares: dict[str, dict[str, float]] = {}
    if parts:
        found = eq.decomposition()
        shares = {code: {k: float(v[n]) for k, v in found.items()} for code, n in at.items()}
    return Impact(
        head.horizon, head.status, head.remedy, head.residual, head.steps, head.model,
        by_economy("real_income_percent"), by_economy("gdp_percent"), by_economy("price_index_percent"),
        _exports(eq, at), {code: _hit_most(eq, n) for code, n in at.items()}, shares, eq.shock.notes,
    )  # fmt: skip


def _exports(eq: Equilibrium, at: dict[str, int]) -> dict[str, float]:
    """Goods trade in percent between the two, and of each with everybody else."""
    world = eq.model.world
    goods = np.array([not is_services(s) for s in world.sectors])
    new, old = (eq.array(name)[goods].sum(axis=0) for name in ("trade", "trade_baseline"))
    others = [n for n in range(len(world.economies)) if n not in at.values()]
    out: dict[str, float] = {}
    for code, i in at.items():
        for name, n in at.items():
            if n != i:
                out[f"{code}->{name}"] = _change(new[n, i], old[n, i])
    for code, i in at.items():
        out[f"{code}->others"] = _change(new[others, i].sum(), old[others, i].sum())
        out[f"others->{code}"] = _change(new[i, others].sum(), old[i, others].sum())
    return out


def _change(new: float, old: float) -> float:
    return float(100.0 * (new / old - 1.0)) if old > 0 else 0.0


def _hit_most(eq: Equilibrium, economy: int, count: int = 5) -> list[dict[str, Any]]:
    world = eq.model.world
    output = np.asarray(world.output)[economy]
    change = eq.array("output_quantity_percent")[:, economy]
    ranked = [j for j in np.argsort(change) if output[j] > SMALLEST_SHARE * output.sum()][:count]
    return [
        {
            "sector": world.sectors[j], "name": sector_name(world.sectors[j]),
            "output_quantity_percent": float(change[j]),
            "producer_price_percent": float(eq.array("producer_price_percent")[j, economy]),
            "share_of_output": float(output[j] / output.sum()),
        }
        for j in ranked
    ]  # fmt: skip
