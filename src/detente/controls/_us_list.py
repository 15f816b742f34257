"""The Commerce Control List for a day: the text kept here is of one day, so every line says from when it is good.

Three things bound it. A line made by a measure of the ledger holds from that measure on. A line of the rescinded rule
on the diffusion of AI still stands in the code and is not enforced: it is law for nobody, and no "no" either. Every
other line is evidence from the day of the edition on only.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from detente.controls import _ccl
from detente.controls._standing import embedded, standing
from detente.controls._tables import groups, yaml_of
from detente.dates import parse_date

_DIFFUSION = "usa.bis.ai-diffusion"
_OF_DIFFUSION = re.compile(r"worldwide.*742\.6\(a\)\((?:6\)\(iii\)\(A|13)\)", re.IGNORECASE)
_OF_2023 = "usa.bis.chips-2023"
_WHOLE = re.compile(r"applies (?:to )?(?:the )?entire entry", re.IGNORECASE)

Clock = tuple[dt.date, str | dt.date | None]


def in_scope(scope: Mapping[str, Any], place: str) -> bool:
    """Whether a destination is in a scope `{economies, groups, less}` of Country Groups."""
    inside = place in scope.get("economies", ()) or any(place in groups()[g] for g in scope.get("groups", ()))
    kept_out = any(place in groups()[g] for g in scope.get("less", ())) and place not in scope.get("economies", ())
    return inside and not kept_out


def lines(entry: _ccl.Entry, paragraph: str, to: str, clock: Clock) -> list[dict[str, Any]]:
    """What each reason for control says for a destination on a day.

    Returns
    -------
    `[{control, by, required, whole, from, unknown_before, note}]`. `required` is None where it is not known; `whole` is
    False where the reason covers part of what was asked for; `from` is the day of a rule that is announced and not yet
    in effect as known; `unknown_before` the day from which the text is evidence.
    """
    out = []
    for line in _ccl.controls(entry, paragraph, to):
        if not (whole := bool(_WHOLE.search(line["control"]))) and paragraph:
            whole = f"{entry.eccn}." in line["control"]
        row = line | {"whole": whole, "from": None, "unknown_before": None, "note": None}
        if _OF_DIFFUSION.search(line["by"]):
            kept = _diffusion(row, entry.eccn, paragraph, to, clock)
        else:
            kept = _dated(row, entry.eccn, paragraph, to, clock)
        if kept:
            out.append(row)
    return out


def _diffusion(row: dict[str, Any], eccn: str, paragraph: str, to: str, clock: Clock) -> bool:
    """Fill in a worldwide line of the rule of January 2025; False where nothing stood in its place."""
    earlier = standing(_OF_2023, *clock)
    scope = next(rule["scope"] for rule in yaml_of("chip_rules.yaml") if rule["measure"] == _OF_2023)
    if in_scope(scope, to) and earlier["status"] in ("in_force", "scheduled"):
        # what it widened to the world was asked of these destinations before
        row["by"] = f"{_OF_2023}: {', '.join([*scope['economies'], *scope['groups']])}"
        row["required"] = True
        if earlier["status"] == "scheduled":
            _announced(row, earlier, clock[0])
        return True
    state = standing(_DIFFUSION, *clock)
    if not state["since"]:
        if earlier["status"] in ("in_force", "scheduled"):
            row |= {"required": False, "note": f"outside the destinations of {_OF_2023}"}
            return True
        if _since(f"{eccn}.{paragraph}" if paragraph else eccn, row["control"]):
            return _dated(row, eccn, paragraph, to, clock)
        row |= {"required": None, "unknown_before": _begins(_OF_2023)}
        return True
    if state["status"] == "scheduled":
        _announced(row, state, clock[0])
        return True
    since = state["since"]
    row |= {
        "required": None,
        "note": f"text of a rule whose rescission was announced on {since}; it stands in the code",
    }
    return True


def _announced(row: dict[str, Any], state: Mapping[str, Any], day: dt.date) -> None:
    begins = state["until"]
    row["from"] = begins if row["required"] else None
    row["note"] = f"{state['measure']}: announced {state['since']}, to take effect {begins}"
    if begins and dt.date.fromisoformat(begins) > day:
        row["required"] = False


def _dated(row: dict[str, Any], eccn: str, paragraph: str, to: str, clock: Clock) -> bool:
    """Bound a line by the day from which its text is evidence."""
    day, _ = clock
    code = f"{eccn}.{paragraph}" if paragraph else eccn
    found = _since(code, row["control"])
    if found is None or to not in found.get("economies", (to,)):
        return _until_edition(row, day, _ccl.EDITION)
    if "since" in found:
        return _until_edition(row, day, found["since"])
    state = standing(found["measure"], *clock)
    if state["status"] in ("in_force", "unknown", "superseded"):
        return True
    if state["status"] == "scheduled":
        _announced(row, state, day)
        if state["until"] and dt.date.fromisoformat(state["until"]) <= day:
            return True
    return _earlier_form(row, found, code, to, clock)


def _earlier_form(row: dict[str, Any], found: Mapping[str, Any], code: str, to: str, clock: Clock) -> bool:
    """What stood before the measure that made the text: an earlier form of the entry, or nothing that is known."""
    before = found.get("before")
    begins = _begins(found["measure"])
    if before:
        state = standing(before["measure"], *clock)
        if state["status"] == "in_force":
            if code == found["codes"][0] or code in found["codes"]:
                row["required"] = to in before["economies"] if "AT" not in row["control"][:3] else False
                row["by"] = f"{before['measure']}: {', '.join(before['economies'])}"
                row["whole"] = True
                return True
            row |= {"required": None, "unknown_before": begins}
            return True
        begins = _begins(before["measure"])
    elif code not in found["codes"] and not any(code.startswith(f"{c}.") for c in found["codes"]):
        # a paragraph that was not there yet, of an entry asked for as a whole
        return False
    row |= {"required": None, "unknown_before": begins, "note": f"the entry began on {begins}"}
    return True


def _begins(measure: str) -> str:
    """First day in force of a measure."""
    events = embedded().measures[measure].events
    return next(e.date for e in events if e.kind == "entered_into_force").isoformat()


def _until_edition(row: dict[str, Any], day: dt.date, since: str) -> bool:
    if day < parse_date(since, "ccl_since.yaml"):
        says = {True: "required", False: "not required", None: "what only a person can apply"}[row["required"]]
        note = f"{row['by']}; the text of {_ccl.EDITION} says {says}, earlier text was not read"
        row |= {"required": None, "unknown_before": since, "note": note}
    return True


def _since(code: str, control: str) -> dict[str, Any] | None:
    """The row of the table for a code, or for the paragraph that a control names."""
    for row in yaml_of("ccl_since.yaml"):
        for listed in row["codes"]:
            inside = code == listed or code.startswith(f"{listed}.")
            named = "." in listed and listed.partition(".")[0] == code and re.search(rf"{re.escape(listed)}\b", control)
            if inside or named:
                return dict(row)
    return None


def listed(eccns: list[tuple[str, str]], to: str, clock: Clock) -> list[dict[str, Any]]:
    """Entries with what their lines say for the destination on the day."""
    out = []
    for code, confidence in eccns:
        if code == "EAR99":
            out.append({"eccn": code, "heading": "Items on no entry of the list", "required": False, "controls": [],
                        "confidence": confidence})  # fmt: skip
            continue
        eccn, paragraph = _ccl.split(code)
        entry = _ccl.entries().get(eccn)
        if entry is None:
            continue
        found = lines(entry, paragraph, to, clock) if to != "USA" else []
        out.append(
            {
                "eccn": code,
                "heading": entry.heading,
                "reasons": entry.reasons,
                "required": _ccl.verdict(found, to) if to != "USA" else False,
                "controls": found,
                "confidence": confidence,
                "edition": _ccl.EDITION,
            }
        )
    return out
