"""What a solve reads: the baseline accounts, the parameters, and the shock, as frozen pytrees."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from detente.model import _config as _config

_ROUNDED = 1e-5
"""Most by which the cost shares of a sector may miss one: rounding of published accounts."""


@functools.partial(jax.tree_util.register_dataclass)
@dataclass(frozen=True)
class Baseline:
    """Accounts of the world in units of world value added, so that the numeraire is one.

    `share` are spending shares `pi` with duty in them, summing to one over exporters (all zero where
    nothing is bought). `input_share` are cost shares `gamma` (economy, input, user), input tax included.
    """

    share: Float[Array, "j n i"]
    tariff: Float[Array, "j n i"]
    value_added_share: Float[Array, "n j"]
    input_share: Float[Array, "n k j"]
    input_tax: Float[Array, "n j"]
    final_share: Float[Array, "n j"]
    spending: Float[Array, "n j"]
    output: Float[Array, "n j"]
    final: Float[Array, " n"]
    deficit: Float[Array, " n"]


@functools.partial(jax.tree_util.register_dataclass)
@dataclass(frozen=True)
class Parameters:
    """Elasticities and closure.

    theta: trade elasticity by sector (> 0). rho_v: value added against inputs; rho_m: among inputs;
    sigma_c: among final goods (1 is Cobb-Douglas). immobility: `1 / (1 + kappa)`, 0 for a mobile
    factor, 1 for sector-specific ones. proportional: 1 when deficits move with income, else 0.
    """

    theta: Float[Array, " j"]
    rho_v: Float[Array, ""]
    rho_m: Float[Array, ""]
    sigma_c: Float[Array, ""]
    immobility: Float[Array, ""]
    proportional: Float[Array, ""]


class Ceilings(NamedTuple):
    """Export ceilings: groups `g` of flows `f` whose quantity together may not pass a limit.

    Each flow stands in one group only. `limit` is the ceiling over the group's baseline quantity; who gets
    the scarcity rent is a share each (the rest of one is rent to nobody: real waste). A limit of 0 is a ban: the
    flows end, as under trade costs without end.
    """

    sector: Any  # Int[Array, " f"]
    importer: Any  # Int[Array, " f"]
    exporter: Any  # Int[Array, " f"]
    group: Any  # Int[Array, " f"]
    weight: Any  # Float[Array, " f"], share of the flow in its group's baseline quantity
    limit: Any  # Float[Array, " g"]
    to_exporter: Any  # Float[Array, " g"], 1 or 0
    to_importer: Any  # Float[Array, " g"], 1 or 0
    through: Any = None  # Float[Array, " g"], on the way to a ban: what is left of the flows' pull; None is nothing


class ShockArrays(NamedTuple):
    """New tariffs and export taxes (levels), new / old ratios of trade costs and productivity, ceilings.

    `export_tax` and `ceilings` may be None: a pass of the map is then shorter. The baseline has neither.
    """

    tariff: Any  # Float[Array, "j n i"]
    trade_cost: Any  # Float[Array, "j n i"]
    productivity: Any  # Float[Array, "n j"]
    export_tax: Any = None  # Float[Array, "j n i"]
    ceilings: Ceilings | None = None


def no_shock(baseline: Baseline) -> ShockArrays:
    """The shock that changes nothing."""
    return ShockArrays(baseline.tariff, jnp.ones_like(baseline.tariff), jnp.ones_like(baseline.output))


def baseline_from_accounts(
    trade: Any,
    tariffs: Any,
    value_added_shares: Any,
    input_shares: Any,
    final_shares: Any,
    input_taxes: Any,
) -> Baseline:
    """A `Baseline` from accounts in any money unit; see `detente.world.World` for the shapes.

    The deficit is spending less income, `D_n = F_n - (value added + duties + input-tax revenue)`. Cost shares that
    sum to one only as far as their source was rounded are scaled to do so: otherwise no state closes every budget.

    Raises
    ------
    ValueError
        If the cost shares of a sector with output miss one by more than 1e-5.
    """
    trade, tariffs = np.asarray(trade, float), np.asarray(tariffs, float)
    beta, gamma = np.asarray(value_added_shares, float), np.asarray(input_shares, float)
    tax = np.asarray(input_taxes, float)
    output = trade.sum(axis=1).T
    whole = beta + gamma.sum(axis=1)
    if (missed := np.abs(np.where(output > 0, whole - 1.0, 0.0)).max()) > _ROUNDED:
        raise ValueError(f"value-added and input shares of a sector miss one by {missed:.1e}")
    whole = np.where(whole > 0, whole, 1.0)
    beta, gamma = beta / whole, gamma / whole[:, None, :]
    scale = 1.0 / (beta * output).sum()
    trade, output = trade * scale, output * scale
    paid = trade * (1.0 + tariffs)
    spending = paid.sum(axis=2).T
    share = paid / np.where(spending.T > 0, spending.T, 1.0)[:, :, None]
    costs = gamma * output[:, None, :]
    inputs = (costs / (1.0 + tax)[:, None, :]).sum(axis=2)
    final = spending.sum(axis=1) - inputs.sum(axis=1)
    duties = (trade * tariffs).sum(axis=(0, 2))
    taxes = (costs * (tax / (1.0 + tax))[:, None, :]).sum(axis=(1, 2))
    deficit = final - ((beta * output).sum(axis=1) + duties + taxes)
    arrays = (share, tariffs, beta, gamma, tax, np.asarray(final_shares, float), spending, output, final, deficit)
    return Baseline(*(jnp.asarray(a) for a in arrays))
