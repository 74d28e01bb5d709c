"""A run small enough for a test: 60 digits, two layers of 28×28 pixels at one sample a pixel."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from fabdesign.config import LoadedProject, project_from_text
from fabdesign.errors import TrainingInterrupted
from fabdesign.tasks import load_dataset
from fabdesign.training import Stepped, train

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


def interrupted(data: Path, folder: Path, *settings: str, after: int = 4) -> Path:
    """A run that was stopped by a signal after some steps."""

    def stop(event: object) -> None:
        if isinstance(event, Stepped) and event.step == after:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.01)

    with pytest.raises(TrainingInterrupted, match=f"after step {after} of 9") as caught:
        train(tiny(data, *settings), folder, listen=stop)
    run = folder / "0001-tiny"
    assert str(run) in str(caught.value.hint)
    return run
