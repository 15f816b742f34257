"""The allow-list (who settled a false alarm, when, why) and the audit log, which only grows.

Every line of the log carries the hash of the line before it, so a line taken out or altered later shows.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.controls._csvfile import writing
from detente.controls._names import tokens_of
from detente.controls._screen import Match
from detente.dates import parse_date
from detente.errors import Problem, UserError

_COLUMNS = ("name", "entry", "fingerprint", "who", "when", "why")


@dataclass(frozen=True)
class Allowed:
    """One false alarm that a person settled."""

    name: str
    entry: str
    fingerprint: str
    who: str
    when: dt.date
    why: str

    def to_dict(self) -> dict[str, str]:
        """As JSON shows it."""
        return {"entry": self.entry, "who": self.who, "when": self.when.isoformat(), "why": self.why}


@dataclass(frozen=True, eq=False)
class AllowList:
    """False alarms by name and listed entry; one holds only while the entry says what it said then."""

    path: Path
    rows: tuple[Allowed, ...]

    @classmethod
    def load(cls, path: str | Path) -> AllowList:
        """Read the CSV file `name,entry,fingerprint,who,when,why`; a file that is not there is an empty list.

        Raises
        ------
        UserError
            With every row that lacks a column, a person, a day or a reason.
        """
        path = Path(path)
        if not path.exists():
            return cls(path, ())
        problems: list[Problem] = []
        rows: list[Allowed] = []
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                for number, row in enumerate(csv.DictReader(file), start=2):
                    _read(row, f"{path}:{number}", rows, problems)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            problems.append(Problem(str(path), f"cannot be read: {error}"))
        if problems:
            raise UserError(problems)
        return cls(path, tuple(rows))

    def split(self, name: str, matches: Sequence[Match]) -> tuple[list[Match], list[dict[str, Any]], list[str]]:
        """(matches that stand, those a person settled, warnings about settlements that no longer hold)."""
        key = tokens_of(name)
        settled = {row.entry: row for row in self.rows if tokens_of(row.name) == key}
        kept, allowed, warnings = [], [], []
        for match in matches:
            row = settled.get(match.entry.id)
            if row is None:
                kept.append(match)
            elif row.fingerprint != match.entry.fingerprint:
                kept.append(match)
                warnings.append(f"{row.who} settled {row.entry} on {row.when}, but the entry has changed since.")
            else:
                allowed.append({"name": match.entry.name, **row.to_dict()})
        return kept, allowed, warnings

    def add(
        self, name: str, entry: str, fingerprint: str, who: str, why: str, when: dt.date | None = None
    ) -> AllowList:
        """Settle one false alarm and write it down.

        Raises
        ------
        UserError
            Where the person or the reason is missing.
        """
        empty = [w for w, text in (("--who", who), ("--why", why)) if not text.strip()]
        if empty:
            raise UserError([Problem(w, "is empty", "Say who settles the alarm, and why.") for w in empty])
        row = Allowed(name, entry, fingerprint, who, when or dt.date.today(), why)
        new = not self.path.exists()
        with writing(self.path), self.path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            if new:
                writer.writerow(_COLUMNS)
            writer.writerow([row.name, row.entry, row.fingerprint, row.who, row.when.isoformat(), row.why])
        return AllowList(self.path, (*self.rows, row))


def _read(row: dict[str, Any], where: str, rows: list[Allowed], problems: list[Problem]) -> None:
    missing = [c for c in _COLUMNS if not (row.get(c) or "").strip()]
    if missing:
        problems.append(Problem(where, f"has no {', '.join(missing)}", f"Columns: {', '.join(_COLUMNS)}."))
        return
    try:
        when = parse_date(row["when"], where)
    except UserError as error:
        problems.extend(error.problems)
        return
    rows.append(Allowed(row["name"], row["entry"], row["fingerprint"], row["who"], when, row["why"]))


class AuditLog:
    """An append-only log of screenings, one JSON document a line, each chained to the one before."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def _last(self) -> str:
        if not self.path.exists() or not self.path.stat().st_size:
            return ""
        with self.path.open("rb") as file:
            file.seek(0, 2)
            size = file.tell()
            step, tail = 4096, b""
            while size > 0 and b"\n" not in tail.rstrip(b"\n"):
                size = max(0, size - step)
                file.seek(size)
                tail = file.read()
                step *= 4
        line = tail.rstrip(b"\n").rsplit(b"\n", 1)[-1]
        try:
            return str(json.loads(line)["hash"])
        except (ValueError, KeyError, TypeError):
            text = "does not end in a line of this log: something else wrote to it, or a write was cut short"
            raise UserError([Problem(str(self.path), text, "Keep it as it is and start a new log.")]) from None

    def write(self, record: dict[str, Any], now: dt.datetime | None = None) -> None:
        """Append one record with its time, the hash before it and its own."""
        with writing(self.path):
            before = self._last()
        now = now or dt.datetime.now(dt.UTC)
        body = {"time": now.isoformat(timespec="seconds"), **record, "before": before}
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        line = json.dumps({**body, "hash": _hash(text)}, ensure_ascii=False, sort_keys=True)
        with writing(self.path), self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def check(self) -> int:
        """How many lines the log has, having checked that the chain is whole.

        Raises
        ------
        UserError
            Naming the first line that was altered, or before which one is missing.
        """
        before, number = "", 0
        with self.path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                where = f"{self.path}:{number}"
                try:
                    body = json.loads(line)
                    stated = body.pop("hash")
                except (ValueError, KeyError, AttributeError):
                    raise UserError([Problem(where, "is not a line of this log")]) from None
                if body.get("before") != before:
                    raise UserError([Problem(where, "does not follow on the line before: one is missing or altered")])
                if _hash(json.dumps(body, ensure_ascii=False, sort_keys=True)) != stated:
                    raise UserError([Problem(where, "was altered after it was written")])
                before = stated
        return number


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
