"""Past truces: nothing seen in hindsight, counts by hand, intervals against their defining equations, the sources."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente import strict_yaml
from detente.bargain._intervals import jeffreys_interval, wilson_interval
from detente.bargain._truce_cases import KINDS, read_cases
from detente.bargain._truces import truce_rates, truces
from detente.errors import DateError, LedgerError, UnknownName, UserError

DAYS = st.dates(dt.date(2018, 6, 1), dt.date(2027, 3, 1))
law = settings(deadline=None, max_examples=60)


# -- as known on a day


@law
@given(DAYS, DAYS)
def test_nothing_is_seen_in_hindsight(on, known):
    for case in truces(on, known):
        assert case.set <= min(on, known)
        if case.settled:
            assert case.decided <= min(on, known)
        elif case.outcome == "open":
            assert case.deadline is None or case.deadline > on
        else:
            assert case.outcome == "unknown"
            assert case.deadline <= on
        if case.outcome in ("open", "unknown"):
            assert case.decided is None
            assert case.decision == ""


@law
@given(DAYS, DAYS)
def test_what_is_settled_stays_settled(one, other):
    early, late = sorted((one, other))
    later = {t.id: t for t in truces(late)}
    for case in truces(early):
        assert case.id in later
        if case.settled:
            assert later[case.id] == case


@pytest.mark.parametrize(
    ("on", "known", "expected"),
    [
        ("2019-02-23", None, {"buenos-aires": "open"}),
        ("2019-02-24", None, {"buenos-aires": "extended", "buenos-aires-open": "open"}),
        ("2019-05-10", None, {"buenos-aires": "extended", "buenos-aires-open": "collapsed"}),
        ("2025-09-01", "2025-07-01", {"geneva": "unknown"}),
        ("2025-09-01", None, {"geneva": "extended", "stockholm": "open"}),
        ("2026-11-09", None, {"busan": "open"}),
        ("2026-11-10", None, {"busan": "unknown"}),
        ("2026-11-23", None, {"busan": "unknown", "gallium-2026": "open", "new-york": "open"}),
        ("2027-01-10", None, {"busan": "unknown", "gallium-2026": "unknown", "new-york": "unknown"}),
    ],
)
def test_truces_by_hand(on, known, expected):
    found = {t.id: t.outcome for t in truces(on, known, ["truce"])}
    assert {key: found[key] for key in expected} == expected


def test_without_a_day_it_is_the_end_of_the_evidence():
    assert truces() == truces("2026-10-09")
    assert {t.id: t.outcome for t in truces()}["busan"] == "open"


def test_tiktok_was_put_off_five_times_before_the_sale():
    """EO 14352 (90 FR 47219) recites the chain of orders; each deadline is the end of the order before."""
    chain = truces(kinds=["statute"])
    assert [t.outcome for t in chain] == ["extended"] * 5 + ["deal"]
    for before, after in itertools.pairwise(chain):
        assert after.set == before.decided
    days = [(t.deadline - t.set).days for t in chain]
    assert days[1] == 75  # EO 14166
    assert days[5] == 120  # EO 14352


def test_counts_by_hand():
    found = truce_rates("2026-11-23")
    # truces: 3 put off, 2 ended; threats: 1 January and 1 October 2019, 8 November 2025 put off, and given up for a
    # deal those of 15 October and 15 December 2019 and of 1 November 2025
    assert (found.deal.count, found.extended.count, found.collapsed.count) == (3, 6, 2)
    assert len(found.cases) == 11
    assert found.decisions == 9  # Busan settled three of them
    assert [t.id for t in found.left_out] == ["busan", "gallium-2026", "new-york"]
    assert found.deal.share + found.extended.share + found.collapsed.share == pytest.approx(1.0)
    everything = truce_rates("2026-11-23", kinds=KINDS)
    assert (everything.extended.count, everything.deal.count) == (11, 4)


def test_before_the_first_case_nothing_is_known():
    found = truce_rates("2018-06-01")
    assert found.cases == ()
    assert np.isnan(found.deal.share)
    assert found.deal.jeffreys == (0.0, 1.0)
    assert found.deal.wilson == (0.0, 1.0)


def test_the_reference_class_of_forecasts_agrees():
    """`truce-extended` of the forecasts names the same decisions, from its own file."""
    text = resources.files("detente").joinpath("data/claims/base_rates.yaml").read_text(encoding="utf-8")
    classes = {row["class"]: row["cases"] for row in strict_yaml.parse(text, "base_rates.yaml").data}
    other = {dt.date.fromisoformat(c["decided"]): c["happened"] for c in classes["truce-extended"]}
    mine = {t.decided: t.outcome == "extended" for t in truces(kinds=["truce"]) if t.settled}
    assert {day: mine.get(day) for day in other} == other


# -- intervals


@law
@given(st.integers(1, 60), st.data(), st.floats(0.5, 0.99))
def test_jeffreys_leaves_half_the_rest_on_each_side(n, data, level):
    """With p = sin^2 a the density of Beta(k + 1/2, n - k + 1/2) is sin^2k cos^2(n - k), summed numerically."""
    k = data.draw(st.integers(0, n))
    low, high = (float(end) for end in jeffreys_interval(k, n, level))
    angle = np.linspace(0, np.pi / 2, 20_001)
    density = np.sin(angle) ** (2 * k) * np.cos(angle) ** (2 * (n - k))
    total = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2)])
    below = np.interp(np.arcsin(np.sqrt([low, high])), angle, total / total[-1])
    tail = (1 - level) / 2
    assert below[0] == pytest.approx(0 if k == 0 else tail, abs=1e-5)
    assert below[1] == pytest.approx(1 if k == n else 1 - tail, abs=1e-5)


@law
@given(st.integers(1, 200), st.data())
def test_wilsons_ends_solve_his_equation(n, data):
    """|k/n - p| = z sqrt(p (1 - p) / n) at both ends, z = 1.959964 for 95 %."""
    k = data.draw(st.integers(0, n))
    for p in map(float, wilson_interval(k, n)):
        assert abs(k / n - p) == pytest.approx(1.959964 * np.sqrt(p * (1 - p) / n), abs=2e-7)
        assert 0 <= p <= 1


@law
@given(st.integers(0, 40), st.integers(0, 40))
def test_intervals_mirror(k, rest):
    for interval in (jeffreys_interval, wilson_interval):
        low, high = interval(k, k + rest)
        other_low, other_high = interval(rest, k + rest)
        assert float(low) == pytest.approx(1 - float(other_high), abs=1e-12)
        assert float(high) == pytest.approx(1 - float(other_low), abs=1e-12)


def test_intervals_take_arrays():
    low, high = wilson_interval([0, 3], [5, 5])
    assert low[0] == 0
    assert high[0] == pytest.approx(1.959964**2 / (5 + 1.959964**2), abs=1e-6)
    assert low[1] == pytest.approx(float(wilson_interval(3, 5)[0]))


# -- the file


def test_every_row_named_is_in_the_compiled_facts_and_holds_the_deadline():
    facts = Path(__file__).resolve().parents[2].parent / "shared" / "facts" / "measures_timeline.csv"
    if not facts.exists():
        pytest.skip("the compiled facts are not beside this checkout")
    with facts.open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: " ".join(row.values()) for row in csv.DictReader(file)}
    for case in truces("2027-02-01"):
        named = [s for s in case.sources if s.startswith("F")]
        assert set(named) <= set(rows), case.id
        if named and case.deadline is not None:
            day = case.deadline
            spellings = (
                day.isoformat(), f"{day.day} {day:%b %Y}", f"{day.day} {day:%b}", f"{day.day:02d} {day:%b}",
                f"{day:%Y-%m}-01/{day:%d}",
            )  # fmt: skip
            text = " ".join(rows[s] for s in named)
            assert any(s in text for s in spellings), case.id


BAD = """evidence_until: 2026-13-09
cases:
  - {id: a, name: A, kind: truse, set: 2025-05-12, deadline: 2025-01-01, outcome: extended, decided: 2025-08-11,
     decision: x, note: n, sources: [], confidence: Z}
  - {id: b, name: B, kind: truce, set: soon, deadline: null, outcome: unknown, decision: x, note: n, sources: [F1],
     confidence: H}
  - {id: c, name: C}
  - {id: d, name: D, kind: truce, set: 2025-05-12, deadline: null, outcome: unknown, decision: x, note: n,
     sources: [F1], confidence: H}
  - {id: d, name: D, kind: truce, set: 2025-05-12, deadline: null, outcome: unknown, decision: x, note: n,
     sources: [F1], confidence: H}
"""


def test_everything_wrong_in_a_file_is_said_at_once_with_its_line():
    with pytest.raises(LedgerError) as caught:
        read_cases(BAD, "own.yaml")
    text = str(caught.value)
    for piece in (
        "own.yaml:3: 'truse'", "Did you mean truce?", "needs its sources", "'Z'", "after its deadline",
        "own.yaml:5: 'soon' is not a date", "own.yaml:7: a case has other keys", "'d' stands twice",
        "own.yaml:1: '2026-13-09'",
    ):  # fmt: skip
        assert piece in text, piece
    with pytest.raises(LedgerError, match="evidence_until"):
        read_cases("cases: 3", "own.yaml")


def test_questions_that_cannot_be_answered():
    with pytest.raises(DateError):
        truces("yesterday")
    with pytest.raises(UnknownName, match="truce"):
        truces(kinds=["truces"])
    with pytest.raises(UserError, match="level"):
        truce_rates(level=1.0)
    with pytest.raises(UserError, match="count"):
        jeffreys_interval(3, 2)
