"""Scenario files: read strictly, run, kept whole, compared and verified."""

from __future__ import annotations

import json

import pytest
import xarray as xr

import detente as dt
from detente.errors import ScenarioError
from detente.study import compare, read_scenario, verify

GOOD = """
title: A small war
world: g20-2019
after:
  changes:
    - {tariff: add, importer: USA, exporter: China, sectors: goods, rate: 0.2}
    - {tariff: set, importer: CHN, exporter: US, sectors: [A, C], rate: 0.1}
model: {elasticities: 4.0, deficits: balanced, horizon: long}
report: [real_income_percent, trade_percent]
"""


def written(tmp_path, text, name="s.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(tmp_path, text):
    with pytest.raises(ScenarioError) as caught:
        read_scenario(written(tmp_path, text))
    return [str(p) for p in caught.value.problems]


def test_a_run_keeps_results_scenario_and_record(tmp_path):
    done = dt.run(written(tmp_path, GOOD), tmp_path / "out")
    assert done.status == "solved"
    assert set(done.results["trade_percent"]) == {"CHN->USA", "USA->CHN"}
    assert done.results["trade_percent"]["CHN->USA"] < 0
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert names == {"results.nc", "results.parquet", "scenario.yaml", "record.json"}
    with xr.open_dataset(tmp_path / "out" / "results.nc", engine="h5netcdf") as data:
        assert data["real_income_percent"].attrs["units"] == "percent"
        assert data["real_income_percent"].sel(economy="USA").item() == done.results["real_income_percent"]["USA"]
    record = json.loads((tmp_path / "out" / "record.json").read_text())
    assert record["fingerprint"] == done.record["fingerprint"]
    assert str(tmp_path) not in json.dumps(record)


def test_the_resolved_scenario_runs_to_the_same_fingerprint(tmp_path):
    first = dt.run(written(tmp_path, GOOD), tmp_path / "out")
    again = dt.run(tmp_path / "out" / "scenario.yaml")
    assert again.record["fingerprint"] == first.record["fingerprint"]
    assert again.results == first.results


def test_a_changed_file_does_not_verify(tmp_path):
    dt.run(written(tmp_path, GOOD), tmp_path / "out")
    assert verify(tmp_path / "out")["holds"]
    with (tmp_path / "out" / "scenario.yaml").open("a") as f:
        f.write("# edited\n")
    found = verify(tmp_path / "out")
    assert not found["holds"]
    assert found["files"] == {"results.nc": True, "results.parquet": True, "scenario.yaml": False}


def test_compare_sets_runs_beside_the_first(tmp_path):
    dt.run(written(tmp_path, GOOD), tmp_path / "one")
    dt.run(written(tmp_path, GOOD.replace("rate: 0.2", "rate: 0.4")), tmp_path / "two")
    found = compare([tmp_path / "one", tmp_path / "two"])
    first, second = found["runs"]
    for name, values in second["against_first"].items():
        for economy, gap in values.items():
            assert gap == second["results"][name][economy] - first["results"][name][economy]
    assert second["results"]["real_income_percent"]["CHN"] < first["results"]["real_income_percent"]["CHN"]


def test_an_export_ceiling_from_a_file(tmp_path):
    text = """
world: g20-2019
after:
  changes:
    - export_ceiling: share_of_baseline
      exporter: CHN
      importer: USA
      sectors: C
      value: 0.5
      rent: nobody
      leakage: 0.1
model: {horizon: short}
report: [trade_quantity_percent]
"""
    done = dt.run(written(tmp_path, text))
    moved = done.equilibrium["trade_quantity_percent"].sel(sector="C", importer="USA", exporter="CHN").item()
    assert moved == pytest.approx(-45, abs=1e-6)  # 1 - (0.5 + 0.1 x 0.5)


def test_an_item_is_split_out_and_capped(tmp_path):
    """A quarter granted and a fifth of the rest leaking lets 0.25 + 0.2 x 0.75 = 40 % through."""
    text = """
after:
  changes:
    - export_ceiling: share_of_baseline
      exporter: CHN
      importer: USA
      item: rare-earth-magnets
      value: 0.25
      rent: exporter
      leakage: 0.2
    - {tariff: add, importer: USA, exporter: CHN, item: rare-earth-magnets, rate: 0.1}
model: {horizon: short}
report: [trade_quantity_percent]
"""
    done = dt.run(written(tmp_path, text), tmp_path / "out")
    moved = done.equilibrium["trade_quantity_percent"].sel(sector="rare-earth-magnets", importer="USA", exporter="CHN")
    assert moved.item() == pytest.approx(-60, abs=1e-6)
    again = dt.run(tmp_path / "out" / "scenario.yaml")
    assert again.record["fingerprint"] == done.record["fingerprint"]


def test_a_ban_is_printed_as_a_ban_and_a_small_limit_as_what_it_is(tmp_path, capsys):
    from detente.cli._run import _show

    for value, limit, premium in ((0, "ban", "-"), (0.0001, "0.01", None)):
        row = f"{{export_ceiling: share_of_baseline, exporter: CHN, importer: USA, sectors: C, value: {value}}}"
        done = dt.run(written(tmp_path, f"world: g20-2019\nafter: {{changes: [{row}]}}\nmodel: {{horizon: short}}\n"))
        _show(done.as_dict(), None)
        line = next(t for t in capsys.readouterr().out.splitlines() if "CHN" in t and "USA" in t and "->" not in t)
        assert limit in line.split()
        assert premium is None or premium in line.split()


def test_producers_receipts_can_be_reported_and_premia_have_their_own_place(tmp_path):
    done = dt.run(written(tmp_path, GOOD.replace("trade_percent]", "trade_receipts]")), tmp_path / "out")
    assert "trade_receipts" in set(done.to_frame()["variable"])
    with xr.open_dataset(tmp_path / "out" / "results.nc") as kept:
        # without export taxes and rents producers receive what is paid at the border
        assert kept["trade_receipts"].dims == ("sector", "importer", "exporter")
        total = float(done.equilibrium["trade"].sum())
        assert float(kept["trade_receipts"].sum()) == pytest.approx(total, rel=1e-9)
    told = problems(tmp_path, GOOD.replace("trade_percent]", "premium_percent]"))
    assert len(told) == 1
    assert "export_ceilings" in told[0]


def test_draws_say_where_they_leave_what_studies_find(tmp_path):
    row = "{tariff: add, importer: USA, exporter: CHN, sectors: goods, rate: 0.2}"
    done = dt.run(written(tmp_path, f"after: {{changes: [{row}]}}\nmodel: {{horizon: short}}\n"), draws=3)
    assert "one study" in done.as_dict()["draws_note"]


def test_an_unknown_item_and_an_item_beside_sectors(tmp_path):
    row = "{export_ceiling: share_of_baseline, exporter: CHN, item: rare-earth-magnet, sectors: C27, value: 0.5}"
    told = problems(tmp_path, f"after:\n  changes:\n    - {row}\n")
    assert any("rare-earth-magnets" in t for t in told)
    assert any("item and sectors" in t for t in told)


def test_a_run_without_equilibrium_keeps_a_record_and_no_results(tmp_path):
    """Duties of 6,000 % everywhere end trade, and with it the transfers that a fixed closure holds on to."""
    wall = "    - {tariff: add, importer: all, exporter: all, sectors: all, rate: 20.0}\n"
    text = GOOD.replace("balanced", "fixed").replace("  changes:\n", "  changes:\n" + 3 * wall)
    done = dt.run(written(tmp_path, text), tmp_path / "out")
    assert done.status == "no_equilibrium"
    assert done.results == {}
    assert "balanced" in done.as_dict()["remedy"]
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"scenario.yaml", "record.json"}


