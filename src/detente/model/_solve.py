"""Solve one equilibrium; say how it went, and what to do when it did not."""

from __future__ import annotations

import enum
import functools
import time
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from detente.model._anderson import anderson, newton
from detente.model._baseline import Baseline, Parameters, ShockArrays
from detente.model._config import compile_seconds
from detente.model._cut_off import unpayable, wrong_way
from detente.model._map import Pace, State, allocate, start, step
from detente.model._wedges import Wedges, share_factor, wedges


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
        "The search came no nearer, and the numbers are not an equilibrium. "
        "Take a smaller shock, or raise max_steps: the worst gaps that doctor() names say where it hangs."
    ),
    "no_equilibrium": (
        "No equilibrium was found in which every economy has something left to spend: a transfer takes more than the "
        "income that pays it, or trade is too little, or banned, to pay or receive it in, or to pay for what nobody "
        'makes at home. doctor() names who. Use deficits="balanced" (no transfers), a small limit instead of a ban, '
        "or take a smaller shock."
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
    tried when the direct solve fails. patience: steps without the gap halved after which a road is left.
    """

    tolerance: float = 1e-10
    max_steps: int = 400
    damping: float = 0.4
    depth: int = 10
    continuation: int = 40
    patience: int = 80


@dataclass(frozen=True)
class Solution:
    """An equilibrium, or the honest report that none was found.

    `seconds` is all the time taken, `compile_seconds` what of it went into compiling: nothing after the first of a
    shape.
    """

    state: State
    status: Status
    residual: float
    steps: int
    seconds: float
    compile_seconds: float = 0.0

    @property
    def solved(self) -> bool:
        """Whether the state is an equilibrium to the tolerance asked."""
        return self.status is Status.solved


_DEFAULT = SolverOptions()
_SURE_DAMPING = 0.3
"""Share of the gap closed where value added, not the trade balance, leads the wage."""
_BY_TRADE, _BY_VALUE_ADDED = 1.0, 0.0
"""Roads: what leads an economy's wage. See `Pace`."""
_CLOSE = 1e-2
"""Largest log gap from which Newton steps are tried."""
_SHORTEST = 1e-4
"""Stride of the walk, of the whole shock, at which it is given up."""
_LONGEST = 12
"""Steps of a walk, over the most of one solve, after which a failure ends it: honest soon rather than late."""
_NOTHING = 0.05
"""Final spending over its baseline at which, the walk ended, an economy is taken to run out of it."""


class Attempt(NamedTuple):
    """Where one road ended: the largest gap there, and what the poorest economy spends over its baseline."""

    state: State
    gap: float
    steps: int
    poorest: float

    def settled(self, tolerance: float) -> bool:
        """Every gap is closed, whatever it means."""
        return self.gap <= tolerance

    def found(self, tolerance: float) -> bool:
        """An equilibrium: every gap is closed, and nobody's final spending is negative."""
        return self.gap <= tolerance and self.poorest > 0.0


@functools.partial(jax.jit, static_argnames=("depth", "patience"))
def _accelerate(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, begin: State,
    tolerance: Array, max_steps: Array, pace: Pace, depth: int, patience: int,
) -> tuple[State, Array, Array, Array]:  # fmt: skip
    wedge = wedges(baseline, parameters, shock)
    state, gap, steps = anderson(
        lambda s: step(baseline, parameters, shock, wedge, s, pace),
        begin, depth=depth, tolerance=tolerance, max_steps=max_steps, patience=patience,
    )  # fmt: skip
    return state, gap, steps, poorest(baseline, parameters, shock, wedge, state)


@jax.jit
def _polish(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, begin: State, tolerance: Array, pace: Pace
) -> tuple[State, Array, Array, Array]:
    wedge = wedges(baseline, parameters, shock)
    state, gap, steps = newton(lambda s: step(baseline, parameters, shock, wedge, s, pace), begin, tolerance=tolerance)
    return state, gap, steps, poorest(baseline, parameters, shock, wedge, state)


def poorest(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, wedge: Wedges, state: State
) -> Float[Array, ""]:
    """Least final spending of an economy over its baseline: not above zero where a transfer cannot be paid.

    Budgets close with negative final spending too, as long as input use hides it in an economy's total spending.
    """
    return (allocate(baseline, parameters, shock, wedge, state).final / baseline.final).min()


@jax.jit
def _final_ratio(baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State) -> Float[Array, " n"]:
    return allocate(baseline, parameters, shock, wedges(baseline, parameters, shock), state).final / baseline.final


def final_ratio(baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State) -> np.ndarray:
    """Final spending of each economy over its baseline, (economy,), at any state: negative says why none was found."""
    return np.asarray(_final_ratio(baseline, parameters, shock, state))


def _direct(
    baseline: Baseline,
    parameters: Parameters,
    shock: ShockArrays,
    begin: State,
    options: SolverOptions,
    by_trade: float,
) -> Attempt:
    damping = options.damping if by_trade else _SURE_DAMPING
    state, gap, steps, least = _accelerate(
        baseline, parameters, shock, begin, jnp.asarray(options.tolerance), jnp.asarray(float(options.max_steps)),
        Pace(jnp.asarray(damping), jnp.asarray(by_trade)), options.depth, options.patience,
    )  # fmt: skip
    return Attempt(state, float(gap), int(steps), float(least))


def _near(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, begin: State, options: SolverOptions
) -> Attempt:
    """Anderson with wages led by the trade balance, then by value added; Newton-Krylov where that stalls close by."""
    best = _direct(baseline, parameters, shock, begin, options, _BY_TRADE)
    if best.settled(options.tolerance) or options.continuation == 0:
        return best
    road, steps = _BY_TRADE, best.steps
    sure = _direct(baseline, parameters, shock, begin, options, _BY_VALUE_ADDED)
    steps += sure.steps
    if sure.gap < best.gap or not np.isfinite(best.gap):
        best, road = sure, _BY_VALUE_ADDED
    if not best.settled(options.tolerance) and best.gap < _CLOSE:
        # what Anderson remembers of the long way here blurs the last digits: once more, without it
        again = _direct(baseline, parameters, shock, best.state, options, road)
        steps += again.steps
        best = again if again.gap < best.gap else best
    if best.settled(options.tolerance) or not best.gap < _CLOSE:
        return best._replace(steps=steps)
    state, gap, extra, least = _polish(
        baseline, parameters, shock, best.state, jnp.asarray(options.tolerance),
        Pace(jnp.asarray(options.damping), jnp.asarray(_BY_TRADE)),
    )  # fmt: skip
    if float(gap) < best.gap:
        best = Attempt(state, float(gap), 0, float(least))
    return best._replace(steps=steps + int(extra))


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
    ceilings = shock.ceilings
    if ceilings is not None:
        end, some = share_factor(ceilings), ceilings.limit > 0
        # a ban takes its flows out by degrees, ever smaller: where little replaces them the last ones count most
        through = jnp.where(some, 1.0, end + (1.0 - end) * (1.0 - part) ** 4)
        ceilings = ceilings._replace(limit=jnp.where(some, ceilings.limit**part, 0.0), through=through)
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
    clock, compiled = time.perf_counter(), compile_seconds()
    begin = begin or start(baseline, shock)
    hopeless = bool(unpayable(baseline, parameters, shock).any())
    # where nothing can be found one road says where it hangs; more would only take longer
    direct = (
        _direct(baseline, parameters, shock, begin, options, _BY_TRADE)
        if hopeless
        else _near(baseline, parameters, shock, begin, options)
    )
    end, steps, status = direct, direct.steps, Status.solved
    if hopeless:
        status = Status.no_equilibrium
    elif not direct.found(options.tolerance):
        last, reached = _continue(baseline, parameters, shock, options)
        steps += last.steps
        if reached >= 1.0:
            end = last
        else:
            status = _failure(baseline, parameters, shock, between(baseline, shock, reached), direct, last, options)
    compiling = compile_seconds() - compiled
    return Solution(end.state, status, end.gap, steps, time.perf_counter() - clock, compiling)


def _continue(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, options: SolverOptions
) -> tuple[Attempt, float]:
    """Walk from no shock to all of it; halve the stride after a failure, grow it after a success.

    Returns the last equilibrium on the way, with all steps taken, and how far it got.
    """
    reached, stride, total = 0.0, 0.25, 0
    good = Attempt(start(baseline, shock), float("inf"), 0, 1.0)
    for _ in range(options.continuation):
        target = min(1.0, reached + stride)
        found = _near(baseline, parameters, between(baseline, shock, target), good.state, options)
        total += found.steps
        if found.found(options.tolerance):
            good, reached, stride = found, target, stride * 1.5
            if reached >= 1.0:
                break
        else:
            stride *= 0.5
            if stride < _SHORTEST or total > _LONGEST * options.max_steps:
                break
    return good._replace(steps=total), reached


def _failure(
    baseline: Baseline, parameters: Parameters, shock: ShockArrays, part: ShockArrays, direct: Attempt, last: Attempt,
    options: SolverOptions,
) -> Status:  # fmt: skip
    """What to call a solve that found nothing: `last` is the end of the walk, at `part` of the shock."""
    if float(parameters.proportional) == 0.0 and np.any(np.asarray(baseline.deficit) != 0):
        if direct.settled(options.tolerance):  # only with negative final spending
            return Status.no_equilibrium
        owes = np.asarray(baseline.deficit) < 0
        # income has shrunk towards the transfer an economy owes: what is left to spend goes to nothing
        if np.any(owes & ~(final_ratio(baseline, parameters, part, last.state) > _NOTHING)):
            return Status.no_equilibrium
    if wrong_way(baseline, parameters, shock, final_ratio(baseline, parameters, part, last.state)):
        return Status.no_equilibrium
    return Status.stopped_at_limit if np.isfinite(direct.gap) else Status.not_finite


@jax.jit
def _gaps(baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State) -> State:
    return step(baseline, parameters, shock, wedges(baseline, parameters, shock), state, Pace(0.3, 1.0))[1]


def gaps(baseline: Baseline, parameters: Parameters, shock: ShockArrays, state: State) -> dict[str, np.ndarray]:
    """Undamped gap of every equation at a state, in logs, by the name of its unknown."""
    found = _gaps(baseline, parameters, shock, state)
    return {name: np.asarray(value) for name, value in found._asdict().items() if value.size}
