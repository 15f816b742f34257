"""Strategy on top of equilibria: best replies, Nash, deals. Payoffs come from `trade/`; nothing here solves markets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente import lazy

if TYPE_CHECKING:
    from detente.bargain._deal import Deal as Deal
    from detente.bargain._deal import bargain_tariffs as bargain_tariffs
    from detente.bargain._inverse import ImpliedWeight as ImpliedWeight
    from detente.bargain._inverse import implied_rivalry as implied_rivalry
    from detente.bargain._nash import NashTariffs as NashTariffs
    from detente.bargain._nash import nash_tariffs as nash_tariffs
    from detente.bargain._players import Player as Player

_PUBLIC = {
    "nash_tariffs": "detente.bargain._nash",
    "NashTariffs": "detente.bargain._nash",
    "bargain_tariffs": "detente.bargain._deal",
    "Deal": "detente.bargain._deal",
    "implied_rivalry": "detente.bargain._inverse",
    "ImpliedWeight": "detente.bargain._inverse",
    "Player": "detente.bargain._players",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    return lazy.public(__name__, _PUBLIC, name)