def test_every_problem_is_told_at_once_with_its_line(tmp_path):
    told = problems(
        tmp_path,
        """title: x
wrld: g20-2019
before: {regime: 2025-13-01}
after:
  regime: 2017-01-01
  changes:
    - {tariff: add, importer: USB, exporter: CHN, sectors: goods, rate: 0.1}
    - {tarif: add, importer: USA, exporter: CHN, rate: 25}
    - {tariff: set, importer: USA, exporter: CHN, sectors: C99, rate: -2.0}
model: {horizon: longish, elasticities: fontagne}
report: [real_incme_percent]
draws: {n: 3}
players: [USA]
""",
    )
    text = "\n".join(told)
    for line, says in (
        ("s.yaml:2", "Did you mean 'world'"), ("s.yaml:3", "not a date"), ("s.yaml:5", "before the ledger begins"),
        ("s.yaml:7", "'USB' is not a known economy"), ("s.yaml:8", "'tarif' is not a key"), ("s.yaml:8", "2500%"),
        ("s.yaml:9", "'C99' is not a known sector"), ("s.yaml:9", "impossible"), ("s.yaml:10", "longish"),
        ("s.yaml:10", "fontagne"), ("s.yaml:11", "real_income_percent"),
        ("s.yaml:12", "'n' is not a key"), ("s.yaml:13", "not run in this version"),
    ):  # fmt: skip
        assert any(line in t and says in t for t in told), (line, says, text)


def test_contradictory_changes(tmp_path):
    told = problems(
        tmp_path,
        GOOD.replace("tariff: add, importer: USA, exporter: China", "tariff: set, importer: CHN, exporter: US"),
    )
    assert len(told) == 1
    assert "contradicts change 1" in told[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no scenario"),
        ("title: x\ntitle: y\n", "duplicate key"),
        ("title: [\n", "not readable as YAML"),
        ("title: nothing\n", "nothing changes"),
        ("before: {regime: 2025-01-19}\n", "one side only"),
        ("world: defalt\nafter: {changes: []}\n", "default"),
    ],
)
def test_one_fault_each(tmp_path, text, says):
    assert any(says in t for t in problems(tmp_path, text))


