"""A language model as an extra reader, off by default: its claims pass through the same types and checks, or are
dropped."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from detente.claims._checks import check_claims
from detente.claims._claim import KINDS, MODALITIES, Claim
from detente.claims._reading import Reading, read
from detente.errors import Problem, UserError

_NUMBERS = ("from", "to", "by")
_PROMPT = (
    "List every claim about tariffs, export controls, trade flows, promises and forecasts in the text. Answer"
    " with a JSON"
    ' object {"claims": [{"kind", "quote", "speaker", "from", "to", "by", "actor", "target", "modality"}]}.'
    " `quote` must be"
    " copied character for character from the text. Rates are fractions. Economies are ISO 3166 alpha-3 codes. Kinds: "
)


class Extractor(Protocol):
    """Anything that proposes claims: mappings with `kind`, `quote` and the keys of a claim."""

    def propose(self, document: str) -> Iterable[Mapping[str, Any]]:
        """Claims proposed for a document."""
        ...


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible server, for example one that runs on this machine.

    The article is sent to `url`: nothing is sent unless a caller makes an `Endpoint` and passes it on.
    """

    url: str
    model: str
    key: str = ""
    timeout: float = 60.0

    def propose(self, document: str) -> list[Mapping[str, Any]]:
        """Claims that the model proposes.

        Raises
        ------
        UserError
            If the server cannot be reached or does not answer in the agreed form.
        """
        if not self.url.startswith(("http://", "https://")):
            raise UserError(
                [Problem("--model-url", f"{self.url!r} is no web address", "For example http://127.0.0.1:8080/v1.")]
            )
        body = {
            "model": self.model,
            "temperature": 0,
            "response_format": {"type": "json_object"},
            "messages": [
                {"role": "system", "content": _PROMPT + ", ".join(KINDS)},
                {"role": "user", "content": document},
            ],
        }
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        request = urllib.request.Request(
            self.url.rstrip("/") + "/chat/completions", json.dumps(body).encode(), headers, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                content = json.load(answer)["choices"][0]["message"]["content"]
            found = json.loads(content)["claims"]
        except (OSError, urllib.error.URLError) as error:
            raise UserError(
                [Problem(self.url, f"the model cannot be reached: {error}", "Leave the option out to read without it.")]
            ) from None
        except (ValueError, KeyError, IndexError, TypeError):
            raise UserError([Problem(self.url, "the answer is not in the agreed form")]) from None
        return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def read_with(extractor: Extractor, text: str, on: str | None = None) -> Reading:
    """`read`, and the claims of an extractor that stand word for word in the document and are not there already.

    A proposed claim whose quote is not in the document, whose kind is unknown or whose numbers do not stand in its
    quote is
    dropped: a model may find what the grammar missed, and may not invent.
    """
    reading = read(text, on)
    claims = list(reading.claims)
    for row in extractor.propose(reading.document):
        claim = _typed(row, reading.document)
        if claim is not None and not any(_same(claim, c) for c in claims):
            claims.append(claim)
    claims.sort(key=lambda c: (c.start, c.end))
    check_claims(claims)
    return replace(reading, claims=tuple(claims))


def _typed(row: Mapping[str, Any], document: str) -> Claim | None:
    quote, kind = row.get("quote"), row.get("kind")
    if not isinstance(quote, str) or not quote.strip() or kind not in KINDS:
        return None
    start = document.find(quote)
    if start < 0:
        return None
    numbers: dict[str, float | None] = {}
    for key in _NUMBERS:
        value = row.get(key)
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, (int, float)) or not _stands(value, quote)
        ):
            return None
        numbers[key] = None if value is None else float(value)
    modality = row.get("modality")
    text = {k: str(row[k]) for k in ("speaker", "actor", "target") if row.get(k)}
    return Claim(
        kind, quote, start, start + len(quote), from_=numbers["from"], to=numbers["to"], by=numbers["by"],
        modality=modality if modality in MODALITIES else "reported", speaker=text.get("speaker"),
        actor=text.get("actor"),
        target=text.get("target"), inferred=("model",),
    )  # fmt: skip


def _stands(value: float, quote: str) -> bool:
    """Whether a number can be read in the quote, as it is or as percent."""
    return any(f"{abs(x):g}" in quote for x in (value, round(100 * value, 8)))


def _same(a: Claim, b: Claim) -> bool:
    return a.kind == b.kind and a.start < b.end and b.start < a.end and (a.from_, a.to) == (b.from_, b.to)
