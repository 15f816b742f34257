"""How answers look: one JSON document, or tables, rich on a terminal and plain when piped."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def emit(data: Any, as_json: bool, show: Callable[[], None]) -> None:
    """Print `data` as JSON, or call `show` for people."""
    if as_json:
        print(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        show()


def percent(rate: float | None, digits: int = 1) -> str:
    """A fraction as percent, without the sign.

    >>> percent(0.125)
    '12.5'
    """
    return "" if rate is None else f"{100 * rate:.{digits}f}"


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, right: Sequence[int] = ()) -> None:
    """Print a table; `right` names the columns that are numbers."""
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _rich(title, columns, cells, right)
    else:
        _plain(title, columns, cells, right)


def _rich(title: str, columns: Sequence[str], rows: list[list[str]], right: Sequence[int]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    out = Table(title=escape(title), title_justify="left", header_style="bold", show_edge=False)
    for i, name in enumerate(columns):
        out.add_column(name, justify="right" if i in right else "left", overflow="fold")
    for row in rows:
        out.add_row(*(escape(cell) for cell in row))
    Console().print(out)


def _plain(title: str, columns: Sequence[str], rows: list[list[str]], right: Sequence[int]) -> None:
    widths = [max([len(name), *(len(row[i]) for row in rows)]) for i, name in enumerate(columns)]
    print(title)
    for row in [list(columns), *rows]:
        cells = [c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        print("  ".join(cells).rstrip())


def write_odds(records: Sequence[Any], place: Path) -> list[Path]:
    """Write odds as records that `detente forecasts --add-odds` takes: the model's, and the base rate beside it.

    Returns
    -------
    The files: `place`, and `STEM-base-rate` next to it where there is one.

    Raises
    ------
    UserError
        Without odds, or where a file cannot be written.
    """
    from detente.errors import Problem, UserError

    if not records:
        raise UserError([Problem("--odds", "there are no odds: no deadline is known, or it has no answer")])
    places = [place, place.with_name(f"{place.stem}-base-rate{place.suffix}")]
    written = []
    for record, path in zip(records, places, strict=False):
        try:
            path.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise UserError([Problem("--odds", f"{path} cannot be written: {error.strerror}")]) from None
        written.append(path)
    return written


def notes(lines: Sequence[str]) -> None:
    """Warnings below an answer for people."""
    for line in lines:
        print(f"Note: {line}")
