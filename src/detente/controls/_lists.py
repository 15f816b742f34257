"""The screening lists: what is embedded, what the user has fetched, how old each is, and which law each entry rests on.

A fetched list stands in the user's data folder (`DETENTE_DATA_DIR`, or the platform's) as a Parquet file beside a
YAML note with its date and hash; it is used only where the hash still fits and it is newer than the embedded one.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from detente import strict_yaml
from detente.controls._csl import US_LISTS, fingerprint, from_parquet
from detente.errors import Problem, UserError, unknown

WARN_AFTER_DAYS = 30
REFUSE_AFTER_DAYS = 180

LISTS = dict(US_LISTS.values()) | {
    "CN-CONTROL": "China's export control list (管控名单)",
    "CN-WATCH": "China's watch list (关注名单)",
    "CN-UEL": "China's unreliable entity list (不可靠实体清单)",
    "CN-COUNTER": "China's countermeasure list (反制清单)",
    "US-1260H": "section 1260H list of Chinese military companies (no export licence effect)",
}
"""Name of every list by its code."""

# the measure of the ledger, by list and day of the notice, on which an entry of China's lists rests
_MEASURES = {
    ("CN-UEL", "2023-02-16"): "chn.mofcom.uel-2023",
    ("CN-CONTROL", "2025-01-02"): "chn.mofcom.parties-2025-01",
    ("CN-UEL", "2025-01-02"): "chn.mofcom.parties-2025-01",
    ("CN-UEL", "2025-01-14"): "chn.mofcom.parties-2025-01",
    ("CN-UEL", "2025-01-15"): "chn.mofcom.parties-2025-01",
    ("CN-UEL", "2025-02-04"): "chn.mofcom.parties-2025-02#listing",
    ("CN-CONTROL", "2025-03-04"): "chn.mofcom.parties-2025-03#control-list",
    ("CN-UEL", "2025-03-04"): "chn.mofcom.parties-2025-03#unreliable",
    ("CN-CONTROL", "2025-04-04"): "chn.mofcom.parties-2025-04#of-4-april",
    ("CN-UEL", "2025-04-04"): "chn.mofcom.parties-2025-04#of-4-april",
    ("CN-CONTROL", "2025-04-09"): "chn.mofcom.parties-2025-04#of-9-april",
    ("CN-UEL", "2025-04-09"): "chn.mofcom.parties-2025-04#of-9-april",
    ("CN-CONTROL", "2025-07-09"): "chn.mofcom.parties-2025-07",
    ("CN-CONTROL", "2025-09-25"): "chn.mofcom.parties-2025-09",
    ("CN-UEL", "2025-09-25"): "chn.mofcom.parties-2025-09",
    ("CN-UEL", "2025-10-09"): "chn.mofcom.parties-2025-10",
    ("CN-CONTROL", "2026-02-24"): "chn.mofcom.parties-2026-02",
    ("CN-WATCH", "2026-02-24"): "chn.mofcom.parties-2026-02",
    ("CN-CONTROL", "2026-04-24"): "chn.mofcom.20-2026",
    ("CN-CONTROL", "2026-06-22"): "chn.mofcom.23-2026",
    ("CN-CONTROL", "2026-06-29"): "chn.mofcom.27-2026",
    ("CN-WATCH", "2026-06-29"): "chn.mofcom.27-2026",
    ("CN-CONTROL", "2026-07-24"): "chn.mofcom.30-2026",
    ("CN-COUNTER", "2026-08-05"): "chn.mofcom.parties-2026-08",
    ("US-1260H", "2026-06-08"): "usa.dod.list-1260h-2026",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One party on one list."""

    id: str
    list: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    countries: tuple[str, ...]
    notice: str
    programs: str
    requirement: str
    policy: str
    added: str
    fingerprint: str

    @property
    def measure(self) -> str:
        """The measure of the ledger that its standing is read from; empty where none is known."""
        return _MEASURES.get((self.list, self.added), "")

    @property
    def confidence(self) -> str:
        """H for what was read in a list; M for a party that other sources name on one."""
        return "M" if self.id.startswith("named-") else "H"

    @classmethod
    def of(cls, row: dict[str, str]) -> Entry:
        """From a row of the kept table."""

        def many(text: str) -> tuple[str, ...]:
            return tuple(part for part in text.split(";") if part)

        return cls(
            row["id"], row["list"], row["name"], many(row["aliases"]), row["kind"], many(row["countries"]),
            row["notice"], row["programs"], row["requirement"], row["policy"], row["added"], fingerprint(row),
        )  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One list file: where it stands, of which day it is, and who publishes it."""

    name: str
    path: Path
    date: dt.date
    title: str
    publisher: str
    licence: str
    url: str
    rows: int
    sha256: str
    fetched: bool = False
    note: str = ""

    def age(self, today: dt.date) -> int:
        """Days since the list was published."""
        return (today - self.date).days


def data_folder() -> Path:
    """Where fetched data live: `DETENTE_DATA_DIR`, or the user's data folder."""
    named = os.environ.get("DETENTE_DATA_DIR")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_data_dir("detente"))


