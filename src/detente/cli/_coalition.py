"""`detente coalition` and `rules`: who joins a measure and what it takes; tariffs under rules and under power."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from detente.cli._output import AsJson, emit, notes, table

BASELINE = "2025-01-19"
"""The day whose law the world's duties stand for, as in `detente brief`."""
_SHOWN = 16


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("coalition")(coalition)
    app.command("rules")(rules)


def coalition(
    against: Annotated[str, typer.Option("--against", help="The target: an economy or a group.")],
    members: Annotated[list[str], typer.Option("--members", help="Who may join: --members USA EU27 JPN KOR.")],
    more: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    rate: Annotated[float, typer.Option("--rate", help="Tariff each joiner adds on the target, a fraction.")] = 0.25,
    sectors: Annotated[str, typer.Option("--sectors", help="On which goods; several by commas.")] = "goods",
    reply: Annotated[str, typer.Option("--reply", help="The target's: none, fixed (the same rate), best.")] = "none",
    on: Annotated[
        str | None, typer.Option("--on", help="Start from the regime in force that day. Default: the world's duties.")
    ] = None,
    known: Annotated[str | None, typer.Option("--known", help="Day one looks from.")] = None,
    rivalry: Annotated[
        list[str] | None, typer.Option("--rivalry", help="Weight of a member on the target's loss: 0.1, or USA=0.1.")
    ] = None,
    world: Annotated[str, typer.Option("--world", help="Which world.")] = "default",
    elasticities: Annotated[str | None, typer.Option("--elasticities", help="A published set, or one number.")] = None,
    horizon: Annotated[str, typer.Option("--horizon", help="long, medium or short.")] = "long",
    ranges: Annotated[
        bool, typer.Option("--ranges/--no-ranges", help="Ask other elasticity sets, too, for low and high.")
    ] = True,
    figure: Annotated[
        Path | None, typer.Option("--figure", help="Draw what each pays: .svg, .png, .html or .json.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Payoffs of every subset of members joining a measure; stability, shares, what it takes to have all join."""
    from detente.bargain._coalition import coalition_payoffs, rivalry_weights
    from detente.bargain._coalition_table import coalition_answer, coalition_ranges

    names = [name for given in (*members, *(more or [])) for name in given.split(",") if name]
    weights = _weights(rivalry or [])
    model = _model(world, elasticities, horizon)
    start, warnings = _start(model.world, on, known)
    goods = [part for part in sectors.split(",") if part]
    payoffs = coalition_payoffs(model, against, names, rate=rate, sectors=goods, reply=reply, start=start)
    rivalry_weights(weights, payoffs.members)
    wide = ranges and payoffs.complete and horizon == "long" and _has_published_sectors(model)
    found = coalition_ranges(payoffs, start=start) if wide else None
    answer = coalition_answer(payoffs, weights, found) | {"on": on, "known": known, "warnings": warnings}
    if figure is not None:
        from detente.brief._coalition_figure import coalition_figure
        from detente.brief._figures import save_figure

        save_figure(coalition_figure(answer), figure)
    emit(answer, as_json, lambda: _show(answer, figure))


def _model(world: str, elasticities: str | None, horizon: str) -> Any:
    from detente.trade import TradeModel
    from detente.world import World

    try:
        theta: float | str | None = None if elasticities is None else float(elasticities)
    except ValueError:
        theta = elasticities
    return TradeModel(World.load(world), elasticities=theta, deficits="balanced", horizon=horizon)


def _has_published_sectors(model: Any) -> bool:
    from detente.errors import WorldError
    from detente.world import elasticity_set

    try:
        elasticity_set("fontagne-2022", list(model.world.sectors))
    except WorldError:
        return False
    return True


def _start(world: Any, on: str | None, known: str | None) -> tuple[Any, list[str]]:
    """The regime of a day against the world's duties, and what is to be said of that day; None without one."""
    from detente.dates import parse_date
    from detente.errors import Problem, UserError

    if on is None:
        if known is not None:
            raise UserError([Problem("--known", "has no use without --on", "Give the day, or leave both out.")])
        return None, []
    from detente.ledger import Ledger
    from detente.trade import Shock

    parse_date(on, "--on")
    ledger = Ledger.load()
    regime = ledger.on(on, known=known)
    return Shock.from_regimes(ledger.on(BASELINE, known=known), regime, world), list(regime.warnings)


def _weights(given: list[str]) -> float | dict[str, float]:
    """One weight for all, or NAME=weight for some."""
    from detente.errors import Problem, ShockError

    named: dict[str, float] = {}
    alone: float = 0.0
    for part in (p for text in given for p in text.split(",")):
        name, sign, value = part.rpartition("=")
        try:
            number = float(value)
        except ValueError:
            what = f"{part!r} is no weight"
            raise ShockError([Problem("--rivalry", what, "Write 0.1 or USA=0.1.")]) from None
        if sign:
            named[name] = number
        else:
            alone = number
    return named or alone


def _show(answer: dict[str, Any], figure: Path | None) -> None:
    against, settings = answer["against"], answer["model"]
    goods = "all goods" if len(answer["sectors"]) > 20 else ", ".join(answer["sectors"])
    print(
        f"{100 * answer['rate']:g} % added on {goods} from {against}; reply: {answer['reply']}; from {answer['start']}"
    )
    solved = sum(row["status"] == "solved" for row in answer["subsets"])
    print(
        f"{answer['status']}: {solved} of {len(answer['subsets'])} subsets, residual {answer['residual']:.0e}, "
        f"{answer['seconds']:.1f} s"
    )
    if answer["joining"] is not None:
        _show_joining(answer)
    _show_subsets(answer)
    print(
        f"World {settings['world']} of {settings['world_year']}, {settings['horizon']} run, elasticities "
        f"{settings['elasticities']}, balanced trade. {answer['note']}"
    )
    notes([*answer["warnings"], *answer["left_out"]])
    if figure is not None:
        print(f"Figure: {figure}")


def _show_joining(answer: dict[str, Any]) -> None:
    shares, ranges = answer["shapley"], answer["ranges"]
    rows = []
    for row in answer["joining"]:
        weight = row["rivalry_weight_needed"]
        wide = _between(ranges, row["member"], "rivalry_weight_needed")
        rows.append(
            (
                row["member"], f"{row['payoff_percent']:+.3f}{_between(ranges, row['member'], 'payoff_percent')}",
                f"{row['payoff_usd_million'] / 1000:+.1f}", f"{row['if_it_stays_out_percent']:+.3f}",
                f"{row['cost_of_joining_percent']:.3f}", f"{row['cost_of_joining_usd_million'] / 1000:.1f}",
                "none helps" if weight is None else f"{weight:.2f}{wide}",
                f"{100 * shares['values'][row['member']] / shares['total']:.0f}" if shares["total"] else "",
            )
        )  # fmt: skip
    columns = ["member", "payoff %", "USD bn", "if it stays out %", "cost of joining %", "USD bn",
               "rivalry weight needed", f"share of {answer['against']}'s loss %"]  # fmt: skip
    table(
        "If all join: real income, % of spending" + (" (low to high over elasticity sets)" if ranges else ""),
        columns,
        rows,
        right=range(1, 8),
    )
    last = answer["subsets"][-1]
    target, money = (last[key][answer["against"]] for key in ("payoffs_percent", "payoffs_usd_million"))
    wide = f" ({ranges['target_percent'][0]:+.3f} to {ranges['target_percent'][1]:+.3f})" if ranges else ""
    print(f"{answer['against']}: {target:+.3f} %{wide}, USD {money / 1000:+.1f} bn. {_reply(last)}")
    stable = ["+".join(s) or "nobody" for s in answer["stable"]]
    print(f"Stable subsets (nobody gains by leaving or joining): {', '.join(stable) or 'none'}.")
    paid, core = answer["side_payments"], answer["core"]
    can = "the members can pay it among themselves" if paid["members_can_pay"] else "their joint gain does not cover it"
    print(f"Side payments for all to join: USD {paid['needed_usd_million'] / 1000:.1f} bn; {can}.")
    best = "+".join(core["joiners"]) or "nobody"
    state = "is empty" if core["empty"] else "is not empty"
    print(f"Best for the members together: {best} joins. The core {state} ({core['characteristic_function']}).")


def _between(ranges: dict[str, Any] | None, member: str, key: str) -> str:
    found = ranges["members"][member][key] if ranges else None
    digits = 3 if key.endswith("_percent") else 2
    return f" ({found[0]:.{digits}f} to {found[1]:.{digits}f})" if found else ""


def _reply(row: dict[str, Any]) -> str:
    told = ", ".join(f"{p} +{100 * r:.1f} %" for p, r in row["reply"].items() if r)
    return f"Its reply: {told}." if told else ""


def _show_subsets(answer: dict[str, Any]) -> None:
    """All subsets if they are few; otherwise nobody, each alone, the stable ones and everybody."""
    rows, count = answer["subsets"], len(answer["members"])
    few = [r for r in rows if len(rows) <= _SHOWN or len(r["joined"]) in (0, 1, count) or r.get("stable")]
    cells = []
    for r in few:
        members = [r["payoffs_percent"][m] for m in answer["members"]]
        mark = "stable" if r.get("stable") else "inside only" if r.get("internally_stable") else ""
        figures = [v if v is None else f"{v:+.3f}" for v in (*members, r["payoffs_percent"][answer["against"]])]
        cells.append(("+".join(r["joined"]) or "nobody", *figures, mark, r["status"]))
    left = "" if len(few) == len(rows) else f" ({len(few)} of {len(rows)}; all with --json)"
    columns = ["who joins", *answer["members"], answer["against"], "stable", "status"]
    table(f"Real income by who joins, % of spending{left}", columns, cells, right=range(1, count + 2))


def rules(
    players: Annotated[list[str] | None, typer.Option("--players", help="Default: USA EU27 CHN JPN.")] = None,
    more: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    world: Annotated[str, typer.Option("--world", help="Which world.")] = "default",
    elasticities: Annotated[str | None, typer.Option("--elasticities", help="A published set, or one number.")] = None,
    ranges: Annotated[
        bool, typer.Option("--ranges/--no-ranges", help="Ask other elasticity sets, too, for low and high.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Tariffs and gains under MFN with reciprocity, MFN only, pairwise deals, and take it or leave it."""
    from detente.bargain._rules import players_world, rules_against_power, rules_answer, rules_ranges
    from detente.errors import Problem, SolveError, UserError
    from detente.trade import TradeModel

    names = [name for given in (*(players or []), *(more or [])) for name in given.split(",") if name]
    given = _model(world, elasticities, "long")
    small, codes = players_world(given.world, names or ["USA", "EU27", "CHN", "JPN"])
    theta = given.elasticities_name if elasticities is None or not _number(elasticities) else float(elasticities)
    model = TradeModel(small, elasticities=theta, deficits="balanced")
    try:
        found = rules_against_power(model, codes)
    except SolveError as error:
        raise UserError([Problem("", str(error), "Try other elasticities, or fewer players.")]) from None
    wide = rules_ranges(found) if ranges and _has_published_sectors(model) else None
    answer = rules_answer(found) | {"ranges": wide}
    emit(answer, as_json, lambda: _show_rules(answer))


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


_REGIMES = {
    "threat": "no deal (Nash)", "reciprocity": "MFN and reciprocity", "mfn": "MFN only",
    "nash_in_nash": "pairwise deals", "ultimatum": "take it or leave it",
}  # fmt: skip


def _show_rules(answer: dict[str, Any]) -> None:
    players, ranges = answer["players"], answer["ranges"]
    everybody = list(answer["threat"]["payoffs_percent"])
    outcomes = {"threat": answer["threat"], **answer["regimes"]}
    rows = []
    for name, row in outcomes.items():
        cells = []
        for p in everybody:
            low_high = ranges["gains_percent"][name][p] if ranges and name != "threat" else None
            gain = row["gains_percent"][p]
            wide = f" ({low_high[0]:.3f} to {low_high[1]:.3f})" if low_high else ""
            cells.append("" if gain is None else f"{gain:+.3f}{wide}")
        rows.append((_REGIMES[name], *cells, row["status"]))
    title = "Real income against no deal, % of spending" + (" (low to high over elasticity sets)" if ranges else "")
    table(title, ["regime", *everybody, "status"], rows, right=range(1, len(everybody) + 1))
    for name, row in outcomes.items():
        print(f"{_REGIMES[name]}: " + "; ".join(_rates(p, row["tariffs"][p]) for p in players))
    for change, gains in answer["end_of_rules_percent"].items():
        before, after = (_REGIMES[name] for name in change.split(" to "))
        if None in gains.values():
            continue
        winners = [p for p in everybody if gains[p] > 0 and p != "world"]
        low = ranges["end_of_rules_percent"][change] if ranges else {}
        sure = [p for p in winners if low.get(p) and low[p][0] > 0]
        told = f" (under every elasticity set: {', '.join(sure) or 'nobody'})" if ranges else ""
        print(
            f"From {before} to {after}, better off: {', '.join(winners) or 'nobody'}{told}; "
            f"the world {gains['world']:+.3f} %."
        )
    settings = answer["model"]
    print(
        f"World {settings['world']} of {settings['world_year']}, {settings['horizon']} run, elasticities "
        f"{settings['elasticities']}, balanced trade; {answer['status']} in {answer['seconds']:.0f} s. {answer['note']}"
    )


def _rates(player: str, rates: dict[str, float]) -> str:
    """A player's rates in percent; one where they are all the same."""
    if max(rates.values()) - min(rates.values()) < 5e-5:
        return f"{player} {100 * next(iter(rates.values())):.1f} % on all"
    return f"{player} " + ", ".join(f"{p} {100 * r:.1f}" for p, r in rates.items())
