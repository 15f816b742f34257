"""What the claims of one clause share: speaker, modality, dates, who acts on whom."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, field
from typing import Any

from detente.claims._chances import Chance, chances, verbal
from detente.claims._claim import Claim
from detente.claims._clause import Place, Sentence
from detente.claims._dates import Mention
from detente.claims._modality import mood
from detente.claims._quantities import Quantity
from detente.claims._tokens import words
from detente.claims._words import DOUBT

_THEN = words("was were had did")
_AHEAD = words("will would shall could may might")
_MANY_OF = words("countries nations economies partners country")
_MANY = words("dozens all most many other several some every trading of each various remaining scores no any")
_WORLD = _MANY_OF | words("worldwide universal globally elsewhere")
_BEGAN = words("imposed announced threatened introduced levied unveiled earlier enacted")
_NOW = words("now currently")
_SITE = words("in ( at")
_LED_BY = words("after because following since when while despite")
_BY_ANNOUNCEMENT = ("control", "meeting", "forecast", "assessment")
"""Kinds that the day of an announcement dates: which control, not since when it holds."""
_ANSWERS = words("response retaliation reaction answer return reprisal exchange revenge")
MOST = 16
"""Numbers read in one clause: reading the cells of a table pair by pair would take quadratic time."""


def _counted(keys: list[str], i: int) -> bool:
    """`69 trading partners`; two are the two of the article."""
    return any(k[:1].isdigit() and k != "2" for k in keys[max(0, i - 3) : i])


def _bare(keys: list[str], i: int) -> bool:
    """`goods from countries not listed`."""
    plain = not i or keys[i - 1] in ("from", "on", "for", "against", "of")
    return plain and keys[i + 1 : i + 2] != ["the"]


@dataclass
class Context:
    """What the article has said so far that later sentences lean on."""

    anchor: dt.date | None = None
    pair: tuple[str, str] | None = None
    """The two economies that are an article's main parties; None where a sentence or two name them."""
    subject: str | None = None
    tariff: bool = False
    """Whether the clause before spoke of a duty."""
    spoken: bool = False
    """Whether the sentence before, in the same paragraph, spoke of a duty."""
    before: frozenset[str] = frozenset()
    """Economies that the sentence before names, in the same paragraph."""
    named: frozenset[str] = frozenset()
    """Every economy that the article names."""
    paragraph: int = -1
    facing: tuple[str | None, str | None] | None = None
    """Who levies on whom, of the clause before in the same sentence."""
    said: dict[int, tuple[dt.date, dt.date]] = field(default_factory=dict)


