"""What a clause does with what it says: reports, promises, threatens, plans, foresees or denies it, or negates it."""

from __future__ import annotations

from collections.abc import Sequence

from detente.claims._tokens import words
from detente.claims._words import (
    ACTION,
    DENY,
    EXPECT,
    FUTURE,
    PLAN,
    PREDICT,
    PROMISE,
    SAY,
    SUSPEND,
    TARIFF,
    THREATEN,
    forms,
)

_NOT = words("not never cannot neither")
_NOT_NEGATING = words("necessarily only just merely least surprisingly unlike exceed")
"""`not only`, `not least`: words that make no negation of a `not` before them."""
_CONTRAST = words("than or if whether why")
"""`more likely than not`, `whether or not`."""
_ADVERBS = words("yet ever even actually so far immediately also still directly in fact really now")
_AUXILIARIES = words(
    "did does do has have had is are was were will would can could should may might shall must be been to"
)
_WILL = words("will would shall may might could should can must")
_DESIRES = words("plan plans intention intentions intent desire wish appetite interest")
_REFUSING = forms("refuse decline fail neglect") | {"refusal", "failure", "unwilling", "yet", "reluctant"}
AVOIDING = forms("avoid dodge escape evade") | {"exempt", "exempted", "spared"} - {"escape", "escapes"}
_RULING_OUT = {("rule", "out"), ("decide", "against"), ("stop", "short"), ("back", "away")}
_ESTIMATES = words("estimate estimates estimated")
_REPORTS = words(
    "that report reports claim claims suggestion suggestions talk idea notion speculation allegation allegations"
    " assertion assertions rumour rumours rumor rumors having being any it"
)
_OUTRIGHT = forms("deny refute rebut")
_NOUNS = words("promise promises commitment commitments pledge pledges guarantee guarantees vow vows undertaking")
"""Words that are promises only where something is promised: `a pledge to buy`, not `purchase commitments`."""
_AFTER_NOUN = words("to that not by is are was were being of")
_DELIVERING = forms("meet honour honor fulfil fulfill deliver break breach miss violate respect") | {
    "kept", "keeps", "keep", "renege", "reneged", "short", "unfulfilled",
}  # fmt: skip
_BEATING = forms("beat miss exceed top trail lag") | words("above below than against missing market")
_SAID_ELSEWHERE = ("highly", "much", "long", "than", "widely")


def mood(keys: Sequence[str], verb: str = "") -> tuple[str, bool]:
    """(modality, negated) of the words of a clause; `verb` is the verb of saying that governs it.

    >>> mood("the us did not raise tariffs".split())
    ('denied', True)
    >>> mood("the us will not raise tariffs".split())
    ('forecast', True)
    >>> mood("a deal is more likely than not".split())
    ('reported', False)
    """
    keys = [k.replace("’", "'") for k in keys]
    refusal = negation(keys)
    if denies(keys) or verb in _OUTRIGHT or (verb in DENY and _REPORTS & set(keys[:8])):
        return "denied", True
    negated = bool(refusal)
    words = set(keys)
    if _asks(keys):
        return "demanded", negated
    if _threatened(keys) or verb in THREATEN:
        return "threatened", negated
    if _promised(keys) or (verb in PROMISE and not _NOUNS & {verb}):
        return "promised", negated
    if refusal in ("fact", "refusal"):
        return "denied", True
    if _planned(keys):
        return "planned", negated
    if verb in _ESTIMATES and not {"if", "would", "could", "will", "by"} & words:
        return "reported", negated  # "estimates that China accounts for 61 %"
    if (
        words & FUTURE
        or _to_come(keys)
        or any(k.endswith("won't") for k in keys)
        or _predicted(keys)
        or verb in PREDICT
    ):
        return "forecast", negated
    return "reported", negated


def _threatened(keys: Sequence[str]) -> bool:
    """`threatened to`, `the threatened duty`, `a threat to impose`, `the tariff threat`; not `down from a threatened
    25 %`."""
    for i, k in enumerate(keys):
        if k in ("threat", "threats") and (
            (i and keys[i - 1] in TARIFF) or ("to" in keys[i + 1 : i + 12] and _LEVIED & set(keys[i + 1 : i + 14]))
        ):
            return True
    return any(
        k in THREATEN
        and not _menaces(keys, i)
        and not {"from", "than", "below"} & set(keys[max(0, i - 2) : i])
        and not {"compared", "than", "versus", "instead"} & set(keys[max(0, i - 12) : i])
        for i, k in enumerate(keys)
    )


