"""The book of forecasts: append-only. After its horizon a record is never edited, only superseded or given an
outcome."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from detente import strict_yaml
from detente.claims._claim import Claim
from detente.claims._forecast import Forecast, Outcome, parse, refuse
from detente.errors import Problem, UserError


@dataclass(frozen=True)
class ForecastBook:
    """Recorded forecasts; every change gives a new book.

    Examples
    --------
    >>> book = ForecastBook.load()
    >>> book.find("bessent-2025-05-12-meet-again").outcome.state
    'yes'
    """

    records: tuple[Forecast, ...] = ()

    @classmethod
    def load(cls, path: str | Path | None = None) -> ForecastBook:
        """The embedded forecasts, or those of one's own file or folder of YAML lists.

        Raises
        ------
        UserError
            With every problem: unknown keys, missing rules, an edited record whose horizon has passed.
        """
        problems: list[Problem] = []
        records: list[Forecast] = []
        for name, text in _texts(path):
            document = strict_yaml.parse(text, name)
            problems += document.problems
            for i, row in enumerate(document.data or ()):
                record, found = parse(row, document.where((i,)))
                problems += found
                if record is not None:
                    records.append(record)
                    if record.seal and record.seal != record.sealed():
                        remedy = "Put the words back, and add a new record that supersedes this one."
                        problems.append(
                            Problem(document.where((i,)), f"{record.id} was edited after it was sealed", remedy)
                        )
        ids = [r.id for r in records]
        problems += [
            Problem("forecasts", f"two records are called {x!r}") for x in sorted({x for x in ids if ids.count(x) > 1})
        ]
        problems += [
            Problem("forecasts", f"{r.id} supersedes {r.supersedes!r}, which is not there")
            for r in records
            if r.supersedes and r.supersedes not in ids
        ]
        if problems:
            raise UserError(problems)
        return cls(tuple(records))

    def find(self, name: str) -> Forecast:
        """The record of an id."""
        for record in self.records:
            if record.id == name:
                return record
        raise refuse(f"there is no forecast {name!r}", "`detente forecasts` lists them.")

    def current(self) -> list[Forecast]:
        """Records that no later one supersedes."""
        old = {r.supersedes for r in self.records}
        return [r for r in self.records if r.id not in old]

    def add(self, record: Forecast) -> ForecastBook:
        """A book with one more record."""
        if any(r.id == record.id for r in self.records):
            raise refuse(f"{record.id!r} is taken", "Choose another id; records are never overwritten.")
        return ForecastBook((*self.records, record))

    def amend(self, name: str, today: dt.date, **changes: Any) -> ForecastBook:
        """A book in which an open record reads differently; refused from its horizon on, and once it has an outcome."""
        record = self.find(name)
        if "outcomes" in changes or "id" in changes:
            raise refuse("outcomes and ids are not amended", "Use `resolve` for an outcome.")
        if record.outcomes or (record.horizon is not None and today >= record.horizon):
            day = record.horizon or record.outcomes[0].on
            raise refuse(f"{name} was due on {day} and cannot be edited", "Supersede it with a new record.")
        amended = dataclasses.replace(record, **changes)
        return self._put(dataclasses.replace(amended, seal=amended.sealed()) if record.seal else amended)

    def supersede(self, name: str, record: Forecast) -> ForecastBook:
        """A book in which `record` takes the place of an older one, which stays on file."""
        self.find(name)
        return self.add(dataclasses.replace(record, supersedes=name))

    def resolve(self, name: str, outcome: Outcome) -> ForecastBook:
        """A book in which a record has one more outcome; earlier ones stay. The record is sealed."""
        record = self.find(name)
        return self._put(dataclasses.replace(record, outcomes=(*record.outcomes, outcome), seal=record.sealed()))

    def _put(self, record: Forecast) -> ForecastBook:
        return ForecastBook(tuple(record if r.id == record.id else r for r in self.records))

    def said_by(self, speaker: str, around: dt.date | None, days: int = 60) -> list[Forecast]:
        """Current records of a speaker, said within some days of a day."""
        return [
            r
            for r in self.current()
            if speaker.casefold() in (r.speaker.casefold(), *(a.casefold() for a in r.also))
            and (around is None or abs((r.said_on - around).days) <= days)
        ]


def _texts(path: str | Path | None) -> Iterator[tuple[str, str]]:
    if path is None:
        folder = resources.files("detente").joinpath("data/claims/forecasts")
        for entry in sorted(folder.iterdir(), key=lambda e: e.name):
            yield entry.name, entry.read_text(encoding="utf-8")
        return
    place = Path(path)
    files = sorted(place.glob("*.yaml")) if place.is_dir() else [place]
    for file in files:
        try:
            yield str(file), file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError([Problem(str(file), f"cannot be read: {error}")]) from None


def forecast_of(claim: Claim, *, name: str, source: str, rule: str, said_on: dt.date | None = None) -> Forecast:
    """A record from a claim, for a person to complete: the resolution rule is theirs to give.

    Raises
    ------
    UserError
        If the claim has no speaker, no day, or says nothing of the future.
    """
    day = said_on or (claim.said_on[1] if claim.said_on else None)
    problems = []
    if claim.speaker is None:
        problems.append(Problem(name, "a forecast needs a speaker", "The claim is the article's own voice."))
    if day is None:
        problems.append(Problem(name, "the day it was said is not known", "Give said_on."))
    if claim.modality not in ("forecast", "planned", "threatened", "promised") and claim.kind != "duration":
        problems.append(Problem(name, f"the claim is {claim.modality}: it says nothing of the future"))
    if problems or day is None or claim.speaker is None:
        raise UserError(problems)
    number = claim.by if claim.by is not None else claim.to
    return Forecast(
        id=name, origin="expert", speaker=claim.speaker, affiliation=claim.affiliation or "", said_on=day,
        source=source,
        statement=f"{claim.kind.replace('_', ' ')} ({', '.join(claim.subject) or claim.concept or 'no topic'})",
        kind="event" if number is None else "number", rule=rule, probability=claim.probability, value=number,
        unit=claim.unit or "", horizon=claim.horizon[1] if claim.horizon else None, conditional=claim.conditional,
        topics=claim.subject,
    )  # fmt: skip
