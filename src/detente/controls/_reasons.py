"""Why a name has the result it has, as a code that a desk can sort by, and in words.

A name near a listed one, a name that could not be read and a name in letters that lead to no listed spelling all come
up for review; what a person must do about each is another thing.
"""

from __future__ import annotations

import re
from typing import Any

from detente.controls._names import LONGEST_NAME, only_forms, tokens_of, unbridged

REASONS = {
    "agrees": "a listed name agrees closely",
    "near": "a listed name is near",
    "part": "a listed name holds every telling word of it",
    "respelled": "a listed name agrees once a word of it is put right or run together",
    "pinyin": "a listed name agrees by the sound of Chinese characters only",
    "script": "nothing is alike, but its letters do not lead to every listed spelling",
    "garbled": "it looks like text read in a wrong encoding",
    "no-name": "there is no name",
    "no-letters": "it has no letter or figure",
    "forms-only": "it has organisation forms only",
    "cut": "only its beginning was compared",
    "torn": "its row has more cells than the header",
    "settled": "every match was settled by a person",
    "none": "nothing on these lists is alike",
}
"""Every reason by its code."""

_WRONG_SIGNS = re.compile("[\ufffd\u0080-\u009f]|[\u00c0-\u00ff]{4}|[\u00c2\u00c3\u00d0\u00d1][\u0080-\u00bf]")
"""A character that stands for one that could not be read, controls between letters, and runs that no language has."""
_WRONG_ENCODINGS = ("cp1252", "latin-1", "cp1251")


def garbled(text: str) -> bool:
    """Whether a text looks like one of another encoding than it was read in.

    >>> garbled("Ðîñíåôòü"), garbled("ZÃ¼rich"), garbled("РњРёСЂ"), garbled("Zürich"), garbled("Роснефть")
    (True, True, True, False, False)
    """
    if text.isascii():
        return False
    if _WRONG_SIGNS.search(text):
        return True
    for encoding in _WRONG_ENCODINGS:
        try:
            text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return True
    return False


def doubt(name: str, matched: bool = False) -> tuple[str, str]:
    """(code, words) of why a name cannot be compared in full; empty where it can.

    Where nothing was found alike (`matched` is False), a script that leads to no listed spelling is a doubt, too.

    >>> doubt("Acme"), doubt("  "), doubt("闻泰")[0], doubt("闻泰", matched=True)[0]
    (('', ''), ('no-name', 'There is no name to screen.'), 'script', '')
    """
    if not name.strip():
        return "no-name", "There is no name to screen."
    if not tokens_of(name):
        return "no-letters", "The name has no letter or figure that can be compared."
    if only_forms(name):
        return "forms-only", (
            "The name has organisation forms only: nothing in it tells one firm from another, so it was not screened."
        )
    if garbled(name[:LONGEST_NAME]):
        return "garbled", "The name looks like text read in a wrong encoding: name the right one with --encoding."
    if len(name) > LONGEST_NAME:
        return "cut", f"Only the first {LONGEST_NAME} of its {len(name)} characters were compared."
    if not matched and (script := unbridged(name)):
        text = f"It is written in {script} letters, which do not lead to every listed spelling"
        return "script", f"{text}: screen its Latin name, too."
    return "", ""


def reason_of(matches: list[dict[str, Any]], settled: bool, doubted: str, torn: bool = False) -> str:
    """The code of a result: of its best match, else of what kept the name from being compared."""
    if matches:
        return str(max(matches, key=lambda m: (m["result"] == "POTENTIAL_MATCH", m["score"]))["reason"])
    if torn:
        return "torn"
    return "settled" if settled else doubted or "none"
