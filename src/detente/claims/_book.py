"""The book of forecasts: append-only. After its horizon a record is never edited, only superseded or given an
outcome."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from detente import strict_yaml
from detente.claims._claim import Claim
from detente.claims._forecast import Forecast, Outcome, parse, refuse
from detente.claims._forecast_rules import outcome_problems, record_problems
from detente.errors import Problem, UserError, unknown


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
        problems += _chain(records)
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
        problems = record_problems(record, record.id) + _chain((*self.records, record))
        if problems:
            raise UserError(problems)
        return ForecastBook((*self.records, record))

    def amend(self, name: str, today: dt.date | None = None, **changes: Any) -> ForecastBook:
        """A book in which an open record reads differently.

        Refused from its horizon on, and once it has an outcome; of a record without a horizon, after the day it was
        recorded. The days of a record are never amended: another horizon is another forecast, which supersedes it.

        Parameters
        ----------
        name
            The record's id.
        today
            A later day than today's, to see what would be refused then; an earlier one changes nothing.
        changes
            New values by key.
        """
        record = self.find(name)
        known = {f.name for f in dataclasses.fields(Forecast)}
        problems = [unknown("key of a forecast", k, sorted(known - _FIXED), name) for k in changes if k not in known]
        for key in sorted(_FIXED & set(changes)):
            problems.append(Problem(name, f"{key} is not amended", _FIXED_REMEDY))
        if problems:
            raise UserError(problems)
        day = max(today or dt.date.min, dt.date.today())
        due = record.horizon or (record.recorded_on or record.said_on) + dt.timedelta(days=1)
        if record.outcomes or day >= due:
            due = due if record.horizon or not record.outcomes else record.outcomes[0].on
            raise refuse(f"{name} was due on {due} and cannot be edited", "Supersede it with a new record.")
        amended = dataclasses.replace(record, **changes)
        if found := record_problems(amended, name):
            raise UserError(found)
        return self._put(dataclasses.replace(amended, seal=amended.sealed()) if record.seal else amended)

    def supersede(self, name: str, record: Forecast) -> ForecastBook:
        """A book in which `record` takes the place of an older one, which stays on file."""
        self.find(name)
        return self.add(dataclasses.replace(record, supersedes=name))

    def resolve(self, name: str, outcome: Outcome) -> ForecastBook:
        """A book in which a record has one more outcome; earlier ones stay. The record is sealed."""
        record = self.find(name)
        if problems := outcome_problems(record, outcome, name):
            raise UserError(problems)
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


_FIXED = {"id", "said_on", "recorded_on", "horizon", "seal", "outcomes", "supersedes"}
_FIXED_REMEDY = "Supersede the record with a new one; for an outcome use `resolve`."


def _chain(records: Sequence[Forecast]) -> list[Problem]:
    """What is wrong with the ids of a book: one taken twice, one record superseded twice, or by itself in the end."""
    ids = Counter(r.id for r in records)
    old = Counter(r.supersedes for r in records if r.supersedes)
    after = {r.id: r.supersedes for r in records if r.supersedes}
    out = [Problem("forecasts", f"two records are called {x!r}") for x in sorted(i for i, n in ids.items() if n > 1)]
    out += [
        Problem("forecasts", f"{name} supersedes {x!r}, which is not there")
        for name, x in after.items()
        if x not in ids
    ]
    for x in sorted(i for i, n in old.items() if n > 1):
        names = ", ".join(r.id for r in records if r.supersedes == x)
        out.append(Problem("forecasts", f"{names} all supersede {x!r}", "Let the newest supersede the one before it."))
    for name in after:
        at, steps = name, 0
        while at in after and steps <= len(after):
            at, steps = after[at], steps + 1
        if steps > len(after):
            out.append(Problem("forecasts", f"{name} supersedes itself in a circle"))
    return out


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
