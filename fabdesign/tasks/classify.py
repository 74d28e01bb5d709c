"""Classification by the brightest of several detectors, or of several pairs of them."""

from typing import ClassVar, Literal

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor

from fabdesign.design import Physical
from fabdesign.design.metrics import ACCURACY, EFFICIENCY, SAMPLE_COUNT, TARGET_EFFICIENCY
from fabdesign.errors import ConfigError
from fabdesign.tasks.base import Batch, Task
from fabdesign.tasks.datasets import Dataset

FLOOR = 1e-12
"""Power share below which a logarithm stops falling."""
GAIN = 50.0
"""How sharply the cross-entropy judges shares of the detected power: 0.1 more wins by a factor of 150."""


PAIRS_GAIN = 10.0
"""How sharply the cross-entropy judges differences of pairs, which reach from −1 to 1."""


class Classify(Task):
    """Send the light of an image to the detector of its class.

    Args:
        dataset: labelled images.
        loss: ``"cross-entropy"`` or ``"mse"``; see :func:`cross_entropy` and :func:`pattern_error`.
        label_smoothing: share of each label that cross-entropy gives to all classes alike (Szegedy et al.
            2016, section 7).
        efficiency_weight: weight of −log(share of the light on the detectors), averaged over the examples.
        readout: ``"argmax"``, or ``"pairs"`` where detectors 2k and 2k+1 speak for and against class k.
    """

    headline: ClassVar[str] = ACCURACY

    def __init__(
        self,
        dataset: Dataset,
        *,
        loss: Literal["cross-entropy", "mse"] = "cross-entropy",
        label_smoothing: float = 0.0,
        efficiency_weight: float = 0.0,
        readout: Literal["argmax", "pairs"] = "argmax",
    ) -> None:
        super().__init__(dataset)
        self.cross_entropy = loss == "cross-entropy"
        self.label_smoothing = label_smoothing
        self.efficiency_weight = efficiency_weight
        self.readout = readout

    def answers(self, outputs: Float[Tensor, "batch detector"]) -> Float[Tensor, "batch class"]:
        """Return one number for each class; the largest is the answer."""
        return differences(outputs) if self.readout == "pairs" else outputs

    def check_fits(self, physical: Physical) -> None:
        super().check_fits(physical)
        each = 2 if self.readout == "pairs" else 1
        largest = int(self.dataset.test.labels.max())
        if each * largest >= len(physical.detectors):
            raise ConfigError(
                f"the design has {len(physical.detectors)} detectors, {('one', 'two')[each - 1]} for each "
                f"class; {self.dataset.name} has labels up to {largest}."
            )

    def loss(self, outputs: Float[Tensor, "batch detector"], batch: Batch) -> Float[Tensor, " batch"]:
        error = self._error(outputs, batch)
        if self.efficiency_weight == 0:
            return error
        return error - self.efficiency_weight * outputs.sum(1).clamp_min(FLOOR).log()

    def scores(self, outputs: Float[Tensor, "batch detector"], batch: Batch) -> dict[str, float]:
        right = predictions(self.answers(outputs)) == batch.labels
        each = 2 if self.readout == "pairs" else 1
        target = outputs.gather(1, each * batch.labels[:, None])
        return {
            ACCURACY: float(right.double().mean()),
            EFFICIENCY: float(outputs.double().sum(1).mean()),
            TARGET_EFFICIENCY: float(target.double().mean()),
            SAMPLE_COUNT: len(batch),
        }

    def _error(self, outputs: Float[Tensor, "batch detector"], batch: Batch) -> Float[Tensor, " batch"]:
        labels = batch.labels
        asked = labels if batch.soft_labels is None else batch.soft_labels
        if self.readout == "pairs":
            difference = differences(outputs)
            if self.cross_entropy:
                return torch.nn.functional.cross_entropy(
                    PAIRS_GAIN * difference, asked, reduction="none", label_smoothing=self.label_smoothing
                )
            target = 2 * torch.nn.functional.one_hot(labels, difference.shape[1]) - 1
            return (difference - target).square().mean(1)
        if self.cross_entropy:
            return cross_entropy(outputs, asked, self.label_smoothing)
        return pattern_error(outputs, labels)


def differences(power: Float[Tensor, "batch detector"]) -> Float[Tensor, "batch class"]:
    """Return (P₊ − P₋)/(P₊ + P₋) of each pair of detectors, or 0 in the dark (Li et al. 2019).

    >>> differences(torch.tensor([[3.0, 1.0, 1.0, 1.0]]))
    tensor([[0.5000, 0.0000]])
    """
    plus, minus = power[:, 0::2], power[:, 1::2]
    return (plus - minus) / (plus + minus).clamp_min(FLOOR)


def cross_entropy(
    power: Float[Tensor, "batch detector"],
    labels: Int[Tensor, " batch"] | Float[Tensor, "batch detector"],
    label_smoothing: float = 0.0,
) -> Float[Tensor, " batch"]:
    """Return the cross-entropy of softmax(50·p / Σp), whatever the amount of light.

    Labels are numbers of detectors, or the probabilities of all.

    The answer is the brightest detector, so a clear lead is enough. Without the gain (−log(p_label / Σp)) the
    loss asks for darkness on nine detectors: on 1,000 held-out digits of the embedded training set, three
    layers of 48×48 pixels reached 86.4 % and 0.4 % of the light without a gain, 89.3 % and 1.9 % with 20, and
    90.1 % and 6.3 % with 50, in 8 epochs (the latter two with an efficiency weight of 0.2 in place of 0.05).

    >>> loss = cross_entropy(torch.tensor([[0.4, 0.6]]), torch.tensor([1]))
    >>> bool(torch.isclose(loss, torch.log1p(torch.exp(torch.tensor([-10.0]))), atol=1e-6))
    True
    """
    return torch.nn.functional.cross_entropy(
        GAIN * shares(power), labels, reduction="none", label_smoothing=label_smoothing
    )


def pattern_error(
    power: Float[Tensor, "batch detector"], labels: Int[Tensor, " batch"]
) -> Float[Tensor, " batch"]:
    """Return the mean square error of p / Σp against 1 on the right detector and 0 on the others.

    >>> pattern_error(torch.tensor([[1.0, 3.0]]), torch.tensor([1]))
    tensor([0.0625])
    """
    target = torch.nn.functional.one_hot(labels, power.shape[1]).to(power.dtype)
    return (shares(power) - target).square().mean(1)


def shares(power: Float[Tensor, "batch detector"]) -> Float[Tensor, "batch detector"]:
    """Return p / Σp, or zeros in the dark.

    >>> shares(torch.tensor([[1.0, 3.0]]))
    tensor([[0.2500, 0.7500]])
    """
    return power / power.sum(1, keepdim=True).clamp_min(FLOOR)


def predictions(power: Float[Tensor, "batch class"]) -> Int[Tensor, " batch"]:
    """Return the label of the brightest detector, or of the largest answer; a tie goes to the lowest label.

    >>> predictions(torch.tensor([[0.1, 0.3, 0.3]])).tolist()
    [1]
    """
    brightest = power == power.amax(1, keepdim=True)
    return brightest.to(torch.uint8).argmax(1)


def confusion(
    power: Float[Tensor, "batch class"], labels: Int[Tensor, " batch"], classes: int
) -> NDArray[np.int64]:
    """Count the examples of each class (row) by the detector that was brightest (column)."""
    counts = torch.bincount(labels * classes + predictions(power), minlength=classes * classes)
    return counts.reshape(classes, classes).cpu().numpy()
