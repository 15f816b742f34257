"""The deadline on a day: how long it is, and the odds of a deal, an extension and a collapse, as ranges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.bargain._deadline import deadline_odds
from detente.bargain._truces import truce_rates

if TYPE_CHECKING:
    from detente.bargain._game_file import GameSpec, Range
    from detente.ledger import Ledger

WITHIN = 450
_TOGETHER = {"CHN": ("HKG", "MAC")}
"""Customs territories that measures name beside an economy."""
DRAWS = 2000
DAYS_A_MONTH = 365.25 / 12.0
SWEPT = ("stubborn", "demand", "hold", "discount")


def next_deadline(spec: GameSpec, ledger: Ledger, on: dt.date, known: dt.date | None) -> dict[str, Any]:
    """The next day on which a suspension over an instrument of the game ends or an announced one begins, as known then.

    Returns
    -------
    `date`, `days`, `measures` (those of the game on that day), `reported` (only said, without a text); or without
    `date` where there is none. `others`: ends of suspensions that the game does not hold.
    """
    listed = ledger.deadlines(on, within=WITHIN, known=known or on)
    rows = [r for r in listed if _is_end(r["what"]) or r["what"].endswith(": starts")]
    mine = [r for r in rows if _in_game(spec, ledger, r["measure"], on, known or on)]
    others = {f"{r['date']} {r['measure']}" for r in rows if r not in mine and _is_end(r["what"])}
    out: dict[str, Any] = {"others": sorted(others)}
    if not mine:
        return out
    day = min(r["date"] for r in mine)
    held = [r for r in mine if r["date"] == day]
    days = (dt.date.fromisoformat(day) - on).days
    said = all("as reported" in r["what"] for r in held)
    return {**out, "date": day, "days": days, "measures": [r["measure"] for r in held], "reported": said}


def _is_end(what: str) -> bool:
    return "suspension ends" in what or "term ends, as reported" in what


def _in_game(spec: GameSpec, ledger: Ledger, name: str, on: dt.date, known: dt.date) -> bool:
    """Whether a measure stands behind an instrument of the game and its legal basis holds."""
    measure, _ = ledger.find(name)
    if any(e["event"] == "voided" for e in ledger.status(measure.id, on=on, known=known)["events"]):
        return False
    for one in (i for i in spec.instruments if i.kind == "tariffs" and i.since <= on):
        aimed = set(measure.targets) <= {one.against, *_TOGETHER.get(one.against, ())}
        if measure.kind.startswith("tariff") and measure.imposer == one.owner and aimed:
            return True
    return any(measure.id in i.measures for i in spec.instruments if i.since <= on)


def deadline(
    spec: GameSpec, on: dt.date, ahead: Mapping[str, Any], pie_usd_million: float,
    collapse_usd_million: np.ndarray, *, seed: int = 1,
) -> dict[str, Any]:  # fmt: skip
    """Odds by the deadline over draws of what is elicited, and what each range does alone.

    Parameters
    ----------
    ahead
        As `next_deadline` gives it.
    pie_usd_million
        What a deal adds over the truce for both together, a year.
    collapse_usd_million
        (side,): payoff of a missed deadline against the truce, a year.
    """
    if "date" not in ahead:
        why = f"nothing of the game's instruments is known to end or begin within {WITHIN} days of {on}"
        return {"status": "no_deadline", "why": why, **ahead}
    if not pie_usd_million > 0:
        return {"status": "no_pie", "why": "a deal adds nothing over the truce: there is nothing to concede", **ahead}
    lacking = [n for n in ("stubborn", "demand", "hold") if n not in spec.deadline or not spec.deadline[n].known]
    if lacking:
        return {"status": "unknown", "why": f"{', '.join(lacking)} not stated in the game file", **ahead}
    months = ahead["days"] / DAYS_A_MONTH
    loss = np.asarray(collapse_usd_million) / pie_usd_million
    rng = np.random.default_rng(seed)
    found = _odds(spec, months, loss, {n: rng.uniform(size=(2, DRAWS)) for n in SWEPT})
    out: dict[str, Any] = {
        "status": "solved" if found.applies.any() else "no_answer", **ahead, "months": months,
        "share_of_draws_with_an_answer": float(found.applies.mean()),
        "collapse_over_pie": dict(zip(spec.between, map(float, loss), strict=True)),
        "assumes": {**{n: spec.deadline[n].to_dict() for n in ("stubborn", "demand", "hold")},
                    "discount_a_year": {p: spec.discount[p].to_dict() for p in spec.between}},
        "label": "model result over elicited ranges; 5th, 50th and 95th percentile of the draws",
    }  # fmt: skip
    if not found.applies.any():
        out["why"] = "in every draw a side would welcome a missed deadline"
        return out
    out["odds"] = {n: list(v) for n, v in found.range().items()}
    middle = {n: np.full((2, 1), 0.5) for n in SWEPT}
    out["drivers"] = [_driver(spec, months, loss, middle, name) for name in SWEPT]
    out["agreed_by"] = _path(found, months)
    return out


def _odds(spec: GameSpec, months: float, loss: np.ndarray, at: dict[str, np.ndarray]) -> Any:
    """Odds at places 0 to 1 within each range; rows of the places are sides (`hold` uses the first)."""
    z = [_place(spec.deadline["stubborn"], at["stubborn"][k]) for k in range(2)]
    a = [_place(spec.deadline["demand"], at["demand"][k]) for k in range(2)]
    r = [_place(spec.discount[p], at["discount"][k]) / 12.0 for k, p in enumerate(spec.between)]
    hard = 1.0 - _place(spec.deadline["hold"], at["hold"][0])
    return deadline_odds(
        *a, *r, *z, months=months, hardness=hard, collapse1=float(loss[0]), collapse2=float(loss[1])
    )  # fmt: skip


def _place(held: Range, where: np.ndarray) -> np.ndarray:
    low, high = held.at("low"), held.at("high")
    out: np.ndarray = low + (high - low) * where
    return out


def _driver(
    spec: GameSpec, months: float, loss: np.ndarray, middle: dict[str, np.ndarray], name: str
) -> dict[str, Any]:
    """Odds with one range at its ends, both sides together, all others at the middle."""
    ends = {}
    for end, place in (("low", 0.0), ("high", 1.0)):
        found = _odds(spec, months, loss, {**middle, name: np.full((2, 1), place)})
        known = bool(found.applies.all())
        ends[end] = {n: float(getattr(found, n)[0]) if known else None for n in ("deal", "extension", "collapse")}
    return {"assumption": name, **ends}


def _path(found: Any, months: float) -> list[dict[str, float]]:
    """Median odds of a deal by fractions of the term, and at its end with the last minute."""
    rows = []
    for share in (0.0, 0.25, 0.5, 0.75, 0.999):
        rows.append({"month": share * months, "deal": float(np.median(found.agreed_by(share * months)[found.applies]))})
    return [*rows, {"month": months, "deal": float(np.median(found.deal[found.applies]))}]


def base_rate(on: dt.date, known: dt.date | None) -> dict[str, Any]:
    """How past truces and deadlines of the two ended, as known on the day: every case, and intervals for the odds."""
    found = truce_rates(on, known, level=0.9)
    shares = {"deal": found.deal, "extension": found.extended, "collapse": found.collapsed}
    return {
        "known": len(found.cases), "decisions": found.decisions, "unknown": len(found.left_out),
        "rates": {
            name: {"count": s.count, "of": s.cases, "low": s.jeffreys[0], "high": s.jeffreys[1],
                   "mid": s.share if s.cases else None, "wilson": list(s.wilson)}
            for name, s in shares.items()
        },
        "interval": "Jeffreys, 90 %",
        "cases": [
            {"id": t.id, "name": t.name, "kind": t.kind, "outcome": t.outcome, "confidence": t.confidence}
            for t in found.cases
        ],
    }  # fmt: skip


def disagreement(found: dict[str, Any], rate: dict[str, Any]) -> str:
    """A warning where the model's odds and the base rate of past truces do not even touch; empty where they do."""
    if "odds" not in found:
        return ""
    apart = []
    for name, past in rate["rates"].items():
        low, _, high = found["odds"][name]
        if past["of"] and (low > past["high"] or high < past["low"]):
            ours, theirs = (f"{100 * a:.0f} to {100 * b:.0f} %" for a, b in ((low, high), (past["low"], past["high"])))
            apart.append(f"{name} {ours} against {theirs}")
    if not apart:
        return ""
    return (
        f"The model's odds at the deadline lie outside the base rate of past truces ({'; '.join(apart)}): "
        "the base rate is the better guide."
    )
