"""`Game`: two sides, their instruments on a day, and every question of strategy put to them."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.bargain._agreement import CONCEPTS, Zone
from detente.bargain._board import Board
from detente.bargain._game_file import GameSpec, read_game
from detente.bargain._leverage import leverage
from detente.bargain._missed import missed_rates, missed_state
from detente.bargain._payoffs import PayoffTable, game_states, price
from detente.bargain._terms import NASH, RANGE_IS, Terms, named
from detente.bargain._tornado import SETS, Variation, lever_variations, setting_variations, span, tornado
from detente.dates import Clocks
from detente.economies import economy
from detente.errors import Problem, UnknownName, unknown

if TYPE_CHECKING:
    from pathlib import Path

    from detente.bargain._nash import NashTariffs
    from detente.ledger import Ledger
    from detente.trade import Shock, TradeModel

THREATS = ("stated", NASH)
KEPT = (0.75, 0.5, 0.25, 0.0)
"""Shares of the Nash tariffs that a deal may keep, on either side."""


class Game:
    """Threat points, deals and leverage between two economies on a day, priced by the equilibrium engine.

    Payoffs are real income against the state in force that day, percent of baseline spending and USD million a year;
    the duties of and on everybody else stay as they are that day. Model results, not forecasts.

    Parameters
    ----------
    on
        The day; None: the last day of firm evidence.
    known
        Look with the knowledge of that day.
    between
        The two sides; must be those of the game file.
    file
        A game file; None: the embedded one of the United States and China.
    threat
        `stated`: every instrument drawn as far as it has been or is threatened. `nash`: the tariffs each would set
        for itself in the long run (no side gains by deviating), other instruments as they are.
    horizon
        Of the payoffs; None: the file's.
    progress
        Called with a line on what is being done; raise in it to stop.

    Raises
    ------
    UserError
        On bad input, with everything that is wrong.

    Examples
    --------
    >>> game = Game(on="2025-06-11")
    >>> [lever.spec.name for lever in game.board.levers if lever.spec.owner == "CHN"]
    ['cn-tariffs', 'rare-earths', 'soybeans']
    """

    def __init__(
        self,
        on: str | dt.date | None = None,
        *,
        known: str | dt.date | None = None,
        between: Sequence[str] | None = None,
        file: str | Path | None = None,
        threat: str = "stated",
        horizon: str | None = None,
        ledger: Ledger | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        from detente.ledger import Ledger
        from detente.trade import TradeModel
        from detente.world import World

        self._began = time.perf_counter()
        self.spec: GameSpec = read_game(file)
        if threat not in THREATS:
            raise UnknownName([unknown("threat", threat, THREATS, "--threat")])
        asked = [economy(p, "--between") for p in between] if between else list(self.spec.between)
        if sorted(asked) != sorted(self.spec.between):
            raise UnknownName(
                [Problem("--between", f"{self.spec.source} is a game between {' and '.join(self.spec.between)}, not "
                         f"{' and '.join(asked)}", "Write a game file for other sides: --game FILE.")]
            )  # fmt: skip
        self.ledger = ledger or Ledger.load()
        self.clocks = Clocks.parse(self.ledger.firm_until if on is None else on, known)
        _known_measures(self.spec, self.ledger)
        self.threat = threat
        self._say = progress or (lambda line: None)
        world = World.load()
        for item in self.spec.items:
            world = world.split(item)
        self._stated = Board.on_day(self.spec, self.ledger, world, self.clocks.on, self.clocks.known)
        self.model: TradeModel = TradeModel(world, horizon=horizon or self.spec.horizon, deficits="balanced")

    @property
    def players(self) -> tuple[str, str]:
        """The two sides, in the file's order."""
        return self.spec.between

    @functools.cached_property
    def board(self) -> Board:
        """Levers of the day; where Nash tariffs are the threat, with them and cuts from them as further levels."""
        if self.threat != NASH:
            return self._stated.with_rates(missed_rates(self._stated, self.ledger, self._ahead))
        found = np.asarray(self.nash.equilibrium.shock.tariffs)
        names, more = self._stated.world.economies, {}
        for lever in (x for x in self._stated.levers if x.spec.kind == "tariffs"):
            n, i = names.index(lever.spec.owner), names.index(lever.spec.against)
            kept = {NASH: 1.0, **{f"{NASH}-{share:g}": share for share in KEPT}}
            more[lever.spec.name] = {level: share * found[:, n, i] for level, share in kept.items()}
        return self._stated.with_rates(more)

    @functools.cached_property
    def _ahead(self) -> dict[str, Any]:
        """The next deadline: its day and what ends or begins on it."""
        from detente.bargain._term import next_deadline

        return next_deadline(self.spec, self.ledger, self.clocks.on, self.clocks.known)

    def _nash_states(self) -> list[dict[str, str]]:
        """Nash tariffs, and every pair of cuts from them."""
        names = [x.spec.name for x in self.board.levers if x.spec.kind == "tariffs"]
        levels = [f"{NASH}-{share:g}" for share in KEPT]
        cuts = (dict(zip(names, pair, strict=True)) for pair in itertools.product(levels, repeat=len(names)))
        return [dict.fromkeys(names, NASH), *cuts]

    @functools.cached_property
    def _batch(self) -> tuple[PayoffTable, list[tuple[dict[str, Any], np.ndarray]]]:
        """Priced at once: states of the game and terms of past deals."""
        deals = self._deal_shocks()
        states = [*game_states(self.board), *(self._nash_states() if self.threat == NASH else [self._missed])]
        table, more = price(self.board, self.model, states, extra=[s for _, s in deals], progress=self._say)
        return table, [(about, row) for (about, _), row in zip(deals, more, strict=True)]

    @property
    def payoffs(self) -> PayoffTable:
        """Payoffs of all combinations of threats, and of all combinations of what is lifted."""
        return self._batch[0]

    def _deal_shocks(self) -> list[tuple[dict[str, Any], Shock]]:
        """Past deals as the state in force on their day, duties of all others as on the day asked about."""
        known = self.clocks.known or self.clocks.on
        out = []
        for name, (title, day) in self.spec.deals.items():
            if self.spec.base < day <= min(self.clocks.on, known):
                then = Board.on_day(self.spec, self.ledger, self.board.world, day, self.clocks.known)
                out.append(({"name": name, "title": title, "on": day.isoformat()}, self.board.as_on(then, title)))
        return out

    @functools.cached_property
    def nash(self) -> NashTariffs:
        """Long-run Nash tariffs of the two on each other's goods, each sector apart, all others' as they are."""
        from detente.bargain._nash import nash_tariffs
        from detente.trade import Shock, TradeModel

        self._say("Nash tariffs")
        model = TradeModel(self._stated.world, horizon="long", deficits="balanced")
        return nash_tariffs(model, list(self.players), start=Shock(tariffs=self._quiet()))

    @functools.cached_property
    def nash_range(self) -> dict[str, list[float]]:
        """Least and most average Nash tariff over this and the other published elasticity sets."""
        from detente.bargain._nash import nash_tariffs
        from detente.trade import Shock

        model, start = self.nash.model, Shock(tariffs=self._quiet())
        others = [
            nash_tariffs(model.replace(elasticities=name), list(self.players), start=start, certify=False)
            for name in SETS
        ]
        solved = [self.nash, *(war for war in others if war.status == "solved")]
        return {p: span([war.average(p) for war in solved], self.nash.average(p)) for p in self.players}

    @functools.cached_property
    def nash_payoffs(self) -> dict[str, float]:
        """Real income under Nash tariffs against the pair's tariffs of the base day, percent, long run."""
        from detente.trade import Shock

        found = self.nash.equilibrium
        before = self.nash.model.solve(Shock(tariffs=self._quiet()), throw=True)
        at = [self.board.world.economies.index(p) for p in self.players]
        change = (found.array("real_income_percent") - before.array("real_income_percent"))[at]
        return dict(zip(self.players, map(float, change), strict=True))

    def _quiet(self) -> np.ndarray:
        """The day's duties of and on all others, the two sides' on each other as on the base day."""
        world, tariffs = self._stated.world, self._stated.background.copy()
        a, b = (world.economies.index(p) for p in self.players)
        for n, i in ((a, b), (b, a)):
            tariffs[:, n, i] = world.tariffs[:, n, i]
        return tariffs

    @property
    def _whole(self) -> dict[str, str]:
        """All threats carried out."""
        return {lever.spec.name: "threat" for lever in self.board.levers if lever.can_rise}

    @property
    def _missed(self) -> dict[str, str]:
        """What is in force once the next deadline has passed without a deal or an extension."""
        return missed_state(self.board, self._ahead)

    @property
    def _no_deal(self) -> dict[str, str]:
        """The state of the threat point."""
        return self._whole if self.threat == "stated" else self._nash_states()[0]

    @functools.cached_property
    def _threat(self) -> np.ndarray:
        """(side,): percent payoffs of the threat point."""
        return self.payoffs.of(self._no_deal)

    @functools.cached_property
    def threat_point(self) -> dict[str, Any]:
        """What each gets without a deal, against the state in force."""
        words = {
            "stated": "a threat state, not an equilibrium: every instrument as far as threatened",
            NASH: "long-run Nash tariffs, other instruments as they are",
        }
        ranges = {
            p: span([v.percent[0, k] for v in self._variations], self._threat[k]) for k, p in enumerate(self.players)
        }
        return {
            "kind": self.threat, "what": words[self.threat], "state": self._no_deal,
            "payoffs_percent": named(self.players, self._threat),
            "payoffs_usd_million": named(self.players, self._threat / 100 * self.payoffs.spending),
            "range_percent": ranges,
            "range_is": RANGE_IS + ("; the Nash tariffs stay those of the main set" if self.threat == NASH else ""),
        }  # fmt: skip

    @functools.cached_property
    def _variations(self) -> list[Variation]:
        """No deal and the bundles of the deals under other assumptions, one at a time."""
        self._say("what drives the results")
        states = [self._no_deal, *self.terms.chosen()]
        return [
            *lever_variations(self.board, self.model, states, self.payoffs),
            *setting_variations(self.board, self.model, states),
        ]

    @functools.cached_property
    def tornado(self) -> list[dict[str, Any]]:
        """What drives the payoffs without a deal, widest swing first."""
        return tornado(self.players, self.payoffs.spending, self._threat, self._variations)

    @functools.cached_property
    def terms(self) -> Terms:
        """What a deal may hold, the zone, and the deals in it."""
        return Terms(self.spec, self.clocks.on, self.payoffs, self._threat)

    @property
    def zone(self) -> Zone:
        """Gains over the threat point of all bundles; the last row is the threat itself."""
        return self.terms.zone

    def agree(self, concept: str = "nash", weights: Sequence[float] = (0.5, 0.5)) -> dict[str, Any]:
        """The deal a solution concept picks, as bundles with shares, gains with their ranges, and payoffs.

        Raises
        ------
        ShockError
            For a concept that has no name here, or weights that are none.
        """
        ranged = self._variations if tuple(weights) == (0.5, 0.5) else []
        return self.terms.deal(concept, weights, ranged)

    def actual_deals(self) -> list[dict[str, Any]]:
        """Terms signed so far: payoffs, distance from the frontier, the weights they imply."""
        return [self.terms.signed(about, percent) for about, percent in self._batch[1]]

    @functools.cached_property
    def leverage(self) -> dict[str, Any]:
        """Pain ratios and Shapley values of the instruments, from what is in force to what is threatened."""
        names = [lever.spec.name for lever in self.board.levers if lever.can_rise]
        found = self._variations
        ends = {n: [(f"{v.name} {v.value}", v.alone[n], v.last[n]) for v in found if n in v.alone] for n in names}
        return leverage(self.board, self.payoffs, ends)

    def _pie(self) -> float:
        """What the Nash deal adds over the state in force for both together, USD million a year."""
        deal = self.terms.deal("nash")
        if deal["status"] != "solved":
            return 0.0
        payoffs = np.array([deal["payoffs_percent"][p] for p in self.players])
        return float((payoffs / 100 * self.payoffs.spending).sum())

    @functools.cached_property
    def stalling(self) -> dict[str, Any]:
        """Whether to sign now or wait: see `detente.bargain.waiting`."""
        from detente.bargain._stall import floors, stalling

        if not any(lever.can_rise for lever in self.board.levers):
            return {"status": "nothing_to_wait_for", "why": "nobody has a threat beyond what is in force"}
        if self.threat != "stated":
            return {"status": "not_asked", "why": "only the stated threats fade as the game file says"}
        if self.terms.deal("nash")["status"] != "solved":
            return {"status": "nothing_to_sign", "why": "the zone of agreement is empty"}
        self._say("the value of waiting")
        stay = floors(self.board, self.model, self.payoffs)
        return stalling(
            self.spec,
            self.board,
            self.payoffs,
            leverage(self.board, self.payoffs, {}),
            stay,
            self._pie(),
            self.model.closure.name,
        )

    @functools.cached_property
    def deadline(self) -> dict[str, Any]:
        """Odds of a deal, an extension and a collapse by the next deadline, beside the base rate of past truces."""
        from detente.bargain._term import base_rate, deadline, disagreement

        on, known = self.clocks.on, self.clocks.known
        rate = base_rate(on, known)
        if self.threat != "stated":
            return {"status": "not_asked", "why": "a deadline ends in the stated threats", "base_rate": rate}
        change = self.payoffs.of(self._missed)
        loss = change / 100 * self.payoffs.spending
        found = deadline(self.spec, on, self._ahead, self._pie(), loss)
        collapse = {
            "state": self._missed, "payoffs_percent": named(self.players, change),
            "what": "what ends or begins that day comes back or into force; all else as today",
        }  # fmt: skip
        return {**found, "collapse": collapse, "base_rate": rate, "disagreement": disagreement(found, rate)}

    def odds_records(self) -> list[dict[str, Any]]:
        """The odds at the deadline as records that can be scored later (`detente forecasts`): the model's, and beside
        them the base rate of past truces, so that the model has something to beat; empty without odds."""
        found = self.deadline
        if "odds" not in found:
            return []
        about = {
            "event": f"what {' and '.join(self.players)} do by the deadline", "on": self.clocks.on.isoformat(),
            "deadline": found["date"],
        }  # fmt: skip
        names = ("deal", "extension", "collapse")
        odds = {n: [found["odds"][n][0], found["odds"][n][2]] for n in names}
        ours = {**about, "source": f"detente bargain, {self.spec.source}", "model": True, "odds": odds}
        rates = found["base_rate"]["rates"]
        if not all(rates[n]["of"] for n in names):
            return [ours]
        past = {n: [rates[n]["low"], rates[n]["high"]] for n in names}
        title = f"{about['event']}, by past truces"
        source = f"base rate of {found['base_rate']['known']} past truces and deadlines"
        return [ours, {**about, "event": title, "source": source, "model": True, "odds": past}]

    def _in_parallel(self) -> Callable[[], None]:
        """Begin the long run (Nash tariffs, enforcement) in a thread: from a cold start most of it is compilation.

        Returns
        -------
        What waits for it, and raises what it raised.
        """
        raised: list[BaseException] = []

        def work() -> None:
            try:
                _ = self.enforcement, self.nash_range
            except BaseException as error:  # raised again where it is waited for
                raised.append(error)

        if self.threat == NASH:
            _ = self.board  # needs the Nash tariffs first
        thread = threading.Thread(target=work, daemon=True, name="long run")
        thread.start()

        def wait() -> None:
            thread.join()
            if raised:
                raise raised[0]

        return wait

    @functools.cached_property
    def enforcement(self) -> dict[str, Any]:
        """Which tariffs the two can sustain without a court, long run."""
        from detente.bargain._sustain import enforcement
        from detente.trade import Shock

        self._say("which tariffs enforce themselves")
        model = self.nash.model
        discount = {p: (self.spec.discount[p].at("low"), self.spec.discount[p].at("high")) for p in self.players}
        return enforcement(model, self.players, Shock(tariffs=self._quiet()), discount)

    @property
    def warnings(self) -> list[str]:
        """What a reader must know before any number."""
        failed = [s for s in self.payoffs.status if s != "solved"]
        lines = (
            [f"{len(failed)} of {len(self.payoffs.status)} states have no equilibrium and are left out."]
            if failed
            else []
        )
        for player in self.players:
            if not any(lever.spec.owner == player and lever.can_rise for lever in self.board.levers):
                lines.append(f"{player} has no instrument it could draw further: it has no threat of its own.")
        lines += self.terms.notes
        lines += [
            f"The discount rate of {p} is {self.spec.discount[p].source}."
            for p in self.players
            if self.spec.discount[p].source.startswith("not stated")
        ]
        if words := self.deadline.get("disagreement"):
            lines.append(words)
        return [*self.ledger.on(self.clocks.on, self.clocks.known).warnings, *lines]

    def to_dict(self) -> dict[str, Any]:
        """Everything, as the JSON of `detente bargain --json`."""
        long_run = self._in_parallel()
        _ = self.payoffs, self._variations
        long_run()
        nash = self.nash
        return {
            "status": "solved" if all(s == "solved" for s in self.payoffs.status) else "partly_solved",
            "on": self.clocks.on.isoformat(), "known": self.clocks.known.isoformat() if self.clocks.known else None,
            "players": list(self.players), "game": self.spec.title, "source": self.spec.source,
            "instruments": self.board.describe(), "warnings": self.warnings,
            "payoffs": self.payoffs.rows(),
            "tariffs": {p: nash.average(p) for p in self.players}, "payoffs_percent": self.nash_payoffs,
            "deviation_gain": nash.deviation_gain_percent,
            "tariffs_are": "Nash tariffs, long run, as are their payoffs",
            "nash": {
                "status": nash.status, "average": {p: nash.average(p) for p in self.players},
                "average_range": self.nash_range,
                "range_is": f"over the elasticities {', '.join((nash.model.elasticities_name, *SETS))}",
                "payoffs_percent": self.nash_payoffs, "deviation_gain": nash.deviation_gain_percent,
                "payoffs_against": f"the pair's tariffs of {self.spec.base}, all others' as on the day",
                "model": nash.model.describe(),
                "label": "long run; what each would set for itself, not what anybody has announced",
            },
            "threat_point": self.threat_point,
            "zone": self.terms.report(),
            "deal": {c: self.agree(c) for c in CONCEPTS}, "actual_deals": self.actual_deals(),
            "leverage": self.leverage, "tornado": self.tornado, "stalling": self.stalling, "deadline": self.deadline,
            "enforcement": self.enforcement, "model": self.model.describe(),
            "label": "model results, not forecasts; elicited ranges are marked in the game file",
            "seconds": time.perf_counter() - self._began, "notes": list(self.board.notes),
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"<Game between {' and '.join(self.players)} on {self.clocks.on}: {len(self.board.levers)} instruments>"


def _known_measures(spec: GameSpec, ledger: Ledger) -> None:
    """Raise where an instrument names a measure that the ledger does not hold."""
    wrong = [
        unknown("measure", name, list(ledger.measures), f"{spec.source}: instruments.{one.name}.measures")
        for one in spec.instruments
        for name in one.measures
        if name not in ledger.measures
    ]
    if wrong:
        raise UnknownName(wrong)
