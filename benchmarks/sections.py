"""Parts of docs/benchmarks.md that scripts write: each between its own two marks, the rest left alone."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path


def write(page: Path, name: str, text: str) -> None:
    """Put `text` between the marks of `name`, or at the end of the page with marks of its own."""
    begin, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    block = f"{begin}\n\n{text.strip()}\n\n{end}"
    if begin in old and end in old:
        head, rest = old.split(begin, 1)
        new = head + block + rest.split(end, 1)[1]
    else:
        new = old.rstrip() + ("\n\n" if old.strip() else "") + block + "\n"
    page.write_text(new, encoding="utf-8")


def machine() -> str:
    """What the figures were measured on, load included."""
    versions = ", ".join(f"{n} {importlib.metadata.version(n)}" for n in ("jax", "numpy", "scipy"))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"Python {platform.python_version()}, {versions}, {cores} cores, load {os.getloadavg()[0]:.1f} when measured."
    )
