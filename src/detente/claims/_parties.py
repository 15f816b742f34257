"""Who levies a duty and on whom: owners, targets, those who bear it, and what the article leaves to be understood."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from detente.claims._acts import goes_on, levies
from detente.claims._clause import Place
from detente.claims._frame import Frame
from detente.claims._heads import AVOIDS, GETS, PAYS, SELLS, agreed_to, subjects
from detente.claims._modality import ASKS
from detente.claims._targets import GOODS, buys, imported, owns_tariff, targets
from detente.claims._tokens import words
from detente.claims._words import (
    ACTION,
    MACRO,
    PROMISE,
    TARIFF,
    THREATEN,
    country_names,
    forms,
)

_PAIR = words("both each mutual mutually")
_SIDES = words("sides countries nations governments parties economies")


def _aims_wide(frame: Frame, first: int, after: int) -> bool:
    """Whether the words of a duty say that it is on many: `20 % on most other trading partners`, `100 % on countries
    that buy its oil`."""
    rates = [q.after for q in frame.sizes if q.rated and first <= q.first < after]
    keys = frame.s.keys(rates[-1], after) if rates else []
    at = next((i for i, k in enumerate(keys) if k in ("on", "for", "against")), len(keys))
    named = any(rates[-1] + at < p.first <= rates[-1] + at + 6 for p in frame.places()) if rates else False
    return bool(_MANY & set(keys[at : at + 7])) and not named


_MANY = words("countries country nations nation economies partners trading everybody everyone world worldwide")


def _somebodys(frame: Frame, place: Place) -> bool:
    """`Norway's biggest trading partner`: somebody else."""
    row = frame.s.row
    if place.after >= frame.after or row[place.after].kind != "poss":
        return False
    return bool(_OTHERS & set(frame.s.keys(place.after + 1, min(place.after + 5, frame.after))))


_OTHERS = words("partner partners rival rivals ally allies neighbour neighbours neighbor neighbors supplier customer")


def _imported(frame: Frame, place: Place) -> bool:
    return frame.s.keys(place.after, place.after + 1) == ["imports"]


def _of_output(frame: Frame, place: Place) -> bool:
    """`China's growth`, `the Swiss economy`: an economy as what is measured, not as who acts."""
    follows = frame.s.keys(place.after, min(place.after + 3, frame.after))
    if follows[:1] and follows[0] in _MARKETS:
        return True  # "Hong Kong shares lost 3 %"
    row = frame.s.row
    named = place.after + 1 < frame.after and row[place.after].kind == "poss" and row[place.after + 1].capital
    if named and place.code != "USA" and row[place.after + 1].key not in TARIFF | _BODIES:
        return True  # "Germany's Ifo institute said": nobody who levies
    follows = [k for k in follows if k not in ("'s", "’s", "annual", "economic")]
    if not follows or _BODIES & set(follows) or TARIFF & set(follows):
        return False
    return follows[0] in MACRO - {"demand", "production"}


_MARKETS = words("shares stocks bonds investors markets futures")
_ONE_DUTY = words("tariff duty levy surcharge rate")
_OWN_ACT = words("retaliatory import counter reprisal own punitive matching")


def _either_way(frame: Frame, place: Place) -> bool:
    """Whether a duty is as likely borne as levied by the economy it is named after: `Canada's tariff rose to 35 %`.

    A capital or a government levies its duties, and so does the country of `its tariffs on ...`; what is said in
    the singular with a country's name and no target may be either."""
    row = frame.s.row
    if place.after >= frame.after or row[place.after].kind != "poss" or place.code == "USA":
        return False
    named = " ".join(t.text for t in row[place.first : place.after])
    if named not in country_names():
        return False
    for t in row[place.after + 1 : min(place.after + 8, frame.after)]:
        if t.key in _OWN_ACT:
            return False
        if t.key in TARIFF or t.key in _ONE_DUTY:
            return t.key in _ONE_DUTY
    return False


