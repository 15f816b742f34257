"""Bilateral deals side by side: each pair settles its two rates with the other pairs' rates given.

Horn and Wolinsky (1988), "Bilateral monopolies and incentives for merger", RAND Journal of Economics 19(3): the
Nash-in-Nash solution.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from detente.bargain._talks import Talks
from detente.trade import Instruments, TariffProblem, TradeModel

_ROUNDS = 60
_STILL = 2e-5
"""Largest move of a rate in a round at which the pairs have settled."""
_DAMPED = 8
"""Rounds after which only part of each move is made, in case pairs chase each other."""


class Table(Protocol):
    """What pairs need of the game they are in."""

    model: TradeModel
    tools: list[Instruments]
    seeds: list[dict[str, Any]]
    problem: TariffProblem

    def vector(self, rates: np.ndarray) -> np.ndarray:
        """Rates as the problem's variables."""
        ...

    @property
    def players(self) -> tuple[str, ...]:
        """Names."""
        ...


class PairTalks:
    """Deals of pairs (proposer first, where there is one); matrices of rates are (player, partner)."""

    def __init__(
        self,
        game: Table,
        pairs: Sequence[tuple[int, int]],
        war: np.ndarray,
        bounds: tuple[float, float],
        *,
        offer: bool,
    ) -> None:
        self.game, self.pairs, self.war, self.bounds, self.offer = game, list(pairs), war, bounds, offer

    def settle(self) -> tuple[np.ndarray, bool]:
        """Round after round of deals until no rate moves."""
        rates = self.war.copy()
        for number in range(_ROUNDS):
            before = rates.copy()
            for a, b in self.pairs:
                new, _ = self.deal(rates, a, b)
                pace = 1.0 if number < _DAMPED else 0.5
                rates[a, b] += pace * (new[0] - rates[a, b])
                rates[b, a] += pace * (new[1] - rates[b, a])
            if np.nanmax(np.abs(rates - before)) < _STILL:
                return rates, True
        return rates, False

    def check(self, rates: np.ndarray) -> dict[str, float]:
        """How far any pair could still go: `pair_gain`, and for offers `responder_gain_percent`."""
        gains, slack = [0.0], [0.0]
        for a, b in self.pairs:
            talks, floor = self._talks(rates, a, b)
            now = talks.look(talks.start)[0] - floor
            new, _ = self.deal(rates, a, b)
            then = talks.look(np.asarray(new) * talks.problem.scale)[0] - floor
            if self.offer:
                gains.append(float(then[0] - now[0]) * 100.0)
                slack.append(abs(float(now[1])) * 100.0)
            elif (now > 0).all() and (then > 0).all():
                gains.append(float(np.log(then / now).sum()))
            elif (then > 0).all():  # a deal was there and was not made
                gains.append(float("inf"))
        if self.offer:
            return {"proposer_gain_percent": max(gains), "responder_gain_percent": max(slack)}
        return {"pair_gain": max(gains)}

    def _talks(self, rates: np.ndarray, a: int, b: int) -> tuple[Talks, np.ndarray]:
        """The pair's problem at the others' rates, and what each gets without a deal (fractions)."""
        game = self.game
        tools = [self._one(a, b), self._one(b, a)]
        problem = TariffProblem(game.model, tools)
        problem.base = game.problem.arrays(game.vector(rates))
        problem.state = game.problem.state
        problem.current = np.array([rates[a, b], rates[b, a]])
        seeds = [game.seeds[a], game.seeds[b]]
        talks = Talks(problem, seeds, self.bounds, 100)
        floor = talks.look(np.array([self.war[a, b], self.war[b, a]]) * problem.scale)[0].copy()
        return talks, floor

    def _one(self, player: int, partner: int) -> Instruments:
        tool = self.game.tools[player]
        mine = np.array([name[1] == self.game.players[partner] for name in tool.names])[tool.variable]
        cells = tool.cells[mine]
        return dataclasses.replace(tool, cells=cells, variable=np.zeros(len(cells), int), names=(("all", "all"),))

    def deal(self, rates: np.ndarray, a: int, b: int) -> tuple[np.ndarray, bool]:
        """The pair's best two rates; as they are where no deal is better for both than none."""
        talks, floor = self._talks(rates, a, b)
        found, settled = self._offer(talks, floor) if self.offer else self._product(talks, floor)
        gain = talks.look(found)[0] - floor
        if not (gain > (-1e-9 if self.offer else 0.0)).all():
            return np.array([self.war[a, b], self.war[b, a]]), settled
        return found / talks.problem.scale, settled

    def _product(self, talks: Talks, floor: np.ndarray) -> tuple[np.ndarray, bool]:
        from scipy.optimize import minimize

        start = talks.start
        if not (talks.look(start)[0] - floor > 0).all():
            first, _ = talks.proportional(floor * 100.0, np.ones(2))
            start = first * talks.problem.scale
        size = talks.look(start)[0] - floor
        if not (size > 0).all():
            return start, True

        def cost(y: np.ndarray) -> tuple[float, np.ndarray]:
            values, slopes = talks.look(y)
            gain = np.maximum(values - floor, 1e-12 * size)
            return float(-np.log(gain / size).sum()), -(slopes / gain[:, None]).sum(axis=0)

        bounds = list(zip(talks.low, talks.high, strict=True))
        end = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13, "gtol": 1e-7})
        return np.asarray(end.x), bool(end.success)

    def _offer(self, talks: Talks, floor: np.ndarray) -> tuple[np.ndarray, bool]:
        """The first player's best, the second at its floor: a search from the war, its conditions from a deal."""
        at_war = float((talks.look(talks.start)[0] - floor)[0]) <= 0.0
        found = _tangent(talks, floor, _ascent(talks, floor) if at_war else talks.start)
        if found is None and not at_war:
            found = _tangent(talks, floor, _ascent(talks, floor))
        return (_ascent(talks, floor), False) if found is None else (found, True)


