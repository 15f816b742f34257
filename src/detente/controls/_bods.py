"""Beneficial Ownership Data Standard 0.4: statements of relationships, with their versions and their directness.

A record is told by statements, each the state of things on its day; an older one holds until the next. An indirect
interest is what a chain of holdings adds up to, not a holding: where the file has the chain, the chain counts; where it
does not, the stake is an upper end. A component statement is a link of such a chain and counts where it says direct.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.controls._records import JUST, Row, checked, documents, eve, row_of

_CONTROL = ("votingRights", "appointmentOfBoard", "otherInfluenceOrControl", "controlViaCompanyRulesOrArticles")
_SEATS = ("boardMember", "boardChair", "seniorManagingOfficial")
_UNSAID = ("", "unknownInterest", "unpublishedInterest")
_SEARCHED = 100_000

Statement = dict[str, Any]


@dataclass(frozen=True)
class _Version:
    """A statement with the first and last day for which it speaks; an empty day is open."""

    statement: Statement
    first: str
    last: str


def bods(path: Path, left_out: Counter[str]) -> Iterator[Row]:
    """Holdings of the relationship statements of a file."""
    names: dict[str, str] = {}
    relations: dict[str, list[Statement]] = defaultdict(list)
    for statement in documents(path):
        record = str(statement.get("recordId") or statement.get("statementId") or "")
        details = statement.get("recordDetails") or {}
        kind = statement.get("recordType")
        if kind in ("entity", "person"):
            label = details.get("name")
            if kind == "person":
                label = next((n.get("fullName") for n in details.get("names") or () if n.get("fullName")), None)
            names[record] = f"{label} [{record}]" if label else record
        elif kind == "relationship":
            relations[record].append(statement)
        else:
            left_out[f"record type {kind!r}"] += 1
    indirect: list[Row] = []
    chain: dict[str, set[str]] = defaultdict(set)
    for statements in relations.values():
        for version in _versions(statements, left_out):
            for row, direct in _rows(version, names, left_out):
                if not direct:
                    indirect.append(row)
                    continue
                if not row["kind"]:
                    chain[row["owner"]].add(row["owned"])
                yield row
    for row in indirect:
        if _linked(chain, row["owner"], row["owned"]):
            left_out["indirect interest whose chain is in the file"] += 1
        else:
            left_out["indirect interest without its chain: an upper end only"] += 1
            yield row


def _linked(chain: dict[str, set[str]], owner: str, owned: str) -> bool:
    """Whether holdings lead from one entity to another over at least one more."""
    seen, ahead = {owner}, [x for x in chain.get(owner, ()) if x != owned]
    while ahead and len(seen) < _SEARCHED:
        here = ahead.pop()
        if here in seen:
            continue
        seen.add(here)
        if owned in chain.get(here, ()):
            return True
        ahead += chain.get(here, ())
    return False


def _start(statement: Statement) -> str:
    interests = (statement.get("recordDetails") or {}).get("interests") or ()
    return min((i["startDate"][:10] for i in interests if i.get("startDate")), default="")


def _end(statement: Statement) -> str:
    interests = (statement.get("recordDetails") or {}).get("interests") or ()
    return max((i["endDate"][:10] for i in interests if i.get("endDate")), default="")


def _day(statement: Statement) -> str:
    return str(statement.get("statementDate") or "")[:10]


def _versions(statements: list[Statement], left_out: Counter[str]) -> Iterator[_Version]:
    """The statements of a record in the order of their days, each until the next; a closed one ends the one before."""
    if len(statements) > 1 and not all(_day(s) for s in statements):
        left_out["earlier statement of a record whose statements have no day"] += len(statements) - 1
        statements = statements[-1:]
    ordered = sorted(statements, key=_day)
    if len(ordered) == 1 and ordered[0].get("recordStatus") == "closed":
        last = _end(ordered[0]) or eve(_day(ordered[0]))
        if not last:
            left_out["closed record"] += 1
            return
        yield _Version(ordered[0], "", last)
        return
    first = ""
    for i, statement in enumerate(ordered):
        following = ordered[i + 1] if i + 1 < len(ordered) else None
        if statement.get("recordStatus") == "closed":
            continue
        last = ""
        if following is not None and following.get("recordStatus") == "closed":
            last = _end(following) or eve(_day(following))
        elif following is not None:
            last = eve(_change(statement, following))
        if last and first and len(last) == len(first) == 10 and last < first:
            left_out["statement replaced on its first day"] += 1
        else:
            yield _Version(statement, first, last)
        first = _change(statement, following) if following is not None else ""


def _change(before: Statement, after: Statement) -> str:
    """The day from which a later statement holds: the start it gives, if that is new, else its own day."""
    start = _start(after)
    return start if start > max(_start(before), "") and start <= _day(after) else _day(after)


def _rows(version: _Version, names: dict[str, str], left_out: Counter[str]) -> Iterator[tuple[Row, bool]]:
    """(row, whether it is a holding and not what a chain adds up to) of every interest of a statement."""
    statement = version.statement
    details = statement.get("recordDetails") or {}
    subject, party = details.get("subject"), details.get("interestedParty")
    if not isinstance(subject, str) or not isinstance(party, str):
        left_out["party or subject unspecified"] += 1
        return
    sides = names.get(party, party), names.get(subject, subject)
    component = bool(details.get("isComponent") or statement.get("isComponent"))
    for interest in details.get("interests") or ():
        kind = interest.get("type") or ""
        rest = {
            "from_": max((interest.get("startDate") or "")[:10], version.first),
            "to": min(filter(None, ((interest.get("endDate") or "")[:10], version.last)), default=""),
            "source": f"BODS {statement.get('statementId', '')}",
        }
        if kind in _CONTROL:
            yield row_of(*sides, None, None, kind="control", **rest), True
        elif kind in _SEATS:
            yield row_of(*sides, None, None, kind="directorship", **rest), True
        elif kind == "shareholding" or kind in _UNSAID:
            low, high = checked(*_ends(interest.get("share") or {}), left_out)
            how = interest.get("directOrIndirect") or ("unknown" if component else "direct")
            if how != "direct" and low is not None:
                low, high = 0.0, low if high is None else high
            yield row_of(*sides, low, high, **rest), how != "indirect"
        else:
            left_out[f"interest {kind!r}"] += 1
    if not details.get("interests"):
        left_out["no interest stated"] += 1


def _ends(share: dict[str, Any]) -> tuple[float | None, float | None]:
    """Ends of a BODS share, in percent there; an exclusive minimum is just above."""
    if share.get("exact") is not None:
        return float(share["exact"]) / 100, None
    low = share.get("minimum", share.get("exclusiveMinimum"))
    high = share.get("maximum", share.get("exclusiveMaximum"))
    if low is None and high is None:
        return None, None
    least = 0.0 if low is None else float(low) / 100 + (JUST if "exclusiveMinimum" in share else 0.0)
    most = 1.0 if high is None else float(high) / 100 - (JUST if "exclusiveMaximum" in share else 0.0)
    return least, most
