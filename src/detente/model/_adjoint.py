r"""Exact gradients of any outcome through the fixed point, by one adjoint solve.

With the equilibrium $x = G(x, p)$ and an outcome $g(x, p)$:

$$\frac{dg}{dp} = g_p + \lambda^\top G_p, \qquad (I - G_x^\top)\,\lambda = g_x^\top.$$

The iterations themselves are never differentiated.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

from detente.model._baseline import Baseline, Parameters, ShockArrays
from detente.model._config import gmres
from detente.model._map import State, step
from detente.model._outcomes import outcomes
from detente.model._wedges import wedges

_DAMPING = 0.3


class Sensitivity(NamedTuple):
    """Derivatives of one outcome in every entry of each instrument; None where the shock has none of it."""

    tariff: Any
    trade_cost: Any
    productivity: Any
    export_tax: Any
    limit: Any
    theta: Any


def _free(shock: ShockArrays, parameters: Parameters) -> Sensitivity:
    limit = None if shock.ceilings is None else shock.ceilings.limit
    return Sensitivity(*shock[:4], limit, parameters.theta)


def _fixed(shock: ShockArrays, parameters: Parameters, free: Sensitivity) -> tuple[ShockArrays, Parameters]:
    ceilings = None if shock.ceilings is None else shock.ceilings._replace(limit=free.limit)
    return ShockArrays(*free[:4], ceilings), dataclasses.replace(parameters, theta=free.theta)


@jax.jit
def _gradient(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State, seeds: Mapping[str, Any]
) -> tuple[Any, Sensitivity, Any]:
    flat, unravel = ravel_pytree(state)

    def pass_on(x: Any, free: Sensitivity) -> Any:
        s, p = _fixed(shock, parameters, free)
        return ravel_pytree(step(baseline, p, s, wedges(baseline, p, s), unravel(x), _DAMPING)[0])[0]

    def value(x: Any, free: Sensitivity) -> Any:
        s, p = _fixed(shock, parameters, free)
        found = outcomes(baseline, p, s, unravel(x))
        return sum((found[name] * seed).sum() for name, seed in seeds.items())

    free = _free(shock, parameters)
    level, pull_value = jax.vjp(value, flat, free)
    g_x, g_free = pull_value(jnp.ones(()))
    _, pull = jax.vjp(pass_on, flat, free)
    adjoint, _ = gmres(
        lambda v: v - pull(v)[0], g_x, tol=1e-11, atol=0.0, restart=50, maxiter=6, solve_method="batched"
    )
    through_state, through_free = pull(adjoint)
    gap = jnp.linalg.norm(adjoint - through_state - g_x) / jnp.maximum(jnp.linalg.norm(g_x), 1e-300)
    return level, jax.tree.map(lambda a, b: a + b, g_free, through_free), gap


def gradient(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State, seeds: Mapping[str, Any]
) -> tuple[float, Sensitivity, float]:
    """Value and gradient of `sum over outcomes of (seed * outcome)` at an equilibrium.

    `seeds` maps names of outcomes to weights of their shape. Returns the value; its derivatives; and the
    relative residual of the adjoint system, which the caller must read. Where a ceiling just begins to bind
    the derivative is the one-sided one.
    """
    level, by, gap = _gradient(
        baseline, parameters, shock, state, {k: jnp.asarray(v, dtype=float) for k, v in seeds.items()}
    )
    return float(level), by, float(gap)
