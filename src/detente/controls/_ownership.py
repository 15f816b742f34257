"""Who holds what in whom, with dates and sources, ready for the cascade."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.controls import _edges
from detente.controls._cascade import UNIT, Holdings
from detente.errors import Problem, UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int32]

_FIRST, _LAST = dt.date(1, 1, 1), dt.date(9999, 12, 31)
_EPOCH = dt.date(1970, 1, 1)
_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Ownership:
    """Holdings between named entities; spellings that differ only in case or spaces are one entity, and told.

    `owner` and `owned` are places in `names`; `low` and `high` the ends of the share in units of 1e-9; `first` and
    `last` the days it may be held (days since 1970, both included); `kind` 0 ownership, 1 control, 2 branch, 3 a seat
    on a board, which holds nothing.
    """

    names: tuple[str, ...]
    owner: Array
    owned: Array
    low: Array
    high: Array
    first: Array
    last: Array
    kind: NDArray[np.int8]
    source: tuple[str, ...] = ()
    country: Mapping[int, str] | None = None
    """Alpha-2 or alpha-3 code of an entity's seat, by its place, where the file says it."""
    warnings: tuple[str, ...] = ()
    first_sure: Array | None = None
    last_sure: Array | None = None
    """Days from which and to which it is held for certain, where `first` and `last` are a month or a year; None: the
    same days."""

    @classmethod
    def read(cls, path: str | Path, encoding: str | None = None) -> Ownership:
        """From a CSV file.

        Raises
        ------
        UserError
            With the rows that are wrong.
        """
        path = Path(path)
        return cls._build(_edges.read(path, encoding), str(path), first_row=2)

    @classmethod
    def of(cls, edges: Iterable[Sequence[Any] | Mapping[str, Any]]) -> Ownership:
        """From rows `(owner, owned, share[, share_high])` or mappings with the columns of the file.

        A share of None is not known.

        Examples
        --------
        >>> Ownership.of([("X", "A", 0.5), ("A", "B", 0.5)])
        <Ownership: 3 entities, 2 holdings>
        """
        import pyarrow as pa

        order = _edges.COLUMNS
        records = [dict(row) if isinstance(row, Mapping) else dict(zip(order, row, strict=False)) for row in edges]
        used = [c for c in order if c in ("owner", "owned", "share") or any(r.get(c) is not None for r in records)]
        columns = {c: pa.array(["" if r.get(c) is None else _text(r[c]) for r in records], pa.string()) for c in used}
        return cls._build(columns, "edges", first_row=1)

    @classmethod
    def _build(cls, columns: Mapping[str, Any], where: str, first_row: int) -> Ownership:
        import numpy as np

        problems = _edges.Problems(where, first_row)
        names, owner, owned, spelled = _entities(columns, problems)
        low, high, blank = _edges.units(columns["share"], problems)
        if "share_high" in columns:
            _, top, none = _edges.units(columns["share_high"], problems)
            stated = ~none
            remedy = "share_high is the upper end."
            problems.add(np.flatnonzero(stated & ~blank & (top < low)), "has a share above its share_high", remedy)
            high = np.where(stated, top, high).astype(np.int32)
        first, first_sure = _dates(columns, "from", problems, _FIRST, len(owner))
        last_sure, last = _dates(columns, "to", problems, _LAST, len(owner))
        problems.add(np.flatnonzero(first > last), "ends before it begins", "Check `from` and `to`.")
        kind = _kinds(columns, problems, len(owner))
        problems.settle()
        # a branch is its head office, a stated control all or nothing: neither has a share
        low, high = (np.where(kind > 0, UNIT, ends).astype(np.int32) for ends in (low, high))
        source = tuple(columns["source"].to_pylist()) if "source" in columns else ()
        if not len(owner):
            spelled = (*spelled, f"{where} holds no holding: nothing could be found in it.")
        dates = {} if first is first_sure and last is last_sure else {"first_sure": first_sure, "last_sure": last_sure}
        made = cls(
            names, owner, owned, low, high, first, last, kind, source, _countries(columns, owned), spelled, **dates
        )
        return made._tidied()

    def _tidied(self) -> Ownership:
        """Without holdings in oneself, and with repeated rows settled."""
        import numpy as np

        notes = list(self.warnings)
        keep = self.owner != self.owned
        if not keep.all():
            count = int((~keep).sum())
            notes.append(f"{count} holdings of an entity in itself were left out: own shares hold nothing up.")
        keep, low, high, repeated = _settle_repeats(self, keep)
        notes += repeated
        made = replace(self, low=low, high=high)
        out = made if keep.all() else made._where(keep)
        total = np.bincount(out.owned[out.kind == 0], weights=out.low[out.kind == 0], minlength=len(out.names))
        over = np.flatnonzero(total > UNIT + 0.5)
        if len(over) and not (out.first.min() > _number(_FIRST) or out.last.max() < _number(_LAST)):
            some = ", ".join(f"{out.names[i]} ({total[i] / UNIT:.1%})" for i in over[:_SHOWN])
            notes.append(f"{len(over)} entities are held to more than 100 % in sum: {some}.")
        return replace(out, warnings=tuple(notes))

    def _where(self, keep: NDArray[np.bool_]) -> Ownership:
        source = tuple(s for s, k in zip(self.source, keep.tolist(), strict=True) if k) if self.source else ()
        columns = ["owner", "owned", "low", "high", "first", "last", "kind"]
        columns += [f for f in ("first_sure", "last_sure") if getattr(self, f) is not None]
        return replace(self, source=source, **{f: getattr(self, f)[keep] for f in columns})

    def on(self, day: dt.date) -> Ownership:
        """Only what is or may be held on a day; what is not held for certain has no low end."""
        import numpy as np

        number = _number(day)
        held = (self.first <= number) & (self.last >= number)
        made = self
        if self.first_sure is not None and self.last_sure is not None:
            sure = (self.first_sure <= number) & (self.last_sure >= number)
            if not sure[held].all():
                note = (
                    f"{int((held & ~sure).sum())} holdings have dates that leave open whether they were held on {day}"
                )
                notes = (*self.warnings, f"{note}: for `possible` only.")
                made = replace(self, low=np.where(sure, self.low, 0).astype(np.int32), warnings=notes)
        return made if held.all() else made._where(held)

    def holdings(self, *, control: bool, branches: bool) -> Holdings:
        """In the order of owners; control relations and branches only where the rule counts them."""
        keep = (self.kind == 0) | ((self.kind == 1) & control) | ((self.kind == 2) & branches)
        used = self if keep.all() else self._where(keep)
        exact = bool((used.low == used.high).all())
        return Holdings.of(len(self.names), used.owner, used.owned, used.low, None if exact else used.high)

    def places(self, names: Iterable[str]) -> dict[str, int]:
        """Places of those of `names` that are there; case, runs of spaces and forms of a character do not count."""
        import pyarrow.compute as pc

        asked = list(names)
        found = pc.index_in(keys_of(asked), value_set=keys_of(self.names)).to_pylist()
        return {name: place for name, place in zip(asked, found, strict=True) if place is not None}

    def __repr__(self) -> str:
        return f"<Ownership: {len(self.names):,} entities, {len(self.owner):,} holdings>"


