"""One recorded forecast: what was said, when, how it is to be resolved, and how it came out."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from detente.claims._category_scores import feasible
from detente.claims._forecast_rules import STATES, finite, record_problems
from detente.dates import parse_date
from detente.errors import DateError, Problem, UserError

KINDS = {
    "event": "something happens by the horizon or does not; a probability may be given as an interval",
    "number": "a single value",
    "interval": "a central interval with its level",
    "draws": "values that stand for a distribution, as a model gives",
    "categories": "odds over several outcomes of which one comes, each an interval, as a bargaining model gives",
}
ORIGINS = ("expert", "model", "market")
_KEYS = (
    "id", "origin", "speaker", "affiliation", "also", "said_on", "recorded_on", "source", "statement", "kind",
    "probability",
    "value", "interval", "level", "draws", "categories", "unit", "horizon", "rule", "resolved_by", "conditional",
    "topics",
    "reference",
    "supersedes", "seal", "outcomes",
)  # fmt: skip
_NEEDED = ("id", "origin", "speaker", "said_on", "source", "statement", "kind", "rule")
_TEXT = (
    "id", "origin", "speaker", "affiliation", "source", "statement", "kind", "unit", "rule", "resolved_by", "reference",
    "supersedes", "seal",
)  # fmt: skip
_OUTCOME = ("state", "value", "category", "on", "source", "confidence", "note")


@dataclass(frozen=True)
class Outcome:
    """How a forecast came out, as known on a day; `at_least` and `at_most` are values not yet seen in full
    (censored)."""

    state: str
    on: dt.date
    source: str
    confidence: str
    value: float | None = None
    note: str = ""
    category: str = ""
    """Which of the categories came, for the state `category`."""


@dataclass(frozen=True)
class Forecast:
    """A forecast that can be resolved.

    `probability` is an interval, never silently a point; None where the speaker gave no chance in numbers or words:
    such
    a forecast is right or wrong, and has no score. `seal` is the SHA-256 of everything but the outcomes: once the
    horizon
    has passed, a record whose words no longer fit its seal is refused.
    """

    id: str
    origin: str
    speaker: str
    said_on: dt.date
    source: str
    statement: str
    kind: str
    rule: str
    affiliation: str = ""
    also: tuple[str, ...] = ()
    recorded_on: dt.date | None = None
    probability: tuple[float, float] | None = None
    value: float | None = None
    interval: tuple[float, float] | None = None
    level: float | None = None
    draws: tuple[float, ...] = ()
    categories: tuple[tuple[str, float, float], ...] = ()
    """(outcome, low, high) of odds over several outcomes."""
    unit: str = ""
    horizon: dt.date | None = None
    resolved_by: str = ""
    conditional: bool = False
    topics: tuple[str, ...] = ()
    reference: str = ""
    supersedes: str = ""
    outcomes: tuple[Outcome, ...] = ()
    seal: str = ""

    @property
    def outcome(self) -> Outcome | None:
        """The last outcome on record."""
        return self.outcomes[-1] if self.outcomes else None

    @property
    def unsealed(self) -> bool:
        """Whether it has an outcome and no seal that fits: nothing shows that its words are those of its day."""
        return bool(self.outcomes) and self.seal != self.sealed()

    def sealed(self) -> str:
        """The seal that its words have now.

        >>> from detente.claims import ForecastBook
        >>> all(f.seal in ("", f.sealed()) for f in ForecastBook.load().records)
        True
        """
        words = {k: v for k, v in self.to_dict().items() if k not in ("seal", "outcomes")}
        text = json.dumps(words, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """The record as YAML and JSON hold it: only the keys that say something."""
        out: dict[str, Any] = {}
        for key in _KEYS:
            value = getattr(self, key)
            if value in (None, "", (), False):
                continue
            if key == "outcomes":
                value = [_outcome_dict(o) for o in value]
            elif key == "categories":
                value = {name: [low, high] for name, low, high in value}
            elif isinstance(value, dt.date):
                value = value.isoformat()
            elif isinstance(value, tuple):
                value = list(value)
            out[key] = value
        return out


def _outcome_dict(outcome: Outcome) -> dict[str, Any]:
    rows = {"state": outcome.state, "value": outcome.value, "category": outcome.category or None,
            "on": outcome.on.isoformat(), "source": outcome.source,
            "confidence": outcome.confidence, "note": outcome.note or None}  # fmt: skip
    return {k: v for k, v in rows.items() if v is not None}


def parse(row: Any, where: str) -> tuple[Forecast | None, list[Problem]]:
    """A forecast from the mapping of a file, or every problem with it.

    >>> parse({"id": "x"}, "f.yaml:1")[1][0].what
    "a forecast needs 'origin'"
    """
    if not isinstance(row, dict):
        return None, [Problem(where, "a forecast must be a mapping", f"Keys: {', '.join(_KEYS)}.")]
    problems = [
        Problem(where, f"{k!r} is not a key of a forecast", f"Keys: {', '.join(_KEYS)}.") for k in row if k not in _KEYS
    ]
    problems += [Problem(where, f"a forecast needs {k!r}") for k in _NEEDED if not row.get(k)]
    data = dict(row)
    problems += [
        Problem(where, f"{k} must be text", "Put it in quotation marks.")
        for k in _TEXT
        if data.get(k) is not None and not isinstance(data[k], str)
    ]
    for key, known in (("kind", tuple(KINDS)), ("origin", ORIGINS)):
        if data.get(key) and data[key] not in known:
            problems.append(Problem(where, f"{data[key]!r} is no {key} of a forecast", f"Known: {', '.join(known)}."))
    for key in ("said_on", "recorded_on", "horizon"):
        data[key] = _day(data.get(key), where, key, problems)
    for key in ("probability", "interval"):
        data[key] = _pair(data.get(key), where, key, problems)
    if not isinstance(data.get("outcomes") or [], list | tuple):
        problems.append(Problem(where, "outcomes must be a list"))
        data["outcomes"] = ()
    data["outcomes"] = tuple(
        o for i, r in enumerate(data.get("outcomes") or ()) if (o := _outcome(r, f"{where}[{i}]", problems))
    )
    data["categories"] = _categories(data.get("categories"), where, problems)
    for key in ("also", "topics", "draws"):
        if not isinstance(data.get(key) or [], list | tuple):
            problems.append(Problem(where, f"{key} must be a list"))
            continue
        data[key] = tuple(data.get(key) or ())
    if problems:
        return None, problems
    record = Forecast(**{k: v for k, v in data.items() if v is not None})
    problems = record_problems(record, where)
    return (None, problems) if problems else (record, [])


def _day(value: Any, where: str, key: str, problems: list[Problem]) -> dt.date | None:
    if value is None:
        return None
    try:
        return parse_date(value, f"{where}: {key}", first=None)
    except DateError as error:
        problems += error.problems
        return None


def _pair(value: Any, where: str, key: str, problems: list[Problem]) -> tuple[float, float] | None:
    if value is None:
        return None
    if not (isinstance(value, (list, tuple)) and len(value) == 2 and all(finite(x) for x in value)):
        problems.append(Problem(where, f"{key} must be two numbers", "Write the lower end first."))
        return None
    return float(value[0]), float(value[1])


def _categories(value: Any, where: str, problems: list[Problem]) -> tuple[tuple[str, float, float], ...]:
    """Odds over several outcomes: each a pair within 0 and 1, and some point of them adding to one."""
    if value is None:
        return ()
    if not isinstance(value, dict):
        problems.append(Problem(where, "categories must be a mapping of outcomes to pairs"))
        return ()
    out = []
    for name, pair in value.items():
        found = _pair(pair, where, f"categories: {name}", problems)
        if found is None:
            continue
        if not 0 <= found[0] <= found[1] <= 1:
            problems.append(Problem(where, f"{name}: {list(found)} is no interval within 0 and 1"))
        out.append((str(name), *found))
    if out and not feasible([(low, high) for _, low, high in out]):
        problems.append(Problem(where, "no probabilities within these intervals add to one", "Check the ends."))
    return tuple(out)


def _outcome(row: Any, where: str, problems: list[Problem]) -> Outcome | None:
    if not isinstance(row, dict) or set(row) - set(_OUTCOME) or row.get("state") not in STATES:
        problems.append(
            Problem(where, "an outcome needs a state", f"One of {', '.join(STATES)}; keys {', '.join(_OUTCOME)}.")
        )
        return None
    day = _day(row.get("on"), where, "on", problems)
    if day is None or not row.get("source"):
        problems.append(Problem(where, "an outcome needs `on` and `source`"))
        return None
    return Outcome(
        row["state"],
        day,
        row["source"],
        row.get("confidence", "L"),
        row.get("value"),
        row.get("note", ""),
        row.get("category", ""),
    )


def refuse(what: str, remedy: str = "") -> UserError:
    """The error of a change that the book does not allow."""
    return UserError([Problem("forecasts", what, remedy)])
