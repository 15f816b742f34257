"""The one-page answer: what is in force, what expires when, what it costs. Formatting only; numbers come from below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente import lazy

if TYPE_CHECKING:
    from detente.brief._bargain_figures import bargain_figure as bargain_figure
    from detente.brief._bargain_figures import save_bargain_figures as save_bargain_figures
    from detente.brief._bargain_terminal import render_bargain as render_bargain
    from detente.brief._brief import Brief as Brief
    from detente.brief._coalition_figure import coalition_figure as coalition_figure
    from detente.brief._conflict_figure import conflict_figure as conflict_figure
    from detente.brief._figures import save_figure as save_figure
    from detente.brief._figures import timeline_figure as timeline_figure
    from detente.brief._html import save_html as save_html
    from detente.brief._terminal import render as render

_PUBLIC = {
    "Brief": "detente.brief._brief",
    "bargain_figure": "detente.brief._bargain_figures",
    "save_bargain_figures": "detente.brief._bargain_figures",
    "render_bargain": "detente.brief._bargain_terminal",
    "render": "detente.brief._terminal",
    "coalition_figure": "detente.brief._coalition_figure",
    "conflict_figure": "detente.brief._conflict_figure",
    "save_html": "detente.brief._html",
    "save_figure": "detente.brief._figures",
    "timeline_figure": "detente.brief._figures",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    return lazy.public(__name__, _PUBLIC, name)
