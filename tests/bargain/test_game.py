"""The game of the United States and China on the embedded world, and game files that are wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from detente.bargain import Game, read_game
from detente.bargain._terms import Terms
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
    """On the frontier of what both want: own income less 0.1 (the middle of 0 to 0.2) of the rival's."""
    for concept in ("nash", "equal_gains", "kalai_smorodinsky"):
        deal = game.agree(concept)
        assert deal["status"] == "solved"
        assert all(v > 0 for v in deal["gains_percent"].values())
        gains = [deal["gains_percent"][p] for p in game.players]
        wanted = [gains[0] - 0.1 * gains[1], gains[1] - 0.1 * gains[0]]
        assert game.terms.wanted().distance(wanted)["common_percent"] < 1e-9


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


def test_announced_tariffs_are_threats_before_they_are_collected() -> None:
    """China's lists of 4 February 2025 (10 and 15 %) were to be collected from the 10th."""
    from detente.ledger import Ledger

    board = Game(on="2025-02-05").board
    lever = board.named("cn-tariffs")
    assert lever.can_rise
    assert "2025-02-10" in lever.note
    coming = Ledger.load().on("2025-02-10", known="2025-02-05").average(importer="CHN", exporter="USA")
    assert lever.average["threat"] == pytest.approx(coming.average)


def test_a_post_without_a_text_is_a_threat_while_it_stands() -> None:
    """An additional 100 % from 1 November 2025: announced on 10 October, withdrawn on 1 November."""
    from detente.ledger import Ledger

    rates = {day: Game(on=day).board.named("us-tariffs") for day in ("2025-10-09", "2025-10-11", "2025-11-02")}
    today = Ledger.load().on("2025-10-11").average(importer="USA", exporter="CHN").average
    assert rates["2025-10-11"].average["threat"] == pytest.approx(today + 1.0)
    assert all(rates[day].average["threat"] < today + 0.9 for day in ("2025-10-09", "2025-11-02"))


def test_nothing_is_known_before_it_was_published() -> None:
    """On 1 May 2025 nobody had the customs figures of May to December, nor knew of the stop of soybeans."""
    known = {lever.spec.name: lever.in_force for lever in Game(on="2025-10-01", known="2025-05-01").board.levers}
    then = {lever.spec.name: lever.in_force for lever in Game(on="2025-05-01", known="2025-05-01").board.levers}
    assert known == then
    assert known["soybeans"] is None
    later = {lever.spec.name: lever.in_force for lever in Game(on="2025-10-01").board.levers}
    assert later["soybeans"] is not None
    assert later["rare-earths"] != known["rare-earths"]


def test_each_range_of_a_lever_moves_alone_and_the_widest_move_is_in_its_range(game: Game) -> None:
    """Chips 0.7 to 0.95 in force, 0.4 to 0.8 threatened: each row moves one; the range holds 0.95 to 0.4."""
    rows = {r["assumption"]: [e["at"] for e in r["ends"]] for r in game.tornado}
    assert rows["US chip controls: in force"] == ["0.7", "0.95"]
    assert rows["US chip controls: threat"] == ["0.4", "0.8"]
    wide = {"chips.in_force": "high", "chips.threat": "low"}
    shocks = [game.board.shock({}, wide), game.board.shock({"chips": "threat"}, wide)]
    limits = [[c.value for c in s.export_ceilings if c.sectors == ["advanced-chips"]] for s in shocks]
    assert limits == [[0.95], [0.4]]
    level = game.model.solve_many(shocks)["real_income_percent"].sel(economy="CHN").to_numpy()
    row = next(r for r in game.leverage["instruments"] if r["name"] == "chips")
    lost = (level[1] - level[0]) / 100 * game.payoffs.spending[1]
    assert row["alone_usd_million_range"]["CHN"][0] == pytest.approx(lost, rel=1e-6)


def test_who_gets_the_rent_can_turn_a_threat_round_and_is_said(game: Game) -> None:
    row = next(r for r in game.leverage["instruments"] if r["name"] == "chips")
    assert row["alone_usd_million_range"]["CHN"][1] > 0
    assert any("rent importer" in label for c in row["contrary"] for label in c["under"])


