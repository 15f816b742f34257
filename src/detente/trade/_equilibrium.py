"""`Equilibrium`: a solve and its results, labelled, with its status and residual beside them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from detente import model as kernels
from detente.errors import SolveError, UnknownName, unknown
from detente.nomenclature import is_services
from detente.trade._shock import Shock
from detente.vocabulary import words

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from detente.trade._model import TradeModel

MONEY = (
    "trade",
    "trade_baseline",
    "trade_receipts",
    "output",
    "tariff_revenue",
    "export_revenue",
    "spending",
    "income",
    "final_spending",
)


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """One solved shock. `eq["real_income_percent"]` is an xarray.DataArray with units.

    A solve that failed has a status, a residual and a remedy, and no results: reading one raises.
    """

    model: TradeModel
    shock: Shock
    arrays: kernels.ShockArrays
    solution: kernels.Solution

    by_economy: ClassVar[tuple[str, ...]] = (
        "real_income_percent", "gdp_percent", "real_wage_percent", "price_index_percent", "price_index", "wage",
        "tariff_revenue", "export_revenue", "income", "final_spending",
    )  # fmt: skip
    by_sector: ClassVar[tuple[str, ...]] = (
        "price_percent",
        "producer_price_percent",
        "output",
        "output_quantity_percent",
        "factor_use_percent",
        "sector_income_percent",
        "spending",
    )
    by_flow: ClassVar[tuple[str, ...]] = (
        "trade",
        "trade_baseline",
        "trade_percent",
        "trade_quantity_percent",
        "trade_receipts",
    )
    by_pair: ClassVar[tuple[str, ...]] = ("goods_trade_percent",)
    beside: ClassVar[tuple[str, ...]] = ("premium_percent",)
    """Results read by name that are not in every table: the premium of each limit, where the shock has any."""

    @property
    def status(self) -> kernels.Status:
        """How the solve ended."""
        return self.solution.status

    @property
    def residual(self) -> float:
        """Largest gap of any log price, value added or spending."""
        return self.solution.residual

    @property
    def steps(self) -> int:
        """Passes of the model taken."""
        return self.solution.steps

    def require(self) -> Equilibrium:
        """Itself, if solved.

        Raises
        ------
        SolveError
            Otherwise, with the remedy.
        """
        if not self.solution.solved:
            raise SolveError(
                f"{self.status.value}: no equilibrium (residual {self.residual:.1e} after {self.steps} steps). "
                f"{self.status.remedy}"
            )
        return self

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Names of all results that every equilibrium has; `beside` names one more."""
        return (*cls.by_economy, *cls.by_sector, *cls.by_flow, *cls.by_pair)

    @functools.cached_property
    def _raw(self) -> dict[str, np.ndarray]:
        return self.results()

    def results(self) -> dict[str, np.ndarray]:
        """Every result by name, made anew: a batch reads some and lets the rest go.

        Raises
        ------
        SolveError
            If the solve failed.
        """
        self.require()
        m = self.model
        found = kernels.outcomes(m.baseline, m.parameters, self.arrays, self.solution.state)
        out = {k: np.asarray(v) for k, v in found.items()}
        b = m.baseline
        old = np.asarray(b.share) * np.asarray(b.spending).T[:, :, None] / (1.0 + np.asarray(b.tariff))
        out["trade_baseline"] = old
        out["trade_percent"] = _percent(out["trade"], old)
        goods = np.array([not is_services(s) for s in m.world.sectors])
        out["goods_trade_percent"] = _percent(out["trade"][goods].sum(axis=0), old[goods].sum(axis=0))
        out["price_index"] = 1.0 + out["price_index_percent"] / 100.0
        for name in MONEY:
            out[name] = out[name] * m.scale
        for name in self.by_sector:
            out[name] = out[name].T
        return out

    def array(self, name: str) -> np.ndarray:
        """A result without labels; axes as in `eq[name]`.

        Raises
        ------
        UnknownName
            If there is no such result.
        SolveError
            If the solve failed.
        """
        if name not in (known := (*self.names(), *self.beside)):
            raise UnknownName([unknown("result", name, known)])
        return self._raw[name]

    def dims(self, name: str) -> tuple[str, ...]:
        """Dimensions of a result."""
        if name in self.by_economy:
            return ("economy",)
        if name in self.by_sector:
            return ("sector", "economy")
        if name == "premium_percent":
            return ("ceiling",)
        return ("importer", "exporter") if name in self.by_pair else ("sector", "importer", "exporter")

    def __getitem__(self, name: str) -> xr.DataArray:
        word = words().get(name)
        return self.label(
            self.array(name), self.dims(name), word.meaning if word else name, self.unit(self.model, name), name
        )

    def label(
        self, values: np.ndarray, dims: tuple[str, ...], long_name: str, units: str, name: str | None = None
    ) -> xr.DataArray:
        """Values as an xarray.DataArray on this world's axes."""
        import xarray as xr

        world = self.model.world
        axes = {"sector": list(world.sectors), "ceiling": list(range(len(values)))}
        coords = {d: axes.get(d, list(world.economies)) for d in dims}
        attrs = {
            "units": units, "long_name": long_name, "source": f"model result, {self.model!r}",
            "status": self.status.value, "residual": self.residual,
        }  # fmt: skip
        return xr.DataArray(values, coords=coords, dims=dims, name=name, attrs=attrs)

    @staticmethod
    def unit(model: TradeModel, name: str) -> str:
        """Unit of a result, from the vocabulary; money carries the world's unit."""
        if name in MONEY:
            return model.world.unit
        word = words().get(name)
        return word.unit if word else "percent"

    @staticmethod
    def money_scale(model: TradeModel, name: str) -> float:
        """What one unit of the kernels' money is in the world's unit; 1 for anything that is not money."""
        return model.scale if name in MONEY else 1.0

    @property
    def premium_percent(self) -> np.ndarray:
        """Scarcity premium of each limit of the shock's ceilings, in their order (one a sector, or one a flow)."""
        return self._raw["premium_percent"]

    def to_dataset(self) -> xr.Dataset:
        """Every result as one xarray.Dataset."""
        import xarray as xr

        attrs = {"status": self.status.value, "residual": self.residual, "steps": self.steps, "shock": self.shock.label}
        names = [*self.names(), *(() if self.arrays.ceilings is None else ("premium_percent",))]
        return xr.Dataset({n: self[n] for n in names}, attrs=attrs)

    def to_frame(self, name: str) -> pd.DataFrame:
        """A result as a tidy frame: one value column named like the result."""
        return self[name].to_dataframe().reset_index()

    def decomposition(self, intervals: int = 8) -> dict[str, np.ndarray]:
        """Parts of `real_income_percent`, percent, each (economy,): see `detente.model.decompose`."""
        self.require()
        m = self.model
        return kernels.decompose(
            m.baseline, m.parameters, self.arrays, self.solution, intervals=intervals, options=m.options
        )

    def doctor(self, count: int = 5) -> dict[str, Any]:
        """Worst residuals by economy and sector, and what in the shock is extreme: see `detente.trade.diagnose`."""
        from detente.trade._doctor import diagnose

        return diagnose(self, count)

    def __repr__(self) -> str:
        text = f"<Equilibrium {self.shock.label or 'of a shock'}: {self.status.value} in {self.steps} steps"
        text += f", residual {self.residual:.0e}"
        if self.solution.solved:
            text += "; " + ", ".join(self.names()[:4]) + ", ..."
        return text + ">"

    def _repr_html_(self) -> str:
        if not self.solution.solved:
            return f"<p><b>{self.status.value}</b>: {self.status.remedy}</p>"
        return self.to_frame("real_income_percent").set_index("economy").T.to_html(float_format="{:.3f}".format)


def _percent(new: np.ndarray, old: np.ndarray) -> np.ndarray:
    """Change in percent; 0 where nothing was traded and nothing is."""
    return np.where(old > 0, 100.0 * (new / np.where(old > 0, old, 1.0) - 1.0), 0.0)
