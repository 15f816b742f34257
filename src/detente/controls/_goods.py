"""From a plain name of a good to the items of the table: exactly, by its words, as part of a longer name, or nearly."""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from typing import Any

from detente.controls._tables import item_rows

_A_SLIP = 0.85
"""Likeness of two names that differ by a slip of the pen."""
_WORD = re.compile(r"[a-z0-9]+")
_MEANS = frozenset({"technology", "software", "equipment", "tool"})
_IES = re.compile(r"(?<=[a-z]{2})ies$")
_ES = re.compile(r"(?<=ch|sh|ss)es$|(?<=x)es$")
_S = re.compile(r"(?<=[a-z]{3})(?<!s)(?<!ou)(?<!i)s$")


def words(text: str) -> tuple[str, ...]:
    """Small letters, parted at hyphens and signs, each in the singular.

    >>> words("Lithium-ion batteries"), words("magnets"), words("gallium arsenide gas")
    (('lithium', 'ion', 'battery'), ('magnet',), ('gallium', 'arsenide', 'gas'))
    """
    return tuple(_singular(w) for w in _WORD.findall(text.casefold()))


def _singular(word: str) -> str:
    return _S.sub("", _ES.sub("", _IES.sub("y", word)))


@functools.cache
def _names() -> dict[tuple[str, ...], tuple[str, str]]:
    """Item and its name as written, by the words of every name and of the item's own key."""
    out: dict[tuple[str, ...], tuple[str, str]] = {}
    for item, row in item_rows().items():
        for name in (*row["names"], item):
            out.setdefault(words(name), (item, name))
    return out


def exact(text: str) -> str:
    """The item of this very name; empty if there is none.

    >>> exact("lithium battery"), exact("Dysprosium Oxides"), exact("umbrella")
    ('lithium-battery', 'dysprosium-oxide', '')
    """
    return _names().get(words(text), ("", ""))[0] or _formulas().get(formula(text), "")


def formula(text: str) -> str:
    """A chemical formula or a name in another script, for comparison: form NFKC, no spaces, in capitals.

    >>> formula("Dy₂O₃"), formula("氧化 镝")
    ('DY2O3', '氧化镝')
    """
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


@functools.cache
def _formulas() -> dict[str, str]:
    """Item by its formulas and names in other scripts."""
    return {formula(name): item for item, row in item_rows().items() for name in row.get("also", ())}


def named_within(text: str) -> list[str]:
    """Items one of whose names stands, word for word, in the query.

    >>> named_within("sintered NdFeB magnet blocks")
    ['ndfeb-magnets']
    """
    told = set(words(text))
    return list(dict.fromkeys(item for name, (item, _) in _names().items() if name and set(name) <= told))


def wider(text: str) -> list[str]:
    """Items whose names say more than the query: each is one of the goods it may mean.

    Know-how and tools for making a good are not meant by its name.

    >>> wider("magnets"), "rare-earth-technology" in wider("magnet technology")
    (['ndfeb-magnets', 'smco-magnets'], True)
    """
    told = set(words(text))
    return list(
        dict.fromkeys(
            item for name, (item, _) in _names().items()
            if told and told < set(name) and not ({name[-1]} & _MEANS) - told
        )
    )  # fmt: skip


def near(text: str) -> list[str]:
    """Names spelled nearly so.

    >>> near("dyspropsium oxide")[0]
    'dysprosium oxide'
    """
    known = {name.casefold(): name for _, name in _names().values()}
    return [known[n] for n in difflib.get_close_matches(text.casefold(), list(known), 2, _A_SLIP)]


def rows_of(items: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """Items with their rows."""
    return [(item, item_rows()[item]) for item in items]
