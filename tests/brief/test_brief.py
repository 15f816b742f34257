"""The brief: the figures of the press, the deadlines, the model's status, and what it does not claim."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest
from rich.console import Console

from detente.brief import Brief, render
from detente.errors import DateError, UnknownName
from detente.study import benchmarks, explain_headline


@pytest.fixture(scope="module")
def geneva():
    return Brief(on="2025-05-14")


def headline(brief, direction, name):
    return next(h for h in brief.tariffs[direction]["headline"] if h["name"] == name)


def test_geneva_cuts_both_sides_by_115_points(geneva):
    """Joint statement of 12 May 2025: 145 to 30 and 125 to 10."""
    us = headline(geneva, "USA<-CHN", "added in 2025")
    cn = headline(geneva, "CHN<-USA", "added in 2025 on all US goods")
    assert (us["previous"], us["rate"]) == (1.45, 0.30)
    assert (cn["previous"], cn["rate"]) == (1.25, 0.10)
    assert round(us["previous"] - us["rate"], 10) == round(cn["previous"] - cn["rate"], 10) == 1.15


def test_london_55_is_shown_beside_the_average_and_explained():
    """Announced 11 June 2025: 10 reciprocal + 20 fentanyl + 25 section 301."""
    brief = Brief(on="2025-06-11")
    part = brief.tariffs["USA<-CHN"]
    head = headline(brief, "USA<-CHN", "on a List 1-3 good")
    assert head["parts"] == {"s301": 0.25, "fentanyl": 0.20, "reciprocal": 0.10}
    assert head["rate"] == 0.55
    why = next(w for w in part["headline_explained"] if w["name"] == head["name"])
    assert why["average"] == pytest.approx(part["average"], abs=1e-9)
    assert why["gap"] == pytest.approx(part["average"] - 0.55, abs=1e-9)
    reach = {p["layer"]: p["reach"] for p in why["parts"]}
    assert reach["fentanyl"] == pytest.approx(1.0)
    assert all(0 < r <= 1 + 1e-9 for r in reach.values())
    # the account of the gap closes: average = sum of rate x reach over the parts, plus what is left out
    closed = sum(p["rate"] * p["reach"] for p in why["parts"]) + sum(x["points"] for x in why["left_out"])
    assert closed == pytest.approx(part["average"], abs=1e-9)


def test_layers_add_up_and_say_their_weights(geneva):
    for part in geneva.tariffs.values():
        assert sum(part["layers"].values()) == pytest.approx(part["average"], abs=1e-12)
        assert part["weights"]
        assert 0.9 < part["matched_share"] <= 1


def test_deadlines_of_geneva(geneva):
    """Both sides' 24 points were suspended for 90 days from 14 May 2025: to 12 August."""
    found = {d["measure"].split("#")[0]: d for d in geneva.deadlines if d["date"] == "2025-08-12"}
    assert {"usa.ieepa.reciprocal-cn", "chn.sctc.2025-04-reciprocal"} <= set(found)


def test_impact_says_its_status_and_its_settings(geneva):
    impact = geneva.impact
    assert impact["status"] == "solved"
    assert impact["residual"] < 1e-9
    assert impact["model"]["elasticities"] == "fontagne-2022"
    assert impact["baseline"] == "2025-01-19"
    assert set(impact["horizons"]) == {"long", "short"}
    for part in impact["horizons"].values():
        assert part["status"] == "solved"
        # the United States taxes everybody, China most: its sales fall furthest
        assert part["exports_percent"]["CHN->USA"] < part["exports_percent"]["others->USA"] < 0
        assert len(part["sectors"]["USA"]) == len(part["sectors"]["CHN"]) == 5
    parts = impact["parts_percent"]["USA"]
    assert sum(v for k, v in parts.items() if k != "total") == pytest.approx(parts["total"], abs=1e-9)


def test_the_baseline_day_costs_nothing():
    impact = Brief(on="2025-01-19").impact
    assert abs(impact["real_income_percent"]["USA"]) < 1e-7
    assert abs(impact["exports_percent"]["CHN->USA"]) < 1e-6


