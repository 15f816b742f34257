"""`detente optimum`, `nash` and `doctor`: best and Nash tariffs, and the health of this installation."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from detente.cli._output import AsJson, emit, table

World_ = Annotated[str, typer.Option("--world", help="Which world.")]
Elasticities = Annotated[str, typer.Option("--elasticities", help="A published set, or one number.")]
Uniform = Annotated[
    str | None, typer.Option("--uniform", help="sectors: one rate a partner; partners: one rate a sector.")
]


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


def optimum(
    player: Annotated[str, typer.Option("--player", help="Whose tariffs: an economy or a group.")],
    against: Annotated[list[str] | None, typer.Option("--against", help="Partners; all when left out.")] = None,
    more: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    instruments: Annotated[str, typer.Option("--instruments", help="What it sets: tariffs.")] = "tariffs",
    uniform: Uniform = None,
    world: World_ = "default",
    elasticities: Elasticities = "fontagne-2022",
    as_json: AsJson = False,
) -> None:
    """The tariffs that are best for one player, all others' given (long run, transfers purged)."""
    from detente.errors import UnknownName, unknown
    from detente.trade import members, optimal_tariffs

    if instruments != "tariffs":
        raise UnknownName([unknown("instrument", instruments, ["tariffs"], "--instruments")])
    model = _model(world, elasticities)
    partners = [code for name in (*(against or []), *(more or [])) for code in members(_code(name), model)] or None
    best = optimal_tariffs(model, _code(player), partners, uniform=_way(uniform))
    answer = {
        "status": best.status, "player": best.player, "average": best.average, "gain_percent": best.gain_percent,
        "slope": best.slope, "at_bound": [list(n) for n in best.at_bound], "seconds": best.seconds,
        "tariffs": best.table(), "model": model.describe(),
    }  # fmt: skip

    def show() -> None:
        print(f"{best.player}: {best.status}, average {100 * best.average:.1f} %, gain {best.gain_percent:.4f} %")
        rows = sorted(answer["tariffs"], key=lambda r: -r["tariff"])[:15]
        cells = [(r["sector"], r["exporter"], f"{100 * r['tariff']:.1f}") for r in rows]
        table("Highest tariffs", ["sector", "on", "percent"], cells, right=[2])
        print("Model result: long run, balanced trade; not a forecast.")

    emit(answer, as_json, show)


def nash(
    players: Annotated[list[str], typer.Option("--players", help="Two or more: --players USA CHN.")],
    more: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    uniform: Uniform = None,
    world: World_ = "default",
    elasticities: Elasticities = "fontagne-2022",
    as_json: AsJson = False,
) -> None:
    """Tariffs from which no player gains by deviating, with the largest gain as certificate."""
    from detente.bargain import nash_tariffs

    model = _model(world, elasticities)
    names = [_code(p) for given in (*players, *(more or [])) for p in given.split(",")]
    war = nash_tariffs(model, names, uniform=_way(uniform))
    tariffs = {
        p: [{"sector": s, "exporter": e, "tariff": float(t)} for (s, e), t in zip(i.names, rates, strict=True)]
        for p, i, rates in zip(war.players, war.instruments, war.tariffs, strict=True)
    }
    answer = {
        "status": war.status, "players": list(war.players), "average": {p: war.average(p) for p in war.players},
        "payoffs_percent": war.payoffs_percent, "deviation_gain": war.deviation_gain_percent, "rounds": war.rounds,
        "seconds": war.seconds, "tariffs": tariffs, "model": model.describe(),
    }  # fmt: skip

    def show() -> None:
        cells = [(p, f"{100 * war.average(p):.1f}", f"{war.payoffs_percent[p]:+.4f}") for p in war.players]
        table(f"Nash tariffs: {war.status}", ["player", "average %", "payoff %"], cells, right=[1, 2])
        print(f"Largest gain from deviating: {war.deviation_gain_percent:.1e} % of spending. Model result.")

    emit(answer, as_json, show)


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