def actor_and_targets(frame: Frame, first: int, after: int) -> tuple[list[str], list[str], list[str]]:
    """(actors, targets, keys inferred from the article) of a duty or a restriction spoken of on some tokens."""
    row = frame.s.row
    rates = [q.first for q in frame.sizes if q.rated and first <= q.first < after]
    begin = rates[0] if rates else first
    aimed = [p for p in targets(frame, frame.first, after) if not frame.reason(p.first, begin)]
    near = [p for p in aimed if p.first >= first] or aimed
    if frame.worldwide and _aims_wide(frame, first, after):
        near = []
    wanted = list(dict.fromkeys(p.code for p in near))
    if wanted == ["USA"] and {p.code for p in frame.places()} == {"USA"} and _imported(frame, near[0]):
        return [], [], []  # "the average tariff on all US imports": what the US buys
    urged = _urged(frame)
    if urged is not None and urged.first < (rates[0] if rates else after):
        return [urged.code], [p.code for p in near if p.first > urged.first], []
    hit = {p.first for p in aimed}
    told = [p for p in frame.places() if not frame.reason(p.first, begin)]
    free = [p for p in told if p.first not in hit and p.first < after and not _of_output(frame, p)]
    own = [p for p in free if owns_tariff(frame, p) and not _background(frame, p, after)]
    if not wanted and own and all(_either_way(frame, p) for p in own):
        return [], [], []
    owners = [p.code for p in own if p.first >= first] or [p.code for p in own]
    passive = [p.code for p in told if p.first > frame.first and row[p.first - 1].key == "by"]
    passive += [p.code for p in told if p.first > 1 and row[p.first - 2].key == "by" and row[p.first - 1].key == "the"]
    main = main_clause(frame)
    subjects = [p.code for p in free if p.first >= main and not in_phrase(frame, p)]
    subjects = subjects or [p.code for p in free if not in_phrase(frame, p)]
    bearers = _bearers(frame, free)
    if set(wanted) - set(bearers):
        bearers = []  # "Japan accepted a 5 % tariff on Korean steel" names another target
    if bearers and owners and not wanted and not set(bearers) & set(owners):
        wanted = bearers  # "Swedish makers brace for US duties"
    elif bearers and not owners:
        wanted = list(dict.fromkeys([*wanted, *bearers]))
        rest = [p for p in free if p.code not in bearers]
        by = [p.code for p in rest if levies(frame, p)] or [p.code for p in rest if market(frame, p)]
        actors = by[:1] or passive[:1]
        guess = frame.guess(wanted[0]) if not actors and len(wanted) == 1 else None
        return ([guess] if guess else actors), wanted, (["actor"] if guess else [])
    joint = len(set(subjects)) == 2 and not wanted and not owners and _joined(frame, free)
    keys = frame.keys()
    two = any(k == "two" and keys[i + 1 : i + 2] and keys[i + 1] in _SIDES for i, k in enumerate(keys))
    pair = bool(_PAIR & set(keys)) or joint or two
    free = [p for p in free if not _somebodys(frame, p)]
    others = [s for s in subjects if s not in wanted]  # "Chile and the EU agreed to cut tariffs on Chilean salmon"
    acting = {p.code for p in free if levies(frame, p)}
    others = [s for s in [*others, *subjects] if s in acting]
    buyers = [p.code for p in free if imported(frame, p) and p.code not in wanted]
    actors = owners[:1] or passive[:1] or others[:1] or buyers[:1]
    inferred: list[str] = []
    both = list(dict.fromkeys(subjects))[:2] if pair and not owners else []
    if pair and len(both) < 2 and not owners and not wanted:
        both = _both_before(frame)
        inferred = ["actor"] if both else []
    if len(both) == 2:
        return both, [both[1], both[0]], [*inferred, "target"]
    if not actors and wanted:
        # "Swiss goods face a 39 % tariff in the US": where it is paid
        paid = [p.code for p in free if p.code not in wanted and market(frame, p) and p.first > near[-1].first]
        actors = paid[:1] if len(set(paid)) == 1 and PAYS & set(keys) else []
    if not actors and row[frame.first].key == "where":
        return [], wanted, []  # "through Vietnam and Mexico, where duties are 20 % and 25 %"
    if not actors and not wanted and frame.context.subject and _bears_on(frame):
        return [], [frame.context.subject], ["target"]  # "Mexico sells tomatoes and now faces a 17 % duty"
    if not actors:
        actors, inferred = _speaking(frame, wanted) or _inherited(frame, wanted)
    wanted = [w for w in wanted if w not in actors] or wanted[:0]
    if not wanted and actors:
        mirrored = frame.context.facing or (None, None)
        back = mirrored[1] == actors[0] and set(frame.parties) <= set(mirrored)  # "US duties on China ..., Beijing's"
        guess = mirrored[0] if back else frame.other(actors[0])
        if any(p.code == guess and p.first and row[p.first - 1].text == "," for p in frame.places()):
            guess = None  # ", Mexico won a reprieve": another subject
        if guess is not None and not frame.topics("good") and not frame.worldwide:
            wanted, inferred = [guess], [*inferred, "target"]
    return actors[:1], wanted, inferred


_LEADS = words("if should unless when after before once because since as although though while")


_CAUSES = words("after despite following over amid because since ahead")


