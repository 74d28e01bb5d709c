"""PSQ, progressive sigmoid quantisation (QuATON, arXiv 2310.03049)."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from fabdesign.quantise.options import number
from fabdesign.quantise.paper import HIGH_RAD, LOW_RAD, PaperQuantiser
from fabdesign.quantise.schedules import linear

LEAK = 0.01


def sigmoid_staircase(
    value: Float[Tensor, "layer y x"], steepness: Float[Tensor, "*#broadcast"], n: int
) -> Float[Tensor, "layer y x"]:
    """Return Q_s(w) = l + Σ_i Δ·σ(s·(w − l − Δ/2 − iΔ)), plus 0.01·w outside [l, u].

    The sum runs over i = 0 … N−2 with Δ = (u − l)/(N − 1), l = 0 and u = 1.99π.

    Args:
        value: phases w in radians.
        steepness: s in 1/rad.
        n: the number of levels N, at least 2.
    """
    step = (HIGH_RAD - LOW_RAD) / (n - 1)
    stairs = LOW_RAD + torch.where((value < LOW_RAD) | (value > HIGH_RAD), LEAK * value, 0.0)
    for i in range(n - 1):
        stairs = stairs + step * torch.sigmoid(steepness * (value - LOW_RAD - step / 2 - i * step))
    return stairs


@dataclass(frozen=True)
class Options:
    """The temperature's schedule."""

    start: float = number(1.0, "temperature s at the first step, 1/rad", low=1e-3, high=1e4)
    end: float = number(20.0, "temperature s at the last step, 1/rad", low=1e-3, high=1e4)


class ProgressiveSigmoid(PaperQuantiser):
    """A staircase of sigmoids whose steepness grows from 1 to 20 while training."""

    name = "psq"
    Options = Options

    def temperature(self, progress: float) -> float:
        """Return the steepness s in 1/rad."""
        return linear(self.options.start, self.options.end, progress)

    def soft_phase(self, progress: float) -> Float[Tensor, "layer y x"]:
        return sigmoid_staircase(self.weight, torch.tensor(self.temperature(progress)), self.table.n)

    def describe(self, progress: float) -> dict[str, float]:
        return {"temperature": self.temperature(progress)}
