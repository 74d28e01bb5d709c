"""Training images moved sideways at random: more data from the same data."""

from dataclasses import replace

import numpy as np
import torch

from fabdesign.tasks.base import Batch

STREAM = 0x73686966


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
    down, right = np.random.default_rng([STREAM, seed, step]).integers(-most, most + 1, (2, count))
    rows, columns = _sources(ny, down), _sources(nx, right)
    picked = torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]
    return replace(batch, images=batch.images[picked])


def _sources(size: int, shift: np.ndarray) -> torch.Tensor:
    """Where each row of each shifted image comes from, [image, row]."""
    return torch.from_numpy((np.arange(size) - shift[:, None]).clip(0, size - 1))
