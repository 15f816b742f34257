"""The embedded facts as a whole: schema, sources, scopes, and agreement with the researched table."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from detente import strict_yaml
from detente.ledger import Ledger
from detente.ledger._words import CONFIDENCE, LAYERS

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.load()


def test_no_problems() -> None:
    assert Ledger.check() == []


def test_sources_resolve(ledger: Ledger) -> None:
    cited = {e.source for m in ledger.measures.values() for e in m.events} | {
        m.source for m in ledger.measures.values()
    }
    assert cited <= set(ledger.sources())
    assert all(source["title"] and source["publisher"] for source in ledger.sources().values())


def test_line_tables_are_small_and_all_listed(ledger: Ledger) -> None:
    folder = REPOSITORY / "src/detente/data/ledger/lines"
    assert sum(p.stat().st_size for p in folder.iterdir()) < 3_000_000
    listed = strict_yaml.read(folder / "tables.yaml").data
    assert set(listed) == {p.name for p in folder.glob("*.parquet")}


def test_every_scope_is_used_and_every_class_explained(ledger: Ledger) -> None:
    for imposer in LAYERS:
        used = {name for m in ledger.measures.values() for e in m.events for name in (e.schedule, e.then_schedule)}
        used |= {name for m in ledger.measures.values() for c in m.coverage for name in (c.scope, *c.without)}
        assert ledger.lines.scopes(imposer) <= used


def test_trade_that_averages_cover(ledger: Ledger) -> None:
    """The rest is chapters 98 and 99, and what neither side's nomenclature has a base rate for."""
    for importer, exporter in (("USA", "CHN"), ("CHN", "USA")):
        assert 0.95 < ledger.trade(importer, exporter).matched_share < 1


def test_every_layer_is_used(ledger: Ledger) -> None:
    for imposer, layers in LAYERS.items():
        used = {m.layer for m in ledger.measures.values() if m.imposer == imposer and m.layer}
        assert used == set(layers)


def test_both_sides_and_both_kinds_are_there(ledger: Ledger) -> None:
    counts: dict[tuple[str, bool], int] = {}
    for m in ledger.measures.values():
        counts[m.imposer, m.is_tariff] = counts.get((m.imposer, m.is_tariff), 0) + 1
    assert counts["USA", True] >= 25
    assert counts["CHN", True] >= 9
    assert counts["USA", False] >= 20
    assert counts["CHN", False] >= 25


def facts_table(name: str) -> dict[str, dict[str, str]]:
    path = SHARED / "facts" / name
    if not path.is_file():
        pytest.skip(f"{name} is not at hand")
    return {r["id"]: r for r in csv.DictReader(path.read_text(encoding="utf-8").splitlines())}


NO_MEASURE = {  # rows that are no measure of this ledger: talks, promises, cases against others, rumours
    "F003", "F013", "F073", "F075", "F081", "F093", "F119", "F120", "F126", "F130", "F132", "F134", "F135",
}  # fmt: skip
ELSEWHERE = {
    "F086": {"2025-11-08"},  # one row for six notices; this day is that of Nos. 55 to 58, measures of their own
    "F065": {"2025-04-15"},  # the day the letter became public; the controls table has it hold from the 14th
}


def days_in(text: str) -> list[set[str]]:
    """Days named in a cell, remarks in brackets aside; a pair like 2019-10-01/15 is one day or the other."""
    text = re.sub(r"\((?!due)[^)]*\)", "", text)
    return [{day, day[:8] + last if last else day} for day, last in re.findall(r"(20\d\d-\d\d-\d\d)(?:/(\d\d))?", text)]


def test_every_row_of_a_measure_is_an_alias(ledger: Ledger) -> None:
    rows = facts_table("measures_timeline.csv")
    ours = {alias for alias in ledger.facts.aliases if re.fullmatch(r"F\d{3}", alias)}
    assert ours == set(rows) - NO_MEASURE


def test_rows_and_events_agree_on_the_day(ledger: Ledger) -> None:
    """Every effective day of a researched row is the day of an event of the measure or limb that bears its number."""
    rows = facts_table("measures_timeline.csv")
    wrong = []
    for alias, target in ledger.facts.aliases.items():
        if alias not in rows:
            continue
        measure, limb = ledger.find(target)
        row = rows[alias]
        assert measure.imposer in row["by_on"].replace("CN", "CHN").replace("US", "USA"), alias
        events = [e for e in measure.events if not limb or e.limb == limb]
        held = {d.isoformat() for e in events for d in (e.date, e.effective)}
        if "commitment" in row["instrument"] + row["by_on"] + row["section"] or "<>" in row["by_on"]:
            held |= {d.isoformat() for e in events for d in (e.known, e.until) if d}  # agreed one day, law the next
        stated = days_in(row["effective"])
        if not stated:  # a ruling or statement: the day it was made
            stated = [set(days) | {f"{min(days)[:8]}{row['announced'][-2:]}"} for days in days_in(row["announced"])]
        assert stated, alias
        wrong += [
            f"{alias} {target}: {sorted(days)} not among {sorted(held)}"
            for days in stated
            if not days & held and not days & ELSEWHERE.get(alias, set())
        ]
    assert not wrong, "\n".join(wrong)


