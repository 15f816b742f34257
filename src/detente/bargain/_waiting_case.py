"""The question of waiting, read and checked: curves of disagreement payoffs, and what signing later is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._given import Given
from detente.errors import close_matches

THREATS = ("today", "lasting")


@dataclass(frozen=True)
class Vulnerability:
    r"""One thing a side loses while there is no deal, fading as it finds ways around.

    $$\ell(t) = f + (\ell_0 - f)\, 2^{-t/h}$$

    Attributes
    ----------
    name
        What it is, for people: "magnets", "advanced chips".
    side
        Who loses.
    loss_percent
        Loss now, percent of the payoff unit (spending of the reference side, see `waiting`), 0 or more.
    half_life_months
        (low, high): within what span half of what can fade has faded; infinity for both: it stays.
    floor_percent
        What never fades, from 0 to `loss_percent`.
    """

    name: str
    side: str
    loss_percent: float
    half_life_months: tuple[float, float]
    floor_percent: float = 0.0

    @property
    def middle(self) -> float:
        """Geometric middle of the half-life's range, months."""
        return math.sqrt(self.half_life_months[0]) * math.sqrt(self.half_life_months[1])


@dataclass(frozen=True, eq=False)
class Case:
    """The question, read and checked."""

    sides: tuple[str, ...]
    lists: dict[str, tuple[Vulnerability, ...]]
    patience: float
    surplus: np.ndarray
    alpha: np.ndarray
    truce: np.ndarray
    cost: np.ndarray
    annuity: float
    threat: str

    @classmethod
    def read(
        cls, listed: Any, sides: Any, patience: Any, months: Any, surplus: Any, weights: Any, truce: Any, cost: Any,
        deal_months: Any, threat: Any, beliefs: Any, draws: Any,
    ) -> Case:  # fmt: skip
        given = Given()
        names = tuple(sides)
        if len(names) < 2 or len(set(names)) < len(names):
            given.problem("sides", f"{names} are not two sides or more", "Name each once: ['USA', 'CHN'].")
        for where, count in (("months", months), ("draws", draws)):
            if not isinstance(count, int) or isinstance(count, bool) or count < 1:
                given.problem(where, f"{count!r} is not a whole number above 0")
                months, draws = 1, 1
        delta = float(given.number("patience", patience, 0, 1, open_low=True, open_high=True))
        joint = given.number("surplus_percent", surplus)
        if joint.ndim and joint.shape != (months + 1,):
            given.problem("surplus_percent", f"has shape {joint.shape}", f"Give one number, or {months + 1}.")
            joint = np.zeros(())
        alpha = given.number("weights", [1.0] * len(names) if weights is None else weights, 0, open_low=True)
        if alpha.shape != (len(names),):
            given.problem("weights", f"{weights!r} are no bargaining weights", "Give one above 0 for each side.")
        spell = float(given.number("deal_months", deal_months, 0, open_low=True, infinite=True))
        if threat not in THREATS:
            given.problem("threat", f"{threat!r} is not known here", f"It is {' or '.join(THREATS)}.")
        truces = _by_side(given, "truce_percent", truce, names)
        costs = _by_side(given, "truce_cost_percent", cost, names)
        common = _vulnerabilities(given, "vulnerabilities", listed, names)
        lists = dict.fromkeys(names, common)
        _by_side(given, "beliefs", dict.fromkeys(beliefs or {}, 0.0), names)
        for side, own in (beliefs or {}).items():
            lists[side] = _vulnerabilities(given, f"beliefs of {side}", own, names)
        given.shapes.clear()
        given.settle()
        annuity = (1 - delta**spell) / (1 - delta)
        return cls(
            names, lists, delta, np.broadcast_to(joint, (months + 1,)), alpha / alpha.sum(), truces, costs, annuity,
            threat,
        )  # fmt: skip

    @property
    def months(self) -> np.ndarray:
        """0 to the last month."""
        return np.arange(self.surplus.size)

    def disagreement(self, listed: tuple[Vulnerability, ...], half_life: np.ndarray) -> np.ndarray:
        """d(side, draw, month) from half-lives (vulnerability, draw)."""
        out = np.zeros((len(self.sides), half_life.shape[1], self.months.size))
        for v, h in zip(listed, half_life, strict=True):
            decay = 0.5 ** (self.months / h[:, None])
            if self.threat == "lasting":
                decay = decay * ((1 - self.patience) / (1 - self.patience * 0.5 ** (1 / h)))[:, None]
            out[self.sides.index(v.side)] -= v.floor_percent + (v.loss_percent - v.floor_percent) * decay
        return out

    @property
    def waited(self) -> np.ndarray:
        """Sum of delta^s over the months waited."""
        return np.asarray((1 - self.patience**self.months) / (1 - self.patience))

    def value(self, share: np.ndarray) -> np.ndarray:
        """W(side, ..., month) from x(side, ..., month)."""
        lead = (slice(None), *[None] * (share.ndim - 1))
        later = self.annuity * (self.patience**self.months * share - share[..., :1])
        return np.asarray((self.truce - self.cost)[lead] * self.waited + later)


def half_lives(listed: tuple[Vulnerability, ...], draws: int, rng: np.random.Generator) -> np.ndarray:
    """(vulnerability, 1 + draws): the geometric middle, then log-uniform draws."""
    out = np.empty((len(listed), 1 + draws))
    for row, v in zip(out, listed, strict=True):
        low, high = v.half_life_months
        row[0] = v.middle
        row[1:] = low if low == high else np.exp(rng.uniform(math.log(low), math.log(high), draws))
    return out


def _vulnerabilities(given: Given, where: str, listed: Any, sides: tuple[str, ...]) -> tuple[Vulnerability, ...]:
    out = tuple(listed)
    for v in out:
        at = f"{where}, {v.name}"
        if v.side not in sides:
            close = close_matches(str(v.side), sides)
            given.problem(at, f"{v.side!r} is no side here", f"Did you mean {close[0]}?" if close else "")
        lives = given.number(f"{at}, half_life_months", v.half_life_months, 0, open_low=True, infinite=True)
        if lives.shape != (2,) or lives[0] > lives[1] or math.isinf(lives[0]) != math.isinf(lives[1]):
            given.problem(
                f"{at}, half_life_months", f"{v.half_life_months} is no range",
                "Write (low, high) in months; infinity on both ends for a loss that stays.",
            )  # fmt: skip
        loss = float(given.number(f"{at}, loss_percent", v.loss_percent, 0))
        given.number(f"{at}, floor_percent", v.floor_percent, 0, loss, remedy="The floor is part of the loss.")
    return out


def _by_side(given: Given, where: str, values: Mapping[str, float] | None, sides: tuple[str, ...]) -> np.ndarray:
    """Numbers by side, 0 where none is given."""
    values = values or {}
    for name in values:
        if name not in sides:
            close = close_matches(str(name), sides)
            given.problem(where, f"{name!r} is no side here", f"Did you mean {close[0]}?" if close else "")
    return np.array([float(given.number(f"{where} of {s}", values.get(s, 0.0))) for s in sides])
