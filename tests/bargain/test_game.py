"""The game of the United States and China on the embedded world, and game files that are wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from detente.bargain import Game, read_game
from detente.errors import DateError, ScenarioError, UnknownName


@pytest.fixture(scope="module")
def game() -> Game:
    return Game(on="2025-06-11")


def test_every_state_is_solved(game: Game) -> None:
    table = game.payoffs
    assert set(table.status) == {"solved"}
    assert table.residual.max() < 1e-8


def test_the_state_in_force_is_the_zero_of_payoffs(game: Game) -> None:
    np.testing.assert_array_equal(game.payoffs.of({}), 0.0)


def test_145_and_125_are_a_threat_state_and_no_equilibrium(game: Game) -> None:
    point = game.threat_point
    assert "not an equilibrium" in point["what"]
    assert all(v < 0 for v in point["payoffs_percent"].values())
    for p in game.players:
        low, high = point["range_percent"][p]
        assert low <= point["payoffs_percent"][p] <= high
    # what each would set for itself is far below what was threatened
    assert game.nash.status == "solved"
    threat = {lever.spec.owner: lever.average["threat"] for lever in game.board.levers if lever.spec.kind == "tariffs"}
    assert all(game.nash.average(p) < 0.25 * threat[p] for p in game.players)
    assert game.nash.deviation_gain_percent is not None
    assert game.nash.deviation_gain_percent < 1e-4


def test_shapley_values_of_all_instruments_add_up_to_the_whole_threat(game: Game) -> None:
    found = game.leverage
    for p in game.players:
        total = sum(r["shapley_usd_million"][p] for r in found["instruments"] if r["can_rise"])
        assert total == pytest.approx(found["whole_threat_usd_million"][p], rel=1e-9)


def test_pain_ratio_is_rivals_loss_over_own_in_the_same_money(game: Game) -> None:
    row = next(r for r in game.leverage["instruments"] if r["name"] == "chips")
    alone = game.payoffs.of({"chips": "threat"}) / 100 * game.payoffs.spending
    assert row["pain_ratio"] == pytest.approx(alone[1] / alone[0])
    assert row["pain_ratio"] > 1
    assert row["pain_ratio_range"][0] <= row["pain_ratio"] <= row["pain_ratio_range"][1]


def test_a_threat_that_costs_its_owner_nothing_is_called_free(game: Game) -> None:
    row = next(r for r in game.leverage["instruments"] if r["name"] == "rare-earths")
    assert row["alone_usd_million"]["CHN"] >= 0
    assert row["verdict"].startswith("free threat")
    assert row["pain_ratio"] is None


def test_deals_lie_in_the_zone_and_on_the_frontier(game: Game) -> None:
    for concept in ("nash", "equal_gains", "kalai_smorodinsky"):
        deal = game.agree(concept)
        assert deal["status"] == "solved"
        assert all(v > 0 for v in deal["gains_percent"].values())
        gains = [deal["gains_percent"][p] for p in game.players]
        assert game.zone.distance(gains)["common_percent"] < 1e-9


def test_past_deals_are_those_known_by_the_day(game: Game) -> None:
    assert [d["name"] for d in game.actual_deals()] == ["geneva"]


def test_geneva_on_its_own_day_is_the_state_in_force() -> None:
    game = Game(on="2025-05-14")
    (deal,) = game.actual_deals()
    assert all(abs(v) < 1e-6 for v in deal["payoffs_percent"].values())


def test_since_the_ruling_the_snap_back_is_one_sided() -> None:
    """The Supreme Court took the law from under the US duties on 20 February 2026, not from under China's."""
    game = Game(on="2026-09-01")
    ours, theirs = game.board.named("us-tariffs"), game.board.named("cn-tariffs")
    assert not ours.can_rise
    assert "legal basis" in ours.note
    assert theirs.can_rise


def test_before_anything_was_threatened_there_is_nothing_to_trade() -> None:
    game = Game(on="2025-01-20")
    assert [lever.spec.name for lever in game.board.levers] == ["chips"]
    assert any("CHN has no instrument" in line for line in game.warnings)


def test_odds_of_the_deadline_add_up(game: Game) -> None:
    found = game.deadline
    assert found["date"] == "2025-08-12"
    for row in found["drivers"]:
        for end in ("low", "high"):
            assert sum(row[end].values()) == pytest.approx(1.0)


def test_the_value_of_waiting_is_zero_at_once(game: Game) -> None:
    for case in game.stalling["cases"]:
        assert all(case["value"][p][0] == pytest.approx(0.0, abs=1e-9) for p in game.players)


def test_no_duty_needs_more_patience_than_a_deal_nearer_to_nash(game: Game) -> None:
    path = game.enforcement["path"]
    needs = [row["critical_discount"]["CHN"] for row in path]
    assert all(0 < d < 1 for d in needs)
    assert needs == sorted(needs, reverse=True)
    for row in path:
        assert all(v >= 0 for v in row["gain_from_cheating_percent"].values())


