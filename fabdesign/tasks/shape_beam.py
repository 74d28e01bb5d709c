"""Beam shaping: light of one source draws a picture or an array of spots."""

from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from fabdesign.design import TargetImageReadout
from fabdesign.design.metrics import (
    EFFICIENCY,
    SAMPLE_COUNT,
    SIGNAL_TO_NOISE,
    TARGET_EFFICIENCY,
    UNIFORMITY,
)
from fabdesign.tasks.base import Batch, Task
from fabdesign.tasks.datasets import Dataset, Split

FLOOR = 1e-12


class ShapeBeam(Task):
    """Put the light where a target wants it, in the proportions that it wants.

    Outputs are the power on each square of the picture as a share of the light that enters. The data set is
    one example, which stands for the beam.

    Args:
        readout: the target, from the physical record.
        efficiency_weight: weight of −log(share of the light on the wanted squares).
    """

    headline: ClassVar[str] = SIGNAL_TO_NOISE

    def __init__(self, readout: TargetImageReadout, *, efficiency_weight: float = 0.0) -> None:
        grey = np.frombuffer(readout.target_bytes(), dtype=np.uint8).reshape(readout.pixels)
        beam = Split(grey[None].copy(), np.zeros(1, dtype=np.uint8))
        super().__init__(Dataset("target", beam, beam))
        self.target = torch.from_numpy(grey.astype("float64") / 255.0)
        self.efficiency_weight = efficiency_weight

    def loss(self, outputs: Float[Tensor, "batch h w"], batch: Batch) -> Float[Tensor, " batch"]:
        target = self.target.to(outputs)
        error = residue(outputs, target)
        if self.efficiency_weight == 0:
            return error
        wanted = outputs[:, target > 0].sum(1)
        return error - self.efficiency_weight * wanted.clamp_min(FLOOR).log()

    def scores(self, outputs: Float[Tensor, "batch h w"], batch: Batch) -> dict[str, float]:
        seen = outputs.double()
        target = self.target.to(seen)
        wanted = target > 0
        ratio = seen[:, wanted] / target[wanted]
        least, most = ratio.amin(1), ratio.amax(1)
        left = residue(seen, target).clamp(FLOOR, 1 - FLOOR)
        return {
            SIGNAL_TO_NOISE: float((10 * ((1 - left) / left).log10()).mean()),
            UNIFORMITY: float((1 - (most - least) / (most + least).clamp_min(FLOOR)).mean()),
            TARGET_EFFICIENCY: float(seen[:, wanted].sum(1).mean()),
            EFFICIENCY: float(seen.sum((1, 2)).mean()),
            SAMPLE_COUNT: len(batch),
        }


def residue(seen: Float[Tensor, "batch h w"], target: Float[Tensor, "h w"]) -> Float[Tensor, " batch"]:
    """Return the share of Σ I² that the best multiple of the target does not explain.

    ``1 − (Σ I T)² / (Σ I² Σ T²)``: 0 for the target in any brightness, 1 for light where none is wanted.

    >>> residue(torch.tensor([[[3.0, 4.0]]]), torch.tensor([[1.0, 0.0]]))
    tensor([0.6400])
    """
    overlap = (seen * target).sum((1, 2)).square()
    energy = seen.square().sum((1, 2)).clamp_min(FLOOR**2)
    return 1 - overlap / (energy * target.square().sum())
