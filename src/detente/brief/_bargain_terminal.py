"""The bargain as tables for a person: payoffs, threats, zone, deals, leverage, waiting, deadline, enforcement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detente.brief._sheet import Sheet

if TYPE_CHECKING:
    from detente.bargain import Game

PIPED_WIDTH = 150
"""Columns when the output is no terminal."""


def render_bargain(answer: Mapping[str, Any], console: Console | None = None) -> None:
    """Print the answer of `detente bargain`, as `Game.to_dict` gives it."""
    out = console or Console()
    if not out.is_terminal and console is None:
        out = Console(width=PIPED_WIDTH)
    a, b = answer["players"]
    out.print(f"[bold]The bargain between {a} and {b} on {answer['on']}[/bold]")
    out.print(
        escape(f"Model result, {answer['model']['horizon']} run, against the state in force that day; no forecast.")
    )
    for line in answer["warnings"]:
        out.print(escape(f"Note: {line}"))
    for part in (_levers, _threat, _zone, _deals, _leverage, _tornado, _stalling, _deadline, _enforcement, _ordinal):
        part(answer, out)


def render_strategy(game: Game, out: Sheet) -> None:
    """The brief's part on strategy: leverage, the deal a bargain would reach, and the odds at the deadline."""
    answer = {"players": list(game.players), "leverage": game.leverage, "deadline": game.deadline}
    _leverage(answer, out)
    deal, point = game.agree("nash"), game.threat_point
    lost = ", ".join(f"{p} {v:+.2f} %" for p, v in point["payoffs_percent"].items())
    out.print(f"  All threats carried out: {lost} of spending ({point['what']}).")
    if deal["status"] == "solved":
        gains = ", ".join(f"{p} {v:+.2f} %" for p, v in deal["gains_percent"].items())
        parts = "; ".join(f"{100 * b['share']:.0f} % {_what(b)}" for b in deal["bundle"])
        out.print(f"  Nash bargain: {parts}: {gains} over no deal.")
    else:
        out.print(f"  Nash bargain: none; {deal['why']}.")
    if "verdict" in game.stalling:
        out.print(f"  Stalling: {game.stalling['verdict']}.")
    _deadline(answer, out)
    out.print("  Model results over elicited ranges; all of it: detente bargain.")


def _levers(answer: Mapping[str, Any], out: Sheet) -> None:
    rows = []
    for one in answer["instruments"]:
        if "average" in one:
            held = one["average"]
            now, then = f"{100 * held['in_force']:.1f} %", f"{100 * held['threat']:.1f} %" if one["can_rise"] else "-"
        else:
            now, then = (_span(one["levels"].get(name)) for name in ("in_force", "threat"))
            then = then if one["can_rise"] else "-"
        rows.append((one["owner"], one["title"], now, then, one.get("unit", "average duty"), one["note"]))
    _table(out, "Instruments", ("side", "what", "in force", "threat", "unit", "note"), rows, right=(2, 3))


def _span(level: Mapping[str, Any] | None) -> str:
    if level is None:
        return "-"
    low, high = level["value"]
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _threat(answer: Mapping[str, Any], out: Sheet) -> None:
    point, nash = answer["threat_point"], answer["nash"]
    rows = []
    for p in answer["players"]:
        span = point["range_percent"].get(p)
        wide = " to ".join(f"{100 * rate:.0f}" for rate in nash["average_range"][p])
        rows.append(
            (p, f"{point['payoffs_percent'][p]:+.3f}", f"{span[0]:+.3f} to {span[1]:+.3f}" if span else "",
             f"{point['payoffs_usd_million'][p] / 1000:+,.0f}", f"{100 * nash['average'][p]:.1f} ({wide})",
             f"{nash['payoffs_percent'][p]:+.4f}")
        )  # fmt: skip
    _table(
        out, f"Without a deal: {point['what']}",
        ("side", "payoff %", "one assumption at a time, %", "USD bn a year", "Nash tariff %",
         "Nash payoff %, long run"), rows,
        right=(1, 2, 3, 4, 5),
    )  # fmt: skip
    gain = nash["deviation_gain"]
    certificate = "not certified" if gain is None else f"no side gains more than {max(gain, 1e-7):.0e} % by deviating"
    out.print(f"Nash tariffs (long run, all goods): {nash['status']}, {certificate};")
    out.print(f"  payoffs against {nash['payoffs_against']}.")


