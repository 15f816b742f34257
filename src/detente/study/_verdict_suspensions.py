"""Verdicts on what was put off: whether the ledger suspends that much, of that duty, from and until those days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detente.claims import Claim
from detente.ledger import Event
from detente.study._verdicts import Court, Verdict, measures_of

_NEAR = 0.00051
_BACK, _AHEAD, _LATER = 60, 45, 365
_SLACK = {"days": 1, "weeks": 3, "months": 4, "years": 4}
_LENGTH = {"days": 1.0, "weeks": 7.0, "months": 30.4375, "years": 365.25}
_BOTH = ("USA", "CHN")
_PAUSES = ("truce", "suspen", "pause", "freez", "moratorium", "reprieve")


@dataclass(frozen=True)
class Stay:
    """A suspension on record, or its extension: what stays, what is put off, from when and until when."""

    name: str
    since: dt.date
    until: dt.date | None
    stays: float | None
    planned: float | None
    extended: bool = False

    @property
    def size(self) -> float | None:
        """The points that are put off."""
        return None if self.stays is None or self.planned is None else round(self.planned - self.stays, 10)

    def told(self) -> str:
        """In words."""
        size = self.size
        what = "suspended" if size is None else f"{_pc(size)} points suspended ({_pc(self.stays)} % stay)"
        return f"{what} from {self.since}" + (f" to {self.until}" if self.until else "")


def stays_of(court: Court, names: Sequence[str]) -> list[Stay]:
    """Every suspension and extension of some measures, as far as it was known."""
    out = []
    for name in names:
        for e in court.ledger.measures[name].events:
            if e.kind in ("suspended", "extended") and (court.known is None or e.known <= court.known):
                full = f"{name}#{e.limb}" if e.limb else name
                out.append(Stay(full, _start(e), e.until, e.rate, e.then_rate, e.kind == "extended"))
    return out


def _start(e: Event) -> dt.date:
    return e.takes_effect or e.date


def suspended_rate(claim: Claim, court: Court, day: dt.date, headline: float | None) -> Verdict | None:
    """The verdict on a duty, or a rise of one, that is said to be put off; None if the pair has no duty at all.

    `headline` is what the press calls the rate of the pair on that day: a rise put off may be told on top of it.
    """
    names = [
        n for n, m in court.ledger.measures.items()
        if m.is_tariff and m.imposer == claim.actor and (claim.target is None or claim.target in m.targets)
    ]  # fmt: skip
    if not names:
        return None
    near = [s for s in stays_of(court, names) if _near(claim, s, day)]
    fits = [s for s in near if _same(claim, s, headline)]
    dated = [s for s in fits if _until(claim, s.until) is not False]
    if dated:
        return Verdict("supported", dated[0].name, dated[0].told())
    if fits:
        wanted = claim.horizon[1] if claim.horizon else None
        return Verdict("contradicted", fits[-1].name, f"{fits[-1].told()}, not until {wanted}")
    sized = [s for s in near if s.size is not None] or near
    if sized:
        best = min(sized, key=lambda s: (not s.since <= day <= (s.until or day), abs((s.since - day).days)))
        return Verdict("contradicted", best.name, f"the ledger has another: {best.told()}")
    return None


def _near(claim: Claim, stay: Stay, day: dt.date) -> bool:
    """Whether a suspension began around the day, or ran on it."""
    ahead = _AHEAD if claim.modality in ("reported", "promised") else _LATER
    return stay.since <= day + dt.timedelta(days=ahead) and (stay.until or stay.since) >= day - dt.timedelta(days=_BACK)


def _same(claim: Claim, stay: Stay, headline: float | None) -> bool:
    """Whether the numbers of a claim are those of a suspension."""
    if stay.size is None or stay.planned is None or stay.stays is None:
        return claim.to is None and claim.by is None
    on_top = None if headline is None else headline + stay.size
    goals = [stay.planned, *([on_top] if on_top is not None else [])]
    if claim.kind == "tariff_level" and claim.to is not None:
        return any(abs(claim.to - g) <= _NEAR for g in (stay.size, *goals))
    if claim.from_ is not None and min(abs(claim.from_ - x) for x in (stay.stays, headline or stay.stays)) > _NEAR:
        return False
    if claim.to is not None:
        return any(abs(claim.to - g) <= _NEAR for g in goals)
    return claim.by is not None and abs(abs(claim.by) - stay.size) <= _NEAR


def _until(claim: Claim, until: dt.date | None) -> bool | None:
    """Whether the day a claim names is the one on record; None where either names none."""
    if claim.horizon is None or until is None:
        return None
    first, last = claim.horizon
    return first - dt.timedelta(days=1) <= until <= last + dt.timedelta(days=1)


def until_verdict(claim: Claim, court: Court, name: str, day: dt.date) -> Verdict | None:
    """For a control said to be suspended until a day: contradicted where the ledger has another."""
    if claim.horizon is None:
        return None
    ends = [s for s in stays_of(court, [name]) if s.until and abs((s.since - day).days) <= _BACK]
    if not ends or any(_until(claim, s.until) for s in ends):
        return None
    return Verdict("contradicted", ends[-1].name, f"{ends[-1].told()}, not until {claim.horizon[1]}")


def term_verdict(claim: Claim, court: Court, day: dt.date) -> Verdict:
    """How long a suspension holds, and the day it ends, against the suspensions that ran or began around the day."""
    stays = list(_around(claim, court, day))
    if any(w in claim.text.casefold() for w in ("extension", "extend", "another", "prolong")):
        # what was put off before is no extension; one foreseen lies ahead
        stays = [s for s in _ahead(claim, court, day) if s.extended]
    for stay in stays:
        if claim.kind == "deadline" and _until(claim, stay.until):
            return Verdict("supported", stay.name, stay.told())
        if claim.kind == "duration" and _lasts(claim, stay):
            assert stay.until is not None
            days = (stay.until - stay.since).days
            return Verdict("supported", stay.name, f"suspended from {stay.since} to {stay.until}: {days} days")
    begun = [s for s in stays if s.until and abs((s.since - day).days) <= 14]
    text = claim.text.casefold()
    if begun and any(w in text for w in _PAUSES) and (claim.kind == "duration" or claim.horizon is not None):
        assert begun[0].until is not None
        days = (begun[0].until - begun[0].since).days
        return Verdict("contradicted", begun[0].name, f"{begun[0].told()}: {days} days")
    return Verdict("cannot_be_told", None, "no term in the ledger has this length or end")


def _around(claim: Claim, court: Court, day: dt.date, ahead: int = _AHEAD) -> Iterator[Stay]:
    """Suspensions that may be meant: of what the claim names, else of the two governments' duties; nearest first."""
    named = [m for t in claim.subject for m in measures_of(t, claim.actor)[0] if m in court.ledger.measures]
    names = list(dict.fromkeys(named)) or [
        n
        for n, m in court.ledger.measures.items()
        if m.kind == "tariff.additional" and m.imposer in ([claim.actor] if claim.actor in _BOTH else _BOTH)
    ]
    rows = [s for s in stays_of(court, names) if s.until]
    rows = [
        s for s in rows
        if s.until and s.since - dt.timedelta(days=ahead) <= day <= s.until + dt.timedelta(days=_AHEAD)
    ]  # fmt: skip
    yield from sorted(rows, key=lambda s: abs((s.since - day).days))


def _ahead(claim: Claim, court: Court, day: dt.date) -> Iterator[Stay]:
    """Suspensions that may be meant, begun around the day or within a year after it."""
    later = _LATER if claim.modality in ("forecast", "planned", "promised", "threatened") else _AHEAD
    for s in _around(claim, court, day, later):
        if s.since >= day - dt.timedelta(days=_AHEAD):
            yield s


def _lasts(claim: Claim, stay: Stay) -> bool:
    """Whether a suspension is as long as a claim says, within the way such lengths are told."""
    if claim.to is None or claim.unit not in _LENGTH or stay.until is None:
        return False
    length = (stay.until - stay.since).days
    low = (claim.low if claim.low is not None else claim.to) * _LENGTH[claim.unit]
    return low - _SLACK[claim.unit] <= length <= claim.to * _LENGTH[claim.unit] + _SLACK[claim.unit]


def _pc(rate: float | None) -> str:
    return "?" if rate is None else f"{100 * rate:.4g}"
