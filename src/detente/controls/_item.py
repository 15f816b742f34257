"""`item`: what both regimes ask of a good on a day, with status, requirement, policy, practice and statements apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

from detente.controls import _ccl, _us_list, _verdict
from detente.controls._chip import known_chip
from detente.controls._chip import of_figures as chip_of
from detente.controls._conflicts import conflicts
from detente.controls._practice import reports
from detente.controls._resolve import Resolved, resolve
from detente.controls._standing import branch, embedded, standing
from detente.controls._tables import destination, yaml_of
from detente.dates import parse_date

_DUAL_USE = "cn-dual-use"
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
    `{query, from, to, on, known, resolved, licence, licence_why, requirements, not_in_force, conflicts, indicative,
    warnings}`. `requirements` has one row for each control that reaches the good and is in force, suspended, scheduled
    or unknown: `{regime, measure, limb, title, status, since, until, requirement, policy, reach, practice, statements,
    confidence, mapping_confidence, assumed, governs}`; `governs` says of a rule on chips whether its review policy is
    the one for this chip. `licence` gives for each regime the strictest answer that stands:
    `prohibited`, `not permitted in principle`, `licences suspended`, `required`, `only through listed exporters`,
    `required by letter`, `required from DAY as announced`, `unknown`, `unknown before DAY`, `not required by list`
    (with `; announced from DAY`), each with `for some goods of this name` (or code) where it holds for some only; `may
    be reached; name the ECCN or HS code` where only words of the query were found; or why the question does not arise.
    A day past the evidence adds `, as of evidence to DAY`. `licence_why` has the reasons.

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
    us = _us_list.listed(found.eccns, importer, (day, known))
    figures = chip_of(known_chip(found.chip), importer, day, known) if found.chip else None
    heads = {r: _overall(found, rows, r, exporter, importer, us, figures, day) for r in ("CHN", "USA")}
    licence = {regime: _verdict.qualified(text, day) for regime, (text, _) in heads.items()}
    for row in rows:
        del row["barred"]
        row["governs"] = _governs(row["measure"], figures)
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
        "licence_why": {regime: why for regime, (_, why) in heads.items()},
        "requirements": rows,
        "not_in_force": past,
        "conflicts": _conflicts(licence, rows, exporter, importer, day, known, assume),
        "indicative": True,
        "warnings": _warnings(found, rows, us, day),
    }
    if figures:
        out["chip"] = figures
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
    if _dual_use(set(found.groups), day, known, assume):
        more, ended = _of_groups({_DUAL_USE}, *where)
        rows, past = rows + more, past + ended
        review = reports("chn.law.dual-use-2024", day, None if known is None else parse_date(known, "--known"))
        for row in rows:
            if row["regime"] == "CHN" and row["requirement"] == "licence":
                row["practice"] = [*row["practice"], *review]
    return rows, [{k: r[k] for k in ("regime", "measure", "limb", "title", "status", "since")} for r in past]


def _dual_use(groups: set[str], day: dt.date, known: str | dt.date | None, assume: str | None) -> bool:
    """Whether China's list holds the good on the day: only then is it a dual-use item of the bans on military users."""
    return any(
        standing(name, day, known, assume)["status"] == "in_force"
        for name, term in yaml_of("terms.yaml").items()
        if name.startswith("chn.") and groups & set(term["groups"])
        and term["requirement"] in ("licence", "prohibited") and term["reach"] == "export"
    )  # fmt: skip


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
        if not role or not _reaches(measure, facts, importer, term["reach"]):
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
            "barred": set(term.get("barred", ())),
        }
        stands = state["status"] in ("in_force", "suspended", "scheduled", "unknown")
        (rows if stands else past).append(row)
    return rows, past


def _governs(measure: str, chip: dict[str, Any] | None) -> bool | None:
    """Whether the review policy of a chip rule is the one for this chip; None for what sets none."""
    if chip is None or chip["policy_by"] is None or measure not in {r["measure"] for r in yaml_of("chip_rules.yaml")}:
        return None
    return bool(measure == chip["policy_by"])


