"""The equilibrium as a fixed point: one joint map in logs of (value added, price, spending, premium).

State, each (economy, sector): log of value added new / old, log of the composite price new / old,
log of spending; and the log of one plus the scarcity premium of each export ceiling. Factor returns
follow from value added: with `mu = 1 / (1 + kappa)`, `W_i = sum_j s_ij va^_ij` and
`w^_ij = W_i^(1-mu) va^_ij^mu`. A fixed point of the map is an equilibrium; the damping in it changes
the road, not the place.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from detente.model._baseline import Baseline, Parameters, ShockArrays
from detente.model._ces import ces_log
from detente.model._wedges import Border, Wedges, at_border, excess


class State(NamedTuple):
    """The unknowns: three (economy, sector), and one (ceiling,)."""

    value_added: Float[Array, "n j"]
    price: Float[Array, "n j"]
    spending: Float[Array, "n j"]
    premium: Float[Array, " g"]


class Allocation(NamedTuple):
    """Everything one pass of the model finds for a state."""

    wage: Float[Array, "n j"]
    wage_index: Float[Array, " n"]
    cost: Float[Array, "n j"]
    price: Float[Array, "n j"]
    attraction: Float[Array, "j i"]
    demand: Float[Array, "j n"]
    output: Float[Array, "n j"]
    value_added: Float[Array, "n j"]
    sales_abroad: Float[Array, "j i"]
    imports: Float[Array, "j n"]
    duty: Float[Array, " n"]
    input_tax: Float[Array, " n"]
    export_revenue: Float[Array, " n"]
    rent_abroad: Float[Array, " n"]
    rent_lost: Float[Array, " n"]
    final: Float[Array, " n"]
    final_by_sector: Float[Array, "n j"]
    spending: Float[Array, "n j"]
    border: Border


def start(baseline: Baseline, shock: ShockArrays | None = None) -> State:
    """The state of no change, with a premium of zero for each ceiling of the shock."""
    groups = 0 if shock is None or shock.ceilings is None else shock.ceilings.limit.shape[0]
    state: State = _start(baseline, groups)
    return state


@functools.partial(jax.jit, static_argnums=1)
def _start(baseline: Baseline, groups: int) -> State:
    zeros = jnp.zeros_like(baseline.output)
    bought = baseline.spending > 0
    log_spending = jnp.where(bought, jnp.log(jnp.where(bought, baseline.spending, 1.0)), 0.0)
    return State(zeros, zeros, log_spending, jnp.zeros(groups))


def factor_returns(
    baseline: Baseline, parameters: Parameters, log_va: Float[Array, "n j"]
) -> tuple[Float[Array, "n j"], Float[Array, " n"], Float[Array, "n j"]]:
    """Log sector return, log return index and baseline value added, from log value-added ratios."""
    va0 = baseline.value_added_share * baseline.output
    index = jnp.log((va0 * jnp.exp(log_va)).sum(axis=1) / va0.sum(axis=1))
    mu = parameters.immobility
    return (1.0 - mu) * index[:, None] + mu * log_va, index, va0


def allocate(baseline: Baseline, parameters: Parameters, shock: ShockArrays, wedge: Wedges, state: State) -> Allocation:
    """One pass: costs, prices, shares, sales, incomes and the spending they imply.

    Unit cost `c = CES_rhoV[w, CES_rhoM[P]] / A`; price `P = (sum pi (c wedge)^-theta)^(-1/theta)`;
    spending on k = inputs (before input tax) + final demand, CES across sectors.
    """
    p = parameters
    wage, index, va0 = factor_returns(baseline, p, state.value_added)
    inputs0 = baseline.input_share.sum(axis=1)
    log_inputs = ces_log(input_weights(baseline), state.price, p.rho_m)
    nest = jnp.stack([wage, log_inputs], axis=-1)
    split = jnp.stack([baseline.value_added_share, inputs0], axis=-1)[..., None]
    log_bundle = ces_log(split, nest, p.rho_v)[..., 0]
    log_cost = log_bundle - jnp.log(shock.productivity)

    border = at_border(p, shock, wedge, state.premium)
    attraction = jnp.exp(-p.theta * log_cost).T
    bought = baseline.spending.T > 0
    home, from_abroad = border.home, jnp.einsum("jni,ji->jn", border.pull, attraction)
    phi = jnp.where(bought, home.pull * attraction + from_abroad, 1.0)
    log_price = (-jnp.log(phi) / p.theta[:, None]).T

    spending = jnp.where(bought, jnp.exp(state.spending).T, 0.0)
    demand = spending / phi
    at_home = attraction * demand
    receipts = attraction * jnp.einsum("jni,jn->ji", border.to_producer, demand)
    output = (home.to_producer * at_home + receipts).T
    # duty = what buyers pay less what is paid at the border
    imports = demand * jnp.einsum("jni,ji->jn", border.to_border, attraction)
    duty = (demand * from_abroad - imports + (home.pull - home.to_border) * at_home).sum(axis=0)
    sales_abroad, export_revenue, rent_abroad, rent_lost = border.revenues(shock, attraction, demand, receipts)

    value_added = baseline.value_added_share * jnp.exp((1.0 - p.rho_v) * (wage - log_bundle)) * output
    per_unit = jnp.exp((p.rho_m - p.rho_v) * log_inputs + (p.rho_v - 1.0) * log_bundle) * output
    before_tax = jnp.einsum("nkj,nj->nk", baseline.input_share, per_unit / (1.0 + baseline.input_tax))
    purchases = jnp.exp((1.0 - p.rho_m) * log_price) * before_tax
    # inputs cost their share of output; the price used for the split is the state's, as in the cost
    cost_of_inputs = output - value_added
    input_tax = (cost_of_inputs * baseline.input_tax / (1.0 + baseline.input_tax)).sum(axis=1)

    income = jnp.exp(index) * va0.sum(axis=1) + duty + input_tax + export_revenue + rent_abroad
    final = spend(baseline, p, income)
    log_final_price = ces_log(baseline.final_share[..., None], log_price, p.sigma_c)
    tilt = jnp.exp((1.0 - p.sigma_c) * (log_price - log_final_price))
    final_by_sector = baseline.final_share * tilt * final[:, None]
    return Allocation(
        wage, index, log_cost, log_price, attraction, demand, output, value_added,
        sales_abroad, imports, duty, input_tax, export_revenue, rent_abroad, rent_lost,
        final, final_by_sector, purchases + final_by_sector, border,
    )  # fmt: skip


def input_weights(baseline: Baseline) -> Float[Array, "n k j"]:
    """Input cost shares within inputs, summing to one over inputs where there are any."""
    inputs0 = baseline.input_share.sum(axis=1)
    return baseline.input_share / jnp.where(inputs0 > 0, inputs0, 1.0)[:, None, :]


def spend(baseline: Baseline, parameters: Parameters, income: Float[Array, " n"]) -> Float[Array, " n"]:
    """Final spending from income, by the deficit closure.

    `fixed`: income + D. `proportional`: `phi_n income_n (sum income / sum phi income)`.
    """
    phi = baseline.final / (baseline.final - baseline.deficit)
    moved = phi * income
    proportional = moved * income.sum() / moved.sum()
    q = parameters.proportional
    return (1.0 - q) * (income + baseline.deficit) + q * proportional


def implied(baseline: Baseline, allocation: Allocation) -> tuple[Array, Array, Array]:
    """Logs of value added, price and spending that an allocation implies, undamped."""
    va0 = baseline.value_added_share * baseline.output
    active = va0 > 0
    ratio = jnp.where(active, allocation.value_added, 1.0) / jnp.where(active, va0, 1.0)
    log_va = jnp.where(active, jnp.log(jnp.where(active, ratio, 1.0)), allocation.wage_index[:, None])
    bought = baseline.spending > 0
    log_spending = jnp.where(bought, jnp.log(jnp.where(bought, allocation.spending, 1.0)), 0.0)
    return log_va, allocation.price, log_spending


class Pace(NamedTuple):
    """How wages are moved: the share of the gap closed in a step, and by which gap (the road, never the place)."""

    damping: Any
    by_trade: Any
    """1: by the trade balance; 0: by value added; between: both"""


PLAIN = Pace(0.4, 1.0)
"""For derivatives, which do not depend on the pace."""


def step(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, wedge: Wedges, state: State, pace: Pace
) -> tuple[State, State]:
    """One damped step and the undamped gap it closes.

    A sector's value added answers its own factor return with elasticity near `-theta beta mu`: its step divides
    by one plus that answer, the economy's wage index held. The index then moves by the trade balance over what a
    wage does to it; or, slower and surer far from the answer when little can be substituted, by the gap of value
    added. World value added is set back to one: the numeraire. A premium moves by the group's excess over what a
    premium does to quantity, and never below zero: at rest either it is zero or the ceiling is met.
    """
    a = allocate(baseline, parameters, shock, wedge, state)
    log_va, price, spending = implied(baseline, a)
    over = excess(baseline, parameters, shock, a.border, a.attraction, a.demand, a.cost, state.premium)
    premium = jnp.maximum(-state.premium, over)
    gap = State(log_va - state.value_added, price - state.price, spending - state.spending, premium)
    va0 = baseline.value_added_share * baseline.output
    own = 1.0 / (1.0 + parameters.immobility * parameters.theta * baseline.value_added_share)
    moved = state.value_added + own * gap.value_added
    index = jnp.log((va0 * jnp.exp(moved)).sum(axis=1) / va0.sum(axis=1))
    wage = a.wage_index - index + pace.damping * wage_gap(baseline, parameters, a)
    whole = (va0 / va0.sum(axis=1, keepdims=True) * gap.value_added).sum(axis=1, keepdims=True)
    surely = state.value_added + pace.damping * whole + own * (gap.value_added - whole)
    damped = pace.by_trade * (moved + wage[:, None]) + (1.0 - pace.by_trade) * surely
    damped = damped - jnp.log((va0 * jnp.exp(damped)).sum())
    return State(damped, price, spending, state.premium + premium), gap


def wage_gap(baseline: Baseline, parameters: Parameters, a: Allocation) -> Float[Array, " n"]:
    """Trade balance less the transfer, over its fall for a unit of log wage: the log wage gap, near enough.

    Exports fall by `theta` times domestic content, imports rise by it times `1 + theta x own share`. However
    little is traded the ratio is of one size, so that wages settle as fast near autarky as anywhere.
    """
    theta = parameters.theta[:, None]
    home = a.border.home.pull * a.attraction * a.demand
    spending = a.demand * jnp.exp(-theta * a.price.T)
    kept_rent = a.export_revenue + a.rent_abroad
    income = jnp.exp(a.wage_index) * (baseline.value_added_share * baseline.output).sum(axis=1)
    transfer = a.final - (income + a.duty + a.input_tax + kept_rent)
    surplus = a.sales_abroad.sum(axis=0) - a.imports.sum(axis=0) + a.rent_abroad - a.rent_lost + transfer
    own_share = home / jnp.where(spending > 0, spending, 1.0)
    kept = a.value_added.sum(axis=1) / a.output.sum(axis=1)
    content = kept / (1.0 - (1.0 - kept) * home.sum(axis=0) / spending.sum(axis=0))
    fall = content * (a.sales_abroad * theta + a.imports * (1.0 + theta * own_share)).sum(axis=0)
    # an economy that trades nothing has no balance to close: its wage stays
    settled: Array = jnp.where(fall > 0, surplus / jax.lax.stop_gradient(jnp.where(fall > 0, fall, 1.0)), 0.0)
    return settled
