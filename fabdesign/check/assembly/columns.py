"""A mesh as columns of material over square pixels: from bottom to top, as often as the mesh has it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.lattice import Lattice
from fabdesign.check.mesh_file import MeshFile
from fabdesign.check.raster import Floats, HeightMap, Ints
from fabdesign.check.solid import by_axis, cross_product
from fabdesign.errors import FileFormatError

_LEVEL_UM = 1e-4
"""Corners of a level face differ by less in height."""
_MOST_PIECES = 256


class _Faces(HeightMap):
    """All faces over each pixel centre, instead of the highest and the lowest."""

    def __init__(self, shape: tuple[int, int]) -> None:
        super().__init__(shape)
        self.pixel: list[Ints] = []
        self.z_um: list[Floats] = []

    def add(self, u: Floats, v: Floats, z: Floats) -> None:
        """Take in level triangles; arguments as in `HeightMap.add`."""
        for t, i, j in self._covers(u, v):
            self.pixel.append(i * self.shape[1] + j)
            self.z_um.append(z[0, t])

    def sorted(self) -> tuple[Ints, Floats]:
        """Pixel and height of each face once, pixel by pixel and rising."""
        pixel = np.concatenate([np.zeros(0, np.int64), *self.pixel])
        z_um = np.concatenate([np.zeros(0), *self.z_um])
        order = np.lexsort((z_um, pixel))
        pixel, z_um = pixel[order], z_um[order]
        new = np.ones(len(pixel), dtype=np.bool_)
        new[1:] = (pixel[1:] != pixel[:-1]) | (z_um[1:] != z_um[:-1])
        return pixel[new], z_um[new]


@dataclass(frozen=True, eq=False)
class Columns:
    """Pieces of material in the column over each pixel's centre.

    Args:
        shape: pixels as (ny, nx).
        bottom_um: [piece, y, x], rising; NaN where a column has fewer.
        top_um: [piece, y, x].
        broken: bool [y, x], columns whose faces do not alternate between bottom and top.
        tilted: faces neither level nor upright.
    """

    shape: tuple[int, int]
    bottom_um: Floats
    top_um: Floats
    broken: NDArray[np.bool_]
    tilted: int

    @property
    def count(self) -> Ints:
        """Pieces in each column, [y, x]."""
        return np.asarray(np.isfinite(self.bottom_um).sum(axis=0))

    def window(self, rows: slice, columns: slice) -> Columns:
        """The columns over a part of the pixels."""
        bottom, top = self.bottom_um[:, rows, columns], self.top_um[:, rows, columns]
        broken = self.broken[rows, columns]
        return Columns((bottom.shape[1], bottom.shape[2]), bottom, top, broken, self.tilted)


def read_columns(file: MeshFile, lattice: Lattice, *, outward: bool = True) -> Columns:
    """Find what stands over each pixel's centre.

    Args:
        file: the mesh.
        lattice: the pixels.
        outward: whether its faces look outwards.

    Raises:
        FileFormatError: faces lie on top of each other so often that these are no layers.
    """
    sides = {1: _Faces(lattice.shape), -1: _Faces(lattice.shape)}
    sense, tilted = (1 if outward else -1), 0
    for piece in file.corners():
        points = by_axis(piece)
        x, y, z = points
        up = sense * cross_product(points)[2]
        u, v = lattice.to_columns(x), lattice.to_rows(y)
        level = np.ptp(z, axis=0) <= _LEVEL_UM
        tilted += _covering(u, v, (up != 0) & ~level, lattice)
        for sign, faces in sides.items():
            chosen = level & (sign * up > 0)
            faces.add(u[:, chosen], v[:, chosen], z[:, chosen])
    return _pair(lattice.shape, sides[-1].sorted(), sides[1].sorted(), tilted)


def _covering(u: Floats, v: Floats, chosen: NDArray[np.bool_], lattice: Lattice) -> int:
    """How many of the chosen triangles have the centre of a pixel over them."""
    faces = _Faces(lattice.shape)
    faces.add(u[:, chosen], v[:, chosen], np.broadcast_to(np.arange(chosen.sum()), (3, chosen.sum())) * 1.0)
    return len(np.unique(np.concatenate([np.zeros(0), *faces.z_um])))


def _pair(
    shape: tuple[int, int], bottoms: tuple[Ints, Floats], tops: tuple[Ints, Floats], tilted: int
) -> Columns:
    size = shape[0] * shape[1]
    low, high = (np.bincount(pixel, minlength=size) for pixel, _ in (bottoms, tops))
    pieces = int(max(low.max(initial=0), high.max(initial=0)))
    if pieces > _MOST_PIECES:
        raise FileFormatError(
            f"A column of the mesh has {pieces} pieces above each other; at most {_MOST_PIECES} are read.",
            hint="Check a file that fabdesign wrote.",
        )
    bottom, top = _table(bottoms, low, pieces), _table(tops, high, pieces)
    with np.errstate(invalid="ignore"):
        rising = (top > bottom) | (np.isnan(top) & np.isnan(bottom))
        apart = (bottom[1:] >= top[:-1]) | np.isnan(bottom[1:])
    broken = (low != high) | ~rising.all(axis=0) | ~apart.all(axis=0)
    by_pixel = (pieces, *shape)
    return Columns(shape, bottom.reshape(by_pixel), top.reshape(by_pixel), broken.reshape(shape), tilted)


def _table(faces: tuple[Ints, Floats], count: Ints, pieces: int) -> Floats:
    pixel, z_um = faces
    table = np.full((pieces, len(count)), np.nan)
    place = np.arange(len(pixel)) - np.repeat(np.cumsum(count) - count, count)
    table[place, pixel] = z_um
    return table
