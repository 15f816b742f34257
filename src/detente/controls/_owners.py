"""`owners`: who is covered through ownership, for certain or possibly, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente import economies
from detente.controls._cascade import UNIT, Cascade, Holdings, spread
from detente.controls._explain import Explainer
from detente.controls._ownership import Ownership, listed_from
from detente.controls._rules import POLICIES, Rule, rule, severity
from detente.controls._standing import branch, embedded
from detente.dates import parse_date
from detente.errors import Problem, UnknownName, UserError, close_matches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EXPLAINED = 2000
"""Entities explained unless others are asked for."""

Edges = str | Path | Ownership | Iterable[Sequence[Any] | Mapping[str, Any]]
Listed = str | Path | Mapping[str, str] | Iterable[str]


def owners(
    edges: Edges,
    listed: Listed,
    rule_id: str = "bis-affiliates",
    *,
    on: str | dt.date | None = None,
    known: str | dt.date | None = None,
    assume: str | None = None,
    explain: Sequence[str] | None = None,
    look_through: bool = True,
    encoding: str | None = None,
) -> dict[str, Any]:
    r"""Who is covered through ownership: the least fixed point of the rule.

    Parameters
    ----------
    edges
        A CSV file `owner,owned,share[,share_high][,from][,to][,source][,kind][,owned_country]`, rows of the same, or
        an `Ownership`.
    listed
        A CSV file `entity[,policy]`, a mapping of entities to licence policies, or their names.
    rule_id
        `ofac`, `bis-affiliates`, `mofcom-61` or `more-than-50-or-control`.
    on, known
        The two days: holdings of the day `on`, and whether the rule is in force then. Default: the firm edge of the
        evidence, and everything known.
    assume
        `lapsed` or `extended`, for a rule whose suspension ran out after the evidence ends.
    explain
        Entities to explain; None: the first 2,000 that are covered.
    look_through
        Whether to show look-through stakes beside (never to decide).

    Returns
    -------
    `{rule, certain, possible, resolve, explain: {entity: {held, held_high, owners, path, margin, ...}}, warnings}`.
    `certain` by the low ends of all shares, `possible` by the high ends (the certain ones among them), `resolve` the
    difference: what must be looked up. The listed themselves are in none. The lists say what the rule would cover;
    `rule.applies` says whether it is in force on the day.

    Notes
    -----
    With L the listed, s the shares and t the threshold, the least set C that holds L and every j with
    :math:`\sum_{i \in C} s_{ij} \ge t`. Shares are never multiplied down a chain.

    Raises
    ------
    UserError
        With every row that is wrong.

    Examples
    --------
    Two listed firms with 30 and 20 per cent cover a third together, at exactly half:

    >>> found = owners([("X", "A", 0.3), ("Y", "A", 0.2)], ["X", "Y"], "ofac", on="2026-01-05")
    >>> found["certain"], found["explain"]["A"]["held"]
    (['A'], 0.5)
    """
    chosen, day = rule(rule_id), _day(on)
    branch(assume)
    graph = _graph(edges, encoding).on(day)
    policies = _listed(listed, encoding)
    seeds, warnings = _seeds(graph, policies)
    holdings = graph.holdings(control=chosen.control, branches=chosen.branches)
    cascade = Cascade.run(holdings, seeds, chosen.need)
    sets = _sets(graph, cascade, chosen, seeds)
    standing = chosen.standing(day, None if known is None else parse_date(known, "--known"), assume)
    out: dict[str, Any] = {
        "rule": _about(chosen, standing),
        "on": day.isoformat(),
        **{k: [graph.names[i] for i in places] for k, places in sets.items()},
    }
    out["explain"] = _explained(graph, holdings, cascade, chosen, seeds, policies, sets, explain, look_through)
    if not chosen.control:
        out["controlled_only"] = _controlled(graph, cascade)
    out["warnings"] = [*_rule_notes(chosen, standing, day), *warnings, *graph.warnings, *standing["warnings"]]
    return out


def _day(on: str | dt.date | None) -> dt.date:
    return embedded().firm_until if on is None else parse_date(on, "--on")


def _graph(edges: Edges, encoding: str | None) -> Ownership:
    if isinstance(edges, Ownership):
        return edges
    if isinstance(edges, str | Path):
        return Ownership.read(edges, encoding)
    return Ownership.of(edges)


def _listed(listed: Listed, encoding: str | None) -> dict[str, str]:
    if isinstance(listed, str | Path):
        return listed_from(Path(listed), encoding)
    if isinstance(listed, Mapping):
        return {str(k).strip(): str(v) for k, v in listed.items()}
    return {str(name).strip(): "" for name in listed}


def _seeds(graph: Ownership, policies: Mapping[str, str]) -> tuple[NDArray[np.int32], list[str]]:
    """Places of the listed; those that hold nothing are named in a warning, with the likely misspelling."""
    import numpy as np

    wanted = set(policies)
    places = {name: i for i, name in enumerate(graph.names) if name in wanted}
    absent = [name for name in policies if name not in places]
    warnings = []
    if absent:
        near = close_matches(absent[0], graph.names[:20000], 1)
        hint = f" Did you mean {near[0]} for {absent[0]}?" if near else ""
        some = ", ".join(absent[:5])
        warnings.append(f"{len(absent)} listed entities are in no holding: {some}.{hint}")
    strange = sorted({p for p in policies.values() if severity(p) < 0})
    if strange:
        warnings.append(f"Licence policies that are not ranked here: {'; '.join(strange[:5])}.")
    return np.array(sorted(places.values()), np.int32), warnings


def _sets(graph: Ownership, cascade: Cascade, chosen: Rule, seeds: NDArray[np.int32]) -> dict[str, list[int]]:
    import numpy as np

    # zero is the rank of the listed
    certain, possible = cascade.certain > 0, (cascade.possible > 0) & (cascade.certain != 0)
    home = np.zeros(len(graph.names), np.bool_)
    if chosen.home and graph.country:
        for place, code in graph.country.items():
            try:
                home[place] = economies.economy(code) == chosen.home
            except UnknownName:
                continue
    del seeds
    sets = {"certain": certain & ~home, "possible": possible & ~home, "resolve": possible & ~certain & ~home}
    if home.any():
        sets["outside"] = possible & home
    return {k: sorted(np.flatnonzero(v).tolist(), key=lambda i: graph.names[i]) for k, v in sets.items()}


def _about(chosen: Rule, standing: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": chosen.id,
        "title": chosen.title,
        "basis": chosen.basis,
        "threshold": float(chosen.threshold),
        "exactly_the_threshold_covers": not chosen.strict,
        "effect": chosen.effect,
        "confidence": chosen.confidence,
        **{k: standing[k] for k in ("status", "applies", "assumed", "limbs")},
    }


def _rule_notes(chosen: Rule, standing: Mapping[str, Any], day: dt.date) -> list[str]:
    notes = [chosen.note] if chosen.note else []
    if standing["applies"] is None:
        notes.append(f"Whether {chosen.title} is in force on {day} is not known: the lists show what it would cover.")
    elif not standing["applies"]:
        text = f"{chosen.title} is {standing['status']} on {day}: the lists show what it would cover, not what it does."
        notes.append(text.replace("_", " "))
    return notes


def _controlled(graph: Ownership, cascade: Cascade) -> list[str]:
    """Entities that a covered one controls without half of the shares: a red flag under a rule of shares."""
    import numpy as np

    held = (graph.kind == 1) & (cascade.possible[graph.owner] >= 0) & (cascade.possible[graph.owned] < 0)
    return sorted({graph.names[i] for i in np.unique(graph.owned[held]).tolist()})


def _explained(
    graph: Ownership,
    holdings: Holdings,
    cascade: Cascade,
    chosen: Rule,
    seeds: NDArray[np.int32],
    policies: Mapping[str, str],
    sets: Mapping[str, list[int]],
    asked: Sequence[str] | None,
    look_through: bool,
) -> dict[str, Any]:
    if asked is None:
        places = (sets["certain"] + sets["resolve"])[:EXPLAINED]
    else:
        known = {name: i for i, name in enumerate(graph.names)} if len(asked) > 3 else {}
        found = {name: known.get(name) if known else graph.place(name) for name in asked}
        missing = [n for n, i in found.items() if i is None]
        if missing:
            raise UserError([Problem("--explain", f"{n!r} is in no holding", "Write it as there.") for n in missing])
        places = [i for i in found.values() if i is not None]
    ranks = _policy_ranks(graph, holdings, cascade, seeds, policies)
    explainer = Explainer(graph, cascade, chosen, places, look_through)
    out = {}
    for place in places:
        row = explainer.one(place)
        row["policy"] = POLICIES[ranks[place] - 1] if ranks[place] > 0 else None
        out[graph.names[place]] = row
    return out


def _policy_ranks(
    graph: Ownership,
    holdings: Holdings,
    cascade: Cascade,
    seeds: NDArray[np.int32],
    policies: Mapping[str, str],
) -> NDArray[np.int8]:
    """Severity of the most restricted listed owner, direct or through covered entities, of every entity."""
    import numpy as np

    own = np.array([severity(policies[graph.names[i]]) for i in seeds.tolist()], np.int8)
    ranks = np.zeros(len(graph.names), np.int8)
    member = cascade.possible >= 0
    for level in range(1, len(POLICIES) + 1):
        with_it = seeds[own == level]
        if len(with_it):
            ranks[spread(holdings, with_it, member, high=True)] = level
    return ranks


__all__ = ["UNIT", "owners"]
