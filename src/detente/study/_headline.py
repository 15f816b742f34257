"""Why the rate in the headline is not the average: part by part, how much of trade each layer reaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def explain_headline(headline: Mapping[str, Any], layers: Mapping[str, float]) -> dict[str, Any]:
    """Set a headline's parts beside the points each layer adds to the trade-weighted average.

    `reach = points in the average / rate in the headline`: the share of trade (by the average's weights)
    that bears the rate. Layers the headline leaves out are listed as `left_out`.

    Returns
    -------
    Rates and points as fractions, `reach` a share.

    Examples
    --------
    A 25 % layer that adds 12.5 points to the average reaches half of trade:

    >>> explain_headline({"name": "h", "rate": 0.25, "parts": {"s301": 0.25}}, {"s301": 0.125, "mfn": 0.03})
    ... # doctest: +NORMALIZE_WHITESPACE
    {'name': 'h', 'rate': 0.25, 'average': 0.155, 'gap': -0.095,
     'parts': [{'layer': 's301', 'rate': 0.25, 'points': 0.125, 'reach': 0.5}],
     'left_out': [{'layer': 'mfn', 'points': 0.03}]}
    """
    parts = [
        {"layer": layer, "rate": rate, "points": layers.get(layer, 0.0), "reach": _ratio(layers.get(layer, 0.0), rate)}
        for layer, rate in headline["parts"].items()
    ]
    left_out = [{"layer": k, "points": v} for k, v in layers.items() if k not in headline["parts"] and v]
    average = round(sum(layers.values()), 12)
    return {
        "name": headline["name"], "rate": headline["rate"], "average": average,
        "gap": round(average - headline["rate"], 12), "parts": parts, "left_out": left_out,
    }  # fmt: skip


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
