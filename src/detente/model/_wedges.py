"""Wedges between producer and buyer: trade costs, duties, export taxes and the premia of export ceilings.

For a border value V (before duty) the producer receives `V / ((1+e)(1+mu))`, the exporter's treasury
`V e / (1+e)`, and whoever holds the licence the rent `V mu / ((1+mu)(1+e))`. Rent to nobody is an iceberg
factor `1 + mu`: producers receive `V / (1+e)` for what they ship, and less arrives. A ban takes the flow out:
an iceberg without end, of which nobody has a rent.

Sales at home and abroad are kept apart, so that a little trade is not lost beside much home business.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

from detente.model._baseline import Baseline, Ceilings, Parameters, ShockArrays

_LEAST_SLOPE = 0.3


class Home(NamedTuple):
    """What `Wedges` holds of sales at home, each (sector, economy)."""

    pull: Any
    to_border: Any
    to_producer: Any


class Wedges(NamedTuple):
    """Parts of the map that the shock fixes, computed once per solve; (sector, importer, exporter), zero at home.

    The last two are equal without an export tax.
    """

    pull: Float[Array, "j n i"]
    """`pi (d^ (1+e') (1+t')/(1+t))^-theta`"""
    to_border: Float[Array, "j n i"]
    """the same over `1 + t'`"""
    to_producer: Float[Array, "j n i"]
    """the same over `(1 + t')(1 + e')`"""
    home: Home


def wedges(baseline: Baseline, parameters: Parameters, shock: ShockArrays) -> Wedges:
    """The shock's wedges; a pass of the map then needs no power of a three-dimensional array."""
    log_wedge = jnp.log(shock.trade_cost) + jnp.log1p(shock.tariff) - jnp.log1p(baseline.tariff)
    if shock.export_tax is not None:
        log_wedge = log_wedge + jnp.log1p(shock.export_tax)
    pull = baseline.share * jnp.exp(-parameters.theta[:, None, None] * log_wedge)
    to_border = pull / (1.0 + shock.tariff)
    to_producer = to_border if shock.export_tax is None else to_border / (1.0 + shock.export_tax)
    every = (pull, to_border, to_producer)
    at_home = jnp.eye(pull.shape[1], dtype=bool)
    abroad = [jnp.where(at_home, 0.0, x) for x in every]
    home = Home(*(jnp.diagonal(x, axis1=1, axis2=2) for x in every))
    return Wedges(abroad[0], abroad[1], abroad[2], home)


def with_home(abroad: Float[Array, "j n i"], home: Float[Array, "j n"]) -> Float[Array, "j n i"]:
    """Flows abroad and at home in one array."""
    at = jnp.arange(home.shape[1])
    whole: Array = abroad.at[:, at, at].set(home)
    return whole


class Border(NamedTuple):
    """The wedges with the premia of a state in them."""

    pull: Any
    to_border: Any
    to_producer: Any
    home: Home
    rent: Any
    """(flow,) share of border value, after export tax, that is rent somebody receives; None without ceilings."""

    def revenues(
        self, shock: ShockArrays, attraction: Float[Array, "j i"], demand: Float[Array, "j n"], receipts: Any
    ) -> tuple[Any, Any, Any, Any]:
        """Who has what of the wedges; `receipts` is what producers get for sales abroad.

        Returns
        -------
        Sales abroad at the border (sector, economy); and, each (economy,), export-tax revenue and rent of the
        exporter, rent of the importer, and rent that an exporter's customers abroad have.
        """
        none = jnp.zeros(receipts.shape[1])
        if shock.export_tax is None and shock.ceilings is None:
            return receipts, none, none, none
        kept = attraction * jnp.einsum("jni,jn->ji", self.to_border - self.to_producer, demand)
        abroad, other = none, none
        if shock.ceilings is not None:
            c = shock.ceilings
            value = self.to_border[c.sector, c.importer, c.exporter]
            value = value * attraction[c.sector, c.exporter] * demand[c.sector, c.importer]
            abroad = none.at[c.importer].add(value * self.rent * c.to_importer[c.group])
            other = none.at[c.exporter].add(value * self.rent * c.to_importer[c.group])
        at_home = ((self.home.to_border - self.home.to_producer) * attraction * demand).sum(axis=0)
        return receipts + kept, kept.sum(axis=0) + at_home - other, abroad, other


