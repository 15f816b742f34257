"""Slopes of many players' objectives in their own export taxes and ceilings, from adjoints already found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree

from detente.model._baseline import Baseline, Parameters, ShockArrays
from detente.model._map import PLAIN, State, step
from detente.model._outcomes import outcomes
from detente.model._wedges import wedges


class OwnPolicySlopes(NamedTuple):
    """Each player's slopes in what it sets on its own exports; None where the shock has none of it."""

    export_tax: Any
    """(sector, importer, exporter): slope of the objective of the exporter's player; 0 for who plays not"""
    limit: Any
    """(ceiling,): slope of the objective of the ceiling's player; 0 where the ceiling is slack"""
    premium: Any
    """(ceiling,): at a slack ceiling, what one log point of premium there would bring its player"""


@jax.jit
def own_policy_slopes(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State, seeds: Mapping[str, Any],
    adjoints: Any, exporter_owner: Any, ceiling_owner: Any,
) -> OwnPolicySlopes:  # fmt: skip
    """Slopes of each player's objective in its own export taxes and limits.

    Parameters
    ----------
    seeds, adjoints
        As given to and found by `own_slopes`, at the same equilibrium.
    exporter_owner, ceiling_owner
        (economy,) and (ceiling,) whose export taxes and ceilings these are: a player's number, or -1.
    """
    _, unravel = ravel_pytree(state)
    free = (shock.export_tax, None if shock.ceilings is None else shock.ceilings.limit)

    def along(tax: Any, limit: Any) -> Any:
        ceilings = None if shock.ceilings is None else shock.ceilings._replace(limit=limit)
        s = shock._replace(export_tax=tax, ceilings=ceilings)
        found = outcomes(baseline, parameters, s, state)
        moved = step(baseline, parameters, s, wedges(baseline, parameters, s), state, PLAIN)[0]
        return {name: found[name] for name in seeds}, ravel_pytree(moved)[0]

    _, pull = jax.vjp(along, *free)

    def add(total: tuple[Any, Any], one: Any) -> tuple[tuple[Any, Any], None]:
        player, seed, adjoint = one
        tax, limit = pull((seed, adjoint))
        if tax is not None:
            tax = total[0] + jnp.where((exporter_owner == player)[None, None, :], tax, 0.0)
        if limit is not None:
            limit = total[1] + jnp.where(ceiling_owner == player, limit, 0.0)
        return (tax, limit), None

    nothing = jax.tree.map(jnp.zeros_like, free)
    (tax, limit), _ = jax.lax.scan(add, nothing, (jnp.arange(adjoints.shape[0]), dict(seeds), adjoints))
    # an adjoint answers for a premium that the map sets to zero as for one set from outside
    by_premium = jax.vmap(lambda a: unravel(a).premium)(adjoints)
    mine = ceiling_owner[None, :] == jnp.arange(adjoints.shape[0])[:, None]
    return OwnPolicySlopes(tax, limit, jnp.where(mine, by_premium, 0.0).sum(axis=0))
