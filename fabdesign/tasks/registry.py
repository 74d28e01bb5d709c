"""From the configuration to a task."""

from pathlib import Path

from fabdesign.config import Project
from fabdesign.tasks.base import Task
from fabdesign.tasks.classify import Classify
from fabdesign.tasks.datasets import load_dataset


def make_task(project: Project, data: Path | str | None = None) -> Task:
    """Build the task of a project.

    Args:
        project: what the user asked for.
        data: a data set in place of the project's.

    Raises:
        ConfigError: there is no such data set, or it does not fit the project.
        FileFormatError: the data cannot be read.
    """
    dataset = load_dataset(data if data is not None else project.task.dataset)
    return Classify(dataset, loss=project.train.loss, efficiency_weight=project.train.efficiency_weight)
