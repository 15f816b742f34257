"""Reading the embedded worlds."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np

from detente.errors import Problem, UnknownName, WorldError, unknown
from detente.world._world import World

_REMEDY = "Reinstall detente, or rebuild the file with tools/build_world.py."
_NEEDED = ("economies", "sectors", "trade", "input_shares", "value_added_shares", "final_shares", "input_taxes")


def _folder() -> Traversable:
    return resources.files("detente").joinpath("data", "world")


def world_names() -> tuple[str, ...]:
    """Names of the embedded worlds."""
    files = (entry.name for entry in _folder().iterdir())
    found = {name.removesuffix(".world.json") for name in files if name.endswith(".world.json")}
    return tuple(sorted(found, key=lambda name: (name != "default", name)))


def _bytes(folder: Traversable, file: str, sha256: str) -> bytes:
    try:
        content = folder.joinpath(file).read_bytes()
    except OSError as error:
        raise WorldError([Problem(file, f"cannot be read ({type(error).__name__})", _REMEDY)]) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise WorldError([Problem(file, "is not the file its record describes (its sha256 differs)", _REMEDY)])
    return content


def _arrays(folder: Traversable, file: str, sha256: str) -> dict[str, np.ndarray]:
    content = _bytes(folder, file, sha256)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise WorldError([Problem(file, f"is not a readable .npz file ({error})", _REMEDY)]) from error


def _record(folder: Traversable, name: str) -> dict[str, Any]:
    file = f"{name}.world.json"
    try:
        record = json.loads(folder.joinpath(file).read_text(encoding="utf-8"))
        files = {kind: (entry["file"], entry["sha256"]) for kind, entry in record["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WorldError([Problem(file, f"cannot be read ({type(error).__name__}: {error})", _REMEDY)]) from error
    if not {"accounts", "tariffs"} <= set(files):
        raise WorldError([Problem(file, "does not name its accounts and tariffs", _REMEDY)])
    return dict(record)


def read(folder: Traversable, name: str) -> World:
    """Read the world `name` from `folder`, checking every file against the record."""
    record = _record(folder, name)
    accounts, rates = (
        _arrays(folder, record["files"][kind]["file"], record["files"][kind]["sha256"])
        for kind in ("accounts", "tariffs")
    )
    missing = [key for key in _NEEDED if key not in accounts] + ([] if name in rates else [f"tariffs of {name}"])
    if missing:
        raise WorldError([Problem(f"{name}.npz", f"lacks {', '.join(missing)}", _REMEDY)])
    world = World(
        name=name,
        year=int(record["year"]),
        unit=str(record["unit"]),
        economies=tuple(accounts["economies"].tolist()),
        sectors=tuple(accounts["sectors"].tolist()),
        trade=accounts["trade"],
        tariffs=rates[name],
        input_shares=accounts["input_shares"],
        value_added_shares=accounts["value_added_shares"],
        final_shares=accounts["final_shares"],
        input_taxes=accounts["input_taxes"],
        record=record,
    )
    world.check()
    return world


@cache
def load(name: str) -> World:
    """The world of `World.load`."""
    known = world_names()
    if name not in known:
        raise UnknownName([unknown("world", str(name), known, "World.load")])
    return read(_folder(), name)
