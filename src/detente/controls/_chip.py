"""`chip`: the performance tests of 2022, 2023, December 2024 and January 2026 on a chip's figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from detente.controls._letters import POLICIES, letters
from detente.controls._practice import reports
from detente.controls._standing import embedded, standing
from detente.controls._tables import EMBARGOED, csv_of, destination, yaml_of
from detente.controls._us_list import in_scope
from detente.dates import parse_date
from detente.errors import Problem, UnknownName, UserError, unknown

_NAMES = {
    "tpp": "TPP", "pd": "performance density", "interconnect": "interconnect (GB/s)",
    "memory_density": "memory bandwidth density (GB/s per mm2)", "bandwidth": "memory bandwidth (GB/s)",
}  # fmt: skip
_FREE = "free"


def known_chip(name: str) -> dict[str, float | None]:
    """Figures of a chip from the table kept here.

    Raises
    ------
    UnknownName
        With the chips there are.
    """
    rows = {row["chip"].casefold(): row for row in csv_of("chips.csv")}
    row = rows.get(name.casefold()) or rows.get(f"{name.casefold()} sxm") or rows.get(f"{name.casefold()} 80gb")
    if row is None:
        raise UnknownName([unknown("chip", name, [r["chip"] for r in csv_of("chips.csv")])])

    def number(key: str) -> float | None:
        return float(row[key]) if row[key] else None

    return {
        "tpp": number("tpp"), "die_area": number("die_mm2"), "bandwidth": number("bandwidth_gbs"),
        "interconnect": number("interconnect_gbs"),
    }  # fmt: skip


def chip(
    *,
    tpp: float | None = None,
    die_area: float | None = None,
    bandwidth: float | None = None,
    interconnect: float | None = None,
    memory_density: float | None = None,
    datacentre: bool = True,
    to: str = "CHN",
    on: str | dt.date | None = None,
    known: str | dt.date | None = None,
) -> dict[str, Any]:
    """Class and licence policy of a chip on a day.

    Parameters
    ----------
    tpp
        Total processing performance: dense tera-operations a second times bit length, the largest over all formats.
    die_area
        Applicable die area in mm2 (dies made on a non-planar process).
    bandwidth
        DRAM bandwidth, GB/s.
    interconnect
        Aggregate two-way transfer rate with other chips, GB/s (the test of 2022).
    memory_density
        Of a memory device: GB/s per mm2 of package (high-bandwidth memory).
    datacentre
        Whether it is designed or marketed for data centres; below TPP 4800 only those are caught.
    to
        Destination.
    on, known
        The two days. Default: the firm edge of the evidence, and everything known.

    Returns
    -------
    `{class, eccn, policy, policy_by, rule, status, since, why, candidates, letters, practice, tariff_band, on, to,
    warnings}`. `policy_by` is the measure whose review policy is given. `status` is `announced`, with the day `since`,
    where the rule was published but not in effect as known. `class` is `controlled` or `free` under the rule of 2022,
    `3A090.a`, `3A090.b`, `3A090.c` or `free` later, `unknown` where a figure that decides is missing (then `candidates`
    has the classes it may be). A chip of no class has the policy `not controlled`, or `licence by letter` while letters
    to named makers reached it, or `unknown` where its figures do not settle that.

    Raises
    ------
    UserError
        For figures that cannot be, or none at all.

    Notes
    -----
    PD = TPP / die area. Every threshold is data (`data/controls/chip_rules.yaml`) with its notice.

    Examples
    --------
    The A800 escaped the rule of 2022 by its interconnect, and not that of 2023:

    >>> a800 = dict(tpp=4992, die_area=826, bandwidth=2039, interconnect=400)
    >>> chip(**a800, on="2023-01-10")["class"], chip(**a800, on="2023-12-01")["class"]
    ('free', '3A090.a')
    """
    day = embedded().firm_until if on is None else parse_date(on, "--on")
    place = destination(to)
    figures = _figures(tpp, die_area, bandwidth, interconnect, memory_density)
    base, additions, reviews, notes = _in_force(day, known)
    if base is None and not additions:
        notes.append(f"No performance rule was in force on {day}: the first began on 7 October 2022.")
        return _answer(_FREE, "", "no performance rule yet", None, [], notes, figures, place, day)
    found, why, candidates = _classify(figures, [*(base or {}).get("classes", ()), *_added(additions)], datacentre)
    rule = next((r for r in (base, *additions) if r and found["class"] in _classes_of(r)), base)
    name, eccn = found["class"], found.get("eccn", "")
    beside = letters(figures, place, day, known) if name == _FREE else []
    policy = _beside(beside, place, why) if name == _FREE else _policy(name, rule or {}, reviews, figures, place, why)
    out = _answer(name, eccn, policy, rule, why, notes, figures, place, day)
    out["status"] = "announced" if (rule or {}).get("announced") else "in_force"
    out["since"] = (rule or {}).get("announced")
    out["candidates"] = candidates
    out["letters"] = beside
    seen = None if known is None else parse_date(known, "--known")
    met = [r for r in reviews if name in r["review"]["classes"] and place in r["review"]["economies"]]
    out["policy_by"] = _governing(name, policy, rule, met)
    out["practice"] = [report for row in met for report in reports(row["measure"], day, seen)]
    out["tariff_band"] = _tariff_band(figures, day)
    return out


def of_figures(
    figures: Mapping[str, float | None], to: str, on: dt.date, known: str | dt.date | None
) -> dict[str, Any]:
    """`chip` for the figures of a chip of the table."""
    return chip(
        tpp=figures["tpp"], die_area=figures["die_area"], bandwidth=figures["bandwidth"],
        interconnect=figures["interconnect"], to=to, on=on, known=known,
    )  # fmt: skip


def _figures(*values: float | None) -> dict[str, float | None]:
    names = ("tpp", "die_area", "bandwidth", "interconnect", "memory_density")
    options = ("--tpp", "--die-area", "--bandwidth", "--interconnect", "--memory-density")
    problems = [
        Problem(option, f"{value:g} is not a figure of a chip", "It must be a finite number above zero.")
        for option, name, value in zip(options, names, values, strict=True)
        if value is not None and not (0 <= value < 1e12 and (value > 0 or name in ("interconnect", "bandwidth")))
    ]
    if problems:
        raise UserError(problems)
    figures: dict[str, float | None] = dict(zip(names, values, strict=True))
    if figures["tpp"] is None and figures["memory_density"] is None:
        raise UserError([Problem("--tpp", "is missing", "Give TPP, or for a memory device --memory-density.")])
    area = figures["die_area"]
    figures["pd"] = figures["tpp"] / area if figures["tpp"] is not None and area else None
    return figures


def _in_force(
    day: dt.date, known: str | dt.date | None
) -> tuple[dict[str, Any] | None, list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """(the test that governs, those that add a class, those that change the review, warnings) on a day."""
    base, additions, reviews = None, [], []
    notes: list[str] = []
    for rule in yaml_of("chip_rules.yaml"):
        # a test holds while its measure does; the one of 2022 ends where it was superseded
        state = standing(rule["measure"], day, known)
        status = state["status"]
        if status == "unknown":
            notes.append(f"Whether {rule['source']} holds on {day} is not known.")
        if status == "scheduled":
            text = f"{rule['source']} was announced on {state['since']}, to take effect on {state['until']}"
            begun = bool(state["until"]) and dt.date.fromisoformat(state["until"]) <= day
            notes.append(f"{text}: {'the answer rests on the announcement' if begun else 'not yet by this day'}.")
            if not begun:
                continue
            rule = {**rule, "announced": state["until"]}
        elif status not in ("in_force", "unknown"):
            continue
        notes += state["warnings"]
        if "classes" in rule:
            base = rule
        elif "adds" in rule:
            additions.append(rule)
        else:
            reviews.append(rule)
    return base, additions, reviews, list(dict.fromkeys(notes))


def _added(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [c for r in rules for c in r["adds"]]


def _classes_of(rule: Mapping[str, Any]) -> list[str]:
    return [c["class"] for c in (*rule.get("classes", ()), *rule.get("adds", ()))]


def _meets(figures: Mapping[str, float | None], test: Mapping[str, list[Any]]) -> tuple[bool | None, list[str]]:
    """Whether all conditions of a test hold, None where a missing figure decides; and what was found."""
    told, state = [], True
    missing = False
    for key, (least, most, *how) in test.items():
        value, name = figures.get(key), _NAMES[key]
        if value is None:
            missing = True
            told.append(f"{name} is not known")
            continue
        low = value > least if how else value >= least
        high = most is None or value < most
        bounds = f"{'above' if how else 'at least'} {least:g}" + (f" and below {most:g}" if most is not None else "")
        told.append(f"{name} {value:g} is {'' if low and high else 'not '}{bounds}")
        state = state and low and high
    return (None if missing and state else state), told


def _classify(
    figures: Mapping[str, float | None], classes: list[dict[str, Any]], datacentre: bool
) -> tuple[dict[str, Any], list[str], list[str]]:
    why: list[str] = []
    open_classes: list[str] = []
    tpp = figures.get("tpp")
    for row in classes:
        for test in row["any"]:
            # a memory device has no TPP, a processor no density of memory: the other test is not asked
            if any(k in test and figures.get(k) is None for k in ("memory_density", "tpp")):
                continue
            state, told = _meets(figures, test)
            line = f"{row['class']}: {'; '.join(told)}"
            if state and not datacentre and "memory_density" not in test and tpp is not None and tpp < 4800:
                why.append(f"{line}, but it is not for data centres and its TPP is below 4800 (note 2)")
                continue
            why.append(line)
            if state and not open_classes:
                return row, [*why], [row["class"]]
            if state or state is None:
                open_classes.append(row["class"])
    if open_classes:
        return {"class": "unknown"}, why, list(dict.fromkeys([*open_classes, _FREE]))
    return {"class": _FREE}, why, [_FREE]


def _beside(rows: list[dict[str, Any]], place: str, why: list[str]) -> str:
    """What a chip of no class is subject to all the same: letters to its maker, or an embargo of the destination."""
    if place in EMBARGOED:
        why.append(f"Part 746 of the EAR asks for licences to {place} beyond the classes of chips")
        return "unknown"
    policy = POLICIES[False]
    for row in rows:
        span = f"{row['measure']}, from {row['since']}" + (f" to {row['until']}" if row["until"] else "")
        if row["status"] == "ended":
            reached = "; they reached it" if row["reaches"] else ""
            why.append(f"Letters to named makers ({span}) have ended: {row['ended'] or 'no more is known'}{reached}")
            continue
        why.append(f"Letters to named makers ({span}): {row['why']}")
        policy = POLICIES[row["reaches"] if row["status"] == "in_force" else None]
    return policy


def _policy(
    name: str,
    rule: Mapping[str, Any],
    reviews: list[dict[str, Any]],
    figures: Mapping[str, float | None],
    place: str,
    why: list[str],
) -> str:
    if name == "unknown":
        return "unknown"
    if not in_scope(rule["scope"], place):
        why.append(f"{place} is outside the destinations of {rule['source']}")
        return "no licence under this rule"
    for row in reviews:
        review = row["review"]
        if name not in review["classes"] or place not in review["economies"]:
            continue
        limits = {k: figures.get(k) for k in review["below"]}
        if any(v is not None and v >= review["below"][k] for k, v in limits.items()):
            over = [f"{_NAMES[k]} {v:g} is not below {review['below'][k]:g}" for k, v in limits.items()
                    if v is not None and v >= review["below"][k]]  # fmt: skip
            why.append(f"{row['source']}: {'; '.join(over)}")
            return str(review["otherwise"])
        if any(v is None for v in limits.values()):
            why.append(f"{row['source']}: {_NAMES['bandwidth']} is not known, and it decides")
            return "unknown"
        told = [f"{_NAMES[k]} {v:g} is below {review['below'][k]:g}" for k, v in limits.items()]
        why.append(f"{row['source']}: {'; '.join(told)}. Conditions: {row['conditions']}")
        return str(review["policy"])
    if "policy_scope" in rule and not in_scope(rule["policy_scope"], place):
        why.append(f"{rule['source']} asks for a licence to {place}; its review policy there is not in the facts")
        return "licence, review policy unknown"
    return str(rule["policy"])


def _governing(name: str, policy: str, rule: Mapping[str, Any] | None, met: list[dict[str, Any]]) -> str | None:
    """The measure whose review policy is the answer: a later one for such chips goes before the rule of the class."""
    if rule is None or name in (_FREE, "unknown") or policy == "no licence under this rule":
        return None
    return str((met[0] if met else rule)["measure"])


def _tariff_band(figures: Mapping[str, float | None], day: dt.date) -> bool | None:
    """Whether the section 232 duty of 25 % on chips falls on it; None where a figure is missing."""
    table = yaml_of("tariff_bands.yaml")
    if day < dt.date.fromisoformat(table["since"]):
        return False
    if figures.get("tpp") is None or figures.get("bandwidth") is None:
        return None
    return any(all(b[k][0] <= (figures[k] or 0) <= b[k][1] for k in ("tpp", "bandwidth")) for b in table["bands"])


def _answer(
    name: str,
    eccn: str,
    policy: str,
    rule: Mapping[str, Any] | None,
    why: list[str],
    notes: list[str],
    figures: Mapping[str, float | None],
    place: str,
    day: dt.date,
) -> dict[str, Any]:
    return {
        "class": name,
        "eccn": eccn or None,
        "policy": policy,
        "rule": rule["id"] if rule else None,
        "first_rule": yaml_of("chip_rules.yaml")[0]["since"],
        "status": "in_force" if rule else None,
        "since": None,
        "source": rule["source"] if rule else None,
        "why": why,
        "candidates": [name],
        "letters": [],
        "policy_by": None,
        "practice": [],
        "tariff_band": False,
        "figures": {k: v for k, v in figures.items() if v is not None},
        "to": place,
        "on": day.isoformat(),
        "warnings": notes,
    }
