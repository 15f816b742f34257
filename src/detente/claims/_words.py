"""The word lists of the grammar: verbs by what they say of a tariff, a control or a speaker, in every form."""

from __future__ import annotations

import csv
import functools
from importlib import resources
from typing import Any

from detente import economies, strict_yaml
from detente.claims._tokens import Lexicon, words

_IRREGULAR = {
    "cut": "cut cuts cutting", "fall": "fall falls fell fallen falling", "rise": "rise rises rose risen rising",
    "bring": "bring brings brought bringing", "shrink": "shrink shrinks shrank shrunk shrinking",
    "sink": "sink sinks sank sunk sinking", "grow": "grow grows grew grown growing", "set": "set sets setting",
    "put": "put puts putting", "hit": "hit hits hitting", "withdraw": "withdraw withdraws withdrew withdrawn"
    " withdrawing",
    "freeze": "freeze freezes froze frozen freezing", "keep": "keep keeps kept keeping", "pay": "pay pays paid paying",
    "go": "go goes went gone going", "come": "come comes came coming", "leave": "leave leaves left leaving",
    "buy": "buy buys bought buying", "sell": "sell sells sold selling", "say": "say says said saying",
    "tell": "tell tells told telling", "see": "see sees saw seen seeing", "think": "think thinks thought thinking",
    "write": "write writes wrote written writing", "hold": "hold holds held holding", "meet": "meet meets met meeting",
    "take": "take takes took taken taking", "stand": "stand stands stood standing", "lose": "lose loses lost losing",
    "withhold": "withhold withholds withheld withholding", "forbid": "forbid forbids forbade forbidden forbidding",
    "bet": "bet bets betting", "foresee": "foresee foresees foresaw foreseen foreseeing",
    "slide": "slide slides slid sliding", "begin": "begin begins began begun beginning",
    "undertake": "undertake undertakes undertook undertaken undertaking", "let": "let lets letting",
    "be": "be is are was were been being am", "have": "have has had having", "lead": "lead leads led leading",
    "swear": "swear swears swore sworn swearing", "give": "give gives gave given giving",
    "feel": "feel feels felt feeling", "reckon": "reckon reckons reckoned reckoning",
    "forecast": "forecast forecasts forecasted forecasting", "get": "get gets got gotten getting",
    "win": "win wins won winning", "bear": "bear bears bore borne bearing", "send": "send sends sent sending",
    "drive": "drive drives drove driven driving", "break": "break breaks broke broken breaking",
    "make": "make makes made making",
    "cancel": "cancel cancels canceled cancelled canceling cancelling",
}  # fmt: skip
_DOUBLED = words("slap trim drop slip hop plan ban bar stop dip scrap commit permit step snap pin")


