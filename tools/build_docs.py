"""Write docs/commands.md from the command line's own help.

python tools/build_docs.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "docs" / "commands.md"


def _commands(command: Any, name: str) -> list[tuple[str, Any]]:
    found = [(name, command)]
    for child, sub in sorted(getattr(command, "commands", {}).items()):
        found += _commands(sub, f"{name} {child}")
    return found


def page() -> str:
    """The page's text."""
    import typer

    from detente.cli._app import build

    root: Any = typer.main.get_command(build())
    context: Any = type(root.make_context("detente", ["--help"], resilient_parsing=True))
    lines = ["# Commands", "", "Made by `python tools/build_docs.py` from the commands' own help.", ""]
    for name, command in _commands(root, "detente"):
        made = context(command, info_name=name, terminal_width=100, max_content_width=100)
        lines += [f"## `{name}`", "", "```text", command.get_help(made).rstrip(), "```", ""]
    return "\n".join(lines)


def main() -> int:
    """Write the page, or with --check say whether it is up to date."""
    text = page()
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
