"""The compiled chapters: the same answers, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.ledger import Ledger, _line_cache


def ask(ledger: Ledger) -> dict[str, object]:
    return ledger.on("2025-09-10").rate("8418.10.00.85", importer="USA", exporter="CHN").to_dict()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))
    return tmp_path / "lines"


def test_the_copy_gives_the_same_answer(place: Path) -> None:
    plain = ask(Ledger.load(cache=False))
    assert not place.exists()
    assert ask(Ledger.load()) == plain
    assert [p.name for p in place.rglob("*.json")] == ["USA-84.json"]
    again = Ledger.load()
    assert ask(again) == plain
    assert not again.lines._tables  # nothing but the copy was read


@pytest.mark.parametrize("damage", [b"", b"no json", b"0" * 64 + b"\n[]"])
def test_a_damaged_copy_is_passed_over(place: Path, damage: bytes) -> None:
    before = ask(Ledger.load())
    path = next(place.rglob("*.json"))
    path.write_bytes(damage)
    assert ask(Ledger.load()) == before
    assert path.read_bytes() != damage  # and written anew


def test_a_changed_table_is_a_new_copy(tmp_path: Path, place: Path) -> None:
    """The copy of a folder's facts belongs to the tables it was made from."""
    facts = tmp_path / "facts"
    (facts / "usa" / "own").mkdir(parents=True)
    (facts / "lines").mkdir()
    text = "\n".join([
        "title: A duty", "kind: tariff.additional", "layer: s301", "imposer: USA", "targets: [CHN]",
        "legal_basis: an act", "source: hts", "confidence: H", "stacking: {group: broad, operator: add}", "coverage:",
        "  - {from: 2025-02-04, scope: usa.mine}", "events:",
        "  - {date: 2025-02-04, event: entered_into_force, rate: 0.10}", "",
    ])  # fmt: skip
    (facts / "usa" / "own" / "duty.yaml").write_text(text, encoding="utf-8")
    for share, points in (("1", 0.10), ("0.5", 0.05)):
        (facts / "lines" / "usa-own.csv").write_text(
            f"scope,hs,value,confidence\nusa.mine,8481,{share},H\n", encoding="utf-8"
        )
        rate = Ledger.load(facts).on("2025-06-11").rate("8481.80.30", importer="USA", exporter="CHN")
        assert rate.by_layer()["s301"] == points


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("DETENTE_CACHE", str(blocked))
    assert ask(Ledger.load())["total"]


def test_old_copies_are_dropped(place: Path) -> None:
    for n in range(6):
        _line_cache.store(f"copy-{n}", "USA", "84", [])
    assert len(list(place.iterdir())) <= 4
