"""Korean letters in Latin ones, syllable by syllable, as the lists of sanctions write Korean names (Kim Jong Un).

McCune-Reischauer without its marks and without the sound changes across syllables: the initial consonant is the
voiceless one but for j.
"""

from __future__ import annotations

import re

_FIRST, _MIDDLE, _LAST = (
    letters.split()
    for letters in (
        "k kk n t tt r m p pp s ss _ j tch ch k t p h",
        "a ae ya yae o e yo ye o wa wae oe yo u wo we wi yu u ui i",
        "_ k k k n n n t l k m l l l p l m p p t t ng t t k t p _",
    )
)
_SYLLABLES = re.compile("[\uac00-\ud7a3]+")
_LONGEST_NAME = 4
"""Syllables of a Korean personal name; they are written apart, those of a longer word together."""


def romanised(text: str) -> str:
    """Korean syllables in Latin letters; other text passes.

    >>> romanised("김정은").split(), romanised("김정일").split(), romanised("삼성전자서비스").split()
    (['kim', 'jong', 'un'], ['kim', 'jong', 'il'], ['samsongjonjasopisu'])
    """
    return _SYLLABLES.sub(lambda m: f" {_word(m.group())} ", text)


def _word(run: str) -> str:
    return (" " if 1 < len(run) <= _LONGEST_NAME else "").join(map(_syllable, run))


def _syllable(letter: str) -> str:
    number = ord(letter) - 0xAC00
    return f"{_FIRST[number // 588]}{_MIDDLE[number % 588 // 28]}{_LAST[number % 28]}".replace("_", "")
