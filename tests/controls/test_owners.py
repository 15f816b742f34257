"""The 50 % rule against the published cases, against a slow but obvious solver, and against dirty files."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.controls import Ownership, owners, synthetic
from detente.controls._cascade import UNIT, Cascade, Holdings, least_fixed_point
from detente.errors import UserError
from shared_data import shared

DAY = "2026-01-05"


def covered(edges, listed, rule="ofac", **options):
    return owners(edges, listed, rule, on=DAY, **options)


@pytest.mark.parametrize("rule", ["ofac", "bis-affiliates", "mofcom-61"])
def test_published_cases(rule):
    cases = json.loads(shared("facts", "ownership_cases.json").read_text())["cases"]
    assert cases
    for case in cases:
        found = covered(case["edges"], case["listed"], rule)
        assert found["certain"] == found["possible"] == case["blocked"], case["id"]
        assert found["resolve"] == []


# The three cases of OFAC's FAQ 401, in the numbers of the FAQ: chains are not multiplied, holdings are added up.
@pytest.mark.parametrize(
    ("edges", "blocked"),
    [
        ([("X", "A", 0.5), ("A", "B", 0.5)], ["A", "B"]),
        ([("X", "A", 0.5), ("X", "B", 0.5), ("A", "C", 0.25), ("B", "C", 0.25)], ["A", "B", "C"]),
        ([("X", "A", 0.5), ("X", "B", 0.1), ("A", "B", 0.4)], ["A", "B"]),
        ([("X", "A", 0.25), ("A", "B", 1.0)], []),
        ([("X", "A", 0.4999999), ("A", "B", 1.0)], []),
    ],
)
def test_chains_and_sums(edges, blocked):
    assert covered(edges, ["X"])["certain"] == blocked


@pytest.mark.parametrize("parts", [[0.1, 0.4], [0.1] * 5, [0.35, 0.15], [0.05, 0.07, 0.11, 0.27], ["33.3%", "16.7 %"]])
def test_exactly_half_covers_whatever_the_decimals(parts):
    edges = [(f"X{i}", "A", share) for i, share in enumerate(parts)]
    listed = [f"X{i}" for i in range(len(parts))]
    found = covered(edges, listed)
    assert found["certain"] == ["A"]
    assert found["explain"]["A"]["exactly_at_threshold"]
    assert covered(edges, listed, "more-than-50-or-control")["certain"] == []


def test_two_firms_that_hold_each_other_do_not_lift_themselves():
    assert covered([("A", "B", 0.9), ("B", "A", 0.9), ("X", "A", 0.1)], ["X"])["possible"] == []


def test_an_explanation_never_goes_in_a_circle():
    edges = [("X", "A", 0.5), ("A", "B", 0.6), ("B", "A", 0.5)]
    explain = covered(edges, ["X"])["explain"]
    assert explain["A"]["owners"] == ["X"]
    assert explain["A"]["path"] == ["X", "A"]
    assert explain["B"]["path"] == ["X", "A", "B"]


def test_intervals_give_certain_possible_and_what_to_resolve():
    edges = [("X", "A", 0.4, 0.6), ("X", "B", 0.5, 0.7), ("A", "C", None), ("B", "D", 0.49, 0.49), ("X", "E", 0.1, 0.2)]
    found = covered(edges, ["X"])
    assert found["certain"] == ["B"]
    assert found["possible"] == ["A", "B", "C"]
    assert found["resolve"] == ["A", "C"]
    assert found["explain"]["A"] | {"margin": -0.1} == found["explain"]["A"]
    assert found["explain"]["A"]["held_high"] == pytest.approx(0.6)


def test_the_smallest_set_of_owners():
    edges = [("X", "A", 0.05), ("Y", "A", 0.3), ("Z", "A", 0.2), ("W", "A", 0.1)]
    found = covered(edges, ["W", "X", "Y", "Z"])["explain"]["A"]
    assert found["owners"] == ["Y", "Z"]
    assert found["margin"] == pytest.approx(0.15)


def test_the_most_restricted_owner_governs_down_the_chain():
    edges = [("X", "A", 0.6), ("Y", "A", 0.01), ("A", "B", 0.5), ("X", "C", 0.5)]
    found = covered(edges, {"X": "Case-by-case review", "Y": "Presumption of denial"})["explain"]
    assert {k: v["policy"] for k, v in found.items()} == {
        "A": "presumption of denial", "B": "presumption of denial", "C": "case by case",
    }  # fmt: skip


def test_branches_and_control():
    edges = [
        {"owner": "X", "owned": "Branch", "share": None, "kind": "branch"},
        {"owner": "X", "owned": "Run", "share": None, "kind": "control"},
        {"owner": "Run", "owned": "Below", "share": 0.9},
    ]
    found = covered(edges, ["X"])
    assert found["certain"] == ["Branch"]
    assert found["controlled_only"] == ["Run"]
    assert covered(edges, ["X"], "more-than-50-or-control")["certain"] == ["Below", "Branch", "Run"]


def test_holdings_have_days():
    edges = [{"owner": "X", "owned": "A", "share": 0.6, "from": "2020-01-01", "to": "2025-12-31"}]
    assert owners(edges, ["X"], "ofac", on="2025-12-31")["certain"] == ["A"]
    assert owners(edges, ["X"], "ofac", on="2026-01-01")["certain"] == []


def test_entities_at_home_are_outside_the_affiliates_rule_but_pass_it_on():
    edges = [
        {"owner": "X", "owned": "US Inc", "share": 1, "owned_country": "US"},
        {"owner": "US Inc", "owned": "B", "share": 0.5, "owned_country": "DE"},
    ]
    found = covered(edges, ["X"], "bis-affiliates")
    assert found["certain"] == ["B"]
    assert found["outside"] == ["US Inc"]


@pytest.mark.parametrize(
    ("day", "assume", "status", "applies"),
    [
        ("2025-09-28", None, "never_in_force", False),
        ("2025-09-29", None, "in_force", True),
        ("2025-11-10", None, "suspended", False),
        ("2026-11-09", None, "suspended", False),
        ("2026-11-10", None, "unknown", None),
        ("2026-11-10", "lapsed", "in_force", True),
        ("2026-11-10", "extended", "suspended", False),
    ],
)
def test_the_affiliates_rule_has_days(day, assume, status, applies):
    rule = owners([("X", "A", 0.5)], ["X"], "bis-affiliates", on=day, assume=assume)["rule"]
    assert (rule["status"], rule["applies"]) == (status, applies)
    assert (rule["assumed"] is None) == (assume is None)


def test_repeated_rows_are_one_for_certain_and_two_for_possible():
    found = covered([("X", "A", 0.3), ("X", "A", 0.3)], ["X"])
    assert (found["certain"], found["resolve"]) == ([], ["A"])
    assert covered([("X", "A", 0.3), ("X", "A", 0.25)], ["X"])["certain"] == ["A"]


def test_two_sources_on_one_holding_are_an_interval():
    row = {"owner": "X", "owned": "A"}
    edges = [row | {"share": 0.45, "source": "register"}, row | {"share": 0.55, "source": "press"}]
    found = covered(edges, ["X"])
    assert (found["certain"], found["resolve"]) == ([], ["A"])


def _obvious(edges, listed, threshold, strict):
    """The least fixed point by trying again until nothing changes, in exact fractions."""
    members = set(listed)
    while True:
        held = {}
        for owner, owned, share in edges:
            if owner in members:
                held[owned] = held.get(owned, Fraction(0)) + share
        new = {e for e, s in held.items() if (s > threshold if strict else s >= threshold)} - members
        if not new:
            return members - set(listed)
        members |= new


@st.composite
def _graphs(draw):
    size = draw(st.integers(2, 9))
    pairs = draw(st.sets(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=24))
    edges = [(a, b, draw(st.integers(1, 20))) for a, b in sorted(pairs) if a != b]
    return size, edges, draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=3))


@settings(max_examples=150, deadline=None)
@given(_graphs(), st.booleans())
def test_agrees_with_the_obvious_solver(graph, strict):
    _, twentieths, listed = graph
    if not twentieths:
        return
    exact = [(f"n{a}", f"n{b}", Fraction(s, 20)) for a, b, s in twentieths]
    edges = [(a, b, s / 20) for (a, b, _), (_, _, s) in zip(exact, twentieths, strict=True)]
    names = [f"n{i}" for i in listed]
    rule = "more-than-50-or-control" if strict else "ofac"
    expected = _obvious(exact, names, Fraction(1, 2), strict)
    found = covered(edges, names, rule)
    assert set(found["certain"]) == expected
    for name, why in found["explain"].items():
        shares = {(a, b): s for a, b, s in exact}
        given_shares = [shares[o, name] for o in why["owners"]]
        enough = sum(given_shares)
        assert enough > Fraction(1, 2) if strict else enough >= Fraction(1, 2)
        # no owner can be spared, and none of them leads back to the entity itself
        assert all(enough - s < Fraction(1, 2) or (strict and enough - s == Fraction(1, 2)) for s in given_shares)
        assert why["path"][0] in names
        assert len(set(why["path"])) == len(why["path"])
        assert all((a, b) in shares for a, b in zip(why["path"], why["path"][1:], strict=False))


@settings(max_examples=60, deadline=None)
@given(_graphs(), st.integers(0, 23))
def test_more_shares_never_cover_fewer(graph, pick):
    _, edges, listed = graph
    if not edges:
        return
    names = [f"n{i}" for i in listed]
    plain = [(f"n{a}", f"n{b}", s / 20) for a, b, s in edges]
    owner, owned, share = plain[pick % len(plain)]
    more = [*plain[: pick % len(plain)], (owner, owned, min(1.0, share + 0.3)), *plain[pick % len(plain) + 1 :]]
    assert set(covered(plain, names)["certain"]) <= set(covered(more, names)["certain"])


def test_look_through_is_the_solution_of_the_linear_system():
    edges = [("X", "A", 0.25), ("B", "A", 0.3), ("A", "B", 0.5), ("B", "C", 0.5), ("X", "C", 0.1)]
    names = ["A", "B", "C"]
    inner = np.zeros((3, 3))
    for a, b, s in edges:
        if a in names:
            inner[names.index(a), names.index(b)] = s
    direct = np.array([0.25, 0.0, 0.1])
    expected = np.linalg.solve(np.eye(3) - inner.T, direct)
    found = covered(edges, ["X"], explain=names)["explain"]
    assert [found[n]["look_through"] for n in names] == pytest.approx(expected, abs=1e-8)


def test_a_chain_of_a_hundred_thousand():
    n = 100_000
    line = np.arange(n - 1, dtype=np.int32)
    chain = Holdings.of(n, line, line + 1, np.full(n - 1, UNIT // 2, np.int32))
    rank, _ = least_fixed_point(chain, np.array([0], np.int32), UNIT // 2)
    assert rank.tolist() == list(range(n))


def test_wide_rounds_agree_with_narrow_ones(monkeypatch):
    graph = synthetic(3000, 9000, seed=5)
    holdings = graph.holdings(control=False, branches=True)
    seeds = np.arange(0, 3000, 40, dtype=np.int32)
    results = []
    for scalar, dense in ((0, 10**9), (0, 1), (10**9, 1)):
        monkeypatch.setattr("detente.controls._cascade._SCALAR_BELOW", scalar)
        monkeypatch.setattr("detente.controls._cascade._DENSE_FROM", dense)
        run = Cascade.run(holdings, seeds, UNIT // 2)
        results.append([(x >= 0).tolist() for x in (run.certain, run.possible)] + [run.held.tolist()])
    assert results[0] == results[1] == results[2]
    assert sum(results[0][0]) > len(seeds)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("owner,owned,share\nX,A,1.5\n", "row 2: '1.5' is a share above 100 %"),
        ("owner,owned,share\nX,A,50\n", "above 100 %"),
        ("owner,owned,share\nX,A,150 %\n", "above 100 %"),
        ("owner,owned,share\nX,A,-0.1\n", "is not a share"),
        ('owner,owned,share\nX,A,"0,5"\n', "is not a share"),
        ("owner,owned,share\nX,A,nan\n", "is not a share"),
        ("owner,owned,share\nX,A,1e999\n", "is not a share"),
        ("owner,owned,share\n,A,0.5\n", "has no owner"),
        ("owner,owned,share,share_high\nX,A,0.5,0.4\n", "above its share_high"),
        ("owner,owned,share,from\nX,A,0.5,2025-02-30\n", "is not a date"),
        ("owner,owned,share,from,to\nX,A,0.5,2025-02-03,2025-01-01\n", "ends before it begins"),
        ("owner,owned,share,kind\nX,A,0.5,friend\n", "is not a kind of holding"),
        ("owner,owned\nX,A\n", "has no column share"),
        ("owner,owned,share\nX,A,0.5,9\n", "4 cells where the header has 3"),
        ("", "cannot be read as a CSV table"),
        ("owner,owned,share\nX,\0A,0.5\n\0\0\0", "1 cells where the header has 3"),
    ],
)
def test_dirty_files_are_clear_errors(tmp_path, content, says):
    path = tmp_path / "edges.csv"
    path.write_text(content)
    with pytest.raises(UserError) as caught:
        covered(path, ["X"])
    assert says in str(caught.value)


def test_every_bad_row_is_named_up_to_twenty(tmp_path):
    path = tmp_path / "edges.csv"
    path.write_text("owner,owned,share\n" + "X,A,2\n" * 30 + "X,B,0.5\n")
    with pytest.raises(UserError) as caught:
        covered(path, ["X"])
    assert len(caught.value.problems) == 21
    assert "10 more" in str(caught.value)


def test_other_encodings_are_named_or_refused(tmp_path):
    path = tmp_path / "edges.csv"
    path.write_bytes("owner,owned,share\n华为,子公司,0.5\n".encode("gb18030"))
    with pytest.raises(UserError, match="encoding"):
        covered(path, ["华为"])
    assert covered(path, ["华为"], encoding="gb18030")["certain"] == ["子公司"]
    with pytest.raises(UserError, match="not a known encoding"):
        covered(path, ["华为"], encoding="klingon")


def test_a_file_of_two_gigabytes_is_refused_at_once(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    with pytest.raises(UserError, match="at most 1,000,000,000"):
        covered(path, ["X"])


def test_listed_that_hold_nothing_are_told_with_a_close_name():
    notes = covered([("Acme Holdings", "A", 0.9)], ["Acme Holding"])["warnings"]
    assert any("Did you mean Acme Holdings" in n for n in notes)


def test_unknown_rule_and_unknown_entity():
    with pytest.raises(UserError, match="bis-affiliates"):
        covered([("X", "A", 0.5)], ["X"], "bis-afiliates")
    with pytest.raises(UserError, match="in no holding"):
        covered([("X", "A", 0.5)], ["X"], explain=["Z"])


def test_synthetic_graphs_are_the_same_for_the_same_seed_and_sum_to_at_most_one():
    one, two, other = (synthetic(500, 1500, seed=s) for s in (3, 3, 4))
    assert (one.owner == two.owner).all()
    assert (one.low == two.low).all()
    assert not (one.owner == other.owner).all()
    assert isinstance(one, Ownership)
    assert "Synthetic" in one.warnings[0]
    assert np.bincount(one.owned, weights=one.low).max() <= UNIT * 1.02


@pytest.mark.parametrize("listed", ["acme holdings", " ACME  Holdings", "Acme\u3000Holdings", "\uff21cme Holdings"])
def test_a_listed_owner_is_found_whatever_its_case_and_spaces(listed):
    found = covered([("Acme Holdings", "A", 0.9)], {listed: "Presumption of denial"})
    assert found["certain"] == ["A"]
    assert found["explain"]["A"]["policy"] == "presumption of denial"
    assert any("Acme Holdings" in n and "case or spaces" in n for n in found["warnings"])


def test_spellings_of_one_entity_are_joined_in_the_holdings_and_told():
    """0.3 and 0.2 of one owner under two spellings are one half; a chain does not break at a capital letter."""
    found = covered([("X", "Mid Co", 0.3), ("x ", "Mid Co", 0.2), ("MID CO", "End", 0.5)], ["X"])
    assert found["certain"] == ["End", "MID CO"]
    assert any("'Mid Co' is 'MID CO'" in n for n in found["warnings"])
    assert any("'x' is 'X'" in n for n in found["warnings"])


def test_names_that_agree_say_nothing_about_spelling():
    assert not any("spaces" in n for n in covered([("X", "A", 0.5)], ["X"])["warnings"])


def test_a_name_listed_twice_takes_the_stricter_policy(tmp_path):
    found = covered([("X", "A", 0.5)], {"X": "Policy of denial", "x": "Case by case"})
    assert found["explain"]["A"]["policy"] == "denial"
    path = tmp_path / "listed.csv"
    path.write_text("entity,policy\nX,Policy of denial\nX,Case by case\n")
    assert covered([("X", "A", 0.5)], path)["explain"]["A"]["policy"] == "denial"


def test_punctuation_is_not_ignored_but_the_name_is_offered():
    notes = covered([("Acme, Ltd.", "A", 0.9)], ["Acme Ltd"])["warnings"]
    assert any("Did you mean Acme, Ltd. for Acme Ltd?" in n for n in notes)


def test_warnings_are_told_once():
    notes = owners([("X", "A", 0.5)], ["X"], "mofcom-61", on="2026-11-20")["warnings"]
    assert len(notes) == len(set(notes))
