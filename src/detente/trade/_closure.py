"""Horizons: how far substitution goes and how far factors move, each preset with its source."""

from __future__ import annotations

import math
from dataclasses import dataclass

from detente.errors import Problem, ShockError, UnknownName, unknown

DEFICITS = ("fixed", "proportional", "balanced")
"""Deficit closures: nominal transfers stay; transfers move with income; baseline purged of them first."""


@dataclass(frozen=True)
class Closure:
    """Elasticities of the nests and mobility of factors.

    Attributes
    ----------
    theta
        Trade elasticity for every sector, or None: the model's elasticity set.
    rho_v, rho_m, sigma_c
        Substitution between value added and inputs, among inputs, among final goods; 1 is Cobb-Douglas.
    kappa
        Mobility of factors between sectors: 0 specific, infinity mobile.
    name, source
        What the preset is called and where its numbers come from.

    Raises
    ------
    ShockError
        If an elasticity is negative or not finite, or mobility is negative.
    """

    theta: float | None = None
    rho_v: float = 1.0
    rho_m: float = 1.0
    sigma_c: float = 1.0
    kappa: float = math.inf
    name: str = "custom"
    source: str = "given by the user"

    def __post_init__(self) -> None:
        problems = [
            Problem(f"Closure({field}=...)", f"{value} is not an elasticity", "Give a finite number of zero or more.")
            for field, value in (("rho_v", self.rho_v), ("rho_m", self.rho_m), ("sigma_c", self.sigma_c))
            if not (math.isfinite(value) and value >= 0)
        ]
        if self.theta is not None and not (math.isfinite(self.theta) and self.theta > 0):
            problems.append(
                Problem("Closure(theta=...)", f"{self.theta} is not a trade elasticity", "Give one above 0.")
            )
        if not self.kappa >= 0:
            problems.append(Problem("Closure(kappa=...)", f"{self.kappa} is not a mobility", "Give 0 to infinity."))
        if problems:
            raise ShockError(problems)

    @property
    def immobility(self) -> float:
        """`1 / (1 + kappa)`: 0 for mobile factors, 1 for sector-specific ones."""
        return 0.0 if math.isinf(self.kappa) else 1.0 / (1.0 + self.kappa)


HORIZONS: dict[str, Closure] = {
    "short": Closure(
        theta=0.76, rho_v=0.5, rho_m=0.2, sigma_c=0.9, kappa=0.0, name="short",
        source=(
            "within a year: trade elasticity 0.76, Boehm, Levchenko and Pandalai-Nayar (2023, AER 113(4)); "
            "nests 0.9, 0.5, 0.2 and specific factors, Baqaee and Farhi (2024, Econometrica 92(2))"
        ),
    ),
    "medium": Closure(
        theta=1.5, kappa=1.0, name="medium",
        source=(
            "three to five years: trade elasticity 1.5, interpolated (ours) on the profile from 0.76 to 2.1 of "
            "Boehm, Levchenko and Pandalai-Nayar (2023, AER 113(4)); Cobb-Douglas nests and mobility 1 are ours"
        ),
    ),
    "long": Closure(
        name="long", source="a published set of trade elasticities, Cobb-Douglas nests, mobile factors: "
        "Caliendo and Parro (2015, Review of Economic Studies 82(1))",
    ),
}  # fmt: skip


def horizon_closure(horizon: str | Closure) -> Closure:
    """A preset by name, or the closure given.

    >>> horizon_closure("short").theta
    0.76
    """
    if isinstance(horizon, Closure):
        return horizon
    if horizon not in HORIZONS:
        raise UnknownName([unknown("horizon", str(horizon), list(HORIZONS), "horizon")])
    return HORIZONS[horizon]
