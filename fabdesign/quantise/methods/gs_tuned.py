"""Gumbel-softmax at its best: over the process's levels, annealed, and the likeliest level at the end."""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Complex, Float, UInt8
from torch import Tensor, nn

from fabdesign.process import LevelTable
from fabdesign.quantise.base import Quantiser, Shape, leaning_vectors
from fabdesign.quantise.methods.gs import gumbel
from fabdesign.quantise.options import number
from fabdesign.quantise.schedules import geometric


@dataclass(frozen=True)
class Options:
    """The temperature's schedule, the noise and the start."""

    start: float = number(2.0, "temperature τ at the first step", low=1e-3, high=1e3)
    end: float = number(0.2, "temperature τ at the last step", low=1e-3, high=1e3)
    noise: float = number(
        1.0, "share of the Gumbel noise at the first step; it falls to 0 in even steps", low=0, high=10
    )
    spread: float = number(0.5, "standard deviation of the initial vectors", low=1e-6, high=10)
    lean: float = number(0.5, "mean of the initial vectors towards phase 0", low=-10, high=10)


class TunedGumbelSoftmax(Quantiser):
    """One logit per pixel and level; the transmission, not the phase, is mixed with the softmax's weights.

    As Gumbel-softmax over measured device levels (Li et al., ICCAD 2022), with a temperature that falls
    geometrically, noise that fades, and arg max in place of a last draw. Logits start as the cosine of the
    distance between each level and a random direction.
    """

    name = "gs-tuned"
    Options = Options

    def __init__(self, shape: Shape, table: LevelTable, seed: int, options: Any) -> None:
        super().__init__(shape, table, seed, options)
        x, y = leaning_vectors(shape, seed, options.spread, options.lean)
        phase = self.level_phase_rad[:, None, None, None]
        self.logits = nn.Parameter(x * phase.cos() + y * phase.sin())

    def temperature(self, progress: float) -> float:
        """Return τ."""
        return geometric(self.options.start, self.options.end, progress)

    def transmission(
        self,
        progress: float,
        generator: torch.Generator | None = None,
    ) -> Complex[Tensor, "layer y x"]:
        weights = self.level_weights(progress, generator)
        real = torch.einsum("nlyx,n->lyx", weights, self.level_phase_rad.cos())
        imaginary = torch.einsum("nlyx,n->lyx", weights, self.level_phase_rad.sin())
        return torch.complex(real, imaginary)

    def level_weights(
        self,
        progress: float,
        generator: torch.Generator | None = None,
    ) -> Float[Tensor, "level layer y x"]:
        source = generator if generator is not None else self._generator()
        share = self.options.noise * (1 - min(max(progress, 0.0), 1.0))
        noise = gumbel(tuple(self.logits.shape), source).to(self.logits.device)
        weights: Tensor = ((self.logits + share * noise) / self.temperature(progress)).softmax(0)
        return weights

    def hard_levels(self) -> UInt8[Tensor, "layer y x"]:
        return self.logits.detach().argmax(0).to(torch.uint8)

    def describe(self, progress: float) -> dict[str, float]:
        return {"temperature": self.temperature(progress)}
