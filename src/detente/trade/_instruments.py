"""What a player may set: import tariffs, export taxes and export ceilings, alone or together."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detente.errors import Problem, ShockError, UnknownName, unknown
from detente.trade._ceilings import RENTS
from detente.trade._model import TradeModel
from detente.trade._policy import Instruments, import_tariffs, members, traded_cells

KINDS: tuple[str, ...] = ("tariffs", "export_taxes", "export_ceilings")
"""Kinds of instruments. A tariff's partner is the exporter, that of the two others the importer."""
WORDS: dict[str, str] = {"tariffs": "tariff", "export_taxes": "export_tax", "export_ceilings": "limit"}
"""What a setting of each kind is called in tables."""


def export_taxes(
    model: TradeModel,
    player: str,
    partners: Sequence[str] | str | None = None,
    sectors: Sequence[str] | str | None = None,
    *,
    uniform: str | None = None,
) -> Instruments:
    """The export taxes of a player on sales to some partners, wherever anything is sold.

    `uniform` as for `import_tariffs`. Trade inside a union is not taxed.

    Raises
    ------
    ShockError
        If nothing is sold there.

    Examples
    --------
    >>> from detente.world import World
    >>> model = TradeModel(World.load("g20-2019"), elasticities=4.0)
    >>> tools = export_taxes(model, "CHN", ["USA", "JPN"], uniform="sectors")
    >>> tools.names, set(tools.kinds)
    ((('all', 'USA'), ('all', 'JPN')), {'export_taxes'})
    """
    return _on_exports(model, player, partners, sectors, uniform, "export_taxes", "exporter")


def export_ceilings(
    model: TradeModel,
    player: str,
    partners: Sequence[str] | str | None = None,
    sectors: Sequence[str] | str | None = None,
    *,
    uniform: str | None = None,
    rent: str = "exporter",
) -> Instruments:
    """The limits of a player on quantities sold to some partners, one for each flow, over the baseline quantity.

    With `uniform` several flows have the same limit over their own baselines. `rent` is who gets the scarcity
    rent: `exporter`, `importer` or `nobody`.

    Raises
    ------
    ShockError, UnknownName
        If nothing is sold there, or on a rent that has no name here.
    """
    if rent not in RENTS:
        raise UnknownName([unknown("receiver of the rent", rent, list(RENTS), "rent")])
    return _on_exports(model, player, partners, sectors, uniform, "export_ceilings", rent)


def _on_exports(
    model: TradeModel, player: str, partners: Any, sectors: Any, uniform: str | None, kind: str, rent: str
) -> Instruments:
    cells, variable, names = traded_cells(model, player, partners, sectors, uniform, buying=False)
    return Instruments(cells, variable, names, (kind,) * len(names), (rent,) * len(names))


def together(tools: Sequence[Instruments]) -> Instruments:
    """Several sets of one player as one.

    Raises
    ------
    ShockError
        If one flow is set twice by the same kind of instrument, or taxed and capped at once.
    """
    if len(tools) == 1:
        return tools[0]
    problems: list[Problem] = []
    taken: dict[tuple[bool, tuple[int, ...]], str] = {}
    for tool in tools:
        kinds = tool.kinds or ("tariffs",) * tool.count
        for cell, v in zip(tool.cells.tolist(), tool.variable, strict=True):
            key = (kinds[v] == "tariffs", tuple(cell))
            if key in taken and not problems:
                what = f"{tool.names[v]} is set twice, by {taken[key]} and {kinds[v]}"
                remedy = "Set each flow by one: a ceiling whose rent the exporter has is an export tax."
                problems.append(Problem("instruments", what, remedy))
            taken[key] = kinds[v]
    if problems:
        raise ShockError(problems)
    offsets = np.cumsum([0, *(t.count for t in tools)])
    return Instruments(
        np.concatenate([t.cells for t in tools]),
        np.concatenate([t.variable + k for t, k in zip(tools, offsets, strict=False)]),
        tuple(n for t in tools for n in t.names),
        tuple(k for t in tools for k in t.kinds or ("tariffs",) * t.count),
        tuple(r for t in tools for r in t.rents or ("exporter",) * t.count),
        tuple(h for t in tools for h in t.held),
    )


