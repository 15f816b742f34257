"""Input, value-added and tax shares of the 81 x 28 world: levels from one table, patterns from another, balanced.

Levels by block are the economy's own (77 x 11 table, 2020); within a block the pattern is WIOD's (2014): the
economy's own or, where it has none, the world's. Flows are those of 2022 and are not touched.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tools._world_report import report_balance, report_levels, report_taxes
from tools._world_sources import BLOCKS, Array, Blocks, Cube, Detail, Log, Sections

from detente import nomenclature

BOUNDS = (0.02, 0.95)
"""Value-added shares of WIOD outside these are moved to them before they serve as a pattern."""


def shift_to(shares: Array, weights: Array, target: float) -> Array:
    """Shares moved by one common step in log odds so that their weighted mean is `target`; they stay in (0, 1)."""
    if weights.sum() <= 0:
        return shares
    odds = np.log(shares / (1.0 - shares))
    low, high = -40.0, 40.0
    for _ in range(200):
        step = 0.5 * (low + high)
        mean = (weights / (1.0 + np.exp(-odds - step))).sum() / weights.sum()
        low, high = (step, high) if mean < target else (low, step)
    return np.asarray(1.0 / (1.0 + np.exp(-odds - 0.5 * (low + high))))


def balance(
    prior: Array, rows: Array, columns: Array, tolerance: float = 1e-14, limit: int = 5000
) -> tuple[Array, int]:
    """Biproportional fit of a non-negative matrix to row and column sums (RAS), and the rounds it took.

    Rows are scaled last, so that they are met to rounding; columns are met to `tolerance` of the total.
    """
    if abs(rows.sum() - columns.sum()) > 1e-9 * rows.sum():
        raise SystemExit("row and column totals differ: the accounts cannot be balanced")
    fitted = prior.copy()
    for step in range(limit):
        held = fitted.sum(axis=0)
        fitted *= np.where(held > 0, columns / np.where(held > 0, held, 1.0), 0.0)
        gap = np.abs(fitted.sum(axis=1) - rows).max() / rows.sum()
        held = fitted.sum(axis=1)
        fitted *= np.where(held > 0, rows / np.where(held > 0, held, 1.0), 0.0)[:, None]
        if gap < tolerance:
            return fitted, step + 1
    raise SystemExit(f"balancing stopped after {limit} rounds, still off by {gap:.2e}")


@dataclass(frozen=True)
class Closed:
    """One economy's balanced shares, and what balancing did to it."""

    input_shares: Array
    value_added_shares: Array
    input_taxes: Array
    final_shares: Array
    plain_final: Array
    """Spending less input use when WIOD's coefficients only meet the level of value added; may be negative."""
    naive_final: Array
    """The same with the economy's own coefficients by pair of blocks, before balancing."""
    inputs: tuple[Array, Array]
    """Input purchases (input, user) before and after balancing, with duty."""
    final: tuple[Array, Array]
    """Final demand before and after balancing."""
    duties_on_inputs: float
    rounds: int


@dataclass(frozen=True)
class Shares:
    """The shares of a `detente.world.World`, economies first."""

    input_shares: Array
    value_added_shares: Array
    input_taxes: Array
    final_shares: Array


def world_final_shares(detail: Detail, sections: Sections, sectors: tuple[str, ...]) -> Array:
    """Share of world use that is final, by sector: the pattern before an economy's own levels.

    WIOD's commodity balance (output less input use, world, 2014) by sector; mining from the G20 table of 2019, because
    WIOD's economies import much of theirs from outside.
    """
    balance_of = 1.0 - detail.inputs.sum(axis=(0, 2)) / detail.output.sum(axis=0)
    shares = balance_of[detail.place]
    mining = np.array([code.startswith("B") for code in sectors])
    b = sections.sections.index("B")
    use, final = sections.inputs[:, b].sum(), sections.final[:, b].sum()
    shares[mining] = final / (final + use)
    if shares.min() <= 0 or shares.max() >= 1:
        raise SystemExit("a world final-use share is outside (0, 1)")
    return np.asarray(shares)


