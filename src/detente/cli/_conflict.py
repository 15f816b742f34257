"""`detente conflict`: which states of a conflict are stable, from the order of preferences alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from detente.cli._output import AsJson, emit, table

_LETTERS = {"nash": "N", "gmr": "G", "smr": "S", "seq": "Q"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("conflict")(conflict)


def conflict(
    file: Annotated[str, typer.Argument(help="Conflict file (YAML), or one that comes along: us-china-2025.")],
    figure: Annotated[
        Path | None, typer.Option("--figure", help="Draw states and moves: .svg, .png, .html or .json.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Stable states of a conflict (graph model): Nash, general and symmetric metarational, sequential."""
    from detente.bargain._conflict_answer import conflict_answer
    from detente.bargain._conflict_file import read_conflict

    read = read_conflict(file)
    answer = conflict_answer(read)
    if figure is not None:
        from detente.brief._conflict_figure import conflict_figure
        from detente.brief._figures import save_figure

        save_figure(conflict_figure(read), figure)
    emit(answer, as_json, lambda: _show(answer, figure))


def _show(answer: dict[str, Any], figure: Path | None) -> None:
    players = list(answer["players"])
    print(answer["title"])
    for concept, meaning in answer["meanings"].items():
        found = ", ".join(map(str, answer[concept])) or "none"
        print(f"{concept.upper():4}  {found}\n      {meaning}")
    rows = []
    for state, row in answer["states"].items():
        letters = ["".join(_LETTERS[c] for c in row["stable"][p]) or "-" for p in players]
        joint = "".join(_LETTERS[c] for c in _LETTERS if all(c in row["stable"][p] for p in players))
        ranks = [row["ranks"][p] for p in players]
        rows.append((state, *(f"{r} {kinds}" for r, kinds in zip(ranks, letters, strict=True)), joint or "-"))
    table("State by state: rank (1 best), and how it is stable", ["state", *players, "for all"], rows)
    _show_paths(answer.get("status_quo"))
    _show_seen(answer.get("observed", []))
    for player, part in answer["players"].items():
        if part["why"]:
            print(f"{player}: {part['why']}")
    if answer["about"]:
        print(answer["about"])
    print(answer["note"])
    if figure is not None:
        print(f"Figure: {figure}")


def _show_paths(status_quo: dict[str, Any] | None) -> None:
    if status_quo is None:
        return
    rows = [
        (end, _told(paths["improvements"]) or "no way by improvements", _told(paths["any_moves"]) or "none")
        for end, paths in status_quo["paths"].items()
    ]
    table(
        f"From the status quo, {status_quo['state']}", ["to", "by improvements alone", "by any moves, shortest"], rows
    )


def _told(path: list[dict[str, Any]] | None) -> str:
    """A path in words; empty where there is none."""
    if path is None:
        return ""
    return "; ".join(f"{s['player']}: {s['state']}" for s in path[1:]) or "already there"


def _show_seen(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    cells = []
    for row in rows:
        step = row["step"]
        how = "" if step is None else step["kind"]
        if step and step["kind"] == "unilateral":
            how = f"{' and '.join(step['movers'])} alone, {'improving' if step['improves'] else 'not improving'}"
        elif step and step["kind"] == "joint":
            how = f"joint, preferred by {' and '.join(step['preferred_by']) or 'nobody'}"
        letters = "".join(_LETTERS[c] for c in row["equilibrium"]) or "-"
        cells.append((row["date"], row["state"], letters, how, row["what"]))
    table("What was seen", ["date", "state", "equilibrium", "step", "what"], cells)
