"""Shocks: new tariffs, trade-cost and productivity ratios; and the step from law to shock."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from detente import model as kernels
from detente.economies import expand
from detente.errors import Problem, ShockError, unknown
from detente.nomenclature import expand_sectors
from detente.trade._ceilings import Ceiling, ceiling_arrays
from detente.world import World

if TYPE_CHECKING:
    from detente.ledger import Regime

_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Shock:
    """What changes. `None` means unchanged.

    Attributes
    ----------
    tariffs
        New ad valorem tariffs, absolute, fractions: (sector, importer, exporter) or a number for all.
    trade_costs
        New / old iceberg cost, same shape.
    productivity
        New / old productivity, (economy, sector).
    export_taxes
        New export taxes, fractions of the price before them, same shape as tariffs; the accounts have none.
    export_ceilings
        `Ceiling`s: licences, quotas, bans.
    label
        Where it comes from, in words; carried into results.
    notes
        What was left out of it, in words.

    Arrays may be numpy or xarray; labelled ones are put in the world's order.
    """

    tariffs: Any = None
    trade_costs: Any = None
    productivity: Any = None
    export_taxes: Any = None
    export_ceilings: Sequence[Ceiling] = ()
    label: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def from_regimes(
        cls,
        before: Regime,
        after: Regime,
        world: World,
        *,
        layers: Mapping[tuple[str, str, str], float] | None = None,
        third_countries: bool = True,
    ) -> Shock:
        """The step from law to shock: `t' = max(0, t_world + rate_after - rate_before)`.

        The world's baseline tariff is what was collected; the law gives statutory rates. Only their
        change is used, per sector and pair, never the level alone.

        Parameters
        ----------
        before, after
            What is in force on two days.
        layers
            Layers of `after` at another rate, on the goods they reach: {(importer, exporter, layer): rate}.
        third_countries
            Whether the US duties on everybody else move too, so that trade turns where it would. What is not
            known of them stays as it was, and `notes` says so.

        Raises
        ------
        ShockError
            If the world has other sectors than the ledger, or lacks an economy of the regimes; or if a layer
            to change is not collected at one single rate.
        """
        problems = _missing(world, after)
        factors = _factors(after, layers or {}, problems)
        if problems:
            raise ShockError(problems)
        tariffs = np.array(world.tariffs, dtype=float)
        for importer, exporter in after.pairs():
            n, i = world.economies.index(importer), world.economies.index(exporter)
            old = _total(before.by_sector(importer=importer, exporter=exporter))
            new = _total(after.by_sector(importer=importer, exporter=exporter), factors.get((importer, exporter), {}))
            for j, sector in enumerate(world.sectors):
                law = world.parents.get(sector, sector)  # an item bears its parent sector's average
                change = new.get(law, 0.0) - old.get(law, 0.0)
                if change:
                    tariffs[j, n, i] = max(0.0, tariffs[j, n, i] + change)
        notes = _third(before, after, world, tariffs) if third_countries else ()
        return cls(tariffs=tariffs, label=f"regime of {before.date} to regime of {after.date}", notes=notes)

    @classmethod
    def from_changes(cls, world: World, changes: Sequence[dict[str, Any]], start: Shock | None = None) -> Shock:
        """Tariff changes by name on top of `start`.

        Each is `{"tariff": "add" or "set", "importer", "exporter", "sectors", "rate"}`.

        Economies and sectors may be groups (`EU27`, `goods`, `all`); home sales are never taxed.
        """
        _check_changes(changes)
        base = world.tariffs if start is None or start.tariffs is None else start.tariffs
        tariffs = np.array(base, dtype=float)
        for change in changes:
            rows = [world.sectors.index(s) for s in expand_sectors(change.get("sectors", "goods"), world.sectors)]
            importers = [world.economies.index(c) for c in _members(change["importer"], world)]
            exporters = [world.economies.index(c) for c in _members(change["exporter"], world)]
            for n, i in ((n, i) for n in importers for i in exporters if n != i):
                old = tariffs[rows, n, i] if change["tariff"] == "add" else 0.0
                tariffs[rows, n, i] = old + float(change["rate"])
        kept = start or cls()
        return dataclasses.replace(kept, tariffs=tariffs)

    def arrays(self, world: World) -> kernels.ShockArrays:
        """Checked arrays in the world's order; every problem at once.

        Raises
        ------
        ShockError
            Shapes that do not fit, NaN, a tariff of -100 % or less, a ratio of zero or less, ceilings on the
            same flow or on a sole supplier.
        """
        three = (len(world.sectors), len(world.economies), len(world.economies))
        two = (len(world.economies), len(world.sectors))
        problems: list[Problem] = []
        flow = ("sector", "importer", "exporter")
        tariffs = _array(self.tariffs, world.tariffs, three, flow, world, "tariffs", problems)
        taxes = _array(self.export_taxes, 0.0, three, flow, world, "export_taxes", problems)
        costs = _array(self.trade_costs, 1.0, three, flow, world, "trade_costs", problems)
        made = _array(self.productivity, 1.0, two, ("economy", "sector"), world, "productivity", problems)
        if not problems:
            _refuse(tariffs <= -1.0, tariffs, world, "tariffs", "a tariff must be above -100 %", problems)
            _refuse(taxes <= -1.0, taxes, world, "export_taxes", "an export tax must be above -100 %", problems)
            _refuse(costs <= 0.0, costs, world, "trade_costs", "a trade-cost ratio must be above 0", problems)
            _refuse(made <= 0.0, made, world, "productivity", "a productivity ratio must be above 0", problems)
        ceilings = ceiling_arrays(self.export_ceilings, world, problems)
        if problems:
            raise ShockError(problems)
        tax = None if self.export_taxes is None else jnp.asarray(taxes)
        return kernels.ShockArrays(jnp.asarray(tariffs), jnp.asarray(costs), jnp.asarray(made), tax, ceilings)


def _third(before: Regime, after: Regime, world: World, tariffs: np.ndarray) -> tuple[str, ...]:
    """Move the US duties on third economies in `tariffs`; what is left out, in words."""
    from detente.ledger import third_country_changes

    changes, left_out = third_country_changes((before.date, before.known), (after.date, after.known))
    n = world.economies.index("USA") if "USA" in world.economies else None
    if n is None or not set(world.economies) & set(changes):
        return ()
    for partner, moved in changes.items():
        if partner in world.economies:
            i = world.economies.index(partner)
            for j, sector in enumerate(world.sectors):
                change = moved.get(world.parents.get(sector, sector), 0.0)
                if change:
                    tariffs[j, n, i] = max(0.0, tariffs[j, n, i] + change)
    return tuple(
        f"US {row['layer']} ({row['programme']}) on {_counted(row['partners'])}: left as it was; {row['why']}"
        for row in left_out
    )


def _counted(partners: Sequence[str]) -> str:
    return ", ".join(partners) if len(partners) <= 4 else f"{len(partners)} partners"


def _total(layers: dict[str, dict[str, float]], factors: Mapping[str, float] | None = None) -> dict[str, float]:
    out: dict[str, float] = {}
    for layer, rates in layers.items():
        factor = (factors or {}).get(layer, 1.0)
        for sector, rate in rates.items():
            out[sector] = out.get(sector, 0.0) + factor * rate
    return out


def _factors(
    regime: Regime, layers: Mapping[tuple[str, str, str], float], problems: list[Problem]
) -> dict[tuple[str, str], dict[str, float]]:
    """New over old rate of each layer to change, by pair."""
    out: dict[tuple[str, str], dict[str, float]] = {}
    for (importer, exporter, layer), rate in layers.items():
        where = f"layer {layer!r} of {importer} on {exporter}"
        if (importer, exporter) not in regime.pairs():
            problems.append(Problem(where, "the ledger holds no such pair"))
            continue
        held = regime.measures(importer=importer, exporter=exporter)
        names = {m.layer for m, _ in held}
        rates = {round(now.rate, 9) for m, now in held if m.layer == layer and not now.schedule}
        if layer not in names:
            problems.append(unknown("layer in force", layer, sorted(names), where))
        elif len(rates) != 1 or not min(rates) > 0:
            found = ", ".join(f"{100 * r:g} %" for r in sorted(rates)) or "a schedule of rates"
            problems.append(
                Problem(where, f"is collected at {found}, not at one rate", "Change it by sectors instead.")
            )
        else:
            out.setdefault((importer, exporter), {})[layer] = rate / min(rates)
    return out


def _missing(world: World, regime: Regime) -> list[Problem]:
    pairs = regime.pairs()
    problems = [
        Problem(
            "world", f"{world.name!r} has no economy {code}, which the regime names", "Keep it apart when aggregating."
        )
        for code in sorted({c for pair in pairs for c in pair} - set(world.economies))
    ]
    if pairs:
        importer, exporter = pairs[0]
        known = {s for rates in regime.by_sector(importer=importer, exporter=exporter).values() for s in rates}
        absent = sorted(known - set(world.sectors))
        if absent:
            problems.append(
                Problem(
                    "world",
                    f"{world.name!r} lacks {len(absent)} of the ledger's {len(known)} sectors "
                    f"({', '.join(absent[:3])}, ...)",
                    'Use the 28 sectors of World.load("default"), or give tariffs by hand.',
                )
            )
    return problems


_CHANGE = ("tariff", "importer", "exporter", "sectors", "rate")


def _check_changes(changes: Sequence[dict[str, Any]]) -> None:
    """Keys and kinds of changes; all problems at once."""
    problems = []
    for number, change in enumerate(changes):
        where = f"changes[{number}]"
        problems += [unknown("key of a change", key, _CHANGE, where) for key in change if key not in _CHANGE]
        lacking = [key for key in _CHANGE if key not in change and key != "sectors"]
        problems += [Problem(where, f"a change needs {key!r}") for key in lacking]
        if change.get("tariff", "add") not in ("add", "set"):
            problems.append(
                Problem(where, f"tariff: {change['tariff']!r} is not a kind of change", "Write add or set.")
            )
        if "rate" in change and not isinstance(change["rate"], int | float | np.floating):
            problems.append(Problem(where, f"{change['rate']!r} is not a rate", "Give a fraction: 0.25 for 25 %."))
    if problems:
        raise ShockError(problems)


def _members(name: Any, world: World) -> list[str]:
    if name == "all":
        return list(world.economies)
    names = [name] if isinstance(name, str) else list(name)
    if all(n in world.economies for n in names):
        return list(dict.fromkeys(names))
    found = expand(names, "changes")
    absent = [code for code in found if code not in world.economies]
    if absent:
        raise ShockError([Problem("changes", f"world {world.name!r} has no economy {code}") for code in absent])
    return found


def _array(
    value: Any, default: Any, shape: tuple[int, ...], dims: tuple[str, ...], world: World, name: str,
    problems: list[Problem],
) -> np.ndarray:  # fmt: skip
    if value is None:
        value = default
    if hasattr(value, "dims") and hasattr(value, "transpose"):
        labels = {d: list(world.sectors if d == "sector" else world.economies) for d in dims}
        try:
            value = value.transpose(*dims).sel(labels).to_numpy()
        except (KeyError, ValueError) as error:
            problems.append(
                Problem(name, f"labels do not fit the world: {error}", f"Dimensions are {', '.join(dims)}.")
            )
            return np.ones(shape)
    try:
        out = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        problems.append(Problem(name, f"{type(value).__name__} is not a number or an array of numbers"))
        return np.ones(shape)
    if out.ndim == 0:
        out = np.broadcast_to(out, shape)
        if name in ("tariffs", "export_taxes") and value is not default:
            out = _abroad_only(out, world)
    if out.shape != shape:
        problems.append(Problem(name, f"shape {out.shape} where ({', '.join(dims)}) is {shape}"))
        return np.ones(shape)
    _refuse(~np.isfinite(out), out, world, name, "must be a finite number", problems)
    return out


def _abroad_only(rates: np.ndarray, world: World) -> np.ndarray:
    """A single number taxes imports, not home sales."""
    out = np.array(rates)
    out[:, np.arange(len(world.economies)), np.arange(len(world.economies))] = 0.0
    return out


def _refuse(bad: np.ndarray, values: np.ndarray, world: World, name: str, what: str, problems: list[Problem]) -> None:
    places = np.argwhere(bad)
    for place in places[:_SHOWN]:
        labels = (
            (world.sectors[place[0]], world.economies[place[1]], world.economies[place[2]])
            if len(place) == 3
            else (world.economies[place[0]], world.sectors[place[1]])
        )
        value = values[tuple(place)]
        shown = f"{value:.0%}" if name in ("tariffs", "export_taxes") and np.isfinite(value) else f"{value}"
        problems.append(Problem(f"{name}[{', '.join(labels)}]", f"{shown}: {what}"))
    if len(places) > _SHOWN:
        problems.append(Problem(name, f"{len(places) - _SHOWN} more entries like these"))
