"""The headline of `item`: the strictest answer that stands for a regime on a day, never a "no" the evidence lacks.

Findings are gathered from the measures of the ledger, from the list entries and, for a chip whose figures are known,
from its class; the strictest one is the headline, and what bounds it (some goods only, not yet in effect, unknown in
part) is said with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from detente.controls import _ccl
from detente.controls._resolve import Resolved
from detente.controls._standing import embedded
from detente.controls._tables import EMBARGOED

ABROAD = "depends on origin, content and technology"
OWN_IMPORTS = "export controls do not reach its own imports"
NO_MAPPING = "no mapping found"
SUGGESTED = "may be reached; name the ECCN or HS code"
NOT_REQUIRED = "not required by list"
_ORDER = (
    "prohibited", "not permitted in principle", "licences suspended", "required", "only through listed exporters",
    "required by letter", "required from {}", "unknown", NOT_REQUIRED,
)  # fmt: skip
_POSITIVE = _ORDER[:6]
ASKED = ("prohibited", "not permitted", "licences suspended", "required", "unknown")
"""How the headline of a regime that asks, or may ask, for something begins."""


class Finding(NamedTuple):
    """One answer with its reason: `kind` of `_ORDER`; a `day` for what is announced, or for what is unknown before."""

    kind: str
    why: str
    some: bool = False
    day: str = ""
    bar: bool = False
    """Whether it bears on being permitted at all, not on a licence being needed."""


def qualified(text: str, day: dt.date) -> str:
    """A headline for a day past the evidence, which says to what day that reaches; one that claims nothing as it is.

    >>> import datetime as dt
    >>> qualified("required", dt.date(2025, 5, 1)), qualified("unknown", dt.date(2199, 1, 1))
    ('required', 'unknown')
    """
    edge = embedded().facts.thin_until
    claims = text.startswith((*_POSITIVE, "required from", NOT_REQUIRED))
    return f"{text}, as of evidence to {edge}" if claims and day > edge else text


def of_measures(found: Resolved, rows: Iterable[dict[str, Any]], regime: str, day: dt.date) -> list[Finding]:
    """Findings of the measures that are law of the exporter."""
    out = []
    for row in rows:
        if row["regime"] != regime or row["role"] != "law of the exporter":
            continue
        asks, status, name = row["requirement"], row["status"], row["measure"]
        barred = bool(row["barred"] & set(found.groups))
        kind = _kind_of(asks, barred, found)
        if not kind or status == "suspended":
            continue
        if status == "in_force":
            out.append(Finding(kind, f"{name}: {asks}", some=kind == "required by letter", bar=barred))
        elif status == "unknown":
            out.append(Finding("unknown", f"{name}: status unknown", bar=barred))
        elif status == "scheduled" and row["until"]:
            why = f"{name}: announced {row['since']}, to take effect {row['until']}"
            out.append(_announced(row["until"], why, day, False))
    return out


def _kind_of(asks: str, barred: bool, found: Resolved) -> str:
    """The kind of finding of a requirement; empty for what does not turn on the good alone."""
    if asks == "licence":
        return "not permitted in principle" if barred else "required"
    kinds = {"prohibited": "prohibited", "licences suspended": "licences suspended"}
    if asks == "licence by letter":
        return "required" if found.kind == "name" else "required by letter"
    return kinds.get(asks) or ("only through listed exporters" if asks.startswith("only listed") else "")


def _announced(begins: str, why: str, day: dt.date, some: bool) -> Finding:
    if dt.date.fromisoformat(begins) > day:
        return Finding(NOT_REQUIRED, why, some, begins)
    return Finding("required from {}", why, some, begins)


def of_entries(listed: Iterable[dict[str, Any]], day: dt.date) -> list[Finding]:
    """Findings of the entries of the Commerce Control List."""
    out = []
    for entry in listed:
        code = entry["eccn"]
        if not entry["controls"]:
            kind = NOT_REQUIRED if entry["required"] is False else "unknown"
            out.append(Finding(kind, f"{code}: {entry['heading'] if kind == NOT_REQUIRED else 'no reason is given'}"))
            continue
        out += _of_lines(code, entry["controls"], day)
        if entry["required"] is None and not any(x["required"] is None for x in entry["controls"]):
            out.append(Finding("unknown", f"{code}: the Country Chart sends to other parts for this destination"))
    return out


def _of_lines(code: str, lines: list[dict[str, Any]], day: dt.date) -> list[Finding]:
    asked = [x for x in lines if x["required"] and not x["from"]]
    covered = _all_paragraphs(code, asked)
    out = []
    for line in lines:
        why = f"{code}: {line['control']} ({line['note'] or line['by']})"
        some = not (line["whole"] or covered)
        if line["from"]:
            out.append(_announced(line["from"], why, day, some))
        elif line["required"]:
            out.append(Finding("required", why, some))
        elif line["required"] is None:
            out.append(Finding("unknown", why, not line["whole"], line["unknown_before"] or ""))
        else:
            out.append(Finding(NOT_REQUIRED, why))
    return out


def _all_paragraphs(code: str, lines: list[dict[str, Any]]) -> bool:
    """Whether reasons that each cover some paragraphs of an entry cover all of them together."""
    eccn, paragraph = _ccl.split(code)
    letters = {p.partition(".")[0] for p, _ in _ccl.entries()[eccn].paragraphs}
    if paragraph or not letters:
        return False
    named = [line["control"] for line in lines if eccn in line["control"].partition("applies to")[2]]
    return all(any(_ccl.concerns(text, eccn, letter) for text in named) for letter in letters)


def of_chip(chip: dict[str, Any], listed: Iterable[dict[str, Any]], day: dt.date) -> list[Finding]:
    """Findings of the class of a chip whose figures are known: on its day it goes before the text of the list."""
    name, policy = chip["class"], chip["policy"]
    why = f"as a chip: {name} ({policy})" + (f", {chip['source']}" if chip["source"] else "")
    why += f"; the review policy is that of {chip['policy_by']}" if chip["policy_by"] else ""
    if chip["rule"] is None:
        return [Finding("unknown", why, day=chip["first_rule"])]
    if name == "unknown" or policy == "unknown":
        return [Finding("unknown", why)]
    if policy == "licence by letter":
        return [Finding("required", why)]
    if policy == "not controlled":
        return [Finding(NOT_REQUIRED, why)]
    if policy != "no licence under this rule":
        if chip["status"] == "announced":
            return [Finding("required from {}", why, day=chip["since"])]
        return [Finding("required", why)]
    # outside the destinations of the rule, the worldwide one of January 2025 counts as far as it was announced or reads
    text = [
        f for entry in listed for f in _of_lines(entry["eccn"], entry["controls"], day)
        if f.kind == "required from {}" or (f.kind == NOT_REQUIRED and f.day) or "rescission" in f.why
    ]  # fmt: skip
    return [Finding(NOT_REQUIRED, why), *text[:1]]


def headline(found: Resolved, findings: list[Finding], regime: str, importer: str) -> tuple[str, list[str]]:
    """(the strictest answer in words, the reasons for it)."""
    if found.suggested:
        return SUGGESTED, ["Only words of the query were found in the lists."]
    if not findings:
        named = regime == "CHN" and (found.cn_codes or (found.items and not found.groups))
        if not named:
            return ("unknown", [found.absent]) if found.absent and regime == "USA" else (NO_MAPPING, [])
        findings = [Finding(NOT_REQUIRED, "No requirement of the table kept here stood on it.")]
    top = min((f.kind for f in findings), key=_ORDER.index)
    mine = sorted((f for f in findings if f.kind == top), key=lambda f: f.some)
    reasons = list(dict.fromkeys(f.why for f in mine))
    some = found.some or all(f.some for f in mine)
    goods = "this name" if found.kind == "name" else "this code"
    if top in _POSITIVE or top == "required from {}":
        text = top.format(min(f.day for f in mine)) + (" as announced" if top == "required from {}" else "")
        unsure = [f for f in findings if f.kind == "unknown" and f.bar]
        if unsure and _ORDER.index(top) > 1:
            return f"{text}; whether it is permitted at all is unknown", [*reasons, *(f.why for f in unsure)]
        return f"{text}{_SOME.format(goods) if some else ''}", reasons
    if top == "unknown":
        days = {f.day for f in mine if not f.some} or {f.day for f in mine}
        text = "unknown" if "" in days else f"unknown before {max(days)}"
        return text + (_SOME.format(goods) if some and not found.some else ""), reasons
    later = sorted({f.day for f in findings if f.day})
    announced = f"; announced from {later[0]}" if later else ""
    if found.partial or (regime == "USA" and (found.partial_us or importer in EMBARGOED)):
        why = "The mapping covers part of what this may be: that none of it is asked for is no finding."
        return f"unknown{announced}", [why, *reasons]
    return NOT_REQUIRED + announced, reasons


_SOME = " for some goods of {}"
