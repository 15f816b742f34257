"""`detente ledger ...`: what is in force, since when, until when, and what it adds up to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli._output import AsJson, emit, notes, percent, table
from detente.cli._timeline import IcsFile, write_calendar

if TYPE_CHECKING:
    from detente.ledger import Ledger

On = Annotated[
    str | None, typer.Option("--on", help="Day of the rules, YYYY-MM-DD. Default: the firm edge of the evidence.")
]
Known = Annotated[str | None, typer.Option("--known", help="Day one looks from. Default: everything known.")]
Facts = Annotated[
    Path | None, typer.Option("--facts", help="A folder of one's own facts instead of the embedded ones.")
]

app = typer.Typer(help="The measures: status, rates, deadlines, changes.", no_args_is_help=True, rich_markup_mode=None)


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="ledger")


def _load(path: Path | None) -> Ledger:
    from detente.ledger import Ledger

    return Ledger.load(path)


@app.command("list")
def list_(
    on: On = None,
    known: Known = None,
    imposer: Annotated[str | None, typer.Option("--imposer", help="Only measures of one economy.")] = None,
    status: Annotated[str | None, typer.Option("--status", help="Only one status, for example in_force.")] = None,
    facts: Facts = None,
    as_json: AsJson = False,
) -> None:
    """List every measure with its status on a day."""
    from detente import economies
    from detente.errors import UnknownName, unknown
    from detente.ledger._words import STATUSES

    if status is not None and status not in STATUSES:
        raise UnknownName([unknown("status", status, STATUSES, "--status")])
    ledger = _load(facts)
    only = economies.economy(imposer, "--imposer") if imposer else None
    day = on or ledger.firm_until.isoformat()
    rows = []
    for name, measure in ledger.measures.items():
        if only is not None and measure.imposer != only:
            continue
        now = ledger.status(name, day, known)
        if status is None or now["status"] == status:
            keys = ("id", "title", "status", "since", "until", "confidence")
            rows.append({**{k: now[k] for k in keys}, "kind": measure.kind, "rate": now.get("rate")})

    def show() -> None:
        cells = [(r["id"], r["status"], r["since"], r["until"], percent(r["rate"]), r["title"]) for r in rows]
        table(f"Measures on {day}", ("id", "status", "since", "until", "rate %", "title"), cells, right=(4,))

    emit(rows, as_json, show)


@app.command()
def show(
    measure: Annotated[str, typer.Argument(help="Id, id#limb or alias, for example usa.ieepa.fentanyl-cn or F045.")],
    facts: Facts = None,
    as_json: AsJson = False,
) -> None:
    """Show one measure: its law, limbs, scopes, events and sources."""
    ledger = _load(facts)
    found, _ = ledger.find(measure)
    data = found.to_dict()
    cited = sorted({found.source, *(e.source for e in found.events)})
    data["sources"] = {key: dict(ledger.sources()[key]) for key in cited}

    def people() -> None:
        print(f"{found.id}\n{found.title}\nLaw: {found.legal_basis}\nAgainst: {', '.join(found.targets)}")
        for limb in found.limbs:
            print(f"Limb #{limb.name}: {limb.title}")
        rows = [
            (
                e.date,
                e.known,
                e.limb,
                e.kind,
                percent(e.rate) or e.schedule,
                e.until,
                e.instrument or e.note,
                e.confidence,
            )
            for e in found.events
        ]
        table("Events", ("date", "known", "limb", "event", "rate %", "until", "by", "conf."), rows, right=(4,))
        for key in cited:
            print(f"Source {key}: {ledger.sources()[key]['title']}")
        notes([found.note] if found.note else [])

    emit(data, as_json, people)


@app.command()
def check(
    path: Annotated[Path | None, typer.Argument(help="A folder of facts. Default: the embedded ones.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check a folder of facts and print every problem; exit 2 if there is any."""
    from detente.errors import LedgerError
    from detente.ledger import Ledger

    problems = Ledger.check(path)
    if as_json:
        rows = [{"where": p.where, "what": p.what, "remedy": p.remedy} for p in problems]
        emit({"problems": rows}, True, lambda: None)
        raise typer.Exit(2 if problems else 0)
    if problems:
        raise LedgerError(problems)
    print("No problems.")


