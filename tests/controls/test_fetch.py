"""Fetching the list from a server that times out, truncates and lies: the old list stays in use."""

from __future__ import annotations

import base64
import contextlib
import csv
import hashlib
import io
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from detente.controls import Lists
from detente.controls._csl import US_LISTS
from detente.controls._fetch import fetch_lists
from detente.controls._lists import sources
from detente.errors import UserError

SOURCES = {code: f"{name} {mark} - Agency" for mark, (code, name) in US_LISTS.items()}
NEWER = "Sun, 01 Nov 2026 10:00:00 GMT"


def official(entries, drop=()):
    """The entries in the columns of the official bulk file."""
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(["_id", "source", "type", "programs", "name", "addresses", "federal_register_notice", "start_date",
                     "license_requirement", "license_policy", "alt_names"])  # fmt: skip
    for e in entries:
        if e.list not in drop:
            addresses = "; ".join(f"1 Street, {c}" for c in e.countries)
            writer.writerow(["x", SOURCES[e.list], e.kind, e.programs, e.name, addresses, e.notice, e.added,
                             e.requirement, e.policy, "; ".join(e.aliases)])  # fmt: skip
    return sink.getvalue().encode()


@contextlib.contextmanager
def server(behave):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                behave(self)

        def log_message(self, *args):
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}/list.csv"
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def sends(body, status=200, **headers):
    def behave(handler):
        handler.send_response(status)
        for key, value in {"Content_Length": str(len(body)), "Last_Modified": NEWER, **headers}.items():
            handler.send_header(key.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return behave


@pytest.fixture(scope="module")
def whole():
    return official(Lists.load(["us-csl"]).entries)


def test_a_good_list_is_put_in_use(whole):
    digest = base64.b64encode(hashlib.sha256(whole).digest()).decode()
    with server(sends(whole, Repr_Digest=f"sha-256=:{digest}:")) as url:
        done = fetch_lists(url, sha256=hashlib.sha256(whole).hexdigest())
    assert done["rows"] == 25921
    now = sources()["us-csl"]
    assert now.fetched
    assert now.date.isoformat() == "2026-11-01"
    lists = Lists.load(["us-csl"])
    assert len(lists.entries) == 25921
    assert next(e for e in lists.entries if e.name == "BANK OF KUNLUN CO LTD").list == "CAP"
    # fetched again it takes the place of the first, and leaves one file
    with server(sends(whole)) as url:
        fetch_lists(url)
    assert len(list(now.path.parent.glob("*.parquet"))) == 1


def _slow(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(30):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


def _silent(handler):
    time.sleep(2)


def _chunk_and_go(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "500000")
    handler.end_headers()
    handler.wfile.write(b"name,alt_names,source\n")


CASES = {
    "truncated": (_chunk_and_go, "cut short"),
    "dribbles": (_slow, "longer than|did not answer|cut short"),
    "silent": (_silent, "did not answer|timed out"),
    "error page": (sends(b"<html>maintenance</html>"), "not the screening list"),
    "empty": (sends(b""), "sent nothing"),
    "503": (sends(b"busy", 503), "answers 503"),
    "absurd size": (sends(b"x", Content_Length="999999999999"), "at most"),
    "no number": (sends(b"x", Content_Length="many"), "states a size"),
    "not text": (sends(b"name,alt_names,source\n\xff\xfe\xfa"), "not UTF-8"),
    "few rows": (sends(b"name,alt_names,source\nA,,Entity List (EL) - BIS\n"), "1 entries where"),
    "malformed": (sends(b'name,alt_names,source\n"A,,'), "malformed"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_transfer_keeps_the_old_list(case):
    behave, says = CASES[case]
    before = sources()["us-csl"]
    with server(behave) as url, pytest.raises(UserError, match=says):
        fetch_lists(url, timeout=0.7)
    assert sources()["us-csl"] == before
    assert not before.fetched


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sha256": "0" * 64}, "not the one stated"),
        ({"Digest": "sha-256=AAAA"}, "its own header"),
        ({"Last_Modified": "Wed, 01 Jan 2025 10:00:00 GMT"}, "older than the list"),
    ],
)
def test_a_whole_list_that_lies_keeps_the_old_one(whole, change, says):
    headers = {k: v for k, v in change.items() if k != "sha256"}
    before = sources()["us-csl"]
    with server(sends(whole, **headers)) as url, pytest.raises(UserError, match=says):
        fetch_lists(url, sha256=change.get("sha256"))
    assert sources()["us-csl"] == before


def test_a_list_that_lost_a_list_keeps_the_old_one():
    body = official(Lists.load(["us-csl"]).entries, drop=("EL",))
    with server(sends(body)) as url, pytest.raises(UserError, match=r"lost most of EL \(3420 to 0\)"):
        fetch_lists(url)
    assert not sources()["us-csl"].fetched


def test_a_list_of_other_names_is_not_taken_unless_its_hash_is_stated():
    """Columns, counts and day are right, and every name is another."""
    entries = [replace(e, name=f"Name {i}", aliases=()) for i, e in enumerate(Lists.load(["us-csl"]).entries)]
    body = official(entries)
    with server(sends(body)) as url:
        with pytest.raises(UserError, match=r"lacks .* names in use, more than 20%"):
            fetch_lists(url)
        assert not sources()["us-csl"].fetched
        assert fetch_lists(url, sha256=hashlib.sha256(body).hexdigest())["rows"] == 25921


def test_the_same_entries_without_a_day_are_not_made_younger(whole):
    """A server that states no day cannot reset the alarm on old lists by sending what is here already."""

    def behave(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(whole)))
        handler.end_headers()
        handler.wfile.write(whole)

    with server(sends(whole)) as url:
        fetch_lists(url)
    with server(behave) as url:
        done = fetch_lists(url)
    assert done["added"] == done["removed"] == done["altered"] == 0
    assert (done["date"], sources()["us-csl"].date.isoformat()) == ("2026-11-01", "2026-11-01")


def test_a_good_list_after_a_bad_one_and_a_bad_one_after_a_good_one(whole):
    with server(sends(whole)) as url:
        fetch_lists(url)
    good = sources()["us-csl"]
    with server(_chunk_and_go) as url, pytest.raises(UserError):
        fetch_lists(url, timeout=1)
    assert sources()["us-csl"] == good
    assert len(Lists.load(["us-csl"]).entries) == 25921


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/x", "nonsense", "http://127.0.0.1:9/x"])
def test_addresses_that_are_not_served(url):
    with pytest.raises(UserError):
        fetch_lists(url, timeout=2)
