"""HTML to text in one pass over the characters: no tag soup raises, and none takes more than linear time."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

_DROPPED = frozenset(
    ["script", "style", "noscript", "template", "svg", "iframe", "select", "nav", "footer", "aside", "form", "button"]
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
_NAME = re.compile(r"/?[A-Za-z][A-Za-z0-9-]*")
_DATE_META = re.compile(
    r"(?:published_time|datepublished|pubdate|publish-date|dc\.date|date)[\"']?[^>]{0,80}?(\d{4}-\d{2}-\d{2})", re.I
)
_TIME = re.compile(r"datetime\s*=\s*[\"']?(\d{4}-\d{2}-\d{2})", re.I)
_LOOKS = re.compile(r"<!doctype html|<html|<body|</p\s*>|</div\s*>|<br\s*/?>|</h[1-6]\s*>|</article\s*>|<p[\s>]", re.I)


@dataclass
class Page:
    """What a page says: its text, its title, and the day it claims for itself."""

    text: str = ""
    title: str = ""
    date: str = ""
    parts: list[str] = field(default_factory=list, repr=False)


def looks_like_html(text: str) -> bool:
    """Whether the beginning of a text carries tags of a page.

    >>> looks_like_html("<p>Tariffs</p>"), looks_like_html("a < b and b > c")
    (True, False)
    """
    return _LOOKS.search(text, 0, 4096) is not None


def strip(text: str) -> Page:
    """Text of a page: scripts, styles, menus and forms left out, blocks parted by empty lines.

    >>> strip("<nav>Home</nav><h1>Duties</h1><p>30&nbsp;% on <b>steel</b></p>").text
    'Duties\\n\\n30 % on steel'
    """
    page = Page()
    closes: dict[str, bool] = {}
    i = 0
    while i < len(text):
        j = text.find("<", i)
        if j < 0:
            page.parts.append(text[i:])
            break
        page.parts.append(text[i:j])
        if text.startswith("<!--", j):
            k = text.find("-->", j + 4)
            i = len(text) if k < 0 else k + 3
            continue
        k = text.find(">", j)
        name = _NAME.match(text, j + 1)
        if k < 0:
            page.parts.append(text[j:])
            break
        if name is None and text[j + 1 : j + 2] not in ("!", "?"):
            page.parts.append("<")
            i = j + 1
            continue
        i = k + 1
        if name is not None:
            i = _tag(text, name.group().casefold(), j, i, page, closes)
    page.text = _tidy("".join(html.unescape(part) for part in page.parts))
    return page


def _tag(text: str, name: str, start: int, end: int, page: Page, closes: dict[str, bool]) -> int:
    """What a tag does; the place where reading goes on."""
    if name in ("meta", "time", "script") and not page.date:
        found = (_TIME if name == "time" else _DATE_META).search(text, start, min(end + 400, len(text)))
        if found and (name != "meta" or found.end() <= end):
            page.date = found.group(1)
    if name in _DROPPED and not text.startswith("/", end - 2) and closes.get(name, True):
        close = re.compile(rf"</{name}\b[^>]{{0,200}}>", re.I).search(text, end)
        # a block that is never closed is not dropped: it would take the article with it
        closes[name] = close is not None
        if close is not None:
            page.parts.append("\n\n")
            return close.end()
    if name == "title" and not page.title:
        stop = text.find("<", end)
        page.title = html.unescape(text[end : stop if stop >= 0 else end]).strip()
        page.parts.append("\n\n")
        return stop if stop >= 0 else end
    if name == "br":
        page.parts.append("\n")
    elif name.lstrip("/") in _BLOCKS:
        page.parts.append("\n\n")
    return end


def _tidy(text: str) -> str:
    text = re.sub(r"[^\S\n]+", " ", text)
    text = re.sub(r" ?\n ?", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
