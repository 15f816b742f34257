"""A tension index by month: the acts of two economies against each other, typed and scored as event data are.

Types are PLOVER's; scores are Goldstein's (1992, Journal of Conflict Resolution 36(2)) as carried over to CAMEO
codes, from
-10 (most hostile) to +10. Which act of the ledger has which type is `data/claims/event_types.csv`.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from detente import economies
from detente.claims import talks
from detente.dates import FIRST_DAY, parse_date
from detente.errors import Problem, UserError
from detente.ledger import Event, Ledger, Measure

HALF_LIFE = 3.0
"""Months after which an act counts half in the index."""
_UP, _DOWN = "#B2182B", "#2166AC"


@dataclass(frozen=True)
class Act:
    """One scored event: who did what to whom, and how hostile it is."""

    date: dt.date
    actor: str
    target: str
    plover: str
    cameo: str
    score: float
    measure: str
    source: str


@functools.cache
def _types() -> dict[tuple[str, str, str], dict[str, str]]:
    text = resources.files("detente").joinpath("data/claims/event_types.csv").read_text(encoding="utf-8")
    return {(r["event"], r["measure"], r["direction"]): r for r in csv.DictReader(text.splitlines())}


def acts(
    ledger: Ledger | None = None, between: tuple[str, str] = ("USA", "CHN"), known: dt.date | None = None
) -> list[Act]:
    """Every act of two economies against each other that the ledger knows, in order.

    A notice counts once: limbs and parallel lists that move on the same day by the same instrument are one act. Court
    rulings (`voided`), statements and changes of scope are not scored.

    Examples
    --------
    >>> first = next(a for a in acts() if a.measure == "usa.s301.list-1")
    >>> str(first.date)[:4], first.plover
    ('2018', 'THREATEN')
    """
    ledger = ledger or Ledger.load()
    codes = economies.expand(list(between), "--between")
    if len(codes) != 2:
        raise UserError([Problem("--between", f"needs two economies, not {len(codes)}", "For example USA CHN.")])
    a, b = codes
    out: dict[tuple[Any, ...], Act] = {}
    for measure in ledger.measures.values():
        other = {a: b, b: a}.get(measure.imposer)
        if other is None or not measure.reaches(other) or measure.kind in ("tariff.base", "tariff.exclusion"):
            continue
        before: dict[str, float] = {}
        for event in measure.events:
            row = _type(measure, event, before)
            if row is None or (known and event.known > known) or event.date > ledger.thin_until:
                continue
            act = Act(
                event.date,
                measure.imposer,
                other,
                row["plover"],
                row["cameo"],
                float(row["score"]),
                measure.id,
                event.source,
            )
            out.setdefault((event.date, measure.imposer, row["plover"], event.instrument or measure.id), act)
    rows = [*out.values(), *_talks(a, b, ledger.thin_until)]
    return sorted((r for r in rows if r.date >= FIRST_DAY), key=lambda r: (r.date, r.actor, r.measure))


def _type(measure: Measure, event: Event, before: dict[str, float]) -> dict[str, str] | None:
    kind = "tariff" if measure.is_tariff else "other"
    if measure.kind == "review":
        kind = "review"
    elif "ban" in measure.kind or measure.kind in ("control.destination",):
        kind = "ban"
    elif measure.id.endswith(("general-licences", "h200-review")):
        kind = "ease"  # a licence that opens what was shut
    direction = ""
    if event.kind == "rate_changed" and event.rate is not None:
        direction = "up" if event.rate > before.get(event.limb, 0.0) else "down"
    if event.rate is not None:
        before[event.limb] = event.rate
    for measured in (kind, "other"):
        row = _types().get((event.kind, measured, direction))
        if row is not None:
            return row
    return None


def _talks(a: str, b: str, until: dt.date) -> Iterator[Act]:
    row = _types()["talks", "talks", ""]
    for talk in talks():
        if set(talk.between) == {a, b} and talk.last <= until:
            for actor, target in ((a, b), (b, a)):
                yield Act(
                    talk.last,
                    actor,
                    target,
                    row["plover"],
                    row["cameo"],
                    float(row["score"]) / 2,
                    talk.name,
                    talk.source,
                )


def tension(
    start: str | dt.date = "2018-01-01",
    end: str | dt.date | None = None,
    *,
    between: tuple[str, str] = ("USA", "CHN"),
    ledger: Ledger | None = None,
    known: dt.date | None = None,
) -> dict[str, Any]:
    """The index by month.

    `net` of a month is minus the sum of its scores: positive months are hostile. `index` is the moving level
    `I(m) = net(m) + 2^(-1/h) I(m-1)`, with half-life h = 3 months, so that a burst of duties fades unless it is
    renewed.

    Parameters
    ----------
    start, end
        First and last day; by default from 2018 to the firm edge of the evidence.

    Returns
    -------
    `{months, net, index, hostile, cooperative, events, by_actor{}, unit, as_of, source}`; lists are aligned with
    `months`.

    Examples
    --------
    Duties of April 2025 against the arrangement of November:

    >>> series = tension("2025-04-01", "2025-11-30")
    >>> series["months"][7], series["net"][0] > 0 > series["net"][7]
    ('2025-11', True)
    """
    ledger = ledger or Ledger.load()
    first, last = parse_date(start, "--start"), parse_date(end or ledger.firm_until, "--end")
    if last < first:
        raise UserError([Problem("--end", f"{last} lies before {first}", "Give the earlier day first.")])
    every = [r for r in acts(ledger, between, known) if r.date <= last]
    months = list(_months(FIRST_DAY, last))
    at = {m: i for i, m in enumerate(months)}
    hostile, friendly, count = [0.0] * len(months), [0.0] * len(months), [0] * len(months)
    by_actor = {code: [0.0] * len(months) for code in economies.expand(list(between), "--between")}
    for act in every:
        i = at[f"{act.date:%Y-%m}"]
        (hostile if act.score < 0 else friendly)[i] += abs(act.score)
        count[i] += 1
        by_actor[act.actor][i] -= act.score
    net = [h - f for h, f in zip(hostile, friendly, strict=True)]
    index, level = [], 0.0
    for value in net:
        level = value + 2.0 ** (-1.0 / HALF_LIFE) * level
        index.append(level)
    cut = at[f"{first:%Y-%m}"]
    rounded = {k: [round(x, 6) for x in v[cut:]] for k, v in
               {"net": net, "index": index, "hostile": hostile, "cooperative": friendly}.items()}  # fmt: skip
    return {
        "months": months[cut:], **rounded, "events": count[cut:],
        "by_actor": {k: [round(x, 6) for x in v[cut:]] for k, v in by_actor.items()},
        "unit": "Goldstein points, sign reversed: above 0 is hostile", "as_of": ledger.firm_until.isoformat(),
        "between": list(by_actor), "source": "detente ledger and talks; PLOVER types, Goldstein (1992) scores on"
        " CAMEO codes",
    }  # fmt: skip


def _months(first: dt.date, last: dt.date) -> Iterator[str]:
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield f"{year:04d}-{month:02d}"
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def figure(series: dict[str, Any]) -> Any:
    """An Altair chart of the series: bars by month, the index as a line, with unit, day of the evidence and source
    inside.

    Raises
    ------
    UserError
        If Altair is not installed.
    """
    try:
        import altair as alt
    except ImportError:
        raise UserError([Problem("figure", "needs Altair", "pip install 'detente[plot]'.")]) from None
    rows = [
        {"month": f"{m}-01", "net": n, "index": i, "sign": "hostile" if n > 0 else "cooperative"}
        for m, n, i in zip(series["months"], series["net"], series["index"], strict=True)
    ]
    names = " and ".join(economies.name_of(c) for c in series["between"])
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("month:T", title=None, axis=alt.Axis(format="%Y", tickCount="year"))
    )
    bars = base.mark_bar().encode(
        y=alt.Y("net:Q", title=["Goldstein points per month", "above 0: hostile"]),
        color=alt.Color(
            "sign:N", title="Month", scale=alt.Scale(domain=["hostile", "cooperative"], range=[_UP, _DOWN])
        ),
    )
    line = base.mark_line(color="#222222", strokeWidth=1.8).encode(y="index:Q")
    subtitle = [
        f"Acts in the ledger, scored by type; line: index with a half-life of {HALF_LIFE:g} months",
        f"Evidence to {series['as_of']}. Source: {series['source']}",
    ]
    title = alt.TitleParams(f"Tension between {names}", subtitle=subtitle, anchor="start")
    return (bars + line).properties(width=760, height=320, title=title).configure_view(stroke=None)


def save_figure(series: dict[str, Any], path: str | Path) -> None:
    """Write the chart as SVG, PNG, HTML or JSON, by the ending of the name.

    Raises
    ------
    UserError
        For another ending, or where the place cannot be written.
    """
    place = Path(path)
    if place.suffix not in (".svg", ".png", ".html", ".json"):
        raise UserError(
            [Problem(str(path), f"{place.suffix!r} is no format of a figure", "Use .svg, .png, .html or .json.")]
        )
    chart = figure(series)
    try:
        chart.save(str(place), **({"scale_factor": 2} if place.suffix == ".png" else {}))
    except OSError as error:
        raise UserError([Problem(str(path), f"cannot be written: {error.strerror or error}")]) from None
