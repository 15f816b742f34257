"""`detente conflict`: the answer's keys, and files that contradict themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detente.bargain._conflict_answer import conflict_answer
from detente.bargain._conflict_file import parse_conflict, read_conflict
from detente.cli import _app, run
from detente.errors import ScenarioError

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "conflicts"


@pytest.fixture(autouse=True)
def _command(monkeypatch):
    monkeypatch.setattr(_app, "GROUPS", tuple(dict.fromkeys((*_app.GROUPS, "_conflict"))))


def problems(text):
    with pytest.raises(ScenarioError) as error:
        parse_conflict(text, "c.yaml")
    return [str(p) for p in error.value.problems]


def test_elmira_in_json(capsys):
    assert run(["conflict", str(EXAMPLES / "elmira.yaml"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["nash"] == answer["seq"] == [5, 8, 9]
    assert answer["gmr"] == answer["smr"] == [1, 4, 5, 8, 9]
    assert answer["ordinal_only"] is True
    assert answer["states"]["7"]["ranks"] == {"MoE": 1, "Uniroyal": 7, "LG": 1}
    assert answer["states"]["5"]["stable"]["LG"] == ["nash", "gmr", "smr", "seq"]
    paths = answer["status_quo"]["paths"]
    assert paths["5"]["improvements"] == [{"player": None, "state": 1}, {"player": "LG", "state": 5}]
    assert paths["8"]["improvements"] is None


def test_people_read_that_values_are_ordinal(capsys):
    assert run(["conflict", "us-china-2025"]) == 0
    told = capsys.readouterr().out
    assert "Ordinal: only the order of preference counts" in told
    assert "Assumption." in told
    assert "controls only" in told


def test_the_worked_example_tells_what_happened():
    """What follows from the stated preferences, by hand: see docs/conflict.md."""
    answer = conflict_answer(read_conflict("us-china-2025"))
    assert answer["nash"] == ["all in", "controls only"]  # duty answers duty, the US tightens, China then withholds
    assert "truce" in answer["seq"]
    steps = [row["step"] for row in answer["observed"][1:]]
    assert [s["kind"] for s in steps] == ["joint", "joint", "unilateral", "unilateral", "joint"]
    assert [s["movers"] for s in steps[2:4]] == [["USA"], ["CHN"]]
    assert all(s["improves"] for s in steps[2:4])
    assert all(s["preferred_by"] == ["USA", "CHN"] for s in steps if s["kind"] == "joint")


def test_another_reading_gives_another_result():
    answer = conflict_answer(read_conflict("us-china-2025-mutual"))
    assert "truce" in answer["nash"]
    autumn = answer["observed"][3]["step"]
    assert autumn["movers"] == ["USA"]
    assert not autumn["improves"]


BROKEN = """title: broken
players:
  A:
    preferences: "1>2>1>3"
    moves: [[1, 2], [2, 9]]
  B:
    preferences: "1>2"
  C:
    preferences: ["1>2", "2>3", "3>1"]
    moves: [[3, 3], [1]]
    wishes: none
