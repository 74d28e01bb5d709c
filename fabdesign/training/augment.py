"""Training images moved, turned and stretched at random: more data from the same data."""

from dataclasses import replace

import numpy as np
import torch
from torch.nn import functional

from fabdesign.config import Train
from fabdesign.tasks.base import Batch

SHIFT_STREAM = 0x73686966
WARP_STREAM = 0x77617270


def augmented(batch: Batch, settings: Train, step: int, steps: int) -> Batch:
    """Do to a step's images what the settings ask for, up to the step from which they stay as they are.

    Args:
        batch: the examples.
        settings: shift, turn, stretch, augment_until and seed.
        step: 0 … steps − 1; what is drawn depends on the seed and the step alone.
        steps: how many there are.
    """
    if step >= settings.augment_until * steps:
        return batch
    seed = settings.seed
    return shifted(warped(batch, settings.turn_rad, settings.stretch, seed, step), settings.shift, seed, step)


def shifted(batch: Batch, most: int, seed: int, step: int) -> Batch:
    """Move each image by whole pixels; what comes in from outside repeats the edge.

    Args:
        batch: the examples.
        most: largest shift in image pixels along either axis; every shift up to it is equally likely.
        seed: of the training.
        step: the shifts depend on the seed and the step alone.

    >>> batch = Batch(torch.arange(9.0).reshape(1, 3, 3), torch.zeros(1, dtype=torch.long))
    >>> shifted(batch, 1, seed=0, step=0).images[0].tolist()
    [[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [3.0, 3.0, 4.0]]
    """
    if most == 0:
        return batch
    count, ny, nx = batch.images.shape
    down, right = np.random.default_rng([SHIFT_STREAM, seed, step]).integers(-most, most + 1, (2, count))
    rows, columns = _sources(ny, down), _sources(nx, right)
    picked = torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]
    return replace(batch, images=batch.images[picked])


def warped(batch: Batch, turn_rad: float, stretch: float, seed: int, step: int) -> Batch:
    """Turn each image around its middle, then stretch it along x and y; values between pixels are bilinear.

    What comes in from outside repeats the edge.

    Args:
        batch: the examples.
        turn_rad: largest angle either way; every angle up to it is equally likely.
        stretch: largest share by which an image grows or shrinks, drawn for x and y on its own.
        seed: of the training.
        step: what is drawn depends on the seed and the step alone.

    >>> batch = Batch(torch.arange(9.0).reshape(1, 3, 3), torch.zeros(1, dtype=torch.long))
    >>> warped(batch, 0.1, 0.1, seed=0, step=0).images[0, 1, 1].round(decimals=4)
    tensor(4.)
    """
    if turn_rad == 0 and stretch == 0:
        return batch
    count, ny, nx = batch.images.shape
    generator = np.random.default_rng([WARP_STREAM, seed, step])
    angle = generator.uniform(-turn_rad, turn_rad, count)
    along_x, along_y = 1 / generator.uniform(1 - stretch, 1 + stretch, (2, count))
    cos, sin = np.cos(angle), np.sin(angle)
    sources = np.zeros((count, 2, 3))
    sources[:, 0, 0], sources[:, 0, 1] = cos * along_x, -sin * along_y * ny / nx
    sources[:, 1, 0], sources[:, 1, 1] = sin * along_x * nx / ny, cos * along_y
    images = batch.images[:, None]
    matrices = torch.from_numpy(sources).to(images)
    grid = functional.affine_grid(matrices, list(images.shape), align_corners=False)
    moved = functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
    return replace(batch, images=moved[:, 0])


def _sources(size: int, shift: np.ndarray) -> torch.Tensor:
    """Where each row of each shifted image comes from, [image, row]."""
    return torch.from_numpy((np.arange(size) - shift[:, None]).clip(0, size - 1))
