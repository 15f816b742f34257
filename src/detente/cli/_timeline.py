"""`detente ledger timeline`, and the calendar that `detente ledger deadlines --ics FILE` writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli._output import AsJson, emit, percent, table

if TYPE_CHECKING:
    from detente.ledger import Ledger

IcsFile = Annotated[
    Path | None, typer.Option("--ics", help="Also write the deadlines to this calendar file (iCalendar, .ics).")
]
"""Option of `deadlines`; `write_calendar` does what it asks."""


def register(root: typer.Typer) -> None:
    """Add the command to the ledger's group."""
    del root
    from detente.cli import _ledger

    _ledger.app.command("timeline")(timeline)


def write_calendar(rows: list[dict[str, Any]], path: Path, ledger: Ledger) -> None:
    """Write deadlines as iCalendar; the stamp is the last day of firm evidence.

    Raises
    ------
    UserError
        Where the file cannot be written.
    """
    from detente.errors import Problem, UserError
    from detente.ledger._ics import to_ics

    text = to_ics(rows, stamp=ledger.firm_until)
    try:
        path.write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise UserError(
            [Problem("--ics", f"{path} cannot be written: {error.strerror}", "Name another file.")]
        ) from None


def timeline(
    measures: Annotated[
        list[str] | None, typer.Argument(help="Only these, by id, id#limb or alias. Default: every tariff.")
    ] = None,
    start: Annotated[str, typer.Option("--start", help="First day, YYYY-MM-DD.")] = "2018-01-01",
    end: Annotated[
        str | None,
        typer.Option("--end", help="Last day. Default: the firm edge of the evidence; of a figure, its year."),
    ] = None,
    known: Annotated[str | None, typer.Option("--known", help="Day one looks from. Default: everything known.")] = None,
    between: Annotated[tuple[str, str], typer.Option("--between", help="Two economies.")] = ("USA", "CHN"),
    everything: Annotated[bool, typer.Option("--all", help="Controls, fees and reviews too.")] = False,
    figure: Annotated[
        Path | None, typer.Option("--figure", help="Draw the main layers and averages: .svg, .png, .html or .json.")
    ] = None,
    facts: Annotated[Path | None, typer.Option("--facts", help="A folder of one's own facts.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show when each measure was announced, in force, suspended and ended, at which rate; or draw it."""
    from detente.ledger import Ledger
    from detente.ledger._timeline import timeline as spans

    ledger = Ledger.load(facts)
    rows = spans(
        ledger, start=start, end=end, known=known, between=between, tariffs_only=not everything,
        measures=measures or None,
    )  # fmt: skip
    if figure is not None:
        from detente.brief._figures import save_figure, timeline_figure

        save_figure(timeline_figure(ledger, start=start, end=end, known=known), figure)

    def show() -> None:
        cells = [
            (r["measure"], r["from"], r["until"], r["state"].replace("_", " "), _rate(r), r["confidence"]) for r in rows
        ]
        columns = ("measure", "from", "until", "state", "rate %", "conf.")
        table(f"From {start} to {end or ledger.firm_until}", columns, cells, right=(4,))
        if figure is not None:
            print(f"Figure: {figure}")

    emit(rows, as_json, show)


def _rate(row: dict[str, Any]) -> str:
    if row["collected"] and row["rate"] is None:
        return "by line"
    return percent(row["rate"]) if row["rate"] else ""
