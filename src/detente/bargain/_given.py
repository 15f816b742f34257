"""Numbers handed to a model of bargaining: read, checked and lined up; all problems are raised at once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from detente.errors import Problem, UserError


class Given:
    """Reads arguments one by one and remembers what is wrong with them until `settle`.

    Examples
    --------
    >>> given = Given()
    >>> given.number("patience1", 0.9, 0, 1).item(), given.number("patience2", 1.5, 0, 1).item()
    (0.9, 0.5)
    >>> given.settle()
    Traceback (most recent call last):
    ...
    detente.errors.UserError: patience2: 1.5 lies outside 0 to 1.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.shapes: dict[str, tuple[int, ...]] = {}

    def number(
        self, where: str, value: Any, low: float = -math.inf, high: float = math.inf, *,
        open_low: bool = False, open_high: bool = False, infinite: bool = False, remedy: str = "",
    ) -> np.ndarray:  # fmt: skip
        """`value` as an array of numbers within bounds; where it is not, a stand-in, and a problem is kept."""
        stand_in = np.array(0.5 * (low + high) if math.isfinite(low + high) else max(low, 1.0))
        try:
            out = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            self.problem(where, f"{value!r} is no number", remedy)
            return stand_in
        bad = np.isnan(out) if infinite else ~np.isfinite(out)
        if out.size == 0 or bad.any():
            self.problem(where, "holds no number" if out.size == 0 else f"{_first(out, bad)} is no number here", remedy)
            return stand_in
        outside = (out < low) | (out > high) | (open_low & (out == low)) | (open_high & (out == high))
        if outside.any():
            self.problem(
                where, f"{_first(out, outside)} lies outside {_bounds(low, high, open_low, open_high)}", remedy
            )
            return stand_in
        self.shapes[where] = out.shape
        return out

    def problem(self, where: str, what: str, remedy: str = "") -> None:
        """Keep a problem for `settle`."""
        self.problems.append(Problem(where, what, remedy))

    def settle(self) -> None:
        """Raise everything found, shapes that cannot stand beside each other included.

        Raises
        ------
        UserError
            If anything was wrong.
        """
        try:
            np.broadcast_shapes(*self.shapes.values())
        except ValueError:
            listed = ", ".join(f"{name} {shape}" for name, shape in self.shapes.items() if shape)
            self.problem("shapes", f"do not fit each other: {listed}", "Hand in numbers, or arrays of one shape.")
        if self.problems:
            raise UserError(self.problems)


def _first(values: np.ndarray, mask: np.ndarray) -> str:
    return f"{float(values[mask].flat[0]):g}"


def _bounds(low: float, high: float, open_low: bool, open_high: bool) -> str:
    """The bounds in words."""
    if math.isinf(high):
        return f"numbers above {low:g}" if open_low else f"{low:g} and above"
    if math.isinf(low):
        return f"numbers below {high:g}" if open_high else f"{high:g} and below"
    ends = [f"{end:g} itself" for end, shut in ((low, open_low), (high, open_high)) if shut]
    return f"{low:g} to {high:g}{', without ' + ' and '.join(ends) if ends else ''}"
