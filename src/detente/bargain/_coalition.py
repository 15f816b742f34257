"""Coalitions against one economy: what each subset of members pays and gains by joining a measure, and the reply."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._shapley import coalitions
from detente.economies import economy, groups
from detente.errors import Problem, ShockError, UnknownName, unknown
from detente.nomenclature import expand_sectors
from detente.trade import Instruments, Shock, TariffProblem, TradeModel, balanced, maximise, members, union_objective

REPLIES = ("none", "fixed", "best")
"""The target's reply: nothing; the same rate on each joiner; its best uniform rate on each joiner."""
MOST_MEMBERS = 10
"""Members beyond which 2^n equilibria are refused."""
HIGHEST_REPLY = 3.0
_HIGHEST_RATE = 5.0
_FIRST_GUESS = 0.05


@dataclass(frozen=True, eq=False)
class CoalitionPayoffs:
    """Real income of members, target and everybody else for every subset that joins the measure.

    Subsets are bit masks: bit `i` is member `i`; entry 0 is nobody. Changes are against entry 0, the starting
    point without the measure.

    Attributes
    ----------
    percent
        (2^n, player): change of real income, percent of the player's baseline spending; players are the members,
        then the target, then `others`. NaN where a subset has no equilibrium.
    spending
        (player,): baseline spending, USD million.
    reply_rates
        (2^n, member): what the target adds on each joiner's goods, fraction; 0 for who stays out.
    status
        Of each subset: `solved`, or how the solve or the search for the reply ended.
    residual
        Largest residual of any solved subset.
    """

    model: TradeModel
    against: str
    members: tuple[str, ...]
    rate: float
    sectors: tuple[str, ...]
    reply: str
    start: str
    notes: tuple[str, ...]
    percent: np.ndarray
    spending: np.ndarray
    reply_rates: np.ndarray
    status: tuple[str, ...]
    residual: float
    solves: int
    seconds: float

    @property
    def players(self) -> tuple[str, ...]:
        """Members, target, `others`."""
        return (*self.members, self.against, "others")

    @property
    def usd_million(self) -> np.ndarray:
        """(2^n, player): equivalent variation, USD million of the world's year."""
        return np.asarray(self.percent / 100.0 * self.spending)

    @property
    def complete(self) -> bool:
        """Whether every subset is solved: stability, core and Shapley values need them all."""
        return set(self.status) == {"solved"}

    def __repr__(self) -> str:
        solved = self.status.count("solved")
        return (
            f"<CoalitionPayoffs of {', '.join(self.members)} against {self.against}: {solved} of {len(self.status)} "
            f"subsets solved, reply {self.reply}; {self.seconds:.1f} s>"
        )


