"""The mesh of a project in the size in which the project prints it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.header import HeaderTag
from fabdesign.check.mesh_file import Corners
from fabdesign.check.nano.project import NanoProject


@dataclass(frozen=True, eq=False)
class ProjectMesh:
    """The STL in a project, stretched as the project says.

    Args:
        project: the project.
    """

    project: NanoProject

    @property
    def format(self) -> str:
        """Name of the format."""
        return "nano"

    @property
    def path(self) -> Path:
        """The project."""
        return self.project.path

    @property
    def triangles(self) -> int:
        """How many triangles it holds."""
        return self.project.solid.triangles

    @property
    def tag(self) -> HeaderTag | None:
        """What the header of the STL says, if fabdesign wrote it."""
        return self.project.solid.tag

    @property
    def rounding_source(self) -> str:
        """What can move a height."""
        return self.project.solid.rounding_source

    def rounding_um(self, largest_um: float) -> float:
        """How far writing coordinates as float32 can move a height."""
        return self.project.solid.rounding_um(largest_um)

    def corners(self) -> Iterator[Corners]:
        """The corners of all triangles, piece by piece, [triangle, corner, xyz]."""
        for corners, _ in self.pieces():
            yield corners

    def points(self) -> Iterator[NDArray[np.uint64]]:
        """A number for each corner from where it is, [corner, triangle]."""
        yield from self.project.solid.points()

    def pieces(self) -> Iterator[tuple[Corners, Corners]]:
        """Corners [triangle, corner, xyz] and stored normals, piece by piece."""
        scale = self.project.scale
        for corners, normals in self.project.solid.pieces():
            yield corners if scale == (1.0, 1.0, 1.0) else corners.astype(np.float64) * scale, normals
