"""A sentence with everything marked on it, and its clauses: the stretches one claim may stand on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from detente.claims import _dates, _quantities
from detente.claims._chances import CHANCE
from detente.claims._dateline import dateline
from detente.claims._lists import listed
from detente.claims._people import Mentioned, find_people
from detente.claims._quantities import Quantity
from detente.claims._speech import Attribution, Voices, attributions, speaker_at
from detente.claims._tokens import QUOTES, Token, tokens, words
from detente.claims._words import (
    ACTION,
    DOWN,
    FLOW,
    IMPOSE,
    TARIFF,
    UP,
    economy_words,
    forms,
    organisation_words,
    topic_words,
)

_HEADS = ("president", "premier", "prime minister", "former president")
_ALWAYS = words("while whereas although though but which")
_AFTER_COMMA = words("as after before when if because so since unless until with yet where nor then up")
_REACHED = words("reached signed struck agreed sealed concluded brokered negotiated")
_EFFECTIVE = words("effective starting beginning from effect force until by due kick kicks begin begins start starts")
_ISSUES = words("announcing sign signs signed signing issue issues issued issuing ordered")
_TELLS = forms("announce say tell release publish unveil post tweet report reveal confirm declare") - {"report", "post"}
_DEALS = words("deal agreement accord pact truce agreements deals law act")
_SUMMING = words("builds adds comprises consists combines")
_TOTALS = words("total combined overall cumulative")
_SUBJECTS = words("it they he she we both each this these those")


@dataclass(frozen=True, slots=True)
class Place:
    """An economy named on tokens `first` to `after`."""

    first: int
    after: int
    code: str


@dataclass
class Sentence:
    """The tokens of a sentence and what was found on them; indices count tokens."""

    text: str = field(repr=False)
    row: list[Token] = field(repr=False)
    paragraph: int
    quantities: list[Quantity]
    dates: list[_dates.Mention]
    people: list[Mentioned]
    economies: list[Place]
    topics: list[tuple[int, int, str]]
    attributions: list[Attribution]
    clauses: list[tuple[int, int]]
    listed: dict[int, str] = field(default_factory=dict)
    """First token of a rate to the economy that bears it, in a list of several."""
    resolved: dict[int, tuple[dt.date, dt.date]] = field(default_factory=dict)
    """First token of a date to its days, once the article's own date is known."""

    def keys(self, first: int, after: int) -> list[str]:
        """The keys of some tokens."""
        return [t.key for t in self.row[first:after]]

    def plain_keys(self, first: int, after: int) -> list[str]:
        """The keys of some tokens, those of dates left out: `in May` is no modal verb."""
        dated = {k for m in self.dates for k in range(m.first, m.after)}
        return [self.row[k].key for k in range(first, after) if k not in dated]

    def named_by(self, m: _dates.Mention) -> bool:
        """Whether a date only names something: `the deal of 2020`, `last month's summit`."""
        poss = m.after < len(self.row) and self.row[m.after].kind == "poss"
        before = self.keys(max(0, m.first - 2), m.first)
        lead = self.keys(max(0, m.first - 6), m.first)
        if _REACHED & set(lead[-2:]) and _DEALS & set(lead):
            return True  # "a trade deal reached last year"
        if "than" in self.keys(max(0, m.first - 5), m.first) and m.kind == "year":
            return True  # "200 billion more than it did in 2017"
        return poss or (m.kind == "year" and before[-1:] == ["of"] and bool(_DEALS & set(before)))

    def announced(self, m: _dates.Mention) -> bool:
        """Whether a day is only when something was made known: `announced on Tuesday that`, `on Friday said`,
        `announcing 25 % on Chinese goods on Tuesday`."""
        begin = next((a for a, b in self.clauses if a <= m.first < b), 0)
        if m.kind == "day" and not _EFFECTIVE & set(self.keys(max(0, m.first - 4), m.first)):
            back = self.keys(begin if m.part == "weekday" else max(begin, m.first - 10), m.first)
            told = next((i for i, k in enumerate(back) if k in _TELLS or k in _ISSUES), None)
            if told is not None and (m.part == "weekday" or not IMPOSE & set(back[told + 1 :])):
                return True
        at = m.first - 1
        named = {k for p in self.economies for k in range(p.first, p.after)}
        while at > 0 and (self.row[at].key in ("on", "in", "late", "early", ",", "against", "for") or at in named):
            at -= 1
        told = self.row[at].key in _TELLS if at >= 0 and m.first else False
        return told or (m.kind == "day" and m.after < len(self.row) and self.row[m.after].key in _TELLS)

    def said_by(self, i: int) -> Attribution | None:
        """Who says what stands at token `i`."""
        return speaker_at(self.attributions, i)

    def span(self, first: int, after: int) -> tuple[int, int]:
        """Characters of some tokens, without the punctuation and conjunctions around them."""
        row = self.row
        while first < after - 1 and (row[first].kind in ("mark", "quote", "dash") or row[first].key in _LEADING):
            if row[first].text in "$€£¥([":
                break
            first += 1
        opened = sum(1 for t in row[first:after] if t.text == "(")
        while after - 1 > first and row[after - 1].kind in ("mark", "quote", "dash", "poss"):
            if row[after - 1].text in "%％" or (row[after - 1].text == ")" and opened):
                break
            after -= 1
        return row[first].start, row[after - 1].end


