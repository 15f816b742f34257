"""A file of names in, a file of answers out: a row at a time, resumable, and again only for what changed.

The answers are written beside their final place and moved there when all rows are done. Stopped half-way, the same
call goes on behind the last whole row. Once a list has been updated, the same call screens every name against the
entries that are new or altered only, and drops what rested on entries that are gone.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from detente.controls._csvfile import once_each, rows, writing
from detente.controls._journal import AllowList, AuditLog
from detente.controls._lists import REFUSE_AFTER_DAYS, Lists, changed
from detente.controls._reasons import doubt, reason_of
from detente.controls._screen import RESULTS, REVIEW, Match, Screener, answer, overall
from detente.errors import Problem, UserError

COLUMNS = (
    "row", "name", "result", "reason", "score", "match", "list", "notice", "why", "list_date", "list_note", "matches",
)  # fmt: skip
"""Columns of the answers; `reason` is a code of `REASONS`, `list_note` what the lists lack."""
_RESULT, _REASON, _WHY, _MATCHES = (COLUMNS.index(c) for c in ("result", "reason", "why", "matches"))
_NAME_HEADERS = ("name", "entity", "party", "company", "customer", "名称")
_SYNC_EVERY = 200
_TORN = "Malformed row: it has {} cells where the header has {}, so where the name ends is not known."
_MALFORMED = _TORN.partition(":")[0]

Progress = Callable[[int], None]


def screen_file(
    source: str | Path,
    target: str | Path,
    *,
    column: str | None = None,
    encoding: str | None = None,
    min_score: float = REVIEW,
    lists: Lists | None = None,
    allow: AllowList | None = None,
    log: AuditLog | None = None,
    today: dt.date | None = None,
    max_age: int = REFUSE_AFTER_DAYS,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Screen every name of a CSV file.

    Parameters
    ----------
    source, target
        The file of names, and where the answers go.
    column
        Which column holds the names; None: one called name, entity, party, company or customer, or the only one.
    encoding
        None: what the file's first bytes mark, else UTF-8.
    lists
        None: those in use.
    allow, log
        False alarms that were settled, and the audit log.
    progress
        Called with the number of rows done.

    Returns
    -------
    `{rows, results: {result: count}, reasons: {code: count}, malformed, resumed_at, rescreened_entries, list_date, out,
    warnings}`.

    Raises
    ------
    UserError
        For a file that cannot be read, lists that are too old, or a target that is the source.
    """
    source, target = Path(source), Path(target)
    if source.resolve() == target.resolve():
        raise UserError([Problem("--out", "is the file of names itself", "Name another file.")])
    lists = lists or Lists.load()
    warnings = lists.staleness(today or dt.date.today(), max_age)
    job = _Job(source, target, column, encoding, min_score, lists, allow, log)
    done = job.run(progress)
    if done["malformed"]:
        text = f"{done['malformed']} rows have more cells than the header: they are for review"
        warnings = [*warnings, f"{text}; put quotes round names with commas."]
    return {**done, "list_date": lists.date.isoformat(), "out": str(target), "warnings": warnings}


