"""Damage files of every kind and write down what came of it.

python -m benchmarks.fuzz --cases 10000 --seed 1 --page docs/benchmarks/fuzz.md
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.fuzz.page import write_page
from benchmarks.fuzz.targets import target_names
from benchmarks.fuzz.worker import Tally, fuzz


def main() -> int:
    """Run from the command line; the answer is 1 if anything failed."""
    arguments = _arguments()
    if arguments.child:
        with tempfile.TemporaryDirectory() as folder:
            cases = range(arguments.first, arguments.first + arguments.cases)
            tally = fuzz(arguments.child, cases, arguments.seed, Path(folder) / "files", arguments.keep)
        print(json.dumps(tally.to_dict()))
        return 0
    names = arguments.only or target_names()
    share = -(-arguments.cases // len(names))
    tallies = []
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for tally in pool.map(lambda name: _child(name, share, arguments), names):
            tallies.append(tally)
            print("\n".join([f"{tally.name}: {tally.outcomes}", *tally.failures]), file=sys.stderr)
    if arguments.page:
        write_page(arguments.page, tallies, cases=arguments.cases, seed=arguments.seed)
    return int(any(tally.failures for tally in tallies))


def _child(name: str, cases: int, arguments: argparse.Namespace) -> Tally:
    command = [sys.executable, "-m", "benchmarks.fuzz", "--child", name, "--cases", str(cases)]
    command += ["--seed", str(arguments.seed), "--first", str(arguments.first)]
    command += ["--keep", str(arguments.keep)] if arguments.keep else []
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        return Tally(name, failures=[f"the process ended with {answer.returncode}: {answer.stderr[-2000:]}"])
    return Tally(**json.loads(answer.stdout.splitlines()[-1]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="how many in all")
    parser.add_argument("--first", type=int, default=0, help="number of the first case of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes side by side")
    parser.add_argument("--only", nargs="+", metavar="KIND", choices=target_names(), help="these kinds alone")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep damaged files that fail")
    parser.add_argument("--page", type=Path, metavar="FILE.md", help="write the page of results")
    parser.add_argument("--child", choices=target_names(), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
