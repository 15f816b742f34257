"""Conflict files: players, moves or options, and preferences; every problem at once, with its line."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from detente.bargain._graph import Conflict, Observation, natural
from detente.bargain._options import BadStatement, derived_moves, holds, label_of, prioritised, vector
from detente.errors import Problem, ScenarioError, unknown
from detente.strict_yaml import Document, parse, read

_KEYS = ("title", "about", "players", "states", "feasible", "status_quo", "observed")
_PLAYER_KEYS = ("preferences", "priorities", "moves", "both_ways", "options", "irreversible", "why")
_SEEN_KEYS = ("state", "date", "what", "source")
MOST_STATES = 1024
"""States beyond which a conflict is refused: the analysis multiplies matrices of this side."""
_MOST_OPTIONS = 10
"""Options of which all combinations can be states."""


def conflict_names() -> list[str]:
    """Conflicts that come with the package.

    >>> "us-china-2025" in conflict_names()
    True
    """
    folder = resources.files("detente").joinpath("data/conflicts")
    return sorted(p.name.removesuffix(".yaml") for p in folder.iterdir() if p.name.endswith(".yaml"))


def read_conflict(path: str | Path) -> Conflict:
    """A conflict from a YAML file, or one that comes with the package, by its name.

    Raises
    ------
    ScenarioError
        With every problem of the file and its line.

    Examples
    --------
    >>> len(read_conflict("us-china-2025").states)
    16
    """
    name = str(path)
    if not Path(path).exists() and not name.endswith((".yaml", ".yml")):
        if name not in conflict_names():
            raise ScenarioError([unknown("conflict", name, conflict_names(), "", "Name a YAML file.")])
        text = resources.files("detente").joinpath(f"data/conflicts/{name}.yaml").read_text(encoding="utf-8")
        return _conflict(parse(text, f"{name}.yaml"))
    return _conflict(read(Path(path)))


def parse_conflict(text: str, source: str) -> Conflict:
    """`read_conflict` for a text; `source` names it in problems."""
    return _conflict(parse(text, source))


def _conflict(document: Document) -> Conflict:
    builder = _Builder(document)
    if document.problems:
        raise ScenarioError(document.problems)
    return builder.build()


class _Builder:
    """Reads the parts of a document in turn; problems are collected in the document."""

    def __init__(self, document: Document) -> None:
        self.doc = document
        self.data = document.data if isinstance(document.data, dict) else {}
        self.players: list[str] = []
        self.options: list[tuple[str, str]] = []
        self.states: list[str] = []
        self.notes: list[str] = []
        self.vectors: np.ndarray | None = None

    def problem(self, path: tuple[str | int, ...], what: str, remedy: str = "") -> None:
        self.doc.problems.append(Problem(self.doc.where(path), what, remedy))

    def build(self) -> Conflict:
        if not self.data:
            self.problem((), "is no conflict", "Give a title and players; see docs/conflict.md.")
        else:
            self.seat()
        found = len(self.doc.problems)
        if len(self.players) > 1:
            self.place()
        if not self.states or len(self.doc.problems) > found:  # what follows would only repeat it
            raise ScenarioError(self.doc.problems)
        moves, ranks = self.moves(), self.ranks()
        status_quo, observed = self.status_quo(), self.observed()
        if self.doc.problems:
            raise ScenarioError(self.doc.problems)
        given = self.data["players"]
        return Conflict(
            str(self.data.get("title") or self.doc.source), tuple(self.players), tuple(self.states), ranks, moves,
            tuple(self.options), self.vectors, tuple(self.notes), tuple(str(given[p].get("why") or "") for p in given),
            str(self.data.get("about") or ""), status_quo, observed,
        )  # fmt: skip

    def keys(self, path: tuple[str | int, ...], given: dict[str, Any], known: Sequence[str], kind: str) -> None:
        for key in given:
            if key not in known:
                self.doc.problems.append(unknown(kind, str(key), known, self.doc.where((*path, key))))

    def seat(self) -> None:
        """Players and their options."""
        self.keys((), self.data, _KEYS, "key of a conflict")
        given = self.data.get("players")
        if not isinstance(given, dict) or len(given) < 2:
            self.problem(("players",), "a conflict needs two players or more", "Give `players:` by name.")
            return
        for name, part in given.items():
            path = ("players", name)
            if not isinstance(part, dict):
                self.problem(path, f"{name}: has no preferences and moves", "Give both under its name.")
                continue
            self.players.append(str(name))
            self.keys(path, part, _PLAYER_KEYS, "key of a player")
            if ("preferences" in part) == ("priorities" in part):
                how = "preferences (a ranking of states) or priorities (statements about options)"
                self.problem(path, f"{name}: give one of {how}")
            for option in _names(part.get("options")):
                if option in [taken for _, taken in self.options]:
                    self.problem((*path, "options"), f"option {option!r} stands twice", "Give each its own name.")
                elif not re.fullmatch(r"[^\s()]+", option) or option.lower() in ("not", "and", "or", "if", "iff"):
                    self.problem((*path, "options"), f"option {option!r} cannot be named in a statement", "Use a word.")
                self.options.append((str(name), option))
            for option in _names(part.get("irreversible")):
                if option not in _names(part.get("options")):
                    own = _names(part.get("options"))
                    self.doc.problems.append(
                        unknown("option of this player", option, own, self.doc.where((*path, "irreversible")))
                    )
        moving = [n for n, part in given.items() if isinstance(part, dict) and (part.keys() & {"moves", "both_ways"})]
        if self.options and moving:
            self.problem(("players", moving[0]), "moves and options stand together", "With options, moves follow.")

    def place(self) -> None:
        """States: vectors of options, or labels listed, or those that the preferences name."""
        if self.options:
            self._feasible()
        elif "feasible" in self.data:
            self.problem(("feasible",), "no player has options", "Give `options:` under the players.")
        elif "states" in self.data:
            listed = self.data["states"]
            self.states = [_label(s) for s in (listed if isinstance(listed, dict | list) else [])]
            self.notes = [str(n or "") for n in listed.values()] if isinstance(listed, dict) else []
        else:
            named = (s for p in self.players for chain in self._chains(p) for s, _ in chain)
            self.states = sorted(dict.fromkeys(named), key=natural)
        twice = {s for s in self.states if self.states.count(s) > 1}
        where: tuple[str | int, ...] = ("feasible",) if self.options else ("states",)
        if twice:
            self.problem(where, f"states that stand twice: {', '.join(sorted(twice))}")
        if len(self.states) < 2:
            self.problem(where, "a conflict needs two states or more")
        if len(self.states) > MOST_STATES:
            self.problem(where, f"{len(self.states)} states are more than the {MOST_STATES} analysed here")

    def _feasible(self) -> None:
        owners, count = [owner for owner, _ in self.options], len(self.options)
        given = self.data.get("feasible", "all")
        if given == "all":
            if count > _MOST_OPTIONS:
                self.problem(("feasible",), f"{count} options have too many combinations", "List the feasible ones.")
                return
            given = [label_of(v, owners) for v in itertools.product((False, True), repeat=count)]
        rows = given.items() if isinstance(given, dict) else enumerate(given) if isinstance(given, list) else []
        taken = []
        for key, value in rows:
            text, note = (value.get("taken"), value.get("what")) if isinstance(value, dict) else (value, "")
            found = vector(_label(text), count) if isinstance(text, str | int) else None
            if found is None:
                remedy = f"Write {count} letters Y or N, in the order {', '.join(o for _, o in self.options)}."
                self.problem(("feasible", key), f"{text!r} is no vector of the {count} options", remedy)
                continue
            if found in taken:
                self.problem(("feasible", key), f"{label_of(found, owners)} is a state already")
            taken.append(found)
            self.states.append(_label(key) if isinstance(given, dict) else label_of(found, owners))
            self.notes.append(str(note or ""))
        self.vectors = np.array(taken, dtype=bool).reshape(len(taken), count)

    def moves(self) -> np.ndarray:
        """(player, from, to), as listed or as the options allow."""
        size = len(self.states)
        out = np.zeros((len(self.players), size, size), dtype=bool)
        if self.vectors is not None:
            owners = [self.players.index(owner) for owner, _ in self.options]
            stays = {o for p in self.players for o in _names(self.data["players"][p].get("irreversible"))}
            out = derived_moves(self.vectors, owners, np.array([o in stays for _, o in self.options]), len(out))
        else:
            for k, player in enumerate(self.players):
                for key in ("moves", "both_ways"):
                    for a, b in self._listed_moves(player, key):
                        out[k, a, b] = True
                        out[k, b, a] |= key == "both_ways"
        for k, player in enumerate(self.players):
            part = self.data["players"][player]
            if not out[k].any() and not (part.get("moves") or part.get("both_ways")):
                remedy = "Give it moves or options, or leave it out: who cannot move has no part in the conflict."
                self.problem(("players", player), f"{player} has no moves", remedy)
        return out

    def _listed_moves(self, player: str, key: str) -> Iterable[tuple[int, int]]:
        given = self.data["players"][player].get(key) or []
        for number, pair in enumerate(given if isinstance(given, list) else [given]):
            path = ("players", player, key, number)
            if not isinstance(pair, list) or len(pair) != 2:
                self.problem(path, f"{pair!r} is no move", "Write [from, to].")
                continue
            a, b = (_label(s) for s in pair)
            absent = [s for s in (a, b) if s not in self.states]
            self.doc.problems += [unknown("state", s, self.states, self.doc.where(path)) for s in absent]
            if a == b:
                self.problem(path, f"a move from {a} to itself", "Leave it out.")
            elif not absent:
                yield self.states.index(a), self.states.index(b)

    def ranks(self) -> np.ndarray:
        """(player, state), 1 best."""
        out = np.ones((len(self.players), len(self.states)), dtype=int)
        for k, player in enumerate(self.players):
            part = self.data["players"][player]
            if "priorities" in part:
                found = self._prioritised(player)
            else:
                found = self._ranked(player) if "preferences" in part else None
            out[k] = out[k] if found is None else found
        return out

    def _prioritised(self, player: str) -> np.ndarray | None:
        path = ("players", player, "priorities")
        given = self.data["players"][player]["priorities"]
        if self.vectors is None:
            self.problem(path, "priorities are statements about options, and no player has any")
            return None
        if not isinstance(given, list) or not given:
            self.problem(path, "priorities must be a list of statements, the most important first")
            return None
        columns = {option: self.vectors[:, k] for k, (_, option) in enumerate(self.options)}
        good = []
        for number, statement in enumerate(given):
            try:
                holds(str(statement), columns)
                good.append(str(statement))
            except BadStatement as error:
                self.problem((*path, number), f"{str(statement)!r}: {error}")
        return prioritised(good, columns) if good else None

    def _ranked(self, player: str) -> np.ndarray | None:
        """Ranks from one ranking, or from several that together order every state."""
        path = ("players", player, "preferences")
        before = len(self.doc.problems)
        chains = self._chains(player)
        for chain in chains:
            labels = [s for s, _ in chain]
            for s in dict.fromkeys(labels):
                if labels.count(s) > 1:
                    self.problem(path, f"{player} ranks {s} twice", "A state has one place.")
                if s not in self.states:
                    self.doc.problems.append(unknown("state", s, self.states, self.doc.where(path)))
        absent = [s for s in self.states if not any(s == t for chain in chains for t, _ in chain)]
        if absent:
            self.problem(path, f"{player} does not rank {', '.join(absent)}", "Rank every state; ~ joins equals.")
        if len(self.doc.problems) > before:
            return None
        return self._joined(player, chains, path)

    def _joined(
        self, player: str, chains: list[list[tuple[str, str]]], path: tuple[str | int, ...]
    ) -> np.ndarray | None:
        """One order out of chains: ties merged, then the best class taken off again and again."""
        home = {s: s for s in self.states}

        def root(s: str) -> str:
            while home[s] != s:
                s = home[s]
            return s

        pairs = [(a, sign, b) for chain in chains for (a, _), (b, sign) in itertools.pairwise(chain)]
        for a, sign, b in pairs:
            if sign == "~":
                home[root(a)] = root(b)
        over = {(root(a), root(b)) for a, sign, b in pairs if sign == ">"}
        left = dict.fromkeys(root(s) for s in self.states)
        rank: dict[str, int] = {}
        while left:
            top = [s for s in left if not any(b == s and a in left for a, b in over)]
            if len(top) != 1:
                what = (
                    f"{player} does not compare {' and '.join(top)}" if top else
                    f"{player} prefers in a circle: {', '.join(s for s in self.states if root(s) in left)}"
                )  # fmt: skip
                remedy = "Say which is better, or join them with ~." if top else "Take one of the statements out."
                self.problem(path, what, remedy)
                return None
            rank[top[0]] = len(rank) + 1
            del left[top[0]]
        return np.array([rank[root(s)] for s in self.states])

    def _chains(self, player: str) -> list[list[tuple[str, str]]]:
        """Rankings as lists of (state, sign before it)."""
        part = self.data["players"][player]
        given = part.get("preferences") or []
        out = []
        for text in given if isinstance(given, list) else [given]:
            pieces = re.split(r"([>~])", _label(text))
            chain = [(_label(pieces[k]), pieces[k - 1] if k else "") for k in range(0, len(pieces), 2)]
            if any(not s for s, _ in chain):
                self.problem(("players", player, "preferences"), f"{text!r} has an empty place")
            out.append([(s, sign) for s, sign in chain if s])
        return out

    def status_quo(self) -> str | None:
        given = self.data.get("status_quo")
        if given is None:
            return None
        if _label(given) not in self.states:
            self.doc.problems.append(unknown("state", _label(given), self.states, self.doc.where(("status_quo",))))
        return _label(given)

    def observed(self) -> tuple[Observation, ...]:
        """States that were seen, in order."""
        out = []
        given = self.data.get("observed") or []
        for number, row in enumerate(given if isinstance(given, list) else [given]):
            path = ("observed", number)
            if not isinstance(row, dict) or "state" not in row:
                self.problem(path, "an observation needs a state", "Write {state: ..., date: ..., what: ...}.")
                continue
            self.keys(path, row, _SEEN_KEYS, "key of an observation")
            state = _label(row["state"])
            if state not in self.states:
                self.doc.problems.append(unknown("state", state, self.states, self.doc.where(path)))
            out.append(Observation(state, *(str(row.get(k) or "") for k in _SEEN_KEYS[1:])))
        return tuple(out)


def _label(value: Any) -> str:
    """A state's label as text, blanks made single."""
    return " ".join(str(value).split())


def _names(given: Any) -> list[str]:
    """Names of options: the keys of a mapping, a list, or one."""
    if given is None:
        return []
    return [str(n) for n in given] if isinstance(given, dict | list) else [str(given)]
