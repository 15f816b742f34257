"""Derivatives of one economy's outcome in every entry of an instrument, labelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente import model as kernels
from detente.errors import Problem, ShockError, SolveError, UnknownName, unknown
from detente.trade._equilibrium import Equilibrium

if TYPE_CHECKING:
    import xarray as xr

    from detente.trade._model import TradeModel
    from detente.trade._shock import Shock

INSTRUMENTS: dict[str, tuple[str, ...]] = {
    "tariffs": ("sector", "importer", "exporter"),
    "export_taxes": ("sector", "importer", "exporter"),
    "export_ceilings": ("ceiling",),
    "trade_costs": ("sector", "importer", "exporter"),
    "productivity": ("economy", "sector"),
    "elasticities": ("sector",),
}
"""What `TradeModel.gradient` differentiates in, and its dimensions."""
_FIELDS = {
    "tariffs": "tariff", "export_taxes": "export_tax", "trade_costs": "trade_cost", "productivity": "productivity",
    "elasticities": "theta",
}  # fmt: skip
_ACCURATE = 1e-8
"""Largest relative residual of an adjoint system whose gradient is given."""
_SLACK = 1e-9
"""Premium, as a fraction, up to which a ceiling counts as slack: the accuracy of a solve."""
_AT_KINK = 1e-8
"""Part of a slack limit that may be left unsold where it counts as one that just begins to bind."""
_TIGHTER = 1e-6
"""Part by which such a limit is tightened to read its slope."""


def gradient(
    model: TradeModel, outcome: str, economy: str, with_respect_to: str, at: Shock | Equilibrium | None
) -> xr.DataArray:
    """See `TradeModel.gradient`."""
    _check(model, outcome, economy, with_respect_to)
    equilibrium = (at if isinstance(at, Equilibrium) else model.solve(at)).require()
    arrays = equilibrium.arrays
    if with_respect_to == "export_ceilings" and arrays.ceilings is None:
        remedy = "Give at=Shock(export_ceilings=[...])."
        raise ShockError([Problem("at", "the shock has no ceilings to differentiate in", remedy)])
    if with_respect_to == "export_taxes" and arrays.export_tax is None:
        # an instrument at zero must be in the shock to have a derivative; the equilibrium is the same
        arrays = arrays._replace(export_tax=np.zeros(model.world.trade.shape))
    seeds = _seeds(model, outcome, economy)
    label = (INSTRUMENTS[with_respect_to], f"d {outcome} of {economy} / d {with_respect_to}",
             f"{Equilibrium.unit(model, outcome)} per unit of {with_respect_to}")  # fmt: skip
    if with_respect_to == "export_ceilings":
        return equilibrium.label(_in_limits(equilibrium, seeds), *label)
    state = equilibrium.solution.state
    if with_respect_to == "elasticities" and model.deficits == "balanced":
        by_theta, gap = kernels.elasticity_slopes_through_purge(
            model.accounts, model.parameters, model.purge.state, arrays, state, seeds
        )
        found: Any = by_theta
    else:
        _, by, gap = kernels.gradient(model.baseline, model.parameters, arrays, state, seeds)
        found = getattr(by, _FIELDS[with_respect_to])
    _require_accurate(gap)
    return equilibrium.label(np.asarray(found), *label)


def _check(model: TradeModel, outcome: str, economy: str, with_respect_to: str) -> None:
    problems = []
    if outcome not in Equilibrium.by_economy:
        problems.append(unknown("outcome by economy", outcome, sorted(Equilibrium.by_economy), "outcome"))
    if economy not in model.world.economies:
        problems.append(unknown("economy", economy, model.world.economies, "economy"))
    if with_respect_to not in INSTRUMENTS:
        problems.append(unknown("instrument", with_respect_to, list(INSTRUMENTS), "with_respect_to"))
    if problems:
        raise UnknownName(problems)


def _seeds(model: TradeModel, outcome: str, economy: str) -> dict[str, np.ndarray]:
    """What of the kernels' outcomes, and how much of it: money in the world's unit, an index as a ratio."""
    seed = np.zeros(len(model.world.economies))
    row = model.world.economies.index(economy)
    if outcome == "price_index":
        seed[row] = 0.01
        return {"price_index_percent": seed}
    seed[row] = Equilibrium.money_scale(model, outcome)
    return {outcome: seed}


def _require_accurate(gap: float) -> None:
    if not float(gap) < _ACCURATE:
        raise SolveError(f"the adjoint system stopped at a relative residual of {float(gap):.1e}; no gradient is given")


def _in_limits(equilibrium: Equilibrium, seeds: dict[str, np.ndarray]) -> np.ndarray:
    """Slopes in limits: nothing where the ceiling is slack, NaN for a ban, whose first unit has no finite worth.

    A limit at the kink has two slopes. It is given that of tightening, read just beyond, each such limit alone.
    """
    m, arrays, solution = equilibrium.model, equilibrium.arrays, equilibrium.solution
    assert arrays.ceilings is not None
    limit, premium = np.asarray(arrays.ceilings.limit), np.asarray(solution.state.premium)
    binding = premium > _SLACK
    out = np.where(limit > 0, 0.0, np.nan)
    if (binding & (limit > 0)).any():
        _, by, gap = kernels.gradient(m.baseline, m.parameters, arrays, solution.state, seeds)
        _require_accurate(gap)
        out = np.where((limit > 0) & binding, np.asarray(by.limit), out)
    for g in np.flatnonzero((limit > 0) & ~binding & (_sold(equilibrium) >= limit * (1.0 - _AT_KINK))):
        tighter = limit * np.where(np.arange(len(limit)) == g, 1.0 - _TIGHTER, 1.0)
        nearby = arrays._replace(ceilings=arrays.ceilings._replace(limit=tighter))
        found = kernels.solve(m.baseline, m.parameters, nearby, begin=solution.state, options=m.options)
        if not found.solved:
            raise SolveError(f"{found.status.value}: no equilibrium just beyond the kink of ceiling {g}")
        _, by, gap = kernels.gradient(m.baseline, m.parameters, nearby, found.state, seeds)
        _require_accurate(gap)
        out[g] = float(by.limit[g])
    return out


def _sold(equilibrium: Equilibrium) -> np.ndarray:
    """(ceiling,) what arrives under each limit, over its baseline quantity."""
    ceilings = equilibrium.arrays.ceilings
    assert ceilings is not None
    j, n, i, group, weight = (
        np.asarray(getattr(ceilings, k)) for k in ("sector", "importer", "exporter", "group", "weight")
    )
    quantity = 1.0 + equilibrium.array("trade_quantity_percent")[j, n, i] / 100.0
    return np.bincount(group, weight * quantity, len(np.asarray(ceilings.limit)))
