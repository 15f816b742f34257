"""The embedded worlds: accounts that close, totals that others publish, rates from their sources."""

from __future__ import annotations

import numpy as np
import pytest

from detente import economies as table
from detente import nomenclature
from detente.world import World

TRILLION = 1e6  # in USD million


def value_added(world: World, code: str) -> float:
    return float(world.value_added[world.economies.index(code)])


@pytest.mark.parametrize("name", ["default", "g20-2019"])
def test_accounts_close_to_1e10(name: str) -> None:
    gaps = World.load(name).check(1e-10)
    assert set(gaps) >= {"cost_shares", "final_shares", "output", "spending", "final_demand", "trade_balance"}
    assert max(gaps.values()) <= 1e-10


@pytest.mark.parametrize("name", ["default", "g20-2019"])
def test_accounts_close_when_written_out_in_full(name: str) -> None:
    """The same identities from the raw arrays, without the properties of `World`."""
    w = World.load(name)
    paid = np.einsum("jni,jni->nj", w.trade, 1.0 + w.tariffs)
    made = np.einsum("jni->ij", w.trade)
    pre_tax = w.input_shares / (1.0 + w.input_taxes[:, None, :]) * made[:, None, :]
    final = paid - pre_tax.sum(axis=2)
    income = (
        (w.value_added_shares * made).sum(axis=1)
        + np.einsum("jni,jni->n", w.trade, w.tariffs)
        + (w.input_taxes * pre_tax.sum(axis=1)).sum(axis=1)
    )
    net_imports = np.einsum("jni->n", w.trade) - np.einsum("jni->i", w.trade)
    np.testing.assert_allclose(w.value_added_shares + w.input_shares.sum(axis=1), 1.0, rtol=0, atol=1e-12)
    assert final.min() >= 0
    np.testing.assert_allclose(final / final.sum(axis=1, keepdims=True), w.final_shares, rtol=0, atol=1e-12)
    np.testing.assert_allclose(final.sum(axis=1), income + net_imports, rtol=1e-10)
    assert abs(net_imports.sum()) < 1e-10 * made.sum()


def test_shape_of_the_default_world(default: World) -> None:
    assert len(default.economies) == 81
    assert default.sectors == tuple(nomenclature.sectors())
    assert set(default.economies) <= set(table.table())
    assert (default.year, default.unit) == (2022, "USD million, 2022")


# Value added at basic prices: OECD 77 x 11 ratios of 2020 on OECD flows of 2022, computed independently of this build;
# tolerance 1 %.
@pytest.mark.parametrize(("code", "trillion"), [("world", 95.7), ("USA", 25.6), ("CHN", 16.7)])
def test_value_added_totals(default: World, code: str, trillion: float) -> None:
    found = default.value_added.sum() if code == "world" else value_added(default, code)
    assert found / TRILLION == pytest.approx(trillion, rel=0.01)


def test_gdp_at_market_prices_is_near_the_published_one(default: World) -> None:
    """US GDP of 2022 was 25.7 to 26.0 trillion (BEA, World Bank); income here leaves out taxes on final use."""
    income = default.income[default.economies.index("USA")] / TRILLION
    assert 25.7 * 0.98 < income < 26.0 * 1.02


def test_us_goods_purchases_from_china(default: World) -> None:
    """453 billion in the OECD table at basic prices (US Census, customs basis: 536)."""
    usa, chn = default.economies.index("USA"), default.economies.index("CHN")
    assert default.trade[:-1, usa, chn].sum() == pytest.approx(453_000, abs=500)


def test_g20_value_added_is_the_published_total(g20: World) -> None:
    """OECD ICIO, 2023 edition: world value added of 2019 is 81.590 trillion."""
    assert g20.value_added.sum() / TRILLION == pytest.approx(81.590, abs=5e-4)
    assert g20.sectors == tuple("ABCDEFGHIJKLMNOPQRST")


def test_structural_zeros_stay(default: World) -> None:
    """The source cube has 76 economy-sectors with less than a million of output (41 with none), 8 of spending."""
    basic = default.trade.sum(axis=2)
    assert int((default.output == 0).sum()) == 41
    assert int((default.output < 1).sum()) == 76
    assert int((basic < 1).sum()) == 8
    none = default.output == 0
    assert (default.value_added_shares[none] == 1).all()
    assert (default.input_shares.sum(axis=1)[none] == 0).all()


