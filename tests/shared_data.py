"""Where the researched data stand for the people who build detente; users do not have them."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(*parts: str) -> Path:
    """A file under ../shared, or skip the test, saying so."""
    place = SHARED.joinpath(*parts)
    if not place.exists():
        pytest.skip(f"needs {'/'.join(('../shared', *parts))}, which is not here")
    return place
