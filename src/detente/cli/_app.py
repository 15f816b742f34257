"""The tree of commands. A new group of commands is a module with `register(app)`, named in `GROUPS`."""

from __future__ import annotations

import importlib
from typing import Annotated, Any

import typer

from detente.errors import UserError

GROUPS = (
    "_bargain",
    "_brief",
    "_coalition",
    "_commitments",
    "_conflict",
    "_controls",
    "_data",
    "_games",
    "_ledger",
    "_read",
    "_run",
    "_timeline",
)
"""Modules of `detente.cli` that add commands. They must stay light: rooms are imported inside the commands."""

_HELP = "A workbench for trade conflict: from the measures in force to what they cost."


def _version(wanted: bool) -> None:
    if wanted:
        from detente import __version__

        print(f"detente {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Callback of the bare command; only carries --version."""
    del version


def build() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(name="detente", help=_HELP, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
    app.callback()(_root)
    for name in GROUPS:
        importlib.import_module(f"detente.cli.{name}").register(app)
    return app


def invoke(arguments: list[str]) -> int:
    """Run one command; user errors pass through, usage errors are shown and give 2."""
    command: Any = typer.main.get_command(build())
    try:
        result = command.main(args=arguments, prog_name="detente", standalone_mode=False)
    except Exception as error:
        # usage errors of the option parser know how to show themselves and which code to give
        if hasattr(error, "show") and hasattr(error, "exit_code"):
            error.show()
            return int(error.exit_code)
        raise
    return result if isinstance(result, int) else 0


def told(error: UserError) -> str:
    """All problems of an error as one message.

    >>> from detente.errors import Problem
    >>> print(told(UserError([Problem("a.yaml:1", "no title"), Problem("a.yaml:2", "no kind")])))
    Error: 2 problems
      a.yaml:1: no title.
      a.yaml:2: no kind.
    """
    lines = [str(problem) for problem in error.problems]
    if len(lines) == 1:
        return f"Error: {lines[0]}"
    return "\n".join([f"Error: {len(lines)} problems", *(f"  {line}" for line in lines)])
