"""What the bargain floor costs: `bargain` from a cold start and again, coalitions of six without and with a best reply.

    python benchmarks/bargain.py [--write docs/benchmarks.md]

Cold: a fresh process and an empty cache, so compilation is in it. Warm: a fresh process, programs cached.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sections import machine, write

MEMBERS = ("USA", "EU27", "JPN", "KOR", "GBR", "CAN")
COMMANDS = (
    (
        "`bargain --between USA CHN --on 2025-06-11`",
        "45, cold",
        ("bargain", "--between", "USA", "CHN", "--on", "2025-06-11"),
    ),
    ("`coalition`, 64 subsets, no reply", "15", ("coalition", "--against", "CHN", "--members", *MEMBERS)),
    (
        "`coalition`, 64 subsets, best reply of the target",
        "120",
        ("coalition", "--against", "CHN", "--members", *MEMBERS, "--reply", "best"),
    ),
)


def seconds(arguments: tuple[str, ...], cache: str) -> float:
    """Wall time of a command in a process of its own."""
    clock = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "detente", *arguments, "--json"],
        check=True, stdout=subprocess.DEVNULL, env={**os.environ, "DETENTE_CACHE": cache},
    )  # fmt: skip
    return time.perf_counter() - clock


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="page to write the table into")
    asked = parser.parse_args()
    lines = ["| command | cold, s | warm, s | asked, s |", "|---|---|---|---|"]
    for name, target, arguments in COMMANDS:
        with tempfile.TemporaryDirectory() as cache:
            cold, warm = (seconds(arguments, cache) for _ in range(2))
        lines.append(f"| {name} | {cold:.1f} | {warm:.1f} | {target} |")
        print(lines[-1], flush=True)
    text = "\n".join(["## The bargain", "", "Whole commands, start-up, ranges and all.", "", *lines, "", machine()])
    if asked.write:
        write(asked.write, "bargain", text)


if __name__ == "__main__":
    main()