@app.command()
def status(
    measure: Annotated[str, typer.Argument(help="Id, id#limb or alias.")],
    on: On = None,
    known: Known = None,
    facts: Facts = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a measure is in force on a day, as known on a day."""
    ledger = _load(facts)
    day = on or ledger.firm_until.isoformat()
    data = {**ledger.status(measure, day, known), "on": day, "known": known}

    def people() -> None:
        since = f" since {data['since']}" if data["since"] else ""
        until = f", until {data['until']}" if data["until"] else ""
        print(f"{data['id']} on {day}: {data['status']}{since}{until} (confidence {data['confidence']})")
        if data.get("rate", data.get("measure_rate")) is not None:
            whole = "by the whole measure, " if "measure_rate" in data else ""
            rate = percent(data.get("rate", data.get("measure_rate")))
            print(f"Collected: {whole}{rate} % of customs value on covered goods")
        for limb, state in data.get("limbs", {}).items():
            print(f"  #{limb}: {state}")
        rows = [(e["date"], e["event"], e.get("limb"), e.get("instrument") or e.get("note")) for e in data["events"]]
        table("Events to that day", ("date", "event", "limb", "by"), rows)
        notes(data["warnings"])

    emit(data, as_json, people)


@app.command()
def deadlines(
    on: On = None,
    within: Annotated[int, typer.Option("--within", help="How many days ahead.")] = 120,
    known: Known = None,
    ics: IcsFile = None,
    facts: Facts = None,
    as_json: AsJson = False,
) -> None:
    """List what expires, returns or starts in the days after a day, and what follows if nothing is done."""
    ledger = _load(facts)
    day = on or ledger.firm_until.isoformat()
    rows = ledger.deadlines(day, within, known)
    if ics is not None:
        write_calendar(rows, ics, ledger)

    def people() -> None:
        cells = [(r["date"], r["measure"], r["if_nothing_done"], r["known"]) for r in rows]
        table(f"Deadlines in the {within} days after {day}", ("date", "measure", "if nothing is done", "known"), cells)

    emit(rows, as_json, people)


Exporter = Annotated[str, typer.Option("--from", help="Exporter: code, name or alias.")]
Importer = Annotated[str, typer.Option("--to", help="Importer.")]


@app.command()
def rate(
    hs: Annotated[str, typer.Argument(metavar="HS", help="Tariff code of 2 to 10 digits, dots allowed: 8505.11.00.")],
    from_: Exporter,
    to: Importer,
    on: On = None,
    known: Known = None,
    metal_share: Annotated[
        str | None,
        typer.Option("--metal-share", help="Metal in the customs value: 0.6, or steel=0.4,aluminium=0.2."),
    ] = None,
    use: Annotated[
        str | None, typer.Option("--use", help="What the goods are for, for example civil-aircraft.")
    ] = None,
    value: Annotated[
        float | None, typer.Option("--value", help="Customs value in USD: gives the duty in money.")
    ] = None,
    in_transit: Annotated[
        bool, typer.Option("--in-transit", help="Goods that were under way when the duty began.")
    ] = False,
    facts: Facts = None,
    as_json: AsJson = False,
) -> None:
    """Give the duty on a tariff line, every layer with its law, what is left out and what would change it."""
    from detente.cli._rates import metal_shares, show_rate

    ledger = _load(facts)
    regime = ledger.on(on or ledger.firm_until, known)
    answer = regime.rate(
        hs,
        importer=to,
        exporter=from_,
        metal_share=metal_shares(metal_share),
        use=use,
        value=value,
        in_transit=in_transit,
    )
    emit(answer.to_dict(), as_json, lambda: show_rate(answer))


@app.command()
def average(
    from_: Exporter,
    to: Importer,
    on: On = None,
    known: Known = None,
    by: Annotated[str | None, typer.Option("--by", help="Also by `hs2` (chapter) or `sector`.")] = None,
    facts: Facts = None,
    as_json: AsJson = False,
) -> None:
    """Give the trade-weighted average statutory rate and the points each layer adds."""
    ledger = _load(facts)
    regime = ledger.on(on or ledger.firm_until, known)
    answer = regime.average(importer=to, exporter=from_, by=by)
    data: dict[str, Any] = {**answer.to_dict(), "on": regime.date.isoformat(), "known": known}
    if by:
        data[f"by_{by}"] = {layer: dict(rates) for layer, rates in answer.by.items()}

    def people() -> None:
        from detente.cli._rates import show_groups

        rows: list[tuple[Any, ...]] = [(layer, percent(points, 2)) for layer, points in answer.layers.items() if points]
        rows.append(("all", percent(answer.average, 2)))
        table(f"Average duty of {to} on goods from {from_}, {regime.date}", ("layer", "points"), rows, right=(1,))
        print(f"Weights: {answer.weights}; {percent(answer.matched_share)} % of it matched.")
        if by:
            show_groups(answer.by, by)
        notes(answer.warnings)

    emit(data, as_json, people)


@app.command()
def series(
    from_: Exporter,
    to: Importer,
    start: Annotated[str, typer.Option("--start", help="First day.")] = "2018-01-01",
    end: Annotated[str | None, typer.Option("--end", help="Last day. Default: the firm edge of the evidence.")] = None,
    known: Known = None,
    facts: Facts = None,
    as_json: AsJson = False,
) -> None:
    """Give the average statutory rate on every day, by layer."""
    ledger = _load(facts)
    answer = ledger.series(start, end or ledger.firm_until, importer=to, exporter=from_, known=known)

    def people() -> None:
        from detente.cli._rates import show_series

        show_series(answer)

    emit(answer.to_dict(), as_json, people)


@app.command()
def diff(
    first: Annotated[str, typer.Argument(metavar="D1", help="The earlier day.")],
    second: Annotated[str, typer.Argument(metavar="D2", help="The later day.")],
    between: Annotated[tuple[str, str], typer.Option("--between", help="Two economies.")] = ("USA", "CHN"),
    facts: Facts = None,
    as_json: AsJson = False,
) -> None:
    """Say what started, ended, changed, was suspended or resumed between two days."""
    data = _load(facts).diff(first, second, between)

    def people() -> None:
        rows = []
        for group in ("started", "ended", "changed", "suspended", "resumed", "unknown"):
            for row in data[group]:
                moved = row.get("rate") or row.get("scope")
                rows.append((group, row["measure"], f"{moved['from']} -> {moved['to']}" if moved else "", row["title"]))
        table(f"From {first} to {second}", ("what", "measure", "rate or scope", "title"), rows)

    emit(data, as_json, people)
