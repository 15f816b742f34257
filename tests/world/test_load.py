"""Loading: light, checked against its record, and clear about a damaged file."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from detente.errors import UnknownName, WorldError
from detente.world import World, _load, world_names

FOLDER = Path(_load.__file__).resolve().parents[1] / "data" / "world"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "world"))


def sign(folder: Path, kind: str, file: str) -> None:
    """Make the record agree with a changed file, so that its content is what is judged."""
    path = folder / "g20-2019.world.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["files"][kind]["sha256"] = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    path.write_text(json.dumps(record), encoding="utf-8")


def test_names_of_the_embedded_worlds() -> None:
    assert world_names() == ("default", "g20-2019")


def test_a_copy_reads_like_the_original(copy: Path, g20: World) -> None:
    np.testing.assert_array_equal(_load.read(copy, "g20-2019").trade, g20.trade)


def test_an_unknown_world_has_close_matches() -> None:
    with pytest.raises(UnknownName, match=r"'g20-2018' is not a known world\. Did you mean g20-2019"):
        World.load("g20-2018")


def test_a_missing_file(copy: Path) -> None:
    (copy / "g20-2019.npz").unlink()
    with pytest.raises(WorldError, match=r"g20-2019.npz: cannot be read .*tools/build_world"):
        _load.read(copy, "g20-2019")


def test_a_changed_file(copy: Path) -> None:
    content = bytearray((copy / "tariffs.npz").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (copy / "tariffs.npz").write_bytes(bytes(content))
    with pytest.raises(WorldError, match=r"tariffs.npz: is not the file its record describes"):
        _load.read(copy, "g20-2019")


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut short"])
def test_a_file_that_is_no_archive(copy: Path, content: bytes) -> None:
    (copy / "g20-2019.npz").write_bytes(content)
    sign(copy, "accounts", "g20-2019.npz")
    with pytest.raises(WorldError, match=r"g20-2019.npz: is not a readable .npz file"):
        _load.read(copy, "g20-2019")


def test_an_archive_without_its_arrays(copy: Path) -> None:
    np.savez(copy / "g20-2019.npz", trade=np.ones(1))
    sign(copy, "accounts", "g20-2019.npz")
    with pytest.raises(WorldError, match="lacks economies, sectors, input_shares"):
        _load.read(copy, "g20-2019")


def test_accounts_that_no_longer_close(copy: Path) -> None:
    with np.load(copy / "g20-2019.npz") as z:
        arrays = dict(z)
    arrays["value_added_shares"] = arrays["value_added_shares"] * (1 + 1e-6)
    np.savez(copy / "g20-2019.npz", **arrays)
    sign(copy, "accounts", "g20-2019.npz")
    with pytest.raises(WorldError, match="'cost_shares' is off by"):
        _load.read(copy, "g20-2019")


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"files": {}}'])
def test_a_broken_record(copy: Path, content: str) -> None:
    (copy / "g20-2019.world.json").write_text(content, encoding="utf-8")
    with pytest.raises(WorldError, match=r"g20-2019.world.json: "):
        _load.read(copy, "g20-2019")


def test_loading_imports_nothing_heavy() -> None:
    code = (
        "import sys; from detente.world import World; World.load(); "
        "print(sorted({'jax', 'pandas', 'xarray', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_embedded_files_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 3_500_000
