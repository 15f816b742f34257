"""The graph model: published conflicts, and every stability against its definition spelled out by search."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.bargain._conflict_file import conflict_names, parse_conflict, read_conflict
from detente.bargain._graph import CONCEPTS, Conflict, reach

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "conflicts"


def test_elmira_as_published():
    found = read_conflict(EXAMPLES / "elmira.yaml").equilibria()
    assert found["nash"] == found["seq"] == ["5", "8", "9"]
    assert found["gmr"] == found["smr"] == ["1", "4", "5", "8", "9"]


def test_prisoners_dilemma_as_published():
    """Fang, Hipel and Kilgour (1993): restraint is no Nash equilibrium but holds with any foresight."""
    found = read_conflict(EXAMPLES / "prisoners-dilemma.yaml").equilibria()
    assert found["nash"] == ["YY"]
    assert found["gmr"] == found["smr"] == found["seq"] == ["NN", "YY"]


def test_chicken_as_published():
    """Swerving together is held up only by answers that would hurt who gives them: GMR and SMR, not SEQ."""
    found = read_conflict(EXAMPLES / "chicken.yaml").equilibria()
    assert found["nash"] == found["seq"] == ["CD", "DC"]
    assert found["gmr"] == found["smr"] == ["CC", "CD", "DC"]


@st.composite
def conflicts(draw):
    players, states = draw(st.integers(2, 4)), draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    moves = rng.random((players, states, states)) < draw(st.floats(0.1, 0.6))
    moves[:, np.arange(states), np.arange(states)] = False
    ranks = rng.integers(1, states + 1, (players, states))
    names = tuple(f"p{k}" for k in range(players))
    return Conflict("drawn", names, tuple(map(str, range(states))), ranks, moves)


def led_to(conflict, start, movers, improving):
    """States by all legal sequences, longest first mover excluded twice in a row: walked one by one."""
    found, seen, stack = set(), set(), [(start, None)]
    while stack:
        state, last = stack.pop()
        for k in movers:
            if k == last:
                continue
            for to in range(len(conflict.states)):
                if not conflict.moves[k, state, to]:
                    continue
                if improving and not conflict.ranks[k, to] < conflict.ranks[k, state]:
                    continue
                found.add(to)
                if (to, k) not in seen:
                    seen.add((to, k))
                    stack.append((to, k))
    return found


def stable(conflict, i, s, concept):
    """The definitions of Fang, Hipel and Kilgour (1993), word for word."""
    better = [
        t for t in range(len(conflict.states))
        if conflict.moves[i, s, t] and conflict.ranks[i, t] < conflict.ranks[i, s]
    ]  # fmt: skip
    if concept == "nash":
        return not better
    others = [k for k in range(len(conflict.players)) if k != i]

    def sanctions(t):
        for u in led_to(conflict, t, others, improving=concept == "seq"):
            if conflict.ranks[i, u] < conflict.ranks[i, s]:
                continue
            outs = [v for v in range(len(conflict.states)) if conflict.moves[i, u, v]]
            if concept == "smr" and any(conflict.ranks[i, v] < conflict.ranks[i, s] for v in outs):
                continue
            return True
        return False

    return all(sanctions(t) for t in better)


@settings(deadline=None, max_examples=150)
@given(conflicts())
def test_every_stability_is_its_definition(conflict):
    found = conflict.stability()
    for concept in CONCEPTS:
        for i in range(len(conflict.players)):
            for s in range(len(conflict.states)):
                assert found[concept][i, s] == stable(conflict, i, s, concept), (concept, i, s)


@settings(deadline=None)
@given(conflicts())
def test_the_concepts_are_nested(conflict):
    """Theorem: Nash implies SMR and SEQ, and each of these GMR."""
    found = conflict.stability()
    for narrow, wide in (("nash", "smr"), ("nash", "seq"), ("smr", "gmr"), ("seq", "gmr")):
        assert not (found[narrow] & ~found[wide]).any()


@settings(deadline=None)
@given(conflicts(), st.randoms())
def test_names_do_not_matter(conflict, random):
    players, states = list(range(len(conflict.players))), list(range(len(conflict.states)))
    random.shuffle(players)
    random.shuffle(states)
    moved = conflict.moves[np.ix_(players, states, states)]
    other = Conflict("moved", conflict.players, conflict.states, conflict.ranks[np.ix_(players, states)], moved)
    for concept, found in conflict.stability().items():
        np.testing.assert_array_equal(other.stability()[concept], found[np.ix_(players, states)])


def test_nobody_moves_twice_in_a_row():
    one = np.zeros((1, 3, 3), dtype=bool)
    one[0, 0, 1] = one[0, 1, 2] = True
    assert reach(one).tolist() == one[0].tolist()  # alone, one step only
    two = np.concatenate([one, np.zeros((1, 3, 3), dtype=bool)])
    assert not reach(two)[0, 2]
    two[1, 1, 2] = True
    assert reach(two)[0, 2]  # the second player may go on


@settings(deadline=None)
@given(conflicts())
def test_paths_are_legal_and_found_whenever_there_is_one(conflict):
    everyone = range(len(conflict.players))
    for improving in (True, False):
        allowed = conflict.improvements if improving else conflict.moves
        reached = led_to(conflict, 0, everyone, improving)
        for end in range(1, len(conflict.states)):
            path = conflict.path("0", str(end), improving=improving)
            assert (path is not None) == (end in reached)
            for a, b in zip(path or [], (path or [])[1:], strict=False):
                assert a.player != b.player
                assert allowed[conflict.players.index(b.player), int(a.state), int(b.state)]


OPTIONS = """
title: options
status_quo: N N
players:
  A: {options: [x, y], irreversible: [x], priorities: ["not z", "x and not y"]}
  B: {options: [z], preferences: "YN N > NN N ~ NY N > NN Y > YN Y"}
