"""JAX's settings, made once: float64, and compiled programs kept between runs.

`DETENTE_CACHE` chooses where the cache lives (`off`: nowhere); nothing else about a result depends on it.
"""

from __future__ import annotations

import os
from pathlib import Path

import jax


def _configure() -> None:
    jax.config.update("jax_enable_x64", True)
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
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


_configure()
