"""How rates, averages by group and series look to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from detente.cli._output import notes, percent, table

if TYPE_CHECKING:
    from detente.ledger._rate import Rate
    from detente.ledger._series import Series


def metal_shares(text: str | None) -> float | dict[str, float] | None:
    """The metal share as given on the command line.

    >>> metal_shares("0.6"), metal_shares("steel=0.4,aluminium=0.2")
    (0.6, {'steel': 0.4, 'aluminium': 0.2})
    """
    from detente.errors import Problem, UserError

    if text is None:
        return None
    try:
        if "=" not in text:
            return float(text)
        return {name.strip(): float(share) for name, share in (part.split("=") for part in text.split(","))}
    except ValueError:
        problem = Problem("--metal-share", f"{text!r} is no metal share", "Write 0.6, or steel=0.4,aluminium=0.2.")
        raise UserError([problem]) from None


def show_rate(answer: Rate) -> None:
    """One line's duty: layers in order, the total, then why and what if."""
    pair = f"{answer.importer} on goods from {answer.exporter}, {answer.on}"
    known = f", as known on {answer.known}" if answer.known else ""
    covers = f" ({answer.covers} lines)" if answer.covers > 1 else ""
    title = f"{answer.hs}{covers}: duty of {pair}{known}, percent of customs value"
    if answer.lines:
        rows: list[tuple[Any, ...]] = [(r.hs, percent(r.total, 2)) for r in answer.lines]
        table(title, ("line", "total"), rows, right=(1,))
        print(f"From {percent(answer.total, 2)} to {percent(answer.highest, 2)} %.")
    else:
        rows = [
            (
                one.layer,
                percent(one.rate, 2),
                one.measure,
                one.status,
                one.instrument or one.legal_basis,
                one.confidence,
            )
            for one in answer.layers
        ]
        rows.append(("total", "unknown" if answer.total is None else percent(answer.total, 2), "", "", "", ""))
        table(title, ("layer", "rate %", "measure", "status", "law", "conf."), rows, right=(1,))
    if answer.value is not None:
        print(f"Duty on USD {answer.value:,.2f}: {_money(answer.duty()['total'])}")
    if answer.excluded:
        table("Left out", ("measure", "why"), [(e["measure"], e["why"]) for e in answer.excluded])
    if answer.conditions:
        cells = [(c["option"], percent(c["total"], 2), c["condition"], c["measure"]) for c in answer.conditions]
        table("What would change it", ("option", "total %", "condition", "measure"), cells, right=(1,))
    notes(answer.warnings)


def _money(total: Any) -> str:
    if total is None:
        return "unknown"
    if isinstance(total, dict):
        return f"USD {total['min']:,.2f} to {total['max']:,.2f}"
    return f"USD {total:,.2f}"


def show_groups(layers: Mapping[str, Mapping[str, float]], by: str) -> None:
    """Rates of each layer by sector or chapter."""
    from detente import nomenclature

    shown = [name for name, rates in layers.items() if any(rates.values())]
    first = next(iter(layers.values()))
    rows = []
    for code in first:
        rates = [layers[name][code] for name in shown]
        name = nomenclature.sector_name(code) if by == "sector" else ""
        rows.append((code, name, *(percent(r) for r in rates), percent(sum(rates))))
    columns = (by, "name", *shown, "all")
    table(f"By {by}, percent", columns, rows, right=range(2, len(columns)))


def show_series(answer: Series) -> None:
    """The days on which the average moved."""
    shown = [name for name, values in answer.layers.items() if any(values)]
    rows, last = [], None
    for i, day in enumerate(answer.dates):
        now = tuple(answer.layers[name][i] for name in shown)
        if last is None or max((abs(a - b) for a, b in zip(now, last, strict=True)), default=0.0) > 5e-6:
            rows.append((day, *(percent(x, 2) for x in now), percent(answer.average[i], 2)))
            last = now
    columns = ("from", *shown, "all")
    table("Average duty, percent, from each day on which it moved", columns, rows, right=range(1, len(columns)))
    print(f"Weights: {answer.weights}; {percent(answer.matched_share)} % of it matched.")
    notes(answer.warnings)
