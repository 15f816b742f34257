"""The document that spans refer to: bytes decoded, markup and page furniture out of the way, cut into sentences."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from detente.claims import _html
from detente.claims._tokens import words

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]{3,20})", re.I)
_FURNITURE = re.compile(
    r"^\W*(?:©|\(c\)\s|copyright\b|all rights reserved|subscribe\b|sign (?:up|in)\b|log ?in\b|share (?:this|on)\b"
    r"|follow us"
    r"|join us|read more|see also|related\b|recommended|advertisement|sponsored|text size|close$|top$|menu$|home$"
    r"|skip to|click here|special coverage|most read|trending|newsletter|cookie|privacy|terms of|by continuing"
    r"|photo(?:graph)?\s*(?:by|:|credit)|image\s*(?:by|:|credit)|\(?photo\b|getty images|source:|updated\s*:?$|print$"
    r"|comments?\s*\(?\d*\)?$|\d+\s*(?:min(?:ute)?s?\s+read|comments?|shares?|likes?|views?)\b|page \d+ of \d+)",
    re.I,
)
_STOP = re.compile(r"([.!?…]{1,6})(?:[\"”’'»)\]]{0,6})(?=\s|$)")
_NOT_END = words(
    "mr mrs ms dr prof sen rep gov gen col lt st no nos vs etc inc ltd corp co jan feb mar apr jun jul aug sep"
    " sept oct nov dec fig eq approx est dept govt al e.g i.e u.s u.k e.u u.n d.c p.m a.m ph.d"
)
_AFTER_ABBREVIATION = words(
    "the he she it they in on but and this that these those his her its their a an as at after before while when"
    " if we however meanwhile both chinese beijing china washington trump"
)
_LONGEST = 1500
"""Characters after which a run of text is cut even without a full stop, so that no sentence grows without bound."""


@dataclass(frozen=True)
class Document:
    """What was read.

    `text` is the decoded text; of an HTML page it is the text left after markup, scripts, menus and forms are stripped.
    Every span of a claim counts characters of `text`.
    """

    text: str
    title: str = ""
    dated: dt.date | None = None
    """The day the page's own markup gives, if any."""

    @classmethod
    def decode(cls, data: bytes) -> Document:
        """Decode any bytes: by byte-order mark, as UTF-8, by a declared charset, else as Windows-1252.

        >>> Document.decode(b"\\xff\\xfe3\\x000\\x00%\\x00").text
        '30%'
        """
        return cls.of(_decode(data))

    @classmethod
    def of(cls, text: str) -> Document:
        """The document of a text; tags are stripped if it looks like a page."""
        if not _html.looks_like_html(text):
            return cls(text)
        page = _html.strip(text)
        try:
            day = dt.date.fromisoformat(page.date)
        except ValueError:
            day = None
        return cls(page.text, page.title, day)

    def paragraphs(self) -> Iterator[tuple[int, int]]:
        """Spans of paragraphs; lines wrapped by hand belong together, page furniture is left out."""
        start = end = -1
        for a, b in _lines(self.text):
            line = self.text[a:b]
            if not line.strip() or furniture(line):
                if start >= 0:
                    yield start, end
                start = -1
                continue
            if start >= 0 and _breaks(self.text[_line_start(self.text, end) : end], line):
                yield start, end
                start = -1
            start, end = (a, b) if start < 0 else (start, b)
        if start >= 0:
            yield start, end

    def sentences(self) -> Iterator[tuple[int, int, int]]:
        """(paragraph, start, end) of every sentence."""
        for n, (a, b) in enumerate(self.paragraphs()):
            for start, end in _sentences(self.text, a, b):
                yield n, start, end


def _decode(data: bytes) -> str:
    marks = (
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
    )  # before UTF-16, whose mark one begins with
    for mark, codec in (*marks, (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(codec, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        declared = _CHARSET.search(data, 0, 4096)
    try:
        return data.decode(declared.group(1).decode("ascii") if declared else "cp1252")
    except (LookupError, UnicodeError):
        return data.decode("utf-8", errors="replace")


def _lines(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while at <= len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        yield at, end
        at = end + 1


def _line_start(text: str, end: int) -> int:
    return text.rfind("\n", max(0, end - _LONGEST), end) + 1 or max(0, end - _LONGEST)


def _breaks(line: str, following: str) -> bool:
    """Whether a line ends its paragraph: it closes a sentence, or is short and the next one does not carry it on.

    >>> _breaks("US tariffs on Chinese", "goods fell to"), _breaks("Tariffs fall", "The US has cut its")
    (False, True)
    """
    line = line.rstrip()
    if line.endswith((".", "!", "?", ":", "”", '."', '?"', '!"')):
        return True
    if len(line) >= 50:
        return False
    last = line.split()[-1].casefold() if line else ""
    return not (following.lstrip()[:1].islower() or last in _CARRIED or line.endswith((",", "-", "–", "—")))


_CARRIED = words(
    "a an the of to from by on in at for with and or but its their his her than as that which who under over about"
    " will would is are was were has have had be been not more less up per between against into until after before"
)


def furniture(line: str) -> bool:
    """Whether a line belongs to the page around the article, or is written in another script.

    >>> furniture("© The Daily. All rights reserved."), furniture("본문 바로가기"), furniture("Duties fell to 30%.")
    (True, True, False)
    """
    line = line.strip()[:400]
    letters = [c for c in line if c.isalpha()]
    if not letters:
        return True
    if sum(c < "\u0250" for c in letters) * 2 < len(letters):
        return True
    if line[:3] in ("By ", "BY ") and all(w[:1].isupper() or w in ("and", "in", "for") for w in line.split()):
        return True  # "By Ana Duarte and Jan Novak"
    return len(line) < 160 and _FURNITURE.search(line) is not None


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for found in _STOP.finditer(text, start, end):
        if found.end() < end and not _ends(text, found, at):
            continue
        yield from _pieces(text, at, found.end())
        at = found.end()
    yield from _pieces(text, at, end)


def _ends(text: str, found: re.Match[str], at: int) -> bool:
    """Whether a full stop closes the sentence: not after an abbreviation or an initial."""
    after = text[found.end() : found.end() + 40].lstrip()
    if after[:1].islower():
        return False
    if found.group(1) != ".":
        return True
    before = text[max(at, found.start() - 20) : found.start()].split()
    word = before[-1].strip("(\"“'‘").casefold() if before else ""
    follows = re.match(r"[\"“‘'(]?([^\W\d_]+)", after)
    if word in _NOT_END or (len(word) == 1 and word.isalpha()):
        return "." in word and follows is not None and follows.group(1).casefold() in _AFTER_ABBREVIATION
    return True


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A span without the white space around it, cut where it is longer than any sentence should be."""
    while start < end:
        stop = end
        if end - start > _LONGEST:
            space = text.rfind(" ", start + 1, start + _LONGEST)
            stop = space if space > start else start + _LONGEST
        a, b = start, stop
        while a < b and text[a].isspace():
            a += 1
        while b > a and text[b - 1].isspace():
            b -= 1
        if a < b:
            yield a, b
        start = stop
