"""What a device should do: data, what the optimiser lowers, and the scores that people read."""

from fabdesign.design.metrics import (
    ACCURACY,
    EFFICIENCY,
    PHASE_ERROR,
    PSNR,
    SAMPLE_COUNT,
    SIGNAL_TO_NOISE,
    SSIM,
    TARGET_EFFICIENCY,
    UNIFORMITY,
)
from fabdesign.tasks.base import Task
from fabdesign.tasks.classify import Classify
from fabdesign.tasks.datasets import Dataset, Split
from fabdesign.tasks.phase_imaging import PhaseImaging
from fabdesign.tasks.registry import make_task, task_of_design
from fabdesign.tasks.shape_beam import ShapeBeam
from fabdesign.tasks.sources import load_dataset

__all__ = [
    "ACCURACY",
    "EFFICIENCY",
    "PHASE_ERROR",
    "PSNR",
    "SAMPLE_COUNT",
    "SIGNAL_TO_NOISE",
    "SSIM",
    "TARGET_EFFICIENCY",
    "UNIFORMITY",
    "Classify",
    "Dataset",
    "PhaseImaging",
    "ShapeBeam",
    "Split",
    "Task",
    "load_dataset",
    "make_task",
    "task_of_design",
]
