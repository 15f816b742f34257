"""`detente optimum`, `nash` and `doctor`: best and Nash policies, and the health of this installation."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from detente.cli._output import AsJson, emit, table

World_ = Annotated[str, typer.Option("--world", help="Which world.")]
Elasticities = Annotated[str, typer.Option("--elasticities", help="A published set, or one number.")]
Uniform = Annotated[
    str | None, typer.Option("--uniform", help="sectors: one rate a partner; partners: one rate a sector.")
]
Tools = Annotated[
    str, typer.Option("--instruments", help="What is set: tariffs, export-taxes, export-ceilings; commas between.")
]
Rent = Annotated[str, typer.Option("--rent", help="Who gets a ceiling's rent: exporter, importer or nobody.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("optimum")(optimum)
    app.command("nash")(nash)
    app.command("doctor")(doctor)


def _model(world: str, elasticities: str) -> Any:
    from detente.trade import TradeModel
    from detente.world import World

    try:
        theta: float | str = float(elasticities)
    except ValueError:
        theta = elasticities
    return TradeModel(World.load(world), elasticities=theta, deficits="balanced")


def _way(uniform: str | None) -> str | None:
    from detente.errors import UnknownName, unknown

    if uniform not in (None, "sectors", "partners"):
        raise UnknownName([unknown("way to tie tariffs", str(uniform), ["sectors", "partners"], "--uniform")])
    return uniform


def _kinds(instruments: str) -> list[str]:
    """Kinds by the names of the command line."""
    from detente.errors import UnknownName, unknown
    from detente.trade import KINDS

    known = {kind.replace("_", "-"): kind for kind in KINDS}
    given = [word.strip().replace("_", "-") for word in instruments.split(",")]
    wrong = [unknown("instrument", word, list(known), "--instruments") for word in given if word not in known]
    if wrong:
        raise UnknownName(wrong)
    return [known[word] for word in dict.fromkeys(given)]


def _show_others(settings: Any, whose: str) -> None:
    """Export taxes and ceilings of a player, the largest first; which rate is held."""
    taxes = sorted(settings.table("export_taxes"), key=lambda r: -r["export_tax"])[:15]
    if taxes:
        rates = [(r["sector"], r["importer"], f"{100 * r['export_tax']:.1f}") for r in taxes]
        table(f"{whose}: highest export taxes", ["sector", "to", "percent"], rates, right=[2])
    limits = sorted(settings.table("export_ceilings"), key=lambda r: -r["premium_percent"])[:15]
    if limits:
        cells = [(r["sector"], r["importer"], f"{r['limit']:.3f}", f"{r['premium_percent']:.1f}") for r in limits]
        heads = ["sector", "to", "limit over baseline", "premium %"]
        table(f"{whose}: export ceilings that cost most", heads, cells, right=[2, 3])
    for words in settings.instruments.held:
        print(f"{whose}: {words}.")


def optimum(
    player: Annotated[str, typer.Option("--player", help="Whose tariffs: an economy or a group.")],
    against: Annotated[list[str] | None, typer.Option("--against", help="Partners; all when left out.")] = None,
    more: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    sectors: Annotated[str, typer.Option("--sectors", help="Sectors or groups of them, commas between.")] = "goods",
    instruments: Tools = "tariffs",
    rent: Rent = "exporter",
    uniform: Uniform = None,
    world: World_ = "default",
    elasticities: Elasticities = "fontagne-2022",
    as_json: AsJson = False,
) -> None:
    """The tariffs, export taxes or ceilings best for one player, all others' given (long run, transfers purged)."""
    from detente.trade import members, optimal_tariffs

    kinds = _kinds(instruments)
    model = _model(world, elasticities)
    partners = [code for name in (*(against or []), *(more or [])) for code in members(_code(name), model)] or None
    goods = [word.strip() for word in sectors.split(",")]
    best = optimal_tariffs(
        model, _code(player), partners, goods, instruments=kinds, rent=rent, uniform=_way(uniform)
    )  # fmt: skip
    answer = {
        "status": best.status, "player": best.player, "average": _number(best.average),
        "gain_percent": best.gain_percent, "slope": best.slope, "at_bound": [list(n) for n in best.at_bound],
        "seconds": best.seconds, "tariffs": best.table(), **best.settings.answer(), "model": model.describe(),
    }  # fmt: skip

    def show() -> None:
        averages = "".join(
            f"{k.replace('_', ' ')} {100 * best.settings.average(k):.1f} % on average, " for k in best.settings.kinds
        )
        print(f"{best.player}: {best.status}, {averages}gain {best.gain_percent:.4f} %")
        rows = sorted(answer["tariffs"], key=lambda r: -r["tariff"])[:15]
        if rows:
            cells = [(r["sector"], r["exporter"], f"{100 * r['tariff']:.1f}") for r in rows]
            table("Highest tariffs", ["sector", "on", "percent"], cells, right=[2])
        _show_others(best.settings, best.player)
        print("Model result: long run, balanced trade; not a forecast.")

    emit(answer, as_json, show)


