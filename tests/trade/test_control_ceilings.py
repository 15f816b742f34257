"""From licence practice to ceilings that a solve respects: shares as reported, rents and premiums as they must be."""

from __future__ import annotations

import json

import numpy as np
import pytest

from detente.controls import export_ceilings
from detente.errors import ScenarioError, ShockError
from detente.ledger import Ledger
from detente.study import read_scenario, run
from detente.trade import Shock, TradeModel
from detente.trade._control_ceilings import control_ceilings, controlled_items, left_out, premiums
from detente.world import World

MAGNETS = "rare-earth-magnets"


@pytest.fixture(scope="module")
def ledger():
    return Ledger.load()


@pytest.fixture(scope="module")
def world():
    return World.load("default").split(MAGNETS)


# CLEPA: 25 % granted by 4 June 2025, 60 % by 30 June; Dexter Magnetic: 5 of 180; the EU Chamber in September: 19
# granted and 121 pending of 141; the EU's special channel in November: more than half.
@pytest.mark.parametrize(
    ("day", "low", "central", "high"),
    [
        ("2025-06-11", 0.25, 0.25, 0.25),
        ("2025-07-01", 5 / 180, None, 0.60),
        ("2025-10-09", 19 / 141, None, 140 / 141),
        ("2026-06-01", 19 / 141, None, 1.0),
    ],
)
def test_ranges_are_the_reports(day, low, central, high):
    row = next(r for r in export_ceilings(day) if r["item"] == MAGNETS)
    assert (row["low"], row["high"]) == pytest.approx((low, high))
    assert row["central"] == central
    assert (row["exporter"], row["importers"]) == ("CHN", ["ALL"])
    assert row["measure"] == "chn.mofcom.18-2025"
    assert row["valid"][0] == "2025-04-04"
    assert row["leakage"] == [0.0, None]
    assert row["source"]


def test_before_the_law_nothing_and_before_a_report_unknown(ledger, world):
    assert not [r for r in export_ceilings("2025-04-03") if r["item"] == MAGNETS]
    row = next(r for r in export_ceilings("2025-05-01") if r["item"] == MAGNETS)
    assert (row["low"], row["central"], row["high"]) == (None, None, None)
    regime = ledger.on("2025-05-01")
    assert control_ceilings(regime, world) == []
    assert any("no share of licences granted" in text for text in left_out(regime))


def test_what_was_not_yet_reported_is_not_used():
    row = next(r for r in export_ceilings("2025-07-01", known="2025-06-11") if r["item"] == MAGNETS)
    assert (row["low"], row["high"]) == (0.25, 0.25)


def test_volumes_that_left_china_lie_where_the_shares_say():
    """Exports of magnets, tonnes: 1238 in May and 3188 in June 2025, 5278 in July 2024, before the law."""
    from shared_data import shared

    lines = shared("facts", "prc_magnet_exports.csv").read_text().splitlines()
    tonnes = {tuple(x.split(",")[:2]): float(x.split(",")[2]) for x in lines[1:]}
    before = tonnes["2024-07", "world"]
    row = next(r for r in export_ceilings("2025-07-01") if r["item"] == MAGNETS)
    for month in ("2025-05", "2025-06"):
        assert row["low"] < tonnes[month, "world"] / before < row["high"] + 0.01, month


def test_low_lets_through_less_than_high(ledger, world):
    regime = ledger.on("2025-07-01")
    [low], [high] = control_ceilings(regime, world, "low"), control_ceilings(regime, world, "high")
    assert low.value == pytest.approx(5 / 180)
    assert high.value == 0.6
    assert (low.exporter, low.importer, low.sectors, low.together) == ("CHN", "all", [MAGNETS], False)
    assert controlled_items(regime) == (MAGNETS,)


def test_a_world_without_the_good_and_another_bound_are_errors(ledger, world):
    with pytest.raises(ShockError, match="Split it out"):
        control_ceilings(ledger.on("2025-07-01"), World.load("default"))
    with pytest.raises(ShockError, match="low"):
        control_ceilings(ledger.on("2025-07-01"), world, "middle")


