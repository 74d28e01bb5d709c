"""LSQ: rounded forward, with a step size that is learned (Esser et al., arXiv 1902.08153)."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from fabdesign.process import LevelTable
from fabdesign.quantise.base import Quantiser, Shape, leaning_vectors
from fabdesign.quantise.options import number
from fabdesign.quantise.relaxed import Relaxed, shares_on_circle
from fabdesign.quantise.rounding import nearest_on_circle, nearest_turn


@dataclass(frozen=True)
class Options:
    """The start."""

    spread: float = number(0.5, "standard deviation of the initial vectors", low=1e-6, high=10)
    lean: float = number(0.5, "mean of the initial vectors towards phase 0", low=-10, high=10)


class LearnedStep(Quantiser):
    """Round w/s to the process's levels, with a scale s and an offset for each layer that are learned too.

    The levels themselves are the machine's, so what is learned is the step on the side of the weights: the
    forward pass is round(w/s + c), on the circle, the gradient straight through, that of s and c scaled by
    1/√(pixels) as in the source.
    """

    name = "lsq"
    Options = Options

    def __init__(self, shape: Shape, table: LevelTable, seed: int, options: Any) -> None:
        super().__init__(shape, table, seed, options)
        x, y = leaning_vectors(shape, seed, options.spread, options.lean)
        self.weight = nn.Parameter(torch.atan2(y, x))
        self.scale = nn.Parameter(torch.ones(shape[0]))
        self.offset = nn.Parameter(torch.zeros(shape[0]))
        self.gentle = 1 / math.sqrt(shape[1] * shape[2])

    def phase(self) -> Float[Tensor, "layer y x"]:
        """Return the phase in radians before it is rounded."""
        scale, offset = (
            (self.gentle * value + (1 - self.gentle) * value.detach())[:, None, None]
            for value in (self.scale, self.offset)
        )
        return self.weight / scale.clamp_min(1e-3) + offset

    def transmission(
        self,
        progress: float,
        generator: torch.Generator | None = None,
    ) -> Any:
        through = self._through()
        return torch.polar(torch.ones_like(through), through)

    def relaxed(self, progress: float, generator: torch.Generator | None = None) -> Relaxed:
        light = self.transmission(progress, generator)
        return Relaxed(shares_on_circle(self._through(), self.level_phase_rad), light)

    def _through(self) -> Float[Tensor, "layer y x"]:
        """The rounded phase with the gradient of the free one."""
        phase = self.phase()
        rounded = self.level_phase_rad[self.hard_levels().long()]
        return phase + (nearest_turn(rounded, phase.detach()) - phase).detach()

    def hard_levels(self) -> UInt8[Tensor, "layer y x"]:
        phase = self.phase().detach()
        return nearest_on_circle(phase.cos(), phase.sin(), self.level_phase_rad)

    def describe(self, progress: float) -> dict[str, float]:
        return {"scale": float(self.scale.detach().mean())}
