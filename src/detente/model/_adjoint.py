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

from detente.model._anderson import anderson
from detente.model._baseline import Baseline, Parameters, ShockArrays
from detente.model._config import gmres
from detente.model._map import PLAIN, State, step
from detente.model._outcomes import outcomes
from detente.model._wedges import wedges


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


def solve_adjoint(pull: Any, right: Any) -> tuple[Any, Any, Any]:
    r"""Solve $(I - G_x^\top)\lambda = r$, `pull` the pullback of the map, $x$ its first argument.

    Returns the adjoint, its pullback and the relative residual, which the caller must read.
    """
    adjoint, _ = gmres(
        lambda v: v - pull(v)[0], right, tol=1e-11, atol=0.0, restart=50, maxiter=6, solve_method="batched"
    )
    through = pull(adjoint)
    gap = jnp.linalg.norm(adjoint - through[0] - right) / jnp.maximum(jnp.linalg.norm(right), 1e-300)
    return adjoint, through, gap


@jax.jit
def _gradient(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State, seeds: Mapping[str, Any]
) -> tuple[Any, Sensitivity, Any]:
    flat, unravel = ravel_pytree(state)

    def pass_on(x: Any, free: Sensitivity) -> Any:
        s, p = _fixed(shock, parameters, free)
        return ravel_pytree(step(baseline, p, s, wedges(baseline, p, s), unravel(x), PLAIN)[0])[0]

    def value(x: Any, free: Sensitivity) -> Any:
        s, p = _fixed(shock, parameters, free)
        found = outcomes(baseline, p, s, unravel(x))
        return sum((found[name] * seed).sum() for name, seed in seeds.items())

    free = _free(shock, parameters)
    level, pull_value = jax.vjp(value, flat, free)
    g_x, g_free = pull_value(jnp.ones(()))
    _, pull = jax.vjp(pass_on, flat, free)
    _, (_, through_free), gap = solve_adjoint(pull, g_x)
    return level, jax.tree.map(jnp.add, g_free, through_free), gap


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


class OwnSlopes(NamedTuple):
    """Many objectives at one equilibrium: each player's, and its slope in its own tariffs."""

    values: Any
    """(player,)"""
    tariff: Any
    """(sector, importer, exporter): slope of the objective of the importer's player; 0 for who plays not"""
    adjoints: Any
    """(player, unknown), to start from next time"""
    gap: Any
    """largest gap of an adjoint system, over its right-hand side"""


@jax.jit
def own_slopes(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State, seeds: Mapping[str, Any],
    owner: Any, begin: Any, tolerance: Any,
) -> OwnSlopes:  # fmt: skip
    """Slopes of many players' objectives, each in the tariffs of its own importers, by one block of adjoints.

    All adjoint systems share the linearised map, so that a pass is one matrix product for all players.

    Parameters
    ----------
    seeds
        Names of outcomes and weights of (player, *shape of the outcome*).
    owner
        (economy,) whose tariffs these are: a player's number, or -1.
    begin
        (player, unknown) adjoints to start from: zeros, or those of a point near by.
    tolerance
        Largest gap of an adjoint system over the largest entry of its right-hand side.
    """
    flat, unravel = ravel_pytree(state)
    wedge = wedges(baseline, parameters, shock)

    def valued(x: Any, s: ShockArrays) -> Any:
        found = outcomes(baseline, parameters, s, unravel(x))
        return {name: found[name] for name in seeds}

    levels, pull_value = jax.vjp(lambda x: valued(x, shock), flat)
    _, pull = jax.vjp(lambda x: ravel_pytree(step(baseline, parameters, shock, wedge, unravel(x), PLAIN)[0])[0], flat)

    def adjoint(seed: Any, first: Any) -> tuple[Any, Any]:
        right = pull_value(seed)[0]
        size = jnp.maximum(jnp.abs(right).max(), 1e-300)

        def towards(x: tuple[Any]) -> tuple[tuple[Any], tuple[Any]]:
            new = right / size + pull(x[0])[0]
            return (new,), (new - x[0],)

        found, gap, _ = anderson(towards, (first / size,), depth=4, tolerance=tolerance, max_steps=jnp.asarray(400.0))
        return found[0] * size, gap

    adjoints, gaps = jax.vmap(adjoint)(dict(seeds), begin)

    def along(tariff: Any) -> Any:
        s = shock._replace(tariff=tariff)
        moved = step(baseline, parameters, s, wedges(baseline, parameters, s), state, PLAIN)[0]
        return valued(flat, s), ravel_pytree(moved)[0]

    _, pull_tariff = jax.vjp(along, shock.tariff)

    def add(total: Any, one: Any) -> tuple[Any, None]:
        player, seed, found = one
        by = pull_tariff((seed, found))[0]
        return total + jnp.where((owner == player)[None, :, None], by, 0.0), None

    players = jnp.arange(adjoints.shape[0])
    total, _ = jax.lax.scan(add, jnp.zeros_like(shock.tariff), (players, dict(seeds), adjoints))
    values = sum((seeds[name] * levels[name]).reshape(len(players), -1).sum(axis=1) for name in seeds)
    return OwnSlopes(values, total, adjoints, gaps.max())
