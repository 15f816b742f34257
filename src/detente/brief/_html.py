"""The brief as one HTML page that needs nothing beside it: the same lines and tables as in a terminal, and a figure."""

from __future__ import annotations

import datetime as dt
import html
import io
import itertools
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import render as markup
from rich.table import Table

from detente.dates import FIRST_DAY
from detente.errors import Problem, UserError

if TYPE_CHECKING:
    from rich.text import Text

    from detente.brief._brief import Brief

BEFORE, AFTER = 540, 120
"""Days that the figure shows before and after the day."""
_TAGS = {"bold": ("<strong>", "</strong>"), "red": ('<span class="bad">', "</span>")}
_TAGS["yellow"] = ('<span class="note">', "</span>")
_CSS = """
body { font: 15px/1.45 "Liberation Sans", Arial, Helvetica, sans-serif; color: #222; max-width: 62rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .4rem; }
p { margin: .25rem 0; } p.aside { color: #555; font-size: .92rem; padding-left: 1rem; }
table { border-collapse: collapse; margin: .4rem 0 .6rem; } caption { text-align: left; font-weight: bold; }
th, td { padding: .2rem .8rem .2rem 0; vertical-align: top; text-align: left; border-bottom: 1px solid #ddd; }
th { border-bottom: 1px solid #888; } .number { text-align: right; font-variant-numeric: tabular-nums; }
.bad { color: #a00000; } .note { color: #7a5200; } figure { margin: 1rem 0; overflow-x: auto; }
@media print { body { margin: 0; max-width: none; } tr { break-inside: avoid; } }
"""


class Page:
    """A `Sheet` that becomes HTML: bold lines are headings, lines that are set in are asides."""

    is_terminal = True

    def __init__(self) -> None:
        self.parts: list[str] = []

    def print(self, *objects: Any, highlight: bool | None = None) -> None:
        """Add lines or tables."""
        for item in objects:
            if isinstance(item, Table):
                self.parts.append(_table(item))
                continue
            line = str(item).lstrip("\n")
            if line.strip():
                self.parts.append(self._line(line))

    def _line(self, line: str) -> str:
        text = markup(line.strip())
        if any(s.start == 0 and s.end >= len(text) and s.style == "bold" for s in text.spans):
            level = "h2" if any(p.startswith("<h1") for p in self.parts) else "h1"
            return f"<{level}>{html.escape(text.plain)}</{level}>"
        aside = ' class="aside"' if line.startswith("  ") else ""
        return f"<p{aside}>{_inline(text)}</p>"

    def document(self, title: str) -> str:
        """The whole page."""
        body = "\n".join(self.parts)
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{html.escape(title)}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
        )


def _inline(text: Text) -> str:
    """Styled text as HTML; styles without a tag of their own are left out."""
    edges = sorted({0, len(text), *(e for s in text.spans for e in (s.start, min(s.end, len(text))))})
    out = ""
    for a, b in itertools.pairwise(edges):
        styles = [str(s.style) for s in text.spans if s.start <= a and b <= s.end and str(s.style) in _TAGS]
        out += "".join(_TAGS[s][0] for s in styles) + html.escape(text.plain[a:b])
        out += "".join(_TAGS[s][1] for s in reversed(styles))
    return out.replace("\n", "<br>")


def _cell(value: Any, tag: str, justify: str) -> str:
    kind = ' class="number"' if justify == "right" else ""
    return f"<{tag}{kind}>{_inline(markup(str(value)))}</{tag}>"


def _table(table: Table) -> str:
    title = f"<caption>{_inline(markup(str(table.title)))}</caption>" if table.title else ""
    heads = "".join(_cell(c.header, "th", c.justify) for c in table.columns)
    rows = zip(*(c.cells for c in table.columns), strict=True)
    body = "\n".join(
        "<tr>" + "".join(_cell(v, "td", c.justify) for v, c in zip(row, table.columns, strict=True)) + "</tr>"
        for row in rows
    )
    return f"<table>{title}\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def save_html(brief: Brief, path: str | Path) -> Path:
    """Write a brief as a page: one file, readable offline, with the duties of the months around the day as a figure.

    The figure needs the extra `plot` and is of the United States and China; without it the page says so.

    Raises
    ------
    UserError
        Where the folder is not there or cannot be written to; a file that was there stays as it was.

    Examples
    --------
    >>> page = Page()
    >>> page.print("[bold]Duties[/bold]")
    >>> page.print("  145 % [red]unsolved[/red] & more")
    >>> page.parts
    ['<h1>Duties</h1>', '<p class="aside">145 % <span class="bad">unsolved</span> &amp; more</p>']
    """
    from detente.brief._terminal import print_on

    place = Path(path)
    if not place.parent.is_dir():
        raise UserError([Problem("--html", f"there is no folder {place.parent}", "Make it first.")])
    place = place.resolve()
    if place.exists() and not place.is_file():
        raise UserError([Problem("--html", f"{place} is there and is no plain file", "Name another one.")])
    page = Page()
    print_on(page, brief)
    page.parts.insert(_after_warnings(page.parts), _figure(brief))
    title = f"{' and '.join(brief.between)} on {brief.on}"
    try:
        _replace(place, page.document(title))
    except OSError as error:
        raise UserError([Problem("--html", f"{place} cannot be written: {error.strerror or error}")]) from None
    return place


def _after_warnings(parts: list[str]) -> int:
    """Where the first section begins: behind the head and its warnings."""
    return next((i for i, part in enumerate(parts) if part.startswith("<h2")), len(parts))


def _figure(brief: Brief) -> str:
    """The timeline as SVG in the page."""
    from detente.brief._figures import timeline_figure

    if set(brief.between) != {"USA", "CHN"}:
        return ""
    first = max(FIRST_DAY, brief.on - dt.timedelta(days=BEFORE))
    try:
        chart = timeline_figure(
            brief.ledger, start=first, end=brief.on + dt.timedelta(days=AFTER), known=brief.clocks.known
        )
    except UserError as error:
        return f'<p class="aside">No figure: {html.escape(error.problems[0].what)}.</p>'
    held = io.StringIO()
    chart.save(held, format="svg")
    return f"<figure>{held.getvalue()}</figure>"


def _umask() -> int:
    """What new files are not allowed to; asking sets it, so it is set back."""
    held = os.umask(0o022)
    os.umask(held)
    return held


def _replace(place: Path, text: str) -> None:
    """Write beside the file, then put it in its place, so that none is ever half-written."""
    mode = place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".brief-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="xmlcharrefreplace") as out:
            out.write(text)
        os.chmod(name, mode)
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
