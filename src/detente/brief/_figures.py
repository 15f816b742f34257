"""Figures: the law over time and what it adds up to, as Altair charts with source, units and as-of date inside.

Numbers come from below; here they are only placed. Altair and vl-convert come with the extra `plot`.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.dates import FIRST_DAY, parse_date
from detente.economies import name_of
from detente.errors import DateError, Problem, UserError
from detente.ledger._timeline import average_steps, timeline

if TYPE_CHECKING:
    from detente.ledger import Ledger

COLOURS = {
    "USA": "#0072B2", "CHN": "#D55E00", "EU27": "#009E73", "JPN": "#CC79A7", "KOR": "#56B4E9", "MEX": "#E69F00",
    "CAN": "#8C6D1F", "GBR": "#5D3A9B", "IND": "#117733", "VNM": "#882255", "TWN": "#44AA99", "ROW": "#7F7F7F",
}  # fmt: skip
"""One colour an economy in every figure; told apart with any kind of colour vision (after Okabe and Ito, and Tol)."""

TRACKS = (
    ("usa.s301.list-1", "301 list 1"),
    ("usa.s301.list-2", "301 list 2"),
    ("usa.s301.list-3", "301 list 3"),
    ("usa.s301.list-4a", "301 list 4A"),
    ("usa.s301.list-4b", "301 list 4B"),
    ("usa.s301.note-31", "301 review, note 31"),
    ("usa.s232.steel", "232 steel"),
    ("usa.s232.aluminium", "232 aluminium"),
    ("usa.s232.cars", "232 cars"),
    ("usa.ieepa.fentanyl-cn", "Fentanyl"),
    ("usa.ieepa.reciprocal-cn", "Reciprocal"),
    ("usa.ieepa.reciprocal-cn#24-points", "Reciprocal, 24 points"),
    ("usa.s122.global", "Section 122"),
    ("usa.s301.forced-labour", "301 forced labour"),
    ("usa.s301.cranes-chassis", "301 cranes"),
    ("chn.sctc.2018-answer-232", "Answer to 232"),
    ("chn.sctc.2018-list-1", "Answer to 301, list 1"),
    ("chn.sctc.2018-list-1#cars", "Answer to 301, cars"),
    ("chn.sctc.2018-list-2", "Answer to 301, list 2"),
    ("chn.sctc.2018-list-3", "Answer to 301, list 3"),
    ("chn.sctc.2019-list-4", "Answer to 301, list 4"),
    ("chn.sctc.2019-list-4b", "Answer to 301, list 4B"),
    ("chn.sctc.2025-02", "February 2025 lists"),
    ("chn.sctc.2025-03", "March 2025 lists"),
    ("chn.sctc.2025-04-reciprocal", "Reciprocal "),
    ("chn.sctc.2025-04-reciprocal#24-points", "Reciprocal, 24 points "),
)
"""Bars of the figure: measure or limb, and its label; the blank at the end keeps the two sides' labels apart."""

STATES = {"in_force": "in force", "suspended": "suspended", "scheduled": "announced", "unknown": "unknown"}
_SHADES = {"in force": 1.0, "suspended": 0.28, "announced": 0.0, "unknown": 0.3}
"""How much of its colour a bar carries; what is unknown is grey."""
_GREY, _INK = "#7F7F7F", "#222222"
_WIDE = 330
"""Days a bar needs to carry its rate as text."""
FORMATS = (".svg", ".png", ".html", ".json")


