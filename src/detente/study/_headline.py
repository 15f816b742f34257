"""Why the rate in the headline is not the average: part by part, how much of trade each layer reaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def explain_headline(
    headline: Mapping[str, Any], layers: Mapping[str, float], reach: Mapping[str, float]
) -> dict[str, Any]:
    """Set a headline's parts beside the points each layer adds to the trade-weighted average.

    `average = sum over parts of rate x reach + left out`, where `reach` is the share of trade (by the average's
    weights) that bears the rate of the headline, and what is left out are layers, or other rates of a layer,
    that the headline does not count.

    Parameters
    ----------
    headline
        `name`, `rate` and `parts` {layer: rate}, fractions.
    layers
        Points of each layer in the average, fractions.
    reach
        Share of trade that bears the headline's rate, by layer of the headline.

    Examples
    --------
    A 25 % layer that reaches half of trade adds 12.5 points; 3 more come from base rates:

    >>> why = explain_headline({"name": "h", "rate": 0.25, "parts": {"s301": 0.25}},
    ...                        {"s301": 0.125, "mfn": 0.03}, {"s301": 0.5})
    >>> why["average"], why["gap"], why["left_out"]
    (0.155, -0.095, [{'layer': 'mfn', 'points': 0.03}])
    """
    parts = [
        {"layer": layer, "rate": rate, "reach": reach[layer], "points": rate * reach[layer]}
        for layer, rate in headline["parts"].items()
    ]
    counted = {p["layer"]: p["points"] for p in parts}
    rest = {layer: points - counted.get(layer, 0.0) for layer, points in layers.items()}
    average = round(sum(layers.values()), 12)
    return {
        "name": headline["name"],
        "rate": headline["rate"],
        "average": average,
        "gap": round(average - headline["rate"], 12),
        "parts": parts,
        "left_out": [{"layer": k, "points": v} for k, v in rest.items() if abs(v) > 1e-9],
    }