def _ascent(talks: Talks, floor: np.ndarray) -> np.ndarray:
    """Near the first player's best with the second at its floor or above, by SLSQP."""
    from scipy.optimize import minimize

    unit = 1e3  # payoffs are fractions of a percent: of the size the method expects
    limit = {
        "type": "ineq",
        "fun": lambda y: unit * (talks.look(y)[0][1] - floor[1]),
        "jac": lambda y: unit * talks.look(y)[1][1],
    }
    end = minimize(
        lambda y: -unit * talks.look(y)[0][0], talks.start, jac=lambda y: -unit * talks.look(y)[1][0],
        method="SLSQP", bounds=list(zip(talks.low, talks.high, strict=True)), constraints=[limit],
        options={"maxiter": 60, "ftol": 1e-7},
    )  # fmt: skip
    return np.asarray(end.x)


def _tangent(talks: Talks, floor: np.ndarray, start: np.ndarray) -> np.ndarray | None:
    """Rates at which the second player is at its floor and the two players' slopes point against each other.

    None where there are none within the bounds near the start.
    """
    from scipy.optimize import root

    scale = talks.problem.scale

    def gaps(gross: np.ndarray) -> np.ndarray:
        values, (mine, yours) = talks.look((gross - 1.0) * scale)  # steps in proportion, and a tariff may be 0
        turn = (mine[0] * yours[1] - mine[1] * yours[0]) / (np.linalg.norm(mine) * np.linalg.norm(yours))
        return np.array([1e3 * (values[1] - floor[1]), turn])

    end = root(gaps, 1.0 + start / scale, method="hybr", options={"xtol": 1e-9, "maxfev": 60})
    found = (np.asarray(end.x) - 1.0) * scale
    mine, yours = talks.look(found)[1]
    inside = (found > talks.low).all() and (found < talks.high).all()
    good = np.abs(gaps(end.x)).max() < 1e-6 and inside and float(mine @ yours) < 0
    return found if good else None
