"""Verdicts on purchases: the promise on record, as each side tells it, how far it has come, and its status."""

from __future__ import annotations

import datetime as dt
from typing import Any

from detente.claims import Claim
from detente.claims._quantities import quantities
from detente.claims._tokens import tokens
from detente.ledger import commitments
from detente.study._verdicts import Court, Verdict, table

_SCALE = {"million tonnes": ("tonnes", 1e6), "USD bn": ("USD", 1e9), "aircraft": ("aircraft", 1.0)}
_ROUNDED = 0.02
"""Amounts in the press are rounded to two digits at worst."""
_SOON = 14
"""Days by which a report may come before the text that makes the promise."""
_GRACE = 31
"""Days by which a due day may be told loosely: the end of a year, a season."""
_UNMET = ("missed", "broken", "partly_kept")


def purchase_verdict(claim: Claim, court: Court) -> Verdict:
    """The verdict on goods bought or promised to be."""
    day = court.day_of(claim)
    if day is None:
        return Verdict("cannot_be_told", None, "the day of the article is not known")
    rows = _candidates(claim, court, day)
    if not rows:
        what = ", ".join(claim.subject) or "these goods"
        return Verdict("not_in_ledger", None, f"no commitment of {claim.actor or 'anybody'} to buy {what} on record")
    if claim.action == "attained":
        return _attained(claim, rows)
    if claim.action in ("kept", "missed"):
        return _fate(claim, rows, day)
    if claim.modality == "reported":
        return _bought(claim, rows)
    alive = [r for r in rows if _sized(claim, r) or not r["due"] or r["due"] >= day.isoformat()]
    if not alive:
        return Verdict("not_in_ledger", None, f"no such promise of {claim.actor} was open on {day}")
    return _promised(claim, alive)


def _candidates(claim: Claim, court: Court, day: dt.date) -> list[dict[str, Any]]:
    """Commitments that may be meant, as they stood; those of the goods named, else of the buyer and the unit."""
    on = day
    if claim.modality != "reported":
        on = day + dt.timedelta(days=_SOON)
    elif claim.horizon is not None and claim.horizon[1] > day:
        on = claim.horizon[1]
    on = min(on, court.ledger.firm_until)
    known = None if court.known is None else court.known.isoformat()
    rows = [
        r
        for r in court.once(("commitments", on), lambda: commitments(on.isoformat(), known))
        if r["kind"] == "quantity"
    ]
    rows = [r for r in rows if claim.actor in (None, r["actor"])]
    named = [i for x in table("purchases.yaml") if x["topic"] in claim.subject for i in x["commitments"]]
    if named:
        return sorted((r for r in rows if r["id"] in named), key=lambda r: _rank(claim, r, day, named))
    if claim.subject:
        return []
    if claim.action == "attained":
        amounts = [q for q in quantities(tokens(claim.text)) if q.unit != "percent"]
        return [r for r in rows if any(q.unit == u and _close(q.high, a) for q in amounts for u, a in _amounts(r))]
    return [r for r in rows if claim.to is not None and (_sized(claim, r) or _timed(claim, r))]


def _timed(claim: Claim, row: dict[str, Any]) -> bool:
    """Whether an amount bought in some years is told of a promise for the same years, in its unit."""
    begin, due = row["target"].get("from"), row["due"]
    if claim.modality != "reported" or claim.date is None or not begin or not due:
        return False
    days = (dt.date.fromisoformat(begin), dt.date.fromisoformat(due))
    return days == claim.date and claim.unit in [u for u, _ in _amounts(row)]


def _rank(claim: Claim, row: dict[str, Any], day: dt.date, named: list[str]) -> tuple[Any, ...]:
    """First those whose amount agrees, then those due when the claim says, then the one last due by the day."""
    due = dt.date.fromisoformat(row["due"]) if row["due"] else None
    when = claim.horizon or claim.date
    timely = due is not None and when is not None and when[0] <= due <= when[1] + dt.timedelta(days=_GRACE)
    open_by = due is None or due >= day - dt.timedelta(days=_GRACE) or claim.action != "buy"
    return (not _sized(claim, row), when is not None and not timely, not open_by, named.index(row["id"]))


def _amounts(row: dict[str, Any]) -> list[tuple[str, float]]:
    """(unit, amount) that a promise may be told as: the whole, or what is added to the baseline."""
    target = row["target"]
    unit = next((u for u in _SCALE if target["unit"].startswith(u)), "")
    if not unit:
        return []
    name, factor = _SCALE[unit]
    out = [(name, target["value"] * factor)]
    if target["baseline"] is not None:
        out.append((name, (target["value"] - target["baseline"]) * factor))
    return out


def _sized(claim: Claim, row: dict[str, Any]) -> bool:
    """Whether the amount claimed is that of the promise."""
    return claim.to is not None and any(u == claim.unit and _close(claim.to, a) for u, a in _amounts(row))


def _close(one: float, two: float) -> bool:
    return abs(one - two) <= _ROUNDED * abs(two)


