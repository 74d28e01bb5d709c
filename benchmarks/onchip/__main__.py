"""Reproduce the accuracy and power of Gu et al. (AAAI 2021) on simulated chips.

    OMP_NUM_THREADS=1 python -m benchmarks.onchip [--mnist FOLDER] [--work FOLDER] [--out FOLDER]

Without --mnist only scikit-learn's digits are run. Every finished experiment leaves a file in the work
folder; an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from benchmarks.onchip import report
from benchmarks.onchip.run import run_all


def main() -> None:
    """Run what is missing and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mnist", type=Path, help="folder with the four IDX files of MNIST")
    parser.add_argument("--work", type=Path, default=Path("runs/onchip"))
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    parts = ["digits", "mnist"] if arguments.mnist else ["digits"]
    results = {part: run_all(part, arguments.mnist, arguments.work) for part in parts}
    about = {
        "date": datetime.now(UTC).date().isoformat(),
        "numpy": np.__version__,
        "torch": torch.__version__,
    }
    print(report.write(results, about, arguments.out))


if __name__ == "__main__":
    main()
