"""Reading one mapping of a ledger file, key by key, with every problem kept and none raised."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from detente.errors import Problem, close_matches, unknown
from detente.strict_yaml import Document, Path_

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
FIRST, LAST = dt.date(2017, 1, 1), dt.date(2040, 12, 31)
"""Dates outside are taken for slips of the pen."""


class Fields:
    """A mapping at `path` of a document; a key is read once, by type, and what is left over is unknown."""

    def __init__(self, document: Document, data: Any, path: Path_, name: str, known: Iterable[str]) -> None:
        self.document, self.path, self.name = document, path, name
        self.known = tuple(known)
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            keys = ", ".join(self.known)
            self.problem((), f"{name} must be a mapping of keys", f"Keys here: {keys}.")
        for key in self.data:
            if key not in self.known:
                close = close_matches(key, self.known, 1)
                remedy = f"Did you mean {close[0]!r}?" if close else f"Keys here: {', '.join(self.known)}."
                self.problem((key,), f"{key!r} is not a key of {name}", remedy)

    def problem(self, path: Path_, what: str, remedy: str = "") -> None:
        """Note a problem at a key of this mapping."""
        self.document.problems.append(Problem(self.document.where((*self.path, *path)), what, remedy))

    def has(self, key: str) -> bool:
        """Whether the key stands in the file with a value."""
        return self.data.get(key) is not None

    def text(self, key: str, default: str | None = None) -> str:
        """Text; without a default the key must be there."""
        value = self.data.get(key)
        if value is None:
            if default is None and self.data:
                self.problem((), f"{self.name} needs {key!r}", "Add it.")
            return default or ""
        if not isinstance(value, str) or not value.strip():
            self.problem((key,), f"{key!r} must be text, not {value!r}", f'Write it in quotes: {key}: "{value}".')
            return default or ""
        return value.strip()

    def one_of(self, key: str, allowed: Iterable[str], kind: str, default: str | None = None) -> str:
        """Text from a closed list."""
        value = self.text(key, default)
        listed = list(allowed)
        if value and value not in listed and self.has(key):
            bad = unknown(kind, value, listed, self.document.where((*self.path, key)))
            self.document.problems.append(bad)
            return default or ""
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of text; absent is empty."""
        value = self.data.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self.problem((key,), f"{key!r} must be a list of text, not {value!r}", f"Write {key}: [first, second].")
            return ()
        return tuple(value)

    def date(self, key: str, default: dt.date | None = None, *, needed: bool = False) -> dt.date | None:
        """A day written YYYY-MM-DD."""
        value = self.data.get(key)
        if value is None:
            if needed and self.data:
                self.problem((), f"{self.name} needs {key!r}", "Write it as YYYY-MM-DD.")
            return default
        try:
            if not isinstance(value, str) or not _ISO.fullmatch(value):
                raise ValueError
            day = dt.date.fromisoformat(value)
        except ValueError:
            self.problem((key,), f"{key!r}: {value!r} is not a date", "Write it as YYYY-MM-DD, for example 2025-05-14.")
            return default
        if not FIRST <= day <= LAST:
            self.problem((key,), f"{key!r}: {day} lies outside {FIRST.year} to {LAST.year}", "Check the year.")
        return day

    def rate(self, key: str) -> float | None:
        """A rate as a fraction between 0 and 3 (300 %)."""
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.problem((key,), f"{key!r} must be a plain number, not {value!r}", "Write a fraction: 25 % is 0.25.")
            return None
        if not 0 <= value <= 3:
            self.problem((key,), f"{key!r}: {value} is out of range", "Rates are fractions from 0 to 3: 25 % is 0.25.")
            return None
        return float(value)

    def items(self, key: str) -> list[Any]:
        """A list of anything; absent is empty."""
        value = self.data.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem((key,), f"{key!r} must be a list", "Begin each entry with a dash.")
            return []
        return value

    def mapping(self, key: str) -> dict[str, Any]:
        """A mapping; absent is empty."""
        value = self.data.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.problem((key,), f"{key!r} must be a mapping", "Write one `name: ...` a line below it.")
            return {}
        return value