def _embedded_folder() -> Path:
    return Path(str(resources.files("detente").joinpath("data", "lists")))


def _read_manifest(path: Path, fetched: bool) -> dict[str, Source]:
    document = strict_yaml.read(path)
    if document.problems or not isinstance(document.data, dict):
        raise UserError(document.problems or [Problem(str(path), "is not a table of lists")])
    out = {}
    try:
        for name, row in document.data.items():
            out[name] = Source(
                name, path.parent / Path(row["file"]).name, dt.date.fromisoformat(row["date"]), row["title"],
                row["publisher"], row["licence"], row.get("url", ""), int(row["rows"]), row["sha256"], fetched,
                row.get("note", ""),
            )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError):
        remedy = "Remove it to go back to the embedded lists, and fetch again."
        raise UserError([Problem(str(path), "is damaged", remedy)]) from None
    return out


def sources() -> dict[str, Source]:
    """The list files in use: of each list the newer of the fetched and the embedded one.

    >>> sorted(sources())
    ['cn-mofcom', 'named', 'us-csl']
    """
    out = _read_manifest(_embedded_folder() / "lists.yaml", False)
    own = data_folder() / "lists" / "lists.yaml"
    if own.exists():
        for name, source in _read_manifest(own, True).items():
            if name in out and source.date >= out[name].date:
                out[name] = source
    return out


@dataclass(frozen=True, eq=False)
class Lists:
    """Every listed party, with the files they come from."""

    entries: tuple[Entry, ...]
    sources: tuple[Source, ...]

    @property
    def date(self) -> dt.date:
        """The day of the oldest of the files: the lists together are no newer than that."""
        return min(s.date for s in self.sources)

    @functools.cached_property
    def version(self) -> str:
        """A hash of all the files."""
        return hashlib.sha256("".join(s.sha256 for s in self.sources).encode()).hexdigest()[:16]

    @functools.cached_property
    def notes(self) -> dict[str, str]:
        """What each file says of its own completeness, where it says something."""
        return {s.name: s.note for s in self.sources if s.note}

    @functools.cached_property
    def fingerprints(self) -> dict[str, str]:
        """Fingerprint of every entry by its id."""
        return {e.id: e.fingerprint for e in self.entries}

    @classmethod
    def load(cls, names: Sequence[str] | None = None) -> Lists:
        """The lists in use.

        Parameters
        ----------
        names
            Only these files (`us-csl`, `cn-mofcom`); None: all of them.

        Raises
        ------
        UserError
            Where a file is not what its note says.

        Examples
        --------
        >>> len(Lists.load(["cn-mofcom"]).entries)
        240
        """
        known = sources()
        wrong = [unknown("list file", n, list(known)) for n in names or () if n not in known]
        if wrong:
            raise UserError(wrong)
        chosen = tuple(known[n] for n in (names or known))
        rows: list[Entry] = []
        problems = []
        for source in chosen:
            try:
                content = source.path.read_bytes()
            except OSError as error:
                problems.append(Problem(str(source.path), f"cannot be read: {error.strerror}"))
                continue
            if hashlib.sha256(content).hexdigest() != source.sha256:
                text = "is not the file its note describes: the hash differs"
                problems.append(Problem(str(source.path), text, "Fetch it again: detente data get lists."))
                continue
            rows += [Entry.of(row) for row in _table(source.path)]
        if problems:
            raise UserError(problems)
        return cls(tuple(rows), chosen)

    def staleness(self, today: dt.date, limit: int = REFUSE_AFTER_DAYS) -> list[str]:
        """Warnings for lists older than 30 days.

        Raises
        ------
        UserError
            Where one is older than `limit` days: screening against it would mean nothing.
        """
        remedy = "Fetch a newer one (detente data get lists), or set --max-age."
        old = [s for s in self.sources if s.age(today) > limit]
        if old:
            raise UserError(
                [Problem(s.name, f"is of {s.date}, {s.age(today)} days old, past the limit of {limit}", remedy)
                 for s in old]
            )  # fmt: skip
        return [
            f"{s.title} is of {s.date}, {s.age(today)} days old. {s.note}".strip()
            for s in self.sources
            if s.age(today) > WARN_AFTER_DAYS
        ]

    def __repr__(self) -> str:
        files = ", ".join(f"{s.name} of {s.date}" for s in self.sources)
        return f"<Lists: {len(self.entries)} entries; {files}>"


def _table(path: Path) -> list[dict[str, str]]:
    if path.suffix != ".csv":
        return from_parquet(path)
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def changed(before: dict[str, Any], now: Lists) -> tuple[set[str], set[str]]:
    """Ids of entries that are new or say something else, and of those that are gone.

    >>> lists = Lists.load(["cn-mofcom"])
    >>> changed(lists.fingerprints, lists)
    (set(), set())
    """
    new = {k for k, v in now.fingerprints.items() if before.get(k) != v}
    return new, set(before) - set(now.fingerprints)