def _text(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _number(day: dt.date) -> int:
    return (day - _EPOCH).days


def keys_of(names: Any) -> Any:
    """What spellings of one entity share: Unicode form NFKC, small letters, single spaces, none at the ends.

    Parameters
    ----------
    names
        An Arrow array of text, or names.

    Returns
    -------
    An Arrow array of the same length.

    Examples
    --------
    >>> keys_of([" Acme\u3000 LTD", "acme ltd"]).unique().to_pylist()
    ['acme ltd']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    text = names if isinstance(names, pa.Array) else pa.array(names, pa.string())
    lower = pc.utf8_lower(pc.utf8_normalize(text, "NFKC"))
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(lower, r"\s+", " "))


def _entities(
    columns: Mapping[str, Any], problems: _edges.Problems
) -> tuple[tuple[str, ...], Array, Array, tuple[str, ...]]:
    """(names, owner, owned, what was taken for one entity); spellings with one key are one entity."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    sides = [pc.utf8_trim_whitespace(columns[c]) for c in ("owner", "owned")]
    for side, name in zip(sides, ("owner", "owned"), strict=True):
        empty = np.flatnonzero(np.asarray(pc.equal(side, "")))
        problems.add(empty, f"has no {name}", "Name both, or leave the row out.")
    chunks = [c for side in sides for c in (side.chunks if isinstance(side, pa.ChunkedArray) else [side])]
    both = pa.chunked_array(chunks, pa.string()).combine_chunks().dictionary_encode()
    codes = np.asarray(both.indices, dtype=np.int32)
    names, codes, spelled = _one_spelling(both.dictionary, codes)
    half = len(sides[0])
    return names, codes[:half], codes[half:], spelled


def _one_spelling(names: Any, codes: Array) -> tuple[tuple[str, ...], Array, tuple[str, ...]]:
    """Entities under the first spelling of each, the codes to match, and a warning with the spellings joined."""
    import numpy as np

    keys = keys_of(names).dictionary_encode()
    if len(keys.dictionary) == len(names):
        return tuple(names.to_pylist()), codes, ()
    new = np.asarray(keys.indices, dtype=np.int32)
    # keys are numbered as they are met: the first place of each is where the numbers reach a new height
    first = np.unique(new, return_index=True)[1]
    again = np.setdiff1d(np.arange(len(new)), first)
    joined = [f"{names[i].as_py()!r} is {names[int(first[new[i]])].as_py()!r}" for i in again[:_SHOWN].tolist()]
    some = "; ".join(joined) + (f"; and {len(again) - _SHOWN:,} more" if len(again) > _SHOWN else "")
    text = f"Spellings that differ only in case or spaces were taken for one entity: {some}."
    return tuple(names.take(first).to_pylist()), new[codes], (text,)


def _dates(
    columns: Mapping[str, Any], name: str, problems: _edges.Problems, empty: dt.date, size: int
) -> tuple[Array, Array]:
    """First and last day that the dates of a column may mean."""
    import numpy as np

    if name not in columns:
        none = np.full(size, _number(empty), np.int32)
        return none, none
    return _edges.days(columns[name], problems, empty)


def _kinds(columns: Mapping[str, Any], problems: _edges.Problems, size: int) -> NDArray[np.int8]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if "kind" not in columns:
        return np.zeros(size, np.int8)
    bare = pc.utf8_lower(pc.utf8_trim_whitespace(columns["kind"]))
    found = np.asarray(pc.index_in(bare, value_set=pa.array(["", *_edges.KINDS])).fill_null(-1), dtype=np.int8)
    remedy = f"Known: {', '.join(_edges.KINDS)}."
    problems.add(np.flatnonzero(found < 0), "is not a kind of holding", remedy, columns["kind"])
    return np.maximum(found - 1, 0).astype(np.int8)


def _countries(columns: Mapping[str, Any], owned: Array) -> dict[int, str] | None:
    if "owned_country" not in columns:
        return None
    pairs = zip(owned.tolist(), columns["owned_country"].to_pylist(), strict=True)
    return {place: country.strip().upper() for place, country in pairs if country.strip()}


def _settle_repeats(data: Ownership, keep: NDArray[np.bool_]) -> tuple[Any, Array, Array, list[str]]:
    """Rows that speak of the same two entities at the same time.

    Different shares are different holdings and add up. The same row twice may be one holding or two: once for the
    low end, twice for the high end. Two sources on one holding: from the least to the most that either says.
    """
    import numpy as np

    low, high = data.low.copy(), data.high.copy()
    key = data.owner.astype(np.int64) * len(data.names) + data.owned
    order = np.argsort(key, kind="stable")
    same = np.flatnonzero(key[order][1:] == key[order][:-1])
    if not len(same):
        return keep, low, high, []
    groups: dict[int, list[int]] = {}
    for i in same.tolist():
        groups.setdefault(int(key[order[i]]), [int(order[i])]).append(int(order[i + 1]))
    dates = [days for days in (data.first, data.last, data.first_sure, data.last_sure) if days is not None]
    twice = reports = 0
    for members in groups.values():
        first, *others = members
        for other in others:
            if not keep[other] or data.kind[other] != data.kind[first]:
                continue
            if any(days[other] != days[first] for days in dates):
                continue
            sources = (data.source[first], data.source[other]) if data.source else ("", "")
            if sources[0] != sources[1] and all(sources):
                low[first], high[first] = min(low[first], low[other]), max(high[first], high[other])
                keep[other], reports = False, reports + 1
            elif (data.low[other], data.high[other]) == (data.low[first], data.high[first]):
                high[first] = min(UNIT, int(high[first]) + int(data.high[other]))
                keep[other], twice = False, twice + 1
    notes = []
    if twice:
        notes.append(f"{twice} rows repeat another: counted once for `certain`, twice for `possible`.")
    if reports:
        notes.append(f"{reports} holdings are reported by two sources: taken from the least to the most they say.")
    return keep, low, high, notes


def listed_from(path: Path, encoding: str | None = None) -> dict[str, str]:
    """Entities and their licence policies from a CSV file `entity[,policy]`.

    Raises
    ------
    UserError
        For a file without that column, or with an empty name.
    """
    from detente.controls._csvfile import once_each, rows
    from detente.controls._rules import severity

    table = rows(path, encoding)
    _, header = next(table, (0, [""]))
    plain = [h.strip().casefold() for h in header]
    if "entity" not in plain:
        raise UserError([Problem(str(path), "has no column `entity`", "Columns: entity, and policy if it is known.")])
    once_each(plain, ("entity", "policy"), str(path))
    place, policy = plain.index("entity"), plain.index("policy") if "policy" in plain else -1
    out: dict[str, str] = {}
    problems = []
    for line, cells in table:
        name = cells[place].strip() if place < len(cells) else ""
        if not name:
            problems.append(Problem(f"{path}:{line}", "names no entity"))
            continue
        stated = cells[policy].strip() if 0 <= policy < len(cells) else ""
        if name not in out or severity(stated) > severity(out[name]):
            out[name] = stated
    if problems:
        raise UserError(problems[: _SHOWN * 4])
    if not out:
        raise UserError([Problem(str(path), "lists nobody")])
    return out