def timeline_figure(
    ledger: Ledger, *, start: str | dt.date = FIRST_DAY, end: str | dt.date | None = None,
    known: str | dt.date | None = None, width: int = 900,
) -> Any:  # fmt: skip
    """Status of the main tariff layers of both sides as bars, and their average duties as steps below.

    Parameters
    ----------
    ledger
        The facts.
    start, end
        First and last day drawn. `end`: None for the end of the year of the firm edge, so that what is open shows.
    known
        The day one looks from; None for all the evidence.
    width
        Of the drawing, pixels.

    Returns
    -------
    `altair.VConcatChart`; averages in percent of customs value, with the weights' years in the subtitle.

    Raises
    ------
    UserError
        Without Altair (extra `plot`); `DateError` for days that cannot be read.

    Examples
    --------
    >>> from detente.ledger import Ledger
    >>> figure = timeline_figure(Ledger.load(), start="2025-01-01")
    >>> "as of 2026-09-28" in " ".join(figure.to_dict()["title"]["subtitle"])
    True
    """
    alt = _altair()
    first = parse_date(start, "--start")
    last = dt.date(ledger.firm_until.year, 12, 31) if end is None else parse_date(end, "--end")
    if last <= first:
        raise DateError([Problem("--end", f"{last} does not lie after {first}", "Give the earlier day as --start.")])
    bars = _bars(ledger, first, last, known)
    panels = [_status_panel(alt, bars, code, first, last, ledger.firm_until, width) for code in ("USA", "CHN")]
    steps = _steps(ledger, first, last, known)
    averages = _average_panel(alt, steps, first, last, ledger.firm_until, width)
    pairs = (("USA", "CHN"), ("CHN", "USA"))
    weights = [ledger.on(first).average(importer=n, exporter=i).weights for n, i in pairs]
    seen = f", as known on {parse_date(known, '--known')}" if known is not None else ""
    title = alt.TitleParams(
        "Tariffs between the United States and China",
        subtitle=[
            f"Law by layer (rates in percent), and the average statutory duty; as of {ledger.firm_until}{seen}.",
            f"Weights: {weights[0]}; {weights[1]}.",
            "Source: detente ledger, from Federal Register, HTS, State Council Tariff Commission and MOFCOM notices.",
        ],
        anchor="start", fontSize=17, subtitleFontSize=12, subtitleColor="#555555", offset=12,
    )  # fmt: skip
    out = alt.vconcat(_legend(alt, width), *panels, _names(alt, steps, width), averages, spacing=12).properties(
        title=title
    )
    return (  # `configure` replaces what was configured before it
        out.configure(font="Liberation Sans, Arial, Helvetica, sans-serif", background="white", padding=14)
        .configure_view(stroke=None)
        .configure_axis(labelColor=_INK, titleColor=_INK, gridColor="#E6E6E6", domainColor="#999999")
    )


def save_figure(figure: Any, path: str | Path) -> Path:
    """Write a figure; the ending says as what: .svg, .png (twice the size), .html (self-contained) or .json.

    Raises
    ------
    UserError
        For another ending, or a folder that is not there.
    """
    place = Path(path)
    if place.suffix.lower() not in FORMATS:
        raise UserError([Problem("--figure", f"{place.name!r} names no kind of figure", f"Use {', '.join(FORMATS)}.")])
    if not place.parent.is_dir():
        raise UserError([Problem("--figure", f"there is no folder {place.parent}", "Make it first.")])
    kind = place.suffix.lower().lstrip(".")
    options: dict[str, dict[str, Any]] = {"png": {"scale_factor": 2}, "html": {"inline": True}}
    figure.save(str(place), format=kind, **options.get(kind, {}))
    return place


def _altair() -> Any:
    try:
        import altair
        import vl_convert  # noqa: F401  (writes SVG and PNG)
    except ImportError:
        raise UserError(
            [Problem("figure", "Altair and vl-convert are not installed", 'Install them: pip install "detente[plot]".')]
        ) from None
    return altair


def _bars(ledger: Ledger, first: dt.date, last: dt.date, known: Any) -> list[dict[str, Any]]:
    """One row a bar, clipped to the days drawn."""
    labels = dict(TRACKS)
    rows = timeline(ledger, start=first, end=last, known=known, measures=[name for name, _ in TRACKS])
    out = []
    for row in rows:
        if row["state"] not in STATES:
            continue
        begin, stop = max(row["from"], first.isoformat()), min(row["until"] or last.isoformat(), last.isoformat())
        if stop <= begin:
            continue
        days = (dt.date.fromisoformat(stop) - dt.date.fromisoformat(begin)).days
        told = row["state"] == "in_force" and row["rate"] and days > _WIDE * (last - first).days / 3285
        out.append(
            {
                "label": labels[row["measure"]], "imposer": row["imposer"], "economy": name_of(row["imposer"]),
                "from": begin, "until": stop, "state": STATES[row["state"]], "measure": row["measure"],
                **_paint(row["imposer"], STATES[row["state"]]),
                "text": f"{round(100 * row['rate'], 2):g}" if told else "?" if row["state"] == "unknown" else "",
            }
        )  # fmt: skip
    return out