_LEADING = words("and but while whereas which that or so although though yet then")


def view(text: str, start: int, end: int, paragraph: int, voices: Voices) -> Sentence:
    """Read one sentence; `voices` remembers who has spoken."""
    row = tokens(text, start, end)
    begin = dateline(row)
    said = attributions(row, voices, paragraph, begin)
    people = [m for m in find_people(row, voices.registry) if m.first >= begin]
    dates = _dates.mentions(row)
    dated = {k for m in dates for k in range(m.first, m.after)}
    sizes = [
        q for q in _quantities.quantities(row) if q.first not in dated or q.unit in ("days", "weeks", "months", "years")
    ]
    taken = {k for m in people for k in range(m.first, m.after)}
    places = [Place(a, b, code) for a, b, code in economy_words().find(row) if a not in taken and a >= begin]
    places = [p for p in places if not _names_more(row, p)]
    places += [
        Place(m.first, m.after, m.speaker.economy)
        for m in people
        if m.speaker.economy and m.speaker.role.casefold().startswith(_HEADS)
    ]
    sentence = Sentence(
        text,
        row,
        paragraph,
        sizes,
        dates,
        people,
        sorted(places, key=lambda p: p.first),
        _topics(row, said),
        said,
        [],
    )
    sentence.listed = listed(row, sentence.economies, sizes)
    sentence.clauses = [(a, b) for a, b in clauses(sentence) if a >= begin]
    return sentence


def _names_more(row: list[Token], p: Place) -> bool:
    """Whether a name is part of another: `US$4 billion`, `North American exports`."""
    money = p.after < len(row) and row[p.after].text == "$"
    part = p.first > 0 and row[p.first - 1].key in ("north", "south", "latin", "central")
    return money or (part and row[p.first].key.startswith("america"))


def _topics(row: list[Token], said: Sequence[Attribution]) -> list[tuple[int, int, str]]:
    """Topics named, those in the names of organisations left out: the International Energy Agency is no energy."""
    named = {k for a, b, _ in organisation_words().find(row) for k in range(a, b)}
    named |= {k for a in said if a.who >= 0 for k in range(a.who, a.named) if row[k].capital and k}
    return [t for t in topic_words().find(row) if t[0] not in named and not _other_baseline(row, t[0])]