@functools.cache
def forms(lemmas: str) -> frozenset[str]:
    """Every form of some English verbs.

    >>> sorted(forms("raise slap"))
    ['raise', 'raised', 'raises', 'raising', 'slap', 'slapped', 'slapping', 'slaps']
    """
    out: set[str] = set()
    for verb in lemmas.split():
        if verb in _IRREGULAR:
            out |= set(_IRREGULAR[verb].split())
            continue
        stem = verb + verb[-1] if verb in _DOUBLED else verb
        if verb.endswith("e"):
            out |= {verb, verb + "s", verb + "d", verb[:-1] + "ing"}
        elif verb.endswith("y") and verb[-2] not in "aeiou":
            out |= {verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"}
        else:
            ending = "es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s"
            out |= {verb, verb + ending, stem + "ed", stem + "ing"}
    return frozenset(out)


DOWN = forms(
    "shave knock cut lower reduce slash drop fall decline decrease trim shrink tumble plunge halve ease sink slump"
    " slide contract dip retreat weaken moderate roll bring scale come slow plummet"
)
UP = forms(
    "raise increase hike boost rise climb jump surge double triple quadruple grow ratchet bump soar escalate lift step"
    " accelerate go expand quicken swell spike bring"
) | {"up"}
IMPOSE = forms(
    "impose levy slap apply introduce place put charge set announce enact hit face carry collect keep maintain"
    " retain leave"
    " stand pay remain be have hold add unveil attract threaten bring settle finalize finalise propose plan"
    " implement establish value enforce"
)
REMOVE = forms("scrap remove eliminate abolish end lift withdraw revoke rescind waive cancel drop repeal void exempt")
SUSPEND = forms("suspend pause postpone delay defer halt freeze shelve")
EXTEND = forms("extend prolong renew")
RESTRICT = forms(
    "restrict ban block bar prohibit curb limit tighten strengthen impose blacklist sanction withhold revoke add"
    " expand halt"
    " stop implement require place introduce forbid choke squeeze toughen launch step weaponize weaponise include"
    " cut withdraw"
)
RELAX = forms(
    "lift ease relax loosen remove suspend withdraw cancel resume approve allow restore grant soften waive"
    " rescind drop end"
    " welcome pause release reopen unblock halt postpone revoke scrap"
)
STAY = forms("remain stay keep maintain continue stand persist insist")
MEET = forms("meet hold convene gather")
BUY = forms("book buy purchase order import acquire")
SAY = forms(
    "say state tell note warn add point argue report emphasize emphasise announce write stress explain assert"
    " claim comment"
    " observe remark declare diagnose opine express echo analyze analyse reveal describe acknowledge admit"
    " conclude insist"
    " caution reply respond confirm read show find highlight underline contend maintain indicate quote propose"
    " liken call"
    " post tweet share"
)
EXPECT = forms(
    "expect predict forecast project estimate anticipate believe think suggest see reckon foresee calculate"
    " assume hope bet"
    " consider feel doubt suspect envisage"
)
PREDICT = forms("expect predict forecast project estimate anticipate foresee bet")
PROMISE = forms("promise pledge vow commit agree undertake guarantee swear consent")
THREATEN = forms("threaten")
DENY = forms("deny dispute reject refute rebut dismiss")
PLAN = forms("plan prepare intend consider propose mull weigh aim seek ponder contemplate")
ACTION = DOWN | UP | IMPOSE | REMOVE | SUSPEND | EXTEND | RESTRICT | RELAX | STAY | BUY | PROMISE | THREATEN
FUTURE = words("will shall would could may might should can 'll won't")
DOUBT = words("could may might can possible possibly possibility perhaps")

TARIFF = words("tariff tariffs duty duties levy levies surcharge surcharges surtax toll tolls")
BALANCE = words("deficit deficits surplus surpluses")
FLOW = words("exports export imports import shipments shipment trade sales orders purchases arrivals volumes") | BALANCE
MACRO = words("gdp growth economy inflation output production prices recession investment unemployment yuan demand")
CHANGE_NOUN = words(
    "cut cuts reduction reductions increase increases hike hikes drop fall decline decrease rise jump plunge"
    " surge rollback slump growth contraction gain collapse"
)
CONTROL = words(
    "control controls restriction restrictions curb curbs ban bans countermeasure countermeasures sanction"
    " sanctions embargo licence licences license licenses licensing measures blacklist embargoes quota quotas fee"
    " fees rule rules"
)
PAUSE = words(
    "pause truce suspension reprieve extension deadline period ceasefire moratorium grace window freeze delay"
    " respite negotiation negotiations talks"
)


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("detente").joinpath(f"data/claims/{name}").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@functools.cache
def economy_words() -> Lexicon:
    """Names, capitals, governments and adjectives of economies; the value is the alpha-3 code."""
    phrases: list[tuple[str, str]] = []
    for row in _rows("economies.csv"):
        for word in (*row["nouns"].split(";"), *row["adjectives"].split(";")):
            phrases.append((word, row["economy"]))
    for code, entry in economies.table().items():
        if code not in ("ROW", "USA", "CHN"):
            phrases += [(word, code) for word in (entry.name, *entry.aliases)]
    return Lexicon(dict.fromkeys(phrases), names=True)


@functools.cache
def country_names() -> frozenset[str]:
    """Names of countries as such, without their capitals and governments."""
    first = {row["nouns"].split(";")[0] for row in _rows("economies.csv")}
    return frozenset(first | {entry.name for entry in economies.table().values()})


@functools.cache
def organisation_words() -> Lexicon:
    """Organisations that speak; the value is the name in the table."""
    phrases = [(word, row["name"]) for row in _rows("organisations.csv") for word in _names(row)]
    return Lexicon(phrases, names=True)


@functools.cache
def organisations() -> dict[str, dict[str, str]]:
    """The table of organisations by name."""
    return {row["name"]: row for row in _rows("organisations.csv")}


@functools.cache
def persons() -> dict[str, dict[str, str]]:
    """The table of persons by full name."""
    return {row["name"]: row for row in _rows("persons.csv")}


@functools.cache
def person_words() -> Lexicon:
    """Full names and spellings of persons; the value is the name in the table."""
    return Lexicon([(word, row["name"]) for row in _rows("persons.csv") for word in _names(row)], names=True)


def _names(row: dict[str, str]) -> list[str]:
    return [row["name"], *(a for a in row["aliases"].split(";") if a)]


@functools.cache
def topic_words() -> Lexicon:
    """What a claim is about: goods, tariff layers, controls, deals."""
    return Lexicon([(word, row["topic"]) for row in _rows("topics.csv") for word in row["words"].split(";")])


@functools.cache
def topic_kinds() -> dict[str, str]:
    """Kind of each topic."""
    return {row["topic"]: row["kind"] for row in _rows("topics.csv")}


@functools.cache
def topic_imposers() -> dict[str, str]:
    """The economy whose law a topic names: section 301 is American whoever speaks of it."""
    return {row["topic"]: row["imposer"] for row in _rows("topics.csv") if row["imposer"]}


@functools.cache
def probability_words() -> Lexicon:
    """Verbal probabilities; the value is `low high`."""
    return Lexicon([(row["phrase"], f"{row['low']} {row['high']}") for row in _rows("probabilities.csv")])


@functools.cache
def concepts() -> dict[str, dict[str, Any]]:
    """What experts say that no list of measures can confirm, and what would measure it."""
    text = resources.files("detente").joinpath("data/claims/concepts.yaml").read_text(encoding="utf-8")
    return {row["concept"]: row for row in strict_yaml.parse(text, "concepts.yaml").data}


@functools.cache
def concept_words() -> Lexicon:
    """Phrases of the concepts."""
    return Lexicon([(word, name) for name, row in concepts().items() for word in row["words"]])
