"""Scores against closed forms; the book against its rule that nothing is edited after its day."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from detente import strict_yaml
from detente.claims import Forecast, ForecastBook, Outcome, base_rate, forecast_of, read, score
from detente.claims._scores import brier, censored_interval_score, crps, interval_score, log_score
from detente.errors import UserError

DAY = dt.date(2027, 3, 1)


def event(**changes):
    base = {
        "id": "a", "origin": "expert", "speaker": "Ana Duarte", "said_on": DAY, "source": "invented",
        "statement": "a deal",
        "kind": "event", "rule": "signed by the horizon", "probability": (0.55, 0.8), "horizon": dt.date(2027, 6, 1),
    }  # fmt: skip
    return Forecast(**(base | changes))


def came(state, value=None):
    return (Outcome(state, dt.date(2027, 6, 1), "invented", "H", value),)


def test_brier_and_log_of_a_verbal_probability_are_intervals():
    found = score(event(outcomes=came("yes")))
    assert found["brier"] == pytest.approx([(1 - 0.8) ** 2, (1 - 0.55) ** 2])
    assert found["log"] == pytest.approx([-math.log(0.8), -math.log(0.55)])
    assert found["right"] is True
    missed = score(event(outcomes=came("no")))
    assert missed["brier"] == pytest.approx([0.55**2, 0.8**2])


def test_a_probability_across_one_half_is_neither_right_nor_wrong():
    assert score(event(probability=(0.45, 0.55), outcomes=came("yes")))["right"] is None


def test_impossible_and_it_happened():
    assert log_score(0.0, True) == math.inf
    assert brier(0.0, True) == 1.0


def test_crps_of_a_number_is_the_absolute_error():
    found = score(event(kind="number", probability=None, value=-0.36, outcomes=came("value", -0.20)))
    assert found["crps"] == pytest.approx(0.16)


def test_crps_of_two_draws_in_closed_form():
    """Draws a < b, outcome y between: E|X-y| - E|X-X'|/2 = (b-a)/2 - (b-a)/4."""
    assert crps([1.0, 5.0], 2.0) == pytest.approx((5 - 1) / 4)


def test_crps_of_many_normal_draws_nears_the_closed_form():
    """CRPS(N(0,1), 0) = (sqrt(2) - 1) / sqrt(pi); quantiles stand for draws."""
    from statistics import NormalDist

    n = 2000
    draws = [NormalDist().inv_cdf((k + 0.5) / n) for k in range(n)]
    assert crps(draws, 0.0) == pytest.approx((math.sqrt(2) - 1) / math.sqrt(math.pi), abs=2e-3)


@pytest.mark.parametrize(("y", "wanted"), [(15, 10), (8, 10 + 2 / 0.1 * 2), (23, 10 + 2 / 0.1 * 3)])
def test_interval_score(y, wanted):
    assert interval_score(10, 20, 0.9, y) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("low", "high", "bound", "side", "wanted"),
    [
        (10, 20, 15, "at_least", 5), (10, 20, 25, "at_least", 10 + 20 * 5), (10, 20, 5, "at_least", 0),
        (10, 20, 15, "at_most", 5), (10, 20, 5, "at_most", 10 + 20 * 5), (10, 20, 25, "at_most", 0),
    ],
)  # fmt: skip
def test_censored_interval_score(low, high, bound, side, wanted):
    """Clip both at the bound; what lies beyond it cannot be judged."""
    assert censored_interval_score(low, high, 0.9, bound, side) == pytest.approx(wanted)


def test_a_bound_far_away_censors_nothing():
    record = event(
        kind="interval", probability=None, interval=(10.0, 20.0), level=0.9, outcomes=came("at_least", 1000.0)
    )
    assert score(record)["interval"] == pytest.approx(interval_score(10, 20, 0.9, 1000))


def test_base_rate_is_the_rule_of_succession_over_cases_decided_before():
    assert base_rate("truce-extended", dt.date(2025, 5, 1))["probability"] == pytest.approx(2 / 3)
    assert base_rate("deal-within-the-term", dt.date(2025, 5, 1))["probability"] == pytest.approx(1 / 3)
    everything = base_rate("threat-carried-out")
    assert everything["probability"] == pytest.approx((everything["k"] + 1) / (everything["n"] + 2))
    with pytest.raises(UserError, match="truce-extended"):
        base_rate("truce-extendet")


def test_skill_against_the_base_rate():
    found = score(
        event(probability=(0.9, 0.9), reference="truce-extended", said_on=dt.date(2025, 5, 1), outcomes=came("yes"))
    )
    assert found["brier_base"] == pytest.approx((1 / 3) ** 2)
    assert found["skill"] == pytest.approx([1 - 0.01 * 9, 1 - 0.01 * 9])
    opposite = score(event(reference="not truce-extended", said_on=dt.date(2025, 5, 1), outcomes=came("yes")))
    assert opposite["base_rate"] == pytest.approx(1 / 3)


