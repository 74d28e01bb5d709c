"""The conforming mesh: two triangles a pixel, and walls that carry every vertex on their vertical sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.relief.contacts import LOWER_LEFT, LOWER_RIGHT, PULL_X, PULL_Y, UPPER_LEFT, UPPER_RIGHT
from fabdesign.relief.lattice import STEPS, Lattice
from fabdesign.relief.mesh import MINUS_X, MINUS_Y, MINUS_Z, PLUS_X, PLUS_Y, PLUS_Z, Triangles, join

_PIXELS_PER_BAND = 32_768

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]


def pixel_mesh(lattice: Lattice) -> Iterator[Triangles]:
    """Mesh a layer band by band: one closed surface, each edge in exactly two triangles.

    Yields:
        batches of bounded size; the bottom comes first, then rows with rising y.
    """
    ny, nx = lattice.pixels
    yield _bottom(ny, nx)
    rows = max(1, _PIXELS_PER_BAND // nx)
    for first in range(0, ny, rows):
        last = min(first + rows, ny)
        yield join([
            *_tops(lattice, first, last),
            *_walls_across_x(lattice, first, last),
            *_walls_across_y(lattice, first, last + (last == ny)),
        ])  # fmt: skip


def _bottom(ny: int, nx: int) -> Triangles:
    j, i = np.arange(nx), np.arange(1, ny)
    one = np.ones_like
    front = (j, j * 0), (nx * one(j), one(j)), (j + 1, j * 0)
    right = (i * 0, i * 0), (nx * one(i), i + 1), (nx * one(i), i)
    back = (j, ny * one(j)), (j + 1, ny * one(j)), (j * 0, (ny - 1) * one(j))
    left = (i * 0, i - 1), (i * 0, i), (nx * one(i), ny * one(i))
    corners = np.concatenate([np.array(side) for side in (front, right, back, left)], axis=2)
    xi, yi = (STEPS * corners[:, axis].T.astype(np.int32) + 1 for axis in (0, 1))
    return Triangles(xi, yi, np.zeros_like(xi), np.full(len(xi), MINUS_Z, dtype=np.int8))


def _tops(lattice: Lattice, first: int, last: int) -> list[Triangles]:
    nx = lattice.pixels[1]
    i, j = (grid.ravel() for grid in np.mgrid[first:last, 0:nx].astype(np.int32))
    z = lattice.rank[first + 1 : last + 1, 1:-1].ravel().astype(np.int32)
    corners = [
        _corner(lattice, i + di, j + dj, pixel)
        for di, dj, pixel in (
            (0, 0, UPPER_RIGHT),
            (0, 1, UPPER_LEFT),
            (1, 1, LOWER_LEFT),
            (1, 0, LOWER_RIGHT),
        )
    ]
    axis = np.full(len(z), PLUS_Z, dtype=np.int8)
    zi = np.stack([z, z, z], axis=1)
    return [
        Triangles(*(np.stack([corners[k][xy] for k in triangle], axis=1) for xy in (0, 1)), zi, axis)
        for triangle in ((0, 1, 2), (0, 2, 3))
    ]


def _corner(lattice: Lattice, i: Ints, j: Ints, pixel: int | NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """The indices (xi, yi) of a pixel's own corner: pulled in where this pixel is the one that gives way."""
    code = lattice.pull[i, j]
    code = np.where(code == pixel, code, 0)
    return STEPS * j + 1 + PULL_X[code], STEPS * i + 1 + PULL_Y[code]


@dataclass(frozen=True, eq=False)
class _Side:
    """A vertical side of a wall: the corner it stands on, and the two pixels across that corner."""

    i: Ints
    j: Ints
    beside_high: Ints
    beside_low: Ints
    high_pixel: NDArray[np.uint8]
    beside_low_pixel: NDArray[np.uint8]


def _walls_across_x(lattice: Lattice, first: int, last: int) -> list[Triangles]:
    """Walls between pixels of rows first…last-1 and their neighbours in x."""
    rank = lattice.rank
    left, right = rank[first + 1 : last + 1, :-1], rank[first + 1 : last + 1, 1:]
    i, j = (found.astype(np.int32) for found in np.nonzero(left != right))
    i += first
    falling = rank[i + 1, j] > rank[i + 1, j + 1]
    high_j, low_j = np.where(falling, j, j + 1), np.where(falling, j + 1, j)
    sides = [
        _Side(
            i + step,
            j,
            rank[row, high_j].astype(np.int32),
            rank[row, low_j].astype(np.int32),
            np.where(falling, high_left, high_right).astype(np.uint8),
            np.where(falling, low_right, low_left).astype(np.uint8),
        )
        for step, row, high_left, high_right, low_left, low_right in (
            (0, i, UPPER_LEFT, UPPER_RIGHT, LOWER_LEFT, LOWER_RIGHT),
            (1, i + 2, LOWER_LEFT, LOWER_RIGHT, UPPER_LEFT, UPPER_RIGHT),
        )
    ]
    high, low = rank[i + 1, high_j].astype(np.int32), rank[i + 1, low_j].astype(np.int32)
    return _wall_triangles(lattice, high, low, sides, ~falling, np.where(falling, PLUS_X, MINUS_X))


