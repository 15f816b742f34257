"""A game as a file: whose instruments, how strong each may be, what is elicited, and what is unknown."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from detente import strict_yaml
from detente.dates import parse_date
from detente.economies import economy
from detente.errors import Problem, ScenarioError, UserError, unknown
from detente.nomenclature import sectors
from detente.world import item_names

KINDS = ("tariffs", "ceiling", "trade_cost")
RENT = ("exporter", "importer", "nobody")
CONFIDENCE = ("H", "M", "L")


@dataclass(frozen=True)
class Range:
    """A number with its ends, how sure it is and where it comes from; both None when unknown."""

    low: float | None
    high: float | None
    confidence: str = "L"
    source: str = ""

    @property
    def known(self) -> bool:
        """Whether somebody has stated it."""
        return self.low is not None and self.high is not None

    @property
    def mid(self) -> float:
        """Middle of the range."""
        return 0.5 * ((self.low or 0.0) + (self.high or 0.0))

    def at(self, where: str) -> float:
        """`low`, `mid` or `high`."""
        return {"low": self.low or 0.0, "mid": self.mid, "high": self.high or 0.0}[where]

    def to_dict(self) -> dict[str, Any]:
        """As JSON shows it."""
        value: Any = [self.low, self.high] if self.known else "unknown"
        return {"value": value, "confidence": self.confidence, "source": self.source}


NO_RIVALRY = Range(0.0, 0.0, "L", "not stated: counted as 0")
USUAL_DISCOUNT = Range(0.05, 0.05, "L", "not stated: 5 % a year assumed")


@dataclass(frozen=True)
class Dated:
    """A level from one day to another (inclusive; None: open).

    Attributes
    ----------
    known
        The day on which one could know it; the first day where the file names none.
    level
        None: not used.
    """

    first: dt.date
    last: dt.date | None
    level: Range | None
    known: dt.date

    def holds(self, day: dt.date, seen: dt.date) -> bool:
        """Whether it is the level on a day, as far as one knew on the day `seen`."""
        return self.first <= day and (self.last is None or day <= self.last) and self.known <= seen


def level_on(rows: Sequence[Dated], day: dt.date, seen: dt.date) -> Range | None:
    """The level by the last row that holds; None where none does, or it says that nothing is used."""
    return next((row.level for row in reversed(rows) if row.holds(day, seen)), None)


@dataclass(frozen=True)
class InstrumentSpec:
    """One lever of one side.

    Attributes
    ----------
    kind
        `tariffs` (rates from the ledger), `ceiling` (share of the base flow let through), `trade_cost`
        (ad valorem cost added to the flow).
    since
        From this day on the threat was known.
    in_force, threat
        Levels; a tariff's come from the ledger instead.
    announced
        Tariffs only: rates added to all goods that were announced without a text the ledger could collect from.
    measures
        Ids of the ledger's measures behind it, so that a day on which their suspension ends counts as a deadline.
    """

    name: str
    title: str
    owner: str
    kind: str
    since: dt.date
    against: str = ""
    exporter: tuple[str, ...] = ()
    importer: tuple[str, ...] = ()
    sectors: Any = "goods"
    item: str = ""
    rent: str = "nobody"
    leakage: Range = field(default_factory=lambda: Range(0.0, 0.0))
    in_force: tuple[Dated, ...] = ()
    threat: Range | None = None
    announced: tuple[Dated, ...] = ()
    measures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Issue:
    """Something at stake that no model here prices: what it is worth to the other side that it is settled, and what
    settling it costs the side that settles; USD million a year, or unknown."""

    name: str
    title: str
    settled_by: str
    since: dt.date
    until: dt.date | None
    value: Range
    cost: Range

    @property
    def priced(self) -> bool:
        """Whether somebody has stated both numbers."""
        return self.value.known and self.cost.known

    def stated(self) -> dict[str, Any]:
        """What has been stated of one that is not priced, as JSON shows it."""
        out: dict[str, Any] = {"value": self.value.to_dict()["value"]}
        if self.value.known:
            out["lacks"] = f"what settling it costs {self.settled_by} (cost: in the game file)"
        return out


@dataclass(frozen=True)
class GameSpec:
    """A game read from a file."""

    title: str
    between: tuple[str, str]
    base: dt.date
    horizon: str
    instruments: tuple[InstrumentSpec, ...]
    issues: tuple[Issue, ...]
    rivalry: Mapping[str, Range]
    sectors: Mapping[str, Mapping[str, Range]]
    discount: Mapping[str, Range]
    half_life: Mapping[str, Range]
    truce_cost: Mapping[str, Range]
    deadline: Mapping[str, Range]
    deals: Mapping[str, tuple[str, dt.date]]
    source: str

    @property
    def items(self) -> tuple[str, ...]:
        """Goods that must be split out of their sectors."""
        return tuple(dict.fromkeys(i.item for i in self.instruments if i.item))


def read_game(path: str | Path | None = None) -> GameSpec:
    """A game from a file; None reads the embedded one of the United States and China.

    Raises
    ------
    ScenarioError
        With every problem and its line.

    Examples
    --------
    >>> read_game().between
    ('USA', 'CHN')
    """
    if path is None:
        text = resources.files("detente").joinpath("data/bargain/us-china.yaml").read_text(encoding="utf-8")
        document = strict_yaml.parse(text, "us-china.yaml")
    else:
        document = strict_yaml.read(Path(path), Path(path).name)
    reader = _Reader(document)
    spec = reader.game()
    if reader.problems:
        raise ScenarioError(reader.problems)
    return spec


_TOP = (
    "title",
    "between",
    "base",
    "horizon",
    "note",
    "instruments",
    "issues",
    "weights",
    "stalling",
    "deadline",
    "deals",
)
_INSTRUMENT = (
    "title", "owner", "kind", "against", "since", "exporter", "importer", "sectors", "item", "rent", "leakage",
    "in_force", "threat", "announced", "measures",
)  # fmt: skip
_ISSUE = ("title", "settled_by", "since", "until", "value", "cost", "confidence", "source")
_STALLING = ("discount_a_year", "truce_cost_percent_a_month", "half_life_months")
_DEADLINE = ("stubborn", "demand", "hold")
_RANGE = ("value", "confidence", "source")


class _Reader:
    """Collects problems while it reads."""

    def __init__(self, document: strict_yaml.Document) -> None:
        self.document = document
        self.problems: list[Problem] = list(document.problems)

    def say(self, path: strict_yaml.Path_, what: str, remedy: str = "") -> None:
        self.problems.append(Problem(self.document.where(path), what, remedy))

    def mapping(self, data: Any, path: strict_yaml.Path_, keys: tuple[str, ...] | None, what: str) -> dict[str, Any]:
        if data is None:
            return {}
        if not isinstance(data, dict):
            self.say(path, f"{what} must be a mapping")
            return {}
        for key in data:
            if keys is not None and key not in keys:
                problem = unknown(f"key of {what}", str(key), keys)
                self.say((*path, key), problem.what, problem.remedy)
        return data

    def day(self, value: Any, path: strict_yaml.Path_, needed: bool = True) -> dt.date | None:
        if value is None and not needed:
            return None
        try:
            return parse_date(value if isinstance(value, str) else str(value), "")
        except UserError as error:
            self.problems += [Problem(self.document.where(path), p.what, p.remedy) for p in error.problems]
            return dt.date(2018, 1, 1)

    def place(self, value: Any, path: strict_yaml.Path_) -> str:
        try:
            return economy(str(value), "")
        except UserError as error:
            self.problems += [Problem(self.document.where(path), p.what, p.remedy) for p in error.problems]
            return str(value)

    def range(self, data: Any, path: strict_yaml.Path_, low: float = -math.inf, high: float = math.inf) -> Range:
        """`{value: number | [low, high] | unknown, confidence, source}` or the value alone."""
        held = self.mapping(data, path, _RANGE, "a range") if isinstance(data, dict) else {"value": data}
        value = held.get("value")
        confidence = str(held.get("confidence", "L"))
        if confidence not in CONFIDENCE:
            self.say(path, f"{confidence!r} is no confidence", "Write H, M or L.")
        if value == "unknown":
            return Range(None, None, confidence, str(held.get("source", "")))
        ends: list[Any] = value if isinstance(value, list) else [value, value]
        if len(ends) != 2 or not all(isinstance(e, int | float) and not isinstance(e, bool) for e in ends):
            self.say(path, f"{value!r} is no range", "Give a number, [low, high], or unknown.")
            return Range(None, None, confidence)
        if not low <= ends[0] <= ends[1] <= high:
            self.say(path, f"{ends} is not in order within {low:g} to {high:g}", "Give [low, high].")
        return Range(float(ends[0]), float(ends[1]), confidence, str(held.get("source", "")))

    def game(self) -> GameSpec:
        top = self.mapping(self.document.data, (), _TOP, "a game")
        pair = top.get("between") or []
        if not isinstance(pair, list) or len(pair) != 2 or len(set(map(str, pair))) != 2:
            self.say(("between",), "a game is between two economies", "Write between: [USA, CHN].")
            pair = ["USA", "CHN"]
        sides = (self.place(pair[0], ("between", 0)), self.place(pair[1], ("between", 1)))
        horizon = str(top.get("horizon", "short"))
        if horizon not in ("short", "medium", "long"):
            self.say(("horizon",), f"{horizon!r} is no horizon", "Choose short, medium or long.")
        tools = self.mapping(top.get("instruments"), ("instruments",), None, "instruments")
        instruments = tuple(self.instrument(str(n), d, sides) for n, d in tools.items())
        if not instruments:
            self.say(("instruments",), "nobody has an instrument", "Name at least one.")
        stalling = self.mapping(top.get("stalling"), ("stalling",), _STALLING, "stalling")
        weights = self.mapping(top.get("weights"), ("weights",), ("rivalry", "sectors"), "weights")
        late = self.mapping(top.get("deadline"), ("deadline",), _DEADLINE, "deadline")
        issues = self.mapping(top.get("issues"), ("issues",), None, "issues")
        deals = self.mapping(top.get("deals"), ("deals",), None, "deals")
        halves = self.mapping(stalling.get("half_life_months"), ("stalling", "half_life_months"), None, "half-lives")
        for name in halves:
            if name not in tools:
                problem = unknown("instrument", str(name), list(tools))
                self.say(("stalling", "half_life_months", name), problem.what, problem.remedy)
        base = self.day(top.get("base"), ("base",)) or dt.date(2018, 1, 1)
        return GameSpec(
            str(top.get("title", "untitled")),
            sides,
            base,
            horizon,
            instruments,
            tuple(self.issue(str(n), d, sides) for n, d in issues.items()),
            self.by_side(weights.get("rivalry"), ("weights", "rivalry"), sides, NO_RIVALRY),
            self.sectors(weights.get("sectors"), sides),
            self.by_side(stalling.get("discount_a_year"), ("stalling", "discount_a_year"), sides, USUAL_DISCOUNT, 0.0),
            {str(n): self.range(d, ("stalling", "half_life_months", n), 0.1) for n, d in halves.items()},
            self.truce_cost(stalling.get("truce_cost_percent_a_month", "unknown"), sides),
            {n: self.range(late[n], ("deadline", n), 0.0, 1.0) for n in _DEADLINE if n in late},
            {str(n): self.deal(str(n), d, base) for n, d in deals.items()},
            self.document.source,
        )

    def by_side(
        self, data: Any, path: strict_yaml.Path_, sides: tuple[str, str], default: Range, low: float = -10.0
    ) -> dict[str, Range]:
        held = self.mapping(data, path, sides, path[-1] if isinstance(path[-1], str) else "this")
        return {s: self.range(held[s], (*path, s), low) if s in held else default for s in sides}

    def truce_cost(self, data: Any, sides: tuple[str, str]) -> dict[str, Range]:
        """One range for both, or one for each side."""
        path = ("stalling", "truce_cost_percent_a_month")
        if isinstance(data, dict) and set(data) & set(sides):
            return self.by_side(data, path, sides, Range(None, None))
        both = self.range(data, path)
        return dict.fromkeys(sides, both)

    def sectors(self, data: Any, sides: tuple[str, str]) -> dict[str, dict[str, Range]]:
        """Weights of sectors' incomes by side; 1 is the plain real income."""
        path = ("weights", "sectors")
        held = self.mapping(data, path, sides, "sector weights")
        known = (*sectors(), *item_names())
        out: dict[str, dict[str, Range]] = {}
        for side, rows in held.items():
            mine = self.mapping(rows, (*path, side), known, "sector weights")
            out[side] = {str(k): self.range(v, (*path, side, k), 0.0) for k, v in mine.items()}
        return out

    def deal(self, name: str, data: Any, base: dt.date) -> tuple[str, dt.date]:
        held = self.mapping(data, ("deals", name), ("title", "on"), "a deal")
        day = self.day(held.get("on"), ("deals", name, "on")) or dt.date(2018, 1, 1)
        if day <= base:
            self.say(
                ("deals", name, "on"), f"{day} is not after the base day {base}", "A deal comes after the base day."
            )
        return str(held.get("title", name)), day

    def issue(self, name: str, data: Any, sides: tuple[str, str]) -> Issue:
        path = ("issues", name)
        held = self.mapping(data, path, _ISSUE, "an issue")
        settled = str(held.get("settled_by", ""))
        if settled not in sides:
            self.say(path, f"settled_by: {settled!r} is neither {sides[0]} nor {sides[1]}")
        value = self.range({k: held[k] for k in _RANGE if k in held} if "value" in held else "unknown", path)
        cost = self.range(held.get("cost", "unknown"), (*path, "cost"))
        first = self.day(held.get("since"), (*path, "since")) or dt.date(2018, 1, 1)
        until = self.day(held.get("until"), (*path, "until"), needed=False)
        return Issue(name, str(held.get("title", name)), settled, first, until, value, cost)

    def instrument(self, name: str, data: Any, sides: tuple[str, str]) -> InstrumentSpec:
        path = ("instruments", name)
        held = self.mapping(data, path, _INSTRUMENT, "an instrument")
        kind, owner, rent = str(held.get("kind", "")), str(held.get("owner", "")), str(held.get("rent", "nobody"))
        for what, value, known in (("kind of instrument", kind, KINDS), ("owner", owner, sides), ("rent", rent, RENT)):
            if value not in known:
                problem = unknown(what, value, known)
                self.say(path, problem.what, problem.remedy)
        threat = None
        if kind == "tariffs":
            for key in ("threat", "leakage", "item", "exporter", "importer", "sectors", "rent"):
                if key in held:
                    remedy = "Tariffs and their threats are the ledger's; add announced: for what has no text."
                    self.say((*path, key), f"{key} does not go with tariffs", remedy)
        if kind != "tariffs":
            if "threat" not in held:
                self.say(path, "a ceiling or cost needs its threat", "Give threat: {value: [low, high], ...}.")
            else:
                threat = self.range(held["threat"], (*path, "threat"), 0.0)
        measures = held.get("measures") or []
        if not isinstance(measures, list):
            self.say((*path, "measures"), "measures must be a list of the ledger's ids")
            measures = []
        if kind == "tariffs" and held.get("in_force"):
            self.say((*path, "in_force"), "tariffs in force come from the ledger", "Leave in_force out.")
        if kind != "tariffs" and held.get("announced"):
            self.say((*path, "announced"), "announced rates are for tariffs", "Give threat: instead.")
        return InstrumentSpec(
            name,
            str(held.get("title", name)),
            owner,
            kind,
            self.day(held.get("since"), (*path, "since")) or dt.date(2018, 1, 1),
            self.place(held["against"], (*path, "against"))
            if "against" in held
            else next((s for s in sides if s != owner), ""),
            self.places(held.get("exporter"), (*path, "exporter")),
            self.places(held.get("importer"), (*path, "importer")),
            held.get("sectors", "goods"),
            str(held.get("item", "")),
            rent,
            self.range(held.get("leakage", 0.0), (*path, "leakage"), 0.0, 1.0),
            self.dated_rows(held.get("in_force"), (*path, "in_force")),
            threat,
            self.dated_rows(held.get("announced"), (*path, "announced")),
            tuple(map(str, measures)),
        )

    def places(self, value: Any, path: strict_yaml.Path_) -> tuple[str, ...]:
        listed = value if isinstance(value, list) else [] if value is None else [value]
        return tuple(self.place(v, path) for v in listed)

    def dated_rows(self, rows: Any, path: strict_yaml.Path_) -> tuple[Dated, ...]:
        if rows is not None and not isinstance(rows, list):
            self.say(path, "must be a list of dated levels", "Write - {from: DAY, value: [low, high], ...}.")
            return ()
        return tuple(self.dated(row, (*path, k)) for k, row in enumerate(rows or []))

    def dated(self, row: Any, path: strict_yaml.Path_) -> Dated:
        held = self.mapping(row, path, ("from", "until", "known", *_RANGE), "a level")
        first = self.day(held.get("from"), (*path, "from")) or dt.date(2018, 1, 1)
        known = self.day(held.get("known"), (*path, "known"), needed=False) or first
        last = self.day(held.get("until"), (*path, "until"), needed=False)
        if held.get("value") == "none":
            return Dated(first, last, None, known)
        return Dated(first, last, self.range({k: held[k] for k in _RANGE if k in held}, path, 0.0), known)
