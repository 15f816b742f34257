"""What a forecast must keep to so that it can be resolved and scored: numbers, days, and states that fit its kind."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from detente.errors import Problem

if TYPE_CHECKING:
    from detente.claims._forecast import Forecast, Outcome

STATES = ("open", "yes", "no", "value", "at_least", "at_most", "category", "ambiguous")
_VALUED = ("value", "at_least", "at_most")
_FITTING = {
    "event": ("yes", "no"), "number": _VALUED, "interval": _VALUED, "draws": _VALUED, "categories": ("category",),
}  # fmt: skip
_UNDECIDED = ("open", "ambiguous")


def finite(value: object) -> bool:
    """Whether something is a number that can be reckoned with: no text, no truth value, not infinite, not NaN."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def record_problems(record: Forecast, where: str) -> list[Problem]:
    """Everything for which a record could not be scored, or would score what nobody meant."""
    out = _numbers(record, where)
    if record.horizon is not None and record.horizon < record.said_on:
        what = f"is due on {record.horizon}, before it was said ({record.said_on})"
        out.append(Problem(where, what, "A forecast is said before its day."))
    for o in record.outcomes:
        out += outcome_problems(record, o, where)
    return out


def _numbers(record: Forecast, where: str) -> list[Problem]:
    out = []
    if record.probability is not None and not _ordered(record.probability, 0.0, 1.0):
        out.append(Problem(where, f"probability {list(record.probability)} is no interval within 0 and 1"))
    if record.interval is not None and not _ordered(record.interval):
        out.append(Problem(where, f"interval {list(record.interval)} has its ends the wrong way round, or no numbers"))
    if record.level is not None and not (finite(record.level) and 0 < record.level < 1):
        remedy = "Write the share of outcomes it should hold: 0.9 for 90 %."
        out.append(Problem(where, f"level {record.level!r} is no share between 0 and 1", remedy))
    if record.value is not None and not finite(record.value):
        out.append(Problem(where, f"value {record.value!r} is no number"))
    if not all(finite(d) for d in record.draws):
        out.append(Problem(where, "draws must be numbers"))
    needs = {
        "interval": record.interval is None or record.level is None, "number": record.value is None,
        "draws": len(record.draws) < 2, "categories": len(record.categories) < 2,
    }  # fmt: skip
    if needs.get(record.kind):
        out.append(Problem(where, _NEEDS[record.kind][0], _NEEDS[record.kind][1]))
    return out


_NEEDS = {
    "interval": ("an interval needs `interval` and its `level`", "For example level: 0.9."),
    "number": ("a number needs its `value`", ""),
    "draws": ("draws need at least two values under `draws`", "A single one is kind: number."),
    "categories": ("odds need at least two categories", "categories: {deal: [0.2, 0.4], ...}"),
}


def _ordered(pair: Sequence[float], least: float = -math.inf, most: float = math.inf) -> bool:
    return len(pair) == 2 and all(finite(x) for x in pair) and least <= pair[0] <= pair[1] <= most


def outcome_problems(record: Forecast, outcome: Outcome, where: str) -> list[Problem]:
    """What keeps an outcome from deciding a record."""
    if outcome.state not in STATES:
        return [Problem(where, f"{outcome.state!r} is no state of an outcome", f"One of {', '.join(STATES)}.")]
    out = []
    fitting = (*_FITTING.get(record.kind, ()), *_UNDECIDED)
    if outcome.state not in fitting:
        what = f"a forecast of kind {record.kind} cannot come out as {outcome.state}"
        out.append(Problem(where, what, f"One of {', '.join(fitting)}."))
    if outcome.state in _VALUED and not finite(outcome.value):
        out.append(Problem(where, f"the state {outcome.state} needs a number as `value`"))
    if outcome.value is not None and not finite(outcome.value):
        out.append(Problem(where, f"the outcome's value {outcome.value!r} is no number"))
    if outcome.state == "category" and outcome.category not in [c[0] for c in record.categories]:
        out.append(Problem(where, f"{outcome.category!r} is none of the categories", "Write one of them."))
    if outcome.on < record.said_on:
        what = f"came out on {outcome.on}, before it was said ({record.said_on})"
        out.append(Problem(where, what, "What is known already is no forecast."))
    return out
