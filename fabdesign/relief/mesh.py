"""What every mesh of a layer is made of: batches of triangles whose vertices are lattice integers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fabdesign.relief.lattice import STEPS, Lattice

PLUS_X, MINUS_X, PLUS_Y, MINUS_Y, PLUS_Z, MINUS_Z = range(6)
"""Outward direction of a face."""

AXIS_NORMAL = np.array(
    [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], dtype=np.float32
)
"""Unit normal of each direction."""


@dataclass(frozen=True, eq=False)
class Triangles:
    """A batch of triangles, counter-clockwise seen from outside.

    Args:
        xi, yi, zi: int32 [triangle, 3], lattice integers of the vertices (`Lattice` explains them).
        axis: int8 [triangle], outward direction before corners are pulled in.
    """

    xi: NDArray[np.int32]
    yi: NDArray[np.int32]
    zi: NDArray[np.int32]
    axis: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.axis)

    @cached_property
    def moved(self) -> NDArray[np.intp]:
        """The triangles that have a pulled-in vertex."""
        first, second, third = (self.xi % STEPS != 1).T
        return np.flatnonzero(first | second | third)


def vertex_keys(lattice: Lattice, batch: Triangles) -> NDArray[np.int64]:
    """One integer per vertex, the same in all batches of a layer: what formats with indexed vertices need.

    Returns:
        int64 [triangle, 3]; `key_to_indices` turns it back.
    """
    key = batch.yi.astype(np.int64) * len(lattice.x_um) + batch.xi
    return key * len(lattice.z_pm) + batch.zi


def key_to_indices(lattice: Lattice, key: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """The lattice integers (xi, yi, zi) of vertex keys."""
    lateral, zi = np.divmod(key, len(lattice.z_pm))
    yi, xi = np.divmod(lateral, len(lattice.x_um))
    return xi, yi, zi


def join(parts: list[Triangles]) -> Triangles:
    """Put batches together, in order."""
    return Triangles(
        np.concatenate([part.xi for part in parts]),
        np.concatenate([part.yi for part in parts]),
        np.concatenate([part.zi for part in parts]),
        np.concatenate([part.axis for part in parts]),
    )