class _Economy:
    """One economy's prior and balanced accounts."""

    def __init__(self, builder: Builder, n: int) -> None:
        self.b, self.n = builder, n
        code = builder.cube.economies[n]
        self.own_levels = builder.blocks.economies.index(code if code in builder.blocks.economies else "ROW")
        self.own_detail = builder.detail.economies.index(code) if code in builder.detail.economies else None
        self.output = builder.output[n]
        self.basic = builder.basic[n]
        self.duty = builder.duty[n]

    def coefficients(self) -> tuple[Array, Array]:
        """WIOD input coefficients (28, 28) and value-added shares (28,), world's where the economy has none."""
        d, place = self.b.detail, self.b.detail.place
        world_inputs, world_va = d.inputs.sum(axis=0) / d.output.sum(axis=0), d.value_added.sum(0) / d.output.sum(0)
        inputs, va = world_inputs, world_va
        if self.own_detail is not None:
            made = d.output[self.own_detail]
            safe = np.where(made > 0, made, 1.0)
            inputs = np.where(made > 0, d.inputs[self.own_detail] / safe, world_inputs)
            va = np.where(made > 0, d.value_added[self.own_detail] / safe, world_va)
        # an input that WIOD does not tell apart is split by what the economy buys
        weight = np.ones(len(place))
        for group in np.unique(place):
            same = place == group
            bought = self.basic[same].sum()
            weight[same] = self.basic[same] / bought if bought > 0 else 1.0 / same.sum()
        return inputs[place][:, place] * weight[:, None], np.clip(va[place], *BOUNDS)

    def value_added(self, pattern: Array) -> Array:
        """Value-added shares with the block's own level."""
        shares = np.empty_like(pattern)
        for block, here in enumerate(self.b.in_block):
            shares[here] = shift_to(pattern[here], self.output[here], self.b.blocks.value_added[self.own_levels, block])
        return shares

    def prior_inputs(self, coefficients: Array) -> Array:
        """Purchases at basic prices: WIOD's pattern, scaled to the economy's own coefficient in each pair of blocks."""
        flows = coefficients * self.output
        for user, using in enumerate(self.b.in_block):
            for source, used in enumerate(self.b.in_block):
                cell = np.ix_(used, using)
                held = flows[cell].sum()
                level = self.b.blocks.inputs[source, self.own_levels, user] * self.output[using].sum()
                if held > 0:
                    flows[cell] *= level / held
        return np.asarray(flows)

    def prior_final(self, spending: Array) -> Array:
        """Final demand, strictly positive where there is spending: pattern by sector, own level by block."""
        shares = np.empty_like(spending)
        pattern = self.b.final_pattern.copy()
        g20 = self.b.sections.economies
        own = g20.index(self.b.cube.economies[self.n]) if self.b.cube.economies[self.n] in g20 else g20.index("ROW")
        for section, here in self.b.in_section.items():
            level = float(np.clip(self.b.section_final[section][own], *BOUNDS))
            pattern[here] = shift_to(pattern[here], spending[here], level)
        for block, here in enumerate(self.b.in_block):
            shares[here] = shift_to(pattern[here], spending[here], self.b.blocks.final[block, self.own_levels])
        return np.asarray(shares * spending)

    def close(self) -> Closed:
        """Prior, then RAS against the spending of 2022 with final demand as one more column."""
        coefficients, pattern = self.coefficients()
        va = self.value_added(pattern)
        flows = self.prior_inputs(coefficients)
        per_user = coefficients.sum(axis=0)
        plain = coefficients * (1.0 - va) / np.where(per_user > 0, per_user, 1.0) * self.output
        naive = self.basic - flows.sum(axis=1)
        rate = np.zeros_like(va)
        for block, here in enumerate(self.b.in_block):
            rate[here] = self.b.blocks.input_tax[self.own_levels, block]
        bought = (1.0 - va) * self.output / (1.0 + rate)
        held = flows.sum(axis=0)
        flows *= np.where(held > 0, bought / np.where(held > 0, held, 1.0), 0.0)
        flows *= (1.0 + self.duty)[:, None]
        paid = flows.sum(axis=0)
        spending = self.basic * (1.0 + self.duty)
        final = self.prior_final(spending)
        columns = np.append(paid, spending.sum() - paid.sum())
        fitted, rounds = balance(np.column_stack([flows, final]), spending, columns)

        some = self.output > 0
        value_added = np.where(some, va, 1.0)
        # what purchasers pay beyond basic price and duty; with value added it makes up all of output
        taxes = np.where(some, (1.0 + rate) * bought / np.where(some, paid, 1.0) - 1.0, 0.0)
        column = fitted[:, :-1].sum(axis=0)
        shares = np.where(some, fitted[:, :-1] / np.where(some, column, 1.0) * (1.0 - value_added), 0.0)
        left = spending - (shares / (1.0 + taxes) * self.output).sum(axis=1)
        if left.min() < 0:
            raise SystemExit(f"final demand of {self.b.cube.economies[self.n]} is below zero after balancing")
        return Closed(
            input_shares=shares,
            value_added_shares=value_added,
            input_taxes=taxes,
            final_shares=left / left.sum(),
            plain_final=self.basic - plain.sum(axis=1),
            naive_final=naive,
            inputs=(flows, fitted[:, :-1]),
            final=(final, fitted[:, -1]),
            duties_on_inputs=float((paid - bought).sum()),
            rounds=rounds,
        )


class Builder:
    """Holds the tables that every economy's accounts are made from."""

    def __init__(self, cube: Cube, tariffs: Array, blocks: Blocks, detail: Detail, sections: Sections) -> None:
        self.cube, self.blocks, self.detail, self.sections = cube, blocks, detail, sections
        self.output = cube.trade.sum(axis=1).T.copy()
        self.basic = cube.trade.sum(axis=2).T.copy()
        duties = (cube.trade * tariffs).sum(axis=2).T
        self.duty = duties / np.where(self.basic > 0, self.basic, 1.0)
        table = nomenclature.sectors()
        self.in_block: list[npt.NDArray[np.bool_]] = [
            np.array([table[code].block == name for code in cube.sectors]) for name in BLOCKS
        ]
        self.in_section = {s: np.array([code.startswith(s) for code in cube.sectors]) for s in ("A", "B")}
        self.final_pattern = world_final_shares(detail, sections, cube.sectors)
        self.section_final = {}
        for section in self.in_section:
            at = sections.sections.index(section)
            final, use = sections.final[:, at].sum(axis=0), sections.inputs[:, at].sum(axis=(0, 2))
            self.section_final[section] = final / (final + use)


def build_shares(cube: Cube, tariffs: Array, blocks: Blocks, detail: Detail, sections: Sections, log: Log) -> Shares:
    """Balanced shares of the 81 x 28 world, every adjustment logged."""
    builder = Builder(cube, tariffs, blocks, detail, sections)
    closed = [_Economy(builder, n).close() for n in range(len(cube.economies))]
    report_balance(closed, cube.economies, log)
    report_taxes(closed, builder.output, builder.basic * builder.duty, blocks, log)
    report_levels(closed, cube, blocks, detail, log)
    return Shares(
        np.stack([c.input_shares for c in closed]),
        np.stack([c.value_added_shares for c in closed]),
        np.stack([c.input_taxes for c in closed]),
        np.stack([c.final_shares for c in closed]),
    )
