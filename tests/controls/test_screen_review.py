"""Screening where a plain "no match" would not carry: parts of names, slips, scripts, settled alarms, bad rows."""

from __future__ import annotations

import csv
import datetime as dt

import pytest

from controls.conftest import lists_of, row

pytest.importorskip("rapidfuzz")
pytest.importorskip("rigour")

from detente.controls import AllowList, AuditLog, Screener, screen, screen_file
from detente.controls._names import romanised, unbridged
from detente.errors import UserError

TODAY = dt.date(2026, 8, 15)


@pytest.mark.parametrize("name", ["Hezbollah", "Huawei Group", "Huawei", "HiSilicon", "Rostec", "Huawei Holdings Ltd"])
def test_a_name_whose_telling_words_are_all_listed_is_for_review(screener, name):
    assert screener.matches(name), name


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("Huawey", "Huawei"),
        ("Huwaei", "Huawei"),
        ("Lukiol", "Lukoil"),
        ("Gazprmo", "Gazprom"),
        ("Hikvsion", "Hikvision"),
    ],
)
def test_one_slip_in_a_name_of_one_word_is_found(screener, name, listed):
    assert any(listed.casefold() in m.written.casefold() for m in screener.matches(name))


def test_two_trades_of_one_first_name_are_not_one_firm(screener):
    """The word a firm shares with a listed one tells nothing where each names a trade that the other lacks."""
    assert not screener.matches("Delta Trading")
    assert screener.matches("Delta Electronic")


def test_the_short_name_in_brackets_is_an_alias():
    made = Screener(lists_of(row("Zhyvago Technologies Co., Ltd. (Zhyvago)"), row("Zhyvago Trading (Ruritania)")))
    names = {m.written for m in made.matches("Zhyvago")}
    assert "Zhyvago" in names
    assert "Ruritania" not in made.names


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("哈尔滨工业大学", "Harbin Institute of Technology"), ("哈尔滨工程大学", "Harbin Engineering University"),
        ("西北工业大学", "Northwestern Polytechnical University"), ("北京航空航天大学", "Beihang University"),
        ("海思半导体", "HiSilicon"), ("深圳市海思半导体有限公司", "HiSilicon"), ("闻泰科技", "Wingtech"),
        ("中国兵器工业集团", "China North Industries Group"), ("中国广核集团", "China General Nuclear Power"),
        ("新疆生产建设兵团", "Xinjiang Production and Construction Corps"),
        ("杭州海康威视数字技术股份有限公司", "Hangzhou Hikvision Digital Technology"),
        ("Ростех", "Rostec"), ("ООО Техкомпания Хуавэй", "Huawei"), ("حزب الله", "Hizballah"), ("طالبان", "Taliban"),
        ("شركة هواوي للتقنيات", "Huawei"), ("김정은", "KIM, Jong Un"),
    ],
)  # fmt: skip
def test_listed_parties_in_their_own_script(screener, name, listed):
    assert any(m.written.casefold().startswith(listed.casefold()) or listed.casefold() in m.entry.name.casefold()
               for m in screener.matches(name))  # fmt: skip


# McCune-Reischauer without its marks
@pytest.mark.parametrize(
    ("text", "expected"), [("김정은", "kim jong un"), ("김일성", "kim il song"), ("평양", "pyong yang")]
)
def test_korean_is_read_letter_by_letter(text, expected):
    assert " ".join(romanised(text).split()) == expected


@pytest.mark.parametrize("name", ["上海某某贸易有限公司", "מפעל הדוגמה", "บริษัทตัวอย่าง", "مصنع المثال"])
def test_no_match_in_a_script_that_is_not_bridged_is_for_review(name):
    found = screen(name, today=TODAY, min_score=0.9)
    assert found["result"] in ("REVIEW", "POTENTIAL_MATCH")
    if not found["matches"]:
        assert "letters, which do not lead to every listed spelling" in found["warnings"][0]


def test_scripts_whose_letters_lead_to_latin_ones_are_bridged():
    assert [unbridged(n) for n in ("Møller", "Газпром", "Όμιλος", "Nestlé 2000", "Hawaiʻi", "1ª")] == [""] * 6
    assert screen("Булочная Ромашка", today=TODAY)["result"] == "NO_LIST_MATCH"


def _batch(tmp_path, text, lists, **options):
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    done = screen_file(tmp_path / "in.csv", tmp_path / "out.csv", lists=lists, today=TODAY, **options)
    return done, list(csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()))


def test_a_row_with_too_many_cells_is_screened_whole_and_for_review(tmp_path):
    lists = lists_of(row("Zhyvago Trading"), date="2026-08-01", sha="torn")
    text = "id,name\n1,Acme Widgets\n2,Acme Widgets, Zhyvago Trading\n3,Acme,Widgets,Ohio\n"
    done, rows = _batch(tmp_path, text, lists)
    assert (done["rows"], done["malformed"]) == (3, 2)
    assert [r["result"] for r in rows][0::2] == ["NO_LIST_MATCH", "REVIEW"]
    assert rows[1]["name"] == "Acme Widgets, Zhyvago Trading"
    assert rows[1]["result"] in ("REVIEW", "POTENTIAL_MATCH")
    assert "3 cells where the header has 2" in rows[1]["why"]
    assert any("more cells than the header" in w for w in done["warnings"])