def _zone(answer: Mapping[str, Any], out: Sheet) -> None:
    zone, players = answer["zone"], answer["players"]
    out.print()
    ends = zone["status_at_elicited_rivalry"]
    if zone["status"] == "empty":
        out.print(f"[bold]Zone of agreement: empty.[/bold] {zone['why'].capitalize()}.")
    else:
        count = f"{zone['bundles_in_it']} of {zone['bundles']}"
        out.print(f"[bold]Zone of agreement:[/bold] {count} bundles leave both better off.")
    out.print(
        f"  Without a weight on the rival's gain: {zone['status_without_rivalry']}; with the stated weights: "
        f"{ends['low']} at the low, {ends['high']} at the high end."
    )
    for p, most in zone["largest_rivalry"].items():
        held = zone["elicited_rivalry"][p]
        stated = held["source"] if held["source"].startswith("not stated") else f"stated: {held['value']}"
        if most == "unbounded":
            out.print(escape(f"  No weight of {p} on the rival's gain empties it ({stated})."))
        elif most is not None:
            words = f"It empties if {p} would give up {most:.2f} % of its own income to cost the rival 1 % of its"
            out.print(escape(f"  {words} ({stated})."))
    if zone["status_without_rivalry"] == "empty":
        return
    rows = [
        (_what(f).removeprefix("lift "), *(f"{f['gains_percent'][p]:+.3f}" for p in players)) for f in zone["frontier"]
    ]
    _table(
        out,
        "Frontier (own income): what is lifted, and gains over no deal in percent",
        ("lifted", *players),
        rows,
        right=(1, 2),
    )


def _deals(answer: Mapping[str, Any], out: Sheet) -> None:
    players = answer["players"]
    rows: list[tuple[str, ...]] = []
    notes: list[str] = []
    for deal in answer["deal"].values():
        name = deal["concept"].replace("_", " ")
        if "note" in deal:
            name, notes = f"{name} *", [*notes, f"  * {deal['note']}."]
        if deal["status"] != "solved":
            rows.append((name, deal["why"], "", "", "", ""))
            continue
        what = "; ".join(f"{100 * part['share']:.0f} %: {_what(part)}" for part in deal["bundle"])
        rows.append((name, what, *(_with_range(deal, p) for p in players), "", ""))
        if any(end["status"] != "solved" for end in deal["at_rivalry"].values()):
            notes.append(f"  {name}: none at an end of the stated rivalry weights.")
    for deal in answer["actual_deals"]:
        implied = deal["rivalry_implied"]["by_side"]
        rows.append(
            (
                f"{deal['title']}, {deal['on']}",
                "as in force then",
                *(_signed(deal["gains_percent"][p]) for p in players),
                f"{deal['common_percent']:.3f}",
                "; ".join(f"{p} {_weights(implied[p])}" for p in players),
            )
        )
    columns = (
        "deal",
        "what",
        *(f"{p} gain %" for p in players),
        "left on the table %, own income",
        "rivalry that explains it",
    )
    _table(out, "Deals, gains over no deal (one assumption at a time)", columns, rows, right=(2, 3, 4))
    for line in notes:
        out.print(escape(line))


def _weights(held: Mapping[str, Any]) -> str:
    if held["low"] is None:
        return "none"
    return f"{held['low']:.2f} " + ("and above" if held["high"] is None else f"to {held['high']:.2f}")


def _what(part: Mapping[str, Any]) -> str:
    if part.get("no_deal"):
        return "no deal"
    cut = ", ".join(f"{n} at {100 * v:.0f} % of Nash" for n, v in part.get("of_nash", {}).items())
    settled = f", settle {', '.join(part['settled'])}" if part.get("settled") else ""
    return (
        cut if cut and not part["lifted"] else f"lift {', '.join(part['lifted']) or 'nothing'}{cut and ', ' + cut}"
    ) + settled


def _with_range(deal: Mapping[str, Any], side: str) -> str:
    span = deal.get("gains_range_percent", {}).get(side)
    return f"{deal['gains_percent'][side]:+.3f}" + (f" ({span[0]:.2f} to {span[1]:.2f})" if span else "")


def _leverage(answer: Mapping[str, Any], out: Sheet) -> None:
    players = answer["players"]
    rows: list[tuple[str, ...]] = []
    notes: list[str] = []
    for one in answer["leverage"]["instruments"]:
        if not one["can_rise"]:
            rows.append((one["owner"], one["title"], "", "", "", one["note"] or "already in force"))
            continue
        share, ratio, span = one["shapley_usd_million"], one["pain_ratio"], one["pain_ratio_range"]
        shown = "free" if one["verdict"].startswith("free") else "" if ratio is None else f"{ratio:.1f}"
        shown += f" ({span[0]:.1f} to {span[1]:.1f})" if span else ""
        wide = one["shapley_usd_million_range"]
        money = (f"{share[p] / 1000:+,.1f} ({wide[p][0] / 1000:+,.1f} to {wide[p][1] / 1000:+,.1f})" for p in players)
        mark = " *" if one["contrary"] else ""
        rows.append((one["owner"], one["title"], *money, shown, one["verdict"] + mark))
        notes += [f"  * {one['title']}: {c['verdict']}, if {'; or '.join(c['under'])}." for c in one["contrary"]]
    columns = ("side", "instrument", *(f"{p}, USD bn" for p in players), "pain ratio", "verdict")
    _table(
        out,
        "Leverage: Shapley share of the whole threat, a year; pain ratio: rival's loss over own",
        columns,
        rows,
        right=(2, 3, 4),
    )
    for p, side in answer["leverage"]["sides"].items():
        if "note" in side:
            out.print(f"  {p}: {side['note']}.")
    for line in notes:
        out.print(escape(line))


