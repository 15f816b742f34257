r"""Where a change of real income comes from: parts that add up, for shocks of any size.

Along a path of equilibria, with $F$ final spending, $V$ border values, $c$ producer prices, $K$ input-tax
revenue and $z$ input purchases, the envelope theorem gives

$$F\,d\ln W = \underbrace{\textstyle\sum V^{exp} d\ln c - \sum V^{imp} d\ln c}_{\text{terms of trade}}
 + \underbrace{\textstyle\sum t V\,d\ln\frac{V}{c d}}_{\text{tariff volume}}
 + \underbrace{\textstyle\sum K\,d\ln\frac{z}{P}}_{\text{input wedges}}
 - \underbrace{\textstyle\sum V\,d\ln d}_{\text{trade costs}}
 + \underbrace{\textstyle\sum Y\,d\ln A}_{\text{productivity}} + \underbrace{dD}_{\text{transfers}} .$$

Each part is integrated over the path by the trapezoid rule on `intervals` steps, with one Richardson step.
Caliendo and Parro (2015, Review of Economic Studies 82(1)) use the first two, at the baseline only.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from detente.model._baseline import Baseline, Parameters, ShockArrays, no_shock
from detente.model._ces import ces_log
from detente.model._map import State, allocate, start, wedges
from detente.model._outcomes import trade_values
from detente.model._solve import Solution, SolverOptions, between, solve

PARTS = ("terms_of_trade", "tariff_volume", "input_wedges", "trade_costs", "productivity", "transfers")


class _Node(NamedTuple):
    """Logs and values at one point of the path."""

    log_cost: Any
    log_cost_wedge: Any
    log_productivity: Any
    log_price: Any
    trade: Any
    duty: Any
    inputs: Any
    taxed: Any
    output: Any
    final: Any
    transfer: Any
    log_welfare: Any


@jax.jit
def _node(baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State) -> _Node:
    p = parameters
    a = allocate(baseline, p, shock, wedges(baseline, p, shock), state)
    trade = trade_values(baseline, p, shock, a.attraction, a.demand)
    inputs0 = baseline.input_share.sum(axis=1)
    weight = baseline.input_share / jnp.where(inputs0 > 0, inputs0, 1.0)[:, None, :]
    log_inputs = ces_log(weight, a.price, p.rho_m)
    tilt = jnp.exp((1.0 - p.rho_m) * (a.price[:, :, None] - log_inputs[:, None, :]))
    inputs = weight * tilt * (a.output - a.value_added)[:, None, :]
    taxed = inputs * (baseline.input_tax / (1.0 + baseline.input_tax))[:, None, :]
    va0 = (baseline.value_added_share * baseline.output).sum(axis=1)
    income = jnp.exp(a.wage_index) * va0 + a.duty + a.input_tax
    log_final_price = ces_log(baseline.final_share[..., None], a.price, p.sigma_c)[:, 0]
    return _Node(
        a.cost, jnp.log(shock.trade_cost), jnp.log(shock.productivity), a.price, trade, trade * shock.tariff,
        inputs, taxed, a.output, a.final, a.final - income, jnp.log(a.final / baseline.final) - log_final_price,
    )  # fmt: skip


def _log(value: Any) -> Any:
    return jnp.log(jnp.where(value > 0, value, 1.0))


@jax.jit
def _parts(one: _Node, two: _Node) -> Any:
    """Log points of each part (part, economy) over one step of the path, by the trapezoid rule."""

    def weight(name: str, axes: int) -> Any:
        at = [getattr(n, name) / n.final.reshape((-1,) + (1,) * axes) for n in (one, two)]
        return 0.5 * (at[0] + at[1])

    def moved(name: str) -> Any:
        return getattr(two, name) - getattr(one, name)

    d_cost = moved("log_cost").T[:, None, :]
    d_wedge = moved("log_cost_wedge")
    # exports are divided by the exporter's spending, imports and duties by the importer's
    by_exporter = 0.5 * sum(n.trade / n.final[None, None, :] for n in (one, two))
    by_importer = 0.5 * sum(n.trade / n.final[None, :, None] for n in (one, two))
    duty = 0.5 * sum(n.duty / n.final[None, :, None] for n in (one, two))
    volume = _log(two.trade) - _log(one.trade) - d_cost - d_wedge
    taxed = weight("taxed", 2)
    use = _log(two.inputs) - _log(one.inputs) - moved("log_price")[:, :, None]
    return jnp.stack([
        (by_exporter * d_cost).sum(axis=(0, 1)) - (by_importer * d_cost).sum(axis=(0, 2)),
        (duty * volume).sum(axis=(0, 2)),
        (taxed * use).sum(axis=(1, 2)),
        -(by_importer * d_wedge).sum(axis=(0, 2)),
        (weight("output", 1) * moved("log_productivity")).sum(axis=1),
        0.5 * (1.0 / one.final + 1.0 / two.final) * moved("transfer"),
    ])  # fmt: skip


def decompose(
    baseline: Baseline,
    parameters: Parameters,
    shock: ShockArrays,
    solution: Solution,
    *,
    intervals: int = 8,
    options: SolverOptions | None = None,
) -> dict[str, np.ndarray]:
    """Parts of the real-income change in percent, each (economy,), summing to `total` exactly.

    `integration_error` is what the quadrature left over; it shrinks with the fourth power of
    `intervals` (even, at least 2) and is a row of its own so that nothing is hidden.

    Raises
    ------
    ValueError
        If a point on the path has no equilibrium, or `intervals` is odd.
    """
    if intervals < 2 or intervals % 2:
        raise ValueError(f"intervals must be even and at least 2, not {intervals}")
    settings = options or SolverOptions()
    nodes = [_node(baseline, parameters, no_shock(baseline), start(baseline))]
    state = start(baseline)
    for k in range(1, intervals):
        part = between(baseline, shock, k / intervals)
        step = solve(baseline, parameters, part, begin=state, options=settings)
        if not step.solved:
            raise ValueError(f"no equilibrium at {k}/{intervals} of the shock: {step.status.name}")
        state = step.state
        nodes.append(_node(baseline, parameters, part, state))
    nodes.append(_node(baseline, parameters, shock, solution.state))
    fine = sum(_parts(nodes[k], nodes[k + 1]) for k in range(intervals))
    coarse = sum(_parts(nodes[k], nodes[k + 2]) for k in range(0, intervals, 2))
    logs = np.asarray((4.0 * fine - coarse) / 3.0)
    total_log = np.asarray(nodes[-1].log_welfare)
    total = 100.0 * np.expm1(total_log)
    scale = np.where(np.abs(total_log) > 1e-12, total / np.where(total_log == 0, 1.0, total_log), 100.0)
    out = {name: scale * logs[i] for i, name in enumerate(PARTS)}
    out["integration_error"] = total - np.sum(list(out.values()), axis=0)
    out["total"] = total
    return out
