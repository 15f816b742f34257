"""Units of the numbers in an article: percent, points, money, times, goods and parties."""

from __future__ import annotations

from collections.abc import Sequence

from detente.claims._tokens import Token

PERCENT, POINTS = "percent", "points"
MONEY = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY"}
CODES = {"usd": "USD", "eur": "EUR", "gbp": "GBP", "cny": "CNY", "jpy": "JPY", "krw": "KRW"}
"""Codes written before an amount: `USD 3 billion`."""
_MONEY_WORDS = {
    "dollar": "USD", "dollars": "USD", "usd": "USD", "euro": "EUR", "euros": "EUR", "eur": "EUR", "yuan": "CNY",
    "renminbi": "CNY", "rmb": "CNY", "cny": "CNY", "yen": "JPY", "jpy": "JPY", "pounds": "GBP", "won": "KRW",
}  # fmt: skip
TIMES = {"day": "days", "week": "weeks", "month": "months", "year": "years", "hour": "hours", "decade": "decades"}
_GOODS = {
    "tonne": "tonnes", "tonnes": "tonnes", "ton": "tonnes", "tons": "tonnes", "mt": "tonnes", "mmt": "tonnes",
    "bushel": "bushels", "bushels": "bushels", "barrels": "barrels", "barrel": "barrels",
    "aircraft": "aircraft", "planes": "aircraft", "jets": "aircraft", "airplanes": "aircraft", "jetliners": "aircraft",
    "companies": "parties", "firms": "parties", "entities": "parties", "parties": "parties", "organizations": "parties",
    "organisations": "parties", "subsidiaries": "parties", "contractors": "parties",
    "products": "products", "items": "products", "lines": "products", "goods": "products", "categories": "products",
    "chips": "chips", "vehicles": "vehicles", "cars": "vehicles", "countries": "economies", "economies": "economies",
}  # fmt: skip


def unit_at(row: Sequence[Token], i: int) -> tuple[str, int, float]:
    """(unit, token after it, factor) of the unit that begins at token `i`; an empty unit if none does."""
    keys = [t.key for t in row[i : i + 4]]
    if not keys:
        return "", i, 1.0
    if keys[0] in ("%", "％"):
        if len(keys) > 1 and keys[1] in ("point", "points"):
            return POINTS, i + 2, 1.0
        return PERCENT, i + 1, 1.0
    if keys[:2] == ["per", "cent"]:
        return PERCENT, i + 2, 1.0
    if keys[0] in ("percent", "pct", "percentage", "pc"):
        if len(keys) > 1 and keys[1] in ("point", "points"):
            return POINTS, i + 2, 1.0
        return (PERCENT, i + 1, 1.0) if keys[0] != "percentage" else ("", i, 1.0)
    if keys[0] in ("pp", "ppt", "ppts", "pps"):
        return POINTS, i + 1, 1.0
    if keys[:2] == ["basis", "points"] or keys[0] == "bps":
        return POINTS, i + (1 if keys[0] == "bps" else 2), 0.01
    if keys[0] in ("point", "points") and not (len(keys) > 1 and keys[1] in ("of", "out")):
        return POINTS, i + 1, 1.0
    return _other_unit(row, i, keys)


def _other_unit(row: Sequence[Token], i: int, keys: list[str]) -> tuple[str, int, float]:
    if keys[0] in _MONEY_WORDS:
        return _MONEY_WORDS[keys[0]], i + 1, 1.0
    if keys[:2] in (["us", "dollars"], ["u", "s"]):
        return "USD", i + 2, 1.0
    single = keys[0].rstrip("s")
    if single in TIMES:
        return TIMES[single], i + 1, 1.0
    # a few adjectives may stand between a number and what it counts: "28 US defence companies"
    for k, key in enumerate(keys):
        if key in _GOODS:
            return _GOODS[key], i + k + 1, 1e6 if key == "mmt" else 1.0
        if row[i + k].kind != "word" or key in (
            "to",
            "of",
            "in",
            "and",
            "or",
            "on",
            "for",
            "from",
            "by",
            "the",
            "a",
        ):
            break
    return "", i, 1.0


def percent_at(row: Sequence[Token], i: int) -> bool:
    """Whether a sign or word for percent begins at token `i`."""
    return unit_at(row, i)[0] == PERCENT
