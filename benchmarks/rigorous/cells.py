"""Periodic reliefs, and what a rigorous solver makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import grcwa
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FINE = 16
"""Cells along a pixel on which the solver sees a relief in two directions."""
LINES_X = 240
"""Cells along the period of a grating."""


@dataclass(frozen=True, eq=False)
class Cell:
    """One period of a relief of resin in air; light comes at right angles, through the resin.

    Args:
        name: for the table.
        height_um: [y, x], or [1, x] for lines.
        level_um: the heights that occur, 0 first.
        pitch_um: side of a pixel.
        wavelength_um: vacuum wavelength.
        index: of the resin.
        harmonics: waves that the solver takes.
    """

    name: str
    height_um: Array
    level_um: tuple[float, ...]
    pitch_um: float
    wavelength_um: float
    index: float
    harmonics: int

    @property
    def period_um(self) -> float:
        """Side of the cell, or period of the lines."""
        return self.height_um.shape[1] * self.pitch_um

    @property
    def lines(self) -> bool:
        """Whether nothing changes along y."""
        return len(self.height_um) == 1

    def orders(self) -> list[tuple[int, int]]:
        """The (x, y) orders that leave the relief."""
        reach = self.period_um / self.wavelength_um
        side = range(-int(reach), int(reach) + 1)
        return [(x, y) for y in ([0] if self.lines else side) for x in side if x * x + y * y < reach**2]


def rigorous_shares(cell: Cell) -> Array:
    """How rigorous coupled waves divide the transmitted power among the orders.

    Lines: light polarised along them. Else the mean of both polarisations.

    Raises:
        ArithmeticError: the solver does not conserve power.
    """
    polarisations = [(1, 0)] if cell.lines else [(1, 0), (0, 1)]
    total = np.sum([_transmitted(cell, p, s) for p, s in polarisations], axis=0)
    return np.asarray(total / total.sum())


def _transmitted(cell: Cell, p: int, s: int) -> Array:
    narrow = cell.period_um / 50
    second = [0, narrow] if cell.lines else [0, cell.period_um]
    repeats = (1, LINES_X // cell.height_um.shape[1]) if cell.lines else (FINE, FINE)
    fine = cell.height_um.repeat(repeats[0], axis=0).repeat(repeats[1], axis=1)
    solver = grcwa.obj(cell.harmonics, [cell.period_um, 0], second, 1 / cell.wavelength_um, 0, 0, verbose=0)
    solver.Add_LayerUniform(1.0, cell.index**2)
    for lower, upper in pairwise(cell.level_um):
        solver.Add_LayerGrid(upper - lower, fine.shape[1], fine.shape[0])
    solver.Add_LayerUniform(1.0, 1.0)
    solver.Init_Setup()
    slices = [np.where(lower + 1e-9 < fine.T, cell.index**2, 1.0).ravel() for lower in cell.level_um[:-1]]
    solver.GridLayer_geteps(np.concatenate(slices))
    solver.MakeExcitationPlanewave(p, 0, s, 0, order=0)
    reflected, transmitted = solver.RT_Solve(normalize=1, byorder=1)
    if not abs(np.sum(reflected) + np.sum(transmitted) - 1) < 1e-3:
        raise ArithmeticError(f"the solver loses power in {cell.name}")
    found = {tuple(order): float(np.real(power)) for order, power in zip(solver.G, transmitted, strict=True)}
    return np.array([found[order] for order in cell.orders()])
