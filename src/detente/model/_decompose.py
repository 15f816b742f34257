r"""Where a change of real income comes from: parts that add up, for shocks of any size.

Along a path of equilibria, with $F$ final spending, $V$ border values, $b$ border prices, $q$ quantities, $R$
export-tax revenue and rent, $K$ input-tax revenue and $z$ input purchases, the envelope theorem gives

$$F\,d\ln W = \underbrace{\textstyle\sum V^{exp} d\ln b - \sum V^{imp} d\ln b}_{\text{terms of trade}}
 + \underbrace{\textstyle\sum t V\,d\ln q}_{\text{tariff volume}}
 + \underbrace{\textstyle\sum R\,d\ln q}_{\text{export taxes and rents}}
 + \underbrace{\textstyle\sum K\,d\ln\frac{z}{P}}_{\text{input wedges}}
 - \underbrace{\textstyle\sum V\,d\ln d}_{\text{trade costs}}
 + \underbrace{\textstyle\sum Y\,d\ln A}_{\text{productivity}} + \underbrace{dD}_{\text{transfers}} .$$

Each part is integrated over the path by the trapezoid rule on `intervals` steps, with one Richardson step. A ban is
an iceberg on its way to infinity, so that its loss stands under trade costs; in place of its cost, which has no end,
runs the share factor $\varphi = d^{-\theta}$ from one to zero, with the finite $V/\varphi$ in place of $V$.
Caliendo and Parro (2015, Review of Economic Studies 82(1)) use the first two, at the baseline only.
"""

from __future__ import annotations

import functools
from concurrent.futures import Executor
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from detente.model._baseline import Baseline, Parameters, ShockArrays
from detente.model._ces import ces_log
from detente.model._map import Allocation, State, allocate, start
from detente.model._outcomes import flows_of, input_purchases, outcomes
from detente.model._solve import Solution, SolverOptions, between, solve
from detente.model._wedges import Wedges, share_factor, wedges

PARTS = (
    "terms_of_trade", "tariff_volume", "export_rents", "input_wedges", "trade_costs", "productivity", "transfers",
)  # fmt: skip


class _Banned(NamedTuple):
    """Flows under ceilings, each (flow,): what a ban's share factor brings, per unit of it and of spending."""

    importer: Any
    exporter: Any
    factor: Any
    cost: Any
    duty: Any
    kept: Any


class _Node(NamedTuple):
    """Logs and values at one point of the path."""

    log_border: Any
    log_cost_wedge: Any
    log_productivity: Any
    log_price: Any
    arrives: Any
    paid: Any
    duty: Any
    kept: Any
    rent_abroad: Any
    inputs: Any
    taxed: Any
    output: Any
    final: Any
    transfer: Any
    log_welfare: Any
    banned: _Banned | None


# run a handful of times a decomposition: compiling them soon matters more than running them fast
_QUICK = {"xla_backend_optimization_level": 0}


@functools.partial(jax.jit, compiler_options=_QUICK)
def _node(baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State) -> _Node:
    p, wedge = parameters, wedges(baseline, parameters, shock)
    a = allocate(baseline, p, shock, wedge, state)
    flows = flows_of(parameters, shock, a, state.premium)
    log_wedge = jnp.log(shock.trade_cost)
    rent_abroad = jnp.zeros_like(flows.border)
    arrives, banned = flows.arrives, None
    c = shock.ceilings
    if c is not None:
        at = (c.sector, c.importer, c.exporter)
        wasted = 1.0 - (c.to_exporter + c.to_importer)[c.group]
        log_wedge = log_wedge.at[at].add(wasted * state.premium[c.group])
        rent_abroad = rent_abroad.at[at].set(flows.border[at] * a.border.rent * c.to_importer[c.group])
        arrives, banned = _without_ban(p, shock, wedge, a, arrives)
    paid = flows.border - rent_abroad
    inputs = input_purchases(baseline, p, a)
    taxed = inputs * (baseline.input_tax / (1.0 + baseline.input_tax))[:, None, :]
    va0 = (baseline.value_added_share * baseline.output).sum(axis=1)
    income = jnp.exp(a.wage_index) * va0 + a.duty + a.input_tax + a.export_revenue + a.rent_abroad
    log_final_price = ces_log(baseline.final_share[..., None], a.price, p.sigma_c)[:, 0]
    return _Node(
        flows.log_price, log_wedge, jnp.log(shock.productivity), a.price, arrives, paid,
        flows.border * shock.tariff, paid - flows.receipts, rent_abroad,
        inputs, taxed, a.output, a.final, a.final - income, jnp.log(a.final / baseline.final) - log_final_price, banned,
    )  # fmt: skip


