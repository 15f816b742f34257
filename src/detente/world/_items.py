"""Items: goods inside a sector, described in `data/items/*.yaml` with sources and confidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from detente import strict_yaml
from detente.errors import Problem, UnknownName, WorldError, close_matches, unknown

_KEYS = ("title", "parent", "hs", "output", "suppliers", "uses", "theta", "note", "checked")
_PARTS = {
    "output": ("value", "low", "high", "confidence", "source"),
    "suppliers": ("shares", "confidence", "source"),
    "uses": ("shares", "final", "confidence", "source"),
    "theta": ("value", "source"),
    "checked": ("on", "by"),
}


@dataclass(frozen=True)
class Item:
    """A good to split out of its parent sector.

    Attributes
    ----------
    name, title, parent
        What it is called, in words, and the sector it is part of.
    output
        World output at basic prices, in the world's money.
    suppliers
        Economy to share of world output; sums to one.
    uses
        Using sector to share of intermediate use, before the users' sizes differ by economy; sums to one.
    final
        Share bought for final use.
    about
        Everything the file says, sources and confidence among it.
    """

    name: str
    title: str
    parent: str
    output: float
    suppliers: Mapping[str, float]
    uses: Mapping[str, float]
    final: float = 0.0
    about: Mapping[str, Any] = field(default_factory=dict)

    def problems(self) -> list[Problem]:
        """What is wrong with the numbers themselves."""
        where = f"item {self.name!r}"
        out = []
        if not (math.isfinite(self.output) and self.output > 0):
            out.append(Problem(where, f"an output of {self.output} is none", "Give money above zero."))
        if not 0 <= self.final < 1:
            out.append(Problem(where, f"a final share of {self.final} is no share", "Give 0 or more, below 1."))
        for kind, shares in (("suppliers", self.suppliers), ("uses", self.uses)):
            bad = [k for k, v in shares.items() if not (math.isfinite(v) and v >= 0)]
            if bad or not shares or abs(sum(shares.values()) - 1.0) > 1e-6:
                total = sum(shares.values())
                out.append(
                    Problem(where, f"shares of {kind} sum to {total:g}", "Shares must be 0 or more and sum to 1.")
                )
        return out


def item_names() -> tuple[str, ...]:
    """Names of the embedded items.

    >>> "rare-earth-magnets" in item_names()
    True
    """
    folder = resources.files("detente").joinpath("data/items")
    return tuple(sorted(p.name.removesuffix(".yaml") for p in folder.iterdir() if p.name.endswith(".yaml")))


def load_item(name: str) -> Item:
    """An embedded item by name.

    Raises
    ------
    UnknownName
        If there is none; close matches in the message.
    WorldError
        If its file is not as it should be, all problems at once.
    """
    if name not in item_names():
        raise UnknownName([unknown("item", name, item_names(), "item")])
    text = resources.files("detente").joinpath(f"data/items/{name}.yaml").read_text(encoding="utf-8")
    return item_from(strict_yaml.parse(text, f"items/{name}.yaml"), name)


def item_from(document: strict_yaml.Document, name: str) -> Item:
    """An item from a parsed file; see `load_item`."""
    data = document.data if isinstance(document.data, dict) else {}
    problems = list(document.problems) + _stray(document, data)
    for key in ("title", "parent", "output", "suppliers", "uses"):
        if key not in data:
            problems.append(Problem(document.where(), f"an item needs {key!r}"))
    if problems:
        raise WorldError(problems)
    item = Item(
        name, str(data["title"]), str(data["parent"]), float(data["output"]["value"]),
        {k: float(v) for k, v in data["suppliers"]["shares"].items()},
        {k: float(v) for k, v in data["uses"]["shares"].items()},
        float(data["uses"].get("final", 0.0)), data,
    )  # fmt: skip
    wrong = item.problems()
    if wrong:
        raise WorldError([Problem(document.where(), p.what, p.remedy) for p in wrong])
    return item


def _stray(document: strict_yaml.Document, data: dict[str, Any]) -> list[Problem]:
    places = [((), data, _KEYS)] + [((k,), data[k], v) for k, v in _PARTS.items() if isinstance(data.get(k), dict)]
    out = []
    for path, mapping, known in places:
        for key in mapping:
            if key not in known:
                close = close_matches(key, known)
                remedy = f"Did you mean {close[0]!r}?" if close else f"Keys here: {', '.join(known)}."
                out.append(Problem(document.where((*path, key)), f"{key!r} is not a key of an item", remedy))
    return out
