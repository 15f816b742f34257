"""Anderson acceleration of a fixed point, and a few Newton-Krylov steps where it stalls.

Walker and Ni (2011), "Anderson acceleration for fixed-point iterations", SIAM J. Numer. Anal. 49(4), type II.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float

from detente.model._config import gmres

_RIDGE = 1e-14
_HUGE = 1e300


class Iterate(NamedTuple):
    """State of the iteration; `residual` is the largest undamped gap of any log unknown.

    `mark` is the least residual so far, moved only when it is halved, and `marked` the step it was moved at.
    """

    x: Float[Array, " m"]
    residual: Float[Array, ""]
    steps: Float[Array, ""]
    x_last: Float[Array, " m"]
    f_last: Float[Array, " m"]
    dg: Float[Array, "depth m"]
    df: Float[Array, "depth m"]
    gram: Float[Array, "depth depth"]
    mark: Float[Array, ""]
    marked: Float[Array, ""]


S = TypeVar("S", bound=tuple[Any, ...])
"""A state: a named tuple of arrays, all of them unknowns."""


def largest(gap: tuple[Any, ...]) -> Float[Array, ""]:
    """Largest absolute entry of a gap; NaN stays NaN."""
    return jnp.max(jnp.stack([jnp.max(jnp.abs(g)) for g in gap if g.size]))


def anderson(
    function: Callable[[S], tuple[S, S]],
    start: S,
    *,
    depth: int,
    tolerance: Float[Array, ""],
    max_steps: Float[Array, ""],
    patience: float = math.inf,
) -> tuple[S, Float[Array, ""], Float[Array, ""]]:
    """Iterate `x -> function(x)` to a gap below `tolerance`; returns state, residual and steps taken.

    Stops on NaN, and after `patience` steps that did not halve the residual: the caller reads the residual, never
    the state alone.
    """
    flat0, unravel = ravel_pytree(start)

    def evaluate(x: Float[Array, " m"]) -> tuple[Float[Array, " m"], Float[Array, ""]]:
        new, gap = function(unravel(x))
        return ravel_pytree(new)[0] - x, largest(gap)

    def more(it: Iterate) -> Array:
        going = (it.residual > tolerance) & (it.steps < max_steps) & jnp.isfinite(it.residual)
        return going if math.isinf(patience) else going & (it.steps - it.marked < patience)

    def body(it: Iterate) -> Iterate:
        f, residual = evaluate(it.x)
        slot = (it.steps.astype(jnp.int32) - 1) % depth
        first = it.steps == 0
        change = jnp.where(first, 0.0, f - it.f_last)
        df = it.df.at[slot].set(change)
        dg = it.dg.at[slot].set(jnp.where(first, 0.0, it.x - it.x_last) + change)
        products = df @ jnp.stack([change, f], axis=1)
        gram = it.gram.at[slot].set(products[:, 0]).at[:, slot].set(products[:, 0])
        trace = jnp.trace(gram)
        scale = jnp.where(trace > 0, trace / depth, 1.0)
        weight = jnp.linalg.solve(gram + _RIDGE * scale * jnp.eye(depth), products[:, 1])
        x_new = it.x + f - weight @ dg
        done = residual <= tolerance
        halved = residual < 0.5 * it.mark
        mark, marked = jnp.where(halved, residual, it.mark), jnp.where(halved, it.steps, it.marked)
        return Iterate(jnp.where(done, it.x, x_new), residual, it.steps + 1, it.x, f, dg, df, gram, mark, marked)

    zero = jnp.zeros((depth, flat0.size))
    # the first residual is not known yet: large, and finite so that it does not read as a failure
    begin = Iterate(
        flat0, jnp.asarray(_HUGE), jnp.zeros(()), flat0, jnp.zeros_like(flat0), zero, zero, jnp.zeros((depth, depth)),
        jnp.asarray(_HUGE), jnp.zeros(()),
    )  # fmt: skip
    end = jax.lax.while_loop(more, body, begin)
    return unravel(end.x), end.residual, end.steps


def newton(
    function: Callable[[S], tuple[S, S]], start: S, *, tolerance: Float[Array, ""], max_steps: int = 12
) -> tuple[S, Float[Array, ""], Float[Array, ""]]:
    """Newton steps on `function(x) - x = 0`, each linear system by GMRES on exact Jacobian products.

    Steps are halved until the gap falls, at most eight times.
    """
    flat0, unravel = ravel_pytree(start)

    def gap_of(x: Float[Array, " m"]) -> Float[Array, " m"]:
        return ravel_pytree(function(unravel(x))[0])[0] - x

    def residual_of(x: Float[Array, " m"]) -> Float[Array, ""]:
        worst = largest(function(unravel(x))[1])
        return jnp.where(jnp.isfinite(worst), worst, _HUGE)

    def more(carry: tuple[Array, Array, Array]) -> Array:
        _, residual, steps = carry
        return (residual > tolerance) & (steps < max_steps)

    def body(carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        x, residual, steps = carry
        f, jvp = jax.linearize(gap_of, x)
        direction, _ = gmres(lambda v: -jvp(v), f, tol=1e-4, restart=60, maxiter=3)

        def shrink(c: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
            size, _, tries = c
            return size * 0.5, residual_of(x + size * 0.5 * direction), tries + 1

        size, new, _ = jax.lax.while_loop(
            lambda c: (c[1] >= residual) & (c[2] < 8), shrink, (jnp.ones(()), residual_of(x + direction), 0)
        )
        better = new < residual
        return (
            jnp.where(better, x + size * direction, x),
            jnp.where(better, new, residual),
            jnp.where(better, steps + 1, max_steps),
        )

    x, residual, steps = jax.lax.while_loop(more, body, (flat0, residual_of(flat0), jnp.zeros((), jnp.int32)))
    return unravel(x), residual, steps