def own_file(folder: Path, *changes: tuple[str, str]) -> Path:
    from importlib import resources

    text = resources.files("detente").joinpath("data/bargain/us-china.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    place = folder / "game.yaml"
    place.write_text(text, encoding="utf-8")
    return place


def test_an_issue_with_stated_values_enters_the_deal_at_them(game: Game, tmp_path: Path) -> None:
    """Settling TikTok is worth 20 billion to the US and costs China 7.5: the Nash deal settles it, for that much."""
    stated = 'since: "2024-04-24", value: [10000, 30000], cost: [5000, 10000]}'
    file = own_file(tmp_path, ('since: "2024-04-24", value: unknown}', stated))
    with_issue = Game(on="2025-06-11", file=file)
    plain, deal = game.terms.deal("nash"), with_issue.terms.deal("nash")
    assert "tiktok" not in [r["name"] for r in with_issue.terms.report()["ordinal_only"]]
    assert deal["bundle"][0]["settled"] == ["tiktok"]
    assert deal["bundle"][0]["lifted"] == plain["bundle"][0]["lifted"]
    change = {p: deal["gains_usd_million"][p] - plain["gains_usd_million"][p] for p in game.players}
    assert change == pytest.approx({"USA": 20000.0, "CHN": -7500.0}, rel=1e-3)


def test_a_sector_that_counts_double_adds_its_income_once_more(game: Game, tmp_path: Path) -> None:
    weights = "weights:\n  sectors: {USA: {C24A: {value: [2.0, 2.0], source: ours}}}\n"
    heavy = Game(on="2025-06-11", file=own_file(tmp_path, ("weights:\n", weights)))
    threat = {lever.spec.name: "threat" for lever in game.board.levers if lever.can_rise}
    shocks = [game.board.shock({}), game.board.shock(threat)]
    income = game.model.solve_many(shocks)["sector_income_percent"].sel(sector="C24A", economy="USA").to_numpy()
    expected = game.payoffs.of(threat) + np.array([income[1] - income[0], 0.0])
    np.testing.assert_allclose(heavy.payoffs.of(threat), expected, atol=1e-9)


def test_what_has_been_stated_of_the_truce_is_used(game: Game, tmp_path: Path) -> None:
    """A truce that costs both more than waiting could bring makes both sign now."""
    stated = ("truce_cost_percent_a_month: {value: unknown", "truce_cost_percent_a_month: {value: [0.5, 0.5]")
    dear = Game(on="2025-06-11", file=own_file(tmp_path, stated))
    assert any(m > 0 for case in game.stalling["cases"] for m in case["best_month"].values())
    assert all(m == 0 for case in dear.stalling["cases"] for m in case["best_month"].values())


def test_ranges_hold_the_middle(game: Game) -> None:
    for row in game.leverage["instruments"]:
        for p in game.players:
            for what in ("alone_usd_million", "shapley_usd_million"):
                low, high = row[f"{what}_range"][p]
                assert low <= row[what][p] <= high
    for concept in ("nash", "equal_gains", "kalai_smorodinsky"):
        deal = game.agree(concept)
        for p in game.players:
            low, high = deal["gains_range_percent"][p]
            assert low <= deal["gains_percent"][p] <= high


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("owner: USA\n    kind: tariffs", "owner: MEX\n    kind: tariffs"), "owner"),
        (("kind: tariffs", "kind: sanctions"), "kind of instrument"),
        (("value: [0.4, 0.8]", "value: [0.8, 0.4]"), "not in order"),
        (("between: [USA, CHN]", "between: [USA]"), "between two economies"),
        (("horizon: short", "horizon: never"), "horizon"),
        (("half_life_months:\n    rare-earths", "half_life_months:\n    rare-earth"), "did you mean"),
        (('since: "2022-10-07"', 'since: "2022-13-07"'), "2022-13-07"),
        (("rent: importer", "rent: nobdy"), "nobody"),
    ],
)
def test_a_wrong_game_file_says_where(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    place = own_file(tmp_path, change)
    with pytest.raises(ScenarioError, match=r"game\.yaml:\d+") as error:
        read_game(place)
    assert message.lower() in str(error.value).lower()


def test_all_problems_of_a_game_file_come_at_once(tmp_path: Path) -> None:
    place = tmp_path / "game.yaml"
    place.write_text("between: [USA, CHN]\nhorizon: never\nplayers: 3\ninstruments: {}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        read_game(place)
    assert len(error.value.problems) >= 4


def test_sides_the_file_does_not_hold_are_refused() -> None:
    with pytest.raises(UnknownName, match="game between USA and CHN"):
        Game(on="2025-06-11", between=("USA", "JPN"))


def test_a_day_before_the_game_is_refused() -> None:
    with pytest.raises(DateError, match="base day"):
        Game(on="2024-06-11")


def test_command_gives_the_keys_others_call() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "detente", "bargain", "--between", "USA", "CHN", "--on", "2026-09-01", "--json"],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    keys = {
        "status",
        "tariffs",
        "payoffs_percent",
        "deviation_gain",
        "threat_point",
        "zone",
        "deal",
        "leverage",
        "stalling",
        "deadline",
        "enforcement",
    }
    assert keys <= set(answer)
    assert answer["status"] == "solved"
    assert answer["zone"]["ordinal_only"]
