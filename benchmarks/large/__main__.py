"""Train large layers for two steps, score them, and compare the memory with the estimate.

    python -m benchmarks.large [--pixels 250 500 1000] [--samples 1 2] [--report docs/benchmarks]

Each case runs in a process of its own. It loads data, builds the kernels, makes two steps with a batch of
four images, saves the checkpoint and the design, and scores them at the reported sampling and, with
`--finer`, on the finer grid too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.large.page import write


def main() -> None:
    """Run the cases one after another and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pixels", type=int, nargs="+", default=[250, 500, 1000], help="of a layer's side")
    parser.add_argument("--samples", type=int, nargs="+", default=[1, 2], help="samples per pixel")
    parser.add_argument("--layers", type=int, default=5)
    parser.add_argument("--finer", action="store_true", help="score on the finer grid too")
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks"))
    arguments = parser.parse_args()
    results = []
    for pixels in arguments.pixels:
        for samples in arguments.samples:
            results.append(_run(pixels, samples, arguments.layers, finer=arguments.finer))
            print(json.dumps(results[-1]), file=sys.stderr)
    print(write(results, arguments.report))


def _run(pixels: int, samples: int, layers: int, *, finer: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        case = [str(pixels), str(samples), str(layers), str(int(finer)), folder]
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.large.case", *case],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    about = {"pixels": pixels, "samples_per_pixel": samples, "layers": layers, "finer": finer}
    if done.returncode != 0:
        return {**about, "failed": f"exit code {done.returncode}"}
    return {**about, **json.loads(done.stdout.splitlines()[-1])}


if __name__ == "__main__":
    main()
