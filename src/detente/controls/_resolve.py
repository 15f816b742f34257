"""From what a person types to entries of both regimes: a customs code, an ECCN, a Chinese code, a name, a chip."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from detente.controls import _ccl
from detente.controls._tables import csv_of, item_rows
from detente.errors import Problem, UserError

_HS = re.compile(r"^\d{4}(?:[.\s]?\d{2}){0,3}$")
_WORD = re.compile(r"[a-z0-9]+")
_GROUPS = {
    "chn.mofcom.18-2025": "ree-seven", "chn.mofcom.57-2025": "ree-five", "chn.mofcom.33-2024": "antimony",
    "chn.mofcom.39-2023": "graphite",
}  # fmt: skip
_LONGEST = 200
_LEVELS = "HML"


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
            out.add_item(name, {**item, "eccn": ()}, "Chinese control code")
    chinese = bool(out.cn_codes)
    if eccn in _ccl.entries():
        out.eccns.append((code, "H"))
        for name, item in item_rows().items():
            if any(_ccl.split(c)[0] == eccn and _covers(c, code) for c in item.get("eccn", ())):
                out.add_item(name, {**item, "cn_codes": (), "eccn": (), "chip": ""}, "ECCN")
        if chinese:
            out.notes.append(f"{eccn} is a code of both lists, for different goods: both are shown.")
    elif not chinese:
        close = [e for e in _ccl.entries() if e.startswith(eccn[:3])][:6]
        out.notes.append(f"{eccn} is on neither list. Near it: {', '.join(close) or 'nothing'}.")
    return out


def _covers(listed: str, asked: str) -> bool:
    """Whether an item's ECCN is the one asked for, or one is a paragraph of the other."""
    return listed == asked or listed.startswith(f"{asked}.") or asked.startswith(f"{listed}.")


def _by_name(text: str) -> Resolved:
    out = Resolved("name")
    plain = text.casefold()
    names = {n.casefold(): k for k, row in item_rows().items() for n in row["names"]}
    key = names.get(plain) or names.get(plain.rstrip("s")) or (plain if plain in item_rows() else None)
    if plain == "ear99":
        out.eccns.append(("EAR99", "H"))
        return out
    if key:
        exact = item_rows()[key]
        out.add_item(key, exact, "name")
        # an element by itself stands for all its forms
        if " " not in plain:
            for name, row in item_rows().items():
                if name != key and name.startswith(f"{plain}-"):
                    out.add_item(name, row, "name")
        return out
    words = set(_WORD.findall(plain))
    for name, row in item_rows().items():
        if any(words and set(_WORD.findall(n.casefold())) <= words for n in row["names"]):
            out.add_item(name, row, "words", weaker=True)
    for code in csv_of("china_codes.csv"):
        told = set(_WORD.findall(code["item"].casefold()))
        if words and words <= told:
            out.add_row(code, "M" if code["confidence"] == "H" else code["confidence"])
    if not out.items and not out.cn_codes:
        for entry, _ in _ccl.search(text):
            out.eccns.append((entry.eccn, "L"))
        if out.eccns:
            out.notes.append("Found by words in the headings of the Commerce Control List: a place to begin, no more.")
    return out
