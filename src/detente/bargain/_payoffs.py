"""Payoffs of states of the board, all priced by the equilibrium engine in one batch."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.bargain._board import Board
from detente.errors import Problem, ShockError
from detente.trade import Shock, TradeModel

if TYPE_CHECKING:
    from detente.bargain._game_file import GameSpec
    from detente.trade import EquilibriumSet

MOST_STATES = 600
"""States priced for one game; more than that is another question."""


@dataclass(frozen=True, eq=False)
class PayoffTable:
    """What each side has in each state, against the state in force.

    Attributes
    ----------
    states
        Level of each lever by name.
    percent
        (state, side): real income, percent of baseline spending, less that of the state in force; NaN where the
        state has no equilibrium.
    base
        (side,): the objective in the state in force, percent of baseline spending.
    spending
        (side,): baseline spending, USD million a year.
    status, residual
        Of each solve.
    """

    players: tuple[str, ...]
    states: tuple[dict[str, str], ...]
    percent: np.ndarray
    base: np.ndarray
    spending: np.ndarray
    status: tuple[str, ...]
    residual: np.ndarray

    @property
    def money(self) -> np.ndarray:
        """(state, side): the same in USD million a year."""
        out: np.ndarray = self.percent / 100.0 * self.spending
        return out

    def find(self, **levels: str) -> int:
        """Row of a state; levers left out are `in_force`.

        Raises
        ------
        KeyError
            If it was not priced.
        """
        wanted = {k: v for k, v in levels.items() if v != "in_force"}
        for k, state in enumerate(self.states):
            if {n: v for n, v in state.items() if v != "in_force"} == wanted:
                return k
        raise KeyError(levels)

    def of(self, state: Mapping[str, str]) -> np.ndarray:
        """(side,): percent payoffs of a state."""
        row: np.ndarray = self.percent[self.find(**state)]
        return row

    def rows(self) -> list[dict[str, Any]]:
        """A table a person can read: moves away from what is in force, payoffs in percent and USD million."""
        out = []
        for state, percent, money, status, residual in zip(
            self.states, self.percent, self.money, self.status, self.residual, strict=True
        ):
            out.append(
                {
                    "state": {n: v for n, v in state.items() if v != "in_force"},
                    "payoffs_percent": {p: _number(x) for p, x in zip(self.players, percent, strict=True)},
                    "payoffs_usd_million": {p: _number(x) for p, x in zip(self.players, money, strict=True)},
                    "status": status,
                    "residual": float(residual),
                }
            )
        return out


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def subsets(names: Sequence[str], level: str) -> list[dict[str, str]]:
    """Every combination of levers at a level, the empty one first, as the bits of its number say.

    >>> subsets(["a", "b"], "threat")[3]
    {'a': 'threat', 'b': 'threat'}
    """
    return [{name: level for bit, name in enumerate(names) if number >> bit & 1} for number in range(1 << len(names))]


def unique(states: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """States without repeats, in order."""
    seen: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    for state in states:
        kept = {n: v for n, v in state.items() if v != "in_force"}
        seen.setdefault(tuple(sorted(kept.items())), kept)
    return list(seen.values())


def price(
    board: Board,
    model: TradeModel,
    states: Sequence[Mapping[str, str]],
    *,
    extra: Sequence[Shock] = (),
    progress: Callable[[str], None] | None = None,
) -> tuple[PayoffTable, np.ndarray]:
    """Payoffs of states, and of further shocks of the same shape, in one batch.

    Returns
    -------
    The table, and (shock, side) percent payoffs of `extra` against the state in force.

    Raises
    ------
    ShockError
        If a state names a lever or level that is not there, or there are too many.
    """
    listed = unique([{}, *states])
    levels = {lever.spec.name: lever.levels() for lever in board.levers}
    problems = [
        Problem("state", f"{name}: {level} is no lever at a level here", f"Levers and their levels: {levels}.")
        for state in listed
        for name, level in state.items()
        if level not in levels.get(name, ())
    ]
    if len(listed) > MOST_STATES:
        problems.append(Problem("instruments", f"{len(listed)} states is more than {MOST_STATES}", "Leave some out."))
    if problems:
        raise ShockError(problems[:8])
    if progress:
        progress(f"pricing {len(listed) + len(extra)} states")
    shocks = [board.shock(state, label=str(k)) for k, state in enumerate(listed)]
    found = model.solve_many([*shocks, *extra])
    level = objective(found, model, board.spec)
    percent = level - level[0]
    at = [model.world.economies.index(p) for p in board.spec.between]
    spending = np.asarray(model.baseline.final)[at] * model.scale
    count = len(listed)
    table = PayoffTable(
        board.spec.between, tuple(listed), percent[:count], level[0], spending,
        tuple(m.status.value for m in found.members[:count]),
        np.array([m.residual for m in found.members[:count]]),
    )  # fmt: skip
    return table, percent[count:]


def objective(
    found: EquilibriumSet, model: TradeModel, spec: GameSpec, at: Mapping[tuple[str, str], str] | None = None
) -> np.ndarray:
    r"""(member, side): real income plus weighted sector incomes, percent of spending, before any rivalry.

    $G_i = \text{real income}_i + \sum_j (\lambda_{ij} - 1)\,\text{sector income}_{ij}$; the weights stand in the game
    file, at the middle of their ranges unless `at` names an end of {(side, sector): end}.
    """
    world = model.world
    rows = [world.economies.index(p) for p in spec.between]
    weighted = [(k, p, s, r) for k, p in enumerate(spec.between) for s, r in spec.sectors.get(p, {}).items()]
    names = ["real_income_percent", *(["sector_income_percent"] if weighted else [])]
    got = found.arrays(names)
    out: np.ndarray = got["real_income_percent"][:, rows]
    for k, side, sector, held in weighted:
        income = got["sector_income_percent"][:, world.sectors.index(sector), rows[k]]
        out[:, k] += (held.at((at or {}).get((side, sector), "mid")) - 1.0) * income
    return out


def game_states(board: Board) -> list[dict[str, str]]:
    """All combinations of threats carried out, and all combinations of what is in force lifted."""
    rise = [lever.spec.name for lever in board.levers if lever.can_rise]
    used = [lever.spec.name for lever in board.levers if lever.used]
    everything = dict.fromkeys(used, "lifted")
    return list(itertools.chain(subsets(rise, "threat"), subsets(used, "lifted"), [everything]))
