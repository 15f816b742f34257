"""What the law is: measures, their events, and the duties collected on a day, as known on a day."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.errors import LedgerError
    from detente.ledger._ledger import Ledger
    from detente.ledger._records import Event, Measure
    from detente.ledger._regime import Average, Regime

_PUBLIC = {
    "Average": "_regime",
    "Event": "_records",
    "Ledger": "_ledger",
    "LedgerError": "",
    "Measure": "_records",
    "Regime": "_regime",
}

__all__ = ["Average", "Event", "Ledger", "LedgerError", "Measure", "Regime"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'detente.ledger' has no attribute {name!r}; it has {', '.join(__all__)}")
    module = f"detente.ledger.{_PUBLIC[name]}" if _PUBLIC[name] else "detente.errors"
    value = getattr(importlib.import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
