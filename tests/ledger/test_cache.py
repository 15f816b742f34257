"""The compiled copy: the same answers, and never in the way."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from detente.ledger import Ledger, _cache


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))
    return tmp_path / "ledger"


def test_the_copy_holds_the_same_facts(place: Path) -> None:
    parsed = Ledger.load(cache=False)
    first, second = Ledger.load(), Ledger.load()
    assert len(list(place.glob("*.json"))) == 1
    assert first.facts == second.facts == parsed.facts


@pytest.mark.parametrize("damage", [b"", b"not json", b"0" * 64 + b"\n{}", None])
def test_a_damaged_copy_is_passed_over(place: Path, damage: bytes | None) -> None:
    Ledger.load()
    path = next(place.glob("*.json"))
    path.write_bytes(path.read_bytes()[:-9] if damage is None else damage)
    assert _cache.load(path.stem) is None
    assert len(Ledger.load().measures) == len(Ledger.load(cache=False).measures)


def test_one_digit_changed_is_noticed(place: Path) -> None:
    """Still good JSON, but not what was stored."""
    Ledger.load()
    path = next(place.glob("*.json"))
    changed = path.read_bytes().replace(b'"rate": 1.25', b'"rate": 9.25')
    assert changed != path.read_bytes()
    path.write_bytes(changed)
    assert Ledger.load().status("F063", "2025-04-12")["measure_rate"] == 1.25


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("DETENTE_CACHE", str(blocked))
    assert Ledger.load().measures


def test_many_writers_at_once(place: Path) -> None:
    facts = Ledger.load(cache=False).facts
    threads = [threading.Thread(target=_cache.store, args=("same", facts)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _cache.load("same") == facts
    assert not list(place.glob("*.tmp"))


def test_a_changed_file_is_a_new_copy(tmp_path: Path) -> None:
    place = tmp_path / "usa"
    place.mkdir()
    file = place / "x.yaml"
    file.write_text("title: one\n", encoding="utf-8")
    before = _cache.key(tmp_path, tmp_path)
    file.write_text("title: two\n", encoding="utf-8")
    assert _cache.key(tmp_path, tmp_path) != before


def test_old_copies_are_dropped(place: Path) -> None:
    facts = Ledger.load(cache=False).facts
    for n in range(9):
        _cache.store(f"copy-{n}", facts)
    assert len(list(place.glob("*.json"))) <= 6
