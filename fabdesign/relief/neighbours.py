"""Pixels and their four neighbours: the steps between them, and the ones that stand or lie alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.uint8]


def isolated_pixels(levels: Levels) -> NDArray[np.bool_]:
    """Pixels higher than all their neighbours, or lower than all.

    Such a pixel is an island, or a hole, of one pixel in the plane of its level. The only pixel of a layer is
    none.

    Args:
        levels: uint8 [y, x].

    >>> isolated_pixels(np.array([[0, 0, 0], [0, 2, 1]], dtype=np.uint8)).tolist()
    [[False, False, False], [False, True, False]]
    """
    higher, lower = np.ones(levels.shape, bool), np.ones(levels.shape, bool)
    if levels.size < 2:
        return np.zeros(levels.shape, bool)
    for first, second in _pairs():
        a, b = levels[first], levels[second]
        above, below = a > b, a < b
        higher[first] &= above
        lower[first] &= below
        higher[second] &= below
        lower[second] &= above
    alone: NDArray[np.bool_] = higher | lower
    return alone


def tallest_step_um(levels: Levels, height_of_level_um: NDArray[np.float64]) -> float:
    """The greatest difference of height between two neighbouring pixels.

    Args:
        levels: uint8 [y, x].
        height_of_level_um: float64 [level].

    >>> tallest_step_um(np.array([[0, 1, 2]], dtype=np.uint8), np.array([0.0, 0.5, 0.7]))
    0.5
    """
    count = len(height_of_level_um)
    met = np.zeros(count * count, bool)
    for first, second in _pairs():
        code = levels[first].astype(np.uint16)
        code *= np.uint16(count)
        code += levels[second]
        met |= np.bincount(code.ravel(), minlength=count * count) > 0
    steps = np.abs(height_of_level_um[:, None] - height_of_level_um[None, :]).ravel()
    return float(steps[met].max(initial=0.0))


def steps_above(
    levels: Levels, height_of_level_um: NDArray[np.float64], most_um: float
) -> NDArray[np.float64]:
    """Middles (row, column) in pixels of the walls that are taller than a limit, [n, 2]."""
    too_tall = np.abs(height_of_level_um[:, None] - height_of_level_um[None, :]) > most_um
    found = [np.empty((0, 2))]
    for (first, second), shift in zip(_pairs(), ((0.0, 0.5), (0.5, 0.0)), strict=True):
        found.append(np.argwhere(too_tall[levels[first], levels[second]]) + np.array(shift))
    return np.concatenate(found)


def _pairs() -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    """Slices of all pixels with a right neighbour and of those neighbours; then the same upwards."""
    whole, but_last, but_first = slice(None), slice(None, -1), slice(1, None)
    yield (whole, but_last), (whole, but_first)
    yield (but_last, whole), (but_first, whole)
