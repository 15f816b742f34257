"""Model runs and a model's odds as records of the forecast book: resolved and scored as what experts say is."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from detente import strict_yaml
from detente.claims import Forecast, ForecastBook
from detente.claims._forecast import parse
from detente.claims._forecast_rules import record_problems
from detente.errors import Problem, UserError, unknown
from detente.study._record import read_record, sha256

_TABLE = "results.parquet"
_LEVEL = 0.9
"""Runs keep the 5th and the 95th percentile of their draws."""
ODDS_KEYS = ("event", "on", "deadline", "odds", "source", "model", "rule", "id")
_MODEL = "detente"


def run_forecast(
    record: Mapping[str, Any], result: str, value: float, interval: tuple[float, float] | None = None, *,
    horizon: dt.date, rule: str, said_on: dt.date, unit: str = "", name: str = "", supersedes: str = "",
) -> Forecast:  # fmt: skip
    """A forecast from one result of a model run.

    Parameters
    ----------
    record
        The run's `record.json`; its fingerprint becomes the source.
    result
        What the number is, as `real_income_percent:USA`.
    value, interval
        The central value, and the ends of the middle 90 % over the draws if the run had any.
    horizon, rule
        By when and how it is to be resolved; a model does not say that by itself.

    Examples
    --------
    >>> made = run_forecast({"fingerprint": "ab12"}, "gdp_percent:CHN", -0.4, (-0.6, -0.2),
    ...                     horizon=dt.date(2027, 12, 31), rule="against the same world without the duties",
    ...                     said_on=dt.date(2026, 10, 1), unit="percent")
    >>> made.id, made.kind, made.interval, made.level
    ('run-ab12-gdp-percent-chn', 'interval', (-0.6, -0.2), 0.9)
    """
    fingerprint = str(record["fingerprint"])
    value, interval = _written(value), None if interval is None else (_written(interval[0]), _written(interval[1]))
    made = Forecast(
        id=name or f"run-{fingerprint}-{_slug(result)}", origin="model", speaker=_MODEL, said_on=said_on,
        source=f"model run {fingerprint}", statement=f"{result} of run {fingerprint}",
        kind="number" if interval is None else "interval", rule=rule, value=value, interval=interval,
        level=None if interval is None else _LEVEL, unit=unit, horizon=horizon, conditional=True, supersedes=supersedes,
    )  # fmt: skip
    return _checked(made)


def forecast_of_run(
    folder: str | Path, result: str, *, horizon: dt.date, rule: str, said_on: dt.date, name: str = "",
    supersedes: str = "",
) -> Forecast:  # fmt: skip
    """`run_forecast` for a folder that `detente run --out` wrote.

    `result` is `NAME:ECONOMY`, or `NAME:EXPORTER->IMPORTER` for a pair.

    Raises
    ------
    UserError
        If there is no run, its table no longer fits its record, or it has no such result.
    """
    place = Path(folder)
    record = read_record(place)
    digest = record["files"].get(_TABLE)
    if digest is None or not (place / _TABLE).is_file():
        raise UserError([Problem(str(place), "has no results", f"The run ended as {record.get('status', 'unknown')}.")])
    if sha256((place / _TABLE).read_bytes()) != digest:
        raise UserError([Problem(str(place / _TABLE), "is not the table this run wrote", "Run the scenario again.")])
    variable, _, where = result.partition(":")
    rows = _rows(place / _TABLE, where)
    if variable not in rows:
        names = sorted(n for n in rows if not n.endswith(("_low", "_high")))
        raise UserError([unknown("result", result, [f"{n}:{where}" for n in names] or [f"{variable}:USA"], str(place))])
    value, unit = rows[variable]
    ends = (rows[f"{variable}_low"][0], rows[f"{variable}_high"][0]) if f"{variable}_low" in rows else None
    return run_forecast(
        record, result, value, ends, horizon=horizon, rule=rule, said_on=said_on, unit=unit, name=name,
        supersedes=supersedes,
    )  # fmt: skip


def _rows(path: Path, where: str) -> dict[str, tuple[float, str]]:
    """(value, unit) by variable of one economy or pair."""
    import pandas as pd

    frame = pd.read_parquet(path)
    exporter, arrow, importer = where.partition("->")
    if arrow:
        frame = frame[(frame["exporter"] == exporter) & (frame["importer"] == importer)]
    else:
        frame = frame[frame["economy"] == where]
    if "sector" in frame:
        frame = frame[frame["sector"].isna()]
    return {
        str(n): (float(v), str(u)) for n, v, u in zip(frame["variable"], frame["value"], frame["unit"], strict=True)
    }


def odds_forecast(data: Any, where: str = "odds", *, rule: str = "", supersedes: str = "") -> Forecast:
    """A forecast from odds over outcomes: `{event, on, deadline, odds: {deal: [low, high], ...}, source, model: true}`.

    A triple `[low, middle, high]`, as the bargain floor gives, is read as its ends.

    Raises
    ------
    UserError
        With every problem: unknown or missing keys, intervals outside 0 and 1 or that no probabilities fit.

    Examples
    --------
    >>> odds = {"deal": [0.1, 0.3], "extension": [0.5, 0.8], "collapse": [0.05, 0.2]}
    >>> made = odds_forecast({"event": "truce", "on": "2026-10-01", "deadline": "2026-11-10", "model": True,
    ...                       "odds": odds, "source": "detente bargain"})
    >>> made.kind, made.categories[1]
    ('categories', ('extension', 0.5, 0.8))
    """
    if not isinstance(data, Mapping):
        raise UserError([Problem(where, "odds must be a mapping", f"Keys: {', '.join(ODDS_KEYS)}.")])
    problems = [unknown("key of odds", str(k), ODDS_KEYS, where) for k in data if k not in ODDS_KEYS]
    needed = ("event", "on", "deadline", "odds", "source")
    problems += [
        Problem(where, f"odds need {k!r}", f"Keys: {', '.join(ODDS_KEYS)}.") for k in needed if not data.get(k)
    ]
    if problems:
        raise UserError(problems)
    odds = data["odds"]
    if isinstance(odds, Mapping):
        odds = {k: _ends(v) for k, v in odds.items()}
    given = str(data.get("rule") or rule)
    default = f"Which of {', '.join(odds) if isinstance(odds, Mapping) else 'them'} had come by {data['deadline']}."
    row = {
        "id": data.get("id") or f"odds-{_slug(str(data['event']))}-{data['on']}", "source": data["source"],
        "origin": "model" if data.get("model", True) else "expert", "speaker": _MODEL if data.get("model", True) else
        data["source"], "said_on": str(data["on"]), "statement": str(data["event"]), "kind": "categories",
        "categories": odds, "rule": given or default, "horizon": str(data["deadline"]),
    }  # fmt: skip
    if supersedes:
        row["supersedes"] = supersedes
    made, found = parse(row, where)
    if made is None or found:
        raise UserError(found)
    return _checked(made)


def read_odds(path: str | Path, *, rule: str = "", supersedes: str = "") -> Forecast:
    """`odds_forecast` for a file, JSON or YAML."""
    document = strict_yaml.read(Path(path), str(path))
    if document.problems:
        raise UserError(document.problems)
    return odds_forecast(document.data, str(path), rule=rule, supersedes=supersedes)


def _checked(record: Forecast) -> Forecast:
    if problems := record_problems(record, record.id):
        raise UserError(problems)
    return record


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in text.casefold()).split())


def add_to_book(path: str | Path, record: Forecast) -> Forecast:
    """Append a sealed record to one's own file of forecasts, which is made if it is not there; nothing else changes.

    Raises
    ------
    UserError
        If the file is no book, the id is taken, or what the record supersedes is not there.
    """
    import dataclasses

    place = Path(path)
    if place.is_dir():
        raise UserError([Problem(str(place), "is a folder", "Give a file to append to.")])
    book = ForecastBook.load(place) if place.exists() else ForecastBook()
    sealed = dataclasses.replace(record, seal=record.sealed())
    old = sealed.supersedes
    grown = book.supersede(old, sealed) if old else book.add(sealed)
    try:
        with place.open("a", encoding="utf-8") as file:
            file.write(_yaml(grown.records[-1]))
    except OSError as error:
        raise UserError([Problem(str(place), f"cannot be written: {error.strerror}")]) from None
    return grown.records[-1]


def _ends(value: Any) -> Any:
    """The ends of an interval of odds, as the file will hold them; anything else as it came, for the checks."""
    if not isinstance(value, list | tuple) or not all(isinstance(v, int | float) for v in value):
        return _written(value) if isinstance(value, float) else value
    return [_written(v) for v in (value if len(value) != 3 else (value[0], value[2]))]


def _written(value: float) -> float:
    """The number as the file will hold it, so that the seal fits what is read back."""
    return float(f"{value:.12f}")


def _yaml(record: Forecast) -> str:
    """The record as YAML that reads back to the same words: text quoted, numbers without exponents."""
    rows = [f"{key}: {_plain(value)}" for key, value in record.to_dict().items()]
    return "- " + "\n  ".join(rows) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        text = f"{value:.12f}".rstrip("0")
        return text + "0" if text.endswith(".") else text
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {_plain(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_plain(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)
