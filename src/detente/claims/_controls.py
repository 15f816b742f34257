"""Restrictions on trade: imposed, relaxed, kept, planned; what they cover and whom they reach."""

from __future__ import annotations

from typing import Any

from detente.claims._claim import Claim
from detente.claims._frame import Frame
from detente.claims._targets import targets
from detente.claims._tokens import words
from detente.claims._words import CONTROL, RELAX, RESTRICT, STAY, TARIFF, forms

_RELAXING = words("lifting easing relaxation removal suspension resumption relief rollback withdrawal")
_TRADE_ACTS = words("sale sales export exports supply shipment shipments access supplies deliveries import imports")
_LISTS = words("list blacklist")
_WEAK_STAY = words(
    "keep keeps kept continue continues continued continuing stand stands stood insist insists insisted maintain"
    " maintains maintained persist persists"
)
_STRONG = words(
    "ban bans banned banning restrict restricts restricted restricting curb curbs curbed blacklist blacklisted"
    " blacklisting embargo prohibit prohibits prohibited prohibiting withhold withholding withheld revoke revoked"
    " revokes"
)
_FOR_THE_SAKE = words("exchange return sake")
_IMPOSED = RESTRICT - {
    "include",
    "includes",
    "included",
    "require",
    "requires",
    "required",
    "stop",
    "stops",
    "cut",
    "cuts",
    "add",
}


def control_claims(frame: Frame) -> list[Claim]:
    """A claim about a restriction in a clause, if there is one."""
    keys = frame.keys()
    words = set(keys)
    covered = _covered(frame)
    named = _control_noun(keys, {after - frame.first for _, after, _ in frame.s.topics})
    acts = bool(words & _TRADE_ACTS) or bool(words & _STRONG)
    if (TARIFF & words and not named) or {"negotiations", "talks"} & set(keys[:3]):
        return []
    if not named and not (covered and acts):
        return []
    if not covered and not _export_control(keys):
        return []
    found = _action(keys, named)
    if found is None:
        return []
    actor, target, inferred = _ends(frame)
    if actor is None and target is None:
        return []
    parties = [q for q in frame.sizes if q.unit == "parties"]
    size = (
        parties[0]
        if parties and words & (_LISTS | _STRONG | {"added", "add", "adding", "adds", "blacklisted"})
        else None
    )
    mood: dict[str, Any] = {"modality": "forecast", "negated": True} if _given_up(keys) else {}
    found = "restrict" if mood else found
    said = {"to": frame.s.text[frame.s.row[size.first].start : frame.s.row[size.after - 1].end]} if size else {}
    return [
        frame.claim(
            "control", frame.first, frame.after, action=found, actor=actor, target=target, subject=covered,
            inferred=inferred, to=size.high if size else None, unit=size.unit if size else None, said=said, **mood,
        )
    ]  # fmt: skip


def _covered(frame: Frame) -> tuple[str, ...]:
    """Goods and lists that are restricted; what is asked for in exchange is none of them."""
    end = frame.after
    for i in range(frame.first, frame.after):
        if frame.s.row[i].key in _FOR_THE_SAKE:
            end = i
            break
    return frame.topics("good", "control", after=end)


def _control_noun(keys: list[str], ends: set[int]) -> bool:
    """Whether a restriction is named; `rules` are one right after what they cover (`ends`) or a word for a list."""
    for i, key in enumerate(keys):
        if key not in CONTROL or _is_verb(keys, i):
            continue
        if (
            key in ("rule", "rules")
            and i not in ends
            and not {"affiliates", "diffusion", "licensing", "control", "export"} & set(keys[max(0, i - 4) : i])
        ):
            continue
        if key == "control" and keys[i + 1 : i + 2] == ["of"]:
            continue
        if key == "controls" and (keys[i + 1 : i + 2] == ["on"] or i in ends):
            return True  # "controls on rare earths", "the rare earth controls"
        if key in ("measures", "control", "controls"):
            if {"export", "retaliatory", "non", "nontariff", "control", "trade", "technology", "import"} & set(
                keys[max(0, i - 4) : i]
            ):
                return True
            continue
        if key in ("fee", "fees") and not {"port", "docking"} & set(keys[max(0, i - 3) : i]):
            continue
        return True
    return bool(set(keys) & _LISTS) and bool(
        {"entity", "control", "unreliable", "sanction", "trade", "blacklist"} & set(keys)
    )


