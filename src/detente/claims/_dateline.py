"""The dateline that opens a report: `LISBON, March 3 (Reuters) -`. Its place and agency are no parties."""

from __future__ import annotations

from collections.abc import Sequence

from detente.claims._tokens import Token

_LONGEST = 16


def dateline(row: Sequence[Token]) -> int:
    """The token after the dash of a dateline; 0 where there is none.

    >>> from detente.claims._tokens import tokens
    >>> dateline(tokens("WASHINGTON (Reuters) - Japan agreed")), dateline(tokens("Japan agreed - at last - to"))
    (5, 0)
    """
    if not row or not row[0].capital:
        return 0
    depth = 0
    marked = row[0].text.isupper() and len(row[0].text) > 2
    for i, token in enumerate(row[:_LONGEST]):
        if token.kind == "dash" and depth == 0 and i and not token.glued:
            return i + 1 if marked else 0
        if token.text == "(":
            depth, marked = depth + 1, True
        elif token.text == ")":
            depth -= 1
        elif token.kind in ("number", "date") or (token.kind == "abbr" and i):
            marked = marked or token.kind == "number"
        elif depth == 0 and not (token.capital or token.text in (",", "/", ".")):
            return 0
    return 0
