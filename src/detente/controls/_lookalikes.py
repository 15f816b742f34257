"""Entities in the holdings that may be listed ones: names that differ only in organisation form, case or signs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from detente.controls._names import FORMS

if TYPE_CHECKING:
    from detente.controls._ownership import Ownership

_TOGETHER = ("coltd", "ltdco", "gmbhcokg", "coinc", "cokg", "aktiengesellschaft", "joint", "stock", "public")


def bare(names: Iterable[str]) -> Any:
    """Names without organisation forms, signs and spaces, in small letters, as an Arrow array of text.

    >>> bare(["Rosneft PJSC", "OOO 'Rosneft'", "ROSNEFT, P.J.S.C.", "LLC"]).to_pylist()
    ['rosneft', 'rosneft', 'rosneft', '']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_lower(pc.utf8_normalize(pa.array(list(names), pa.string()), "NFKC"))
    # an initial's point parts nothing; every other sign does
    text = pc.replace_substring(text, ".", "")
    text = pc.replace_substring_regex(text, r"[^\p{L}\p{N}\p{M}]+", "  ")
    text = pc.binary_join_element_wise(" ", text, " ", "")
    forms = "|".join(sorted((*FORMS, *_TOGETHER), key=len, reverse=True))
    return pc.replace_substring(pc.replace_substring_regex(text, f" (?:{forms}) ", ""), " ", "")


def lookalikes(graph: Ownership, listed: Iterable[str]) -> dict[str, list[int]]:
    """Places of entities that differ from a listed one in form, case or signs only, by the listed name."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = [name for name in listed if name]
    keys = bare(wanted).to_pylist()
    by_key: dict[str, list[str]] = {}
    for name, key in zip(wanted, keys, strict=True):
        if key:
            by_key.setdefault(key, []).append(name)
    if not by_key:
        return {}
    there = bare(graph.names)
    exact = set(graph.places(wanted).values())
    out: dict[str, list[int]] = {}
    for place in np.flatnonzero(np.asarray(pc.is_in(there, value_set=pa.array(list(by_key))))).tolist():
        if place not in exact:
            for name in by_key[there[place].as_py()]:
                out.setdefault(name, []).append(place)
    return out
