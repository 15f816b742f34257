"""From what a person types to entries of both regimes: a customs code, an ECCN, a Chinese code, a name, a chip."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from detente.controls import _ccl, _goods
from detente.controls._tables import csv_of, item_rows
from detente.errors import Problem, UserError

_HS = re.compile(r"^\d{4}(?:[.\s]?\d{2}){0,3}$")
_GROUPS = {
    "chn.mofcom.18-2025": "ree-seven", "chn.mofcom.57-2025": "ree-five", "chn.mofcom.33-2024": "antimony",
    "chn.mofcom.39-2023": "graphite",
}  # fmt: skip
_LONGEST = 200
_LEVELS = "HML"
_SHOWN = 6


@dataclass
class Resolved:
    """What a query stands for."""

    kind: str
    items: list[dict[str, Any]] = field(default_factory=list)
    """Plain items with their confidence and condition."""
    groups: set[str] = field(default_factory=set)
    cn_codes: list[dict[str, Any]] = field(default_factory=list)
    eccns: list[tuple[str, str]] = field(default_factory=list)
    """(code, confidence)."""
    chip: str = ""
    some: bool = False
    """Whether what controls ask of the items holds for some goods of the query only."""
    partial: bool = False
    """Whether the mapping covers part of what the query may mean: then it carries no "not required"."""
    partial_us: bool = False
    """The same for the American list alone."""
    suggested: bool = False
    """Whether only words of the query were found in a list: a place to look, no finding."""
    absent: str = ""
    """A paragraph that its entry does not have."""
    notes: list[str] = field(default_factory=list)

    @property
    def confidence(self) -> str:
        """The best confidence of any mapping; L where there is none."""
        levels = [x["confidence"] for x in (*self.items, *self.cn_codes)] + [c for _, c in self.eccns]
        return min(levels, key=_LEVELS.index) if levels else "L"

    def add_item(self, name: str, row: dict[str, Any], how: str, weaker: bool = False) -> None:
        """Take in a plain item."""
        confidence = "L" if weaker else row["confidence"]
        self.items.append({"item": name, "by": how, "confidence": confidence, "condition": row.get("condition")})
        self.groups.update(row["groups"])
        for code in row.get("cn_codes", ()):
            self._add_cn(code, confidence)
        for code in row.get("eccn", ()):
            if code not in {c for c, _ in self.eccns}:
                self.eccns.append((code, confidence))
        self.chip = self.chip or row.get("chip", "")
        self.some = self.some or bool(row.get("some"))
        self.partial_us = self.partial_us or bool(row.get("partial_us"))
        self.partial = self.partial or weaker

    def _add_cn(self, code: str, confidence: str) -> None:
        if code not in {c["code"] for c in self.cn_codes}:
            found = next((r for r in csv_of("china_codes.csv") if r["code"] == code), None)
            title = found["item"] if found else None
            self.cn_codes.append({"code": code, "item": title, "confidence": confidence})

    def add_row(self, row: dict[str, str], confidence: str) -> None:
        """Take in a row of China's table of codes."""
        self.groups.add(_GROUPS.get(row["measure"], "") or _metal_of(row))
        self.groups.discard("")
        key = (row["code"], row["item"])
        if key not in {(c["code"], c["item"]) for c in self.cn_codes}:
            entry = {"code": row["code"], "item": row["item"], "confidence": confidence}
            self.cn_codes.append(entry | ({"note": row["note"]} if row["note"] else {}))


def _metal_of(row: dict[str, str]) -> str:
    """The group of a code whose notice covers several metals.

    >>> _metal_of({"measure": "chn.mofcom.23-2023", "item": "gallium oxide"})
    'gallium'
    """
    names = {"gallium": "gallium", "ammonium paratungstate": "tungsten", "tungsten": "tungsten", "solid w": "tungsten"}
    return next((group for word, group in names.items() if word in row["item"].casefold()), "")


