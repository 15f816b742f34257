"""The closed lists of the ledger's files: kinds, layers, operators, events, statuses."""

from __future__ import annotations

KINDS = {
    "tariff.base": "the duty of the schedule itself (most favoured nation)",
    "tariff.additional": "a duty on top of the base rate",
    "tariff.safeguard": "a safeguard duty",
    "tariff.exclusion": "products freed of one additional duty",
    "tariff.low-value": "the end of duty-free entry for small parcels",
    "control.item": "an export licence for listed items",
    "control.destination": "a ban or licence for one destination or user",
    "control.entity": "a list of parties",
    "control.ownership": "a rule that reaches parties by who owns them",
    "control.extraterritorial": "a rule on foreign-made goods or on re-export",
    "control.technology": "a control of know-how",
    "control.letter": "a licence duty laid on named firms by letter",
    "control.licence": "licences granted, suspended or changed",
    "port-fee": "a fee on ships",
    "import-ban": "goods refused entry",
    "review": "an investigation or review by law",
}

LAYERS = {
    "USA": ("mfn", "s301", "s232", "s201", "fentanyl", "reciprocal", "s122", "s301-forced-labour"),
    "CHN": ("mfn", "answer-232", "answer-301", "list-2025-02", "list-2025-03", "reciprocal"),
}
"""Tariff layers of each importer, in the order in which every answer lists them."""

PAIRS = (("USA", "CHN"), ("CHN", "USA"))
"""(importer, exporter) pairs of which the ledger holds the tariffs by line."""

OPERATORS = (
    "add", "exclusive_ranked", "exempts", "replaces", "content_split", "floor", "cap", "lifts_only", "conditional",
)  # fmt: skip

METALS = ("steel", "aluminium", "copper")
PLAIN_CLASSES = ("ad-valorem-equivalent", "carried", "hs2017")
"""Classes of rows that say where a base rate comes from, and on which nothing depends."""

EVENTS = {
    "announced": "an act or statement says it will come",
    "entered_into_force": "it began",
    "rate_changed": "its rate moved",
    "scope_changed": "what it covers moved",
    "suspended": "stopped for a time; `until` and `then` say what follows",
    "extended": "the end of a suspension or of a temporary duty was moved",
    "resumed": "a suspension ended and it is back",
    "ended": "it ended for good",
    "voided": "a court or act took its legal basis away",
    "collection_stopped": "customs stopped collecting it",
    "superseded": "another act took its place",
    "withdrawn": "its author dropped it",
    "statement": "said or reported; changes nothing in law",
}

STATUSES = ("in_force", "suspended", "scheduled", "ended", "never_in_force", "superseded", "unknown")
CONFIDENCE = ("H", "M", "L")
OUTCOMES = ("resumes", "lapses")


def weakest(levels: list[str]) -> str:
    """The lowest confidence among `levels`; L for none at all.

    >>> weakest(["H", "M"])
    'M'
    """
    return max(levels, key=CONFIDENCE.index) if levels else "L"


def percent(rate: float) -> str:
    """A rate as the press writes it.

    >>> percent(0.125), percent(1.25)
    ('12.5 %', '125 %')
    """
    return f"{round(100 * rate, 4):g} %"