def _is_verb(keys: list[str], i: int) -> bool:
    """`to ban`, `will curb`: words that are restrictions only as nouns."""
    return i > 0 and keys[i - 1] in ("to", "will", "would", "may", "could", "should", "must", "not")


def _export_control(keys: list[str]) -> bool:
    joined = " ".join(keys)
    return any(
        phrase in joined
        for phrase in ("export control", "export restriction", "non tariff", "nontariff", "countermeasure",
                       "export ban",
                       "entity list", "export curb", "port fee", "sanction")
    )  # fmt: skip


_TAKEN_BACK = forms("suspend revoke withdraw cancel halt rescind pause freeze")
_LICENCES = words("licence licences license licenses permits permit approvals")
_CONTROLS = words("control controls requirement requirements rule rules restriction restrictions curbs ban")
_REQUIRES = forms("require need")
_REPLIES = forms("retaliate respond answer hit") | {"with"}
_GIVES_UP = forms("drop shelve abandon scrap")


def _given_up(keys: list[str]) -> bool:
    """`dropped plans to restrict`: it says that nothing comes, not that something is lifted."""
    return any(k in _GIVES_UP and {"plan", "plans"} & set(keys[i + 1 : i + 4]) for i, k in enumerate(keys))


def _action(keys: list[str], named: bool) -> str | None:
    """restrict, relax or keep: by the verb that stands before the restriction, or the one after it."""
    nouns = [i for i, k in enumerate(keys) if (k in CONTROL or k in _LISTS) and not _is_verb(keys, i)]
    first = nouns[0] if nouns else len(keys)
    for i, key in enumerate(keys):
        if key in _RELAXING:
            return "relax"
        if key in _REQUIRES and _LICENCES & set(keys[i + 1 : i + 5]):
            return "restrict"
        if key in _REPLIES and {"new"} & set(keys[i + 1 : i + 4]) and named:
            return "restrict"  # "retaliate with new controls"
        if key in STAY and (i > first or key not in _WEAK_STAY or (named and i < first and first - i <= 4)):
            return "keep"
        if key in _STRONG and not (
            named and i in nouns and key in ("ban", "bans", "curb", "curbs", "embargo", "blacklist")
        ):
            return "restrict"
        if key in _TAKEN_BACK and _LICENCES & set(keys[i + 1 : i + 6]) and not _CONTROLS & set(keys[i + 1 : i + 6]):
            return "restrict"  # "suspended export licences": what permitted is gone
        if key in RELAX and (named or set(keys) & _TRADE_ACTS):
            return "relax"
        if key in _IMPOSED and named and i not in nouns:
            return "restrict"
        if key in ("adding", "added", "add", "adds") and set(keys) & _LISTS:
            return "restrict"
    # "concerned about China's restrictions": they are there
    return "keep" if named and nouns else None


def _ends(frame: Frame) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Who restricts, and against whom."""
    row = frame.s.row
    inferred: list[str] = []
    aimed = [p.code for p in targets(frame, frame.first, frame.after)]
    free = [p for p in frame.places() if p.code not in aimed]
    subjects = []
    for p in free:
        before = [t.key for t in row[max(frame.first, p.first - 2) : p.first]]
        after = [t.key for t in row[p.after : p.after + 2]]
        people = {"companies", "firms", "entities", "students", "exporters", "buyers", "contractors"}
        if people & set(after[:1]):
            aimed.append(p.code)
            continue
        if {"to", "with", "from", "of", "in", "between", "for", "sake"} & set(before[-2:]):
            if {"to", "of"} & set(before) and p.code not in aimed:
                aimed.append(p.code)
            continue
        if {"talks", "negotiations"} & set(after) or (
            p.after < len(row) and row[p.after].glued and row[p.after].capital
        ):
            continue
        subjects.append(p.code)
    passive = [p.code for p in frame.places() if {"by"} & {t.key for t in row[max(frame.first, p.first - 2) : p.first]}]
    first = passive or subjects
    actor: str | None = first[0] if first else None
    said = frame.s.said_by(frame.first)
    if actor is None and said is not None and said.speaker.economy:
        actor = said.speaker.economy
        inferred.append("actor")
    if actor is None and frame.context.subject and frame.context.subject not in aimed:
        actor = frame.context.subject
        inferred.append("actor")
    if actor is None and aimed and frame.other(aimed[0]):
        actor = frame.other(aimed[0])
        inferred.append("actor")
    target = next((a for a in aimed if a != actor), None)
    if target is None and frame.other(actor):
        target = frame.other(actor)
        inferred.append("target")
    return actor, target, tuple(inferred)