@pytest.mark.slow
def test_solved_limits_bind_where_they_have_a_price_and_nowhere_pass(ledger, world):
    """Complementarity: 0 <= premium, quantity <= limit, and their product is nothing."""
    ceilings = control_ceilings(ledger.on("2025-06-11"), world)
    solved = TradeModel(world).solve(Shock(export_ceilings=ceilings)).require()
    rows = premiums(solved)
    assert len(rows) == len(world.economies) - 1
    quantity = solved.array("trade_quantity_percent")
    j, i = world.sectors.index(MAGNETS), world.economies.index("CHN")
    for row in rows:
        n = world.economies.index(row["importer"][0])
        assert row["limit"] == 0.25
        assert row["trade_baseline"] == pytest.approx(world.trade[j, n, i], rel=1e-6)
        assert row["premium_percent"] >= 0
        assert 1 + quantity[j, n, i] / 100 <= 0.25 + 1e-6
        if row["premium_percent"] > 1e-6:
            assert 1 + quantity[j, n, i] / 100 == pytest.approx(0.25, rel=1e-6)
    assert np.median([r["premium_percent"] for r in rows]) > 0


def _file(tmp_path, after):
    path = tmp_path / "s.yaml"
    path.write_text(f"title: magnets\nbefore: {{regime: 2025-01-19}}\nafter: {after}\n")
    return path


def test_a_scenario_says_which_end_and_reports_what_a_licence_is_worth(tmp_path):
    dear = run(_file(tmp_path, "{regime: 2025-07-01, controls: low}"), tmp_path / "kept").as_dict()
    cheap = run(_file(tmp_path, "{regime: 2025-07-01, controls: high}")).as_dict()
    assert dear["status"] == cheap["status"] == "solved"

    def premium(answer):
        return next(r["premium_percent"] for r in answer["export_ceilings"] if r["importer"] == ["USA"])

    assert premium(dear) > premium(cheap) > 0
    assert any("advanced-chips" in note for note in dear["notes"])
    again = run(tmp_path / "kept" / "scenario.yaml")
    assert again.record["fingerprint"] == dear["fingerprint"] != cheap["fingerprint"]
    json.dumps(dear)


def test_none_is_the_default_and_changes_no_fingerprint(tmp_path):
    plain = read_scenario(_file(tmp_path, "{regime: 2025-07-01}"))
    stated = read_scenario(_file(tmp_path, "{regime: 2025-07-01, controls: none}"))
    assert plain.resolved() == stated.resolved()
    assert "controls" not in plain.resolved()["after"]


def test_a_ceiling_of_ones_own_takes_the_place_of_the_controls(tmp_path):
    own = "{export_ceiling: share_of_baseline, exporter: CHN, importer: USA, item: rare-earth-magnets, value: 0.5}"
    scenario = read_scenario(_file(tmp_path, f"{{regime: 2025-06-11, controls: low, changes: [{own}]}}"))
    _, shock = scenario.build()
    assert [(c.value, c.importer) for c in shock.export_ceilings] == [(0.5, ["USA"])]


@pytest.mark.parametrize("after", ["{regime: 2025-06-11, controls: lo}", "{controls: low}", "{controls: [low]}"])
def test_wrong_ends_are_refused_with_their_line(tmp_path, after):
    with pytest.raises(ScenarioError, match="controls"):
        read_scenario(_file(tmp_path, after))


def test_a_named_elasticity_set_goes_with_goods_split_out(tmp_path):
    """The split good bears its sector's elasticity: naming the default's own set changes nothing."""
    path = _file(tmp_path, "{regime: 2025-06-11, controls: low}")
    plain = run(path).as_dict()["export_ceilings"]
    path.write_text(path.read_text() + "model: {elasticities: fontagne-2022}\n")
    own = "{export_ceiling: share_of_baseline, exporter: CHN, importer: USA, item: rare-earth-magnets, value: 0.5}"
    named = run(path).as_dict()["export_ceilings"]
    assert [r["premium_percent"] for r in named] == pytest.approx([r["premium_percent"] for r in plain], rel=1e-6)
    path.write_text(path.read_text().replace("controls: low}", f"controls: low, changes: [{own}]}}"))
    assert read_scenario(path).items == ("rare-earth-magnets",)
