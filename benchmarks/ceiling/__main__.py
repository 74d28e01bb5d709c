"""What any linear optics with these read-outs can reach on MNIST, when every mode is free.

    python -m benchmarks.ceiling --data FOLDER [--modes 4 16] [--seeds 0 1 2] [--epochs 20] [--jobs 2]
                                 [--report docs/benchmarks]

FOLDER holds the four IDX files of MNIST. Nothing is chosen by the scores: they are those of all cases.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from benchmarks.ceiling.free import Case, measure
from benchmarks.ceiling.page import write_report

SMOOTHING = 0.1


def main() -> None:
    """Train all classifiers and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", required=True, type=Path, help="folder with the four IDX files of MNIST")
    parser.add_argument("--modes", type=int, nargs="+", default=[4, 16], help="modes of a detector")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time, one thread each")
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks"), help="where the report goes")
    arguments = parser.parse_args()
    cases = [
        Case(encoder, readout, modes, smoothing, seed)
        for seed, readout, encoder, modes, smoothing in itertools.product(
            arguments.seeds, ("argmax", "pairs"), ("phase", "amplitude"), arguments.modes, (0.0, SMOOTHING)
        )
    ]
    work = partial(measure, data=arguments.data, epochs=arguments.epochs)
    with ProcessPoolExecutor(arguments.jobs, multiprocessing.get_context("spawn")) as pool:
        records = list(pool.map(work, cases))
    write_report(records, arguments.report)


if __name__ == "__main__":
    main()
