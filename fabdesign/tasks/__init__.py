"""What a device should do: data, what the optimiser lowers, and the scores that people read."""

from fabdesign.tasks.base import ACCURACY, EFFICIENCY, SAMPLE_COUNT, TARGET_EFFICIENCY, Task
from fabdesign.tasks.classify import Classify
from fabdesign.tasks.datasets import Dataset, Split, load_dataset
from fabdesign.tasks.registry import make_task

__all__ = [
    "ACCURACY",
    "EFFICIENCY",
    "SAMPLE_COUNT",
    "TARGET_EFFICIENCY",
    "Classify",
    "Dataset",
    "Split",
    "Task",
    "load_dataset",
    "make_task",
]
