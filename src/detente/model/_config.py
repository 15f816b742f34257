"""JAX's settings, made once: float64, and compiled programs kept between runs.

Where compiled programs live: `detente.caches`. No result depends on it.
"""

from __future__ import annotations

import threading
from typing import Any

import jax
import jax.scipy.sparse.linalg

from detente import caches

_settings: Any = jax.config
gmres: Any = jax.scipy.sparse.linalg.gmres
"""The Krylov solver of the adjoint and of Newton steps; JAX gives it no types."""


_spent = threading.local()


def compile_seconds() -> float:
    """Seconds this thread has spent tracing and compiling so far; a difference says what a call spent."""
    return getattr(_spent, "seconds", 0.0)


def _count(event: str, seconds: float, **_: Any) -> None:
    if event.startswith("/jax/core/compile/"):
        _spent.seconds = compile_seconds() + seconds


def _configure() -> None:
    _settings.update("jax_enable_x64", True)
    monitoring: Any = jax.monitoring
    monitoring.register_event_duration_secs_listener(_count)
    folder = caches.folder("jax")
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a read-only home costs time, never an answer
        return
    _settings.update("jax_compilation_cache_dir", str(folder))
    _settings.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    _settings.update("jax_persistent_cache_min_entry_size_bytes", -1)


_configure()
