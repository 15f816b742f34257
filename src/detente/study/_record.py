"""The record of a run: every input by hash, one fingerprint, and a check that needs no network."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from detente.errors import Problem, ScenarioError

_PACKAGES = ("detente", "jax", "jaxlib", "numpy", "xarray")
RECORD = "record.json"


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values have equal text.

    >>> canonical({"b": 1, "a": [0.5]})
    '{"a":[0.5],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def data_hashes(rooms: Iterable[str] = ("world", "ledger")) -> dict[str, str]:
    """One hash for each room of embedded data, over its files' names and contents."""
    root = resources.files("detente").joinpath("data")
    out = {}
    for room in rooms:
        with resources.as_file(root.joinpath(room)) as folder:
            digest = hashlib.sha256()
            for path in sorted(p for p in Path(folder).rglob("*") if p.is_file()):
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(path.read_bytes())
            out[room] = digest.hexdigest()
    return out


def make_record(scenario: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """What a run was made of. Paths, times and names of people stay out, so equal runs have equal fingerprints."""
    inputs = {"scenario": sha256(canonical(scenario).encode()), **data_hashes()}
    versions = {name: metadata.version(name) for name in _PACKAGES}
    return {
        "fingerprint": sha256(canonical({"inputs": inputs, "detente": versions["detente"]}).encode())[:16],
        "inputs": inputs, "versions": versions, "settings": settings,
        "platform": {"python": platform.python_version(), "machine": platform.machine()},
        "label": "model result, not an observation",
    }  # fmt: skip


def read_record(folder: Path) -> dict[str, Any]:
    """The record in a run's folder.

    Raises
    ------
    ScenarioError
        If there is none, or it cannot be read.
    """
    place = folder / RECORD
    try:
        record = json.loads(place.read_text(encoding="utf-8"))
    except OSError:
        raise ScenarioError(
            [Problem(str(folder), f"holds no {RECORD}", "Give a folder that `detente run --out` wrote.")]
        ) from None
    except ValueError as error:
        raise ScenarioError([Problem(str(place), f"is not readable as JSON: {error}")]) from None
    if not (
        isinstance(record, dict) and isinstance(record.get("files"), dict) and isinstance(record.get("inputs"), dict)
    ):
        raise ScenarioError([Problem(str(place), "is not the record of a run", "Run the scenario again.")])
    return record


def verify(folder: str | Path) -> dict[str, Any]:
    """Rehash a run's files and the embedded data against its record.

    Returns
    -------
    `{"holds": bool, "files": {name: bool}, "inputs": {name: bool}}`; an input that differs means that
    this installation's data are not those of the run.
    """
    place = Path(folder)
    record = read_record(place)
    files = {
        name: (place / name).is_file() and sha256((place / name).read_bytes()) == digest
        for name, digest in record["files"].items()
    }
    now = data_hashes()
    inputs = {name: record["inputs"].get(name) == digest for name, digest in now.items()}
    return {"holds": all(files.values()) and all(inputs.values()), "files": files, "inputs": inputs}
