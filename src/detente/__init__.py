"""detente: a workbench for trade conflict, from the measures in force to what they cost.

Names are loaded when first used, so that `import detente` stays light.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from detente import lazy

if TYPE_CHECKING:
    from detente.bargain import nash_tariffs as nash_tariffs
    from detente.brief import Brief as Brief
    from detente.ledger import Ledger as Ledger
    from detente.ledger import Regime as Regime
    from detente.study import Run as Run
    from detente.study import Scenario as Scenario
    from detente.study import run as run
    from detente.trade import Ceiling as Ceiling
    from detente.trade import Closure as Closure
    from detente.trade import Equilibrium as Equilibrium
    from detente.trade import Shock as Shock
    from detente.trade import TradeModel as TradeModel
    from detente.trade import optimal_tariffs as optimal_tariffs
    from detente.world import World as World
    from detente.world import elasticity_set as elasticity_set

__version__ = "0.1.0"

_PUBLIC = {
    "Ledger": "detente.ledger",
    "Regime": "detente.ledger",
    "World": "detente.world",
    "elasticity_set": "detente.world",
    "TradeModel": "detente.trade",
    "Shock": "detente.trade",
    "Ceiling": "detente.trade",
    "Equilibrium": "detente.trade",
    "Closure": "detente.trade",
    "optimal_tariffs": "detente.trade",
    "nash_tariffs": "detente.bargain",
    "Scenario": "detente.study",
    "Run": "detente.study",
    "run": "detente.study",
    "Brief": "detente.brief",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> Any:
    if name == "bargain":  # a room that can be called, see there
        return importlib.import_module("detente.bargain")
    return lazy.public(__name__, _PUBLIC, name)


def __dir__() -> list[str]:
    return [*__all__, "bargain"]
