"""What an equilibrium means: incomes, prices, trade, output, from a state and its shock."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from detente.model._baseline import Baseline, Ceilings, Parameters, ShockArrays, no_shock
from detente.model._ces import ces_log
from detente.model._map import Allocation, State, allocate, input_weights
from detente.model._solve import Solution, SolverOptions, solve
from detente.model._wedges import share_factor, wedges, with_home

OUTCOMES: tuple[str, ...] = (
    "real_income_percent", "gdp_percent", "real_wage_percent", "price_index_percent", "wage", "price_percent",
    "producer_price_percent", "trade", "trade_receipts", "trade_quantity_percent", "output", "output_quantity_percent",
    "factor_use_percent", "sector_income_percent", "tariff_revenue", "export_revenue", "spending", "income",
    "final_spending", "premium_percent",
)  # fmt: skip


@jax.jit
def outcomes(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State
) -> dict[str, Float[Array, ...]]:
    r"""Results of an equilibrium; money in units of world value added, changes in percent.

    Real income is the equivalent variation over baseline spending, $\hat F_n / \hat P^F_n - 1$. Real GDP is
    at baseline prices: final demand, plus exports, less imports, each at its own baseline price.
    Quantities of trade are what arrives, $\hat V / (\hat c\,\hat d)$. Shapes: docs/model.md.
    """
    a = allocate(baseline, parameters, shock, wedges(baseline, parameters, shock), state)
    log_final_price = ces_log(baseline.final_share[..., None], a.price, parameters.sigma_c)[:, 0]
    flows = flows_of(parameters, shock, a, state.premium)
    trade0 = baseline.share * baseline.spending.T[:, :, None] / (1.0 + baseline.tariff)
    quantity = jnp.where(trade0 > 0, flows.arrives / jnp.where(trade0 > 0, trade0, 1.0), 1.0)
    made = baseline.output > 0
    output_quantity = jnp.where(made, a.output / jnp.exp(a.cost) / jnp.where(made, baseline.output, 1.0), 1.0)
    gdp0, gdp = (
        final.sum(axis=1) + _exports_less_imports(moved)
        for final, moved in (
            (baseline.final_share * baseline.final[:, None], trade0),
            (a.final_by_sector / jnp.exp(a.price), flows.arrives),
        )
    )
    va0 = baseline.value_added_share * baseline.output
    labour = jnp.where(va0 > 0, a.value_added / jnp.where(va0 > 0, va0, 1.0) / jnp.exp(a.wage), 1.0)
    return {
        "real_income_percent": 100.0 * (a.final / baseline.final / jnp.exp(log_final_price) - 1.0),
        "gdp_percent": 100.0 * (gdp / gdp0 - 1.0),
        "real_wage_percent": 100.0 * jnp.expm1(a.wage_index - log_final_price),
        "price_index_percent": 100.0 * jnp.expm1(log_final_price),
        "wage": jnp.exp(a.wage_index),
        "price_percent": 100.0 * jnp.expm1(a.price),
        "producer_price_percent": 100.0 * jnp.expm1(a.cost),
        "trade": flows.border,
        "trade_receipts": flows.receipts,
        "trade_quantity_percent": 100.0 * (quantity - 1.0),
        "output": a.output,
        "output_quantity_percent": 100.0 * (output_quantity - 1.0),
        "factor_use_percent": 100.0 * (labour - 1.0),
        "sector_income_percent": 100.0
        * (a.value_added / jnp.exp(log_final_price)[:, None] - va0)
        / baseline.final[:, None],
        "tariff_revenue": a.duty,
        "spending": a.spending,
        "export_revenue": a.export_revenue + a.rent_abroad,
        "income": jnp.exp(a.wage_index) * va0.sum(axis=1) + a.duty + a.input_tax + a.export_revenue + a.rent_abroad,
        "final_spending": a.final,
        "premium_percent": 100.0 * jnp.expm1(jnp.maximum(state.premium, 0.0)),
    }


class Flows(NamedTuple):
    """Trade of an allocation, each (sector, importer, exporter)."""

    border: Any
    """value at the border, before duty: producer receipts, export tax and rent"""
    receipts: Any
    """what producers receive"""
    arrives: Any
    """quantity that arrives, at baseline prices"""
    log_price: Any
    """log of the border price new / old, before trade costs"""


def flows_of(parameters: Parameters, shock: ShockArrays, a: Allocation, premium: Any) -> Flows:
    """Border values, receipts and quantities of an allocation."""
    scale = a.attraction[:, None, :] * a.demand[:, :, None]
    border = with_home(a.border.to_border, a.border.home.to_border) * scale
    receipts = with_home(a.border.to_producer, a.border.home.to_producer) * scale
    log_cost = jnp.broadcast_to(a.cost.T[:, None, :], border.shape)
    arrives = receipts / jnp.exp(log_cost) / shock.trade_cost
    log_price = log_cost if shock.export_tax is None else log_cost + jnp.log1p(shock.export_tax)
    c = shock.ceilings
    if c is not None:
        at = (c.sector, c.importer, c.exporter)
        wasted = 1.0 - (c.to_exporter + c.to_importer)[c.group]
        melted = jnp.exp(-wasted * premium[c.group]) * _after_ban(c, 1.0 / parameters.theta[c.sector])
        arrives = arrives.at[at].multiply(melted, unique_indices=True)
        log_price = log_price.at[at].add(c.to_exporter[c.group] * premium[c.group])
    return Flows(border, receipts, arrives, log_price)


def _after_ban(ceilings: Ceilings, power: Any) -> Any:
    """(flow,) the share factor of a ban to a power: with `1/theta`, what is left of each unit shipped."""
    left = share_factor(ceilings)[ceilings.group]
    some = left > 0
    return jnp.where(some, jnp.where(some, left, 1.0) ** power, 0.0)


def input_purchases(baseline: Baseline, parameters: Parameters, a: Allocation) -> Float[Array, "n k j"]:
    """What each user pays for each input, input tax included."""
    weight = input_weights(baseline)
    log_inputs = ces_log(weight, a.price, parameters.rho_m)
    tilt = jnp.exp((1.0 - parameters.rho_m) * (a.price[:, :, None] - log_inputs[:, None, :]))
    return weight * tilt * (a.output - a.value_added)[:, None, :]


def _exports_less_imports(flows: Float[Array, "j n i"]) -> Float[Array, " n"]:
    return flows.sum(axis=(0, 1)) - flows.sum(axis=(0, 2))


def purge_deficits(
    baseline: Baseline, parameters: Parameters, options: SolverOptions | None = None
) -> tuple[Baseline, Solution]:
    """The baseline with every transfer set to zero, solved, and rebuilt as a baseline of its own.

    Check the solution's status before using it.
    """
    settings = options or SolverOptions()
    fixed = dataclasses.replace(parameters, proportional=jnp.zeros(()))
    target = dataclasses.replace(baseline, deficit=jnp.zeros_like(baseline.deficit))
    solution = solve(target, fixed, no_shock(target), options=settings)
    return rebuild(target, fixed, solution.state), solution


@jax.jit
def rebuild(baseline: Baseline, parameters: Parameters, state: State) -> Baseline:
    """The accounts at `state`, as a baseline."""
    p, shock = parameters, no_shock(baseline)
    wedge = wedges(baseline, p, shock)
    a = allocate(baseline, p, shock, wedge, state)
    made = baseline.output > 0
    share_va = jnp.where(made, a.value_added / jnp.where(made, a.output, 1.0), baseline.value_added_share)
    # a sector without output keeps its baseline mix
    costs = input_purchases(baseline, p, a)
    input_share = jnp.where(made[:, None, :], costs / jnp.where(made, a.output, 1.0)[:, None, :], baseline.input_share)
    bought = baseline.spending.T > 0
    share = (
        with_home(wedge.pull, wedge.home.pull)
        * a.attraction[:, None, :]
        * (a.demand / jnp.where(bought, jnp.exp(state.spending).T, 1.0))[:, :, None]
    )
    # the numeraire is world value added; the pass above carries it to the solver's tolerance only
    scale = 1.0 / a.value_added.sum()
    return Baseline(
        share, baseline.tariff, share_va, input_share, baseline.input_tax,
        a.final_by_sector / a.final_by_sector.sum(axis=1, keepdims=True),
        a.spending * scale, a.output * scale, a.final * scale, jnp.zeros_like(a.final),
    )  # fmt: skip