def _menaces(keys: Sequence[str], i: int) -> bool:
    """`duties, threatening an industry that ...`: what is in danger, with nothing that is threatened."""
    after = keys[i + 1 : i + 8]
    return after[:1] in (["a"], ["an"], ["the"], ["its"], ["their"]) and not ({"to", "with", "of"} | TARIFF) & set(
        after
    )


_LEVIED = words("impose levy slap raise hike hit double tax")


def negation(keys: Sequence[str]) -> str:
    """`fact` (did not), `will` (will not), `refusal` (refused to, no plan to), or nothing.

    >>> negation("has no plan to raise tariffs".split()), negation("cut to 30 , not 20 %".split())
    ('refusal', '')
    """
    if any(
        key in forms("rule") and keys[i + 1 : i + 2] == ["out"] and _NOT & set(keys[:i]) for i, key in enumerate(keys)
    ):
        return ""  # "has not ruled out": neither says it nor denies it
    for i, key in enumerate(keys):
        if key in _NOT or key.endswith("n't"):
            if found := _not_at(keys, i):
                return found
        elif (key == "no" and _DESIRES & set(keys[i + 1 : i + 3])) or (
            key in _REFUSING and "to" in keys[i + 1 : i + 2] and not _figured(keys[i + 2 : i + 3])
        ):
            if key != "yet" or {"has", "have", "had", "is", "are"} & set(keys[max(0, i - 1) : i]):
                return "refusal"
        elif (
            (key == "no" and keys[i + 1 : i + 2] == ["longer"])
            or (key == "without" and keys[i + 1 : i + 2] and keys[i + 1].endswith("ing") and keys[i + 1] in ACTION)
            or key in AVOIDING
        ):
            return "fact"
        elif any(key in forms(a) and keys[i + 1 : i + 2] == [b] for a, b in _RULING_OUT):
            return "refusal"
    return ""


def _not_at(keys: Sequence[str], i: int) -> str:
    """What a `not` at index `i` negates: nothing where it contrasts two numbers or belongs to another phrase."""
    key, before = keys[i], keys[i - 1] if i else ""
    after = [k for k in keys[i + 1 : i + 6] if k not in _ADVERBS]
    follows = after[0] if after else ""
    if before in _CONTRAST or follows in _NOT_NEGATING:
        return ""
    if before in ("who", "which") or (i > 1 and before in _AUXILIARIES and keys[i - 2] in ("that", "who", "which")):
        return ""  # "countries that did not retaliate"
    if before == "that" and i > 1 and keys[i - 2] in _ONES:
        return ""  # "those that haven't will pay more"
    if _hedged(after):
        return ""
    if key.endswith("n't") or before in _AUXILIARIES or key in ("cannot", "never"):
        future = before in _WILL or key in ("won't", "wouldn't", "can't", "cannot", "couldn't", "shouldn't", "mustn't")
        return "will" if future or (key == "never" and _WILL & set(keys[max(0, i - 2) : i])) else "fact"
    if follows == "to" and len(after) > 1 and not after[1][:1].isdigit():
        return "will"  # "pledged not to raise"
    if key == "neither" or (follows in ACTION and not follows.endswith("ed")):
        return "fact"  # not "countries not listed"
    return ""


_ONES = words("those ones firms companies goods products countries makers importers exporters")
_UNSAID = (
    SAY
    | EXPECT
    | words("meant clear sure alone enough known certain mean know intended the a an mention address discuss name give")
)


def _hedged(after: Sequence[str]) -> bool:
    """`did not say whether`, `was never meant to be`: what is not said is no act that was not done."""
    verbs = [k for k in after if k not in ("be", "been", "have", "has")]
    return bool(verbs) and (verbs[0] in _UNSAID - ACTION or verbs[:2] == ["apply", "to"])


def denies(keys: Sequence[str]) -> bool:
    """`denied`, `rejected reports that`; a court that rejects a duty denies nothing."""
    for i, key in enumerate(keys):
        if key in ("true", "correct", "case") and "that" in keys[i + 1 : i + 2] and _NOT & set(keys[max(0, i - 3) : i]):
            return True  # "it is simply not true that"
        if key in _OUTRIGHT or (
            key in DENY and key not in ("dispute", "disputes") and _REPORTS & set(keys[i + 1 : i + 4])
        ):
            return True
    return False


def _promised(keys: Sequence[str]) -> bool:
    """`agreed to`, `its promise to buy`; not the noun alone, and not a promise that is said to be kept or broken."""
    for i, key in enumerate(keys):
        if key in _NOUNS:
            told = _DELIVERING & set(keys[max(0, i - 6) : i]) or _DELIVERING & set(keys[i + 1 : i + 3])
            if _AFTER_NOUN & set(keys[i + 1 : i + 2]) and not told:
                return True
        elif key in PROMISE and keys[i - 1] == "had" and "the" in keys[max(0, i - 6) : i] and _figured(keys[:i]):
            continue  # "of the 12 million tonnes it had promised"
        elif key in PROMISE and "as" in keys[max(0, i - 4) : i] and keys[i - 1] in ("had", "has", "it", "they"):
            continue  # "did not, as it had promised, ..."
        elif key in PROMISE and not (
            i > 1 and keys[i - 1] in ("had", "has", "it", "they") and _DELIVERING & set(keys[:i])
        ):
            return True
    return False


