"""`Brief`: asks each floor its part and puts the answers side by side."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.dates import Clocks
from detente.economies import economy
from detente.errors import Problem, UnknownName
from detente.ledger import Ledger, commitments
from detente.study import benchmarks, checked_draws, explain_headline, read_article

if TYPE_CHECKING:
    from detente.bargain import Game

BASELINE = dt.date(2025, 1, 19)
"""The day before the second trade war: impacts are against the regime in force then."""

HORIZONS = ("long", "short")
WITHIN = 120


class Brief:
    """What two economies have in force against each other on a day, what expires when, and what it costs.

    Parameters
    ----------
    on
        The day, imposer's calendar; None: the last day the evidence is firm.
    known
        Look with the knowledge of that day; None: everything known.
    between
        Two economies of the ledger.
    read
        An article whose claims are set beside the ledger.
    bargain
        Add who holds the leverage and what may happen next; half a minute more.
    draws
        Add intervals to the costs, over so many draws of the trade elasticities (0: none).

    Raises
    ------
    DateError, UnknownName
        On bad input.

    Examples
    --------
    >>> brief = Brief(on="2025-05-14")
    >>> [h["rate"] for h in brief.tariffs["USA<-CHN"]["headline"] if h["name"] == "added in 2025"]
    [0.3]
    """

    def __init__(
        self,
        on: str | dt.date | None = None,
        *,
        known: str | dt.date | None = None,
        between: Sequence[str] = ("USA", "CHN"),
        read: str | Path | None = None,
        bargain: bool = False,
        draws: int = 0,
    ) -> None:
        self.ledger = Ledger.load()
        self.clocks = Clocks.parse(self.ledger.firm_until if on is None else on, known)
        pair = [economy(name, "--between") for name in between]
        self.regime = self.ledger.on(self.clocks.on, known=self.clocks.known)
        pairs = self.regime.pairs()
        if len(pair) != 2 or tuple(pair) not in pairs or (pair[1], pair[0]) not in pairs:
            known_pairs = sorted({"-".join(sorted(p)) for p in pairs})
            raise UnknownName(
                [Problem("--between", f"the ledger holds no measures between {' and '.join(pair)}",
                         f"It holds {', '.join(known_pairs)}.")]
            )  # fmt: skip
        self.between: tuple[str, str] = (pair[0], pair[1])
        self.article = None if read is None else read_article(read, ledger=self.ledger)
        self.with_bargain, self.draws = bargain, checked_draws(draws) if draws else 0

    @property
    def on(self) -> dt.date:
        """The day asked about."""
        return self.clocks.on

    @functools.cached_property
    def tariffs(self) -> dict[str, dict[str, Any]]:
        """By direction, importer first: average by layer, headline rates, and why the two differ."""
        out = {}
        for importer, exporter in (self.between, self.between[::-1]):
            average = self.regime.average(importer=importer, exporter=exporter)
            headline = self.regime.headline(importer=importer, exporter=exporter)
            explained = [
                explain_headline(
                    head,
                    average.layers,
                    {
                        k: self.regime.reach(k, v, importer=importer, exporter=exporter)
                        for k, v in head["parts"].items()
                    },
                )
                for head in headline
            ]
            out[f"{importer}<-{exporter}"] = {
                **average.to_dict(),
                "headline": headline,
                "headline_explained": explained,
            }
        return out

    @functools.cached_property
    def deadlines(self) -> list[dict[str, Any]]:
        """Deadlines of the next 120 days and what happens if nothing is done."""
        return self.ledger.deadlines(self.on, within=WITHIN, known=self.clocks.known)

    @functools.cached_property
    def controls(self) -> list[dict[str, Any]]:
        """Measures without a rate: licences, lists, fees."""
        return self.ledger.controls(self.on, known=self.clocks.known)

    @functools.cached_property
    def commitments(self) -> list[dict[str, Any]]:
        """What was promised, by whom, and how it stands: `detente.ledger.commitments`."""
        return commitments(self.on, self.clocks.known)

    @functools.cached_property
    def impact(self) -> dict[str, Any]:
        """What the day's regime does against the baseline's, by the model: long run, with the short run beside."""
        from detente.trade import Shock, TradeModel, solve_prepared, summarise
        from detente.world import World

        world = World.load()
        shock = Shock.from_regimes(self.ledger.on(BASELINE, known=self.clocks.known), self.regime, world)
        found: dict[str, Any] = {}
        for horizon in HORIZONS:
            solved = solve_prepared(TradeModel(world, horizon=horizon), shock)
            made = summarise(solved, between=self.between, parts=horizon == "long")
            if self.draws:
                drawn = solved.model.solve_draws(shock, count=self.draws, seed=1)
                made = dataclasses.replace(made, intervals=drawn.summary_intervals(self.between))
            found[horizon] = dataclasses.asdict(made)
        exporter, importer = self.between[1], self.between[0]
        flow = f"{exporter}->{importer}"
        return {
            "baseline": BASELINE.isoformat(), "world": world.name, "world_year": world.year, **found["long"],
            "horizons": found, "draws": self.draws,
            "benchmarks": [b.as_dict() for b in benchmarks(flow, self.on, self.clocks.known)],
            "label": "model result, not a forecast: one change of tariffs, everything else as in the accounts' year",
        }  # fmt: skip

    @functools.cached_property
    def game(self) -> Game | None:
        """The game of the two on the day; None unless asked for."""
        from detente.bargain import Game

        if not self.with_bargain:
            return None
        return Game(on=self.on, known=self.clocks.known, between=self.between, ledger=self.ledger)

    def _strategy(self) -> dict[str, Any]:
        """Leverage and outlook, where they were asked for."""
        if self.game is None:
            return {}
        game = self.game
        return {
            "leverage": game.leverage,
            "outlook": {
                "threat_point": game.threat_point, "deal": game.agree("nash"), "stalling": game.stalling["verdict"],
                "deadline": game.deadline, "label": "model results over elicited ranges; see detente bargain",
            },
        }  # fmt: skip

    @property
    def warnings(self) -> list[str]:
        """What the reader must know about the day and the evidence."""
        return list(self.regime.warnings)

    @functools.cached_property
    def sources(self) -> list[str]:
        """Where the numbers come from."""
        from detente.world import World

        world = World.load()
        return [
            "Measures: detente's ledger, each with its legal basis (detente ledger show MEASURE).",
            *(f"Weights of {d}: {t['weights']}." for d, t in self.tariffs.items()),
            f"Accounts: {world.unit}; OECD Inter-Country Input-Output Tables, WIOD 2016, US Census 2024 duties, "
            "Teti 2024 tariffs, balanced by detente (docs/world.md).",
            *(
                f"Model, {name} run: {part['model']['horizon_source']}; trade elasticities "
                f"{part['model']['elasticities']}."
                for name, part in self.impact["horizons"].items()
            ),
        ]

    def to_dict(self) -> dict[str, Any]:
        """Everything, as the JSON of `detente brief --json`."""
        known = self.clocks.known
        return {
            "on": self.on.isoformat(), "known": known.isoformat() if known else None, "between": list(self.between),
            "tariffs": self.tariffs, "controls": self.controls, "commitments": self.commitments,
            "deadlines": self.deadlines, "impact": self.impact,
            "warnings": self.warnings, "sources": self.sources,
            **self._strategy(),
            **({} if self.article is None else {"claims": self.article["claims"]}),
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"<Brief on {self.on}, {' and '.join(self.between)}>"
