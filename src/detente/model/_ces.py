"""The constant-elasticity aggregate in changes, exact at and near an elasticity of one."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

_NEAR_ONE = 1e-6


def ces_log(
    weight: Float[Array, "*b k m"], log_ratio: Float[Array, "*b k"], rho: Float[Array, ""]
) -> Float[Array, "*b m"]:
    r"""Log of the CES price index in changes, one for each column of weights.

    $$\ln \mathrm{CES}_\rho = \ln\Big(1 + \sum_k s_k \big(e^{(1-\rho)\ln \hat x_k} - 1\big)\Big) / (1-\rho)$$

    and, for $|1-\rho| < 10^{-6}$, mean plus $(1-\rho)/2$ times the variance of $\ln\hat x$ under $s$.

    Parameters
    ----------
    weight
        Baseline cost shares, unitless, summing to one over `k` (or all zero: the result is then 0).
    log_ratio
        Log of new / old price of each part.
    rho
        Elasticity of substitution, unitless.

    Examples
    --------
    A price rise common to all parts passes through one for one, whatever the elasticity:

    >>> import jax.numpy as jnp
    >>> s = jnp.array([[0.3], [0.7]])
    >>> [round(float(ces_log(s, jnp.array([0.1, 0.1]), jnp.array(r))[0]), 12) for r in (0.2, 1.0, 4.0)]
    [0.1, 0.1, 0.1]
    """
    r = 1.0 - rho

    def away(_: None) -> Float[Array, "*b m"]:
        return jnp.log1p(_weighted(weight, jnp.expm1(r * log_ratio))) / r

    def near(_: None) -> Float[Array, "*b m"]:
        mean, square = _weighted(weight, log_ratio), _weighted(weight, log_ratio**2)
        return mean + 0.5 * r * (square - mean**2)

    found: Array = jax.lax.cond(jnp.abs(r) < _NEAR_ONE, near, away, None)
    return found


def _weighted(weight: Float[Array, "*b k m"], x: Float[Array, "*b k"]) -> Float[Array, "*b m"]:
    if weight.shape[-1] == 1:  # a sum is several times faster than thousands of tiny matrix products
        return (weight[..., 0] * x).sum(axis=-1, keepdims=True)
    return jnp.einsum("...km,...k->...m", weight, x)
