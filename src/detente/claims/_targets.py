"""On whom a duty falls: economies it is aimed at, whose goods it names, who owns it."""

from __future__ import annotations

from detente.claims._acts import BREAKS
from detente.claims._clause import Place
from detente.claims._frame import Frame
from detente.claims._heads import GETS, PAYS
from detente.claims._tokens import words
from detente.claims._units import MONEY
from detente.claims._words import ACTION, DOWN, IMPOSE, REMOVE, SAY, SUSPEND, TARIFF, UP, forms, topic_kinds

_OVER = words(
    "the all most many some a an range of other imports import goods products exports shipments from certain"
    " selected several various its nearly almost made in and both every worth additional countries nations economies"
    " like such as imported selection variety series list array"
)

GOODS = words("goods imports products exports shipments companies firms exporters steel cars vehicles")


def targets(frame: Frame, first: int, after: int) -> list[Place]:
    """Economies that something is aimed at: after `on` or `against`, or whose goods are the subject."""
    row = frame.s.row
    out: list[Place] = []
    counted = {k for q in frame.sizes if q.unit in MONEY.values() for k in range(q.first, q.after + 1)}
    rates = {k for q in frame.sizes if q.rated for k in range(q.first, q.after)}
    counted |= {k for k in range(frame.first, after) if row[k].kind == "number" and k not in rates}
    goods = {k for a, b, t in frame.s.topics if topic_kinds()[t] == "good" for k in range(a, b)}
    for place in frame.places():
        if not first <= place.first < after:
            continue
        j = place.first - 1
        from_ = j >= frame.first and row[j].key in ("from", "and")  # "on steel from Vietnam and South Korea"
        while j >= frame.first and (
            row[j].key in _OVER or row[j].text == "," or _is_place(frame, j) or (from_ and j in goods) or j in counted
        ):
            j -= 1
        j = _behind_goods(frame, j)
        if j < frame.first:
            pass
        elif imported(frame, place) or buys(frame, place) or (row[j].key == "for" and owns_tariff(frame, place)):
            continue  # "over 40 % for US importers"
        elif row[j].key in _AIMING or (row[j].key == "for" and _rated(frame, j)) or _struck(frame, place):
            out.append(place)
            continue
        if _goods_follow(frame, place) and not owns_tariff(frame, place):
            out.append(place)
    return out


def _struck(frame: Frame, place: Place) -> bool:
    """`charges China 55 %`, `hit Peru with 20 %`: the object of a verb of levying."""
    return place.first > frame.first and frame.s.row[place.first - 1].key in _STRIKES


_STRIKES = forms("charge tax slap saddle threaten") | words("hit hits hitting")


def _behind_goods(frame: Frame, j: int) -> int:
    """The token before goods of any name: `duties on engineering plastics from the US, the EU and Japan`."""
    row = frame.s.row
    if j < frame.first or row[j + 1].key != "from" or row[j].key in _AIMING:
        return j
    for k in range(j, max(frame.first, j - 5) - 1, -1):
        if row[k].key in _AIMING:
            return k
        if row[k].kind != "word" or not row[k].head.islower() or row[k].key in ACTION | TARIFF:
            break
    return j


_AIMING = words("on against toward towards upon targeting hitting")


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
    if imported(frame, place) or (after[:1] == ["imports"] and _urges(frame, place)):
        return False  # "US imports from China": what the US buys
    if after and after[0] in GOODS:
        rates = [q.first for q in frame.sizes if q.rated]
        bears = PAYS & set(frame.s.keys(place.after, min(place.after + 4, frame.after)))
        return not rates or place.first < rates[0] or bool(bears)  # not "40 % for acts harming U.S. companies"
    return _made_in(frame, place)


_SOLD = words("imports goods products parcels packages shipments items cars vehicles steel")

_COMING = words("arriving entering coming shipped sent made imported exported bought in the us into and , all most")


_MADE = words("made produced manufactured built assembled grown mined originating")


def _made_in(frame: Frame, place: Place) -> bool:
    """`imports from Canada`, `goods from Brazil and India`, `goods arriving in the US from China`."""
    row = frame.s.row
    j = place.first - 1
    while j > frame.first and (row[j].key in ("and", ",", "the") or _is_place(frame, j)):
        j -= 1
    if j > frame.first + 1 and row[j].key == "in" and row[j - 1].key in _MADE:
        return True  # "vehicles made in China"
    if j <= frame.first or row[j].key != "from":
        return False
    for i in range(j - 1, max(frame.first, j - 7) - 1, -1):
        if row[i].key in _SOLD:
            return True
        if row[i].key not in _COMING and not _is_place(frame, i):
            return False
    return False


def imported(frame: Frame, place: Place) -> bool:
    """`a tariff on U.S. imports from Japan`: who buys, and so levies."""
    return frame.s.keys(place.after, place.after + 2) == ["imports", "from"]


def _urges(frame: Frame, place: Place) -> bool:
    """`US imports of cars`: goods the economy buys, where another one's are named by `from`."""
    return "from" in frame.s.keys(place.after, min(place.after + 6, frame.after)) and len(frame.places()) > 1


_BUYERS = words("importers consumers shoppers households buyers families retailers importer consumer shopper")


def buys(frame: Frame, place: Place) -> bool:
    """`American importers`, `an American who imports`: those who buy."""
    row = frame.s.row
    follows = [t.key for t in row[place.after : place.after + 3]]
    return bool(_BUYERS & set(follows[:2])) or (follows[:1] == ["who"] and bool({"imports", "buys"} & set(follows)))


def owns_tariff(frame: Frame, place: Place) -> bool:
    """Whether a duty word follows with nothing but adjectives between: `US tariffs`, `China's retaliatory duties`; or
    is left out after a first one: `Beijing's at 10 %`."""
    rest = [t.key for t in frame.s.row[place.after : place.after + 2]]
    if len(rest) > 1 and frame.s.row[place.after].kind == "poss" and rest[1] in _LEFT_OUT:
        return True
    for t in frame.s.row[place.after : place.after + 5]:
        if t.key in TARIFF:
            return True
        if (
            t.key in _VERBS_BETWEEN
            or t.kind not in ("word", "poss", "number", "mark")
            or t.key
            in ("on", "and", "of", "to", "at", "with", "under", "has", "have", ",", "goods", "see", "sees", "saw")
            or t.key in BREAKS
        ):
            return False
    return False


_LEFT_OUT = words("at to from by are is stand stood remain were was fell rose")

_BETWEEN = DOWN | UP | IMPOSE | REMOVE | SUSPEND | SAY

_ADJECTIVES = words("set expanded raised lifted planned proposed threatened cut remaining added reduced show")

_VERBS_BETWEEN = (_BETWEEN | PAYS | GETS | forms("agree")) - _ADJECTIVES
