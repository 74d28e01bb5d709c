"""One case in a process of its own: python -m benchmarks.large.case PIXELS SAMPLES LAYERS FINER FOLDER."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from fabdesign.config import LoadedProject, project_from_text
from fabdesign.training import Evaluating, Preparing, Saved, train
from fabdesign.training.run import Extras

BATCH, STEPS = 4, 2
PITCH_UM = 1.5

PROJECT = """
name = "large"
[optics]
wavelength = "785 nm"
pitch = "{pitch} um"
pixels = {pixels}
layers = {layers}
gap = "{gap} um"
input_gap = "{gap} um"
detector_gap = "{gap} um"
samples_per_pixel = {samples}
[process]
profile = "2pp-63x-ip-dip"
levels = 8
base = "5 um"
[task]
object_pixels = {object}
detector_size = "{detector} um"
detector_pitch = "{spread} um"
examples = {examples}
test_examples = {batch}
[train]
epochs = 1
batch = {batch}
threads = 1
"""


def project(pixels: int, samples: int, layers: int) -> LoadedProject:
    """Return the project of a case; every length grows with the layers."""
    text = PROJECT.format(
        pitch=PITCH_UM,
        pixels=pixels,
        layers=layers,
        samples=samples,
        gap=max(100, 0.6 * pixels),
        object=pixels // 56 * 28 or 28,
        detector=0.15 * pixels,
        spread=0.3 * pixels,
        examples=BATCH * STEPS,
        batch=BATCH,
    )
    return project_from_text(text, "large")


def measure(pixels: int, samples: int, layers: int, folder: Path, *, finer: bool) -> dict[str, Any]:
    """Train and score a case in this process; pictures and the finer grid go together.

    Returns:
        Estimated and measured peak in bytes, seconds of CPU, and the peak after each part of the work.
    """
    told: dict[str, Any] = {"peaks": {}}

    def listen(event: object) -> None:
        if isinstance(event, Preparing):
            told["estimated"], told["estimate"] = event.needed_bytes, event.memory
        elif isinstance(event, Saved):
            told["peaks"][f"step {event.step}"] = peak_bytes()
        elif isinstance(event, Evaluating) and event.done == event.total:
            told["peaks"][f"scored at {event.samples_per_pixel}"] = peak_bytes()

    extras = Extras(pictures=finer, finer=finer)
    train(project(pixels, samples, layers), folder, listen=listen, extras=extras)
    return {**told, "measured": peak_bytes(), "cpu_seconds": time.process_time()}


def peak_bytes() -> int:
    """The most memory that this process has held so far (proc(5), VmHWM)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    count, fine, depth, more = map(int, sys.argv[1:5])
    print(json.dumps(measure(count, fine, depth, Path(sys.argv[5]), finer=bool(more))))
