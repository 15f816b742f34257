"""What moves: exports, imports, a balance of trade, output, growth, inflation, prices; each where it is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detente.claims._clause import Sentence
from detente.claims._frame import Frame
from detente.claims._quantities import Quantity
from detente.claims._tokens import Token, words
from detente.claims._words import BALANCE, FLOW, MACRO, TARIFF, forms

TRADE, GROWTH = "trade_change", "growth_change"
LOOKS_BACK = 40
"""Tokens before a clause in which its noun is looked for: a sentence longer than that names it again."""

_NAMES = {
    "export": "exports", "exports": "exports", "shipments": "exports", "shipment": "exports", "import": "imports",
    "imports": "imports", "purchases": "imports", "arrivals": "imports", "gdp": "gdp", "gnp": "gdp",
    "economy": "gdp", "economies": "gdp", "growth": "gdp", "cpi": "prices", "ppi": "prices", "price": "prices",
}  # fmt: skip
_AMOUNTS = words("volume volumes value values earnings revenue revenues growth")
"""What may follow `export` where it still stands for exports."""
_TALK = words(
    "talks war wars negotiations deal deals agreement tensions truce representative barriers policy policies officials"
    " restrictions measures blacklist partners partner agreements tools data economist minister ministry commissioner"
    " figures balance gap deficit deficits surplus surpluses secretary union bloc routes group body dispute disputes"
    " rules practices pact accord hub hubs ties relations conflict adviser envoy department uncertainty shock"
)
_NO_TRADE = words("control controls restrictions ban bans duties tariffs curbs licences licenses tariff duty")
_NOT_OUTPUT = words(
    "iip wage wages job jobs employment population credit loan loans lending revenue revenues profit profits earnings"
    " sales productivity money income incomes users subscriber subscribers payroll payrolls"
    " pay salary rent dividend traffic"
    " spending consumption investment export-driven tourism company segment deposit deposits"
)
_FIRMS = words("retail home car vehicle auto store net total quarterly annual unit iphone phone weapons arms bond")
_BUDGET = words("budget fiscal government public federal primary")
_RANKS = words("largest biggest richest strongest fastest growing second third")
_LEVELS = words("index indices level levels pressures growth inflation increases")
_INDUSTRY = words(
    "industrial factory manufacturing oil steel crude car auto farm agricultural coal mining mine plant construction"
)
_MONEY_PRICES = words("share stock bond bonds asset house home housing property land")
_NOT_INFLATION = words("target targets expectations adjusted linked goal")
_GROWS = forms("grow expand contract shrink")
_BETWEEN = words(
    "by an a at about around annualised annualized annual rate pace of just only nearly almost more less than steady"
    " steadily roughly some quarterly modest mere further real clip solid slightly"
)
_AUXILIARIES = words(
    "has had have is are was were will would could may might also likely expected to been be set forecast projected"
    " predicted estimated now then only just probably seen still actually again"
)
_LED = words("to from with of in for on against into between and over")


@dataclass(frozen=True, slots=True)
class Measure:
    """What a number may measure, named at token `at`."""

    at: int
    name: str
    """`exports`, `imports`, `trade`, `deficit`, `surplus`, `balance`, `gdp`, `inflation`, `prices`, or the noun."""
    kind: str
    rate: bool = False
    """Whether it is a rate of change itself, as growth and inflation are: 3 % is where it stands."""
    economy: str | None = None
    """The economy that is said to grow, where no noun stands for its output."""

    @property
    def trade(self) -> bool:
        """Whether it is trade or a balance of it."""
        return self.kind == TRADE


def measures(s: Sentence, first: int, after: int) -> list[Measure]:
    """What is measured, in order, on tokens `first` to `after` and a bounded stretch before them."""
    start = max(0, first - LOOKS_BACK)
    found = [m for i in range(start, after) if (m := _at(s.row, i, after)) is not None]
    rates = {m.at for m in found if m.rate}  # "growth of exports" is told on its second noun
    found = [m for m in found if m.rate or m.at not in rates]
    found += [m for p in s.economies if start <= p.first < after and (m := _growing(s, p.first, p.after, p.code))]
    return sorted(found, key=lambda m: m.at)


def of_prices(frame: Frame, q: Quantity) -> bool:
    """Whether a number beside duties tells what they do to prices, incomes or output, so that it is no rate of duty.

    `the tariffs lift the cost of living by 0.8 %`; not `a 60 % tariff`, not `the duty rose amid inflation to 30 %`.
    """
    if TARIFF & set(frame.s.keys(q.after, min(q.after + 3, frame.after))):
        return False
    keys = frame.s.keys(frame.first, q.first)
    duty = max((i for i, k in enumerate(keys) if k in TARIFF), default=-1)
    felt = (i for i in range(duty + 1, len(keys)) if keys[i] in _FELT)
    return any(not _BACKDROP & set(keys[max(0, i - 3) : i]) for i in felt)


_FELT = words("price prices income incomes living inflation cpi gdp growth output wages purchasing pass passes passed")
_BACKDROP = words("amid despite because after fight curb against")


def _key(row: Sequence[Token], i: int) -> str:
    return row[i].key if 0 <= i < len(row) else ""


def _at(row: Sequence[Token], i: int, after: int) -> Measure | None:
    key, prev, then = row[i].key, _key(row, i - 1), _key(row, i + 1)
    if key == "living" and prev == "of" and _key(row, i - 2) == "cost":
        return Measure(i, "prices", GROWTH)
    if key == "balance" and prev == "trade":
        return Measure(i, "balance", TRADE)
    if key == "product" and prev == "domestic":
        return Measure(i, "gdp", GROWTH)
    if key not in FLOW and key not in MACRO and key not in _NAMES:
        return None
    if _part_of_another(row, i) or then in TARIFF:
        return None
    if key == "growth":
        return _growth(row, i, after)
    if key in ("price", "prices", "cpi", "ppi"):
        return _price(row, i)
    if key == "inflation":
        return None if then in _NOT_INFLATION else Measure(i, key, GROWTH, rate=True)
    if key in BALANCE:
        return (
            None if prev in _BUDGET else Measure(i, key.removesuffix("es") if key[0] == "s" else key.rstrip("s"), TRADE)
        )
    if key == "trade":
        return _trade(row, i)
    if key in FLOW:
        return _flow(row, i)
    if key in ("economy", "economies", "recession") and (prev in _RANKS or key == "recession"):
        return None
    if key == "output":
        return Measure(i, "production" if prev in _INDUSTRY else "gdp", GROWTH)
    return Measure(i, _NAMES.get(key, key), GROWTH)


def _part_of_another(row: Sequence[Token], i: int) -> bool:
    """Whether a noun only completes another: a share, a duty on it, the whole that a percentage is of."""
    before = [t.key for t in row[max(0, i - 6) : i]]
    if "share" in before[-5:] or (TARIFF & set(before) and {"on", "against"} & set(before[-5:])):
        return True
    for k in range(len(before) - 1, 0, -1):
        if before[k] == "of" and before[k - 1] in ("%", "percent", "cent", "third", "quarter", "half", "fifth"):
            return True
    return False


def _growth(row: Sequence[Token], i: int, after: int) -> Measure | None:
    """`export growth` and `growth in exports` are of exports; wages and jobs are no output."""
    prev = _key(row, i - 1)
    if prev in ("price", "prices", "wage", "consumer"):
        return Measure(i, "prices", GROWTH, rate=True) if prev in ("price", "prices") else None
    if prev in ("volume", "volumes", "value"):
        i, prev = i - 1, _key(row, i - 2)
        if prev == "trade":
            return Measure(i + 1, "trade", TRADE, rate=True)
        i += 1
    if prev in _NAMES and prev not in ("economy", "gdp", "growth", "price"):
        return Measure(i, _NAMES[prev], TRADE, rate=True)
    if prev in ("trade", *BALANCE):
        return Measure(i, prev, TRADE, rate=True)
    if prev in _NOT_OUTPUT or prev in ("demand", "production"):
        return None
    for k in range(i + 1, min(i + 10, after)):
        if row[k].key in ("in", "of", "for") and k <= i + 6:
            for j in range(k + 1, min(k + 5, after)):
                if row[j].key in FLOW and row[j].key != "trade":
                    return Measure(j, _NAMES.get(row[j].key, row[j].key), TRADE, rate=True)
                if row[j].key == "trade":
                    return Measure(i, "trade", TRADE, rate=True)
                if row[j].key in _NOT_OUTPUT or row[j].key in ("prices", "demand"):
                    return None
                if row[j].kind == "number":
                    break
        if row[k].text in (",", ";") or row[k].key in ("and", "which", "while", "as", "after", "to", "from", "by"):
            break
    return Measure(i, "gdp", GROWTH, rate=True)


def _price(row: Sequence[Token], i: int) -> Measure | None:
    """Prices of goods and their index; not the price of shares or of houses."""
    key, prev, then = row[i].key, _key(row, i - 1), _key(row, i + 1)
    if prev in _MONEY_PRICES or then in ("controls", "cap", "caps", "tag", "war", "target"):
        return None
    if key == "price" and then not in _LEVELS | {"of"}:
        return None
    return None if then in ("inflation", "growth") else Measure(i, "prices", GROWTH)


def _trade(row: Sequence[Token], i: int) -> Measure | None:
    """Trade itself, and the trade gap; not trade talks or partners."""
    then = _key(row, i + 1)
    if then == "gap":
        return Measure(i, "balance", TRADE)
    if then in _TALK or then == "growth" or _key(row, i - 1) in ("free", "fair", "to"):
        return None
    return Measure(i, "trade", TRADE)


def _flow(row: Sequence[Token], i: int) -> Measure | None:
    key, prev, then = row[i].key, _key(row, i - 1), _key(row, i + 1)
    if key in ("export", "import", "shipment") and then not in _AMOUNTS:
        return None
    if then in _NO_TRADE or then in ("price", "prices", "growth"):
        return None
    if key in ("sales", "orders") and (
        prev in _FIRMS
        or not (then in ("to", "in", "from", "of", "abroad") or prev in ("export", "overseas", "foreign"))
    ):
        return None
    if key == "volumes" and prev not in ("trade", "export", "import", "shipping", "cargo"):
        return None
    name = _NAMES.get(prev if key in ("orders", "volumes", "sales") and prev in _NAMES else key, key)
    return Measure(i, name, TRADE)


def _growing(s: Sentence, first: int, after: int, code: str) -> Measure | None:
    """`Norway grew by 1.4 %`: the economy stands for its output."""
    row = s.row
    lead = first - 2 if first > 1 and row[first - 1].key == "the" else first - 1
    if lead >= 0 and (row[lead].key in _LED or row[lead].kind == "number"):
        return None
    j = after
    while j < len(row) and j < after + 6 and row[j].key in _AUXILIARIES:
        j += 1
    if j >= len(row) or row[j].key not in _GROWS:
        return None
    for t in row[j + 1 : j + 8]:
        if t.kind == "number":
            return Measure(j, "gdp", GROWTH, economy=code)
        if t.key not in _BETWEEN:
            return None
    return None
