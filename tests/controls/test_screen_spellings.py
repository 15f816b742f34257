"""Screening of names that are written otherwise than listed: slips, letters set apart, sounds, forms alone."""

from __future__ import annotations

import csv
import datetime as dt

import pytest

from controls.conftest import lists_of, row

pytest.importorskip("rapidfuzz")
pytest.importorskip("rigour")

from detente.controls import Screener, compare, screen, screen_file
from detente.controls._screen import POTENTIAL

TODAY = dt.date(2026, 8, 15)


def _slips(word: str) -> list[str]:
    """The word with every letter but the first dropped, doubled and changed in turn."""
    out = set()
    for i in range(1, len(word)):
        out |= {word[:i] + word[i + 1 :], word[:i] + word[i] + word[i:], word[:i] + "x" + word[i + 1 :]}
    return sorted(out - {word})


@pytest.mark.parametrize("name", ["Hezbollah", "Dahua", "Huawei", "Rosneft", "Hikvision", "Rostec", "Megvii"])
def test_one_letter_dropped_doubled_or_changed_is_at_least_for_review(screener, name):
    assert [x for x in _slips(name) if not screener.matches(x)] == []


@pytest.mark.parametrize("name", ["Hezbolah", "Hesbollah", "Dahuaa"])
def test_a_word_put_right_is_told_and_never_a_close_agreement(screener, name):
    found = screener.matches(name)
    assert found
    for match in found:
        assert match.result == "REVIEW"
        assert match.to_dict()["why"][0].startswith("read as ")


def test_a_slip_does_not_lead_to_the_first_names_of_people():
    made = Screener(lists_of(row("Ikeda, Takashi", kind="person"), row("Zhyvago Trading", kind="organisation")))
    assert not made.matches("Ikea")
    assert made.matches("Zhyvgo")


@pytest.mark.parametrize(
    "name", ["H u a w e i", "H-u-a-w-e-i", "H_u_a_w_e_i", "h . u . a . w . e . i", "H. u. a. w. e. i."]
)
def test_letters_set_apart_are_read_together(screener, name):
    assert any(m.written == "Huawei" and m.result == "POTENTIAL_MATCH" for m in screener.matches(name))


def test_initials_before_a_name_stay_initials(screener):
    assert not any("Morgan" in m.read_as for m in screener.matches("J P Morgan"))


@pytest.mark.parametrize("name", ["LLC", "GmbH", "Inc", "Ltd", "CO., LTD.", "有限公司", "GmbH & Co. KG"])
def test_organisation_forms_alone_are_for_review_and_match_nothing(tmp_path, name):
    found = screen(name, today=TODAY)
    assert (found["result"], found["matches"]) == ("REVIEW", [])
    assert "organisation forms only" in found["warnings"][0]
    lists = lists_of(row("Intra Chem Trading GMBH (GMBH)"), row("Asia Energy (LLC)"), row("Zinc"), date="2026-08-01")
    (tmp_path / "in.csv").write_text(f'name\n"{name}"\n', encoding="utf-8")
    screen_file(tmp_path / "in.csv", tmp_path / "out.csv", lists=lists, today=TODAY)
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert (rows[0]["result"], rows[0]["match"]) == ("REVIEW", "")
    assert "organisation forms only" in rows[0]["why"]


def test_a_form_in_brackets_is_no_short_name():
    made = Screener(lists_of(row("Asia Energy General Trading (LLC)")))
    assert made.names == ["Asia Energy General Trading (LLC)"]


@pytest.mark.parametrize("name", ["华伟", "华威", "华伟技术"])
def test_other_characters_of_one_sound_are_for_review(screener, name):
    """Huawei is written 华为; these are other names said alike."""
    for match in screener.matches(name):
        if "Huawei" in match.written:
            assert match.result == "REVIEW"
            assert "by pinyin only" in match.to_dict()["why"][0]
    assert screener.matches(name)


def test_the_characters_of_the_name_itself_agree_in_full(screener):
    assert any(m.result == "POTENTIAL_MATCH" and not m.likeness.by_pinyin for m in screener.matches("华为"))
    assert compare("某某厂", "某某厂").score == 1.0
    assert compare("华伟", "华威").score < POTENTIAL
