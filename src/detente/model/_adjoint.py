r"""Exact gradients of any outcome through the fixed point, by one adjoint solve.

With the equilibrium $x = G(x, p)$ and an outcome $g(x, p)$:

$$\frac{dg}{dp} = g_p + \lambda^\top G_p, \qquad (I - G_x^\top)\,\lambda = g_x^\top.$$

The iterations themselves are never differentiated.
"""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

from detente.model._baseline import Baseline, Parameters, ShockArrays
from detente.model._config import gmres
from detente.model._map import State, step, wedges
from detente.model._outcomes import outcomes

_DAMPING = 0.3


@functools.partial(jax.jit, static_argnames=("outcome",))
def _gradient(
    baseline: Baseline, theta: Any, parameters: Parameters, shock: ShockArrays, state: State, seed: Any, outcome: str
) -> tuple[Any, Any, Any, Any]:
    flat, unravel = ravel_pytree(state)
    free = (shock, theta)

    def with_theta(p: Any) -> Parameters:
        return Parameters(
            p, *(getattr(parameters, f) for f in ("rho_v", "rho_m", "sigma_c", "immobility", "proportional"))
        )

    def pass_on(x: Any, free: Any) -> Any:
        new_shock, new_theta = free
        p = with_theta(new_theta)
        return ravel_pytree(step(baseline, p, new_shock, wedges(baseline, p, new_shock), unravel(x), _DAMPING)[0])[0]

    def value(x: Any, free: Any) -> Any:
        new_shock, new_theta = free
        return (outcomes(baseline, with_theta(new_theta), new_shock, unravel(x))[outcome] * seed).sum()

    level, pull_value = jax.vjp(value, flat, free)
    g_x, g_free = pull_value(jnp.ones(()))
    _, pull_state = jax.vjp(lambda x: pass_on(x, free), flat)
    adjoint, _ = gmres(
        lambda v: v - pull_state(v)[0], g_x, tol=1e-11, atol=0.0, restart=50, maxiter=6, solve_method="batched"
    )
    gap = jnp.linalg.norm(adjoint - pull_state(adjoint)[0] - g_x) / jnp.maximum(jnp.linalg.norm(g_x), 1e-300)
    _, pull_free = jax.vjp(lambda f: pass_on(flat, f), free)
    through = pull_free(adjoint)[0]
    total = jax.tree.map(lambda a, b: a + b, g_free, through)
    return level, total[0], total[1], gap


def gradient(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State, outcome: str, seed: Any
) -> tuple[float, ShockArrays, Any, float]:
    """Value and gradient of `sum(seed * outcome)` at an equilibrium.

    Returns the value; its derivatives in every new tariff, trade-cost and productivity ratio; in every
    trade elasticity; and the relative residual of the adjoint system, which the caller must read.
    """
    level, by_shock, by_theta, gap = _gradient(
        baseline, parameters.theta, parameters, shock, state, jnp.asarray(seed), outcome
    )
    return float(level), by_shock, by_theta, float(gap)