@dataclass
class Frame:
    """One clause, and the means to fill a claim from it."""

    s: Sentence
    first: int
    after: int
    context: Context
    _moods: dict[tuple[int, int], tuple[str, bool]] = field(default_factory=dict, repr=False)

    def keys(self) -> list[str]:
        """The keys of the clause."""
        return self.s.keys(self.first, self.after)

    @functools.cached_property
    def _places(self) -> list[Place]:
        return [p for p in self.s.economies if self.first <= p.first < self.after]

    def places(self) -> list[Place]:
        """Economies named in the clause."""
        return self._places

    @functools.cached_property
    def named(self) -> frozenset[int]:
        """Tokens on which an economy is named."""
        return frozenset(k for p in self._places for k in range(p.first, p.after))

    def topics(self, *kinds: str, first: int | None = None, after: int | None = None) -> tuple[str, ...]:
        """Topics named in the clause, in order; of some kinds only, if any are given."""
        from detente.claims._words import topic_kinds

        a, b = first if first is not None else self.first, after if after is not None else self.after
        found = [t for i, _, t in self.s.topics if a <= i < b and (not kinds or topic_kinds()[t] in kinds)]
        return tuple(dict.fromkeys(found))

    def other(self, code: str | None) -> str | None:
        """The other of the article's two economies."""
        pair = self.context.pair
        if pair is None or code not in pair or (set(self.parties) | self.context.before) - set(pair):
            return None  # a third economy in this sentence or the one before may as well be meant
        return pair[1] if code == pair[0] else pair[0]

    @functools.cached_property
    def parties(self) -> list[str]:
        """Economies the sentence names, but for those that are only where it happens: `met in Switzerland`."""
        return list(dict.fromkeys(p.code for p in self.s.economies if not self._site(p.first)))

    def _site(self, i: int) -> bool:
        row = self.s.row
        in_town = i > 2 and row[i - 1].text == "," and row[i - 2].capital and row[i - 3].key in _SITE
        return i > 0 and (row[i - 1].key in _SITE or in_town)  # "in Geneva, Switzerland"

    def guess(self, code: str | None) -> str | None:
        """The other of the article's two economies, unless the clause names it in some other role."""
        other = self.other(code)
        return None if self.worldwide or other in {p.code for p in self.places()} else other

    @functools.cached_property
    def worldwide(self) -> bool:
        """Whether the sentence speaks of many economies it does not name: `tariffs on dozens of countries`."""
        keys = self.s.keys(0, len(self.s.row))
        return any(
            k in _WORLD
            and (k not in _MANY_OF or bool(_MANY & set(keys[max(0, i - 4) : i])) or _counted(keys, i) or _bare(keys, i))
            and not {"two", "both"} & set(keys[max(0, i - 3) : i])
            for i, k in enumerate(keys)
        )

    def reason(self, i: int, rate: int) -> bool:
        """Whether token `i` only tells what a duty, whose rate stands at token `rate`, answers: `imposed 5 % in
        response to China's duties on US exports`."""
        return any(a <= i < b and not a <= rate < b for a, b in self._reasons)

    @functools.cached_property
    def _reasons(self) -> list[tuple[int, int]]:
        """Spans from `in response to` to the comma or the end of the clause."""
        row, out = self.s.row, []
        for i in range(self.first, self.after - 2):
            if row[i].key in ("in", "as") and row[i + 1].key in _ANSWERS and row[i + 2].key in ("to", "for", "against"):
                end = next((k for k in range(i, self.after) if row[k].text in (",", ";")), self.after)
                out.append((i, end))
        return out

    def modality(self, first: int | None = None, after: int | None = None) -> tuple[str, bool]:
        """(modality, negated) of the clause."""
        a, b = first if first is not None else self.first, after if after is not None else self.after
        if (a, b) not in self._moods:
            said = None if self.s.row[a].key in ("where", "which") else self.s.said_by(a)
            verb = self.s.row[said.verb].key if said is not None else ""
            self._moods[a, b] = mood(self.s.plain_keys(a, b), verb)
        return self._moods[a, b]

    @functools.cached_property
    def chances(self) -> list[Chance]:
        """Chances given as numbers in the clause."""
        return chances(self.s.row, self.first, self.after, self.s.quantities)[:MOST]

    @functools.cached_property
    def sizes(self) -> list[Quantity]:
        """The quantities of the clause: the first few, as a clause with more is a table."""
        return [q for q in self.s.quantities if self.first <= q.first < self.after][:MOST]

    def probability(self) -> tuple[float, float] | None:
        """The interval of a chance in the clause, in numbers or in words; words are never a point."""
        if self.chances:
            return self.chances[0].low, self.chances[0].high
        return verbal(self.s.row[self.first : self.after])

    def conditional(self) -> bool:
        """Whether it is said to hold only if something else does, or only possibly."""
        keys = set(self.s.plain_keys(self.first, self.after))
        told = self.chances or self.s.said_by(self.first) or self.s.said_by(self.after - 1)
        # "said it would": the future of what was said, not a condition
        voiced = bool(told) or bool({"said", "says", "told"} & keys)
        return bool(keys & DOUBT) or bool({"if", "unless"} & keys) or ("would" in keys and not voiced)

    def dates(
        self, *, told: bool = True, part: tuple[int, int] | None = None, window: tuple[int, int] | None = None
    ) -> tuple[Any, Any, Any]:
        """(date, said on, horizon), each a pair of days or None; without the days of announcing unless `told`.

        With `window`, the numbers of one statement, and `part`, its words: without the days of others.
        """
        date = horizon = None
        said = self.context.said.get(id(self.s))
        for m in self.s.dates:
            days = self.s.resolved.get(m.first)
            if days is None:
                continue
            inside = self.first <= m.first < self.after
            if m.part == "weekday" and said == days:
                continue  # "said on Thursday it would": when it was said
            if not told and self.s.announced(m):
                continue
            if window is not None and part is not None and self._of_others(m, part, window):
                continue
            if self.s.named_by(m) or (inside and m.kind == "span" and m.offset[1] > 0 and self._past()):
                continue
            if m.first and self.s.row[m.first - 1].key == "since":
                continue  # when the thing spoken of began, not when it was said or done
            lead = self.s.keys(max(0, m.first - 6), m.first)
            far = self.s.keys(max(self.first, m.first - 12), m.first)
            if {"against", "compared", "versus"} & set(far) and {"%", "percent", "cent"} & set(far):
                continue  # "40 %, against 12 % in January"
            if lead[-2:] in (["were", "in"], ["was", "in"], ["did", "in"]) and {"what", "than", "as"} & set(lead):
                continue  # "four times what they were in January"
            if m.kind == "span" and m.offset[1] < 0 and self._yardstick(m):
                continue  # "twice the level of a year ago": what it is compared with
            if inside and m.part == "this" and m.kind == "year" and not m.deadline and self._gone(m):
                date = date or (dt.date(days[0].year, 1, 1), days[0])
                continue
            ahead = m.kind == "span" or m.part in ("this", "next", "h1", "h2", "following")
            if inside and (m.deadline or (ahead and days[1] > (self.context.anchor or days[1]))):
                horizon = horizon or days
            elif ((inside and m.kind != "span") and date is None) or (
                inside and m.kind == "span" and date is None and days[1] <= (self.context.anchor or days[0])
            ):
                date = days
        if date is None:
            others = [m for m in self.s.dates if m.first in self.s.resolved and not m.deadline and m.kind == "day"]
            others = [m for m in others if told or not self.s.announced(m)]
            others = [m for m in others if m.part != "weekday" or self.s.resolved[m.first] != said]
            outside = [m for m in others if not self.first <= m.first < self.after and not self._led_on(m)]
            then = [m for m in self.s.dates if m.first in self.s.resolved and m.after == self.first - 1]
            if then and self.s.row[self.first].key == "when" and then[0].kind != "span":
                return self.s.resolved[then[0].first], said, horizon  # "in April, when ..."
            date = self.s.resolved[outside[0].first] if outside else None
        return date, said, horizon

    def _yardstick(self, m: Mention) -> bool:
        """Whether a day gone by is what something is compared with: `rose 5 % over a year ago`."""
        before = self.s.row[m.first - 1].key if m.first else ""
        year = "year" in self.s.keys(m.first, m.after)
        return before in ("of", "than", "from", "with") or (year and any(q.rated for q in self.sizes))

    def _led_on(self, m: Mention) -> bool:
        """Whether a day stands in a later clause that tells why or when: `..., after it raised its own on May 10`."""
        begin = next((a for a, b in self.s.clauses if a <= m.first < b), 0)
        return begin > self.first and self.s.row[begin].key in _LED_BY

    def _of_others(self, m: Mention, part: tuple[int, int], window: tuple[int, int]) -> bool:
        """Whether a day of the clause belongs to another number, or to what led to this one: `25 % after talks on
        May 10 failed`."""
        if not self.first <= m.first < self.after:
            return False
        rates = [q.first for q in self.sizes if q.rated]
        leads = not rates or m.first < rates[0]
        if not leads and not part[0] <= m.first < part[1]:
            return True
        return m.first > window[1] and bool(_LED_BY & set(self.s.keys(window[1], m.first)))

    def _of_another(self, date: tuple[dt.date, dt.date], first: int, after: int) -> bool:
        """Whether a day only says when another duty began: `came on top of a 20 % duty imposed earlier this year`."""
        for m in self.s.dates:
            if first <= m.first < after or not self.first <= m.first < self.after:
                continue
            lead = self.s.keys(max(0, m.first - 4), m.first)
            days = self.s.resolved.get(m.first)
            if days is not None and days[1] >= date[1] >= days[0] and (_BEGAN & set(lead)):
                return True
        return False

    def _gone(self, m: Mention) -> bool:
        """Whether `this year` is the part of it that has passed: nothing in the clause looks ahead."""
        lead = self.s.keys(max(0, m.first - 2), m.first)
        if {"earlier", "already", "far"} & set(lead):
            return True
        return self.modality()[0] in ("reported", "denied") and self.probability() is None

    def _past(self) -> bool:
        """Whether a clause tells of what was done or promised before: its `within a month` began then."""
        keys = set(self.s.plain_keys(self.first, self.after))
        return (bool(keys & _THEN) or self.s.row[self.first].key == "when") and not keys & _AHEAD

    def claim(
        self, kind: str, first: int, after: int, *, window: tuple[int, int] | None = None, **values: Any
    ) -> Claim:
        """A claim on some tokens, with what the clause gives it."""
        start, end = self.s.span(first, after)
        said = self.s.said_by(max(first, self.first))
        said = said or self.s.said_by(after - 1)
        modality, negated = self.modality()
        chance = self.probability()
        if chance is not None and modality == "reported":
            modality = "forecast"
        part = (first, after)
        date, said_on, horizon = self.dates(told=kind in _BY_ANNOUNCEMENT, part=part, window=window)
        if _NOW & set(self.s.keys(first, after)) and not any(first <= m.first < after for m in self.s.dates):
            date = None  # "stood at 145 % last month and is now 30 %"
        if date is not None and self._of_another(date, first, after):
            date = None
        base: dict[str, Any] = {
            "modality": modality, "negated": negated, "date": date, "said_on": said_on if said else None,
            "horizon": horizon, "probability": chance, "conditional": self.conditional(),
        }  # fmt: skip
        if said is not None:
            base |= {
                "speaker": said.speaker.name, "role": said.speaker.role or None,
                "affiliation": said.speaker.affiliation or None, "speaker_economy": said.speaker.economy or None,
            }  # fmt: skip
        return Claim(kind, self.s.text[start:end], start, end, **(base | values))
