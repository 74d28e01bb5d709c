"""What every mesh of a layer is made of: batches of triangles whose vertices are lattice integers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fabdesign.relief.lattice import STEPS

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


def join(parts: list[Triangles]) -> Triangles:
    """Put batches together, in order."""
    return Triangles(
        np.concatenate([part.xi for part in parts]),
        np.concatenate([part.yi for part in parts]),
        np.concatenate([part.zi for part in parts]),
        np.concatenate([part.axis for part in parts]),
    )
