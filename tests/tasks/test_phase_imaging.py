"""Losses and scores of phase pictures against hand-worked numbers and a direct loop."""

import math

import numpy as np
import pytest
import torch

from fabdesign.tasks import PHASE_ERROR, PSNR, SAMPLE_COUNT, SSIM, Dataset, PhaseImaging, Split
from fabdesign.tasks.base import Batch
from fabdesign.tasks.phase_imaging import berhu
from fabdesign.tasks.similarity import structural_similarity


def direct_ssim(a: np.ndarray, b: np.ndarray) -> float:
    """The definition, window by window."""
    offset = np.arange(11) - 5
    weights = np.exp(-(offset[:, None] ** 2 + offset[None] ** 2) / (2 * 1.5**2))
    weights /= weights.sum()
    values = []
    for y in range(a.shape[0] - 10):
        for x in range(a.shape[1] - 10):
            p, q = a[y : y + 11, x : x + 11], b[y : y + 11, x : x + 11]
            mp, mq = (weights * p).sum(), (weights * q).sum()
            vp, vq = (weights * (p - mp) ** 2).sum(), (weights * (q - mq) ** 2).sum()
            c = (weights * (p - mp) * (q - mq)).sum()
            values.append((2 * mp * mq + 1e-4) * (2 * c + 9e-4) / ((mp**2 + mq**2 + 1e-4) * (vp + vq + 9e-4)))
    return float(np.mean(values))


@pytest.fixture
def batch() -> Batch:
    rng = np.random.default_rng(0)
    split = Split(rng.integers(0, 256, (3, 16, 14), dtype=np.uint8), np.zeros(3, np.uint8))
    return Batch.of(split, slice(None))


def task(loss: str = "berhu") -> PhaseImaging:
    split = Split(np.zeros((1, 4, 4), np.uint8), np.zeros(1, np.uint8))
    return PhaseImaging(Dataset("none", split, split), loss=loss)


def test_similarity_is_that_of_the_definition(batch: Batch) -> None:
    other = 0.6 * batch.images.double() + 0.1 * torch.rand(3, 16, 14, dtype=torch.float64)
    found = structural_similarity(other, batch.images.double())
    expected = [direct_ssim(a, b) for a, b in zip(other.numpy(), batch.images.double().numpy(), strict=True)]
    assert found.tolist() == pytest.approx(expected, rel=1e-9)


def test_scores_of_a_constant_error(batch: Batch) -> None:
    scores = task().scores(batch.images + 0.1, batch)
    assert scores[PSNR] == pytest.approx(20.0, abs=1e-4)
    assert scores[PHASE_ERROR] == pytest.approx(0.1 * math.pi, rel=1e-5)
    assert scores[SAMPLE_COUNT] == 3
    assert scores[SSIM] < 1
    assert task().scores(batch.images, batch)[SSIM] == pytest.approx(1.0)


def test_berhu_joins_its_branches_smoothly() -> None:
    at = torch.tensor([[[1.0, 0.2 - 1e-6, 0.2 + 1e-6]]])
    pieces = [(1 + 0.04) / 0.4, 0.2, 0.2]
    assert float(berhu(at, torch.zeros_like(at))) == pytest.approx(sum(pieces) / 3, rel=1e-4)


@pytest.mark.parametrize("loss", ["berhu", "mse", "ssim"])
def test_losses_fall_to_zero_at_the_truth_and_have_gradients(batch: Batch, loss: str) -> None:
    right = task(loss).loss(batch.images, batch)
    assert float(right.abs().max()) < 1e-6
    seen = (batch.images * 0.5).requires_grad_()
    wrong = task(loss).loss(seen, batch)
    assert wrong.shape == (3,)
    assert float(wrong.detach().min()) > 0.01
    wrong.sum().backward()
    assert bool(torch.isfinite(seen.grad).all())
    assert float(seen.grad.abs().max()) > 0


@pytest.mark.parametrize("loss", ["berhu", "mse", "ssim"])
def test_a_perfect_picture_has_a_finite_gradient(batch: Batch, loss: str) -> None:
    seen = batch.images.clone().requires_grad_()
    task(loss).loss(seen, batch).sum().backward()
    assert bool(torch.isfinite(seen.grad).all())
