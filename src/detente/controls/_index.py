"""Blocking: from a name to the few dozen listed names that share its letters, in a fraction of a millisecond.

Every listed name is a bag of letter triples of its Latin tokens, weighted by how rare each triple is (tf-idf, unit
length). A query gathers the listed names of its own triples and sums the products: the cosine of the two bags.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from detente.controls import _names
from detente.controls._names import tokens_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LETTERS = 38
_LEAST_COSINE = 0.2
"""Below it two names share next to no letters; one slip in a short word leaves a half or more."""

_MOST_JOINED = 12
_LEAST_JOINED = 5
_LEAST_SLIP = 4
_MOST_SPELLINGS = 10


def _codes(text: str) -> NDArray[np.int64]:
    """Number of every letter triple of a text of Latin tokens."""
    import numpy as np

    raw = np.frombuffer(text.encode("ascii", "replace"), dtype=np.uint8).astype(np.int64)
    letter = np.where((raw >= 97) & (raw <= 122), raw - 96, np.where((raw >= 48) & (raw <= 57), raw - 21, 0))
    letter[raw == 10] = _LETTERS - 1
    codes: NDArray[np.int64] = letter[:-2] * _LETTERS * _LETTERS + letter[1:-1] * _LETTERS + letter[2:]
    return codes


def key_of(name: str) -> str:
    """The text of a name that is cut into triples: its tokens, sorted, so that their order does not count."""
    return " " + " ".join(sorted(tokens_of(name))) + " "


class Index:
    """An inverted index of letter triples over names."""

    def __init__(
        self, size: int, names: NDArray[np.int32], start: NDArray[np.int64], words: frozenset[str] = frozenset()
    ) -> None:
        import numpy as np

        self.size, self.names, self.start, self.words = size, names, start, words
        counts = np.diff(start)
        self.idf = np.log(1.0 + size / (counts + 1.0))
        length = np.sqrt(np.bincount(names, weights=np.repeat(self.idf**2, counts), minlength=size))
        self.length = np.maximum(length, 1e-9)

    @classmethod
    def of(cls, names: Sequence[str]) -> Index:
        """Build it."""
        import numpy as np

        size = len(names)
        keys = [key_of(n) for n in names]
        text = "\n".join(keys) + "\n"
        codes = _codes(text)
        owner = np.repeat(np.arange(size), [len(k) + 1 for k in keys])[: len(codes)]
        # a triple that holds the line break lies across two names
        line = _LETTERS - 1
        within = (codes % _LETTERS != line) & (codes // _LETTERS % _LETTERS != line) & (codes // _LETTERS**2 != line)
        pairs = np.unique(codes[within] * size + owner[within])
        counts = np.bincount(pairs // size, minlength=_LETTERS**3)
        start = np.concatenate([[0], np.cumsum(counts)])
        return cls(size, (pairs % size).astype(np.int32), start, frozenset(text.split()))

    @classmethod
    def kept(cls, names: Sequence[str], key: str, folder: Path) -> Index:
        """Build it, or take the copy of an earlier run; a copy that cannot be read is built anew."""
        import numpy as np

        makers = (Path(__file__), Path(_names.__file__), *_names.tables())
        code = hashlib.sha256(b"".join(p.read_bytes() for p in makers)).hexdigest()
        place = folder / f"index-{key}-{code[:12]}-{len(names)}.npz"
        try:
            with np.load(place) as stored:
                words = frozenset(stored["words"].tobytes().decode("ascii").split("\n"))
                return cls(len(names), stored["names"], stored["start"], words)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            pass
        index = cls.of(names)
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=folder, suffix=".npz")
            with os.fdopen(handle, "wb") as file:
                letters = np.frombuffer("\n".join(sorted(index.words)).encode("ascii"), np.uint8)
                np.savez(file, names=index.names, start=index.start, words=letters)
            os.replace(temporary, place)
        return index

    def joined(self, name: str) -> str:
        """The name with neighbouring words run together where that makes a word of the listed names; empty if none.

        >>> Index.of(["Huawei Technologies"]).joined("Hua wei")
        'huawei'
        """
        words = list(tokens_of(name)[:_MOST_JOINED])
        for length in (3, 2):
            for i in range(len(words) - length + 1):
                run = "".join(words[i : i + length])
                if len(run) >= _LEAST_JOINED and run in self.words:
                    return " ".join([*words[:i], run, *words[i + length :]])
        return ""

    def respelled(self, name: str) -> list[str]:
        """The name with one word that is a slip of the pen away from a listed word put right, in every way there is.

        >>> Index.of(["Huawei Technologies"]).respelled("Huwaei"), Index.of(["Huawei"]).respelled("Huawei")
        (['huawei'], [])
        """
        words = list(tokens_of(name)[:_MOST_JOINED])
        out = []
        for i, word in enumerate(words):
            # a word of four letters may be one of five that lost a letter
            if len(word) >= _LEAST_SLIP and word not in self.words:
                out += [" ".join([*words[:i], near, *words[i + 1 :]]) for near in self._a_slip_away(word)]
        return out[:_MOST_SPELLINGS]

    def _a_slip_away(self, word: str) -> list[str]:
        """Listed words at one edit: each loses one letter at most and they are the same, or two letters are swapped."""
        found: set[str] = set()
        for variant in (word, *_shortened(word)):
            found.update(self._by_shortened.get(variant, ()))
        swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)} & self.words
        near = {w for w in found if _edits(word, w) == 1} - swapped
        return [*sorted(swapped), *sorted(near, key=lambda w: (w[0] != word[0], w))]

    @functools.cached_property
    def _by_shortened(self) -> dict[str, list[str]]:
        """Listed words by themselves and by what is left of them without one letter."""
        out: dict[str, list[str]] = {}
        for word in self.words:
            if len(word) >= _LEAST_JOINED and not word.isdigit():
                for variant in (word, *_shortened(word)):
                    out.setdefault(variant, []).append(word)
        return out

    def nearest(self, name: str, count: int) -> list[int]:
        """Places of the names nearest to `name`, best first."""
        import numpy as np

        key = key_of(name)
        if len(key) < 3 or not self.size:
            return []
        codes = np.unique(_codes(key))
        spans = [self.names[self.start[c] : self.start[c + 1]] for c in codes]
        weights = self.idf[codes] ** 2
        places = np.concatenate(spans) if spans else np.empty(0, np.int32)
        if not len(places):
            return []
        products = np.repeat(weights, [len(s) for s in spans])
        own = float(np.sqrt(weights.sum())) or 1.0
        cosine = np.bincount(places, weights=products, minlength=self.size) / (self.length * own)
        near = np.flatnonzero(cosine > _LEAST_COSINE)
        order = near[np.argsort(-cosine[near], kind="stable")][:count]
        return [int(i) for i in order]


def _shortened(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def _edits(here: str, there: str) -> int:
    from rapidfuzz.distance import OSA

    return int(OSA.distance(here, there))


def flat(groups: Iterable[Sequence[str]]) -> tuple[list[str], list[int]]:
    """All names of all groups in one list, and the group each belongs to.

    >>> flat([["a", "b"], ["c"]])
    (['a', 'b', 'c'], [0, 0, 1])
    """
    names: list[str] = []
    owners: list[int] = []
    for i, group in enumerate(groups):
        names.extend(group)
        owners.extend([i] * len(group))
    return names, owners