def share_factor(ceilings: Ceilings) -> Float[Array, " g"]:
    """What a ban leaves of the pull of its group's flows: 0, or more on the way to it; 1 for any other ceiling."""
    left = jnp.zeros_like(ceilings.limit) if ceilings.through is None else ceilings.through
    return jnp.where(ceilings.limit > 0, 1.0, left)


def at_border(parameters: Parameters, shock: ShockArrays, wedge: Wedges, premium: Float[Array, " g"]) -> Border:
    """The wedges at the premia of a state."""
    c = shock.ceilings
    if c is None:
        return Border(*wedge[:3], wedge.home, None)
    at = (c.sector, c.importer, c.exporter)
    log_premium = premium[c.group]
    factor = jnp.exp(-parameters.theta[c.sector] * log_premium) * share_factor(c)[c.group]
    paid = (c.to_exporter + c.to_importer)[c.group]
    kept = 1.0 + paid * jnp.expm1(-log_premium)  # 1/(1+mu) where somebody has the rent, else 1
    tax = 1.0 if shock.export_tax is None else 1.0 + shock.export_tax[at]
    return Border(
        wedge.pull.at[at].multiply(factor, unique_indices=True),
        wedge.to_border.at[at].multiply(factor, unique_indices=True),
        wedge.to_producer.at[at].multiply(factor * kept, unique_indices=True),
        wedge.home,
        (1.0 - kept) / tax,
    )


def flow_quantity(
    baseline: Baseline, shock: ShockArrays, border: Border, attraction: Any, demand: Any, log_cost: Any, premium: Any
) -> Float[Array, " f"]:
    """What arrives of each capped flow, over its baseline: producer receipts over `c d^`, and `1 + mu` if wasted."""
    c = shock.ceilings
    assert c is not None
    at = (c.sector, c.importer, c.exporter)
    receipts = border.to_producer[at] * attraction[c.sector, c.exporter] * demand[c.sector, c.importer]
    old = baseline.share[at] * baseline.spending.T[c.sector, c.importer] / (1.0 + baseline.tariff[at])
    wasted = 1.0 - (c.to_exporter + c.to_importer)[c.group]
    quantity: Array = (
        receipts / old / jnp.exp(log_cost.T[c.sector, c.exporter] + wasted * premium[c.group]) / shock.trade_cost[at]
    )
    return quantity


def excess(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, border: Border,
    attraction: Any, demand: Any, log_cost: Any, premium: Any,
) -> Any:  # fmt: skip
    """Log of each group's quantity over its limit, divided by the fall that a unit of log premium brings.

    For one flow of share pi, `-d ln q / d ln(1+mu) = 1 + theta (1 - pi) - (1 - eta) pi`, with eta the
    substitution among inputs: an estimate that only sets the pace. Under a ban there is no licence: its premium is 0.
    """
    c = shock.ceilings
    if c is None:
        return jnp.zeros_like(premium)
    quantity = flow_quantity(baseline, shock, border, attraction, demand, log_cost, premium)
    total = jnp.zeros_like(c.limit).at[c.group].add(c.weight * quantity)
    share = baseline.share[c.sector, c.importer, c.exporter]
    slope = 1.0 + parameters.theta[c.sector] * (1.0 - share) - (1.0 - parameters.rho_m) * share
    pace = jnp.zeros_like(c.limit).at[c.group].add(c.weight * jnp.maximum(slope, _LEAST_SLOPE))
    banned = c.limit <= 0
    found = jnp.log(jnp.where(banned, 1.0, total) / jnp.where(banned, 1.0, c.limit)) / pace
    return jnp.where(banned, -premium, found)