feasible: [NNN, YNN, NYN, NNY, "Y N Y"]
"""


def test_moves_follow_from_options():
    text = OPTIONS.replace("status_quo: N N\n", "")
    conflict = parse_conflict(text, "o.yaml")
    assert conflict.states == ("NN N", "YN N", "NY N", "NN Y", "YN Y")
    told = {
        (p, a, b)
        for k, p in enumerate(conflict.players)
        for i, a in enumerate(conflict.states)
        for j, b in enumerate(conflict.states)
        if conflict.moves[k, i, j]
    }
    assert told == {
        ("A", "NN N", "YN N"),
        ("A", "NN N", "NY N"),
        ("A", "NY N", "NN N"),
        ("A", "NY N", "YN N"),
        ("A", "NN Y", "YN Y"),
        ("B", "NN N", "NN Y"),
        ("B", "NN Y", "NN N"),
        ("B", "YN N", "YN Y"),
        ("B", "YN Y", "YN N"),
    }  # fmt: skip  (x stays taken)
    assert conflict.ranks.tolist() == [[2, 1, 2, 4, 3], [2, 1, 2, 3, 4]]


def test_statements_bind_as_written():
    base = "title: t\nplayers:\n  A: {options: [a, b], priorities: ['%s']}\n  B: {options: [c], priorities: [c]}\n"
    truth = {
        "a or b and c": lambda a, b, c: a or (b and c),
        "not a and b": lambda a, b, c: (not a) and b,
        "a if b or c": lambda a, b, c: a or not (b or c),
        "(a iff b) and c": lambda a, b, c: (a == b) and c,
        "not (a or (b if c))": lambda a, b, c: not (a or (b or not c)),
    }
    for statement, rule in truth.items():
        conflict = parse_conflict(base % statement, "s.yaml")
        wanted = [rule(*map(bool, row)) for row in conflict.vectors]
        assert (conflict.ranks[0] == 1).tolist() == (wanted if any(wanted) else [True] * 8), statement


def test_several_rankings_join_into_one():
    text = """
title: joined
players:
  A: {preferences: ["a>b", "b~c", "c>d"], both_ways: [[a, d]]}
  B: {preferences: "d>c>b>a", both_ways: [[b, c]]}
"""
    assert parse_conflict(text, "j.yaml").ranks.tolist() == [[1, 2, 2, 3], [4, 3, 2, 1]]


def test_what_all_prefer():
    found = read_conflict(EXAMPLES / "prisoners-dilemma.yaml")
    assert found.better_for_all("YY") == ["NN"]
    assert found.better_for_all("NN") == []


@pytest.mark.parametrize("name", conflict_names())
def test_observed_states_are_the_ledgers(name):
    """Duties and listed controls on each day seen; only licences in the summer are read from reports."""
    from detente.ledger import Ledger

    ledger, conflict = Ledger.load(), read_conflict(name)

    def in_force(measure, day):
        return ledger.status(measure, day)["status"] == "in_force"

    assert len(conflict.observed) == 6
    for seen in conflict.observed:
        row = conflict.vectors[conflict.states.index(seen.state)]
        taken = {option: bool(yes) for (_, option), yes in zip(conflict.options, row, strict=True)}
        assert taken["keep-145"] == in_force("usa.ieepa.reciprocal-cn#125-percent", seen.date)
        assert taken["keep-125"] == in_force("chn.sctc.2025-04-reciprocal#125-percent", seen.date)
        chips = ("usa.bis.h20-letters", "usa.bis.eda-letters", "usa.bis.affiliates-rule")
        assert taken["tighten-chips"] == any(in_force(m, seen.date) for m in chips)
        if seen.date >= "2025-09":
            assert taken["hold-licences"] == in_force("chn.mofcom.61-2025", seen.date)
        for part in seen.source.replace(";", " ").split():
            if part.startswith(("usa.", "chn.", "F0")):
                assert ledger.status(part, seen.date)
