"""`detente run`, `compare` and `verify`: scenarios and their records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from detente.cli._output import AsJson, emit, notes, table


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run")(run)
    app.command("compare")(compare)
    app.command("verify")(verify)


def run(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (YAML).")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder for results, resolved scenario and record.")] = None,
    draws: Annotated[
        int | None, typer.Option("--draws", help="Intervals over so many draws of the elasticities.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Solve a scenario; with --out, keep results.nc, results.parquet, scenario.yaml and record.json."""
    from detente import study

    done = study.run(scenario, out, draws=draws)
    emit(done.as_dict(), as_json, lambda: _show(done.as_dict(), out))


def _show(answer: dict[str, Any], out: Path | None) -> None:
    print(f"{answer['title']}: {answer['status']}, residual {answer['residual']:.0e}, {answer['seconds']:.1f} s")
    if answer["remedy"]:
        print(answer["remedy"])
    results = answer["results"]
    spans = answer.get("intervals", {})
    income = dict(sorted(results.get("real_income_percent", {}).items(), key=lambda item: -abs(item[1]))[:10])
    _show_results("Real income, largest changes", "economy", income, spans.get("real_income_percent"), 3)
    _show_results("Goods trade by value", "flow", results.get("trade_percent", {}), spans.get("trade_percent"), 1)
    if spans:
        print(f"Intervals: 5 to 95 % of {answer['draws']} draws of the trade elasticities.", answer["draws_note"])
    _show_ceilings(answer.get("export_ceilings", []))
    notes(answer.get("notes", []))
    print(
        f"Model result, not an observation. Fingerprint {answer['fingerprint']}." + (f" Kept in {out}." if out else "")
    )


def _show_results(
    title: str, head: str, values: dict[str, float], spans: dict[str, list[float]] | None, n: int
) -> None:
    """A table of results, with intervals where there are any."""
    if not values:
        return
    columns = [head, "percent", *(["5 %", "95 %"] if spans else [])]
    rows = [
        (k, f"{v:+.{n}f}", *((f"{spans[k][0]:+.{n}f}", f"{spans[k][2]:+.{n}f}") if spans else ()))
        for k, v in values.items()
    ]
    table(title, columns, rows, right=list(range(1, len(columns))))


def _show_ceilings(limits: list[dict[str, Any]]) -> None:
    """The limits on the largest flows; the others are in the JSON."""
    if not limits:
        return
    largest = sorted(limits, key=lambda row: -row["trade_baseline"])[:8]
    rows = [
        (row["sector"], _some(row["exporter"]), _some(row["importer"]), *_licence(row["limit"], row["premium_percent"]))
        for row in largest
    ]  # fmt: skip
    title = f"Export ceilings, the largest flows of {len(limits)}: what a licence is worth"
    table(title, ["good", "from", "to", "limit %", "premium %"], rows, right=[3, 4])


def _licence(limit: float, premium: float) -> tuple[str, str]:
    """Limit and premium in words: a ban has no licence, and a small limit is no ban."""
    if limit <= 0.0:
        return "ban", "-"
    percent = 100.0 * limit
    return f"{percent:.1f}" if percent >= 1.0 else f"{percent:.3g}", f"{premium:.1f}"


def _some(codes: list[str]) -> str:
    return ", ".join(codes[:3]) + (f" and {len(codes) - 3} more" if len(codes) > 3 else "")


def compare(
    folders: Annotated[list[Path], typer.Argument(help="Folders that `detente run --out` wrote.")],
    economies: Annotated[str, typer.Option("--economies", help="Economies, by commas.")] = "USA,CHN",
    as_json: AsJson = False,
) -> None:
    """Results of saved runs side by side."""
    from detente import study
    from detente.economies import expand

    found = study.compare(folders, expand(economies.split(","), "--economies"))

    def show() -> None:
        rows = [
            (
                run["title"],
                run["status"],
                name,
                *(_ended(v, run["intervals"].get(name, {}).get(e)) for e, v in values.items()),
            )
            for run in found["runs"]
            for name, values in (run["results"] or {"-": {}}).items()
        ]
        names = list(next((v for r in found["runs"] for v in r["results"].values()), {}))
        width = 3 + len(names)
        table(
            "Runs", ["run", "status", "result", *names], [(*r, *[""] * (width - len(r))) for r in rows],
            right=list(range(3, width)),
        )  # fmt: skip

    emit(found, as_json, show)


def _ended(value: float, span: list[float] | None) -> str:
    return f"{value:+.3f}" + (f" ({span[0]:+.3f} to {span[1]:+.3f})" if span else "")


def verify(folder: Annotated[Path, typer.Argument(help="Folder of a run.")], as_json: AsJson = False) -> None:
    """Check a run's files, and this installation's data, against the run's record."""
    from detente import study
    from detente.errors import Problem, ScenarioError

    found = study.verify(folder)

    def show() -> None:
        rows = [(kind, k, "holds" if v else "differs") for kind in ("files", "inputs") for k, v in found[kind].items()]
        table(f"{folder}: {'holds' if found['holds'] else 'does not hold'}", ["kind", "name", ""], rows)

    emit(found, as_json, show)
    if not found["holds"]:
        raise ScenarioError([Problem(str(folder), "does not match its record", "Run the scenario again.")])
