"""Reads an article into typed, dated, attributed claims with spans; checks sums and dates; keeps and scores forecasts.

This room never asks the ledger: what the law says of a claim is joined in `detente.study`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente import lazy

if TYPE_CHECKING:
    from detente.claims._anchor import Talk as Talk
    from detente.claims._anchor import talks as talks
    from detente.claims._book import ForecastBook as ForecastBook
    from detente.claims._book import forecast_of as forecast_of
    from detente.claims._claim import Check as Check
    from detente.claims._claim import Claim as Claim
    from detente.claims._document import Document as Document
    from detente.claims._draft import draft as draft
    from detente.claims._endpoint import Endpoint as Endpoint
    from detente.claims._endpoint import Extractor as Extractor
    from detente.claims._endpoint import read_with as read_with
    from detente.claims._forecast import Forecast as Forecast
    from detente.claims._forecast import Outcome as Outcome
    from detente.claims._rates import base_rate as base_rate
    from detente.claims._reading import Reading as Reading
    from detente.claims._reading import read as read
    from detente.claims._reading import read_bytes as read_bytes
    from detente.claims._reading import read_file as read_file
    from detente.claims._scores import score as score
    from detente.claims._words import concepts as concepts

_PUBLIC = {
    "Check": "_claim",
    "Claim": "_claim",
    "Reading": "_reading",
    "Talk": "_anchor",
    "concepts": "_words",
    "talks": "_anchor",
    "Document": "_document",
    "read": "_reading",
    "read_bytes": "_reading",
    "read_file": "_reading",
    "draft": "_draft",
    "Extractor": "_endpoint",
    "Endpoint": "_endpoint",
    "read_with": "_endpoint",
    "Forecast": "_forecast",
    "Outcome": "_forecast",
    "ForecastBook": "_book",
    "forecast_of": "_book",
    "score": "_scores",
    "base_rate": "_rates",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    return lazy.public(__name__, _PUBLIC, name)


def __dir__() -> list[str]:
    return __all__
