"""Figure of a conflict: states, the moves that improve a player's lot, and the equilibria.

Two players with options make a grid, one's choices across and the other's down; any other conflict a circle.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np

from detente.bargain._graph import Conflict
from detente.brief._figures import COLOURS, _altair

_INK = "#222222"
_SPARE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#8C6D1F", "#5D3A9B")
_KINDS = {
    "Nash": "#FFE08A",
    "only with foresight (sequential)": "#FFF4CF",
    "only metarational": "#F1F1F1",
    "none": "white",
}
_CELL = (176, 96)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def conflict_figure(conflict: Conflict) -> Any:
    """States with their ranks, equilibria shaded, and each player's improvements as arrows.

    In a grid the arrows of a row (or column) lead from the states where the player can improve to its best reply.

    Returns
    -------
    An Altair chart, with how to read it and where the preferences come from in the subtitle.

    Raises
    ------
    UserError
        Without Altair (extra `plot`).
    """
    alt = _altair()
    grid = conflict.vectors is not None and len(conflict.players) == 2
    drawn = _Grid(alt, conflict) if grid else _Circle(alt, conflict)
    last = conflict.observed[-1].date if conflict.observed else ""
    seen = f"Dates: states seen, as of {last}. " if last else ""
    ranks = "Small figures: each player's rank of the state, 1 best; only the order counts. "
    arrows = (
        "Lines: where a player can do better by itself; the arrow points at its best reply." if grid else
        "Arrows: moves, solid where they improve the mover's lot."
    )  # fmt: skip
    source = "Source: preferences as stated in the conflict file" + (
        " (assumption, not observation); analysis by detente." if any("ssumption" in w for w in conflict.why) else
        "; analysis by detente."
    )  # fmt: skip
    title = alt.TitleParams(
        conflict.title, subtitle=[ranks + seen, arrows, source], anchor="start", fontSize=17, subtitleFontSize=12,
        subtitleColor="#555555", offset=12,
    )  # fmt: skip
    chart = alt.vconcat(_legend(alt, conflict, drawn.width), drawn.chart(), spacing=10).properties(title=title)
    return chart.configure(font="Liberation Sans, Arial, Helvetica, sans-serif", background="white", padding=14)\
        .configure_view(stroke=None).configure_concat(spacing=8)  # fmt: skip


def _colour(conflict: Conflict, player: int) -> str:
    name = conflict.players[player]
    return COLOURS.get(name, _SPARE[player % len(_SPARE)])


def _kind(conflict: Conflict) -> list[str]:
    """How strong an equilibrium each state is."""
    stable = {c: np.asarray(found.all(axis=0)) for c, found in conflict.stability().items()}
    return [
        "Nash" if stable["nash"][k] else "only with foresight (sequential)" if stable["seq"][k] else
        "only metarational" if stable["gmr"][k] else "none"
        for k in range(len(conflict.states))
    ]  # fmt: skip


def _legend(alt: Any, conflict: Conflict, width: int) -> Any:
    """Shades of equilibria, and the players in their colours."""
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, width], nice=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[2, 0], nice=False), axis=None)
    places = (0, 130, 380, 545)
    shades = [
        {"x": 10 + at, "y": 0.5, "text": name if name != "none" else "no equilibrium", "fill": fill}
        for at, (name, fill) in zip(places, _KINDS.items(), strict=True)
    ]
    base = alt.Chart(alt.Data(values=shades))
    swatch = base.mark_point(shape="square", size=190, opacity=1, stroke="#999999").encode(
        x=x, y=y, fill=alt.Fill("fill:N", scale=None)
    )
    words = base.mark_text(align="left", dx=13, fontSize=12, color=_INK).encode(x=x, y=y, text="text:N")
    named = [
        {"x": 4 + 110 * k, "y": 1.6, "text": f"→ {p}", "colour": _colour(conflict, k)}
        for k, p in enumerate(conflict.players)
    ]
    names = alt.Chart(alt.Data(values=named)).mark_text(align="left", fontSize=13, fontWeight="bold")
    told = names.encode(x=x, y=y, text="text:N", color=alt.Color("colour:N", scale=None))
    return alt.layer(swatch, words, told).properties(width=width, height=44)


def _day(date: str) -> str:
    """A date as the figure shows it: 14 Jul.

    >>> _day("2025-07-14"), _day("summer")
    ('14 Jul', 'summer')
    """
    try:
        day = dt.date.fromisoformat(date)
    except ValueError:
        return date
    return f"{day.day} {_MONTHS[day.month - 1]}"


class _Grid:
    """Two players with options."""

    def __init__(self, alt: Any, conflict: Conflict) -> None:
        self.alt, self.conflict = alt, conflict
        assert conflict.vectors is not None
        self.sides = []
        for player in conflict.players:
            mine = [k for k, (owner, _) in enumerate(conflict.options) if owner == player]
            chosen = [tuple(bool(v) for v in row[mine]) for row in conflict.vectors]
            self.sides.append((chosen, sorted(set(chosen)), [conflict.options[k][1] for k in mine]))
        self.width, self.height = (_CELL[d] * len(self.sides[d][1]) for d in (0, 1))

    def at(self, state: int) -> tuple[int, int]:
        """Column and row of a state."""
        (across, columns, _), (down, rows, _) = self.sides
        return columns.index(across[state]), rows.index(down[state])

    def axes(self) -> tuple[Any, Any]:
        alt, out = self.alt, []
        for d, (channel, player) in enumerate(zip((alt.X, alt.Y), self.conflict.players, strict=True)):
            _, choices, options = self.sides[d]
            names = [" + ".join(o for o, y in zip(options, c, strict=True) if y) or "neither" for c in choices]
            if len(options) != 2:
                names = ["nothing" if n == "neither" else n for n in names]
            text = " : ".join(f"datum.value == {k + 0.5} ? '{n}'" for k, n in enumerate(names)) + " : ''"
            axis = alt.Axis(
                values=[k + 0.5 for k in range(len(names))], labelExpr=text, title=player, ticks=False, domain=False,
                grid=False, labelFontSize=12, labelLimit=220, titleFontSize=14, labelPadding=6,
                titleColor=_colour(self.conflict, d), **({"orient": "top", "labelAngle": 0} if d == 0 else {}),
            )  # fmt: skip
            domain = [0, len(names)] if d == 0 else [len(names), 0]
            out.append(channel(f"{'xy'[d]}:Q", scale=alt.Scale(domain=domain, nice=False), axis=axis))
        return out[0], out[1]

    def chart(self) -> Any:
        alt, c = self.alt, self.conflict
        x, y = self.axes()
        rows = []
        for k, kind in enumerate(_kind(c)):
            column, row = self.at(k)
            days = ", ".join(_day(o.date) for o in c.observed if o.state == c.states[k])
            rows.append(
                {"x": column, "x2": column + 1, "y": row, "y2": row + 1, "fill": _KINDS[kind], "kind": kind,
                 "name": c.states[k], "tx": column + 0.05, "n": row + 0.24, "d": row + 0.46, "days": days,
                 "r": row + 0.74, "r0": f"{c.ranks[0, k]}", "r1": f"{c.ranks[1, k]}", "tx2": column + 0.16}
            )  # fmt: skip
        base = alt.Chart(alt.Data(values=rows))
        cells = base.mark_rect(stroke="#BBBBBB", strokeWidth=1).encode(
            x=x, x2="x2:Q", y=y, y2="y2:Q", fill=alt.Fill("fill:N", scale=None), tooltip=["name:N", "kind:N"]
        )
        left = {"align": "left", "baseline": "middle"}
        text = [
            base.mark_text(**left, fontSize=12, fontWeight="bold", color=_INK).encode(
                x=self._x("tx"), y=self._y("n"), text="name:N"),
            base.mark_text(**left, fontSize=11, color=_INK).encode(x=self._x("tx"), y=self._y("d"), text="days:N"),
            *(
                base.mark_text(**left, fontSize=12, fontWeight="bold", color=_colour(c, i)).encode(
                    x=self._x(at), y=self._y("r"), text=f"r{i}:N")
                for i, at in enumerate(("tx", "tx2"))
            ),
        ]  # fmt: skip
        return alt.layer(cells, *self.replies(), *text).properties(width=self.width, height=self.height)

    def _x(self, field: str) -> Any:
        return self.alt.X(f"{field}:Q", scale=self.alt.Scale(domain=[0, len(self.sides[0][1])], nice=False))

    def _y(self, field: str) -> Any:
        return self.alt.Y(f"{field}:Q", scale=self.alt.Scale(domain=[len(self.sides[1][1]), 0], nice=False))

    def replies(self) -> list[Any]:
        """For each row (player 0) and column (player 1): dots where it can improve, an arrow at its best reply."""
        out = []
        for player, (along, offset) in enumerate(((0, 0.9), (1, 0.9))):
            dots, lines, heads = [], [], []
            for k in range(len(self.conflict.states)):
                better = np.flatnonzero(self.conflict.improvements[player, k])
                if not better.size:
                    continue
                best = int(better[np.argmin(self.conflict.ranks[player, better])])
                a, b = self.at(k)[along], self.at(best)[along]
                line = self.at(k)[1 - along] + offset
                end = b + (0.72 if a > b else 0.28)
                start, stop = self._spot(along, a + 0.5, line), self._spot(along, end, line)
                dots.append(start)
                lines.append({**start, "x2": stop["x"], "y2": stop["y"]})
                heads.append({**stop, "angle": (90 if a < b else 270) if along == 0 else (180 if a < b else 0)})
            out += self._marks(dots, lines, heads, _colour(self.conflict, player))
        return out

    @staticmethod
    def _spot(along: int, place: float, line: float) -> dict[str, float]:
        return {"x": place, "y": line} if along == 0 else {"x": line, "y": place}

    def _marks(self, dots: list[Any], lines: list[Any], heads: list[Any], colour: str) -> list[Any]:
        alt = self.alt

        def chart(rows: list[Any]) -> Any:
            return alt.Chart(alt.Data(values=rows))

        x, y = self._x("x"), self._y("y")
        return [
            chart(lines).mark_rule(color=colour, strokeWidth=1.6).encode(x=x, x2="x2:Q", y=y, y2="y2:Q"),
            chart(dots).mark_point(shape="circle", filled=True, size=34, color=colour, opacity=1).encode(x=x, y=y),
            chart(heads).mark_point(shape="triangle", filled=True, size=90, color=colour, opacity=1).encode(
                x=x, y=y, angle=alt.Angle("angle:Q", scale=None)),
        ]  # fmt: skip


class _Circle:
    """Any conflict: states on a circle."""

    width = 640
    height = 600

    def __init__(self, alt: Any, conflict: Conflict) -> None:
        self.alt, self.conflict = alt, conflict
        count = len(conflict.states)
        angles = [math.pi / 2 - 2 * math.pi * k / count for k in range(count)]
        self.places = [(math.cos(a), math.sin(a) * 0.97) for a in angles]

    def chart(self) -> Any:
        alt, c = self.alt, self.conflict
        x = alt.X("x:Q", scale=alt.Scale(domain=[-1.3, 1.3], nice=False), axis=None)
        y = alt.Y("y:Q", scale=alt.Scale(domain=[-1.2, 1.2], nice=False), axis=None)
        lines, heads = self.arrows()
        colour = alt.Color("colour:N", scale=None)
        solid = alt.condition("datum.improves", alt.value([1, 0]), alt.value([2, 4]))
        strong = alt.condition("datum.improves", alt.value(1.0), alt.value(0.55))
        drawn = alt.Chart(alt.Data(values=lines)).mark_rule(strokeWidth=1.6)
        arrows = drawn.encode(x=x, y=y, x2="x2:Q", y2="y2:Q", color=colour, strokeDash=solid, opacity=strong)
        points = alt.Chart(alt.Data(values=heads)).mark_point(shape="triangle", filled=True, size=70)
        tips = points.encode(x=x, y=y, color=colour, opacity=strong, angle=alt.Angle("angle:Q", scale=None))
        nodes = [
            {"x": px, "y": py, "name": s, "fill": _KINDS[kind], "kind": kind,
             "ranks": " · ".join(str(r) for r in c.ranks[:, k]), "lx": 1.17 * px, "ly": 1.13 * py}
            for k, (s, kind, (px, py)) in enumerate(zip(c.states, _kind(c), self.places, strict=True))
        ]  # fmt: skip
        base = alt.Chart(alt.Data(values=nodes))
        circles = base.mark_point(shape="circle", size=1100, opacity=1, stroke="#777777").encode(
            x=x, y=y, fill=alt.Fill("fill:N", scale=None), tooltip=["name:N", "kind:N"]
        )
        names = base.mark_text(fontSize=13, fontWeight="bold", color=_INK).encode(x=x, y=y, text="name:N")
        xl, yl = (alt.X("lx:Q", scale=alt.Scale(domain=[-1.3, 1.3], nice=False), axis=None),
                  alt.Y("ly:Q", scale=alt.Scale(domain=[-1.2, 1.2], nice=False), axis=None))  # fmt: skip
        ranks = base.mark_text(fontSize=11, color="#555555").encode(x=xl, y=yl, text="ranks:N")
        return alt.layer(arrows, tips, circles, names, ranks).properties(width=self.width, height=self.height)

    def arrows(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Lines and heads, each player's set a little aside so that both ways and several players show."""
        c = self.conflict
        lines, heads = [], []
        for k, a, b in zip(*(map(int, found) for found in np.nonzero(c.moves)), strict=True):
            (ax, ay), (bx, by) = self.places[a], self.places[b]
            length = math.hypot(bx - ax, by - ay)
            ux, uy = (bx - ax) / length, (by - ay) / length
            side = 0.018 + 0.014 * k
            sx, sy = -uy * side, ux * side
            start, stop = (ax + 0.09 * ux + sx, ay + 0.09 * uy + sy), (bx - 0.11 * ux + sx, by - 0.11 * uy + sy)
            row = {"colour": _colour(c, k), "improves": bool(c.improvements[k, a, b])}
            lines.append({**row, "x": start[0], "y": start[1], "x2": stop[0], "y2": stop[1]})
            across, up = ux * self.width / 2.6, uy * self.height / 2.4
            heads.append({**row, "x": stop[0], "y": stop[1], "angle": math.degrees(math.atan2(across, up))})
        return lines, heads
