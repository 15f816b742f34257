"""What the ledger says of an article's claims: supported, contradicted, partly, not in the ledger, cannot be told.

Claims come from `detente.claims`, which never asks the ledger; law and later outcomes are joined here, with the reason.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from detente import strict_yaml
from detente.claims import Claim, ForecastBook, Reading, concepts, read_file, talks
from detente.ledger import Ledger

VERDICTS = ("supported", "contradicted", "partly", "not_in_ledger", "cannot_be_told")


@dataclass(frozen=True)
class Verdict:
    """A verdict with its reason; `measure` is the id (or headline) it rests on."""

    verdict: str
    measure: str | None
    detail: str

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"verdict": self.verdict, "measure": self.measure, "detail": self.detail}


@dataclass(frozen=True)
class Court:
    """The ledger, the recorded forecasts and the day the article was written."""

    ledger: Ledger
    book: ForecastBook
    day: dt.date | None
    known: dt.date | None = None
    seen: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, key: tuple[Any, ...], reckon: Callable[[], Any]) -> Any:
        """What was looked up before under a key, or is looked up now: articles ask the same of the ledger often."""
        if key not in self.seen:
            self.seen[key] = reckon()
        return self.seen[key]

    def status(self, name: str, day: dt.date) -> dict[str, Any]:
        """`Ledger.status` with the knowledge of this court."""
        return dict(self.once(("status", name, day), lambda: self.ledger.status(name, day, self.known)))

    def day_of(self, claim: Claim) -> dt.date | None:
        """The day a claim speaks from: when it was said, else the article's."""
        promised = claim.kind == "control" and claim.modality == "promised" and claim.date is not None
        if promised and claim.date is not None and (self.day is None or (self.day - claim.date[1]).days in range(120)):
            return claim.date[1]
        for span in (claim.said_on, claim.date if claim.kind not in _DATED_BY_ARTICLE else None):
            if span is not None and "said_on" not in claim.inferred:
                return span[1]
        return self.day or (claim.date[1] if claim.date else None)


_DATED_BY_ARTICLE = ("control", "purchase")


@functools.cache
def table(name: str) -> list[dict[str, Any]]:
    """Rows of one of the tables the verdicts rest on."""
    text = resources.files("detente").joinpath(f"data/claims/{name}").read_text(encoding="utf-8")
    return list(strict_yaml.parse(text, name).data)


def measures_of(topic: str, imposer: str | None) -> tuple[list[str], str]:
    """(measures that a topic may mean, a note on it); of any imposer if none is known."""
    rows = [r for r in table("subjects.yaml") if r["topic"] == topic and imposer in (None, r["imposer"])]
    note = "; ".join(r["note"] for r in rows if r.get("note"))
    out = [m for r in rows for m in r["measures"]]
    for r in rows:
        if r.get("instead"):
            out += measures_of(r["instead"], r["imposer"])[0]
    return list(dict.fromkeys(out)), note


def judge(
    reading: Reading, ledger: Ledger | None = None, *, known: dt.date | None = None, book: ForecastBook | None = None
) -> list[Verdict]:
    """A verdict for every claim of an article, in order.

    Parameters
    ----------
    reading
        What `detente.claims.read` found.
    ledger
        The facts; the embedded ones by default.
    known
        Look with the knowledge of that day; None for everything known.
    book
        Recorded forecasts, whose outcomes decide claims about the future.

    Examples
    --------
    >>> from detente.claims import read
    >>> found = judge(read("The US cut its tariffs on China from 145% to 30% on May 14, 2025."))
    >>> found[0].verdict
    'supported'
    >>> judge(read("The US cut its tariffs on China from 145% to 20% on May 14, 2025."))[0].verdict
    'contradicted'
    """
    court = Court(ledger or Ledger.load(), book or ForecastBook.load(), reading.date, known)
    return [verdict_of(claim, court) for claim in reading.claims]


def read_article(path: str | Path, on: str | None = None, *, ledger: Ledger | None = None) -> dict[str, Any]:
    """Read a file and join the verdicts: what `detente read` prints.

    Raises
    ------
    UserError
        If the file cannot be read or `on` is no day.
    """
    reading = read_file(path, on)
    verdicts = judge(reading, ledger)
    out = reading.to_dict()
    for row, verdict in zip(out["claims"], verdicts, strict=True):
        row["ledger"] = verdict.to_dict()
    return out


def verdict_of(claim: Claim, court: Court) -> Verdict:
    """The verdict on one claim."""
    from detente.study._verdict_controls import control_verdict
    from detente.study._verdict_forecasts import recorded_verdict
    from detente.study._verdict_purchases import purchase_verdict
    from detente.study._verdict_rates import rate_verdict

    recorded = recorded_verdict(claim, court)
    if claim.kind in ("tariff_change", "tariff_level"):
        found = rate_verdict(claim, court)
        if recorded is None or recorded.measure is None or claim.modality != "forecast":
            return found
        # the rate stands in the ledger; what becomes of it is a forecast on record
        return Verdict(recorded.verdict, recorded.measure, f"{recorded.detail}; the rate named: {found.detail}")
    if recorded is not None:
        return recorded
    if claim.kind == "control":
        return control_verdict(claim, court)
    if claim.kind == "meeting":
        return _meeting(claim, court)
    if claim.kind in ("trade_change", "trade_level", "growth_change", "share"):
        return _outcome(claim, court)
    if claim.kind in ("duration", "deadline"):
        return _term(claim, court)
    if claim.kind == "purchase":
        return purchase_verdict(claim, court)
    return _opinion(claim)


