"""The two clocks at line level: rows of the tables obey them as events do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.ledger import Ledger
from detente.ledger._lines import Lines, visible
from detente.ledger._records import Measure

days = st.integers(0, 60)


@given(st.none() | days, st.none() | days, days, st.none() | days, st.dictionaries(days, days, max_size=4))
def test_a_row_dated_d_leaves_every_day_before_d(
    start: int | None, until: int | None, on: int, known: int | None, when: dict[int, int]
) -> None:
    if start is not None and on < start:
        assert not visible(start, until, on, known, when)
    if until is not None and on < until:
        assert visible(start, until, on, known, when) == visible(start, None, on, known, when)


@given(st.none() | days, days, days, days, st.dictionaries(days, days, max_size=4))
def test_an_end_learned_later_is_not_seen_before(
    start: int | None, until: int, on: int, known: int, when: dict[int, int]
) -> None:
    if known < when.get(until, until):
        assert visible(start, until, on, known, when) == visible(start, None, on, known, when)


@given(days, days, days)
def test_a_change_of_rows_leaves_no_day_without_a_row(turn: int, on: int, known: int) -> None:
    """The old row ends where the new one begins: at any two clocks exactly one of them holds."""
    assert visible(None, turn, on, known, {}) != visible(turn, None, on, known, {})


GOOD = """title: A duty
kind: tariff.additional
layer: s301
imposer: USA
targets: [CHN]
legal_basis: an act
source: hts
confidence: H
stacking: {group: broad, operator: add}
coverage:
  - {from: 2025-02-04, known: 2025-01-20, scope: usa.mine}
events:
  - {date: 2025-01-20, event: announced, takes_effect: 2025-02-04, rate: 0.10}
  - {date: 2025-02-04, event: entered_into_force}
  - {date: 2025-06-01, known: 2025-05-15, event: scope_changed}
"""
HEAD = "scope,hs,value,valid_from,valid_until,class,confidence,source\n"
BEFORE = "usa.mine,8481,1,2025-02-04,,,H,hts\n"
AFTER = "usa.mine,8481,1,2025-02-04,2025-06-01,,H,hts\nusa.mine,8505,1,2025-06-01,,,H,hts\n"


def ledger(folder: Path, rows: str, text: str = GOOD) -> Ledger:
    (folder / "usa" / "own").mkdir(parents=True, exist_ok=True)
    (folder / "lines").mkdir(exist_ok=True)
    (folder / "usa" / "own" / "duty.yaml").write_text(text, encoding="utf-8")
    (folder / "lines" / "usa-own.csv").write_text(HEAD + rows, encoding="utf-8")
    return Ledger.load(folder, cache=False)


@pytest.mark.parametrize("code", ["8481.80.30", "8505.11.00"])
@pytest.mark.parametrize("on", ["2025-02-03", "2025-02-04", "2025-05-31", "2025-06-01", "2025-09-01"])
def test_a_change_of_the_list_by_both_clocks(tmp_path: Path, code: str, on: str) -> None:
    """The list moves on 1 June, as was known from 15 May: no day before, no knowledge before, is touched."""
    old, new = ledger(tmp_path / "old", BEFORE), ledger(tmp_path / "new", AFTER)

    def duty(facts: Ledger, known: str | None) -> float:
        return facts.on(on, known).rate(code, importer="USA", exporter="CHN").by_layer().get("s301", 0.0)

    for known in ("2025-01-25", "2025-05-14", "2025-05-15", None):
        learned = known is None or known >= "2025-05-15"
        if on < "2025-06-01" or not learned:
            assert duty(new, known) == duty(old, known)
        else:
            assert duty(new, known) == (0.10 if code.startswith("8505") else 0.0)


CODES = ["8481.80.30", "8471.30.01.00", "7208.10.15.00", "8415.10.60.00", "0901.11.00", "8708.29.21", "8473.30.51.00"]
DAYS = ["2018-09-30", "2019-06-15", "2025-04-09", "2025-06-11", "2025-11-20", "2026-03-01", "2026-07-01"]


def _cut(source: Ledger, day: str, by_known: bool) -> Ledger:
    """The ledger without what was learned (or what holds) only after a day, rows of the tables included."""
    import dataclasses

    limit = dt.date.fromisoformat(day)

    def keep(item: object) -> bool:
        if by_known:
            return item.known <= limit  # type: ignore[attr-defined]
        first = getattr(item, "start", None) or min(item.date, item.effective)  # type: ignore[attr-defined]
        return bool(first <= limit)

    measures: dict[str, Measure] = {
        name: dataclasses.replace(
            m, events=tuple(e for e in m.events if keep(e)), coverage=tuple(c for c in m.coverage if keep(c))
        )
        for name, m in source.measures.items()
    }
    return Ledger(dataclasses.replace(source.facts, measures=measures), source.root)


@pytest.mark.parametrize("day", DAYS)
def test_the_embedded_lines_by_both_clocks(day: str) -> None:
    whole = Ledger.load()
    learned, dated = _cut(whole, day, by_known=True), _cut(whole, day, by_known=False)
    for code in CODES:
        for on in (d for d in DAYS if d <= day):
            now = whole.on(on).rate(code, importer="USA", exporter="CHN")
            assert dated.on(on).rate(code, importer="USA", exporter="CHN").by_layer() == now.by_layer()
        for on in DAYS:
            seen = whole.on(on, day).rate(code, importer="USA", exporter="CHN").by_layer()
            assert learned.on(on, day).rate(code, importer="USA", exporter="CHN").by_layer() == seen


def test_the_longest_prefix_governs(tmp_path: Path) -> None:
    facts = ledger(
        tmp_path, "usa.mine,8481,1,,,,H,hts\nusa.mine,84818030,0.5,,,,H,hts\nusa.mine,8481803010,0,,,,H,hts\n"
    )
    regime = facts.on("2025-04-01")
    for code, rate in (("8481.80.50", 0.10), ("8481.80.30.40", 0.05), ("8481.80.30.10", 0.0)):
        assert regime.rate(code, importer="USA", exporter="CHN").by_layer().get("s301", 0.0) == rate
    assert isinstance(facts.lines, Lines)
