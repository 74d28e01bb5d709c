"""The default: relax the complex transmission, not the phase, between the levels of the process.

A pixel on its way from phase 0 to phase π passes through π/2 if the phase is interpolated: a state like no
level, which the network learns to use. If the transmission is interpolated it passes through 0: an
undecided pixel is dim, not wrong. Dim pixels absorb light, which no printed pixel does, so they are
brightened more and more while training goes on.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Complex, Float, UInt8
from numpy.typing import NDArray
from torch import Tensor, nn

from fabdesign.process import LevelTable
from fabdesign.quantise.base import Quantiser, Shape, leaning_vectors
from fabdesign.quantise.options import number
from fabdesign.quantise.relaxation import relaxed_transmission
from fabdesign.quantise.relaxed import Relaxed
from fabdesign.quantise.rounding import nearest_on_circle
from fabdesign.quantise.schedules import geometric


@dataclass(frozen=True)
class Options:
    """The temperature's schedule, the brightening, the start and the hard finish."""

    start: float = number(1.0, "inverse temperature β at the first step", low=1e-3, high=1e4)
    end: float = number(2.5, "inverse temperature β when annealing ends", low=1e-3, high=1e4)
    finish: float = number(
        0.1, "last share of training, in which the forward pass uses hard levels", low=0, high=1
    )
    bright: float = number(
        1.0, "brightening when annealing ends, as a share of what the levels allow", low=0, high=1
    )
    late: float = number(3.0, "power of the progress with which brightening grows", low=0.1, high=20)
    spread: float = number(0.5, "standard deviation of the initial vectors", low=0, high=10)
    lean: float = number(0.5, "mean of the initial vectors towards phase 0", low=-10, high=10)


class TransmissionRelaxation(Quantiser):
    """Each pixel holds a free vector a; t = Σ_k w_k·e^{iφ_k} with w = softmax_k(2β·a·(cos φ_k, sin φ_k)).

    It is cyclic by itself, takes any table of levels, and costs two parameters a pixel whatever their
    number; for the levels 0 and π it is t = tanh(2β·a_x). β grows geometrically. The layer is t·|t|^(−γ)
    with γ growing from 0, late and fast, to the largest that the levels allow
    (:func:`largest_brightening`). In the last part of the training the forward pass uses the hard levels
    (gradients still those of the softmax), so that no gap is left between what was trained and what is made.
    """

    name = "transmission"
    Options = Options

    def __init__(self, shape: Shape, table: LevelTable, seed: int, options: Any) -> None:
        super().__init__(shape, table, seed, options)
        self.vector = nn.Parameter(leaning_vectors(shape, seed, options.spread, options.lean))
        self.largest_brightening = options.bright * largest_brightening(table.phase_rad)

    def temperature(self, progress: float) -> float:
        """Return the inverse temperature β, which stops growing where the hard finish begins."""
        return geometric(self.options.start, self.options.end, self._annealed(progress))

    def brightening(self, progress: float) -> float:
        """Return γ, which stops growing where the hard finish begins."""
        return float(self.largest_brightening * min(self._annealed(progress), 1.0) ** self.options.late)

    def _annealed(self, progress: float) -> float:
        anneal = 1 - self.options.finish
        return progress / anneal if anneal > 0 else 1.0

    def transmission(
        self,
        progress: float,
        generator: torch.Generator | None = None,
    ) -> Complex[Tensor, "layer y x"]:
        hard = progress > 1 - self.options.finish
        return relaxed_transmission(
            self.vector,
            self.level_phase_rad,
            self.temperature(progress),
            brighten=self.brightening(progress),
            hard=hard,
        )

    def level_weights(
        self,
        progress: float,
        generator: torch.Generator | None = None,
    ) -> Float[Tensor, "level layer y x"]:
        levels = torch.stack((self.level_phase_rad.cos(), self.level_phase_rad.sin()), 1)
        scores = 2 * self.temperature(progress) * torch.einsum("kc,clyx->klyx", levels, self.vector)
        weights = scores.softmax(0)
        if progress <= 1 - self.options.finish:
            return weights
        hard = nn.functional.one_hot(scores.argmax(0), len(levels)).movedim(-1, 0)
        return hard + weights - weights.detach()

    def relaxed(self, progress: float, generator: torch.Generator | None = None) -> Relaxed:
        return Relaxed(self.level_weights(progress, generator), brighten=self.brightening(progress))

    def hard_levels(self) -> UInt8[Tensor, "layer y x"]:
        x, y = self.vector.detach()
        return nearest_on_circle(x, y, self.level_phase_rad)

    def describe(self, progress: float) -> dict[str, float]:
        return {"temperature": self.temperature(progress), "brightening": self.brightening(progress)}


def largest_brightening(phase_rad: NDArray[np.float64]) -> float:
    """Return cos(Δ/2) for the widest gap Δ between neighbouring levels, 0 where it reaches half a turn.

    Between two levels Δ apart the transmission is at least cos(Δ/2): that much of the way is bright by
    itself. Levels 0 and π leave no bright way from one to the other, and a pixel that must not be dim could
    no longer change.

    Args:
        phase_rad: of all levels in radians, in any order.

    >>> [round(largest_brightening(np.arange(n) * 2 * np.pi / n), 3) for n in (2, 3, 4, 8)]
    [0.0, 0.5, 0.707, 0.924]
    """
    turns = np.sort(np.remainder(phase_rad, 2 * math.pi))
    widest = np.diff(turns, append=turns[0] + 2 * math.pi).max()
    return max(0.0, math.cos(widest / 2)) if widest < math.pi - 1e-9 else 0.0
