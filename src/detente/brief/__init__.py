"""The one-page answer: what is in force, what expires when, what it costs. Formatting only; numbers come from below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente import lazy

if TYPE_CHECKING:
    from detente.brief._brief import Brief as Brief
    from detente.brief._figures import save_figure as save_figure
    from detente.brief._figures import timeline_figure as timeline_figure
    from detente.brief._terminal import render as render

_PUBLIC = {
    "Brief": "detente.brief._brief",
    "render": "detente.brief._terminal",
    "save_figure": "detente.brief._figures",
    "timeline_figure": "detente.brief._figures",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    return lazy.public(__name__, _PUBLIC, name)
