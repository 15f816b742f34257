"""Look-ups: codes above the line, wrong codes, options, money, what the JSON holds, and how fast."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from detente.errors import UnknownName, UserError
from detente.ledger import Ledger


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def us(ledger: Ledger, day: str, code: str, known: str | None = None, **options: object) -> object:
    return ledger.on(day, known).rate(code, importer="USA", exporter="CHN", **options)  # type: ignore[arg-type]


def test_a_code_that_covers_lines_that_differ(ledger: Ledger) -> None:
    """8507.60.00 in December 2025: batteries for electric vehicles pay note 31's 25 %, others List 4A's 7.5 %."""
    rate = us(ledger, "2025-12-01", "8507.60.00")
    data = rate.to_dict()  # type: ignore[attr-defined]
    assert data["total"] == {"min": 0.309, "max": 0.484}
    assert {line["hs"]: line["total"] for line in data["lines"]} == {"8507600010": 0.484, "8507600020": 0.309}
    assert any("covers 2 lines that differ" in text for text in data["warnings"])


def test_json_keys(ledger: Ledger) -> None:
    data = us(ledger, "2025-06-11", "8481.80.30", value=14172.0).to_dict()  # type: ignore[attr-defined]
    assert {"total", "layers", "excluded", "warnings", "conditions"} <= set(data)
    for layer in data["layers"]:
        assert {"measure", "layer", "rate", "kind", "operator", "source", "confidence"} <= set(layer)
    assert round(sum(layer["rate"] for layer in data["layers"]), 10) == data["total"] == 0.606
    assert all(set(entry) == {"measure", "why"} for entry in data["excluded"])
    assert data["duty"]["total"] == round(14172 * 0.606, 2)
    assert data["duty"]["layers"]["usa.s301.list-3"] == 3543.0


WRONG = [  # (day, code, what must be said)
    ("2026-03-01", "8517.12.00", ("HS 2022", "code of HS 2017", "8517.13.00")),
    ("2026-03-01", "8507.60.00.20", ("HTS 2026 revision 4", "until 2026-01-31", "8507.60.00.90")),
    ("2025-06-30", "0901.11.00.35", ("revision 15", "from 2025-07-01")),
    ("2026-03-01", "8517.13.00.99", ("8517.13.00.00",)),
    ("2026-03-01", "9999.99.99", ("Chapter 99",)),
    ("2026-03-01", "85171", ("not an HS code",)),
    ("2026-03-01", "telephone", ("not an HS code",)),
]


@pytest.mark.parametrize(("day", "code", "said"), WRONG, ids=[code for _, code, _ in WRONG])
def test_wrong_codes(ledger: Ledger, day: str, code: str, said: tuple[str, ...]) -> None:
    with pytest.raises(UnknownName) as caught:
        us(ledger, day, code)
    for text in said:
        assert text in str(caught.value)


def test_an_old_code_on_an_old_day(ledger: Ledger) -> None:
    """Phones were 8517.12 until January 2022; their List 4B never came."""
    rate = us(ledger, "2019-12-20", "8517.12.00")
    assert rate.total == 0.0  # type: ignore[attr-defined]
    assert any(e["measure"] == "usa.s301.list-4b" and "suspended" in e["why"] for e in rate.excluded)  # type: ignore[attr-defined]
    assert any("carried back" in text for text in rate.warnings)  # type: ignore[attr-defined]


def test_a_specific_duty_is_kept_as_printed(ledger: Ledger) -> None:
    """Beef at 4.4 cents a kilogram: the part by weight is named, and not in the total."""
    rate = us(ledger, "2025-06-11", "0201.10.05.10")
    assert rate.specific == "4.4¢/kg"  # type: ignore[attr-defined]
    assert rate.by_layer() == {"s301": 0.075, "fentanyl": 0.2, "reciprocal": 0.1}  # type: ignore[attr-defined]
    assert any("4.4¢/kg" in text for text in rate.warnings)  # type: ignore[attr-defined]


def test_past_the_edge_the_answer_warns(ledger: Ledger) -> None:
    rate = ledger.on("2026-11-23").rate("1201.90.11", importer="CHN", exporter="USA")
    assert any("firm to" in text for text in rate.warnings)
    assert any("34 %" in text for text in rate.warnings)
    exclusions = us(ledger, "2026-11-23", "8473.30.51.00")
    assert any("usa.s301.exclusions: unknown" in text for text in exclusions.warnings)  # type: ignore[attr-defined]


def test_conditions_name_their_option_and_its_total(ledger: Ledger) -> None:
    """Every condition, taken as the option it names, gives the total it promised."""
    rate = us(ledger, "2026-05-01", "8415.10.60.00")
    conditions = rate.conditions  # type: ignore[attr-defined]
    assert conditions
    for entry in conditions:
        name, _, value = entry["option"].partition(" ")
        options = {
            "--use": {"use": value},
            "--metal-share": {"metal_share": float(value or 0) if name == "--metal-share" else 0},
        }
        chosen = options.get(name, {"in_transit": True})
        assert us(ledger, "2026-05-01", "8415.10.60.00", **chosen).total == entry["total"]  # type: ignore[attr-defined]


def test_metal_shares(ledger: Ledger) -> None:
    """One share for two metals is split between them, and never counts twice: 60 % metal at 50 % is 30 points."""
    line, day = "8418.10.00.85", "2025-09-10"
    both = [m for m in ("steel", "aluminium") if f"usa.s232.{m}" in {x.measure for x in us(ledger, day, line).layers}]  # type: ignore[attr-defined]
    assert both
    assert us(ledger, day, line, metal_share=0.6).by_layer()["s232"] == pytest.approx(0.30)  # type: ignore[attr-defined]
    exact = us(ledger, day, line, metal_share=dict.fromkeys(both, 0.6 / len(both)))
    assert exact.by_layer()["s232"] == pytest.approx(0.30)  # type: ignore[attr-defined]
    assert us(ledger, day, line, metal_share=0.6).by_layer()["reciprocal"] == pytest.approx(0.04)  # type: ignore[attr-defined]
    assert any("not what was declared" in text for text in us(ledger, day, line).warnings)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("options", "said"),
    [({"metal_share": 1.2}, "no share"), ({"metal_share": {"tin": 0.2}}, "metal"),
     ({"use": "civil-aircrft"}, "civil-aircraft"),
     ({"value": -1.0}, "customs value"), ({"value": float("nan")}, "customs value")],
)  # fmt: skip
def test_bad_options(ledger: Ledger, options: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        us(ledger, "2025-09-10", "8481.80.30", **options)


def test_ten_thousand_look_ups(ledger: Ledger) -> None:
    """Two seconds is the claim (benchmarks/ledger.py); here ten, for a busy machine."""
    regime = ledger.on("2025-06-11")
    known = set(ledger.lines.columns("USA", "usa.mfn")["hs"])
    codes = [str(c) for c in ledger.trade("USA", "CHN").codes if str(c) in known and regime_has(ledger, str(c))][
        :10_000
    ]
    start = time.perf_counter()
    total = sum(regime.rate(code, importer="USA", exporter="CHN").total or 0.0 for code in codes)
    assert time.perf_counter() - start < 10
    assert total > 0.2 * len(codes)  # the fentanyl duty alone


def regime_has(ledger: Ledger, code: str) -> bool:
    from detente.dates import parse_date
    from detente.ledger._status import Clock

    desk = ledger.desk("USA", "CHN", Clock(parse_date("2025-06-11"), None, ledger.thin_until))
    return desk.codes.valid(code, desk.clock)


def test_the_daily_series_is_fast(ledger: Ledger) -> None:
    """Twenty seconds is the claim; the day's count is arithmetic."""
    start = time.perf_counter()
    line = ledger.series("2018-01-01", "2026-10-09", importer="USA", exporter="CHN")
    assert time.perf_counter() - start < 20
    assert len(line.dates) == 3204
    assert list(line.to_frame().columns) == [*line.layers, "average"]


