"""Full MNIST at its best, with plain detectors and with differential pairs, from the exported STL files.

    python -m benchmarks.mnist_best --data FOLDER [--seeds 0 1 2] [--readouts argmax pairs] [--jobs 2]
                                    [-o train.epochs=12] [--work runs/mnist_best] [--report docs/benchmarks]

FOLDER holds the four IDX files of MNIST. Each training takes one thread; an interrupted one goes on at the
next call. Every finished one is added to mnist_best.json, in place of one of the same name that had other
settings.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.mnist_best.store import add_cell, load_cells, write_page
from benchmarks.mnist_full.__main__ import describe, score_files, train
from fabdesign.config import load_project
from fabdesign.quantise import parsed_options

CONFIG = Path(__file__).parent / "fabdesign.toml"
READOUTS = {
    "argmax": ("train.epochs=10",),
    "pairs": (
        "task.readout=pairs",
        "task.encoder=amplitude",
        "optics.pixels=128",
        "task.object_pixels=112",
        "optics.gap=450 um",
        "optics.input_gap=450 um",
        "optics.detector_gap=450 um",
        "task.detector_size=14.5 um",
        'task.detector_pitch=["24 um", "41 um"]',
        "train.epochs=10",
        "train.coarse=0.985",
        "train.augment_until=0.6",
    ),
}


def main() -> None:
    """Train what is asked for and not there yet, and write the page anew after each."""
    arguments = _arguments()
    recipes = {
        readout: recipe_of(readout, arguments.override if readout in arguments.readouts else ())
        for readout in READOUTS
    }
    done = load_cells(arguments.report, recipes)
    cells = itertools.product(arguments.seeds, arguments.readouts)
    missing = [cell for cell in cells if _name(*cell) not in done]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        running = {pool.submit(measure, *cell, arguments): cell for cell in missing}
        for finished in as_completed(running):
            add_cell(arguments.report, _name(*running[finished]), finished.result())
            write_page(arguments.report, recipes)


def recipe_of(readout: str, overrides: Sequence[str]) -> str:
    """Return all that decides a result but the seed: settings and the method's options."""
    changes = [*READOUTS[readout], *overrides]
    quantise = load_project(CONFIG, changes).project.quantise
    options = asdict(parsed_options(quantise.method, quantise.options))
    return "\n".join([CONFIG.read_text(encoding="utf-8"), *changes, json.dumps(options, sort_keys=True)])


def measure(seed: int, readout: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Train one device, export it, and score its files."""
    overrides = (*READOUTS[readout], f"train.seed={seed}", *arguments.override)
    project = load_project(CONFIG, list(overrides)).project
    run = train(CONFIG, overrides, arguments.data, arguments.work / _name(seed, readout))
    return {
        "design": describe(run),
        "files": score_files(run, arguments.data),
        "seed": seed,
        "readout": readout,
        "encoder": project.task.encoder,
        "pixels": project.optics.pixels,
        "object_um": project.task.object_pixels[0] * project.optics.pitch_um,
        "detector_um": project.task.detector_size_um,
        "augment_until": project.train.augment_until,
        "recipe": recipe_of(readout, arguments.override),
    }


def _name(seed: int, readout: str) -> str:
    """The name of a result: its read-out and its seed."""
    return f"{readout}-{seed}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", required=True, type=Path, help="folder with the four IDX files of MNIST")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--readouts", nargs="+", choices=list(READOUTS), default=list(READOUTS))
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time")
    parser.add_argument("-o", dest="override", action="append", default=[], help="a setting, key=value")
    parser.add_argument("--work", type=Path, default=Path("runs/mnist_best"), help="where the runs lie")
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks"), help="where the report goes")
    return parser.parse_args()


if __name__ == "__main__":
    main()
