"""A model at tariffs, export taxes and export ceilings given as one vector."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detente import model as kernels
from detente.trade._ceilings import Ceiling
from detente.trade._instruments import KINDS
from detente.trade._model import TradeModel
from detente.trade._policy import BOUNDS, Instruments, TariffProblem
from detente.trade._shock import Shock

CEILING_BOUNDS: tuple[float, float] = (0.01, 2.0)
"""Limits searched, over baseline quantities: from next to a ban to more than anybody sells."""
SLACK = 1e-9
"""Log premium below which a ceiling does not bind."""
_NO_LIMIT = 1e6


class PolicyProblem(TariffProblem):
    """Solves and differentiates a model at a vector of settings.

    A tariff and an export tax are their own variables. A limit L stands in the vector as
    `x = L ** (-1 / (1 + theta)) - 1`, near the premium that would bring it about: variables are then of one size.
    """

    def __init__(self, model: TradeModel, instruments: Sequence[Instruments], start: Shock | None = None) -> None:
        super().__init__(model, instruments, start)
        kinds = [k for i in instruments for k in i.kinds or ("tariffs",) * i.count]
        rents = [r for i in instruments for r in i.rents or ("exporter",) * i.count]
        self.kind = {k: np.array([mine == k for mine in kinds], dtype=bool) for k in KINDS}
        self.on = {k: found[self.variable] for k, found in self.kind.items()}
        self.home = np.where(self.on["tariffs"], self.cells[:, 1], self.cells[:, 2])
        self.shock = self._with_slots(start or Shock(), rents)
        self.base = self.shock.arrays(model.world)
        weight = np.bincount(self.variable, minlength=self.size)
        self.answer = 1.0 + np.bincount(self.variable, model.theta[self.cells[:, 0]], self.size) / weight
        """Fall of log quantity for a rise of log price, near enough, of each variable."""
        self.current = self._current()

    def _with_slots(self, start: Shock, rents: list[str]) -> Shock:
        """The start with a ceiling for each capped flow, the last ones of all, and export taxes if some are set."""
        world, on = self.model.world, self.on["export_ceilings"]
        slots = [
            Ceiling(world.economies[i], world.economies[n], [world.sectors[j]], 1.0, rents[v], together=False)
            for (j, n, i), v in zip(self.cells[on], self.variable[on], strict=True)
        ]
        taxes = 0.0 if start.export_taxes is None and self.on["export_taxes"].any() else start.export_taxes
        return dataclasses.replace(start, export_taxes=taxes, export_ceilings=(*start.export_ceilings, *slots))

    @property
    def slots(self) -> slice:
        """Where the limits of this problem's flows stand among all ceilings of the shock."""
        count = int(self.on["export_ceilings"].sum())
        total = 0 if self.base.ceilings is None else int(self.base.ceilings.limit.shape[0])
        return slice(total - count, total)

    def _current(self) -> np.ndarray:
        """Rates as they are at the start; limits that just do not bind there."""
        m = self.model
        flow = self.flows(np.asarray(m.baseline.share) * np.asarray(m.baseline.spending).T[:, :, None])
        weight = np.bincount(self.variable, flow, self.size)
        rate = np.where(self.on["tariffs"], self.flows(np.asarray(self.base.tariff)), 0.0)
        if self.base.export_tax is not None:
            rate = np.where(self.on["export_taxes"], self.flows(np.asarray(self.base.export_tax)), rate)
        average: np.ndarray = np.bincount(self.variable, flow * rate, self.size) / weight
        capped = self.kind["export_ceilings"]
        if not capped.any():
            return average
        free = np.where(capped, self.limits_to_settings(np.full(self.size, _NO_LIMIT)), average)
        solution = self.solve(free)
        self.state = None
        sold = self.quantities(free, solution) if solution.solved else np.ones(len(flow))
        sold = np.bincount(self.variable, flow * sold, self.size) / weight
        out: np.ndarray = np.where(capped, self.limits_to_settings(sold), average)
        return out

    def quantities(self, values: np.ndarray, solution: kernels.Solution) -> np.ndarray:
        """(flow,) what arrives at an equilibrium, over its baseline."""
        m = self.model
        found = kernels.outcomes(m.baseline, m.parameters, self.arrays(values), solution.state)
        return 1.0 + self.flows(np.asarray(found["trade_quantity_percent"])) / 100.0

    def limits_to_settings(self, limits: np.ndarray) -> np.ndarray:
        """Limits over baseline quantities as variables of the search."""
        out: np.ndarray = limits ** (-1.0 / self.answer) - 1.0
        return out

    def settings_to_limits(self, values: np.ndarray) -> np.ndarray:
        """The way back; only the entries of ceilings mean anything."""
        out: np.ndarray = (1.0 + values) ** -self.answer
        return out

    def arrays(self, tariffs: np.ndarray) -> kernels.ShockArrays:
        """The shock at a vector of settings."""
        import jax.numpy as jnp

        rate, out = tariffs[self.variable], self.base
        for kind, name in (("tariffs", "tariff"), ("export_taxes", "export_tax")):
            on = self.on[kind]
            if on.any():
                cube = np.array(getattr(out, name))
                cube[tuple(self.cells[on].T)] = rate[on]
                changed: dict[str, Any] = {name: jnp.asarray(cube)}
                out = out._replace(**changed)
        on = self.on["export_ceilings"]
        if on.any():
            assert out.ceilings is not None
            limit = np.array(out.ceilings.limit)
            limit[self.slots] = self.settings_to_limits(tariffs)[self.variable[on]]
            out = out._replace(ceilings=out.ceilings._replace(limit=jnp.asarray(limit)))
        return out

    def by_variable(self, values: np.ndarray, tariff: Any, export_tax: Any, limit: Any) -> np.ndarray:
        """Derivatives in each flow's rate and each limit, as derivatives in the variables."""
        flow = np.where(self.on["tariffs"], self.flows(np.asarray(tariff)), 0.0)
        if self.on["export_taxes"].any():
            flow = np.where(self.on["export_taxes"], self.flows(np.asarray(export_tax)), flow)
        on = self.on["export_ceilings"]
        if on.any():
            turn = -self.answer * self.settings_to_limits(values) / (1.0 + values)
            flow[on] = np.asarray(limit)[self.slots] * turn[self.variable[on]]
        return np.bincount(self.variable, flow, self.size)

    def premia(self, solution: kernels.Solution) -> np.ndarray:
        """(flow,) log premium of each capped flow, 0 elsewhere."""
        out = np.zeros(len(self.cells))
        out[self.on["export_ceilings"]] = np.asarray(solution.state.premium)[self.slots]
        return out

    def range(self, bounds: Any) -> Any:
        """Ends of the search for each variable, from ends by kind; two numbers hold for all rates."""
        given = dict(bounds) if isinstance(bounds, Mapping) else dict.fromkeys(KINDS[:2], bounds)
        ends = {k: given.get(k, CEILING_BOUNDS if k == "export_ceilings" else BOUNDS) for k in KINDS}
        low, high = (
            sum(np.where(on, ends[k][end], 0.0) for k, on in self.kind.items()) + np.zeros(self.size) for end in (0, 1)
        )
        capped = self.kind["export_ceilings"]
        lowest, highest = (self.limits_to_settings(np.where(capped, end, 1.0)) for end in (high, low))
        return np.where(capped, lowest, low), np.where(capped, highest, high)

    def settings(self, values: np.ndarray, solution: kernels.Solution) -> np.ndarray:
        """Rates, and limits no higher than what is sold: a slack one says how much that is."""
        out = np.array(values)
        if self.on["export_ceilings"].any() and solution.solved:
            sold = np.zeros(self.size)
            np.maximum.at(sold, self.variable, self.quantities(values, solution))
            capped = self.kind["export_ceilings"]
            out[capped] = np.minimum(self.settings_to_limits(values), sold)[capped]
        return out

    def as_shock(self, values: np.ndarray, label: str) -> Shock:
        """The shock by name, its ceilings as `Ceiling`s."""
        arrays, on = self.arrays(values), self.on["export_ceilings"]
        limits = self.settings_to_limits(values)[self.variable[on]]
        ceilings = list(self.shock.export_ceilings)
        first = len(ceilings) - int(on.sum())
        capped = [dataclasses.replace(c, value=float(v)) for c, v in zip(ceilings[first:], limits, strict=True)]
        taxes = None if arrays.export_tax is None else np.asarray(arrays.export_tax)
        return dataclasses.replace(
            self.shock, tariffs=np.asarray(arrays.tariff), export_taxes=taxes, label=label,
            export_ceilings=(*ceilings[:first], *capped),
        )  # fmt: skip
