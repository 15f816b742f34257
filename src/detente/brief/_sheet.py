"""What a brief is printed on: a terminal, or a page."""

from __future__ import annotations

from typing import Any, Protocol


class Sheet(Protocol):
    """Takes lines with Rich's markup and Rich's tables; a `rich.console.Console` is one."""

    @property
    def is_terminal(self) -> bool:
        """Whether tables may have lines."""

    def print(self, *objects: Any, highlight: bool | None = None) -> None:
        """Add one line or one table."""