def _meeting(claim: Claim, court: Court) -> Verdict:
    if claim.date is None:
        return Verdict("cannot_be_told", None, "the day of the talks is not known")
    for talk in talks():
        ends = {claim.actor, claim.target} - {None}
        if court.known is not None and talk.first > court.known:
            continue
        if talk.first <= claim.date[1] and claim.date[0] <= talk.last and ends <= set(talk.between):
            if claim.place and talk.place.split()[0].casefold() != claim.place.casefold() and talk.place != "phone":
                return Verdict("contradicted", f"talks: {talk.name}", f"on that day they met in {talk.place}")
            return Verdict("supported", f"talks: {talk.name}", f"{talk.first} to {talk.last} ({talk.source})")
    if claim.date[0] > court.ledger.thin_until:
        return Verdict("cannot_be_told", None, f"the evidence ends on {court.ledger.thin_until}")
    return Verdict("not_in_ledger", None, "no talks on record for that day")


def _outcome(claim: Claim, court: Court) -> Verdict:
    """Trade, growth and shares against statistics, where the year and the two economies agree."""
    from detente.study._verdict_forecasts import number_verdict

    quantities = set(claim.subject)
    year = (claim.date or claim.horizon or (court.day, court.day))[1]
    for row in table("outcomes.yaml"):
        if row["quantity"] not in quantities or row["actor"] != claim.actor:
            continue
        if claim.kind == "share":
            if row["kind"] == "share":
                verdict = number_verdict(claim, row["value"], row["source"], f"{row['stage']}, {row['year']}")
                return Verdict("partly", row["source"], f"the stage is not said; {verdict.detail}")
            continue
        if row["target"] != claim.target or row["kind"] != ("level" if claim.kind == "trade_level" else "change"):
            continue
        whole = claim.date is not None and (claim.date[1] - claim.date[0]).days > 300
        if year is not None and year.year == row["year"] and (whole or claim.date is None):
            if claim.date is None and claim.horizon is None:
                return Verdict("cannot_be_told", row["source"], f"the text names no period; on record is {row['year']}")
            if claim.conditional:
                return Verdict("cannot_be_told", row["source"], "said under a condition; only what happened is seen")
            if claim.kind == "trade_level":
                return _amount(claim, row)
            return number_verdict(claim, row["value"], row["source"], str(row["year"]))
    return Verdict("not_in_ledger", None, "no statistic on record for that flow and period")


def _term(claim: Claim, court: Court) -> Verdict:
    """How long a suspension holds, and the day it ends, against the terms the ledger has."""
    from detente.study._verdict_suspensions import term_verdict

    day = court.day_of(claim)
    if claim.action == "interval":
        return Verdict(
            "not_in_ledger", None, "licensing practice; the ledger holds the acts, and their text sets no such term"
        )
    if "tiktok" in claim.subject:
        return Verdict("not_in_ledger", None, "the ledger holds measures on trade, not this deadline")
    if day is None:
        return Verdict("cannot_be_told", None, "the day of the article is not known")
    return term_verdict(claim, court, day)


def _amount(claim: Claim, row: dict[str, Any]) -> Verdict:
    """An amount of trade against the statistic: within two percent it is the same number, rounded."""
    if claim.to is None or claim.unit != row["unit"]:
        return Verdict("cannot_be_told", row["source"], "another unit")
    text = f"said {claim.to / 1e9:.4g}, seen {row['value'] / 1e9:.4g} {row['unit']} bn in {row['year']}"
    word = "supported" if abs(claim.to - row["value"]) <= 0.02 * row["value"] else "contradicted"
    return Verdict(word, row["source"], text)


def _opinion(claim: Claim) -> Verdict:
    if claim.concept:
        row = concepts()[claim.concept]
        if claim.concept == "dominance":
            for seen in table("outcomes.yaml"):
                if (
                    seen["kind"] == "share"
                    and seen["quantity"] in claim.subject
                    and seen["actor"] in (claim.actor, claim.target)
                ):
                    text = f"{seen['stage']} {100 * seen['value']:.1f} % in {seen['year']}; other stages are higher"
                    text += ", and the text names none"
                    return Verdict("partly", seen["source"], text)
        return Verdict("cannot_be_told", None, f"{row['kind']} claim; it would take {row['needs']}")
    if claim.kind in ("forecast", "probability"):
        return Verdict("cannot_be_told", None, "a forecast: record it with a rule, and score it when it is resolved")
    return Verdict("cannot_be_told", None, "an opinion or report that no measure in the ledger decides")


def worst(verdicts: Sequence[str]) -> str:
    """One verdict from several: all alike, else partly.

    >>> worst(["supported", "contradicted"]), worst(["supported", "supported"])
    ('partly', 'supported')
    """
    told = [v for v in verdicts if v in ("supported", "contradicted", "partly")]
    if not told:
        return verdicts[0] if verdicts else "not_in_ledger"
    if len(set(told)) == 1 and len(told) == len(verdicts):
        return told[0]
    return "partly" if len(set(told)) > 1 or told[0] == "supported" else told[0]