status_quo: 7
"""


def test_every_contradiction_at_once_with_its_line():
    told = problems(BROKEN)
    for wanted in (
        "c.yaml:4: A ranks 1 twice",
        "c.yaml:5: '9' is not a known state",
        "c.yaml:6: B has no moves",
        "c.yaml:7: B does not rank 3",
        "c.yaml:9: C prefers in a circle: 1, 2, 3",
        "c.yaml:10: a move from 3 to itself",
        "c.yaml:10: [1] is no move",
        "c.yaml:11: 'wishes' is not a known key of a player",
        "c.yaml:12: '7' is not a known state",
    ):
        assert any(line.startswith(wanted) for line in told), (wanted, told)
    assert len(told) == 9


def test_contradictions_leave_with_two(tmp_path, capsys):
    path = tmp_path / "broken.yaml"
    path.write_text(BROKEN, encoding="utf-8")
    assert run(["conflict", str(path), "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "9 problems" in err
    assert "Traceback" not in err


TWO = "title: t\nplayers:\n  A: {%s}\n  B: {preferences: 'x>y', moves: [[x, y]]}\n%s"
OPTS = "title: t\nplayers:\n  A: {options: [a], priorities: [%s]}\n  B: {options: [b], priorities: [b]}\n%s"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no conflict"),
        ("players: {A: {preferences: 'x>y', moves: [[x, y]]}}", "two players"),
        (TWO % ("preferences: 'x>>y', moves: [[x, y]]", ""), "empty place"),
        (TWO % ("preferences: ['x', 'y'], moves: [[x, y]]", ""), "A does not compare x and y"),
        (TWO % ("moves: [[x, y]]", ""), "give one of preferences"),
        (TWO % ("preferences: 'x~y', priorities: [z], moves: [[x, y]]", ""), "give one of preferences"),
        (TWO % ("preferences: 'x~y', moves: [[x, y]]", "states: [x, y, x]\n"), "stand twice: x"),
        (TWO % ("preferences: 'x~y', moves: [[x, y]]", "states: [x, y, z]\n"), "does not rank z"),
        (TWO % ("preferences: 'x~y', moves: [[x, y]]", "feasible: [YN]\n"), "no player has options"),
        (TWO % ("preferences: 'x~y', options: [a], moves: [[x, y]]", ""), "moves and options stand together"),
        (TWO % ("priorities: [a], moves: [[x, y]]", ""), "no player has any"),
        (OPTS % ("c", ""), "'c' is no option; options are a, b"),
        (OPTS % ("a and", ""), "ends too early"),
        (OPTS % ("(a", ""), "bracket stays open"),
        (OPTS % ("a b", ""), "'b' does not follow"),
        (OPTS % ("not " * 300 + "a", ""), "more than 200 words"),
        (OPTS % ("a", "feasible: [YN, YYY, NY]\n"), "'YYY' is no vector of the 2 options"),
        (OPTS % ("a", "feasible: [YN, YN]\n"), "is a state already"),
        (OPTS % ("a", "feasible: [YN]\n"), "two states or more"),
        (OPTS % ("a", "feasible: [YN, NN, NY]\nobserved: [{date: 2025-01-01}]\n"), "needs a state"),
        ("title: t\nplayers:\n  A: {options: [a, a], priorities: [a]}\n  B: {preferences: x}\n", "stands twice"),
        ("title: t\nplayers:\n  A: {options: [if], priorities: [a]}\n  B: {options: [b], priorities: [b]}\n",
         "cannot be named in a statement"),
        ("title: t\nplayers:\n  A: {options: [a], irreversible: [c], priorities: [a]}\n"
         "  B: {options: [b], priorities: [b]}\n", "'c' is not a known option of this player"),
        ("title: [\n", "not readable as YAML"),
    ],
)  # fmt: skip
def test_what_cannot_be_read(text, says):
    assert any(says in line for line in problems(text)), problems(text)


def test_a_conflict_that_is_not_there(capsys):
    assert run(["conflict", "us-chna-2025"]) == 2
    assert "us-china-2025" in capsys.readouterr().err
    assert run(["conflict", "nowhere.yaml"]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["us-china-2025", "elmira"])
def test_figures_show_states_and_source(name, tmp_path, capsys):
    pytest.importorskip("altair", reason="figures need the extra `plot`")
    pytest.importorskip("vl_convert", reason="figures need the extra `plot`")
    file = name if name == "us-china-2025" else str(EXAMPLES / f"{name}.yaml")
    path = tmp_path / "conflict.svg"
    assert run(["conflict", file, "--figure", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    conflict = read_conflict(file)
    for state in conflict.states:
        assert f">{state}</text>" in text
    for needed in (conflict.title, "Source:", "only the order counts"):
        assert needed in text
    if name == "us-china-2025":
        assert "as of 2025-11-10" in text
        assert ">14 Jul, 10 Nov</text>" in text
    assert run(["conflict", file, "--figure", str(tmp_path / "conflict.gif")]) == 2
