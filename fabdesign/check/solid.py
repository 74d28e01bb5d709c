"""What a mesh is as a solid: its box, its volume with sign, which way its faces look."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.edges import EdgeReport, check_edges
from fabdesign.check.mesh_file import Corners, MeshFile

Floats = NDArray[np.float64]

_NORMAL_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Solid:
    """Facts about a mesh, all computed from its corners.

    Args:
        triangles: how many there are.
        minimum_um: smallest x, y, z.
        maximum_um: largest x, y, z.
        volume_um3: enclosed volume; negative when the faces look inwards.
        degenerate: triangles without area.
        wrong_normals: triangles whose stored normal contradicts their corners.
        edges: how well the edges close.
    """

    triangles: int
    minimum_um: NDArray[np.float64]
    maximum_um: NDArray[np.float64]
    volume_um3: float
    degenerate: int
    wrong_normals: int
    edges: EdgeReport

    @property
    def size_um(self) -> NDArray[np.float64]:
        """Extent in x, y, z."""
        return self.maximum_um - self.minimum_um

    @property
    def closed(self) -> bool:
        """Whether every edge has exactly two faces, in opposite directions."""
        return self.edges.bad == 0

    @property
    def outward(self) -> bool:
        """Whether the faces look outwards: the enclosed volume is positive."""
        return self.volume_um3 > 0


def survey(file: MeshFile) -> Solid:
    """Go through a mesh twice: once for its faces, once for its edges.

    Raises:
        FileFormatError: a coordinate is not a finite number.
    """
    sums = _Sums()
    for corners, normals in file.pieces():
        sums.add(by_axis(corners), by_axis(normals))
    return Solid(
        triangles=file.triangles,
        minimum_um=sums.minimum,
        maximum_um=sums.maximum,
        volume_um3=sums.volume,
        degenerate=sums.degenerate,
        wrong_normals=sums.wrong_normals,
        edges=check_edges(file),
    )


@dataclass
class _Sums:
    minimum: Floats = field(default_factory=lambda: np.full(3, np.inf))
    maximum: Floats = field(default_factory=lambda: np.full(3, -np.inf))
    origin: Floats | None = None
    volume: float = 0.0
    degenerate: int = 0
    wrong_normals: int = 0

    def add(self, points: Floats, normals: Floats) -> None:
        self.minimum = np.minimum(self.minimum, points.min(axis=(1, 2)))
        self.maximum = np.maximum(self.maximum, points.max(axis=(1, 2)))
        if self.origin is None:
            self.origin = points[:, 0, 0].copy()
        cross = cross_product(points)
        self.volume += sum(float((points[i, 0] - self.origin[i]) @ cross[i]) for i in range(3)) / 6
        length = _length(cross)
        self.degenerate += int(np.count_nonzero(length == 0))
        self._add_normals(cross, length - _length_in_doubt(points), normals)

    def _add_normals(self, cross: Floats, certain: Floats, normals: Floats) -> None:
        stored = _length(normals)
        along = (normals * cross).sum(axis=0)
        # a writer may leave normals at zero; readers then take them from the corners
        wrong = (stored > 0) & (certain > 0) & (along < (1 - _NORMAL_TOLERANCE) * stored * certain)
        self.wrong_normals += int(np.count_nonzero(wrong | ~np.isfinite(stored)))


def _length_in_doubt(points: Floats) -> Floats:
    """How much of each cross product may be rounding: corners in single precision, nearly on one line."""
    size = (points.max(axis=1) - points.min(axis=1)).max(axis=0)
    doubt: Floats = 4 * np.finfo(np.float32).eps * np.abs(points).max(axis=(0, 1)) * size
    return doubt


def by_axis(values: Corners) -> Floats:
    """Float64 with the triangles last: [triangle, corner, xyz] becomes [xyz, corner, triangle]."""
    return np.ascontiguousarray(values.T, dtype=np.float64)


def cross_product(points: Floats) -> Floats:
    """Twice the area of each triangle as a vector along its right-handed normal, [xyz, triangle]."""
    (px, py, pz), (qx, qy, qz) = points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]
    return np.stack([py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx])


def _length(vectors: Floats) -> Floats:
    return np.asarray(np.sqrt((vectors * vectors).sum(axis=0)))
