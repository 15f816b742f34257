"""Errors a person can act on: where, what, and what to do.

```text
DetenteError
├── UserError            the input is at fault; the CLI prints it and exits 2
│   ├── DateError        a day that cannot be read, or lies before the ledger begins
│   ├── UnknownName      an economy, sector, measure or elasticity set that is not there
│   ├── LedgerError      the ledger's files contradict their schema or each other
│   ├── WorldError       accounts that do not close, shapes that do not fit
│   ├── ShockError       a tariff below -100 %, a cost ratio that is not positive
│   └── ScenarioError    a scenario file with unknown keys or contradictory changes
└── SolveError           a solve was asked to raise and did not reach an equilibrium
```

Problems are collected and raised once, so that one run shows all of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong: `where` it stands, `what` is wrong, and the `remedy`."""

    where: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        end = "" if self.what.endswith((".", "?")) else "."
        return f"{place}{self.what}{end} {self.remedy}".rstrip()


class DetenteError(Exception):
    """Base of every error raised on purpose."""


class UserError(DetenteError):
    """The input is at fault. Holds every problem found, not only the first.

    >>> print(UserError([Problem("--on", "'2025-13-01' is not a date", "Write YYYY-MM-DD.")]))
    --on: '2025-13-01' is not a date. Write YYYY-MM-DD.
    """

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        self.problems: tuple[Problem, ...] = (Problem("", problems),) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class DateError(UserError):
    """A day that cannot be read, or that lies before the ledger begins."""


class UnknownName(UserError):
    """A name that is in no table here."""


class LedgerError(UserError):
    """The ledger's files contradict their schema or each other."""


class WorldError(UserError):
    """Accounts that do not close, or arrays whose shapes do not fit."""


class ShockError(UserError):
    """A shock outside the model's domain."""


class ScenarioError(UserError):
    """A scenario file that cannot be run as written."""


class SolveError(DetenteError):
    """A solve was asked to raise and did not reach an equilibrium."""


def close_matches(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Names in `known` that `name` may have meant, best first, ignoring case.

    >>> close_matches("chn", ["CHN", "CHE", "USA"])[0]
    'CHN'
    """
    table: dict[str, str] = {}
    for k in known:
        table.setdefault(k.casefold(), k)
    return [table[m] for m in difflib.get_close_matches(name.casefold(), list(table), n=limit, cutoff=0.6)]


def unknown(kind: str, name: str, known: Sequence[str], where: str = "", listing: str = "") -> Problem:
    """The problem 'no such <kind>', with close matches or how to list them.

    >>> str(unknown("economy", "CHM", ["CHN", "USA"]))
    "'CHM' is not a known economy. Did you mean CHN?"
    """
    close = close_matches(name, known)
    if close:
        remedy = f"Did you mean {' or '.join(close)}?"
    elif listing:
        remedy = listing
    else:
        some = ", ".join(known[:12])
        remedy = f"Known: {some}{', ...' if len(known) > 12 else ''}."
    return Problem(where, f"{name!r} is not a known {kind}", remedy)
