"""Fetch the official list, and keep the old one unless everything about the new one is right.

Checked before anything is replaced: the transfer ended where the server said it would, in time and within bounds; the
content is the list (its columns, its rows, the lists in it); it has not shrunk beyond belief, nor are its names others;
its hash is the one that the server or the user states, where they state one; it is not older than what is here.
"""

from __future__ import annotations

import base64
import datetime as dt
import email.utils
import hashlib
import http.client
import io
import os
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from detente.controls._csl import fingerprint, parse, to_parquet
from detente.controls._lists import Lists, Source, data_folder, sources
from detente.errors import Problem, UserError

LARGEST = 300_000_000
"""Bytes of a download beyond which it is refused."""
_BLOCK = 1 << 16
_LEAST_OF_OLD = 0.8
_LEAST_OF_A_LIST = 0.5
_MOST_GONE = 0.2
"""Share of the names in use that a newer list may lack."""


def fetch_lists(
    url: str | None = None,
    *,
    sha256: str | None = None,
    timeout: float = 120.0,
    folder: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Fetch the US Consolidated Screening List and put it in use.

    Parameters
    ----------
    url
        None: the official bulk file.
    sha256
        Hash the file must have; None: not known.
    timeout
        Seconds for the whole transfer.
    folder
        Where fetched data live; None: the user's data folder.
    progress
        Called with the bytes received.

    Returns
    -------
    `{name, url, date, rows, bytes, sha256, added, removed, altered, path}`.

    Raises
    ------
    UserError
        With every reason not to trust the new file; the old one stays in use.
    """
    old = sources()["us-csl"]
    url = url or old.url
    content, headers = _download(url, timeout, progress)
    problems = _wrong_hash(content, headers, sha256, url)
    rows: list[dict[str, str]] = []
    if not problems:
        try:
            rows = parse(io.StringIO(content.decode("utf-8-sig"), newline=""), url)
        except UnicodeDecodeError as error:
            problems.append(Problem(url, f"is not UTF-8 text: {error.reason}"))
        except UserError as error:
            problems += error.problems
    before = Lists.load(["us-csl"])
    date = _date_of(headers)
    if {r["id"]: fingerprint(r) for r in rows} == before.fingerprints and not headers.get("Last-Modified"):
        # nothing says that the same entries are of a later day
        date = old.date
    if not problems:
        problems += _unlike(rows, before, url, sha256 is not None)
        if date < old.date:
            problems.append(Problem(url, f"is of {date}, older than the list of {old.date} in use"))
    if problems:
        kept = Problem("us-csl", f"the list of {old.date} was kept", "Try again later, or check the address.")
        raise UserError([*problems, kept])
    path = _install(rows, url, date, old, folder or data_folder())
    return _report(rows, before, url, date, content, path)


def _download(url: str, timeout: float, progress: Callable[[int], None] | None) -> tuple[bytes, Any]:
    def refuse(what: str, remedy: str = "The list in use was kept.") -> UserError:
        return UserError([Problem(url, what, remedy)])

    if urlparse(url).scheme not in ("http", "https"):
        raise refuse("is not an http or https address")
    request = urllib.request.Request(url, headers={"User-Agent": "detente"})
    deadline = time.monotonic() + timeout
    received = bytearray()
    try:
        with urllib.request.urlopen(request, timeout=min(timeout, 30.0)) as answer:
            stated = answer.headers.get("Content-Length")
            if stated is not None and (not stated.isdigit() or int(stated) > LARGEST):
                raise refuse(f"states a size of {stated[:40]} bytes; at most {LARGEST:,} are taken")
            while block := answer.read1(_BLOCK):
                received += block
                if len(received) > LARGEST:
                    raise refuse(f"sends more than {LARGEST:,} bytes")
                if time.monotonic() > deadline:
                    raise refuse(f"took longer than {timeout:g} s; {len(received):,} bytes had come")
                if progress:
                    progress(len(received))
            headers = answer.headers
    except TimeoutError:
        raise refuse(f"did not answer within {timeout:g} s; {len(received):,} bytes had come") from None
    except urllib.error.HTTPError as error:
        raise refuse(f"answers {error.code} {error.reason}") from None
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        raise refuse(f"cannot be read: {getattr(error, 'reason', None) or error}") from None
    if stated is not None and int(stated) != len(received):
        raise refuse(f"was cut short: {len(received):,} of {int(stated):,} bytes came")
    if not received:
        raise refuse("sent nothing")
    return bytes(received), headers


def _wrong_hash(content: bytes, headers: Any, stated: str | None, url: str) -> list[Problem]:
    problems = []
    digest = hashlib.sha256(content)
    if stated is not None and stated.strip().casefold() != digest.hexdigest():
        problems.append(Problem(url, f"has the hash {digest.hexdigest()}, not the one stated"))
    for name in ("Repr-Digest", "Content-Digest", "Digest"):
        for part in (headers.get(name) or "").split(","):
            key, _, value = part.strip().partition("=")
            if key.casefold() == "sha-256" and value.strip(":") != base64.b64encode(digest.digest()).decode():
                problems.append(Problem(url, f"does not have the hash its own header {name} states"))
    return problems


def _unlike(rows: list[dict[str, str]], before: Lists, url: str, vouched: bool) -> list[Problem]:
    """Why these rows cannot be the successor of the list in use; a hash that the user stated vouches for new names."""
    problems = []
    names = {e.name.casefold() for e in before.entries}
    gone = len(names - {r["name"].casefold() for r in rows})
    if gone > _MOST_GONE * len(names) and not vouched:
        text = f"lacks {gone:,} of the {len(names):,} names in use, more than {_MOST_GONE:.0%}"
        problems.append(Problem(url, text, "If that is right, state its hash with --sha256."))
    was = len(before.entries)
    if len(rows) < _LEAST_OF_OLD * was:
        problems.append(Problem(url, f"has {len(rows):,} entries where the list in use has {was:,}"))
    now, old = Counter(r["list"] for r in rows), Counter(e.list for e in before.entries)
    shrunk = [f"{k} ({old[k]} to {now[k]})" for k in sorted(old) if old[k] >= 20 and now[k] < _LEAST_OF_A_LIST * old[k]]
    if shrunk:
        problems.append(Problem(url, f"has lost most of {', '.join(shrunk)}"))
    return problems


def _date_of(headers: Any) -> dt.date:
    """The day the server says the file is of, and today where it says none or one to come."""
    today = dt.datetime.now(dt.UTC).date()
    try:
        return min(email.utils.parsedate_to_datetime(headers.get("Last-Modified", "")).date(), today)
    except (TypeError, ValueError):
        return today


def _write(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _install(rows: list[dict[str, str]], url: str, date: dt.date, old: Source, folder: Path) -> Path:
    """Write the list under its own name, then the note that points to it: at no moment do the two disagree."""
    import yaml

    place = folder / "lists"
    place.mkdir(parents=True, exist_ok=True)
    content = to_parquet(rows)
    digest = hashlib.sha256(content).hexdigest()
    path = place / f"us_csl-{date.isoformat()}-{digest[:8]}.parquet"
    _write(path, content)
    note = {
        "us-csl": {
            "file": path.name, "title": old.title, "publisher": old.publisher, "licence": old.licence,
            "date": date.isoformat(), "url": url, "rows": len(rows), "sha256": digest,
        }
    }  # fmt: skip
    _write(place / "lists.yaml", yaml.safe_dump(note, sort_keys=False, allow_unicode=True).encode())
    for other in place.glob("us_csl-*.parquet"):
        if other not in (path, old.path):
            other.unlink(missing_ok=True)
    return path


def _report(
    rows: list[dict[str, str]], before: Lists, url: str, date: dt.date, content: bytes, path: Path
) -> dict[str, Any]:
    now, was = {r["id"]: fingerprint(r) for r in rows}, before.fingerprints
    return {
        "name": "us-csl",
        "url": url,
        "date": date.isoformat(),
        "rows": len(rows),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "added": len(now.keys() - was.keys()),
        "removed": len(was.keys() - now.keys()),
        "altered": sum(was[k] != v for k, v in now.items() if k in was),
        "path": str(path),
    }
