"""Solve one equilibrium; say how it went, and what to do when it did not."""

from __future__ import annotations

import enum
import functools
import time
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from detente.model._anderson import anderson, newton
from detente.model._baseline import Baseline, Parameters, ShockArrays
from detente.model._map import Pace, State, allocate, start, step
from detente.model._wedges import wedges


class Status(enum.StrEnum):
    """How a solve ended; equal to its own name. Anything but `solved` is no equilibrium.

    >>> Status.solved == "solved", Status.solved.remedy
    (True, '')
    """

    solved = "solved"
    stopped_at_limit = "stopped_at_limit"
    no_equilibrium = "no_equilibrium"
    not_finite = "not_finite"

    @property
    def remedy(self) -> str:
        """What happened and what to do about it; empty for `solved`."""
        return _REMEDIES[self.value]


_REMEDIES = {
    "solved": "",
    "stopped_at_limit": (
        "The most steps allowed were taken and the numbers are not an equilibrium. "
        "Raise max_steps, or take a smaller shock."
    ),
    "no_equilibrium": (
        "A fixed transfer leaves an economy without the income to pay it, or without the trade to receive it in, "
        'so no equilibrium exists at this shock. Use deficits="balanced" (or "proportional").'
    ),
    "not_finite": (
        "A price or an income left the numbers that can be held (an economy cut off, or a ratio near zero). "
        "Check the shock for extreme entries, or take it in smaller steps."
    ),
}


@dataclass(frozen=True)
class SolverOptions:
    """Settings that change the road to an equilibrium, never the equilibrium beyond `tolerance`.

    tolerance: largest gap of any log unknown. damping: share of an economy's wage gap closed in a step
    before acceleration. depth: differences Anderson remembers. continuation: most sub-steps of the shock
    tried when the direct solve fails.
    """

    tolerance: float = 1e-10
    max_steps: int = 400
    damping: float = 0.4
    depth: int = 10
    continuation: int = 40


@dataclass(frozen=True)
class Solution:
    """An equilibrium, or the honest report that there is none."""

    state: State
    status: Status
    residual: float
    steps: int
    seconds: float

    @property
    def solved(self) -> bool:
        """Whether the state is an equilibrium to the tolerance asked."""
        return self.status is Status.solved


_DEFAULT = SolverOptions()
_SURE_DAMPING = 0.3
"""Share of the gap closed where value added, not the trade balance, leads the wage."""
_CLOSE = 1e-2
"""Largest log gap from which Newton steps are tried."""


@functools.partial(jax.jit, static_argnames=("depth",))
def _accelerate(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, begin: State,
    tolerance: Array, max_steps: Array, pace: Pace, depth: int,
) -> tuple[State, Array, Array]:  # fmt: skip
    wedge = wedges(baseline, parameters, shock)
    return anderson(
        lambda s: step(baseline, parameters, shock, wedge, s, pace),
        begin, depth=depth, tolerance=tolerance, max_steps=max_steps,
    )  # fmt: skip


@jax.jit
def _polish(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, begin: State, tolerance: Array, pace: Pace
) -> tuple[State, Array, Array]:
    wedge = wedges(baseline, parameters, shock)
    return newton(lambda s: step(baseline, parameters, shock, wedge, s, pace), begin, tolerance=tolerance)


@jax.jit
def _final_spending(baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State) -> Float[Array, " n"]:
    return allocate(baseline, parameters, shock, wedges(baseline, parameters, shock), state).final


def _direct(
    baseline: Baseline,
    parameters: Parameters,
    shock: ShockArrays,
    begin: State,
    options: SolverOptions,
    by_trade: float,
) -> tuple[State, float, int]:
    damping = options.damping if by_trade else _SURE_DAMPING
    state, residual, steps = _accelerate(
        baseline, parameters, shock, begin, jnp.asarray(options.tolerance), jnp.asarray(float(options.max_steps)),
        Pace(jnp.asarray(damping), jnp.asarray(by_trade)), options.depth,
    )  # fmt: skip
    return state, float(residual), int(steps)


