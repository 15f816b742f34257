"""YAML read strictly: no guessed types, no repeated keys, and the line of every value.

Plain YAML 1.1 reads Norway (`NO`) as false, the key `on` as true and the HS chapter 0101 as 65.
Here only `true`/`false`, `null`/`~`, plain decimal integers and decimals with a point carry a type;
everything else, dates and HS codes included, is text. Anchors, aliases and explicit tags, which make a file say
something other than it shows, are problems, and so is nesting deeper than any file here needs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from detente.errors import Problem

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path_ = tuple[str | int, ...]

_DEPTH = 64
"""Mappings and lists that may stand one in another."""
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_LONGEST = 400
"""Characters of the longest plain number."""


@dataclass
class Document:
    """A parsed file: its `data`, the line each value begins on, and what was wrong."""

    source: str
    data: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def where(self, path: Path_ = ()) -> str:
        """`file:line` of the value at `path`, or of its nearest ancestor that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        line = self.lines.get(path)
        return f"{self.source}:{line}" if line else self.source


class _Stop(Exception):
    """Nothing after this can be read."""


def _line(event: yaml.Event) -> int:
    assert event.start_mark is not None
    return event.start_mark.line + 1


class _Reader:
    """Builds the data from the parser's events; every value's line goes into the document."""

    def __init__(self, text: str, document: Document) -> None:
        self.document = document
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=_Base)

    def problem(self, event: yaml.Event, what: str, remedy: str = "") -> None:
        self.document.problems.append(Problem(f"{self.document.source}:{_line(event)}", what, remedy))

    def read(self) -> Any:
        """The one document of the text; None where there is none."""
        data: Any = None
        seen = False
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    self.problem(event, "a second document begins", "Keep one document in a file.")
                    break
                seen = True
                data = self.value(next(self.events), (), 0)
        return data

    def value(self, event: yaml.Event, path: Path_, depth: int) -> Any:
        """The value that begins with `event`."""
        self.document.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.AliasEvent):
            self.problem(event, f"alias '*{event.anchor}' is not read here", "Write the value out.")
            return None
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.anchor is not None:
            self.problem(event, f"anchor '&{event.anchor}' is not read here", "Write the value out where it is used.")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.problem(event, f"tag {tag!r} is not read here", "Write the value without it; in quotes it is text.")
        if isinstance(event, yaml.ScalarEvent):
            return event.value if event.style or event.tag is not None else self.plain(event)
        if depth >= _DEPTH:
            self.problem(event, f"is nested more than {_DEPTH} deep", "Close the brackets that stand open.")
            raise _Stop
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path, depth + 1)
        return self.items(path, depth + 1)

    def plain(self, event: yaml.ScalarEvent) -> Any:
        """A scalar without quotes: the few that carry a type, else text."""
        text = str(event.value)
        if text in _WORDS:
            return _WORDS[text]
        whole, decimal = _INTEGER.fullmatch(text), _DECIMAL.fullmatch(text)
        if not (whole or decimal):
            return text
        number = None if len(text) > _LONGEST else int(text) if whole else float(text)
        if number is None or (isinstance(number, float) and not math.isfinite(number)):
            self.problem(event, f"number of {len(text)} characters is too long", "Write it in quotes if it is text.")
            return None
        return number

    def items(self, path: Path_, depth: int) -> list[Any]:
        out: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            out.append(self.value(event, (*path, len(out)), depth))
        return out

    def mapping(self, path: Path_, depth: int) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self.problem(event, "a key must be plain text")
                self.aside(event, depth)
                self.aside(next(self.events), depth)
                continue
            key, line = str(event.value), _line(event)
            if event.anchor is not None or event.tag is not None:
                self.problem(event, "a key must be plain text", "Write it without anchor or tag.")
            if key in out:
                first = self.document.lines.get((*path, key), 0)
                self.problem(event, f"duplicate key {key!r}", f"It stands on line {first} already.")
                self.aside(next(self.events), depth)
                continue
            self.document.lines[*path, key] = line
            out[key] = self.value(next(self.events), (*path, key), depth)
        return out

    def aside(self, event: yaml.Event, depth: int) -> None:
        """Read a value that has no place, for the problems in it."""
        kept = self.document.lines
        self.document.lines = {}
        try:
            self.value(event, (), depth)
        finally:
            self.document.lines = kept


def parse(text: str, source: str) -> Document:
    """Parse one YAML document; never raises on bad text: look at `.problems`.

    >>> parse("on: 2025-05-14\\ncountry: NO\\nhs: 0101", "x.yaml").data
    {'on': '2025-05-14', 'country': 'NO', 'hs': '0101'}
    >>> print(parse("a: 1\\na: 2", "x.yaml").problems[0])
    x.yaml:2: duplicate key 'a'. It stands on line 1 already.
    """
    document = Document(source)
    try:
        document.data = _Reader(text, document).read()
    except _Stop:
        pass
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        document.problems.append(
            Problem(f"{source}{line}", f"not readable as YAML: {what}", "Check indentation, quotes and colons there.")
        )
    except UnicodeEncodeError:
        document.problems.append(
            Problem(source, "is not Unicode text: it holds half a surrogate pair", "Save it as UTF-8.")
        )
    return document


def read(path: Path, source: str | None = None) -> Document:
    """`parse` for a file; a file that is missing or not UTF-8 is a problem, too."""
    name = source or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        return Document(name, problems=[Problem(name, f"cannot be read: {error.strerror or error}")])
    except UnicodeDecodeError as error:
        return Document(name, problems=[Problem(name, f"is not UTF-8 text: {error.reason}", "Save it as UTF-8.")])
    return parse(text, name)
