"""Classification by the brightest of several detectors."""

from typing import ClassVar, Literal

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor

from fabdesign.tasks.base import ACCURACY, EFFICIENCY, SAMPLE_COUNT, TARGET_EFFICIENCY, Batch, Task
from fabdesign.tasks.datasets import Dataset

FLOOR = 1e-12
"""Power share below which a logarithm stops falling."""


class Classify(Task):
    """Send the light of an image to the detector of its class.

    Args:
        dataset: labelled images.
        loss: ``"cross-entropy"`` or ``"mse"``; see :func:`cross_entropy` and :func:`pattern_error`.
        efficiency_weight: weight of −log(share of the light on the detectors), averaged over the examples.
    """

    headline: ClassVar[str] = ACCURACY

    def __init__(
        self,
        dataset: Dataset,
        *,
        loss: Literal["cross-entropy", "mse"] = "cross-entropy",
        efficiency_weight: float = 0.0,
    ) -> None:
        super().__init__(dataset)
        self.error = cross_entropy if loss == "cross-entropy" else pattern_error
        self.efficiency_weight = efficiency_weight

    def loss(self, outputs: Float[Tensor, "batch detector"], batch: Batch) -> Float[Tensor, " batch"]:
        error = self.error(outputs, batch.labels)
        if self.efficiency_weight == 0:
            return error
        return error - self.efficiency_weight * outputs.sum(1).clamp_min(FLOOR).log()

    def scores(self, outputs: Float[Tensor, "batch detector"], batch: Batch) -> dict[str, float]:
        right = predictions(outputs) == batch.labels
        target = outputs.gather(1, batch.labels[:, None])
        return {
            ACCURACY: float(right.double().mean()),
            EFFICIENCY: float(outputs.double().sum(1).mean()),
            TARGET_EFFICIENCY: float(target.double().mean()),
            SAMPLE_COUNT: len(batch),
        }


def cross_entropy(
    power: Float[Tensor, "batch detector"], labels: Int[Tensor, " batch"]
) -> Float[Tensor, " batch"]:
    """Return −log(p_label / Σp): the cross-entropy of where a detected photon lands.

    >>> round(float(cross_entropy(torch.tensor([[1.0, 3.0]]), torch.tensor([1])).exp()), 4)
    1.3333
    """
    return power.sum(1).clamp_min(FLOOR).log() - _of_label(power, labels).clamp_min(FLOOR).log()


def pattern_error(
    power: Float[Tensor, "batch detector"], labels: Int[Tensor, " batch"]
) -> Float[Tensor, " batch"]:
    """Return the mean square error of p / Σp against 1 on the right detector and 0 on the others.

    >>> pattern_error(torch.tensor([[1.0, 3.0]]), torch.tensor([1]))
    tensor([0.0625])
    """
    share = power / power.sum(1, keepdim=True).clamp_min(FLOOR)
    target = torch.nn.functional.one_hot(labels, power.shape[1]).to(share.dtype)
    return (share - target).square().mean(1)


def predictions(power: Float[Tensor, "batch detector"]) -> Int[Tensor, " batch"]:
    """Return the label of the brightest detector; a tie goes to the lowest label.

    >>> predictions(torch.tensor([[0.1, 0.3, 0.3]])).tolist()
    [1]
    """
    brightest = power == power.amax(1, keepdim=True)
    return brightest.to(torch.uint8).argmax(1)


def confusion(
    power: Float[Tensor, "batch detector"], labels: Int[Tensor, " batch"], classes: int
) -> NDArray[np.int64]:
    """Count the examples of each class (row) by the detector that was brightest (column)."""
    counts = torch.bincount(labels * classes + predictions(power), minlength=classes * classes)
    return counts.reshape(classes, classes).cpu().numpy()


def _of_label(power: Tensor, labels: Tensor) -> Tensor:
    return power.gather(1, labels[:, None])[:, 0]
