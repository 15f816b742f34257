"""Scores against closed forms; the book against its rule that nothing is edited after its day."""

from __future__ import annotations

import datetime as dt
import math

import pytest

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


def test_a_record_cannot_be_edited_from_its_day_on_only_superseded():
    book = ForecastBook((event(),))
    early = book.amend("a", dt.date(2027, 5, 31), statement="a smaller deal")
    assert early.find("a").statement == "a smaller deal"
    for day in (dt.date(2027, 6, 1), dt.date(2027, 12, 1)):
        with pytest.raises(UserError, match="cannot be edited"):
            book.amend("a", day, probability=(0.9, 0.95))
    newer = book.supersede("a", event(id="b", probability=(0.9, 0.95)))
    assert newer.find("a") == event()
    assert [r.id for r in newer.current()] == ["b"]
    with pytest.raises(UserError, match="is taken"):
        newer.add(event(id="b"))


def test_outcomes_are_appended_and_close_the_record():
    book = ForecastBook((event(),)).resolve("a", came("open")[0]).resolve("a", came("yes")[0])
    assert [o.state for o in book.find("a").outcomes] == ["open", "yes"]
    with pytest.raises(UserError, match="cannot be edited"):
        book.amend("a", dt.date(2027, 3, 2), statement="x")


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