def _paint(code: str, state: str) -> dict[str, str]:
    """Fill and edge of a bar: its economy's colour, thinned with white by state."""
    colour = _GREY if state == "unknown" else COLOURS[code]
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    thin = [round(255 + (part - 255) * _SHADES[state]) for part in parts]
    return {"fill": "#" + "".join(f"{part:02X}" for part in thin), "stroke": colour}


def _legend(alt: Any, width: int) -> Any:
    """What the shades mean, on the first side's colour."""
    rows = [
        {"x": 8 + 115 * i, "text": state, "sign": "?" if state == "unknown" else "", **_paint("USA", state)}
        for i, state in enumerate(_SHADES)
    ]
    base = alt.Chart(alt.Data(values=rows))
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, width], nice=False), axis=None)
    swatch = base.mark_point(shape="square", size=190, opacity=1).encode(
        x=x, fill=alt.Fill("fill:N", scale=None), stroke=alt.Stroke("stroke:N", scale=None)
    )
    name = base.mark_text(align="left", dx=13, fontSize=12, color=_INK).encode(x=x, text="text:N")
    sign = base.mark_text(fontSize=10.5, fontWeight="bold", color=_INK).encode(x=x, text="sign:N")
    return alt.layer(swatch, name, sign).properties(width=width, height=16)


def _names(alt: Any, steps: list[dict[str, Any]], width: int) -> Any:
    """Whose line is whose, in its colour."""
    told = {step["importer"]: step["name"] for step in steps}
    rows = [{"x": 2 + 330 * i, "text": f"— {told[code]}", "importer": code} for i, code in enumerate(told)]
    colour = alt.Color("importer:N", scale=alt.Scale(domain=list(told), range=[COLOURS[c] for c in told]), legend=None)
    mark = alt.Chart(alt.Data(values=rows)).mark_text(align="left", fontSize=13, fontWeight="bold")
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, width], nice=False), axis=None)
    return mark.encode(x=x, text="text:N", color=colour).properties(width=width, height=14)


def _steps(ledger: Ledger, first: dt.date, last: dt.date, known: Any) -> list[dict[str, Any]]:
    """Points of the two step lines, percent; the last point repeats the last value at the end."""
    out = []
    for importer, exporter in (("USA", "CHN"), ("CHN", "USA")):
        steps = average_steps(ledger, importer=importer, exporter=exporter, start=first, end=last, known=known)
        name = f"{_the(importer)[:1].upper()}{_the(importer)[1:]} on goods from {_the(exporter)}"
        for step in steps:
            value = round(100 * step["average"], 3)
            held = "carried on" if step["open"] else "in force"
            point = {"importer": importer, "name": name, "average": value, "held": held}
            out += [{**point, "day": step["from"]}, {**point, "day": step["until"] or last.isoformat()}]
    return out


def _the(code: str) -> str:
    return f"the {name_of(code)}" if code in ("USA", "GBR", "NLD", "PHL") else name_of(code)


def _x(alt: Any, field: str, first: dt.date, last: dt.date, labels: bool) -> Any:
    axis = alt.Axis(
        format="%Y", tickCount="year", title=None, labels=labels, ticks=labels,
        labelFontSize=12, labelAlign="left", labelOffset=2, domain=labels,
    ) if (last - first).days > 900 else alt.Axis(
        format="%b %Y", title=None, labels=labels, ticks=labels, labelFontSize=11, domain=labels,
    )  # fmt: skip
    edge = [first.isoformat(), last.isoformat()]
    return alt.X(f"{field}:T", scale=alt.Scale(type="utc", domain=edge, nice=False), axis=axis)


