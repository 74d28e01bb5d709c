"""The mesh at the floor: only true corners are vertices, so no closed mesh has fewer triangles."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fabdesign.relief.lattice import STEPS, Lattice
from fabdesign.relief.merged_tops import merged_tops
from fabdesign.relief.merged_walls import merged_walls
from fabdesign.relief.mesh import MINUS_Z, Triangles


def merged_mesh(lattice: Lattice) -> Iterator[Triangles]:
    """Mesh a layer with 2 (V - 2) triangles over its V true corners: bottom, tops, walls.

    Yields:
        batches of bounded size.
    """
    yield _bottom(lattice)
    yield from merged_tops(lattice)
    yield from merged_walls(lattice)


def _bottom(lattice: Lattice) -> Triangles:
    ny, nx = lattice.pixels
    xi = STEPS * np.array([[0, nx, nx], [0, 0, nx]], dtype=np.int32) + 1
    yi = STEPS * np.array([[0, ny, 0], [0, ny, ny]], dtype=np.int32) + 1
    return Triangles(xi, yi, np.zeros_like(xi), np.full(2, MINUS_Z, dtype=np.int8))
