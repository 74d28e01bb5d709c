"""What the trainer needs to know of a task: examples, a loss, and scores, each apart."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor

from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.tasks.datasets import Dataset, Split


@dataclass(frozen=True, eq=False)
class Batch:
    """Images between 0 and 1, row 0 at the top, their labels, and soft labels where the data have any."""

    images: Float[Tensor, "batch h w"]
    labels: Int[Tensor, " batch"]
    soft_labels: Float[Tensor, "batch class"] | None = None

    @classmethod
    def of(cls, split: Split, index: NDArray[np.int64] | slice, device: str = "cpu") -> "Batch":
        """Take some examples of a split.

        Args:
            split: where they come from.
            index: which ones, as an array of positions or a slice.
            device: where the tensors shall live.
        """
        taken = split.take(index)
        images = torch.from_numpy(taken.images.astype("float32") / 255.0)
        labels = torch.from_numpy(taken.labels.astype("int64"))
        soft = None if taken.soft_labels is None else torch.from_numpy(taken.soft_labels).to(device)
        return cls(images.to(device), labels.to(device), soft)

    def __len__(self) -> int:
        return len(self.labels)

    def part(self, first: int, last: int) -> "Batch":
        """Return the examples from ``first`` up to ``last``."""
        soft = None if self.soft_labels is None else self.soft_labels[first:last]
        return Batch(self.images[first:last], self.labels[first:last], soft)


class Task(ABC):
    """A data set, what the optimiser lowers, and the scores that people read.

    ``outputs`` are what the network's read-out returns: for classification the power on each detector as a
    share of the light that left the object, for the others a picture.

    Args:
        dataset: examples to train and to score on.
    """

    headline: ClassVar[str]
    """The score that the progress bar shows."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    def check_fits(self, physical: Physical) -> None:
        """Make sure that the images are those that a device expects.

        Raises:
            ConfigError: they are not.
        """
        images = self.dataset.test.images.shape[1:]
        if physical.encoder is not None and images != physical.encoder.pixels:
            raise ConfigError(
                f"the design expects images of {list(physical.encoder.pixels)} pixels; "
                f"{self.dataset.name} has {list(images)}."
            )

    @abstractmethod
    def loss(self, outputs: Float[Tensor, "batch ..."], batch: Batch) -> Float[Tensor, " batch"]:
        """Return what the optimiser lowers, for each example apart."""

    @abstractmethod
    def scores(self, outputs: Float[Tensor, "batch ..."], batch: Batch) -> dict[str, float]:
        """Return the means over the examples, by metric name."""