def test_nothing_is_written_over_what_is_not_a_run(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(ScenarioError, match="not a run"):
        dt.run(written(tmp_path, GOOD), tmp_path / "out")
    assert (tmp_path / "out" / "thesis.txt").read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_missing_file_and_a_folder_without_a_run(tmp_path):
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_scenario(tmp_path / "none.yaml")
    with pytest.raises(ScenarioError) as caught:
        compare([tmp_path, tmp_path / "b"])
    assert len(caught.value.problems) == 2


def test_pairs_of_the_regimes_and_of_every_change_are_reported(tmp_path):
    text = """
before: {regime: 2025-01-19}
after:
  regime: 2025-06-11
  changes:
    - {tariff: add, importer: EU27, exporter: CHN, sectors: C29, rate: 0.1}
    - {layer: reciprocal, importer: USA, exporter: CHN, rate: 0.34}
report: [real_income_percent]
"""
    pairs = dt.run(written(tmp_path, text)).results["trade_percent"]
    assert {"CHN->USA", "USA->CHN", "CHN->DEU", "USA->SWE"} <= set(pairs)


@pytest.mark.parametrize(
    "row",
    ["exporter: 5, importer: USA", "importer: null, exporter: CHN", "importer: [], exporter: CHN",
     "importer: USA, exporter: USA", "importer: USA, exporter: CHN, sectors: []"],
)  # fmt: skip
def test_names_that_name_nothing(tmp_path, row):
    told = problems(tmp_path, f"after:\n  changes:\n    - {{tariff: add, rate: 0.1, {row}}}\n")
    assert told
    assert all("s.yaml:3" in t for t in told)


@pytest.mark.parametrize("record", ["{}", "[]", "null", '{"files": 5}', "not json"])
def test_a_record_that_is_none(tmp_path, record):
    (tmp_path / "record.json").write_text(record)
    with pytest.raises(ScenarioError):
        verify(tmp_path)


def test_the_folder_is_looked_at_before_the_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError, match="you stand in"):
        dt.run(tmp_path / "nowhere.yaml", ".")


def test_a_saved_run_can_be_read_by_others_and_replaced(tmp_path):
    for _ in range(2):
        dt.run(written(tmp_path, GOOD), tmp_path / "out")
        assert (tmp_path / "out").stat().st_mode & 0o055 == 0o055
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "s.yaml"]


def test_draws_give_intervals_around_the_point(tmp_path):
    text = GOOD.replace("elasticities: 4.0, deficits: balanced, ", "deficits: fixed, ").replace("g20-2019", "default")
    text = text.replace("sectors: [A, C]", "sectors: [C26, C29]") + "draws: {elasticities: {n: 12, seed: 5}}\n"
    done = dt.run(written(tmp_path, text), tmp_path / "out")
    found = done.as_dict()
    assert found["draws"] == 12
    for economy in ("USA", "CHN"):
        low, middle, high = found["intervals"]["real_income_percent"][economy]
        assert low <= middle <= high
        assert low < high
    again = dt.run(tmp_path / "out" / "scenario.yaml").as_dict()
    assert again["intervals"] == found["intervals"]
    assert again["fingerprint"] == found["fingerprint"]


@pytest.mark.parametrize(
    "draws", ["{elasticities: {n: 0}}", "{elasticities: {n: 2.5}}", "{elasticities: {seed: 1}}", "{n: 3}"]
)
def test_bad_draws(tmp_path, draws):
    assert problems(tmp_path, GOOD + f"draws: {draws}\n")


def test_every_table_has_intervals_when_asked(tmp_path):
    """By economy, by pair and by sector; the middle of each lies between its ends, and the saved table holds them."""
    text = GOOD.replace("world: g20-2019", "world: default").replace("sectors: [A, C]", "sectors: [C26, C29]")
    text = text.replace("trade_percent]", "trade_percent, output_quantity_percent]")
    done = dt.run(written(tmp_path, text), draws=8)
    assert set(done.intervals["trade_percent"]) == set(done.results["trade_percent"])
    for rows in done.intervals.values():
        assert all(low <= middle <= high for low, middle, high in rows.values())
    frame = done.to_frame()
    for name in ("trade_percent", "output_quantity_percent", "real_income_percent"):
        count = {end: (frame["variable"] == f"{name}{end}").sum() for end in ("", "_low", "_high")}
        assert count[""] == count["_low"] == count["_high"] > 0
    sectors = frame[frame["variable"] == "output_quantity_percent_high"]
    assert sectors["sector"].notna().all()
    with pytest.raises(ScenarioError, match="--draws"):
        dt.run(written(tmp_path, text), draws=1)
