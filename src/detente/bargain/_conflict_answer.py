"""What a conflict's analysis says, as plain data: per state and player, the equilibria, the paths, what was seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.bargain._graph import CONCEPTS, MEANINGS, Conflict, Step

NOTE = "Ordinal: only the order of preference counts. Nothing here says by how much a state is better, or how likely."


def conflict_answer(conflict: Conflict) -> dict[str, Any]:
    """Everything the analysis says; states that are whole numbers come as numbers.

    Returns
    -------
    `nash`, `gmr`, `smr`, `seq` (equilibria), `states` (per state: ranks, who finds it stable and how, states all
    prefer), `status_quo` (paths to the equilibria, by improvements alone and by any moves), `observed`.
    """
    stable = conflict.stability()
    equilibria = conflict.equilibria()
    label = _labels(conflict)
    answer: dict[str, Any] = {
        "title": conflict.title, "about": conflict.about, "ordinal_only": True, "note": NOTE, "meanings": MEANINGS,
        "players": {
            p: {"options": [o for owner, o in conflict.options if owner == p], "why": why}
            for p, why in zip(conflict.players, conflict.why, strict=True)
        },
    }  # fmt: skip
    answer |= {c: [label[s] for s in found] for c, found in equilibria.items()}
    answer["states"] = {
        s: {
            "what": conflict.notes[k] if conflict.notes else "",
            "taken": [o for (_, o), yes in zip(conflict.options, _taken(conflict, k), strict=True) if yes],
            "ranks": {p: int(conflict.ranks[i, k]) for i, p in enumerate(conflict.players)},
            "stable": {p: [c for c in CONCEPTS if stable[c][i, k]] for i, p in enumerate(conflict.players)},
            "all_prefer": [label[t] for t in conflict.better_for_all(s)],
        }
        for k, s in enumerate(conflict.states)
    }
    if conflict.status_quo is not None:
        start = conflict.status_quo
        ends = dict.fromkeys(s for c in CONCEPTS for s in equilibria[c])
        answer["status_quo"] = {
            "state": label[start],
            "paths": {
                s: {
                    "improvements": _path(conflict.path(start, s), label),
                    "any_moves": _path(conflict.path(start, s, improving=False), label),
                }
                for s in ends
            },
        }
    if conflict.observed:
        answer["observed"] = _observed(conflict, equilibria, label)
    return answer


def _labels(conflict: Conflict) -> dict[str, str | int]:
    numbers = all(s.isascii() and s.isdecimal() and s == str(int(s)) for s in conflict.states)
    return {s: int(s) if numbers else s for s in conflict.states}


def _taken(conflict: Conflict, state: int) -> list[bool]:
    return [] if conflict.vectors is None else [bool(v) for v in conflict.vectors[state]]


def _path(steps: list[Step] | None, label: dict[str, str | int]) -> list[dict[str, Any]] | None:
    return None if steps is None else [{"player": s.player, "state": label[s.state]} for s in steps]


def _observed(
    conflict: Conflict, equilibria: dict[str, list[str]], label: dict[str, str | int]
) -> list[dict[str, Any]]:
    """Each state seen: which equilibrium it is, and what kind of step led there."""
    out: list[dict[str, Any]] = []
    before: str | None = None
    for seen in conflict.observed:
        row = {
            "state": label[seen.state], "date": seen.date, "what": seen.what, "source": seen.source,
            "equilibrium": [c for c in CONCEPTS if seen.state in equilibria[c]],
            "step": None if before is None else _step(conflict, before, seen.state),
        }  # fmt: skip
        out.append(row)
        before = seen.state
    return out


def _step(conflict: Conflict, start: str, end: str) -> dict[str, Any]:
    """How one state led to the next: who moved, and who prefers the result."""
    a, b = conflict.states.index(start), conflict.states.index(end)
    alone = [p for k, p in enumerate(conflict.players) if conflict.moves[k, a, b]]
    prefer = [p for k, p in enumerate(conflict.players) if conflict.better[k, a, b]]
    if a == b:
        kind, movers = "none", []
    elif alone:
        kind, movers = "unilateral", alone
    elif conflict.vectors is not None:
        changed = np.flatnonzero(conflict.vectors[a] != conflict.vectors[b])
        kind, movers = "joint", list(dict.fromkeys(conflict.options[k][0] for k in changed))
    else:
        kind, movers = "joint", list(conflict.players)
    improving = kind == "unilateral" and bool(set(alone) & set(prefer))
    return {"kind": kind, "movers": movers, "improves": improving, "preferred_by": prefer}
