"""Chapters of the line tables as plain JSON, so that a look-up need not start Arrow.

They lie in a folder named by the key of the facts they belong to; each carries a checksum. What cannot be read is
passed over in silence and the tables are read instead.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from detente import caches

_KEEP = 3


def _folder(name: str) -> Path | None:
    place = caches.folder("lines")
    return None if place is None or not name else place / name[:32]


def load(name: str, imposer: str, hs2: str) -> list[list[Any]] | None:
    """The rows of a chapter stored under a key, or None for any reason whatever."""
    place = _folder(name)
    if place is None:
        return None
    try:
        head, _, body = (place / f"{imposer}-{hs2}.json").read_bytes().partition(b"\n")
        if head.decode() != hashlib.sha256(body).hexdigest():
            return None
        rows: list[list[Any]] = json.loads(body)
        return rows
    except (OSError, ValueError):
        return None


def store(name: str, imposer: str, hs2: str, rows: list[Any]) -> None:
    """Keep the rows of a chapter; a folder that cannot be written is no error."""
    place = _folder(name)
    if place is None:
        return
    body = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    with contextlib.suppress(OSError):
        fresh = not place.exists()
        place.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        os.replace(temporary, place / f"{imposer}-{hs2}.json")
        if fresh:
            _prune(place.parent)


def _prune(place: Path) -> None:
    """Keep the newest few folders."""
    aged = sorted((p for p in place.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime, reverse=True)
    for path in aged[_KEEP:]:
        shutil.rmtree(path, ignore_errors=True)
