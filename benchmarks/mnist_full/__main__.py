"""Full MNIST, trained with the process's levels and without quantisation, scored from the exported STL files.

    python -m benchmarks.mnist_full --data FOLDER [--work runs/mnist_full] [--report docs/benchmarks]

FOLDER holds the four IDX files of MNIST. The two trainings run at the same time, one thread each; an
interrupted one goes on at the next call. The report says when, on what and with which versions.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.mnist_full.report import write_report
from fabdesign.config import CONFIG_NAME, load_project, resolved_toml

CONFIG = Path(__file__).parent / "fabdesign.toml"
METHODS = {"transmission": ("quantise.options.bright=0", "quantise.options.end=20"), "none": ()}
"""Methods, with the options they had when the page was measured."""
SETTINGS = ("epochs", "coarse", "shift", "batch", "learning_rate", "seed", "threads")


def main() -> None:
    """Train, export, read back, score, and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", required=True, type=Path, help="folder with the four IDX files of MNIST")
    parser.add_argument("--work", type=Path, default=Path("runs/mnist_full"), help="where the runs lie")
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks"), help="where the report goes")
    arguments = parser.parse_args()
    with ThreadPoolExecutor(len(METHODS)) as pool:
        folders = pool.map(
            lambda method: train(
                CONFIG,
                [f"quantise.method={method}", *METHODS[method]],
                arguments.data,
                arguments.work / method,
            ),
            METHODS,
        )
        runs = dict(zip(METHODS, folders, strict=True))
    result = {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.machine()}, {platform.system()}",
        "methods": {method: describe(run) for method, run in runs.items()},
        "files": score_files(runs["transmission"], arguments.data),
    }
    write_report(result, arguments.report)


def train(config: Path, overrides: Sequence[str], data: Path, folder: Path) -> Path:
    """Train in a process of its own, or go on with a run of the same project; return the run folder."""
    overrides = [*overrides, f'task.dataset="{data.absolute()}"']
    asked = resolved_toml(load_project(config, overrides).project)
    before = [
        run for run in sorted(folder.glob("0*-*")) if (run / CONFIG_NAME).read_text(encoding="utf-8") == asked
    ]
    if before and (before[-1] / "design.safetensors").is_file():
        return before[-1]
    command = [sys.executable, "-m", "fabdesign_cli", "train"]
    if before:
        command += ["--resume", str(before[-1])]
    else:
        command += [str(config), "--run-dir", str(folder)]
        command += [word for override in overrides for word in ("-o", override)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("0*-*"))[-1]


def describe(run: Path) -> dict[str, Any]:
    """Return scores, settings and training time of a run."""
    from fabdesign.design import load_design
    from fabdesign.training.checkpoint import load_checkpoint

    design = load_design(run / "design.safetensors")
    settings = design.settings
    return {
        "scores": design.scores,
        "content": design.content_hash,
        "training_seconds": load_checkpoint(run / "checkpoint.safetensors").seconds,
        "settings": {key: settings.get(key, 0) for key in SETTINGS},
        "gap_um": sum(slab.thickness_um for slab in design.physical.spaces[1]),
        "efficiency_weight": settings["efficiency_weight"],
        "environment": design.provenance["environment"],
    }


def score_files(run: Path, data: Path) -> dict[str, Any]:
    """Export the design, read the STL files back, and score their heights on all test digits."""
    from fabdesign.check import check_files
    from fabdesign.design import load_design
    from fabdesign.export import export_design

    design = load_design(run / "design.safetensors")
    exported = export_design(design, run / "stl", "stl", overwrite=True)
    result = check_files(exported.paths, design, data=data, samples_per_pixel=2)
    return {
        "bytes": sum(path.stat().st_size for path in exported.paths),
        "levels_identical": result.levels_identical,
        "scores": result.scores,
        "findings": [finding.message for finding in result.findings],
    }


if __name__ == "__main__":
    main()
