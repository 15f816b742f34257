"""Who says what: verbs of saying with their subjects, and the stretch of the sentence each governs."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field

from detente import economies
from detente.claims._chances import CHANCE
from detente.claims._people import NOT_NAMES, Mentioned, Registry, Speaker, find_people, organisation_at
from detente.claims._tokens import QUOTES, Token, words
from detente.claims._words import (
    DENY,
    EXPECT,
    PROMISE,
    SAY,
    THREATEN,
    economy_words,
    forms,
    organisation_words,
    organisations,
)

_GROUPS = words(
    "analysts economists experts observers critics officials traders investors strategists researchers"
    " commentators diplomats sources negotiators lawyers executives businesses companies lawmakers economist"
    " official"
)
_SOME = words("some others many several most")
_BEFORE = words("on by with to from at in of about for via against into over than like between under after")
_VERBS = SAY | EXPECT | DENY | PROMISE | THREATEN
_NOT_VERBS = words(
    "report reports forecast forecasts claim claims estimate estimates project projects share shares read call"
    " calls note notes found shows show post state states point points add comment comments see consider"
    " considered hope agreed feel dispute disputes promise promises doubt"
)
_GIVING = forms("put give assign attach see") | {"rate", "rates", "priced", "pricing"}
_CANDIDATES = 12
"""Speakers before a verb of saying that may be its subject: enough for any sentence, and a bound on time."""
_REACH = 60
_DETERMINERS = words("its their his her a an the this that any of no 's ’s each s")
_BE = words("is are was were be been being")


@dataclass(frozen=True, slots=True)
class Attribution:
    """A verb of saying at token `verb`, its subject at `who`; what it governs runs from `first` to `after`."""

    verb: int
    speaker: Speaker
    first: int
    after: int
    who: int = -1
    named: int = -1
    """The token after the speaker's introduction."""


@dataclass
class Voices:
    """What is remembered from sentence to sentence: persons, and who spoke last."""

    registry: Registry = field(default_factory=Registry)
    last: Speaker | None = None
    paragraph: int = -1
    open_quote: bool = False


def attributions(row: Sequence[Token], voices: Voices, paragraph: int, begin: int = 0) -> list[Attribution]:
    """Every attribution in a sentence from token `begin` on, in order; `voices` moves on."""
    if paragraph != voices.paragraph:
        voices.open_quote = False
    voices.paragraph = paragraph
    people = find_people(row, voices.registry)
    speakers = [m for m in _speakers(row, people, voices) if m.first >= begin]
    out: list[Attribution] = []
    for i in range(len(row)):
        found = _according(row, i, speakers) or _verb(row, i, speakers)
        if found is not None:
            out.append(found)
    starts_quoted = bool(row) and row[0].text in QUOTES
    if not out and voices.last is not None and (starts_quoted or voices.open_quote):
        out.append(Attribution(0, voices.last, 0, len(row)))
    persons = [a.speaker for a in out if a.speaker.role not in ("government", "press") and not a.speaker.group]
    if persons:
        voices.last = persons[-1]
    _track_quotes(row, voices)
    return _scoped(row, out)


def _track_quotes(row: Sequence[Token], voices: Voices) -> None:
    for token in row:
        if token.text in "“„«":
            voices.open_quote = True
        elif token.text in "”»":
            voices.open_quote = False
        elif token.text == '"':
            voices.open_quote = not voices.open_quote


def _speakers(row: Sequence[Token], people: list[Mentioned], voices: Voices) -> list[Mentioned]:
    """Persons, organisations, groups, governments and pronouns that could be a subject, in order."""
    taken = {k for m in people for k in range(m.first, m.after)}
    out = list(people)
    for first, after, name in organisation_words().find(row):
        if first not in taken:
            entry = organisations()[name]
            out.append(Mentioned(first, after, _body(name, entry)))
            taken |= set(range(first, after))
    for first, after, code in economy_words().find(row):
        if first not in taken:
            out.append(Mentioned(first, after, Speaker(economies.name_of(code), "government", "", code)))
            taken |= set(range(first, after))
    for i, token in enumerate(row):
        if i in taken:
            continue
        if token.key in _GROUPS:
            first = i - 1 if i and (row[i - 1].capital or row[i - 1].key in ("some", "many", "most")) else i
            home, after = "", i + 1
            if i + 2 < len(row) and row[i + 1].key in ("at", "from", "with") and row[i + 2].capital:
                home, after = organisation_at(row, i + 2)
                out = [m for m in out if not i < m.first < after]
                taken |= set(range(i, after))
            out.append(Mentioned(first, after, Speaker(_plain(row[first : i + 1]), "", home, "", True)))
        elif _unknown_name(row, i):
            out.append(Mentioned(i, i + 1, Speaker(token.text)))
        elif token.key in _SOME and i + 1 < len(row) and row[i + 1].key in _VERBS:
            out.append(Mentioned(i, i + 1, Speaker(token.key, "", "", "", True)))
        elif (token.key in ("he", "she") and voices.last is not None) or (
            token.key == "they" and voices.last is not None and voices.last.group
        ):
            out.append(Mentioned(i, i + 1, voices.last))
    return sorted(out, key=lambda m: m.first)


