"""What a player's instruments are set to, read by kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from detente import model as kernels
from detente.trade._instruments import KINDS, WORDS
from detente.trade._policy import Instruments, TariffProblem


@dataclass(frozen=True, eq=False)
class Settings:
    """Rates and limits of one player, beside the instruments they are settings of.

    Attributes
    ----------
    values
        (variable,) tariffs and export taxes as fractions; limits over baseline quantities.
    premia
        (variable,) highest scarcity premium under each ceiling, fraction; 0 where it is slack and for rates.
    weight
        (flow,) baseline trade, to average by.
    """

    instruments: Instruments
    values: np.ndarray
    premia: np.ndarray
    weight: np.ndarray

    @classmethod
    def of_player(
        cls, problem: TariffProblem, tools: Instruments, part: slice, values: np.ndarray, solution: kernels.Solution
    ) -> Settings:
        """Settings of one player's part of a problem."""
        premia = np.zeros(problem.size)
        if solution.solved:
            np.maximum.at(premia, problem.variable, np.expm1(problem.premia(solution)))
        found = np.asarray(problem.settings(values, solution), dtype=float)
        return cls(tools, found[part], premia[part], problem.model.world.trade[tuple(tools.cells.T)])

    def of(self, kind: str) -> np.ndarray:
        """Settings of one kind of instrument."""
        found: np.ndarray = self.values[self.instruments.of(kind)]
        return found

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds that are set."""
        return tuple(k for k in KINDS if self.instruments.of(k).any())

    def table(self, kind: str = "tariffs") -> list[dict[str, Any]]:
        """One row for each variable of a kind.

        `sector, exporter, tariff`; `sector, importer, export_tax`; or `sector, importer, limit, premium_percent`.
        """
        side = "exporter" if kind == "tariffs" else "importer"
        rows = []
        for v in np.flatnonzero(self.instruments.of(kind)):
            sector, partner = self.instruments.names[v]
            row = {"sector": sector, side: partner, WORDS[kind]: float(self.values[v])}
            if kind == "export_ceilings":
                row["premium_percent"] = 100.0 * float(self.premia[v])
            rows.append(row)
        return rows

    def average(self, kind: str = "tariffs") -> float:
        """Settings of a kind, weighted by baseline trade; NaN when it is not set."""
        on = self.instruments.of(kind)[self.instruments.variable]
        if not on.any():
            return float("nan")
        weight = self.weight[on]
        return float((weight * self.values[self.instruments.variable[on]]).sum() / weight.sum())

    def in_words(self) -> str:
        """How many of each kind, and their averages."""
        words = {"tariffs": "tariffs", "export_taxes": "export taxes", "export_ceilings": "export ceilings"}
        parts = [f"{int(self.instruments.of(k).sum())} {words[k]}, average {self.average(k):.3f}" for k in self.kinds]
        return "; ".join(parts)

    def answer(self) -> dict[str, Any]:
        """Tables and averages by kind, as records."""
        out: dict[str, Any] = {kind: self.table(kind) for kind in self.kinds}
        out["averages"] = {kind: self.average(kind) for kind in self.kinds}
        if self.instruments.held:
            out["held"] = list(self.instruments.held)
        return out