def choose_instruments(
    model: TradeModel,
    player: str,
    partners: Sequence[str] | str | None = None,
    sectors: Sequence[str] | str | None = None,
    *,
    uniform: str | None = None,
    instruments: str | Mapping[str, Any] | Sequence[str | Instruments] = "tariffs",
    rent: str = "exporter",
) -> Instruments:
    """The instruments of a player as one set; one rate is held where a direction is flat.

    Parameters
    ----------
    instruments
        Kinds (`tariffs`, `export_taxes`, `export_ceilings`), one or several; or `{kind: sectors}`; or sets made by
        `import_tariffs`, `export_taxes` and `export_ceilings`, which need not cover the same flows.

    Raises
    ------
    ShockError, UnknownName
        On a kind that has no name here, or a flow that is set twice.
    """
    given: list[Any]
    goods: dict[str, Any] = {}
    if isinstance(instruments, Mapping):
        given, goods = list(instruments), dict(instruments)
    else:
        given = [instruments] if isinstance(instruments, str | Instruments) else list(instruments)
    named = [k for k in given if not isinstance(k, Instruments)]
    wrong = [unknown("instrument", str(k), KINDS, "instruments") for k in named if k not in KINDS]
    if wrong:
        raise UnknownName(wrong)
    if not given:
        raise ShockError([Problem("instruments", f"{player} sets nothing", f"Name some of {', '.join(KINDS)}.")])
    build: dict[str, Any] = {"tariffs": import_tariffs, "export_taxes": export_taxes}
    sets = []
    for kind in given:
        if isinstance(kind, Instruments):
            sets.append(kind)
            continue
        about = (model, player, partners, goods.get(kind, sectors))
        if kind == "export_ceilings":
            sets.append(export_ceilings(*about, uniform=uniform, rent=rent))
        else:
            sets.append(build[kind](*about, uniform=uniform))
    return hold_one(model, player, together(sets))


def hold_one(model: TradeModel, player: str, tools: Instruments) -> Instruments:
    """The set without one rate where all trade of the player is covered: Lerner's symmetry makes a direction flat.

    All import tariffs up by a factor and all export taxes down by it, in one plus the rate, change nothing real
    (Lerner 1936, Economica 3(11)); under a ceiling that binds the premium falls instead. The export tax on the
    largest trade stays as it is, 0 if the start has none; without export taxes the tariff on the largest imports.
    """
    world = model.world
    own = [world.economies.index(e) for e in members(player, model)]
    inside = np.zeros(len(world.economies), dtype=bool)
    inside[own] = True
    traded = (world.trade > 0) & (inside[None, :, None] != inside[None, None, :])
    left = traded.copy()
    left[tuple(tools.cells.T)] = False
    tariff = tools.of("tariffs")[tools.variable]
    if left.any() or not tariff.any() or tariff.all():
        return tools
    kind = "export_taxes" if tools.of("export_taxes").any() else "tariffs"
    size = np.bincount(tools.variable, world.trade[tuple(tools.cells.T)], tools.count)
    out = int(np.argmax(np.where(tools.of(kind), size, -1.0)))
    sector, partner = tools.names[out]
    words = f"{WORDS[kind].replace('_', ' ')} on {sector} with {partner} held as it is at the start (Lerner symmetry)"
    keep = tools.variable != out
    rest = [v for v in range(tools.count) if v != out]
    return dataclasses.replace(
        tools, cells=tools.cells[keep], variable=tools.variable[keep] - (tools.variable[keep] > out),
        names=tuple(tools.names[v] for v in rest), kinds=tuple(tools.kinds[v] for v in rest),
        rents=tuple(tools.rents[v] for v in rest), held=(*tools.held, words),
    )  # fmt: skip
