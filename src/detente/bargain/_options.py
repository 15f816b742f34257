"""States as vectors of options: which are feasible, which moves follow, and preferences stated by priority.

Option form and prioritisation: Fang, Hipel, Kilgour and Peng (2003), "A decision support system for interactive
decision making, Part I", IEEE Transactions on Systems, Man and Cybernetics C 33(1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

_TOKEN = re.compile(r"\s*([()]|[^\s()]+)")
_LONGEST = 200
"""Words in one statement; a longer one is no statement a person reads."""


class BadStatement(ValueError):
    """A statement of preference that cannot be read."""


def vector(text: str, count: int) -> list[bool] | None:
    """The options taken, from `Y` and `N` (or 1 and 0) with any spacing; None where it is no such vector.

    >>> vector("YN Y", 3)
    [True, False, True]
    """
    letters = re.sub(r"[\s|,]", "", text).upper()
    if len(letters) != count or set(letters) - set("YN10"):
        return None
    return [letter in "Y1" for letter in letters]


def label_of(taken: Sequence[bool], owners: Sequence[str]) -> str:
    """A vector in letters, a blank between players.

    >>> label_of([True, False, True], ["USA", "USA", "CHN"])
    'YN Y'
    """
    out = ""
    for k, (yes, owner) in enumerate(zip(taken, owners, strict=True)):
        out += (" " if k and owner != owners[k - 1] else "") + ("Y" if yes else "N")
    return out


def derived_moves(vectors: np.ndarray, owners: Sequence[int], irreversible: np.ndarray, players: int) -> np.ndarray:
    """Moves between feasible vectors: a player changes any of its own options and no one else's.

    Parameters
    ----------
    vectors
        (state, option), whether taken.
    owners
        Whose each option is, by the player's number.
    irreversible
        (option,): once taken it stays taken.

    Returns
    -------
    (player, from, to).

    Examples
    --------
    >>> two = np.array([[False], [True]])
    >>> derived_moves(two, [0], np.array([True]), 1)[0].tolist()
    [[False, True], [False, False]]
    """
    differs = vectors[:, None, :] != vectors[None, :, :]
    taken_back = (vectors[:, None, :] & ~vectors[None, :, :] & irreversible).any(axis=2)
    out = np.zeros((players, len(vectors), len(vectors)), dtype=bool)
    for k in range(players):
        mine = np.array([owner == k for owner in owners])
        out[k] = differs[:, :, mine].any(axis=2) & ~differs[:, :, ~mine].any(axis=2) & ~taken_back
    return out


def prioritised(statements: Sequence[str], columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Ranks of states (1 best, ties share one) from statements, the most important first.

    One state is preferred to another when the first statement on which they differ is true of it: each statement
    outweighs all that follow.

    Raises
    ------
    BadStatement
        For a statement that cannot be read or names an unknown option.

    Examples
    --------
    >>> taken = {"a": np.array([False, False, True, True]), "b": np.array([False, True, False, True])}
    >>> prioritised(["not b", "a if b"], taken).tolist()
    [1, 3, 1, 2]
    """
    truth = np.array([holds(statement, columns) for statement in statements])
    keys = [tuple(~column) for column in truth.T]
    order = {key: rank for rank, key in enumerate(sorted(set(keys)), start=1)}
    return np.array([order[key] for key in keys])


def holds(statement: str, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Where a statement is true: names of options with not, and, or, if, iff and brackets.

    `a if b` fails only where b is taken and a is not.

    >>> holds("a if b", {"a": np.array([True, False, False]), "b": np.array([True, True, False])}).tolist()
    [True, False, True]
    """
    words = _TOKEN.findall(statement)
    if not words or len(words) > _LONGEST:
        raise BadStatement("is empty" if not words else f"has more than {_LONGEST} words")
    reader = _Reader(words, columns)
    found = reader.statement()
    if reader.place < len(words):
        raise BadStatement(f"{words[reader.place]!r} does not follow from what stands before it")
    return found


class _Reader:
    """Descends through a statement: if and iff bind least, then or, then and, then not."""

    def __init__(self, words: list[str], columns: Mapping[str, np.ndarray]) -> None:
        self.words, self.columns, self.place = words, columns, 0

    def took(self, *wanted: str) -> str | None:
        if self.place < len(self.words) and self.words[self.place].lower() in wanted:
            self.place += 1
            return self.words[self.place - 1].lower()
        return None

    def statement(self) -> np.ndarray:
        found = self.either()
        word = self.took("if", "iff")
        if word is None:
            return found
        other = self.either()
        return np.asarray(found | ~other) if word == "if" else np.asarray(found == other)

    def either(self) -> np.ndarray:
        found = self.both()
        while self.took("or"):
            found = found | self.both()
        return found

    def both(self) -> np.ndarray:
        found = self.single()
        while self.took("and"):
            found = found & self.single()
        return found

    def single(self) -> np.ndarray:
        if self.took("not"):
            return ~self.single()
        if self.took("("):
            found = self.statement()
            if not self.took(")"):
                raise BadStatement("a bracket stays open")
            return found
        if self.place == len(self.words):
            raise BadStatement("ends too early")
        word = self.words[self.place]
        if word not in self.columns:
            raise BadStatement(f"{word!r} is no option; options are {', '.join(self.columns)}")
        self.place += 1
        return self.columns[word]
