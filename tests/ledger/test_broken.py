"""One broken file for each kind of mistake; its first line says where and what the loader must report."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from detente.errors import LedgerError
from detente.ledger import Ledger

BROKEN = Path(__file__).parent / "broken"
GOOD = """title: A good duty
kind: tariff.additional
layer: s301
imposer: USA
targets: [CHN]
legal_basis: an act
source: hts
confidence: H
aliases: [T001]
stacking: {group: broad, operator: add}
coverage:
  - {from: 2025-02-04, scope: usa-all-goods}
events:
  - {date: 2025-02-04, event: entered_into_force, rate: 0.10}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "facts" / "usa" / "test"
    place.mkdir(parents=True)
    (place / "good.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path / "facts"


def test_a_good_folder_has_no_problems(folder: Path) -> None:
    assert Ledger.check(folder) == []
    ledger = Ledger.load(folder)
    assert list(ledger.measures) == ["usa.test.good"]
    rates = ledger.on("2025-06-11").by_sector(importer="USA", exporter="CHN")
    assert rates["s301"]["C26"] == 0.10
    assert ledger.status("T001", "2025-02-03")["status"] == "never_in_force"


@pytest.mark.parametrize("path", sorted(BROKEN.glob("*.yaml")), ids=lambda p: p.stem)
def test_broken(folder: Path, path: Path) -> None:
    head = path.read_text(encoding="utf-8").splitlines()[0]
    line, _, what = head.removeprefix("# expects ").partition(": ")
    target = folder / "usa" / "test" / "zz.yaml"
    shutil.copy(path, target)
    problems = [str(p) for p in Ledger.check(folder)]
    assert any(p.startswith(f"usa/test/zz.yaml:{line}: ") and what in p for p in problems), "\n".join(problems)
    assert all(p.startswith("usa/test/zz.yaml:") for p in problems)
    assert len(problems) <= 2, "\n".join(problems)


def test_every_problem_of_every_file_at_once(folder: Path) -> None:
    names = ["unknown_key", "wrong_date", "rate_out_of_range", "unknown_scope", "not_yaml"]
    for name in names:
        shutil.copy(BROKEN / f"{name}.yaml", folder / "usa" / "test" / f"{name}.yaml")
    with pytest.raises(LedgerError) as caught:
        Ledger.load(folder)
    assert {p.where.split(":")[0] for p in caught.value.problems} == {f"usa/test/{name}.yaml" for name in names}


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="not a folder"):
        Ledger.load(tmp_path / "nowhere")
    with pytest.raises(LedgerError, match="no measure"):
        Ledger.load(tmp_path)


def test_tables_of_ones_own(folder: Path) -> None:
    """Own scopes join the embedded ones; a share above one is an error with its line."""
    place = folder / "coverage"
    place.mkdir()
    head = "scope,kind,importer,exporter,weights,weights_year,matched_share\n"
    (place / "scopes.csv").write_text(head + "mine,share,USA,CHN,own,2024,1\n", encoding="utf-8")
    (place / "weights.csv").write_text("importer,exporter,year,sector,usd_million\n", encoding="utf-8")
    (place / "shares.csv").write_text("scope,sector,value\nmine,C26,0.5\n", encoding="utf-8")
    (folder / "usa" / "test" / "good.yaml").write_text(GOOD.replace("usa-all-goods", "mine"), encoding="utf-8")
    rates = Ledger.load(folder).on("2025-06-11").by_sector(importer="USA", exporter="CHN")
    assert (rates["s301"]["C26"], rates["s301"]["C27"]) == (0.05, 0.0)
    (place / "shares.csv").write_text("scope,sector,value\nmine,C26,1.5\nmine,X99,0.1\n", encoding="utf-8")
    texts = [str(p) for p in Ledger.check(folder)]
    assert any("coverage/shares.csv:3" in t and "X99" in t for t in texts)
    assert any("above 1" in t for t in texts)


HOSTILE = [  # (file, content, what must be said)
    ("sources.yaml", b"- one\n- two\n", "sources.yaml"),
    ("headlines.yaml", b"7\n", "headlines.yaml"),
    ("coverage.yaml", b"firm_until: soon\n", "'soon' is not a date"),
    ("coverage.yaml", b"firm_until: 2026-09-28\nthin_until: 2026-01-01\n", "lies before"),
    ("usa/test/latin.yaml", b"title: caf\xe9\n", "not UTF-8"),
    ("usa/test/empty.yaml", b"", "must be a mapping"),
    ("coverage/weights.csv", b"importer,exporter,year,sector,usd_million\nUSA,CHN,2024,C26,many\n", "weights.csv:2"),
    ("coverage/shares.csv", b"scope,sector,value\nnew,C26,x\n", "shares.csv:2"),
]


@pytest.mark.parametrize(("name", "content", "said"), HOSTILE, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(HOSTILE)])
def test_hostile_folders_are_problems_not_crashes(folder: Path, name: str, content: bytes, said: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    with pytest.raises(LedgerError) as caught:
        Ledger.load(folder)
    assert said in str(caught.value)


def test_a_folder_named_like_a_file(folder: Path) -> None:
    (folder / "usa" / "test" / "odd.yaml").mkdir()
    with pytest.raises(LedgerError, match="cannot be read"):
        Ledger.load(folder)