def _told(row: dict[str, Any]) -> str:
    """The promise, its day, both accounts and its status in one line."""
    target = row["target"]
    text = f"{row['what']}: {target['value']:g} {target['unit']}" + (f" by {row['due']}" if row["due"] else "")
    if row["original_due"] and row["original_due"] != row["due"]:
        text += f" (first {row['original_due']})"
    if row["contested"]:
        text += "; contested: " + ", ".join(f"{a['party']} {a['says']}" for a in row["assertions"])
    return f"{text}; {row['status'].replace('_', ' ')}{_share(row)}"


def _share(row: dict[str, Any]) -> str:
    if row["attainment"] is not None:
        return f", {100 * row['attainment']:.0f} % of it"
    if row["attainment_range"] is None:
        return ""
    low, high = row["attainment_range"]
    return f", {100 * low:.0f} to {'?' if high is None else f'{100 * high:.0f}'} % of it"


def _promised(claim: Claim, rows: list[dict[str, Any]]) -> Verdict:
    """A promise: on record with this amount and day, told by both sides alike or not."""
    fits = [r for r in rows if _sized(claim, r)]
    if not fits:
        row = rows[0]
        if claim.to is None:
            return Verdict("cannot_be_told", row["id"], _told(row))
        return Verdict("contradicted", row["id"], f"the promise on record is another: {_told(row)}")
    row = fits[0]
    if claim.negated:
        word = "partly" if row["contested"] else "contradicted"
        return Verdict(word, row["id"], f"denied; on record: {_told(row)}")
    late = _other_day(claim, fits)
    if late:
        return Verdict("partly", row["id"], f"the amount agrees, the day does not: {_told(row)}")
    return Verdict("partly" if row["contested"] else "supported", row["id"], _told(row))


def _other_day(claim: Claim, rows: list[dict[str, Any]]) -> bool:
    """Whether the due day claimed is none of those on record."""
    if claim.horizon is None:
        return False
    days = [r[k] for r in rows for k in ("due", "original_due") if r[k]]
    days += [e["until"] for r in rows for e in r["extensions"]]
    first, last = claim.horizon[0] - dt.timedelta(days=_GRACE), claim.horizon[1] + dt.timedelta(days=_GRACE)
    return bool(days) and not any(first <= dt.date.fromisoformat(d) <= last for d in days)


def _bought(claim: Claim, rows: list[dict[str, Any]]) -> Verdict:
    """An amount said to have been bought, against every yardstick of the promise."""
    row = next((r for r in rows if any(i["low"] is not None for i in r["indicators"])), rows[0])
    units = [(u, f) for name, (u, f) in _SCALE.items() if row["target"]["unit"].startswith(name)]
    readings = [i for i in row["indicators"] if i["low"] is not None]
    if claim.to is None or not units or units[0][0] != claim.unit or not readings:
        return Verdict("cannot_be_told", row["id"], f"no figure to compare: {_told(row)}")
    factor = units[0][1]
    agree = [i for i in readings if _reads(claim, i, factor)]
    text = "; ".join(f"{i['kind']} {_span(i)} {i['unit']}" for i in readings)
    text = f"{text}; of the promise to {_told(row)}"
    if len(agree) == len(readings):
        return Verdict("supported", row["id"], text)
    if agree:
        return Verdict("partly", row["id"], f"the yardsticks differ: {text}")
    return Verdict("contradicted", row["id"], text)


def _reads(claim: Claim, reading: dict[str, Any], factor: float) -> bool:
    """Whether a yardstick agrees with the amount claimed."""
    assert claim.to is not None
    low, high = reading["low"] * factor, None if reading["high"] is None else reading["high"] * factor
    least, most = (claim.low, claim.high) if claim.low is not None and claim.high is not None else (claim.to, claim.to)
    if claim.bound == "at_least":
        return bool(high is None or high >= least * (1 - _ROUNDED))
    if claim.bound == "at_most":
        return bool(low <= most * (1 + _ROUNDED))
    return bool(low <= most * (1 + _ROUNDED)) and (high is None or high >= least * (1 - _ROUNDED))


def _span(reading: dict[str, Any]) -> str:
    low, high = reading["low"], reading["high"]
    return f"{low:g}" if low == high else f"{low:g} or more" if high is None else f"{low:g} to {high:g}"


def _fate(claim: Claim, rows: list[dict[str, Any]], day: dt.date) -> Verdict:
    """A promise said to be kept or missed, against its status on the day."""
    past = [r for r in rows if r["due"] and dt.date.fromisoformat(r["due"]) <= day]
    sized = [r for r in rows if _sized(claim, r)]
    row = (sized or past or rows)[0]
    if row["status"] == "kept":
        word = "supported" if claim.action == "kept" else "contradicted"
    elif row["status"] in _UNMET:
        word = "contradicted" if claim.action == "kept" else "supported"
    else:
        word = "cannot_be_told"
    return Verdict(word, row["id"], _told(row))


def _attained(claim: Claim, rows: list[dict[str, Any]]) -> Verdict:
    """A share of the promise, against its attainment."""
    row = next((r for r in rows if r["attainment"] is not None), rows[0])
    if row["attainment"] is None or claim.to is None:
        return Verdict("cannot_be_told", row["id"], _told(row))
    word = "supported" if abs(row["attainment"] - claim.to) <= 0.0101 else "contradicted"
    return Verdict(word, row["id"], f"said {100 * claim.to:.3g} %; {_told(row)}")
