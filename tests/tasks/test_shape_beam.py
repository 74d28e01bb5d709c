"""Scores of drawn light against hand-worked numbers."""

import base64
import math

import numpy as np
import pytest
import torch

from fabdesign.design import TargetImageReadout
from fabdesign.network.target import spot_array
from fabdesign.tasks import EFFICIENCY, SIGNAL_TO_NOISE, TARGET_EFFICIENCY, UNIFORMITY, ShapeBeam
from fabdesign.tasks.base import Batch


def shaper(target: list[list[int]], weight: float = 0.0) -> ShapeBeam:
    grey = np.array(target, dtype=np.uint8)
    text = base64.b64encode(grey.tobytes()).decode()
    readout = TargetImageReadout(pixels=grey.shape, pixel_um=1.0, target=text)
    return ShapeBeam(readout, efficiency_weight=weight)


def score(task: ShapeBeam, light: list[list[float]]) -> dict[str, float]:
    return task.scores(torch.tensor([light]), Batch.of(task.dataset.test, slice(None)))


def test_scores_of_two_spots() -> None:
    scores = score(shaper([[255, 0, 255]]), [[0.3, 0.1, 0.2]])
    assert scores[UNIFORMITY] == pytest.approx(1 - 0.1 / 0.5)
    assert scores[TARGET_EFFICIENCY] == pytest.approx(0.5)
    assert scores[EFFICIENCY] == pytest.approx(0.6)
    # the best multiple is 0.25: signal 2 · 0.25², left 0.05² + 0.1² + 0.05²
    assert scores[SIGNAL_TO_NOISE] == pytest.approx(10 * math.log10(0.125 / 0.015), rel=1e-5)


def test_grey_targets_are_wanted_in_proportion() -> None:
    scores = score(shaper([[255, 51]]), [[0.5, 0.1]])
    assert scores[UNIFORMITY] == pytest.approx(1.0)
    assert scores[SIGNAL_TO_NOISE] > 60


def test_the_loss_does_not_depend_on_the_amount_of_light_but_its_weight_does() -> None:
    light = torch.tensor([[[0.3, 0.1, 0.2]]])
    plain, weighted = shaper([[255, 0, 255]]), shaper([[255, 0, 255]], 0.5)
    batch = Batch.of(plain.dataset.train, slice(None))
    assert torch.allclose(plain.loss(light, batch), plain.loss(0.01 * light, batch))
    assert float(weighted.loss(light, batch) - plain.loss(light, batch)) == pytest.approx(
        -0.5 * math.log(0.5), rel=1e-5
    )


def test_darkness_is_no_nan() -> None:
    task = shaper([[255, 0]], 0.1)
    light = torch.zeros(1, 1, 2, requires_grad=True)
    task.loss(light, Batch.of(task.dataset.train, slice(None))).sum().backward()
    assert bool(torch.isfinite(light.grad).all())
    assert all(math.isfinite(value) for value in score(task, [[0.0, 0.0]]).values())


def test_spots_stand_in_the_middle_of_their_cells() -> None:
    target = spot_array((2, 3), 5)
    assert target.shape == (10, 15)
    assert np.argwhere(target).tolist() == [[y, x] for y in (2, 7) for x in (2, 7, 12)]
