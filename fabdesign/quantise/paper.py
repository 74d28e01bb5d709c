"""The level range of the QuATON paper, which its five methods share.

Kariyawasam et al., "QuATON: Quantization Aware Training of Optical Neurons", arXiv 2310.03049;
Optics Express 34(1), 2026, doi 10.1364/OE.546074.
"""

import math
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8
from torch import Tensor

from fabdesign.process import LevelTable
from fabdesign.quantise.base import PhaseQuantiser, Shape
from fabdesign.quantise.rounding import nearest_on_line

LOW_RAD = 0.0
HIGH_RAD = 1.99 * math.pi


def paper_table(process: LevelTable) -> LevelTable:
    """Return the paper's levels: evenly spaced on [0, 1.99π], both ends included.

    There are as many as the process table has, for the same material, medium and wavelength. Their heights
    are φ/2π · h_2π, whatever the machine can make: the method is blind to the process.
    """
    return LevelTable.from_phases(
        np.linspace(LOW_RAD, HIGH_RAD, process.n),
        wavelength_um=process.wavelength_um,
        material_index=process.material_index,
        medium_index=process.medium_index,
        rule="paper range",
    )


class PaperQuantiser(PhaseQuantiser):
    """A phase per pixel on the paper's linear range, rounded on the line and not on the circle."""

    uses_table = "paper"

    def __init__(self, shape: Shape, table: LevelTable, seed: int, options: Any) -> None:
        super().__init__(shape, table, seed, options)
        self.weight.data.mul_(HIGH_RAD / (2 * math.pi))

    @property
    def step_rad(self) -> float:
        """The distance Δ between two levels in radians."""
        return (HIGH_RAD - LOW_RAD) / (self.table.n - 1)

    def rounded(self) -> Float[Tensor, "layer y x"]:
        """Return the phase in radians of the nearest level, without gradient."""
        return self.level_phase_rad[self.hard_levels().long()]

    def hard_levels(self) -> UInt8[Tensor, "layer y x"]:
        return nearest_on_line(self.weight.detach(), LOW_RAD, HIGH_RAD, self.table.n)
