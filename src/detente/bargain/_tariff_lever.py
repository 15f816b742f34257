"""A side's tariffs as a lever: the ledger's rates of the day, and how far they may go by what was known then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.bargain._game_file import GameSpec, InstrumentSpec, Range, level_on
from detente.bargain._lever import LEVELS, Lever

if TYPE_CHECKING:
    from detente.ledger import Ledger
    from detente.world import World

NOTHING = Range(0.0, 0.0)
LEAST_POINTS = 0.005
"""A tariff threat less than half a point above what is in force on average is no threat."""
AHEAD = 450
"""Days ahead in which an act already known may raise a rate."""


def tariff_lever(
    one: InstrumentSpec, spec: GameSpec, ledger: Ledger, world: World, on: dt.date, known: dt.date | None
) -> Lever:
    """Rates by level: none added, in force, threat.

    The threat is every layer at the highest of three: today; the day with the highest average so far, without layers
    whose legal basis has gone; the day with the highest average ahead by acts known on the day. Or, where it is more,
    today's rates and what was announced without a text.
    """
    pair = {"importer": one.owner, "exporter": one.against}
    seen = min(on, known) if known is not None else on
    past = ledger.series(spec.base, on, known=known, **pair)
    ahead = ledger.series(on, on + dt.timedelta(days=AHEAD), known=seen, **pair)
    peak = max(range(len(past.dates)), key=lambda k: (past.average[k], k))
    coming = max(range(len(ahead.dates)), key=lambda k: (ahead.average[k], -k))
    top = ledger.on(past.dates[peak], known=known)
    void = _void_layers(ledger, top, pair, on, known)
    told = level_on(one.announced, on, seen)
    posted = told if told is not None and told.known else NOTHING

    base, now, high, later = (
        regime.by_sector(**pair)
        for regime in (ledger.on(spec.base, known=known), ledger.on(on, known=known), top,
                       ledger.on(ahead.dates[coming], known=seen))
    )  # fmt: skip
    layers = {k for held in (now, high, later) for k in held}
    n, i = world.economies.index(one.owner), world.economies.index(one.against)
    wide = [f"threat-{end}" for end in ("low", "high")] if posted.low != posted.high else []
    rates = {name: np.array(world.tariffs[:, n, i], dtype=float) for name in (*LEVELS, *wide)}
    for j, sector in enumerate(world.sectors):
        law = world.parents.get(sector, sector)

        def of(held: Mapping[str, Any], layer: str, law: str = law) -> float:
            return float(held.get(layer, {}).get(law, 0.0))

        old, new = (sum(of(held, k) for k in held) for held in (base, now))
        most = sum(max(of(now, k), of(later, k), 0.0 if k in void else of(high, k)) for k in layers)
        goods = any(law in held for held in now.values())
        rates["in_force"][j] = max(0.0, rates["in_force"][j] + new - old)
        for name, end in zip(("threat", *wide), ("mid", "low", "high"), strict=False):
            extra = posted.at(end) if goods else 0.0
            rates[name][j] = max(0.0, rates[name][j] + max(most, new + extra) - old)

    def average(layer: str) -> float:
        went = 0.0 if layer in void or layer not in past.layers else past.layers[layer][peak]
        goes = ahead.layers[layer][coming] if layer in ahead.layers else 0.0
        return max(past.layers[layer][-1] if layer in past.layers else 0.0, went, goes)

    today = past.average[-1]
    highest = sum(average(layer) for layer in {*past.layers, *ahead.layers})
    averages = {"lifted": past.average[0], "in_force": today, "threat": max(highest, today + posted.mid)}
    note = [f"each layer at the higher of today's and that of {past.dates[peak]} ({_percent(past.average[peak])})"]
    if void:
        note.append(f"not {' and '.join(sorted(void))}, whose legal basis has gone")
    if ahead.average[coming] > today + LEAST_POINTS:
        note.append(f"with what is announced for {ahead.dates[coming]} ({_percent(ahead.average[coming])})")
    if posted.mid and today + posted.mid > highest:
        note = [f"today's and {_percent(posted.mid)} more: {posted.source}"]
    text = f"threat, {_percent(averages['threat'])} on average: {'; '.join(note)}"
    if averages["threat"] - today < LEAST_POINTS:
        for name in ("threat", *wide):
            del rates[name]
        text = "no threat beyond what is in force"
        text += f": {' and '.join(sorted(void))} lost the legal basis" if void else ""
    if float(np.abs(rates["in_force"] - rates["lifted"]).max()) < 1e-9:
        del rates["in_force"]
    return Lever(one, None, None, text, rates, averages)


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f} %"


def _void_layers(ledger: Ledger, regime: Any, pair: Mapping[str, str], on: dt.date, known: dt.date | None) -> set[str]:
    """Layers collected at the peak whose measure a court has voided since."""
    out = set()
    for measure, _ in regime.measures(**pair):
        status = ledger.status(measure.id, on=on, known=known)
        if status["status"] == "ended" and any(e["event"] == "voided" for e in status["events"]):
            out.add(measure.layer)
    return out
