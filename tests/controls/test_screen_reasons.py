"""What a desk sorts by: the reason of every result, what the lists lack, and text that was read wrong."""

from __future__ import annotations

import csv
import datetime as dt

import pytest

from controls.conftest import lists_of, row

pytest.importorskip("rapidfuzz")
pytest.importorskip("rigour")

from detente.controls import AllowList, Screener, screen, screen_file
from detente.controls._batch import COLUMNS
from detente.controls._reasons import REASONS, garbled
from detente.errors import UserError

TODAY = dt.date(2026, 8, 15)


def _answers(tmp_path, text, lists, encoding="utf-8", **options):
    (tmp_path / "in.csv").write_bytes(text.encode(encoding))
    done = screen_file(tmp_path / "in.csv", tmp_path / "out.csv", lists=lists, today=TODAY, **options)
    return done, list(csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()))


# (name, result, reason) against a list of Zhyvago Trading Co. and Dahua Widgets
ROWS = [
    ("Zhyvago Trading Company", "POTENTIAL_MATCH", "agrees"),
    ("Zhyvago", "REVIEW", "near"),
    ("Zhyvgo", "REVIEW", "respelled"),
    ("达华", "REVIEW", "pinyin"),
    ("小米", "REVIEW", "script"),
    ("Ðîñíåôòü", "REVIEW", "garbled"),
    ("Co. Ltd.", "REVIEW", "forms-only"),
    ("!!!", "REVIEW", "no-letters"),
    ("Acme " * 120, "REVIEW", "cut"),
    ("Acme Widgets", "NO_LIST_MATCH", "none"),
    ("Golden Star", "SETTLED", "settled"),
]


def test_every_row_says_why_it_has_its_result(tmp_path):
    listed = (
        row("Zhyvago Trading Co.", kind="organisation"),
        row("Dahua Sensor", kind="organisation"),
        row("Golden Star"),
    )
    lists = lists_of(*listed, date="2026-08-01", sha="reasons")
    settled = AllowList.load(tmp_path / "allow.csv")
    settled = settled.add("Golden Star", "id-Golden Star", lists.entries[2].fingerprint, "Ann", "a bakery")
    text = "name\n" + "".join(f'"{name}"\n' for name, *_ in ROWS) + "Acme, Ohio\n"
    done, rows = _answers(tmp_path, text, lists, allow=settled)
    assert [(r["result"], r["reason"]) for r in rows] == [(b, c) for _, b, c in ROWS] + [("REVIEW", "torn")]
    assert {r["reason"] for r in rows} <= set(REASONS)
    assert sum(done["reasons"].values()) == len(rows)
    # after an update the reason of what is kept is kept
    newer = lists_of(*listed, row("Newton Optics"), date="2026-08-02", sha="newer")
    again, rows_now = _answers(tmp_path, text, newer, allow=settled)
    assert again["rescreened_entries"] == 1
    assert [r["reason"] for r in rows_now] == [r["reason"] for r in rows]


def test_a_part_of_a_listed_name_is_a_reason_of_its_own():
    found = Screener().matches("Hezbollah")
    assert {m.reason for m in found} == {"part"}


def test_one_name_says_its_reason_too(command):
    assert screen("小米", today=TODAY)["reason"] == "script"
    assert screen("Huawei", today=TODAY)["reason"] == "agrees"
    text = command("controls", "screen", "小米", "--max-age", "100000")[1]
    assert f"Reason: script ({REASONS['script']})" in text


def test_every_row_and_the_answer_say_what_the_lists_lack(tmp_path):
    """`CATL` is on the section 1260H list, of which four names only are here: no match on it is no finding."""
    from detente.controls import Lists

    found = screen("CATL", today=TODAY)
    assert "section 1260H" in found["list_notes"]["named"]
    _, rows = _answers(tmp_path, "name\nCATL\n", Lists.load())
    assert "section 1260H" in rows[0]["list_note"]
    assert "Incomplete" in rows[0]["list_note"]


@pytest.mark.parametrize(
    ("written", "encoding", "read_as"),
    [("Роснефть", "cp1251", "latin-1"), ("Роснефть", "utf-8", "cp1251"), ("Zürich Re", "utf-8", "cp1252"),
     ("Роснефть", "koi8-r", "latin-1"), ("Société", "utf-8", "latin-1"), ("Łódź", "cp1250", "utf-8-replaced")],
)  # fmt: skip
def test_text_read_in_a_wrong_encoding_is_for_review(tmp_path, written, encoding, read_as):
    raw = written.encode(encoding)
    wrong = raw.decode("utf-8", "replace") if read_as == "utf-8-replaced" else raw.decode(read_as)
    assert garbled(wrong)
    lists = lists_of(row("Zhyvago Trading"), date="2026-08-01", sha=encoding)
    _, rows = _answers(tmp_path, f"name\n{wrong}\n", lists)
    assert (rows[0]["result"], rows[0]["reason"]) == ("REVIEW", "garbled")
    assert "--encoding" in rows[0]["why"]


@pytest.mark.parametrize(
    "name",
    ["Zürich Rück", "Société Générale", "Ørsted", "Þýðverk", "Säästöpankki Ääni", "Łódź", "Роснефть", "Сбербанк", "Å",
     "Nestlé®", "Müßiggänger & Söhne", "Ñandú S.A.", "Čeština", "Türkiye İş Bankası"],
)  # fmt: skip
def test_letters_that_languages_have_are_not_taken_for_garbled_ones(name):
    assert not garbled(name)


def test_a_file_that_cannot_be_read_leaves_nothing_to_go_on_from(tmp_path):
    (tmp_path / "in.csv").write_bytes("name\nАвтоваз\n".encode("cp1251"))
    with pytest.raises(UserError, match="is not utf-8 text"):
        screen_file(tmp_path / "in.csv", tmp_path / "out.csv", lists=lists_of(row("X Y")), today=TODAY, max_age=10**6)
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["in.csv"]


def test_an_answer_half_written_with_other_columns_is_begun_anew(tmp_path):
    lists = lists_of(row("Zhyvago Trading"), date="2026-08-01", sha="old")
    _, rows = _answers(tmp_path, "name\nAcme\n", lists)
    assert tuple(rows[0]) == COLUMNS
    state = (tmp_path / "out.csv.state.json").read_text()
    assert '"reason"' in state
    (tmp_path / "out.csv.state.json").write_text(state.replace('"reason"', '"cause"'))
    done, _ = _answers(tmp_path, "name\nAcme\n", lists)
    assert (done["rows"], done["resumed_at"]) == (1, 0)
