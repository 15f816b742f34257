"""The calendar of deadlines, read back by a parser of RFC 5545 that shares nothing with the writer."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.ledger import Ledger
from detente.ledger._ics import to_ics

STAMP = dt.date(2026, 9, 28)


def parse(text: str) -> list[dict[str, str]]:
    """Entries of a calendar: property name (parameters kept) -> value, unfolded and unescaped."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    content = text.replace("\r\n ", "").replace("\r\n\t", "").split("\r\n")[:-1]
    assert content[0] == "BEGIN:VCALENDAR"
    assert content[-1] == "END:VCALENDAR"
    entries: list[dict[str, str]] = []
    for line in content[1:-1]:
        name, value = line.split(":", 1)
        if line == "BEGIN:VEVENT":
            entries.append({})
        elif line != "END:VEVENT" and entries:
            assert name not in entries[-1], f"{name} twice"
            entries[-1][name] = re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)
    assert content.count("BEGIN:VEVENT") == content.count("END:VEVENT") == len(entries)
    return entries


def row(**more: Any) -> dict[str, Any]:
    return {
        "date": "2026-11-10",
        "measure": "usa.s301.cranes-chassis",
        "what": "Cranes: suspension ends",
        "if_nothing_done": "in force for the first time",
        "known": "unknown",
        "legal_basis": "90 FR 48320; HTS 9903.91.12",
        **more,
    }


@pytest.fixture(scope="module")
def open_deadlines() -> list[dict[str, Any]]:
    return Ledger.load().deadlines("2026-09-28", 300)


def test_every_deadline_comes_back_as_it_was(open_deadlines: list[dict[str, Any]]) -> None:
    entries = parse(to_ics(open_deadlines, stamp=STAMP))
    assert len(entries) == len(open_deadlines) >= 8
    for entry, want in zip(entries, open_deadlines, strict=True):
        day = dt.date.fromisoformat(want["date"])
        assert entry["DTSTART;VALUE=DATE"] == f"{day:%Y%m%d}"
        assert entry["DTEND;VALUE=DATE"] == f"{day + dt.timedelta(days=1):%Y%m%d}"
        assert entry["DTSTAMP"] == "20260928T000000Z"
        assert entry["SUMMARY"].startswith(want["what"])
        for key in ("if_nothing_done", "known", "legal_basis", "measure"):
            assert want[key] in entry["DESCRIPTION"]


def test_what_is_not_known_says_so(open_deadlines: list[dict[str, Any]]) -> None:
    entries = {entry["UID"]: entry for entry in parse(to_ics(open_deadlines, stamp=STAMP))}
    china = [e for e in entries.values() if "chn.sctc.2025-04-reciprocal#24-points" in e["DESCRIPTION"]]
    assert [e["STATUS"] for e in china if e["DTSTART;VALUE=DATE"] == "20261110"] == ["TENTATIVE"]
    assert "(unknown)" in china[0]["SUMMARY"]
    america = [e for e in entries.values() if "usa.ieepa.reciprocal-cn" in e["DESCRIPTION"]]
    assert {e["STATUS"] for e in america} == {"CANCELLED"}  # its basis fell on 20 February 2026: no snap-back


def test_uids_are_unique_and_outlast_the_outcome(open_deadlines: list[dict[str, Any]]) -> None:
    entries = parse(to_ics(open_deadlines, stamp=STAMP))
    assert len({entry["UID"] for entry in entries}) == len(entries)
    before, after = row(), row(known="extended 2026-11-10 to 2027-11-10", if_nothing_done="x", legal_basis="y")
    assert parse(to_ics([before], stamp=STAMP))[0]["UID"] == parse(to_ics([after], stamp=dt.date(2027, 1, 1)))[0]["UID"]
    assert parse(to_ics([row(date="2026-11-11")], stamp=STAMP))[0]["UID"] != entries[0]["UID"]


def test_the_same_facts_give_the_same_text(open_deadlines: list[dict[str, Any]]) -> None:
    assert to_ics(open_deadlines, stamp=STAMP) == to_ics(list(open_deadlines), stamp=STAMP)


def test_no_line_is_longer_than_75_octets() -> None:
    text = to_ics([row(what="关税委员会 " * 40)], stamp=STAMP)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert parse(text)[0]["SUMMARY"].startswith("关税委员会 " * 40)


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from("\\;,\n"), max_size=200))
def test_any_text_survives(text: str) -> None:
    entry = parse(to_ics([row(what=text, known="scheduled")], stamp=STAMP))[0]
    assert entry["SUMMARY"] == text


def test_no_deadlines_are_an_empty_calendar() -> None:
    assert parse(to_ics([], stamp=STAMP)) == []
