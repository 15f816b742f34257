"""Drafts for a person to review, and the optional model: off by default, on loopback here."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from detente import strict_yaml
from detente.claims import Endpoint, draft, read, read_with
from detente.errors import UserError

TEXT = (
    "The US will impose a 60% tariff on Chinese goods from March 3, 2027. Officials spoke of a levy near forty on toys."
)


def test_a_draft_is_yaml_and_says_what_to_review():
    text = draft(read(TEXT).claims[0], source='A "quoted" title\nwith a line break')
    document = strict_yaml.parse(text, "draft.yaml")
    assert document.problems == []
    assert document.data["imposer"] == "USA"
    assert document.data["targets"] == ["CHN"]
    assert document.data["events"][0]["rate"] == 0.6
    assert document.data["confidence"] == "L"
    assert "TO REVIEW" in text


def test_an_opinion_is_no_measure():
    claim = read("Both sides are stalling, argued Li Meihua, a researcher at the Formosa Institute.").claims[0]
    with pytest.raises(UserError, match="is no measure"):
        draft(claim, source="x")


class Server(BaseHTTPRequestHandler):
    answer: bytes = b""
    asked: list[dict] = []

    def do_POST(self):
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def loopback():
    server = HTTPServer(("127.0.0.1", 0), Server)
    Server.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


def reply(claims):
    Server.answer = json.dumps({"choices": [{"message": {"content": json.dumps({"claims": claims})}}]}).encode()


def test_a_model_may_add_what_stands_in_the_text_and_nothing_else(loopback):
    reply([
        {"kind": "tariff_level", "quote": "a 60% tariff on Chinese goods", "to": 0.6},                # known already
        {"kind": "assessment", "quote": "Officials spoke of a levy near forty on toys", "actor": "USA"},
        {"kind": "tariff_level", "quote": "a 75% tariff on India", "to": 0.75},                       # not in the text
        {"kind": "tariff_level", "quote": "a levy near forty on toys", "to": 0.4},  # no such digits there
        {"kind": "gossip", "quote": "Officials"}, "nonsense", {"quote": 3},
    ])  # fmt: skip
    plain = read(TEXT)
    reading = read_with(Endpoint(loopback, "small"), TEXT)
    new = [c for c in reading.claims if c not in plain.claims]
    assert [(c.kind, c.inferred) for c in new] == [("assessment", ("model",))]
    assert all(c.text == reading.document[c.start : c.end] for c in reading.claims)
    assert Server.asked[0]["model"] == "small"


@pytest.mark.parametrize("answer", [b"not json", b"{}", b'{"choices": [{"message": {"content": "3"}}]}'])
def test_a_model_that_answers_otherwise_is_one_clear_error(loopback, answer):
    Server.answer = answer
    with pytest.raises(UserError, match="agreed form"):
        read_with(Endpoint(loopback, "small"), TEXT)


def test_no_server_and_no_web_address():
    with pytest.raises(UserError, match="cannot be reached"):
        read_with(Endpoint("http://127.0.0.1:9", "small", timeout=2), TEXT)
    with pytest.raises(UserError, match="no web address"):
        read_with(Endpoint("file:///etc/passwd", "small"), TEXT)
