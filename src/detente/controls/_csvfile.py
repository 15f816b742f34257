"""CSV files as people have them: a row at a time, bounded, in a stated or recognised encoding, problems with lines."""

from __future__ import annotations

import codecs
import contextlib
import csv
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import IO

from detente.errors import Problem, UserError

LONGEST_LINE = 1_000_000
"""Characters of one line; a longer one is refused, not read into memory."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(path: Path, named: str | None = None) -> str:
    """The encoding of a file: the one named, the one its first bytes mark, or UTF-8.

    Raises
    ------
    UserError
        For a name that Python does not know, or a file that is not there.
    """
    if named:
        try:
            return codecs.lookup(named).name
        except LookupError:
            remedy = "For example utf-8, gb18030, big5, cp1251 or cp1252."
            raise UserError([Problem("--encoding", f"{named!r} is not a known encoding", remedy)]) from None
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise UserError([Problem(str(path), f"cannot be read: {error.strerror}")]) from None
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    return "utf-8"


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Make the folder of a file that is about to be written; what the system refuses is a clear error.

    Raises
    ------
    UserError
        Where the folder cannot be made or the file cannot be written.
    """
    remedy = "Name a file in a folder that you may write to."
    if path.is_dir():
        raise UserError([Problem(str(path), "is a folder", "Name a file.")])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        text = f"cannot be written: {error.strerror or error}"
        raise UserError([Problem(str(path), text, remedy)]) from None


def once_each(header: Sequence[str], known: Collection[str], where: str) -> None:
    """Refuse a header in which a column that is read stands twice: which of the two is meant cannot be told.

    Raises
    ------
    UserError
        Naming every such column.
    """
    twice = [name for name in dict.fromkeys(header) if name in known and header.count(name) > 1]
    if twice:
        raise UserError([Problem(where, f"has the column {name} more than once", "Keep one.") for name in twice])


class _Lines:
    """Lines of a text file, each bounded."""

    def __init__(self, file: IO[str], where: str) -> None:
        self.file, self.where, self.number = file, where, 0

    def __iter__(self) -> Iterator[str]:
        while True:
            line = self.file.readline(LONGEST_LINE + 1)
            if not line:
                return
            self.number += 1
            if len(line) > LONGEST_LINE:
                text = f"is longer than {LONGEST_LINE:,} characters"
                raise UserError([Problem(f"{self.where}:{self.number}", text, "Is this a CSV file?")])
            if "\0" in line:
                text = "holds a null byte: it is not text in this encoding"
                raise UserError([Problem(f"{self.where}:{self.number}", text, "Name another with --encoding.")])
            yield line


def rows(path: Path, encoding: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every row, the header first; nothing but the current row is held in memory.

    Raises
    ------
    UserError
        At the first row that cannot be read, with its line.
    """
    name = encoding_of(path, encoding)
    # a cell may be as long as a line; the reader's own limit, of the whole process, is lower
    csv.field_size_limit(LONGEST_LINE)
    try:
        with path.open(encoding=name, newline="") as file:
            lines = _Lines(file, str(path))
            reader = csv.reader(lines, strict=True)
            try:
                for cells in reader:
                    if cells:
                        yield lines.number, cells
            except csv.Error as error:
                long = f"has a cell longer than {LONGEST_LINE:,} characters"
                what = long if "field limit" in str(error) else f"is malformed: {error}"
                remedy = "Check quotes and commas there."
                raise UserError([Problem(f"{path}:{lines.number}", what, remedy)]) from None
            except UnicodeDecodeError as error:
                text = f"is not {name} text: {error.reason}"
                remedy = "Save it as UTF-8, or name its encoding with --encoding."
                raise UserError([Problem(f"{path}:{lines.number + 1}", text, remedy)]) from None
            except UnicodeError as error:
                raise UserError([Problem(f"{path}:{lines.number + 1}", f"is not {name} text: {error}")]) from None
    except OSError as error:
        raise UserError([Problem(str(path), f"cannot be read: {error.strerror or error}")]) from None
