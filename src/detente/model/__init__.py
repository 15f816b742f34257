"""Array kernels of the equilibrium, in JAX and float64. No file, label or date is known here.

Axes: economy `n` (importer) or `i` (exporter), sector `j` (using, or traded) and `k` (input).
Three-dimensional arrays are (sector, importer, exporter); two-dimensional ones (economy, sector).
Equations and closures: docs/model.md; the labelled face is `detente.trade`.
"""

from __future__ import annotations

from detente.model import _config as _config  # x64 and the compilation cache, before anything is traced
from detente.model._adjoint import OwnSlopes as OwnSlopes
from detente.model._adjoint import Sensitivity as Sensitivity
from detente.model._adjoint import gradient as gradient
from detente.model._adjoint import own_slopes as own_slopes
from detente.model._baseline import Baseline as Baseline
from detente.model._baseline import Ceilings as Ceilings
from detente.model._baseline import Parameters as Parameters
from detente.model._baseline import ShockArrays as ShockArrays
from detente.model._baseline import baseline_from_accounts as baseline_from_accounts
from detente.model._baseline import no_shock as no_shock
from detente.model._batch import solve_many as solve_many
from detente.model._batch import solve_together as solve_together
from detente.model._cut_off import cut_off as cut_off
from detente.model._cut_off import missing_goods as missing_goods
from detente.model._decompose import decompose as decompose
from detente.model._decompose import prepare as prepare
from detente.model._first_order import first_order_welfare as first_order_welfare
from detente.model._gravity import Resistances as Resistances
from detente.model._gravity import resistances as resistances
from detente.model._outcomes import OUTCOMES as OUTCOMES
from detente.model._outcomes import outcomes as outcomes
from detente.model._outcomes import purge_deficits as purge_deficits
from detente.model._own_policy import own_policy_slopes as own_policy_slopes
from detente.model._purged import elasticity_slopes_through_purge as elasticity_slopes_through_purge
from detente.model._solve import Solution as Solution
from detente.model._solve import SolverOptions as SolverOptions
from detente.model._solve import Status as Status
from detente.model._solve import final_ratio as final_ratio
from detente.model._solve import gaps as gaps
from detente.model._solve import solve as solve
