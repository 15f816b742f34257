"""Every deal at days on which its state is told by the deals' own texts, asked from the command line."""

from __future__ import annotations

import functools
import json

import pytest
from typer.testing import CliRunner

from detente.cli._app import build


@functools.cache
def asked(on, known):
    arguments = ["ledger", "commitments", "--on", on, "--known", known, "--json"]
    result = CliRunner().invoke(build(), arguments)
    assert result.exit_code == 0
    return {r["id"]: r for r in json.loads(result.stdout)}


STATES = [
    # Geneva: by 14 May, then 90 days to 12 August
    ("geneva.cut-usa", "2025-05-13", "2025-05-13", "pending", "2025-05-14"),
    ("geneva.cut-china", "2025-05-14", "2025-05-14", "kept", "2025-05-14"),
    ("geneva.non-tariff", "2025-06-11", "2025-06-11", "partly_kept", None),
    # Stockholm moved the 24 points to 10 November
    ("stockholm.extend-usa", "2025-08-10", "2025-08-10", "pending", "2025-08-12"),
    ("stockholm.extend-usa", "2025-08-11", "2025-08-11", "kept", "2025-08-12"),
    ("geneva.24-points-china", "2025-09-01", "2025-09-01", "extended", "2025-11-10"),
    # London: engines, ethane and design software freed by 3 July
    ("london.curbs", "2025-06-28", "2025-06-28", "unknown", None),
    ("london.curbs", "2025-07-03", "2025-07-03", "kept", None),
    ("london.rare-earths", "2025-07-03", "2025-07-03", "partly_kept", None),
    # Madrid: signed on 18 December, whether it closed is not known
    ("madrid.tiktok-china", "2025-12-17", "2025-12-17", "unknown", None),
    ("madrid.tiktok-china", "2026-06-01", "2026-06-01", "partly_kept", None),
    # Busan: one year to 10 November 2026, moved on 28 September to 10 January
    ("busan.affiliates-rule", "2026-01-08", "2026-01-08", "pending", "2026-11-09"),
    ("busan.port-fees-china", "2026-10-07", "2026-10-07", "extended", "2027-01-10"),
    ("busan.port-fees-china", "2026-10-07", "2026-09-27", "pending", "2026-11-10"),
    ("busan.october-controls", "2026-11-11", "2026-10-07", "unknown", "2026-11-10"),
    ("busan.fentanyl-precursors", "2026-09-22", "2026-09-22", "kept", None),
    # Beijing: amounts by the US text, nothing delivered on record
    ("beijing.farm-goods", "2026-10-07", "2026-10-07", "pending", "2028-12-31"),
    ("beijing.aircraft", "2026-10-07", "2026-10-07", "unknown", None),
    # New York: held to 10 January 2027, which nobody has seen
    ("new-york.hold-china", "2026-10-07", "2026-10-07", "pending", "2027-01-10"),
    ("new-york.hold-china", "2027-02-01", "2026-10-07", "unknown", "2027-01-10"),
    # Phase One
    ("phase-one.purchases", "2022-02-07", "2022-02-07", "unknown", "2021-12-31"),
    ("phase-one.purchases", "2022-02-08", "2022-02-08", "missed", "2021-12-31"),
]


@pytest.mark.parametrize(("name", "on", "known", "status", "due"), STATES)
def test_state_of_a_promise(name, on, known, status, due):
    row = asked(on, known)[name]
    assert (row["status"], row["due"]) == (status, due)


@pytest.mark.parametrize(
    ("deal", "eve", "day"),
    [
        ("buenos-aires", "2018-11-30", "2018-12-01"),
        ("phase-one", "2020-01-14", "2020-01-15"),
        ("geneva", "2025-05-11", "2025-05-12"),
        ("london", "2025-06-09", "2025-06-10"),
        ("stockholm", "2025-07-28", "2025-07-29"),
        ("madrid", "2025-09-14", "2025-09-15"),
        ("busan", "2025-10-31", "2025-11-01"),
        ("beijing", "2026-05-16", "2026-05-17"),
        ("new-york", "2026-09-27", "2026-09-28"),
    ],
)
def test_a_deal_is_told_from_the_day_its_text_was_known(deal, eve, day):
    assert deal not in {name.split(".")[0] for name in asked(eve, eve)}
    assert deal in {name.split(".")[0] for name in asked(day, day)}


def test_what_the_issue_asks_of_phase_one_and_the_soybeans():
    row = asked("2022-03-01", "2022-03-01")["phase-one.purchases"]
    assert (row["indicators"][0]["value"], row["target"]["value"]) == (288.8, 502.4)
    assert round(100 * row["attainment"]) == 57
    assert row["excess"] < 0
    for day in ("2026-01-06", "2026-01-08"):
        beans = asked(day, day)["busan.soybeans-2025"]
        assert sorted(i["kind"] for i in beans["indicators"] if i["low"] is not None) == [
            "announced",
            "booked",
            "landed",
        ]
        assert beans["contested"] is True
        assert beans["original_due"] == "2025-12-31"
        assert beans["due"] == "2026-02-28"
