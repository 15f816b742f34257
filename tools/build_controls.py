"""Rebuild `src/detente/data/lists` and the tables of `src/detente/data/controls`.

Run from the repository root:

    python -m tools.build_controls --source ../shared

Sources, all public: the US Consolidated Screening List (trade.gov), MOFCOM's lists (names and notices as facts), the
Commerce Control List, Country Chart and Country Groups (eCFR), and the Chinese control codes collected for detente.
Checks: every list kept has rows; no id stands twice; every entry has a name; the sizes are printed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tools import _controls_ccl as ccl
from tools import _controls_lists as lists


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("src/detente/data"))
    options = parser.parse_args()
    data, out = options.source / "data" / "controls", options.out
    lists.build(data, out / "lists")
    ccl.build(data, options.source / "facts", out / "controls")
    for folder in ("lists", "controls"):
        sizes = {p.name: p.stat().st_size for p in sorted((out / folder).iterdir()) if p.is_file()}
        print(folder, sum(sizes.values()), sizes)


if __name__ == "__main__":
    main()
