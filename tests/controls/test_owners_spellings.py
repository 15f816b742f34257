"""Owners whose names or shares are written otherwise: nothing near a listed name or a threshold passes in silence."""

from __future__ import annotations

import pytest

pytest.importorskip("rapidfuzz")
pytest.importorskip("rigour")

from detente.controls import owners
from detente.controls._lookalikes import bare

DAY = "2026-01-05"


@pytest.mark.parametrize(
    "written",
    ["Rosneft PJSC", "PJSC Rosneft", "ROSNEFT, P.J.S.C.", '"Rosneft"', "Rosneft Ltd.", "Rosneft Co.,Ltd", "Ros-neft"],
)
def test_a_name_that_differs_in_form_or_signs_is_offered_and_to_resolve(written):
    found = owners([(written, "A", 0.6), ("A", "B", 0.5)], {"Rosneft": "presumption of denial"}, "ofac", on=DAY)
    assert (found["certain"], found["resolve"]) == ([], ["A", "B"])
    assert found["near_listed"] == {"Rosneft": [written]}
    assert any("Did you mean" in w and written in w for w in found["warnings"])
    row = found["explain"]["B"]
    assert (row["status"], row["held"], row["held_high"]) == ("resolve", 0.0, 0.5)
    assert row["path"] == [written, "A", "B"]
    assert row["policy"] == "presumption of denial"


def test_another_name_is_not_near():
    found = owners([("Rosneft Trading", "A", 0.6), ("LLC", "C", 0.6)], ["Rosneft", "Ltd"], "ofac", on=DAY)
    assert (found["certain"], found["resolve"], found["near_listed"]) == ([], [], {})


def test_what_is_certain_by_a_listed_name_stays_so_beside_a_near_one():
    edges = [("Rosneft", "A", 0.5), ("Rosneft PJSC", "B", 0.5), ("Rosneft", "C", 0.3), ("Rosneft AG", "C", 0.2)]
    found = owners(edges, ["Rosneft"], "ofac", on=DAY)
    assert (found["certain"], found["resolve"]) == (["A"], ["B", "C"])
    assert (found["explain"]["C"]["held"], found["explain"]["C"]["held_high"]) == (0.3, 0.5)


def test_the_command_tells_the_near_name(command, tmp_path):
    (tmp_path / "edges.csv").write_text("owner,owned,share\nRosneft PJSC,A,0.6\n")
    (tmp_path / "listed.csv").write_text("entity\nRosneft\n")
    _, text, err = command(
        "controls", "owners", str(tmp_path / "edges.csv"), "--listed", str(tmp_path / "listed.csv"), "--on", DAY
    )
    assert "to resolve 1" in text
    assert "Did you mean" in text + err


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        ("0.5", "certain"), ("50 %", "certain"), ("50.0000000000 %", "certain"), ("5e-1", "certain"),
        ("0.50000000000001", "certain"),
        # written with more digits than a unit of 1e-9 has: between two units
        ("49.99999999999 %", "resolve"), ("0.4999999999999", "resolve"), ("0.49999999999", "resolve"),
        ("49.999999999 %", "resolve"), ("0.49999999999999994", "resolve"), ("4.999999999999999e1 %", "resolve"),
        # one whole unit below half
        ("0.499999999", "not"), ("49.9999999 %", "not"), ("0.4999999989999", "not"), ("49.99999989999 %", "not"),
    ],
)  # fmt: skip
def test_a_share_at_half_is_read_alike_in_both_ways_of_writing(tmp_path, share, expected):
    (tmp_path / "edges.csv").write_text(f"owner,owned,share\nX,A,{share}\n")
    found = owners(tmp_path / "edges.csv", ["X"], "ofac", on=DAY)
    assert [k for k in ("certain", "resolve") if found[k]] == ([] if expected == "not" else [expected])


def test_case_and_full_width_letters_do_not_count():
    assert bare(["ＡＣＭＥ Ltd", "acme", "Société Générale S.A.", "株式会社"]).to_pylist()[:3] == [
        "acme", "acme", "sociétégénérale",
    ]  # fmt: skip
