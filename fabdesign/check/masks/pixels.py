"""Which pixels rectangles and polygons draw: how often each, and what lies between pixels or outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

OFF_PIXELS = 1e-3
"""A corner farther than this from every pixel corner is off the grid."""


@dataclass(frozen=True)
class Grid:
    """Pixels over a box in database units: pixel (i, j) begins at (x + j width, y + i depth)."""

    shape: tuple[int, int]
    x: float
    y: float
    width: float
    depth: float


@dataclass
class Canvas:
    """Counts how often each pixel is drawn.

    Args:
        grid: the pixels.
        moved: how far every corner lies off those of pixels, either way, in database units.
        off: shapes with corners between pixel corners, or slanted sides.
        outside: shapes that leave the pixels.
    """

    grid: Grid
    moved: float = 0.0
    off: int = 0
    outside: int = 0
    _steps: NDArray[np.int32] = field(init=False)

    def __post_init__(self) -> None:
        ny, nx = self.grid.shape
        self._steps = np.zeros((ny + 1, nx + 1), np.int32)

    @cached_property
    def count(self) -> NDArray[np.int32]:
        """How often each pixel is drawn, [y, x]; to be asked for when everything is drawn."""
        return np.asarray(self._steps.cumsum(axis=0).cumsum(axis=1)[:-1, :-1])

    def add_rectangles(self, corners: NDArray[np.int32]) -> None:
        """Draw rectangles, [n, 4] as (x0, y0, x1, y1)."""
        columns, off_x = self._to_grid(corners[:, ::2], axis=1)
        rows, off_y = self._to_grid(corners[:, 1::2], axis=0)
        self.off += int(np.count_nonzero((off_x | off_y).any(axis=1)))
        (x0, x1), (y0, y1) = self._clip(columns, axis=1).T, self._clip(rows, axis=0).T
        ny, nx = self.grid.shape
        out = (columns < 0).any(axis=1) | (columns > nx).any(axis=1)
        out |= (rows < 0).any(axis=1) | (rows > ny).any(axis=1)
        self.outside += int(np.count_nonzero(out))
        for y, x, sign in ((y0, x0, 1), (y1, x1, 1), (y0, x1, -1), (y1, x0, -1)):
            np.add.at(self._steps, (y, x), sign)

    def add_polygons(self, polygons: Sequence[NDArray[np.int32]]) -> None:
        """Draw polygons, [k, 2] each: their upright sides begin and end rows of pixels."""
        if not polygons:
            return
        owner = np.repeat(np.arange(len(polygons)), [len(points) for points in polygons])
        start = np.concatenate(polygons).astype(np.int64)
        end = np.concatenate([np.roll(points, -1, axis=0) for points in polygons]).astype(np.int64)
        step = end - start
        slanted = _uncancelled(owner, start, end, (step != 0).all(axis=1))
        (columns, off_x), (rows, off_y) = (
            self._to_grid(start[:, 0], axis=1),
            self._to_grid(start[:, 1], axis=0),
        )
        self.off += len(np.unique(owner[slanted | off_x | off_y]))
        ny, nx = self.grid.shape
        self.outside += len(np.unique(owner[(columns < 0) | (columns > nx) | (rows < 0) | (rows > ny)]))
        first = np.array([points[0] for points in polygons], np.int64)[owner]
        area = np.bincount(owner, _twice_area(start - first, end - first), minlength=len(polygons))
        turn = np.sign(area).astype(np.int32)[owner]
        upright = (step[:, 0] == 0) & (step[:, 1] != 0)
        x = self._clip(columns[upright], axis=1)
        ends = self._clip(self._to_grid(end[upright, 1], axis=0)[0], axis=0)
        # a counter-clockwise outline goes down where it begins rows and up where it ends them
        np.add.at(self._steps, (self._clip(rows[upright], axis=0), x), -turn[upright])
        np.add.at(self._steps, (ends, x), turn[upright])

    def _to_grid(self, values: NDArray[np.integer], axis: int) -> tuple[Ints, NDArray[np.bool_]]:
        grid = self.grid
        first, side = (grid.x, grid.width) if axis else (grid.y, grid.depth)
        at = (values - first) / side
        nearest = np.rint(at)
        off = np.abs(np.abs(at - nearest) - self.moved / side) > OFF_PIXELS
        return nearest.astype(np.int64), off

    def _clip(self, values: Ints, axis: int) -> Ints:
        return values.clip(0, self.grid.shape[axis])


def _uncancelled(owner: Ints, start: Ints, end: Ints, slanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Slanted sides that the same polygon does not go back along, as it does on the way to a hole."""
    if not slanted.any():
        return slanted
    step = (end - start)[slanted]
    length = np.gcd(step[:, 0], step[:, 1]) * np.sign(step[:, 0])
    along = step // length[:, None]
    offset = start[slanted, 0] * along[:, 1] - start[slanted, 1] * along[:, 0]
    lines = np.column_stack([owner[slanted], along, offset])
    _, line = np.unique(lines, axis=0, return_inverse=True)
    lone = slanted.copy()
    lone[slanted] = (np.bincount(line.ravel(), length) != 0)[line.ravel()]
    return lone


def _twice_area(start: Ints, end: Ints) -> Floats:
    return (start[:, 0] * end[:, 1] - end[:, 0] * start[:, 1]).astype(np.float64)
