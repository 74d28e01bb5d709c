"""python -m benchmarks.train_step: measure and write docs/benchmarks/train_step.md and .json."""

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from benchmarks.train_step import report
from benchmarks.train_step.contenders import NAMES
from benchmarks.train_step.measure import Result, measure
from benchmarks.train_step.peers import peers_python
from benchmarks.train_step.setting import DISTANCE_UM, LAYERS, SPACING_UM, WAVELENGTH_UM, Setting


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, nargs="+", default=[64, 128, 200], help="samples a side")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=11, help="steps of each contender")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    parser.add_argument(
        "--peers",
        type=Path,
        metavar="FOLDER",
        help="run in a virtual environment with the pinned peers, made in this folder if it is not there",
    )
    arguments = parser.parse_args()
    if arguments.peers is not None:
        _in_peers(arguments.peers)
    names = list(dict.fromkeys(["ours", *arguments.only]))
    results: list[Result] = []
    missing: dict[str, str] = {}
    about = report.machine() | {
        "threads": arguments.threads,
        "rounds": arguments.rounds,
        "layers": LAYERS,
        "gaps": LAYERS + 1,
        "distance": DISTANCE_UM,
        "wavelength": WAVELENGTH_UM,
        "spacing": SPACING_UM,
    }
    for samples in arguments.samples:
        setting = Setting(samples, arguments.batch)
        measured, absent = measure(names, setting, arguments.rounds, arguments.threads)
        results += measured
        missing |= absent
    paths = report.write(results, missing, about, arguments.out)
    print(report.as_markdown(results, missing, about))
    print("\n".join(map(str, paths)))


def _in_peers(folder: Path) -> NoReturn:
    """Run the same command in the environment of the peers, in place of this process."""
    kept = sys.argv[1:]
    place = next(number for number, word in enumerate(kept) if word.split("=")[0] == "--peers")
    del kept[place : place + (1 if "=" in kept[place] else 2)]
    python = str(peers_python(folder))
    os.execv(python, [python, "-m", "benchmarks.train_step", *kept])


if __name__ == "__main__":
    main()
