"""From the mesh in a file back to the thickness of every pixel, unsnapped, and to what the mesh is like."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabdesign.check import geometry
from fabdesign.check.finding import Finding
from fabdesign.check.header import HeaderTag
from fabdesign.check.lattice import Lattice, infer_lattice, known_lattice
from fabdesign.check.mesh_file import MeshFile
from fabdesign.check.scan import ReliefScan
from fabdesign.check.solid import Solid, survey
from fabdesign.check.stl_file import open_stl
from fabdesign.errors import FileFormatError


@dataclass(frozen=True, eq=False)
class ReadBack:
    """What a file of a solid holds.

    Args:
        path: the file.
        tag: design and layer by what it says of itself; None where fabdesign did not write it.
        solid: facts about the mesh.
        lattice: the pixels it was read on.
        thickness_um: from bottom to top at each pixel's centre, float64 [y, x]; NaN where nothing is.
        base_um: thickness below level 0: as given, or else the smallest thickness.
        upside_down: the relief is on the bottom; thickness is as seen from above all the same.
        findings: what is wrong with the mesh.
        format: name of the format, as in the exporters.
        rounding_um: how far writing the format can move a height.
        rounding_source: what moves it, in words.
    """

    path: Path
    tag: HeaderTag | None
    solid: Solid
    lattice: Lattice
    thickness_um: NDArray[np.float64]
    base_um: float
    upside_down: bool
    findings: tuple[Finding, ...]
    format: str
    rounding_um: float
    rounding_source: str

    @property
    def height_um(self) -> NDArray[np.float64]:
        """Relief height of each pixel above its base, unsnapped, float64 [y, x]."""
        return self.thickness_um - self.base_um

    @property
    def pitch_um(self) -> float:
        """Edge of a pixel; the mean of both where the file is distorted."""
        return (self.lattice.pitch_x_um + self.lattice.pitch_y_um) / 2

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file."""
        return (self.path,)

    @property
    def pixel_um(self) -> tuple[float, float]:
        """Width and depth of a pixel."""
        return self.lattice.pitch_x_um, self.lattice.pitch_y_um

    @property
    def has_base(self) -> bool:
        """A solid holds its base plate."""
        return True

    @property
    def size_um(self) -> NDArray[np.float64]:
        """The box, xyz."""
        return self.solid.size_um

    @property
    def facts(self) -> dict[str, Any]:
        """What the mesh is like, plain JSON values."""
        solid = self.solid
        return {
            "triangles": solid.triangles,
            "closed": solid.closed,
            "outward": solid.outward,
            "volume_um3": solid.volume_um3,
            "minimum_um": solid.minimum_um.tolist(),
            "maximum_um": solid.maximum_um.tolist(),
        }

    @property
    def origin_um(self) -> tuple[float, float, float]:
        """Middle of the box in x and y, and its bottom."""
        return *self.lattice.centre_um, float(self.solid.minimum_um[2])


def read_back_stl(
    path: str | os.PathLike[str], pixels: tuple[int, int] | None = None, base_um: float | None = None
) -> ReadBack:
    """Parse a binary STL and recover the thickness at every pixel's centre, without snapping.

    Args:
        path: the file; coordinates are taken as µm.
        pixels: (ny, nx); without it they are inferred from the corners.
        base_um: thickness of the base plate; without it the thinnest pixel is taken for level 0.

    Raises:
        FileFormatError: no binary STL, or a mesh that cannot be read as a relief on square pixels.
    """
    return read_back_mesh(open_stl(path), pixels, base_um)


def read_back_mesh(
    file: MeshFile, pixels: tuple[int, int] | None = None, base_um: float | None = None
) -> ReadBack:
    """Recover the thickness at every pixel's centre from a mesh, without snapping; as `read_back_stl`.

    Raises:
        FileFormatError: the mesh cannot be read, or not as a relief on square pixels.
    """
    solid = survey(file)
    _refuse_flat(file, solid)
    lattice = infer_lattice(file, solid) if pixels is None else known_lattice(solid, pixels)
    scan = ReliefScan(file, solid, lattice)
    thickness = scan.thickness_um
    _refuse_empty(thickness, file)
    findings = (*geometry.mesh_findings(solid, scan), *geometry.relief_findings(solid, scan, lattice))
    return ReadBack(
        path=file.path,
        tag=file.tag,
        solid=solid,
        lattice=lattice,
        thickness_um=thickness,
        base_um=float(np.nanmin(thickness)) if base_um is None else base_um,
        upside_down=scan.upside_down,
        findings=tuple(finding.at(file=str(file.path)) for finding in findings),
        format=file.format,
        rounding_um=file.rounding_um(float(np.abs([solid.minimum_um[2], solid.maximum_um[2]]).max())),
        rounding_source=file.rounding_source,
    )


def _refuse_flat(file: MeshFile, solid: Solid) -> None:
    if not (solid.size_um > 0).all():
        size = " × ".join(f"{side:.6g}" for side in solid.size_um)
        raise FileFormatError(
            f"{file.path} has no thickness in some direction: its box is {size} um.",
            hint="Export the design again.",
        )


def _refuse_empty(thickness: NDArray[np.float64], file: MeshFile) -> None:
    if np.isnan(thickness).all():
        raise FileFormatError(
            f"{file.path} has no material over the centre of any pixel.", hint="Check that it holds a relief."
        )
