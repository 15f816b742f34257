"""One-sector structural gravity from estimated trade costs, as gegravity and Stata's ge_gravity users know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente import model as kernels
from detente.errors import Problem, ShockError, SolveError, UnknownName, unknown

if TYPE_CHECKING:
    import xarray as xr

_UNITS = {"trade_percent": "percent", "trade_baseline": "money of the data", "trade": "money of the data"}


@dataclass(frozen=True, eq=False)
class GravityResult:
    """A gravity experiment: changes by economy and trade by pair, with the status and residual of both solves."""

    economies: tuple[str, ...]
    status: kernels.Status
    residual: float
    steps: int
    factory_price_percent: np.ndarray
    real_gdp_percent: np.ndarray
    price_index_percent: np.ndarray
    welfare_statistic: np.ndarray
    trade_baseline: np.ndarray
    trade: np.ndarray

    def __getitem__(self, name: str) -> xr.DataArray:
        import xarray as xr

        if name == "trade_percent":
            values = 100.0 * (self.trade / self.trade_baseline - 1.0)
        elif name in ("trade", "trade_baseline") or name.endswith("_percent") or name == "welfare_statistic":
            values = getattr(self, name)
        else:
            raise UnknownName([unknown("result", name, [*_UNITS, "factory_price_percent", "real_gdp_percent",
                                                         "price_index_percent", "welfare_statistic"])])  # fmt: skip
        dims = ("importer", "exporter") if values.ndim == 2 else ("economy",)
        units = _UNITS.get(name, "percent" if name.endswith("percent") else "ratio")
        return xr.DataArray(
            values, coords={d: list(self.economies) for d in dims}, dims=dims, name=name, attrs={"units": units}
        )


def gravity(
    costs_before: Any,
    costs_after: Any,
    output: Any,
    spending: Any,
    sigma: float,
    reference: str,
    economies: Sequence[str],
) -> GravityResult:
    r"""What a change of trade costs does in one-sector structural gravity, closure `gegravity`.

    The reference importer's price index is fixed and its equation dropped; output and expenditure shares in the
    resistances stay at the baseline. Then $\hat p_i = (\Pi'_i/\Pi_i)^{-1}$ in shares, output $Y'_i = \hat p_i Y_i$,
    spending $E'_i = (E_i/Y_i)\,Y'_i$, real GDP $Y/P$. This follows gegravity 0.3 (Herman), which the replication
    compares with; `TradeModel` is the model with all feedbacks.

    Parameters
    ----------
    costs_before, costs_after
        (exporter, importer) trade costs to the power `1 - sigma`, as `exp(X beta)` of a gravity estimate gives.
    output, spending
        (economy,) money: total sales and total purchases, home sales in both.
    sigma
        Elasticity of substitution, above one.
    reference
        Importer whose price index is fixed.
    economies
        Names, in the order of the arrays.

    Raises
    ------
    UnknownName, ShockError
        On an unknown reference or arrays that do not fit.
    SolveError
        If the resistances are not found.
    """
    before, after, y, e = (np.asarray(a, dtype=float) for a in (costs_before, costs_after, output, spending))
    _check(before, after, y, e, sigma, reference, economies)
    pin = np.array([float(name == reference) for name in economies])
    solved = [kernels.resistances(c, y / y.sum(), e / e.sum(), pin) for c in (before, after)]
    residual = max(float(gap) for _, gap, _ in solved)
    if not residual <= 1e-10:
        raise SolveError(f"the multilateral resistances stopped at a gap of {residual:.1e}")
    (old, new) = (r for r, _, _ in solved)
    price = np.exp((np.asarray(new.outward) - np.asarray(old.outward)) / (1.0 - sigma))
    index = np.exp((np.asarray(new.inward) - np.asarray(old.inward)) / (sigma - 1.0))
    real = price / index
    y2, e2 = price * y, price * e
    flows = [
        (c * np.outer(ys / ys.sum() * np.exp(r.outward), es * np.exp(r.inward))).T
        for c, ys, es, r in ((before, y, e, old), (after, y2, e2, new))
    ]
    return GravityResult(
        tuple(economies), kernels.Status.solved, residual, max(int(s) for _, _, s in solved), 100.0 * (price - 1.0),
        100.0 * (real - 1.0), 100.0 * (index - 1.0), 1.0 / real, flows[0], flows[1],
    )  # fmt: skip


def _check(
    before: np.ndarray, after: np.ndarray, y: np.ndarray, e: np.ndarray, sigma: float, reference: str,
    economies: Sequence[str],
) -> None:  # fmt: skip
    if reference not in economies:
        raise UnknownName([unknown("economy", reference, economies, "reference")])
    n = len(economies)
    problems = [
        Problem(name, f"shape {a.shape} where {shape} is wanted")
        for name, a, shape in (
            ("costs_before", before, (n, n)), ("costs_after", after, (n, n)), ("output", y, (n,)), ("spending", e, (n,))
        )
        if a.shape != shape
    ]  # fmt: skip
    if not problems:
        problems += [
            Problem(name, "must be finite numbers above 0")
            for name, a in (("costs_before", before), ("costs_after", after), ("output", y), ("spending", e))
            if not (np.isfinite(a).all() and (a > 0).all())
        ]
    if not sigma > 1:
        problems.append(Problem("sigma", f"{sigma} is not above 1"))
    if problems:
        raise ShockError(problems)
