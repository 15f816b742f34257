"""The two clocks as laws: the future never changes the past, nor knowledge what was known before it."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.ledger import Event, Ledger, Measure
from detente.ledger._records import Coverage
from detente.ledger._status import Clock, collected, scope_of, standing

START = dt.date(2025, 1, 1)
EDGE = dt.date(2026, 10, 9)
days = st.integers(0, 900).map(lambda n: START + dt.timedelta(days=n))
KINDS = ("announced", "entered_into_force", "rate_changed", "suspended", "resumed", "ended", "voided", "withdrawn")


@st.composite
def events(draw: st.DrawFn) -> Event:
    date = draw(days)
    kind = draw(st.sampled_from(KINDS))
    ahead = st.none() | st.integers(1, 300).map(lambda n: date + dt.timedelta(days=n))
    return Event(
        kind=kind,
        date=date,
        known=date - dt.timedelta(days=draw(st.integers(-40, 90))),
        source="s",
        confidence="H",
        takes_effect=draw(ahead) if kind == "announced" else None,
        rate=draw(st.none() | st.sampled_from([0.1, 0.34, 1.25])),
        until=draw(ahead) if kind in ("suspended", "entered_into_force") else None,
        then=draw(st.sampled_from(["resumes", "lapses"])),
        then_rate=0.5,
    )


def measure(parts: list[Event]) -> Measure:
    return Measure("m", "m", "tariff.additional", "USA", ("CHN",), "law", "s", "H", tuple(parts), layer="s301")


def law(parts: list[Event], clock: Clock) -> tuple[object, ...]:
    state, now = standing(parts, clock), collected(measure(parts), clock)
    return state.status, state.since, state.until, state.then, now.rate


@given(st.lists(events(), max_size=6), events(), days, st.none() | days)
def test_a_change_dated_d_leaves_every_day_before_d(
    past: list[Event], change: Event, on: dt.date, known: dt.date | None
) -> None:
    if on < change.date:
        clock = Clock(on, known, EDGE)
        assert law([*past, change], clock) == law(past, clock)


@given(st.lists(events(), max_size=6), events(), days, days)
def test_knowledge_dated_k_leaves_every_answer_known_before_k(
    past: list[Event], news: Event, on: dt.date, known: dt.date
) -> None:
    if known < news.known:
        clock = Clock(on, known, EDGE)
        assert law([*past, news], clock) == law(past, clock)


@given(st.lists(events(), min_size=1, max_size=6), days, days)
def test_the_order_in_the_file_does_not_matter_to_the_law(parts: list[Event], on: dt.date, known: dt.date) -> None:
    unique = {(e.date, e.known): e for e in parts}  # two acts of one day, learned on one day, have no order
    listed = list(unique.values())
    clock = Clock(on, known, EDGE)
    assert standing(listed, clock) == standing(listed[::-1], clock)


def trimmed(ledger: Ledger, keep: object) -> Ledger:
    """The ledger with only some events and coverage periods."""
    assert callable(keep)
    measures = {}
    for name, m in ledger.measures.items():
        parts = tuple(e for e in m.events if keep(e))
        scopes = tuple(c for c in m.coverage if keep(c))
        measures[name] = dataclasses.replace(m, events=parts, coverage=scopes)
    return Ledger(dataclasses.replace(ledger.facts, measures=measures), ledger.root)


DAYS = ["2018-09-30", "2019-06-15", "2020-03-01", "2025-02-15", "2025-04-09", "2025-06-11", "2025-11-20", "2026-03-01"]
PAIRS = [("USA", "CHN"), ("CHN", "USA")]


@pytest.mark.parametrize("known", DAYS)
def test_embedded_facts_learned_later_change_no_earlier_answer(known: str) -> None:
    ledger = Ledger.load()
    cut = dt.date.fromisoformat(known)
    old = trimmed(ledger, lambda x: x.known <= cut)
    for on in DAYS:
        for name in ledger.measures:
            now, then = ledger.status(name, on, known), old.status(name, on, known)
            assert {**now, "warnings": ()} == {**then, "warnings": ()}
        for importer, exporter in PAIRS:
            sides = [x.on(on, known).by_sector(importer=importer, exporter=exporter) for x in (ledger, old)]
            assert sides[0] == sides[1]


@pytest.mark.parametrize("day", DAYS)
def test_embedded_changes_dated_later_change_no_earlier_day(day: str) -> None:
    ledger = Ledger.load()
    cut = dt.date.fromisoformat(day)
    old = trimmed(ledger, lambda x: getattr(x, "date", None) is None or min(x.date, x.effective) <= cut)
    for importer, exporter in PAIRS:
        sides = [x.on(day).by_sector(importer=importer, exporter=exporter) for x in (ledger, old)]
        assert sides[0] == sides[1]


def test_a_later_act_replaces_what_an_earlier_one_had_ordered_for_the_days_after() -> None:
    """Ordered on 1 April: 34 % from the 20th. Ordered on 5 April: 10 % from the 6th on. On the 25th it is 10 %."""
    first = Event(
        "announced", dt.date(2025, 4, 1), dt.date(2025, 4, 1), "s", "H", takes_effect=dt.date(2025, 4, 20), rate=0.34
    )
    second = Event("rate_changed", dt.date(2025, 4, 6), dt.date(2025, 4, 5), "s", "H", rate=0.10)
    for order in ([first, second], [second, first]):
        assert collected(measure(order), Clock(dt.date(2025, 4, 25), None, EDGE)).rate == 0.10
        assert collected(measure(order), Clock(dt.date(2025, 4, 25), dt.date(2025, 4, 4), EDGE)).rate == 0.34


def test_a_scope_mended_afterwards_does_not_undo_a_later_one() -> None:
    """A correction of April's scope, learned in June, leaves May's scope, set in March, where it is."""
    may = Coverage(dt.date(2025, 5, 1), dt.date(2025, 3, 1), "may")
    april, mended = (Coverage(dt.date(2025, 4, 1), dt.date(2025, m, 1), f"april-{m}") for m in (4, 6))
    m = dataclasses.replace(measure([]), coverage=(may, april, mended))
    assert scope_of(m, Clock(dt.date(2025, 5, 2), None, EDGE)) == "may"
    assert scope_of(m, Clock(dt.date(2025, 4, 15), None, EDGE)) == "april-6"
    assert scope_of(m, Clock(dt.date(2025, 4, 15), dt.date(2025, 5, 31), EDGE)) == "april-4"
    assert scope_of(m, Clock(dt.date(2025, 3, 15), None, EDGE)) == ""