@pytest.mark.parametrize("state", ["ambiguous", "open"])
def test_what_is_not_resolved_has_no_score(state):
    found = score(event(outcomes=came(state)))
    assert all(found[k] is None for k in ("brier", "log", "crps", "interval", "right"))
    assert found["note"]


def test_a_model_run_is_scored_like_an_expert():
    record = event(origin="model", kind="draws", probability=None, draws=(1.0, 5.0), outcomes=came("value", 2.0))
    assert score(record)["crps"] == pytest.approx(1.0)


LATER = {"said_on": dt.date(2098, 3, 1), "horizon": dt.date(2099, 6, 1)}
"""Days that no clock has reached: a record is judged by the real day, or a later one that is given."""


def test_a_record_cannot_be_edited_from_its_day_on_only_superseded():
    book = ForecastBook((event(**LATER),))
    early = book.amend("a", dt.date(2099, 5, 31), statement="a smaller deal")
    assert early.find("a").statement == "a smaller deal"
    for day in (dt.date(2099, 6, 1), dt.date(2099, 12, 1)):
        with pytest.raises(UserError, match="cannot be edited"):
            book.amend("a", day, probability=(0.9, 0.95))
    newer = book.supersede("a", event(**LATER | {"id": "b", "probability": (0.9, 0.95)}))
    assert newer.find("a") == event(**LATER)
    assert [r.id for r in newer.current()] == ["b"]
    with pytest.raises(UserError, match="is taken"):
        newer.add(event(**LATER | {"id": "b"}))


def test_an_earlier_day_given_opens_no_closed_record():
    past = {"said_on": dt.date(2020, 1, 1), "horizon": dt.date(2020, 2, 1)}
    with pytest.raises(UserError, match="cannot be edited"):
        ForecastBook((event(**past),)).amend("a", dt.date(2020, 1, 15), statement="x")


def test_the_days_of_a_record_are_not_amended():
    book = ForecastBook((event(**LATER),))
    for change in ({"horizon": dt.date(2199, 1, 1)}, {"said_on": dt.date(2098, 1, 1)}, {"supersedes": "b"}):
        with pytest.raises(UserError, match="is not amended"):
            book.amend("a", dt.date(2098, 4, 1), **change)


def test_without_a_horizon_a_record_is_open_on_its_day_alone():
    book = ForecastBook((event(**LATER | {"horizon": None}),))
    assert book.amend("a", LATER["said_on"], statement="x").find("a").statement == "x"
    with pytest.raises(UserError, match="cannot be edited"):
        book.amend("a", LATER["said_on"] + dt.timedelta(days=1), statement="x")


@pytest.mark.parametrize(
    "changes", [{"probability": (3, 0.6)}, {"foo": 1}, {"value": math.nan}, {"kind": "interval"}, {"seal": "x"}]
)
def test_no_record_is_amended_to_what_cannot_be_scored(changes):
    with pytest.raises(UserError):
        ForecastBook((event(**LATER),)).amend("a", dt.date(2098, 4, 1), **changes)


def test_outcomes_are_appended_and_close_the_record():
    book = ForecastBook((event(**LATER),))
    book = book.resolve("a", Outcome("open", dt.date(2099, 1, 1), "invented", "H"))
    book = book.resolve("a", Outcome("yes", dt.date(2099, 6, 1), "invented", "H"))
    assert [o.state for o in book.find("a").outcomes] == ["open", "yes"]
    with pytest.raises(UserError, match="cannot be edited"):
        book.amend("a", dt.date(2098, 3, 2), statement="x")


@pytest.mark.parametrize("outcome", [came("banana")[0], came("value")[0], came("value", math.inf)[0]])
def test_an_outcome_that_decides_nothing_is_refused(outcome):
    with pytest.raises(UserError):
        ForecastBook((event(),)).resolve("a", outcome)


def test_two_records_cannot_supersede_one_nor_one_itself():
    book = ForecastBook((event(),)).supersede("a", event(id="b"))
    with pytest.raises(UserError, match="b, c all supersede 'a'"):
        book.supersede("a", event(id="c"))
    assert [r.id for r in book.supersede("b", event(id="c")).current()] == ["c"]


