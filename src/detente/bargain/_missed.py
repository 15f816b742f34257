"""A missed deadline: which duties return or begin that day, and the state of the board once it has passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.bargain._board import Board
from detente.bargain._game_file import level_on
from detente.bargain._lever import Lever

if TYPE_CHECKING:
    from detente.ledger import Ledger

MISSED = "missed"
"""Level of a tariff once a deadline is missed."""


def missed_rates(board: Board, ledger: Ledger, ahead: Mapping[str, Any]) -> dict[str, dict[str, np.ndarray]]:
    """Further levels of the tariffs that a deadline touches: {lever: {"missed": (sector,) rates}}.

    A suspension that ends brings its layer back at the rate it then has; a measure that begins adds what the ledger
    sees that day, or what the game file says of it where there is no text.
    """
    out: dict[str, dict[str, np.ndarray]] = {}
    for lever in board.levers:
        names = _of(lever, ledger, ahead)
        if lever.spec.kind == "tariffs" and names:
            more = _more(lever, board, ledger, names, ahead["date"])
            if more.max() > 0:
                held = lever.rates.get("in_force", lever.rates["lifted"])
                out[lever.spec.name] = {MISSED: held + more}
    return out


def missed_state(board: Board, ahead: Mapping[str, Any]) -> dict[str, str]:
    """The state of a board with those levels; other instruments that are touched go to their threat."""
    listed = {name.split("#")[0] for name in ahead.get("measures", ())}
    state = {}
    for lever in board.levers:
        if MISSED in lever.rates:
            state[lever.spec.name] = MISSED
        elif lever.spec.kind != "tariffs" and lever.can_rise and listed & set(lever.spec.measures):
            state[lever.spec.name] = "threat"
    return state


def _of(lever: Lever, ledger: Ledger, ahead: Mapping[str, Any]) -> list[str]:
    """Names of the tariffs of a lever's owner that a deadline touches."""
    out = []
    for name in ahead.get("measures", ()):
        measure, _ = ledger.find(name)
        if measure.kind.startswith("tariff") and measure.imposer == lever.spec.owner:
            out.append(name)
    return out


def _more(lever: Lever, board: Board, ledger: Ledger, names: list[str], date: str) -> np.ndarray:
    """(sector,): points added, fractions."""
    pair = {"importer": lever.spec.owner, "exporter": lever.spec.against}
    seen = min(board.on, board.known) if board.known is not None else board.on
    now = ledger.on(board.on, known=board.known).by_sector(**pair)
    then = ledger.on(date, known=seen).by_sector(**pair)
    laws = [board.world.parents.get(sector, sector) for sector in board.world.sectors]

    def of(held: Mapping[str, Any], layer: str) -> np.ndarray:
        return np.array([float(held.get(layer, {}).get(law, 0.0)) for law in laws])

    out = np.zeros(len(laws))
    for name in names:
        measure, _ = ledger.find(name)
        events = ledger.status(name, on=board.on, known=seen)["events"]
        back = next((e for e in reversed(events) if e.get("then_rate") is not None), None)
        if back is not None:
            if back["rate"] > 0:
                out += of(now, measure.layer) * (back["then_rate"] / back["rate"] - 1.0)
            continue
        out += np.maximum(0.0, of(then, measure.layer) - of(now, measure.layer))
        if measure.id in lever.spec.measures:
            out += _posted(lever, dt.date.fromisoformat(date), seen) * np.array(
                [any(law in held for held in now.values()) for law in laws]
            )
    return out


def _posted(lever: Lever, day: dt.date, seen: dt.date) -> float:
    told = level_on(lever.spec.announced, day, seen)
    return told.mid if told is not None else 0.0