def resolve(query: str) -> Resolved:
    """What a query stands for.

    Raises
    ------
    UserError
        For an empty query, or one longer than 200 characters.

    Examples
    --------
    >>> resolve("dysprosium oxide").cn_codes[0]["code"]
    '1C905.b'
    >>> resolve("2805301200").cn_codes[0]["item"]
    'dysprosium metal'
    """
    text = " ".join(query.split())
    if not text or len(text) > _LONGEST:
        what = "is empty" if not text else f"is longer than {_LONGEST} characters"
        raise UserError([Problem("CODE", what, "Give a customs code, an ECCN, a Chinese code or a name.")])
    if _HS.match(text):
        return _by_customs_code(re.sub(r"\D", "", text))
    if _ccl.split(text)[0]:
        return _by_control_code(text)
    return _by_name(text)


def _agreement(digits: str, codes: Iterable[str]) -> int:
    """Digits that the longest of `codes` has in common with a customs code, one being the beginning of the other.

    >>> _agreement("850511", ["8505110070", "8506"])
    6
    """
    return max(
        (min(len(digits), len(c)) for c in codes if c and (digits.startswith(c) or c.startswith(digits))), default=0
    )


def _by_customs_code(digits: str) -> Resolved:
    out = Resolved("customs code")
    table = [(row, _agreement(digits, row["customs_codes"].split(";"))) for row in csv_of("china_codes.csv")]
    items = [(name, row, _agreement(digits, row.get("hs", ()))) for name, row in item_rows().items()]
    # a line of eight digits or more names the good; what agrees with its chapter only would blur it
    longest = max([n for _, n in table] + [n for *_, n in items], default=0)
    least = 8 if longest >= 8 else 4
    for row, agreement in table:
        if agreement >= least:
            exact = agreement >= 8 and row["confidence"] == "H"
            out.add_row(row, "H" if exact else "M" if row["confidence"] == "H" else row["confidence"])
    for name, item, agreement in items:
        if agreement >= least:
            narrower = any(digits.startswith(c) for c in item.get("hs", ()))
            out.add_item(name, item, "customs code", weaker=not narrower)
    named = {row["item"] for row, agreement in table if agreement >= least}
    # only a line of eight digits or more that stands under one good says which good it is
    out.some = out.partial = not (least == 8 and len(named) == 1)
    out.partial_us = True
    out.notes.append("A customs code is not a control code: the same line holds goods that are controlled and others.")
    return out


def _by_control_code(text: str) -> Resolved:
    eccn, paragraph = _ccl.split(text)
    code = f"{eccn}.{paragraph}" if paragraph else eccn
    out = Resolved("control code")
    for row in csv_of("china_codes.csv"):
        if row["code"] and (row["code"] == code or row["code"].startswith(f"{code}.")):
            out.add_row(row, row["confidence"])
    for name, item in item_rows().items():
        if any(c == code or c.startswith(f"{code}.") or code.startswith(f"{c}.") for c in item.get("cn_codes", ())):
            # a control code names what is controlled: the condition of a good's name does not bound it
            out.add_item(name, {**item, "eccn": (), "some": False}, "Chinese control code")
    chinese = bool(out.cn_codes)
    if eccn in _ccl.entries() and _missing(eccn, paragraph):
        out.absent = f"{eccn} has no paragraph {paragraph} in the edition kept here."
    elif eccn in _ccl.entries():
        out.eccns.append((code, "H"))
        bare = {"cn_codes": (), "eccn": (), "chip": "", "some": False, "partial_us": False}
        named = [(n, r) for n, r in item_rows().items() if any(_covers(c, code) for c in r.get("eccn", ()))]
        # an item of the whole entry says nothing of a paragraph that has items of its own
        narrow = [(n, r) for n, r in named if paragraph and any("." in c and _covers(c, code) for c in r["eccn"])]
        for name, item in narrow or named:
            out.add_item(name, {**item, **bare}, "ECCN")
        if chinese:
            out.notes.append(f"{eccn} is a code of both lists, for different goods: both are shown.")
    if not chinese or eccn in _ccl.entries():
        out.notes += _misread(eccn, paragraph, chinese)
    return out


