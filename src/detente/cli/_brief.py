"""`detente brief`: the one-page answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.cli._output import AsJson, emit


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("brief")(brief)


def brief(
    on: Annotated[
        str | None, typer.Option("--on", help="Day, YYYY-MM-DD; default: the last day of firm evidence.")
    ] = None,
    between: Annotated[tuple[str, str], typer.Option("--between", help="Two economies.")] = ("USA", "CHN"),
    known: Annotated[str | None, typer.Option("--known", help="Look with the knowledge of that day.")] = None,
    read: Annotated[Path | None, typer.Option("--read", help="An article: add its claims and verdicts.")] = None,
    bargain: Annotated[
        bool,
        typer.Option("--bargain", help="Add who holds the leverage and what may happen next (half a minute more)."),
    ] = False,
    draws: Annotated[
        int, typer.Option("--draws", help="Intervals for the costs over so many draws of the elasticities.")
    ] = 0,
    page: Annotated[
        Path | None, typer.Option("--html", help="Write it as one page, with a figure, to this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What both sides have in force on a day, what expires when, and what it costs."""
    from detente.brief import Brief, render, save_html

    answer = Brief(on=on, known=known, between=between, read=read, bargain=bargain, draws=draws)
    if page is not None:
        save_html(answer, page)
    emit(answer.to_dict(), as_json, lambda: render(answer) if page is None else print(f"Written: {page}"))