def test_odds_that_miss_the_base_rate_are_said() -> None:
    from detente.bargain._term import disagreement

    rate = {"rates": {"deal": {"of": 7, "low": 0.09, "high": 0.59}, "collapse": {"of": 7, "low": 0.09, "high": 0.59}}}
    apart = disagreement({"odds": {"deal": [0.7, 0.8, 0.9], "collapse": [0.05, 0.1, 0.2]}}, rate)
    assert "deal 70 to 90 % against 9 to 59 %" in apart
    assert "collapse" not in apart
    assert disagreement({"odds": {"deal": [0.5, 0.8, 0.9], "collapse": [0.05, 0.1, 0.2]}}, rate) == ""


def test_the_models_odds_and_the_base_rate_are_both_recorded(game: Game) -> None:
    past = game.deadline["base_rate"]["rates"]["deal"]
    ours, theirs = game.odds_records()
    assert theirs["odds"]["deal"] == [past["low"], past["high"]]
    assert ours["deadline"] == theirs["deadline"] == "2025-08-12"


def test_a_missed_deadline_brings_back_what_was_suspended_to_that_day(game: Game) -> None:
    """The 24 points of Geneva on each side: China's on all goods; less on the US side, whose list exempts some."""
    for name in ("us-tariffs", "cn-tariffs"):
        lever = game.board.named(name)
        more = lever.rates["missed"] - lever.rates["in_force"]
        goods = np.array([s != "SERV" for s in game.board.world.sectors])
        assert more.max() == pytest.approx(0.24)
        assert (more >= 0).all()
        if name == "cn-tariffs":
            np.testing.assert_allclose(more[goods], 0.24, atol=1e-9)
    assert game.deadline["collapse"]["state"] == {"us-tariffs": "missed", "cn-tariffs": "missed"}


def test_what_was_announced_for_a_day_makes_that_day_a_deadline() -> None:
    """15 October 2025: an additional 100 % on 1 November comes before the truce ends on the 10th."""
    board = Game(on="2025-10-15")
    assert board._ahead["date"] == "2025-11-01"
    lever = board.board.named("us-tariffs")
    assert (lever.rates["missed"] - lever.rates["in_force"]).max() == pytest.approx(1.0)
    assert Game(on="2025-02-05")._ahead["measures"] == ["chn.sctc.2025-02"]


def test_the_range_of_a_shapley_share_is_near_the_shares_under_other_assumptions(game: Game) -> None:
    """All 2^7 states again with the soybeans' rent at the exporter: the share lies at the end of the range."""
    import math
    from itertools import combinations

    rise = [lever.spec.name for lever in game.board.levers if lever.can_rise]
    at = {"soybeans.rent": "exporter"}
    sets = [frozenset(c) for n in range(len(rise) + 1) for c in combinations(rise, n)]
    found = game.model.solve_many([game.board.shock(dict.fromkeys(s, "threat"), at) for s in sets])
    income = found["real_income_percent"].sel(economy="CHN").to_numpy() / 100 * game.payoffs.spending[1]
    value = dict(zip(sets, income, strict=True))
    others = [s for s in sets if "soybeans" not in s]
    share = sum(
        (value[s | {"soybeans"}] - value[s]) * math.factorial(len(s)) * math.factorial(6 - len(s)) / math.factorial(7)
        for s in others
    )
    row = next(r for r in game.leverage["instruments"] if r["name"] == "soybeans")
    assert row["shapley_usd_million_range"]["CHN"][0] == pytest.approx(share, rel=0.05)


def test_nash_tariffs_have_a_range_over_elasticity_sets(game: Game) -> None:
    for p in game.players:
        low, high = game.nash_range[p]
        assert low <= game.nash.average(p) <= high
        assert high - low > 0.01


def test_a_deadline_is_one_of_the_games_own() -> None:
    """On 12 November 2026 the ban on gallium ends its suspension on the 27th: no instrument here; 10 January is."""
    found = Game(on="2026-11-12")._ahead
    assert found["date"] == "2027-01-10"
    assert found["reported"]
    assert any("46-2024" in row for row in found["others"])


