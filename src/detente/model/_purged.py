r"""Slopes in the trade elasticities where the baseline itself is an equilibrium that depends on them.

The baseline without transfers is $B = R(y, \theta)$ with $y = H(y, \theta)$; the equilibrium is $x = G(x, B, \theta)$:

$$\frac{dg}{d\theta} = g_\theta + \lambda^\top G_\theta + (g_B + \lambda^\top G_B)\frac{dB}{d\theta}, \qquad
v^\top \frac{dB}{d\theta} = v^\top R_\theta + \mu^\top H_\theta, \quad (I - H_y^\top)\,\mu = R_y^\top v .$$
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

from detente.model._adjoint import solve_adjoint
from detente.model._baseline import Baseline, Parameters, ShockArrays, no_shock
from detente.model._map import PLAIN, State, step
from detente.model._outcomes import outcomes, rebuild
from detente.model._wedges import wedges


@jax.jit
def elasticity_slopes_through_purge(
    with_transfers: Baseline, parameters: Parameters, purge: State, shock: ShockArrays, state: State,
    seeds: Mapping[str, Any],
) -> tuple[Any, Any]:  # fmt: skip
    """Derivative of `sum of (seed * outcome)` in each sector's theta, the baseline purged anew at each.

    Parameters
    ----------
    with_transfers
        The accounts before the purge.
    purge, state
        The equilibrium without transfers and shock; and the one after the shock, on the purged baseline.

    Returns
    -------
    (sector,), and the larger relative residual of the two adjoint systems, which the caller must read.
    """
    target = dataclasses.replace(with_transfers, deficit=jnp.zeros_like(with_transfers.deficit))
    nothing = no_shock(target)
    flat, unravel = ravel_pytree(state)
    before, unravel_purge = ravel_pytree(purge)

    def at(theta: Any) -> Parameters:
        return dataclasses.replace(parameters, theta=theta)

    def pass_on(x: Any, baseline: Baseline, theta: Any) -> Any:
        p = at(theta)
        return ravel_pytree(step(baseline, p, shock, wedges(baseline, p, shock), unravel(x), PLAIN)[0])[0]

    def value(x: Any, baseline: Baseline, theta: Any) -> Any:
        found = outcomes(baseline, at(theta), shock, unravel(x))
        return sum((found[name] * seed).sum() for name, seed in seeds.items())

    def purged(y: Any, theta: Any) -> Baseline:
        made: Baseline = rebuild(target, at(theta), unravel_purge(y))
        return made

    def purging(y: Any, theta: Any) -> Any:
        p = at(theta)
        return ravel_pytree(step(target, p, nothing, wedges(target, p, nothing), unravel_purge(y), PLAIN)[0])[0]

    theta = parameters.theta
    baseline = purged(before, theta)
    g_x, g_baseline, g_theta = jax.grad(value, argnums=(0, 1, 2))(flat, baseline, theta)
    _, pull = jax.vjp(pass_on, flat, baseline, theta)
    _, (_, by_baseline, by_theta), gap = solve_adjoint(pull, g_x)
    _, pull_baseline = jax.vjp(purged, before, theta)
    right, through_baseline = pull_baseline(jax.tree.map(jnp.add, g_baseline, by_baseline))
    _, pull_purge = jax.vjp(purging, before, theta)
    _, (_, through_purge), gap_purge = solve_adjoint(pull_purge, right)
    return g_theta + by_theta + through_baseline + through_purge, jnp.maximum(gap, gap_purge)
