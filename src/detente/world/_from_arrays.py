"""From plain arrays to a `World`, with every problem reported at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from detente.errors import Problem, WorldError

if TYPE_CHECKING:
    from detente.world._world import World

Array = npt.NDArray[np.float64]
_AXES = {
    "trade": ("sector", "importer", "exporter"),
    "tariffs": ("sector", "importer", "exporter"),
    "input_shares": ("economy", "input sector", "using sector"),
    "value_added_shares": ("economy", "using sector"),
    "final_shares": ("economy", "sector"),
    "input_taxes": ("economy", "using sector"),
}
_SHOWN = 5
"""Cells named in a message before "and N more"."""


class _Reader:
    """Collects problems while arrays are read."""

    def __init__(self, economies: Sequence[str], sectors: Sequence[str]) -> None:
        self.problems: list[Problem] = []
        self.names = {"economy": self._names("economies", economies), "sector": self._names("sectors", sectors)}

    def _names(self, where: str, given: Sequence[str]) -> tuple[str, ...]:
        names = (given,) if isinstance(given, str) else tuple(str(name) for name in given)
        if not names:
            self.add(where, "there are none", "Name at least one.")
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            self.add(where, f"named more than once: {', '.join(twice)}", "Give each its own name.")
        return names

    def add(self, where: str, what: str, remedy: str = "") -> None:
        self.problems.append(Problem(where, what, remedy))

    def labels(self, axis: str) -> tuple[str, ...]:
        return self.names["sector" if "sector" in axis else "economy"]

    def cells(self, key: str, bad: npt.NDArray[np.bool_]) -> str:
        """Names of the cells where `bad` holds."""
        axes = _AXES[key]
        where = np.argwhere(bad)
        named = ["/".join(self.labels(a)[i] for a, i in zip(axes, cell, strict=True)) for cell in where[:_SHOWN]]
        more = f" and {len(where) - _SHOWN} more" if len(where) > _SHOWN else ""
        return ", ".join(named) + more

    def refuse(self, key: str, bad: npt.NDArray[np.bool_], what: str, remedy: str) -> bool:
        if bad.any():
            self.add(key, f"{what} at {self.cells(key, bad)} ({'/'.join(_AXES[key])})", remedy)
            return True
        return False

    def read(self, key: str, value: Any, lowest: float, remedy: str) -> Array | None:
        """A float64 array of the right shape, finite and not below `lowest`; None once a problem is noted."""
        try:
            array = np.array(value, dtype=np.float64)
        except (TypeError, ValueError) as error:
            self.add(key, f"not an array of numbers ({error})", "Give numbers only.")
            return None
        expected = tuple(len(self.labels(axis)) for axis in _AXES[key])
        if array.shape != expected:
            self.add(
                key,
                f"has shape {array.shape}, but the names make it {expected}",
                f"Its axes are ({', '.join(_AXES[key])}).",
            )
            return None
        wrong = self.refuse(key, ~np.isfinite(array), "NaN or infinite", "Give finite numbers; zero means no trade.")
        with np.errstate(invalid="ignore"):
            low = np.isfinite(array) & (array < lowest)
        wrong |= self.refuse(key, low, f"below {lowest:g} (lowest {np.min(array[low], initial=lowest):g})", remedy)
        return None if wrong else array


def _cost_shares(
    reader: _Reader, inputs: Array | None, value_added: Array | None, given: tuple[bool, bool], tolerance: float
) -> tuple[Array, Array] | None:
    """Input and value-added shares that sum to one, or None when a problem was noted."""
    n, s = len(reader.names["economy"]), len(reader.names["sector"])
    if (given[0] and inputs is None) or (given[1] and value_added is None):
        return None
    if inputs is None:
        inputs = np.zeros((n, s, s))
    if value_added is None:
        value_added = 1.0 - inputs.sum(axis=1)
        small = value_added < -tolerance
        key, what = "input_shares", "sum to more than one over inputs"
        if reader.refuse("value_added_shares", small, f"{key} {what}", "Inputs and value added share one of output."):
            return None
        value_added = np.maximum(value_added, 0.0)
    total = inputs.sum(axis=1) + value_added
    gap = np.abs(total - 1.0)
    if reader.refuse(
        "value_added_shares",
        gap > tolerance,
        f"with input_shares they do not sum to one (worst gap {gap.max():.3g})",
        "Inputs (with duty and input tax) and value added are shares of gross output.",
    ):
        return None
    return inputs / total[:, None, :], value_added / total


def _final_shares(reader: _Reader, world: World, given: Array | None, tolerance: float) -> tuple[Array, float] | None:
    """Shares of final demand from the accounts, and the gap to what was given (a share of spending)."""
    final = world.final_demand
    spending = world.spending.sum(axis=1)
    scale = np.where(spending > 0, spending, 1.0)[:, None]
    negative = final < -tolerance * scale
    if negative.any():
        worst = np.unravel_index(np.argmin(final / scale), final.shape)
        reader.refuse(
            "final_shares",
            negative,
            f"spending less input use is negative (worst {final[worst]:.6g} {world.unit}, at "
            f"{world.economies[worst[0]]}/{world.sectors[worst[1]]}); it is so",
            "Balance the input shares against spending; final demand cannot be negative.",
        )
        return None
    kept = np.maximum(final, 0.0)
    total = kept.sum(axis=1)
    if (total <= 0).any():
        empty = ", ".join(e for e, t in zip(world.economies, total, strict=True) if t <= 0)
        reader.add("trade", f"nothing is left for final demand in {empty}", "Each economy needs some final demand.")
        return None
    shares = kept / total[:, None]
    if given is None:
        return shares, 0.0
    gap = np.abs(given * final.sum(axis=1)[:, None] - final)
    relative = gap / scale
    worst = np.unravel_index(np.argmax(relative), gap.shape)
    if reader.refuse(
        "final_shares",
        relative > tolerance,
        f"not spending less input use (worst gap {gap[worst]:.6g} {world.unit}, {relative[worst]:.3g} of spending, at "
        f"{world.economies[worst[0]]}/{world.sectors[worst[1]]}); they differ",
        "Leave final_shares out to have them derived, or rebalance.",
    ):
        return None
    return shares, float(relative.max(initial=0.0))


def _duties(reader: _Reader, tariffs: Array | None) -> None:
    """Duties that leave a price, on trade across a border."""
    if tariffs is None:
        return
    reader.refuse("tariffs", tariffs <= -1.0, "-100 % or less", "A duty of -100 % leaves no price; 0.25 means 25 %.")
    home = (tariffs != 0) & np.eye(tariffs.shape[1], dtype=bool)
    reader.refuse("tariffs", home, "a duty on home sales", "Home sales bear none: set them to 0.")


def build(
    cls: type[World],
    arrays: Mapping[str, Any],
    economies: Sequence[str],
    sectors: Sequence[str],
    *,
    name: str,
    year: int | None,
    unit: str,
    tolerance: float,
) -> World:
    """The world of `World.from_arrays`."""
    reader = _Reader(economies, sectors)
    if not all(reader.names.values()):
        raise WorldError(reader.problems)
    share_remedy = "Shares lie between zero and one."
    rules: dict[str, tuple[float, str]] = {
        "trade": (0.0, "A sale cannot be negative: book returns in the other direction."),
        "tariffs": (-1.0, "A duty below -100 % pays more than the good is worth; 0.25 means 25 %."),
        "input_shares": (0.0, share_remedy),
        "value_added_shares": (0.0, share_remedy),
        "final_shares": (0.0, share_remedy),
        "input_taxes": (-0.999, "A net subsidy cannot reach the whole price."),
    }
    read = {
        k: None if arrays[k] is None and k not in ("trade", "tariffs") else reader.read(k, arrays[k], *rules[k])
        for k in rules
    }
    _duties(reader, read["tariffs"])
    given = (arrays["input_shares"] is not None, arrays["value_added_shares"] is not None)
    costs = _cost_shares(reader, read["input_shares"], read["value_added_shares"], given, tolerance)
    if reader.problems or costs is None:
        raise WorldError(reader.problems)
    trade, tariffs = read["trade"], read["tariffs"]
    assert trade is not None  # a missing one has raised above
    assert tariffs is not None
    inputs, value_added = costs
    taxes = read["input_taxes"] if read["input_taxes"] is not None else np.zeros_like(value_added)
    base: dict[str, Any] = {
        "name": name,
        "year": int(year or 0),
        "unit": unit,
        "economies": reader.names["economy"],
        "sectors": reader.names["sector"],
        "trade": trade,
        "tariffs": tariffs,
        "input_shares": inputs,
        "value_added_shares": value_added,
        "input_taxes": taxes,
    }
    draft = cls(**base, final_shares=np.zeros_like(value_added))
    final = _final_shares(reader, draft, read["final_shares"], tolerance)
    if final is None:
        raise WorldError(reader.problems)
    record = {"made_by": "World.from_arrays", "tolerance": tolerance, "final_shares_gap_closed": final[1]}
    return cls(**base, final_shares=final[0], record=record)
