"""The last minute before a deadline: who still concedes, and how often it is missed. The model is `deadline_odds`'s.

Reputations are followed backwards from the end, where both are 1: `left` is the time on the last-minute clock still to
go. At an extension, by the race without a deadline, one side leads and the other lags: it would have to concede on the
spot with odds c > 0 that grow with `left`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class LastMinute:
    """Side by side: the rates of conceding before, how long, and what is left for the last minute.

    `until` is when the attrition stops (the deadline, or earlier: all who would concede have), `left` the length of
    the last-minute clock, `missed` the odds, once there, that the deadline is missed.
    """

    rate1: np.ndarray
    rate2: np.ndarray
    until: np.ndarray
    left: np.ndarray
    at_once1: np.ndarray
    at_once2: np.ndarray
    missed: np.ndarray

    @classmethod
    def solve(
        cls, *, rate1: np.ndarray, rate2: np.ndarray, stubborn1: np.ndarray, stubborn2: np.ndarray,
        months: np.ndarray, soft: np.ndarray, rush1: np.ndarray, rush2: np.ndarray,
    ) -> LastMinute:  # fmt: skip
        """Both reputations reach 1 together, one of them without conceding at the start: that fixes `left`."""
        need1, need2 = -np.log(stubborn1), -np.log(stubborn2)
        until = np.minimum(months, np.minimum(need1 / rate1, need2 / rate2))
        rest1, rest2 = np.maximum(0.0, need1 - rate1 * until), np.maximum(0.0, need2 - rate2 * until)
        first_lags = rush1 * rate2 >= rush2 * rate1
        run = Reputations(
            np.where(first_lags, rate1 / rate2, rate2 / rate1), np.where(first_lags, rush1, rush2),
            np.where(first_lags, rush2, rush1), soft,
        )  # fmt: skip
        left = run.length(np.where(first_lags, rest2, rest1), np.where(first_lags, rest1, rest2))
        leads, lags = run.leading(left), run.lagging(left)
        grown1, grown2 = np.where(first_lags, lags, leads), np.where(first_lags, leads, lags)
        # what reputation neither the term nor the last minute makes is made by conceding at once
        at1, at2 = (-np.expm1(-np.maximum(0.0, short)) + 0.0 for short in (rest1 - grown1, rest2 - grown2))
        return cls(rate1, rate2, until, left, at1, at2, run.missed(left))


@dataclass(frozen=True, eq=False)
class Reputations:
    r"""Reputations in the last minute, by role, as functions of the time left s.

    Leading side: $-\ln y = \mu s$. Lagging side: $-\ln y = \ln(1 + A\varphi(s)) + \rho\mu s$ with
    $A = \mu_{lag} - \rho\mu$, $B = soft - A$, $\varphi(s) = (1-e^{-Bs})/B$ and rho the ratio of the rates before.
    """

    ratio: np.ndarray
    rush_lag: np.ndarray
    rush_lead: np.ndarray
    soft: np.ndarray

    @property
    def excess(self) -> np.ndarray:
        """A, 0 or more."""
        return np.asarray(np.maximum(0.0, self.rush_lag - self.ratio * self.rush_lead))

    def leading(self, left: np.ndarray) -> np.ndarray:
        """-ln of the leading side's reputation."""
        return np.asarray(self.rush_lead * left)

    def lagging(self, left: np.ndarray) -> np.ndarray:
        """-ln of the lagging side's reputation."""
        with np.errstate(over="ignore"):
            grown = np.log1p(self.excess * phi(self.soft - self.excess, left))
        return np.asarray(grown + self.ratio * self.rush_lead * left)

    def length(self, rest_lead: np.ndarray, rest_lag: np.ndarray) -> np.ndarray:
        """Time left at which neither side has grown beyond what it still needs: bisection, both curves rise."""
        high = np.minimum(rest_lead, rest_lag / self.ratio) / self.rush_lead
        low = np.zeros_like(high)
        whole = self.lagging(high) <= rest_lag
        top = high
        for _ in range(200):
            middle = 0.5 * (low + high)
            fits = self.lagging(middle) <= rest_lag
            low, high = np.where(fits, middle, low), np.where(fits, high, middle)
            if (high - low <= 1e-15 * high).all():
                break
        return np.asarray(np.where(whole, top, low))

    def missed(self, left: np.ndarray) -> np.ndarray:
        r"""Odds that "too late" falls before anyone concedes.

        $\int_0^{s} e^{-(s-u)}\, Y(s)/Y(u)\,du + Y(s)e^{-s}$ with Y the product of the reputations; closed form.
        """
        a, g = self.excess, 1 + (1 + self.ratio) * self.rush_lead
        b = self.soft - a
        plain = phi(g, left)
        near = np.abs(b * left) < 1e-4
        safe = np.where(near, 1.0, b)
        drift = np.exp(-np.where(near, 0.0, b) * left)
        far = (plain - drift * phi(g - b, left)) / safe
        ramp = (left - plain) / g
        bent = np.where(near, ramp - b * (left * left / 2 - ramp) / g, far)
        with np.errstate(under="ignore"):
            end = np.exp(-g * left)
        return np.asarray((plain + a * bent + end) / (1 + a * phi(b, left)))


def phi(rate: np.ndarray, time: np.ndarray) -> np.ndarray:
    """(1 - exp(-rate time)) / rate, for any sign of the rate."""
    small = np.abs(rate * time) < 1e-8
    safe = np.where(small, 1.0, rate)
    with np.errstate(over="ignore"):
        return np.asarray(np.where(small, time * (1 - 0.5 * rate * time), -np.expm1(-safe * time) / safe))
