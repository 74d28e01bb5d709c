"""The volume that pulled-in corners take away, summed exactly while a mesh streams by.

By the divergence theorem with the field (0, 0, z), a triangle holds the volume of the prism under it: signed
area of its shadow times mean height. Unmoved walls cast no shadow and unmoved tops sum to
Σ (base + h) pitch², so only triangles with a pulled-in vertex differ, each by
(change of twice its shadow) (z1 + z2 + z3) / 6.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from fabdesign.relief.lattice import STEPS, Lattice
from fabdesign.relief.mesh import Triangles


class CornerVolume:
    """Adds up what pulled-in corners take away from the volume of a layer."""

    def __init__(self, lattice: Lattice) -> None:
        self._lattice = lattice
        self._shadow_by_rank = [0] * len(lattice.z_pm)

    def add(self, batch: Triangles) -> None:
        """Count a batch of triangles."""
        if not self._lattice.contacts or not self._lattice.eps_pm:
            return
        moved = batch.moved
        change = self._change_of_double_shadow(batch.xi[moved], batch.yi[moved])
        sums = np.zeros(len(self._shadow_by_rank), dtype=np.int64)
        for corner in range(3):
            np.add.at(sums, batch.zi[moved, corner], change)
        self._shadow_by_rank = [
            total + part for total, part in zip(self._shadow_by_rank, sums.tolist(), strict=True)
        ]

    @property
    def removed_pm3(self) -> Fraction:
        """Volume that the pulled-in corners have taken away, in pm³, exactly."""
        sixfold = sum(
            shadow * z for shadow, z in zip(self._shadow_by_rank, self._lattice.z_pm.tolist(), strict=True)
        )
        return Fraction(-sixfold, 6)

    def _change_of_double_shadow(self, xi: NDArray[np.int32], yi: NDArray[np.int32]) -> NDArray[np.int64]:
        eps = self._lattice.eps_pm
        x, y = (self._lattice.lines_pm(axis)[index // STEPS] for axis, index in ((1, xi), (0, yi)))
        dx, dy = ((index.astype(np.int64) % STEPS - 1) * eps for index in (xi, yi))
        ax, ay, bx, by = (value[:, k] - value[:, 0] for k in (1, 2) for value in (x, y))
        dax, day, dbx, dby = (value[:, k] - value[:, 0] for k in (1, 2) for value in (dx, dy))
        moved: NDArray[np.int64] = dax * by + ax * dby + dax * dby - day * bx - ay * dbx - day * dbx
        return moved


def lattice_volume_pm3(lattice: Lattice) -> int:
    """The volume under all cells of a lattice, Σ z dx dy, in pm³, exactly; corners not yet pulled in."""
    rank = lattice.rank[1:-1, 1:-1]
    dy, dx = (np.diff(lattice.lines_pm(axis)) for axis in (0, 1))
    total = 0
    for number, z_pm in enumerate(lattice.z_pm.tolist()):
        widths = (rank == number) @ dx
        total += z_pm * sum(a * b for a, b in zip(widths.tolist(), dy.tolist(), strict=True))
    return total
