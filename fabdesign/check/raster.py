"""Heights at pixel centres from triangles, exact and without snapping: a vectorised scan-line rasteriser.

Each triangle is scanned along the axis in which it covers fewer rows of centres, so that fans of slender
triangles cost no more than the area they cover. Triangles are closed sets: a centre on a shared diagonal
belongs to both, and both give the same height.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fabdesign.errors import FileFormatError

_TOLERANCE_PIXELS = 1e-9
_AT_ONCE = 1_000_000
_MOST_COVERS = 64
"""Covers per pixel, on average, above which a mesh is refused: a relief has one or two."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class HeightMap:
    """The highest and the lowest of the faces seen so far above each pixel centre.

    Args:
        shape: pixels as (ny, nx).
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self.high: Floats = np.full(shape, -np.inf)
        self.low: Floats = np.full(shape, np.inf)
        self._room = _MOST_COVERS * (shape[0] * shape[1] + _AT_ONCE)

    def add(self, u: Floats, v: Floats, z: Floats) -> None:
        """Take in triangles.

        Args:
            u: [corner, triangle] column coordinate; the centre of pixel (i, j) is at u = j, v = i.
            v: [corner, triangle] row coordinate.
            z: [corner, triangle] height, µm.

        Raises:
            FileFormatError: faces lie on top of each other so often that this is no relief.
        """
        seen = (u[1] - u[0]) * (v[2] - v[0]) != (v[1] - v[0]) * (u[2] - u[0])
        if not seen.all():  # a face on edge covers nothing
            u, v, z = u[:, seen], v[:, seen], z[:, seen]
        plane = _planes(u, v, z)
        for t, i, j in self._covers(u, v):
            height = plane[0, t] + plane[1, t] * j + plane[2, t] * i
            index = i * self.shape[1] + j
            np.maximum.at(self.high.reshape(-1), index, height)
            np.minimum.at(self.low.reshape(-1), index, height)

    def _covers(self, u: Floats, v: Floats) -> Iterator[tuple[Ints, Ints, Ints]]:
        """Triangle, row and column of every centre under every triangle, piece by piece."""
        first_u, count_u = _centres_between(u.min(axis=0), u.max(axis=0), self.shape[1])
        first_v, count_v = _centres_between(v.min(axis=0), v.max(axis=0), self.shape[0])
        seen = (count_u > 0) & (count_v > 0)
        by_rows = np.flatnonzero(seen & (count_v <= count_u))
        by_columns = np.flatnonzero(seen & (count_v > count_u))
        by_row = self._scan(u, v, chosen=by_rows, first=first_v, count=count_v, cells=self.shape[1])
        for t, j, i in by_row:
            yield t, i, j
        by_column = self._scan(v, u, chosen=by_columns, first=first_u, count=count_u, cells=self.shape[0])
        for t, i, j in by_column:
            yield t, i, j

    def _scan(
        self, along: Floats, across: Floats, *, chosen: Ints, first: Ints, count: Ints, cells: int
    ) -> Iterator[tuple[Ints, Ints, Ints]]:
        """Triangle, cell along the line and line, for each covered centre of the chosen triangles."""
        for part in _parts(count[chosen]):
            t, line = _expand(chosen[part], first[chosen[part]], count[chosen[part]])
            self._use(len(t))
            start, end = _cut(along[:, t], across[:, t], line)
            cell, inside = _centres_between(start, end, cells)
            for run in _parts(inside):
                which, position = _expand(np.arange(run.start, run.stop), cell[run], inside[run])
                self._use(len(which))
                yield t[which], position, line[which]

    def _use(self, steps: int) -> None:
        self._room -= steps
        if self._room < 0:
            raise FileFormatError(
                f"The mesh covers each pixel more than {_MOST_COVERS} times; a relief does it once.",
                hint="Check a file that holds one layer of one design.",
            )

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Which pixels have a face above their centre, [y, x]."""
        return np.isfinite(self.high)


def _centres_between(start: Floats, end: Floats, cells: int) -> tuple[Ints, Ints]:
    """First integer and number of integers in [start, end], within 0 … cells − 1."""
    first = np.clip(np.ceil(start - _TOLERANCE_PIXELS), 0, cells).astype(np.int64)
    last = np.clip(np.floor(end + _TOLERANCE_PIXELS), -1, cells - 1).astype(np.int64)
    return first, np.maximum(last - first + 1, 0)


def _parts(counts: Ints) -> Iterator[slice]:
    """Cut a list into runs whose counts add up to about a million."""
    total = np.cumsum(counts)
    start, done = 0, 0
    while start < len(counts):
        stop = max(start + 1, int(np.searchsorted(total, done + _AT_ONCE, side="right")))
        yield slice(start, stop)
        start, done = stop, int(total[stop - 1])


def _expand(owner: Ints, first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Repeat each owner `count` times beside first, first + 1, …"""
    starts = np.cumsum(count) - count
    position = np.arange(int(count.sum())) + np.repeat(first - starts, count)
    return np.repeat(owner, count), position


def _cut(along: Floats, across: Floats, line: Ints) -> tuple[Floats, Floats]:
    """Where the line `across = line` enters and leaves each triangle; start > end where it misses."""
    start, end = np.full(len(line), np.inf), np.full(len(line), -np.inf)
    for corner in range(3):
        p, q = corner, (corner + 1) % 3
        step = across[q] - across[p]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (line - across[p]) / step
        # an edge along the line itself counts through its two neighbours, which end on it
        meets = (share >= -_TOLERANCE_PIXELS) & (share <= 1 + _TOLERANCE_PIXELS) & (step != 0)
        where = along[p] + np.clip(share, 0, 1) * (along[q] - along[p])
        np.minimum(start, where, out=start, where=meets)
        np.maximum(end, where, out=end, where=meets)
    return start, end


def _planes(u: Floats, v: Floats, z: Floats) -> Floats:
    """Height at u = v = 0 and slopes along u and v of each triangle's plane, [3, triangle]."""
    pu, pv, pz = (w[1] - w[0] for w in (u, v, z))
    qu, qv, qz = (w[2] - w[0] for w in (u, v, z))
    area = pu * qv - pv * qu
    slope_u, slope_v = (pz * qv - qz * pv) / area, (pu * qz - qu * pz) / area
    return np.stack([z[0] - slope_u * u[0] - slope_v * v[0], slope_u, slope_v])
