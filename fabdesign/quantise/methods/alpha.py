"""Alpha-blending: the free phase gives way to its rounded value (Li et al., CVPR 2022)."""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from fabdesign.process import LevelTable
from fabdesign.quantise.base import PhaseQuantiser, Shape, leaning_vectors
from fabdesign.quantise.options import number
from fabdesign.quantise.rounding import nearest_turn


@dataclass(frozen=True)
class Options:
    """When the blend begins and ends, and the start."""

    begin: float = number(0.2, "progress at which rounding begins", low=0, high=0.99)
    end: float = number(0.9, "progress at which only the rounded phase is left", low=0.01, high=1)
    spread: float = number(0.5, "standard deviation of the initial vectors", low=1e-6, high=10)
    lean: float = number(0.5, "mean of the initial vectors towards phase 0", low=-10, high=10)


class AlphaBlending(PhaseQuantiser):
    """φ = (1 − α)·w + α·round(w) on the circle, α = 1 − (1 − (p − b)/(e − b))³ between the progress b and e.

    The gradient is handed through the rounding unchanged.
    """

    name = "alpha"
    Options = Options

    def __init__(self, shape: Shape, table: LevelTable, seed: int, options: Any) -> None:
        super().__init__(shape, table, seed, options)
        x, y = leaning_vectors(shape, seed, options.spread, options.lean)
        self.weight.data.copy_(torch.atan2(y, x))

    def share(self, progress: float) -> float:
        """Return α, the share of the rounded phase."""
        begin, end = self.options.begin, max(self.options.end, self.options.begin + 1e-6)
        done = min(max((progress - begin) / (end - begin), 0.0), 1.0)
        return float(1 - (1 - done) ** 3)

    def soft_phase(self, progress: float) -> Float[Tensor, "layer y x"]:
        free = self.weight.detach()
        rounded = nearest_turn(self.level_phase_rad[self.hard_levels().long()], free)
        return self.weight + self.share(progress) * (rounded - free)

    def describe(self, progress: float) -> dict[str, float]:
        return {"alpha": self.share(progress)}