def _other_baseline(row: Sequence[Token], i: int) -> bool:
    """Whether a baseline is none of duties: `the recession baseline`."""
    if row[i].key != "baseline":
        return False
    near = row[max(0, i - 6) : i + 7]
    return not any(t.key in TARIFF or t.kind == "number" for t in near)


def clauses(sentence: Sentence) -> list[tuple[int, int]]:
    """Cut a sentence where a new statement begins: at colons, dashes, quotations, conjunctions with a verb of their
    own."""
    row = sentence.row
    starts = {place.first for place in sentence.economies} | {m.first for m in sentence.people}
    verbs = {a.verb for a in sentence.attributions}
    cuts = [0]
    depth = 0
    for i in range(1, len(row)):
        before = row[i - 1]
        if before.text in "([" and before.kind == "mark":
            depth += 1
        elif before.text in ")]" and before.kind == "mark":
            depth = max(0, depth - 1)
        if depth == 0 and _cut(row, i, starts, verbs, cuts[-1]):
            cuts.append(i)
    return [(a, b) for a, b in zip(cuts, [*cuts[1:], len(row)], strict=True) if b > a]


def _cut(row: Sequence[Token], i: int, starts: set[int], verbs: set[int], since: int) -> bool:
    before, token = row[i - 1], row[i]
    if before.text == ":" and (token.kind == "number" or (token.key in ("a", "an") and _number(row, i + 1))):
        return False  # "55 %: 10 plus 20 plus 25"
    if before.text in (";", ":", "…") or (before.kind == "dash" and before.text in "–—―-" and not token.glued):
        return True
    if before.text in QUOTES and i > 1 and row[i - 2].text in (",", ":", ".", "?", "!"):
        return True
    if before.text in QUOTES and (i - 2) in verbs:
        return True
    if before.key == "that" and row[i - 2].key not in CHANCE and any(v in verbs for v in range(max(0, i - 8), i)):
        return True
    if token.key in _ALWAYS:
        summed = _SUMMING & {t.key for t in row[i : i + 5]}
        return not (token.key == "which" and (before.key == "of" or summed or _resumes(row, i)))
    if before.text == ",":
        if token.key in ("half", "double", "twice") and i + 1 < len(row) and row[i + 1].key in ("the", "what"):
            return True  # ", half the 30 % Trump had threatened"
        rest = [t.key for t in row[i : i + 4]]
        if {"twice", "double", "half", "triple"} & set(rest[1:]) and {"the", "what"} & set(rest) and rest[0] in _ABOUT:
            return True  # ", more than twice the rate for EU goods"
        if token.key in _AFTER_COMMA and token.key not in ("up",):
            return True
        if token.key in ("and", "or"):
            said = i + 1 < len(row) and row[i + 1].key == "that"  # ", and that its tariff would stay"
            said = said or any(v in verbs and not _verbal(row, i + 1) for v in range(i + 2, i + 5))
            return said or _begins(row, i + 1, starts) or _verbal(row, i + 1)
        if token.key in _REASONING:
            return True  # ", citing Canada's failure to act": a statement of its own
        if token.key == "a" and i + 1 < len(row) and row[i + 1].key in _JUDGED:
            return True  # ", a move likely to remain controversial"
        if token.key.endswith("ing") and token.key in ACTION and token.key != "including":
            return not _TOTALS & {t.key for t in row[i : i + 5]}
        # "After the truce, China ...": what leads in belongs to what follows
        opening = row[since].key in _OPENINGS and since + 12 > i
        return not opening and (i in starts or token.key in _SUBJECTS) and _begins(row, i, starts)
    subordinate = token.key in _SUBORDINATING and i > since + 1 and (before.kind != "number" or token.key == "because")
    if subordinate and (_begins(row, i + 1, starts) or _duty_moves(row, since, i)):
        return True
    if token.key == "and" and i > since + 1 and _goes_on_to_bear(row, since, i):
        return True
    acted = any(t.key in ACTION and t.head.islower() for t in row[since:i])
    if token.key == "and" and i + 1 < len(row) and row[i + 1].key in ("said", "says", "warned", "told") and acted:
        return True  # "raised its duties to 125 % and said it would ..."
    if token.key != "and" or not _begins(row, i + 1, starts):
        return False
    # "the US and China agreed": two subjects of one verb, not two statements
    return any(t.head.islower() and (t.key in ACTION or t.key in _AUXILIARIES) for t in row[since:i])


