"""From rectangles to pixels: each must be covered just once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.grey.drawn import GreyDrawing
from fabdesign.check.grey.image import MOST_PIXELS
from fabdesign.errors import FileFormatError

Values = NDArray[np.uint16]

_GREY_BITS = 32
_GREY_MASK = np.int64((1 << _GREY_BITS) - 1)
_BATCH = 1 << 17


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
    summed = _sums(drawing, low, pitch, shape)
    covered = summed >> _GREY_BITS
    if (covered != 1).any():
        wrong = covered[covered != 1]
        raise FileFormatError(
            f"{drawing.path} must cover every pixel just once; {len(wrong)} are not, the first is covered "
            f"{wrong[0]} times.",
            hint="Shapes are missing or were added. Export the design again.",
        )
    shift = (float(low[0] + size[0] / 2), float(low[1] + size[1] / 2))
    return (summed & _GREY_MASK).astype(np.uint16), pitch, shift


def _fits(size: NDArray[np.int64], shape: tuple[int, int]) -> bool:
    pitch, rest = divmod(int(size[0]), shape[1])
    return rest == 0 and pitch > 0 and int(size[1]) == pitch * shape[0]


def _sums(
    drawing: GreyDrawing, low: NDArray[np.int64], pitch: int, shape: tuple[int, int]
) -> NDArray[np.int64]:
    """How many rectangles lie over each pixel, times 2³², plus the sum of their greys.

    Each rectangle changes the running sums over rows and columns at its corners alone.
    """
    steps = np.zeros((shape[0] + 1, shape[1] + 1), np.int64)
    for start in range(0, len(drawing.grey), _BATCH):
        corners = drawing.corners[start : start + _BATCH].astype(np.int64)
        grid, off = np.divmod(corners - np.tile(low, 2), pitch)
        if off.any():
            raise FileFormatError(f"{drawing.path} has corners off its pixel grid.", hint="Export it again.")
        weight = drawing.grey[start : start + _BATCH] + np.int64(1 << _GREY_BITS)
        x0, y0, x1, y1 = grid.T
        for y, x, sign in ((y0, x0, 1), (y1, x1, 1), (y0, x1, -1), (y1, x0, -1)):
            np.add.at(steps, (y, x), sign * weight)
    np.cumsum(steps, axis=0, out=steps)
    np.cumsum(steps, axis=1, out=steps)
    return steps[:-1, :-1]
