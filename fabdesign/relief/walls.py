"""Walls between pixels: each carries every vertex that lies on its vertical sides, so that edges conform."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.relief.contacts import LOWER_LEFT, LOWER_RIGHT, PULL_X, PULL_Y, UPPER_LEFT, UPPER_RIGHT
from fabdesign.relief.lattice import STEPS, Lattice
from fabdesign.relief.mesh import MINUS_X, MINUS_Y, PLUS_X, PLUS_Y, Triangles

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]


def pixel_corner(lattice: Lattice, i: Ints, j: Ints, pixel: int | NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """The indices (xi, yi) of a pixel's own corner: pulled in where this pixel is the one that gives way."""
    code = lattice.pull[i, j]
    code = np.where(code == pixel, code, 0)
    return STEPS * j + 1 + PULL_X[code], STEPS * i + 1 + PULL_Y[code]


@dataclass(frozen=True, eq=False)
class Side:
    """A vertical side of walls: the corners it stands on, and the two pixels across each of them.

    Args:
        i, j: int32 [wall], lattice corner.
        beside_high: int32 [wall], rank of the pixel across the corner from the wall's higher pixel.
        beside_low: int32 [wall], the same for the lower pixel.
        high_pixel: uint8 [wall], where the higher pixel lies, seen from the corner.
        beside_low_pixel: uint8 [wall], where the pixel of `beside_low` lies.
    """

    i: Ints
    j: Ints
    beside_high: Ints
    beside_low: Ints
    high_pixel: NDArray[np.uint8]
    beside_low_pixel: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Walls:
    """Walls one pixel wide.

    Args:
        high, low: int32 [wall], ranks of the two pixels.
        sides: where lattice indices are smaller, and where they are larger.
        flip: bool [wall], whether first low, second low, second high, first high runs clockwise from outside.
        axis: int8 [wall], outward direction.
    """

    high: Ints
    low: Ints
    sides: tuple[Side, Side]
    flip: Bools
    axis: NDArray[np.int8]


def walls_across_x(lattice: Lattice, first: int, last: int) -> Walls:
    """Walls between pixels of rows first…last-1 and their neighbours in x."""
    rank = lattice.rank
    left, right = rank[first + 1 : last + 1, :-1], rank[first + 1 : last + 1, 1:]
    i, j = (found.astype(np.int32) for found in np.nonzero(left != right))
    i += first
    falling = rank[i + 1, j] > rank[i + 1, j + 1]
    high_j, low_j = np.where(falling, j, j + 1), np.where(falling, j + 1, j)
    sides = [
        Side(
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
    axis = np.where(falling, PLUS_X, MINUS_X).astype(np.int8)
    return Walls(high, low, (sides[0], sides[1]), ~falling, axis)


def walls_across_y(lattice: Lattice, first: int, last: int) -> Walls:
    """Walls on the lattice lines first…last-1 along x, between a pixel and its neighbour in y."""
    rank = lattice.rank
    below, above = rank[first:last, 1:-1], rank[first + 1 : last + 1, 1:-1]
    i, j = (found.astype(np.int32) for found in np.nonzero(below != above))
    i += first
    falling = rank[i, j + 1] > rank[i + 1, j + 1]
    high_i, low_i = np.where(falling, i, i + 1), np.where(falling, i + 1, i)
    sides = [
        Side(
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
    axis = np.where(falling, PLUS_Y, MINUS_Y).astype(np.int8)
    return Walls(high, low, (sides[0], sides[1]), falling, axis)


def wall_triangles(lattice: Lattice, walls: Walls) -> list[Triangles]:
    """Mesh walls: triangles (a_k, b_0, a_k+1) up side a, then (b_k, b_k+1, a_top) up side b."""
    high, low = walls.high, walls.low
    feet = [(STEPS * side.j + 1, STEPS * side.i + 1) for side in walls.sides]
    tops = [pixel_corner(lattice, side.i, side.j, side.high_pixel) for side in walls.sides]
    found: list[Triangles] = []
    for this in (0, 1):
        chain = side_ranks(lattice, high, low, walls.sides[this])
        apex, apex_z = (feet[1], low) if this == 0 else (tops[0], high)
        for lower, upper in itertools.pairwise(chain):
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
            turned = walls.flip[keep] ^ (this == 1)
            found.append(_oriented(vertices, turned, walls.axis[keep]))
    return found


def side_ranks(lattice: Lattice, high: Ints, low: Ints, side: Side) -> tuple[Ints, Ints, Ints, Ints]:
    """Ranks of the vertices up one side, lowest first; a missing one repeats the lowest."""
    gives_way = lattice.pull[side.i, side.j] == side.beside_low_pixel
    first = np.where((side.beside_high > low) & (side.beside_high < high), side.beside_high, low)
    second = np.where((side.beside_low > low) & (side.beside_low < high) & ~gives_way, side.beside_low, low)
    return low, np.minimum(first, second), np.maximum(first, second), high


def _oriented(vertices: list[tuple[Ints, Ints, Ints]], turned: Bools, axis: NDArray[np.int8]) -> Triangles:
    columns = []
    for first, second, third in zip(*vertices, strict=True):
        swapped = [first, np.where(turned, third, second), np.where(turned, second, third)]
        columns.append(np.stack(swapped, axis=1).astype(np.int32))
    return Triangles(columns[0], columns[1], columns[2], axis)
