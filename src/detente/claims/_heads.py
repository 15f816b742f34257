"""What a rate is a rate of: a duty, a flow of trade, or something else that a clause on duties also names."""

from __future__ import annotations

from detente.claims._frame import Frame
from detente.claims._measures import of_prices
from detente.claims._quantities import Quantity
from detente.claims._tokens import words
from detente.claims._words import CHANGE_NOUN, DOWN, FLOW, MACRO, TARIFF, UP, forms

RATES = words("rate rates")
PAYS = forms("face pay endure suffer incur bear attract carry brace") | {"subject"}
SELLS = forms("export ship sell")
AVOIDS = forms("avoid dodge escape evade") | {"exempt", "exempted", "spared"}
GETS = forms("win secure accept get negotiate obtain clinch")
_AGREES = forms("agree consent")
_HITS = words("hit slapped saddled")
_LEVIES = forms("impose levy slap charge")
_ADDS = forms("add impose levy slap put place")
_TRADED = words("goods imports products exports shipments exporters")
_OTHER = words(
    "yield yields jobless wages wage shares stocks stock index dow nasdaq futures approval turnout profits profit"
    " revenue revenues earnings margin margins debt dollar euro yen peso currency mortgage mortgages confidence"
    " sentiment discount discounts dividend voters majority cpi bonds bond treasuries sales rating ratings bitcoin"
    " households employment jobs productivity subsidy subsidies vacancies quota quotas price index contribution"
)
"""Heads of numbers that are no duties, beside those of trade and output."""
_OTHER_RATES = words(
    "interest key policy benchmark lending deposit jobless unemployment inflation growth mortgage repo funds exchange"
    " approval savings corporate income poverty birth vacancy default refinancing"
)
_BANKS = words("bank fed reserve ecb boj pboc banxico borrowing monetary policymakers")
_OTHER_TAXES = words("corporate income sales payroll profit profits wealth added capital")
_CAUSES = DOWN | UP | forms("push drive send slow hit knock shave keep leave make pull")
ENDS = words(
    "as after despite because amid when while although but since following before which who on against from if unless"
    " where once given"
)
_LEAST = ("by", "of", "despite", "because", "higher", "after", "amid", "following")


def rate_on_goods(frame: Frame) -> bool:
    """Whether `rate` stands for a rate of duty: after talk of duties, or a rate on imports."""
    keys = frame.keys()
    if not RATES & set(keys) or any(heads_another(keys, i) for i in range(len(keys))):
        return False
    return frame.context.spoken or ("on" in keys and bool({"imports", "goods", "products"} & set(keys)))


def implied(frame: Frame) -> bool:
    """Whether a duty is meant without a word for it: `Vietnam's exports face 20 %`, `charges China 55 %`."""
    rates = [q for q in frame.sizes if q.rated]
    if not rates or not (frame.places() or _TRADED & set(frame.keys())):
        return False
    keys = frame.keys()
    if any(heads_another(keys, i) for i in range(min(rates[0].first - frame.first, len(keys)))):
        return False
    return any(_implies(frame, q) for q in rates)


def subjects(keys: list[str], i: int) -> bool:
    """Whether the word at index `i` is the verb of one who levies: `would subject its goods to a 5 % duty`."""
    if keys[i] not in _SUBJECTS or keys[i + 1 : i + 2] == ["to"]:
        return False
    return keys[i] != "subject" or (keys[i - 1 : i] != [] and keys[i - 1] in _MODALS)


_SUBJECTS = forms("subject")
_MODALS = words("will would to could may might can should must")


