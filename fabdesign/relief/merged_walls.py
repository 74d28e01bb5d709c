"""Walls as few triangles as can be: coplanar walls that touch become one polygon, without a vertex added.

The walls on one lattice line are intervals of height, one per pixel of the line. Neighbours that face the
same way and overlap are parts of one polygon, which is monotone along the line: a sweep along it triangulates
it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fabdesign.relief.chains import LEFT, RIGHT, Index, Joining, Places
from fabdesign.relief.lattice import STEPS, Lattice, rounded_to_float32, rounding_error
from fabdesign.relief.mesh import MINUS_X, MINUS_Y, PLUS_X, PLUS_Y, Triangles
from fabdesign.relief.sweep import Chains
from fabdesign.relief.walls import Walls, pixel_corner, side_ranks, walls_across_y

_PIXELS_PER_BAND = 32_768

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

_L, _R = LEFT, RIGHT
_SIDE = np.array([_R, _R, _R, _R, _L, _L, _R, _R, _L, _L, _R, _R, _R, _L, _L, _L], dtype=np.intp)
"""End of the chain that each of the 16 events of a wall joins, low heights being at the left. In their order:
low, two between and high where a polygon starts; narrowing below and above, widening below and above where it
goes on, with the old height and the new one each; high, low and two between where it ends."""
_START_TOP, _END_TOP, _NARROW_TOP, _END_LOW, _END_BETWEEN = 3, 12, 6, 13, 14


def merged_walls(lattice: Lattice) -> Iterator[Triangles]:
    """Mesh all walls, in batches of bounded size."""
    yield from _walls_along_x(lattice)
    for batch in _walls_along_x(lattice.transposed()):
        axis = np.where(batch.axis == PLUS_Y, PLUS_X, MINUS_X).astype(np.int8)
        yield Triangles(batch.yi[:, ::-1], batch.xi[:, ::-1], batch.zi[:, ::-1], axis)


def _walls_along_x(lattice: Lattice) -> Iterator[Triangles]:
    ny, nx = lattice.pixels
    lines = max(1, _PIXELS_PER_BAND // nx)
    for first in range(0, ny + 1, lines):
        walls = walls_across_y(lattice, first, min(first + lines, ny + 1))
        if len(walls.high):
            yield _triangulate(lattice, walls)


def _triangulate(lattice: Lattice, walls: Walls) -> Triangles:
    goes_on = _continues(walls)
    present, strict = _events(lattice, walls, goes_on)
    wall, event = np.nonzero(present)
    polygon = (np.cumsum(~goes_on) - 1)[wall]
    order, ends = _in_rounds(polygon)
    strict = strict[wall, event][order]
    wall, event, polygon = wall[order], event[order], polygon[order]
    xi, yi, zi = _vertices(lattice, walls, wall, event)
    chains = Chains(_places(lattice, xi, zi), int(polygon.max()) + 1)
    joining = Joining(np.arange(len(order)), polygon, _SIDE[event], strict)
    for begin, end in itertools.pairwise(ends):
        chains.push(joining.part(slice(begin, end)))
    corners = chains.take()
    axis = walls.axis[wall[corners[:, 0]]]
    back = np.flatnonzero(axis == MINUS_Y)
    corners[back, 1], corners[back, 2] = corners[back, 2], corners[back, 1]
    return Triangles(xi[corners], yi[corners], zi[corners], axis)


def _places(lattice: Lattice, xi: Ints, zi: Ints) -> Places:
    """Heights go across the sweep, in units of the smallest step."""
    step_um = float(np.diff(lattice.z_um).min())
    return Places(
        (lattice.z_um / step_um)[zi],
        lattice.lines(xi),
        (rounded_to_float32(lattice.z_um)[zi], rounded_to_float32(lattice.x_um)[xi]),
        (rounding_error(lattice.z_um) / step_um, rounding_error(lattice.x_um) / lattice.pitch_um),
    )


def _continues(walls: Walls) -> Bools:
    """Whether each wall is part of the same polygon as the one before it."""
    i, j = walls.sides[0].i, walls.sides[0].j
    goes_on = np.zeros(len(i), dtype=np.bool_)
    goes_on[1:] = (i[1:] == i[:-1]) & (j[1:] == j[:-1] + 1) & (walls.axis[1:] == walls.axis[:-1])
    goes_on[1:] &= np.maximum(walls.low[1:], walls.low[:-1]) < np.minimum(walls.high[1:], walls.high[:-1])
    return goes_on


def _events(lattice: Lattice, walls: Walls, goes_on: Bools) -> tuple[Bools, Bools]:
    """Which of the 16 events each wall has, and which of them are strict (`Chains.push`)."""
    starts, ends = ~goes_on, ~np.append(goes_on[1:], False)
    low, high = walls.low, walls.high
    low_before, high_before = np.roll(low, 1), np.roll(high, 1)
    present = np.zeros((len(low), len(_SIDE)), dtype=np.bool_)
    strict = np.zeros_like(present)
    present[:, 0] = present[:, 3] = starts
    present[:, 4] = present[:, 5] = goes_on & (low > low_before)
    present[:, 6] = present[:, 7] = goes_on & (high < high_before)
    present[:, 8] = present[:, 9] = goes_on & (low < low_before)
    present[:, 10] = present[:, 11] = goes_on & (high > high_before)
    present[:, 12] = present[:, 13] = ends
    for column, side, at in ((1, walls.sides[0], starts), (14, walls.sides[1], ends)):
        _, lower, upper, _ = side_ranks(lattice, high, low, side)
        present[:, column] = at & (lower > low)
        present[:, column + 1] = at & (upper > lower)
    strict[:, _NARROW_TOP] = True
    strict[:, _END_LOW] = present[:, _END_BETWEEN] | present[:, _END_BETWEEN + 1]
    strict[:, _END_BETWEEN] = present[:, _END_BETWEEN + 1]
    return present, strict


def _vertices(lattice: Lattice, walls: Walls, wall: Index, event: Index) -> tuple[Ints, Ints, Ints]:
    low, high = walls.low, walls.high
    low_before, high_before = np.roll(low, 1), np.roll(high, 1)
    first, last = (side_ranks(lattice, high, low, side) for side in walls.sides)
    heights = np.stack(
        [
            *first,
            low_before, low, high_before, high, low_before, low, high_before, high,
            high, low, last[1], last[2],
        ],
        axis=1,
    )  # fmt: skip
    at_end = event >= _END_TOP
    i = walls.sides[0].i[wall]
    j = walls.sides[0].j[wall] + at_end
    xi, yi = (STEPS * j + 1).astype(np.int32), (STEPS * i + 1).astype(np.int32)
    for top, side in ((_START_TOP, walls.sides[0]), (_END_TOP, walls.sides[1])):
        x, y = pixel_corner(lattice, side.i, side.j, side.high_pixel)
        here = np.flatnonzero(event == top)
        xi[here], yi[here] = x[wall[here]], y[wall[here]]
    return xi, yi, heights[wall, event]


def _in_rounds(polygon: Index) -> tuple[Index, list[int]]:
    """Order events so that the first ones of all polygons come first, then the second ones, and so on."""
    counts = np.bincount(polygon)
    position = np.arange(len(polygon)) - np.repeat(np.cumsum(counts) - counts, counts)
    per_round = np.bincount(position)
    small = position.astype(np.uint16) if len(per_round) < 1 << 16 else position
    return np.argsort(small, kind="stable"), [0, *np.cumsum(per_round).tolist()]
