"""Many equilibria of one baseline: by threads on a CPU, in one compiled batch on an accelerator."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from detente.model._anderson import anderson
from detente.model._baseline import Baseline, Parameters, ShockArrays, no_shock
from detente.model._config import compile_seconds
from detente.model._map import Pace, State, start, step
from detente.model._solve import Attempt, Solution, SolverOptions, Status, poorest, solve
from detente.model._wedges import wedges

_DEFAULT = SolverOptions()
_TOGETHER = 64
"""Members of one compiled batch: about 10 MiB each at 81 economies x 28 sectors."""


def solve_many(
    baseline: Baseline,
    parameters: Parameters | Sequence[Parameters],
    shocks: Sequence[ShockArrays],
    *,
    begin: State | None = None,
    options: SolverOptions = _DEFAULT,
    workers: int | None = None,
) -> list[Solution]:
    """Many equilibria of one baseline, in the order given; `parameters` may be one for each shock.

    On a CPU each core walks its own stretch of the list. Each solve starts from `begin` if given (an
    equilibrium all are near), else from the neighbour just solved when that is nearer than no shock at all.
    On an accelerator batches are solved together. A failed member leaves the others alone.
    """
    if not shocks:
        return []
    each = [parameters] * len(shocks) if isinstance(parameters, Parameters) else list(parameters)
    if jax.default_backend() != "cpu" and workers is None:
        return solve_together(baseline, each, shocks, begin=begin, options=options)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    count = min(len(shocks), workers or cores)
    nothing = no_shock(baseline)
    edges = np.linspace(0, len(shocks), count + 1).astype(int)

    def neighbour(out: list[Solution], i: int) -> State | None:
        if begin is not None:
            return begin
        if not (out and out[-1].solved and _shape(shocks[i]) == _shape(shocks[i - 1])):
            return None
        near = _distance(shocks[i], shocks[i - 1]) < _distance(shocks[i], nothing)
        return out[-1].state if near else None

    def stretch(first: int, last: int) -> list[Solution]:
        out: list[Solution] = []
        for i in range(first, last):
            out.append(solve(baseline, each[i], shocks[i], begin=neighbour(out, i), options=options))
        return out

    if count == 1:
        return stretch(0, len(shocks))
    with ThreadPoolExecutor(count) as pool:
        parts = pool.map(stretch, edges[:-1], edges[1:])
        return [solution for part in parts for solution in part]


def solve_together(
    baseline: Baseline,
    parameters: Parameters | Sequence[Parameters],
    shocks: Sequence[ShockArrays],
    *,
    begin: State | None = None,
    options: SolverOptions = _DEFAULT,
    size: int = _TOGETHER,
) -> list[Solution]:
    """Many equilibria as `vmap` of one, `size` at a time; who does not settle there is solved alone.

    Every pass is taken for the whole batch until its slowest member is done: made for accelerators, where a pass
    for many costs little more than for one. Shocks of another structure (ceilings, export taxes) form their own
    batches.
    """
    each = [parameters] * len(shocks) if isinstance(parameters, Parameters) else list(parameters)
    alike: dict[Any, list[int]] = {}
    for i, shock in enumerate(shocks):
        key = (jax.tree.structure(shock), tuple(np.shape(leaf) for leaf in jax.tree.leaves(shock)))
        alike.setdefault(key, []).append(i)
    found: dict[int, Solution] = {}
    for rows in alike.values():
        for first in range(0, len(rows), size):
            some = rows[first : first + size]
            clock, compiled = time.perf_counter(), compile_seconds()
            origin = start(baseline, shocks[some[0]]) if begin is None else begin
            states, residual, steps, least = _together(
                baseline, _stack([each[i] for i in some]), _stack([shocks[i] for i in some]), origin,
                jnp.asarray(options.tolerance), jnp.asarray(float(options.max_steps)),
                Pace(jnp.asarray(options.damping), jnp.asarray(1.0)), options.depth, options.patience,
            )  # fmt: skip
            gaps, counts, worth = np.asarray(residual), np.asarray(steps), np.asarray(least)
            compiling = (compile_seconds() - compiled) / len(some)
            spent = (time.perf_counter() - clock) / len(some)
            for k, i in enumerate(some):
                state = jax.tree.map(lambda leaf, k=k: leaf[k], states)
                one = Attempt(state, float(gaps[k]), int(counts[k]), float(worth[k]))
                if one.found(options.tolerance):
                    found[i] = Solution(state, Status.solved, one.gap, one.steps, spent, compiling)
                else:
                    found[i] = solve(baseline, each[i], shocks[i], begin=begin, options=options)
    return [found[i] for i in range(len(shocks))]


@functools.partial(jax.jit, static_argnames=("depth", "patience"))
def _together(
    baseline: Baseline, parameters: Parameters, shocks: ShockArrays, begin: State,
    tolerance: Array, max_steps: Array, pace: Pace, depth: int, patience: int,
) -> tuple[State, Array, Array, Array]:  # fmt: skip
    def one(p: Parameters, shock: ShockArrays) -> tuple[State, Array, Array, Array]:
        wedge = wedges(baseline, p, shock)
        state, gap, steps = anderson(
            lambda s: step(baseline, p, shock, wedge, s, pace), begin,
            depth=depth, tolerance=tolerance, max_steps=max_steps, patience=patience,
        )  # fmt: skip
        return state, gap, steps, poorest(baseline, p, shock, wedge, state)

    found: tuple[State, Array, Array, Array] = jax.vmap(one)(parameters, shocks)
    return found


def _stack(trees: Sequence[Any]) -> Any:
    return jax.tree.map(lambda *leaves: jnp.stack([jnp.asarray(x) for x in leaves]), *trees)


def _distance(a: ShockArrays, b: ShockArrays) -> float:
    """Sum of absolute differences of tariffs, costs and productivity: near enough to choose a start by."""
    return float(sum(np.abs(np.asarray(x) - np.asarray(y)).sum() for x, y in zip(a[:3], b[:3], strict=True)))


def _shape(shock: ShockArrays) -> int:
    return 0 if shock.ceilings is None else shock.ceilings.limit.shape[0]
