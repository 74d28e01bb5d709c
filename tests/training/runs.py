"""A run small enough for a test: 60 digits, two layers of 28×28 pixels at one sample a pixel."""

from pathlib import Path

import numpy as np

from fabdesign.config import LoadedProject, project_from_text
from fabdesign.tasks import load_dataset

TOML = """
name = "tiny"
[optics]
wavelength = "785 nm"
pitch = "2.4 um"
pixels = 28
layers = 2
gap = "80 um"
input_gap = "80 um"
detector_gap = "80 um"
samples_per_pixel = 1
[process]
profile = "2pp-63x-ip-dip"
levels = 4
base = "5 um"
[task]
detector_size = "9 um"
detector_pitch = ["16 um", "19 um"]
[train]
epochs = 3
batch = 20
threads = 1
"""


def write_digits(path: Path, train: int = 60, test: int = 20) -> Path:
    """Write the first embedded digits as an npz file."""
    data = load_dataset("mnist-small")
    np.savez(
        path,
        train_images=data.train.images[:train],
        train_labels=data.train.labels[:train],
        test_images=data.test.images[:test],
        test_labels=data.test.labels[:test],
    )
    return path


def tiny(data: Path, *overrides: str) -> LoadedProject:
    """The small project on such a file."""
    return project_from_text(TOML, "tiny", overrides=[f'task.dataset="{data}"', *overrides])
