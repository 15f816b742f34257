"""Who speaks: persons known by a table or by the grammar of an introduction, their roles and affiliations."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Sequence
from dataclasses import dataclass, field

from detente.claims._tokens import Token, words
from detente.claims._words import EXPECT, SAY, economy_words, organisation_words, organisations, person_words, persons

_ROLES = words(
    "economist strategist analyst researcher advisor adviser president director secretary minister commentator"
    " professor fellow chairman chairwoman chair chief ceo head representative spokesperson spokesman spokeswoman"
    " ambassador premier commissioner partner lawyer expert scholar negotiator official senator governor"
    " chancellor lecturer specialist executive manager founder counsel historian trader investor farmer"
    " envoy diplomat person source insider aide lawmaker consultant broker banker importer exporter grower"
    " officer co-founder associate"
)
_ROLE_WORDS = _ROLES | words(
    "senior chief vice deputy former acting lead principal managing global trade treasury commerce foreign"
    " finance prime state assistant executive general us chinese research country visiting the a an and under"
    " economic asia china u.s of affairs policy"
)
_TITLES = words("secretary minister president representative premier commissioner mr ms mrs dr chancellor")
_PREPOSITIONS = words("at of from for with in")
_INSIDE = words("of and for the & de la du von van")
NOT_NAMES = words(
    "the a an in on at by for from as but and or if when while after before since this that these those it he she"
    " they we however despite according under following meanwhile although though both each some many most last"
    " next since once january february march april may june july august september october november december monday"
    " tuesday wednesday thursday friday saturday sunday section list phase article announcement annex chapter"
    " tariffs tariff duties our my his her their its your"
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person, an organisation, or a group such as analysts."""

    name: str
    role: str = ""
    affiliation: str = ""
    economy: str = ""
    group: bool = False


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A speaker on tokens `first` to `after`, the words of the introduction included."""

    first: int
    after: int
    speaker: Speaker


@dataclass
class Registry:
    """The persons an article has introduced, by the names it may call them later."""

    by_name: dict[str, Speaker] = field(default_factory=dict)

    def add(self, speaker: Speaker) -> Speaker:
        """Keep a speaker under the full name and each part of it; later facts complete earlier ones."""
        old = self.by_name.get(speaker.name.casefold())
        if old is not None:
            speaker = Speaker(
                speaker.name, speaker.role or old.role, speaker.affiliation or old.affiliation,
                speaker.economy or old.economy,
            )  # fmt: skip
        for part in (speaker.name, *speaker.name.split()):
            if len(part) > 1:
                self.by_name[part.casefold()] = speaker
        return speaker


def _known(name: str) -> Speaker:
    row = persons()[name]
    return Speaker(name, row["role"], row["affiliation"], row["economy"])


def find_people(row: Sequence[Token], registry: Registry) -> list[Mentioned]:
    """Persons in a sentence; the registry learns those it introduces."""
    out: list[Mentioned] = []
    i = 0
    while i < len(row):
        found = _unnamed(row, i) if row[i].key in _DETERMINERS else None
        found = found or (_person(row, i, registry) if row[i].capital else None)
        if found is None:
            body = organisation_words().match(row, i) if row[i].capital else None
            i = body[0] if body is not None else i + 1  # "Street Journal" is nobody's name
            continue
        out.append(found)
        i = found.after
    return out


_DETERMINERS = words("one a an another")
_MODIFIERS = 4
_GIVING = words("put puts gave gives sees saw")
"""Verbs by which somebody names a chance."""


def _unnamed(row: Sequence[Token], i: int) -> Mentioned | None:
    """`one analyst`, `a senior trade lawyer at a European bank`: somebody who speaks, without a name."""
    j = i + 1
    while j < len(row) and j <= i + _MODIFIERS and row[j].kind in ("word", "abbr") and row[j].key not in _ROLES:
        if row[j].key in SAY or row[j].key in _PREPOSITIONS:
            return None
        j += 1
    if j >= len(row) or row[j].key not in _ROLES:
        return None
    while j + 1 < len(row) and row[j + 1].key in _ROLES:
        j += 1
    name, j = " ".join(t.text for t in row[i : j + 1]), j + 1
    home, j, economy = _home(row, j)
    before, follows = row[i - 1].key if i else "", row[j].key if j < len(row) else ""
    if before not in SAY and follows not in SAY | EXPECT | _GIVING:
        return None
    return Mentioned(i, j, Speaker(name[0].lower() + name[1:], "", home, economy, True))


def _home(row: Sequence[Token], j: int) -> tuple[str, int, str]:
    """(organisation, token after, its economy) of `at Nomura`; of `at a European bank` only where it ends."""
    if j + 1 >= len(row) or row[j].key not in (*_PREPOSITIONS, "who", "familiar"):
        return "", j, ""
    known = organisation_words().match(row, j + 1)
    if known is not None:
        body = organisations()[known[1]]
        return body["name"], known[0], body["economy"]
    name, after = organisation_at(row, j + 1) if not economy_words().match(row, j + 1) else ("", j)
    if name:
        return name, after, ""
    k = j
    while k < len(row) and k < j + 8 and row[k].kind in ("word", "abbr") and row[k].key not in SAY | EXPECT:
        k += 1
    return "", k, ""


def _person(row: Sequence[Token], i: int, registry: Registry) -> Mentioned | None:
    hit = person_words().match(row, i)
    if hit is not None and not (hit[0] < len(row) and row[hit[0]].key == "administration"):
        return _introduced(row, i, hit[0], _known(hit[1]), registry)
    after = _name_end(row, i)
    if after - i >= 2:
        text = " ".join(t.text for t in row[i:after])
        known = _misspelt(text)
        if known or _is_introduction(row, i, after):
            return _introduced(row, i, after, _known(known) if known else Speaker(text), registry)
    return _surname(row, i, registry)


def _surname(row: Sequence[Token], i: int, registry: Registry) -> Mentioned | None:
    """A later mention by one name, or a title before a name of the table."""
    token = row[i]
    if token.key in NOT_NAMES or economy_words().match(row, i):
        return None
    if i + 1 < len(row) and row[i + 1].key in ("administration", "government"):
        return None
    speaker = registry.by_name.get(token.key)
    if speaker is not None:
        return Mentioned(i, i + 1, speaker)
    titled = i > 0 and row[i - 1].key in _TITLES
    name = _by_surname().get(token.key)
    if name is not None and (persons()[name]["economy"] or titled):
        return Mentioned(i, i + 1, registry.add(_known(name)))
    saying = (i > 0 and row[i - 1].key in SAY) or (i + 1 < len(row) and row[i + 1].key in SAY)
    if name is not None and saying and len(token.key) > 4 and _alone(token.key):
        return Mentioned(i, i + 1, registry.add(_known(name)))  # "..., said Cutler"
    if titled and len(token.key) > 4:
        names = {e["surname"].casefold(): n for n, e in persons().items() if e["economy"]}
        close = difflib.get_close_matches(token.key, names, n=1, cutoff=0.8)
        if close:
            return Mentioned(i, i + 1, registry.add(_known(names[close[0]])))
    return None


def _name_end(row: Sequence[Token], i: int) -> int:
    """The token after two to four capitalised words that may be a name."""
    j = i
    while j < len(row) and j < i + 4 and row[j].kind == "word" and row[j].capital and row[j].key not in NOT_NAMES:
        if row[j].text.isupper() and len(row[j].text) > 1:
            break
        if row[j].key in _ROLES or economy_words().match(row, j) or (organisation_words().match(row, j) and j == i):
            break
        j += 1
        if j < len(row) and row[j].text == "." and len(row[j - 1].text) == 1:
            j += 1
    return j


def _misspelt(text: str) -> str:
    """The person of the table whose first name is the same and whose surname is nearly so."""
    first, _, last = text.partition(" ")
    for name, surname in _by_first_name().get(first, ()):
        if 3 < len(last) < 30 and difflib.SequenceMatcher(None, last, surname).ratio() >= 0.75:
            return name
    return ""


@functools.cache
def _by_first_name() -> dict[str, list[tuple[str, str]]]:
    """(full name, the rest of it) of the persons of the table, by first name."""
    out: dict[str, list[tuple[str, str]]] = {}
    for name in persons():
        first, _, rest = name.partition(" ")
        out.setdefault(first, []).append((name, rest))
    return out


@functools.cache
def _by_surname() -> dict[str, str]:
    """Persons whose surname is one word, by it; the first of the table where two share it."""
    out: dict[str, str] = {}
    for name, entry in persons().items():
        if " " not in entry["surname"]:
            out.setdefault(entry["surname"].casefold(), name)
    return out


def _alone(surname: str) -> bool:
    """Whether one person of the table alone has a surname."""
    return sum(e["surname"].casefold() == surname for e in persons().values()) == 1


def _is_introduction(row: Sequence[Token], i: int, after: int) -> bool:
    """Whether a role stands before or after a name, or a verb of saying beside it."""
    if i and (row[i - 1].key in _ROLES or row[i - 1].key in SAY):
        return True
    j = after
    if j < len(row) and row[j].text == ",":
        return any(t.key in _ROLES or t.key in ("who", "whose") for t in row[j + 1 : j + 8])
    while j < len(row) and row[j].key in ("also", "has", "had", "further", "then", "later", "recently", "told"):
        j += 1
    return j < len(row) and (row[j].key in SAY or row[j].key in EXPECT)


def _introduced(row: Sequence[Token], i: int, after: int, speaker: Speaker, registry: Registry) -> Mentioned:
    """The mention with its apposition: `, chief economist at X,` after it or `X economist` before it."""
    role, affiliation, end = speaker.role, speaker.affiliation, after
    if after < len(row) and row[after].text in (",", "(") and _apposition(row, after + 1):
        role_text, aff_text, end = _read_apposition(row, after + 1)
        role, affiliation = role_text or role, aff_text or affiliation
    elif (
        after < len(row) and row[after].key in ("of", "at", "from") and after + 1 < len(row) and row[after + 1].capital
    ):
        affiliation, end = organisation_at(row, after + 1)
    first = i
    if i and row[i - 1].key in _ROLES:
        while first and (row[first - 1].key in _ROLE_WORDS or row[first - 1].key in _ROLES):
            first -= 1
        role = role or " ".join(t.text for t in row[first:i]).strip()
        if not affiliation:
            affiliation, first = _before(row, first)
    found = registry.add(Speaker(speaker.name, role, affiliation, speaker.economy))
    return Mentioned(first, end, found)


def _apposition(row: Sequence[Token], i: int) -> bool:
    return any(t.key in _ROLES for t in row[i : i + 7]) and not any(
        t.key in SAY and t.key not in ("lead", "head") for t in row[i : i + 2]
    )


def _read_apposition(row: Sequence[Token], i: int) -> tuple[str, str, int]:
    """(role, affiliation, token after) of `chief economist at X, a bank,`."""
    j, role_end, affiliation = i, i, ""
    while j < len(row) and row[j].text not in (",", ";", ")") and row[j].key not in SAY and row[j].kind != "quote":
        if not affiliation and row[j].key in _PREPOSITIONS and role_end == i:
            name, after = organisation_at(row, j + 1)
            if name:
                role_end, affiliation, j = j, name, after
                continue
        j += 1
    role = " ".join(t.text for t in row[i : role_end if role_end > i else j] if t.key not in ("a", "an", "the"))
    # a second apposition, ", a US investment bank,", belongs to the first
    if j + 1 < len(row) and row[j].text == "," and row[j + 1].key in ("a", "an", "the"):
        k = j + 1
        while k < len(row) and row[k].text != "," and row[k].key not in SAY and k < j + 10:
            k += 1
        if k < len(row) and row[k].text == ",":
            j = k
    return role, affiliation, j


def organisation_at(row: Sequence[Token], i: int) -> tuple[str, int]:
    """A run of capitalised words, `of`, `and` between them, that names an organisation."""
    while i < len(row) and row[i].key in ("the", "us", "u.s"):
        i += 1
    known = organisation_words().match(row, i) if i < len(row) else None  # "Moody's Analytics" is no owner
    if known is None and i + 1 < len(row) and row[i].capital and row[i + 1].kind == "poss":
        i += 2
        known = organisation_words().match(row, i) if i < len(row) else None
    j = known[0] if known else i
    while j < len(row) and (row[j].capital or (row[j].key in _INSIDE and j > i and j + 1 < len(row))):
        if row[j].key in _INSIDE and not row[j + 1].capital:
            break
        j += 1
    if j == i:
        return "", i
    # as written, the hyphens of a name included
    return "".join(_space(row, k) * (k > i) + row[k].text for k in range(i, j)), j


def _space(row: Sequence[Token], k: int) -> str:
    """What stands before a token inside a name."""
    return "" if row[k].kind == "poss" else "-" if _hyphen(row, k) else " "


def _hyphen(row: Sequence[Token], k: int) -> bool:
    return row[k].glued and row[k].start == row[k - 1].end + 1


def _before(row: Sequence[Token], first: int) -> tuple[str, int]:
    """The organisation written before a role: `Goldman Sachs economist`, `Evercore's chief strategist`."""
    j = first
    if j and row[j - 1].kind == "poss":
        j -= 1
    k = j
    while k and row[k - 1].capital and row[k - 1].key not in NOT_NAMES and k > j - 5:
        k -= 1
    text = " ".join(t.text for t in row[k:j])
    if not text or economy_words().match(row, k):
        return "", first
    hit = organisation_words().match(row, k)
    return (text if hit is None or hit[0] < j else organisations()[hit[1]]["name"]), k
