"""Dates, economies, sectors, strict YAML: what everything else stands on."""

from __future__ import annotations

import csv
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente import economies, nomenclature, strict_yaml
from detente.dates import Clocks, parse_date
from detente.errors import DateError, UnknownName


@pytest.mark.parametrize(
    "text", ["2025-5-14", "14.05.2025", "2025-02-30", "", "tomorrow", "20250514", "2025-05-14T00:00"]
)
def test_what_is_not_a_day(text):
    with pytest.raises(DateError, match="YYYY-MM-DD"):
        parse_date(text)


def test_days_before_2018_are_refused_unless_asked():
    with pytest.raises(DateError, match="before the ledger begins"):
        parse_date("2017-12-31")
    assert parse_date("2017-12-31", first=None) == dt.date(2017, 12, 31)


@given(st.dates(min_value=dt.date(2018, 1, 1)))
def test_days_round_trip(day):
    assert parse_date(day.isoformat()) == parse_date(day) == day


def test_both_clocks_complain_together():
    with pytest.raises(DateError) as caught:
        Clocks.parse("yesterday", "2016-01-01")
    assert [p.where for p in caught.value.problems] == ["--on", "--known"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("us", "USA"),
        ("PRC", "CHN"),
        ("Viet Nam", "VNM"),
        ("Taiwan", "TWN"),
        ("NO", "NOR"),
        ("Turkey", "TUR"),
        ("UK", "GBR"),
    ],
)
def test_names_of_economies(name, code):
    assert economies.economy(name) == code


def test_no_two_economies_share_a_name():
    seen = {}
    for row in economies.table().values():
        for name in (row.code, row.alpha2, row.name, *row.aliases):
            if name:
                assert seen.setdefault(name.casefold(), row.code) == row.code


def test_groups_expand_and_all_unknown_names_come_at_once():
    assert len(economies.expand("EU27")) == 27
    with pytest.raises(UnknownName) as caught:
        economies.expand(["Chian", "USA", "Atlantis"])
    assert len(caught.value.problems) == 2
    assert "China" in str(caught.value)


def test_sectors_expand():
    known = list(nomenclature.sectors())
    assert nomenclature.expand_sectors("goods", known) == list(nomenclature.goods())
    assert nomenclature.expand_sectors(["Machinery", "C29"], known) == ["C28", "C29"]
    with pytest.raises(UnknownName, match="C28"):
        nomenclature.expand_sectors("C82", known)


@pytest.mark.parametrize("code", ["123", "85.0", "x", "12345678901"])
def test_what_is_not_an_hs_code(code):
    with pytest.raises(UnknownName):
        nomenclature.hs_digits(code)


def test_yaml_reads_no_guessed_types():
    data = strict_yaml.parse(
        "a: NO\nb: 0101\nc: 8471.30\nd: 2025-05-14\ne: 1e5\nf: yes\non: 1\ng: 0.25\nh: true", "x"
    ).data
    assert data == {
        "a": "NO", "b": "0101", "c": 8471.30, "d": "2025-05-14", "e": "1e5", "f": "yes", "on": 1, "g": 0.25, "h": True
    }  # fmt: skip


def test_yaml_reports_every_duplicate_with_its_line():
    found = strict_yaml.parse("a: 1\na: 2\nb: {c: 1, c: 2}\n", "f.yaml").problems
    assert [str(p).split(":")[1] for p in found] == ["2", "3"]


HOSTILE = [  # (text, line, what is said of it)
    ("a: 1\nb: &a [*a]", 2, "alias '*a'"),
    ("a: &x 1", 1, "anchor '&x'"),
    ("a: 1\nb: *x", 2, "alias '*x'"),
    ("x: 1\n" + "[" * 3000 + "]" * 3000, 2, "not readable as YAML"),
    ("x: 1\ny: " + "[" * 3000 + "]" * 3000, 2, "nested more than"),
    ("y: " + "[" * 200_000, 1, "nested more than"),
    ("- " * 3000, 1, "nested more than"),
    ("y: " + "{a: " * 3000, 1, "nested more than"),
    ('a: 1\nb: !!int "abc"', 2, "tag '!!int'"),
    ("b: !own {c: 1}", 1, "tag '!own'"),
    ("? [a, b]\n: 1", 1, "a key must be plain text"),
    ("b: " + "9" * 5000, 1, "too long"),
    ("b: " + "9" * 390 + ".0", 1, "too long"),
    ("a: 1\n---\na: 2", 2, "second document"),
]


@pytest.mark.parametrize(("text", "line", "said"), HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_yaml_is_a_problem_with_its_line(text, line, said):
    found = strict_yaml.parse(text, "f.yaml").problems
    assert any(p.where == f"f.yaml:{line}" and said in p.what for p in found), found


def test_what_stands_after_a_problem_is_still_read():
    document = strict_yaml.parse("a: *x\nb: 1\nb: {c: *y}\nd: !!str 2\n", "f.yaml")
    assert [p.where for p in document.problems] == ["f.yaml:1", "f.yaml:3", "f.yaml:3", "f.yaml:4"]
    assert document.data == {"a": None, "b": 1, "d": "2"}
    assert document.where(("d",)) == "f.yaml:4"


@given(st.text(alphabet="[]{}&*!?:-,a1 \n'\"|>%~", max_size=60))
def test_yaml_never_raises_on_its_own_signs(text):
    strict_yaml.parse(text, "x")


@given(st.text())
def test_yaml_never_raises_on_text(text):
    strict_yaml.parse(text, "x")


def test_tables_have_no_stray_columns():
    from importlib import resources

    for name in ("economies.csv", "sectors.csv", "vocabulary.csv"):
        rows = list(csv.reader((resources.files("detente") / "data" / name).read_text(encoding="utf-8").splitlines()))
        assert {len(r) for r in rows} == {len(rows[0])}, name
