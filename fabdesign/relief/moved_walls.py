"""Walls moved off the borders of pixels: every level plane shrunk or grown by the same distance.

Shrinking a set of pixels by less than half a pixel keeps the middle of each pixel, keeps the strip between
two pixels only where both are set, and the patch between four only where all are. For heights, whose planes
{height > z} all shrink alike, "both" and "all" become the smallest height. Growing is the same with the
largest.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Cell = TypeVar("Cell", np.bool_, np.uint16)


def moved_cells(pixels: NDArray[Cell], shift: int) -> NDArray[Cell]:
    """Pixels as cells, with the strips and patches between them, after all walls have moved.

    Args:
        pixels: bool or height ranks [y, x].
        shift: above 0 walls move into what is set or higher, below 0 out of it.

    Returns:
        [2 ny - 1, 2 nx - 1]: pixel (i, j) is cell (2 i, 2 j).

    >>> moved_cells(np.array([[True, True], [True, False]]), 1).astype(int).tolist()
    [[1, 1, 1], [1, 0, 0], [1, 0, 0]]
    """
    ny, nx = pixels.shape
    choose: Any = np.minimum if shift > 0 else np.maximum
    cells = np.empty((2 * ny - 1, 2 * nx - 1), pixels.dtype)
    cells[::2, ::2] = pixels
    cells[::2, 1::2] = choose(pixels[:, :-1], pixels[:, 1:])
    cells[1::2] = choose(cells[:-1:2], cells[2::2])
    return cells


def moved_lines(count: int, pitch: int, shift: int) -> NDArray[np.int64]:
    """Where the borders of the cells lie, from the first border of the pixels, [2 count].

    Args:
        count: pixels along an axis.
        pitch: side of a pixel.
        shift: how far walls move, less than half a pixel either way, in the same unit.

    >>> moved_lines(3, 10, 1).tolist(), moved_lines(2, 10, -1).tolist()
    ([1, 9, 11, 19, 21, 29], [-1, 9, 11, 21])
    """
    inner = np.arange(1, count, dtype=np.int64)[:, None] * pitch + np.array([-1, 1]) * abs(shift)
    return np.concatenate([[shift], inner.ravel(), [count * pitch - shift]]).astype(np.int64)
