"""The vertices of layers put together, numbered: for formats whose triangles name their vertices by index."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fabdesign.relief.assembly.assembled import Assembled
from fabdesign.relief.assembly.storey import Mask
from fabdesign.relief.lattice import STEPS
from fabdesign.relief.mesh import Triangles
from fabdesign.relief.vertices import VertexTable

Ints = NDArray[np.int32]


class AssembledVertices:
    """All vertices of the mesh of an assembled solid, and the triangles over their numbers.

    Each storey numbers its own; the corners of the holes in its bottom are those of the posts below.

    Args:
        solid: the layers put together.
    """

    def __init__(self, solid: Assembled) -> None:
        self._solid = solid
        self._parts = [
            (storey, lattice, VertexTable(lattice, merged=True)) for storey, lattice in solid.lattices()
        ]
        sizes = [len(table) for _, _, table in self._parts]
        self._first = np.concatenate([[0], np.cumsum(sizes)]).tolist()

    def __len__(self) -> int:
        return int(self._first[-1])

    def vertices(self) -> Iterator[tuple[Ints, Ints, Ints]]:
        """Lattice integers (xi, yi) and rank of height of all vertices in their order, in batches."""
        for storey, _, table in self._parts:
            z_rank = self._solid.z_rank(storey)
            y, x = (np.int32(STEPS * line) for line in storey.corner)
            for xi, yi, zi in table.vertices():
                yield xi + x, yi + y, z_rank[zi]

    def triangles(self) -> Iterator[Ints]:
        """Numbers of the corners of all triangles, int32 [triangle, 3], in batches."""
        for at, (storey, lattice, table) in enumerate(self._parts):
            held = _touched(storey.held)
            for batch in storey.batches(lattice):
                if storey.held.any() and not batch.zi.any():
                    yield self._bottom(at, batch, held)
                else:
                    yield table.index(batch) + np.int32(self._first[at])

    def _bottom(self, at: int, batch: Triangles, held: Mask) -> Ints:
        """Numbers of the corners of a bottom with holes."""
        (below, _, lower), (_, _, own) = self._parts[at - 1], self._parts[at]
        of_post = held[batch.yi // STEPS, batch.xi // STEPS]
        index = np.empty(batch.xi.shape, dtype=np.int32)
        post_rank = len(below.z_pm) - 1
        index[of_post] = _single(lower, batch, of_post, post_rank) + np.int32(self._first[at - 1])
        index[~of_post] = _single(own, batch, ~of_post, 0) + np.int32(self._first[at])
        return index


def _single(table: VertexTable, batch: Triangles, chosen: Mask, rank: int) -> Ints:
    """Numbers of single vertices: a table takes triangles, so each becomes one."""
    xi, yi = (np.repeat(values[chosen][:, None], 3, axis=1) for values in (batch.xi, batch.yi))
    axis = np.zeros(len(xi), dtype=np.int8)
    index: Ints = table.index(Triangles(xi, yi, np.full_like(xi, rank), axis))[:, 0]
    return index


def _touched(mask: Mask) -> Mask:
    """Lattice corners that a pixel of a mask has a corner on."""
    padded = np.pad(mask, 1)
    touched: Mask = padded[1:, 1:] | padded[1:, :-1] | padded[:-1, 1:] | padded[:-1, :-1]
    return touched
