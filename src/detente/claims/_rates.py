"""Base rates from cases on record: few, so they are shown with their number."""

from __future__ import annotations

import datetime as dt
import functools
from importlib import resources
from typing import Any

from detente import strict_yaml
from detente.errors import UserError, unknown


@functools.cache
def _classes() -> dict[str, Any]:
    text = resources.files("detente").joinpath("data/claims/base_rates.yaml").read_text(encoding="utf-8")
    return {row["class"]: row for row in strict_yaml.parse(text, "base_rates.yaml").data}


def base_rate(name: str, before: dt.date | None = None) -> dict[str, Any]:
    """How often something happened in past cases that were decided before a day.

    The estimate is `(k + 1) / (n + 2)`, the mean of a uniform prior after k of n (Laplace's rule of succession):
    with no
    case it is one half, and it never reaches 0 or 1.

    Parameters
    ----------
    name
        A reference class of `data/claims/base_rates.yaml`.
    before
        Only cases decided by then; None for all.

    Returns
    -------
    `{class, question, k, n, probability, cases}`.

    Raises
    ------
    UserError
        For a class that is not there.

    Examples
    --------
    Before the first truce nothing was known:

    >>> base_rate("truce-extended", before=dt.date(2018, 1, 1))["probability"]
    0.5
    """
    if name not in _classes():
        raise UserError([unknown("reference class", name, list(_classes()))])
    row = _classes()[name]
    cases = [c for c in row["cases"] if before is None or dt.date.fromisoformat(c["decided"]) < before]
    k, n = sum(1 for c in cases if c["happened"]), len(cases)
    return {
        "class": name,
        "question": row["question"],
        "k": k,
        "n": n,
        "probability": (k + 1) / (n + 2),
        "cases": cases,
    }
