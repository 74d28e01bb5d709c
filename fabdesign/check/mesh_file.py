"""What every reader of a solid gives: its triangles, piece by piece, as often as asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Corners = NDArray[np.floating[Any]]


class MeshFile(Protocol):
    """A file that holds a mesh in micrometres."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def triangles(self) -> int:
        """How many triangles it holds."""

    def corners(self) -> Iterator[Corners]:
        """The corners of all triangles, piece by piece, [triangle, corner, xyz]."""

    def pieces(self) -> Iterator[tuple[Corners, Corners]]:
        """Corners, and stored normals [triangle, xyz]; zero where the format has none."""

    def points(self) -> Iterator[NDArray[np.uint64]]:
        """One number for each corner in the order of `corners`, [corner, triangle]: equal for one vertex."""