class _Job:
    """One batch: what is done already, and what is left."""

    def __init__(
        self,
        source: Path,
        target: Path,
        column: str | None,
        encoding: str | None,
        min_score: float,
        lists: Lists,
        allow: AllowList | None,
        log: AuditLog | None,
    ) -> None:
        self.source, self.target, self.lists = source, target, lists
        self.column, self.encoding, self.min_score = column, encoding, min_score
        self.allow, self.log = allow, log
        self.lacking = " ".join(f"{name}: {note}" for name, note in lists.notes.items())
        self.part = target.with_name(target.name + ".part")
        self.state = target.with_name(target.name + ".state.json")
        settled = [r.to_dict() | {"name": r.name} for r in allow.rows] if allow else []
        ways = {"column": column, "encoding": encoding, "min_score": min_score, "allow": settled,
                "columns": list(COLUMNS)}  # fmt: skip
        try:
            self.inputs = {"hash": _file_hash(source), **ways}
        except OSError as error:
            raise UserError([Problem(str(source), f"cannot be read: {error.strerror}")]) from None
        with writing(target):
            pass

    def run(self, progress: Progress | None) -> dict[str, Any]:
        state = _load_state(self.state)
        same = state.get("inputs") == self.inputs
        if same and state.get("done") and self.target.exists():
            if state.get("version") == self.lists.version:
                return self._summary(len(_results(self.target)), 0)
            return self._again(state["entries"], progress)
        resume = 0
        if same and state.get("version") == self.lists.version and self.part.exists():
            resume = _whole_rows(self.part)
        else:
            self.part.unlink(missing_ok=True)
        self._write_state(False)
        screener = Screener(self.lists)
        self._write(self._fresh(screener, resume), resume, progress)
        return self._summary(resume, 0)

    def _names(self) -> Iterator[tuple[int, str, str]]:
        """(row, name, what is wrong with the row) of every row of the source.

        A row without the column is one with an empty name. Of a row with too many cells nobody knows where the name
        ends: as many cells as are too many are read as part of it.
        """
        table = rows(self.source, self.encoding)
        try:
            _, header = next(table)
        except StopIteration:
            raise UserError(
                [Problem(str(self.source), "is empty", "It needs a header with a column `name`.")]
            ) from None
        place = _column(header, self.column, str(self.source))
        for number, (_, cells) in enumerate(table, start=1):
            over = len(cells) - len(header)
            if over > 0:
                yield number, ",".join(cells[place : place + over + 1]), _TORN.format(len(cells), len(header))
            else:
                yield number, cells[place] if place < len(cells) else "", ""

    def _fresh(self, screener: Screener, skip: int) -> Iterator[list[Any]]:
        try:
            for number, name, torn in self._names():
                if number > skip:
                    yield self._row(number, name, torn, screener.matches(name, self.min_score), [])
        except UserError:
            # a source that cannot be read to its end must change: there is nothing to go on from
            self.part.unlink(missing_ok=True)
            self.state.unlink(missing_ok=True)
            raise

    def _row(self, number: int, name: str, torn: str, found: list[Match], kept: list[dict[str, Any]]) -> list[Any]:
        allowed: list[dict[str, Any]] = [m["settled"] for m in kept if "settled" in m]
        kept = [m for m in kept if "settled" not in m]
        notes: list[str] = [torn] if torn else []
        if self.allow:
            found, now, lapsed = self.allow.split(name, found)
            allowed, notes = [*allowed, *now], [*notes, *lapsed]
        out = answer(name, found, self.lists, allowed, notes)
        matches = [_short(m) for m in out["matches"]]
        matches = sorted([*matches, *kept], key=lambda m: -m["score"])
        result = _strongest([overall(found, allowed), *(m["result"] for m in kept)])
        if result == "NO_LIST_MATCH":
            result = out["result"]
        if torn:
            result = _strongest([result, "REVIEW"])
        if self.log:
            names = {s.name: s.sha256 for s in self.lists.sources}
            self.log.write({"row": number, "name": name[:500], "result": result, "lists": names, "allowed": allowed,
                            "matches": [[m["id"], m["score"]] for m in matches]})  # fmt: skip
        top = matches[0] if matches else {}
        code, told = doubt(name, matched=bool(matches or allowed))
        # what cannot be read is for review whatever was found in what could be
        if code == "garbled":
            result = _strongest([result, "REVIEW"])
        reason = reason_of(matches, bool(allowed), code, bool(torn))
        why = "; ".join([*([told] if told else []), *notes, *top.get("why", ())])
        why += "".join(f" Settled: {a['name']} by {a['who']} on {a['when']} ({a['why']})." for a in allowed)
        settled = [{"id": a["entry"], "settled": a} for a in allowed]
        shown = json.dumps([*matches, *settled], ensure_ascii=False, separators=(",", ":"))
        return [
            number, " ".join(name[:500].split()), result, reason, top.get("score", ""), top.get("written", ""),
            top.get("list", ""), top.get("notice", ""), " ".join(why.split()), self.lists.date.isoformat(),
            self.lacking, shown,
        ]  # fmt: skip

    def _again(self, before: dict[str, str], progress: Progress | None) -> dict[str, Any]:
        """Screen against new and altered entries only, and keep what the others gave."""
        new, gone = changed(before, self.lists)
        old = _results(self.target)
        self.part.unlink(missing_ok=True)
        screener = Screener(self.lists, only=new)

        def lines() -> Iterator[list[Any]]:
            for (number, name, torn), matches in zip(self._names(), old, strict=True):
                kept = [m for m in matches if m["id"] not in new and m["id"] not in gone]
                yield self._row(number, name, torn, screener.matches(name, self.min_score), kept)

        self._write(lines(), 0, progress)
        return self._summary(0, len(new) + len(gone))

    def _write(self, lines: Iterator[list[Any]], skip: int, progress: Progress | None) -> None:
        with writing(self.target), self.part.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            if not skip and not file.tell():
                writer.writerow(COLUMNS)
            for done, line in enumerate(lines, start=skip + 1):
                writer.writerow(line)
                if done % _SYNC_EVERY == 0:
                    file.flush()
                    if progress:
                        progress(done)
        with writing(self.target):
            os.replace(self.part, self.target)
        self._write_state(True)

    def _write_state(self, done: bool) -> None:
        data = {"inputs": self.inputs, "version": self.lists.version, "done": done}
        if done:
            data["entries"] = self.lists.fingerprints
        temporary = self.state.with_name(self.state.name + ".tmp")
        with writing(self.target):
            temporary.write_text(json.dumps(data), encoding="utf-8")
            os.replace(temporary, self.state)

    def _summary(self, resumed: int, rescreened: int) -> dict[str, Any]:
        counts: dict[str, int] = {}
        reasons: dict[str, int] = {}
        total = malformed = 0
        for _, cells in _skip_header(self.target):
            counts[cells[_RESULT]] = counts.get(cells[_RESULT], 0) + 1
            reasons[cells[_REASON]] = reasons.get(cells[_REASON], 0) + 1
            total += 1
            malformed += _MALFORMED in cells[_WHY]
        return {
            "rows": total, "results": counts, "reasons": reasons, "malformed": malformed, "resumed_at": resumed,
            "rescreened_entries": rescreened,
        }  # fmt: skip


