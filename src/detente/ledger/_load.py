"""Read a folder of facts: every file, then what the files say of each other; all problems at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from detente import strict_yaml
from detente.errors import Problem, close_matches
from detente.ledger import _table_check
from detente.ledger._fields import Fields
from detente.ledger._lines import ALL, NONE, Lines
from detente.ledger._records import Measure
from detente.ledger._schema import measure_of
from detente.ledger._words import LAYERS
from detente.strict_yaml import Document

EMBEDDED = Path(__file__).resolve().parents[1] / "data" / "ledger"
_TABLES = ("sources.yaml", "coverage.yaml", "headlines.yaml")
_NO_MEASURES = ("lines", "third")
"""Folders of tables beside the measures."""
_SETTLES = ("entered_into_force", "superseded", "withdrawn", "ended", "suspended", "voided")


@dataclass(frozen=True)
class Headline:
    """A figure the press quotes: which measures it adds up, and on what goods."""

    name: str
    importer: str
    exporter: str
    start: dt.date
    until: dt.date | None
    """First day on which it is no longer quoted."""
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    """(layer, ids of the measures whose rates it takes)."""
    applies_to: str

    def holds(self, day: dt.date) -> bool:
        """Whether it is quoted on a day."""
        return self.start <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Facts:
    """All that a folder holds."""

    measures: dict[str, Measure]
    sources: dict[str, dict[str, str]]
    headlines: tuple[Headline, ...]
    firm_until: dt.date
    thin_until: dt.date
    evidence: str
    aliases: dict[str, str] = field(default_factory=dict)
    """Alias or former id -> id, with `#limb` where it names a limb."""


def measure_files(root: Path) -> list[Path]:
    """The measures' files of a folder, in a fixed order."""
    return sorted(p for p in root.rglob("*.yaml") if p.relative_to(root).parts[0] not in (*_TABLES, *_NO_MEASURES))


def files(root: Path) -> list[Path]:
    """Every file that `read` looks at, for the cache's key."""
    return [*measure_files(root), *(root / name for name in _TABLES if (root / name).is_file())]


def identifier(path: Path, root: Path) -> str:
    """A measure's id: its path below the folder, with dots.

    >>> identifier(Path("a/usa/s301/list-1.yaml"), Path("a"))
    'usa.s301.list-1'
    """
    return ".".join(path.relative_to(root).with_suffix("").parts)


def lines(root: Path, name: str = "") -> Lines:
    """The line tables of a folder, on top of the embedded ones; `name` is the key of a compiled copy."""
    own = root / "lines"
    folders = (EMBEDDED / "lines",) if root.resolve() == EMBEDDED or not own.is_dir() else (EMBEDDED / "lines", own)
    return Lines(folders, name)


def read(root: Path) -> tuple[Facts | None, list[Problem]]:
    """Read and check a folder; the facts are None unless there are no problems."""
    problems: list[Problem] = []
    if not root.is_dir():
        return None, [Problem(str(root), "is not a folder of facts", "Give a folder of measures as YAML files.")]
    measures: dict[str, Measure] = {}
    documents: dict[str, Document] = {}
    for path in measure_files(root):
        name = identifier(path, root)
        document = strict_yaml.read(path, str(path.relative_to(root)))
        measure = measure_of(document, name)
        problems += document.problems
        if measure is not None:
            measures[name], documents[name] = measure, document
    if not measures and not problems:
        problems.append(
            Problem(str(root), "holds no measure", "A measure is a file <imposer>/<authority>/<name>.yaml.")
        )
    sources = _sources(root, problems)
    edge = _edge(root, problems)
    scopes = _table_check.scopes(root, lines(root), problems)
    aliases = _aliases(measures, documents, problems)
    for name, measure in measures.items():
        problems += _cross(measure, documents[name], measures, sources, scopes, edge[0])
    headlines = tuple(_headlines(root, measures, problems))
    facts = Facts(measures, sources, headlines, edge[0], edge[1], edge[2], aliases)
    return (None if problems else facts), problems


def check(root: Path) -> list[Problem]:
    """Every problem of a folder: its files, what they say of each other, and its line tables row by row."""
    facts, problems = read(root)
    found = lines(root)
    if facts is None or (root.resolve() != EMBEDDED and len(found.folders) == 1):
        return problems
    return problems + _table_check.check(found, facts.measures, facts.sources)


def _table(root: Path, name: str) -> Document:
    """A table of the folder, or the embedded one where the folder has none."""
    own = root / name
    return strict_yaml.read(own, name) if own.is_file() else strict_yaml.read(EMBEDDED / name, name)


def _sources(root: Path, problems: list[Problem]) -> dict[str, dict[str, str]]:
    out: dict[str, dict[str, str]] = {}
    documents = [strict_yaml.read(EMBEDDED / "sources.yaml", "sources.yaml")]
    if (root / "sources.yaml").is_file() and root.resolve() != EMBEDDED:
        documents.append(strict_yaml.read(root / "sources.yaml", "sources.yaml"))
    for document in documents:
        if not isinstance(document.data, dict):
            document.problems.append(
                Problem(document.source, "must map source keys to their titles", "See the embedded.")
            )
            document.data = {}
        for key, data in document.data.items():
            fields = Fields(
                document, data, (key,), "a source", ("title", "publisher", "kind", "url", "licence", "note")
            )
            out[key] = {name: fields.text(name, "") for name in fields.known if fields.has(name)}
            if not fields.has("title"):
                fields.problem((), f"source {key!r} needs 'title'", "Say what the document is.")
        problems += document.problems
    return out


