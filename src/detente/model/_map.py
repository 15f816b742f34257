"""The equilibrium as a fixed point: one joint map in logs of (value added, price, spending).

State, each (economy, sector): log of value added new / old, log of the composite price new / old,
log of spending. Factor returns follow from value added: with `mu = 1 / (1 + kappa)`,
`W_i = sum_j s_ij va^_ij` and `w^_ij = W_i^(1-mu) va^_ij^mu`. A fixed point of the map is an equilibrium;
the damping in it changes the road, not the place.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from detente.model._baseline import Baseline, Parameters, ShockArrays
from detente.model._ces import ces_log


class State(NamedTuple):
    """The unknowns, each (economy, sector)."""

    value_added: Float[Array, "n j"]
    price: Float[Array, "n j"]
    spending: Float[Array, "n j"]


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
    duty: Float[Array, " n"]
    input_tax: Float[Array, " n"]
    final: Float[Array, " n"]
    final_by_sector: Float[Array, "n j"]
    spending: Float[Array, "n j"]


class Wedges(NamedTuple):
    """Parts of the map that the shock fixes, computed once per solve."""

    pull: Float[Array, "j n i"]
    """`pi (d^ (1+t')/(1+t))^-theta`"""
    to_producer: Float[Array, "j n i"]
    """the same over `1 + t'`"""


def wedges(baseline: Baseline, parameters: Parameters, shock: ShockArrays) -> Wedges:
    """The shock's wedges; a pass of the map then needs no power of a three-dimensional array."""
    log_wedge = jnp.log(shock.trade_cost) + jnp.log1p(shock.tariff) - jnp.log1p(baseline.tariff)
    pull = baseline.share * jnp.exp(-parameters.theta[:, None, None] * log_wedge)
    return Wedges(pull, pull / (1.0 + shock.tariff))


@jax.jit
def start(baseline: Baseline) -> State:
    """The state of no change."""
    zeros = jnp.zeros_like(baseline.output)
    bought = baseline.spending > 0
    return State(zeros, zeros, jnp.where(bought, jnp.log(jnp.where(bought, baseline.spending, 1.0)), 0.0))


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
    has_inputs = inputs0 > 0
    weight = baseline.input_share / jnp.where(has_inputs, inputs0, 1.0)[:, None, :]
    log_inputs = ces_log(weight, state.price, p.rho_m)
    nest = jnp.stack([wage, log_inputs], axis=-1)
    split = jnp.stack([baseline.value_added_share, inputs0], axis=-1)[..., None]
    log_bundle = ces_log(split, nest, p.rho_v)[..., 0]
    log_cost = log_bundle - jnp.log(shock.productivity)

    attraction = jnp.exp(-p.theta * log_cost).T
    bought = baseline.spending.T > 0
    phi = jnp.where(bought, jnp.einsum("jni,ji->jn", wedge.pull, attraction), 1.0)
    log_price = (-jnp.log(phi) / p.theta[:, None]).T

    spending = jnp.where(bought, jnp.exp(state.spending).T, 0.0)
    demand = spending / phi
    output = (attraction * jnp.einsum("jni,jn->ji", wedge.to_producer, demand)).T
    # duty = what buyers pay less what producers receive
    received = (demand * jnp.einsum("jni,ji->jn", wedge.to_producer, attraction)).sum(axis=0)
    duty = spending.sum(axis=0) - received

    value_added = baseline.value_added_share * jnp.exp((1.0 - p.rho_v) * (wage - log_bundle)) * output
    per_unit = jnp.exp((p.rho_m - p.rho_v) * log_inputs + (p.rho_v - 1.0) * log_bundle) * output
    before_tax = jnp.einsum("nkj,nj->nk", baseline.input_share, per_unit / (1.0 + baseline.input_tax))
    purchases = jnp.exp((1.0 - p.rho_m) * log_price) * before_tax
    # inputs cost their share of output; the price used for the split is the state's, as in the cost
    cost_of_inputs = output - value_added
    input_tax = (cost_of_inputs * baseline.input_tax / (1.0 + baseline.input_tax)).sum(axis=1)

    income = jnp.exp(index) * va0.sum(axis=1) + duty + input_tax
    final = spend(baseline, p, income)
    log_final_price = ces_log(baseline.final_share[..., None], log_price, p.sigma_c)
    tilt = jnp.exp((1.0 - p.sigma_c) * (log_price - log_final_price))
    final_by_sector = baseline.final_share * tilt * final[:, None]
    return Allocation(
        wage, index, log_cost, log_price, attraction, demand, output, value_added, duty, input_tax,
        final, final_by_sector, purchases + final_by_sector,
    )  # fmt: skip


def spend(baseline: Baseline, parameters: Parameters, income: Float[Array, " n"]) -> Float[Array, " n"]:
    """Final spending from income, by the deficit closure.

    `fixed`: income + D. `proportional`: `phi_n income_n (sum income / sum phi income)`.
    """
    phi = baseline.final / (baseline.final - baseline.deficit)
    moved = phi * income
    proportional = moved * income.sum() / moved.sum()
    q = parameters.proportional
    return (1.0 - q) * (income + baseline.deficit) + q * proportional


def implied(baseline: Baseline, allocation: Allocation) -> State:
    """The state that an allocation implies, undamped."""
    va0 = baseline.value_added_share * baseline.output
    active = va0 > 0
    ratio = jnp.where(active, allocation.value_added, 1.0) / jnp.where(active, va0, 1.0)
    log_va = jnp.where(active, jnp.log(jnp.where(active, ratio, 1.0)), allocation.wage_index[:, None])
    bought = baseline.spending > 0
    log_spending = jnp.where(bought, jnp.log(jnp.where(bought, allocation.spending, 1.0)), 0.0)
    return State(log_va, allocation.price, log_spending)


def step(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, wedge: Wedges, state: State, damping: Any
) -> tuple[State, State]:
    """One damped step and the undamped gap it closes.

    A sector's value added answers its own factor return with elasticity near `-theta beta mu`, an
    economy's with one near `-theta`; the step divides by one plus that answer. World value added is
    set back to one: the numeraire.
    """
    target = implied(baseline, allocate(baseline, parameters, shock, wedge, state))
    gap = State(*(new - old for new, old in zip(target, state, strict=True)))
    va0 = baseline.value_added_share * baseline.output
    weight = va0 / va0.sum(axis=1, keepdims=True)
    whole = (weight * gap.value_added).sum(axis=1, keepdims=True)
    own = 1.0 / (1.0 + parameters.immobility * parameters.theta * baseline.value_added_share)
    log_va = state.value_added + damping * whole + own * (gap.value_added - whole)
    log_va = log_va - jnp.log((va0 * jnp.exp(log_va)).sum())
    return State(log_va, target.price, target.spending), gap
