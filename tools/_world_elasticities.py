"""Published trade elasticities of the 28 sectors, with their citations."""

from __future__ import annotations

from typing import Any

from tools._world_sources import Cube

from detente import nomenclature

_NO_SERVICES = "services are not estimated: 4"
SETS: dict[str, tuple[str, str, list[str], list[str]]] = {
    "caliendo-parro-2015": (
        "CP",
        "Caliendo, L. and Parro, F. (2015), Estimates of the Trade and Welfare Effects of NAFTA, "
        "Review of Economic Studies 82(1), 1-44",
        [_NO_SERVICES],
        ["C19 (refined petroleum) is 64.85: small cost changes move nearly all of its trade"],
    ),
    "fontagne-2022": (
        "FGO",
        "Fontagné, L., Guimbard, H. and Orefice, G. (2022), Tariff-based product-level trade elasticities, "
        "Journal of International Economics 137, 103593",
        ["the compiler's services value of 8.35 is no estimate for services: 4 is used"],
        [],
    ),
    "shapiro-2016": (
        "Shap",
        "Shapiro, J. S. (2016), Trade Costs, CO2, and the Environment, American Economic Journal: Economic Policy "
        "8(4), 220-254",
        [_NO_SERVICES],
        [],
    ),
    "giri-2021": (
        "GYY",
        "Giri, R., Yi, K.-M. and Yilmazkuday, H. (2021), Gains from trade: Does sectoral heterogeneity matter?, "
        "Journal of International Economics 129, 103429",
        [_NO_SERVICES],
        [],
    ),
    "bagwell-2021": (
        "BSY",
        "Bagwell, K., Staiger, R. W. and Yurukoglu, A. (2021), Quantitative Analysis of Multiparty Tariff "
        "Negotiations, Econometrica 89(4), 1595-1631",
        [_NO_SERVICES],
        [],
    ),
    "lashkaripour-2023": (
        "LL",
        "Lashkaripour, A. and Lugovskyy, V. (2023), Profits, Scale Economies, and the Gains from Trade and Industrial "
        "Policy, American Economic Review 113(10), 2759-2808",
        [_NO_SERVICES],
        ["C19 (refined petroleum) is 0.636, below one: optimal tariffs on it have no interior solution"],
    ),
    "in-sample": (
        "IS",
        "Estimated on the 81 x 28 table of 2022 by the triple difference of Caliendo and Parro (2015), by the "
        "compiler of the table (ahmadlp/tariffwar)",
        [_NO_SERVICES, "C26 to C31T33 are 4 as well: the compiler's fallback"],
        ["not a published estimate"],
    ),
    "uniform-4": (
        "U4",
        "Simonovska, I. and Waugh, M. E. (2014), The elasticity of trade: Estimates and evidence, Journal of "
        "International Economics 92(1), 34-50",
        ["one value for all sectors"],
        [],
    ),
}


def build_elasticities(cube: Cube) -> dict[str, Any]:
    """The sets by name: key in the source, citation, notes, warnings and theta by sector."""
    out: dict[str, Any] = {}
    for name, (key, source, notes, warnings) in SETS.items():
        theta = {code: round(float(v), 10) for code, v in zip(cube.sectors, cube.elasticities[key], strict=True)}
        theta[nomenclature.SERVICES] = 4.0
        out[name] = {"key": key, "source": source, "notes": notes, "warnings": warnings, "theta": theta}
    unused = set(cube.elasticities) - {entry["key"] for entry in out.values()}
    if unused:
        raise SystemExit(f"elasticity sets without a name: {sorted(unused)}")
    return out
