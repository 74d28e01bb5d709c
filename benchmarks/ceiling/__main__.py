"""What any linear optics with these read-outs can reach on MNIST, when every mode is free.

    python -m benchmarks.ceiling --data FOLDER [--modes 4 16] [--seeds 0 1 2] [--epochs 10] [--jobs 2]
                                 [--work runs/ceiling] [--report docs/benchmarks]

FOLDER holds the four IDX files of MNIST. Nothing is chosen by the scores: they are those of all
cases.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import torch

from benchmarks.ceiling.free import Case, accuracies
from benchmarks.ceiling.page import write_report
from benchmarks.ceiling.teacher import soft_labels
from fabdesign.tasks import load_dataset
from fabdesign.tasks.soft_labels import with_soft_labels


def main() -> None:
    """Train all classifiers and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", required=True, type=Path, help="folder with the four IDX files of MNIST")
    parser.add_argument("--modes", type=int, nargs="+", default=[4, 16], help="modes of a detector")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time, one thread each")
    parser.add_argument("--work", type=Path, default=Path("runs/ceiling"), help="where soft labels lie")
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks"), help="where the report goes")
    arguments = parser.parse_args()
    teachers = {seed: soft_labels(arguments.data, seed, arguments.work) for seed in arguments.seeds}
    cases = [
        Case(encoder, readout, modes, taught, seed)
        for readout, encoder, modes, taught, seed in itertools.product(
            ("argmax", "pairs"), ("phase", "amplitude"), arguments.modes, (False, True), arguments.seeds
        )
    ]
    work = partial(measure, data=arguments.data, teachers=teachers, epochs=arguments.epochs)
    with ProcessPoolExecutor(arguments.jobs, multiprocessing.get_context("spawn")) as pool:
        records = list(pool.map(work, cases))
    write_report(records, arguments.report)


def measure(case: Case, data: Path, teachers: Mapping[int, Path], epochs: int) -> dict[str, Any]:
    """Train one classifier and return its scores."""
    torch.set_num_threads(1)
    dataset = load_dataset(data)
    if case.taught:
        dataset = with_soft_labels(dataset, teachers[case.seed])
    record = {
        **asdict(case),
        "epochs": epochs,
        "accuracy": accuracies(dataset, case, epochs),
        "date": time.strftime("%Y-%m-%d"),
        "torch": torch.__version__,
    }
    print(f"{case}: {record['accuracy']}", flush=True)
    return record


if __name__ == "__main__":
    main()
