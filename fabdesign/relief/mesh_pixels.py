"""The conforming mesh: two triangles a pixel, and the walls of `relief.walls`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fabdesign.relief.contacts import LOWER_LEFT, LOWER_RIGHT, UPPER_LEFT, UPPER_RIGHT
from fabdesign.relief.lattice import STEPS, Lattice
from fabdesign.relief.mesh import MINUS_Z, PLUS_Z, Triangles, join
from fabdesign.relief.walls import pixel_corner, wall_triangles, walls_across_x, walls_across_y

_PIXELS_PER_BAND = 32_768


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
            *wall_triangles(lattice, walls_across_x(lattice, first, last)),
            *wall_triangles(lattice, walls_across_y(lattice, first, last + (last == ny))),
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
        pixel_corner(lattice, i + di, j + dj, pixel)
        for di, dj, pixel in (
            (0, 0, UPPER_RIGHT),
            (0, 1, UPPER_LEFT),
            (1, 1, LOWER_LEFT),
            (1, 0, LOWER_RIGHT),
        )
    ]
    axis = np.full(len(z), PLUS_Z, dtype=np.int8)
    zi = np.stack([z, z, z], axis=1)
    halves = [[corners[k] for k in triangle] for triangle in ((0, 1, 2), (0, 2, 3))]
    return [
        Triangles(
            np.stack([xi for xi, _ in half], axis=1), np.stack([yi for _, yi in half], axis=1), zi, axis
        )
        for half in halves
    ]
