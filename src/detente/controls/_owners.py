"""`owners`: who is covered through ownership, for certain or possibly, and why."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente import economies
from detente.controls._cascade import UNIT, Cascade, Holdings, spread
from detente.controls._explain import Explainer
from detente.controls._lookalikes import lookalikes
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
_SEARCHED = 5_000
"""Entities among which one spelled alike is looked for where rapidfuzz is not installed."""
_SIGNS = re.compile(r"[\W_]+")

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
    difference: what must be looked up; so is what would be covered only if an entity spelled nearly like a listed one
    (another organisation form, other signs) is that one: `near_listed` has `{listed: [names in the holdings]}`. The
    listed themselves are in none. The lists say what the rule would cover;
    `rule.applies` says whether it is in force on the day. `controlled_only` and `directed_only` are red flags: entities
    that a covered one controls without the shares, or on whose board it sits.

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
    import numpy as np

    chosen, day = rule(rule_id), _day(on)
    branch(assume)
    graph = _graph(edges, encoding).on(day)
    policies = _listed(listed, encoding)
    near = lookalikes(graph, policies)
    restricted, warnings = _seeds(graph, policies, near)
    seeds = np.array(sorted(restricted), np.int32)
    holdings = graph.holdings(control=chosen.control, branches=chosen.branches)
    cascade = Cascade.run(holdings, seeds, chosen.need)
    doubtful = _doubtful(near, policies)
    if doubtful:
        either = np.array(sorted({*restricted, *doubtful}), np.int32)
        wide = Cascade.run(holdings, either, chosen.need)
        cascade = replace(cascade, possible=wide.possible, held_high=wide.held_high)
    sets = _sets(graph, cascade, chosen)
    standing = chosen.standing(day, None if known is None else parse_date(known, "--known"), assume)
    out: dict[str, Any] = {
        "rule": _about(chosen, standing),
        "on": day.isoformat(),
        **{k: [graph.names[i] for i in places] for k, places in sets.items()},
    }
    out["near_listed"] = {name: [graph.names[i] for i in places] for name, places in near.items()}
    out["explain"] = _explained(
        graph, holdings, cascade, chosen, (restricted, doubtful | restricted), sets, explain, look_through
    )
    if not chosen.control:
        out["controlled_only"] = _related(graph, cascade, 1)
    out["directed_only"] = _related(graph, cascade, 3)
    notes = [*_rule_notes(chosen, standing, day), *warnings, *graph.warnings, *standing["warnings"]]
    out["warnings"] = list(dict.fromkeys(notes))
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


def _doubtful(near: Mapping[str, Sequence[int]], policies: Mapping[str, str]) -> dict[int, str]:
    """Places of entities that may be listed ones, with the strictest policy of those they may be."""
    out: dict[int, str] = {}
    for name, places in near.items():
        for place in places:
            if place not in out or severity(policies[name]) > severity(out[place]):
                out[place] = policies[name]
    return out


def _seeds(
    graph: Ownership, policies: Mapping[str, str], near: Mapping[str, Sequence[int]]
) -> tuple[dict[int, str], list[str]]:
    """Places of the listed with their licence policies; those that hold nothing are named with the likely misspelling.

    An entity listed under two spellings takes the stricter policy.
    """
    places = graph.places(policies)
    absent = [name for name in policies if name not in places and name not in near]
    listed: dict[int, str] = {}
    for name, place in places.items():
        if place not in listed or severity(policies[name]) > severity(listed[place]):
            listed[place] = policies[name]
    warnings = []
    other = [f"{name!r} is {graph.names[i]!r} in the holdings" for name, i in places.items() if name != graph.names[i]]
    if other:
        some = "; ".join(other[:5]) + (f"; and {len(other) - 5:,} more" if len(other) > 5 else "")
        warnings.append(f"Listed entities matched though case or spaces differ: {some}.")
    if near:
        pairs = [f"Did you mean {graph.names[i]} for {name}?" for name, found in near.items() for i in found]
        some = " ".join(pairs[:5]) + (f" And {len(pairs) - 5:,} more." if len(pairs) > 5 else "")
        warnings.append(
            f"Entities in the holdings differ from listed ones in organisation form or signs only: {some} What they "
            "would cover if they are the listed ones is to resolve; write both names the same where they are."
        )
    if absent:
        spelled = _near(absent[:3], graph)
        hints = [f"{hint[:-1]} for {name}?" for name, hint in spelled.items() if hint != _AS_THERE]
        some = " ".join([f"{len(absent)} listed entities are in no holding: {', '.join(absent[:5])}.", *hints])
        warnings.append(some)
    strange = sorted({p for p in policies.values() if severity(p) < 0})
    if strange:
        warnings.append(f"Licence policies that are not ranked here: {'; '.join(strange[:5])}.")
    return listed, warnings


_AS_THERE = "Write it as it stands there."


def _near(names: Sequence[str], graph: Ownership) -> dict[str, str]:
    """What each of these names may have been meant for: but for its punctuation the same, or spelled alike."""
    wanted = {_bare(name) for name in names} - {""}
    same: dict[str, str] = {}
    for other in graph.names:
        if (bare := _bare(other)) in wanted:
            same.setdefault(bare, other)
    found = {name: same.get(_bare(name)) or next(iter(_alike(name, graph)), "") for name in names}
    return {name: f"Did you mean {other}?" if other else _AS_THERE for name, other in found.items()}


def _alike(name: str, graph: Ownership) -> list[str]:
    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        return close_matches(name, graph.names[:_SEARCHED], 1)
    best = process.extractOne(name, graph.names, scorer=fuzz.ratio, score_cutoff=75)
    return [best[0]] if best else []


def _bare(name: str) -> str:
    return _SIGNS.sub("", name.casefold())


def _sets(graph: Ownership, cascade: Cascade, chosen: Rule) -> dict[str, list[int]]:
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


def _related(graph: Ownership, cascade: Cascade, kind: int) -> list[str]:
    """Entities that a covered one controls (1), or sits on the board of (3), without what covers them: red flags."""
    import numpy as np

    held = (graph.kind == kind) & (cascade.possible[graph.owner] >= 0) & (cascade.possible[graph.owned] < 0)
    return sorted({graph.names[i] for i in np.unique(graph.owned[held]).tolist()})


def _explained(
    graph: Ownership,
    holdings: Holdings,
    cascade: Cascade,
    chosen: Rule,
    policies: tuple[Mapping[int, str], Mapping[int, str]],
    sets: Mapping[str, list[int]],
    asked: Sequence[str] | None,
    look_through: bool,
) -> dict[str, Any]:
    if asked is None:
        places = (sets["certain"] + sets["resolve"])[:EXPLAINED]
    else:
        found = graph.places(asked)
        missing = [n for n in asked if n not in found]
        if missing:
            near = _near(missing, graph)
            raise UserError([Problem("--explain", f"{n!r} is in no holding", near[n]) for n in missing])
        places = list(dict.fromkeys(found.values()))
    # what is certain takes its policy from the listed, what is possible from those that may be listed, too
    sure = _policy_ranks(graph, holdings, cascade, policies[0])
    maybe = sure if policies[0] == policies[1] else _policy_ranks(graph, holdings, cascade, policies[1])
    explainer = Explainer(graph, holdings, cascade, chosen, look_through and bool(places))
    out = {}
    for place in places:
        row = explainer.one(place)
        rank = (sure if row["status"] == "certain" else maybe)[place]
        row["policy"] = POLICIES[rank - 1] if rank > 0 else None
        out[graph.names[place]] = row
    return out


def _policy_ranks(
    graph: Ownership,
    holdings: Holdings,
    cascade: Cascade,
    restricted: Mapping[int, str],
) -> NDArray[np.int8]:
    """Severity of the most restricted listed owner, direct or through covered entities, of every entity."""
    import numpy as np

    seeds = np.array(sorted(restricted), np.int32)
    own = np.array([severity(restricted[i]) for i in seeds.tolist()], np.int8)
    ranks = np.zeros(len(graph.names), np.int8)
    member = cascade.possible >= 0
    for level in range(1, len(POLICIES) + 1):
        with_it = seeds[own == level]
        if len(with_it):
            ranks[spread(holdings, with_it, member, high=True)] = level
    return ranks


__all__ = ["UNIT", "owners"]
