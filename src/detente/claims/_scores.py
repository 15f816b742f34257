"""Scores of resolved forecasts: Brier, log, CRPS and interval scores, with censoring, beside a base rate. Lower is
better."""

from __future__ import annotations

import math
from typing import Any

from detente.claims._category_scores import brier_range, log_range
from detente.claims._forecast import Forecast, Outcome
from detente.claims._rates import base_rate
from detente.errors import Problem, UserError


def _rules() -> Any:
    try:
        import scoringrules  # type: ignore[import-untyped]
    except ImportError:
        raise UserError([Problem("scores", "needs scoringrules", "pip install 'detente[forecast]'.")]) from None
    return scoringrules


def brier(probability: float, happened: bool) -> float:
    """`(p - o)^2` with o = 1 if it happened.

    >>> round(brier(0.7, True), 12)
    0.09
    """
    return float(_rules().brier_score(int(happened), probability))


def log_score(probability: float, happened: bool) -> float:
    """`-ln p` of what happened; infinite where it was called impossible.

    >>> log_score(0.5, False) == math.log(2)
    True
    """
    p = probability if happened else 1.0 - probability
    return math.inf if p <= 0 else -math.log(p)


def crps(draws: list[float] | tuple[float, ...], value: float) -> float:
    """`E|X - y| - E|X - X'| / 2` over equally likely draws; of a single number the absolute error.

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102(477).

    >>> crps([0.0, 1.0], 0.0)
    0.25
    """
    import numpy as np

    return float(_rules().crps_ensemble(value, np.asarray(draws, dtype=float)))


def interval_score(low: float, high: float, level: float, value: float) -> float:
    """`(u - l) + 2/a (l - y)^+ + 2/a (y - u)^+` with a = 1 - level.

    >>> round(interval_score(0.0, 1.0, 0.9, 1.5), 9)
    11.0
    """
    return float(_rules().interval_score(value, low, high, 1.0 - level))


def censored_interval_score(low: float, high: float, level: float, bound: float, side: str) -> float:
    """The interval score where only `y >= bound` (`at_least`) or `y <= bound` (`at_most`) is known.

    Forecast and outcome are both clipped at the bound, `v(z) = min(z, bound)` or `max(z, bound)`: the score of the
    part of
    the line that was observed, which stays proper (a threshold-weighted score with chaining function v).

    References
    ----------
    Allen, Ginsbourger and Ziegel (2023), SIAM/ASA Journal on Uncertainty Quantification 11(3).

    Examples
    --------
    An interval wholly beyond the bound cannot be told from the truth, and costs nothing:

    >>> censored_interval_score(12, 24, 0.8, bound=10, side="at_least")
    0.0
    """
    clip = min if side == "at_least" else max
    return interval_score(clip(low, bound), clip(high, bound), level, bound)


def score(record: Forecast) -> dict[str, Any]:
    """The scores that a record allows.

    Returns
    -------
    `{id, state, sealed, right, brier, log, crps, interval, base_rate, brier_base, skill, note}`; a verbal probability
    is an interval, so its scores are `[best, worst]` over it. None where a score does not apply. A log score is
    infinite where what happened was called impossible. `sealed` is False, and the note says so, where nothing shows
    that the words scored are those written before the outcome was known.
    """
    out = _score(record)
    notes = [out["note"], *([_UNSEALED] if record.unsealed else [])]
    if any(x == math.inf for x in out["log"] or ()):
        notes.append(_IMPOSSIBLE)
    return out | {"sealed": not record.unsealed, "note": "; ".join(n for n in notes if n)}


_UNSEALED = "not sealed: nothing shows that it was not rewritten after its day"
_IMPOSSIBLE = "the log score is infinite: what happened was called impossible"


def _score(record: Forecast) -> dict[str, Any]:
    outcome = record.outcome
    out: dict[str, Any] = dict.fromkeys(
        ("right", "brier", "log", "crps", "interval", "base_rate", "brier_base", "skill")
    )
    out = {"id": record.id, "state": outcome.state if outcome else "open", **out, "note": ""}
    if outcome is None or outcome.state == "open":
        return out | {"note": "not resolved yet"}
    if outcome.state == "ambiguous":
        return out | {"note": outcome.note or "ambiguous: not scored"}
    if record.kind == "event":
        return out | _event(record, outcome)
    if record.kind == "categories":
        return out | _odds(record, outcome)
    if record.kind == "interval" and record.interval is not None and record.level is not None:
        return out | _interval(record.interval, record.level, outcome)
    draws = record.draws or ((record.value,) if record.value is not None else ())
    if outcome.state == "value" and outcome.value is not None and draws:
        note = "conditional: the condition is not scored" if record.conditional else ""
        return out | {"crps": crps(draws, outcome.value), "note": note}
    if outcome.value is not None and draws:
        clip = min if outcome.state == "at_least" else max
        return out | {"crps": crps([clip(d, outcome.value) for d in draws], outcome.value), "note": "censored"}
    return out


def _odds(record: Forecast, outcome: Outcome) -> dict[str, Any]:
    """Odds over several outcomes: Brier's sum over all of them, and the log of the one that came."""
    names = [name for name, _, _ in record.categories]
    if outcome.state != "category" or outcome.category not in names:
        return {"note": f"odds cannot come out as {outcome.state}: name the category that came"}
    came, box = names.index(outcome.category), [(low, high) for _, low, high in record.categories]
    first = max(range(len(box)), key=lambda k: sum(box[k]))
    sure = all(box[first][0] > high for k, (_, high) in enumerate(box) if k != first)
    return {
        "brier": list(brier_range(box, came)), "log": list(log_range(box, came)),
        "right": first == came if sure else None, "note": "Brier over all categories, 0 to 2",
    }  # fmt: skip


def _event(record: Forecast, outcome: Outcome) -> dict[str, Any]:
    if outcome.state not in ("yes", "no"):
        return {"note": f"an event cannot come out as {outcome.state}"}
    happened = outcome.state == "yes"
    found: dict[str, Any] = {}
    if record.reference:
        name, opposite = record.reference.removeprefix("not "), record.reference.startswith("not ")
        base = base_rate(name, record.said_on)["probability"]
        base = 1.0 - base if opposite else base
        found = {"base_rate": base, "brier_base": brier(base, happened)}
    if record.probability is None:
        return found | {"right": happened, "note": "no probability was given: right or wrong only"}
    low, high = record.probability
    found["brier"] = sorted((brier(low, happened), brier(high, happened)))
    found["log"] = sorted((log_score(low, happened), log_score(high, happened)))
    found["right"] = None if low <= 0.5 <= high else (low > 0.5) == happened
    if record.reference and found["brier_base"]:
        found["skill"] = sorted(1.0 - b / found["brier_base"] for b in found["brier"])
    return found


def _interval(interval: tuple[float, float], level: float, outcome: Outcome) -> dict[str, Any]:
    low, high = interval
    if outcome.value is None:
        return {"note": "the outcome has no value"}
    if outcome.state == "value":
        return {"interval": interval_score(low, high, level, outcome.value), "right": low <= outcome.value <= high}
    if outcome.state in ("at_least", "at_most"):
        return {"interval": censored_interval_score(low, high, level, outcome.value, outcome.state), "note": "censored"}
    return {"note": f"an interval cannot come out as {outcome.state}"}
