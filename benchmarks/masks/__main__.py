"""Write mask sets with fabdesign and its peers, check every file with KLayout, and write the page of results.

python -m benchmarks.masks --sizes 256 512 1000 2000 --page docs/benchmarks/masks.md
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.masks.cases import CASES, LEVELS, PITCH_NM
from benchmarks.masks.methods import LARGEST, METHODS, suffix

Row = dict[str, Any]
KLAYOUT_RULES_UP_TO = 256
"""Largest side at which KLayout checks design rules: at 512 random pixels it takes minutes a mask."""


def child(*words: str) -> Row:
    """Run one measurement in a fresh process of one thread."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.masks.measure", *words]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    row: Row = json.loads(answer.stdout.splitlines()[-1])
    return row


def measure(method: str, case: str, side: int, repeats: int) -> Row:
    """Measure one method on one case: the median of the repeats."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"bench{suffix(method)}"
        runs = [child(method, case, str(side), str(path)) for _ in range(repeats)]
    middle = {key: median(run[key] for run in runs) for key in ("cpu_s", "memory_mb")}
    return {"method": method, "case": case, "side": side, **runs[0], **middle}


def rows(arguments: argparse.Namespace) -> Iterator[Row]:
    """All measurements, largest sides last."""
    for side in arguments.sizes:
        for method in arguments.methods:
            if side <= LARGEST.get(method, side):
                for case in arguments.cases:
                    row = measure(method, case, side, arguments.repeats)
                    print(json.dumps(row), file=sys.stderr)
                    yield row


def correctness(row: Row) -> str:
    """In words: what KLayout found."""
    if not row["area"] or row["same"] is False:
        return "**differs**"
    return "area and XOR exact" if row["same"] else "area exact"


def table(measured: list[Row], side: int, case: str) -> str:
    """One table of the page."""
    lines = [
        f"### {side} × {side}, {case}\n",
        "| method | CPU s | memory MB | file MB | bytes/pixel | shapes | KLayout finds |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for row in measured:
        if (row["side"], row["case"]) == (side, case):
            lines.append(
                f"| {row['method']} | {row['cpu_s']:.2f} | {row['memory_mb']:.0f} | {row['bytes'] / 1e6:.2f} "
                f"| {row['bytes'] / side**2:.2f} | {row['shapes']:,} | {correctness(row)} |"
            )
    return "\n".join(lines) + "\n"


def ruled_rows(arguments: argparse.Namespace) -> Iterator[Row]:
    """The time that design rules take, on every case."""
    for side in arguments.sizes:
        for case in arguments.cases:
            row: Row = {"side": side, "case": case, **child("rules", case, str(side))}
            if side <= KLAYOUT_RULES_UP_TO:
                row["klayout"] = child("klayout-rules", case, str(side))
            print(json.dumps(row), file=sys.stderr)
            yield row


def rules_line(row: Row) -> str:
    """One line of the table of design rules."""
    peer = row.get("klayout")
    cells = (
        ("not run", "") if peer is None else (f"{peer['cpu_s']:.2f}", str(peer["narrow"] == row["narrow"]))
    )
    return f"| {row['side']} × {row['side']} {row['case']} | {row['cpu_s']:.3f} | {' | '.join(cells)} |"


def page(measured: list[Row], ruled: list[Row], arguments: argparse.Namespace) -> str:
    """The whole page."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "gdstk", "klayout"))
    methods = "\n".join(f"- `{name}`: {METHODS[name].__doc__}" for name in arguments.methods)
    limits = "\n".join(map(rules_line, ruled))
    tables = "\n".join(table(measured, side, case) for side in arguments.sizes for case in arguments.cases)
    command = " ".join(sys.argv[1:])
    return f"""# Mask sets

Three binary-weighted masks of {LEVELS}-level layers, pitch {PITCH_NM} nm, database unit 1 nm. Each line is
the median of {arguments.repeats} fresh processes of one thread: CPU time and peak memory above the level
after imports and data. Each file is read back by KLayout: raw area of every layer, and up to 512 pixels a
side the XOR with the masks.

Made by `python -m benchmarks.masks {command}` on {platform.machine()} with {os.cpu_count()} cores,
Python {platform.python_version()}, {versions}.

{methods}

{tables}
### Design rules

Shortest drawn and clear runs and corner touches, CPU seconds for one mask; beside them KLayout's width and
space checks of the same mask against two pixels, up to {KLAYOUT_RULES_UP_TO} pixels a side. Both say whether
there is anything narrower than that.

| case | fabdesign, CPU s | KLayout, CPU s | they agree |
|---|--:|--:|---|
{limits}
"""


def main() -> None:
    """Parse, measure, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[256, 512, 1000])
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=list(CASES))
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=list(METHODS))
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--page", type=Path)
    arguments = parser.parse_args()
    measured = list(rows(arguments))
    text = page(measured, list(ruled_rows(arguments)), arguments)
    if arguments.page:
        arguments.page.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
