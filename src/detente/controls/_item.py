"""`item`: what both regimes ask of a good on a day, with status, requirement, policy, practice and statements apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

from detente.controls import _ccl
from detente.controls._chip import known_chip
from detente.controls._chip import of_figures as chip_of
from detente.controls._conflicts import conflicts
from detente.controls._practice import reports
from detente.controls._resolve import Resolved, resolve
from detente.controls._standing import branch, embedded, standing
from detente.controls._tables import EMBARGOED, destination, yaml_of
from detente.dates import parse_date

_DUAL_USE = "cn-dual-use"
_ABROAD = "depends on origin, content and technology"
_INDICATIVE = (
    "Indicative only: classification turns on the good's technical figures, and end user, end use and licence "
    "exceptions are apart. Screen the parties and their owners, too."
)


def item(
    code: str,
    *,
    from_: str = "CHN",
    to: str = "USA",
    on: str | dt.date | None = None,
    known: str | dt.date | None = None,
    assume: str | None = None,
) -> dict[str, Any]:
    """What both regimes ask of a good that goes from one economy to another.

    Parameters
    ----------
    code
        A customs code, an ECCN, a Chinese control code, or a plain name ("dysprosium oxide", "H20").
    from_, to
        Exporter and destination.
    on, known
        The two days. Default: the firm edge of the evidence, and everything known.
    assume
        `lapsed` or `extended`, for what ran out after the evidence ends.

    Returns
    -------
    `{query, from, to, on, known, resolved, licence, requirements, not_in_force, conflicts, indicative, warnings}`.
    `requirements` has one row for each control that reaches the good and is in force, suspended, scheduled or unknown:
    `{regime, measure, limb, title, status, since, until, requirement, policy, reach, practice, statements, confidence,
    mapping_confidence, assumed}`. `licence` says for each regime whether one is required on its list: `required`,
    `required for some goods of this name`, `not required by list`, `unknown`, or why the question does not arise.

    Raises
    ------
    UserError
        For an empty query, an unknown destination, a malformed day.

    Examples
    --------
    >>> rows = item("dysprosium oxide", from_="CHN", to="USA", on="2025-04-04")["requirements"]
    >>> [(r["measure"], r["status"]) for r in rows if r["requirement"] == "licence"]
    [('chn.mofcom.18-2025', 'in_force')]
    """
    branch(assume)
    day = embedded().firm_until if on is None else parse_date(on, "--on")
    exporter, importer = destination(from_, "--from"), destination(to)
    found = resolve(code)
    rows, past = _rows(found, exporter, importer, day, known, assume)
    us = _us_list(found, importer)
    licence = {r: _overall(found, rows, r, exporter, importer, us) for r in ("CHN", "USA")}
    out = {
        "query": code,
        "from": exporter,
        "to": importer,
        "on": day.isoformat(),
        "known": None if known is None else str(known),
        "resolved": {
            "kind": found.kind,
            "items": found.items,
            "cn_codes": found.cn_codes,
            "eccns": us,
            "confidence": found.confidence if found.items or found.cn_codes or found.eccns else None,
        },
        "licence": licence,
        "requirements": rows,
        "not_in_force": past,
        "conflicts": _conflicts(licence, rows, exporter, importer, day, known, assume),
        "indicative": True,
        "warnings": _warnings(found, rows, day),
    }
    if found.chip:
        figures = known_chip(found.chip)
        out["chip"] = chip_of(figures, importer, day, known)
    return out


def _rows(
    found: Resolved,
    exporter: str,
    importer: str,
    day: dt.date,
    known: str | dt.date | None,
    assume: str | None,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(requirements that stand or wait, those that do not), of every term whose groups meet the good's."""
    where = (found, exporter, importer, day, known, assume)
    rows, past = _of_groups(set(found.groups), *where)
    if any(r["regime"] == "CHN" and r["status"] == "in_force" and r["reach"] == "export" for r in rows):
        # only a good on China's list is a dual-use item of the bans on military users
        more, ended = _of_groups({_DUAL_USE}, *where)
        rows, past = rows + more, past + ended
        review = reports("chn.law.dual-use-2024", day, None if known is None else parse_date(known, "--known"))
        for row in rows:
            if row["regime"] == "CHN" and row["requirement"] == "licence":
                row["practice"] = [*row["practice"], *review]
    return rows, [{k: r[k] for k in ("regime", "measure", "limb", "title", "status", "since")} for r in past]