def test_a_voided_duty_sets_no_deadline() -> None:
    found = Game(on="2026-03-01")._ahead
    assert found["date"] == "2026-11-10"
    assert not any("ieepa" in name for name in found["measures"])


def test_a_threat_whose_range_goes_further_than_what_is_in_force_is_one(tmp_path: Path) -> None:
    file = own_file(tmp_path, ("threat: {value: [0.0, 0.1]", "threat: {value: [0.0, 0.9]"))
    lever = Game(on="2025-06-11", file=file).board.named("rare-earths")
    assert lever.can_rise  # its middle, 0.45, is laxer than 0.34 in force; its low end is not
    assert lever.level("threat", {}) == pytest.approx(0.34)
    assert lever.level("threat", {"rare-earths.threat": "low"}) == 0.0


def test_stated_rivalry_that_empties_the_zone_leaves_no_deal(game: Game, tmp_path: Path) -> None:
    """With a US weight of 3 to 5, above the largest the zone bears, no concept finds a deal; without it all do."""
    stated = "USA: {value: [3.0, 5.0], confidence: L, source: ours}"
    elicited = "USA: {value: [0.0, 0.2], confidence: L, source: elicited; no study measures it}"
    hostile = terms_of(game, own_file(tmp_path, (elicited, stated)))
    report = hostile.report()
    assert report["largest_rivalry"]["USA"] < 3
    assert (report["status"], report["status_without_rivalry"]) == ("empty", "open")
    assert {hostile.deal(c)["status"] for c in ("nash", "equal_gains", "kalai_smorodinsky")} == {"empty_zone"}


def test_unknown_rivalry_is_said_to_count_as_nothing(game: Game, tmp_path: Path) -> None:
    stated = "USA: {value: unknown, confidence: L, source: nobody}"
    elicited = "USA: {value: [0.0, 0.2], confidence: L, source: elicited; no study measures it}"
    terms = terms_of(game, own_file(tmp_path, (elicited, stated)))
    assert any("USA is unknown" in line for line in terms.report()["notes"])


@pytest.mark.slow
def test_from_nash_tariffs_there_is_a_cut_both_would_sign() -> None:
    """At Nash a small cut by both costs neither anything of first order by its own duty: there is something to gain."""
    nash = Game(on="2026-09-01", threat="nash", horizon="long")
    assert nash.threat_point["state"] == {"us-tariffs": "nash", "cn-tariffs": "nash"}
    assert nash.terms.report()["status"] == "open"
    deal = nash.agree("nash")
    assert any("of_nash" in part for part in deal["bundle"])
    assert deal["gains_range_percent"]
    assert nash.stalling["status"] == "not_asked"


def terms_of(game: Game, file: Path) -> Terms:
    """Terms by another game file over payoffs already priced."""
    return Terms(read_game(file), game.clocks.on, game.payoffs, game._threat)


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
    mild = [(f"{p}: {{value: [0.0, 0.2], confidence: L", f"{p}: {{value: 0.0, confidence: L") for p in game.players]
    plain = terms_of(game, own_file(tmp_path, *mild)).deal("nash")
    terms = terms_of(game, own_file(tmp_path, ('since: "2024-04-24", value: unknown}', stated), *mild))
    deal = terms.deal("nash")
    assert "tiktok" not in [r["name"] for r in terms.report()["ordinal_only"]]
    assert deal["bundle"][0]["settled"] == ["tiktok"]
    assert deal["bundle"][0]["lifted"] == plain["bundle"][0]["lifted"]
    change = {p: deal["gains_usd_million"][p] - plain["gains_usd_million"][p] for p in game.players}
    assert change == pytest.approx({"USA": 20000.0, "CHN": -7500.0}, rel=1e-3)


