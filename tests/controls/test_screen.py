"""Screening: listed names find themselves, nothing is ever clear, old lists are refused."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from controls.conftest import lists_of, row

pytest.importorskip("rapidfuzz")
pytest.importorskip("rigour")

from detente.controls import AllowList, AuditLog, Lists, Screener, screen
from detente.errors import UserError

TODAY = dt.date(2026, 8, 15)


def test_listed_names_find_their_own_entry(screener):
    entries = random.Random(7).sample(screener.entries, 120)
    for entry in entries:
        found = screener.matches(entry.name)
        same = [m for m in found if m.entry.name == entry.name]
        assert same, entry.name
        assert found[0].likeness.score == pytest.approx(1.0)


def test_aliases_and_other_scripts(screener):
    wanted = {"华为技术有限公司": "EL", "YMTC": "EL", "三菱重工航空发动机": "CN-CONTROL", "MP Materials": "CN-CONTROL",
              "洛克希德·马丁公司": "CN-UEL", "Semiconductor Manufacturing International Corp": "EL"}  # fmt: skip
    for name, code in wanted.items():
        found = screener.matches(name)
        assert any(m.entry.list == code and m.result == "POTENTIAL_MATCH" for m in found), name


def test_one_slip_of_the_pen_is_found(screener):
    for name in ("Huawei Technolgies", "Yangtze Memmory Technologies", "Hikvision Digital Tecnology"):
        assert screener.matches(name), name


def test_a_part_of_a_name_is_at_least_for_review():
    assert screen("Huawei", today=TODAY)["result"] in ("REVIEW", "POTENTIAL_MATCH")


def test_unlisted_firms_are_not_raised(screener):
    for name in ("Toyota Motor Corporation", "Nestlé S.A.", "Acme Widgets of Ohio"):
        assert not [m for m in screener.matches(name) if m.result == "POTENTIAL_MATCH"], name


def test_the_answer_explains_itself_and_is_never_clear():
    found = screen("Huawei Technologies Co Ltd", today=TODAY)
    best = found["matches"][0]
    assert {"name", "alias", "score", "list", "notice", "why"} <= set(best)
    assert best["why"][0] == "huawei = huawei"
    assert found["list_date"] == "2026-07-19"
    none = screen("Acme Widgets of Ohio", today=TODAY)
    assert none["result"] == "NO_LIST_MATCH"
    assert none["lists"] == {"us-csl": "2026-07-31", "cn-mofcom": "2026-07-19", "named": "2026-08-05"}


@pytest.mark.parametrize("name", ["", "   ", "\u3000"])
def test_an_empty_name_is_an_error(name):
    with pytest.raises(UserError, match="is empty"):
        screen(name, today=TODAY)


@pytest.mark.parametrize(
    "name", ["Ltd", "CO., LTD.", "Co.,Ltd", "GmbH & Co. KG", "有限公司", "股份有限公司", "Inc", "ООО"]
)
def test_organisation_forms_alone_are_for_review(name):
    """They tell no firm from another: neither a match nor the finding that there is none."""
    found = screen(name, today=TODAY)
    assert found["result"] == "REVIEW"
    assert "organisation forms" in found["warnings"][0]


@pytest.mark.parametrize(
    ("name", "listed", "code"),
    [
        ("Хуавэй", "Huawei", "EL"), ("ХУАВЕЙ", "Huawei", "EL"), ("هواوي", "Huawei", "EL"),
        ("ファーウェイ", "Huawei", "EL"),
        ("화웨이", "Huawei", "EL"), ("Hua wei", "Huawei", "EL"), ("Hua Wei Tech nologies", "Huawei", "EL"),
        ("شرکت ملی نفت ایران", "NATIONAL IRANIAN OIL COMPANY", "SDN"),
        ("سپاه پاسداران انقلاب اسلامی", "ISLAMIC REVOLUTIONARY GUARD CORPS", "SDN"),
        ("中芯国际", "Semiconductor Manufacturing International Corporation", "EL"),
        ("中芯国际集成电路制造有限公司", "Semiconductor Manufacturing International Corporation", "EL"),
        ("中芯國際", "Semiconductor Manufacturing International Corporation", "EL"),
        ("Boeing", "Boeing Defense", "CN-UEL"), ("The Boeing Company", "Boeing Defense", "CN-CONTROL"),
        ("波音", "Boeing Defense", "CN-CONTROL"), ("Боинг", "Boeing Defense", "CN-UEL"),
        ("雷神公司", "Raytheon", "CN-UEL"), ("Huawei Technologies CO.,LTD.", "Huawei Technologies Co., Ltd.", "EL"),
        ("Huawei Technologies Co.Ltd", "Huawei Technologies Co., Ltd.", "EL"),
    ],
)  # fmt: skip
def test_listed_parties_under_other_scripts_and_spacings(screener, name, listed, code):
    found = screener.matches(name)
    assert any(m.entry.list == code and m.entry.name.startswith(listed) for m in found), [m.entry.name for m in found]


def test_words_run_together_are_told():
    made = Screener(lists_of(row("Huawei Technologies")), cache=False)
    assert "hua wei means huawei" in made.matches("Hua wei")[0].to_dict()["why"]


@pytest.mark.parametrize("name", ["!!!", "\0\0", "x" * 10_000, "Huawei " * 1500, "株" * 10_000])
def test_names_that_cannot_be_compared_in_full_are_for_review(name):
    found = screen(name, today=TODAY)
    assert found["result"] in ("REVIEW", "POTENTIAL_MATCH")
    assert found["warnings"]
    assert len(found["name"]) <= 500


def test_old_lists_are_refused_and_ageing_ones_told():
    with pytest.raises(UserError, match="past the limit of 180"):
        screen("Huawei", today=dt.date(2027, 3, 1))
    assert any("days old" in w for w in screen("Huawei", today=dt.date(2026, 10, 1))["warnings"])
    assert screen("Huawei", today=dt.date(2027, 3, 1), max_age=400)["matches"]


def test_how_a_chinese_listing_stands_on_a_day():
    def status(name, limb, day, assume=None):
        found = screen(name, on=day, assume=assume, today=TODAY)["matches"]
        return next(m["standing"]["status"] for m in found if m["measure"].endswith(limb))

    assert status("Leidos", "#control-list", "2025-03-04") == "in_force"
    assert status("Leidos", "#control-list", "2025-11-10") == "ended"
    assert status("TCOM, Limited Partnership", "#unreliable", "2025-11-10") == "suspended"
    assert status("TCOM, Limited Partnership", "#unreliable", "2026-11-20") == "unknown"
    assert status("TCOM, Limited Partnership", "#unreliable", "2026-11-20", "lapsed") == "in_force"


def test_min_score_is_a_floor():
    scores = [m["score"] for m in screen("Huawei Technologies", min_score=0.9, today=TODAY)["matches"]]
    assert scores
    assert min(scores) >= 0.9
    with pytest.raises(UserError, match="between 0 and 1"):
        screen("Huawei", min_score=80, today=TODAY)


def test_files_that_are_not_what_their_note_says_are_refused(tmp_path, monkeypatch):
    place = tmp_path / "data" / "lists"
    place.mkdir(parents=True)
    (place / "us.parquet").write_bytes(b"not the list")
    note = {"file": "us.parquet", "date": "2026-11-20", "title": "t", "publisher": "p", "licence": "l", "rows": 1}
    lines = "".join(f'  {k}: "{v}"\n' for k, v in (note | {"sha256": "0" * 64}).items())
    (place / "lists.yaml").write_text(f"us-csl:\n{lines}")
    with pytest.raises(UserError, match="hash differs"):
        Lists.load()
    (place / "lists.yaml").write_text("us-csl: {file: us.parquet}\n")
    with pytest.raises(UserError, match="damaged"):
        Lists.load()


def test_a_settled_alarm_holds_until_the_entry_changes(tmp_path):
    lists = lists_of(row("Zhyvago Trading"))
    settled = AllowList.load(tmp_path / "allow.csv")
    settled.add(
        "Zhivago Trading", "id-Zhyvago Trading", lists.entries[0].fingerprint, "Ann", "another firm, seen papers"
    )
    again = AllowList.load(tmp_path / "allow.csv")
    found = Screener(lists, cache=False).matches("Zhivago Trading")
    kept, allowed, _ = again.split("ZHIVAGO TRADING", found)
    assert (kept, [a["who"] for a in allowed]) == ([], ["Ann"])
    assert again.split("Other Trading", found)[0] == found
    changed = Screener(lists_of(row("Zhyvago Trading", policy="Presumption of denial")), cache=False)
    kept, allowed, notes = again.split("Zhivago Trading", changed.matches("Zhivago Trading"))
    assert kept
    assert not allowed
    assert "changed since" in notes[0]


def test_an_allow_list_needs_a_person_a_day_and_a_reason(tmp_path):
    path = tmp_path / "allow.csv"
    path.write_text("name,entry,fingerprint,who,when,why\nA,e,f,,2026-01-01,x\nA,e,f,Ann,yesterday,x\n")
    with pytest.raises(UserError) as caught:
        AllowList.load(path)
    assert len(caught.value.problems) == 2
    with pytest.raises(UserError, match="--why"):
        AllowList.load(tmp_path / "new.csv").add("A", "e", "f", "Ann", " ")


def test_the_log_shows_what_was_done_to_it(tmp_path):
    path = tmp_path / "log.jsonl"
    for name in ("one", "two", "three"):
        AuditLog(path).write({"name": name})
    assert AuditLog(path).check() == 3
    whole = path.read_text().splitlines()
    for broken in ([whole[0], whole[2]], [whole[0], whole[1].replace("two", "tow"), whole[2]], whole[1:]):
        path.write_text("\n".join(broken) + "\n")
        with pytest.raises(UserError, match=r"log\.jsonl:[12]"):
            AuditLog(path).check()
    path.write_text(whole[0][:-5])
    with pytest.raises(UserError, match="cut short"):
        AuditLog(path).write({"name": "four"})


def test_every_chinese_listing_but_the_oldest_rests_on_a_measure_of_the_ledger():
    """The four of May 2024 have none: the research has no row for them."""
    from detente.ledger import Ledger

    ledger = Ledger.load()
    for entry in Lists.load(["cn-mofcom"]).entries:
        assert bool(entry.measure) == (entry.added != "2024-05-20"), entry
        if entry.measure:
            ledger.find(entry.measure)


def test_an_entry_known_only_by_its_chinese_name_is_found_in_english(screener):
    assert any(m.entry.list == "CN-UEL" for m in screener.matches("Dedrone"))
    assert any(m.entry.list == "CN-UEL" for m in screener.matches("PVH Corp"))