def _tornado(answer: Mapping[str, Any], out: Sheet) -> None:
    players = answer["players"]
    rows = [
        (r["assumption"], " / ".join(e["at"] for e in r["ends"]),
         *(" to ".join(_signed(v, 2) for v in r["range_percent"][p]) for p in players))
        for r in answer["tornado"][:8]
    ]  # fmt: skip
    columns = ("assumption", "tried", *(f"{p} %" for p in players))
    _table(out, "What drives the payoffs without a deal, one assumption at a time", columns, rows, right=(2, 3))


def _stalling(answer: Mapping[str, Any], out: Sheet) -> None:
    found = answer["stalling"]
    if "cases" not in found:
        out.print(f"Stalling: {found['why']}.")
        return
    rows = []
    for case in found["cases"]:
        last = case["months"][-1]
        best = ", ".join(f"{p} {m}{' or more' if m == last else ''}" for p, m in case["best_month"].items())
        even = ", ".join(f"{p} {v / 1000:+.1f}" for p, v in case["break_even_truce_cost_usd_million_a_month"].items())
        gap = ", ".join(f"{p} {v / 1000:.1f}" for p, v in case["belief_gap_usd_million_a_month"].items())
        rows.append(
            (case["patience"], case["threat"], best, even, f"{gap} (month {case['belief_gap_month']})", case["verdict"])
        )
    columns = (
        "patience",
        "threat point",
        "best month",
        "signs now if a month of truce costs, USD bn",
        "belief gap to wait, same",
        "verdict",
    )
    _table(out, "Stalling: signing now or later", columns, rows)
    out.print(f"  {found['verdict']}. A negative cost: it signs now even if the truce pays it that much.")


def _deadline(answer: Mapping[str, Any], out: Sheet) -> None:
    found = answer["deadline"]
    if "odds" not in found:
        out.print(escape(f"Deadline: {found['why']}."))
    else:
        rows = [
            (
                name,
                f"{100 * found['odds'][name][1]:.0f}",
                f"{100 * found['odds'][name][0]:.0f} to {100 * found['odds'][name][2]:.0f}",
            )
            for name in ("deal", "extension", "collapse")
        ]
        said = ", as reported" if found.get("reported") else ""
        title = f"Deadline {found['date']}{said}, {found['days']} days: model's odds over elicited ranges, percent"
        _table(out, title, ("outcome", "middle", "90 % of draws"), rows, right=(1, 2))
        out.print(escape(f"  What ends or begins: {', '.join(found['measures'])}."))
        lost = ", ".join(f"{p} {_signed(v, 2)} %" for p, v in found["collapse"]["payoffs_percent"].items())
        out.print(escape(f"  Collapse is {lost}: {found['collapse']['what']}."))
        if found["disagreement"]:
            out.print(escape(f"  {found['disagreement']}"))
    rate = found["base_rate"]
    if rate["known"]:
        rows = [
            (name, str(row["count"]), f"{100 * row['low']:.0f} to {100 * row['high']:.0f}")
            for name, row in rate["rates"].items()
        ]
        _table(
            out,
            f"Past truces and deadlines: {rate['known']} settled ({rate['decisions']} separate decisions), "
            f"{rate['unknown']} open or unknown",
            ("outcome", "cases", "90 % interval"),
            rows,
            right=(1, 2),
        )
        shown = "; ".join(f"{c['name']}: {c['outcome']}" for c in rate["cases"])
        out.print(escape(f"  {shown}."))


def _enforcement(answer: Mapping[str, Any], out: Sheet) -> None:
    found = answer["enforcement"]
    rows = [
        (f"{100 * row['share_of_nash']:.0f}", *(f"{100 * t:.1f}" for t in row["tariffs"].values()),
         *(("never" if d is None else f"{d:.3f}") for d in row["critical_discount"].values()))
        for row in found["path"]
    ]  # fmt: skip
    columns = (
        "% of Nash tariffs",
        *(f"{p} tariff %" for p in answer["players"]),
        *(f"{p} needs" for p in answer["players"]),
    )
    _table(
        out,
        f"Self-enforcement (long run): least {found['period']} discount factor",
        columns,
        rows,
        right=(0, 1, 2, 3, 4),
    )
    out.print(f"  {found['verdict']}")


def _ordinal(answer: Mapping[str, Any], out: Sheet) -> None:
    rows = answer["zone"].get("ordinal_only", ())
    if rows:
        names = "; ".join(r["title"] for r in rows)
        out.print(escape(f"Not priced, only ordinal (detente conflict): {names}."))


def _signed(value: float | None, digits: int = 3) -> str:
    return "no answer" if value is None else f"{value:+.{digits}f}"


def _table(
    out: Sheet, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()
) -> None:
    table = Table(title=escape(title), title_justify="left", header_style="bold", show_edge=False)
    for k, name in enumerate(columns):
        table.add_column(escape(name), justify="right" if k in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    out.print()
    out.print(table)
