"""What the claims of one clause share: speaker, modality, dates, who acts on whom."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from detente.claims._claim import Claim
from detente.claims._clause import Place, Sentence
from detente.claims._words import (
    DENY,
    DOUBT,
    DOWN,
    FUTURE,
    IMPOSE,
    PLAN,
    PREDICT,
    PROMISE,
    REMOVE,
    SAY,
    SUSPEND,
    TARIFF,
    THREATEN,
    UP,
    forms,
    probability_words,
)

_OVER = frozenset(
    [
        "the",
        "all",
        "most",
        "many",
        "some",
        "a",
        "an",
        "range",
        "of",
        "other",
        "imports",
        "import",
        "goods",
        "products",
        "exports",
        "shipments",
        "from",
        "certain",
        "selected",
        "several",
        "various",
        "its",
        "nearly",
        "almost",
        "made",
        "in",
        "and",
        "both",
        "every",
        "worth",
        "additional",
    ]
)
_NEGATIONS = frozenset(
    [
        "not",
        "no",
        "never",
        "won't",
        "didn't",
        "doesn't",
        "don't",
        "isn't",
        "aren't",
        "wasn't",
        "without",
        "neither",
        "nor",
        "cannot",
        "can't",
    ]
)
_GOODS = frozenset(
    [
        "goods",
        "imports",
        "products",
        "exports",
        "shipments",
        "companies",
        "firms",
        "exporters",
        "steel",
        "cars",
        "vehicles",
    ]
)
_PAIR = frozenset(["both", "each", "respectively", "mutual", "mutually"])
_SIDES = frozenset(["sides", "countries", "nations", "governments", "parties", "economies"])
_PROMISES = PROMISE | frozenset(["promise", "commitment", "pledge", "promises", "commitments", "pledges"])


@dataclass
class Context:
    """What the article has said so far that later sentences lean on."""

    anchor: dt.date | None = None
    pair: tuple[str, str] | None = None
    """The two economies the article names most."""
    subject: str | None = None
    tariff: bool = False
    """Whether the clause before spoke of a duty."""
    spoken: bool = False
    """Whether the sentence before, in the same paragraph, spoke of a duty."""
    paragraph: int = -1
    said: dict[int, tuple[dt.date, dt.date]] = field(default_factory=dict)


@dataclass
class Frame:
    """One clause, and the means to fill a claim from it."""

    s: Sentence
    first: int
    after: int
    context: Context

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
        if pair is None or code not in pair:
            return None
        return pair[1] if code == pair[0] else pair[0]

    def modality(self, first: int | None = None, after: int | None = None) -> tuple[str, bool]:
        """(modality, negated) of the clause."""
        a, b = first if first is not None else self.first, after if after is not None else self.after
        keys = self.s.plain_keys(a, b)
        said = self.s.said_by(a)
        verb = self.s.row[said.verb].key if said is not None else ""
        negated = bool(_NEGATIONS & set(keys))
        words = set(keys)
        if (words & DENY) - {"dispute", "disputes", "disputed"} or verb in DENY:
            return "denied", negated
        if words & THREATEN or verb in THREATEN:
            return "threatened", negated
        if words & _PROMISES or verb in PROMISE:
            return "promised", negated
        if _planned(keys):
            return "planned", negated
        if words & FUTURE or _predicted(keys) or verb in PREDICT:
            return "forecast", negated
        return "reported", negated

    def probability(self) -> tuple[float, float] | None:
        """The interval of a verbal probability in the clause; never a point."""
        found = probability_words().find(self.s.row[self.first : self.after])
        if not found:
            return None
        low, high = found[0][2].split()
        return float(low), float(high)

    def conditional(self) -> bool:
        """Whether it is said to hold only if something else does, or only possibly."""
        keys = set(self.s.plain_keys(self.first, self.after))
        return bool(keys & DOUBT) or "if" in keys or "would" in keys

    def dates(self, *, whole: bool = True) -> tuple[Any, Any, Any]:
        """(date, said on, horizon), each a pair of days or None."""
        date = horizon = None
        said = self.context.said.get(id(self.s))
        for m in self.s.dates:
            days = self.s.resolved.get(m.first)
            if days is None:
                continue
            inside = self.first <= m.first < self.after
            if m.first and self.s.row[m.first - 1].key == "since":
                continue  # when the thing spoken of began, not when it was said or done
            if inside and (m.deadline or (m.kind == "span" and days[1] > (self.context.anchor or days[1]))):
                horizon = horizon or days
            elif ((inside and m.kind != "span") and date is None) or (
                inside and m.kind == "span" and date is None and days[1] <= (self.context.anchor or days[0])
            ):
                date = days
        if date is None and whole:
            others = [m for m in self.s.dates if m.first in self.s.resolved and not m.deadline and m.kind == "day"]
            outside = [m for m in others if not self.first <= m.first < self.after]
            date = self.s.resolved[outside[0].first] if outside else None
        return date, said, horizon

    def claim(self, kind: str, first: int, after: int, **values: Any) -> Claim:
        """A claim on some tokens, with what the clause gives it."""
        start, end = self.s.span(first, after)
        said = self.s.said_by(max(first, self.first))
        said = said or self.s.said_by(after - 1)
        modality, negated = self.modality()
        chance = self.probability()
        if chance is not None and modality == "reported":
            modality = "forecast"
        date, said_on, horizon = self.dates()
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


def _planned(keys: list[str]) -> bool:
    """`plans to`, `is preparing a`, `proposed tariffs`; not `a planned economy`, not `aimed at`."""
    for i, key in enumerate(keys):
        after = keys[i + 1 : i + 4]
        if key in PLAN and ("to" in after[:2] or (after and after[0].endswith("ing"))):
            return True
        if key in ("proposed", "planned", "weighing", "mulling", "considering") and set(after) & TARIFF:
            return True
        if key in ("proposed", "weighs", "weighing", "mulls", "mulling", "considering", "considers") and after[:1] == [
            "a"
        ]:
            return True
    return False


def _predicted(keys: list[str]) -> bool:
    for i, key in enumerate(keys):
        if key in PREDICT and not (i and keys[i - 1] in ("highly", "much", "long", "than", "widely")):
            return True
    return False


def targets(frame: Frame, first: int, after: int) -> list[Place]:
    """Economies that something is aimed at: after `on` or `against`, or whose goods are the subject."""
    row = frame.s.row
    out: list[Place] = []
    for place in frame.places():
        if not first <= place.first < after:
            continue
        j = place.first - 1
        while j >= frame.first and (row[j].key in _OVER or row[j].text == "," or _is_place(frame, j)):
            j -= 1
        if j < frame.first:
            pass
        elif row[j].key in _AIMING or (row[j].key == "for" and _rated(frame, j)):
            out.append(place)
            continue
        if _goods_follow(frame, place) and not _owns_tariff(frame, place):
            out.append(place)
    return out


_AIMING = frozenset(["on", "against", "toward", "towards", "upon", "targeting", "hitting"])


def _rated(frame: Frame, j: int) -> bool:
    """Whether a rate or a duty stands right before token `j`: `15 % for Japan`."""
    if j <= frame.first:
        return False
    before = frame.s.row[j - 1]
    return before.text in "%％" or before.key in TARIFF | {"percent", "cent"}


def _is_place(frame: Frame, i: int) -> bool:
    return i in frame.named


def _goods_follow(frame: Frame, place: Place) -> bool:
    """`Chinese goods face ...`, `imports from Canada`."""
    row = frame.s.row
    after = [t.key for t in row[place.after : place.after + 2]]
    before = [t.key for t in row[max(frame.first, place.first - 2) : place.first]]
    return bool(after and after[0] in _GOODS) or before[-2:] in (
        ["imports", "from"],
        ["goods", "from"],
        ["products", "from"],
    )


def _owns_tariff(frame: Frame, place: Place) -> bool:
    """Whether a duty word follows with nothing but adjectives between: `US tariffs`, `China's retaliatory duties`."""
    for t in frame.s.row[place.after : place.after + 5]:
        if t.key in TARIFF:
            return True
        if (
            t.key in _VERBS_BETWEEN
            or t.kind not in ("word", "poss", "number", "mark")
            or t.key in ("on", "and", "of", "to", "has", "have", ",", "goods")
        ):
            return False
    return False


_BETWEEN = DOWN | UP | IMPOSE | REMOVE | SUSPEND | SAY
_ADJECTIVES = frozenset(
    [
        "set",
        "expanded",
        "raised",
        "lifted",
        "planned",
        "proposed",
        "threatened",
        "cut",
        "remaining",
        "added",
        "reduced",
        "show",
    ]
)
_VERBS_BETWEEN = (_BETWEEN | forms("accept face win secure endure suffer incur negotiate get")) - _ADJECTIVES


def actor_and_targets(frame: Frame, first: int, after: int) -> tuple[list[str], list[str], list[str]]:
    """(actors, targets, keys inferred from the article) of a duty or a restriction spoken of on some tokens."""
    row = frame.s.row
    aimed = targets(frame, frame.first, after)
    near = [p for p in aimed if p.first >= first] or aimed
    wanted = list(dict.fromkeys(p.code for p in near))
    hit = {p.first for p in aimed}
    free = [p for p in frame.places() if p.first not in hit and p.first < after]
    own = [p for p in free if _owns_tariff(frame, p)]
    owners = [p.code for p in own if p.first >= first] or [p.code for p in own]
    passive = [p.code for p in frame.places() if p.first > frame.first and row[p.first - 1].key == "by"]
    passive += [
        p.code for p in frame.places() if p.first > 1 and row[p.first - 2].key == "by" and row[p.first - 1].key == "the"
    ]
    subjects = [p.code for p in free if not in_phrase(frame, p)]
    bearers = _bearers(frame, free)
    if bearers and not owners:
        wanted = list(dict.fromkeys([*wanted, *bearers]))
        by = [p.code for p in free if p.code not in bearers and _market(frame, p)]
        actors = by[:1] or passive[:1]
        guess = frame.other(wanted[0]) if not actors and len(wanted) == 1 else None
        return ([guess] if guess else actors), wanted, (["actor"] if guess else [])
    joint = len(set(subjects)) == 2 and not wanted and not owners and _joined(frame, free)
    keys = frame.keys()
    two = any(k == "two" and keys[i + 1 : i + 2] and keys[i + 1] in _SIDES for i, k in enumerate(keys))
    pair = bool(_PAIR & set(keys)) or joint or two
    actors = owners[:1] or passive[:1] or subjects[:1]
    inferred: list[str] = []
    both = list(dict.fromkeys(subjects))[:2] if pair and not owners else []
    if pair and len(both) < 2 and not owners and not wanted:
        both = _both_before(frame)
        inferred = ["actor"] if both else []
    if len(both) == 2:
        return both, [both[1], both[0]], [*inferred, "target"]
    if not actors:
        actors, inferred = _inherited(frame, wanted)
    wanted = [w for w in wanted if w not in actors] or wanted[:0]
    if not wanted and actors:
        guess = frame.other(actors[0])
        if guess is not None and not frame.topics("good"):
            wanted, inferred = [guess], [*inferred, "target"]
    return actors[:1], wanted, inferred


_BEARS = forms("face accept pay endure suffer incur secure win negotiate attract get") | {"subject"}


def _bearers(frame: Frame, free: list[Place]) -> list[str]:
    """Economies that a duty falls on though they are the subject: they face it, are hit with it, or it is on their
    goods."""
    keys = frame.keys()
    duty = next((i for i, k in enumerate(keys) if k in TARIFF), None)
    if duty is None:
        return []
    before = [p for p in free if p.first < frame.first + duty and not in_phrase(frame, p)]
    hit = any(
        k in ("hit", "slapped", "threatened") and keys[i + 1 : i + 2] in (["with"], ["by"]) for i, k in enumerate(keys)
    )
    if before and (hit or any(k in _BEARS for k in keys[:duty])):
        return [p.code for p in before]
    own = any(k == "on" and {"its", "their"} & set(keys[i + 1 : i + 4]) for i, k in enumerate(keys) if i > duty)
    if own and before:
        return [before[-1].code]
    if own and frame.context.subject and not before:
        return [frame.context.subject]
    return []


def _market(frame: Frame, place: Place) -> bool:
    """`exports to the US`, `in the US`: the market where a duty is paid."""
    row = frame.s.row
    j = place.first - 1
    if j >= frame.first and row[j].key == "the":
        j -= 1
    return j >= frame.first and row[j].key in ("to", "in", "into", "by", "from")


def _joined(frame: Frame, free: list[Place]) -> bool:
    """Whether two economies are one subject: `the US and China agreed`."""
    row = frame.s.row
    for a, b in itertools.pairwise(free):
        between = [t.key for t in row[a.after : b.first]]
        if between in (["and"], ["and", "the"]) and a.code != b.code:
            return True
    return False


def in_phrase(frame: Frame, place: Place) -> bool:
    """Whether an economy stands inside a phrase that is no subject: after a preposition, or as `US-China talks`."""
    row = frame.s.row
    j = place.first - 1
    if j >= frame.first and row[j].key == "the":
        j -= 1
    if j >= frame.first and row[j].key in ("and", ","):
        joined = [p for p in frame.places() if p.after == j]
        if joined:
            return in_phrase(frame, joined[0])
    if j >= frame.first and row[j].key in (
        "with",
        "from",
        "in",
        "to",
        "of",
        "between",
        "by",
        "for",
        "at",
        "on",
        "into",
    ):
        return True
    follows = [t.key for t in row[place.after : place.after + 2]]
    return bool(set(follows) & {"talks", "negotiations", "relations", "trade"}) or (
        place.after < frame.after and row[place.after].glued and row[place.after].capital
    )


def _both_before(frame: Frame) -> list[str]:
    """The two economies the sentence or the article speaks of."""
    here = list(dict.fromkeys(p.code for p in frame.s.economies))
    if len(here) == 2:
        return here
    return list(frame.context.pair) if frame.context.pair else []


def _inherited(frame: Frame, wanted: Iterable[str]) -> tuple[list[str], list[str]]:
    """The actor when the clause names none: the subject before it, or the other of the article's two."""
    wanted = list(wanted)
    keys = frame.keys()
    if (
        frame.context.subject
        and frame.context.subject not in wanted
        and (frame.first > 0 or set(keys[:4]) & {"it", "they", "its", "he", "she"})
    ):
        return [frame.context.subject], ["actor"]
    said = frame.s.said_by(frame.first)
    if said is not None and said.speaker.economy and said.speaker.economy not in wanted and set(keys) & {"we", "our"}:
        return [said.speaker.economy], ["actor"]
    guess = frame.other(wanted[0]) if len(wanted) == 1 else None
    return ([guess], ["actor"]) if guess else ([], [])
