"""One pass over a mesh on its lattice: heights of tops and bottoms, and faces that do not belong."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.lattice import Lattice
from fabdesign.check.mesh_file import MeshFile
from fabdesign.check.raster import HeightMap
from fabdesign.check.solid import Solid, by_axis, cross_product

Floats = NDArray[np.float64]

SLACK_PIXELS = 1 / 50
"""Corners pulled in at diagonal contacts move by at most this; what moves farther is a finding."""
_LEVEL = 1e-5
"""A face whose heights differ by less, in pixels, is level."""


class ReliefScan:
    """What a mesh shows when it is looked at from above and from below.

    Args:
        file: the mesh.
        solid: facts about it; the sign of its volume tells which side of a face is outside.
        lattice: its pixels.
    """

    def __init__(self, file: MeshFile, solid: Solid, lattice: Lattice) -> None:
        self.top = HeightMap(lattice.shape)
        """Faces that look up."""
        self.bottom = HeightMap(lattice.shape)
        """Faces that look down."""
        self.off_lattice = 0
        """Corners farther than a fiftieth of a pixel from every lattice point."""
        self.tilted = 0
        """Faces neither horizontal nor vertical, beyond what pulled-in corners explain."""
        self.tilt_rad = 0.0
        """The largest angle of those from the nearer of both."""
        sense = 1 if solid.outward else -1
        for piece in file.corners():
            self._add(by_axis(piece), sense, lattice)

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Pixels with a top and a bottom, [y, x]."""
        return self.top.covered & self.bottom.covered

    @property
    def thickness_um(self) -> Floats:
        """From the lowest bottom to the highest top, [y, x]; NaN where either is missing."""
        return np.where(self.covered, self.top.high - self.bottom.low, np.nan)

    @property
    def upside_down(self) -> bool:
        """Whether the top is flat and the bottom is not."""
        return _flat(self.top.high) and not _flat(self.bottom.low)

    def _add(self, points: Floats, sense: int, lattice: Lattice) -> None:
        x, y, z = points
        cross = cross_product(points)
        u, v = lattice.to_columns(x), lattice.to_rows(y)
        self.off_lattice += _count_off_lattice(u, v)
        self._add_tilt(u, v, z / lattice.pitch_x_um, cross)
        for side, chosen in ((self.top, sense * cross[2] > 0), (self.bottom, sense * cross[2] < 0)):
            side.add(u[:, chosen], v[:, chosen], z[:, chosen])

    def _add_tilt(self, u: Floats, v: Floats, w: Floats, cross: Floats) -> None:
        area = np.abs((u[1] - u[0]) * (v[2] - v[0]) - (u[2] - u[0]) * (v[1] - v[0]))
        extent = np.maximum(np.ptp(u, axis=0), np.ptp(v, axis=0))
        tilted = (np.ptp(w, axis=0) > _LEVEL) & (area > SLACK_PIXELS * extent)
        if tilted.any():
            upright, level = np.abs(cross[2, tilted]), np.hypot(cross[0, tilted], cross[1, tilted])
            sine = np.minimum(upright, level) / np.hypot(upright, level)
            self.tilted += int(np.count_nonzero(tilted))
            self.tilt_rad = max(self.tilt_rad, math.asin(float(sine.max())))


def _count_off_lattice(u: Floats, v: Floats) -> int:
    off = np.zeros(u.shape, dtype=bool)
    for w in (u, v):
        step = w + 0.5
        off |= np.abs(step - np.rint(step)) > SLACK_PIXELS
    return int(np.count_nonzero(off))


def _flat(height: Floats) -> bool:
    return bool(height.max() == height.min())
