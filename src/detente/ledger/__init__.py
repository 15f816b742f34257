"""What the law is: measures, their events, and the duties collected on a day, as known on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente import lazy

if TYPE_CHECKING:
    from detente.errors import LedgerError as LedgerError
    from detente.ledger._commitments import commitments as commitments
    from detente.ledger._ics import to_ics as to_ics
    from detente.ledger._ledger import Ledger as Ledger
    from detente.ledger._rate import Rate as Rate
    from detente.ledger._records import Event as Event
    from detente.ledger._records import Measure as Measure
    from detente.ledger._regime import Average as Average
    from detente.ledger._regime import Regime as Regime
    from detente.ledger._series import Series as Series
    from detente.ledger._third import third_country_changes as third_country_changes
    from detente.ledger._third import third_country_rates as third_country_rates
    from detente.ledger._third import third_country_unknown as third_country_unknown
    from detente.ledger._timeline import timeline as timeline

_PUBLIC = {
    "Average": "_regime",
    "Event": "_records",
    "Ledger": "_ledger",
    "commitments": "_commitments",
    "LedgerError": "detente.errors",
    "Measure": "_records",
    "Rate": "_rate",
    "Regime": "_regime",
    "Series": "_series",
    "third_country_changes": "_third",
    "third_country_rates": "_third",
    "third_country_unknown": "_third",
    "timeline": "_timeline",
    "to_ics": "_ics",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    return lazy.public(__name__, _PUBLIC, name)


def __dir__() -> list[str]:
    return __all__