def _background(frame: Frame, place: Place, after: int) -> bool:
    """Whether an economy's duty only tells why: `Canada announced 25 % tariffs after U.S. steel duties`."""
    row = frame.s.row
    lead = {t.key for t in row[max(frame.first, place.first - 2) : place.first]}
    rates = [q.first for q in frame.sizes if q.rated]
    return bool(_CAUSES & lead) and bool(rates) and rates[0] < place.first


def main_clause(frame: Frame) -> int:
    """Where the main statement begins: after the comma that ends a clause with `if`, `when` or `after`."""
    row = frame.s.row
    begin = frame.first + (row[frame.first].text in "“\"'" or row[frame.first].text == ",")
    if begin >= frame.after or row[begin].key not in _LEADS:
        return frame.first
    return next((i + 1 for i in range(begin, frame.after) if row[i].text == ","), frame.first)


def _bearers(frame: Frame, free: list[Place]) -> list[str]:
    """Economies that a duty falls on though they are the subject: they face it, are hit with it, or it is on their
    goods."""
    row = frame.s.row
    duty = next((i for i in range(frame.first, frame.after) if row[i].key in TARIFF), frame.after)
    rate = next((q.first for q in frame.sizes if q.rated), frame.after)
    duty = min(duty, rate)
    if duty == frame.after:
        return []
    keys = frame.keys()
    before = [p for p in free if p.first < duty and (not in_phrase(frame, p) or _home_of(frame, p))]
    lead = [t.key for t in row[frame.first : duty]]
    hit = any(
        k in ("hit", "slapped", "threatened", "saddled", "taxed") and keys[i + 1 : i + 2] in (["with"], ["by"], ["at"])
        for i, k in enumerate(keys)
    )
    if any(buys(frame, p) for p in before):
        return []  # "an American who imports a toaster pays 30 %": the buyer's own side levies it
    hit = hit or any(
        (k == "set" and keys[i + 1 : i + 2] == ["at"] and keys[i - 1] in ("was", "were"))
        or (k in ("see", "sees", "saw", "seen") and {"its", "their"} & set(keys[i + 1 : i + 3]))
        for i, k in enumerate(keys)
    )
    if any(k in ("exempted", "exempts") and lead[i - 1] not in _PASSIVE for i, k in enumerate(lead) if i):
        return []  # "Trump exempted beef from": who exempts is who levies
    verbs = [i for i, k in enumerate(lead) if k in PAYS | GETS | AVOIDS and not subjects(lead, i)]
    borne = any(p.first < frame.first + i for i in verbs for p in before)
    if before and (hit or borne or agreed_to(frame)):
        return [p.code for p in before if len(before) == 1 or not owns_tariff(frame, p)]
    if before and SELLS & set(lead) and any(market(frame, p) for p in free):
        return [before[0].code]  # "Germany exported fewer cars to the US after the 27.5 % duty"
    if not before and frame.context.subject and {"its", "their"} & set(lead[:2]) and SELLS_WHAT & set(lead[:4]):
        return [frame.context.subject]  # "its car exports will pay 10 %"
    relative = [p.code for p in free if p.after < frame.after and row[p.after].key in PAYS - {"subject"}]
    if relative:
        return relative  # "the tariff that Japan pays"
    own = any(
        k in ("on", "for") and {"its", "their"} & set(keys[i + 1 : i + 4])
        for i, k in enumerate(keys)
        if i + frame.first > duty
    )
    if own and before:
        return [before[-1].code]
    if own and frame.context.subject and not before:
        return [frame.context.subject]
    return []


_PASSIVE = words("is are was were be been being")
SELLS_WHAT = words("exports goods products exporters shipments companies firms")
_PRODUCERS = words("makers exporters producers firms companies growers farmers manufacturers suppliers goods workers")


def _home_of(frame: Frame, place: Place) -> bool:
    """`steelmakers in Turkey`, `exporters from Peru`: an economy that stands for those who sell from it."""
    row = frame.s.row
    j = place.first - 2 if row[place.first - 1].key != "the" else place.first - 3
    noun = row[j].key if j >= frame.first else ""
    follows = [t.key for t in row[place.after : place.after + 3]]
    if any(k in _PRODUCERS for k in follows):
        return True  # "Swedish furniture makers"
    return row[j + 1].key in ("in", "from", "of") and (noun in _PRODUCERS or noun.endswith("makers"))


_ACCUSES = forms("accuse suspect")
_MAKES = forms("prompt lead force push spur provoke cause compel drive")


