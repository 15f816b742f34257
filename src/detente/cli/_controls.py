"""`detente controls ...`: what may go to whom, on which day, under both regimes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from detente.cli._output import AsJson, emit, notes, percent, table

On = Annotated[
    str | None, typer.Option("--on", help="Day of the rules, YYYY-MM-DD. Default: the firm edge of the evidence.")
]
Known = Annotated[str | None, typer.Option("--known", help="Day one looks from. Default: everything known.")]
Assume = Annotated[
    str | None,
    typer.Option("--assume", help="Scenario for what ran out after the evidence ends: `lapsed` or `extended`."),
]
From = Annotated[str, typer.Option("--from", help="Exporter: code, name or alias.")]
To = Annotated[str, typer.Option("--to", help="Destination.")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="Encoding of the file, for example gb18030.")]

app = typer.Typer(
    help="Export controls: items, chips, parties, owners, conflicts.", no_args_is_help=True, rich_markup_mode=None
)


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="controls")


@app.command()
def item(
    code: Annotated[str, typer.Argument(help="Customs code, ECCN, Chinese control code or a name: 8505.11, H20.")],
    from_: From = "CHN",
    to: To = "USA",
    on: On = None,
    known: Known = None,
    assume: Assume = None,
    as_json: AsJson = False,
) -> None:
    """Say what both regimes ask of a good: licence, policy, practice, statements."""
    from detente.controls import item as ask

    data = ask(code, from_=from_, to=to, on=on, known=known, assume=assume)

    def people() -> None:
        print(f"{code}, {data['from']} to {data['to']}, {data['on']} (indicative)")
        for regime, verdict in data["licence"].items():
            print(f"  {regime}: {verdict}")
            for why in data["licence_why"][regime][:2]:
                print(f"    {why}")
        if "chip" in data:
            by = f", policy of {data['chip']['policy_by']}" if data["chip"]["policy_by"] else ""
            print(f"  as a chip: {data['chip']['class']} ({data['chip']['policy']}{by})")
        resolved = data["resolved"]
        rows = [("item", x["item"], x["condition"], x["confidence"]) for x in resolved["items"]]
        rows += [("Chinese code", x["code"], x["item"], x["confidence"]) for x in resolved["cn_codes"]]
        rows += [("ECCN", x["eccn"], x["heading"][:80], x["confidence"]) for x in resolved["eccns"]]
        table("Read as", ("kind", "code", "what", "conf."), rows)
        cells = [
            (r["regime"], r["measure"], r["status"], r["since"], r["until"], r["requirement"],
             f"{_GOVERNS[r['governs']]}{r['policy']}")
            for r in data["requirements"]
        ]  # fmt: skip
        table("Controls", ("by", "measure", "status", "since", "until", "asks for", "policy"), cells)
        practice = [
            (r["measure"], p["date"], p["reporter"], p.get("reported") or f"{p.get('value')} {p.get('unit')}")
            for r in data["requirements"]
            for p in r["practice"]
        ]
        if practice:
            table("Practice, as reported", ("measure", "date", "by", "what"), list(dict.fromkeys(practice)))
        _conflicts(data["conflicts"])
        notes(data["warnings"])

    emit(data, as_json, people)


_GOVERNS = {None: "", True: "governs here: ", False: "not for this chip now: "}
"""What stands before the policy of a rule on chips."""


def _conflicts(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(f"Conflict ({row['status']}): {row['obeying']}. It may breach: {row['breaches']}.")
        print(f"  Instead, {row['instead']}.")
        if row["missing"]:
            print(f"  Only if also: {'; '.join(row['missing'])}.")


@app.command()
def chip(
    name: Annotated[
        str | None, typer.Argument(help="A chip of the table, for example H20, instead of figures.")
    ] = None,
    tpp: Annotated[float | None, typer.Option("--tpp", help="Total processing performance: dense TOPS x bits.")] = None,
    die_area: Annotated[float | None, typer.Option("--die-area", help="Die area, mm2.")] = None,
    bandwidth: Annotated[float | None, typer.Option("--bandwidth", help="DRAM bandwidth, GB/s.")] = None,
    interconnect: Annotated[float | None, typer.Option("--interconnect", help="Two-way transfer rate, GB/s.")] = None,
    memory_density: Annotated[
        float | None, typer.Option("--memory-density", help="Of a memory device: GB/s per mm2 of package.")
    ] = None,
    datacentre: Annotated[
        bool, typer.Option("--datacentre/--not-datacentre", help="Designed or marketed for data centres.")
    ] = True,
    to: To = "CHN",
    on: On = None,
    known: Known = None,
    as_json: AsJson = False,
) -> None:
    """Give the class and licence policy of a chip under the rule of a day."""
    from detente.controls import chip as ask
    from detente.controls._chip import known_chip
    from detente.errors import Problem, UserError

    figures = {"tpp": tpp, "die_area": die_area, "bandwidth": bandwidth, "interconnect": interconnect}
    if name is not None:
        kept = known_chip(name)
        other = [k for k, v in figures.items() if v is not None and kept[k] is not None and v != kept[k]]
        if other:
            wrong = [Problem(f"--{k.replace('_', '-')}", f"{figures[k]:g} is not that of {name}, {kept[k]:g}",
                             "Give a name, or the figures of another chip.") for k in other]  # fmt: skip
            raise UserError(wrong)
        figures = {k: kept[k] if v is None else v for k, v in figures.items()}
    data = ask(**figures, memory_density=memory_density, datacentre=datacentre, to=to, on=on, known=known)

    def people() -> None:
        print(f"To {data['to']} on {data['on']}: {data['class']} ({data['policy']}), by {data['rule'] or 'no rule'}")
        if data["policy_by"]:
            print(f"  The review policy is that of {data['policy_by']}.")
        for line in data["why"]:
            print(f"  {line}")
        for row in data["practice"]:
            print(f"Practice, as reported by {row['reporter']} ({row['date']}): {row['reported']}.")
        if data["tariff_band"]:
            print("The section 232 duty of 25 % on chips falls on it.")
        notes(data["warnings"])

    emit(data, as_json, people)


@app.command()
def screen(
    name: Annotated[str | None, typer.Argument(help="A name, in any script.")] = None,
    min_score: Annotated[float, typer.Option("--min-score", help="Show matches from this score, 0 to 1.")] = 0.6,
    file: Annotated[Path | None, typer.Option("--file", help="A CSV file of names instead.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the answers to --file go.")] = None,
    column: Annotated[str | None, typer.Option("--column", help="Column of --file that holds the names.")] = None,
    encoding: Encoding = None,
    on: Annotated[str | None, typer.Option("--on", help="Also say how each listing stands on this day.")] = None,
    known: Known = None,
    assume: Assume = None,
    max_age: Annotated[int, typer.Option("--max-age", help="Refuse lists older than so many days.")] = 180,
    allow: Annotated[Path | None, typer.Option("--allow", help="File of settled false alarms.")] = None,
    log: Annotated[Path | None, typer.Option("--log", help="Audit log to append to.")] = None,
    as_json: AsJson = False,
) -> None:
    """Screen a name, or a file of names, against the US and Chinese lists. Never says clear."""
    from detente.controls import AllowList, AuditLog
    from detente.errors import Problem, UserError

    if (name is None) == (file is None):
        raise UserError([Problem("screen", "needs a name or --file, and not both", "For example: screen Huawei")])
    if file is not None and out is None:
        raise UserError([Problem("--out", "is missing", "Say where the answers to --file go.")])
    if allow is not None and not allow.is_file():
        raise UserError([Problem("--allow", f"{allow} is not there", "`detente controls allow` makes one.")])
    settled = AllowList.load(allow) if allow else None
    audit = AuditLog(log) if log else None
    if file is not None and out is not None:
        _batch(file, out, as_json, column=column, encoding=encoding, min_score=min_score, allow=settled, log=audit,
               max_age=max_age)  # fmt: skip
        return
    _one(name or "", min_score, on, known, assume, max_age, settled, audit, as_json)


def _batch(file: Path, out: Path, as_json: bool, **options: Any) -> None:
    from detente.controls import screen_file

    data = screen_file(file, out, progress=_progress("names"), **options)

    def people() -> None:
        counts = ", ".join(f"{k} {v}" for k, v in sorted(data["results"].items()))
        print(f"{data['rows']} names against the lists of {data['list_date']}: {counts}. Answers: {data['out']}")
        print(f"Reasons: {', '.join(f'{k} {v}' for k, v in sorted(data['reasons'].items()))}.")
        if data["resumed_at"]:
            print(f"Went on behind row {data['resumed_at']}.")
        if data["rescreened_entries"]:
            print(f"Screened again against {data['rescreened_entries']} changed entries only.")
        notes(data["warnings"])

    emit(data, as_json, people)


def _progress(unit: str) -> Callable[[int], None] | None:
    if not sys.stderr.isatty():
        return None

    def show(done: int) -> None:
        print(f"\r{done:,} {unit}", end="", file=sys.stderr, flush=True)

    return show


def _one(
    name: str,
    min_score: float,
    on: str | None,
    known: str | None,
    assume: str | None,
    max_age: int,
    settled: Any,
    audit: Any,
    as_json: bool,
) -> None:
    import datetime as dt

    from detente.controls import Screener
    from detente.controls._reasons import REASONS
    from detente.controls._screen import add_standings, answer, named

    named(name)
    screener = Screener()
    warnings = screener.lists.staleness(dt.date.today(), max_age)
    found = screener.matches(name, min_score)
    allowed: list[dict[str, Any]] = []
    lapsed: list[str] = []
    if settled:
        found, allowed, lapsed = settled.split(name, found)
    data = answer(name, found, screener.lists, allowed, [*lapsed, *warnings])
    if on is not None:
        add_standings(data["matches"], on, known, assume, screener.lists)
    if audit:
        audit.write({"name": data["name"], "result": data["result"], "lists": data["lists"], "allowed": allowed,
                     "matches": [[m["id"], m["score"]] for m in data["matches"]]})  # fmt: skip

    def people() -> None:
        print(f"{data['result']}: {data['name'][:100]} (lists of {data['list_date']})")
        print(f"Reason: {data['reason']} ({REASONS[data['reason']]}).")
        cells = [
            (m["score"], m["list"], m["alias"] or m["name"], m["notice"], m["id"], "; ".join(m["why"][:3]),
             *([_listing(m["standing"])] if on else []))
            for m in data["matches"]
        ]  # fmt: skip
        if cells:
            columns = ("score", "list", "listed as", "notice", "id", "why", *([f"on {on}"] if on else []))
            table("Matches", columns, cells, right=(0,))
        for row in allowed:
            print(f"Settled: {row['name']} by {row['who']} on {row['when']} ({row['why']}).")
        notes(data["warnings"])

    emit(data, as_json, people)


def _listing(standing: dict[str, Any]) -> str:
    """How a listing stands on the day asked for, in words."""
    since = f" since {standing['since']}" if standing["since"] else ""
    return f"{standing['status']}{since}" + (f" ({standing['note']})" if standing["note"] else "")


@app.command()
def allow(
    name: Annotated[str, typer.Argument(help="The name that raised a false alarm.")],
    entry: Annotated[str, typer.Argument(help="Id of the listed entry, as `screen` shows it.")],
    who: Annotated[str, typer.Option("--who", help="Who settles it.")],
    why: Annotated[str, typer.Option("--why", help="Why it is a false alarm.")],
    file: Annotated[Path, typer.Option("--file", help="File of settled false alarms.")],
    as_json: AsJson = False,
) -> None:
    """Settle a false alarm: who, when, why. It holds while the entry stays what it is."""
    from detente.controls import AllowList, Lists
    from detente.errors import UnknownName, unknown

    known = Lists.load().fingerprints
    if entry not in known:
        raise UnknownName([unknown("listed entry", entry, [], listing="`detente controls screen NAME` shows ids.")])
    row = AllowList.load(file).add(name, entry, known[entry], who, why).rows[-1]
    emit(row.to_dict(), as_json, lambda: print(f"{row.entry} settled for {row.name} by {row.who}."))


@app.command()
def log(
    file: Annotated[Path, typer.Argument(help="An audit log.")],
    as_json: AsJson = False,
) -> None:
    """Check that no line of an audit log is altered or missing, the last by the count in the file beside it."""
    from detente.controls import AuditLog
    from detente.errors import Problem, UserError

    if not file.is_file():
        raise UserError([Problem(str(file), "is not there")])
    audit = AuditLog(file)
    count, counted = audit.check(), audit.counted
    tail = "" if counted else f" Whether lines at its end are missing cannot be told: {audit.head.name} is not there."
    emit({"lines": count, "whole": True if counted else None}, as_json,
         lambda: print(f"{count} lines, none {'missing or ' if counted else ''}altered.{tail}"))  # fmt: skip


@app.command()
def owners(
    edges: Annotated[Path, typer.Argument(help="CSV: owner,owned,share[,share_high][,from][,to][,source][,kind].")],
    listed: Annotated[Path, typer.Option("--listed", help="CSV: entity[,policy].")],
    rule: Annotated[
        str,
        typer.Option("--rule", help="ofac, bis-affiliates, mofcom-61 or more-than-50-or-control."),
    ] = "bis-affiliates",
    on: On = None,
    known: Known = None,
    assume: Assume = None,
    explain: Annotated[list[str] | None, typer.Option("--explain", help="Explain this entity; repeatable.")] = None,
    look_through: Annotated[
        bool, typer.Option("--look-through/--no-look-through", help="Show look-through stakes beside.")
    ] = True,
    encoding: Encoding = None,
    as_json: AsJson = False,
) -> None:
    """Say who is covered through ownership, for certain or possibly, and why."""
    from detente.controls import owners as ask

    data = ask(edges, listed, rule, on=on, known=known, assume=assume, explain=explain or None,
               look_through=look_through, encoding=encoding)  # fmt: skip

    def people() -> None:
        about = data["rule"]
        print(f"{about['title']} ({about['basis']}): {about['status']} on {data['on']}")
        print(f"Certain {len(data['certain'])}, possible {len(data['possible'])}, to resolve {len(data['resolve'])}")
        cells = [
            (k, v["status"], percent(v["held"]), percent(v["held_high"]), percent(v.get("look_through")),
             " > ".join(v["path"]), ", ".join(v["owners"]), v["policy"])
            for k, v in data["explain"].items()
        ]  # fmt: skip
        columns = ("entity", "covered", "held %", "at most %", "look-through %", "path", "by", "policy")
        table("Why", columns, cells, right=(2, 3, 4))
        for key, what in (("controlled_only", "Controlled without the shares"), ("directed_only", "Seat on the board")):
            if data.get(key):
                print(f"Red flag, {what.lower()}: {', '.join(data[key][:20])}{' ...' if len(data[key]) > 20 else ''}")
        notes(data["warnings"])

    emit(data, as_json, people)


@app.command()
def conflicts(
    fact: Annotated[
        list[str] | None, typer.Option("--fact", help="A fact of the case, for example party-in-china; repeatable.")
    ] = None,
    on: On = None,
    known: Known = None,
    assume: Assume = None,
    as_json: AsJson = False,
) -> None:
    """Warn where obeying one regime breaches the other."""
    from detente.controls import conflicts as ask

    rows = ask(fact, on=on, known=known, assume=assume)

    def people() -> None:
        _conflicts(rows)
        if not rows:
            print("No conflict found among those known here.")

    emit(rows, as_json, people)


@app.command()
def ceilings(
    on: On = None,
    known: Known = None,
    assume: Assume = None,
    goods: Annotated[
        bool, typer.Option("--goods", help="By goods of the model instead, as a scenario's `controls:` takes them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Give the share of licences granted, as ranges, where it was reported: ceilings for the model."""
    from detente.controls import ceilings as ask
    from detente.controls import export_ceilings
    from detente.controls._standing import embedded

    day = on or embedded().firm_until
    rows = export_ceilings(day, known, assume) if goods else ask(day, known, assume)
    emit(rows, as_json, lambda: _ceilings(rows, goods))


