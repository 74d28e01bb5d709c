"""From rectangles to pixels: each must be covered just once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.grey.drawn import GreyDrawing
from fabdesign.check.grey.image import MOST_PIXELS
from fabdesign.errors import FileFormatError

Values = NDArray[np.uint16]


def paint(drawing: GreyDrawing, pixels: tuple[int, int]) -> tuple[Values, int, tuple[float, float]]:
    """The grey of every pixel.

    Args:
        drawing: rectangles.
        pixels: (ny, nx) that they should cover; a drawing turned by a quarter is recognised by its box.

    Returns:
        uint16 [y, x], the side of a pixel and the shift of the middle in database units.

    Raises:
        FileFormatError: pixels are not covered once each, or corners lie off the pixel grid.
    """
    low = drawing.corners[:, :2].min(axis=0).astype(np.int64)
    size = drawing.corners[:, 2:].max(axis=0).astype(np.int64) - low
    shape = next((s for s in (pixels, pixels[::-1]) if _fits(size, s)), None)
    if shape is None or math.prod(shape) > MOST_PIXELS:
        raise FileFormatError(
            f"{drawing.path} covers {size[0]} x {size[1]} database units, which are not "
            f"{pixels[1]} x {pixels[0]} square pixels.",
            hint="Shapes are missing or were added. Export the design again.",
        )
    pitch = int(size[0]) // shape[1]
    grid, off = np.divmod(drawing.corners - np.tile(low, 2), pitch)
    if off.any():
        raise FileFormatError(
            f"{drawing.path} has corners off its pixel grid.", hint="Export the design again."
        )
    covered, summed = _sums(grid, np.ones(len(grid), np.int64), shape), _sums(grid, drawing.grey, shape)
    if (covered != 1).any():
        count = int((covered != 1).sum())
        raise FileFormatError(
            f"{drawing.path} must cover every pixel just once; {count} are not, the first is covered "
            f"{covered[covered != 1][0]} times.",
            hint="Shapes are missing or were added. Export the design again.",
        )
    shift = (float(low[0] + size[0] / 2), float(low[1] + size[1] / 2))
    return summed.astype(np.uint16), pitch, shift


def _fits(size: NDArray[np.int64], shape: tuple[int, int]) -> bool:
    pitch, rest = divmod(int(size[0]), shape[1])
    return rest == 0 and pitch > 0 and int(size[1]) == pitch * shape[0]


def _sums(grid: NDArray[np.int64], weight: NDArray[np.integer], shape: tuple[int, int]) -> NDArray[np.int64]:
    """The sum of the weights of the rectangles over each pixel, through differences at their corners."""
    wide = shape[1] + 1
    x0, y0, x1, y1 = grid.T
    places = np.concatenate([y0 * wide + x0, y1 * wide + x1, y0 * wide + x1, y1 * wide + x0])
    weights = np.concatenate([weight, weight, -weight, -weight])
    steps = np.bincount(places, weights, (shape[0] + 1) * wide).reshape(shape[0] + 1, wide)
    return np.asarray(steps.cumsum(0).cumsum(1)[:-1, :-1].round().astype(np.int64))
