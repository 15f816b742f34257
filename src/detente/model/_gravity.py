r"""Multilateral resistances of structural gravity, one importer's price index fixed and its equation dropped.

With trade costs $\tau_{ij} = t_{ij}^{1-\sigma}$, output shares $y_i$ and expenditure shares $e_j$ of the world:

$$P_j^{1-\sigma} = \sum_i \tau_{ij}\, y_i\, \Pi_i^{\sigma-1}, \qquad
\Pi_i^{1-\sigma} = \sum_j \tau_{ij}\, e_j\, P_j^{\sigma-1},$$

Anderson and van Wincoop (2003, AER 93(1)); Yotov, Piermartini, Monteiro and Larch (2016).
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from detente.model._anderson import anderson


class Resistances(NamedTuple):
    """Logs of `P_j^(sigma-1)` (inward) and `Pi_i^(sigma-1)` (outward)."""

    inward: Float[Array, " j"]
    outward: Float[Array, " i"]


@functools.partial(jax.jit, static_argnames=("max_steps",))
def resistances(
    cost: Float[Array, "i j"], output: Float[Array, " i"], spending: Float[Array, " j"], reference: Float[Array, " j"],
    *, tolerance: float = 1e-13, max_steps: int = 2000,
) -> tuple[Resistances, Array, Array]:  # fmt: skip
    """Solve for the resistances; `reference` is one at the importer whose index is fixed at one, else zero.

    Returns the resistances, the largest log gap of an equation, and the steps taken.
    """

    def step(state: Resistances) -> tuple[Resistances, Resistances]:
        outward = -jnp.log(cost @ (spending * jnp.exp(state.inward)))
        inward = jnp.where(reference > 0, 0.0, -jnp.log(cost.T @ (output * jnp.exp(outward))))
        new = Resistances(inward, outward)
        return new, Resistances(inward - state.inward, outward - state.outward)

    zero = Resistances(jnp.zeros_like(spending), jnp.zeros_like(output))
    return anderson(step, zero, depth=8, tolerance=jnp.asarray(tolerance), max_steps=jnp.asarray(float(max_steps)))
