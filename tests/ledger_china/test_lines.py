"""Chinese duties by line against the US matrix, the notices' own counts, and worked cases of the facts."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import itertools

import pytest

from ledger_china.tables import base, rate, rows, scopes
from shared_data import shared

STANDING = (  # what stood on 28 March 2025, the suspended car duties counted as the matrix counts them
    "chn.sctc.2018-answer-232@2018-04-02",
    "chn.sctc.2018-list-1@2018-07-06",
    "chn.sctc.2018-list-2@2018-08-23",
    "chn.sctc.2018-list-3@2019-06-01",
    "chn.sctc.2019-list-4@2020-02-14",
    "chn.sctc.2025-02@2025-02-10",
    "chn.sctc.2025-03@2025-03-10",
)
COLUMNS = ["scope", "hs", "value", "valid_from", "valid_until", "class", "confidence", "source"]


def parts(code: str) -> list[float]:
    return [found for scope in STANDING if (found := rate(scope, code))]


def test_the_lists_of_every_line_add_up_to_the_us_matrix() -> None:
    place = shared("data", "china", "cn_retaliation_on_us_2025-03-28_hs8.csv.gz")
    with gzip.open(place, "rt", encoding="utf-8") as file:
        printed = {row["hs8"]: float(row["retaliatory_rate_pct_2025_03_28"]) for row in csv.DictReader(file)}
    wrong = {code: (parts(code), want) for code, want in printed.items() if abs(sum(parts(code)) - want) > 0.01}
    suspended = {
        code
        for code in wrong
        if wrong[code][1] == 5.0 and code.startswith("8708") and not parts(code)  # HS6 rows carry them
    }
    assert len(printed) == 7048
    assert not set(wrong) - suspended, dict(list(wrong.items())[:5])


@pytest.mark.parametrize(
    ("code", "layers"),  # ../shared/facts: README checks F045 and F049, stacking cases G11, G13, G15
    [
        ("12019011", [25.0, 2.5, 10.0]),
        ("12019019", [25.0, 2.5, 10.0]),
        ("27011100", [25.0, 15.0]),
        ("27111100", [25.0, 15.0]),
        ("10059000", [25.0, 15.0]),
        ("27090000", [2.5, 10.0]),
        ("02031200", [25.0, 25.0, 5.0, 10.0]),
    ],
)
def test_worked_cases_to_the_basis_point(code: str, layers: list[float]) -> None:
    assert parts(code) == layers


@pytest.mark.parametrize(
    ("scope", "percent", "named", "off"),  # the notices' own counts; the tariff was renumbered in 2020 and 2022
    [
        ("chn.sctc.2018-answer-232@2018-04-02", 25.0, 8, 0),
        ("chn.sctc.2018-answer-232@2018-04-02", 15.0, 120, 5),
        ("chn.sctc.2018-list-3@2019-06-01", 25.0, 2493, 125),
        ("chn.sctc.2019-list-4@2019-09-01", 10.0, 916, 60),
        ("chn.sctc.2019-list-4@2019-09-01", 5.0, 801, 60),
        ("chn.sctc.2025-02@2025-02-10", 15.0, 8, 0),
        ("chn.sctc.2025-02@2025-02-10", 10.0, 72, 2),
        ("chn.sctc.2025-03@2025-03-10", 15.0, 29, 0),
        ("chn.sctc.2025-03@2025-03-10", 10.0, 711, 2),
    ],
)
def test_as_many_lines_as_the_notice_names(scope: str, percent: float, named: int, off: int) -> None:
    lines = [code for code in scopes()[scope] if len(code) == 8]
    assert abs(sum(rate(scope, code) == percent for code in lines) - named) <= off


def test_list_3_rose_as_its_four_annexes_say() -> None:
    then, now = "chn.sctc.2018-list-3@2018-09-24", "chn.sctc.2018-list-3@2019-06-01"
    steps = {(rate(then, code), rate(now, code)) for code in scopes()[then] if len(code) == 8}
    assert steps - {(0.0, 0.0), (5.0, 0.0)} == {(10.0, 25.0), (10.0, 20.0), (5.0, 10.0), (5.0, 5.0)}


def test_february_2020_halved_list_4() -> None:
    before, after = scopes()["chn.sctc.2019-list-4@2019-09-01"], scopes()["chn.sctc.2019-list-4@2020-02-14"]
    assert before.keys() == after.keys()
    assert all(after[code]["value"] == pytest.approx(before[code]["value"] / 2) for code in before)


@pytest.mark.parametrize("code", ["87032361", "87032413", "87038000", "87042100", "870840"])
def test_car_duties_rest_since_2019(code: str) -> None:
    lists = [
        ("chn.sctc.2018-list-1@2018-07-06", "chn.sctc.2018-list-1@2019-01-01"),
        ("chn.sctc.2018-list-2@2018-08-23", "chn.sctc.2018-list-2@2019-01-01"),
    ]
    assert sum(rate(first, code) for first, _ in lists) == 25.0
    assert sum(rate(later, code) for _, later in lists) == 0.0


def test_road_tractors_were_not_among_the_suspended() -> None:
    """8701.20 (since 2022: 8701.21 to .29) did not fall in January 2019, nor did any other tractor."""
    assert (
        rate("chn.sctc.2018-list-2@2019-01-01", "87012100")
        == rate("chn.sctc.2018-list-2@2018-08-23", "87012100")
        == 25.0
    )


def test_lists_1_to_3_do_not_overlap() -> None:
    for code in {c for scope in STANDING[1:4] for c in scopes()[scope] if len(c) == 8}:
        assert sum(rate(scope, code) > 0 for scope in STANDING[1:4]) <= 1, code


def test_car_base_duty_was_25_and_fell_to_15_in_july_2018() -> None:
    assert base("87032361", dt.date(2018, 6, 30)) == 25.0
    assert base("87032361", dt.date(2018, 7, 1)) == 15.0  # SCTC 2018 No.4: cars 25 and 20 to 15 %
    assert base("12019011", dt.date(2025, 5, 14)) == 3.0  # the bound and applied rate on yellow soybeans


def test_base_duties_leave_no_gap_and_no_overlap() -> None:
    spans: dict[str, list[tuple[dt.date, dt.date | None]]] = {}
    for row in rows("chn-mfn.parquet"):
        spans.setdefault(row["hs"], []).append((row["valid_from"], row["valid_until"]))
    for code, held in spans.items():
        held.sort(key=lambda span: span[0])
        assert held[0][0] == dt.date(2018, 1, 1), code
        assert held[-1][1] is None, code
        assert all(a[1] == b[0] for a, b in itertools.pairwise(held)), code


def test_every_row_is_of_the_shared_schema() -> None:
    for name in ("chn-lists.parquet", "chn-mfn.parquet"):
        for row in rows(name):
            assert list(row)[:8] == COLUMNS
            assert row["hs"].isdigit()
            assert len(row["hs"]) in (6, 8)
            assert row["confidence"] in ("H", "M", "L")
            assert (
                0.0 <= row["value"] <= (3.0 if row["specific"] else 1.0) if "specific" in row else row["value"] <= 1.0
            )


def test_weights_are_the_exports_of_2020() -> None:
    total = sum(row["value"] for row in rows("weights-chn-usa-2020.parquet"))
    assert total == pytest.approx(124.5e9, rel=0.01)  # US Census: exports of goods to China 2020, USD 124.5 billion


def test_sectors_are_known_and_fall_backs_are_said() -> None:
    from detente.nomenclature import goods

    table = rows("hs6-sector.parquet")
    assert {row["how"] for row in table} == {"hs6", "hs4"}
    assert {row["sector"] for row in table} <= set(goods())
    listed = {row["hs6"]: row["sector"] for row in table}
    assert listed["120190"] == "A01"
    weights = {row["hs"]: row["value"] for row in rows("weights-chn-usa-2020.parquet")}
    own = {row["hs6"] for row in table if row["how"] == "hs6"}
    share = sum(value for code, value in weights.items() if code in own) / sum(weights.values())
    assert share == pytest.approx(0.927, abs=0.002)  # ../shared/data/README.md