_JUDGED = words("move step decision shift sign blow gesture")
_REASONING = words(
    "citing claiming arguing blaming alleging accusing saying noting complaining warning insisting"
    " dismissing rejecting shrugging ignoring preventing averting avoiding"
)
_ABOUT = words("more less nearly almost about roughly over just")
_SUBORDINATING = words("if after as because once since")
_OPENINGS = words(
    "in on after as with by under during for at amid despite following since prior according before from until"
    " given over ahead last this next"
)
_TAKES = words("took came kicked began took expired went")


def _goes_on_to_bear(row: Sequence[Token], since: int, i: int) -> bool:
    """Whether `and` begins a statement on a duty the same subject bears: `sells wheat and now faces a 17 % duty`."""
    j = i + 1
    while j < len(row) and row[j].key in ("now", "also", "still", "will", "would", "must", "to", "then"):
        j += 1
    if j >= len(row) or row[j].key not in _BORNE or any(t.key in _BORNE for t in row[since:i]):
        return False
    return any(t.kind == "number" for t in row[j + 1 : j + 6])


_BORNE = forms("face pay accept endure suffer")


def _duty_moves(row: Sequence[Token], since: int, i: int) -> bool:
    """Whether trade moves before token `i` and a duty has a verb of its own after it: `exports fell 12 % after the
    50 % tariff took effect`."""
    told = {t.key for t in row[since:i]}
    if i + 1 >= len(row) or row[i + 1].key not in _ARTICLES or not (FLOW & told and (DOWN | UP) & told):
        return False
    duty = next((k for k in range(i + 2, min(i + 8, len(row))) if row[k].key in TARIFF), None)
    return duty is not None and any(t.key in _TAKES or t.key in _AUXILIARIES for t in row[duty + 1 : duty + 3])


_ARTICLES = words("the a an its his their new higher")
_AUXILIARIES = words("is are was were has have had will would could may might can")


def _number(row: Sequence[Token], i: int) -> bool:
    return i < len(row) and row[i].kind == "number"


def _resumes(row: Sequence[Token], i: int) -> bool:
    """Whether a relative clause is closed by a comma and the main verb: `rare earths, which ..., are monopolised`."""
    return any(row[k].text == "," and row[k + 1].key in _AUXILIARIES for k in range(i, min(i + 40, len(row) - 1)))


def _begins(row: Sequence[Token], i: int, starts: set[int]) -> bool:
    """Whether a subject stands at token `i` and a verb of action soon after it."""
    j = i
    while j < len(row) and row[j].key in ("the", "its", "their", "also", "then"):
        j += 1
    if j >= len(row) or not (j in starts or row[j].key in _SUBJECTS):
        return False
    if j in starts and any(t.key in TARIFF for t in row[j + 1 : j + 4]):
        return True
    for t in row[j + 1 : j + 8]:
        if t.text in (",", ";") or t.key in ("on", "from", "against"):
            return False
        if t.key in ACTION or t.key in ("will", "would", "has", "have", "is", "are", "was", "were", "to"):
            return t.key != "to"
    return False


def _verbal(row: Sequence[Token], i: int) -> bool:
    """Whether a verb follows at once: `, and has lowered`, `, and added`, `, and threatening`."""
    while i < len(row) and row[i].key in ("has", "have", "had", "will", "would", "also", "then", "to"):
        i += 1
    return i < len(row) and (row[i].key in ACTION or row[i].key.endswith("ing")) and row[i].key != "including"
