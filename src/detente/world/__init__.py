"""The accounts of the world economy: loading, checking, aggregating; published trade elasticities.

Names are loaded when first used, so that importing this room stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente import lazy

if TYPE_CHECKING:
    from detente.world._elasticities import elasticity_set, elasticity_sets
    from detente.world._items import Item, item_names, load_item
    from detente.world._load import world_names
    from detente.world._world import World

_PUBLIC = {
    "Item": "detente.world._items",
    "item_names": "detente.world._items",
    "load_item": "detente.world._items",
    "World": "detente.world._world",
    "elasticity_set": "detente.world._elasticities",
    "elasticity_sets": "detente.world._elasticities",
    "world_names": "detente.world._load",
}

__all__ = ["Item", "World", "elasticity_set", "elasticity_sets", "item_names", "load_item", "world_names"]


def __getattr__(name: str) -> Any:
    return lazy.public(__name__, _PUBLIC, name)


def __dir__() -> list[str]:
    return __all__