def _status_panel(
    alt: Any, bars: list[dict[str, Any]], code: str, first: dt.date, last: dt.date, firm: dt.date, width: int
) -> Any:
    order = [label for name, label in TRACKS if name.startswith(code.lower())]
    mine = [bar for bar in bars if bar["imposer"] == code]
    y = alt.Y(
        "label:N", sort=order, scale=alt.Scale(domain=order, paddingInner=0.25),
        axis=alt.Axis(title=None, labelLimit=190, labelFontSize=12, ticks=False, domain=False, grid=True),
    )  # fmt: skip
    x = _x(alt, "from", first, last, labels=False)
    base = alt.Chart(alt.Data(values=mine))
    tooltip = [alt.Tooltip(f"{key}:N") for key in ("measure", "state", "from", "until")]
    filled = base.mark_bar(height={"band": 1}, strokeWidth=1).encode(
        x=x, x2="until:T", y=y, tooltip=tooltip,
        fill=alt.Fill("fill:N", scale=None), stroke=alt.Stroke("stroke:N", scale=None),
    )  # fmt: skip
    text = (
        base.transform_filter("datum.text != ''")
        .mark_text(align="left", dx=4, fontSize=10.5, fontWeight="bold")
        .encode(
            x=x, y=y, text="text:N",
            color=alt.condition("datum.state == 'in force'", alt.value("white"), alt.value(_INK)),
        )
    )  # fmt: skip
    layers = [filled, text, *_edge(alt, first, last, firm, named=False)]
    title = alt.TitleParams(
        f"Imposed by {_the(code)}", anchor="start", frame="group", fontSize=13,
        color=COLOURS[code], offset=4,
    )  # fmt: skip
    return alt.layer(*layers).properties(width=width, height=19 * len(order), title=title)


def _edge(alt: Any, first: dt.date, last: dt.date, firm: dt.date, *, named: bool) -> list[Any]:
    """The line where firm evidence ends."""
    if not first < firm < last:
        return []
    data = alt.Data(values=[{"from": firm.isoformat(), "note": f"evidence firm\nto {firm}"}])
    x = _x(alt, "from", first, last, labels=named)
    rule = alt.Chart(data).mark_rule(color=_INK, strokeDash=[3, 3], strokeWidth=1).encode(x=x)
    note = alt.Chart(data).mark_text(align="right", dx=-4, fontSize=11, color=_INK, baseline="top", lineBreak="\n")
    return [rule, note.encode(x=x, y=alt.value(62), text="note:N")] if named else [rule]


def _average_panel(
    alt: Any, steps: list[dict[str, Any]], first: dt.date, last: dt.date, firm: dt.date, width: int
) -> Any:
    codes = ("USA", "CHN")
    colour = alt.Color("importer:N", scale=alt.Scale(domain=codes, range=[COLOURS[c] for c in codes]), legend=None)
    dash = alt.StrokeDash(
        "held:N", scale=alt.Scale(domain=["in force", "carried on"], range=[[1, 0], [3, 3]]), legend=None
    )
    y = alt.Y("average:Q", axis=alt.Axis(title="Average duty, % of customs value", tickCount=6, titleFontSize=12))
    lines = (
        alt.Chart(alt.Data(values=steps))
        .mark_line(strokeWidth=2)
        .encode(x=_x(alt, "day", first, last, labels=True), y=y, color=colour, strokeDash=dash, detail="name:N")
    )
    layers = [lines, *_edge(alt, first, last, firm, named=True)]
    ends = [[s for s in steps if s["importer"] == code][-1] for code in codes]
    mine = [[s for s in reversed(steps) if s["importer"] == code] for code in codes]
    peaks = [max(points, key=lambda s: s["average"]) for points in mine]  # the last day of the highest step
    for points in (ends, [peak for peak in peaks if peak["day"] < last.isoformat()]):
        points.sort(key=lambda s: -s["average"])
        close = len(points) == 2 and points[0]["average"] - points[1]["average"] < 12
        for rank, point in enumerate(points):
            layers.append(_note(alt, [point], first, last, y, colour, dy=(-7, 7)[rank] if close else 0))
    return alt.layer(*layers).properties(width=width, height=190)


def _note(
    alt: Any, points: list[dict[str, Any]], first: dt.date, last: dt.date, y: Any, colour: Any, *, dy: int
) -> Any:
    """Values written to the right of points of the lines."""
    data = alt.Data(values=[{**point, "label": f"{point['average']:.0f}"} for point in points])
    mark = alt.Chart(data).mark_text(align="left", dx=6, dy=dy, fontSize=12, fontWeight="bold")
    return mark.encode(x=_x(alt, "day", first, last, labels=True), y=y, text="label:N", color=colour)