def _without_ban(
    parameters: Parameters, shock: ShockArrays, wedge: Wedges, a: Allocation, arrives: Any
) -> tuple[Any, _Banned]:
    """Quantities with the share factor of a ban taken out of them, and what goes with that factor."""
    c = shock.ceilings
    assert c is not None
    at = (c.sector, c.importer, c.exporter)
    factor, is_ban = share_factor(c)[c.group], (c.limit <= 0)[c.group]
    scale = a.attraction[c.sector, c.exporter] * a.demand[c.sector, c.importer]
    value, receipts = (jnp.where(is_ban, x[at] * scale, 0.0) for x in (wedge.to_border, wedge.to_producer))
    theta, buyer, seller = parameters.theta[c.sector], a.final[c.importer], a.final[c.exporter]
    unit = receipts / jnp.exp(a.cost.T[c.sector, c.exporter]) / shock.trade_cost[at]
    banned = _Banned(
        c.importer, c.exporter, factor, value / theta / buyer,
        value * shock.tariff[at] * (1.0 + 1.0 / theta) / buyer, (value - receipts) / seller,
    )  # fmt: skip
    return arrives.at[at].set(jnp.where(is_ban, unit, arrives[at])), banned


def _log(value: Any) -> Any:
    return jnp.log(jnp.where(value > 0, value, 1.0))


@functools.partial(jax.jit, compiler_options=_QUICK)
def _parts(one: _Node, two: _Node) -> Any:
    """Log points of each part (part, economy) over one step of the path, by the trapezoid rule."""

    def weight(name: str, shape: tuple[int, ...]) -> Any:
        """Mean over the step of a value divided by its owner's spending, which `shape` puts on the right axis."""
        return 0.5 * sum(getattr(n, name) / n.final.reshape(shape) for n in (one, two))

    def moved(name: str) -> Any:
        return getattr(two, name) - getattr(one, name)

    importer, exporter = (1, -1, 1), (1, 1, -1)
    d_border, d_wedge = moved("log_border"), moved("log_cost_wedge")
    quantity = _log(two.arrives) - _log(one.arrives)
    use = _log(two.inputs) - _log(one.inputs) - moved("log_price")[:, :, None]
    shipped = quantity + d_wedge
    terms = (weight("paid", exporter) * d_border).sum(axis=(0, 1)) - (weight("paid", importer) * d_border).sum(
        axis=(0, 2)
    )
    rent = (weight("kept", exporter) * shipped).sum(axis=(0, 1))
    rent = rent + (weight("rent_abroad", importer) * quantity).sum(axis=(0, 2))
    volume = (weight("duty", importer) * quantity).sum(axis=(0, 2))
    costs = -(weight("paid", importer) * d_wedge).sum(axis=(0, 2))
    if one.banned is not None and two.banned is not None:
        cost, duty, kept = (0.5 * (getattr(one.banned, x) + getattr(two.banned, x)) for x in ("cost", "duty", "kept"))
        gone = two.banned.factor - one.banned.factor
        costs = costs.at[one.banned.importer].add(cost * gone)
        volume = volume.at[one.banned.importer].add(duty * gone)
        rent = rent.at[one.banned.exporter].add(kept * gone)
    return jnp.stack([
        terms,
        volume,
        rent,
        (weight("taxed", (-1, 1, 1)) * use).sum(axis=(1, 2)),
        costs,
        (weight("output", (-1, 1)) * moved("log_productivity")).sum(axis=1),
        0.5 * (1.0 / one.final + 1.0 / two.final) * moved("transfer"),
    ])  # fmt: skip


def prepare(baseline: Baseline, parameters: Parameters, shock: ShockArrays, pool: Executor) -> None:
    """Compile what a solve, its outcomes and its decomposition need, side by side in `pool`; returns at once.

    Only worth it before the first solve of a shape: each runs once, where nothing has changed.
    """
    begin = between(baseline, shock, 0.0)
    state = start(baseline, shock)
    pool.submit(outcomes, baseline, parameters, begin, state)
    pool.submit(lambda: _parts(*[_node(baseline, parameters, begin, state)] * 2))


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
    `intervals` (even, at least 2; doubled for a ban) and is a row of its own so that nothing is hidden.

    Raises
    ------
    ValueError
        If a point on the path has no equilibrium, or `intervals` is odd.
    """
    if intervals < 2 or intervals % 2:
        raise ValueError(f"intervals must be even and at least 2, not {intervals}")
    settings = options or SolverOptions()
    if shock.ceilings is not None and bool((np.asarray(shock.ceilings.limit) <= 0).any()):
        intervals *= 2  # a ban's loss gathers at the end of the path
    # the path begins where the ceilings just do not bind and no export tax is paid
    begin = between(baseline, shock, 0.0)
    state = start(baseline, shock)
    nodes = [_node(baseline, parameters, begin, state)]
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
