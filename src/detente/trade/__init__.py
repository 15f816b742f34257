"""The labelled face of the model, and the only place where law meets economics.

`TradeModel(world).solve(Shock.from_regimes(before, after, world))` gives an `Equilibrium`.
"""

from __future__ import annotations

import importlib
from typing import Any

_PUBLIC = {
    "TradeModel": "detente.trade._model",
    "Equilibrium": "detente.trade._equilibrium",
    "EquilibriumSet": "detente.trade._equilibrium",
    "Shock": "detente.trade._shock",
    "Ceiling": "detente.trade._ceilings",
    "Closure": "detente.trade._closure",
    "horizon_closure": "detente.trade._closure",
    "HORIZONS": "detente.trade._closure",
    "DEFICITS": "detente.trade._closure",
    "Objective": "detente.trade._policy",
    "Instruments": "detente.trade._policy",
    "TariffProblem": "detente.trade._policy",
    "balanced": "detente.trade._policy",
    "import_tariffs": "detente.trade._policy",
    "members": "detente.trade._policy",
    "union_objective": "detente.trade._policy",
    "Optimum": "detente.trade._optimum",
    "optimal_tariffs": "detente.trade._optimum",
    "maximise": "detente.trade._optimum",
    "BOUNDS": "detente.trade._optimum",
    "Impact": "detente.trade._impact",
    "impact": "detente.trade._impact",
    "summarise": "detente.trade._impact",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        value = getattr(importlib.import_module(_PUBLIC[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'detente.trade' has no attribute {name!r}")
