"""No quantisation: full-precision phases, for comparison; its design holds the rounded levels."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from fabdesign.process import LevelTable
from fabdesign.quantise.base import PhaseQuantiser, Shape, leaning_vectors
from fabdesign.quantise.options import number


@dataclass(frozen=True)
class Options:
    """The start: the directions of the vectors that the method ``transmission`` starts with."""

    spread: float = number(0.5, "standard deviation of the initial vectors", low=1e-6, high=10)
    lean: float = number(0.5, "mean of the initial vectors towards phase 0", low=-10, high=10)


class FullPrecision(PhaseQuantiser):
    """Train continuous phases; round to the nearest process level on the circle only at the end."""

    name = "none"
    Options = Options

    def __init__(self, shape: Shape, table: LevelTable, seed: int, options: Any) -> None:
        super().__init__(shape, table, seed, options)
        x, y = leaning_vectors(shape, seed, options.spread, options.lean)
        self.weight.data.copy_(torch.atan2(y, x))

    def soft_phase(self, progress: float) -> Float[Tensor, "layer y x"]:
        return self.weight

    def free_phase(self) -> Float[Tensor, "layer y x"]:
        return self.weight.detach().remainder(2 * math.pi)