def test_a_sector_that_counts_double_adds_its_income_once_more(game: Game, tmp_path: Path) -> None:
    from detente.bargain._payoffs import objective

    weights = "weights:\n  sectors: {USA: {C24A: {value: [2.0, 2.0], source: ours}}}\n"
    heavy = read_game(own_file(tmp_path, ("weights:\n", weights)))
    threat = {lever.spec.name: "threat" for lever in game.board.levers if lever.can_rise}
    found = game.model.solve_many([game.board.shock({}), game.board.shock(threat)])
    income = found["sector_income_percent"].sel(sector="C24A", economy="USA").to_numpy()
    expected = game.payoffs.of(threat) + np.array([income[1] - income[0], 0.0])
    level = objective(found, game.model, heavy)
    np.testing.assert_allclose(level[1] - level[0], expected, atol=1e-9)


def test_what_has_been_stated_of_the_truce_is_used(game: Game, tmp_path: Path) -> None:
    """A truce that costs both more than waiting could bring makes both sign now."""
    from detente.bargain._leverage import leverage
    from detente.bargain._stall import floors, stalling

    stated = ("truce_cost_percent_a_month: {value: unknown", "truce_cost_percent_a_month: {value: [0.5, 0.5]")
    dear = read_game(own_file(tmp_path, stated))
    held = leverage(game.board, game.payoffs, {})
    stay = floors(game.board, game.model, game.payoffs)
    cases = stalling(dear, game.board, game.payoffs, held, stay, game._pie(), "short")["cases"]
    assert any(m > 0 for case in game.stalling["cases"] for m in case["best_month"].values())
    assert all(m == 0 for case in cases for m in case["best_month"].values())


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
        (("    against: CHN\n", "    against: CHN\n    threat: {value: [2.0, 3.0]}\n"), "does not go with tariffs"),
        (('{title: Geneva, on: "2025-05-14"}', '{title: Geneva, on: "2024-05-14"}'), "after the base day"),
    ],
)
def test_a_wrong_game_file_says_where(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    place = own_file(tmp_path, change)
    with pytest.raises(ScenarioError, match=r"game\.yaml:\d+") as error:
        read_game(place)
    assert message.lower() in str(error.value).lower()


def test_an_issue_with_a_value_and_no_cost_is_not_told_as_unknown(game: Game, tmp_path: Path) -> None:
    stated = 'since: "2024-04-24", value: [10000, 30000]}'
    file = own_file(tmp_path, ('since: "2024-04-24", value: unknown}', stated))
    row = next(r for r in terms_of(game, file).report()["ordinal_only"] if r["name"] == "tiktok")
    assert row["value"] == [10000.0, 30000.0]
    assert "costs CHN" in row["lacks"]


def test_a_measure_the_ledger_does_not_hold_is_refused(tmp_path: Path) -> None:
    file = own_file(tmp_path, ("measures: [usa.ustr.port-fees]", "measures: [usa.ustr.port-fee]"))
    with pytest.raises(UnknownName, match=r"usa\.ustr\.port-fees"):
        Game(on="2025-06-11", file=file)


def test_what_is_not_stated_is_said_to_be_assumed(game: Game, tmp_path: Path) -> None:
    text = own_file(tmp_path).read_text(encoding="utf-8")
    place = tmp_path / "bare.yaml"
    place.write_text(text[: text.index("weights:")] + "deals: {}\n", encoding="utf-8")
    assert any("rivalry weight of USA is not stated" in line for line in terms_of(game, place).report()["notes"])
    assert "5 % a year assumed" in read_game(place).discount["CHN"].source


def test_a_post_with_a_range_moves_the_threat_by_it(tmp_path: Path) -> None:
    from detente.bargain._tornado import _cases

    file = own_file(
        tmp_path,
        (
            'value: [1.0, 1.0], confidence: M, source: "an additional',
            'value: [0.5, 3.0], confidence: M, source: "an additional',
        ),
    )
    wide = Game(on="2025-10-15", file=file)
    rates = wide.board.named("us-tariffs").rates
    held = rates["threat-high"] - rates["threat-low"]
    assert held.max() == pytest.approx(2.5)
    assert wide.board.choice({"us-tariffs": "threat"}, {"us-tariffs.threat": "low"})[0] == "threat-low"
    assert [c.end for c in _cases(wide.board.named("us-tariffs"))] == ["low", "high"]


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
