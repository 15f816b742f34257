"""Where compiled copies live between runs: the ledger's facts, JAX's programs.

`DETENTE_CACHE` names a folder, or `off` for none. No answer depends on it, only how soon it comes.
"""

from __future__ import annotations

import os
from pathlib import Path


def folder(room: str) -> Path | None:
    """The folder of one room's copies; None when caching is off.

    >>> from unittest import mock
    >>> with mock.patch.dict(os.environ, DETENTE_CACHE="/x"):
    ...     folder("jax").as_posix()
    '/x/jax'
    >>> with mock.patch.dict(os.environ, DETENTE_CACHE="off"):
    ...     folder("jax") is None
    True
    """
    named = os.environ.get("DETENTE_CACHE", "").strip()
    if named.casefold() == "off":
        return None
    if named:
        return Path(named) / room
    import platformdirs

    return Path(platformdirs.user_cache_dir("detente")) / room
