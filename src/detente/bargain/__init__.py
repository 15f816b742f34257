"""Strategy on top of equilibria: best replies, Nash, deals. Payoffs come from `trade/`; nothing here solves markets."""

from __future__ import annotations

import importlib
from typing import Any

_PUBLIC = {
    "nash_tariffs": "detente.bargain._nash",
    "NashTariffs": "detente.bargain._nash",
    "Player": "detente.bargain._players",
    "bargain_tariffs": "detente.bargain._deal",
    "Deal": "detente.bargain._deal",
    "implied_rivalry": "detente.bargain._inverse",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        value = getattr(importlib.import_module(_PUBLIC[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'detente.bargain' has no attribute {name!r}")