def _near(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, begin: State, options: SolverOptions
) -> tuple[State, float, int]:
    """Anderson with wages led by the trade balance, then by value added; Newton-Krylov where that stalls close by."""
    state, residual, steps = _direct(baseline, parameters, shock, begin, options, 1.0)
    if residual <= options.tolerance or options.continuation == 0:
        return state, residual, steps
    sure, gap, more = _direct(baseline, parameters, shock, begin, options, 0.0)
    steps += more
    if gap < residual or not np.isfinite(residual):
        state, residual = sure, gap
    if residual <= options.tolerance or not residual < _CLOSE:
        return state, residual, steps
    polished, gap, extra = _polish(
        baseline, parameters, shock, state, jnp.asarray(options.tolerance),
        Pace(jnp.asarray(options.damping), jnp.asarray(1.0)),
    )  # fmt: skip
    better = float(gap) < residual
    return (polished, float(gap), steps + int(extra)) if better else (state, residual, steps + int(extra))


def between(baseline: Baseline, shock: ShockArrays, part: float) -> ShockArrays:
    """The shock taken `part` of the way: `ln(1+t)`, costs, productivity and ceilings in logs, from none to all.

    >>> import jax.numpy as jnp
    >>> b = type("B", (), {"tariff": jnp.array(0.0)})()
    >>> round(float(between(b, ShockArrays(jnp.array(0.21), jnp.array(1.0), jnp.array(1.0)), 0.5).tariff), 12)
    0.1
    """
    return shock if part >= 1.0 else _between(baseline.tariff, shock, jnp.asarray(part))


@jax.jit
def _between(tariff: Array, shock: ShockArrays, part: Array) -> ShockArrays:
    log_old, log_new = jnp.log1p(tariff), jnp.log1p(shock.tariff)
    new = jnp.expm1((1.0 - part) * log_old + part * log_new)
    tax = None if shock.export_tax is None else jnp.expm1(part * jnp.log1p(shock.export_tax))
    ceilings = None if shock.ceilings is None else shock.ceilings._replace(limit=shock.ceilings.limit**part)
    return ShockArrays(new, shock.trade_cost**part, shock.productivity**part, tax, ceilings)


def solve(
    baseline: Baseline,
    parameters: Parameters,
    shock: ShockArrays,
    *,
    begin: State | None = None,
    options: SolverOptions = _DEFAULT,
) -> Solution:
    """The equilibrium after `shock`: Anderson, then smaller steps of the shock, then Newton-Krylov.

    Never raises for a failed solve: look at `.status`. NaN or infinity is never success.
    """
    clock = time.perf_counter()
    state, residual, steps = _near(baseline, parameters, shock, begin or start(baseline, shock), options)
    reached, where = 1.0, state
    if not residual <= options.tolerance:
        where, gap, more, reached = _continue(baseline, parameters, shock, options)
        steps += more
        if reached >= 1.0:
            state, residual = where, gap
    status = _status(baseline, parameters, shock, options, residual, reached, where)
    return Solution(state, status, residual, steps, time.perf_counter() - clock)


def _continue(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, options: SolverOptions
) -> tuple[State, float, int, float]:
    """Walk from no shock to all of it; halve the stride after a failure, grow it after a success.

    Returns the last equilibrium on the way, the gap there, steps taken and how far it got.
    """
    good, reached, stride, total = start(baseline, shock), 0.0, 0.25, 0
    residual = float("inf")
    for _ in range(options.continuation):
        target = min(1.0, reached + stride)
        part = between(baseline, shock, target)
        state, residual, steps = _near(baseline, parameters, part, good, options)
        total += steps
        if residual <= options.tolerance:
            good, reached, stride = state, target, stride * 1.5
            if reached >= 1.0:
                break
        else:
            stride *= 0.5
            if stride < 1e-4:
                break
    return good, residual, total, reached


def _status(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, options: SolverOptions,
    residual: float, reached: float, last_good: State,
) -> Status:  # fmt: skip
    if residual <= options.tolerance:
        return Status.solved
    if float(parameters.proportional) == 0.0:
        part = between(baseline, shock, reached)
        final = np.asarray(_final_spending(baseline, parameters, part, last_good))
        pays = np.asarray(baseline.deficit) < 0
        # income has shrunk towards the transfer an economy owes: what is left to spend goes to nothing
        if reached < 1.0 and np.any(pays & ~(final > 0.05 * np.asarray(baseline.final))):
            return Status.no_equilibrium
    if np.isfinite(residual):
        return Status.stopped_at_limit
    return Status.not_finite


@jax.jit
def _gaps(baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State) -> State:
    return step(baseline, parameters, shock, wedges(baseline, parameters, shock), state, Pace(0.3, 1.0))[1]


def gaps(baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State) -> dict[str, np.ndarray]:
    """Undamped gap of every equation at a state, in logs, by the name of its unknown."""
    found = _gaps(baseline, parameters, shock, state)
    return {name: np.asarray(value) for name, value in found._asdict().items() if value.size}
