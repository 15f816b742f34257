"""Export ceilings by name: licences, quotas and bans, with who gets the scarcity rent and what leaks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente import model as kernels
from detente.economies import expand
from detente.errors import Problem, UserError
from detente.nomenclature import expand_sectors
from detente.world import World

RENTS = {"exporter": (1.0, 0.0), "importer": (0.0, 1.0), "nobody": (0.0, 0.0)}
SOLE = 0.05
"""Below this limit a ceiling on all suppliers at once is a ban: no other source, and no answer."""


@dataclass(frozen=True)
class Ceiling:
    """A limit on the quantity that arrives from one exporter.

    Attributes
    ----------
    exporter, importer
        Whose exports, to whom: one economy, several, a group, or `all`; home sales are not exports.
    sectors
        Which goods: one limit for each.
    value
        The limit over the baseline quantity; 0 is a ban.
    rent
        Who gets the scarcity rent: `exporter`, `importer`, or `nobody` (real waste, an iceberg).
    leakage
        Share of what the limit holds back that arrives all the same, through third economies: the limit
        becomes `value + leakage (1 - value)`.
    together
        One limit for the sum over exporters and importers (a total), or one for each flow.
    """

    exporter: str | Sequence[str]
    importer: str | Sequence[str] = "all"
    sectors: str | Sequence[str] = "goods"
    value: float = 1.0
    rent: str = "exporter"
    leakage: float = 0.0
    together: bool = True

    @property
    def limit(self) -> float:
        """What may arrive over the baseline quantity, leakage in it; 0 is a ban."""
        return self.value + self.leakage * max(0.0, 1.0 - self.value)

    def problems(self, where: str) -> list[Problem]:
        """What is wrong with the numbers, before any world is looked at."""
        out = []
        if not (_number(self.value) and self.value >= 0):
            out.append(Problem(where, f"a ceiling of {self.value!r} is not a share", "Give 0 (a ban) or more."))
        if not (_number(self.leakage) and 0 <= self.leakage <= 1):
            out.append(Problem(where, f"a leakage of {self.leakage!r} is not a share", "Give 0 to 1."))
        if not isinstance(self.rent, str) or self.rent not in RENTS:
            out.append(Problem(where, f"rent to {self.rent!r} is unknown", f"Choose {', '.join(RENTS)}."))
        return out


def _number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and math.isfinite(value)


def ceiling_arrays(ceilings: Sequence[Ceiling], world: World, problems: list[Problem]) -> kernels.Ceilings | None:
    """Ceilings as the kernels take them; what is wrong is added to `problems`."""
    flows: list[tuple[int, int, int, int]] = []
    limits: list[tuple[float, float, float]] = []
    taken: dict[tuple[int, int, int], int] = {}
    for number, ceiling in enumerate(ceilings):
        where = f"export_ceilings[{number}]"
        found = ceiling.problems(where)
        groups = [] if found else _groups(ceiling, world, where, found)
        problems += found
        for group in groups:
            for cell in group:
                if taken.setdefault(cell, number) != number:
                    names = f"{world.sectors[cell[0]]} from {ceiling.exporter} to {world.economies[cell[1]]}"
                    problems.append(Problem(where, f"{names} is capped by export_ceilings[{taken[cell]}] already"))
                flows.append((*cell, len(limits)))
            limits.append((ceiling.limit, *RENTS[ceiling.rent]))
    problems += _sole_suppliers(ceilings, taken, world)
    if problems or not flows:
        return None
    return _pack(np.array(flows), np.array(limits), world)


def _groups(ceiling: Ceiling, world: World, where: str, problems: list[Problem]) -> list[list[tuple[int, int, int]]]:
    """Cells (sector, importer, exporter) with trade, one list for each limit."""
    try:
        exporters = _many(ceiling.exporter, world)
        importers = _many(ceiling.importer, world)
        rows = [world.sectors.index(s) for s in expand_sectors(ceiling.sectors, world.sectors)]
    except UserError as error:
        problems += [Problem(where, p.what, p.remedy) for p in error.problems]
        return []
    out: list[list[tuple[int, int, int]]] = []
    for j in rows:
        cells = [(j, n, i) for i in exporters for n in importers if n != i and world.trade[j, n, i] > 0]
        out += [cells] if ceiling.together and cells else [[c] for c in cells]
    if not out and not problems:
        problems.append(Problem(where, "caps nothing: there is no such trade in this world"))
    return out


def _sole_suppliers(ceilings: Sequence[Ceiling], taken: dict[tuple[int, int, int], int], world: World) -> list[Problem]:
    """Buyers whom ceilings that are next to bans leave without any supplier, whichever ceilings those are."""
    cut: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for (j, n, i), number in taken.items():
        if ceilings[number].limit < SOLE:
            cut.setdefault((j, n), []).append((number, i))
    out = []
    for (j, n), rows in cut.items():
        if sum(world.trade[j, n, i] for _, i in rows) >= (1 - 1e-9) * world.trade[j, n].sum():
            names = ", ".join(world.economies[i] for _, i in rows)
            who = f"{names} is the only supplier" if len(rows) == 1 else f"{names} are the only suppliers"
            where = ", ".join(f"export_ceilings[{k}]" for k in sorted({number for number, _ in rows}))
            what = f"{who} of {world.sectors[j]} to {world.economies[n]}"
            out.append(Problem(where, what, "A ceiling there has no answer: nothing can take their place."))
    return out


def _many(names: Any, world: World) -> list[int]:
    if names == "all":
        return list(range(len(world.economies)))
    listed = [names] if isinstance(names, str) else list(names)
    codes = listed if all(n in world.economies for n in listed) else expand(listed)
    absent = [c for c in codes if c not in world.economies]
    if absent:
        raise UserError([Problem("", f"world {world.name!r} has no economy {c}") for c in absent])
    return [world.economies.index(c) for c in dict.fromkeys(codes)]


def _pack(flows: np.ndarray, limits: np.ndarray, world: World) -> kernels.Ceilings:
    import jax.numpy as jnp

    sector, importer, exporter, group = flows.T
    base = world.trade[sector, importer, exporter]
    total = np.bincount(group, weights=base, minlength=len(limits))
    return kernels.Ceilings(
        *(
            jnp.asarray(x)
            for x in (sector, importer, exporter, group, base / total[group], *limits.T, np.zeros(len(limits)))
        )
    )
