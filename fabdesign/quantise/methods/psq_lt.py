"""PSQ-LT: PSQ with a learnable temperature per layer (QuATON, arXiv 2310.03049)."""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from fabdesign.process import LevelTable
from fabdesign.quantise.base import Shape
from fabdesign.quantise.methods.psq import sigmoid_staircase
from fabdesign.quantise.options import number
from fabdesign.quantise.paper import PaperQuantiser
from fabdesign.quantise.schedules import geometric

OFFSET = 0.005
LARGEST = 200.0


@dataclass(frozen=True)
class Options:
    """The temperature's start and the penalty that pushes it up."""

    start: float = number(0.05, "first value of k; s = 1/(|k| + 0.005)", low=0, high=10)
    penalty: float = number(0.01, "weight λ of the penalty at the first step", low=1e-9, high=1e3)
    penalty_end: float = number(
        10.0, "weight λ at the last step, reached by equal factors", low=1e-9, high=1e6
    )
    target: float = number(0.1, "constant c of the penalty", low=0, high=10)


class LearnedSigmoid(PaperQuantiser):
    """One trainable k per layer sets the steepness s = 1/(|k| + 0.005), at most 200.

    The penalty is ½·λ·(Σk² − c²), with λ growing from 0.01; the source does not say how far or how fast:
    here it reaches 10 by equal factors.
    """

    name = "psq-lt"
    Options = Options

    def __init__(self, shape: Shape, table: LevelTable, seed: int, options: Any) -> None:
        super().__init__(shape, table, seed, options)
        self.k = nn.Parameter(torch.full((shape[0],), options.start))

    def temperature(self) -> Float[Tensor, " layer"]:
        """Return the steepness s of each layer in 1/rad."""
        return (1 / (self.k.abs() + OFFSET)).clamp(max=LARGEST)

    def soft_phase(self, progress: float) -> Float[Tensor, "layer y x"]:
        return sigmoid_staircase(self.weight, self.temperature()[:, None, None], self.table.n)

    def penalty(self, progress: float) -> Float[Tensor, ""]:
        weight = geometric(self.options.penalty, self.options.penalty_end, progress)
        result: Tensor = 0.5 * weight * (self.k.square().sum() - self.options.target**2)
        return result

    def describe(self, progress: float) -> dict[str, float]:
        return {"temperature": float(self.temperature().detach().mean())}
