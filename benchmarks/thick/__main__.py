"""Designs on pixels of a wavelength and below, trained with thin masks, then through the relief.

    python -m benchmarks.thick [--work runs/thick] [--report docs/benchmarks]

Two devices, each trained on the 6,000 embedded digits with thin masks, and from there for one epoch through
the relief, in one thread; an interrupted training goes on at the next call, and a finished one is not
repeated. All are judged on the test digits, by the thick model at finer sampling and slicing than training
used. About 15 minutes of CPU.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from textwrap import fill
from typing import Any

import torch

from benchmarks.thick.judges import JUDGES
from benchmarks.thick.start import begin_from
from fabdesign.design import Design, load_design

HERE = Path(__file__).parent
DEVICES = {"infrared": ("dim", "thin", "thick"), "visible": ("thin", "thick")}
"""Each with its trainings."""
_THIN = ("optics.model=thin", "optics.samples_per_pixel=2")
TRAININGS: dict[str, tuple[str, ...]] = {
    "dim": (*_THIN, "train.efficiency_weight=0", "quantise.options.lean=0"),
    "thin": _THIN,
    "thick": (
        "optics.model=thick",
        "train.epochs=1",
        "train.learning_rate=0.03",
        "quantise.options.start=4",
    ),
}
"""What each training changes in a device's project; the last goes on from the layers of the one before."""
COLUMNS = {
    "dim": "thin masks, no care for light",
    "thin": "thin masks",
    "thick": "then through the relief",
}
WIDTH = 110


def main() -> None:
    """Train, judge and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, default=Path("runs/thick"), help="where the runs lie")
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks"), help="where the report goes")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    runs = {
        device: {training: train(device, training, arguments.work) for training in trainings}
        for device, trainings in DEVICES.items()
    }
    judged = arguments.work / "judged"
    result = {
        "date": time.strftime("%Y-%m-%d"),
        "devices": {
            device: {training: tell(run, judged) for training, run in of_device.items()}
            for device, of_device in runs.items()
        },
    }
    write(result, arguments.report)


def train(device: str, training: str, work: Path) -> Path:
    """Train in a process of its own, or go on with it; return the run folder."""
    folder, project = work / device / training, HERE / f"{device}.toml"
    runs = sorted(folder.glob("0*-*"))
    if not runs and training == "thick":
        (before,) = sorted((work / device / "thin").glob("0*-*"))
        runs = [begin_from(before, project, TRAININGS[training], folder)]
    if runs and (runs[-1] / "design.safetensors").is_file():
        return runs[-1]
    command = [sys.executable, "-m", "fabdesign_cli", "train"]
    if runs:
        command += ["--resume", str(runs[-1])]
    else:
        command += [str(project), "--run-dir", str(folder)]
        command += [part for override in TRAININGS[training] for part in ("-o", override)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("0*-*"))[-1]


def tell(run: Path, judged: Path) -> dict[str, Any]:
    """What a design is, and what every judge says of it."""
    design = load_design(run / "design.safetensors")
    return {
        "content": design.content_hash,
        "overrides": design.provenance["overrides"],
        "seed": design.provenance["seed"],
        "environment": design.provenance["environment"],
        "height_over_pitch": float(design.height_um().max()) / design.physical.pitch_um,
        "scores": [score(design, number, judged) for number in range(len(JUDGES))],
    }


def score(design: Design, number: int, judged: Path) -> dict[str, Any]:
    """What one judge says, kept so that an interrupted run need not ask again."""
    judge = JUDGES[number]
    path = judged / f"{design.content_hash[:16]}-{judge.model}-{judge.samples}.json"
    if not path.is_file():
        judged.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(judge.score(design)), encoding="utf-8")
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return kept


def write(result: dict[str, Any], folder: Path) -> None:
    """Write ``thick.json`` and ``thick.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "thick.json").write_text(json.dumps(result, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    (folder / "thick.md").write_text(page(result), encoding="utf-8")


def page(result: dict[str, Any]) -> str:
    """Return the page as Markdown."""
    lines = ["# Pixels of a wavelength, thin and thick", "", fill(TOLD, WIDTH), ""]
    for device, designs in result["devices"].items():
        lines += [f"## {TITLES[device]}", "", *table(designs), ""]
    environment = result["devices"]["infrared"]["thin"]["environment"]
    lines += [
        f"{result['date']}, torch {environment['torch']}, seed 0, one training each. Repeat it with "
        "`python -m benchmarks.thick`.",
        "",
    ]
    return "\n".join(lines)


def table(designs: dict[str, Any]) -> list[str]:
    """Accuracy, with the share of the light on the detectors, by judge and training."""
    rows = []
    for number, judge in enumerate(JUDGES):
        cells = [
            f"{one['accuracy']:.1%} ({one['detector_efficiency']:.2%})"
            for one in (design["scores"][number] for design in designs.values())
        ]
        rows.append(f"| {judge.name} | {' | '.join(cells)} |")
    columns = [COLUMNS[training] for training in designs]
    return [f"| judged by | {' | '.join(columns)} |", "|---|" + "---|" * len(columns), *rows]


TITLES = {
    "infrared": "785 nm, pixels of 0.8 µm, layers 40 µm apart",
    "visible": "632.8 nm, pixels of 0.5 µm, layers 20 µm apart",
}
TOLD = (
    "Three layers of 40×40 pixels of IP-Dip in air, 8 process levels, on 6,000 digits; accuracy on 1,000 "
    "test digits unless it says other, in brackets the light that reaches the ten detectors. Trained with "
    "thin masks (2 samples a pixel), without and with a loss for light that misses the detectors, then from "
    "there for one epoch through the relief (3 samples a pixel, slices of 200 nm at most). The one-way judge "
    "is another model of the same relief: the exact scalar one-way operator of `python -m "
    "benchmarks.rigorous`."
)


if __name__ == "__main__":
    main()
