"""Figure of a coalition: what joining does to each member, whose share the target's loss is, and every subset."""

from __future__ import annotations

from typing import Any

from detente.brief._figures import COLOURS, _altair
from detente.economies import name_of

_INK, _GREY = "#222222", "#8A8A8A"
_SPARE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#8C6D1F", "#5D3A9B", "#117733", "#882255")
_WIDTH = 640
_TOLD = 0.12
"""Share of the largest loss below which a subset of one carries no name (less than half of it for a bar)."""


def coalition_figure(answer: dict[str, Any]) -> Any:
    """Three panels from `coalition_answer`: members' payoffs in and out, shares of the loss, all subsets.

    Returns
    -------
    An Altair chart; percent of baseline spending and USD billion a year, with model and start in the subtitle.

    Raises
    ------
    UserError
        Without Altair (extra `plot`), or for a game that is not solved for every subset.
    """
    from detente.errors import Problem, UserError

    alt = _altair()
    if answer["joining"] is None:
        what = "some subsets have no equilibrium, so there is nothing whole to draw"
        raise UserError([Problem("--figure", what, "See the status of each subset.")])
    settings, target = answer["model"], _name(answer["against"])
    goods = "all goods" if len(answer["sectors"]) > 20 else ", ".join(answer["sectors"][:6])
    start = f"regime of {answer['on']}" if answer.get("on") else answer["start"]
    title = alt.TitleParams(
        f"A tariff of {100 * answer['rate']:g} % on {target} by whom it takes",
        subtitle=[
            f"Added on {goods}; reply of {target}: {answer['reply']}. "
            f"Start: {start}, world of {settings['world_year']}.",
            f"Model result ({settings['horizon']} run, elasticities {settings['elasticities']}, balanced trade), "
            "not a forecast.",
            "Source: detente, on accounts of the world economy (see docs/world.md).",
        ],
        anchor="start", fontSize=17, subtitleFontSize=12, subtitleColor="#555555", offset=12,
    )  # fmt: skip
    panels = [_members(alt, answer), _shares(alt, answer), _subsets(alt, answer)]
    chart = alt.vconcat(*panels, spacing=22).properties(title=title)
    return (
        chart.configure(font="Liberation Sans, Arial, Helvetica, sans-serif", background="white", padding=14)
        .configure_view(stroke=None)
        .configure_axis(labelColor=_INK, titleColor=_INK, gridColor="#E6E6E6", domainColor="#999999")
    )


def _name(code: str) -> str:
    return f"the {name_of(code)}" if code in ("USA", "GBR", "NLD", "PHL") else name_of(code)


def _colours(answer: dict[str, Any]) -> dict[str, str]:
    free = [c for c in _SPARE if c not in {COLOURS.get(m) for m in answer["members"]}]
    return {m: COLOURS.get(m) or free.pop(0) for m in answer["members"]}


def _head(alt: Any, text: str) -> Any:
    return alt.TitleParams(text, anchor="start", frame="group", fontSize=13, color=_INK, offset=6)


def _members(alt: Any, answer: dict[str, Any]) -> Any:
    """A dot where all join, a ring where the member alone stays out, a bar over elasticity sets."""
    colours, ranges = _colours(answer), answer["ranges"]
    rows = []
    for row in answer["joining"]:
        wide = ranges["members"][row["member"]]["payoff_percent"] if ranges else None
        rows.append(
            {"member": row["member"], "in": row["payoff_percent"], "out": row["if_it_stays_out_percent"],
             "low": wide[0] if wide else row["payoff_percent"], "high": wide[1] if wide else row["payoff_percent"],
             "colour": colours[row["member"]], "said": f"{row['payoff_percent']:+.2f}"}
        )  # fmt: skip
    base = alt.Chart(alt.Data(values=rows))
    y = alt.Y(
        "member:N", sort=answer["members"], axis=alt.Axis(title=None, labelFontSize=12, ticks=False, domain=False)
    )
    colour = alt.Color("colour:N", scale=None)
    axis = alt.Axis(title="Real income, % of spending", titleFontSize=12, format="+.2f")

    def x(field: str) -> Any:
        return alt.X(f"{field}:Q", axis=axis)

    zero = alt.Chart(alt.Data(values=[{"in": 0}])).mark_rule(color="#999999").encode(x=x("in"))
    spread = base.mark_bar(height=9, opacity=0.22).encode(x=x("low"), x2="high:Q", y=y, color=colour)
    link = base.mark_rule(strokeDash=[2, 3]).encode(x=x("in"), x2="out:Q", y=y, color=colour)
    joined = base.mark_point(filled=True, size=110, opacity=1).encode(x=x("in"), y=y, color=colour)
    aside = base.mark_point(filled=False, size=95, opacity=1, strokeWidth=2).encode(x=x("out"), y=y, color=colour)
    said = base.mark_text(dy=-12, fontSize=11, color=_INK).encode(x=x("in"), y=y, text="said:N")
    text = "If all join (dot), or all but this one (ring)" + ("; bar: over elasticity sets" if ranges else "")
    return alt.layer(zero, spread, link, joined, aside, said).properties(
        width=_WIDTH, height=38 * len(rows), title=_head(alt, text)
    )