def _implies(frame: Frame, q: Quantity) -> bool:
    before = frame.s.keys(max(frame.first, q.first - 6), q.first)
    after = frame.s.keys(q.after, min(q.after + 8, frame.after))
    near, follows = set(before), set(after)
    named = bool(RATES & set(after[:3]) or RATES & set(before[-3:]))
    if any(k in _HITS and before[i + 1 : i + 2] == ["with"] for i, k in enumerate(before)):
        return True
    if "taxed" in near and before[-1:] == ["at"]:
        return True
    if near & PAYS - {"subject"} and bool(_TRADED & set(frame.s.keys(frame.first, q.first)) or named):
        return after[:1] != ["of"]
    if named and (near & GETS or near & _AGREES):
        return True
    aimed = any(q.after <= p.first <= q.after + 4 for p in frame.places()) and "on" in after[:2]
    charged = any(frame.s.row[p.first - 1].key in _LEVIES for p in frame.places() if frame.first < p.first < q.first)
    return charged or (
        bool(near & _ADDS) and ((aimed and bool(near & _LEVIES)) or bool("on" in after and _TRADED & follows))
    )


def agreed_to(frame: Frame) -> bool:
    """Whether a rate is accepted: `agreed to a 15 % rate`; to agree to cut is to levy less."""
    row = frame.s.row
    for q in frame.sizes:
        if not q.rated:
            continue
        j = q.first - 1
        while j > frame.first and row[j].key in ("a", "an", "the", "flat", "new", "baseline", "uniform", "minimum"):
            j -= 1
        after = set(frame.s.keys(q.after, min(q.after + 3, frame.after)))
        if row[j].key == "to" and row[j - 1].key in _AGREES:
            return bool((TARIFF | RATES) & after) and not CHANGE_NOUN & after
    return False


def heads_another(keys: list[str], i: int) -> bool:
    """Whether the word at index `i` heads a number that is no duty."""
    key, before = keys[i], keys[i - 1] if i else ""
    if key in RATES or key == "rate":
        return before in _OTHER_RATES or bool(_BANKS & set(keys))
    if key in ("tax", "taxes"):
        return before in _OTHER_TAXES
    return key in _OTHER and not (key in ("sales", "stock") and keys[i + 1 : i + 2] == ["tax"])


def of_a_duty(frame: Frame, q: Quantity, r: str, spoken: bool) -> bool:
    """Whether the number belongs to a duty, not to a flow, a price or a poll that the clause also names."""
    if of_prices(frame, q) or _of_a_class(frame, q) or _effect(frame, q):
        return False
    after = frame.s.keys(q.after, min(q.after + 5, frame.after))
    if TARIFF & set(after[:4]) and r in ("level", "part"):
        between = after[: next(i for i, k in enumerate(after) if k in TARIFF)]
        if not ENDS & set(between) and not ("and" in between and not any(k[:1].isdigit() for k in between)):
            return True
    if (FLOW | MACRO) & set(after[:3] if after[:1] != ["off"] else after) and r == "by":
        return False
    if r == "by" and FLOW & set(frame.s.keys(max(frame.first, q.first - 3), q.first)):
        return False  # "could cut exports by 40-50 %"
    head = _head(frame, q)
    if head == "other" or (after[:1] and after[0] in _OTHER and after[1:2] != ["tax"]):
        return False  # "a business with 10 % margins"
    if r == "by" and after[:1] and after[0] in CHANGE_NOUN and after[1:2] and after[1] in ("in", "of", "to", "on"):
        return bool(TARIFF & set(frame.s.keys(q.after, min(q.after + 8, frame.after))))
    if r == "by" and after[:1] == ["of"]:
        return bool(TARIFF & set(after))
    return head == "duty" or (r != "by" and _follows(frame, q)) or frame.context.tariff or spoken


def _of_a_class(frame: Frame, q: Quantity) -> bool:
    """`for countries with tariffs of 16 % or less`: a class of countries, no duty told."""
    before = frame.s.keys(max(frame.first, q.first - 6), q.first)
    after = frame.s.keys(q.after, min(q.after + 3, frame.after))
    at = next((i for i, k in enumerate(before) if k in _KINDS and before[i + 1 : i + 2] == ["with"]), None)
    return at is not None and bool(TARIFF & set(before[at:] + after))


_KINDS = words("countries nations economies partners places")
_EFFECTS = forms("add shave cost cut reduce raise boost lift push knock slow drag lower wipe shrink")
_MAY = words("could would may might will can")


