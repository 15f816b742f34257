"""YAML read strictly: no guessed types, no repeated keys, and the line of every value.

Plain YAML 1.1 reads Norway (`NO`) as false, the key `on` as true and the HS chapter 0101 as 65.
Here only `true`/`false`, `null`/`~`, plain decimal integers and decimals with a point carry a type;
everything else, dates and HS codes included, is text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from detente.errors import Problem

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path_ = tuple[str | int, ...]


class _Loader(_Base):  # type: ignore[misc]
    yaml_implicit_resolvers: dict[Any, Any] = {}


def _plain(tag: str, pattern: str, first: list[str]) -> None:
    for character in first:
        resolvers = _Loader.yaml_implicit_resolvers.setdefault(character, [])
        resolvers.append((f"tag:yaml.org,2002:{tag}", re.compile(pattern)))


_plain("bool", r"^(?:true|false)$", ["t", "f"])
_plain("null", r"^(?:null|~|)$", ["n", "~", ""])
_plain("int", r"^[-+]?(?:0|[1-9][0-9]*)$", list("-+0123456789"))
_plain("float", r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+$", list("-+0123456789"))


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


def _build(node: yaml.Node, path: Path_, document: Document, loader: Any) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        out: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                document.problems.append(Problem(f"{document.source}:{line}", "a key must be plain text"))
                continue
            key = str(key_node.value)
            if key in out:
                first = document.lines.get((*path, key), 0)
                document.problems.append(
                    Problem(
                        f"{document.source}:{line}", f"duplicate key {key!r}", f"It stands on line {first} already."
                    )
                )
                continue
            document.lines[(*path, key)] = line
            out[key] = _build(value_node, (*path, key), document, loader)
        return out
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, (*path, i), document, loader) for i, child in enumerate(node.value)]
    return loader.construct_object(node, deep=True)


def parse(text: str, source: str) -> Document:
    """Parse one YAML document; never raises on bad text: look at `.problems`.

    >>> parse("on: 2025-05-14\\ncountry: NO\\nhs: 0101", "x.yaml").data
    {'on': '2025-05-14', 'country': 'NO', 'hs': '0101'}
    >>> print(parse("a: 1\\na: 2", "x.yaml").problems[0])
    x.yaml:2: duplicate key 'a'. It stands on line 1 already.
    """
    document = Document(source)
    loader: Any = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is not None:
            document.data = _build(node, (), document, loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        document.problems.append(
            Problem(f"{source}{line}", f"not readable as YAML: {what}", "Check indentation, quotes and colons there.")
        )
    finally:
        if loader is not None:
            loader.dispose()
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
