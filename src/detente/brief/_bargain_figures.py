"""Figures of the bargain: payoff plane, leverage, tornado, waiting, deadline; units, day and source inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from detente.brief._figures import COLOURS, _altair, save_figure
from detente.economies import name_of
from detente.errors import Problem, UserError

_INK, _GREY, _LIGHT = "#222222", "#8A8A8A", "#D9D9D9"
_OTHER = "#009E73"
CONCEPTS = {"nash": "Nash", "equal_gains": "equal gains", "kalai_smorodinsky": "Kalai-Smorodinsky"}
KINDS = ("payoff-plane", "leverage", "tornado", "waiting", "deadline")


def save_bargain_figures(answer: Mapping[str, Any], folder: str | Path) -> list[Path]:
    """Write the figures of an answer of `detente bargain` as SVG and PNG; those it has nothing for are left out.

    Raises
    ------
    UserError
        Without Altair (extra `plot`), or if the folder cannot be made.
    """
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError([Problem("--figures", f"{place} cannot be a folder: {error.strerror}")]) from None
    out = []
    for kind in KINDS:
        figure = bargain_figure(answer, kind)
        if figure is not None:
            out += [save_figure(figure, place / f"{kind}-{answer['on']}{end}") for end in (".svg", ".png")]
    return out


def bargain_figure(answer: Mapping[str, Any], kind: str) -> Any:
    """One figure of an answer: `payoff-plane`, `leverage`, `tornado`, `waiting` or `deadline`; None without data.

    Returns
    -------
    An Altair chart; percent of spending, or USD billion.

    Raises
    ------
    UserError
        For another kind, or without Altair.
    """
    makers = dict(zip(KINDS, (_plane, _leverage, _tornado, _waiting, _deadline), strict=True))
    if kind not in makers:
        raise UserError([Problem("figure", f"{kind!r} is no figure of the bargain", f"Choose {', '.join(KINDS)}.")])
    chart = makers[kind](_altair(), answer)
    return None if chart is None else _dressed(chart)


def _dressed(chart: Any) -> Any:
    return (
        chart.configure(font="Liberation Sans, Arial, Helvetica, sans-serif", background="white", padding=14)
        .configure_view(stroke=None)
        .configure_axis(labelColor=_INK, titleColor=_INK, gridColor="#EDEDED", domainColor="#999999", labelFontSize=12)
    )


def _title(alt: Any, answer: Mapping[str, Any], head: str, *lines: str) -> Any:
    model = answer["model"]
    source = (
        f"detente, model result as of {answer['on']}: {model['horizon']} run, {model['world']} world of "
        f"{model['world_year']}; elicited ranges are in the game file."
    )
    return alt.TitleParams(
        head, subtitle=[*lines, source], anchor="start", fontSize=17, subtitleFontSize=12, subtitleColor="#555555",
        offset=12,
    )  # fmt: skip


def _plane(alt: Any, answer: Mapping[str, Any]) -> Any:
    a, b = answer["players"]

    def point(gains: Mapping[str, float | None], what: str, kind: str) -> dict[str, Any] | None:
        if gains[a] is None or gains[b] is None:
            return None
        return {"x": gains[a], "y": gains[b], "what": what, "kind": kind}

    rows = [
        point(r["gains_percent"], ", ".join(r["lifted"]) or "as in force", "bundle")
        for r in answer["zone"]["bundle_gains"]
    ]
    deals = [
        point(d["gains_percent"], CONCEPTS[d["concept"]], "deal")
        for d in answer["deal"].values()
        if d["status"] == "solved"
    ]
    past = [point(d["gains_percent"], d["title"], "signed") for d in answer["actual_deals"]]
    marks: list[dict[str, Any]] = [
        p for p in (*rows, *deals, *past, {"x": 0.0, "y": 0.0, "what": "no deal", "kind": "threat"}) if p
    ]
    domain = ["bundle", "deal", "signed", "threat"]
    (x0, x1), (y0, y1) = (_window([p[k] for p in marks[:-1]]) for k in ("x", "y"))
    if x0 > 0 or y0 > 0:
        marks = marks[:-1]  # no deal lies outside the window
    x = alt.X(
        "x:Q", title=f"{name_of(a)}: gain over no deal, % of spending", scale=alt.Scale(domain=[x0, x1], nice=False)
    )
    y = alt.Y(
        "y:Q", title=f"{name_of(b)}: gain over no deal, % of spending", scale=alt.Scale(domain=[y0, y1], nice=False)
    )
    edge = [p for p in (point(f["gains_percent"], "", "") for f in answer["zone"]["frontier"]) if p]
    layers = []
    if edge and answer["zone"]["status"] == "open":
        far = {"x": max(0.0, x0), "y": max(0.0, y0), "x2": x1, "y2": y1}
        zone = alt.Chart(alt.Data(values=[far])).mark_rect(color="#EAF4EF")
        layers.append(zone.encode(x=x, y=y, x2="x2:Q", y2="y2:Q"))
    line = alt.Chart(alt.Data(values=edge)).mark_line(color=_INK, strokeWidth=1.2)
    layers.append(line.encode(x=x, y=y, order="y:Q"))
    shown = alt.Chart(alt.Data(values=marks)).mark_point(filled=True, opacity=0.9, size=90)
    layers.append(
        shown.encode(
            x=x,
            y=y,
            tooltip=["what:N", "x:Q", "y:Q"],
            color=alt.Color(
                "kind:N", legend=None, scale=alt.Scale(domain=domain, range=[_GREY, _OTHER, "#CC79A7", _INK])
            ),
            shape=alt.Shape(
                "kind:N", legend=None, scale=alt.Scale(domain=domain, range=["circle", "diamond", "square", "cross"])
            ),
        )
    )
    layers += _names(alt, [p for p in marks if p["kind"] != "bundle"], x, y, marks)
    title = _title(
        alt,
        answer,
        f"What {_the(a)} and {_the(b)} could agree on",
        "Circles: parts of what is in force lifted; line: frontier; shaded: better for both than no deal;",
        "diamonds: what solution concepts pick; squares: terms signed so far, priced today. No deal is at 0, 0"
        + (", outside the picture." if x0 > 0 or y0 > 0 else "."),
    )
    return alt.layer(*layers).properties(width=620, height=420, title=title)


def _window(values: Sequence[float]) -> tuple[float, float]:
    """Where an axis begins and ends: all values with some room; 0 in it when it is near or some are negative."""
    low, high = min(values), max(values)
    room = 0.12 * max(high - low, 1e-3)
    return (min(0.0, low - room) if low < 0.4 * high else low - room), high + room


def _the(code: str) -> str:
    name = name_of(code)
    return f"the {name}" if code in ("USA", "GBR", "NLD", "PHL") else name


def _names(
    alt: Any, points: Sequence[Mapping[str, Any]], x: Any, y: Any, marks: Sequence[Mapping[str, Any]]
) -> list[Any]:
    """Names beside points, on the emptiest side; points on one spot share a line."""
    wide, high = (max(m[k] for m in marks) - min(m[k] for m in marks) or 1.0 for k in ("x", "y"))
    spots: dict[tuple[float, float], list[str]] = {}
    for p in points:
        near = (s for s in spots if abs(s[0] - p["x"]) < 0.03 * wide and abs(s[1] - p["y"]) < 0.04 * high)
        spots.setdefault(next(near, (p["x"], p["y"])), []).append(p["what"])
    out = []
    for (left, up), names in spots.items():
        text = ", ".join(names)
        row = {"x": left, "y": up, "what": text}
        reach = 0.016 * len(text)

        def crowd(side: tuple[int, int], at: tuple[float, float] = (left, up), reach: float = reach) -> float:
            mid = at[0] / wide + side[0] * (0.02 + reach / 2), at[1] / high + side[1] * 0.03
            hit = [
                m
                for m in marks
                if abs(m["x"] / wide - mid[0]) < reach / 2 + 0.01 and abs(m["y"] / high - mid[1]) < 0.03
            ]
            outside = bool(mid[0] + reach / 2 > max(m["x"] for m in marks) / wide + 0.1)
            return len(hit) + 3.0 * outside

        side = min(((1, 1), (-1, -1), (1, -1), (-1, 1)), key=crowd)
        mark = alt.Chart(alt.Data(values=[row])).mark_text(
            align="left" if side[0] > 0 else "right", dx=9 * side[0], dy=-10 * side[1], fontSize=12, color=_INK
        )
        out.append(mark.encode(x=x, y=y, text="what:N"))
    return out


def _leverage(alt: Any, answer: Mapping[str, Any]) -> Any:
    rows: list[dict[str, Any]] = []
    order: list[str] = []
    for one in answer["leverage"]["instruments"]:
        if not one["can_rise"]:
            continue
        label = f"{one['title']} ({one['owner']})"
        order.append(label)
        ratio = one["pain_ratio"]
        note = "free threat" if one["verdict"].startswith("free") else "" if ratio is None else f"ratio {ratio:.1f}"
        for p, value in one["shapley_usd_million"].items():
            low, high = (end / 1000.0 for end in one["shapley_usd_million_range"][p])
            rows.append(
                {"label": label, "side": name_of(p), "value": value / 1000.0, "low": low, "high": high, "note": note}
            )
    if not rows:
        return None
    names = [name_of(p) for p in answer["players"]]
    colour = alt.Color(
        "side:N", scale=alt.Scale(domain=names, range=[COLOURS.get(p, _GREY) for p in answer["players"]]),
        legend=alt.Legend(title="What it does to", orient="top", labelFontSize=12),
    )  # fmt: skip
    base = alt.Chart(alt.Data(values=rows))
    y = alt.Y("label:N", sort=order, axis=alt.Axis(title=None, labelLimit=260, ticks=False, domain=False))
    bars = base.mark_bar().encode(
        y=y, x=alt.X("value:Q", title="Real income, USD billion a year"), color=colour,
        yOffset=alt.YOffset("side:N", sort=names), tooltip=["label:N", "side:N", "value:Q"],
    )  # fmt: skip
    spans = base.mark_rule(color=_INK, strokeWidth=1.2).encode(
        y=y,
        x=alt.X("low:Q", title="Real income, USD billion a year"),
        x2="high:Q",
        yOffset=alt.YOffset("side:N", sort=names),
    )
    notes = (
        alt.Chart(alt.Data(values=[r for r in rows if r["side"] == names[0]]))
        .mark_text(align="left", dx=6, fontSize=11, color=_INK)
        .encode(y=y, x=alt.value(622), text="note:N")
    )
    title = _title(
        alt,
        answer,
        "What each threat is worth",
        "Shapley share of each instrument in the whole threat; lines: its range; negative is a loss.",
        "Ratio: the rival's loss over the owner's, the instrument used alone.",
    )
    return alt.layer(bars, spans, notes).properties(width=620, height=46 * len(order), title=title)


def _tornado(alt: Any, answer: Mapping[str, Any]) -> Any:
    rows = []
    kept = answer["tornado"][:10]
    for row in kept:
        for p in answer["players"]:
            found = [
                (e["at"], e["whole_threat_percent"][p]) for e in row["ends"] if e["whole_threat_percent"][p] is not None
            ]
            if len(found) == 2:
                (la, lo), (ha, hi) = sorted(found, key=lambda f: f[1])
                rows.append({"label": row["assumption"], "side": p, "low": lo, "high": hi, "la": la, "ha": ha})
    if not rows:
        return None
    order = [r["assumption"] for r in kept]
    panels = []
    for p in answer["players"]:
        mine = [r for r in rows if r["side"] == p]
        y = alt.Y("label:N", sort=order, axis=alt.Axis(title=None, labelLimit=250, ticks=False, domain=False))
        base = alt.Chart(alt.Data(values=mine))
        bars = base.mark_bar(color=COLOURS.get(p, _GREY), height=13).encode(
            y=y,
            x=alt.X(
                "low:Q",
                title="Without a deal, % of spending",
                axis=alt.Axis(tickCount=6),
                scale=alt.Scale(domain=_room(mine), nice=False),
            ),
            x2="high:Q",
        )
        low = base.mark_text(align="right", dx=-4, fontSize=10.5, color=_INK).encode(y=y, x="low:Q", text="la:N")
        high = base.mark_text(align="left", dx=4, fontSize=10.5, color=_INK).encode(y=y, x="high:Q", text="ha:N")
        middle = {"x": answer["threat_point"]["payoffs_percent"][p]}
        rule = alt.Chart(alt.Data(values=[middle])).mark_rule(color=_INK, strokeDash=[3, 3]).encode(x="x:Q")
        head = alt.TitleParams(name_of(p), anchor="start", fontSize=13, color=COLOURS.get(p, _GREY))
        panels.append(alt.layer(bars, low, high, rule).properties(width=290, height=24 * len(order), title=head))
    title = _title(
        alt,
        answer,
        "What drives the payoffs without a deal",
        "Payoff against today with one assumption at each end of its range (at the bars), others at the middle.",
    )
    return alt.hconcat(*panels, spacing=18).properties(title=title)


def _room(rows: Sequence[Mapping[str, Any]]) -> list[float]:
    """The bars with space for what is written at them."""
    low, high = min(r["low"] for r in rows), max(r["high"] for r in rows)
    room = 0.25 * max(high - low, 1e-3)
    return [low - room, high + room]


def _waiting(alt: Any, answer: Mapping[str, Any]) -> Any:
    cases = answer["stalling"].get("cases")
    if not cases:
        return None
    panels = []
    colour = alt.Color(
        "side:N",
        scale=alt.Scale(
            domain=[name_of(p) for p in answer["players"]], range=[COLOURS.get(p, _GREY) for p in answer["players"]]
        ),
        legend=alt.Legend(title=None, orient="top", labelFontSize=12, symbolOpacity=1),
    )
    words = {"today": "threat as it is on the day of signing", "lasting": "decay already in the price"}
    for case in cases:
        rows = [
            {
                "month": m,
                "side": name_of(p),
                "value": case["value"][p][k] / 1000,
                "low": case["low"][p][k] / 1000,
                "high": case["high"][p][k] / 1000,
            }
            for p in answer["players"]
            for k, m in enumerate(case["months"])
        ]
        base = alt.Chart(alt.Data(values=rows))
        x = alt.X("month:Q", title="months waited", scale=alt.Scale(nice=False))
        band = base.mark_area(opacity=0.18).encode(
            x=x, y=alt.Y("low:Q", title="USD billion"), y2="high:Q", color=colour
        )
        line = base.mark_line(strokeWidth=2).encode(x=x, y="value:Q", color=colour)
        zero = alt.Chart(alt.Data(values=[{"y": 0}])).mark_rule(color=_INK).encode(y="y:Q")
        head = alt.TitleParams(f"{case['patience']}; {words[case['threat']]}", anchor="start", fontSize=12)
        panels.append(alt.layer(band, zero, line).properties(width=300, height=190, title=head))
    title = _title(
        alt,
        answer,
        "What waiting is worth",
        "Present value against signing now; bands: 5th to 95th percentile over half-lives.",
        answer["stalling"]["verdict"] + ".",
    )
    return alt.concat(*panels, columns=2, spacing=20).properties(title=title)


def _deadline(alt: Any, answer: Mapping[str, Any]) -> Any:
    found = answer["deadline"]
    if "odds" not in found:
        return None
    rows = [
        {"label": n, "kind": "model, elicited ranges", "low": 100 * v[0], "mid": 100 * v[1], "high": 100 * v[2]}
        for n, v in found["odds"].items()
        if n in ("deal", "extension", "collapse")
    ]
    for name, rate in found["base_rate"]["rates"].items():
        if not rate["of"]:
            continue
        rows.append(
            {
                "label": name,
                "kind": "past truces",
                "low": 100 * rate["low"],
                "mid": 100 * rate["mid"],
                "high": 100 * rate["high"],
            }
        )
    y = alt.Y("label:N", sort=["deal", "extension", "collapse"], axis=alt.Axis(title=None, ticks=False, domain=False))
    colour = alt.Color(
        "kind:N", scale=alt.Scale(domain=["model, elicited ranges", "past truces"], range=[_OTHER, _GREY]),
        legend=alt.Legend(title=None, orient="top", labelFontSize=12),
    )  # fmt: skip
    base = alt.Chart(alt.Data(values=rows))
    offset = alt.YOffset("kind:N", sort=["model, elicited ranges", "past truces"])
    x = alt.X("low:Q", title="percent", scale=alt.Scale(domain=[0, 100]))
    bars = base.mark_bar(height=9, opacity=0.6).encode(y=y, yOffset=offset, x=x, x2="high:Q", color=colour)
    dots = base.mark_point(filled=True, size=70, color=_INK, opacity=1).encode(y=y, yOffset=offset, x="mid:Q")
    title = _title(
        alt, answer, f"By the deadline of {found['date']}",
        "Bars: 90 % of draws of the model, and 90 % interval of the base rate of past truces; dots: the middle.",
        *(["The two do not touch everywhere: the base rate is the better guide."] if found["disagreement"] else []),
    )  # fmt: skip
    return alt.layer(bars, dots).properties(width=560, height=150, title=title)
