"""Rules against power: the same economies under four ways of settling tariffs, all from the same threat.

Bagwell and Staiger (1999), "An Economic Theory of GATT", American Economic Review 89(1); Bagwell, Staiger and
Yurukoglu (2021), "Quantitative Analysis of Multiparty Tariff Negotiations", Econometrica 89(4). Definitions and what
each regime is tested for: docs/coalitions.md.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.bargain._coalition_table import SETS
from detente.bargain._nash import nash_tariffs
from detente.bargain._pairs import PairTalks
from detente.bargain._players import Player, seat
from detente.bargain._reciprocity import Reciprocity
from detente.bargain._talks import Talks
from detente.economies import economy, groups
from detente.errors import Problem, ShockError, SolveError, UnknownName, unknown
from detente.trade import Instruments, Slopes, TariffProblem, TradeModel, balanced, climb, first_guess, members
from detente.world import World

REGIMES = ("reciprocity", "mfn", "nash_in_nash", "ultimatum")
"""MFN with reciprocity; MFN only; bilateral Nash-in-Nash; take it or leave it."""
OTHERS, EVERYBODY = "others", "world"
"""Who does not play, and all together, beside the players in payoffs."""
BOUNDS = (-0.5, 3.0)
_TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class RegimeOutcome:
    """One way of settling tariffs.

    Attributes
    ----------
    tariffs
        (player, player): uniform rate of the row's on the column's goods; NaN on the diagonal.
    payoffs_percent
        By player, of `others` and of the `world`, percent of spending against the world's own duties (transfers
        purged); the world's is weighted by spending.
    gains_percent
        The same less the threat: non-cooperative tariffs.
    check
        The regime's own conditions, measured (see `rules_against_power`).
    """

    name: str
    status: str
    tariffs: np.ndarray
    payoffs_percent: dict[str, float]
    gains_percent: dict[str, float]
    check: dict[str, float]


@dataclass(frozen=True, eq=False)
class RulesAndPower:
    """The threat and the regimes, side by side."""

    model: TradeModel
    players: tuple[str, ...]
    threat: RegimeOutcome
    regimes: dict[str, RegimeOutcome]
    spending: dict[str, float]
    seconds: float

    def end_of_rules_percent(self, rules: str = "reciprocity", power: str = "ultimatum") -> dict[str, float]:
        """What each gains when one regime gives way to another, percent of spending."""
        before, after = self.regimes[rules].payoffs_percent, self.regimes[power].payoffs_percent
        return {p: after[p] - before[p] for p in before}

    @property
    def status(self) -> str:
        """`solved` when the threat and every regime are."""
        ends = {self.threat.status, *(r.status for r in self.regimes.values())}
        return "solved" if ends == {"solved"} else "partly_solved"

    def __repr__(self) -> str:
        return f"<RulesAndPower of {', '.join(self.players)}: {self.status}; {self.seconds:.1f} s>"


def players_world(world: World, players: Sequence[str]) -> tuple[World, tuple[str, ...]]:
    """The world with groups among the players as one economy each, everybody else as `others`; and their codes.

    Raises
    ------
    ShockError
        For players the world does not hold, or that overlap; all at once.

    Examples
    --------
    >>> small, codes = players_world(World.load(), ["US", "EU27", "China"])
    >>> codes, sorted(small.economies)
    (('USA', 'EU27', 'CHN'), ['CHN', 'EU27', 'USA', 'others'])
    """
    problems: list[Problem] = []
    codes: list[str] = []
    taken: dict[str, str] = {}
    for given in players:
        code = str(given).strip()
        code = code if code in world.economies else code.upper()
        if code not in world.economies and code not in groups():
            try:
                code = economy(str(given), "players")
            except UnknownName as error:
                problems += error.problems
                continue
        inside = [code] if code in world.economies else [e for e in groups().get(code, ()) if e in world.economies]
        if not inside:
            problems.append(unknown("player of this world", code, [*world.economies, *groups()], "players"))
        twice = [e for e in inside if e in taken]
        if twice:
            problems.append(Problem("players", f"{twice[0]} plays twice, in {taken[twice[0]]} and {code}"))
        taken |= dict.fromkeys(inside, code)
        codes.append(code)
    if problems:
        raise ShockError(problems)
    sums = {c: [e for e, home in taken.items() if home == c] for c in codes if c not in world.economies}
    rest = [e for e in world.economies if e not in taken]
    return world.aggregate(economies={**sums, **({OTHERS: rest} if rest else {})}), tuple(codes)


def rules_against_power(
    model: TradeModel,
    players: Sequence[str] = ("USA", "EU27", "CHN", "JPN"),
    *,
    regimes: Sequence[str] = REGIMES,
    sectors: Sequence[str] | str = "goods",
    progress: Callable[[str], None] | None = None,
) -> RulesAndPower:
    r"""Tariffs of a few players on each other under rules and under power.

    Each sets one rate on all goods of each other player; tariffs on and of everybody else stay. The threat are the
    non-cooperative Nash tariffs. From there:

    - `reciprocity`: one rate for all partners (MFN), cut from the MFN Nash point so that each adds as much to its
      imports from the other players as to its exports to them, at that point's prices; the cut ends where the first
      player gains no more.
    - `mfn`: one rate for all partners; the rates that maximise the product of all gains over the threat.
    - `nash_in_nash`: each pair's two rates maximise its product of gains over the pair's Nash tariffs, all other
      pairs' rates given.
    - `ultimatum`: in each pair the one with the larger spending makes the offer that is best for itself; the other
      gets what it would have at the pair's Nash tariffs.

    Parameters
    ----------
    model
        The model; its world should hold the players and few more (see `players_world`).
    players
        Two or more.
    regimes
        Which of them.

    Returns
    -------
    Each outcome's `check`: `mfn_spread` (largest difference of a player's rates), `imbalance_percent` (largest
    difference of added imports and exports, percent of trade among players), `terms_of_trade_percent` (largest move
    of a player's), `pair_gain` (largest rise of any pair's log product by moving its rates, the others' given),
    `responder_gain_percent` (largest distance of a responder from its threat point). Those that define a regime
    are near zero there.

    Raises
    ------
    ShockError
        On players that overlap or are fewer than two, or a regime that has no name here.
    SolveError
        If the non-cooperative tariffs are not found.
    """
    clock = time.perf_counter()
    m = balanced(model)
    bad = [r for r in regimes if r not in REGIMES]
    if bad:
        raise ShockError([Problem("regimes", f"{r!r} is no regime", f"Choose from {', '.join(REGIMES)}.") for r in bad])
    game = _Game(m, tuple(players), sectors)
    tell = progress or (lambda text: None)
    tell("threat")
    threat, war = game.noncooperative()
    found: dict[str, RegimeOutcome] = {}
    for name in regimes:
        tell(name)
        found[name] = getattr(game, name)(war, threat)
    final = np.asarray(m.baseline.final) * m.scale
    spending = {p: float(final[[m.world.economies.index(e) for e in members(p, m)]].sum()) for p in game.players}
    return RulesAndPower(m, game.players, threat, found, spending, time.perf_counter() - clock)


class _Game:
    """Players, instruments and the ways of settling; matrices of rates are (player, partner)."""

    def __init__(self, model: TradeModel, players: tuple[str, ...], sectors: Sequence[str] | str) -> None:
        self.model = model
        self.listed = [Player(p, sectors=sectors, uniform="sectors") for p in players]
        _, self.tools, self.seeds = seat(self.listed, model)
        self.players = players
        for k, tool in enumerate(self.tools):
            if tool.count != len(players) - 1:
                partner = [p for p in players if p != players[k] and ("all", p) not in tool.names]
                what = f"{players[k]} has no single rate on {', '.join(partner)}"
                remedy = "Sum groups first: players_world(world, players)."
                raise ShockError([Problem("players", what, remedy)])
        self.problem = TariffProblem(model, self.tools)
        one = [Instruments(t.cells, np.zeros_like(t.variable), (("all", "all"),)) for t in self.tools]
        self.one_rate = TariffProblem(model, one)

    def vector(self, rates: np.ndarray) -> np.ndarray:
        """Rates in the order of the problem's variables."""
        return np.array(
            [rates[k, self.players.index(e)] for k, tool in enumerate(self.tools) for _, e in tool.names], dtype=float
        )

    def matrix(self, vector: np.ndarray) -> np.ndarray:
        """(player, partner) of a vector; a vector of one rate each is spread over the partners."""
        out = np.full((len(self.players),) * 2, np.nan)
        for k, (tool, part) in enumerate(zip(self.tools, self.problem.parts, strict=True)):
            for (_, e), rate in zip(tool.names, vector[part], strict=True):
                out[k, self.players.index(e)] = rate
        return out

    def spread(self, rates: np.ndarray) -> np.ndarray:
        """(player, partner) from one rate a player."""
        out = np.repeat(np.asarray(rates, dtype=float)[:, None], len(self.players), axis=1)
        np.fill_diagonal(out, np.nan)
        return out

    def outcome(
        self, name: str, status: str, rates: np.ndarray, threat: dict[str, float] | None, **check: float
    ) -> RegimeOutcome:
        """Payoffs and checks at a matrix of rates."""
        model = self.model
        solution = self.problem.solve(self.vector(rates))
        if not solution.solved:
            nothing = dict.fromkeys((*self.players, OTHERS, EVERYBODY), float("nan"))
            return RegimeOutcome(name, solution.status.value, rates, nothing, nothing, dict(check))
        from detente.model import outcomes

        arrays = self.problem.arrays(self.vector(rates))
        income = np.asarray(outcomes(model.baseline, model.parameters, arrays, solution.state)["real_income_percent"])
        payoffs = {
            p: float((np.asarray(seed["real_income_percent"]) * income).sum())
            for p, seed in zip(self.players, self.seeds, strict=True)
        }
        final = np.asarray(model.baseline.final)
        inside = [model.world.economies.index(e) for p in self.players for e in members(p, model)]
        rest = np.setdiff1d(np.arange(final.size), inside)
        if rest.size:
            payoffs[OTHERS] = float(final[rest] @ income[rest] / final[rest].sum())
        payoffs[EVERYBODY] = float(final @ income / final.sum())
        spread = float(np.nanmax(np.nanmax(rates, axis=1) - np.nanmin(rates, axis=1)))
        floor = threat or payoffs
        gains = {p: v - floor[p] for p, v in payoffs.items()}
        return RegimeOutcome(name, status, rates, payoffs, gains, {"mfn_spread": spread, **check})

    def noncooperative(self) -> tuple[RegimeOutcome, np.ndarray]:
        """Nash tariffs, one rate on each partner."""
        war = nash_tariffs(self.model, self.listed, bounds=BOUNDS, tolerance=_TOLERANCE)
        if war.status != "solved" or war.deviation_gain_percent is None:
            raise SolveError(f"no non-cooperative tariffs were found: {war.status}, largest slope {war.slope:.1e}")
        rates = self.matrix(np.concatenate(war.tariffs))
        return self.outcome("threat", "solved", rates, None, deviation_gain_percent=war.deviation_gain_percent), rates

    def one_rate_war(self) -> np.ndarray:
        """Nash tariffs, one rate for all partners."""
        slopes = Slopes(self.one_rate, self.seeds, range(len(self.players)))
        found = climb(slopes, first_guess(self.one_rate, BOUNDS), BOUNDS, _TOLERANCE, 80)
        if not found.slope <= _TOLERANCE:
            raise SolveError(f"no Nash tariffs under MFN were found: the largest slope left is {found.slope:.1e}")
        return found.tariffs

    def reciprocity(self, war: np.ndarray, threat: RegimeOutcome) -> RegimeOutcome:
        """MFN cuts that keep added imports and exports equal, until the first player gains no more."""
        start = self.one_rate_war()
        path = Reciprocity(self.one_rate, self.tools, self.seeds, start)
        rates, status = path.first_peak()
        checks = path.check(rates)
        return self.outcome("reciprocity", status, self.spread(rates), threat.payoffs_percent, **checks)

    def mfn(self, war: np.ndarray, threat: RegimeOutcome) -> RegimeOutcome:
        """One rate a player, the product of all gains over the threat at its largest."""
        talks = Talks(self.one_rate, self.seeds, BOUNDS, 400)
        floor = np.array([threat.payoffs_percent[p] for p in self.players])
        rates, settled = talks.nash(floor, np.full(len(self.players), 1.0 / len(self.players)))
        out = self.outcome(
            "mfn", "solved" if settled else "stopped_at_limit", self.spread(rates), threat.payoffs_percent
        )
        if min(out.gains_percent[p] for p in self.players) <= 0:
            return RegimeOutcome("mfn", "empty_zone", out.tariffs, out.payoffs_percent, out.gains_percent, out.check)
        return out

    def nash_in_nash(self, war: np.ndarray, threat: RegimeOutcome) -> RegimeOutcome:
        """Each pair's product of gains at its largest, the other pairs' rates given."""
        return self._pairs("nash_in_nash", war, threat)

    def ultimatum(self, war: np.ndarray, threat: RegimeOutcome) -> RegimeOutcome:
        """Each pair's larger player makes the offer."""
        final = np.asarray(self.model.baseline.final)
        size = [sum(final[self.model.world.economies.index(e)] for e in members(p, self.model)) for p in self.players]
        return self._pairs("ultimatum", war, threat, size)

    def _pairs(
        self, name: str, war: np.ndarray, threat: RegimeOutcome, size: Sequence[float] | None = None
    ) -> RegimeOutcome:
        pairs = list(itertools.combinations(range(len(self.players)), 2))
        if size is not None:  # the proposer first
            pairs = [(a, b) if size[a] >= size[b] else (b, a) for a, b in pairs]
        talks = PairTalks(self, pairs, war, BOUNDS, offer=size is not None)
        rates, settled = talks.settle()
        status = "solved" if settled else "stopped_at_limit"
        return self.outcome(name, status, rates, threat.payoffs_percent, **talks.check(rates))


def rules_answer(found: RulesAndPower) -> dict[str, Any]:
    """Everything as plain data."""

    def plain(values: dict[str, float]) -> dict[str, float | None]:
        return {k: float(v) if np.isfinite(v) else None for k, v in values.items()}

    def rows(outcome: RegimeOutcome) -> dict[str, Any]:
        tariffs = {
            p: {q: float(outcome.tariffs[k, i]) for i, q in enumerate(found.players) if i != k}
            for k, p in enumerate(found.players)
        }
        return {
            "status": outcome.status, "tariffs": tariffs, "payoffs_percent": plain(outcome.payoffs_percent),
            "gains_percent": plain(outcome.gains_percent), "check": plain(outcome.check),
        }  # fmt: skip

    gone = {
        f"{a} to {b}": plain(found.end_of_rules_percent(a, b))
        for a, b in (("reciprocity", "nash_in_nash"), ("reciprocity", "ultimatum"), ("mfn", "ultimatum"))
        if a in found.regimes and b in found.regimes
    }
    return {
        "status": found.status, "players": list(found.players), "threat": rows(found.threat),
        "regimes": {name: rows(outcome) for name, outcome in found.regimes.items()}, "end_of_rules_percent": gone,
        "spending_usd_million": found.spending, "model": found.model.describe(), "seconds": found.seconds,
        "note": "Model result: one rate on all goods of a partner, long-run real income; not a forecast.",
    }  # fmt: skip


def rules_ranges(found: RulesAndPower, sets: Sequence[str] = SETS) -> dict[str, Any]:
    """Lowest and highest gains over elasticity sets, what drives them most; the set already solved counts.

    Returns
    -------
    `sets`, `failed` (sets without an answer), and by regime and player `gains_percent` [low, high], and
    `end_of_rules_percent` by the pair of regimes.
    """
    answers, failed = {found.model.elasticities_name: rules_answer(found)}, []
    for name in sets:
        if name not in answers:
            try:
                other = rules_against_power(
                    found.model.replace(elasticities=name), found.players, regimes=list(found.regimes)
                )
            except SolveError:
                failed.append(name)
                continue
            answers[name] = rules_answer(other)

    def wide(rows: list[dict[str, float | None]]) -> dict[str, list[float] | None]:
        found = {p: [v for row in rows if (v := row[p]) is not None] for p in rows[0]}
        return {p: [min(values), max(values)] if len(values) == len(rows) else None for p, values in found.items()}

    every = list(answers.values())
    return {
        "sets": list(answers), "failed": failed,
        "gains_percent": {r: wide([a["regimes"][r]["gains_percent"] for a in every]) for r in found.regimes},
        "end_of_rules_percent": {
            k: wide([a["end_of_rules_percent"][k] for a in every]) for k in every[0]["end_of_rules_percent"]
        },
    }  # fmt: skip
