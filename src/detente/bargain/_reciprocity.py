"""Reciprocal cuts: tariffs fall together so that each player adds as much to its imports as to its exports.

Value is counted at the prices of the starting point. With two players this leaves the terms of trade where they
were (Bagwell and Staiger 1999, AER 89(1), section III).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.trade import Instruments, TariffProblem

_STEP, _FURTHEST = 0.1, 1.6
"""Stride of the walk and its end, as the part of the average starting tariff that is cut."""


class Reciprocity:
    """The path of reciprocal cuts from a starting point, one rate a player."""

    def __init__(
        self, problem: TariffProblem, tools: Sequence[Instruments], seeds: Sequence[dict[str, Any]], start: np.ndarray
    ) -> None:
        self.problem, self.seeds, self.start = problem, seeds, start
        economies = len(problem.model.world.economies)
        self.side = np.zeros((len(tools), economies), dtype=bool)
        for k, seed in enumerate(seeds):
            self.side[k] = np.asarray(seed["real_income_percent"]) > 0
        self.value, self.quantity = self._flows(start)
        cells = [tuple(t.cells.T) for t in tools]
        self.weight = np.array([self.value[at].sum() for at in cells])
        self.weight = self.weight / self.weight.sum()
        self.total = sum(float(self.value[:, r][:, :, c].sum()) for r, c in self._between())

    def _between(self) -> list[tuple[np.ndarray, np.ndarray]]:
        rows = self.side
        return [(rows[a], rows[b]) for a in range(len(rows)) for b in range(len(rows)) if a != b]

    def _flows(self, rates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Border value and quantity (at baseline prices) of every flow; NaN without an equilibrium."""
        from detente.model import outcomes

        m, solution = self.problem.model, self.problem.solve(rates)
        if not solution.solved:
            nothing = np.full(np.asarray(m.baseline.tariff).shape, np.nan)
            return nothing, nothing
        found = outcomes(m.baseline, m.parameters, self.problem.arrays(rates), solution.state)
        base = np.asarray(m.baseline.share) * np.asarray(m.baseline.spending).T[:, :, None]
        base = base / (1.0 + np.asarray(m.baseline.tariff))
        return np.asarray(found["trade"]), base * (1.0 + np.asarray(found["trade_quantity_percent"]) / 100.0)

    def imbalance(self, rates: np.ndarray) -> np.ndarray:
        """(player,): imports added from the other players less exports added to them, share of all such trade."""
        _, quantity = self._flows(rates)
        ratio = np.where(self.quantity > 0, quantity / np.where(self.quantity > 0, self.quantity, 1.0), 1.0)
        added = (self.value * (ratio - 1.0)).sum(axis=0)  # (importer, exporter)
        by_player = self.side @ added @ self.side.T
        np.fill_diagonal(by_player, 0.0)
        return np.asarray((by_player.sum(axis=1) - by_player.sum(axis=0)) / self.total)

    def at(self, part: float, guess: np.ndarray) -> np.ndarray | None:
        """Rates with `part` of the average tariff cut and no imbalance; None where they are not found."""
        from scipy.optimize import root

        wanted = (1.0 - part) * float(self.weight @ self.start)

        def gap(gross: np.ndarray) -> np.ndarray:
            rates = gross - 1.0  # the search takes steps in proportion, and a tariff may be 0
            return np.append(self.imbalance(rates)[:-1], float(self.weight @ rates) - wanted)

        end = root(gap, 1.0 + guess, method="hybr", options={"xtol": 1e-11})
        return np.asarray(end.x) - 1.0 if np.abs(gap(end.x)).max() < 1e-8 else None

    def first_peak(self) -> tuple[np.ndarray, str]:
        """Where along the path the first player's payoff stops rising, and whether it was found."""
        walk: list[tuple[float, np.ndarray, np.ndarray]] = []
        guess = self.start
        for number in range(round(_FURTHEST / _STEP) + 1):
            part = number * _STEP
            rates = self.at(part, guess)
            if rates is None:
                return (walk[-1][1] if walk else self.start), "stopped_at_limit"
            walk.append((part, rates, self._payoffs(rates)))
            guess = 2 * rates - walk[-2][1] if len(walk) > 1 else rates
            if len(walk) > 1 and (walk[-1][2] < walk[-2][2]).any():
                break
        else:
            return walk[-1][1], "stopped_at_limit"
        ends = [self._peak(walk, int(k)) for k in np.flatnonzero(walk[-1][2] < walk[-2][2])]
        found = self.at(min(ends), walk[-2][1])
        return (walk[-2][1], "stopped_at_limit") if found is None else (found, "solved")

    def _payoffs(self, rates: np.ndarray) -> np.ndarray:
        return np.asarray(self.problem.values(rates, self.seeds))

    def _peak(self, walk: list[tuple[float, np.ndarray, np.ndarray]], player: int) -> float:
        """The part cut at which a player's payoff is highest."""
        from scipy.optimize import minimize_scalar

        low = walk[-3][0] if len(walk) > 2 else walk[0][0]
        near = walk[-2][1]

        def cost(part: float) -> float:
            rates = self.at(part, near)
            return float("inf") if rates is None else -float(self._payoffs(rates)[player])

        found = minimize_scalar(cost, bounds=(low, walk[-1][0]), method="bounded", options={"xatol": 1e-4})
        return float(found.x)

    def check(self, rates: np.ndarray) -> dict[str, float]:
        """Largest imbalance (percent of trade among players) and largest move of any player's terms of trade."""
        value, quantity = self._flows(rates)
        price = np.where(self.quantity > 0, value / np.where(quantity > 0, quantity, 1.0), 0.0)
        before = np.where(self.quantity > 0, self.value / np.where(self.quantity > 0, self.quantity, 1.0), 0.0)
        moves = []
        for mine in self.side:
            sold, bought = self.quantity[:, ~mine][:, :, mine], self.quantity[:, mine][:, :, ~mine]
            exports = (price[:, ~mine][:, :, mine] * sold).sum() / (before[:, ~mine][:, :, mine] * sold).sum()
            imports = (price[:, mine][:, :, ~mine] * bought).sum() / (before[:, mine][:, :, ~mine] * bought).sum()
            moves.append(abs(exports / imports - 1.0))
        return {
            "imbalance_percent": 100.0 * float(np.abs(self.imbalance(rates)).max()),
            "terms_of_trade_percent": 100.0 * float(max(moves)),
        }
