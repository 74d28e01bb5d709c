"""Write and read generated reliefs in every kind of file, and say what came back.

python -m benchmarks.roundtrips --reliefs 2000 --together 500 --seed 1 --page docs/benchmarks/roundtrips.md
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.kinds import kinds
from benchmarks.roundtrips.page import write_page
from benchmarks.roundtrips.worker import run_kind


def main() -> int:
    """Run from the command line; the answer is 1 if anything failed."""
    arguments = _arguments()
    chosen = [kind for kind in kinds() if not arguments.only or kind.name in arguments.only]
    shares = [arguments.reliefs if kind.assembly == "layers" else arguments.together for kind in chosen]
    tallies = []
    with ProcessPoolExecutor(arguments.jobs) as pool:
        names, seeds = [kind.name for kind in chosen], [arguments.seed] * len(chosen)
        for tally in pool.map(run_kind, names, shares, seeds):
            tallies.append(tally)
            print(
                "\n".join([f"{tally.name}: {tally.reliefs}", *tally.failures[:5]]),
                file=sys.stderr,
                flush=True,
            )
    if arguments.page:
        write_page(
            arguments.page,
            tallies,
            reliefs=arguments.reliefs,
            together=arguments.together,
            seed=arguments.seed,
        )
    return int(any(tally.failures for tally in tallies))


def _arguments() -> argparse.Namespace:
    names = [kind.name for kind in kinds()]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roundtrips", description=__doc__)
    parser.add_argument("--reliefs", type=int, default=2000, help="reliefs of each format")
    parser.add_argument("--together", type=int, default=500, help="reliefs of each kind of assembly")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes side by side")
    parser.add_argument("--only", nargs="+", metavar="KIND", choices=names, help="these kinds alone")
    parser.add_argument("--page", type=Path, metavar="FILE.md", help="write the page of results")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
