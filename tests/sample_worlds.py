"""Small consistent accounts for tests, drawn from a seed. Nothing here is data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Accounts:
    """Arrays in the shapes of `detente.model.baseline_from_accounts`."""

    trade: np.ndarray
    tariffs: np.ndarray
    value_added_shares: np.ndarray
    input_shares: np.ndarray
    final_shares: np.ndarray
    input_taxes: np.ndarray

    def arrays(self) -> tuple[np.ndarray, ...]:
        """In the order the kernels take them."""
        return (
            self.trade, self.tariffs, self.value_added_shares, self.input_shares, self.final_shares, self.input_taxes
        )  # fmt: skip


def close(trade, tariffs, beta, mix, taxes=None) -> Accounts:
    """Accounts from flows, value-added shares (economy, sector) and an input mix (economy, input, user).

    Inputs are scaled down where they would leave less than a fifth of a good for final use.
    """
    economies, sectors = beta.shape
    taxes = np.zeros((economies, sectors)) if taxes is None else taxes
    output = trade.sum(axis=1).T
    spending = (trade * (1 + tariffs)).sum(axis=2).T
    gamma = mix * (1 - beta)[:, None, :]
    for _ in range(400):
        use = (gamma / (1 + taxes)[:, None, :] * output[:, None, :]).sum(axis=2)
        excess = np.where(use > 0.8 * spending, 0.8 * spending / np.maximum(use, 1e-300), 1.0)
        if (excess > 1 - 1e-9).all():
            break
        gamma = gamma * excess[:, :, None]
    final = spending - use
    return Accounts(
        trade, tariffs, 1 - gamma.sum(axis=1), gamma, final / final.sum(axis=1, keepdims=True), taxes
    )  # fmt: skip


def random_accounts(
    seed=0, economies=4, sectors=3, *, tariffs=True, inputs=True, taxes=False, balanced=False
) -> Accounts:
    """Flows with home bias, sizes that differ, duties up to 30 %, and input-output links."""
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(0, 1, economies))
    trade = rng.uniform(0.2, 1.0, (sectors, economies, economies)) * size[None, :, None] * size[None, None, :]
    home = np.arange(economies)
    trade[:, home, home] *= rng.uniform(3, 8) * economies
    if balanced:  # symmetric flows balance every economy's trade
        trade = 0.5 * (trade + trade.transpose(0, 2, 1))
    rates = rng.uniform(0, 0.3, trade.shape) if tariffs else np.zeros_like(trade)
    rates[:, home, home] = 0.0
    beta = rng.uniform(0.3, 0.7, (economies, sectors)) if inputs else np.ones((economies, sectors))
    mix = rng.dirichlet(np.ones(sectors), (economies, sectors)).transpose(0, 2, 1)
    wedge = rng.uniform(-0.02, 0.08, (economies, sectors)) if taxes else None
    return close(trade, rates, beta, mix, wedge)


def split_first(accounts: Accounts) -> Accounts:
    """The first economy cut into two identical halves that trade with each other as with themselves."""

    def three(a: np.ndarray, extensive: bool) -> np.ndarray:
        out = np.concatenate([a[:, :1], a], axis=1)
        out = np.concatenate([out[:, :, :1], out], axis=2)
        if extensive:
            out[:, :2] /= 2
            out[:, :, :2] /= 2
        return out

    def first(a: np.ndarray) -> np.ndarray:
        return np.concatenate([a[:1], a], axis=0)

    return Accounts(
        three(accounts.trade, True), three(accounts.tariffs, False), first(accounts.value_added_shares),
        first(accounts.input_shares), first(accounts.final_shares), first(accounts.input_taxes),
    )  # fmt: skip
