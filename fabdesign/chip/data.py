"""Images as inputs of a network: averaged down to a few pixels, one amplitude each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip.loss import Examples
from fabdesign.errors import ConfigError
from fabdesign.tasks.datasets import Split
from fabdesign.tasks.sources import load_dataset

Floats = NDArray[np.float64]


def load_examples(source: str | Path, side: int) -> tuple[Examples, Examples]:
    """Load labelled images as amplitudes in [0, 1], row 0 of an image first.

    Args:
        source: as for `fabdesign.tasks.load_dataset`: ``"mnist-small"``, a folder of IDX files, or an .npz.
        side: pixels along each edge after averaging; the network has side² inputs.

    Returns:
        Examples to train on, and examples to score on.

    Raises:
        ConfigError: there is no such data, or its images are smaller than `side`.
        FileFormatError: a file is damaged.
    """
    dataset = load_dataset(source)
    return _examples(dataset.train, side), _examples(dataset.test, side)


def average_down(images: Floats, side: int) -> Floats:
    """Average images over side × side equal rectangles, counting cut pixels by their share.

    Args:
        images: [image, y, x].
        side: pixels along each edge of the result.

    Returns:
        [image, side, side].

    Raises:
        ConfigError: the images are smaller than that.

    >>> average_down(np.array([[[1.0, 1, 4], [1, 1, 4], [1, 1, 4]]]), 2).tolist()
    [[[1.0, 3.0], [1.0, 3.0]]]
    """
    height, width = images.shape[1:]
    if min(height, width) < side or side < 1:
        raise ConfigError(f"Images of {height} × {width} pixels cannot be averaged down to {side} × {side}.")
    rows, columns = _shares(height, side), _shares(width, side)
    return np.asarray(rows @ images @ columns.T)


def _shares(count: int, side: int) -> Floats:
    """How much each of ``count`` pixels counts in each of ``side`` averages, [average, pixel]."""
    edges = np.linspace(0, count, side + 1)[:, None]
    pixels = np.arange(count)
    overlap = np.minimum(edges[1:], pixels + 1) - np.maximum(edges[:-1], pixels)
    return np.asarray(np.clip(overlap, 0, None) * side / count)


def _examples(split: Split, side: int) -> Examples:
    pooled = average_down(split.images / 255.0, side)
    return Examples(pooled.reshape(len(pooled), -1), split.labels.astype(np.int64))
