"""`detente read`, `forecasts` and `tension`: what articles claim, who was right, and how hostile the months were."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from detente.cli._output import AsJson, emit, notes, table


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("read")(read)
    app.command("forecasts")(forecasts)
    app.command("tension")(tension)


def read(
    file: Annotated[Path, typer.Argument(help="Article: plain text or HTML.")],
    on: Annotated[str | None, typer.Option("--on", help="The article's day; default: the one found in it.")] = None,
    draft: Annotated[
        int | None, typer.Option("--draft", help="Print a draft ledger file of claim N for review.")
    ] = None,
    model_url: Annotated[
        str | None, typer.Option("--model-url", help="Also ask an OpenAI-compatible server; the article is sent there.")
    ] = None,
    model: Annotated[str, typer.Option("--model", help="Name of the model at --model-url.")] = "default",
    as_json: AsJson = False,
) -> None:
    """Find what an article claims: numbers, dates, who says it, whether it adds up, what the ledger says."""
    from detente import claims
    from detente.errors import Problem, UserError
    from detente.study._verdicts import judge

    reading = claims.read_file(file, on)
    if model_url is not None:
        # the document is already stripped; reading it again gives the same text
        reading = claims.read_with(claims.Endpoint(model_url, model), reading.document, on)
    if draft is not None:
        if not 1 <= draft <= len(reading.claims):
            raise UserError(
                [Problem("--draft", f"there is no claim {draft}", f"The article has {len(reading.claims)}.")]
            )
        print(claims.draft(reading.claims[draft - 1], source=reading.title or file.name), end="")
        return
    data = reading.to_dict()
    for row, verdict in zip(data["claims"], judge(reading), strict=True):
        row["ledger"] = verdict.to_dict()
    emit(data, as_json, lambda: _show(data))


def _show(data: dict[str, Any]) -> None:
    day = f"{data['date']}, by {data['dated_by']}" if data["date"] else "not known: days without a year stay unresolved"
    print(f"{data['title'] or 'Article'}\nDay of the article: {day}\n")
    for i, c in enumerate(data["claims"], 1):
        who = c["speaker"] or "article"
        home = f" ({c['affiliation']})" if c["affiliation"] else ""
        print(f"{i}. [{c['kind']}, {c['modality']}] {who}{home}: {' '.join(c['text'].split())}")
        if numbers := _numbers(c):
            print(f"   {numbers}")
        for check in c["checks"]:
            state = {True: "holds", False: "DOES NOT HOLD", None: "cannot be told"}[check["holds"]]
            print(f"   {check['check']}: {state}: {check['detail']}")
        verdict = c["ledger"]
        rests = f" [{verdict['measure']}]" if verdict["measure"] else ""
        print(f"   ledger: {verdict['verdict'].replace('_', ' ')}{rests}: {verdict['detail']}")
    notes(["Verdicts rest on the ledger and on recorded outcomes; opinions are not judged."])


def _numbers(c: dict[str, Any]) -> str:
    rate = c["unit"] in ("fraction of customs value", "fraction", "points as fraction")
    out = []
    if c["actor"] or c["target"]:
        out.append(f"{c['actor'] or '?'} -> {c['target'] or '?'}")
    for key in ("from", "to", "by"):
        if c[key] is not None:
            value = f"{100 * c[key]:.4g} {'points' if key == 'by' and c['kind'].startswith('tariff') else '%'}"
            out.append(f"{key} {value if rate else f'{c[key]:,.6g}'}" + (" (reckoned)" if key in c["derived"] else ""))
    if c["unit"] and not rate and c["kind"] != "probability":
        out.append(c["unit"])
    if c["parts"]:
        out.append(" + ".join(f"{100 * p['rate']:.4g} {p['label']}" for p in c["parts"]))
    if c["probability"]:
        low, high = c["probability"]
        out.append(f"chance {100 * low:.0f}-{100 * high:.0f} %" if low != high else f"chance {100 * low:.0f} %")
    out += [f"{key.replace('_', ' ')} {c[key]}" for key in ("date", "said_on", "horizon") if c[key]]
    return "; ".join(out)


def forecasts(
    score: Annotated[bool, typer.Option("--score", help="Also score what is resolved.")] = False,
    file: Annotated[
        Path | None, typer.Option("--file", help="A file or folder of one's own records. Default: the embedded ones.")
    ] = None,
    add_run: Annotated[
        Path | None, typer.Option("--add-run", help="Record a result of this run's folder in --file.")
    ] = None,
    result: Annotated[
        str, typer.Option("--result", help="With --add-run: NAME:ECONOMY or NAME:EXPORTER->IMPORTER.")
    ] = "real_income_percent:USA",
    add_odds: Annotated[
        Path | None, typer.Option("--add-odds", help="Record a file of odds (event, on, deadline, odds) in --file.")
    ] = None,
    due: Annotated[str | None, typer.Option("--due", help="With --add-run: the day it is to be resolved.")] = None,
    rule: Annotated[str, typer.Option("--rule", help="How what is added is to be resolved.")] = "",
    said_on: Annotated[str | None, typer.Option("--said-on", help="With --add-run: its day; default: today.")] = None,
    supersedes: Annotated[str, typer.Option("--supersedes", help="Id of the record that what is added replaces.")] = "",
    as_json: AsJson = False,
) -> None:
    """Recorded forecasts with their resolution, and with --score their scores beside a base rate."""
    from detente import claims

    if add_run is not None or add_odds is not None:
        _add(file, add_run, result, add_odds, due, rule, said_on, supersedes)
    book = claims.ForecastBook.load(file)
    rows = []
    for record in book.records:
        row = record.to_dict() | {"superseded": record not in book.current(), "sealed": not record.unsealed}
        rows.append(row | ({"score": claims.score(record)} if score else {}))

    def people() -> None:
        columns = ["said on", "speaker", "forecast", "due", "outcome"] + (["score", "base"] if score else [])
        cells = []
        for row in rows:
            outcome = row["outcomes"][-1] if row.get("outcomes") else {"state": "open"}
            state = outcome["state"] + (f" {outcome['value']:+.3g}" if "value" in outcome else "")
            state = outcome.get("category", state) + ("" if row["sealed"] else ", unsealed")
            extra = _scored(row["score"]) if score else []
            cells.append([row["said_on"], row["speaker"], row["statement"], row.get("horizon", ""), state, *extra])
        table("Forecasts", columns, cells)
        if score:
            notes([f"{r['id']}: {r['score']['note']}" for r in rows if r["score"]["note"]])

    emit(_plain(rows) if as_json else rows, as_json, people)


def _plain(value: Any) -> Any:
    """Rows as JSON can hold them: it has no infinity, so an infinite score is the word `infinite`."""
    import math

    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return "infinite" if isinstance(value, float) and math.isinf(value) else value


def _add(
    file: Path | None, add_run: Path | None, result: str, add_odds: Path | None, due: str | None, rule: str,
    said_on: str | None, supersedes: str,
) -> None:  # fmt: skip
    """Append what a model foresees to one's own book; the embedded one is never written."""
    import datetime as dt

    from detente.dates import parse_date
    from detente.errors import Problem, UserError
    from detente.study import _model_forecasts as model

    problems = []
    if file is None:
        problems.append(Problem("--file", "is needed to add a forecast", "Give a file of your own; it may be new."))
    if add_run is not None and due is None:
        problems.append(Problem("--due", "is needed with --add-run", "A run does not say by when it is resolved."))
    if add_run is not None and not rule:
        problems.append(Problem("--rule", "is needed with --add-run", "Say which statistic decides, and against what."))
    if problems or file is None:
        raise UserError(problems)
    if add_run is not None and due is not None:
        day = parse_date(said_on, "--said-on", first=None) if said_on else dt.date.today()
        horizon = parse_date(due, "--due", first=None)
        made = model.forecast_of_run(
            add_run, result, horizon=horizon, rule=rule, said_on=day, supersedes=supersedes if add_odds is None else ""
        )
        model.add_to_book(file, made)
    if add_odds is not None:
        model.add_to_book(file, model.read_odds(add_odds, rule=rule, supersedes=supersedes))