def nash(
    players: Annotated[list[str], typer.Option("--players", help="Two or more: --players USA CHN.")],
    more: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    instruments: Tools = "tariffs",
    rent: Rent = "exporter",
    uniform: Uniform = None,
    world: World_ = "default",
    elasticities: Elasticities = "fontagne-2022",
    as_json: AsJson = False,
) -> None:
    """Policies from which no player gains by deviating, with the largest gain as certificate."""
    from detente.bargain import nash_tariffs

    model = _model(world, elasticities)
    names = [_code(p) for given in (*players, *(more or [])) for p in given.split(",")]
    war = nash_tariffs(model, names, instruments=_kinds(instruments), rent=rent, uniform=_way(uniform))
    by_player = dict(zip(war.players, war.settings, strict=True))
    others = {
        kind: {p: s.table(kind) for p, s in by_player.items()}
        for kind in ("export_taxes", "export_ceilings")
        if any(kind in s.kinds for s in by_player.values())
    }
    answer = {
        "status": war.status, "players": list(war.players),
        "average": {p: _number(war.average(p)) for p in war.players},
        "payoffs_percent": war.payoffs_percent, "deviation_gain": war.deviation_gain_percent, "rounds": war.rounds,
        "seconds": war.seconds, "tariffs": {p: s.table() for p, s in by_player.items()}, **others,
        "held": {p: list(s.instruments.held) for p, s in by_player.items()}, "model": model.describe(),
    }  # fmt: skip

    def show() -> None:
        cells = [
            (p, k.replace("_", " "), f"{100 * s.average(k):.1f}", f"{war.payoffs_percent[p]:+.4f}")
            for p, s in by_player.items()
            for k in s.kinds
        ]
        table(f"Nash policies: {war.status}", ["player", "sets", "average %", "payoff %"], cells, right=[2, 3])
        for p, s in by_player.items():
            _show_others(s, p)
        print(f"Largest gain from deviating: {war.deviation_gain_percent:.1e} % of spending. Model result.")

    emit(answer, as_json, show)


def _number(value: float) -> float | None:
    """None for what is not set."""
    return None if value != value else value


def _code(name: str) -> str:
    """An economy by any of its names, or a group as it is."""
    from detente.economies import economy, groups

    return name if name in groups() else economy(name)


def doctor(as_json: AsJson = False) -> None:
    """Versions, hashes of the embedded data, and whether the solver finds what it should."""
    import platform
    import time
    from importlib import metadata

    from detente.study import data_hashes
    from detente.trade import Shock, TradeModel
    from detente.world import World, world_names

    packages = ("detente", "jax", "jaxlib", "numpy", "scipy", "pandas", "xarray", "pyarrow")
    clock = time.perf_counter()
    worlds = {name: max(World.load(name).check().values()) for name in world_names()}
    still = TradeModel(World.load()).solve(Shock())
    answer: dict[str, Any] = {
        "python": platform.python_version(), "versions": {p: metadata.version(p) for p in packages},
        "data": data_hashes(), "worst_account_gap": worlds, "solver": still.doctor(1),
        "seconds": time.perf_counter() - clock,
    }  # fmt: skip

    def show() -> None:
        print(f"Python {answer['python']}; " + ", ".join(f"{k} {v}" for k, v in answer["versions"].items()))
        rows = [(name, f"{gap:.0e}") for name, gap in worlds.items()]
        table("Accounts: worst relative gap", ["world", "gap"], rows, right=[1])
        print(f"No shock, default world: {still.status.value}, residual {still.residual:.0e}.")
        for room, digest in answer["data"].items():
            print(f"data/{room}: sha256 {digest[:16]}")

    emit(answer, as_json, show)
