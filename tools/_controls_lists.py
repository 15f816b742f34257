"""The embedded screening lists: the US consolidated list and China's lists, with a manifest and a count of tokens."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
from collections import Counter
from pathlib import Path

from detente.controls._csl import COLUMNS, parse, to_parquet
from detente.controls._names import tokens_of

_CHINA = {
    "cn-export-control-watchlist": "CN-CONTROL",
    "cn-unreliable-entity-list": "CN-UEL",
    "cn-attention-list": "CN-WATCH",
}
_IN_BRACKETS = re.compile(r"^(?P<cn>[^（]+)（(?P<en>[^）]+)）(?P<rest>.*)$")
_COMMON_FROM = 40


def _china(path: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    seen: Counter[str] = Counter()
    for raw in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        seen[raw["id"]] += 1
        name, aliases, note = raw["entity_name"].strip(), [raw["aliases"].strip()], ""
        found = _IN_BRACKETS.match(name)
        if found:
            name, aliases = found["en"].strip(), [found["cn"].strip(), *aliases]
            note = "The notice names more parties than the register does."
        name = re.sub(r"公司及其分支机构等外国实体$", "", name)
        row = dict.fromkeys(COLUMNS, "") | {
            # two rows of the register carry the id of the row before
            "id": raw["id"] + (f"-{seen[raw['id']]}" if seen[raw["id"]] > 1 else ""),
            "list": _CHINA[raw["list_id"]],
            "name": name,
            "aliases": ";".join(dict.fromkeys(a for a in aliases if a and a != name)),
            "kind": "organisation",
            "notice": f"MOFCOM notice of {raw['date_added']}",
            "programs": raw["source_url"],
            "policy": note,
            "added": raw["date_added"],
        }
        rows.append(row)
    return rows


def _write(rows: list[dict[str, str]], path: Path) -> str:
    ids = [r["id"] for r in rows]
    if len(set(ids)) != len(ids) or not all(r["name"] for r in rows):
        raise SystemExit(f"{path.name}: an id stands twice, or a name is empty")
    content = to_parquet(rows)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def build(data: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with gzip.open(data / "us_csl_2026-07-31.csv.gz", "rt", encoding="utf-8", newline="") as file:
        us = parse(file, "us_csl")
    cn = _china(data / "cn_mofcom_lists_2026-07-19.csv")
    counts = {"us-csl": len(us), "cn-mofcom": len(cn)}
    hashes = {"us-csl": _write(us, out / "us_csl.parquet"), "cn-mofcom": _write(cn, out / "cn_mofcom.parquet")}
    hashes["named"] = hashlib.sha256((out / "named.csv").read_bytes()).hexdigest()
    print("lists", counts, dict(Counter(r["list"] for r in us + cn)))
    _manifest(out / "lists.yaml", counts, hashes)
    _tokens(us + cn, out / "common_tokens.csv")


def _manifest(path: Path, counts: dict[str, int], hashes: dict[str, str]) -> None:
    text = f"""\
# Screening lists kept in the package. Written by tools/build_controls.py.
us-csl:
  file: us_csl.parquet
  title: US Consolidated Screening List
  publisher: International Trade Administration, trade.gov
  licence: public domain
  date: 2026-07-31
  url: https://data.trade.gov/downloadable_consolidated_screening_list/v1/consolidated.csv
  rows: {counts["us-csl"]}
  sha256: {hashes["us-csl"]}
cn-mofcom:
  file: cn_mofcom.parquet
  title: China's control list, watch list and unreliable entity list
  publisher: Ministry of Commerce (MOFCOM), notices
  licence: names and notice numbers as facts
  date: 2026-07-19
  note: >-
    Incomplete for 9 October 2025 and after 19 July 2026; three notices name more parties than the register.
  rows: {counts["cn-mofcom"]}
  sha256: {hashes["cn-mofcom"]}
named:
  file: named.csv
  title: Parties that secondary sources name on lists not kept here (confidence M)
  publisher: research
  licence: names and notices as facts
  date: 2026-08-05
  note: >-
    Ten names. The rest of MOFCOM 2026 No.30, of the countermeasures of August 2026 and of the section 1260H list is
    not here.
  rows: 10
  sha256: {hashes["named"]}
"""
    path.write_text(text, encoding="utf-8")


def _tokens(rows: list[dict[str, str]], path: Path) -> None:
    """Tokens that stand in many entries: a match on them says little."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update({t for n in (row["name"], *row["aliases"].split(";")) for t in tokens_of(n)})
    kept = [(t, n) for t, n in counts.most_common() if n >= _COMMON_FROM and len(t) > 1]
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(["token", "entries", "of"])
    writer.writerows([t, n, len(rows)] for t, n in sorted(kept))
    path.write_text(sink.getvalue(), encoding="utf-8")
    print("common tokens", len(kept))
