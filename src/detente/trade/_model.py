"""`TradeModel`: a world, elasticities and closures; solves shocks into equilibria."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from detente import model as kernels
from detente.errors import Problem, ShockError, SolveError, UnknownName, unknown
from detente.trade._closure import DEFICITS, Closure, horizon_closure
from detente.trade._draws import draw_elasticities, spread_between_studies
from detente.trade._equilibrium import Equilibrium
from detente.trade._set import EquilibriumSet
from detente.trade._shock import Shock
from detente.world import World, elasticity_set

if TYPE_CHECKING:
    import xarray as xr


class TradeModel:
    r"""Exact hat algebra with input-output links on a world's accounts.

    Unit cost, price, shares and market clearing as in Caliendo and Parro (2015, Review of Economic Studies
    82(1)), with CES nests and factor mobility by horizon; equations in docs/model.md.

    Parameters
    ----------
    world
        Accounts of the world economy.
    elasticities
        Trade elasticity theta: the name of a published set, one number, or an array (sector,).
        None takes the horizon's own; for the long run that is `fontagne-2022`.
    deficits
        `fixed`, `proportional` or `balanced`.
    horizon
        `short`, `medium`, `long`, or a `Closure`. Elasticities given by hand win over a horizon's theta.

    Examples
    --------
    No shock changes nothing:

    >>> world = World.load("g20-2019")
    >>> eq = TradeModel(world, elasticities=4.0).solve(Shock())
    >>> eq.status, bool(abs(eq.array("real_income_percent")).max() < 1e-8)
    (<Status.solved: 'solved'>, True)
    """

    def __init__(
        self,
        world: World,
        elasticities: str | float | Sequence[float] | np.ndarray | None = None,
        deficits: str = "fixed",
        horizon: str | Closure = "long",
        *,
        options: kernels.SolverOptions | None = None,
    ) -> None:
        if deficits not in DEFICITS:
            raise UnknownName([unknown("deficit closure", str(deficits), DEFICITS, "deficits")])
        self.world = world
        self.closure = horizon_closure(horizon)
        self.deficits = deficits
        self.options = options or kernels.SolverOptions()
        self.elasticities_name, self.theta = _theta(world, elasticities, self.closure)
        self.parameters = kernels.Parameters(
            *_float64(
                self.theta, self.closure.rho_v, self.closure.rho_m, self.closure.sigma_c, self.closure.immobility,
                float(deficits == "proportional"),
            )
        )  # fmt: skip
        self._baseline: kernels.Baseline | None = None
        self._accounts: kernels.Baseline | None = None
        self._purge: kernels.Solution | None = None

    @property
    def scale(self) -> float:
        """World value added in the world's money unit: one unit of the kernels' money."""
        return float(np.sum(self.world.value_added))

    @property
    def baseline(self) -> kernels.Baseline:
        """The accounts the model starts from; with `balanced`, after transfers are purged.

        Raises
        ------
        SolveError
            If no balanced baseline is found.
        """
        if self._baseline is None:
            if self.deficits == "balanced":
                baseline, solution = kernels.purge_deficits(self.accounts, self.parameters, self.options)
                if not solution.solved:
                    raise SolveError(f"no balanced baseline: {solution.status.name}. {solution.status.remedy}")
                self._baseline, self._purge = baseline, solution
            else:
                self._baseline = self.accounts
        return self._baseline

    @property
    def accounts(self) -> kernels.Baseline:
        """The world's accounts as they are, transfers in them."""
        if self._accounts is None:
            w = self.world
            self._accounts = kernels.baseline_from_accounts(
                w.trade, w.tariffs, w.value_added_shares, w.input_shares, w.final_shares, w.input_taxes
            )
        return self._accounts

    @property
    def purge(self) -> kernels.Solution:
        """With `balanced`: the equilibrium without transfers that made the baseline."""
        if self.baseline is None or self._purge is None:
            raise SolveError("only a model with balanced deficits has a baseline that was solved for")
        return self._purge

    def solve(self, shock: Shock | None = None, *, throw: bool = False) -> Equilibrium:
        """The equilibrium after a shock. Its status says whether it is one; `throw` raises instead.

        Raises
        ------
        ShockError
            If the shock is outside the model's domain.
        SolveError
            With `throw`, if there is no equilibrium.
        """
        arrays = (shock or Shock()).arrays(self.world)
        solution = kernels.solve(self.baseline, self.parameters, arrays, options=self.options)
        equilibrium = Equilibrium(self, shock or Shock(), arrays, solution)
        if throw:
            equilibrium.require()
        return equilibrium

    def solve_many(self, shocks: Sequence[Shock], *, workers: int | None = None) -> EquilibriumSet:
        """Equilibria of many shocks, with one more dimension `scenario`; failed members become NaN."""
        arrays = [shock.arrays(self.world) for shock in shocks]
        found = kernels.solve_many(self.baseline, self.parameters, arrays, options=self.options, workers=workers)
        members = (Equilibrium(self, s, a, f) for s, a, f in zip(shocks, arrays, found, strict=True))
        return EquilibriumSet(tuple(members))

    def solve_draws(
        self,
        shock: Shock | None = None,
        *,
        count: int = 200,
        seed: int = 0,
        spread: float | Sequence[float] | None = None,
        correlation: float = 0.0,
        workers: int | None = None,
    ) -> EquilibriumSet:
        """One shock under many elasticities; results gain the dimension `draw`, and `.interval(name)`.

        Parameters
        ----------
        count, seed
            How many draws; the seed makes them the same again.
        spread
            Standard deviation of log theta, one number or by sector. None: by how much the published studies
            disagree about each sector (worlds of the 28 sectors only).
        correlation
            Between the sectors' draws, 0 to 1.

        Raises
        ------
        WorldError
            If `spread` is None and the published sets do not know the world's sectors.
        """
        if self.closure.theta is not None and spread is None and not np.ptp(self.theta):
            # a horizon's single elasticity is one number for all goods: its draws move together
            correlation = 1.0
        sigma = spread_between_studies(self.world) if spread is None else np.asarray(spread, dtype=float)
        thetas = draw_elasticities(self.theta, count, seed, sigma, correlation)
        models = [self.replace(elasticities=theta) for theta in thetas]
        arrays = (shock or Shock()).arrays(self.world)
        if self.deficits == "balanced":
            with ThreadPoolExecutor(workers or 2) as pool:
                found = list(
                    pool.map(lambda m: kernels.solve(m.baseline, m.parameters, arrays, options=self.options), models)
                )
        else:
            centre = kernels.solve(self.baseline, self.parameters, arrays, options=self.options)
            found = kernels.solve_many(
                self.baseline, [m.parameters for m in models], [arrays] * count,
                begin=centre.state if centre.solved else None, options=self.options, workers=workers,
            )  # fmt: skip
        base = shock or Shock()
        members = (Equilibrium(m, base, arrays, f) for m, f in zip(models, found, strict=True))
        return EquilibriumSet(tuple(members), "draw")

    def gradient(
        self, outcome: str, economy: str, with_respect_to: str = "tariffs", at: Shock | Equilibrium | None = None
    ) -> xr.DataArray:
        """Exact derivative of one economy's outcome in every entry of an instrument, at an equilibrium.

        In ceilings the derivative is in each limit of the shock (over the baseline quantity, leakage in it), in
        their order: the worth of licences for one more baseline quantity. It is 0 where the ceiling is slack, the
        slope of tightening it where it just begins to bind, and NaN for a ban: the worth of the first unit has no end.
        With `balanced`, elasticities also move the baseline, which is purged of transfers at each.

        Parameters
        ----------
        outcome
            A result by economy: `real_income_percent`, `gdp_percent`, `tariff_revenue`, ...
        economy
            Whose.
        with_respect_to
            `tariffs`, `export_taxes`, `export_ceilings`, `trade_costs`, `productivity` or `elasticities`.
        at
            A shock, or an equilibrium already solved; None is the baseline.

        Returns
        -------
        Units of the outcome per unit of the instrument: percent per 1.00 (100 points) of tariff.

        Raises
        ------
        SolveError
            If there is no equilibrium there, or the adjoint system is not solved to 1e-8.
        """
        from detente.trade._gradient import gradient

        return gradient(self, outcome, economy, with_respect_to, at)

    def replace(self, **changes: Any) -> TradeModel:
        """The same model with other settings (`elasticities`, `deficits`, `horizon`, `options`)."""
        kept: dict[str, Any] = {"deficits": self.deficits, "horizon": self.closure, "options": self.options}
        if "horizon" not in changes:
            kept["elasticities"] = self.theta
        other = TradeModel(self.world, **{**kept, **changes})
        other._accounts = self._accounts  # the same whatever the elasticities
        return other

    def describe(self) -> dict[str, Any]:
        """The settings that made a result, for records."""
        return {
            "world": self.world.name, "world_year": self.world.year, "elasticities": self.elasticities_name,
            "deficits": self.deficits, "horizon": self.closure.name, "horizon_source": self.closure.source,
            "closure": {f.name: getattr(self.closure, f.name) for f in dataclasses.fields(self.closure)
                        if f.name not in ("name", "source", "theta", "kappa")}
                       | {"kappa": str(self.closure.kappa)},
            "tolerance": self.options.tolerance,
        }  # fmt: skip

    def __repr__(self) -> str:
        return (
            f"<TradeModel of {self.world.name!r}: {len(self.world.economies)} economies x {len(self.world.sectors)} "
            f"sectors, {self.closure.name} run, elasticities {self.elasticities_name}, deficits {self.deficits}>"
        )