def _edge(root: Path, problems: list[Problem]) -> tuple[dt.date, dt.date, str]:
    document = _table(root, "coverage.yaml")
    fields = Fields(document, document.data, (), "the coverage file", ("firm_until", "thin_until", "note"))
    firm = fields.date("firm_until", needed=True) or dt.date(2018, 1, 1)
    thin = fields.date("thin_until", firm) or firm
    if thin < firm:
        fields.problem(("thin_until",), f"'thin_until' {thin} lies before 'firm_until' {firm}", "Swap them.")
    note = fields.text("note", "")
    problems += document.problems
    return firm, thin, note


def _aliases(measures: dict[str, Measure], documents: dict[str, Document], problems: list[Problem]) -> dict[str, str]:
    out: dict[str, str] = {}
    for name, measure in measures.items():
        claims = [(alias, name) for alias in (*measure.aliases, *measure.formerly)]
        claims += [(alias, f"{name}#{limb.name}") for limb in measure.limbs for alias in limb.aliases]
        for alias, target in claims:
            owner = out.get(alias) or (alias if alias in measures else None)
            if owner is not None and owner != target:
                where = documents[name].where(("aliases",))
                problems.append(Problem(where, f"alias {alias!r} belongs to {owner} already", "Choose another."))
            out.setdefault(alias, target)
    return out


def _cross(
    measure: Measure,
    document: Document,
    measures: dict[str, Measure],
    sources: dict[str, dict[str, str]],
    scopes: dict[str, set[str]],
    firm: dt.date,
) -> list[Problem]:
    """What one measure says of other files."""
    out: list[Problem] = []

    def missing(path: strict_yaml.Path_, what: str, name: str, known: list[str]) -> None:
        close = close_matches(name, known)
        remedy = f"Did you mean {' or '.join(close)}?" if close else "Add it, or mend the name."
        out.append(Problem(document.where(path), f"{what} {name!r} is not there", remedy))

    first = measure.id.split(".")[0]
    if measure.imposer and first != measure.imposer.lower():
        text = f"the file lies under {first!r} but its imposer is {measure.imposer}"
        out.append(Problem(document.where(("imposer",)), text, f"Move it to {measure.imposer.lower()}/."))
    for i, event in enumerate(measure.events):
        if event.source not in sources:
            missing(("events", i, "source"), "source", event.source, list(sources))
        for key, name in (("schedule", event.schedule), ("then_schedule", event.then_schedule)):
            if name:
                out += _scope(measure, document, ("events", i, key), name, scopes)
    for i, period in enumerate(measure.coverage):
        if period.scope not in (ALL, NONE):
            out += _scope(measure, document, ("coverage", i, "scope"), period.scope, scopes)
        for k, name in enumerate(period.without):
            out += _scope(measure, document, ("coverage", i, "without", k), name, scopes)
    for i, other in enumerate(measure.stacking.of if measure.stacking else ()):
        if other not in measures and not any(name.startswith(f"{other}.") for name in measures):
            missing(("stacking", "of", i), "measure", other, list(measures))
    if not document.problems:  # an event that could not be read may be the one that is missing
        out += [Problem(document.where(("events", i)), *text) for i, text in _unsettled(measure, firm)]
    return out


def _scope(
    measure: Measure, document: Document, path: strict_yaml.Path_, name: str, scopes: dict[str, set[str]]
) -> list[Problem]:
    where = document.where(path)
    owners = [imposer for imposer, names in scopes.items() if name in names]
    if not owners:
        close = close_matches(name, scopes.get(measure.imposer, ()))
        remedy = f"Did you mean {' or '.join(close)}?" if close else "Add its rows to a table under lines/."
        return [Problem(where, f"scope {name!r} is not there", remedy)]
    if measure.imposer not in owners:
        return [Problem(where, f"scope {name!r} is of imports of {owners[0]}", f"Use one of {measure.imposer}.")]
    return []


def _unsettled(measure: Measure, firm: dt.date) -> Iterator[tuple[int, tuple[str, str]]]:
    """Announcements whose day passed within the firm evidence, and of which no event says what became."""
    for i, event in enumerate(measure.events):
        if event.kind != "announced" or event.takes_effect is None or event.takes_effect > firm:
            continue
        if not any(e.kind in _SETTLES and e.limb in ("", event.limb) for e in measure.events[i + 1 :]):
            text = f"announced for {event.takes_effect}, but no event says whether it entered into force"
            yield i, (text, "Add entered_into_force, superseded, withdrawn or suspended.")


def _headlines(root: Path, measures: dict[str, Measure], problems: list[Problem]) -> Iterator[Headline]:
    path = root / "headlines.yaml"
    if not path.is_file():
        return
    document = strict_yaml.read(path, "headlines.yaml")
    if not isinstance(document.data, list):
        document.problems.append(Problem("headlines.yaml", "must be a list of headlines", "Begin each with a dash."))
        document.data = []
    for i, data in enumerate(document.data):
        keys = ("name", "importer", "exporter", "from", "until", "parts", "applies_to")
        fields = Fields(document, data, (i,), "a headline", keys)
        importer = fields.one_of("importer", LAYERS, "importer")
        parts: list[tuple[str, tuple[str, ...]]] = []
        for layer, names in fields.mapping("parts").items():
            listed = [str(name) for name in (names if isinstance(names, list) else [names])]
            for name in listed:
                if name not in measures:
                    fields.problem(("parts", layer), f"measure {name!r} is not there", "Mend the name.")
            parts.append((layer, tuple(listed)))
        start = fields.date("from", needed=True) or dt.date(2018, 1, 1)
        yield Headline(
            name=fields.text("name"),
            importer=importer,
            exporter=fields.text("exporter"),
            start=start,
            until=fields.date("until"),
            parts=tuple(parts),
            applies_to=fields.text("applies_to"),
        )
    problems += document.problems
