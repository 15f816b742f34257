"""Public names loaded when first used, so that importing a room costs nothing until something in it is asked for."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any


def public(package: str, names: Mapping[str, str], name: str) -> Any:
    """The value of a package's public name; kept in the package, so that it is looked up once.

    `names` maps each public name to its module: a full path, or one that begins with `_` inside the package.

    Raises
    ------
    AttributeError
        If the package has no such public name; the message lists those it has.

    >>> public("detente.world", {"item_names": "_items"}, "item_names")()[0]
    'advanced-chips'
    """
    if name not in names:
        raise AttributeError(f"module {package!r} has no attribute {name!r}; it has {', '.join(names)}")
    module = names[name]
    value = getattr(importlib.import_module(f"{package}.{module}" if module.startswith("_") else module), name)
    setattr(sys.modules[package], name, value)
    return value
