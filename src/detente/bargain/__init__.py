"""Strategy on top of equilibria: best replies, Nash, deals. Payoffs come from `trade/`; nothing here solves markets."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

from detente import lazy

if TYPE_CHECKING:
    from detente.bargain._agreement import Agreement as Agreement
    from detente.bargain._agreement import Zone as Zone
    from detente.bargain._attrition import Attrition as Attrition
    from detente.bargain._attrition import attrition as attrition
    from detente.bargain._coalition import CoalitionPayoffs as CoalitionPayoffs
    from detente.bargain._coalition import coalition_payoffs as coalition_payoffs
    from detente.bargain._coalition_table import coalition_answer as coalition_answer
    from detente.bargain._coalition_table import coalition_ranges as coalition_ranges
    from detente.bargain._conflict_answer import conflict_answer as conflict_answer
    from detente.bargain._conflict_file import conflict_names as conflict_names
    from detente.bargain._conflict_file import parse_conflict as parse_conflict
    from detente.bargain._conflict_file import read_conflict as read_conflict
    from detente.bargain._deadline import Deadline as Deadline
    from detente.bargain._deadline import deadline_odds as deadline_odds
    from detente.bargain._deadline import drawn as drawn
    from detente.bargain._deal import Deal as Deal
    from detente.bargain._deal import bargain_tariffs as bargain_tariffs
    from detente.bargain._enforcement import SustainableRange as SustainableRange
    from detente.bargain._enforcement import annual_discount_rate as annual_discount_rate
    from detente.bargain._enforcement import critical_discount as critical_discount
    from detente.bargain._enforcement import sustainable_range as sustainable_range
    from detente.bargain._game import Game as Game
    from detente.bargain._game_file import GameSpec as GameSpec
    from detente.bargain._game_file import read_game as read_game
    from detente.bargain._graph import Conflict as Conflict
    from detente.bargain._intervals import jeffreys_interval as jeffreys_interval
    from detente.bargain._intervals import wilson_interval as wilson_interval
    from detente.bargain._inverse import ImpliedWeight as ImpliedWeight
    from detente.bargain._inverse import implied_rivalry as implied_rivalry
    from detente.bargain._nash import NashTariffs as NashTariffs
    from detente.bargain._nash import nash_tariffs as nash_tariffs
    from detente.bargain._offers import Offers as Offers
    from detente.bargain._offers import alternating_offers as alternating_offers
    from detente.bargain._offers import finite_offers as finite_offers
    from detente.bargain._offers import short_wait_shares as short_wait_shares
    from detente.bargain._players import Player as Player
    from detente.bargain._rules import RulesAndPower as RulesAndPower
    from detente.bargain._rules import players_world as players_world
    from detente.bargain._rules import rules_against_power as rules_against_power
    from detente.bargain._rules import rules_answer as rules_answer
    from detente.bargain._rules import rules_ranges as rules_ranges
    from detente.bargain._shapley import shapley as shapley
    from detente.bargain._stopping import Stopping as Stopping
    from detente.bargain._stopping import stopping as stopping
    from detente.bargain._truce_cases import Truce as Truce
    from detente.bargain._truces import TruceRates as TruceRates
    from detente.bargain._truces import truce_rates as truce_rates
    from detente.bargain._truces import truces as truces
    from detente.bargain._waiting import ConflictNow as ConflictNow
    from detente.bargain._waiting import Waiting as Waiting
    from detente.bargain._waiting import conflict_now as conflict_now
    from detente.bargain._waiting import waiting as waiting
    from detente.bargain._waiting_case import Vulnerability as Vulnerability

_PUBLIC = {
    "nash_tariffs": "detente.bargain._nash",
    "NashTariffs": "detente.bargain._nash",
    "bargain_tariffs": "detente.bargain._deal",
    "Deal": "detente.bargain._deal",
    "implied_rivalry": "detente.bargain._inverse",
    "ImpliedWeight": "detente.bargain._inverse",
    "Game": "detente.bargain._game",
    "GameSpec": "detente.bargain._game_file",
    "read_game": "detente.bargain._game_file",
    "Zone": "detente.bargain._agreement",
    "Agreement": "detente.bargain._agreement",
    "Player": "detente.bargain._players",
    "Conflict": "detente.bargain._graph",
    "read_conflict": "detente.bargain._conflict_file",
    "parse_conflict": "detente.bargain._conflict_file",
    "conflict_names": "detente.bargain._conflict_file",
    "conflict_answer": "detente.bargain._conflict_answer",
    "coalition_payoffs": "detente.bargain._coalition",
    "CoalitionPayoffs": "detente.bargain._coalition",
    "coalition_answer": "detente.bargain._coalition_table",
    "coalition_ranges": "detente.bargain._coalition_table",
    "rules_against_power": "detente.bargain._rules",
    "rules_answer": "detente.bargain._rules",
    "rules_ranges": "detente.bargain._rules",
    "players_world": "detente.bargain._rules",
    "RulesAndPower": "detente.bargain._rules",
    "alternating_offers": "detente.bargain._offers",
    "Offers": "detente.bargain._offers",
    "finite_offers": "detente.bargain._offers",
    "short_wait_shares": "detente.bargain._offers",
    "waiting": "detente.bargain._waiting",
    "Waiting": "detente.bargain._waiting",
    "conflict_now": "detente.bargain._waiting",
    "ConflictNow": "detente.bargain._waiting",
    "Vulnerability": "detente.bargain._waiting_case",
    "stopping": "detente.bargain._stopping",
    "Stopping": "detente.bargain._stopping",
    "attrition": "detente.bargain._attrition",
    "Attrition": "detente.bargain._attrition",
    "deadline_odds": "detente.bargain._deadline",
    "Deadline": "detente.bargain._deadline",
    "drawn": "detente.bargain._deadline",
    "critical_discount": "detente.bargain._enforcement",
    "annual_discount_rate": "detente.bargain._enforcement",
    "sustainable_range": "detente.bargain._enforcement",
    "SustainableRange": "detente.bargain._enforcement",
    "truces": "detente.bargain._truces",
    "truce_rates": "detente.bargain._truces",
    "TruceRates": "detente.bargain._truces",
    "Truce": "detente.bargain._truce_cases",
    "jeffreys_interval": "detente.bargain._intervals",
    "wilson_interval": "detente.bargain._intervals",
    "shapley": "detente.bargain._shapley",
}

__all__ = list(_PUBLIC)


class _Room(types.ModuleType):
    """`detente.bargain(...)` asks the room's main question: a `Deal` over a model's tariffs, or a `Game` on a day."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        from detente.bargain._deal import bargain_tariffs
        from detente.bargain._game import Game

        return bargain_tariffs(*given, **named) if given and hasattr(given[0], "solve_many") else Game(*given, **named)


sys.modules[__name__].__class__ = _Room


def __getattr__(name: str) -> Any:
    return lazy.public(__name__, _PUBLIC, name)