def test_what_never_came_was_never_in_force(ledger: Ledger) -> None:
    rows = facts_table("measures_timeline.csv")
    never = [r for r in rows.values() if r["effective"].startswith("never")]
    assert len(never) >= 7
    for row in never:
        expected = "suspended" if "(suspended)" in row["instrument"] else "never_in_force"
        assert ledger.status(row["id"], ledger.firm_until)["status"] == expected, row["id"]


STATES = {  # the researched state on 23 November 2026 -> ours
    "in_force": "in_force",
    "suspended": "suspended",
    "suspension_calendar_expired_verify": "unknown",
    "calendar_expired_verify": "unknown",
    "partly_suspended_verify": "unknown",
    "partly_lifted": "in_force",
    "unknown": "unknown",
    "superseded": "superseded",
    "ended": "ended",
    "never_effective": "never_in_force",
}
OTHERWISE = {  # rows that are no measure but an act upon one, whose status it is
    "cn-72-2025": "suspended",  # the act that suspends is in force
    "us-scotus-ieepa": "ended",  # the ruling stands, the duty does not
    "cn-geneva-suspend": "unknown",  # superseded by longer pauses, which ran out after the evidence ends
    "us-diffusion-2025": "never_in_force",  # dropped two days before it was to hold
}
NO_CONTROL = {
    "us-zte-denial-2018", "us-ecra-2018", "us-forge-vault-2026", "cn-smuggling-2025", "cn-six-month-licence",
    "cn-h200-customs", "cn-sc-measures-2026", "cn-30-2026", "cn-counter-aug2026", "nl-nexperia-2025",
    "xx-beijing-summit-2026", "xx-geneva", "xx-london", "xx-busan",
}  # fmt: skip


def test_controls_rows(ledger: Ledger) -> None:
    """Every row's state on 23 November 2026, its days, and a confidence no higher than the research has."""
    rows = facts_table("controls_timeline.csv")
    ours = {a: t for a, t in ledger.facts.aliases.items() if a.startswith(("us-", "cn-"))}
    assert set(ours) == set(rows) - NO_CONTROL
    wrong = []
    for alias, target in ours.items():
        row, now = rows[alias], ledger.status(target, "2026-11-23")
        expected = OTHERWISE.get(alias) or STATES[row["state_2026_11_23"]]
        if now["status"] != expected:
            wrong.append(f"{alias}: {now['status']}, not {expected}")
        if CONFIDENCE.index(now["confidence"]) < CONFIDENCE.index(row["confidence"]):
            wrong.append(f"{alias}: confidence {now['confidence']}, the row has {row['confidence']}")
        measure, limb = ledger.find(target)
        events = [e for e in measure.events if not limb or e.limb == limb]
        held = {d.isoformat() for e in events for d in (e.date, e.effective)}
        wrong += [
            f"{alias}: {key} {row[key]} not among {sorted(held)}"
            for key in ("effective_from", "suspended_from")
            if row[key] and row[key] not in held
        ]
    assert not wrong, "\n".join(wrong)


def test_the_end_of_the_state_trading_lists(ledger: Ledger) -> None:
    """MOFCOM 2025 No.68 names exporters for 2026 and 2027: the first day without it is 1 January 2028."""
    assert ledger.status("cn-68-2025", "2026-11-23")["until"] == "2028-01-01"


def test_list_4a_was_cut_by_a_notice_of_22_january_2020(ledger: Ledger) -> None:
    """85 FR 3741 halved List 4A from 14 February 2020."""
    assert ledger.status("usa.s301.list-4a", "2020-02-14", known="2020-01-21")["rate"] == 0.15
    assert ledger.status("usa.s301.list-4a", "2020-02-14", known="2020-01-22")["rate"] == 0.075


def test_kuala_lumpur_was_not_known_in_2021(ledger: Ledger) -> None:
    """China's exclusions were given an end of 2026 in autumn 2025."""
    name = "chn.sctc.2020-exclusions"
    assert ledger.status(name, "2021-01-01", known="2021-01-01")["until"] is None
    assert ledger.status(name, "2026-06-01", known="2021-01-01")["until"] is None
    now = ledger.status(name, "2026-06-01")
    assert (now["status"], now["until"]) == ("in_force", "2027-01-01")


@pytest.mark.slow
def test_line_tables_can_be_rebuilt(tmp_path: Path) -> None:
    if not (SHARED / "data" / "us_lists").is_dir():
        pytest.skip("the line lists are not at hand")
    command = [sys.executable, "-m", "tools.build_lines", "--source", str(SHARED / "data"), "--out", str(tmp_path)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, timeout=240)
    ours = REPOSITORY / "src/detente/data/ledger/lines"
    built = sorted(p.name for p in tmp_path.glob("*.parquet"))
    assert built == sorted(p.name for p in ours.glob("*.parquet"))
    for name in built:
        assert pq.ParquetFile(tmp_path / name).read().equals(pq.ParquetFile(ours / name).read()), name
