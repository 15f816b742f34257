"""Scenarios, runs and their records; the floor where questions, law and results meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente import lazy

if TYPE_CHECKING:
    from detente.study._benchmarks import Benchmark as Benchmark
    from detente.study._benchmarks import benchmarks as benchmarks
    from detente.study._compare import compare as compare
    from detente.study._headline import explain_headline as explain_headline
    from detente.study._model_forecasts import add_to_book as add_to_book
    from detente.study._model_forecasts import forecast_of_run as forecast_of_run
    from detente.study._model_forecasts import odds_forecast as odds_forecast
    from detente.study._model_forecasts import run_forecast as run_forecast
    from detente.study._record import data_hashes as data_hashes
    from detente.study._record import verify as verify
    from detente.study._run import Run as Run
    from detente.study._run import checked_draws as checked_draws
    from detente.study._run import run as run
    from detente.study._scenario import Scenario as Scenario
    from detente.study._scenario import read_scenario as read_scenario
    from detente.study._tension import acts as acts
    from detente.study._tension import tension as tension
    from detente.study._verdicts import Verdict as Verdict
    from detente.study._verdicts import judge as judge
    from detente.study._verdicts import read_article as read_article

_PUBLIC = {
    "Scenario": "detente.study._scenario",
    "read_scenario": "detente.study._scenario",
    "Run": "detente.study._run",
    "run": "detente.study._run",
    "checked_draws": "detente.study._run",
    "compare": "detente.study._compare",
    "judge": "detente.study._verdicts",
    "read_article": "detente.study._verdicts",
    "Verdict": "detente.study._verdicts",
    "tension": "detente.study._tension",
    "acts": "detente.study._tension",
    "verify": "detente.study._record",
    "data_hashes": "detente.study._record",
    "Benchmark": "detente.study._benchmarks",
    "benchmarks": "detente.study._benchmarks",
    "run_forecast": "detente.study._model_forecasts",
    "forecast_of_run": "detente.study._model_forecasts",
    "odds_forecast": "detente.study._model_forecasts",
    "add_to_book": "detente.study._model_forecasts",
    "explain_headline": "detente.study._headline",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    return lazy.public(__name__, _PUBLIC, name)
