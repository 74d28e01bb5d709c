"""Accuracy of a printed network against sideways shifts of its layers: one stack print, or loose plates.

    python -m benchmarks.overlay [--design FILE] [--draws 20] [--digits 300] [--report docs/benchmarks]

In each draw every layer is shifted in x and in y by independent normal errors of one sigma, the same draws
for all sigmas up to their scale; object and detectors stay. The report names the seed and the versions.
"""

from __future__ import annotations

import argparse
import platform
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.overlay.report import write_report
from benchmarks.overlay.shifted import shifted_scores
from fabdesign.design import load_design
from fabdesign.tasks import Classify, load_dataset
from fabdesign.training.evaluate import evaluate_design

DESIGN = Path("sample_designs/digits-785nm/design.safetensors")
SIGMAS_UM = (0.2, 0.5, 1.0)
SEED = 20261122


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--design", type=Path, default=DESIGN, help="design to shift the layers of")
    parser.add_argument("--draws", type=int, default=20, help="sets of shifts for each sigma")
    parser.add_argument("--digits", type=int, default=300, help="test digits, the first ones")
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks"), help="where the report goes")
    arguments = parser.parse_args()
    write_report(measure(arguments.design, arguments.draws, arguments.digits), arguments.report)


def measure(path: Path, draws: int, digits: int) -> dict[str, Any]:
    """Score the design as it is and with its layers shifted."""
    torch.set_num_threads(1)
    started = time.process_time()
    design = load_design(path)
    task = Classify(load_dataset(str(design.settings.get("dataset", "mnist-small"))))
    split = task.dataset.test.first(digits)
    units = np.random.default_rng(SEED).standard_normal((draws, design.layers, 2))
    accuracy = {
        f"{sigma:g}": [shifted_scores(design, task, split, sigma * unit)["accuracy"] for unit in units]
        for sigma in SIGMAS_UM
    }
    return {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.machine()}, {platform.system()}",
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "design": design.content_hash,
        "file": path.as_posix(),
        "layers": design.layers,
        "pitch_um": design.physical.pitch_um,
        "gap_um": sum(slab.thickness_um for slab in design.physical.spaces[1]),
        "wavelength_um": design.physical.wavelength_um,
        "digits": digits,
        "draws": draws,
        "seed": SEED,
        "samples_per_pixel": 2,
        "unshifted": evaluate_design(design, limit=digits).scores["accuracy"],
        "zero_shift": shifted_scores(design, task, split, np.zeros((design.layers, 2)))["accuracy"],
        "accuracy": accuracy,
        "cpu_seconds": round(time.process_time() - started),
    }


if __name__ == "__main__":
    main()
