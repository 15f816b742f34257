"""The labelled face of the model, and the only place where law meets economics.

`TradeModel(world).solve(Shock.from_regimes(before, after, world))` gives an `Equilibrium`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente import lazy

if TYPE_CHECKING:
    from detente.trade._ceilings import Ceiling as Ceiling
    from detente.trade._climb import Slopes as Slopes
    from detente.trade._climb import climb as climb
    from detente.trade._climb import first_guess as first_guess
    from detente.trade._closure import DEFICITS as DEFICITS
    from detente.trade._closure import HORIZONS as HORIZONS
    from detente.trade._closure import Closure as Closure
    from detente.trade._closure import horizon_closure as horizon_closure
    from detente.trade._control_ceilings import control_ceilings as control_ceilings
    from detente.trade._control_ceilings import premiums as premiums
    from detente.trade._doctor import diagnose as diagnose
    from detente.trade._equilibrium import Equilibrium as Equilibrium
    from detente.trade._gravity import GravityResult as GravityResult
    from detente.trade._gravity import gravity as gravity
    from detente.trade._impact import Impact as Impact
    from detente.trade._impact import impact as impact
    from detente.trade._impact import solve_prepared as solve_prepared
    from detente.trade._impact import summarise as summarise
    from detente.trade._instruments import KINDS as KINDS
    from detente.trade._instruments import choose_instruments as choose_instruments
    from detente.trade._instruments import export_ceilings as export_ceilings
    from detente.trade._instruments import export_taxes as export_taxes
    from detente.trade._model import TradeModel as TradeModel
    from detente.trade._optimum import Optimum as Optimum
    from detente.trade._optimum import maximise as maximise
    from detente.trade._optimum import optimal_tariffs as optimal_tariffs
    from detente.trade._policy import BOUNDS as BOUNDS
    from detente.trade._policy import Instruments as Instruments
    from detente.trade._policy import Objective as Objective
    from detente.trade._policy import TariffProblem as TariffProblem
    from detente.trade._policy import balanced as balanced
    from detente.trade._policy import import_tariffs as import_tariffs
    from detente.trade._policy import members as members
    from detente.trade._policy import union_objective as union_objective
    from detente.trade._policy_slopes import guess_of as guess_of
    from detente.trade._policy_slopes import pose as pose
    from detente.trade._policy_slopes import search_range as search_range
    from detente.trade._policy_slopes import slopes_of as slopes_of
    from detente.trade._set import EquilibriumSet as EquilibriumSet
    from detente.trade._settings import Settings as Settings
    from detente.trade._shock import Shock as Shock

_PUBLIC = {
    "TradeModel": "detente.trade._model",
    "Equilibrium": "detente.trade._equilibrium",
    "EquilibriumSet": "detente.trade._set",
    "Shock": "detente.trade._shock",
    "Ceiling": "detente.trade._ceilings",
    "Closure": "detente.trade._closure",
    "horizon_closure": "detente.trade._closure",
    "HORIZONS": "detente.trade._closure",
    "DEFICITS": "detente.trade._closure",
    "Objective": "detente.trade._policy",
    "Instruments": "detente.trade._policy",
    "TariffProblem": "detente.trade._policy",
    "balanced": "detente.trade._policy",
    "import_tariffs": "detente.trade._policy",
    "members": "detente.trade._policy",
    "union_objective": "detente.trade._policy",
    "control_ceilings": "detente.trade._control_ceilings",
    "premiums": "detente.trade._control_ceilings",
    "Slopes": "detente.trade._climb",
    "climb": "detente.trade._climb",
    "first_guess": "detente.trade._climb",
    "Optimum": "detente.trade._optimum",
    "optimal_tariffs": "detente.trade._optimum",
    "maximise": "detente.trade._optimum",
    "BOUNDS": "detente.trade._policy",
    "KINDS": "detente.trade._instruments",
    "choose_instruments": "detente.trade._instruments",
    "export_taxes": "detente.trade._instruments",
    "export_ceilings": "detente.trade._instruments",
    "pose": "detente.trade._policy_slopes",
    "slopes_of": "detente.trade._policy_slopes",
    "search_range": "detente.trade._policy_slopes",
    "guess_of": "detente.trade._policy_slopes",
    "Settings": "detente.trade._settings",
    "diagnose": "detente.trade._doctor",
    "GravityResult": "detente.trade._gravity",
    "gravity": "detente.trade._gravity",
    "Impact": "detente.trade._impact",
    "impact": "detente.trade._impact",
    "solve_prepared": "detente.trade._impact",
    "summarise": "detente.trade._impact",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    return lazy.public(__name__, _PUBLIC, name)