def coalition_payoffs(
    model: TradeModel,
    against: str,
    members: Sequence[str],
    *,
    rate: float = 0.25,
    sectors: Sequence[str] | str = "goods",
    reply: str = "none",
    start: Shock | None = None,
    bounds: tuple[float, float] = (0.0, HIGHEST_REPLY),
    tolerance: float = 1e-4,
    subsets: Sequence[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CoalitionPayoffs:
    """Payoffs of every subset of members that adds a uniform tariff on the target's goods.

    Each joiner adds `rate` to what it levies on the target. The target answers by its `reply`: `none`; `fixed`,
    the same rate added on each joiner's goods; `best`, for each joiner the uniform added rate that together
    maximise the target's real income, searched anew for every subset (slopes exact, started from the last one).
    Transfers are purged first.

    Parameters
    ----------
    against
        The target: an economy or a group.
    members
        Economies or groups (`EU27` is one member with one rate), at most 10.
    rate
        Added tariff, a fraction of the value the producer receives.
    sectors
        Goods the measure and the reply are on.
    start
        What is in force without the measure; None is the world's baseline.
    bounds
        Of the best reply; it adds to what stood, so it starts at 0.
    tolerance
        Largest slope left in a best reply, percent of the target's spending for a standard step of a rate.
    subsets
        Bit masks to solve, nobody always among them; None for all. The others are `not_asked`.
    progress
        Called with the number of subsets done and of all; raise in it to stop.

    Raises
    ------
    ShockError, UnknownName
        On members that overlap or are the target, a rate that is none, a sector or reply that has no name here.

    Examples
    --------
    >>> from detente.world import World
    >>> model = TradeModel(World.load("g20-2019"), elasticities=4.0)
    >>> found = coalition_payoffs(model, "CHN", ["USA", "JPN"], rate=0.1)
    >>> found.status[3], bool(found.percent[3, 2] < found.percent[1, 2] < 0)
    ('solved', True)
    """
    clock = time.perf_counter()
    m = balanced(model)
    names, target = _named(m, against, members, rate, reply)
    goods = tuple(expand_sectors(sectors, m.world.sectors))
    base = start or Shock()
    wanted = sorted({0, *(range(2 ** len(names)) if subsets is None else subsets)})
    joined = coalitions(len(names))
    shocks = {k: _measure(m, target, [names[i] for i in joined[k]], rate, goods, reply, base) for k in wanted}
    if reply == "best":
        found = _best_replies(m, target, names, goods, shocks, bounds, tolerance, progress)
    else:
        found = _given_replies(m, names, shocks, rate if reply == "fixed" else 0.0)
    weights = _weights(m, (*names, target))
    values = found.income @ weights.T
    final = np.asarray(m.baseline.final) * m.scale
    spending = np.array([final[row > 0].sum() for row in weights])
    return CoalitionPayoffs(
        m, target, names, float(rate), goods, reply, base.label or "world baseline", base.notes,
        values - values[0], spending, found.rates, tuple(found.status), found.residual, found.solves,
        time.perf_counter() - clock,
    )  # fmt: skip


@dataclass
class _Found:
    """What the solves of the subsets bring together."""

    income: np.ndarray
    rates: np.ndarray
    status: list[str]
    residual: float = 0.0
    solves: int = 0

    @classmethod
    def blank(cls, model: TradeModel, members: int) -> _Found:
        total = 2**members
        nothing = np.full((total, len(model.world.economies)), np.nan)
        return cls(nothing, np.zeros((total, members)), ["not_asked"] * total)


def _named(
    model: TradeModel, against: str, given: Sequence[str], rate: float, reply: str
) -> tuple[tuple[str, ...], str]:
    """Members and target by code; all problems at once."""
    problems: list[Problem] = []
    target = _code(against, model, "--against", problems)
    taken = dict.fromkeys(members(target, model), target) if target else {}
    names: list[str] = []
    for name in given:
        code = _code(name, model, "--members", problems)
        if code is None:
            continue
        names.append(code)
        twice = [e for e in members(code, model) if e in taken]
        if twice:
            other = taken[twice[0]]
            what = f"{twice[0]} stands twice, in {other} and {code}" if other != code else f"{code} stands twice"
            problems.append(Problem("--members", what, "Name each economy once, and not the target."))
        taken |= dict.fromkeys(members(code, model), code)
    if not given or len(given) > MOST_MEMBERS:
        problems.append(Problem("--members", f"{len(given)} members", f"Name one to {MOST_MEMBERS}."))
    if not (isinstance(rate, int | float) and math.isfinite(rate) and 0 < rate <= _HIGHEST_RATE):
        remedy = "Give a fraction above 0: 0.25 for 25 %." + (f" {rate / 100:g}?" if rate > _HIGHEST_RATE else "")
        problems.append(Problem("--rate", f"{rate} is no added tariff", remedy))
    if reply not in REPLIES:
        problems.append(unknown("reply", str(reply), REPLIES, "--reply"))
    if problems:
        raise ShockError(problems)
    assert target is not None
    return tuple(names), target


def _code(name: str, model: TradeModel, where: str, problems: list[Problem]) -> str | None:
    """A player of this world by any of its names; None, and a problem, where there is none."""
    try:
        if name in model.world.economies:
            return name
        code = str(name).strip().upper()
        code = code if code in groups() else economy(name, where)
        members(code, model)
    except UnknownName as error:
        problems += [dataclasses.replace(p, where=where) for p in error.problems]
        return None
    return code


def _measure(
    model: TradeModel, target: str, joined: list[str], rate: float, goods: tuple[str, ...], reply: str, start: Shock
) -> Shock:
    """The shock when some have joined, with the fixed reply if that is what the target does."""
    pairs = [(name, target) for name in joined] + [(target, name) for name in joined if reply == "fixed"]
    changes = [
        {"tariff": "add", "importer": list(members(importer, model)), "exporter": list(members(exporter, model)),
         "sectors": list(goods), "rate": rate}
        for importer, exporter in pairs
    ]  # fmt: skip
    shock = Shock.from_changes(model.world, changes, start)
    return dataclasses.replace(shock, label="+".join(joined) or "nobody")


def _weights(model: TradeModel, players: Sequence[str]) -> np.ndarray:
    """(player, economy): weights that sum real incomes to each player's, by spending; the last row is all others."""
    final = np.asarray(model.baseline.final)
    rows = np.zeros((len(players) + 1, final.size))
    for row, name in zip(rows, players, strict=False):
        row[[model.world.economies.index(e) for e in members(name, model)]] = 1.0
    rows[-1] = 1.0 - rows[:-1].sum(axis=0)
    rows *= final
    return np.asarray(rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-300))


def _given_replies(model: TradeModel, names: tuple[str, ...], shocks: dict[int, Shock], rate: float) -> _Found:
    """All subsets in one batch."""
    out = _Found.blank(model, len(names))
    solved = model.solve_many(list(shocks.values()))
    out.income[list(shocks)] = solved.arrays(["real_income_percent"])["real_income_percent"]
    for mask, member in zip(shocks, solved.members, strict=True):
        out.status[mask] = member.status.value
        out.rates[mask] = [rate * (mask >> i & 1) for i in range(len(names))]
    out.residual = max(e.residual for e in solved.members if e.solution.solved)
    out.solves = len(solved)
    return out


class AddedTariffs(TariffProblem):
    """Tariffs a player adds, one rate on each partner, to what stands in the shock given."""

    def __init__(self, model: TradeModel, tools: Instruments, start: Shock) -> None:
        super().__init__(model, [tools], start)
        self.current = np.zeros(self.size)

    def arrays(self, tariffs: np.ndarray) -> Any:
        """The shock with rates added."""
        import jax.numpy as jnp

        cube = np.array(self.base.tariff)
        cube[tuple(self.cells.T)] += tariffs[self.variable]
        return self.base._replace(tariff=jnp.asarray(cube))


def added_tariffs(model: TradeModel, player: str, partners: Sequence[str], goods: Sequence[str]) -> Instruments:
    """One rate of a player on each partner, groups as one, wherever anything is traded.

    Raises
    ------
    ShockError
        If a player imports none of the goods from a partner.
    """
    world = model.world
    cells: list[tuple[int, int, int]] = []
    variable: list[int] = []
    rows = [world.sectors.index(s) for s in goods]
    for k, partner in enumerate(partners):
        before = len(cells)
        for importer in members(player, model):
            for exporter in members(partner, model):
                n, i = world.economies.index(importer), world.economies.index(exporter)
                found = [(j, n, i) for j in rows if world.trade[j, n, i] > 0]
                cells += found
                variable += [k] * len(found)
        if len(cells) == before:
            raise ShockError([Problem("--sectors", f"{player} imports none of these goods from {partner}")])
    return Instruments(np.array(cells), np.array(variable), tuple(("all", p) for p in partners))


def _best_replies(
    model: TradeModel, target: str, names: tuple[str, ...], goods: tuple[str, ...], shocks: dict[int, Shock],
    bounds: tuple[float, float], tolerance: float, progress: Callable[[int, int], None] | None,
) -> _Found:  # fmt: skip
    """Each subset's reply searched from the last one's rates; neighbours differ by one member."""
    from detente.model import outcomes

    out, count = _Found.blank(model, len(names)), len(names)
    guess, state = np.full(count, _FIRST_GUESS), None
    seeds = union_objective(target, model, None).seeds(model)
    order = [mask for mask in _one_by_one(count) if mask in shocks]
    for done, mask in enumerate(order, start=1):
        joined = [i for i in range(count) if mask >> i & 1]
        if not joined:
            start = model.solve(shocks[mask])
            arrays, solution, out.status[mask] = start.arrays, start.solution, start.status.value
            out.solves += 1
        else:
            problem = AddedTariffs(model, added_tariffs(model, target, [names[i] for i in joined], goods), shocks[mask])
            problem.state = state
            best = maximise(problem, seeds, np.clip(guess[joined], *bounds), slice(None), bounds, tolerance, 60)
            solution, arrays = problem.solve(best.tariffs), problem.arrays(best.tariffs)
            out.status[mask] = best.status if solution.solved else solution.status.value
            out.rates[mask, joined] = guess[joined] = best.tariffs
            state, out.solves = problem.state, out.solves + problem.solves
        if solution.solved:
            found = outcomes(model.baseline, model.parameters, arrays, solution.state)
            out.income[mask] = np.asarray(found["real_income_percent"])
            out.residual = max(out.residual, solution.residual)
        if progress:
            progress(done, len(order))
    return out


def _one_by_one(count: int) -> list[int]:
    """Every subset once, each differing from the one before by one member (Gray code)."""
    return [k ^ (k >> 1) for k in range(2**count)]


def rivalry_weights(rivalry: float | Mapping[str, float], names: Sequence[str]) -> np.ndarray:
    """Weight of each member on a percent of the target's loss, in percent of its own income.

    Raises
    ------
    ShockError
        For a weight that is negative or no number, or a name that is no member.
    """
    given = dict.fromkeys(names, float(rivalry)) if isinstance(rivalry, int | float) else dict(rivalry)
    problems = [unknown("member", n, list(names), "--rivalry") for n in given if n not in names]
    problems += [
        Problem("--rivalry", f"{n}: {w} is no weight", "Give zero or more: 0.1 values 1 % of the target as 0.1 %.")
        for n, w in given.items()
        if not (math.isfinite(w) and w >= 0)
    ]
    if problems:
        raise ShockError(problems)
    return np.array([given.get(n, 0.0) for n in names], dtype=float)
