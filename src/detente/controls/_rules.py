"""The ownership rules, read from data, and the order of licence policies."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from typing import Any

from detente import strict_yaml
from detente.controls._cascade import UNIT
from detente.controls._standing import standing
from detente.errors import UnknownName, UserError, unknown

POLICIES = ("approval", "case by case", "presumption of denial", "denial", "blocked")
"""Licence policies from the least to the most restrictive."""


@dataclass(frozen=True)
class Rule:
    """One ownership rule."""

    id: str
    title: str
    basis: str
    threshold: Decimal
    strict: bool
    """Whether more than the threshold is needed."""
    control: bool
    branches: bool
    measures: tuple[str, ...]
    lists: tuple[str, ...]
    home: str
    """Alpha-3 code of the economy whose own entities the rule leaves out; empty: none."""
    effect: str
    confidence: str
    note: str
    since: dt.date | None

    @property
    def need(self) -> int:
        """Units of 1e-9 that suffice.

        >>> rules()["ofac"].need, rules()["more-than-50-or-control"].need
        (500000000, 500000001)
        """
        return int(self.threshold * UNIT) + self.strict

    def standing(self, on: dt.date, known: dt.date | None, assume: str | None) -> dict[str, Any]:
        """Whether it is in force on a day: `{status, applies, limbs, ...}`; `applies` is None where not known."""
        if not self.measures:
            begun = self.since is None or self.since <= on
            status = "in_force" if begun and self.since else "not_dated" if begun else "never_in_force"
            return {"status": status, "applies": begun, "assumed": None, "limbs": [], "warnings": []}
        limbs = [standing(m, on, known, assume) for m in self.measures]
        states = [x["status"] for x in limbs]
        status = next((s for s in ("in_force", "unknown", "suspended", "scheduled") if s in states), states[0])
        return {
            "status": status,
            "applies": {"in_force": True, "unknown": None}.get(status, False),
            "assumed": next((x["assumed"] for x in limbs if x["assumed"]), None),
            "limbs": [{k: x[k] for k in ("measure", "status", "since", "until", "confidence")} for x in limbs],
            "warnings": list(dict.fromkeys(w for x in limbs for w in x["warnings"])),
        }


@functools.cache
def rules() -> dict[str, Rule]:
    """Every rule by its id."""
    place = resources.files("detente").joinpath("data/controls/ownership_rules.yaml")
    document = strict_yaml.parse(place.read_text(encoding="utf-8"), "ownership_rules.yaml")
    if document.problems:
        raise UserError(document.problems)
    out = {}
    for name, row in document.data.items():
        since = row.get("since")
        out[name] = Rule(
            name, row["title"], row["basis"], Decimal(row["threshold"]), row["strict"], row["control"],
            row["branches"], tuple(row.get("measures", ())), tuple(row["lists"]), row.get("home", ""),
            row["effect"], row["confidence"], row.get("note", ""), dt.date.fromisoformat(since) if since else None,
        )  # fmt: skip
    return out


def rule(name: str) -> Rule:
    """One rule.

    Raises
    ------
    UnknownName
        With the rules there are.
    """
    found = rules().get(name)
    if found is None:
        raise UnknownName([unknown("ownership rule", name, list(rules()), "--rule")])
    return found


def severity(policy: str) -> int:
    """How restrictive a licence policy is: 0 where nothing is said, -1 where the words are not known here.

    >>> severity("Presumption of denial.") > severity("Case-by-case review")
    True
    >>> severity("Policy of denial") > severity("Presumption of denial")
    True
    """
    text = " ".join(policy.casefold().replace("-", " ").split())
    if not text:
        return 0
    if "block" in text:
        return 5
    # a mixed policy is as strict as its strictest part
    if "policy of denial" in text or text.rstrip(".") in ("denial", "deny", "prohibited", "refused"):
        return 4
    if "denial" in text:
        return 3
    if "case by case" in text:
        return 2
    return 1 if "approval" in text else -1
