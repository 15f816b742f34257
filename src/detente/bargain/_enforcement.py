"""Deals that hold by themselves: how patient both must be, and which tariffs that leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._given import Given


def critical_discount(
    gain: Any, loss: Any, length: Any = None, detection: Any = 1.0, false_alarm: Any = 0.0
) -> np.ndarray:
    r"""The least discount factor at which nobody cheats on a deal.

    $$g \le \ell\,(p-q)\,\frac{x}{1+qx}, \qquad x = \delta\,\frac{1-\delta^L}{1-\delta}
      \quad\Big(\frac{\delta}{1-\delta}\ \text{without end}\Big)$$

    A side that cheats gains g once; from the next period on the deal gives way to the snap-back for L periods, in each
    of which the side loses $\ell$ against the deal. Cheating is seen, and punished, with probability p; without any
    cheating a snap-back starts by mistake with probability q in each period, which makes the deal worth less:
    with V its value and W that of a snap-back beginning, $V - W = \ell x / [\delta(1+qx)]$. With p = 1, q = 0 and no
    end, $\delta^* = g/(g+\ell)$.

    Parameters
    ----------
    gain, loss
        g and l for one side, in one unit per period (say percent of spending a year); arrays of one shape.
    length
        L, periods of the snap-back, above 0; None: for good.
    detection, false_alarm
        p and q, 0 <= q < p <= 1.

    Returns
    -------
    delta*, 0 where there is nothing to gain, infinity where no discount factor below 1 is enough: the snap-back is too
    short, too hard to trigger, or no worse than the deal. The period runs from a breach to the answer.

    Raises
    ------
    UserError
        If numbers are out of bounds or shapes do not fit; all problems at once.

    References
    ----------
    Friedman (1971), Review of Economic Studies 38(1), 1-12; Dixit (1987), in: Trade Policy and Development; Green and
    Porter (1984), Econometrica 52(1), 87-100 (snap-back of finite length under imperfect monitoring).

    Examples
    --------
    >>> critical_discount(1.0, 3.0).item()
    0.25

    With a snap-back of one period delta l = g; where its two periods cost no more than cheating brings, nothing helps:

    >>> round(critical_discount(1.0, 3.0, length=1).item(), 6)
    0.333333
    >>> critical_discount(2.0, 1.0, length=2).item()
    inf
    """
    given = Given()
    g, lost = given.number("gain", gain), given.number("loss", loss)
    spell = given.number("length", np.inf if length is None else length, 0, open_low=True, infinite=True)
    p, q = given.number("detection", detection, 0, 1), given.number("false_alarm", false_alarm, 0, 1)
    if not given.problems and (np.broadcast_arrays(p <= q)[0]).any():
        given.problem("false_alarm", "is not below the odds of detection", "Then a snap-back deters nothing.")
    given.settle()
    g, lost, spell, p, q = np.broadcast_arrays(g, lost, spell, p, q)
    room = (p - q) * lost - q * g
    need = np.divide(g, room, out=np.full(g.shape, np.inf), where=room > 0)  # the x that makes it an equality
    need = np.where((g <= 0) & (lost >= 0), 0.0, np.where(lost < 0, np.inf, need))
    return _patience(need, spell)


def _patience(need: np.ndarray, spell: np.ndarray) -> np.ndarray:
    """delta at which the discounted length of the snap-back is `need`; infinite where it never gets there."""
    out = np.where(np.isinf(need), np.inf, np.where(need <= 0, 0.0, 1 - 1 / (1 + np.minimum(need, 1e300))))
    ends = np.isfinite(spell) & np.isfinite(need) & (need > 0)
    low, high = np.where(ends, out, 0.0), np.ones_like(out)  # without an end less patience is enough
    years = np.where(ends, spell, 1.0)
    for _ in range(80):
        middle = 0.5 * (low + high)
        log = np.log(np.maximum(middle, 1e-300))
        length = np.where(middle < 1, middle * np.expm1(years * log) / np.minimum(middle - 1, -1e-300), years)
        short = length < need
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    found = np.where(need < spell, high, np.inf)
    return np.asarray(np.where(ends, found, out))


def annual_discount_rate(patience: Any, period_months: Any) -> np.ndarray:
    r"""The yearly rate at which a discount factor of so many months discounts: $\delta^{-12/m} - 1$.

    A critical discount factor becomes the highest rate at which a side still keeps its word; a breach that is
    answered sooner allows a higher one.

    Parameters
    ----------
    patience
        delta: 0 (no patience needed) gives infinity, infinity (nothing is enough) gives NaN.
    period_months
        Length of the period, above 0.

    Raises
    ------
    UserError
        If a number is out of bounds.

    Examples
    --------
    >>> round(annual_discount_rate(0.5, 12).item(), 6), round(annual_discount_rate(0.5, 24).item(), 6)
    (1.0, 0.414214)
    """
    given = Given()
    d = given.number("patience", patience, 0, infinite=True)
    m = given.number("period_months", period_months, 0, open_low=True)
    given.settle()
    with np.errstate(divide="ignore"):
        rate = d ** (-12 / m) - 1
    return np.asarray(np.where(np.isinf(d), np.nan, rate))


@dataclass(frozen=True, eq=False)
class SustainableRange:
    """Which points of a grid of tariffs a pair can keep to.

    Attributes
    ----------
    tariffs
        The grid, rising, fractions.
    critical_discount
        The least discount factor of the side that needs more, by tariff.
    binding
        Name of that side, by tariff.
    sustained
        By tariff: whether both sides' patience is enough.
    intervals
        (low, high) spans of sustained tariffs; where a span ends between two points, its end is interpolated.
    """

    tariffs: np.ndarray
    critical_discount: np.ndarray
    binding: tuple[str, ...]
    sustained: np.ndarray
    intervals: tuple[tuple[float, float], ...]

    @property
    def lowest(self) -> float:
        """The lowest tariff that can be kept to; NaN when there is none."""
        return self.intervals[0][0] if self.intervals else float("nan")

    def __repr__(self) -> str:
        spans = ", ".join(f"{100 * a:.1f} to {100 * b:.1f} %" for a, b in self.intervals)
        return f"<SustainableRange: {spans or 'no tariff of the grid'}>"


def sustainable_range(
    tariffs: Any, gain: Any, loss: Any, patience: Any, *, sides: Sequence[str] = ("1", "2"), length: Any = None,
    detection: Any = 1.0, false_alarm: Any = 0.0, tolerance: float = 0.0,
) -> SustainableRange:  # fmt: skip
    """The tariffs that a pair can sustain, from each side's gain from cheating and loss of the deal.

    A tariff is sustained where no side's `critical_discount` lies above its patience.

    Parameters
    ----------
    tariffs
        Grid of agreed tariffs, rising, fractions.
    gain, loss
        (side, tariff): payoff of the best reply to the agreed tariff less that of keeping to it; payoff of keeping to
        it less that of the snap-back. One row serves for sides that are alike.
    patience
        Discount factor, one for both or one for each, 0 to 1.
    sides
        Their names.
    length, detection, false_alarm
        As in `critical_discount`.
    tolerance
        Gains and losses of no more than this count as none: the accuracy of the solver they come from. At the
        tariffs of the snap-back both are 0, and their quotient would be noise.

    Raises
    ------
    UserError
        If the grid does not rise, shapes do not fit or numbers are out of bounds.

    Examples
    --------
    >>> t = [0.0, 0.1, 0.2]
    >>> sustainable_range(t, gain=[[2.0, 1.0, 0.0]], loss=[[2.0, 2.0, 0.0]], patience=0.4, sides=["A", "B"])
    <SustainableRange: 6.0 to 20.0 %>
    """
    given = Given()
    grid, d = given.number("tariffs", tariffs), given.number("patience", patience, 0, 1)
    g, lost = given.number("gain", gain), given.number("loss", loss)
    noise = float(given.number("tolerance", tolerance, 0))
    names = tuple(sides)
    given.shapes.clear()
    if grid.ndim != 1 or (np.diff(grid) <= 0).any():
        given.problem("tariffs", "is no rising list of tariffs")
    elif not given.problems:
        for where, rows in (("gain", g), ("loss", lost)):
            if rows.shape not in ((grid.size,), (1, grid.size), (len(names), grid.size)):
                given.problem(where, f"has shape {rows.shape}", f"It needs ({len(names)}, {grid.size}): side, tariff.")
        if d.shape not in ((), (len(names),)):
            given.problem("patience", f"has shape {d.shape}", f"Give one number, or {len(names)}.")
    given.settle()
    g, lost = (np.where(np.abs(v) <= noise, 0.0, v) for v in (g, lost))
    needed = np.broadcast_to(critical_discount(g, lost, length, detection, false_alarm), (len(names), grid.size))
    slack = np.broadcast_to(d, (len(names),))[:, None] - needed
    worst = slack.argmin(axis=0)
    margin = np.take_along_axis(slack, worst[None], axis=0)[0]
    return SustainableRange(
        grid, np.take_along_axis(needed, worst[None], axis=0)[0], tuple(names[k] for k in worst), margin >= 0,
        _spans(grid, margin),
    )  # fmt: skip


def _spans(grid: np.ndarray, margin: np.ndarray) -> tuple[tuple[float, float], ...]:
    """Where the margin is 0 or more, its zeros interpolated between points that are finite."""
    out: list[tuple[float, float]] = []
    start: float | None = None
    for k, ok in enumerate(margin >= 0):
        if ok and start is None:
            start = _zero(grid, margin, k - 1) if k else float(grid[0])
        if start is not None and not ok:
            out.append((start, _zero(grid, margin, k - 1)))
            start = None
    if start is not None:
        out.append((start, float(grid[-1])))
    return tuple(out)


def _zero(grid: np.ndarray, margin: np.ndarray, k: int) -> float:
    """Zero of the margin between points k and k + 1; the sustained point where the other is infinite."""
    a, b = float(margin[k]), float(margin[k + 1])
    if np.isinf(a) or np.isinf(b):
        return float(grid[k + 1] if np.isinf(a) else grid[k])
    return float(grid[k] + (grid[k + 1] - grid[k]) * a / (a - b))
