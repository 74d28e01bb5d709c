"""What every reader of a solid gives: its triangles, piece by piece, as often as asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.header import HeaderTag

Corners = NDArray[np.floating[Any]]


class MeshFile(Protocol):
    """A file that holds a mesh in micrometres."""

    @property
    def format(self) -> str:
        """Name of the format, as in the exporters."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def triangles(self) -> int:
        """How many triangles it holds."""

    @property
    def tag(self) -> HeaderTag | None:
        """Design and layer by what the file says of itself; None where fabdesign did not write it."""

    @property
    def rounding_source(self) -> str:
        """What moves a coordinate when the format is written, in words."""

    def rounding_um(self, largest_um: float) -> float:
        """How far that can move the difference of two coordinates up to `largest_um`."""

    def corners(self) -> Iterator[Corners]:
        """The corners of all triangles, piece by piece, [triangle, corner, xyz]."""

    def pieces(self) -> Iterator[tuple[Corners, Corners]]:
        """Corners, and stored normals [triangle, xyz]; zero where the format has none."""

    def points(self) -> Iterator[NDArray[np.uint64]]:
        """One number for each corner in the order of `corners`, [corner, triangle]: equal for one vertex."""
