"""Recovery of prints with unknown overlay, gain, blur and aberration, by every method at hand.

    OMP_NUM_THREADS=1 python -m benchmarks.recovery [--prints 20] [--robust FILE] [--work FOLDER]

Every finished print leaves a file in the work folder; an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from benchmarks.recovery import report
from benchmarks.recovery.methods import all_methods
from benchmarks.recovery.prints import Errors, Laboratory, Print
from fabdesign.design import load_design
from fabdesign.formats.atomic import write_text_atomic
from fabdesign.process import load_profile

DESIGN = Path(__file__).with_name("design.safetensors")
ROBUST = Path(__file__).with_name("robust.safetensors")


def main() -> None:
    """Run what is missing and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--design", type=Path, default=DESIGN, help="a design that classifies")
    parser.add_argument(
        "--robust", type=Path, default=ROBUST, help="a design of the same layers, trained to need less"
    )
    parser.add_argument("--prints", type=int, default=20)
    parser.add_argument("--seeds", type=int, nargs="*", help="run these prints only, of those asked for")
    parser.add_argument("--overlay", type=float, default=0.5, help="largest overlay error, in pixels")
    parser.add_argument("--work", type=Path, default=Path("runs/recovery"))
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    design = load_design(arguments.design)
    profile, errors = load_profile(design.physical.process), Errors(overlay_px=arguments.overlay)
    laboratory = Laboratory(design, profile, errors)
    robust = Laboratory(load_design(arguments.robust), profile, errors)
    nominal = laboratory.score(laboratory.nominal())
    paths = {
        seed: arguments.work / f"{design.content_hash[:8]}-{arguments.overlay:g}-{seed:03d}.json"
        for seed in range(arguments.prints)
    }
    for seed in paths if arguments.seeds is None else arguments.seeds:
        if not paths[seed].is_file():
            measure(laboratory, robust, seed, paths[seed])
    prints = [json.loads(path.read_text(encoding="utf-8")) for path in paths.values() if path.is_file()]
    about = {
        "date": datetime.now(UTC).date().isoformat(),
        "numpy": np.__version__,
        "torch": torch.__version__,
        "design": design.content_hash,
        "nominal": nominal,
        "robust_nominal": robust.score(robust.nominal()),
        "errors": vars(laboratory.errors),
        "layers": design.layers,
        "pixels": list(design.pixels),
        "pitch_um": design.physical.pitch_um,
        "tests": laboratory.tests,
        "zones": list(laboratory.element.zones),
    }
    print(report.write(about, prints, arguments.out))


def measure(laboratory: Laboratory, robust: Laboratory, seed: int, path: Path) -> None:
    """Do everything to one print, and leave its file."""
    began = time.process_time()
    found = all_methods(Print(laboratory, seed), robust)
    record = {"seed": seed, "found": found, "cpu_seconds": time.process_time() - began}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text_atomic(path, json.dumps(record, indent=1) + "\n")
    print(seed, {name: one.get("score") for name, one in found.items()}, flush=True)


if __name__ == "__main__":
    main()