def test_the_script_note_stands_in_a_batch_too(tmp_path):
    _, rows = _batch(tmp_path, "name\n某某厂\n", lists_of(row("Zhyvago Trading"), date="2026-08-01"))
    assert (rows[0]["result"], "written in Chinese" in rows[0]["why"]) == ("REVIEW", True)


def test_a_settled_name_has_a_result_of_its_own_and_only_as_written(tmp_path):
    lists = lists_of(row("Golden Star"), date="2026-08-01", sha="golden")
    settled = AllowList.load(tmp_path / "allow.csv")
    settled = settled.add("Golden Star", "id-Golden Star", lists.entries[0].fingerprint, "Ann", "a bakery")
    _, rows = _batch(tmp_path, "name\ngolden  STAR\nGolden Star Ltd\nAcme Widgets\n", lists, allow=settled)
    assert [r["result"] for r in rows] == ["SETTLED", "POTENTIAL_MATCH", "NO_LIST_MATCH"]
    assert "Ann" in rows[0]["why"]
    # when the list is updated, what was settled on an entry that stays is still told
    newer = lists_of(row("Golden Star"), row("Newton Optics"), date="2026-08-02", sha="newer")
    done, rows = _batch(tmp_path, "name\ngolden  STAR\nGolden Star Ltd\nAcme Widgets\n", newer, allow=settled)
    assert done["rescreened_entries"] == 1
    assert [r["result"] for r in rows] == ["SETTLED", "POTENTIAL_MATCH", "NO_LIST_MATCH"]


def test_a_file_of_settlements_that_is_none_is_refused(command, tmp_path):
    (tmp_path / "bad.csv").write_text("nonsense\n")
    with pytest.raises(UserError, match="has no column name"):
        AllowList.load(tmp_path / "bad.csv")
    for name in ("bad.csv", "absent.csv"):
        options = ("--allow", str(tmp_path / name), "--max-age", "100000")
        assert command("controls", "screen", "Golden Star", *options)[0] == 2


def test_lines_taken_off_the_end_of_a_log_show(tmp_path):
    path = tmp_path / "log"
    for name in ("one", "two", "three"):
        AuditLog(path).write({"name": name})
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:2]) + "\n")
    with pytest.raises(UserError, match="has 2 lines where 3 were written"):
        AuditLog(path).check()
    path.write_text("\n".join(lines) + "\n")
    assert (AuditLog(path).check(), AuditLog(path).counted) == (3, True)
    AuditLog(path).head.unlink()
    assert (AuditLog(path).check(), AuditLog(path).counted) == (3, False)
    # a log that nobody counted is not given a count by its next line
    AuditLog(path).write({"name": "four"})
    assert (AuditLog(path).check(), AuditLog(path).counted) == (4, False)


def test_the_log_command_says_what_it_cannot_tell(command, tmp_path):
    AuditLog(tmp_path / "log").write({"name": "one"})
    assert command("controls", "log", str(tmp_path / "log"), "--json")[1] == {"lines": 1, "whole": True}
    AuditLog(tmp_path / "log").head.unlink()
    assert command("controls", "log", str(tmp_path / "log"), "--json")[1] == {"lines": 1, "whole": None}
    assert "cannot be told" in command("controls", "log", str(tmp_path / "log"))[1]


def test_how_an_american_listing_stands_on_another_day_is_not_known(command):
    """Wingtech was listed by 89 FR 96837, of December 2024; the list itself is of 31 July 2026."""
    found = screen("Wingtech", on="2020-01-01", today=TODAY)["matches"]
    match = next(m for m in found if m["list"] == "EL")
    assert match["standing"]["status"] == "unknown"
    assert "is of 2024: not listed under it on that day" in match["standing"]["note"]
    now = screen("Wingtech", on="2026-07-31", today=TODAY)["matches"]
    assert next(m for m in now if m["list"] == "EL")["standing"]["status"] == "in_force"
    options = ("--max-age", "100000", "--on")
    assert "unknown (its earliest notice" in command("controls", "screen", "Wingtech", *options, "2020-01-01")[1]
    text = command("controls", "screen", "Illumina", *options, "2024-01-01")[1]
    assert "never_in_force" in text
    assert "on 2024-01-01" in text


@pytest.mark.parametrize(
    ("name", "code", "measure"),
    [
        ("Rheinmetall", "CN-CONTROL", "chn.mofcom.30-2026"), ("Altana", "CN-COUNTER", "chn.mofcom.parties-2026-08"),
        ("BYD", "US-1260H", "usa.dod.list-1260h-2026"), ("Alibaba", "US-1260H", "usa.dod.list-1260h-2026"),
    ],
)  # fmt: skip
def test_parties_that_the_facts_name_are_screened(screener, name, code, measure):
    match = screener.matches(name)[0].to_dict()
    assert (match["list"], match["measure"], match["confidence"]) == (code, measure, "M")
    assert "secondary sources name" in match["notice"]


def test_every_row_of_the_parties_named_elsewhere_rests_on_a_measure():
    from detente.controls import Lists
    from detente.ledger import Ledger

    entries = Lists.load(["named"]).entries
    assert len(entries) == 10
    for entry in entries:
        assert entry.measure
        Ledger.load().find(entry.measure)