def test_steps_and_scopes_show_between_two_days(ledger: Ledger) -> None:
    """A list that keeps its name still moves: note 31 in January 2026, Annex II in November, steel in August 2025."""
    steps = {row["measure"] for row in ledger.diff("2025-12-31", "2026-01-01")["changed"]}
    assert "usa.s301.note-31" in steps
    assert "usa.s301.note-31" in {row["measure"] for row in ledger.deadlines("2025-12-01")}
    for first, second, name in (
        ("2025-11-12", "2025-11-13", "usa.ieepa.reciprocal-cn"),
        ("2025-08-17", "2025-08-18", "usa.s232.steel"),
    ):
        moved = {row["measure"]: row.get("scope") for row in ledger.diff(first, second)["changed"]}
        assert moved[name]
        assert moved[name]["from"] != moved[name]["to"]


def test_a_line_that_nobody_knew_of_has_no_known_base_rate(ledger: Ledger) -> None:
    """0901.11.00.35 came with the revision of 1 July 2025: seen from June its base rate is unknown, not nothing."""
    rate = us(ledger, "2025-08-15", "0901.11.00.35", known="2025-06-15")
    assert rate.total is None  # type: ignore[attr-defined]
    assert any("not at hand" in text for text in rate.warnings)  # type: ignore[attr-defined]
    assert rate.to_dict()["total"] is None  # type: ignore[attr-defined]


def test_metal_shares_cannot_exceed_the_whole() -> None:
    with pytest.raises(UserError, match=r"sum to 1\.6"):
        Ledger.load().on("2025-09-01").rate(
            "9403.99.90.20", importer="USA", exporter="CHN", metal_share={"steel": 0.7, "aluminium": 0.9}
        )


def test_a_series_far_beyond_the_evidence_is_refused() -> None:
    with pytest.raises(UserError, match="far beyond the evidence"):
        Ledger.load().series("2025-01-01", "9999-12-31", importer="USA", exporter="CHN")


@pytest.mark.parametrize("content", [b"", b"x", b"PAR1 and then nothing of the kind"])
def test_a_damaged_table_is_a_problem_with_its_name(tmp_path: Path, content: bytes) -> None:
    import shutil
    from importlib import resources

    with resources.as_file(resources.files("detente").joinpath("data/ledger")) as embedded:
        shutil.copytree(embedded, tmp_path / "facts")
    (tmp_path / "facts" / "lines" / "usa-s301.parquet").write_bytes(content)
    told = Ledger.check(tmp_path / "facts")
    assert any("usa-s301.parquet" in str(p) for p in told)
