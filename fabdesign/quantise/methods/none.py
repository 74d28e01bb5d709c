"""No quantisation: full-precision phases, for comparison; its design holds the rounded levels."""

import math

from jaxtyping import Float
from torch import Tensor

from fabdesign.quantise.base import PhaseQuantiser


class FullPrecision(PhaseQuantiser):
    """Train continuous phases; round to the nearest process level on the circle only at the end."""

    name = "none"

    def soft_phase(self, progress: float) -> Float[Tensor, "layer y x"]:
        return self.weight

    def free_phase(self) -> Float[Tensor, "layer y x"]:
        return self.weight.detach().remainder(2 * math.pi)