def _missing(eccn: str, paragraph: str) -> bool:
    """Whether an entry is known to have no such paragraph.

    >>> _missing("3A090", "zz"), _missing("3A090", "a"), _missing("3A090", "")
    (True, False, False)
    """
    letters = {p.partition(".")[0] for p, _ in _ccl.entries()[eccn].paragraphs}
    return bool(paragraph and letters) and paragraph.partition(".")[0] not in letters


def _misread(eccn: str, paragraph: str, chinese: bool) -> list[str]:
    """What to say of a code that is on no list here, or of a paragraph that its entry does not have."""
    code = f"{eccn}.{paragraph}" if paragraph else eccn
    siblings = sorted({r["code"] for r in csv_of("china_codes.csv") if r["code"].partition(".")[0] == eccn})
    entry = _ccl.entries().get(eccn)
    if entry is not None:
        letters = sorted({p.partition(".")[0] for p, _ in entry.paragraphs})
        if chinese or not _missing(eccn, paragraph):
            return []
        return [f"{eccn} has no paragraph {paragraph} in the edition kept here. It has {', '.join(letters)}."]
    if siblings:
        return [f"{code} is not in the table kept here. Of {eccn} it has {', '.join(siblings)}."]
    near = sorted({r["code"].partition(".")[0] for r in csv_of("china_codes.csv")} | set(_ccl.entries()))
    close = [e for e in near if e.startswith(eccn[:3])]
    close.sort(key=lambda e: abs(int(e[2:5]) - int(eccn[2:5])))
    return [f"{eccn} is on neither list. Near it: {', '.join(close[:_SHOWN]) or 'nothing'}."]


def _covers(listed: str, asked: str) -> bool:
    """Whether an item's ECCN is the one asked for, or one is a paragraph of the other."""
    return listed == asked or listed.startswith(f"{asked}.") or asked.startswith(f"{listed}.")


def _by_name(text: str) -> Resolved:
    out = Resolved("name")
    if text.casefold() == "ear99":
        out.eccns.append(("EAR99", "H"))
        return out
    if key := _goods.exact(text):
        out.add_item(key, item_rows()[key], "name")
        # an element by itself stands for all its forms
        plain = text.casefold()
        if " " not in plain:
            for name, row in item_rows().items():
                if name != key and name.startswith(f"{plain}-"):
                    out.add_item(name, row, "name")
        return out
    for name, row in _goods.rows_of(_goods.named_within(text)):
        out.add_item(name, row, "words", weaker=True)
    out.some = out.partial = True
    told = set(_goods.words(text))
    for code in csv_of("china_codes.csv"):
        if told and told == set(_goods.words(code["item"])):
            out.add_row(code, "M" if code["confidence"] == "H" else code["confidence"])
            out.some = out.partial = False
    if not out.items:
        _add_wider(out, text)
    if not out.items and not out.cn_codes:
        _add_near(out, text)
    return out


def _add_wider(out: Resolved, text: str) -> None:
    found = _goods.rows_of(_goods.wider(text))
    for name, row in found:
        # which of them the query means decides the entry: a chip's figures are not read into it
        out.add_item(name, {**row, "chip": ""}, "part of a name", weaker=True)
    if found:
        names = ", ".join(row["names"][0] for _, row in found[:_SHOWN]) + (" and others" if len(found) > _SHOWN else "")
        out.notes.append(f"The name is wider than the items here: it may mean {names}.")


def _add_near(out: Resolved, text: str) -> None:
    """A name spelled nearly so is offered; the words of both lists are searched where there is none."""
    if close := _goods.near(text):
        out.notes.append(f"No good of that name is known here. Did you mean {' or '.join(close)}?")
        return
    for entry, _ in _ccl.search(text):
        out.eccns.append((entry.eccn, "L"))
    told = set(_goods.words(text))
    for code in csv_of("china_codes.csv"):
        if told and told <= set(_goods.words(code["item"])):
            out.cn_codes.append({"code": code["code"], "item": code["item"], "confidence": "L"})
    out.suggested = bool(out.eccns or out.cn_codes)
    if out.suggested:
        out.notes.append("Found by words in the texts of the lists: a place to begin, no more.")
