"""The vertices of a layer's mesh, numbered: for formats whose triangles name their vertices by index.

Vertices are numbered corner by corner along x, then y; on one corner with rising height, and at a contact
between equally high pixels the vertex that is not pulled in comes first.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fabdesign.relief.contacts import PULL_X, PULL_Y
from fabdesign.relief.floor import corner_bands, true_corner_mask
from fabdesign.relief.lattice import STEPS, Lattice
from fabdesign.relief.mesh import Triangles

_NONE = np.uint16(0xFFFF)
_MOST_AT_A_CORNER = 5
"""Four pixels meet at a corner, and one of them may have a vertex pulled in beside another's."""
_CORNERS_AT_ONCE = 1 << 18

Keys = NDArray[np.uint16]
Ints = NDArray[np.int32]


class VertexTable:
    """All vertices of the mesh of a layer, and the number of each.

    A vertex on a lattice corner is the key 2 zi + 1 if it is pulled in there, else 2 zi.

    Args:
        lattice: the layer.
        merged: number the vertices of `merged_mesh`, the true corners; else those of `pixel_mesh`.
    """

    def __init__(self, lattice: Lattice, *, merged: bool) -> None:
        self._lattice = lattice
        ny, nx = lattice.pixels
        counts = np.zeros((ny + 1) * (nx + 1) + 1, dtype=np.int32)
        found, first = [], 0
        for corners in corner_bands(lattice):
            keys = _keys_of_band(lattice, corners, first // (nx + 1), merged=merged)
            there = keys != _NONE
            counts[first + 1 : first + 1 + len(keys)] = np.count_nonzero(there, axis=1)
            found.append(keys[there])
            first += len(keys)
        self._key = np.concatenate(found)
        self._before = np.cumsum(counts, dtype=np.int32)

    def __len__(self) -> int:
        return len(self._key)

    def vertices(self) -> Iterator[tuple[Ints, Ints, Ints]]:
        """Lattice integers (xi, yi, zi) of all vertices in their order, in batches of bounded size."""
        width, pull = self._lattice.pixels[1] + 1, self._lattice.pull.ravel()
        corners = len(self._before) - 1
        for first in range(0, corners, _CORNERS_AT_ONCE):
            before = self._before[first : min(first + _CORNERS_AT_ONCE, corners) + 1]
            corner = np.repeat(np.arange(first, first + len(before) - 1, dtype=np.int32), np.diff(before))
            key = self._key[before[0] : before[-1]]
            row, column = np.divmod(corner, np.int32(width))
            code = pull.take(corner) * (key & 1).astype(np.uint8)
            xi, yi = STEPS * column + 1 + PULL_X.take(code), STEPS * row + 1 + PULL_Y.take(code)
            yield xi.astype(np.int32), yi.astype(np.int32), (key >> 1).astype(np.int32)

    def index(self, batch: Triangles) -> Ints:
        """The numbers of the vertices of triangles, int32 [triangle, 3]."""
        row, _ = np.divmod(batch.yi, np.int32(STEPS))
        column, step = np.divmod(batch.xi, np.int32(STEPS))
        key = (2 * batch.zi + (step != 1)).astype(np.uint16)
        corner = row * np.int32(self._lattice.pixels[1] + 1) + column
        index: Ints = self._before.take(corner)
        for _ in range(_MOST_AT_A_CORNER - 1):
            index += self._key.take(index, mode="clip") < key
        found = (index < self._before.take(corner + 1)) & (self._key.take(index, mode="clip") == key)
        if not found.all():
            raise AssertionError("the mesh has a vertex that is not in the table")
        return index


def _keys_of_band(
    lattice: Lattice, corners: tuple[Keys, Keys, Keys, Keys], row: int, *, merged: bool
) -> Keys:
    """Keys of the vertices on each corner of a band, rising, with gaps: uint16 [corner, 5]."""
    ll, lr, ul, ur = (corner.ravel() for corner in corners)
    heights = np.stack([ll, lr, ul, ur])
    pull = lattice.pull[row : row + len(corners[0])].ravel()
    keys = np.full((_MOST_AT_A_CORNER, len(ll)), _NONE, dtype=np.uint16)
    for k, z in enumerate(heights):
        here = true_corner_mask(ll, lr, ul, ur, z) if merged else np.ones(len(z), dtype=np.bool_)
        for earlier in heights[:k]:
            here &= earlier != z
        keys[k, here] = 2 * z[here]
    _pull_in(keys, heights, pull)
    several = np.flatnonzero(np.count_nonzero(keys != _NONE, axis=0) > 1)
    keys[:, several] = np.sort(keys[:, several], axis=0)
    return keys.T


def _pull_in(keys: Keys, heights: Keys, pull: NDArray[np.uint8]) -> None:
    """Give the pulled-in vertex of each contact its key, beside the other at its height or in its place."""
    at = np.flatnonzero(pull)
    pulled = heights[pull[at] - 1, at]
    keys[-1, at] = 2 * pulled + 1
    alone = np.count_nonzero(heights[:, at] == pulled, axis=0) == 1
    at, pulled = at[alone], pulled[alone]
    keys[:-1, at] = np.where(keys[:-1, at] == 2 * pulled, _NONE, keys[:-1, at])
