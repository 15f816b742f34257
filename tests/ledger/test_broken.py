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
  - {from: 2025-02-04, scope: all}
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


LINES = "scope,hs,value,valid_from,valid_until,class,confidence,source\n"


def own_lines(folder: Path, *rows: str) -> None:
    """A line table of one's own, and the good measure reaching its scope."""
    (folder / "lines").mkdir(exist_ok=True)
    (folder / "lines" / "usa-own.csv").write_text(LINES + "".join(row + "\n" for row in rows), encoding="utf-8")
    (folder / "usa" / "test" / "good.yaml").write_text(GOOD.replace("scope: all", "scope: usa.mine"), encoding="utf-8")


def test_tables_of_ones_own(folder: Path) -> None:
    """Own lines join the embedded ones: half the value of one heading, a whole line of another."""
    own_lines(folder, "usa.mine,8505,0.5,2025-03-01,,,H,hts", "usa.mine,8504.40.95,1,,,,H,hts")
    assert Ledger.check(folder) == []
    ledger = Ledger.load(folder)
    rate = {
        code: ledger.on("2025-06-11").rate(code, importer="USA", exporter="CHN")
        for code in ("8505.11.00", "8504.40.95")
    }
    assert [r.by_layer().get("s301") for r in rate.values()] == [0.05, 0.10]
    assert "s301" not in ledger.on("2025-02-28").rate("8505.11.00", importer="USA", exporter="CHN").by_layer()
    assert 0 < ledger.on("2025-06-11").by_sector(importer="USA", exporter="CHN")["s301"]["C27"] < 0.10


FAULTS = [  # (row of the table, line, what must be said)
    ("usa.mine,85x5,1,,,,H,hts", 3, "not a code of 2 to 10 digits"),
    ("usa.mine,8506,7.5,,,,H,hts", 3, "out of range"),
    ("usa.mine,8506,-0.1,,,,H,hts", 3, "out of range"),
    ("chn.mine,8506,1,,,,H,hts", 3, "does not begin with 'usa'"),
    ("usa.mine,8506,1,,,hovercraft,H,hts", 3, "class 'hovercraft' is in no measure's conditions"),
    ("usa.mine,8506,1,,,,X,hts", 3, "confidence 'X' is none of H, M, L"),
    ("usa.mine,8506,1,,,,H,nowhere", 3, "source 'nowhere' is not there"),
    ("usa.mine,8506,1,2025-05-01,2025-04-01,,H,hts", 3, "ends before it begins"),
    ("usa.mine,9505,1,2025-05-01,,,H,hts", 3, "stands twice in usa.mine"),
    ("usa.mine,8506,much,,,,H,hts", 3, "'much' is not a number"),
    ("usa.mine,8506,1,someday,,,H,hts", 3, "'someday' is not a date"),
    (",8506,1,,,,H,hts", 3, "not a row of a line table"),
]


@pytest.mark.parametrize(("row", "line", "said"), FAULTS, ids=[what for *_, what in FAULTS])
def test_faults_in_line_tables(folder: Path, row: str, line: int, said: str) -> None:
    own_lines(folder, "usa.mine,9505,1,,,,H,hts", row, "usa.mine,8505,1,,,,H,hts")
    problems = Ledger.check(folder)
    assert [p.where for p in problems] == [f"lines/usa-own.csv:{line}"]
    assert said in problems[0].what


MANIFEST = [  # (what tables.yaml says, line, what must be said)
    (
        "usa-own.csv: {title: t, source: s, licence: l, last_checked: 2026-11-23, rows: [5, 9]}",
        1,
        "has 1 rows, outside 5 to 9",
    ),
    ("usa-own.csv: {title: t, source: s, licence: l, rows: [1, 9]}", 1, "needs 'last_checked'"),
    ("usa-own.csv: {title: t, source: s, licence: l, last_checked: 2026-11-23, rows: 1}", 1, "must be a list"),
    (
        "usa-old.csv: {title: t, source: s, licence: l, last_checked: 2026-11-23, rows: [1, 1]}",
        1,
        "'usa-old.csv' is not there",
    ),
    (
        "usa-old.csv: {title: t, source: s, licence: l, last_checked: 2026-11-23, rows: [1, 1]}",
        1,
        "'usa-own.csv' is not listed",
    ),
]


@pytest.mark.parametrize(("text", "line", "said"), MANIFEST, ids=[what for *_, what in MANIFEST])
def test_counts_and_dates_of_tables(folder: Path, text: str, line: int, said: str) -> None:
    own_lines(folder, "usa.mine,8505,1,,,,H,hts")
    (folder / "lines" / "tables.yaml").write_text(text + "\n", encoding="utf-8")
    assert any(p.where.startswith(f"lines/tables.yaml:{line}") and said in p.what for p in Ledger.check(folder))


HOSTILE = [  # (file, content, what must be said)
    ("sources.yaml", b"- one\n- two\n", "sources.yaml"),
    ("headlines.yaml", b"7\n", "headlines.yaml"),
    ("coverage.yaml", b"firm_until: soon\n", "'soon' is not a date"),
    ("coverage.yaml", b"firm_until: 2026-09-28\nthin_until: 2026-01-01\n", "lies before"),
    ("usa/test/latin.yaml", b"title: caf\xe9\n", "not UTF-8"),
    ("usa/test/empty.yaml", b"", "must be a mapping"),
    ("lines/usa-x.csv", b"scope,hs,value\nusa.x,85,many\n", "usa-x.csv:2"),
    ("lines/usa-x.csv", b"scope,hs\nusa.caf\xe9,85\n", "cannot be read"),
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


def test_faults_in_parquet_tables(tmp_path: Path) -> None:
    """The embedded tables are checked by the same eyes: a file that is none, rows out of order."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from detente.ledger import _table_check
    from detente.ledger._lines import Lines

    rows = {"scope": ["usa.x", "usa.x"], "hs": ["9001", "8501"], "value": [1.0, 9.0], "confidence": ["H", "H"]}
    pq.write_table(pa.table(rows), tmp_path / "usa-x.parquet")
    (tmp_path / "usa-y.parquet").write_bytes(b"no parquet")
    found = [str(p) for p in _table_check.check(Lines((tmp_path,)), {}, {})]
    assert len(found) == 3
    assert any(p.startswith("lines/usa-x.parquet:3: 8501 stands after 9001") for p in found)
    assert any(p.startswith("lines/usa-x.parquet:3: value 9") for p in found)
    assert any(p.startswith("lines/usa-y.parquet: cannot be read") for p in found)
