"""From the configuration, or from a finished design, to a task."""

from pathlib import Path
from typing import Any

from fabdesign.config import Project, loss_of
from fabdesign.design import Design, Physical, TargetImageReadout
from fabdesign.errors import ConfigError
from fabdesign.network.target import target_readout
from fabdesign.tasks.base import Task
from fabdesign.tasks.classify import Classify
from fabdesign.tasks.datasets import Dataset
from fabdesign.tasks.phase_imaging import PhaseImaging
from fabdesign.tasks.shape_beam import ShapeBeam
from fabdesign.tasks.soft_labels import with_soft_labels
from fabdesign.tasks.sources import load_dataset


def make_task(project: Project, data: Path | str | None = None) -> Task:
    """Build the task of a project.

    Args:
        project: what the user asked for.
        data: a data set in place of the project's.

    Raises:
        ConfigError: there is no such data set, or it does not fit the project.
        FileFormatError: the data or the target cannot be read.
    """
    loss: Any = loss_of(project)
    weight = project.train.efficiency_weight
    if project.task.kind == "beam-shaping":
        return ShapeBeam(target_readout(project), efficiency_weight=weight)
    dataset = _dataset(project, data)
    if project.task.kind == "phase-imaging":
        return PhaseImaging(dataset, loss=loss, depth_rad=project.task.depth_rad)
    if dataset.classes < 2:
        raise ConfigError(f"classification needs labels of two classes or more; {dataset.name} has one.")
    return Classify(
        dataset,
        loss=loss,
        label_smoothing=project.train.label_smoothing,
        efficiency_weight=weight,
        readout=project.task.readout,
    )


def task_of_design(design: Design, data: Path | str | None = None) -> Task:
    """Build the task that a design was made for, to score it again.

    Args:
        design: with an optical task.
        data: a data set in place of the one it was scored on.

    Raises:
        ConfigError: the design has no optical task, or the data do not fit it.
        FileFormatError: the data cannot be read.
    """
    physical = design.physical
    match physical.readout:
        case None:
            raise ConfigError(
                "the design must describe an optical task to be scored; it has no read-out.",
                hint="Only designs that `fabdesign train` made carry a task; imported phases do not.",
            )
        case TargetImageReadout() as readout:
            return ShapeBeam(readout)
    task = _reading(physical, _stored_dataset(design) if data is None else load_dataset(data))
    task.check_fits(physical)
    return task


def _reading(physical: Physical, dataset: Dataset) -> Task:
    if physical.readout is not None and physical.readout.kind == "phase-image" and physical.encoder:
        return PhaseImaging(dataset, depth_rad=physical.encoder.depth_rad)
    pairs = physical.readout is not None and physical.readout.kind == "pairs"
    return Classify(dataset, readout="pairs" if pairs else "argmax")


def _dataset(project: Project, data: Path | str | None) -> Dataset:
    task = project.task
    dataset = load_dataset(task.dataset if data is None else data, task.dataset_options)
    if project.train.soft_labels is not None:
        dataset = with_soft_labels(dataset, project.train.soft_labels)
    return dataset.held_out(task.validation).limited(task.examples, task.test_examples)


def _stored_dataset(design: Design) -> Dataset:
    settings = design.settings
    dataset = load_dataset(str(settings.get("dataset", "mnist-small")), settings.get("dataset_options"))
    held_out = dataset.held_out(float(settings.get("validation", 0.0)))
    return held_out.limited(None, settings.get("test_examples"))
