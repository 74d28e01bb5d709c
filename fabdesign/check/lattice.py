"""The grid of pixels under a relief: known from the design, or found in the corners of the mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.mesh_file import MeshFile
from fabdesign.check.solid import Solid
from fabdesign.errors import FileFormatError

_OFF_LATTICE = 1 / 50
"""Corners are pulled in by at most this share of a pixel (diagonal contacts)."""
_SQUARE = 1e-3
_MOST_PIXELS_A_SIDE = 16_384
_MOST_PIXELS = 2**26
_CANDIDATES_AT_ONCE = 512


@dataclass(frozen=True)
class Lattice:
    """Pixels under the box of a mesh.

    Args:
        shape: pixels as (ny, nx).
        corner_um: smallest x and y of the box.
        pitch_x_um: width of a pixel.
        pitch_y_um: depth of a pixel; differs from the width only in a distorted file.
    """

    shape: tuple[int, int]
    corner_um: tuple[float, float]
    pitch_x_um: float
    pitch_y_um: float

    @property
    def centre_um(self) -> tuple[float, float]:
        """Middle of the box, x and y."""
        ny, nx = self.shape
        return self.corner_um[0] + nx * self.pitch_x_um / 2, self.corner_um[1] + ny * self.pitch_y_um / 2

    def to_columns(self, x_um: NDArray[np.float64]) -> NDArray[np.float64]:
        """Column coordinate of x; the centres of the columns are at 0, 1, 2 …"""
        return (x_um - self.corner_um[0]) / self.pitch_x_um - 0.5

    def to_rows(self, y_um: NDArray[np.float64]) -> NDArray[np.float64]:
        """Row coordinate of y; the centres of the rows are at 0, 1, 2 …"""
        return (y_um - self.corner_um[1]) / self.pitch_y_um - 0.5


def known_lattice(solid: Solid, pixels: tuple[int, int]) -> Lattice:
    """Lay pixels of known number over the box of a mesh; a box turned by 90° gets turned numbers.

    Args:
        solid: the mesh.
        pixels: (ny, nx) of the design.
    """
    width, depth = float(solid.size_um[0]), float(solid.size_um[1])
    ny, nx = pixels
    if abs(width / nx * ny / depth - 1) > _SQUARE and abs(width / ny * nx / depth - 1) <= _SQUARE:
        ny, nx = nx, ny
    return _over_box(solid, (ny, nx))


def infer_lattice(file: MeshFile, solid: Solid) -> Lattice:
    """Find the coarsest square lattice over the box of a mesh that all its corners lie on.

    Corners may be off by 1/50 of a pixel, as those pulled in at diagonal contacts are.

    Raises:
        FileFormatError: there is no such lattice of up to 16384 pixels a side.
    """
    xs, ys = _distinct_coordinates(file)
    width, depth = float(solid.size_um[0]), float(solid.size_um[1])
    for first in range(1, _MOST_PIXELS_A_SIDE + 1, _CANDIDATES_AT_ONCE):
        nx = np.arange(first, min(first + _CANDIDATES_AT_ONCE, _MOST_PIXELS_A_SIDE + 1))
        ny = np.maximum(np.rint(depth / (width / nx)), 1)
        square = np.abs(depth / ny * nx / width - 1) <= _SQUARE
        for k in np.flatnonzero(square & (nx * ny <= _MOST_PIXELS)):
            if _fits(xs, width / nx[k]) and _fits(ys, depth / ny[k]):
                return _over_box(solid, (int(ny[k]), int(nx[k])))
    raise FileFormatError(
        f"{file.path} is not a relief on square pixels: its corners lie on no square lattice.",
        hint="Name the design it was made from with --design to see where it differs.",
    )


def _over_box(solid: Solid, shape: tuple[int, int]) -> Lattice:
    corner = float(solid.minimum_um[0]), float(solid.minimum_um[1])
    return Lattice(shape, corner, float(solid.size_um[0]) / shape[1], float(solid.size_um[1]) / shape[0])


def _distinct_coordinates(file: MeshFile) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    xs, ys = np.empty(0, np.float32), np.empty(0, np.float32)
    for corners in file.corners():
        xs = np.union1d(xs, corners[..., 0])
        ys = np.union1d(ys, corners[..., 1])
    return (xs - np.float64(xs[0])).astype(np.float64), (ys - np.float64(ys[0])).astype(np.float64)


def _fits(coordinates: NDArray[np.float64], pitch: float) -> bool:
    steps = coordinates / pitch
    return bool((np.abs(steps - np.rint(steps)) <= _OFF_LATTICE * (1 + _SQUARE)).all())
