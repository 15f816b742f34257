"""The allow-list (who settled a false alarm, when, why) and the audit log, which only grows.

Every line of the log carries the hash of the line before it, so a line taken out or altered later shows.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.controls._csvfile import writing
from detente.controls._screen import Match
from detente.dates import parse_date
from detente.errors import Problem, UserError

_COLUMNS = ("name", "entry", "fingerprint", "who", "when", "why")
_NEEDED = f"A file of settled false alarms has the columns {', '.join(_COLUMNS)}."


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
                table = csv.DictReader(file)
                missing = [c for c in _COLUMNS if c not in (table.fieldnames or ())]
                if missing:
                    raise UserError([Problem(str(path), f"has no column {', '.join(missing)}", _NEEDED)])
                for number, row in enumerate(table, start=2):
                    _read(row, f"{path}:{number}", rows, problems)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            problems.append(Problem(str(path), f"cannot be read: {error}"))
        if problems:
            raise UserError(problems)
        return cls(path, tuple(rows))

    def split(self, name: str, matches: Sequence[Match]) -> tuple[list[Match], list[dict[str, Any]], list[str]]:
        """(matches that stand, those a person settled, warnings about settlements that no longer hold)."""
        key = _as_written(name)
        settled = {row.entry: row for row in self.rows if _as_written(row.name) == key}
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


def _as_written(name: str) -> str:
    """A name for comparison: capitals and spaces do not count, everything else does.

    >>> _as_written(" Golden  STAR") == _as_written("golden star"), _as_written("golden star ltd")
    (True, 'golden star ltd')
    """
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _read(row: dict[str, Any], where: str, rows: list[Allowed], problems: list[Problem]) -> None:
    missing = [c for c in _COLUMNS if not (row.get(c) or "").strip()]
    if missing:
        problems.append(Problem(where, f"has no {', '.join(missing)}", _NEEDED))
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
        self.head = self.path.with_name(self.path.name + ".head.json")

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
            count = self._counted(before)
        now = now or dt.datetime.now(dt.UTC)
        body = {"time": now.isoformat(timespec="seconds"), **record, "before": before}
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        line = json.dumps({**body, "hash": _hash(text)}, ensure_ascii=False, sort_keys=True)
        with writing(self.path), self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        if count is not None:
            self._keep_head(count + 1, _hash(text))

    def _counted(self, before: str) -> int | None:
        """Lines there are, by the head file; None where a log has lines and no head that fits: nobody counted them."""
        if not before:
            return 0
        head = self._read_head()
        return head[0] if head and head[1] == before else None

    def _read_head(self) -> tuple[int, str] | None:
        try:
            data = json.loads(self.head.read_text(encoding="utf-8"))
            return int(data["lines"]), str(data["hash"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _keep_head(self, lines: int, digest: str) -> None:
        temporary = self.head.with_name(self.head.name + ".tmp")
        with writing(self.path):
            temporary.write_text(json.dumps({"lines": lines, "hash": digest}), encoding="utf-8")
            os.replace(temporary, self.head)

    def check(self) -> int:
        """How many lines the log has, having checked that the chain is whole.

        Lines taken off the end break no chain: they show only by the head file beside the log (`counted`), and not to
        one who alters both.

        Raises
        ------
        UserError
            Naming the first line that was altered, or before which one is missing; or where the last are missing.
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
        head = self._read_head()
        if head and head != (number, before):
            text = (
                f"has {number} lines where {head[0]} were written: the last are missing, or the head file is another's"
            )
            raise UserError([Problem(str(self.path), text)])
        return number

    @property
    def counted(self) -> bool:
        """Whether the file beside the log that says how many lines were written is there."""
        return self._read_head() is not None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