def _law_sectors(world: World) -> list[str]:
    """Sectors by the names published sets know: an item has its parent's elasticity."""
    return [world.parents.get(s, s) for s in world.sectors]


def _float64(*values: Any) -> list[Any]:
    import jax.numpy as jnp

    return [jnp.asarray(v, dtype=jnp.float64) for v in values]


def _theta(world: World, elasticities: Any, closure: Closure) -> tuple[str, np.ndarray]:
    count = len(world.sectors)
    if elasticities is None:
        if closure.theta is not None:
            return f"{closure.theta:g} everywhere ({closure.name})", np.full(count, closure.theta)
        elasticities = "fontagne-2022"
    if isinstance(elasticities, str):
        return elasticities, np.asarray(elasticity_set(elasticities, _law_sectors(world)), dtype=float)
    try:
        theta = np.asarray(elasticities, dtype=float)
    except (TypeError, ValueError):
        what = f"{elasticities!r} is not a number or an array of numbers"
        raise ShockError([Problem("elasticities", what)]) from None
    name = f"{float(theta):g} everywhere (given)" if theta.ndim == 0 else "given by sector"
    theta = np.full(count, float(theta)) if theta.ndim == 0 else theta
    if theta.shape != (count,):
        raise ShockError([Problem("elasticities", f"shape {theta.shape} where (sector,) is ({count},)")])
    bad = [s for s, v in zip(world.sectors, theta, strict=True) if not (np.isfinite(v) and v > 0)]
    if bad:
        raise ShockError(
            [Problem(f"elasticities[{s}]", "a trade elasticity must be a finite number above 0") for s in bad[:5]]
        )
    return name, theta
