"""Quantitative phase imaging without a computer: the brightness of the picture is the phase of the object."""

import math
from typing import ClassVar, Literal

from jaxtyping import Float
from torch import Tensor

from fabdesign.design.metrics import PHASE_ERROR, PSNR, SAMPLE_COUNT, SSIM
from fabdesign.tasks.base import Batch, Task
from fabdesign.tasks.datasets import Dataset
from fabdesign.tasks.similarity import structural_similarity

SHARE = 0.2
"""Errors above this share of an example's largest one are squared by the berHu loss."""
FLOOR = 1e-12


class PhaseImaging(Task):
    """Make intensity · depth equal to the phase of the object, pixel by pixel.

    Outputs are pictures in units of the depth, so that they should equal the images.

    Args:
        dataset: images; a white pixel has the phase ``depth_rad``.
        loss: ``"berhu"``, ``"mse"`` or ``"ssim"`` (1 − SSIM).
        depth_rad: phase of a white pixel.
    """

    headline: ClassVar[str] = SSIM

    def __init__(
        self,
        dataset: Dataset,
        *,
        loss: Literal["berhu", "mse", "ssim"] = "berhu",
        depth_rad: float = math.pi,
    ) -> None:
        super().__init__(dataset)
        self.error = {"berhu": berhu, "mse": mean_square, "ssim": dissimilarity}[loss]
        self.depth_rad = depth_rad

    def loss(self, outputs: Float[Tensor, "batch h w"], batch: Batch) -> Float[Tensor, " batch"]:
        return self.error(outputs, batch.images)

    def scores(self, outputs: Float[Tensor, "batch h w"], batch: Batch) -> dict[str, float]:
        seen, wanted = outputs.double(), batch.images.double()
        psnr = -10 * mean_square(seen, wanted).clamp_min(FLOOR).log10()
        error = (seen - wanted).abs().mean((1, 2))
        return {
            SSIM: float(structural_similarity(seen, wanted).mean()),
            PSNR: float(psnr.mean()),
            PHASE_ERROR: float(error.mean()) * self.depth_rad,
            SAMPLE_COUNT: len(batch),
        }


def berhu(seen: Float[Tensor, "batch h w"], wanted: Float[Tensor, "batch h w"]) -> Float[Tensor, " batch"]:
    """Return the mean reverse Huber error: |e| up to c, (e² + c²)/2c above it.

    c is a fifth of the example's largest error (Laina et al., arXiv 1606.00373, eq. 2, there over a batch).

    >>> import torch
    >>> berhu(torch.tensor([[[1.0, 0.1]]]), torch.zeros(1, 1, 2)).round(decimals=4)
    tensor([1.3500])
    """
    error = (seen - wanted).abs()
    limit = (SHARE * error.detach().amax((1, 2), keepdim=True)).clamp_min(FLOOR)
    squared = (error.square() + limit.square()) / (2 * limit)
    return squared.where(error > limit, error).mean((1, 2))


def mean_square(
    seen: Float[Tensor, "batch h w"], wanted: Float[Tensor, "batch h w"]
) -> Float[Tensor, " batch"]:
    """Return the mean square error of each picture."""
    return (seen - wanted).square().mean((1, 2))


def dissimilarity(
    seen: Float[Tensor, "batch h w"], wanted: Float[Tensor, "batch h w"]
) -> Float[Tensor, " batch"]:
    """Return 1 − SSIM of each picture."""
    return 1 - structural_similarity(seen, wanted)