def _short(match: dict[str, Any]) -> dict[str, Any]:
    keys = ("id", "name", "score", "result", "reason", "list", "notice", "why")
    return {k: match[k] for k in keys} | {"written": match["alias"] or match["name"]}


def _strongest(results: list[str]) -> str:
    return max(results, key=RESULTS.index)


def _column(header: list[str], named: str | None, where: str) -> int:
    plain = [h.strip().casefold() for h in header]
    once_each(plain, _NAME_HEADERS if named is None else (named.strip().casefold(),), where)
    if named is not None:
        if named.strip().casefold() in plain:
            return plain.index(named.strip().casefold())
        raise UserError([Problem(where, f"has no column {named!r}", f"It has {', '.join(header)[:300]}.")])
    for candidate in _NAME_HEADERS:
        if candidate in plain:
            return plain.index(candidate)
    # a lone column without a name of its own may be the first party: skipping it in silence is the one thing not to do
    remedy = "Give the file a header with a column `name`, or name the column with --column."
    raise UserError([Problem(where, f"has no column `name`; it has {', '.join(header)[:300]}", remedy)])


def _file_hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _load_state(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return data if isinstance(data, dict) else {}
    except (OSError, ValueError):
        return {}


def _skip_header(path: Path) -> Iterator[tuple[int, list[str]]]:
    table = rows(path)
    next(table, None)
    return table


def _results(path: Path) -> list[list[dict[str, Any]]]:
    """The matches of every row of an earlier answer."""
    try:
        return [json.loads(cells[_MATCHES]) for _, cells in _skip_header(path)]
    except (ValueError, IndexError):
        text = "is not an answer of this program, though its state file says so"
        raise UserError([Problem(str(path), text, "Remove it and its .state.json, and run again.")]) from None


def _whole_rows(path: Path) -> int:
    """How many whole rows an unfinished answer holds; a torn last row is cut off."""
    content = path.read_bytes()
    end = content.rfind(b"\n") + 1
    if end < len(content):
        with path.open("r+b") as file:
            file.truncate(end)
    count = sum(1 for _, cells in rows(path) if len(cells) == len(COLUMNS))
    return max(0, count - 1)