def _urged(frame: Frame) -> Place | None:
    """The economy that is asked to act: `called on Brussels to`, `urged China to`, `wants Japan to`."""
    row = frame.s.row
    for p in frame.places():
        j = p.first - 1
        while j >= frame.first and row[j].key in ("the", "on", "upon"):
            j -= 1
        follows = [t.key for t in row[p.after : p.after + 2]]
        if follows[:1] == ["of"] and follows[1:] and follows[1].endswith("ing") and _ACCUSES & set(frame.keys()):
            return p  # "accused Mexico of planning 50 % tariffs"
        asked = j >= frame.first and (row[j].key in ASKS or row[j].key in _MAKES)
        if asked and p.after < frame.after and row[p.after].key == "to":
            return p
    return None


def market(frame: Frame, place: Place) -> bool:
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


_BODIES = words(
    "ministry government authorities administration parliament cabinet officials customs senate congress lawmakers"
    " president premier commerce"
)
_INSIDE = words(
    "except excluding besides unlike with from in to of between by for at on into like as against including"
)


def in_phrase(frame: Frame, place: Place) -> bool:
    """Whether an economy stands inside a phrase that is no subject: after a preposition, or as `US-China talks`."""
    row = frame.s.row
    follow = row[place.after].key if place.after < frame.after else ""
    if follow.endswith("ing") and follow in ACTION:
        return False  # "with the US imposing 55 %"
    j = place.first - 1
    if j >= frame.first and row[j].key == "the":
        j -= 1
    if j > frame.first and row[j].key in ("in", "of") and row[j - 1].key in _BODIES:
        return False  # "the finance ministry in Ankara"
    if j >= frame.first and row[j].key in ("and", ","):
        joined = [p for p in frame.places() if p.after == j]
        if joined:
            return in_phrase(frame, joined[0])
    if j >= frame.first and row[j].key in _INSIDE:
        return True
    follows = [t.key for t in row[place.after : place.after + 2]]
    return bool(set(follows) & {"talks", "negotiations", "relations", "trade"}) or (
        place.after < frame.after and row[place.after].glued and row[place.after].capital
    )


def borne(frame: Frame) -> bool:
    """Whether goods bear the duty of a clause: `goods sent through the country will be hit with 40 %`."""
    keys = frame.keys()
    duty = next((i for i, k in enumerate(keys) if k in TARIFF or k[:1].isdigit()), len(keys))
    lead = keys[:duty]
    passive = any(k in _HIT and keys[i + 1 : i + 2] and keys[i + 1] in _WITH for i, k in enumerate(keys[: duty + 1]))
    return bool(GOODS & set(lead)) and (passive or bool(PAYS & set(lead)))


def _bears_on(frame: Frame) -> bool:
    """Whether a clause that names no economy goes on about one that bears a duty: `and to accept a 20 % rate`."""
    first = next((q.first for q in frame.sizes if q.rated), frame.first)
    lead = frame.s.keys(frame.first, first)
    return frame.first > 0 and len(lead) <= 7 and bool((PAYS | GETS) - {"subject"} & set(lead)) and not frame.places()


_HIT = words("hit slapped charged taxed saddled")
_WITH = words("with by at a an")


def _both_before(frame: Frame) -> list[str]:
    """The two economies the sentence or the article speaks of."""
    here = frame.parties
    if len(here) == 2:
        return here
    pair = frame.context.pair
    return list(pair) if pair and set(here) <= set(pair) else []


def _speaking(frame: Frame, wanted: Iterable[str]) -> tuple[list[str], list[str]] | None:
    """Whoever speaks for an economy and threatens or promises in person: `he threatened Canada with 100 %`."""
    said = frame.s.said_by(frame.first) or frame.s.said_by(frame.after - 1)
    if said is None or not said.speaker.economy or said.speaker.economy in wanted or said.who < frame.first:
        return None
    own = frame.s.row[said.verb].key in PROMISE | THREATEN | _SIGNS and said.verb < frame.after
    return ([said.speaker.economy], ["actor"]) if own else None


_SIGNS = forms("announce order propose unveil")


def _inherited(frame: Frame, wanted: Iterable[str]) -> tuple[list[str], list[str]]:
    """The actor when the clause names none: the subject before it, or the other of the article's two."""
    wanted = list(wanted)
    keys = frame.keys()
    if frame.context.subject and frame.context.subject not in wanted and not borne(frame) and goes_on(frame):
        return [frame.context.subject], ["actor"]
    said = frame.s.said_by(frame.first)
    if said is not None and said.speaker.economy and said.speaker.economy not in wanted and set(keys) & {"we", "our"}:
        return [said.speaker.economy], ["actor"]
    guess = frame.guess(wanted[0]) if len(wanted) == 1 else None
    return ([guess], ["actor"]) if guess else ([], [])