def _walls_across_y(lattice: Lattice, first: int, last: int) -> list[Triangles]:
    """Walls on the lattice lines first…last-1 along x, between a pixel and its neighbour in y."""
    rank = lattice.rank
    below, above = rank[first:last, 1:-1], rank[first + 1 : last + 1, 1:-1]
    i, j = (found.astype(np.int32) for found in np.nonzero(below != above))
    i += first
    falling = rank[i, j + 1] > rank[i + 1, j + 1]
    high_i, low_i = np.where(falling, i, i + 1), np.where(falling, i + 1, i)
    sides = [
        _Side(
            i,
            j + step,
            rank[high_i, column].astype(np.int32),
            rank[low_i, column].astype(np.int32),
            np.where(falling, high_below, high_above).astype(np.uint8),
            np.where(falling, low_above, low_below).astype(np.uint8),
        )
        for step, column, high_below, high_above, low_below, low_above in (
            (0, j, LOWER_RIGHT, UPPER_RIGHT, LOWER_LEFT, UPPER_LEFT),
            (1, j + 2, LOWER_LEFT, UPPER_LEFT, LOWER_RIGHT, UPPER_RIGHT),
        )
    ]
    high, low = rank[high_i, j + 1].astype(np.int32), rank[low_i, j + 1].astype(np.int32)
    return _wall_triangles(lattice, high, low, sides, falling, np.where(falling, PLUS_Y, MINUS_Y))


def _wall_triangles(
    lattice: Lattice, high: Ints, low: Ints, sides: list[_Side], flip: Bools, axis: NDArray[np.int64]
) -> list[Triangles]:
    """Triangles (a_k, b_0, a_k+1) up the first side, then (b_k, b_k+1, a_top) up the second."""
    feet = [(STEPS * side.j + 1, STEPS * side.i + 1) for side in sides]
    tops = [_corner(lattice, side.i, side.j, side.high_pixel) for side in sides]
    found: list[Triangles] = []
    for this, other in ((0, 1), (1, 0)):
        chain = _side_ranks(lattice, high, low, sides[this])
        apex, apex_z = (feet[1], low) if this == 0 else (tops[0], high)
        for lower, upper in zip(chain[:-1], chain[1:], strict=True):
            keep = np.flatnonzero(lower < upper)
            at_top = (upper == high)[keep]
            vertices = [
                (feet[this][0][keep], feet[this][1][keep], lower[keep]),
                (apex[0][keep], apex[1][keep], apex_z[keep]),
                (
                    np.where(at_top, tops[this][0][keep], feet[this][0][keep]),
                    np.where(at_top, tops[this][1][keep], feet[this][1][keep]),
                    upper[keep],
                ),
            ]
            turned = flip[keep] ^ (other == 0)
            found.append(_oriented(vertices, turned, axis[keep].astype(np.int8)))
    return found


def _side_ranks(lattice: Lattice, high: Ints, low: Ints, side: _Side) -> tuple[Ints, Ints, Ints, Ints]:
    """Ranks of the vertices up one side, lowest first; a missing one repeats the lowest."""
    gives_way = lattice.pull[side.i, side.j] == side.beside_low_pixel
    first = np.where((side.beside_high > low) & (side.beside_high < high), side.beside_high, low)
    second = np.where((side.beside_low > low) & (side.beside_low < high) & ~gives_way, side.beside_low, low)
    return low, np.minimum(first, second), np.maximum(first, second), high


def _oriented(vertices: list[tuple[Ints, Ints, Ints]], turned: Bools, axis: NDArray[np.int8]) -> Triangles:
    order = [vertices[0], vertices[1], vertices[2]]
    columns = [
        np.stack(
            [
                order[0][k],
                np.where(turned, order[2][k], order[1][k]),
                np.where(turned, order[1][k], order[2][k]),
            ],
            axis=1,
        )
        for k in range(3)
    ]
    return Triangles(columns[0].astype(np.int32), columns[1].astype(np.int32), columns[2], axis)