def _of_groups(
    groups: set[str],
    found: Resolved,
    exporter: str,
    importer: str,
    day: dt.date,
    known: str | dt.date | None,
    assume: str | None,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    past: list[dict[str, Any]] = []
    for name, term in yaml_of("terms.yaml").items():
        measure, _, limb = name.partition("#")
        facts = embedded().measures.get(measure)
        if facts is None or not groups & set(term["groups"]):
            continue
        role = _role(facts.imposer, exporter, importer, term["reach"])
        if not role or not (facts.reaches(importer) or _abroad(term["reach"])):
            continue
        state = standing(name, day, known, assume)
        row = {
            "regime": facts.imposer,
            "measure": name,
            "limb": limb or None,
            **{k: state[k] for k in ("title", "status", "since", "until", "then", "legal_basis")},
            "requirement": term["requirement"],
            "policy": term["policy"],
            "reach": term["reach"],
            "role": role,
            "note": term.get("note"),
            "practice": reports(measure, day, None if known is None else parse_date(known, "--known")),
            "statements": state["statements"],
            "confidence": state["confidence"],
            "mapping_confidence": found.confidence,
            "assumed": state["assumed"],
            "warnings": state["warnings"],
        }
        stands = state["status"] in ("in_force", "suspended", "scheduled", "unknown")
        (rows if stands else past).append(row)
    return rows, past


def _abroad(reach: str) -> bool:
    return reach in ("foreign-made", "re-export") or "direct product" in reach


def _role(imposer: str, exporter: str, importer: str, reach: str) -> str:
    """How a measure meets this flow: as law of the exporter, as law that reaches abroad, or not at all."""
    if importer == imposer:
        return ""
    if exporter == imposer:
        # re-export limbs bind the next step, not the first; they are shown as what follows the goods
        return "follows the goods" if reach in ("foreign-made", "re-export") else "law of the exporter"
    return "reaches abroad: goods of its origin, content or technology" if imposer in ("CHN", "USA") else ""


def _us_list(found: Resolved, importer: str) -> list[dict[str, Any]]:
    """Entries of the Commerce Control List with what the Country Chart says for the destination."""
    out = []
    for code, confidence in found.eccns:
        if code == "EAR99":
            out.append({"eccn": code, "heading": "Items on no entry of the list", "required": False, "controls": [],
                        "confidence": confidence})  # fmt: skip
            continue
        eccn, paragraph = _ccl.split(code)
        entry = _ccl.entries().get(eccn)
        if entry is None:
            continue
        lines = _ccl.controls(entry, paragraph, importer) if importer != "USA" else []
        out.append(
            {
                "eccn": code,
                "heading": entry.heading,
                "reasons": entry.reasons,
                "required": _ccl.verdict(lines, importer) if importer != "USA" else False,
                "controls": lines,
                "confidence": confidence,
                "edition": _ccl.EDITION,
            }
        )
    return out


def _overall(
    found: Resolved, rows: list[dict[str, Any]], regime: str, exporter: str, importer: str, listed: list[dict[str, Any]]
) -> str:
    """Whether the regime's lists require a licence for this flow: never "free"."""
    if importer == regime:
        return "export controls do not reach its own imports"
    mine = [r for r in rows if r["regime"] == regime]
    if exporter != regime:
        reached = any(r["status"] in ("in_force", "unknown") for r in mine) or (regime == "USA" and listed)
        return _ABROAD if reached else "no mapping found"
    by_rule = [r for r in mine if r["requirement"] == "licence" and r["role"] == "law of the exporter"]
    by_letter = [r for r in mine if r["requirement"] == "licence by letter" and r["status"] == "in_force"]
    on_list = [x["required"] for x in listed] if regime == "USA" else []
    asked = True in on_list or any(r["status"] == "in_force" for r in by_rule) or (by_letter and found.kind == "name")
    if asked:
        return _SOME if found.wide else "required"
    if None in on_list or any(r["status"] == "unknown" for r in by_rule):
        return "unknown"
    if by_letter:
        return "required by letter for some goods of this code"
    # items without a group and Chinese codes are findings about Chinese law only
    named = regime == "CHN" and (found.cn_codes or (found.items and not found.groups))
    if regime == "USA" and importer in EMBARGOED:
        return "unknown"  # part 746 asks for licences beyond the chart
    return "not required by list" if mine or on_list or named else "no mapping found"


_SOME = "required for some goods of this name"
_ASKED = ("required", _SOME, "unknown", "required by letter for some goods of this code")


def _conflicts(
    licence: dict[str, str],
    rows: list[dict[str, Any]],
    exporter: str,
    importer: str,
    day: dt.date,
    known: str | dt.date | None,
    assume: str | None,
) -> list[dict[str, Any]]:
    """Conflicts that obeying a requirement on this good may bring about; none where the US asks for nothing.

    All conflicts known here are of US law obeyed. One that follows the good needs its measure among those reaching it.
    """
    if licence["USA"] not in _ASKED and licence["USA"] != _ABROAD:
        return []
    reaching = {r["measure"] for r in rows if r["status"] in ("in_force", "unknown")}
    found = conflicts(_facts(exporter, importer), on=day, known=known, assume=assume)
    return [c for c in found if c["reach"] == "parties" or reaching & {x["measure"] for x in c["one"]}]


def _facts(exporter: str, importer: str) -> list[str]:
    facts = []
    if "CHN" in (exporter, importer):
        facts.append("party-in-china")
    if importer == "CHN":
        facts.append("re-export-to-china")
    return facts


def _warnings(found: Resolved, rows: list[dict[str, Any]], day: dt.date) -> list[str]:
    out = [_INDICATIVE, *found.notes]
    if not found.items and not found.cn_codes and not found.eccns:
        out.append("No mapping was found. That is not the finding that nothing controls the good.")
    if found.eccns and day != dt.date.fromisoformat(_ccl.EDITION):
        out.append(f"Entries and chart are those of {_ccl.EDITION}; on {day} they may have read differently.")
    told: dict[str, list[str]] = {}
    for row in rows:
        for text in row["warnings"]:
            told.setdefault(text, []).append(row["measure"])
    # what is true of every measure, as the edge of the evidence is, is said once
    out += [text if len(of) == len(rows) > 1 else f"{', '.join(of)}: {text}" for text, of in told.items()]
    return list(dict.fromkeys(out))
