"""A compiled copy of the checked facts, so that a command answers at once.

Its name is the hash of every file it was made from, the loader's own code among them: a changed file is a new name.
The copy carries a checksum; anything unreadable, half written or made by another version is passed over in silence
and the YAML is read instead. Files are written aside and moved into place, so two processes may write at once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from detente import caches
from detente.ledger._load import Facts, Headline, files
from detente.ledger._records import plain, revive

_KEEP = 6


def folder() -> Path | None:
    """Where copies live; None when caching is off."""
    return caches.folder("ledger")


def key(root: Path, embedded: Path) -> str:
    """Hash of every file the facts depend on; empty where one cannot be read, and then nothing is cached."""
    digest = hashlib.sha256()
    own = sorted(Path(__file__).parent.glob("*.py")) + sorted(Path(__file__).parents[1].glob("*.py"))
    tables = sorted(p for place in {embedded, root} for p in (place / "lines").glob("*.*"))
    listed = files(root) + ([] if root == embedded else [p for p in files(embedded) if p.parent == embedded])
    try:
        for path in (*own, *tables, *listed):
            digest.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
    except OSError:
        return ""
    return digest.hexdigest()


def load(name: str) -> Facts | None:
    """The facts stored under `name`, or None for any reason whatever."""
    place = folder()
    if place is None:
        return None
    try:
        head, _, body = (place / f"{name}.json").read_bytes().partition(b"\n")
        if head.decode() != hashlib.sha256(body).hexdigest():
            return None
        return _revive(json.loads(body))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def store(name: str, facts: Facts) -> None:
    """Keep the facts under `name`; a folder that cannot be written is no error."""
    data = {
        "measures": [plain(m) for m in facts.measures.values()],
        "headlines": [plain(h) for h in facts.headlines],
        "sources": facts.sources,
        "aliases": facts.aliases,
        "edge": [facts.firm_until.isoformat(), facts.thin_until.isoformat(), facts.evidence],
    }
    body = json.dumps(data, ensure_ascii=False).encode()
    place = folder()
    if place is None:
        return
    with contextlib.suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            os.replace(temporary, place / f"{name}.json")
        except OSError:
            os.unlink(temporary)
            raise
        _prune(place)


def _prune(place: Path) -> None:
    """Keep the newest few copies."""
    aged = sorted(place.glob("*.json"), key=lambda p: p.stat().st_mtime, reverse=True)
    for path in aged[_KEEP:]:
        with contextlib.suppress(OSError):
            path.unlink()


def _revive(data: dict[str, Any]) -> Facts:
    day = dt.date.fromisoformat
    headlines = tuple(
        Headline(
            h["name"], h["importer"], h["exporter"], day(h["start"]), day(h["until"]) if h["until"] else None,
            tuple((layer, tuple(names)) for layer, names in h["parts"]), h["applies_to"],
        )
        for h in data["headlines"]
    )  # fmt: skip
    firm, thin, note = data["edge"]
    measures = {m["id"]: revive(m) for m in data["measures"]}
    return Facts(measures, data["sources"], headlines, day(firm), day(thin), note, data["aliases"])
