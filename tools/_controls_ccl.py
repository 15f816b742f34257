"""The Commerce Control List as an index, the Country Chart and Groups by economy, and China's table of codes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from pathlib import Path
from typing import Any

from detente import economies
from detente.errors import UnknownName

_NAMES = {"China (PRC)": "CHN", "Burma": "MMR", "Korea, South": "KOR", "Korea, North": "PRK", "Macau": "MAC"}
_COLUMN = re.compile(r"\b(AT|CB|CC|FC|MT|NP|NS|RS) Column ([123])")


def _csv(path: Path, header: list[str], rows: list[list[Any]], zipped: bool = False) -> None:
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    content = sink.getvalue().encode()
    path.write_bytes(gzip.compress(content, 9, mtime=0) if zipped else content)


def _code(name: str) -> str:
    """Alpha-3 code where our table of economies has the country, else its name as the regulation writes it."""
    try:
        return _NAMES.get(name) or economies.economy(name)
    except UnknownName:
        # the two supplements write a few names differently
        return name.replace(" & ", " and ").replace("Republic of)", "Republic of the)").replace("the the", "the")


def _index(path: Path) -> list[list[str]]:
    rows = []
    for entry in json.loads(gzip.decompress(path.read_bytes()))["entries"]:
        controls = []
        for row in entry["countryChart"]:
            control, where = row["control"], row["countryChart"].strip()
            found = _COLUMN.findall(where)
            target = " + ".join(f"{a} {b}" for a, b in found) if found else where
            controls.append([control.strip(), target])
        paragraphs = [
            [i["paragraph"], i["text"][:160]]
            for i in entry.get("items", ())
            if i["kind"] == "item" and i["paragraph"] and i["depth"] <= 2 and "eserved" not in i["text"][:12]
        ]
        rows.append(
            [
                entry["eccn"],
                " ".join(entry["heading"].split())[:400],
                entry["reasonForControl"] or "",
                json.dumps(controls, ensure_ascii=False, separators=(",", ":")),
                json.dumps(paragraphs, ensure_ascii=False, separators=(",", ":")),
            ]
        )
    return rows


def build(data: Path, facts: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    index = _index(data / "us_ccl_ecfr_2026-07-23.json.gz")
    if len(index) != 633 or len({r[0] for r in index}) != 633:
        raise SystemExit(f"the control list has {len(index)} entries, not 633 different ones")
    _csv(out / "ccl.csv.gz", ["eccn", "heading", "reasons", "controls", "paragraphs"], index, zipped=True)
    chart = json.loads((data / "us_country_chart_2026-07-23.json").read_text(encoding="utf-8"))
    rows = [[_code(c), "", ";".join(v["marks"])] for c, v in chart["countries"].items()]
    rows += [[_code(c), v["pointer"], ""] for c, v in chart["embargoed"].items()]
    rows.append(["HKG", "", ";".join(chart["countries"]["China"]["marks"])])
    unmatched = [r[0] for r in rows if len(r[0]) != 3]
    print(f"country chart: {len(rows)} destinations, {len(unmatched)} kept by name: {unmatched[:200]}")
    _csv(out / "country_chart.csv", ["destination", "pointer", "marks"], sorted(rows))
    groups = json.loads((data / "us_country_groups_2026-07-23.json").read_text(encoding="utf-8"))["groups"]
    _csv(
        out / "country_groups.csv",
        ["group", "destinations"],
        [[g, ";".join(sorted(_code(c) for c in members))] for g, members in groups.items()],
    )
    _china(facts / "prc_controlled_codes.csv", out / "china_codes.csv")


def _china(source: Path, path: Path) -> None:
    measure = {"18/2025": "chn.mofcom.18-2025", "57/2025": "chn.mofcom.57-2025", "10/2025": "chn.mofcom.10-2025"}
    measure |= {"23/2023": "chn.mofcom.23-2023", "39/2023": "chn.mofcom.39-2023", "33/2024": "chn.mofcom.33-2024"}
    rows = []
    for raw in csv.DictReader(source.read_text(encoding="utf-8").splitlines()):
        notice = raw["announcement"].split()[0]
        read = raw["ref_customs_codes"] and not raw["note"]
        rows.append(
            [
                measure[notice],
                raw["prc_control_code"],
                raw["item"],
                raw["ref_customs_codes"],
                "H" if read else "M" if raw["ref_customs_codes"] else "L",
                raw["note"],
            ]
        )
    if len(rows) != 42:
        raise SystemExit(f"{len(rows)} Chinese codes, not 42")
    _csv(path, ["measure", "code", "item", "customs_codes", "confidence", "note"], rows)
