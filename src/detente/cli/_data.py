"""`detente data ...`: which data are in use and how old they are; fetch newer lists; bring in other formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.cli._output import AsJson, emit, table

app = typer.Typer(help="Data: list, fetch, import.", no_args_is_help=True, rich_markup_mode=None)

_FETCHED = {"lists": "us-csl", "us-csl": "us-csl"}


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="data")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the screening lists in use, with their dates, ages and hashes."""
    import datetime as dt

    from detente.controls._lists import sources

    today = dt.date.today()
    rows = [
        {
            "name": s.name,
            "title": s.title,
            "date": s.date.isoformat(),
            "age_days": s.age(today),
            "rows": s.rows,
            "fetched": s.fetched,
            "sha256": s.sha256,
            "licence": s.licence,
            "publisher": s.publisher,
            "note": s.note or None,
        }
        for s in sources().values()
    ]

    def people() -> None:
        cells = [
            (r["name"], r["date"], r["age_days"], r["rows"], "fetched" if r["fetched"] else "embedded", r["title"])
            for r in rows
        ]
        table("Lists in use", ("name", "date", "days old", "entries", "from", "title"), cells, right=(2, 3))

    emit(rows, as_json, people)


@app.command()
def get(
    name: Annotated[str, typer.Argument(help="`lists`: the US Consolidated Screening List.")],
    url: Annotated[str | None, typer.Option("--url", help="Another address of the same file.")] = None,
    sha256: Annotated[str | None, typer.Option("--sha256", help="Hash the file must have.")] = None,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds for the whole transfer.")] = 120.0,
    as_json: AsJson = False,
) -> None:
    """Fetch a newer list; the old one is kept unless everything about the new one is right."""
    from detente.controls._fetch import fetch_lists
    from detente.errors import Problem, UnknownName, UserError, unknown

    if name not in _FETCHED:
        raise UnknownName([unknown("data set to fetch", name, list(_FETCHED), "NAME")])
    if not 0 < timeout < 86400:
        raise UserError([Problem("--timeout", f"{timeout:g} is not a number of seconds", "For example 120.")])
    data = fetch_lists(url, sha256=sha256, timeout=timeout)

    def people() -> None:
        print(f"{data['rows']:,} entries of {data['date']} in use from now on ({data['path']}).")
        print(f"New {data['added']}, gone {data['removed']}, altered {data['altered']}. SHA-256 {data['sha256']}")

    emit(data, as_json, people)


@app.command("import")
def import_(
    kind: Annotated[str, typer.Argument(help="bods, ftm, gleif or psc.")],
    file: Annotated[Path, typer.Argument(help="The file.")],
    out: Annotated[Path, typer.Option("--out", help="CSV file of holdings to write, for `controls owners`.")],
    as_json: AsJson = False,
) -> None:
    """Turn ownership data of another format into a file of holdings."""
    from detente.controls._importers import convert

    data = convert(kind, file, out)

    def people() -> None:
        print(f"{data['holdings']:,} holdings: {data['out']}")
        for reason, count in sorted(data["left_out"].items(), key=lambda x: -x[1]):
            print(f"Left out, {reason}: {count:,}")

    emit(data, as_json, people)
