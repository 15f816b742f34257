"""The brief in a terminal: tables when there is one, plain text when piped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detente.brief._bargain_terminal import render_strategy
from detente.brief._sheet import Sheet
from detente.economies import name_of

if TYPE_CHECKING:
    from detente.brief._brief import Brief


PIPED_WIDTH = 120
"""Columns of plain text; a terminal says its own."""
_OPEN = ("pending", "extended", "partly_kept", "broken")
_SHOWN = 0.0005
"""Points below this would print as 0.0 %: left to the JSON."""


def render(brief: Brief, console: Console | None = None) -> None:
    """Print a brief."""
    out = console or Console()
    if not out.is_terminal and console is None:
        out = Console(width=PIPED_WIDTH)
    print_on(out, brief)


def print_on(out: Sheet, brief: Brief) -> None:
    """Put a brief on a sheet, part by part."""
    one, two = (name_of(code) for code in brief.between)
    known = f", as known on {brief.clocks.known}" if brief.clocks.known else ""
    out.print(f"[bold]{one} and {two} on {brief.on}{known}[/bold]")
    for warning in brief.warnings:
        out.print(f"[yellow]! {warning}[/yellow]")
    for direction, part in brief.tariffs.items():
        _tariffs(out, direction, part)
    _deadlines(out, brief.deadlines)
    _controls(out, brief.controls)
    _commitments(out, brief.commitments)
    _impact(out, brief.impact, brief.between)
    if brief.game is not None:
        render_strategy(brief.game, out)
    if brief.article is not None:
        _claims(out, brief.article)
    out.print("\n[bold]Sources[/bold]")
    for line in brief.sources:
        out.print(f"  {line}", highlight=False)


def _table(out: Sheet, title: str, *columns: str, right: Iterable[str] = ()) -> Table:
    numbers = set(right)
    if title:
        out.print(f"[bold]{title}[/bold]")
    table = Table(box=_box() if out.is_terminal else None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    return table


def _box() -> Any:
    from rich import box

    return box.SIMPLE_HEAD


def percent(rate: float | None, digits: int = 1) -> str:
    """A fraction as percent; a dash where there is none.

    >>> percent(0.125), percent(None)
    ('12.5', '-')
    """
    return "-" if rate is None else f"{100 * rate:.{digits}f}"


def _signed(value: float, digits: int = 2) -> str:
    return f"{value:+.{digits}f}"


def _tariffs(out: Sheet, direction: str, part: dict[str, Any]) -> None:
    importer, exporter = direction.split("<-")
    out.print()
    table = _table(
        out, f"Duty of {name_of(importer)} on goods from {name_of(exporter)}", "layer", "points in the average (%)",
        right=["points in the average (%)"],
    )  # fmt: skip
    for layer, points in part["layers"].items():
        if points >= _SHOWN:
            table.add_row(layer, percent(points))
    table.add_row("[bold]average[/bold]", f"[bold]{percent(part['average'])}[/bold]")
    out.print(table)
    out.print(
        f"  Statutory, trade-weighted: {part['weights']}; "
        f"{percent(part['matched_share'])} % of that trade matched.", highlight=False,
    )  # fmt: skip
    for warning in part["warnings"]:
        out.print(f"  ! {warning}", highlight=False)
    for head, why in zip(part["headline"], part["headline_explained"], strict=True):
        _headline(out, head, why)


def _headline(out: Sheet, head: dict[str, Any], why: dict[str, Any]) -> None:
    sum_of = " + ".join(f"{k} {100 * v:g}" for k, v in head["parts"].items())
    was = ""
    if head.get("previous") is not None:
        was = f", {100 * (head['rate'] - head['previous']):+g} points from {100 * head['previous']:g}"
    out.print(
        f"  Headline \"{head['name']}\": [bold]{100 * head['rate']:g} %[/bold] = {sum_of}{was} "
        f"({head['applies_to']})", highlight=False,
    )  # fmt: skip
    reach = ", ".join(f"{p['layer']} at {100 * p['rate']:g} reaches {percent(p['reach'], 0)} %" for p in why["parts"])
    left = ", ".join(f"{p['layer']} {percent(p['points'])}" for p in why["left_out"] if abs(p["points"]) >= _SHOWN)
    tail = f"; not counted in it: {left} points" if left else ""
    out.print(
        f"    The average is {percent(why['average'])} %, not {100 * head['rate']:g}: of trade, {reach}{tail}.",
        highlight=False,
    )


def _deadlines(out: Sheet, rows: list[dict[str, Any]]) -> None:
    out.print()
    if not rows:
        out.print("[bold]Deadlines of the next 120 days[/bold]: none in the ledger.")
        return
    table = _table(out, "Deadlines of the next 120 days", "date", "measure", "what", "if nothing is done", "known")
    for row in rows:
        table.add_row(row["date"], row["measure"], row["what"], row["if_nothing_done"], str(row["known"]))
    out.print(table)


def _controls(out: Sheet, rows: list[dict[str, Any]]) -> None:
    """Those whose standing is not simply 'in force'; the others are counted."""
    quiet = [r for r in rows if r["status"] == "in_force"]
    moving = [r for r in rows if r["status"] in ("suspended", "scheduled", "unknown")]
    out.print()
    if moving:
        table = _table(out, "Controls and fees that are suspended, scheduled or unknown", "measure", "title", "status")
        for row in moving:
            table.add_row(row["id"], row["title"], row["status"])
        out.print(table)
    for code in dict.fromkeys(r["imposer"] for r in quiet):
        names = ", ".join(r["id"].split(".", 1)[1] for r in quiet if r["imposer"] == code)
        out.print(f"  Without a rate, in force, {name_of(code)}: {names}.", highlight=False)


def _commitments(out: Sheet, rows: list[dict[str, Any]]) -> None:
    """Promises that are open, contested or short of their target; what is settled is counted."""
    live = [r for r in rows if r["status"] in _OPEN or r["contested"]]
    if not rows:
        return
    out.print()
    table = _table(out, "Promises that are open or contested", "deal", "by", "what", "due", "status")
    for row in live:
        status = row["status"].replace("_", " ") + (", contested" if row["contested"] else "")
        if row["attainment"] is not None:
            status += f", {percent(row['attainment'], 0)} % of target"
        table.add_row(row["deal"], row["actor"], escape(row["what"]), str(row["due"] or "-"), status)
    if live:
        out.print(table)
    out.print(f"  {len(rows) - len(live)} more promises: detente ledger commitments.", highlight=False)


def _impact(out: Sheet, impact: dict[str, Any], between: tuple[str, str]) -> None:
    out.print(f"\n[bold]What it costs[/bold]: against the regime of {impact['baseline']} ({impact['label']})")
    for name, part in impact["horizons"].items():
        if part["status"] != "solved":
            out.print(f"  {name} run: [red]{part['status']}[/red]. {part['remedy']}")
    solved = {k: v for k, v in impact["horizons"].items() if v["status"] == "solved"}
    if not solved:
        return
    heads = [f"{k} run (%)" for k in solved]
    table = _table(out, "", "change", *heads, right=heads)
    for key, title in (
        ("real_income_percent", "real income"), ("gdp_percent", "real GDP"),
        ("price_index_percent", "consumer prices *"),
    ):  # fmt: skip
        for code in between:
            table.add_row(f"{title}, {name_of(code)}", *(_ranged(v, key, code, 2) for v in solved.values()))
    first = next(iter(solved.values()))
    for flow in first["exports_percent"]:
        i, n = (name_of(c) if c != "others" else "all others" for c in flow.split("->"))
        table.add_row(f"goods exports, {i} to {n}", *(_ranged(v, "exports_percent", flow, 1) for v in solved.values()))
    out.print(table)
    if impact["draws"]:
        out.print(f"  In brackets: 5 to 95 % of {impact['draws']} draws of the trade elasticities.", highlight=False)
    out.print("  * with world value added as the numeraire.", highlight=False)
    for mark in impact["benchmarks"]:
        i, n = (name_of(c) for c in mark["flow"].split("->"))
        shown = ", ".join(f"{_signed(v['exports_percent'][mark['flow']], 1)} ({k} run)" for k, v in solved.items())
        out.print(
            f"  {mark['kind'].capitalize()} beside it: {i}'s exports to {n} {mark['value_percent']:+.1f} % "
            f"({mark['by']}; {mark['period']}; confidence {mark['confidence']}); model: {shown}.", highlight=False,
        )  # fmt: skip
    _sectors(out, solved, between)
    _parts(out, first, between)
    if first["notes"]:
        out.print("  Not in the model: " + "; ".join(first["notes"]) + ".", highlight=False)
    for name, part in solved.items():
        out.print(
            f"  {name} run: elasticities {part['model']['elasticities']}, deficits {part['model']['deficits']}; "
            f"{part['status']}, residual {part['residual']:.0e} in {part['steps']} steps.", highlight=False,
        )  # fmt: skip


def _ranged(part: dict[str, Any], key: str, name: str, digits: int) -> str:
    span = part["intervals"].get(key, {}).get(name)
    ends = f" ({_signed(span[0], digits)} to {_signed(span[2], digits)})" if span else ""
    return _signed(part[key][name], digits) + ends


def _claims(out: Sheet, article: dict[str, Any]) -> None:
    """Claims that can be told something about; the others are counted."""
    rows = [c for c in article["claims"] if c["ledger"]["verdict"] not in ("cannot_be_told", "not_in_ledger")]
    table = _table(
        out, f"\nWhat the article claims: {escape(article['title'] or 'untitled')}", "claim", "by", "verdict", "why"
    )
    for row in rows:
        told, verdict = escape(" ".join(row["text"].split())), row["ledger"]
        why = f"{verdict['measure']}: {verdict['detail']}" if verdict.get("measure") else verdict["detail"]
        table.add_row(told, escape(row["speaker"] or "article"), verdict["verdict"].replace("_", " "), escape(why))
    out.print(table)
    rest = len(article["claims"]) - len(rows)
    out.print(f"  {rest} more claims that the ledger cannot decide: detente read.", highlight=False)


def _sectors(out: Sheet, solved: dict[str, Any], between: tuple[str, str]) -> None:
    table = _table(out, "Sectors hit most (output by volume, %)", "economy", *(f"{k} run" for k in solved))
    for code in between:
        cells = [
            "\n".join(f"{s['name']} {_signed(s['output_quantity_percent'])}" for s in part["sectors"][code])
            for part in solved.values()
        ]
        table.add_row(name_of(code), *cells)
    out.print()
    out.print(table)


def _parts(out: Sheet, part: dict[str, Any], between: tuple[str, str]) -> None:
    if not part["parts_percent"]:
        return
    for code in between:
        found = part["parts_percent"][code]
        told = ", ".join(
            f"{k.replace('_', ' ')} {_signed(v, 3)}"
            for k, v in found.items()
            if k not in ("total", "integration_error") and abs(v) >= 5e-4
        )
        out.print(
            f"  {name_of(code)}, {part['horizon']} run, real income {_signed(found['total'], 3)} % = {told}.",
            highlight=False,
        )