def _figured(keys: Sequence[str]) -> bool:
    return any(k[:1].isdigit() for k in keys[-6:])


def suspends(keys: Sequence[str]) -> bool:
    """Whether something is put off: by one verb, or by two words.

    >>> suspends("put off the rise".split()), suspends("pushed tariffs up".split())
    (True, False)
    """
    if (SUSPEND - {"frozen"}) & set(keys) or any(_frozen(keys, i) for i, k in enumerate(keys) if k == "frozen"):
        return True
    for i, key in enumerate(keys):
        if (key in _PUT and _OFF & set(keys[i + 1 : i + 6]) and "tariffs" not in keys[i + 1 : i + 2]) or (
            key in _PUT and keys[i + 1 : i + 3] in (["on", "hold"], ["on", "ice"])
        ):
            return True
    return False


def _frozen(keys: Sequence[str], i: int) -> bool:
    """`has frozen its duties`, `were frozen`; not `frozen pork`."""
    return i > 0 and keys[i - 1] in _AUXILIARIES | {"been", "being"}


_PUT = forms("put push hold")
_OFF = words("off back")


_UNDOES = forms("cancel scrap remove lift withdraw abolish revoke end drop suspend lower reduce cut").__contains__
ASKS = forms("urge ask press want demand call request implore beg") | {"wants", "wanting"}


def _asks(keys: Sequence[str]) -> bool:
    """Somebody wants it, nobody has done it: `should be cancelled`, `urged Beijing to`, `called on Brussels to`."""
    for i, key in enumerate(keys):
        after = keys[i + 1 : i + 8]
        if key in ("should", "must") and after[:1] == ["be"] and after[1:] and after[1] in ACTION and _UNDOES(after[1]):
            return True
        if key in ("demand", "demands", "request", "requests") and after[:1] != ["that"]:
            continue  # mostly nouns
        if key in ("call", "calls", "called", "calling"):
            if after[:1] == ["on"] and "to" in after:
                return True
        elif key in ASKS and ("to" in after[1:] or after[:1] in (["that"], ["for"], ["to"])):
            return True
    return False


_EFFECTS = words("could would may might will")
_HINTS = words("hinted hints hinting signalled signaled signals")
_DRAWN_UP = words("proposed planned prepared drafted readied weighing mulling considering plans")


def _planned(keys: Sequence[str]) -> bool:
    """`plans to`, `is preparing a`, `proposed tariffs`; not `a planned economy`, not `aimed at`."""
    for i, key in enumerate(keys):
        after = keys[i + 1 : i + 4]
        if key in PLAN and ("to" in after[:2] or (after and after[0].endswith("ing"))):
            return True
        if key in ("vote", "votes", "voted") and "to" in keys[i + 1 : i + 6]:
            return True  # "senators voted 51-47 to end the duty"
        if key in _DRAWN_UP and set(after) & TARIFF and not _EFFECTS & set(keys[i + 1 :]):
            return True
        if key in _HINTS and after[:1] in (["at"], ["that"]):
            return True  # "has hinted at raising"
        proposing = (
            "proposed",
            "proposing",
            "proposes",
            "floated",
            "weighs",
            "weighing",
            "mulls",
            "mulling",
            "considering",
            "considers",
            "plans",
        )
        if key in proposing and after[:1] == ["a"]:
            return True
    return False


def _to_come(keys: Sequence[str]) -> bool:
    """`is to face`, `is set to impose`, `are about to rise`."""
    for i, key in enumerate(keys):
        if key in ("is", "are"):
            rest = [k for k in keys[i + 1 : i + 4] if not k.endswith("ly") and k not in ("now", "also")]
            if rest[:1] == ["to"] or (rest[:1] and rest[0] in _SOON and rest[1:2] == ["to"]):
                return True
    return False


_SOON = words("set due about going poised slated scheduled likely expected")


def _predicted(keys: Sequence[str]) -> bool:
    return any(
        key in PREDICT
        and not (i and (keys[i - 1] in _SAID_ELSEWHERE or keys[i - 1] in _BEATING))
        and (key not in _ESTIMATES or keys[i + 1 : i + 2] == ["to"])
        for i, key in enumerate(keys)
    )
