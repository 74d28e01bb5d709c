"""What is connected to what: shapes of one layer that touch, and shapes of two layers that overlap."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_CELL = 256


def boxes_of(polygons: Sequence[Ints]) -> tuple[Ints, Ints, list[int]]:
    """Cut polygons of upright and level edges into rectangles.

    Args:
        polygons: corners, [n, 2] each.

    Returns:
        rectangles (x0, y0, x1, y1), [m, 4]; the number of the polygon of each, [m]; and the numbers of
        polygons with other edges, which are left out.
    """
    boxes: list[tuple[int, int, int, int]] = []
    owner: list[int] = []
    slanted: list[int] = []
    for number, points in enumerate(polygons):
        following = np.roll(points, -1, axis=0)
        if ((points[:, 0] != following[:, 0]) & (points[:, 1] != following[:, 1])).any():
            slanted.append(number)
            continue
        own = _slabs(points, following)
        boxes += own
        owner += [number] * len(own)
    return np.array(boxes, np.int64).reshape(-1, 4), np.array(owner, np.int64), slanted


def touching(first: Ints, second: Ints) -> Ints:
    """Pairs (row of first, row of second) of rectangles that overlap or share part of an edge, [k, 2]."""
    if not len(first) or not len(second):
        return np.empty((0, 2), np.int64)
    found = []
    for start in range(0, len(first), _CELL):
        a = first[start : start + _CELL, None]
        across = np.minimum(a[..., 2], second[:, 2]) - np.maximum(a[..., 0], second[:, 0])
        up = np.minimum(a[..., 3], second[:, 3]) - np.maximum(a[..., 1], second[:, 1])
        met = (across >= 0) & (up >= 0) & ((across > 0) | (up > 0))
        pairs = np.argwhere(met)
        pairs[:, 0] += start
        found.append(pairs)
    return np.concatenate(found)


def groups(count: int, pairs: Ints) -> Ints:
    """Numbers of the groups that pairs join, [count]; each is the smallest member of its group.

    >>> groups(4, np.array([[0, 2], [2, 3]])).tolist()
    [0, 1, 0, 0]
    """
    parent = list(range(count))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for first, second in pairs.tolist():
        one, other = sorted((root(first), root(second)))
        parent[other] = one
    return np.array([root(at) for at in range(count)], np.int64)


def _slabs(points: Ints, following: Ints) -> list[tuple[int, int, int, int]]:
    upright = points[:, 0] == following[:, 0]
    low = np.minimum(points[upright, 1], following[upright, 1])
    high = np.maximum(points[upright, 1], following[upright, 1])
    x = points[upright, 0]
    levels = np.unique(points[:, 1]).tolist()
    found = []
    for bottom, top in pairwise(levels):
        crossed = np.sort(x[(low <= bottom) & (high >= top)]).tolist()
        found += [
            (left, bottom, right, top) for left, right in zip(crossed[::2], crossed[1::2], strict=False)
        ]
    return found