# US Census Bureau, imports for consumption and calculated duty of 2024, USD, by partner and NAICS-3.
CENSUS = [
    ("CHN", ["C26"], 117_233_117_487, 3_794_067_315),  # 334
    ("CHN", ["C20", "C21"], 23_415_423_457, 2_229_292_282),  # 325, one rate for both
    ("CHN", ["C29", "C301", "C302T309"], 18_686_349_530, 4_457_620_640),  # 336
    ("CHN", ["B05", "B07", "B08", "B09"], 138_796_265, 9_267_904),  # 212; B09 takes B08's rate
    ("CHN", ["C13T15"], 1_505_917_883 + 11_076_482_165 + 18_031_496_224 + 12_317_954_747,
     335_106_654 + 1_438_289_356 + 4_078_505_121 + 2_215_560_365),  # 313 to 316
    ("CAN", ["C24A", "C24B"], 32_383_455_923, 3_401_383),  # 331
    ("DEU", ["C29", "C301", "C302T309"], 42_454_316_027, 872_252_161),  # 336
]  # fmt: skip


@pytest.mark.parametrize(("partner", "sectors", "imports", "duty"), CENSUS)
def test_us_rates_are_what_was_collected(
    default: World, partner: str, sectors: list[str], imports: int, duty: int
) -> None:
    usa, i = default.economies.index("USA"), default.economies.index(partner)
    for code in sectors:
        assert default.tariffs[default.sectors.index(code), usa, i] == pytest.approx(duty / imports, abs=1e-6)


def test_us_average_on_china_lies_near_the_census_one(default: World) -> None:
    """Duty over imports of 2024 was 46.66 / 429.43 = 10.9 %; on the weights of 2022 it is about a point more."""
    usa, chn = default.economies.index("USA"), default.economies.index("CHN")
    trade, rate = default.trade[:-1, usa, chn], default.tariffs[:-1, usa, chn]
    average = float((trade * rate).sum() / trade.sum())
    assert average == pytest.approx(46.66 / 429.43, abs=0.015)


def test_services_home_sales_and_unions_bear_no_duty(default: World) -> None:
    t = default.tariffs
    n = len(default.economies)
    assert not t[default.sectors.index("SERV")].any()
    assert not t[:, range(n), range(n)].any()
    for members in (table.groups()["EU27"], ("BLR", "KAZ", "RUS"), ("ARE", "SAU")):
        at = [default.economies.index(code) for code in members]
        assert not t[np.ix_(range(len(default.sectors)), at, at)].any()


def test_tariffs_are_plausible_rates(default: World) -> None:
    goods = default.tariffs[:-1]
    assert goods.min() >= 0
    assert goods.max() <= 0.5
    hkg = default.economies.index("HKG")
    assert not goods[:, hkg].any(), "Hong Kong is a free port"
    row = default.economies.index("ROW")
    others = [n for n, code in enumerate(default.economies) if code not in ("ROW", "HKG", "SGP")]
    assert goods[:, others, row].any(axis=0).all(), "a missing partner is filled, not left free of duty"


def test_g20_tariffs_are_the_default_ones_aggregated(default: World, g20: World) -> None:
    """Revenue is preserved by `aggregate`, so both ways to sections must agree; home sales bear no duty there."""
    rest = [e for e in default.economies if e not in g20.economies or e == "ROW"]
    sections = {s: [k for k in default.sectors[:-1] if k.startswith(s)] for s in "ABC"}
    small = default.aggregate(economies={"ROW": rest}, sectors=sections)
    order = [small.economies.index(e) for e in g20.economies]
    expected = small.tariffs[np.ix_([small.sectors.index(s) for s in "ABC"], order, order)].copy()
    expected[:, range(20), range(20)] = 0.0
    np.testing.assert_allclose(g20.tariffs[:3], expected, rtol=0, atol=1e-6)
    assert not g20.tariffs[3:].any()


def test_record_says_how_it_was_made(default: World, g20: World) -> None:
    for world in (default, g20):
        record = world.record
        assert all(len(source["sha256"]) == 64 and source["origin"] for source in record["sources"])
        steps = {entry["step"] for entry in record["adjustments"]}
        assert {"tariffs", "balance", "taxes", "levels", "zeros"} <= steps
        for entry in record["adjustments"]:
            assert len(entry) > 2, f"no size given for {entry['what']}"
        assert set(record["confidence"]) >= {"trade", "tariffs", "input_shares"}
