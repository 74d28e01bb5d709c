"""The fewest triangles that any edge-conforming closed mesh of a relief can have, counted without meshing.

A relief over a full base plate is a height field: it can be lowered onto its base, so it is one body (c = 1)
without handles (g = 0), and its closed surface is a sphere. Euler's V - E + F = 2 with 2 E = 3 F then gives
F = 2 (V - 2), and V is smallest where only true corners are vertices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.relief.lattice import Lattice

_ROWS_PER_BAND = 128

Ranks = NDArray[np.uint16]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class VertexCount:
    """Vertices of a layer's surface, once its diagonal contacts are split.

    Args:
        true_corners: points around which the solid is the same along no axis; a contact between equally high
            pixels counts twice.
        lattice_points: all points where a pixel has a corner, twice likewise.
    """

    true_corners: int
    lattice_points: int

    @property
    def floor(self) -> int:
        """The fewest triangles: 2 (V - 2) over the true corners.

        >>> VertexCount(true_corners=8, lattice_points=8).floor
        12
        """
        return 2 * (self.true_corners - 2)

    @property
    def conforming(self) -> int:
        """Triangles of the mesh that keeps every lattice point: 2 (V - 2) over all of them."""
        return 2 * (self.lattice_points - 2)


def count_vertices(lattice: Lattice) -> VertexCount:
    """Count the vertices of a layer in one pass over its lattice corners."""
    true = points = 0
    for corners in corner_bands(lattice):
        for index, z in enumerate(corners):
            new = np.ones(z.shape, dtype=np.bool_)
            for earlier in corners[:index]:
                new &= earlier != z
            points += int(np.count_nonzero(new))
            true += int(np.count_nonzero(new & _is_true_corner(corners, z)))
    return VertexCount(true + lattice.tied_contacts, points + lattice.tied_contacts)


def true_corner_mask(ll: Ranks, lr: Ranks, ul: Ranks, ur: Ranks, z: Ranks) -> Bools:
    """Whether the point at height rank z over each lattice corner is a true corner.

    Args:
        ll, lr, ul, ur: height ranks of the pixels around the corner; 0 outside the plate.
        z: height rank of the point, equal to one of the four.
    """
    return _is_true_corner((ll, lr, ul, ur), z)


def corner_bands(lattice: Lattice) -> Iterator[tuple[Ranks, Ranks, Ranks, Ranks]]:
    """Height ranks of the four pixels around each lattice corner (ll, lr, ul, ur), some rows at a time."""
    rank = lattice.rank
    for first in range(0, len(rank) - 1, _ROWS_PER_BAND):
        rows = rank[first : first + _ROWS_PER_BAND + 1]
        yield rows[:-1, :-1], rows[:-1, 1:], rows[1:, :-1], rows[1:, 1:]


def _is_true_corner(corners: tuple[Ranks, Ranks, Ranks, Ranks], z: Ranks) -> Bools:
    above = [corner > z for corner in corners]
    below = [(corner >= z) & (z > 0) for corner in corners]
    alike_in_x = _same(above, ((0, 1), (2, 3))) & _same(below, ((0, 1), (2, 3)))
    alike_in_y = _same(above, ((0, 2), (1, 3))) & _same(below, ((0, 2), (1, 3)))
    return ~(alike_in_x | alike_in_y)


def _same(solid: list[Bools], pairs: tuple[tuple[int, int], tuple[int, int]]) -> Bools:
    (a, b), (c, d) = pairs
    same: Bools = (solid[a] == solid[b]) & (solid[c] == solid[d])
    return same
