"""Bargaining over tariffs, export taxes and ceilings: what both would sign, against what each gets without a deal."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._players import Player, seat
from detente.bargain._policies import Policies
from detente.bargain._talks import Talks
from detente.errors import Problem, ShockError, UnknownName, unknown
from detente.trade import (
    BOUNDS,
    Equilibrium,
    Settings,
    Shock,
    TariffProblem,
    TradeModel,
    balanced,
    pose,
    search_range,
)

SOLUTIONS = ("nash", "equal_gains", "kalai_smorodinsky")
LEAST_GAIN = 1e-7
"""Percent of spending below which a gain is no gain: the accuracy of a solve."""


@dataclass(frozen=True, eq=False)
class Deal(Policies):
    """The policies agreed, and what each side gains over its threat point.

    Attributes
    ----------
    settings
        What each player sets, and to what, with tables and averages by kind.
    status
        `solved`; `empty_zone` when nothing makes every player better off than its threat point;
        `stopped_at_limit` when the search did not settle.
    threat_percent, payoffs_percent, gains_percent
        By player, percent of its spending against the balanced baseline.
    ideal_percent
        Kalai-Smorodinsky only: the most each could get while the others keep their threat point.
    """

    model: TradeModel
    solution: str
    players: tuple[str, ...]
    settings: tuple[Settings, ...]
    status: str
    threat_percent: dict[str, float]
    payoffs_percent: dict[str, float]
    ideal_percent: dict[str, float]
    solves: int
    seconds: float
    equilibrium: Equilibrium

    @property
    def gains_percent(self) -> dict[str, float]:
        """Payoff less threat point."""
        return {p: self.payoffs_percent[p] - self.threat_percent[p] for p in self.players}

    def __repr__(self) -> str:
        gains = ", ".join(f"{p} {g:+.4f} %" for p, g in self.gains_percent.items())
        return f"<Deal ({self.solution}) {self.status}: gains {gains}; {self.seconds:.1f} s>"


def bargain_tariffs(
    model: TradeModel,
    players: Sequence[str | Player],
    *,
    threat: Shock | Sequence[float] | None = None,
    solution: str = "nash",
    weights: Sequence[float] | None = None,
    instruments: str | Mapping[str, Any] | Sequence[str] = "tariffs",
    rent: str = "exporter",
    uniform: str | None = None,
    start: Shock | None = None,
    bounds: tuple[float, float] | Mapping[str, tuple[float, float]] = BOUNDS,
    max_solves: int = 400,
) -> Deal:
    r"""Tariffs, or other instruments, that players agree on, all of theirs on each other in one bargain.

    `nash`: $\max \prod_i (G_i - d_i)^{\alpha_i}$. `equal_gains`: the largest common gain (Ossa 2014's trade
    talks). `kalai_smorodinsky`: gains in proportion to each player's ideal gain.

    Parameters
    ----------
    threat
        The threat point: a shock whose payoffs count, payoffs in percent by player, or None: policies as
        at the start (the balanced baseline).
    weights
        alpha of each player, `nash` only; equal when None.
    instruments, rent, uniform
        For players given by name: kinds of instruments, who gets the rent of a ceiling, and which rates are one.
    start
        All other policies, and where the search for the bargain begins.

    Raises
    ------
    ShockError, UnknownName
        On weights that are no weights, payoffs that do not fit, or a solution that has no name here.
    """
    clock = time.perf_counter()
    m = balanced(model)
    listed, tools, seeds = seat(players, m, uniform=uniform, instruments=instruments, rent=rent)
    names = tuple(p.name for p in listed)
    alpha = _weights(weights, names, solution)
    problem = pose(m, tools, start)
    talks = Talks(problem, seeds, search_range(problem, bounds), max_solves)
    d = _threat(threat, problem, seeds, names)
    ideal = np.array([talks.best_for(k, d) for k in range(len(names))]) if solution == "kalai_smorodinsky" else None
    gaps = np.ones(len(names)) if ideal is None else ideal - d
    if not (gaps > LEAST_GAIN).all():  # somebody has nothing to win: no proportion to keep
        found, settled = problem.current, True
    elif solution == "nash":
        found, settled = talks.nash(d, alpha)
    else:
        found, settled = talks.proportional(d, gaps)
    payoffs = problem.values(found, seeds)
    gains = payoffs - d
    status = "solved" if settled else "stopped_at_limit"
    if not (gains > LEAST_GAIN).all():
        status = "empty_zone"
    at = problem.solve(found)
    shock = problem.as_shock(found, f"{solution} bargain of {' and '.join(names)}")
    ideals = {} if ideal is None else dict(zip(names, map(float, ideal), strict=True))
    settings = (Settings.of_player(problem, t, s, found, at) for t, s in zip(tools, problem.parts, strict=True))
    return Deal(
        m, solution, names, tuple(settings), status,
        dict(zip(names, map(float, d), strict=True)), dict(zip(names, map(float, payoffs), strict=True)), ideals,
        problem.solves, time.perf_counter() - clock, Equilibrium(m, shock, problem.arrays(found), at),
    )  # fmt: skip


def _weights(weights: Sequence[float] | None, names: tuple[str, ...], solution: str) -> np.ndarray:
    if solution not in SOLUTIONS:
        raise UnknownName([unknown("solution", solution, SOLUTIONS, "solution")])
    alpha = np.ones(len(names)) if weights is None else np.asarray(weights, dtype=float)
    if alpha.shape != (len(names),) or not (np.isfinite(alpha).all() and (alpha > 0).all()):
        raise ShockError(
            [Problem("weights", f"{weights} are no bargaining weights", "Give one above 0 for each player.")]
        )
    shares: np.ndarray = alpha / alpha.sum()
    return shares


def _threat(threat: Any, problem: TariffProblem, seeds: list[dict[str, Any]], names: tuple[str, ...]) -> np.ndarray:
    if threat is None:
        return problem.values(problem.current, seeds)
    if isinstance(threat, Shock):
        return problem.values_of(threat.arrays(problem.model.world), seeds)
    values = np.asarray(threat, dtype=float)
    if values.shape != (len(names),) or not np.isfinite(values).all():
        raise ShockError([Problem("threat", "payoffs must be one finite number for each player, in percent")])
    return values
