"""`detente bargain`: threat points, deals, leverage, stalling, the deadline and enforcement on a day."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.cli._output import AsJson, emit, write_odds


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bargain")(bargain)


def bargain(
    between: Annotated[tuple[str, str], typer.Option("--between", help="The two sides.")] = ("USA", "CHN"),
    on: Annotated[
        str | None, typer.Option("--on", help="Day, YYYY-MM-DD; default: the last day of firm evidence.")
    ] = None,
    known: Annotated[str | None, typer.Option("--known", help="Look with the knowledge of that day.")] = None,
    threat: Annotated[
        str, typer.Option("--threat", help="stated: what has been threatened; nash: long-run Nash tariffs.")
    ] = "stated",
    horizon: Annotated[
        str | None, typer.Option("--horizon", help="short, medium or long; default: the file's.")
    ] = None,
    game: Annotated[Path | None, typer.Option("--game", help="A game file; default: the embedded one.")] = None,
    figures: Annotated[
        Path | None, typer.Option("--figures", help="Folder for the figures, SVG and PNG (needs the extra plot).")
    ] = None,
    odds: Annotated[
        Path | None, typer.Option("--odds", help="Write the deadline's odds there, for detente forecasts --add-odds.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Who holds the leverage, which deals both would sign, whether to wait, and what the deadline does."""
    import sys

    from detente.bargain import Game
    from detente.brief import render_bargain, save_bargain_figures

    show = (lambda line: print(f"... {line}", file=sys.stderr, flush=True)) if sys.stderr.isatty() else None
    found = Game(on=on, known=known, between=between, file=game, threat=threat, horizon=horizon, progress=show)
    answer = found.to_dict()
    if odds is not None:
        for path in write_odds(found.odds_records(), odds):
            print(path, file=sys.stderr)
    if figures is not None:
        for path in save_bargain_figures(answer, figures):
            print(path, file=sys.stderr)
    emit(answer, as_json, lambda: render_bargain(answer))
