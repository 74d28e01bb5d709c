"""STE at its best: straight through on the circle of the process's levels, or masked outside their range."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from fabdesign.process import LevelTable
from fabdesign.quantise.base import PhaseQuantiser, Shape, leaning_vectors
from fabdesign.quantise.options import number, switch
from fabdesign.quantise.rounding import nearest_turn


@dataclass(frozen=True)
class Options:
    """Whether the circle is used, and the start."""

    cyclic: bool = switch(
        True, "round on the circle; otherwise weights outside the levels' range get no gradient"
    )
    spread: float = number(0.5, "standard deviation of the initial vectors", low=1e-6, high=10)
    lean: float = number(0.5, "mean of the initial vectors towards phase 0", low=-10, high=10)


class TunedStraightThrough(PhaseQuantiser):
    """Round to the process's levels in the forward pass and hand the gradient through.

    On the circle a phase can leave at 2π and come back at 0. Off it the gradient is masked where the phase
    lies outside the range of the levels (Hubara et al., arXiv 1602.02830), so that no weight drifts away.
    """

    name = "ste-tuned"
    Options = Options

    def __init__(self, shape: Shape, table: LevelTable, seed: int, options: Any) -> None:
        super().__init__(shape, table, seed, options)
        x, y = leaning_vectors(shape, seed, options.spread, options.lean)
        phase = torch.atan2(y, x)
        self.weight.data.copy_(phase if options.cyclic else phase.remainder(2 * math.pi))

    def soft_phase(self, progress: float) -> Float[Tensor, "layer y x"]:
        rounded = self.level_phase_rad[self.hard_levels().long()]
        target = nearest_turn(rounded, self.weight.detach()) if self.options.cyclic else rounded
        passed = self.weight if self.options.cyclic else self._masked()
        return passed + (target - passed).detach()

    def _masked(self) -> Float[Tensor, "layer y x"]:
        step = 2 * math.pi / self.table.n
        low, high = float(self.level_phase_rad.min()) - step / 2, float(self.level_phase_rad.max()) + step / 2
        return self.weight.clamp(low, high)
