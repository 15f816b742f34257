"""Export controls: items, chips, listed parties, the 50 % rule, and where the two regimes collide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente import lazy

if TYPE_CHECKING:
    from detente.controls._export_ceilings import export_ceilings as export_ceilings

_PUBLIC = {
    "AllowList": "_journal",
    "AuditLog": "_journal",
    "Cascade": "_cascade",
    "Entry": "_lists",
    "Lists": "_lists",
    "Match": "_screen",
    "Ownership": "_ownership",
    "Screener": "_screen",
    "ceilings": "_ceilings",
    "chip": "_chip",
    "compare": "_score",
    "conflicts": "_conflicts",
    "export_ceilings": "_export_ceilings",
    "item": "_item",
    "owners": "_owners",
    "screen": "_screen",
    "screen_file": "_batch",
    "standing": "_standing",
    "synthetic": "_synthetic",
}

__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    return lazy.public(__name__, _PUBLIC, name)


def __dir__() -> list[str]:
    return __all__
