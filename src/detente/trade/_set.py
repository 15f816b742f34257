"""Many equilibria as one object: results with one more dimension."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente import model as kernels
from detente.errors import Problem, SolveError, UnknownName, unknown
from detente.trade._equilibrium import Equilibrium

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True, eq=False)
class EquilibriumSet:
    """Equilibria of many shocks (`scenario`) or of many elasticities (`draw`); failed members are NaN."""

    members: tuple[Equilibrium, ...]
    dimension: str = "scenario"

    @property
    def status(self) -> tuple[kernels.Status, ...]:
        """Status of each member."""
        return tuple(m.status for m in self.members)

    @property
    def solved(self) -> int:
        """How many members have an equilibrium."""
        return sum(m.solution.solved for m in self.members)

    def __len__(self) -> int:
        return len(self.members)

    def arrays(self, names: Sequence[str]) -> dict[str, np.ndarray]:
        """Some results without labels, members first; each member's other results are let go.

        Raises
        ------
        UnknownName, SolveError
            For a name that is no result, or when no member has an equilibrium.
        """
        known = (*Equilibrium.names(), *Equilibrium.beside)
        wrong = [unknown("result", n, known) for n in names if n not in known]
        if wrong:
            raise UnknownName(wrong)
        rows = [{n: r[n] for n in names} if (r := _results(m)) else None for m in self.members]
        good = next((r for r in rows if r is not None), None)
        if good is None:
            raise SolveError("no member of the batch has an equilibrium; look at .status for each")
        apart = [n for n in names if len({r[n].shape for r in rows if r is not None}) > 1]
        if apart:
            what = f"{', '.join(apart)}: members have different numbers of ceilings, so there is no one table"
            raise UnknownName([Problem("result", what, "Read it from each of .members.")])
        none = {n: np.full(good[n].shape, np.nan) for n in names}
        return {n: np.stack([(r or none)[n] for r in rows]) for n in names}

    def __getitem__(self, name: str) -> xr.DataArray:
        import xarray as xr

        values = self.arrays([name])[name]
        sample = next(m for m in self.members if m.solution.solved)[name]
        attrs = {k: v for k, v in sample.attrs.items() if k not in ("status", "residual")}
        coords = {self.dimension: self._labels(), **{d: sample[d].to_numpy() for d in sample.dims}}
        return xr.DataArray(values, coords=coords, dims=(self.dimension, *sample.dims), name=name, attrs=attrs)

    def _labels(self) -> list[Any]:
        labels = [m.shock.label or str(k) for k, m in enumerate(self.members)]
        return labels if len(set(labels)) == len(labels) else list(range(len(labels)))

    @property
    def note(self) -> str:
        """What to know before an interval over draws is read; empty where nothing is."""
        from detente.trade._draws import beyond_studies

        if self.dimension != "draw" or not self.members:
            return ""
        model = self.members[0].model
        return beyond_studies(
            model.world, np.array([m.model.theta for m in self.members]), model.closure.theta is not None
        )

    def interval(self, name: str, level: float = 0.9) -> xr.Dataset:
        """Median and the central interval of a result over the members that have an equilibrium.

        Returns
        -------
        `low`, `median`, `high`; attributes say the level and how many members were used.
        """
        import xarray as xr

        values = self[name]
        tail = (1.0 - level) / 2.0
        found = values.quantile([tail, 0.5, 1.0 - tail], dim=self.dimension, skipna=True)
        parts = dict(zip(("low", "median", "high"), (found.isel(quantile=k, drop=True) for k in range(3)), strict=True))
        attrs = {
            **values.attrs,
            "level": level,
            "members": self.solved,
            "failed": len(self) - self.solved,
            "note": self.note,
        }
        return xr.Dataset(parts, attrs=attrs)

    def to_frame(self, name: str, level: float = 0.9) -> pd.DataFrame:
        """A result as a tidy frame with its interval: the result's dimensions, then `low`, `median`, `high`."""
        return self.interval(name, level).to_dataframe().reset_index()

    def summary_intervals(
        self, between: Sequence[str] = ("USA", "CHN"), level: float = 0.9
    ) -> dict[str, dict[str, list[float]]]:
        """Low, median and high of the numbers of an `Impact`, under its own keys.

        One pass over the members; sectors and parts are left out. Empty when no member has an equilibrium.

        Returns
        -------
        `real_income_percent`, `gdp_percent`, `price_index_percent` by economy and `exports_percent` by flow.
        """
        from detente.trade._impact import summarise

        made = [summarise(m, between=between, parts=False) for m in self.members if m.solution.solved]
        names = ("real_income_percent", "gdp_percent", "price_index_percent", "exports_percent")
        tail = 100.0 * (1.0 - level) / 2.0
        out: dict[str, dict[str, list[float]]] = {}
        for name in names if made else ():
            rows = [getattr(i, name) for i in made]
            out[name] = {
                key: [float(x) for x in np.percentile([row[key] for row in rows], [tail, 50.0, 100.0 - tail])]
                for key in rows[0]
            }
        return out

    def __repr__(self) -> str:
        return f"<EquilibriumSet: {len(self)} by {self.dimension}, {self.solved} solved>"


def _results(member: Equilibrium) -> dict[str, np.ndarray] | None:
    return member.results() if member.solution.solved else None
