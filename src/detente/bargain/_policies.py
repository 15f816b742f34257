"""What all players of an outcome set, read by kind."""

from __future__ import annotations

import numpy as np

from detente.trade import Instruments, Settings


class Policies:
    """An outcome with the settings of each player, in the players' order."""

    settings: tuple[Settings, ...]

    @property
    def instruments(self) -> tuple[Instruments, ...]:
        """Flows and variables of each player."""
        return tuple(s.instruments for s in self.settings)

    @property
    def tariffs(self) -> tuple[np.ndarray, ...]:
        """Import tariffs of each player, fractions."""
        return tuple(s.of("tariffs") for s in self.settings)

    @property
    def export_taxes(self) -> tuple[np.ndarray, ...]:
        """Export taxes of each player, fractions of the price before them."""
        return tuple(s.of("export_taxes") for s in self.settings)

    @property
    def export_ceilings(self) -> tuple[np.ndarray, ...]:
        """Limits of each player over baseline quantities; what is sold where the limit is slack."""
        return tuple(s.of("export_ceilings") for s in self.settings)
