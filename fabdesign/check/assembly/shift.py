"""How far a layer lies sideways of where it should: whole pixels by correlation, the rest by its corners."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fabdesign.check.lattice import Lattice
from fabdesign.check.mesh_file import MeshFile
from fabdesign.check.raster import Floats
from fabdesign.check.solid import by_axis

LEAST_PIXELS = 0.01
"""Corners pulled in at diagonal contacts move the mean of all corners by less."""
_FLAT_UM = 1e-4
"""Heights that differ by less are rounding."""


def whole_shift(seen_um: Floats, expected_um: Floats) -> tuple[int, int]:
    """The shift (dy, dx) in pixels that makes a height map fit another best; (0, 0) unless another is better.

    A flat map shows no shift.

    Args:
        seen_um: heights [y, x]; NaN counts as the mean.
        expected_um: heights [y, x].

    >>> map = np.random.default_rng(0).random((9, 8))
    >>> whole_shift(np.roll(map, (1, -2), (0, 1)), map)
    (1, -2)
    """
    seen, expected = (np.nan_to_num(each - np.nanmean(each)) for each in (seen_um, expected_um))
    if min(np.ptp(seen), np.ptp(expected)) < _FLAT_UM:
        return 0, 0
    ny, nx = seen.shape
    size = 2 * ny, 2 * nx
    product = np.fft.rfft2(seen, size) * np.conj(np.fft.rfft2(expected, size))
    fit = np.fft.irfft2(product, size)
    best = np.unravel_index(int(fit.argmax()), fit.shape)
    if fit[best] <= fit[0, 0] * (1 + 1e-9):
        return 0, 0
    dy, dx = (int((k + n) % (2 * n) - n) for k, n in zip(best, (ny, nx), strict=True))
    return dy, dx


class CornerPhase:
    """Where between lattice lines the corners of each layer's relief lie, on average.

    Args:
        bands_um: lowest and highest height of each layer's relief, float64 [layer, 2].
        lattices: the pixels of each layer's aperture.
    """

    def __init__(self, bands_um: NDArray[np.float64], lattices: list[Lattice]) -> None:
        self._bands_um = bands_um
        self._lattices = lattices
        self._sums = np.zeros((len(lattices), 2), dtype=np.complex128)

    def add(self, file: MeshFile) -> None:
        """Take in all corners of a mesh."""
        for piece in file.corners():
            x, y, z = by_axis(piece).reshape(3, -1)
            for layer, lattice in enumerate(self._lattices):
                self._add(layer, lattice, (x, y, z))

    def fraction(self, layer: int) -> tuple[float, float]:
        """Mean shift (x, y) in pixels, between −1/2 and 1/2."""
        x, y = np.angle(self._sums[layer]) / (2 * np.pi)
        return float(x), float(y)

    def _add(self, layer: int, lattice: Lattice, corners: tuple[Floats, Floats, Floats]) -> None:
        x, y, z = corners
        low, high = self._bands_um[layer]
        u, v = lattice.to_columns(x) + 0.5, lattice.to_rows(y) + 0.5
        ny, nx = lattice.shape
        inside = (z > low) & (z <= high) & (u > -0.6) & (v > -0.6) & (u < nx + 0.6) & (v < ny + 0.6)
        for axis, place in enumerate((u, v)):
            self._sums[layer, axis] += np.exp(2j * np.pi * place[inside]).sum()
