"""A design's own task as the objective of learning on its prints."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from fabdesign.chip.loss import Examples
from fabdesign.design import Design
from fabdesign.tasks import Split, Task
from fabdesign.tasks.base import Batch

Floats = NDArray[np.float64]


def examples_of(split: Split, limit: int | None = None) -> Examples:
    """Images as rows of values between 0 and 1, row 0 of an image first.

    Args:
        split: labelled images.
        limit: only so many of the first ones.
    """
    part = split if limit is None else split.first(limit)
    images = part.images.astype(np.float64) / 255.0
    return Examples(images.reshape(len(images), -1), part.labels.astype(np.int64))


class TaskObjective:
    """Loss and headline score of a task, with the loss's slope by what the read-out measures.

    Args:
        design: what was made; it tells the shape of an image.
        task: its task.
    """

    def __init__(self, design: Design, task: Task) -> None:
        encoder = design.physical.encoder
        self.task = task
        self.pixels = task.dataset.test.images.shape[1:] if encoder is None else encoder.pixels

    def loss(self, outputs: Floats, examples: Examples) -> float:
        """The task's loss, the mean over the examples."""
        return float(self.task.loss(torch.from_numpy(outputs), self._batch(examples)).mean())

    def slope(self, outputs: Floats, examples: Examples) -> Floats:
        """The derivative of the loss by each output."""
        leaf = torch.from_numpy(outputs).requires_grad_()
        with torch.enable_grad():
            loss = self.task.loss(leaf, self._batch(examples)).mean()
            (slope,) = torch.autograd.grad(loss, leaf)
        found: Floats = slope.numpy()
        return found

    def score(self, outputs: Floats, examples: Examples) -> float:
        """The task's headline score."""
        return self.task.scores(torch.from_numpy(outputs), self._batch(examples))[self.task.headline]

    def _batch(self, examples: Examples) -> Batch:
        images = torch.from_numpy(examples.inputs.reshape(len(examples), *self.pixels))
        return Batch(images, torch.from_numpy(examples.labels))
