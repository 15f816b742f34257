"""`Ledger`: the facts, and every question one may ask of them."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from detente import economies
from detente.dates import Clocks, parse_date
from detente.errors import DateError, LedgerError, Problem, UnknownName, UserError, unknown
from detente.ledger import _answers, _cache, _load
from detente.ledger._lines import Lines
from detente.ledger._load import Facts
from detente.ledger._records import Measure
from detente.ledger._regime import Regime
from detente.ledger._status import Clock

if TYPE_CHECKING:
    from detente.ledger._average import Trade
    from detente.ledger._duty import Desk
    from detente.ledger._series import Series

Day = str | dt.date
_DESKS = 4096
"""Pairs and days kept ready for look-ups."""

_YEARS_AHEAD = 20
"""A series may run this long past the evidence, each day as it stands, and no longer."""


@dataclass(frozen=True, eq=False)
class Ledger:
    """Measures of trade policy with their events; status and rates are computed, never stored.

    Every question takes two days: `on`, the day a rule holds (state at the end of the imposer's local day), and
    `known`, the day one looks from (None: all the evidence).

    Examples
    --------
    The 34 % of April 2025 was on the way on the 3rd, and never came:

    >>> ledger = Ledger.load()
    >>> ledger.status("F054", on="2025-04-09", known="2025-04-03")["status"]
    'scheduled'
    >>> ledger.status("F054", on="2025-04-09")["status"]
    'never_in_force'
    """

    facts: Facts
    root: Path
    _name: str = field(default="", repr=False)
    """Key of the compiled copy; empty: none."""
    _trades: dict[tuple[str, str], Trade] = field(default_factory=dict, init=False, repr=False)
    _desks: dict[Any, Desk] = field(default_factory=dict, init=False, repr=False)
    _codes: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def load(cls, path: str | Path | None = None, *, cache: bool = True) -> Ledger:
        """The embedded facts, or those of one's own folder.

        Parameters
        ----------
        path
            A folder of YAML files, laid out as `<imposer>/<authority>/<measure>.yaml`. Sources, coverage scopes and
            the edge of the evidence that it does not bring come from the embedded facts.
        cache
            Whether a compiled copy may be read and written.

        Raises
        ------
        LedgerError
            With every problem in every file.
        """
        root = _load.EMBEDDED if path is None else Path(path)
        name = _cache.key(root, _load.EMBEDDED) if cache else ""
        facts = _cache.load(name) if name else None
        if facts is None:
            facts, problems = _load.read(root)
            if facts is None:
                raise LedgerError(problems)
            if name:
                _cache.store(name, facts)
        return cls(facts, root, name)

    @staticmethod
    def check(path: str | Path | None = None) -> list[Problem]:
        """Every problem in a folder of facts; an empty list is a clean bill.

        >>> Ledger.check()
        []
        """
        return _load.check(_load.EMBEDDED if path is None else Path(path))

    @functools.cached_property
    def measures(self) -> Mapping[str, Measure]:
        """Every measure by its id."""
        return MappingProxyType(self.facts.measures)

    @functools.cached_property
    def lines(self) -> Lines:
        """Line tables, read when first needed."""
        return _load.lines(self.root, self._name)

    def trade(self, importer: str, exporter: str) -> Trade:
        """Trade of a pair by line, with every scope laid over it: the ground of averages."""
        from detente.ledger import _average

        if (importer, exporter) not in self._trades:
            self._trades[importer, exporter] = _average.trade(self.lines, importer, exporter)
        return self._trades[importer, exporter]

    def desk(self, importer: str, exporter: str, clock: Clock, notes: tuple[str, ...] = ()) -> Desk:
        """The place where look-ups of one pair on one day are answered; kept, for the next look-up."""
        from detente.ledger._codes import Codes
        from detente.ledger._duty import Desk

        key = (importer, exporter, clock.on, clock.known)
        if key not in self._desks:
            if len(self._desks) >= _DESKS:
                self._desks.clear()
            codes = self._codes.setdefault(importer, Codes(importer, f"{importer.lower()}.mfn", self.lines))
            held = tuple(m for m in self.measures.values() if m.imposer == importer and m.reaches(exporter))
            self._desks[key] = Desk(importer, exporter, clock, held, self.lines, codes, notes)
        return self._desks[key]

    def series(self, start: Day, end: Day, *, importer: str, exporter: str, known: Day | None = None) -> Series:
        """Average statutory rate on every day from `start` to `end`, by layer; see `Regime.average`.

        Examples
        --------
        >>> line = Ledger.load().series("2025-05-13", "2025-05-14", importer="CHN", exporter="USA")
        >>> [round(x, 9) for x in line.layers["reciprocal"]]
        [1.25, 0.1]
        """
        from detente.ledger import _series

        first, last = parse_date(start, "--start"), parse_date(end, "--end")
        if last < first:
            raise DateError([Problem("--end", f"{last} lies before {first}", "Give the earlier day first.")])
        if last.year > self.thin_until.year + _YEARS_AHEAD:
            raise DateError([Problem("--end", f"{last} is far beyond the evidence", f"It ends on {self.thin_until}.")])
        pair = economies.economy(importer, "importer"), economies.economy(exporter, "exporter")
        return _series.series(self, pair[0], pair[1], first, last, self._clock(last, known))

    @property
    def firm_until(self) -> dt.date:
        """Last day of firm evidence; the default of `--on`."""
        return self.facts.firm_until

    @property
    def thin_until(self) -> dt.date:
        """Last day of any evidence."""
        return self.facts.thin_until

    def _clock(self, on: Day, known: Day | None) -> Clock:
        clocks = Clocks.parse(on, known)
        return Clock(clocks.on, clocks.known, self.thin_until)

    def _notes(self, clock: Clock) -> list[str]:
        if clock.on <= self.firm_until:
            return []
        return [
            f"The evidence is firm to {self.firm_until} and thin to {self.thin_until}: "
            f"the state of {clock.on} is read from acts known by then."
        ]

    def on(self, date: Day, known: Day | None = None) -> Regime:
        """What is collected at the end of a day, as known at another.

        Raises
        ------
        DateError
            For a day that cannot be read or lies before 2018.
        """
        clock = self._clock(date, known)
        return Regime(clock.on, clock.known, self, tuple(self._notes(clock)))

    def find(self, name: str) -> tuple[Measure, str]:
        """The measure and limb that an id, former id, alias or `id#limb` names.

        Raises
        ------
        UnknownName
            With close matches.
        """
        text = self.facts.aliases.get(name.strip(), name.strip())
        base, _, limb = text.partition("#")
        base = self.facts.aliases.get(base, base)
        measure = self.measures.get(base)
        if measure is None:
            names = [*self.measures, *self.facts.aliases]
            raise UnknownName([unknown("measure", name, names, listing="`detente ledger list` shows them all.")])
        if limb and limb not in {x.name for x in measure.limbs}:
            listed = [x.name for x in measure.limbs]
            listing = f"{base} has {'the limbs ' + ', '.join(listed) if listed else 'no limbs'}."
            raise UnknownName([unknown(f"limb of {base}", limb, listed, listing=listing)])
        return measure, limb

    def status(self, name: str, on: Day, known: Day | None = None) -> dict[str, Any]:
        """Status of a measure or limb: `{id, status, since, until, events, confidence, ...}`.

        Parameters
        ----------
        name
            Id, `id#limb` or alias.
        on, known
            The two days.

        Returns
        -------
        `status` is one of in_force, suspended, scheduled, ended, never_in_force, superseded, unknown; of a tariff also
        `rate` (fraction; None where it varies by line) and `collected`; of a limb of a tariff, what the whole collects
        is `measure_rate`.
        """
        measure, limb = self.find(name)
        clock = self._clock(on, known)
        return _answers.status(measure, limb, clock, self._notes(clock))

    def deadlines(self, on: Day, within: int = 120, known: Day | None = None) -> list[dict[str, Any]]:
        """What expires, returns, starts, stops or moves in the `within` days after `on`, by acts of that day or before.

        `known` of an entry says how it came out (`put off`, with the act that did it, where the day passed without
        it), or `unknown` where the evidence ends first. Ends that were only stated are listed as such.
        """
        if within < 0:
            raise UserError([Problem("--within", f"{within} is negative", "Give a number of days, for example 120.")])
        return _answers.deadlines(self, self._clock(on, known), within)

    def diff(self, first: Day, second: Day, between: tuple[str, str] = ("USA", "CHN")) -> dict[str, Any]:
        """What started, ended, changed, was suspended or resumed from the end of one day to the end of another."""
        a, b = parse_date(first, "D1"), parse_date(second, "D2")
        if b < a:
            raise DateError([Problem("D2", f"{b} lies before {a}", "Give the earlier day first.")])
        codes = economies.expand(list(between), "--between")
        if len(codes) != 2:
            raise UserError([Problem("--between", f"needs two economies, not {len(codes)}", "For example USA CHN.")])
        return _answers.diff(self, self._clock(a, None), self._clock(b, None), (codes[0], codes[1]))

    def controls(self, on: Day, known: Day | None = None) -> list[dict[str, Any]]:
        """Measures other than tariffs that had begun or been announced by then, with their status."""
        return _answers.controls(self, self._clock(on, known))

    def sources(self) -> Mapping[str, Mapping[str, str]]:
        """Sources by key."""
        return MappingProxyType(self.facts.sources)

    def __repr__(self) -> str:
        return f"<Ledger: {len(self.measures)} measures, evidence firm to {self.firm_until}>"