def _unknown_name(row: Sequence[Token], i: int) -> bool:
    """`Denton said`, `says Treyz, who`: a name that nothing introduced, right beside a verb of saying."""
    token = row[i]
    if (
        not token.capital
        or token.kind != "word"
        or len(token.key) < 4
        or token.key in NOT_NAMES
        or token.text.isupper()
    ):
        return False
    before, after = (row[k].key if 0 <= k < len(row) else "" for k in (i - 1, i + 1))
    if after in _SAID and (
        not i or row[i - 1].text in (",", ".", ";") or row[i - 1].text in QUOTES or before in _LEADING
    ):
        return True
    ends = i + 1 >= len(row) or row[i + 1].text in (",", ".")
    inverted = i > 1 and before in ("said", "says") and (row[i - 2].text == "," or row[i - 2].text in QUOTES)
    return inverted and ends


_SAID = words("said says told warned wrote argued")
_LEADING = words("but and while although as that")


def _body(name: str, entry: dict[str, str]) -> Speaker:
    """An organisation as a speaker; a ministry speaks for its government."""
    home = f"government of {economies.name_of(entry['economy'])}" if entry["kind"] == "government" else ""
    return Speaker(name, entry["kind"], home, entry["economy"])


def _plain(row: Sequence[Token]) -> str:
    text = " ".join(t.text for t in row)
    return text[0].lower() + text[1:] if row[0].key in _GROUPS | _SOME else text


def _according(row: Sequence[Token], i: int, speakers: list[Mentioned]) -> Attribution | None:
    """`according to X`, `reports from X`."""
    keys = [t.key for t in row[i : i + 2]]
    if keys != ["according", "to"] and not (
        keys and keys[0] in ("reports", "report") and keys[1:] in (["from"], ["by"])
    ):
        return None
    for m in speakers:
        if i + 1 < m.first <= i + 6:
            if _PAPERS & {t.key for t in row[i + 2 : m.first]}:
                return None  # "according to the final deal, Japanese makers ..."
            return Attribution(i, m.speaker, i, m.after, m.first, m.after)
    return None


_PAPERS = words("deal agreement statement document documents text order reports notice framework accord announcement ,")


def _verb(row: Sequence[Token], i: int, speakers: list[Mentioned]) -> Attribution | None:
    key = row[i].key
    odds = key in _GIVING and bool(CHANCE & {t.key for t in row[i + 1 : i + 8]})
    if (key not in _VERBS and not odds) or row[i].kind != "word":
        return None
    if key in _NOT_VERBS and not _finite(row, i):
        return None
    if i and (row[i - 1].key in _DETERMINERS or (row[i - 1].key in DENY and key in _NOT_VERBS)):
        return None  # "denied reports that"
    if i + 1 < len(row) and row[i + 1].key == "by":
        after = [m for m in speakers if i + 1 < m.first <= i + 6 and not row[i + 2].key.endswith("ing")]
        return Attribution(i, after[0].speaker, i, after[0].after, after[0].first, after[0].after) if after else None
    if i and row[i - 1].key == "had" and key in EXPECT:
        return None  # "worse than economists had hoped": a yardstick, not what is said
    if i and row[i - 1].key in ("i", "we"):
        return None  # the author's own voice, whoever else the sentence names
    if {t.key for t in row[max(0, i - 2) : i]} & _BE and not key.endswith("ing"):
        return None  # "are expected to" has no one who expects
    at = bisect.bisect_left(speakers, i, key=lambda m: m.first)
    for m in reversed(speakers[max(0, at - _CANDIDATES) : at]):
        relative = m.first and key in _PLEDGES | _MAKES_KNOWN and row[m.first - 1].key in _RATED
        between = row[m.after : i]
        if key in _PLEDGES and any(t.key == "and" for t in between) and any(t.capital for t in between):
            return None  # "Trump ordered a duty, and South Korea's Hyundai pledged": somebody else
        if m.after <= i and relative:
            return None  # "the 30 % Trump had threatened": an aside, not a voice
        if m.after <= i and _subject(row, m, i):
            return Attribution(i, m.speaker, i, i + 1, m.first, m.after)
        if m.after <= i and key in _PLEDGES and _acts(row, m, i):
            return None  # "while China agrees to ..." within what somebody says: China acts, nobody speaks
    behind = [
        m
        for m in speakers[at : at + _CANDIDATES]
        if i < m.first <= i + 3
        and key in SAY | EXPECT
        and m.speaker.role != "government"
        and not key.endswith("ing")
        and row[i + 1].key != "that"
    ]
    if behind and i and (row[i - 1].text in (",", "?", "!") or row[i - 1].text in QUOTES or row[i - 1].text == "’"):
        return Attribution(i, behind[0].speaker, i, behind[0].after, behind[0].first, behind[0].after)
    return None


