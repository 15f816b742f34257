"""The graph model for conflict resolution: which states are stable, for whom, and by what kind of foresight.

Only the order of preference counts: nothing here says by how much one state is better than another.

Fang, Hipel and Kilgour (1993), Interactive Decision Making: The Graph Model for Conflict Resolution, Wiley;
Xu, Hipel, Kilgour and Fang (2018), Conflict Resolution Using the Graph Model, Springer.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

CONCEPTS = ("nash", "gmr", "smr", "seq")
"""Stability concepts, by the keys of the answer."""

MEANINGS = {
    "nash": "no move of one's own is an improvement",
    "gmr": "after each improvement the others can lead to a state no better for one (general metarationality)",
    "smr": "as gmr, and one cannot escape from there (symmetric metarationality)",
    "seq": "as gmr, but the others only use moves that improve their own lot (sequential stability)",
}


@dataclass(frozen=True)
class Step:
    """A move along a path: who moves and where to; the player is None for the state a path begins in."""

    player: str | None
    state: str


@dataclass(frozen=True)
class Observation:
    """A state that was seen on a day."""

    state: str
    date: str = ""
    what: str = ""
    source: str = ""


@dataclass(frozen=True, eq=False)
class Conflict:
    """A conflict in graph form.

    Attributes
    ----------
    players, states
        Names, in the order of the file.
    ranks
        (player, state): 1 is best; states of one rank are equally good.
    moves
        (player, from, to): whether the player can move there in one step, by itself.
    options
        (player, option) of each place of a state's vector, where states are vectors of options.
    vectors
        (state, option), whether taken; empty without options.
    notes
        (state): what each state is, in words; may be empty.
    why
        By player, where its preferences come from; may be empty.
    """

    title: str
    players: tuple[str, ...]
    states: tuple[str, ...]
    ranks: np.ndarray
    moves: np.ndarray
    options: tuple[tuple[str, str], ...] = ()
    vectors: np.ndarray | None = None
    notes: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    about: str = ""
    status_quo: str | None = None
    observed: tuple[Observation, ...] = ()

    @functools.cached_property
    def better(self) -> np.ndarray:
        """(player, from, to): whether the player prefers `to` to `from`."""
        return np.asarray(self.ranks[:, None, :] < self.ranks[:, :, None])

    @functools.cached_property
    def improvements(self) -> np.ndarray:
        """(player, from, to): moves to a state the player prefers."""
        return np.asarray(self.moves & self.better)

    def stability(self) -> dict[str, np.ndarray]:
        """Whether each state is stable for each player, by concept: (player, state).

        For player `i` at `s`, with the improvements of `i` and the states `R` the others can reach by legal moves
        (`reach`): `nash` no improvement; `gmr` after every improvement some state of `R` is no better than `s`;
        `smr` besides, no move of `i` from that state leads to a better one than `s`; `seq` as gmr with moves that
        are each an improvement for who makes it. Nash implies SMR and SEQ, and each of them GMR.
        """
        found = {concept: np.zeros(self.ranks.shape, dtype=bool) for concept in CONCEPTS}
        for i in range(len(self.players)):
            others = [k for k in range(len(self.players)) if k != i]
            up, no_better = self.improvements[i], ~self.better[i]
            # from state t, does some move of i lead to a state better than s?  (s, t)
            escape = _any(self.better[i], self.moves[i].T)
            anyhow, willingly = reach(self.moves[others]), reach(self.improvements[others])
            found["nash"][i] = ~up.any(axis=1)
            found["gmr"][i] = (~up | _any(no_better, anyhow.T)).all(axis=1)
            found["smr"][i] = (~up | _any(no_better & ~escape, anyhow.T)).all(axis=1)
            found["seq"][i] = (~up | _any(no_better, willingly.T)).all(axis=1)
        return found

    def equilibria(self) -> dict[str, list[str]]:
        """States stable for every player, by concept, in natural order.

        Examples
        --------
        >>> from detente.bargain._conflict_file import parse_conflict
        >>> text = '''
        ... title: Prisoner's dilemma
        ... players:
        ...   A: {preferences: "DC>CC>DD>CD", moves: [[CC, DC], [DC, CC], [CD, DD], [DD, CD]]}
        ...   B: {preferences: "CD>CC>DD>DC", moves: [[CC, CD], [CD, CC], [DC, DD], [DD, DC]]}
        ... '''
        >>> parse_conflict(text, "dilemma.yaml").equilibria()["seq"]
        ['CC', 'DD']
        """
        stable = self.stability()
        return {c: self._sorted(stable[c].all(axis=0)) for c in CONCEPTS}

    def better_for_all(self, state: str) -> list[str]:
        """States that every player prefers to this one: what a joint move could bring, and no single player's."""
        return self._sorted(self.better[:, self.states.index(state), :].all(axis=0))

    def _sorted(self, chosen: Any) -> list[str]:
        return sorted((self.states[k] for k in np.flatnonzero(chosen)), key=natural)

    def path(self, start: str, end: str, *, improving: bool = True) -> list[Step] | None:
        """A shortest legal path, no player moving twice in a row; None where there is none.

        `improving`: only by moves that are each an improvement for who makes it (status-quo analysis).

        Raises
        ------
        ValueError
            For a state that is not in the conflict.
        """
        moves = self.improvements if improving else self.moves
        begin, goal = self.states.index(start), self.states.index(end)
        came: dict[tuple[int, int], tuple[int, int] | None] = {(begin, -1): None}
        front = [(begin, -1)]
        while front:
            ahead: list[tuple[int, int]] = []
            for here in front:
                if here[0] == goal:
                    return self._steps(came, here)
                for k in (k for k in range(len(self.players)) if k != here[1]):
                    for to in map(int, np.flatnonzero(moves[k, here[0]])):
                        if (to, k) not in came:
                            came[to, k] = here
                            ahead.append((to, k))
            front = ahead
        return None

    def _steps(self, came: dict[tuple[int, int], tuple[int, int] | None], end: tuple[int, int]) -> list[Step]:
        out: list[Step] = []
        here: tuple[int, int] | None = end
        while here is not None:
            state, mover = here
            out.append(Step(self.players[mover] if mover >= 0 else None, self.states[state]))
            here = came[here]
        return out[::-1]

    def __repr__(self) -> str:
        return f"<Conflict {self.title!r}: {len(self.players)} players, {len(self.states)} states>"


def reach(moves: np.ndarray) -> np.ndarray:
    """States some players can lead to together, by moves in which no player moves twice in a row.

    Parameters
    ----------
    moves
        (player, from, to), of the players who move.

    Returns
    -------
    (from, to). One player alone reaches what it reaches in one move.
    """
    last = moves.copy()  # (player, from, to): reached with this player moving last
    while True:
        grown = last.copy()
        for j in range(len(moves)):
            before = np.asarray(np.delete(last, j, axis=0).any(axis=0))
            grown[j] |= _any(before, moves[j])
        if (grown == last).all():
            return np.asarray(last.any(axis=0))
        last = grown


def _any(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Boolean matrix product: whether some middle state joins row and column."""
    return np.asarray((a.astype(np.float32) @ b.astype(np.float32)) > 0.5)


def natural(label: str) -> tuple[int, int, str]:
    """Key by which whole numbers come first, in their order, and then the rest by the alphabet.

    >>> sorted(["10", "9", "b", "a"], key=natural)
    ['9', '10', 'a', 'b']
    """
    return (0, int(label), "") if label.isascii() and label.isdecimal() else (1, 0, label)
