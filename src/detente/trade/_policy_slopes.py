"""First guesses and slopes of whatever players set, for the same search as tariffs alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detente import model as kernels
from detente.errors import UnknownName, unknown
from detente.trade._climb import Reading, Slopes, first_guess
from detente.trade._instruments import KINDS
from detente.trade._model import TradeModel
from detente.trade._policy import BOUNDS, Instruments, TariffProblem
from detente.trade._policy_problem import SLACK, PolicyProblem
from detente.trade._shock import Shock

_MOST = 3.0
"""Highest first guess."""
_FIRST = 1e-6
"""Part by which flows under one limit may differ, over their baselines, and count as held at once."""


def pose(model: TradeModel, tools: Sequence[Instruments], start: Shock | None = None) -> TariffProblem:
    """The problem of players with these instruments: the shorter one where all are tariffs."""
    only_tariffs = all(tool.of("tariffs").all() for tool in tools)
    return TariffProblem(model, tools, start) if only_tariffs else PolicyProblem(model, tools, start)


def slopes_of(problem: TariffProblem, seeds: Sequence[dict[str, Any]], players: Sequence[int]) -> Slopes:
    """The reader of slopes that a problem needs."""
    return (
        PolicySlopes(problem, seeds, players) if isinstance(problem, PolicyProblem) else Slopes(problem, seeds, players)
    )


def search_range(problem: TariffProblem, bounds: Any) -> Any:
    """Low and high ends of a problem's variables, from two numbers or from pairs by kind of instrument.

    Raises
    ------
    UnknownName
        On a kind that has no name here.
    """
    wrong = [k for k in bounds if k not in KINDS] if isinstance(bounds, Mapping) else []
    if wrong:
        raise UnknownName([unknown("instrument", str(k), KINDS, "bounds") for k in wrong])
    if isinstance(problem, PolicyProblem):
        return problem.range(bounds)
    return bounds.get("tariffs", BOUNDS) if isinstance(bounds, Mapping) else bounds


def guess_of(problem: TariffProblem, ends: Any) -> np.ndarray:
    """Where a search starts, within its ends."""
    return policy_guess(problem, *ends) if isinstance(problem, PolicyProblem) else first_guess(problem, ends)


def policy_guess(problem: PolicyProblem, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    r"""Where market power over each export would put its seller: a mark-up of $1/(\theta_j(1-\pi_{mij}))$.

    A seller that sets tariffs too starts with their common rate and takes it off its export taxes, as Lerner's
    symmetry has it: what tariffs do already, taxes need not. Limits start where such a mark-up would bring them.
    """
    m = problem.model
    sector, importer, exporter = problem.cells.T
    share = np.asarray(m.baseline.share)
    markup = np.minimum(1.0 / (m.theta[sector] * np.maximum(1.0 - problem.flows(share), 1e-6)), _MOST)
    common = first_guess(problem, (-0.5, _MOST))[problem.variable]
    by_economy = np.zeros(share.shape[1])
    tariff = problem.on["tariffs"]
    np.maximum.at(by_economy, importer[tariff], common[tariff])
    rate = np.where(tariff, common, (1.0 + markup) / (1.0 + by_economy[exporter]) - 1.0)
    flow = problem.flows(share * np.asarray(m.baseline.spending).T[:, :, None])
    guess = np.bincount(problem.variable, flow * rate, problem.size) / np.bincount(problem.variable, flow, problem.size)
    tighter = (1.0 + problem.current) * (1.0 + np.maximum(guess, 0.01)) - 1.0
    out: np.ndarray = np.clip(np.where(problem.kind["export_ceilings"], tighter, guess), low, high)
    return out


class PolicySlopes(Slopes):
    """Reads players' slopes in all they set; otherwise as `Slopes`."""

    problem: PolicyProblem

    @property
    def ceiling_owner(self) -> np.ndarray:
        """(ceiling,) whose each ceiling of the shock is: a player's number, or -1."""
        problem, ceilings = self.problem, self.problem.base.ceilings
        out = np.full(0 if ceilings is None else int(ceilings.limit.shape[0]), -1)
        out[problem.slots] = self.owner[problem.home[problem.on["export_ceilings"]]]
        return out

    def at(self, tariffs: np.ndarray) -> Reading | None:
        """The reading at a vector of settings; None where there is no equilibrium or no gradient."""
        solved = self.solved(tariffs)
        if solved is None:
            return None
        arrays, solution, found = solved
        problem, m = self.problem, self.problem.model
        abroad = kernels.own_policy_slopes(
            m.baseline, m.parameters, arrays, solution.state, self.seeds, found.adjoints, self.owner, self.ceiling_owner
        )
        slope = problem.by_variable(tariffs, found.tariff, abroad.export_tax, abroad.limit)
        drawn, slope = self._where_slack(tariffs, slope, solution, abroad.premium)
        return Reading(np.asarray(found.values), slope, self._curvature_at(drawn, arrays, solution), drawn)

    def _where_slack(
        self, values: np.ndarray, slope: np.ndarray, solution: kernels.Solution, by_premium: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        """Settings and slopes where limits under which nothing binds are drawn in to what is sold, if that would pay.

        Such a limit has no slope where it is; where it begins to bind it has that of a first premium. One that would
        not pay stays as loose as it is, clear of what other limits do to its flow.
        """
        problem, on = self.problem, self.problem.on["export_ceilings"]
        if not on.any():
            return values, slope
        variable, slack = problem.variable[on], problem.premia(solution)[on] <= SLACK
        idle = problem.kind["export_ceilings"] & (np.bincount(variable, ~slack, problem.size) == 0)
        flow, sold = problem.quantities(values, solution)[on], np.zeros(problem.size)
        np.maximum.at(sold, variable, flow)
        # of the flows under one limit, the first that it holds
        counts = slack & (flow >= (1.0 - _FIRST) * sold[variable])
        first = np.bincount(variable, np.where(counts, np.asarray(by_premium)[problem.slots], 0.0), problem.size)
        pays = idle & (first > 0)
        drawn = np.where(pays, problem.limits_to_settings(np.where(pays, sold, 1.0)), values)
        return drawn, np.where(idle, np.where(pays, first, 0.0) / (1.0 + drawn), slope)

    def _curvature_at(self, values: np.ndarray, arrays: Any, solution: kernels.Solution) -> np.ndarray:
        """Each variable's own curvature: what its flow brings the producer, times the fall of its quantity."""
        problem, m = self.problem, self.problem.model
        out = kernels.outcomes(m.baseline, m.parameters, arrays, solution.state)
        sector, importer, _ = problem.cells.T
        border, tariff = problem.flows(np.asarray(out["trade"])), problem.flows(np.asarray(arrays.tariff))
        tax = 0.0 if arrays.export_tax is None else problem.flows(np.asarray(arrays.export_tax))
        premium = np.exp(problem.premia(solution))
        share = border * (1.0 + tariff) / np.asarray(out["spending"])[importer, sector]
        answer = 1.0 + m.theta[sector] * (1.0 - share)
        setting, assumed = values[problem.variable], problem.answer[problem.variable]
        received = border / ((1.0 + tax) * premium)
        capped = received * assumed**2 / answer * premium / (1.0 + setting) ** 2
        by_flow = np.where(problem.on["tariffs"], border * answer / (1.0 + tariff), received * answer / (1.0 + tax))
        by_flow = np.where(problem.on["export_ceilings"], capped, by_flow)
        price = 1.0 + np.asarray(out["price_index_percent"])[problem.home] / 100.0
        found = np.bincount(problem.variable, self.weight / price * by_flow, problem.size)
        positive: np.ndarray = np.maximum(found, 1e-12 * found.max())
        return positive
