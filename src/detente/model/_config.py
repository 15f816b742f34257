"""JAX's settings, made once: float64, and compiled programs kept between runs.

`DETENTE_CACHE` chooses where the cache lives (`off`: nowhere); nothing else about a result depends on it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import jax
import jax.scipy.sparse.linalg

_settings: Any = jax.config
gmres: Any = jax.scipy.sparse.linalg.gmres
"""The Krylov solver of the adjoint and of Newton steps; JAX gives it no types."""


def _configure() -> None:
    _settings.update("jax_enable_x64", True)
    place = os.environ.get("DETENTE_CACHE", "")
    if place.casefold() == "off":
        return
    if not place:
        import platformdirs

        place = platformdirs.user_cache_dir("detente")
    folder = Path(place) / "jax"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a read-only home costs time, never an answer
        return
    _settings.update("jax_compilation_cache_dir", str(folder))
    _settings.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    _settings.update("jax_persistent_cache_min_entry_size_bytes", -1)


_configure()
