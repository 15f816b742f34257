"""Holdings out of other people's formats: BODS 0.4, FollowTheMoney, GLEIF relationship records, UK PSC.

Each gives rows with the columns of a file of holdings. What a record does not say is not guessed: a share it does not
state is not known, and a relation that is control without shares is `control`. Nothing is dropped in silence: what
gives no holding is counted by reason.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from detente.controls._bods import bods
from detente.controls._csvfile import rows, writing
from detente.controls._edges import COLUMNS
from detente.controls._records import JUST, Row, checked, documents, eve, readable, row_of
from detente.errors import Problem, UserError, unknown


def ftm(path: Path, left_out: Counter[str]) -> Iterator[Row]:
    """FollowTheMoney entities: `Ownership` (owner, asset, percentage); a `Directorship` is a seat, not a holding."""
    names: dict[str, str] = {}
    links: list[dict[str, Any]] = []
    for entity in documents(path):
        schema, properties = entity.get("schema", ""), entity.get("properties") or {}
        if schema in ("Ownership", "Directorship"):
            links.append(entity)
        elif properties.get("name"):
            names[str(entity.get("id"))] = f"{properties['name'][0]} [{entity.get('id')}]"
        else:
            left_out[f"schema {schema!r} without a name"] += 1
    for entity in links:
        properties = entity.get("properties") or {}
        own = entity["schema"] == "Ownership"
        sides = [properties.get(k) or [] for k in (("owner", "asset") if own else ("director", "organization"))]
        dates, sure = _ftm_dates(properties, left_out)
        if not all(sides):
            left_out["a side is missing"] += 1
        for owner in sides[0]:
            for asset in sides[1]:
                low, high = _percentages(properties.get("percentage") or [], left_out) if own else (None, None)
                if own and not sure:
                    low, high = (None, None) if low is None else (0.0, low if high is None else high)
                rest = dates | {"source": f"FtM {entity.get('id', '')}"} | ({} if own else {"kind": "directorship"})
                yield row_of(names.get(owner, owner), names.get(asset, asset), low, high, **rest)


def _ftm_dates(properties: dict[str, Any], left_out: Counter[str]) -> tuple[dict[str, str], bool]:
    """(`from_` and `to` as far as they can be read, whether they settle when it was held)."""
    out, sure = {}, True
    for key, name, pick in (("from_", "startDate", min), ("to", "endDate", max)):
        values = sorted({str(v)[:10] for v in properties.get(name) or ()})
        good = [v for v in values if readable(v)]
        if len(good) < len(values):
            left_out[f"a {name} that cannot be read: held for possible only"] += 1
        sure = sure and len(good) == len(values) <= 1
        out[key] = pick(good) if good and len(good) == len(values) else ""
    return out, sure


def _percentages(values: list[str], left_out: Counter[str]) -> tuple[float | None, float | None]:
    """Ends of the percentages a record states; one that is no number says nothing.

    >>> from collections import Counter
    >>> [_percentages([text], Counter()) for text in ("25-50", "51 %", "majority", "120")]
    [(0.25, 0.5), (0.51, None), (None, None), (None, None)]
    """
    ends: list[float] = []
    for value in values:
        parts = value.replace("%", "").replace(",", ".").split("-")
        try:
            ends += [float(p) / 100 for p in parts]
        except ValueError:
            left_out["a percentage that is no number, taken as not known"] += 1
            return None, None
    if not ends:
        return None, None
    return checked(min(ends), max(ends) if max(ends) > min(ends) else None, left_out)


def gleif(path: Path, left_out: Counter[str]) -> Iterator[Row]:
    """GLEIF relationship records (CSV golden copy): branches, and consolidation as control without a share."""
    table = rows(path)
    _, header = next(table, (0, []))
    at = {name: i for i, name in enumerate(header)}
    key = "Relationship.{}"
    names = {k: key.format(v) for k, v in {
        "child": "StartNode.NodeID", "parent": "EndNode.NodeID", "type": "RelationshipType",
        "status": "RelationshipStatus",
        "share": "Quantifiers.1.QuantifierAmount", "unit": "Quantifiers.1.QuantifierUnits",
    }.items()}  # fmt: skip
    missing = [names[k] for k in ("child", "parent", "type") if names[k] not in at]
    if missing:
        raise UserError([Problem(str(path), f"has no column {', '.join(missing)}", "Is it the relationship file?")])
    for _, cells in table:

        def cell(name: str, cells: list[str] = cells) -> str:
            place = at.get(names[name], -1)
            return cells[place].strip() if 0 <= place < len(cells) else ""

        kind, (first, last) = cell("type"), _gleif_period(at, cells)
        if cell("status") not in ("", "ACTIVE") and not last:
            left_out[f"status {cell('status')}"] += 1
            continue
        rest = {"from_": first, "to": last, "source": f"GLEIF {kind}"}
        if kind == "IS_INTERNATIONAL_BRANCH_OF":
            yield row_of(cell("parent"), cell("child"), None, None, kind="branch", **rest)
        elif kind in ("IS_DIRECTLY_CONSOLIDATED_BY", "IS_ULTIMATELY_CONSOLIDATED_BY"):
            # an ultimate parent holds through others: its figure is no holding of its own
            stated = kind == "IS_DIRECTLY_CONSOLIDATED_BY" and cell("unit").upper() in ("PERCENTAGE", "PERCENT", "%")
            low = _percentages([cell("share")], left_out)[0] if stated and cell("share") else None
            yield row_of(cell("parent"), cell("child"), low, None, **rest)
            yield row_of(cell("parent"), cell("child"), None, None, kind="control", **rest)
        else:
            left_out[f"relation {kind}"] += 1


def _gleif_period(at: dict[str, int], cells: list[str]) -> tuple[str, str]:
    """First and last day of a relation; the periods of accounts and filings beside it say nothing of that."""
    for number in range(1, 6):
        stem = f"Relationship.Period.{number}"
        start, end, kind = (
            cells[at[name]].strip() if name in at and at[name] < len(cells) else ""
            for name in (f"{stem}.startDate", f"{stem}.endDate", f"{stem}.periodType")
        )
        if kind == "RELATIONSHIP_PERIOD" or (number == 1 and f"{stem}.periodType" not in at):
            return start[:10], end[:10]
    return "", ""


_BANDS = {"25-to-50": (0.25 + JUST, 0.5), "50-to-75": (0.5 + JUST, 0.75 - JUST), "75-to-100": (0.75, 1.0)}


def psc(path: Path, left_out: Counter[str]) -> Iterator[Row]:
    """UK persons with significant control (one JSON document a line): the statutory bands as intervals.

    The bands: more than 25 and not more than 50 per cent; more than 50 and less than 75; 75 or more. A person is told
    from another of the same name by the month of birth, or where none is given by the record.
    """
    for document in documents(path):
        data = document.get("data") or {}
        company, name = str(document.get("company_number") or ""), data.get("name")
        if not company or not name:
            left_out[str(data.get("kind") or "no person or company")] += 1
            continue
        owner, natures = _psc_owner(data), data.get("natures_of_control") or ()
        bands = [_BANDS[b] for b in _BANDS if any(n.startswith(f"ownership-of-shares-{b}") for n in natures)]
        last = eve((data.get("ceased_on") or "")[:10])
        rest = {"from_": (data.get("notified_on") or "")[:10], "to": last, "source": "UK PSC"}
        if bands:
            yield row_of(owner, company, min(low for low, _ in bands), max(high for _, high in bands), **rest)
        if any(not n.startswith("ownership-of-shares") for n in natures):
            yield row_of(owner, company, None, None, kind="control", **rest)
        elif not bands:
            left_out["no nature of control"] += 1


_UNITED_KINGDOM = ("england", "wales", "scotland", "northern ireland", "united kingdom", "uk", "great britain", "gb")


def _psc_owner(data: dict[str, Any]) -> str:
    """A company by its number in the UK register; anyone else by the name and what tells it from others."""
    name, told = " ".join(str(data["name"]).split()), data.get("identification") or {}
    number, place = str(told.get("registration_number") or ""), str(told.get("country_registered") or "")
    if number:
        home = not place or any(word in place.casefold() for word in _UNITED_KINGDOM)
        return number if home else f"{name} [{place} {number}]"
    birth = data.get("date_of_birth") or {}
    if birth.get("year"):
        month = f"-{int(birth['month']):02d}" if birth.get("month") else ""
        return f"{name} [{birth['year']}{month}]"
    own = str((data.get("links") or {}).get("self") or "").strip("/").split("/")
    return f"{name} [{own[1]} {own[-1]}]" if len(own) >= 3 else name


FORMATS: dict[str, Callable[[Path, Counter[str]], Iterator[Row]]] = {
    "bods": bods, "ftm": ftm, "gleif": gleif, "psc": psc
}  # fmt: skip


def convert(kind: str, source: str | Path, target: str | Path) -> dict[str, Any]:
    """Write a file of holdings from another format.

    Parameters
    ----------
    kind
        `bods`, `ftm`, `gleif` or `psc`.
    source, target
        The file, and the CSV file to write.

    Returns
    -------
    `{kind, holdings, left_out: {reason: count}, out}`.

    Raises
    ------
    UserError
        For a kind not known, or a file that is not of that kind.
    """
    if kind not in FORMATS:
        raise UserError([unknown("format of holdings", kind, list(FORMATS), "KIND")])
    source, target = Path(source), Path(target)
    if source.resolve() == target.resolve():
        raise UserError([Problem("--out", "is the file itself", "Name another file.")])
    left_out: Counter[str] = Counter()
    count = 0
    temporary = target.with_name(target.name + ".tmp")
    with writing(target):
        temporary.touch()
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n", extrasaction="ignore")
            writer.writeheader()
            for row in FORMATS[kind](source, left_out):
                writer.writerow(row)
                count += 1
        if not count:
            reasons = ", ".join(f"{k} ({v})" for k, v in left_out.most_common(5)) or "the file is empty"
            raise UserError([Problem(str(source), f"holds no holding: {reasons}", f"Is it {kind}?")])
        temporary.replace(target)
    except (AttributeError, TypeError, ValueError) as error:
        raise UserError([Problem(str(source), f"is not {kind} as published: {error}")]) from None
    finally:
        temporary.unlink(missing_ok=True)
    return {"kind": kind, "holdings": count, "left_out": dict(left_out), "out": str(target)}
