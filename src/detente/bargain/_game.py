"""`Game`: two sides, their instruments on a day, and every question of strategy put to them."""

from __future__ import annotations

import datetime as dt
import functools
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.bargain._agreement import CONCEPTS, Agreement, Zone
from detente.bargain._board import Board
from detente.bargain._game_file import GameSpec, read_game
from detente.bargain._leverage import end_shocks, leverage
from detente.bargain._payoffs import PayoffTable, game_states, price
from detente.bargain._tornado import lever_variations, setting_variations, tornado, whole_range
from detente.dates import Clocks
from detente.economies import economy
from detente.errors import Problem, UnknownName, unknown

if TYPE_CHECKING:
    from pathlib import Path

    from detente.bargain._nash import NashTariffs
    from detente.ledger import Ledger
    from detente.trade import Shock, TradeModel

THREATS = ("stated", "nash")


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
        self.threat = threat
        self._say = progress or (lambda line: None)
        world = World.load()
        for item in self.spec.items:
            world = world.split(item)
        self.board = Board.on_day(self.spec, self.ledger, world, self.clocks.on, self.clocks.known)
        self.model: TradeModel = TradeModel(world, horizon=horizon or self.spec.horizon, deficits="balanced")

    @property
    def players(self) -> tuple[str, str]:
        """The two sides, in the file's order."""
        return self.spec.between

    @functools.cached_property
    def _batch(self) -> tuple[PayoffTable, np.ndarray, dict[str, slice], list[Any]]:
        """Everything priced at once: states, ends of ranges, past deals, other assumptions."""
        ends = end_shocks(self.board)
        varied = lever_variations(self.board)
        deals = self._deal_shocks()
        nash = [self._nash_shock()] if self.threat == "nash" else []
        extra: list[Shock] = [s for *_, s in ends]
        extra += [s for _, before, after in varied for s in (before, after)]
        extra += [s for _, s in deals] + nash
        cuts = np.cumsum([0, len(ends), 2 * len(varied), len(deals), len(nash)])
        parts = {n: slice(a, b) for n, a, b in zip(("ends", "varied", "deals", "nash"), cuts, cuts[1:], strict=False)}
        table, more = price(self.board, self.model, game_states(self.board), extra=extra, progress=self._say)
        return table, more, parts, [ends, varied, deals]

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
        world = self.board.world
        model = TradeModel(world, horizon="long", deficits="balanced")
        return nash_tariffs(model, list(self.players), start=Shock(tariffs=self._quiet()))

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
        world, tariffs = self.board.world, self.board.background.copy()
        a, b = (world.economies.index(p) for p in self.players)
        for n, i in ((a, b), (b, a)):
            tariffs[:, n, i] = world.tariffs[:, n, i]
        return tariffs

    def _nash_shock(self) -> Shock:
        import dataclasses

        tariffs = self.board.background.copy()
        found = np.asarray(self.nash.equilibrium.shock.tariffs)
        a, b = (self.board.world.economies.index(p) for p in self.players)
        for n, i in ((a, b), (b, a)):
            tariffs[:, n, i] = found[:, n, i]
        return dataclasses.replace(self.board.shock({}), tariffs=tariffs, label="Nash tariffs")

    @functools.cached_property
    def threat_point(self) -> dict[str, Any]:
        """What each gets without a deal, against the state in force."""
        table, more, parts, _ = self._batch
        if self.threat == "nash":
            percent, what = more[parts["nash"]][0], "long-run Nash tariffs, other instruments as they are"
            state: dict[str, str] = {}
        else:
            state = {lever.spec.name: "threat" for lever in self.board.levers if lever.can_rise}
            percent, what = table.of(state), "a threat state, not an equilibrium: every instrument as far as threatened"
        ranges = whole_range(self.players, self.tornado, percent) if self.threat == "stated" else {}
        return {
            "kind": self.threat, "what": what, "state": state, "payoffs_percent": _named(self.players, percent),
            "payoffs_usd_million": _named(self.players, percent / 100 * table.spending),
            "range_percent": ranges, "range_is": "one assumption at a time, all others at the middle",
        }  # fmt: skip

    @functools.cached_property
    def tornado(self) -> list[dict[str, Any]]:
        """What drives the size of the whole threat, widest swing first."""
        table, more, parts, (_, varied, _) = self._batch
        self._say("what drives the results")
        pairs = more[parts["varied"]].reshape(-1, 2, 2)
        found = [(what, pair[1] - pair[0]) for (what, *_), pair in zip(varied, pairs, strict=True)]
        found += setting_variations(self.board, self.model)
        whole = table.of({lever.spec.name: "threat" for lever in self.board.levers if lever.can_rise})
        return tornado(table, whole, found)

    @functools.cached_property
    def _bundles(self) -> tuple[list[dict[str, str]], Zone]:
        """What a deal may hold: any part of what is in force lifted, or the threat itself; gains over the threat."""
        table = self.payoffs
        point = np.array([self.threat_point["payoffs_percent"][p] for p in self.players])
        rows = [s for s in table.states if all(v == "lifted" for v in s.values())]
        gains = np.array([table.of(s) for s in rows]) - point
        return [*rows, {"no deal": "threat"}], Zone(np.vstack([gains, np.zeros(2)]))

    @property
    def zone(self) -> Zone:
        """Gains over the threat point of all bundles; the last row is the threat itself."""
        return self._bundles[1]

    def agree(self, concept: str = "nash", weights: Sequence[float] = (0.5, 0.5)) -> dict[str, Any]:
        """The deal a solution concept picks, as bundles with shares, gains and payoffs."""
        bundles, zone = self._bundles
        found: Agreement = zone.deal(concept, weights)
        if found.status != "solved":
            return {"concept": concept, "status": found.status, "why": "no bundle makes both better off than no deal"}
        gains = np.array(found.gains)
        spending = self.payoffs.spending
        point = np.array([self.threat_point["payoffs_percent"][p] for p in self.players])
        return {
            "concept": concept,
            "status": "solved",
            "bundle": [
                {"share": s, "lifted": sorted(bundles[k])} for k, s in zip(found.bundles, found.shares, strict=True)
            ],
            "gains_percent": _named(self.players, gains),
            "gains_usd_million": _named(self.players, gains / 100 * spending),
            "payoffs_percent": _named(self.players, gains + point),
        }

    def zone_report(self) -> dict[str, Any]:
        """The zone of agreement: bundles both would sign, its ends, and how much rivalry empties it."""
        bundles, zone = self._bundles
        inside = [int(k) for k in zone.inside]
        rivalry = zone.largest_rivalry()
        held = self.spec.rivalry
        out: dict[str, Any] = {
            "status": "empty" if zone.empty else "open", "bundles_in_it": len(inside), "bundles": len(bundles) - 1,
            "ideal_gains_percent": _named(self.players, zone.ideal),
            "frontier": [
                {"lifted": sorted(bundles[k]), "gains_percent": _named(self.players, zone.gains[k])}
                for k in zone.frontier
            ],
            "largest_rivalry": dict(zip(self.players, rivalry, strict=True)),
            "elicited_rivalry": {p: held[p].to_dict() for p in self.players},
        }  # fmt: skip
        if zone.empty:
            out["why"] = "no bundle, nor a mixture of two, makes both better off than no deal"
        out["ordinal_only"] = [
            {"name": i.name, "title": i.title, "settled_by": i.settled_by, "value": "unknown"}
            for i in self.spec.issues
            if i.since <= self.clocks.on and (i.until is None or self.clocks.on <= i.until) and not i.value.known
        ]
        return out

    def actual_deals(self) -> list[dict[str, Any]]:
        """Terms signed so far: payoffs, distance from the frontier, the bargaining weights they imply."""
        _, more, parts, (_, _, deals) = self._batch
        point = np.array([self.threat_point["payoffs_percent"][p] for p in self.players])
        rows = []
        for (about, _), percent in zip(deals, more[parts["deals"]], strict=True):
            gains = percent - point
            rows.append(
                {
                    **about,
                    "payoffs_percent": _named(self.players, percent),
                    "gains_percent": _named(self.players, gains),
                    **self.zone.distance(gains),
                    "weight_implied": {"of": self.players[0], **self.zone.weights_for(gains)},
                    "rivalry_implied": {
                        "at_least": _named(self.players, self.zone.rivalry_for(gains)),
                        "read": "either side's weight at or above its number, the other's being 0",
                    },
                }
            )
        return rows

    @functools.cached_property
    def leverage(self) -> dict[str, Any]:
        """Pain ratios and Shapley values of the instruments, from what is in force to what is threatened."""
        table, more, parts, (ends, _, _) = self._batch
        at_ends = {(n, e): row for (n, e, _), row in zip(ends, more[parts["ends"]], strict=True)}
        return leverage(self.board, table, at_ends)

    def _pie(self) -> float:
        """What the Nash deal adds over the state in force for both together, USD million a year."""
        deal = self.agree("nash")
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
        self._say("the value of waiting")
        stay = floors(self.board, self.model, self.payoffs)
        return stalling(self.spec, self.board, self.payoffs, self.leverage, stay, self._pie(), self.model.closure.name)

    @functools.cached_property
    def deadline(self) -> dict[str, Any]:
        """Odds of a deal, an extension and a collapse by the next deadline, beside the base rate of past truces."""
        from detente.bargain._term import base_rate, deadline

        loss = np.array([self.threat_point["payoffs_usd_million"][p] for p in self.players])
        on, known = self.clocks.on, self.clocks.known
        found = deadline(self.spec, self.ledger, on, known, self._pie(), loss)
        return {**found, "base_rate": base_rate(on, known)}

    def odds_record(self) -> dict[str, Any] | None:
        """The odds at the deadline as a record that can be scored later (`detente forecasts`); None without odds."""
        found = self.deadline
        if "odds" not in found:
            return None
        return {
            "event": f"what {' and '.join(self.players)} do by the deadline", "on": self.clocks.on.isoformat(),
            "deadline": found["date"], "source": f"detente bargain, {self.spec.source}", "model": True,
            "odds": {n: [found["odds"][n][0], found["odds"][n][2]] for n in ("deal", "extension", "collapse")},
        }  # fmt: skip

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
        return [*self.ledger.on(self.clocks.on, self.clocks.known).warnings, *lines]

    def to_dict(self) -> dict[str, Any]:
        """Everything, as the JSON of `detente bargain --json`."""
        bundles, zone = self._bundles
        nash = self.nash
        bundle_gains = [
            {"name": ", ".join(sorted(b)) or "as in force", "gains_percent": _named(self.players, g)}
            for b, g in zip(bundles[:-1], zone.gains[:-1], strict=True)
        ]
        return {
            "status": "solved" if all(s == "solved" for s in self.payoffs.status) else "partly_solved",
            "on": self.clocks.on.isoformat(), "known": self.clocks.known.isoformat() if self.clocks.known else None,
            "players": list(self.players), "game": self.spec.title, "source": self.spec.source,
            "instruments": self.board.describe(), "warnings": self.warnings,
            "payoffs_percent": self.threat_point["payoffs_percent"], "payoffs": self.payoffs.rows(),
            "tariffs": {p: nash.average(p) for p in self.players}, "deviation_gain": nash.deviation_gain_percent,
            "nash": {
                "status": nash.status, "average": {p: nash.average(p) for p in self.players},
                "payoffs_percent": self.nash_payoffs, "deviation_gain": nash.deviation_gain_percent,
                "payoffs_against": f"the pair's tariffs of {self.spec.base}, all others' as on the day",
                "model": nash.model.describe(),
                "label": "long run; what each would set for itself, not what anybody has announced",
            },
            "threat_point": self.threat_point,
            "zone": {**self.zone_report(), "bundle_gains": bundle_gains},
            "deal": {c: self.agree(c) for c in CONCEPTS}, "actual_deals": self.actual_deals(),
            "leverage": self.leverage, "tornado": self.tornado, "stalling": self.stalling, "deadline": self.deadline,
            "enforcement": self.enforcement, "model": self.model.describe(),
            "label": "model results, not forecasts; elicited ranges are marked in the game file",
            "seconds": time.perf_counter() - self._began, "notes": list(self.board.notes),
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"<Game between {' and '.join(self.players)} on {self.clocks.on}: {len(self.board.levers)} instruments>"


def _named(players: Sequence[str], values: Any) -> dict[str, float | None]:
    return {p: float(v) if np.isfinite(v) else None for p, v in zip(players, values, strict=True)}