def _effect(frame: Frame, q: Quantity) -> bool:
    """Whether a number is what a duty of its own rate would do: `a 10 % tariff could add another 0.3 %`."""
    keys = frame.s.keys(frame.first, q.first)
    verb = next((i for i in range(len(keys) - 1, max(-1, len(keys) - 9), -1) if keys[i] in _EFFECTS), None)
    if verb is None or verb == 0 or keys[verb - 1] not in _MAY or (TARIFF & set(keys[verb:])):
        return False
    if TARIFF & set(frame.s.keys(q.after, min(q.after + 3, frame.after))):
        return False
    duty = next((i for i in range(verb - 1, -1, -1) if keys[i] in TARIFF), None)
    rates = [r for r in frame.sizes if r.rated and r.after <= frame.first + verb]
    return duty is not None and bool(rates) and abs(frame.first + duty - rates[-1].after) <= 3


def _follows(frame: Frame, q: Quantity) -> bool:
    """Whether a word for a duty comes after the number before another phrase does: `to 30 % its tariffs`."""
    keys = frame.s.keys(q.after, frame.after)
    for i, key in enumerate(keys):
        if key in TARIFF or key in RATES:
            return not (keys[i + 1 : i + 2] and keys[i + 1] in _ABOUT_DUTIES)
        if key in ENDS or (
            key in ("in", "amid", "over", "under", "due")
            and keys[i + 1 : i + 2] not in (["all"], ["tariffs"], ["duties"])
        ):
            return False
    return False


_ABOUT_DUTIES = words(
    "policy policies war wars truce uncertainty uncertainties revenue revenues impact impacts threat threats chaos"
    " tensions shock relief turmoil pressure costs talks deal deals regime announcement announcements"
)
"""What a word for a duty only qualifies."""


def _head(frame: Frame, q: Quantity) -> str:
    """`duty` or `other`: what the words before a number speak of; a duty that only causes something is no head."""
    keys = frame.s.keys(frame.first, q.first)
    head, at = "", 0
    for i, key in enumerate(keys):
        if key in TARIFF and _ABOUT_DUTIES & set(keys[i + 1 : i + 2]):
            continue
        if key == "taxed":
            head, at = "duty", i
        if key in TARIFF and head == "other" and {"from", "of", "by", "to"} & set(keys[max(0, i - 4) : i]):
            continue  # "the price level from all 2025 tariffs"
        if key in TARIFF and (keys[i + 1 : i + 2] == ["of"] or not _causing(keys, i)):
            head, at = "duty", i
        elif key in MACRO or heads_another(keys, i):
            if keys[i + 1 : i + 2] and keys[i + 1] in TARIFF:
                continue
            if key in ("quota", "quotas") or head != "duty" or _CAUSES & set(keys[at:i]):
                head = "other"
        elif key in FLOW and not _complement(frame, frame.first + i, head):
            head = "other"
    return head


def _causing(keys: list[str], i: int) -> bool:
    """Whether a duty at index `i` only causes something: `by tariffs`, `despite lower U.S. tariffs`."""
    return bool(i) and (keys[i - 1] in _LEAST or bool({"despite", "because", "amid"} & set(keys[max(0, i - 4) : i])))


def _moves(frame: Frame, i: int) -> bool:
    """Whether a noun is the subject of a verb of change that follows before any duty is named."""
    for key in frame.s.keys(i + 1, min(i + 9, frame.after)):
        if key in TARIFF or key in (",", ";"):
            return False
        if key in DOWN | UP:
            return True
    return False


def _complement(frame: Frame, i: int, head: str) -> bool:
    """Whether a noun only completes a duty: `tariffs on imports from`, `export tariffs`, or owns goods taxed."""
    row = frame.s.row
    if i + 1 < frame.after and row[i + 1].key in TARIFF:
        return True
    if row[i - 1].key in ("and", "but", "while", "as") and i > frame.first and _moves(frame, i):
        return False  # "hit by a 50 % tariff, and shipments to the US fell 46 %"
    for j in range(i - 1, max(frame.first - 1, i - 9), -1):
        if row[j].key in ("on", "against", "upon"):
            return True
        if row[j].key in TARIFF:
            break
    verbs = {row[k].key for k in range(i, frame.after)}
    return head != "" or bool(verbs & PAYS)
