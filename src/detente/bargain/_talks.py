"""The search behind a bargain: payoffs and exact slopes of all players at once, handed to SciPy.

Bounds on gains go through SLSQP, the product of gains through L-BFGS-B.

Kraft (1988), "A software package for sequential quadratic programming", DFVLR-FB 88-28, as in SciPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.trade import TariffProblem

_UNIT = 100.0
"""Payoffs are percent; the search works with fractions, so that slopes and variables are of one size."""


class Talks:
    """All players' settings as one vector, scaled; payoffs and slopes are remembered for the last point."""

    def __init__(self, problem: TariffProblem, seeds: list[dict[str, Any]], bounds: Any, max_solves: int) -> None:
        self.problem, self.seeds, self.most = problem, seeds, max_solves
        self.low, self.high = bounds[0] * problem.scale, bounds[1] * problem.scale
        self.start = np.clip(problem.current * problem.scale, self.low, self.high)
        self._at: bytes = b""
        self._found: tuple[np.ndarray, np.ndarray] = (np.zeros(0), np.zeros((0, 0)))

    def look(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Payoffs (fractions, one a player) and their slopes (player, variable) at scaled tariffs."""
        if y.tobytes() != self._at:
            tariffs = y / self.problem.scale
            solution = self.problem.solve(tariffs)
            count = len(self.seeds)
            values, slopes = np.full(count, -1.0), np.zeros((count, y.size))
            if solution.solved:
                for k, seed in enumerate(self.seeds):
                    value, slope = self.problem.gradient(tariffs, solution, seed)
                    values[k], slopes[k] = value / _UNIT, slope / self.problem.scale / _UNIT
            self._at, self._found = y.tobytes(), (values, slopes)
        return self._found

    def best_for(self, player: int, threat: np.ndarray) -> float:
        """The most one player gets while no other falls below its threat point, percent."""
        others = [k for k in range(len(self.seeds)) if k != player]
        floor = threat / _UNIT
        limits = [
            {
                "type": "ineq",
                "fun": lambda y, k=k: self.look(y)[0][k] - floor[k],
                "jac": lambda y, k=k: self.look(y)[1][k],
            }
            for k in others
        ]
        end = self._minimise(lambda y: -self.look(y)[0][player], lambda y: -self.look(y)[1][player], self.start, limits)
        return float(self.look(end.x)[0][player] * _UNIT)

    def proportional(self, threat: np.ndarray, gaps: np.ndarray) -> tuple[np.ndarray, bool]:
        """Tariffs with the largest `s` such that every gain is at least `s` times its player's gap."""
        floor, gap = threat / _UNIT, gaps / gaps.max()
        begin = np.append(self.start, np.min((self.look(self.start)[0] - floor) / gap))
        limits = [
            {
                "type": "ineq",
                "fun": lambda x, k=k: self.look(x[:-1])[0][k] - floor[k] - x[-1] * gap[k],
                "jac": lambda x, k=k: np.append(self.look(x[:-1])[1][k], -gap[k]),
            }
            for k in range(len(self.seeds))
        ]
        up = np.append(np.zeros(self.start.size), -1.0)
        end = self._minimise(lambda x: -x[-1], lambda x: up, begin, limits, free=1)
        return end.x[:-1] / self.problem.scale, bool(end.success)

    def nash(self, threat: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, bool]:
        """Tariffs that maximise the weighted product of gains, from a point where all gain."""
        first, _ = self.proportional(threat, np.ones(len(alpha)))
        floor, y0 = threat / _UNIT, first * self.problem.scale
        size = self.look(y0)[0] - floor
        if not (size > 0).all():
            return first, True

        def cost(y: np.ndarray) -> float:
            gain = (self.look(y)[0] - floor) / size
            return float(-(alpha * np.log(np.maximum(gain, 1e-12))).sum())

        def slope(y: np.ndarray) -> np.ndarray:
            gain = np.maximum(self.look(y)[0] - floor, 1e-12 * size)
            down: np.ndarray = -((alpha / gain)[:, None] * self.look(y)[1]).sum(axis=0)
            return down

        from scipy.optimize import minimize

        bounds = list(zip(self.low, self.high, strict=True))
        options = {"maxfun": self.most, "ftol": 1e-11, "gtol": 1e-6, "maxcor": 30}
        end = minimize(cost, y0, jac=slope, method="L-BFGS-B", bounds=bounds, options=options)
        return end.x / self.problem.scale, bool(end.success)

    def _minimise(self, cost: Any, slope: Any, begin: np.ndarray, limits: list[Any], free: int = 0) -> Any:
        from scipy.optimize import minimize

        bounds = [*zip(self.low, self.high, strict=True), *[(None, None)] * free]
        options = {"maxiter": self.most, "ftol": 1e-9}
        return minimize(cost, begin, jac=slope, method="SLSQP", bounds=bounds, constraints=limits, options=options)
