"""Draws over trade elasticities: how much of a result hangs on which study one believes."""

from __future__ import annotations

import numpy as np

from detente.errors import Problem, ShockError, WorldError
from detente.world import World, elasticity_set, elasticity_sets

_OURS = ("uniform-4", "in-sample")
"""Sets that are no independent study of these sectors; they do not count as disagreement."""


def spread_between_studies(world: World) -> np.ndarray:
    """Standard deviation of log theta across the published studies, by sector.

    Raises
    ------
    WorldError
        If the sets do not know the world's sectors.
    """
    names = [n for n in elasticity_sets() if n not in _OURS]
    sectors = [world.parents.get(s, s) for s in world.sectors]
    logs = np.log([elasticity_set(n, sectors) for n in names])
    spread: np.ndarray = logs.std(axis=0, ddof=1)
    return spread


def beyond_studies(world: World, thetas: np.ndarray, one_study: bool = False) -> str:
    """One sentence where draws (draw, sector) leave what published studies find; empty where they do not.

    `one_study`: the elasticity is a horizon's own, one number from one study, so that any spread is beyond it.
    """
    low, high = thetas.min(), thetas.max()
    if one_study:
        same = high - low <= 1e-9 * high
        text = f"This horizon's elasticity is one study's; the draws reach from {low:.2f} to {high:.2f} around it: "
        return "" if same else text + "the ends of an interval extrapolate."
    names = [n for n in elasticity_sets() if n not in _OURS]
    try:
        found = np.array([elasticity_set(n, [world.parents.get(s, s) for s in world.sectors]) for n in names])
    except WorldError:  # sectors that no study knows: nothing to compare with
        return ""
    outside = (thetas < found.min(axis=0) * (1 - 1e-9)) | (thetas > found.max(axis=0) * (1 + 1e-9))
    if not outside.any():
        return ""
    return (
        f"In {int(outside.any(axis=1).sum())} of {len(thetas)} draws some sector's elasticity lies outside what "
        f"the published studies find for it ({outside.mean():.0%} of all drawn): the ends of an interval extrapolate."
    )


def draw_elasticities(
    theta: np.ndarray, count: int, seed: int, spread: float | np.ndarray, correlation: float = 0.0
) -> np.ndarray:
    r"""Lognormal draws with median theta: $\ln\theta_{dj} = \ln\theta_j + \sigma_j z_{dj}$.

    Parameters
    ----------
    theta
        (sector,), the medians.
    count, seed
        How many draws, and the seed that makes them the same again.
    spread
        Standard deviation of the logs, one number or by sector.
    correlation
        Between sectors, 0 to 1: `z = sqrt(c) z_common + sqrt(1-c) z_own`.

    Returns
    -------
    (draw, sector)

    Raises
    ------
    ShockError
        On a count below one, a negative spread or a correlation outside 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> bool((draw_elasticities(np.array([4.0, 2.0]), 3, 1, 0.0) == [4.0, 2.0]).all())
    True
    """
    sigma = np.broadcast_to(np.asarray(spread, dtype=float), theta.shape)
    problems = []
    if count < 1:
        problems.append(Problem("draws", f"{count} draws are none", "Ask for one or more."))
    if not (np.isfinite(sigma).all() and (sigma >= 0).all()):
        problems.append(Problem("spread", "must be finite and not negative"))
    if not 0 <= correlation <= 1:
        problems.append(Problem("correlation", f"{correlation} is no correlation", "Give 0 to 1."))
    if problems:
        raise ShockError(problems)
    rng = np.random.default_rng(seed)
    own = rng.standard_normal((count, theta.size))
    common = rng.standard_normal((count, 1))
    drawn: np.ndarray = theta * np.exp(sigma * (np.sqrt(correlation) * common + np.sqrt(1.0 - correlation) * own))
    return drawn
