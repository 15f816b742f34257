"""Files of names: resumed, screened again for what changed, and dirty."""

from __future__ import annotations

import csv
import datetime as dt
import json

import pytest

from controls.conftest import lists_of, row

pytest.importorskip("rapidfuzz")
pytest.importorskip("rigour")

from detente.controls import AuditLog, screen_file
from detente.controls import _batch as batch
from detente.errors import UserError

TODAY = dt.date(2026, 11, 10)
LISTS = lists_of(row("Zhyvago Trading"), row("Kuznetsov Plant 12"), sha="a")
NAMES = ["Zhyvago Trading LLC", "Acme Widgets", "Kuznetsov Plant 12", "Kuznetsov Plant 21", "", "Newton Optics"]


@pytest.fixture
def names(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("name\n" + "\n".join(f'"{n}"' for n in NAMES) + "\n", encoding="utf-8")
    return path


def run(source, target, lists=LISTS, **options):
    return screen_file(source, target, lists=lists, today=TODAY, **options)


def read(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_every_row_has_an_answer(names, tmp_path):
    done = run(names, tmp_path / "out.csv", log=AuditLog(tmp_path / "log"))
    rows = read(tmp_path / "out.csv")
    assert [r["row"] for r in rows] == [str(i) for i in range(1, 7)]
    results = [r["result"] for r in rows]
    assert results[:3] == ["POTENTIAL_MATCH", "NO_LIST_MATCH", "POTENTIAL_MATCH"]
    assert results[3] != "POTENTIAL_MATCH"
    assert (results[4], rows[4]["why"]) == ("REVIEW", "There is no name to screen.")
    assert done["rows"] == 6
    assert AuditLog(tmp_path / "log").check() == 6


def test_stopped_half_way_it_goes_on_and_gives_the_same(names, tmp_path, monkeypatch):
    run(names, tmp_path / "whole.csv")
    seen = 0
    row_of = batch._Job._row

    def fails_at_the_fourth(self, number, *rest):
        nonlocal seen
        seen += 1
        if number == 4:
            raise KeyboardInterrupt
        return row_of(self, number, *rest)

    monkeypatch.setattr(batch._Job, "_row", fails_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        run(names, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
    with (tmp_path / "out.csv.part").open("a") as file:
        file.write("4,torn")
    monkeypatch.setattr(batch._Job, "_row", row_of)
    done = run(names, tmp_path / "out.csv")
    assert done["resumed_at"] == 3
    assert (tmp_path / "out.csv").read_text() == (tmp_path / "whole.csv").read_text()
    assert not (tmp_path / "out.csv.part").exists()


def test_another_input_does_not_resume(names, tmp_path):
    run(names, tmp_path / "out.csv")
    names.write_text("name\nZhyvago Trading\n")
    done = run(names, tmp_path / "out.csv")
    assert (done["rows"], done["resumed_at"]) == (1, 0)


def test_an_updated_list_is_screened_for_what_changed_only(names, tmp_path, monkeypatch):
    run(names, tmp_path / "out.csv")
    newer = lists_of(row("Kuznetsov Plant 12", policy="Policy of denial"), row("Newton Optics"), sha="b")
    against = []
    screener = batch.Screener
    monkeypatch.setattr(batch, "Screener", lambda lists, only=None: against.append(only) or screener(lists, only=only))
    done = run(names, tmp_path / "out.csv", lists=newer)
    assert against == [{"id-Kuznetsov Plant 12", "id-Newton Optics"}]
    assert done["rescreened_entries"] == 3
    monkeypatch.undo()
    run(names, tmp_path / "fresh.csv", lists=newer)
    again, fresh = read(tmp_path / "out.csv"), read(tmp_path / "fresh.csv")
    assert [r["result"] for r in again] == [r["result"] for r in fresh]
    assert again[0]["result"] == "NO_LIST_MATCH"
    assert again[5]["result"] == "POTENTIAL_MATCH"
    assert [json.loads(r["matches"]) for r in again] == [json.loads(r["matches"]) for r in fresh]


def test_done_already_is_done(names, tmp_path):
    run(names, tmp_path / "out.csv")
    stamp = (tmp_path / "out.csv").stat().st_mtime_ns
    assert run(names, tmp_path / "out.csv")["rows"] == 6
    assert (tmp_path / "out.csv").stat().st_mtime_ns == stamp


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2\n", "has no column `name`"),
        (b'name\n"open', "malformed"),
        (b'name\n"a"b\n', "malformed"),
        ("name\nМосква\n".encode("cp1251"), "not utf-8 text"),
        ("name\nHuawei\n".encode("utf-16-le"), "null byte"),
        (b"name\n" + b"x" * 1_000_002, "longer than 1,000,000"),
        (b"name\n" + b'"' + (b"y" * 600_000 + b"\n") * 2 + b'"\n', "a cell longer than 1,000,000"),
    ],
)
def test_dirty_files_are_clear_errors_and_leave_nothing(tmp_path, content, says):
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    with pytest.raises(UserError, match=says):
        run(path, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030", "big5"])
def test_encodings(tmp_path, encoding):
    path = tmp_path / "in.csv"
    path.write_bytes("name\n華為\n".encode(encoding))
    named = None if encoding.startswith("utf") else encoding
    lists = lists_of(row("华为"), sha="c")
    assert run(path, tmp_path / "out.csv", lists, encoding=named)["results"] == {"POTENTIAL_MATCH": 1}
    with pytest.raises(UserError, match="not a known encoding"):
        run(path, tmp_path / "out2.csv", lists, encoding="klingon")


def test_long_names_and_short_rows_are_answered(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("id,name\n1," + "Zhyvago " * 1250 + "\n2\n")
    run(path, tmp_path / "out.csv")
    rows = read(tmp_path / "out.csv")
    assert "Only the first 500" in rows[0]["why"]
    assert rows[1]["result"] == "REVIEW"


def test_a_missing_file_and_the_file_itself(names, tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        run(tmp_path / "nowhere.csv", tmp_path / "out.csv")
    with pytest.raises(UserError, match="the file of names itself"):
        run(names, names)


@pytest.mark.parametrize("cell", ["x" * 200_000, "Zhyvago Trading " * 20_000, '"' + "y" * 400_000 + '"'])
def test_a_cell_of_any_length_gets_a_bounded_answer_and_the_file_goes_on(tmp_path, cell):
    source = tmp_path / "in.csv"
    source.write_text(f"name\nZhyvago Trading\n{cell}\nAcme Widgets\n")
    assert run(source, tmp_path / "out.csv")["rows"] == 3
    rows = read(tmp_path / "out.csv")
    assert [r["result"] for r in (rows[0], rows[2])] == ["POTENTIAL_MATCH", "NO_LIST_MATCH"]
    assert rows[1]["result"] in ("REVIEW", "POTENTIAL_MATCH")
    assert "Only the first 500" in rows[1]["why"]
    assert len(rows[1]["name"]) <= 500


def test_organisation_forms_alone_are_for_review_in_a_file_too(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text('name\nLtd\n"CO., LTD."\n')
    run(source, tmp_path / "out.csv")
    for line in read(tmp_path / "out.csv"):
        assert (line["result"], "organisation forms" in line["why"]) == ("REVIEW", True)