def _shares(alt: Any, answer: dict[str, Any]) -> Any:
    """The target's loss if all join, by each member's Shapley value."""
    colours, values = _colours(answer), answer["shapley"]["values"]
    rows, low = [], 0.0
    for member in answer["members"]:
        high = low + values[member] / 1000
        told = values[member] > 0.45 * _TOLD * answer["shapley"]["total"]
        rows.append({"from": low, "to": high, "mid": (low + high) / 2, "colour": colours[member],
                     "said": f"{member} {values[member] / 1000:.0f}" if told else ""})  # fmt: skip
        low = high
    base = alt.Chart(alt.Data(values=rows))
    axis = alt.Axis(title="USD billion a year", titleFontSize=12)
    bar = base.mark_bar(height=26, stroke="white").encode(
        x=alt.X("from:Q", axis=axis), x2="to:Q", color=alt.Color("colour:N", scale=None)
    )
    said = base.mark_text(fontSize=11, fontWeight="bold", color=_INK, dy=-22).encode(
        x=alt.X("mid:Q", axis=axis), text="said:N"
    )
    told = f"Loss of {_name(answer['against'])} if all join, by each one's share (Shapley value)"
    return alt.layer(bar, said).properties(width=_WIDTH, height=64, title=_head(alt, told))


def _subsets(alt: Any, answer: dict[str, Any]) -> Any:
    """Each subset: what the members have together against what the target loses."""
    target, rows = answer["against"], []
    most = max(-row["payoffs_usd_million"][target] for row in answer["subsets"])
    for row in answer["subsets"]:
        money, size = row["payoffs_usd_million"], len(row["joined"])
        who = "+".join(row["joined"]) or "nobody"
        whole = size == len(answer["members"]) > 1
        single = size == 1 and -money[target] > _TOLD * most
        rows.append(
            {"x": sum(money[m] for m in answer["members"]) / 1000, "y": -money[target] / 1000, "who": who,
             "kind": "stable" if row["stable"] else "not stable",
             "said": "everybody" if whole else who if row["stable"] or single or not size else ""}
        )  # fmt: skip
    base = alt.Chart(alt.Data(values=rows))
    x = alt.X("x:Q", axis=alt.Axis(title="Members together, USD billion a year", titleFontSize=12),
              scale=alt.Scale(zero=False, nice=True))  # fmt: skip
    y = alt.Y("y:Q", axis=alt.Axis(title=f"Loss of {target}, USD billion", titleFontSize=12))
    fill = alt.condition("datum.kind == 'stable'", alt.value("#E69F00"), alt.value("#C9C9C9"))
    dots = base.mark_point(filled=True, size=70, opacity=1, stroke="#777777", strokeWidth=0.6).encode(
        x=x, y=y, color=fill, tooltip=["who:N", "kind:N"]
    )
    said = base.mark_text(align="left", dx=7, dy=-5, fontSize=10.5, color=_INK).encode(x=x, y=y, text="said:N")
    stable = any(row["kind"] == "stable" for row in rows)
    title = f"All {len(rows)} subsets" + (
        "; orange: nobody gains by leaving or joining" if stable else "; none is stable"
    )
    return alt.layer(dots, said).properties(width=_WIDTH, height=260, title=_head(alt, title))
