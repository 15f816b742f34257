"""Reputational attrition: two sides hold out because each may be one that never gives in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._given import Given


@dataclass(frozen=True, eq=False)
class Attrition:
    """The equilibrium of a war of attrition with reputations; arrays when arrays were handed in.

    Attributes
    ----------
    excess
        D = a1 + a2 - 1: by how much the demands exceed the pie.
    hazard1, hazard2
        Rate at which each concedes, per unit of time, until `end`.
    end
        T0: from then on only those who never give in are left.
    at_once1, at_once2
        Probability that a side concedes at the very start; at most one of the two is above 0.
    payoff1, payoff2
        Expected payoff of a side that is not stubborn, share of the pie.
    """

    excess: np.ndarray
    hazard1: np.ndarray
    hazard2: np.ndarray
    end: np.ndarray
    at_once1: np.ndarray
    at_once2: np.ndarray
    payoff1: np.ndarray
    payoff2: np.ndarray

    def agreed_by(self, time: Any) -> np.ndarray:
        """Probability that one of the two has conceded by a time, from 0 on; broadcast against the cases.

        Raises
        ------
        UserError
            If the time lies before 0.
        """
        given = Given()
        t = given.number("time", time, 0, infinite=True)
        given.settle()
        held = (1 - self.at_once1) * (1 - self.at_once2)
        return np.asarray(1 - held * np.exp(-(self.hazard1 + self.hazard2) * np.minimum(t, self.end)))

    def __repr__(self) -> str:
        if self.end.size > 1:
            return f"<Attrition: {self.end.size} cases>"
        return (
            f"<Attrition: over by {float(self.end):.4f}; payoffs {float(self.payoff1):.4f} "
            f"and {float(self.payoff2):.4f}>"
        )


def attrition(demand1: Any, demand2: Any, rate1: Any, rate2: Any, stubborn1: Any, stubborn2: Any) -> Attrition:
    r"""Abreu and Gul's war of attrition.

    $$D = a_1 + a_2 - 1,\quad \lambda_1 = r_2\frac{1-a_1}{D},\quad \lambda_2 = r_1\frac{1-a_2}{D},\quad
      T_i = \frac{-\ln z_i}{\lambda_i},\quad T_0 = \min(T_1, T_2)$$

    Side i asks a_i; conceding gives it what the other leaves, 1 - a_j. With probability z_i it is of a kind that
    never concedes. The other sides concede at rates that keep the opponent just willing to hold out, and until T_0
    every one of them has; for both reputations to reach 1 together, the side that would take longer concedes at
    once with probability $1 - z_i e^{\lambda_i T_0}$. Payoffs: $1 - a_j + D \times$ (odds that j concedes at once).

    Parameters
    ----------
    demand1, demand2
        a: shares of the pie asked, 0 < a < 1, together above 1. They are given, not chosen here.
    rate1, rate2
        r: discount rates above 0, per unit of time (say months).
    stubborn1, stubborn2
        z: prior odds that the side never gives in, 0 < z < 1.

    Returns
    -------
    Attrition

    Raises
    ------
    UserError
        If a number is out of bounds, or the demands leave nothing to fight over.

    References
    ----------
    Abreu and Gul (2000), Econometrica 68(1), 85-117.

    Examples
    --------
    >>> attrition(0.6, 0.6, 0.1, 0.1, 0.05, 0.05)
    <Attrition: over by 14.9787; payoffs 0.4000 and 0.4000>
    >>> attrition(0.7, 0.6, 0.1, 0.1, 0.05, 0.1)
    <Attrition: over by 17.2694; payoffs 0.4000 and 0.5156>
    """
    given = Given()
    a1, a2, r1, r2, z1, z2 = read_sides(given, demand1, demand2, rate1, rate2, stubborn1, stubborn2)
    if not given.problems and (a1 + a2 <= 1).any():
        given.problem("demands", "add up to 1 or less", "There is nothing to fight over: both can have what they ask.")
    given.settle()
    return fought(a1, a2, r1, r2, z1, z2)


def fought(a1: np.ndarray, a2: np.ndarray, r1: np.ndarray, r2: np.ndarray, z1: np.ndarray, z2: np.ndarray) -> Attrition:
    """`attrition` of numbers already checked."""
    excess = a1 + a2 - 1
    hazard1, hazard2 = r2 * (1 - a1) / excess, r1 * (1 - a2) / excess
    end = np.minimum(-np.log(z1) / hazard1, -np.log(z2) / hazard2)
    # rounding can leave a hair below 0 for the side that T_0 belongs to
    at1, at2 = (np.maximum(0.0, -np.expm1(np.log(z) + h * end)) + 0.0 for z, h in ((z1, hazard1), (z2, hazard2)))
    fields = (excess, hazard1, hazard2, end, at1, at2, 1 - a2 + excess * at2, 1 - a1 + excess * at1)
    return Attrition(*np.broadcast_arrays(*fields))


def read_sides(
    given: Given, demand1: Any, demand2: Any, rate1: Any, rate2: Any, stubborn1: Any, stubborn2: Any
) -> tuple[np.ndarray, ...]:
    """The six numbers of two sides: demands, rates, stubbornness."""

    def inside(where: str, value: Any, high: float) -> np.ndarray:
        return given.number(where, value, 0, high, open_low=True, open_high=True)

    return (
        inside("demand1", demand1, 1),
        inside("demand2", demand2, 1),
        inside("rate1", rate1, np.inf),
        inside("rate2", rate2, np.inf),
        inside("stubborn1", stubborn1, 1),
        inside("stubborn2", stubborn2, 1),
    )