def _reaches(measure: str, facts: Any, importer: str, reach: str) -> bool:
    """Whether a measure is about a destination: by the scope of a chip rule, else by its targets in the ledger.

    What follows the goods abroad follows them everywhere.

    For US controls Hong Kong is China since 23 December 2020.
    """
    scope = next((r["scope"] for r in yaml_of("chip_rules.yaml") if r["measure"] == measure and "scope" in r), None)
    if scope is not None:
        return _us_list.in_scope(scope, importer)
    as_china = importer == "HKG" and facts.imposer == "USA" and facts.reaches("CHN")
    return bool(facts.reaches(importer) or as_china or _abroad(reach))


def _abroad(reach: str) -> bool:
    return reach in ("foreign-made", "re-export") or "direct product" in reach


def _role(imposer: str, exporter: str, importer: str, reach: str) -> str:
    """How a measure meets this flow: as law of the exporter, as law that reaches abroad, or not at all."""
    if importer == imposer:
        return ""
    if exporter == imposer:
        # re-export limbs bind the next step, not the first; they are shown as what follows the goods
        return "follows the goods" if reach in ("foreign-made", "re-export") else "law of the exporter"
    # a Chinese export licence is asked at China's border; the American list follows goods of American origin
    if imposer == "USA" or (imposer == "CHN" and (_abroad(reach) or "re-transfer" in reach)):
        return "reaches abroad: goods of its origin, content or technology"
    return ""


def _overall(
    found: Resolved,
    rows: list[dict[str, Any]],
    regime: str,
    exporter: str,
    importer: str,
    listed: list[dict[str, Any]],
    chip: dict[str, Any] | None,
    day: dt.date,
) -> tuple[str, list[str]]:
    """The strictest answer of a regime's controls for this flow, with its reasons: never "free"."""
    if importer == regime:
        return _verdict.OWN_IMPORTS, []
    if exporter != regime:
        mine = [r["measure"] for r in rows if r["regime"] == regime and r["status"] in ("in_force", "unknown")]
        on_list = regime == "USA" and bool(listed)
        if on_list and found.suggested:
            return _verdict.SUGGESTED, []
        return (_verdict.ABROAD if mine or on_list else _verdict.NO_MAPPING), mine
    findings = _verdict.of_measures(found, rows, regime, day)
    if regime == "USA":
        if chip:
            return _verdict.headline(found, _verdict.of_chip(chip, listed, day), regime, importer)
        findings += _verdict.of_entries(listed, day)
    return _verdict.headline(found, findings, regime, importer)


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
    if not licence["USA"].startswith((*_verdict.ASKED, _verdict.ABROAD)):
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


def _warnings(found: Resolved, rows: list[dict[str, Any]], listed: list[dict[str, Any]], day: dt.date) -> list[str]:
    out = [_INDICATIVE, *found.notes]
    if not found.items and not found.cn_codes and not found.eccns:
        out.append("No mapping was found. That is not the finding that nothing controls the good.")
    edition = dt.date.fromisoformat(_ccl.EDITION)
    if found.eccns and day > edition:
        out.append(f"Entries and chart are those of {edition}; by {day} they may read differently.")
    elif found.eccns and day < edition:
        bounded = sorted({x["eccn"] for x in listed if any(c["unknown_before"] for c in x["controls"])})
        text = f"Entries and chart are those of {edition}, taken for an earlier day only as far back as the facts go"
        out.append(f"{text}: not for {', '.join(bounded)}." if bounded else f"{text}.")
    told: dict[str, list[str]] = {}
    for row in rows:
        for text in row["warnings"]:
            told.setdefault(text, []).append(row["measure"])
    # what is true of every measure, as the edge of the evidence is, is said once
    out += [text if len(of) == len(rows) > 1 else f"{', '.join(of)}: {text}" for text, of in told.items()]
    return list(dict.fromkeys(out))
