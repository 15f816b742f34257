"""The embedded facts as a whole: schema, sources, scopes, and agreement with the researched table."""

from __future__ import annotations

import csv
import filecmp
import subprocess
import sys
from pathlib import Path

import pytest

from detente.ledger import Ledger
from detente.ledger._words import LAYERS
from detente.nomenclature import goods

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def test_no_problems() -> None:
    assert Ledger.check() == []


def test_sources_resolve(ledger: Ledger) -> None:
    cited = {e.source for m in ledger.measures.values() for e in m.events} | {
        m.source for m in ledger.measures.values()
    }
    assert cited <= set(ledger.sources())
    assert all(source["title"] and source["publisher"] for source in ledger.sources().values())


def test_scopes_hold_every_goods_sector_and_stay_in_range(ledger: Ledger) -> None:
    for scope in ledger.tables.scopes.values():
        assert set(scope.values) == set(goods()), scope.name
        top = 1.0 if scope.kind == "share" else 3.0
        assert all(0 <= v <= top for v in scope.values.values()), scope.name
        assert 0.9 < scope.matched_share <= 1


def test_every_layer_is_used(ledger: Ledger) -> None:
    for imposer, layers in LAYERS.items():
        used = {m.layer for m in ledger.measures.values() if m.imposer == imposer and m.layer}
        assert used == set(layers)


def test_both_sides_and_both_kinds_are_there(ledger: Ledger) -> None:
    counts: dict[tuple[str, bool], int] = {}
    for m in ledger.measures.values():
        counts[m.imposer, m.is_tariff] = counts.get((m.imposer, m.is_tariff), 0) + 1
    assert counts["USA", True] >= 25
    assert counts["CHN", True] >= 9
    assert counts["USA", False] >= 20
    assert counts["CHN", False] >= 25


def test_row_ids_are_those_of_the_researched_table(ledger: Ledger) -> None:
    """Aliases F... name rows of the researched timeline, and the start dates agree."""
    path = SHARED / "facts" / "measures_timeline.csv"
    if not path.is_file():
        pytest.skip("the researched timeline is not at hand")
    rows = {r["id"]: r for r in csv.DictReader(path.read_text(encoding="utf-8").splitlines())}
    ours = {alias: target for alias, target in ledger.facts.aliases.items() if alias.startswith("F")}
    assert set(ours) <= set(rows)
    assert len(ours) > 80
    for alias, target in ours.items():
        measure, _ = ledger.find(target)
        assert rows[alias]["by_on"].replace("CN", "CHN").replace("US", "USA").startswith(measure.imposer), alias
        days = {e.date.isoformat() for e in measure.events} | {e.known.isoformat() for e in measure.events}
        days |= {e.effective.isoformat() for e in measure.events}
        stated = [rows[alias][k][:10] for k in ("effective", "announced") if rows[alias][k][:2] == "20"]
        if all(len(d) == 10 and d[4] == "-" for d in stated) and stated:
            assert days & set(stated), f"{alias}: {stated} not among the dates of {target}"


def test_controls_rows(ledger: Ledger) -> None:
    path = SHARED / "facts" / "controls_timeline.csv"
    if not path.is_file():
        pytest.skip("the researched timeline is not at hand")
    rows = {r["id"]: r for r in csv.DictReader(path.read_text(encoding="utf-8").splitlines())}
    ours = {a: t for a, t in ledger.facts.aliases.items() if a.startswith(("us-", "cn-"))}
    assert set(ours) <= set(rows)
    for alias, target in ours.items():
        row = rows[alias]
        if row["state_2026_11_23"] == "in_force":
            expected = {"in_force", "suspended"} if row["kind"] == "suspension" else {"in_force"}
            assert ledger.status(target, "2026-11-23")["status"] in expected, alias
        if row["state_2026_11_23"] == "suspension_calendar_expired_verify":
            assert ledger.status(target, "2026-11-23")["status"] == "unknown", alias
        if row["state_2026_11_23"] in ("ended", "never_effective"):
            assert ledger.status(target, "2026-11-23")["status"] in ("ended", "never_in_force"), alias


def test_coverage_tables_can_be_rebuilt(tmp_path: Path) -> None:
    if not (SHARED / "data" / "us_lists").is_dir():
        pytest.skip("the line lists are not at hand")
    command = [sys.executable, "-m", "tools.build_coverage", "--source", str(SHARED / "data"), "--out", str(tmp_path)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, timeout=120)
    ours = REPOSITORY / "src/detente/data/ledger/coverage"
    for name in ("scopes.csv", "shares.csv", "weights.csv"):
        assert filecmp.cmp(tmp_path / name, ours / name, shallow=False), name
