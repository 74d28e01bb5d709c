"""Write reliefs as STL and 3MF with fabdesign and its peers, prove each file from its bytes, write the page.

This one command measures everything and writes the page: about an hour on a quiet machine.

    python -m benchmarks.stl --sizes 256 1000 2000 --page docs/benchmarks/stl.md
"""

from __future__ import annotations

import argparse
import datetime
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

from benchmarks.masks.cases import CASES, LEVELS
from benchmarks.stl.methods import BASE_UM, LARGEST, METHODS, PITCH_UM, STEP_UM, SUFFIX

Row = dict[str, Any]
_VERSIONS = ("numpy", "numpy-stl", "trimesh", "manifold3d")


def child(*words: str) -> Row:
    """Run one measurement in a fresh process of one thread."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.stl.measure", *words]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    row: Row = json.loads(answer.stdout.splitlines()[-1])
    return row


def measure(method: str, case: str, side: int, arguments: argparse.Namespace) -> Row:
    """Measure one method on one case: the median of the repeats; the last one is proved."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / f"bench{SUFFIX.get(method, '.stl')}")
        proving = ["" for _ in range(arguments.repeats)]
        proving[-1] = "prove" if side <= arguments.prove_up_to else ""
        runs = [child(method, case, str(side), path, word) for word in proving]
    middle = {key: median(run[key] for run in runs) for key in ("cpu_s", "peak_mb", "before_mb")}
    return {"method": method, "case": case, "side": side, **runs[-1], **middle}


def rows(arguments: argparse.Namespace) -> Iterator[Row]:
    """All measurements, largest sides last."""
    for side in arguments.sizes:
        for method in arguments.methods:
            if side <= LARGEST.get(method, side):
                for case in arguments.cases:
                    row = measure(method, case, side, arguments)
                    print(json.dumps(row), file=sys.stderr)
                    yield row


def table(measured: list[Row], side: int, case: str) -> str:
    """One table of the page."""
    chosen = [row for row in measured if (row["side"], row["case"]) == (side, case)]
    if not chosen:
        return ""
    lines = [
        f"### {side} × {side}, {case}\n",
        f"Floor: {chosen[0]['floor']:,} triangles.\n",
        "| method | CPU s | peak memory MB | triangles | × floor | file MB | open edges | volume error |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in chosen:
        edges = f"{row['open_edges']:,}" if "open_edges" in row else "not counted"
        error = f"{row['volume_error']:.1e}" if "volume_error" in row else "not measured"
        if "volume_error_to_derived" in row:
            error += f" (to derived {row['volume_error_to_derived']:.0e})"
        lines.append(
            f"| {row['method']} | {row['cpu_s']:.2f} | {row['peak_mb']:.0f} | {row['triangles']:,} "
            f"| {row['per_floor']:.3f} | {row['bytes'] / 1e6:.1f} | {edges} | {error} |"
        )
    return "\n".join(lines) + "\n"


def page(measured: list[Row], arguments: argparse.Namespace) -> str:
    """The whole page."""
    versions = ", ".join(f"{name} {version(name)}" for name in _VERSIONS)
    methods = "\n".join(f"- `{name}`: {METHODS[name].__doc__}" for name in arguments.methods)
    tables = "\n".join(table(measured, side, case) for side in arguments.sizes for case in arguments.cases)
    command = " ".join(sys.argv[1:])
    taken = (
        "one fresh process"
        if arguments.repeats == 1
        else f"the median of {arguments.repeats} fresh processes"
    )
    return f"""# STL and 3MF solids

{LEVELS}-level reliefs, pitch {PITCH_UM} µm, step {STEP_UM} µm, base {BASE_UM} µm. Each line is {taken}
of one thread: CPU time without imports and data, peak memory with them.

The *floor* is the fewest triangles that any closed mesh of the relief can have, counted from its true
corners. *Open edges* are edges of the file that are not run once each way by two faces; vertices are told
apart by their exact place in STL, by their number in 3MF. The *volume error* is against the exact sum of
heights; where corners are pulled in at diagonal contacts it is their volume, and the error to that derived
number is given too.

Made on {datetime.datetime.now(datetime.UTC).date()} by `python -m benchmarks.stl {command}` on
{platform.machine()} with {os.cpu_count()} cores, Python {platform.python_version()}, {versions}.

{methods}

{tables}"""


def main() -> None:
    """Parse, measure, write the page and the numbers beside it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[256, 1000])
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=list(CASES))
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=list(METHODS))
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--prove-up-to", type=int, default=1000, help="largest side whose files are proved")
    parser.add_argument("--page", type=Path)
    arguments = parser.parse_args()
    measured = list(rows(arguments))
    text = page(measured, arguments)
    if arguments.page:
        arguments.page.write_text(text, encoding="utf-8")
        arguments.page.with_suffix(".json").write_text(
            json.dumps(measured, indent=1) + "\n", encoding="utf-8"
        )
    else:
        print(text)


if __name__ == "__main__":
    main()