def test_forecast_and_outcome_stand_beside_the_model(geneva):
    found = {b["kind"]: b["value_percent"] for b in geneva.impact["benchmarks"]}
    assert found == {"forecast": -36, "outcome": -20.0}


def test_an_outcome_is_not_known_before_it_was_published():
    kinds = [b.kind for b in benchmarks("CHN->USA", dt.date(2025, 6, 11), dt.date(2025, 7, 1))]
    assert kinds == ["forecast"]


def test_past_the_evidence_the_brief_says_unknown():
    brief = Brief(on="2026-11-20")
    assert brief.warnings
    assert any(d["known"] == "unknown" for d in Brief(on="2026-10-09").deadlines)


def test_json_is_json_and_holds_the_agreed_keys(geneva):
    data = json.loads(json.dumps(geneva.to_dict(), allow_nan=False))
    assert {"on", "known", "tariffs", "controls", "commitments", "deadlines", "impact", "sources"} <= set(data)
    assert not {"leverage", "outlook", "claims"} & set(data)  # not built yet: absent, never faked
    wanted = {"baseline", "horizon", "status", "residual", "real_income_percent", "exports_percent", "gdp_percent"}
    assert wanted <= set(data["impact"])


def test_plain_text_when_piped(geneva):
    out = io.StringIO()
    render(geneva, Console(file=out, width=120))
    text = out.getvalue()
    assert "\x1b" not in text
    for says in ("30 % = fentanyl 20 + reciprocal 10", "2025-08-12", "residual", "elasticities fontagne-2022", "-36.0"):
        assert says in text, says


@pytest.mark.parametrize(
    ("kwargs", "error"),
    [({"on": "2017-12-31"}, DateError), ({"on": "14 May 2025"}, DateError), ({"between": ("USA", "ZZZ")}, UnknownName),
     ({"between": ("USA", "DEU")}, UnknownName), ({"between": ("USA", "USA")}, UnknownName)],
)  # fmt: skip
def test_bad_input(kwargs, error):
    with pytest.raises(error):
        Brief(**kwargs)


def test_both_clocks_are_told_at_once():
    with pytest.raises(DateError) as caught:
        Brief(on="x", known="y")
    assert len(caught.value.problems) == 2


def test_explain_headline_arithmetic():
    why = explain_headline(
        {"name": "h", "rate": 0.35, "parts": {"a": 0.25, "b": 0.10}},
        {"a": 0.15, "b": 0.1, "c": 0.02},
        {"a": 0.4, "b": 1.0},
    )
    assert why["average"] == 0.27
    assert why["left_out"] == [{"layer": "a", "points": pytest.approx(0.05)}, {"layer": "c", "points": 0.02}]


def test_an_article_is_set_beside_the_ledger(tmp_path):
    """A made-up article: one true cut and one that never was."""
    page = tmp_path / "page.txt"
    page.write_text(
        "Geneva, 14 May 2025. Washington lowered its tariffs on Chinese goods from 145% to 30%. "
        "Beijing lowered its tariffs on American goods from 125% to 60%.",
        encoding="utf-8",
    )
    brief = Brief(on="2025-05-14", read=page)
    verdicts = {round(c["to"], 2): c["ledger"]["verdict"] for c in brief.to_dict()["claims"] if c["to"] is not None}
    assert verdicts[0.3] == "supported"
    assert verdicts[0.6] == "contradicted"
    out = io.StringIO()
    render(brief, Console(file=out, width=140))
    assert "What the article claims" in out.getvalue()
    assert "claims" not in Brief(on="2025-05-14").to_dict()


def test_the_board_of_commitments():
    """Phase One fell short: USD 288.8 of 502.4 billion."""
    brief = Brief(on="2026-01-08")
    board = {c["id"]: c for c in brief.commitments}
    phase_one = next(c for c in board.values() if c["deal"].casefold().startswith("phase") and c["attainment"])
    assert any(abs((c["attainment"] or 0) - 288.8 / 502.4) < 5e-4 for c in board.values()), phase_one
    assert any(c["contested"] and "soy" in c["what"].casefold() for c in board.values())
