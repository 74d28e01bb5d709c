"""Pixels that have not decided between levels, as errors of the process meet them."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from fabdesign.quantise.relaxation import squared_modulus

_TURN = 2 * math.pi


@dataclass(frozen=True, eq=False)
class Relaxed:
    """How much of each level every pixel holds, and how that mixture acts on the light.

    Args:
        weights: shares of the levels; those of a pixel sum to 1.
        transmission: where the method mixes phases; None where it mixes the transmissions of the levels.
        brighten: γ of a mixture t of transmissions that acts as t·|t|^(−γ).
    """

    weights: Float[Tensor, "level layer y x"]
    transmission: Complex[Tensor, "layer y x"] | None = None
    brighten: float = 0.0

    def brightness(self, level_phase_rad: Float[Tensor, " level"]) -> Float[Tensor, "layer y x"]:
        """Return |t|^(−γ) of the mixtures t of levels without errors: 1 where a pixel has decided."""
        real, imaginary = self.mean(level_phase_rad.cos()), self.mean(level_phase_rad.sin())
        return squared_modulus(real, imaginary) ** (-self.brighten / 2)

    def mean(self, of_level: Float[Tensor, " level"]) -> Float[Tensor, "layer y x"]:
        """Return the mean over the levels of a pixel."""
        return torch.einsum("klyx,k->lyx", self.weights, of_level.to(self.weights))


def shares_on_circle(
    phase_rad: Float[Tensor, "layer y x"], level_phase_rad: Float[Tensor, " level"]
) -> Float[Tensor, "level layer y x"]:
    """Return the shares of the two levels between which a phase lies on the circle, by its distance to them.

    Args:
        phase_rad: any phases.
        level_phase_rad: those of the levels, in any order and distance.

    >>> levels = torch.tensor([0.0, 2.0, 4.0])
    >>> shares_on_circle(torch.tensor([[[2.5]]]), levels).flatten().tolist()
    [0.0, 0.75, 0.25]
    """
    place, order = level_phase_rad.remainder(_TURN).sort()
    turned = phase_rad.remainder(_TURN)
    lower = torch.searchsorted(place, turned.detach().contiguous(), right=True) - 1
    gap = (place.roll(-1) - place).remainder(_TURN).clamp_min(torch.finfo(place.dtype).tiny)
    if len(place) == 1:
        return torch.ones_like(phase_rad)[None]
    share = ((turned - place[lower]).remainder(_TURN) / gap[lower]).clamp(0, 1)
    empty = phase_rad.new_zeros((len(place), *phase_rad.shape))
    pair = order[torch.stack((lower, lower + 1)) % len(place)]
    return empty.scatter(0, pair, torch.stack((1 - share, share)))
