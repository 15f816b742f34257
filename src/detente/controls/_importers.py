"""Holdings out of other people's formats: BODS 0.4, FollowTheMoney, GLEIF relationship records, UK PSC.

Each gives rows with the columns of a file of holdings. What a record does not say is not guessed: a share it does not
state is not known, and a relation that is control without shares is `control`. Nothing is dropped in silence: what
gives no holding is counted by reason.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from detente.controls._cascade import UNIT
from detente.controls._csvfile import encoding_of, rows, writing
from detente.controls._edges import COLUMNS
from detente.errors import Problem, UserError, unknown

LARGEST_DOCUMENT = 500_000_000
"""Bytes of one JSON document (not of a file with one document a line) beyond which it is refused."""
_JUST = 1 / UNIT

Row = dict[str, Any]


def _share(value: float) -> str:
    return f"{value:.9f}".rstrip("0").rstrip(".")


def _row(owner: str, owned: str, low: float | None, high: float | None, /, **rest: str) -> Row:
    row: Row = dict.fromkeys(COLUMNS, "") | {"owner": owner, "owned": owned}
    if low is not None:
        row["share"] = _share(low)
        row["share_high"] = _share(low if high is None else high)
    return row | {k.rstrip("_"): v for k, v in rest.items() if v}


def documents(path: Path) -> Iterator[dict[str, Any]]:
    """JSON objects of a file: one a line, or one array of them.

    Raises
    ------
    UserError
        At the first line that is not JSON.
    """
    try:
        with path.open(encoding=encoding_of(path)) as file:
            head = file.read(4096).lstrip("\ufeff \t\r\n")[:1]
            file.seek(0)
            if head == "[":
                if path.stat().st_size > LARGEST_DOCUMENT:
                    remedy = "Write one document a line."
                    raise UserError([Problem(str(path), f"is one document of over {LARGEST_DOCUMENT:,} bytes", remedy)])
                items = json.load(file)
            else:
                yield from _lines(file, path)
                return
    except json.JSONDecodeError as error:
        raise UserError([Problem(f"{path}:{error.lineno}", f"is not JSON: {error.msg}")]) from None
    except UnicodeDecodeError as error:
        raise UserError([Problem(str(path), f"is not UTF-8 text: {error.reason}")]) from None
    except RecursionError:
        raise UserError([Problem(str(path), "is nested too deeply to be a record")]) from None
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            raise UserError([Problem(str(path), f"item {number} is not a record")])
        yield item


def _lines(file: Iterable[str], path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            raise UserError([Problem(f"{path}:{number}", f"is not JSON: {error.msg}")]) from None
        if not isinstance(item, dict):
            raise UserError([Problem(f"{path}:{number}", "is not a record")])
        yield item


def bods(path: Path, left_out: Counter[str]) -> Iterator[Row]:
    """Beneficial Ownership Data Standard 0.4: relationship statements; the last statement of a record counts."""
    names: dict[str, str] = {}
    relations: dict[str, dict[str, Any]] = {}
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
            relations[record] = statement
        else:
            left_out[f"record type {kind!r}"] += 1
    for statement in relations.values():
        yield from _bods_relation(statement, names, left_out)


def _bods_relation(statement: dict[str, Any], names: dict[str, str], left_out: Counter[str]) -> Iterator[Row]:
    details = statement.get("recordDetails") or {}
    subject, party = details.get("subject"), details.get("interestedParty")
    if statement.get("recordStatus") == "closed":
        left_out["closed record"] += 1
        return
    if not isinstance(subject, str) or not isinstance(party, str):
        left_out["party or subject unspecified"] += 1
        return
    owner, owned = names.get(party, party), names.get(subject, subject)
    for interest in details.get("interests") or ():
        share = interest.get("share") or {}
        kind = interest.get("type", "")
        rest = {
            "from_": interest.get("startDate", "")[:10],
            "to": interest.get("endDate", "")[:10],
            "source": f"BODS {statement.get('statementId', '')}",
        }
        if kind == "shareholding":
            yield _row(owner, owned, *_bods_share(share), **rest)
        elif kind in (
            "votingRights",
            "appointmentOfBoard",
            "otherInfluenceOrControl",
            "controlViaCompanyRulesOrArticles",
        ):
            yield _row(owner, owned, None, None, kind="control", **rest)
        else:
            left_out[f"interest {kind!r}"] += 1
    if not details.get("interests"):
        left_out["no interest stated"] += 1


def _bods_share(share: dict[str, Any]) -> tuple[float | None, float | None]:
    """Ends of a BODS share, in percent there; an exclusive minimum is just above."""
    if share.get("exact") is not None:
        return float(share["exact"]) / 100, None
    low = share.get("minimum", share.get("exclusiveMinimum"))
    high = share.get("maximum", share.get("exclusiveMaximum"))
    if low is None and high is None:
        return None, None
    least = 0.0 if low is None else float(low) / 100 + (_JUST if "exclusiveMinimum" in share else 0.0)
    most = 1.0 if high is None else float(high) / 100 - (_JUST if "exclusiveMaximum" in share else 0.0)
    return least, most


def ftm(path: Path, left_out: Counter[str]) -> Iterator[Row]:
    """FollowTheMoney entities: `Ownership` (owner, asset, percentage) and `Directorship` as control."""
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
        rest = {
            "from_": (properties.get("startDate") or [""])[0][:10],
            "to": (properties.get("endDate") or [""])[0][:10],
            "source": f"FtM {entity.get('id', '')}",
        }
        if not all(sides):
            left_out["a side is missing"] += 1
        for owner in sides[0]:
            for asset in sides[1]:
                ends = _percentages(properties.get("percentage") or []) if own else (None, None)
                kind = {} if own else {"kind": "control"}
                yield _row(names.get(owner, owner), names.get(asset, asset), *ends, **{**kind, **_full_dates(rest)})


def _full_dates(rest: dict[str, str]) -> dict[str, str]:
    """Dates that name a day; a year or month alone would be a guess."""
    return {k: v for k, v in rest.items() if k == "source" or len(v) == 10}


def _percentages(values: list[str]) -> tuple[float | None, float | None]:
    """Ends of the percentages a record states; one that is no number says nothing.

    >>> _percentages(["25-50"]), _percentages(["51 %"]), _percentages(["majority"])
    ((0.25, 0.5), (0.51, None), (None, None))
    """
    ends: list[float] = []
    for value in values:
        parts = value.replace("%", "").replace(",", ".").split("-")
        try:
            ends += [float(p) / 100 for p in parts]
        except ValueError:
            return None, None
    if not ends or min(ends) < 0 or max(ends) > 1:
        return None, None
    return (min(ends), max(ends)) if max(ends) > min(ends) else (ends[0], None)


def gleif(path: Path, left_out: Counter[str]) -> Iterator[Row]:
    """GLEIF relationship records (CSV golden copy): branches, and consolidation as control without a share."""
    table = rows(path)
    _, header = next(table, (0, []))
    at = {name: i for i, name in enumerate(header)}
    key = "Relationship.{}"
    names = {k: key.format(v) for k, v in {
        "child": "StartNode.NodeID", "parent": "EndNode.NodeID", "type": "RelationshipType",
        "status": "RelationshipStatus", "from": "Period.1.startDate",
        "share": "Quantifiers.1.QuantifierAmount", "unit": "Quantifiers.1.QuantifierUnits",
    }.items()}  # fmt: skip
    missing = [names[k] for k in ("child", "parent", "type") if names[k] not in at]
    if missing:
        raise UserError([Problem(str(path), f"has no column {', '.join(missing)}", "Is it the relationship file?")])
    for _, cells in table:

        def cell(name: str, cells: list[str] = cells) -> str:
            place = at.get(names[name], -1)
            return cells[place].strip() if 0 <= place < len(cells) else ""

        kind = cell("type")
        if cell("status") not in ("", "ACTIVE"):
            left_out[f"status {cell('status')}"] += 1
            continue
        rest = {"from_": cell("from")[:10], "source": f"GLEIF {kind}"}
        if kind == "IS_INTERNATIONAL_BRANCH_OF":
            yield _row(cell("parent"), cell("child"), None, None, kind="branch", **rest)
        elif kind in ("IS_DIRECTLY_CONSOLIDATED_BY", "IS_ULTIMATELY_CONSOLIDATED_BY"):
            stated = cell("unit").upper() in ("PERCENTAGE", "PERCENT", "%")
            low = _percentages([cell("share")])[0] if stated and cell("share") else None
            yield _row(cell("parent"), cell("child"), low, None, **rest)
            yield _row(cell("parent"), cell("child"), None, None, kind="control", **rest)
        else:
            left_out[f"relation {kind}"] += 1


_BANDS = {"25-to-50": (0.25 + _JUST, 0.5), "50-to-75": (0.5 + _JUST, 0.75 - _JUST), "75-to-100": (0.75, 1.0)}


def psc(path: Path, left_out: Counter[str]) -> Iterator[Row]:
    """UK persons with significant control (one JSON document a line): the statutory bands as intervals.

    The bands: more than 25 and not more than 50 per cent; more than 50 and less than 75; 75 or more.
    """
    for document in documents(path):
        data = document.get("data") or {}
        company, name = str(document.get("company_number") or ""), data.get("name")
        if not company or not name:
            left_out[str(data.get("kind") or "no person or company")] += 1
            continue
        number = (data.get("identification") or {}).get("registration_number")
        owner = str(number) if number else str(name)
        ends = [(b, v) for b, v in _BANDS.items() if any(_shares(n, b) for n in data.get("natures_of_control") or ())]
        rest = {"from_": data.get("notified_on", ""), "to": _eve(data.get("ceased_on", "")), "source": "UK PSC"}
        for _, (low, high) in ends[:1]:
            yield _row(owner, company, low, high, **rest)
        if any(not n.startswith("ownership-of-shares") for n in data.get("natures_of_control") or ()):
            yield _row(owner, company, None, None, kind="control", **rest)
        elif not ends:
            left_out["no nature of control"] += 1


def _shares(nature: str, band: str) -> bool:
    return nature.startswith(f"ownership-of-shares-{band}")


def _eve(day: str) -> str:
    """The last day held: the one before it ceased."""
    import datetime as dt

    try:
        return (dt.date.fromisoformat(day[:10]) - dt.timedelta(days=1)).isoformat()
    except ValueError:
        return ""


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