_PLEDGES = PROMISE | THREATEN
_MAKES_KNOWN = forms("announce propose unveil impose")
_RATED = words("% percent tariff tariffs rate rates duty duties levy")


def _acts(row: Sequence[Token], m: Mentioned, verb: int) -> bool:
    """Whether a government stands right before a verb, with nothing but an adverb or an auxiliary between."""
    between = row[m.after : verb]
    return m.speaker.role == "government" and len(between) <= 2 and all(t.kind == "word" for t in between)


def _finite(row: Sequence[Token], i: int) -> bool:
    """Whether a word that is often a noun is a verb here: `that` or a quotation follows, or an adverb leads."""
    after = row[i + 1].key if i + 1 < len(row) else ""
    return after in ("that", ",", ":", "a", "the", "an", "out", "it", "us", "china", "to") or after in QUOTES


def _subject(row: Sequence[Token], m: Mentioned, verb: int) -> bool:
    """Whether a mention can be the subject of the verb: no preposition before it, nothing but asides between."""
    if m.first and row[m.first - 1].key in _BEFORE:
        return False
    first = m.first
    if first > 1 and row[first - 1].key in ("the", "a") and row[first - 2].key in _BEFORE:
        return False
    if verb - m.after > _REACH:
        return False
    between = row[m.after : verb]
    if any(t.text in QUOTES for t in between) and verb - m.after > 1:
        # the quotation between them belongs to the same speaker: `X said, "...," and added`
        return any(t.key in _VERBS for t in between) and m.speaker.role != "government"
    if m.after < len(row) and row[m.after].kind == "poss":
        return False
    near = verb - m.after <= (3 if m.speaker.role == "government" else 24)
    if m.speaker.role == "government":
        # a government that agrees or insists acts; only one that says something is a voice
        near = near and row[verb].key in SAY and row[verb].key not in _ACTS and _finite_said(row, verb)
        near = near and all(t.key in _LIGHT or t.key in SAY for t in between)
    return near


_ACTS = words(
    "insist insists insisted add adds added post posted call called contend maintain maintained propose proposed"
)


def _finite_said(row: Sequence[Token], verb: int) -> bool:
    after = row[verb + 1].key if verb + 1 < len(row) else ""
    return after in ("that", ",", "on", "it", "in", ":", "the", "") or after in QUOTES or row[verb].key == "said"


_LIGHT = words(
    "has have had also further then later recently on already again officially repeatedly , monday tuesday"
    " wednesday thursday friday saturday sunday"
)


def _scoped(row: Sequence[Token], found: list[Attribution]) -> list[Attribution]:
    """Give each attribution its stretch: from its verb to the next one; the first also reaches back over a
    quotation."""
    out = []
    for n, a in enumerate(found):
        end = found[n + 1].verb if n + 1 < len(found) else len(row)
        first = a.verb
        if n == 0 and _reaches_back(row, a):
            first = 0
        out.append(Attribution(a.verb, a.speaker, first, end, a.who, a.named))
    return out


def _reaches_back(row: Sequence[Token], a: Attribution) -> bool:
    """Whether what is said stands before the verb: `"...", X said.` or `..., according to X.`"""
    if row[a.verb].key in ("according", "reports", "report"):
        return True
    left = row[: a.verb]
    if any(t.text in QUOTES for t in left):
        return True
    comma = next((i for i in range(a.verb - 1, -1, -1) if row[i].text == ","), -1)
    if comma >= 0 and row[comma + 1].key in _JOINS:
        return False  # "duties fell, but economists warn of more": a statement of its own
    tail = [t for t in row[a.verb + 1 :] if t.kind in ("word", "number")]
    return len(tail) <= 8 and any(t.text == "," for t in left) and "that" not in {t.key for t in tail}


_JOINS = words("but and while although though yet so because which who")


def speaker_at(found: Sequence[Attribution], i: int) -> Attribution | None:
    """The innermost attribution whose stretch holds token `i`."""
    held = [a for a in found if a.first <= i < a.after]
    return held[-1] if held else None