NOT_SCORABLE = {
    "probability: [0.7, 0.2]": "no interval within 0 and 1",
    "probability: [.nan, 0.2]": "two numbers",
    "kind: interval, interval: [20, 10], level: 0.9": "wrong way round",
    "kind: interval, interval: [10, 20], level: 90": "no share between 0 and 1",
    "kind: interval, interval: [10, 20], level: 1.0": "no share between 0 and 1",
    "kind: interval, interval: [10, 20]": "needs `interval` and its `level`",
    'kind: number, value: "abc"': "is no number",
    "kind: number, value: .nan": "is no number",
    "kind: number, value: true": "is no number",
    "kind: draws": "at least two values",
    "kind: draws, draws: [1.0, .inf]": "draws must be numbers",
    "horizon: 2027-02-01": "before it was said",
    'outcomes: [{state: "yes", on: 2027-01-01, source: x}]': "before it was said",
    "outcomes: [{state: value, value: 1.0, on: 2027-06-01, source: x}]": "cannot come out as value",
    "kind: number, value: 1.0, outcomes: [{state: value, on: 2027-06-01, source: x}]": "needs a number",
    'kind: number, value: 1.0, outcomes: [{state: "yes", on: 2027-06-01, source: x}]': "cannot come out as yes",
    "outcomes: maybe": "must be a list",
    "topics: 3": "must be a list",
    "speaker: [x]": "must be text",
}


@pytest.mark.parametrize("line", NOT_SCORABLE)
def test_what_cannot_be_scored_is_refused_when_it_is_read(tmp_path, line):
    given = set(strict_yaml.parse("{" + line + "}", "line").data)
    rest = {"id": "a", "origin": "expert", "speaker": "X", "said_on": "2027-03-01", "source": "s", "statement": "t",
            "kind": "event", "rule": "r"}  # fmt: skip
    words = ", ".join([f"{k}: {v}" for k, v in rest.items() if k not in given] + [line])
    (tmp_path / "f.yaml").write_text("- {" + words + "}\n")
    with pytest.raises(UserError) as caught:
        ForecastBook.load(tmp_path)
    assert NOT_SCORABLE[line] in str(caught.value)


def test_an_unsealed_outcome_is_told_with_its_score(tmp_path):
    """A number rewritten after the day with its seal taken out must not pass for one that was kept."""
    record = event(kind="number", probability=None, value=-0.36, outcomes=came("value", -0.2))
    found = score(record)
    assert found["sealed"] is False
    assert "not sealed" in found["note"]
    import dataclasses

    sealed = dataclasses.replace(record, seal=record.sealed())
    assert score(sealed)["sealed"] is True
    rewritten = dataclasses.replace(sealed, value=-0.2)
    assert score(rewritten)["sealed"] is False


def test_the_embedded_records_are_sealed_and_told_so():
    assert all(score(r)["sealed"] for r in ForecastBook.load().records)


def test_an_edited_record_is_refused_when_it_is_read(tmp_path):
    import yaml

    rows = [r.to_dict() for r in ForecastBook((event(),)).resolve("a", came("yes")[0]).records]
    (tmp_path / "f.yaml").write_text(yaml.safe_dump(rows).replace("'", '"'))
    assert ForecastBook.load(tmp_path).find("a").sealed() == rows[0]["seal"]
    rows[0]["probability"] = [0.9, 0.95]
    (tmp_path / "f.yaml").write_text(yaml.safe_dump(rows))
    with pytest.raises(UserError, match="edited after it was sealed"):
        ForecastBook.load(tmp_path)


def test_every_problem_of_a_file_at_once(tmp_path):
    (tmp_path / "f.yaml").write_text("- {id: x, speeker: y, kind: event}\n- {id: z, origin: oracle}\n")
    with pytest.raises(UserError) as caught:
        ForecastBook.load(tmp_path)
    text = str(caught.value)
    assert "speeker" in text
    assert "oracle" in text
    assert "needs 'rule'" in text


def test_the_embedded_experts_have_rules_sources_and_outcomes():
    for record in ForecastBook.load().records:
        assert record.rule
        assert record.seal
        assert record.outcome is not None
        assert record.outcome.source


def test_a_claim_becomes_a_record_only_with_a_speaker_and_a_day():
    text = (
        'Ana Duarte, chief economist at Banco Horizonte, said on March 1, "A deal is very likely within three months."'
    )
    claim = next(c for c in read(text, on="2027-03-20").claims if c.probability)
    record = forecast_of(claim, name="duarte-deal", source="invented", rule="a deal is signed")
    assert (record.speaker, record.said_on, record.probability) == ("Ana Duarte", DAY, (0.8, 0.95))
    silent = read("The US raised tariffs on China to 30%.", on="2027-03-20").claims[0]
    with pytest.raises(UserError, match="needs a speaker"):
        forecast_of(silent, name="x", source="y", rule="z")