def _ceilings(rows: list[dict[str, Any]], goods: bool) -> None:
    if goods:
        by_good = [
            (r["item"], r["measure"], r["status"], r["exporter"], *(_share(r[k]) for k in ("low", "central", "high")),
             "; ".join(r["source"]), r["confidence"])
            for r in rows
        ]  # fmt: skip
        columns = ("good", "measure", "status", "from", "low %", "central %", "high %", "reports", "conf.")
        table("Ceilings on exports, of the baseline quantity", columns, by_good, right=(4, 5, 6))
    else:
        cells = [
            (r["measure"], r["status"], *(percent(x) for x in r["share_granted"]),
             "; ".join(f"{p['reporter']} {p['date']}" for p in r["reports"]), r["confidence"])
            for r in rows
        ]  # fmt: skip
        headers = ("measure", "status", "from %", "to %", "reports", "conf.")
        table("Share of licence applications granted", headers, cells, right=(2, 3))
    notes(list(dict.fromkeys(w for r in rows for w in r["warnings"])))


def _share(value: float | None) -> str:
    return "unknown" if value is None else percent(value)


@app.command()
def generate(
    out: Annotated[Path, typer.Option("--out", help="CSV file of holdings to write.")],
    entities: Annotated[int, typer.Option("--entities", help="How many entities.")] = 1000,
    holdings: Annotated[int, typer.Option("--holdings", help="How many holdings.")] = 3000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same file.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Write a made-up graph of holdings, labelled synthetic, for trials."""
    from detente.controls import synthetic
    from detente.controls._synthetic import write

    graph = synthetic(entities, holdings, seed=seed)
    write(graph, out)
    data = {"entities": entities, "holdings": holdings, "seed": seed, "out": str(out), "synthetic": True}
    emit(data, as_json, lambda: print(f"{holdings:,} synthetic holdings: {out}"))
