"""Write docs/stacking.md from the worked cases of tests/spec/ledger/stacking.yaml.

Run from the repository root: python -m tools._lines_manual
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from detente import strict_yaml

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "spec" / "ledger" / "stacking.yaml"
HEAD = """# How duties stack

Written by `python -m tools._lines_manual` from the worked cases in `tests/spec/ledger/stacking.yaml`, which are tests:
every number on this page is asked of the ledger and compared to the basis point. Each measure's file declares its
`stacking` block (group, operator, rank, what it exempts, on what it depends) and one engine reads it; the equations
stand in `detente.ledger._stack`. Ask for a line yourself:

```
detente ledger rate 8481.80.30 --from CHN --to USA --on 2025-05-20
```
"""

COLUMNS = """| case | line | day | said of the goods | layers, percent | total, percent | law |
|---|---|---|---|---|---|---|"""


def _percent(rate: float) -> str:
    return f"{round(100 * rate, 4):g}"


def _case(case: dict[str, Any]) -> str:
    said = [f"as known on {case['known']}"] if "known" in case else []
    said += [f"`--use {case['use']}`"] if "use" in case else []
    said += [f"`--metal-share {case['metal_share']}`"] if "metal_share" in case else []
    said += ["`--in-transit`"] if case.get("in_transit") else []
    layers = " + ".join(f"{_percent(rate)} `{name}`" for name, rate in case["layers"].items())
    to = case.get("to", "USA")
    cells = [
        case["name"],
        f"{case['line']} into {to}",
        case["day"],
        ", ".join(said),
        layers,
        _percent(case["total"]),
        case["law"],
    ]
    return "| " + " | ".join(cells) + " |"


def page() -> str:
    """The page as it should stand."""
    out = [HEAD]
    for chapter in strict_yaml.read(CASES).data:
        out.append(f"## {chapter['chapter']} (`{chapter['operator']}`)\n\n{' '.join(chapter['text'].split())}\n")
        out.append(COLUMNS)
        out.append("\n".join(_case(case) for case in chapter["cases"]) + "\n")
    return "\n".join(out)


def main() -> None:
    path = ROOT / "docs" / "stacking.md"
    path.write_text(page(), encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