def _scored(scores: dict[str, Any]) -> list[str]:
    """The one score that applies, and the base rate's Brier score beside it."""
    text = ""
    for key in ("brier", "crps", "interval"):
        value = scores[key]
        if value is not None:
            text = f"{key} " + ("-".join(f"{x:.3f}" for x in value) if isinstance(value, list) else f"{value:.3f}")
            break
    if not text and scores["right"] is not None:
        text = "right" if scores["right"] else "wrong"
    return [text, "" if scores["brier_base"] is None else f"{scores['brier_base']:.3f}"]


def tension(
    start: Annotated[str, typer.Option("--start", help="First day.")] = "2018-01-01",
    end: Annotated[str | None, typer.Option("--end", help="Last day; default: the firm edge of the evidence.")] = None,
    between: Annotated[tuple[str, str], typer.Option("--between", help="Two economies.")] = ("USA", "CHN"),
    figure: Annotated[
        Path | None, typer.Option("--figure", help="Also write a figure: .svg, .png, .html, .json.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tension by month from the acts in the ledger, typed as PLOVER does and scored by Goldstein's scale."""
    from detente.study._tension import save_figure
    from detente.study._tension import tension as series_of

    series = series_of(start, end, between=between)
    if figure is not None:
        save_figure(series, figure)

    def people() -> None:
        keys = ("months", "net", "index", "events")
        rows = [(m, f"{n:+.1f}", f"{i:+.1f}", e) for m, n, i, e in zip(*(series[k] for k in keys), strict=True)]
        table(f"Tension, {series['unit']}", ("month", "net", "index", "acts"), rows, right=(1, 2, 3))
        notes([f"Evidence to {series['as_of']}. {series['source']}."])

    emit(series, as_json, people)
